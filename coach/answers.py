"""What is answered to each dialogue act. Every function takes the desk and gives a reply without its text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from coach.compose import Desk
from coach.models import Prompt, Reply, Tier
from coach.understand import CONCERN_ACTS, FEW_WORDS, SITUATION_FROM, Understanding
from corpus.models import Situation
from index.tasks import COVERED

Answer = Callable[[Desk, Understanding, Situation, Tier], Reply]
MAX_QUOTES: Final = 2
PROMPTS: Final = 3
LIKELY: Final = 5  # how far down other situations may lend an opener
TITLES: Final = 3
UNPLAIN: Final = '\n"“”{}<>*_`#|[]@/\\'  # marks that read wrongly inside a quotation


def answer(desk: Desk, understood: Understanding, tier: Tier) -> tuple[Reply, str]:
    """Return the reply to a message that is safe to coach, and the id of the situation it is about."""
    active = _active(desk)
    act = understood.act
    if act in _ABOUT:
        return _about(desk, understood), active.id if active else ""
    if act in _FOLLOW_UPS and active is not None:
        return _FOLLOW_UPS[act](desk, understood, active, tier), active.id
    if act in _SIMPLE:
        return _SIMPLE[act](desk), active.id if active else ""
    if understood.scope != COVERED and act in CONCERN_ACTS:
        return _edge(desk, understood), active.id if active else ""
    return _concern(desk, understood, active, tier)


def _active(desk: Desk) -> Situation | None:
    """Return the situation that the conversation is about so far."""
    for turn in reversed(desk.conversation.turns):
        if turn.reply.trace.situation:
            return desk.content.situation_by_id[turn.reply.trace.situation]
    return None


def _concern(desk: Desk, understood: Understanding, active: Situation | None, tier: Tier) -> tuple[Reply, str]:
    """Answer a concern with advice, or ask when it is too little to go on."""
    name, probability = understood.situation
    if understood.act == "elaborate" and active is not None:
        near = dict(understood.situations)
        name = active.id if near.get(active.id, 0.0) >= probability / 2 else name
    elif probability < SITUATION_FROM or (
        len(understood.message.split()) < FEW_WORDS and probability < 2 * SITUATION_FROM
    ):
        return _ask_more(desk), active.id if active else ""
    if not name:
        return _ask_more(desk), ""
    situation = desk.content.situation_by_id[name]
    return _advice(desk, understood, situation, tier), name


def _advice(desk: Desk, understood: Understanding, situation: Situation, tier: Tier) -> Reply:
    heard = f"{_echo(desk, understood)} {desk.nearest(situation.heard, understood)}".lstrip()
    if situation.covered == "extension":
        heard = f"{heard} {desk.phrase('extension')}"
    quotes = desk.quotes(understood.ranking, MAX_QUOTES)
    return Reply(
        kind="advice",
        tier=tier,
        heard=heard,
        quotes=quotes,
        why=desk.say(situation.why),
        prompts=desk.prompts(situation, PROMPTS),
        step=desk.step(situation, "minutes", "evening", "week"),
        other_side=desk.say(situation.other_side) if situation.conflict else None,
        follow_ups=desk.chips("what_do_i_say", "why", "their_side" if not situation.conflict else "my_part", "not_it"),
    )


def _echo(desk: Desk, understood: Understanding) -> str:
    """Say the person's own words back, where they are short, whole and plain; nothing when in doubt."""
    words = understood.telling
    if not words or any(mark in words for mark in UNPLAIN):
        return ""
    return desk.phrase("echo", words=words)


def _tell_me_more(desk: Desk, understood: Understanding, situation: Situation, tier: Tier) -> Reply:
    quotes = desk.quotes(_ranking(desk, situation, understood), MAX_QUOTES)
    heard = desk.phrase("more") if quotes else desk.phrase("no_more")
    why = desk.say(situation.why) if quotes else ""
    return Reply(
        kind="advice",
        tier=tier,
        heard=heard,
        quotes=quotes,
        why=why,
        follow_ups=desk.chips("what_do_i_say", "next_step"),
    )


