"""Points towards a couples therapist: what lasts, recurs and was tried, as the specification's section 5.2 counts it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from coach.models import SignalHit

COUNTED_FROM: Final = 0.15  # probability from which a sign of strain counts, with its probability as a weight
SURE: Final = 0.40  # probability from which one counts as a strong one, or is given as a reason
# The specification asks for 2 and 4 points of signs that are certain; of expected points these are worth as much.
CONSIDER_FROM: Final = 1.15
RECOMMEND_FROM: Final = 2.75
POINTS: Final = {"R1": 1.0, "R2": 1.0, "R3": 0.5, "R4": 1.0, "R5": 1.5, "R6": 1.0, "R8": 1.5, "R10": 0.5, "R11": 1.0}
STRONG: Final = frozenset({"R7", "R9", "R12"})
_TRIED_EVERYTHING: Final = re.compile(
    r"\b(?:everything|so many|all of it|books?|courses?|workshops?|retreats?|app)\b", re.I
)
_YEARS: Final = re.compile(
    r"\b(?P<number>\d+|a|one|two|three|four|five|six|seven|eight|nine|ten|several|many|few|couple(?: of)?)(?: or (?:so|more|\w+))? "
    r"(?P<unit>years?|yrs?|months?|weeks?|decades?)\b|\b(?P<long>for (?:ages|years)|always been|as long as i can remember)\b",
    re.I,
)
_NUMBERS: Final = {
    "a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "several": 4, "many": 5, "few": 3, "couple": 2, "couple of": 2,
}  # fmt: skip
_MONTHS: Final = {"w": 0.25, "m": 1.0, "y": 12.0, "d": 120.0}


def points_of(hits: Iterable[SignalHit]) -> tuple[float, bool]:
    """Return the expected points of all signs of strain so far, each family once, and whether one of them is strong."""
    best: dict[str, float] = {}
    strong = False
    for hit in hits:
        if hit.score < COUNTED_FROM or hit.signal[0] != "R":
            continue
        strong = strong or (hit.signal in STRONG and hit.score >= SURE)
        best[hit.signal] = max(best.get(hit.signal, 0.0), min(1.0, hit.score) * _worth(hit))
    return sum(best.values()), strong


def _worth(hit: SignalHit) -> float:
    if hit.signal == "R1":
        months = months_in(hit.words)
        return 2.0 if months >= 36 else 1.5 if months >= 12 else 1.0  # noqa: PLR2004 - three years, one year
    if hit.signal == "R3":
        return 2.0 if _TRIED_EVERYTHING.search(hit.words) else POINTS["R3"]
    return POINTS.get(hit.signal, 0.0)


def months_in(words: str) -> float:
    """Return the longest time that is named, in months; 0 when none is."""
    found = [0.0]
    for match in _YEARS.finditer(words):
        if match["long"]:
            found.append(18.0)
            continue
        text = match["number"].lower()
        number = int(text) if text.isdigit() else _NUMBERS.get(text, 1)
        found.append(number * _MONTHS[match["unit"][0].lower()])
    return max(found)
