"""Find signals of risk and strain in one message, by three sources that fail differently.

Rules catch what is said in so many words; the nearest exemplars and a small classifier on the same embedding catch
what is said otherwise. Whose story it is, whether it is real and when it was decide whether a rule's find counts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import numpy as np

from coach.models import SignalHit
from coach.safety.telling import Telling, Unit, words_of
from corpus.ruleset import Rules
from index.build import NOT
from index.finder import Finder
from index.tasks import NONE
from index.vectors import Vectors

NEIGHBOURS: Final = 20
NEAR_SHARE: Final = 0.5  # of the fused score; the classifier has the rest
NEAR_SLOPE: Final = 40.0  # how fast a neighbour's voice fades with its distance behind the nearest one
RULE_SCORE: Final = 1.0
RULE_AGREED: Final = 0.20  # share of all risks in the whole message from which a rule's find acts
CLAUSE_AGREED: Final = 0.45  # the same share in the clause by itself, where the rest of the message dilutes it
RULE_DROPPED: Final = 0.04  # below this share it is not even asked about
RULE_ASKS: Final = 0.26  # score of a rule's find that is only asked about
FEW_WORDS: Final = 6  # in so few, what is learnt of abuse and control is asked about and not concluded
FEW_TRUST: Final = 0.45  # and counts this much
ASK_ONLY: Final = 0.26
KEEP_FROM: Final = 0.10  # fused scores below are not kept at all
WITH_LEADER: Final = 0.35  # share of a kind's leading signal from which another one counts too
COUNTED_APART: Final = frozenset({"CC"})  # kinds whose different signals are counted
BEHIND: Final = 0.01  # what a signal of a kind loses of the kind's score when its share is far behind the leading one
APART: Final = 0.15  # the same share for those kinds
PART_TRUST: Final = 0.7  # what a part of a long message, or several messages read as one, counts beside the message
KIND_WITH_LEADER: Final = 0.9  # share of the leading kind of risk from which another kind counts too
BESIDE: Final = frozenset({"R", "IN"})  # strain and illness: what speaks for them speaks against a risk
NO_RISK: Final = BESIDE | {NONE}
AMBIGUOUS: Final = frozenset({"SH7"})
_PART_OF_THE_ACT: Final = re.compile(  # a "not" that belongs to what is done: "won't let me"
    r"\b(?:don't|do not|didn't|no longer|not allowed|doesn't|won't|wouldn't|never see|can't|cannot|couldn't|not being)\b"
)
TINY: Final = 1e-9


def detect(units: Sequence[Unit], turn: int, finder: Finder, rules: Rules) -> tuple[SignalHit, ...]:
    """Return the best find of each signal in one message.

    Args:
        units: the whole message first, then its clauses and pairs of clauses; rules read all of them, and what is
            learnt reads those that have a vector.
        turn: number of the message in the conversation, from 0.
        finder: banks and heads over the signals' exemplars.
        rules: patterns and markers.
    """
    best: dict[str, SignalHit] = {}
    said = _checked(_rule_hits(units, turn, rules), units[0], finder)
    learned = [_tempered(hit, units[0].text, rules) for hit in _learned_hits(units, turn, finder)]
    for hit in [*said, *learned, *_strain_hits(units, turn, finder)]:
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
            hits.append(SignalHit(signal=signal, words=words_of(unit), turn=turn, score=score, source="rule"))
    return hits


def _checked(hits: list[SignalHit], whole: Unit, finder: Finder) -> list[SignalHit]:
    """Return what the rules found, as sure as the whole message makes it.

    "He beat me. At Scrabble." has the words and not the meaning: a find that what is learnt does not share is enough
    to ask about, and nothing at all where what is learnt is certain of the opposite.
    """
    if not hits or whole.vector is None:
        return hits
    risk = _risk(whole.vector, finder)
    strain = [hit for hit in hits if _kind(hit.signal) in BESIDE]
    rest = [hit for hit in hits if hit not in strain]
    if risk >= RULE_AGREED or not rest:
        return hits
    if risk < RULE_DROPPED:
        return strain
    alone = finder.encoder.encode([hit.words for hit in rest])
    for hit, vector in zip(rest, alone, strict=True):
        sure = _risk(vector, finder) >= CLAUSE_AGREED
        strain.append(hit if sure else hit.model_copy(update={"score": RULE_ASKS}))
    return strain


def _risk(vector: Vectors, finder: Finder) -> float:
    """Return the share of all kinds of risk in a text."""
    head = finder.heads["signal"]
    share = head.scores(vector)[0]
    return float(
        sum(share[columns].sum() for name, columns in _columns_by_kind(head.classes).items() if name not in NO_RISK)
    )


def _tempered(hit: SignalHit, whole: str, rules: Rules) -> SignalHit:
    """Return a learned find that is only asked about, or not even that, where the message gives reason to doubt it.

    Few words say too little to conclude control from ("she doesn't talk to me"), and what somebody says laughing of
    socks is a figure of speech; what is explicit in few words is found by a rule.
    """
    name = _kind(hit.signal)
    idiom = rules.has("user_idiom", whole) and rules.has("amused", whole) and rules.has("trivial", whole)
    if name in {"ID", "HO", "SH", "AB"} and idiom:
        return hit.model_copy(update={"score": min(hit.score, KEEP_FROM)})
    if name in {"AB", "CC"} and len(whole.split()) <= FEW_WORDS:
        return hit.model_copy(update={"score": min(hit.score * FEW_TRUST, ASK_ONLY)})
    return hit


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
    """Return what the classifier and the nearest exemplars find together.

    A kind of risk is judged as a whole, by its odds against everything that is no risk, and the most probable signals
    of the kind stand for it.
    """
    head = finder.heads["signal"]
    kinds = _columns_by_kind(head.classes)
    telling = Telling(units, head)
    hits = []
    for unit in units:
        if unit.vector is None:
            continue
        share = head.scores(unit.vector)[0]
        near = _nearness(unit.vector, finder)
        by_kind = {name: float(share[columns].sum()) for name, columns in kinds.items()}
        lead = max(by_kind[name] for name in by_kind if name not in NO_RISK)
        for name, columns in kinds.items():
            if name in {NONE, "R"}:  # signs of strain are judged one by one
                continue
            if name not in BESIDE and by_kind[name] < lead * KIND_WITH_LEADER:
                continue
            score = (1 - NEAR_SHARE) * _odds(name, by_kind) + NEAR_SHARE * near.get(name, 0.0)
            score *= 1.0 if unit is units[0] else PART_TRUST
            if score < KEEP_FROM:
                continue
            lead_share = float(share[columns].max())
            floor = lead_share * (APART if name in COUNTED_APART else 1.0 if name in BESIDE else WITH_LEADER)
            for column in columns:
                if share[column] >= floor:
                    signal = head.classes[column]
                    own = score * (1 - BEHIND * (1 - float(share[column]) / lead_share))
                    words = telling.words(unit, signal)
                    hits.append(SignalHit(signal=signal, words=words, turn=turn, score=own, source="learned"))
    return hits


def _strain_hits(units: Sequence[Unit], turn: int, finder: Finder) -> list[SignalHit]:
    """Return every sign of strain in the message, each judged by itself."""
    head = finder.heads["strain"]
    telling = Telling(units, head)
    last = units[0].clause  # what is read together with earlier messages was judged in their turns
    return [
        SignalHit(signal=sign, words=telling.words(unit, sign), turn=turn, score=float(score), source="learned")
        for number, unit in enumerate(units)
        if unit.vector is not None and (number == 0 or unit.clause != last)
        for sign, score in zip(head.classes, head.scores(unit.vector)[0] * (PART_TRUST if number else 1.0), strict=True)
        if score >= KEEP_FROM
    ]


def _columns_by_kind(classes: Sequence[str]) -> dict[str, list[int]]:
    """Return the columns of each kind of signal; the ambiguous family SH7 is a kind of its own."""
    kinds: dict[str, list[int]] = {}
    for column, signal in enumerate(classes):
        kinds.setdefault(_kind(signal), []).append(column)
    return kinds


def _kind(signal: str) -> str:
    return signal if signal in AMBIGUOUS else signal.rstrip("0123456789")


def _odds(name: str, by_kind: dict[str, float]) -> float:
    """Return how probable a kind is: a risk against all that is no risk, strain and illness against nothing at all."""
    against = by_kind[NONE] + (0.0 if name in BESIDE else sum(by_kind[other] for other in BESIDE))
    return by_kind[name] / (by_kind[name] + against + TINY)


def _nearness(vector: Vectors, finder: Finder) -> dict[str, float]:
    """Return the share of each kind among the nearest examples, the nearer the louder."""
    found = [(n.score, n.label) for n in finder.nearest("signals", vector, NEIGHBOURS)]
    found += [(n.score, NOT) for n in finder.nearest("concerns", vector, NEIGHBOURS)]
    found = sorted(found, reverse=True)[:NEIGHBOURS]
    voices = [(float(np.exp(NEAR_SLOPE * (score - found[0][0]))), label) for score, label in found]
    total = sum(voice for voice, _ in voices)
    shares: dict[str, float] = {}
    for voice, label in voices:
        if not label.startswith(NOT):
            shares[_kind(label)] = shares.get(_kind(label), 0.0) + voice / total
    return shares
