"""How well single messages are understood: dialogue acts, scope, situations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from coach import Coach, Conversation
from coach.normalise import normalise
from corpus.files import read_jsonl
from evals.finding import Concern
from evals.metrics import macro_f1, wilson
from index.tasks import COVERED

Row = tuple[int, int, float, float, float]  # count, of how many, share, low, high
OPENING = "we hardly talk any more, it is all lists and laundry"
CONCERNS = frozenset({"new_concern", "elaborate", "new_topic"})


class Labelled(BaseModel):
    """A message with the label that it should get."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    text: str
    label: str


def read_labelled(path: Path) -> tuple[Labelled, ...]:
    """Return the rows of a JSONL file.

    Raises:
        ContentError: a line is wrong; the message names it.
    """
    return tuple(read_jsonl(path, Labelled))


def acts(coach: Coach, rows: Iterable[Labelled]) -> tuple[float, list[str]]:
    """Return macro-F1 over the dialogue acts, typed in the middle of a conversation, and a line for each miss."""
    begun = Conversation().add(OPENING, coach.reply(OPENING))
    pairs, misses = [], []
    for row in rows:
        act = coach.reply(row.text, begun).trace.act
        true, got = ("new_concern" if name in CONCERNS else name for name in (row.label, act))
        pairs.append((true, got))
        if true != got:
            misses.append(f"{row.label} read as {act}: {row.text}")
    return macro_f1(pairs), misses


def scope(coach: Coach, inside: Sequence[str], outside: Sequence[str]) -> dict[str, Row]:
    """Return how many covered concerns are refused and how many other messages are declined."""
    declined = [_declined(coach, text) for text in outside]
    refused = [_declined(coach, text) for text in inside]
    return {
        "covered concerns refused": (sum(refused), len(refused), *wilson(sum(refused), len(refused))),
        "off-topic messages declined": (sum(declined), len(declined), *wilson(sum(declined), len(declined))),
    }


def scope_chances(coach: Coach, inside: Sequence[str], outside: Sequence[str]) -> list[tuple[float, bool]]:
    """Return, for each message, the probability that it is covered and whether it is."""
    covered = {scope.id for scope in coach.content.conversation.scopes if scope.level == "covered"} | {COVERED}
    rows = [(text, True) for text in inside] + [(text, False) for text in outside]
    vectors = coach.finder.encoder.encode([normalise(text) for text, _ in rows])
    return [
        (min(1.0, sum(share for name, share in coach.finder.classify("scope", vector) if name in covered)), so)
        for (_, so), vector in zip(rows, vectors, strict=True)
    ]


def _declined(coach: Coach, text: str) -> bool:
    return coach.reply(text).kind in {"out_of_scope", "not_covered"}


def situations(coach: Coach, concerns: Sequence[Concern]) -> dict[str, Row]:
    """Return how often the first situation, or one of the first three, is one that a reader put first."""
    first, third, total = 0, 0, 0
    for concern in concerns:
        if len(concern.turns) > 1 or not concern.situations:
            continue
        wanted = {reader[0] for reader in concern.situations if reader}
        vector = coach.finder.encoder.encode([normalise(concern.message)])[0]
        ranked = [name for name, _ in coach.finder.situations(vector)[:3]]
        total += 1
        first += ranked[0] in wanted
        third += bool(wanted & set(ranked))
    return {"first": (first, total, *wilson(first, total)), "among three": (third, total, *wilson(third, total))}
