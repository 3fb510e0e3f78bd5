"""The pieces of the library page: an article to read, a search by meaning, and what was quoted."""

from __future__ import annotations

from itertools import groupby
from typing import Final

import streamlit as st

from app_parts import memory, replies, shelf
from app_parts.engine import Engine
from app_parts.literal import literal, write
from app_parts.reading import Block, blocks
from app_parts.widgets import quotation, scroll_to
from coach.models import Conversation
from coach.safety.state import GATED
from corpus.models import Article, Passage

LIBRARY: Final = "app_pages/library.py"
CHAT: Final = "app_pages/chat.py"
FOUND: Final = 5
IN_PLACE: Final = "Read it in the article"
VIEWS: Final = ("Read", "Map", "Quoted to you")
_VIEW: Final = "view"
_SHOWN: Final = "passage_shown"
_ASKED: Final = "passages_asked"


def head(article: Article) -> None:
    """Draw the title and where the article comes from."""
    side = article.sidecar
    st.title(literal(side.title), anchor=False)
    author = ", ".join(filter(None, [side.author, side.credentials]))
    where = ", ".join(filter(None, [side.publisher, f"{side.date.day} {side.date:%B %Y}"]))
    write(f"By **{literal(author)}**. {literal(where)}.")
    with st.expander("Rights and what is left out", type="compact"):
        write(literal(side.rights))
        write("Lines of advertising and navigation are left out here. All else stands as it was published.")


def choose_article() -> Article:
    """Return the article to read: the one of the passage that was asked for, or the one chosen, or the first."""
    found = shelf.articles()
    asked = shelf.passages().get(asked_for())
    if len(found) == 1:
        return found[0]
    by_id = {article.sidecar.source_id: article for article in found}
    if asked:
        return by_id[asked.source_id]
    return by_id[st.selectbox("Article", by_id, format_func=lambda name: by_id[name].sidecar.title, key="article")]


def asked_for() -> str:
    """Return the id of the passage that the address asks for, or ""."""
    return shelf.passage_number(st.query_params.get("p", ""))


def choose_view() -> str:
    """Draw the switch between reading, the map and what was quoted; a passage that is asked for is read."""
    asked = asked_for()
    if asked and asked != st.session_state.get(_SHOWN):
        st.session_state[_VIEW] = VIEWS[0]
        st.session_state[_ASKED] = st.session_state.get(_ASKED, 0) + 1
    st.session_state[_SHOWN] = asked
    st.session_state.setdefault(_VIEW, VIEWS[0])
    chosen = st.segmented_control("View", VIEWS, key=_VIEW, label_visibility="collapsed", required=True) or VIEWS[0]
    if chosen != VIEWS[0] and asked:
        st.query_params.clear()
        st.session_state.pop(_SHOWN)
    return chosen


def search(engine: Engine) -> None:
    """Draw the search by meaning, with the safety gate in front of it as everywhere."""
    query = st.text_input(
        "Find by meaning",
        key="query",
        type="search",
        max_chars=500,
        placeholder="for example: we stopped talking",
        autocomplete="off",
    )
    if not query or not query.strip():
        return
    coach = engine.coach
    if coach is None:
        st.caption("Search works as soon as the coach is ready.")
        return
    reply = coach.reply(query, Conversation(country=memory.country()))
    if reply.tier in GATED:
        replies.draw(reply, -1, coach)
        return
    with st.container(border=True, gap="xsmall", key="found"):
        st.caption(f"The {FOUND} passages nearest in meaning, best first")
        for hit in coach.finder.search(query, k=FOUND):
            link(coach.content.passages[hit.passage_id])


def link(passage: Passage, label: str = "") -> None:
    """Draw a link to a passage in its place; its label is the beginning of the passage unless another is given."""
    at = {"p": str(shelf.number_of(passage.passage_id) or "")}
    words = label or literal(_clipped(passage.text))
    st.page_link(LIBRARY, label=words, icon=":material/menu_book:", query_params=at)


def quoted() -> None:
    """List the passages that the coach has quoted in this conversation."""
    names = memory.quoted()
    if not names:
        write("Nothing has been quoted yet. Passages that the coach quotes to you are listed here.")
    for name in names:
        with st.container(border=True, gap="xsmall"):
            quotation(shelf.passages()[name].text, f"quoted_{shelf.number_of(name)}")
            link(shelf.passages()[name], IN_PLACE)


def read(article: Article) -> None:
    """Draw the article, with what was quoted marked and the passage that was asked for lit and in view."""
    asked, marked = asked_for(), set(memory.quoted())
    linked = st.toggle("Show a link to each passage that the coach can quote", key="linked")
    for is_list, group in groupby(blocks(article), key=lambda block: bool(block.mark)):
        with st.container(gap="xsmall" if is_list else "small"):
            for block in group:
                _block(block, asked, marked)
                if linked and block.passage:
                    number = str(shelf.number_of(block.passage.passage_id))
                    label = f"Passage {number}"
                    st.page_link(LIBRARY, label=label, icon=":material/link:", query_params={"p": number})
    if asked:
        scroll_to("asked", f"asked_{asked}_{st.session_state.get(_ASKED)}", focus=True)


def _block(block: Block, asked: str, marked: set[str]) -> None:
    words = literal(block.text)
    mark = "- " if block.mark and not block.mark[0].isdigit() else f"{block.mark} " if block.mark else ""
    if block.kind == "heading":
        st.header(words, anchor=False)
    elif block.passage is None:
        write(f"{mark}{words}")
    elif block.passage.passage_id == asked:
        with st.container(border=True, gap="xsmall", key="asked"):
            write(f"{mark}:yellow-background[{words}]")
            st.caption("The passage you asked for")
            if memory.talk().turns:
                st.page_link(CHAT, label="Back to the conversation", icon=":material/arrow_back:")
    elif block.passage.passage_id in marked:
        with st.container(gap="xsmall", key=f"p_{shelf.number_of(block.passage.passage_id)}"):
            write(f"{mark}:green-background[{words}]")
            st.caption(":material/forum: Quoted to you")
    else:
        write(f"{mark}{words}")


def _clipped(text: str, most: int = 90) -> str:
    return text if len(text) <= most else text[:most].rsplit(" ", 1)[0] + " …"
