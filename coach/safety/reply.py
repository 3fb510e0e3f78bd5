"""Compose the reply of a safety tier. Passages and partner prompts are unreachable from here: nothing here can see them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Final

from coach.models import Reason, Referral, Reply, SafetyState, SignalHit, Tier, Trace
from coach.safety.lint import MAX_WORDS, problems
from coach.safety.state import acts, kind
from corpus.content import Content
from corpus.conversation import CheckIn, SafetyReply
from corpus.models import Country, Helpline, Need

INTERNATIONAL: Final = "INTL"
ROWS_A_NEED: Final = 2  # two independent doors
MAX_REASONS: Final = 3
MIRROR_MIN: Final = 12  # characters; shorter words are not repeated back
MIRROR_MAX: Final = 90
_KINDS: Final[dict[Tier, tuple[str, ...]]] = {
    "immediate_danger": ("ID",),
    "self_harm": ("SH", "ID"),
    "child_safety": ("CH", "ID"),
    "abuse": ("AB", "CC", "CS", "ID"),
    "harm_others": ("HO", "ID"),
    "check_in": ("CS", "CC", "SH", "AB", "HO", "CH", "ID"),
}


def safety_reply(state: SafetyState, content: Content, country: str | None, seed: str) -> tuple[Reply, SafetyState]:
    """Return the reply for a risk tier and the state that remembers it was given.

    Args:
        state: the gate's state after this message; its tier is check_in or graver.
        content: the wording and the helplines.
        country: the code that the person chose, or None.
        seed: the conversation's words, so that wordings take turns the same way everywhere.
    """
    if state.tier == "check_in":
        return _check_in(state, content, country, seed)
    words = content.conversation.safety
    template = words.reply(state.tier, _variant(state))
    first = template.key not in state.replied
    lines = helplines(template.needs, content, country)
    if first:
        body = _full(template, state, content, seed)
    else:
        lines, body = lines[:ROWS_A_NEED], _turned(template.short, seed, len(state.replied))
    if problems(state.tier, body):
        body = words.fallback
    referral = Referral(level=state.tier, reasons=reasons(state), helplines=lines, text=body)  # type: ignore[arg-type]  # a risk tier
    replied = tuple(dict.fromkeys([*state.replied, template.key]))
    new_state = state.model_copy(update={"replied": replied})
    chips = template.follow_ups
    return Reply(
        kind="safety", tier=state.tier, referral=referral, follow_ups=chips, trace=Trace(safety=new_state)
    ), new_state


def gate_failed(content: Content, country: str | None, known: SafetyState) -> Reply:
    """Return what is said when the gate itself could not run: help, and no coaching. What was known stays known."""
    words = content.conversation.safety
    lines = helplines(("emergency", "dv", "suicide", "directory"), content, country)
    referral = Referral(level="check_in", reasons=(), helplines=lines, text=words.gate_failed)
    return Reply(kind="safety", tier="check_in", referral=referral, trace=Trace(safety=known))


def reasons(state: SafetyState) -> tuple[Reason, ...]:
    """Return why the tier holds, in the person's own words, surest first."""
    kinds = _KINDS.get(state.tier, ())
    found = sorted((hit for hit in state.hits if kind(hit.signal) in kinds), key=lambda hit: -hit.score)
    sure = [hit for hit in found if acts_or_asked(hit)] or found[:1]
    unique = list({hit.words: hit for hit in sure}.values())
    return tuple(Reason(signal=hit.signal, words=hit.words, turn=hit.turn) for hit in unique[:MAX_REASONS])


def acts_or_asked(hit: SignalHit) -> bool:
    """Tell whether a find is sure, or of a kind that is asked about."""
    return kind(hit.signal) == "CS" or acts(hit)


def helplines(needs: Iterable[Need], content: Content, country: str | None) -> tuple[Helpline, ...]:
    """Return the rows for some needs, two doors a need where there are, the international ones where none is known."""
    chosen: Country | None = content.country_by_code.get(country or "")
    fallback = content.country_by_code[INTERNATIONAL]
    rows: list[Helpline] = []
    for need in needs:
        found = [line for line in (chosen or fallback).helplines if line.need == need]
        if not found and need == "emergency":
            found = [line for line in fallback.helplines if line.need == need]
        rows += [line for line in found[:ROWS_A_NEED] if line not in rows]
    if not any(line.need == "directory" for line in rows):
        source = chosen if chosen and any(line.need == "directory" for line in chosen.helplines) else fallback
        rows += [line for line in source.helplines if line.need == "directory"][:1]
    return tuple(rows)


