"""Which stretch of a message speaks most for a find, so that a reason can be given in the person's own words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from coach.clauses import Clause
from coach.safety.points import months_in
from index.heads import Head
from index.vectors import Vectors

MAX_WORDS: Final = 160  # characters of the user's words that a reason repeats
WHOLE: Final = 90  # characters of a message that is short enough to be repeated whole
LEAST: Final = 12  # characters of a stretch that says anything by itself
LASTING: Final = "R1"


@dataclass(frozen=True)
class Unit:
    """A stretch of the message: as typed, normalised, and as a unit vector.

    ``vector`` is there for a stretch that is read by itself, ``within`` for one that is read as part of the message.
    """

    clause: Clause
    text: str
    vector: Vectors | None = None
    within: Vectors | None = None


class Telling:
    """The stretches of one message with what a head makes of each."""

    def __init__(self, units: Sequence[Unit], head: Head) -> None:
        """Read the stretches once."""
        self._head = head
        self._stretches = [unit for unit in units if unit.within is not None and len(unit.clause.words) >= LEAST]
        near = [unit.within for unit in self._stretches if unit.within is not None]
        self._shares = head.scores(np.stack(near)) if near else None

    def words(self, unit: Unit, signal: str) -> str:
        """Return the person's words inside a unit that speak most for a signal; for what lasts, those that name a time."""
        inside = [row for row, one in enumerate(self._stretches) if _holds(unit.clause, one.clause)]
        if self._shares is None or not inside or len(unit.clause.words) <= WHOLE:
            return words_of(unit)
        if signal == LASTING:
            timed = [row for row in inside if months_in(self._stretches[row].text)]
            inside = timed or inside
        column = self._head.classes.index(signal)
        return words_of(self._stretches[max(inside, key=lambda row: float(self._shares[row, column]))])  # type: ignore[index]


def words_of(unit: Unit) -> str:
    """Return a unit's own words, shortened at a word's end."""
    words = " ".join(unit.clause.words.split())
    return words if len(words) <= MAX_WORDS else words[:MAX_WORDS].rsplit(" ", 1)[0] + "…"


def _holds(outer: Clause, inner: Clause) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end