def _why(desk: Desk, understood: Understanding, situation: Situation, tier: Tier) -> Reply:
    quotes = desk.quotes(_ranking(desk, situation, understood), 1, only="why")
    return Reply(
        kind="advice",
        tier=tier,
        heard=f"{desk.phrase('why_intro')} {desk.say((situation.cause,))}",
        quotes=quotes,
        other_side=desk.say(situation.other_side),
        follow_ups=desk.chips("what_do_i_say", "my_part", "next_step"),
    )


def _openers(
    desk: Desk, understood: Understanding, situation: Situation, count: int, *, if_they: bool = True
) -> tuple[Prompt, ...]:
    """Return fresh openers; when a situation has no more, those of a likely one of its family that has."""
    prompts = desk.prompts(situation, count, if_they=if_they)
    if prompts:
        return prompts
    others = (desk.content.situation_by_id[name] for name in _others(desk, understood, situation)[:LIKELY])
    tried = (desk.prompts(other, count, if_they=if_they) for other in others if other.family == situation.family)
    return next((found for found in tried if found), ())


def _what_do_i_say(desk: Desk, understood: Understanding, situation: Situation, tier: Tier) -> Reply:
    prompts = _openers(desk, understood, situation, 2)
    if not prompts:
        return _next_step(desk, understood, situation, tier)
    return Reply(
        kind="advice",
        tier=tier,
        heard=desk.phrase("say_intro"),
        prompts=prompts,
        quotes=desk.quotes(_ranking(desk, situation, understood), 1, only="helps"),
        follow_ups=desk.chips("another_opener", "they_refuse", "we_tried"),
    )


def _another_opener(desk: Desk, understood: Understanding, situation: Situation, tier: Tier) -> Reply:
    prompts = _openers(desk, understood, situation, 1)
    if not prompts:
        return _next_step(desk, understood, situation, tier)
    return Reply(
        kind="advice",
        tier=tier,
        heard=desk.phrase("another_intro"),
        prompts=prompts,
        follow_ups=desk.chips("another_opener", "next_step", "they_refuse"),
    )


def _shorter(desk: Desk, understood: Understanding, situation: Situation, tier: Tier) -> Reply:
    prompts = _openers(desk, understood, situation, 1, if_they=False)
    why = "" if prompts else desk.say(situation.why)
    return Reply(
        kind="advice", tier=tier, prompts=prompts, why=why, follow_ups=desk.chips("another_opener", "why", "next_step")
    )


def _next_step(desk: Desk, understood: Understanding, situation: Situation, tier: Tier) -> Reply:
    step = desk.step(situation, "minutes", "evening", "week")
    if step is None:
        return _tell_me_more(desk, understood, situation, tier)
    quotes = desk.quotes(_ranking(desk, situation, understood), 1, only="helps")
    return Reply(
        kind="advice",
        tier=tier,
        heard=desk.phrase("step_intro"),
        step=step,
        quotes=quotes,
        follow_ups=desk.chips("we_tried", "what_do_i_say", "they_refuse"),
    )


def _we_tried(desk: Desk, understood: Understanding, situation: Situation, tier: Tier) -> Reply:
    return Reply(
        kind="advice",
        tier=tier,
        heard=f"{desk.phrase('tried_intro')} {desk.say((situation.if_tried,))} {desk.say(situation.ask)}",
        quotes=desk.quotes(_ranking(desk, situation, understood), 1),
        step=desk.step(situation, "evening", "week", "minutes"),
        follow_ups=desk.chips("they_refuse", "my_part", "ask_therapy"),
    )