def _variant(state: SafetyState) -> str:
    """Return which wording of a tier fits what was told."""
    sure = {hit.signal for hit in state.hits if acts(hit)}
    if state.tier == "immediate_danger":
        for signal, variant in (("ID3", "neck"), ("ID4", "self"), ("ID5", "harm"), ("ID6", "child")):
            if signal in sure and not sure & {"ID1", "ID2"}:
                return variant
        return ""
    if state.tier == "child_safety":
        return "minor" if "CH4" in sure else "own" if "CH5" in sure else ""
    if state.tier == "harm_others":
        if sure & {"HO1", "HO5", "ID5"}:
            return ""
        return (
            "thoughts" if "HO6" in sure else "sexual" if "HO4" in sure else "control" if sure & {"HO2", "HO3"} else ""
        )
    if state.tier == "abuse" and state.variant == "survivor":
        if sure & {"AB6", "AB7"}:
            return "sexual"
        physical = sure & {"AB1", "AB2", "AB3", "AB4", "AB5", "AB8", "AB9"}
        return "survivor" if physical or not any(signal.startswith("CC") for signal in sure) else "cc"
    return state.variant


def _full(template: SafetyReply, state: SafetyState, content: Content, seed: str) -> str:
    """Return the first full reply of a tier; what was told adds blocks to it as long as it stays short enough."""
    mirrored = [words for reason in reasons(state) if (words := _mirror(reason.words))]
    openings = [o for o in template.openings if "{words}" in o] if mirrored else []
    openings = openings or [o for o in template.openings if "{words}" not in o] or list(template.openings)
    opening = _turned(openings, seed, 0).replace("{words}", mirrored[0] if mirrored else "")
    closing = [_turned(template.closing, seed, 1)] if template.closing else []
    note = [content.conversation.safety.device_note] if template.device_note else []
    added = _add_ons(state, content)
    while added and _words_in([opening, *template.body, *added, *closing, *note]) > MAX_WORDS[state.tier]:
        added.pop()
    return "\n\n".join([opening, *template.body, *added, *closing, *note])


def _words_in(paragraphs: Iterable[str]) -> int:
    return sum(len(paragraph.split()) for paragraph in paragraphs)


def _mirror(words: str) -> str:
    """Return the person's words if they can be repeated whole, else nothing."""
    plain = words.strip(" .,;:!?…")
    return plain if MIRROR_MIN <= len(plain) <= MIRROR_MAX and "\n" not in plain else ""


def _add_ons(state: SafetyState, content: Content) -> list[str]:
    """Return the blocks that what was told adds to the leading tier."""
    words = content.conversation.safety.add_ons
    sure = {hit.signal for hit in state.hits if acts(hit)}
    keys: list[str] = [tier for tier in state.add_ons if tier in words]
    if state.tier == "abuse":
        keys += ["neck"] * ("AB3" in sure or "ID3" in sure) + ["children"] * any(s.startswith("CH") for s in sure)
        keys += ["suicide_leverage"] * ("AB8" in sure) + ["papers_money"] * bool(sure & {"AB9", "CC3"})
        keys += ["asks_couples_therapy"] * ("R12" in sure)
    if state.tier == "self_harm":
        keys += ["means"] * ("SH4" in sure)
    return [words[key] for key in dict.fromkeys(keys) if key in words]


def _check_in(state: SafetyState, content: Content, country: str | None, seed: str) -> tuple[Reply, SafetyState]:
    """Return the one gentle question, or, once it was asked, the quiet line without it."""
    words = content.conversation.safety
    lines = helplines(("dv", "directory"), content, country)
    if state.asked:
        referral = Referral(level="check_in", reasons=(), helplines=lines, text=words.check_in_help)
        return Reply(kind="check_in", tier="check_in", referral=referral), state
    question = _question(state, words.check_ins)
    if question.id == "suicidality":
        lines = helplines(("suicide", "directory"), content, country)
    text = " ".join([_turned(question.acknowledge, seed, 0), question.question, words.check_in_permission])
    referral = Referral(level="check_in", reasons=reasons(state), helplines=lines, text=text)
    turn = max((hit.turn for hit in state.hits), default=0)
    asked = state.model_copy(update={"asked": question.id, "asked_turn": turn})
    return Reply(kind="check_in", tier="check_in", referral=referral, follow_ups=question.options), asked


def _question(state: SafetyState, check_ins: Sequence[CheckIn]) -> CheckIn:
    """Return the question for the surest ambiguous signal."""
    for hit in sorted(state.hits, key=lambda hit: (-hit.turn, -hit.score)):
        for check_in in check_ins:
            if hit.signal in check_in.signals:
                return check_in
    return next(check_in for check_in in check_ins if check_in.id == "temper")


def _turned(wordings: Sequence[str], seed: str, salt: int) -> str:
    """Return one of several wordings, the same one everywhere for the same conversation."""
    digest = hashlib.sha256(f"{salt}\n{seed}".encode("utf-8", "replace")).digest()
    return wordings[digest[0] % len(wordings)]
