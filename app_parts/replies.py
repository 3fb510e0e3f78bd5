"""One reply as a person reads it: the expert's words as quotations, and the coach's visibly not the expert's."""

from __future__ import annotations

from typing import Final

import streamlit as st

from app_parts import lines, memory, shelf, why
from app_parts.literal import literal, paragraphs, write
from app_parts.widgets import opener, quotation
from coach import Coach
from coach.models import Quote, Referral, Reply
from coach.partner import partner_in
from coach.render import speaker_line
from coach.safety.state import GATED
from corpus.content import Content

LIBRARY: Final = "app_pages/library.py"
FIRST: Final = GATED | {"individual_support"}  # levels whose referral is read before anything else
QUIET: Final = frozenset({"check_in", "individual_support"})  # of these, levels whose helplines wait to be opened


def draw(reply: Reply, number: int, coach: Coach) -> None:
    """Draw one reply.

    Args:
        reply: what the coach answered.
        number: which turn of the conversation it is, from 0.
        coach: whose wording and content the labels come from.
    """
    content = coach.content
    _say(reply.heard)
    first = reply.referral is not None and reply.referral.level in FIRST
    if reply.referral and first:
        _referral(reply, reply.referral, number, content)
    for place, quote in enumerate(reply.quotes):
        named = place > 0 and reply.quotes[place - 1].citation == quote.citation
        _quotation(quote, f"{number}_{place}", content, "" if named else quote.citation)
    _own_words(reply, content)
    _prompts(reply, number, content)
    words = content.conversation.wording
    slots = partner_in(memory.talk().messages[: number + 1]).slots
    _titled(words["label_step"][0], reply.step, ":material/footprint:")
    _titled(words["label_other_side"][0].format(**slots), reply.other_side, ":material/sync_alt:")
    if reply.referral and not first:
        _referral(reply, reply.referral, number, content)
    why.draw(reply, number, coach)


def _say(text: str | None) -> None:
    for paragraph in paragraphs(text or ""):
        write(paragraph)


def _titled(title: str, text: str | None, icon: str) -> None:
    """Draw a part of the coach's own words under its title."""
    if text:
        with st.container(gap="xsmall"):
            write(f"## {icon} {literal(title)}")
            _say(text)


def _quotation(quote: Quote, key: str, content: Content, citation: str) -> None:
    """Draw an expert's words as a quotation, with who says it, where, and a way to read it in its place."""
    text = quote.text if quote.text[0] in '“"' else f"“{quote.text}”"
    with st.container(gap="xxsmall", key=f"quote_{key}"):
        speaker = speaker_line(quote, content)
        quotation(text, f"words_{key}", speaker[0].upper() + speaker[1:], citation)
        at = {"p": str(shelf.number_of(quote.passage_id) or "")}
        st.page_link(LIBRARY, label="Read it in the article", icon=":material/menu_book:", query_params=at)


def _own_words(reply: Reply, content: Content) -> None:
    """Draw why the coach chose the quotations, as the coach's words."""
    if reply.quotes:
        _titled(content.conversation.wording["label_why"][0], reply.why, ":material/link:")
    else:
        _say(reply.why)


def _prompts(reply: Reply, number: int, content: Content) -> None:
    if not reply.prompts:
        return
    write(f"## :material/chat: {literal(content.conversation.wording['label_prompts'][0])}")
    for place, prompt in enumerate(reply.prompts):
        key = f"opener_{number}_{place}"
        with st.container(gap="xsmall"):
            opener(prompt.text, memory.edited(key), key, lambda words, key=key: memory.edit(key, words))  # type: ignore[misc]
            if prompt.if_they:
                with st.expander("If it does not land at once", type="compact"):
                    for line in prompt.if_they.splitlines():
                        write(literal(line))


def _referral(reply: Reply, referral: Referral, number: int, content: Content) -> None:
    """Draw a suggestion of other help calmly; when it comes first, the ways out stand right under its first words.

    The whole list is drawn the first time only; after that it stays at hand above the box to write in.
    """
    words = content.conversation.wording
    if referral.level not in FIRST:
        with st.container(border=True, gap="xsmall", key=f"referral_{number}"):
            write(f"## :material/handshake: {literal(words['label_referral'][0])}")
            _say(referral.text)
        return
    found = lines.of_reply(reply)
    opening, *rest = paragraphs(referral.text)
    write(opening)
    if found and referral.level not in QUIET:
        lines.doors(found, f"reply_{number}")
    for paragraph in rest:
        write(paragraph)
    if not found or memory.named_before(reply, number):
        return
    label = words["label_helplines"][0]
    with st.expander(label, expanded=referral.level not in QUIET, icon=":material/call:", key=f"people_{number}"):
        lines.choose_country(f"country_{number}", "Show the numbers of your country")
        lines.draw(found, f"reply_{number}")
