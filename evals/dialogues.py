"""Whole conversations, turn by turn, against what anyone would expect of the reply."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from coach import Coach, Conversation, Reply
from corpus.files import read_jsonl

Part = Literal["quotes", "prompts", "step", "other_side", "referral"]
SAME_ACT = {"elaborate": "new_concern", "new_topic": "new_concern"}  # all three tell a concern


class Expectation(BaseModel):
    """What must hold of one reply; what is left empty is not looked at."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    act: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    tier: tuple[str, ...] = ()
    situation: tuple[str, ...] = ()
    has: tuple[Part, ...] = ()
    hasnt: tuple[Part, ...] = ()
    max_words: int | None = None


class ScriptTurn(BaseModel):
    """What the person types, and what is expected of the reply."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    say: str
    expect: Expectation = Expectation()


class Script(BaseModel):
    """One conversation."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str
    turns: tuple[ScriptTurn, ...]


@dataclass(frozen=True)
class Played:
    """A script with the coach's replies and, for each expectation, whether it was met."""

    script: Script
    replies: tuple[Reply, ...]
    checks: tuple[tuple[int, str, bool, str], ...]  # turn, what was looked at, met, what was found
    repeats: int

    @property
    def transcript(self) -> str:
        """Return the conversation as text, with what was missed after each turn."""
        lines = []
        for number, (turn, reply) in enumerate(zip(self.script.turns, self.replies, strict=True)):
            lines += [f"> {turn.say}", "", reply.text, ""]
            missed = [f"{what}: found {found}" for n, what, met, found in self.checks if n == number and not met]
            lines += [f"*missed: {line}*\n" for line in missed]
        return "\n".join(lines)


def read_scripts(path: Path) -> tuple[Script, ...]:
    """Return the scripts of a JSONL file.

    Raises:
        ContentError: a line is wrong; the message names it.
    """
    return tuple(read_jsonl(path, Script))


def play(coach: Coach, script: Script) -> Played:
    """Talk a script through with the coach."""
    conversation, replies, checks = Conversation(), list[Reply](), list[tuple[int, str, bool, str]]()
    for number, turn in enumerate(script.turns):
        reply = coach.reply(turn.say, conversation)
        conversation = conversation.add(turn.say, reply)
        replies.append(reply)
        checks += [(number, *check) for check in _checks(reply, turn.expect)]
    return Played(script, tuple(replies), tuple(checks), _repeats(replies))


def _checks(reply: Reply, expect: Expectation) -> list[tuple[str, bool, str]]:
    act = SAME_ACT.get(reply.trace.act, reply.trace.act)
    gated = reply.kind in {"safety", "check_in"}
    found = []
    if expect.act and not gated:
        found.append(("act", act in {SAME_ACT.get(name, name) for name in expect.act}, reply.trace.act))
    if expect.kind:
        found.append(("kind", reply.kind in expect.kind, reply.kind))
    if expect.tier:
        found.append(("tier", reply.tier in expect.tier, reply.tier))
    if expect.situation:
        found.append(("situation", reply.trace.situation in expect.situation, reply.trace.situation))
    found += [(f"has {part}", bool(getattr(reply, part)), "none") for part in expect.has]
    found += [(f"has no {part}", not getattr(reply, part), "one") for part in expect.hasnt]
    if expect.max_words is not None:
        words = len(reply.text.split())
        found.append((f"at most {expect.max_words} words", words <= expect.max_words, str(words)))
    return found


def _repeats(replies: Iterable[Reply]) -> int:
    """Count the passages and openers that were given more than once."""
    given = Counter[str]()
    for reply in replies:
        given.update({quote.passage_id for quote in reply.quotes} | {prompt.text for prompt in reply.prompts})
    return sum(count - 1 for count in given.values())


def summary(played: Sequence[Played]) -> dict[str, float]:
    """Return how many expectations were met, by what was looked at, and how much was repeated."""
    met: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for one in played:
        for _, what, good, _ in one.checks:
            name = what.split()[0] if not what.startswith("has") else "parts"
            for key in ("all expectations", name):
                total[key] += 1
                met[key] += good
    shares = {key: met[key] / total[key] for key in sorted(total)}
    return {**shares, "repeated passages and openers": float(sum(one.repeats for one in played))}