def _they_refuse(desk: Desk, understood: Understanding, situation: Situation, tier: Tier) -> Reply:
    return Reply(
        kind="advice",
        tier=tier,
        heard=f"{desk.phrase('refuse_intro')} {desk.say((situation.if_refuse,))}",
        quotes=desk.quotes(_ranking(desk, situation, understood), 1, only="helps"),
        prompts=desk.prompts(situation, 2, if_they=True),
        other_side=desk.say(situation.other_side),
        follow_ups=desk.chips("their_side", "next_step", "ask_therapy"),
    )


def _my_part(desk: Desk, understood: Understanding, situation: Situation, tier: Tier) -> Reply:
    return Reply(
        kind="advice",
        tier=tier,
        heard=f"{desk.phrase('my_part_intro')} {desk.say((situation.my_part,))}",
        quotes=desk.quotes(_ranking(desk, situation, understood), 1, only="helps"),
        step=desk.step(situation, "minutes", "evening", "week"),
        follow_ups=desk.chips("their_side", "what_do_i_say"),
    )


def _their_side(desk: Desk, understood: Understanding, situation: Situation, tier: Tier) -> Reply:
    return Reply(
        kind="advice",
        tier=tier,
        heard=f"{desk.phrase('their_side_intro')} {desk.say(situation.ask)}",
        other_side=desk.say(situation.other_side),
        quotes=desk.quotes(_ranking(desk, situation, understood), 1, only="why"),
        follow_ups=desk.chips("what_do_i_say", "my_part"),
    )


def _whose_fault(desk: Desk, understood: Understanding, situation: Situation, tier: Tier) -> Reply:
    reply = _their_side(desk, understood, situation, tier)
    mine = desk.say((situation.my_part,))
    return reply.model_copy(update={"heard": desk.phrase("no_verdict"), "why": mine})


def _not_it(desk: Desk, understood: Understanding, situation: Situation, tier: Tier) -> Reply:
    """Offer what else it may be, from the message that the misreading came from."""
    others = _others(desk, understood, situation)
    titles = tuple(desk.content.situation_by_id[name].title.format(**desk.partner.slots) for name in others[:TITLES])
    return Reply(kind="clarify", tier=tier, heard=desk.phrase("not_it"), follow_ups=titles)


def _others(desk: Desk, understood: Understanding, situation: Situation) -> list[str]:
    """Return the situations that it may be otherwise, likeliest first, from what was told so far."""
    told = [turn.message for turn in desk.conversation.turns if turn.reply.trace.act in CONCERN_ACTS]
    vector = desk.finder.encoder.encode(["\n".join([*told[-2:], understood.message])])[0]
    return [name for name, _ in desk.finder.situations(vector) if name != situation.id]


def _generic(desk: Desk, _understood: Understanding, situation: Situation, tier: Tier) -> Reply:
    heard = f"{desk.phrase('generic')} {desk.say(situation.ask)}"
    return Reply(kind="clarify", tier=tier, heard=heard, follow_ups=desk.chips("not_it", "next_step"))


def _setback(desk: Desk, understood: Understanding, situation: Situation, tier: Tier) -> Reply:
    reply = _we_tried(desk, understood, situation, tier)
    return reply.model_copy(
        update={"heard": f"{desk.phrase('setback')} {situation.if_tried.format(**desk.partner.slots)}"}
    )


def _yes_no(desk: Desk, understood: Understanding, situation: Situation, tier: Tier) -> Reply:
    name = "yes_ask" if understood.act == "yes" else "no_ask"
    return Reply(kind="clarify", tier=tier, heard=desk.phrase(name), follow_ups=desk.chips("not_it", "next_step"))


def _ranking(desk: Desk, situation: Situation, understood: Understanding) -> tuple:  # type: ignore[type-arg]
    """Return the ranking for the concern that was told, not for the short follow-up question."""
    told = [turn.message for turn in desk.conversation.turns if turn.reply.trace.act in CONCERN_ACTS]
    if not told:
        return understood.ranking
    return desk.finder.rank(desk.finder.encoder.encode(["\n".join(told[-2:])])[0])


