"""The words of the about page."""

from __future__ import annotations

from typing import Final

import streamlit as st

from app_parts import shelf
from app_parts.literal import literal, write

WHAT: Final = """
A private coach for couples. You write what is going on between you and your partner. It answers with passages of
an expert's article, quoted word for word, and with things you could say, one small step, and how it may be for
your partner. When somebody else could help you better, it says so.

It is software. It is **not therapy**, it makes no diagnosis, it takes nobody's side, and it does not tell you to
stay or to leave.
"""
HOW: Final = """
- People wrote everything that it can say. Machine learning only chooses. No text is made up.
- Each quotation is checked against the article, letter by letter, before it is shown.
- Each message is read for signs of danger first. If there are any, it stops coaching and shows people who can
  help.
- "Why this answer?" under a reply shows what it looked at.
"""
PRIVATE: Final = """
- What you write stays in this computer's memory while the page is open. It is not saved, not logged and not sent
  anywhere.
- It is gone about a minute after the page is closed, or at once with Quick exit.
- The browser may remember that this page, called "Notes", was open.
- It cannot protect you from somebody who reads over your shoulder or who watches this device.
"""
LIMITS: Final = """
It understands English only. It can misread you; "Not quite" tells it so. It can miss a sign of danger: if you are
not safe, do not wait for it to notice. The article speaks of closeness between partners. About money, children or
break-ups it has little or nothing to say, and the coach says so.
"""


def draw() -> None:
    """Draw what this is, how it works, what it keeps, and where its words come from."""
    st.title("About", anchor=False)
    write(WHAT)
    for title, words in (("How it works", HOW), ("What it keeps", PRIVATE), ("What it cannot do", LIMITS)):
        st.header(title, anchor=False)
        write(words)


def sources() -> None:
    """Name the articles, their rights, and the licences of what is shipped."""
    st.header("Where the words come from", anchor=False)
    for article in shelf.articles():
        write(f"{literal(article.citation)}\\. {literal(article.sidecar.rights)}")
    st.page_link("app_pages/library.py", label="Read the article", icon=":material/menu_book:")
    st.caption(
        "Model: all-MiniLM-L6-v2 (Apache 2.0). Code: MIT licence. "
        "Fonts: Atkinson Hyperlegible Next and Source Serif 4 (SIL Open Font License)."
    )
