"""Text as Markdown that shows exactly that text: no emphasis, links, pictures, formulas, icons or colours."""

from __future__ import annotations

import re
from typing import Final

import streamlit as st

_PUNCTUATION: Final = re.compile(r"([!-/:-@\[-`{-~])")
_JOINER: Final = "\u2060"  # takes no room, and parts signs that Streamlit would turn into an icon or an arrow
_SHORTHAND: Final = re.compile(
    r"(?<=:)(?=[\w/+-]+:)|(?<=[-<>=~!])(?=[-<>=])|(?<=www)(?=\.)|(?<=http)(?=s?:)|(?<=\w)(?=@\w)"
)


def literal(text: str) -> str:
    """Return one paragraph of Markdown that reads exactly as ``text``."""
    parted = _SHORTHAND.sub(_JOINER, " ".join(text.split("\n")))
    return _PUNCTUATION.sub(r"\\\1", parted)


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a text, each as literal Markdown."""
    return [literal(part.strip()) for part in text.split("\n\n") if part.strip()]


def write(markdown: str) -> None:
    """Draw Markdown; a heading in it gets no link of its own."""
    st.markdown(markdown, anchors=False)
