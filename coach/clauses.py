"""Cut a message into clauses and short windows, each with the person's own words for it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

MIN_CHARACTERS: Final = 8  # a shorter clause stays with its neighbour
MAX_WINDOWS: Final = 40  # of one message; a longer message is read in its first and last windows
LONG_MESSAGE: Final = 700  # characters; a longer message is also read in parts, since the encoder ends somewhere
LONG_PART: Final = 450  # characters of such a part; parts overlap by half
MAX_PARTS: Final = 12
LONG_CLAUSE: Final = 160  # characters; a longer one without punctuation is cut at joining words

_SENTENCE: Final = re.compile(r"[^.!?;\n]+[.!?;]*[\"”’')]*|\n")
_JOINT: Final = re.compile(
    r",?\s+(?=(?:but|though|although|except|because|until|unless|however|anyway|and then|so then)\b)", re.I
)
_LONG_JOINT: Final = re.compile(r",\s+|\s+(?=(?:and|so|then|when|while|which)\b)", re.I)


@dataclass(frozen=True)
class Clause:
    """A stretch of a message: its place and its words as typed."""

    start: int
    end: int
    words: str


def clauses(message: str) -> tuple[Clause, ...]:
    """Return the clauses of a message, in order."""
    cut: list[Clause] = []
    for match in _SENTENCE.finditer(message):
        for start, end in _joints(message, match.start(), match.end(), _JOINT):
            parts = _joints(message, start, end, _LONG_JOINT) if end - start > LONG_CLAUSE else [(start, end)]
            cut += [_clause(message, a, b) for a, b in parts]
    return _merged(message, [clause for clause in cut if clause.words])


def windows(message: str) -> tuple[Clause, ...]:
    """Return the whole message, its clauses, and each pair of neighbouring clauses."""
    parts = clauses(message)
    whole = _clause(message, 0, len(message))
    if len(parts) < 2:  # noqa: PLR2004 - one clause is the whole message
        return (whole,)
    pairs = [_clause(message, a.start, b.end) for a, b in pairwise(parts)]
    both = [*parts, *(pairs if len(parts) > 2 else [])]  # noqa: PLR2004 - of two clauses the pair is the whole
    if len(both) > MAX_WINDOWS:
        both = both[: MAX_WINDOWS // 2] + both[-MAX_WINDOWS // 2 :]
    return (whole, *both)


def paragraphs(message: str) -> tuple[Clause, ...]:
    """Return overlapping stretches of a long message, each of about LONG_PART characters; none of a shorter one."""
    parts = clauses(message)
    if not parts or parts[-1].end - parts[0].start <= LONG_MESSAGE:
        return ()
    found: list[Clause] = []
    first = 0
    while first < len(parts) and len(found) < MAX_PARTS:
        last = first
        while last + 1 < len(parts) and parts[last + 1].end - parts[first].start <= LONG_PART:
            last += 1
        found.append(_clause(message, parts[first].start, parts[last].end))
        if last + 1 >= len(parts):
            break
        first = max(first + 1, (first + last + 1) // 2)
    return tuple(found)


def _joints(message: str, start: int, end: int, joint: re.Pattern[str]) -> list[tuple[int, int]]:
    cuts = [start, *(match.start() for match in joint.finditer(message, start, end) if match.start() > start), end]
    return list(pairwise(cuts))


def _clause(message: str, start: int, end: int) -> Clause:
    words = message[start:end]
    left = len(words) - len(words.lstrip(" ,\n\t"))
    right = len(words.rstrip(" ,\n\t"))
    return Clause(start + left, start + max(left, right), words.strip(" ,\n\t"))


def _merged(message: str, cut: list[Clause]) -> tuple[Clause, ...]:
    """Join what is too short to mean anything to the clause before it."""
    merged: list[Clause] = []
    for clause in cut:
        if merged and (len(clause.words) < MIN_CHARACTERS or len(merged[-1].words) < MIN_CHARACTERS):
            merged[-1] = _clause(message, merged[-1].start, clause.end)
        else:
            merged.append(clause)
    return tuple(merged)
