"""The therapist suggestion: when, in which words, and for which of the person's own reasons."""

from __future__ import annotations

from typing import Final

from coach.compose import Desk
from coach.models import Reason, Referral, Reply, SafetyState
from coach.safety.points import STRONG, SURE
from coach.safety.state import acts, kind

EVERY_TURNS: Final = 4  # a gentle suggestion comes at most this often
MAX_REASONS: Final = 3


def with_referral(reply: Reply, state: SafetyState, desk: Desk, turn: int, act: str) -> tuple[Reply, SafetyState]:
    """Return the reply with the suggestion that the conversation calls for, and the state that remembers it.

    Args:
        reply: a reply without safety concerns.
        state: points and strong markers so far.
        desk: wordings and what was used.
        turn: number of this message, from 0.
        act: what the message does; asking for a therapist and declining one are answered here.
    """
    words = desk.content.conversation.referral
    if act == "decline_therapy":
        text = f"{desk.say(words.declined)} {desk.say(words.alternatives)}"
        declined = state.model_copy(update={"declined_referral": True, "tier": "coach"})
        return reply.model_copy(update={"heard": text, "kind": "closing", "tier": "coach", "referral": None}), declined
    if act == "ask_therapy":
        return _recommended(reply, state, desk, turn, asked=True)
    if state.declined_referral or reply.kind not in {"advice", "not_covered"}:
        return reply, state
    if state.tier == "therapist_recommend":
        if state.last_referral_level == "therapist_recommend":
            return _reminded(reply, state, desk, turn)
        return _recommended(reply, state, desk, turn, asked=False)
    if state.tier == "therapist_consider" and turn - state.last_referral_turn >= EVERY_TURNS:
        referral = Referral(level="therapist_consider", reasons=_reasons(state), text=desk.say(words.consider))
        return reply.model_copy(update={"referral": referral}), _noted(state, turn)
    return reply, state


def individual_reply(state: SafetyState, desk: Desk, turn: int) -> tuple[Reply, SafetyState]:
    """Return the reply when the heart of it is one person's health."""
    words = desk.content.conversation.referral
    hits = sorted(
        (hit for hit in state.hits if kind(hit.signal) == "IN" and acts(hit)), key=lambda hit: (-hit.turn, -hit.score)
    )
    signal = hits[0].signal
    heavy = signal in {"IN1", "IN5", "IN6"} and not any(hit.signal.startswith("SH") for hit in state.hits)
    ask = words.individual_ask if heavy and words.individual_ask not in desk.used.wordings else ""
    if ask:
        desk.wordings.append(ask)
    chosen = tuple(Reason(signal=hit.signal, words=hit.words, turn=hit.turn) for hit in hits[:MAX_REASONS])
    text = "\n\n".join(filter(None, [words.individual[signal], ask]))
    reply = Reply(
        kind="advice",
        tier="individual_support",
        quotes=desk.quoted(
            [desk.content.passages[name] for name in words.passages[2:3] if name not in desk.used.passages]
        ),
        referral=Referral(level="individual_support", reasons=chosen, text=text),
        follow_ups=desk.chips("their_side", "next_step"),
    )
    return reply, _noted(state, turn)


def _recommended(reply: Reply, state: SafetyState, desk: Desk, turn: int, *, asked: bool) -> tuple[Reply, SafetyState]:
    """Recommend clearly, once: why in their words, how to find one, what the first hour is, and a way in alone."""
    words = desk.content.conversation.referral
    found = _reasons(state)
    signals = {reason.signal for reason in found}
    parts = [desk.say(words.recommend), _because(found, words.reasons, desk)]
    parts += [words.betrayal] if "R7" in signals and not asked else []
    parts += [words.how_to_find, words.first_session, words.if_they_will_not] if asked else [words.how_to_find]
    parts += [words.discernment] if "R9" in signals else []
    passages = [
        desk.content.passages[name] for name in words.passages if name not in {q.passage_id for q in reply.quotes}
    ]
    quotes = (*reply.quotes[:2], *desk.quoted([p for p in passages if p.passage_id not in desk.used.passages][:1]))
    referral = Referral(level="therapist_recommend", reasons=found, text="\n\n".join(filter(None, parts)))
    update = {"referral": referral, "quotes": quotes, "tier": "therapist_recommend", "other_side": None}
    if asked:
        update |= {"kind": "advice"}
    noted = _noted(state, turn).model_copy(update={"tier": "therapist_recommend"})
    return reply.model_copy(update=update), noted


def _reminded(reply: Reply, state: SafetyState, desk: Desk, turn: int) -> tuple[Reply, SafetyState]:
    """Remind in one line, and only when something grave was added."""
    fresh = [hit for hit in state.hits if hit.turn == turn and hit.signal in STRONG and hit.score >= SURE]
    if not fresh:
        return reply, state
    text = desk.say(desk.content.conversation.referral.reminder)
    referral = Referral(level="therapist_recommend", reasons=_reasons(state), text=text)
    return reply.model_copy(update={"referral": referral}), _noted(state, turn)


def _because(found: tuple[Reason, ...], clauses: dict[str, str], desk: Desk) -> str:
    """Return one line that ties the suggestion to the person's own words."""
    for reason in found:
        if reason.signal in clauses:
            plain = reason.words.strip(" .,;:!?…")
            return desk.phrase("because", words=plain, reason=clauses[reason.signal])
    return ""


def _reasons(state: SafetyState) -> tuple[Reason, ...]:
    """Return the signs of strain, the strong ones first, each family once."""
    found = [hit for hit in state.hits if kind(hit.signal) == "R" and hit.score >= SURE]
    found.sort(key=lambda hit: (hit.signal not in STRONG, -hit.score))
    unique = list({hit.signal: hit for hit in reversed(found)}.values())[::-1]
    return tuple(Reason(signal=hit.signal, words=hit.words, turn=hit.turn) for hit in unique[:MAX_REASONS])


def _noted(state: SafetyState, turn: int) -> SafetyState:
    return state.model_copy(update={"last_referral_turn": turn, "last_referral_level": state.tier})
