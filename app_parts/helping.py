"""The pieces of the help page. It reads the helpline files only, and works without a coach."""

from __future__ import annotations

from itertools import groupby
from typing import Final

import streamlit as st

from app_parts import lines, memory, shelf
from app_parts.lines import NEEDS
from app_parts.literal import literal, write
from corpus.models import Country, Helpline, Need

FIRST: Final[tuple[Need, ...]] = ("emergency", "silent_emergency")
QUICK_EXIT: Final = """
- **Quick exit** at the top of each page, or the Escape key three times, covers this page at once, forgets the
  conversation and goes to a weather page on the internet.
- It does **not** erase the browser's history, and it cannot hide you from spyware or from somebody who has seen
  the screen.
- A private window keeps no history. A device that the other person does not use is safer.
- If you think somebody watches this device, trust that. A sudden change, such as deleting everything, can be
  noticed.
"""


def head() -> None:
    """Draw the title and the choice of country."""
    st.title("People you can reach", anchor=False)
    write("Tap a number to copy it. Nothing is dialled.")
    lines.choose_country("country_help")


def draw_lines() -> None:
    """Draw the emergency numbers first, then the rest by what they are for."""
    everywhere = shelf.countries()[shelf.INTERNATIONAL]
    country = shelf.countries().get(memory.country() or "", everywhere)
    ordered = sorted(country.helplines, key=lambda line: list(NEEDS).index(line.need))
    if not any(line.need == "directory" for line in ordered):
        ordered += [line for line in everywhere.helplines if line.need == "directory"]
    if not any(line.need == "emergency" for line in ordered):
        ordered = [line for line in everywhere.helplines if line.need == "emergency"] + ordered
    with st.container(border=True, key="emergency"):
        for need, group in groupby([line for line in ordered if line.need in FIRST], key=lambda line: line.need):
            _group(need, list(group))
    rest = [line for line in ordered if line.need not in FIRST]
    chosen = _choose_need(rest, country)
    for need, group in groupby(rest, key=lambda line: line.need):
        if chosen in (None, need):
            _group(need, list(group))


def safer_use() -> None:
    """Say how to use this page more safely, and what Quick exit does not do."""
    st.header("Using this page more safely", anchor=False)
    write(QUICK_EXIT)


def _choose_need(rest: list[Helpline], country: Country) -> Need | None:
    needs = list(dict.fromkeys(line.need for line in rest))
    if len(needs) < 3:  # noqa: PLR2004 - nothing to choose from
        return None
    return st.pills("What it is about", needs, format_func=NEEDS.__getitem__, key=f"need_{country.code}")


def _group(need: Need, group: list[Helpline]) -> None:
    st.header(literal(NEEDS[need]), anchor=False)
    lines.draw(group, f"help_{need}")
