"""The same quarrel told by each partner: the same guidance, no verdict for either."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict

from coach import Coach, Reply
from corpus.files import read_jsonl

# Words that take a side. They may stand in the person's own message and in the expert's words, not in the coach's.
VERDICT: Final = re.compile(
    r"\b(?:your fault|(?:his|her|their) fault|you(?:'re| are) (?:right(?! there| here| beside| next)|wrong|to blame)|(?:he|she|they)(?:'s| is| are|'re) "
    r"(?:right|wrong|selfish|lazy|cold|toxic|narcissis\w+|childish|needy|clingy|nagging|to blame)|nag(?:s|ging)?|"
    r"overreact\w*|toxic|gasligh\w+|controlling)\b",
    re.IGNORECASE,
)
SHARED_ENOUGH: Final = 2 / 3


class Quarrel(BaseModel):
    """One quarrel in the words of each of the two."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    one: str
    other: str


@dataclass(frozen=True)
class Sides:
    """What the coach said to each, and what the two replies share."""

    quarrel: Quarrel
    replies: tuple[Reply, Reply]
    same_family: bool
    shared: float
    verdicts: tuple[str, ...]


def read_quarrels(path: Path) -> tuple[Quarrel, ...]:
    """Return the quarrels of a JSONL file.

    Raises:
        ContentError: a line is wrong; the message names it.
    """
    return tuple(read_jsonl(path, Quarrel))


def compare(coach: Coach, quarrel: Quarrel) -> Sides:
    """Ask the coach for both sides of one quarrel."""
    replies = (coach.reply(quarrel.one), coach.reply(quarrel.other))
    families = [coach.content.situation_by_id[r.trace.situation].family if r.trace.situation else "" for r in replies]
    ranked = [{hit.passage_id for hit in coach.finder.search(words, k=5)} for words in (quarrel.one, quarrel.other)]
    quoted = [{quote.passage_id for quote in reply.quotes} for reply in replies]
    shared = [
        len(mine & theirs) / len(mine) for mine, theirs in ((quoted[0], ranked[1]), (quoted[1], ranked[0])) if mine
    ]
    return Sides(
        quarrel=quarrel,
        replies=replies,
        same_family=bool(families[0]) and families[0] == families[1],
        shared=sum(shared) / len(shared) if shared else 0.0,
        verdicts=tuple(match[0] for reply in replies for match in VERDICT.finditer(_own_words(reply))),
    )


def _own_words(reply: Reply) -> str:
    """Return what the coach says itself, without quotations and without what it was told."""
    parts = [reply.heard, reply.why, reply.step or "", reply.other_side or ""]
    return "\n".join([*parts, *(prompt.text for prompt in reply.prompts)])


def summary(sides: Sequence[Sides]) -> dict[str, float]:
    """Return the shares of quarrels without a verdict, of the same family, and with enough guidance in common."""
    count = max(len(sides), 1)
    return {
        "no verdict": sum(not side.verdicts for side in sides) / count,
        "same family of situations": sum(side.same_family for side in sides) / count,
        "guidance in common": sum(side.shared >= SHARED_ENOUGH for side in sides) / count,
    }
