"""The small things that Streamlit has no element for: leaving, quoting, copying, an opener, scrolling, and the map."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

import streamlit as st

_BROWSER: Final = Path(__file__).resolve().parent / "browser"
NEUTRAL_PAGE: Final = "https://www.bbc.com/weather"
OPENER_LABELS: Final = {
    "copy": "Copy",
    "copied": "Copied",
    "failed": "Copying is not possible here",
    "own": "Make it yours",
    "edit": "Put it in your own words",
    "back": "Use the first words again",
}


def quick_exit(clear: Callable[[], None]) -> None:
    """Put the way out on the page; leaving calls ``clear`` and replaces the page with a neutral one."""
    _widget("quick_exit")(key="quick_exit", data={"url": NEUTRAL_PAGE}, on_leave_change=clear, height=1)


def quotation(text: str, key: str, speaker: str = "", citation: str = "") -> None:
    """Draw somebody's words exactly as they are, and whose they are."""
    _widget("quotation")(key=key, data={"text": text, "speaker": speaker, "citation": citation})


def copy_chip(way: str, value: str, name: str, key: str) -> None:
    """Draw a value, such as a phone number, that is copied when it is tapped.

    Args:
        way: what to do with the value, such as "Call".
        value: what is copied.
        name: whose value it is, for screen readers.
        key: a name for this chip, unique on the page.
    """
    _widget("copy")(key=key, data={"way": way, "value": value, "name": name}, width="content")


def opener(text: str, edited: str, key: str, on_edit: Callable[[str], None]) -> None:
    """Draw something to say, with a button to copy it and a box to put it into one's own words.

    Args:
        text: the coach's wording.
        edited: the person's own wording so far, or "".
        key: a name for this opener, unique on the page.
        on_edit: called with the person's wording when it changes.
    """

    def changed() -> None:
        on_edit(str(st.session_state[key].get("edited") or ""))

    _widget("opener")(key=key, data={"text": text, "edited": edited, "labels": OPENER_LABELS}, on_edited_change=changed)


def scroll_to(target: str, reason: str, *, focus: bool = False) -> None:
    """Bring the container with the key ``target`` into view, once for each ``reason``."""
    data = {"target": target, "reason": reason, "focus": focus}
    _widget("scroll")(key="scroll", data=data, height=1)


def link_map(
    left: tuple[str, Sequence[Mapping[str, str]]],
    right: tuple[str, Sequence[Mapping[str, str]]],
    links: Sequence[Mapping[str, object]],
    picked: str,
    on_pick: Callable[[str], None],
) -> None:
    """Draw two columns of nodes (title, then ``id``, ``label``, ``text``) and the lines between them."""

    def changed() -> None:
        on_pick(str(st.session_state["map"].picked or ""))

    sides = {"left": _side(*left), "right": _side(*right)}
    _widget("map")(key="map", data={**sides, "links": list(links), "picked": picked}, on_picked_change=changed)


def _side(title: str, nodes: Sequence[Mapping[str, str]]) -> dict[str, object]:
    return {"title": title, "nodes": [dict(node) for node in nodes]}


@cache
def _widget(name: str) -> Any:  # noqa: ANN401 - what Streamlit returns has no public type
    """Return a component made of the HTML, CSS and JavaScript in ``browser/``."""
    found = {kind: _BROWSER / f"{name}.{kind}" for kind in ("html", "css", "js")}
    sources: dict[str, Any] = {kind: path.read_text(encoding="utf-8") for kind, path in found.items() if path.is_file()}
    return st.components.v2.component(f"nearer_{name}", **sources)