def _ask_more(desk: Desk) -> Reply:
    return Reply(kind="clarify", tier="coach", heard=desk.phrase("too_short"), follow_ups=desk.chips("what_can_you_do"))


def _vague(desk: Desk) -> Reply:
    """Ask one warm question; the second time in a row, offer three places to begin."""
    turns = desk.conversation.turns
    again = bool(turns) and turns[-1].reply.kind == "clarify"
    if not again:
        return Reply(kind="clarify", tier="coach", heard=desk.phrase("vague"))
    starts = desk.content.conversation.wording["starting_points"]
    return Reply(kind="clarify", tier="coach", heard=desk.phrase("vague_again"), follow_ups=starts)


def _greeting(desk: Desk) -> Reply:
    if desk.conversation.turns:
        return _vague(desk)
    return Reply(kind="clarify", tier="coach", heard=desk.phrase("greeting"), follow_ups=desk.chips("what_can_you_do"))


def _phrase(name: str, kind: str, *chips: str) -> Callable[[Desk], Reply]:
    def made(desk: Desk) -> Reply:
        return Reply(kind=kind, tier="coach", heard=desk.phrase(name), follow_ups=desk.chips(*chips))  # type: ignore[arg-type]

    return made


def _about(desk: Desk, understood: Understanding) -> Reply:
    side = desk.content.articles[0].sidecar
    date = f"{side.date.day} {side.date:%B %Y}"
    heard = desk.phrase(understood.act, author=side.author, title=side.title, date=date)
    chips = [act for act in ("who_can_see", "who_says_so", "what_can_you_do") if act != understood.act]
    return Reply(kind="about", tier="coach", heard=heard, follow_ups=desk.chips(*chips[:2]))


def _edge(desk: Desk, understood: Understanding) -> Reply:
    """Say honestly that this is not covered, what comes nearest, and who could help."""
    scope = desk.content.conversation.scope(understood.scope)
    if scope.level == "vague":
        return _vague(desk)
    heard = " ".join(filter(None, [desk.say(scope.replies), scope.doors]))
    nearest = [desk.content.passages[name] for name in scope.nearest if name not in desk.used.passages]
    outside = scope.level in {"out_of_scope", "other_language"}
    return Reply(
        kind="out_of_scope" if outside else "not_covered",
        tier="out_of_scope" if outside else "coach",
        heard=heard,
        quotes=desk.quoted(nearest[:1]),
        follow_ups=scope.follow_ups or desk.chips("what_can_you_do"),
    )


_ABOUT: Final = frozenset({"are_you_human", "who_can_see", "who_says_so", "what_can_you_do"})
_FOLLOW_UPS: Final[dict[str, Answer]] = {
    "tell_me_more": _tell_me_more,
    "deeper": _tell_me_more,
    "why": _why,
    "what_do_i_say": _what_do_i_say,
    "another_opener": _another_opener,
    "shorter": _shorter,
    "next_step": _next_step,
    "we_tried": _we_tried,
    "they_refuse": _they_refuse,
    "my_part": _my_part,
    "their_side": _their_side,
    "whose_fault": _whose_fault,
    "not_it": _not_it,
    "generic": _generic,
    "setback": _setback,
    "yes": _yes_no,
    "no": _yes_no,
}
_SIMPLE: Final[dict[str, Callable[[Desk], Reply]]] = {
    "greeting": _greeting,
    "vague": _vague,
    "off_keyboard": _phrase("garbled", "clarify", "what_can_you_do"),
    "thanks": _phrase("thanks", "closing", "next_step"),
    "progress": _phrase("progress", "closing", "next_step"),
    "came_back": _phrase("came_back", "clarify"),
    "goodbye": _phrase("goodbye", "closing"),
    "angry_at_coach": _phrase("angry", "clarify", "what_can_you_do"),
    "both_at_keyboard": _phrase("both_here", "clarify"),
}
