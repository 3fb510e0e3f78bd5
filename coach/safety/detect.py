"""Find signals of risk and strain in one message, by three sources that fail differently.

Rules catch what is said in so many words; the nearest exemplars and a small classifier on the same embedding catch
what is said otherwise. Whose story it is, whether it is real and when it was decide whether a rule's find counts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from coach.clauses import Clause
from coach.models import SignalHit
from corpus.ruleset import Rules
from index.build import NOT
from index.finder import Finder
from index.tasks import NONE
from index.vectors import Vectors

NEIGHBOURS: Final = 12
NEAR_SHARE: Final = 0.25  # of the fused score; the classifier has the rest
NEAR_SLOPE: Final = 14.0  # how fast the lead of the nearest true example over the nearest false one counts
RULE_SCORE: Final = 1.0
KEEP_FROM: Final = 0.30  # fused scores below are not kept at all
SURELY_NONE: Final = 0.97  # share of "none" from which nothing else is looked at
WITH_LEADER: Final = 0.35  # share of a kind's leading signal from which another one counts too
KIND_WITH_LEADER: Final = 0.45  # share of the leading kind of risk from which another kind counts too
BESIDE: Final = frozenset({"R", "IN"})  # strain and illness stand beside any risk and do not compete with it
COUNTED_APART: Final = frozenset({"CC", "R"})  # kinds whose different signals are counted
AMBIGUOUS: Final = frozenset({"SH7"})
_PART_OF_THE_ACT: Final = re.compile(  # a "not" that belongs to what is done: "won't let me"
    r"\b(?:don't|do not|didn't|no longer|not allowed|doesn't|won't|wouldn't|never see|can't|cannot|couldn't|not being)\b"
)
TINY: Final = 1e-9
MAX_WORDS: Final = 160  # characters of the user's words that a reason repeats


@dataclass(frozen=True)
class Unit:
    """A stretch of the message: as typed, normalised, and as a unit vector."""

    clause: Clause
    text: str
    vector: Vectors


def detect(units: Sequence[Unit], turn: int, finder: Finder, rules: Rules) -> tuple[SignalHit, ...]:
    """Return the best find of each signal in one message.

    Args:
        units: the whole message first, then its clauses and pairs of clauses.
        turn: number of the message in the conversation, from 0.
        finder: banks and heads over the signals' exemplars.
        rules: patterns and markers.
    """
    best: dict[str, SignalHit] = {}
    for hit in [*_rule_hits(units, turn, rules), *_learned_hits(units, turn, finder)]:
        held = best.get(hit.signal)
        if held is None or hit.score > held.score:
            best[hit.signal] = hit
    return tuple(best[signal] for signal in sorted(best))


def _rule_hits(units: Sequence[Unit], turn: int, rules: Rules) -> list[SignalHit]:
    """Return what the rules find, clause by clause and in the whole, minus what its context takes back."""
    whole = units[0].text
    hits = []
    for number, unit in enumerate(units):
        for signal, pattern, unless in rules.compiled:
            match = pattern.search(unit.text)
            if match is None or (unless and unless.search(unit.text)):
                continue
            if _taken_back(signal, unit.text, match, whole, rules):
                continue
            score = RULE_SCORE if number else RULE_SCORE * 0.99
            hits.append(SignalHit(signal=signal, words=_words(unit), turn=turn, score=score, source="rule"))
    return hits


def _taken_back(signal: str, text: str, match: re.Match[str], whole: str, rules: Rules) -> bool:
    """Tell whether fiction, work, play, a settled past or a denial takes a rule's find back."""
    if rules.has("fiction", whole) or (rules.has("professional", text) and " me" not in match[0]):
        return True
    if rules.has("past", text) and rules.has("safe_since", whole) and not signal.startswith(("ID", "SH")):
        return True
    if _denied(text, match, rules):
        return True
    by_user = signal.startswith(("SH", "HO", "ID5"))
    return by_user and rules.has("user_idiom", text) and (rules.has("amused", whole) or rules.has("trivial", whole))


def _denied(text: str, match: re.Match[str], rules: Rules) -> bool:
    """Tell whether a denial stands in the five words before the act, with no exception between them."""
    before = " ".join(text[: match.start()].split()[-5:])
    inside = match[0]
    for stretch in (before, inside):
        if rules.has("negated", stretch) and not rules.has("exception", stretch.rsplit(" ", 1)[-1]):
            return not (stretch is inside and _PART_OF_THE_ACT.search(inside))
    return False


def _learned_hits(units: Sequence[Unit], turn: int, finder: Finder) -> list[SignalHit]:
    """Return what the classifier finds, checked against the nearest exemplars.

    The classifier shares its certainty between the signals of a kind, so a kind is judged as a whole, by its odds
    against "none", and the most probable signals of the kind stand for it.
    """
    head = finder.heads["signal"]
    none = head.classes.index(NONE)
    kinds = _columns_by_kind(head.classes)
    shares = head.scores(np.stack([unit.vector for unit in units]))
    hits = []
    for unit, share in zip(units, shares, strict=True):
        if share[none] > SURELY_NONE:
            continue
        near = _nearness(unit.vector, finder)
        by_kind = {name: float(share[columns].sum()) for name, columns in kinds.items()}
        lead = max(by_kind[name] for name in by_kind if name not in BESIDE)
        for name, columns in kinds.items():
            certainty = _odds(by_kind[name], share[none])
            if certainty < KEEP_FROM or (name not in BESIDE and by_kind[name] < lead * KIND_WITH_LEADER):
                continue
            leader = share[columns].max()
            for column in columns:
                if share[column] < leader * WITH_LEADER:
                    continue
                own = certainty if name not in COUNTED_APART else _odds(share[column], share[none])
                score = (1 - NEAR_SHARE) * own + NEAR_SHARE * near.get(name, 0.0)
                if score >= KEEP_FROM:
                    hits.append(
                        SignalHit(
                            signal=head.classes[column], words=_words(unit), turn=turn, score=score, source="learned"
                        )
                    )
    return hits


def _columns_by_kind(classes: Sequence[str]) -> dict[str, list[int]]:
    """Return the columns of each kind of signal; the ambiguous family SH7 is a kind of its own."""
    kinds: dict[str, list[int]] = {}
    for column, signal in enumerate(classes):
        if signal != NONE:
            name = signal if signal in AMBIGUOUS else signal.rstrip("0123456789")
            kinds.setdefault(name, []).append(column)
    return kinds


def _odds(share: float, none: float) -> float:
    """Return how probable something is when it is either this or nothing."""
    return float(share / (share + none + TINY))


def _nearness(vector: Vectors, finder: Finder) -> dict[str, float]:
    """Return, for each kind among the neighbours, how far its nearest example leads over the nearest false one."""
    neighbours = finder.nearest("signals", vector, NEIGHBOURS)
    ordinary = finder.nearest("concerns", vector, 1)
    false = max([n.score for n in neighbours if n.label.startswith(NOT)] + [n.score for n in ordinary], default=0.0)
    lead: dict[str, float] = {}
    for neighbour in neighbours:
        name = neighbour.label if neighbour.label in AMBIGUOUS else neighbour.label.rstrip("0123456789")
        if not neighbour.label.startswith(NOT) and name not in lead:
            lead[name] = float(1 / (1 + np.exp(-NEAR_SLOPE * (neighbour.score - false))))
    return lead


def _words(unit: Unit) -> str:
    """Return the user's own words for a find, shortened at a word's end."""
    words = " ".join(unit.clause.words.split())
    return words if len(words) <= MAX_WORDS else words[:MAX_WORDS].rsplit(" ", 1)[0] + "…"
