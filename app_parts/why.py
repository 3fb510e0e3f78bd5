"""Why this answer: what was looked at and what it gave, in plain words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import streamlit as st

from app_parts import memory
from app_parts.literal import literal, write
from coach import Coach
from coach.models import Reply, SafetyState, SignalHit
from coach.safety.state import ACT, GATED, kind
from coach.understand import CONCERN_ACTS

PASSAGES: Final = 5
CLIP: Final = 160
CONCERNS: Final = CONCERN_ACTS | {"", "edge"}  # an edge is a concern that the article covers in part or not at all
TIERS: Final = {
    "coach": "nothing that calls for more than this coach",
    "out_of_scope": "nothing that calls for more than this coach",
    "therapist_consider": "strain that a couples therapist could help with",
    "therapist_recommend": "strain that a couples therapist should help with",
    "individual_support": "something that a person to talk to alone could help with",
    "check_in": "a sign that could mean several things, so it asked",
    "harm_others": "that somebody could be hurt",
    "abuse": "that you may not be safe with somebody",
    "self_harm": "thoughts of death or self-harm",
    "child_safety": "that a child may not be safe",
    "immediate_danger": "danger right now",
}


def draw(reply: Reply, number: int, coach: Coach) -> None:
    """Draw the closed box that tells how a reply came about; it is only filled when it is opened."""
    box = st.expander("Why this answer?", type="compact", key=f"why_{number}", on_change="rerun")
    if box.open:
        with box:
            concern = reply.trace.act in CONCERNS
            if reply.tier in GATED or not reply.trace.evidence:
                write("It looked at safety first, and did not go further.")
            elif concern:
                _meaning(reply, coach)
                _passages(number, coach)
            else:
                _follow_up(reply, coach)
            _safety(reply.trace.safety, coach)
            st.caption("People wrote every answer. The coach only chooses, by comparing your words with examples.")


def _meaning(reply: Reply, coach: Coach) -> None:
    """Say what the message was taken for, and which example came nearest."""
    situations = coach.content.situation_by_id
    write("**What it took your message for**")
    parted = [(item, item.label.partition(":")[2]) for item in reply.trace.evidence]
    _list(f"{literal(situations[name].title)}: {_percent(item.score)}" for item, name in parted if name in situations)
    if reply.kind in {"not_covered", "out_of_scope"}:
        write("It found that the article says little or nothing about this.")
    for item, _ in parted:
        if item.words:
            write(f"The words that spoke most for it: “{literal(item.words)}”")
        if item.nearest:
            write("The example that your words come closest to, written by somebody for this coach:")
            write(f"> {literal(_clipped(item.nearest))}")


def _follow_up(reply: Reply, coach: Coach) -> None:
    """Say that a message was taken as a question about what was told before, and about what."""
    chip = coach.content.conversation.wording.phrases.get(f"chip_{reply.trace.act}")
    name = chip[0] if chip else reply.trace.act.replace("_", " ")
    write("**What it took your message for**")
    write(f"Not a new concern, but: “{literal(name)}”")
    situation = coach.content.situation_by_id.get(reply.trace.situation)
    if situation:
        write(f"So it stayed with what you told it before, which it took for: {literal(situation.title)}")


def _passages(number: int, coach: Coach) -> None:
    """List the passages that fit the messages best, with their scores."""
    told = memory.talk().messages[: number + 1]
    if not told:
        return
    hits = coach.finder.search(told[-1], told[:-1][-2:], k=PASSAGES)
    write("**The passages that fit best, before it chose; a higher number fits better**")
    passages = coach.content.passages
    _list(f"{hit.score:.1f}: {literal(_clipped(passages[hit.passage_id].text))}" for hit in hits)


def _safety(state: SafetyState, coach: Coach) -> None:
    """Say which signs of risk or strain were found, in the person's own words, and what came of it."""
    names = {signal.id: signal.name for signal in coach.content.signals}
    write("**What it looked at for safety**")
    write(f"It read each message for {len(names)} signs of risk or strain, and saw {TIERS[state.tier]}.")
    _list(_sign(hit, names.get(hit.signal, hit.signal)) for hit in sorted(state.hits, key=lambda hit: -hit.score))


def _sign(hit: SignalHit, name: str) -> str:
    sure = "acted on" if hit.score >= ACT[kind(hit.signal)] else "seen, too weak to act on"
    return f"{literal(name)}: “{literal(_clipped(hit.words))}” ({_percent(hit.score)}, {sure})"


def _list(lines: Iterable[str]) -> None:
    """Draw a list; each line is Markdown."""
    write("\n".join(f"- {line}" for line in lines))


def _percent(score: float) -> str:
    return f"{100 * max(0.0, min(score, 1.0)):.0f} % sure"


def _clipped(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= CLIP else plain[:CLIP].rsplit(" ", 1)[0] + " …"
