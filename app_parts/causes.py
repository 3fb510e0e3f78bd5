"""The map of an article: what gets in the way, what helps, and which goes with which, counted from the situations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

import streamlit as st

from app_parts import library, shelf
from app_parts.literal import literal, write
from app_parts.widgets import link_map, quotation
from corpus.models import Article, Passage, Situation

LINKS_A_CAUSE: Final = 2
LABEL: Final = 120
Link = tuple[str, str, float]  # a cause, a help, and how often they go together, from 0 to 1
_PICKED: Final = "map_picked"


def draw(article: Article) -> None:
    """Draw the map, and above it the passage that was picked."""
    causes = [passage for passage in article.passages if passage.role == "cause" and passage.speaker == "list"]
    helps = [passage for passage in article.passages if passage.role == "step"]
    found = links(causes, helps, shelf.situations())
    picked = str(st.session_state.get(_PICKED, ""))
    write("Tap a box to read it, and to see what goes with it.")
    _panel(picked, found)
    link_map(
        ("What gets in the way", [_node(passage) for passage in causes]),
        ("What helps", [_node(passage) for passage in helps]),
        [{"from": cause, "to": helper, "weight": weight} for cause, helper, weight in found],
        picked,
        _pick,
    )
    st.caption("A line joins a cause and a help that go together in what couples bring; thicker is more often.")


def links(causes: Sequence[Passage], helps: Sequence[Passage], situations: Sequence[Situation]) -> list[Link]:
    """Return which help goes with which cause, and how often from 0 to 1, the strongest few of each cause."""
    together: Counter[tuple[str, str]] = Counter()
    for situation in situations:
        grades = {ref.passage: ref.grade for ref in situation.passages}
        for cause in causes:
            for helper in helps:
                both = grades.get(cause.passage_id, 0) * grades.get(helper.passage_id, 0)
                together[cause.passage_id, helper.passage_id] += both
    most = max(together.values(), default=0) or 1
    found: list[Link] = []
    for cause in causes:
        own = [(pair, count) for pair, count in together.most_common() if pair[0] == cause.passage_id and count]
        found += [(*pair, count / most) for pair, count in own[:LINKS_A_CAUSE]]
    return found


def _panel(picked: str, found: Sequence[Link]) -> None:
    passage = shelf.passages().get(picked)
    if passage is None:
        return
    near = [end for cause, helper, _ in found for end in (cause, helper) if picked in (cause, helper) and end != picked]
    with st.container(border=True, gap="xsmall", key="picked"):
        quotation(passage.text, "picked_words")
        library.link(passage, library.IN_PLACE)
        if near:
            st.caption("Goes with")
        for name in near[:4]:
            text = literal(label(shelf.passages()[name].text))
            st.button(text, key=f"near_{name}", type="tertiary", on_click=_pick, args=(name,))


def _pick(name: str) -> None:
    if name in shelf.passages():
        st.session_state[_PICKED] = name


def _node(passage: Passage) -> dict[str, str]:
    return {"id": passage.passage_id, "label": label(passage.text), "text": passage.text}


def label(text: str) -> str:
    """Return the beginning of a passage, cut at a sentence or between words."""
    first = text.split(". ", maxsplit=1)[0]
    return first if len(first) <= LABEL else first[:LABEL].rsplit(" ", 1)[0].rstrip(",;") + " …"
