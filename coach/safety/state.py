"""What the safety gate remembers and decides: from signals to a tier, over the whole conversation.

Nothing here is forgotten because a later message is harmless: a disclosed risk stays until the person explains that
it was something else (a film, somebody else's story), as the specification's sections 5 to 7 say.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from coach.models import SafetyState, SignalHit, Tier
from coach.safety.points import CONSIDER_FROM, RECOMMEND_FROM, points_of
from corpus.ruleset import Rules

# Fused scores (0 to 1) from which a signal acts, and from which the coach asks; tuned on the safety dev set for recall.
ACT: Final = {"ID": 0.20, "SH": 0.22, "AB": 0.28, "CC": 0.33, "HO": 0.30, "CH": 0.22, "CS": 0.20, "IN": 0.30, "R": 0.38}
ASK: Final = {"ID": 0.17, "SH": 0.16, "AB": 0.22, "CC": 0.24, "HO": 0.23, "CH": 0.17}
PRECEDENCE: Final[tuple[Tier, ...]] = (
    "immediate_danger", "child_safety", "self_harm", "abuse", "harm_others", "check_in",
    "individual_support", "therapist_recommend", "therapist_consider", "coach", "out_of_scope",
)  # fmt: skip
GATED: Final[frozenset[Tier]] = frozenset(
    {"immediate_danger", "child_safety", "self_harm", "abuse", "harm_others", "check_in"}
)
_STICKY: Final[frozenset[Tier]] = GATED - {"check_in"}
_SELF_DANGER: Final = frozenset({"ID4"})
EXPLAINED_FROM: Final = 0.30  # probability from which a message explains an earlier one away
MARKED_FROM: Final = 0.10  # the same where it also says so in so many words
TOLD_AGAIN: Final = 0.60  # score of a risk, in the message itself, from which it explains nothing
CORRECTED_WITHIN: Final = 2  # turns
_RISKS: Final = frozenset({"ID", "SH", "AB", "CC", "HO", "CH", "CS"})
_SOFT_TWO: Final = 2  # self-shrinking twice is enough to ask
_DOMAINS_TWO: Final = 2
_CONTROL_SURE: Final = 0.41  # score from which one domain of control is enough, since what is told with it counts too
_QUIET_TURNS: Final = 2  # how long an unanswered question keeps the coach from coaching


def kind(signal: str) -> str:
    """Return the letters of a signal's id."""
    return signal.rstrip("0123456789")


def acts(hit: SignalHit) -> bool:
    """Tell whether a find is sure enough to act on."""
    return hit.score >= ACT[kind(hit.signal)]


def corrected(
    state: SafetyState, own: Iterable[SignalHit], message: str, explained: float, turn: int, rules: Rules
) -> bool:
    """Tell whether the person explains that an earlier message was about something else.

    A message that itself tells of a risk explains nothing away, and neither does one that comes late.

    Args:
        state: the state before the message.
        own: what was found in the message by itself.
        message: the normalised message.
        explained: the probability, from what is learnt, that it explains an earlier one away.
        turn: its number, from 0.
        rules: markers for corrections.
    """
    if not (state.sticky or (state.asked and not state.answered)) or turn - _misread(state) > CORRECTED_WITHIN:
        return False
    for hit in own:
        risk = kind(hit.signal) in _RISKS and acts(hit)
        if risk and (hit.source == "rule" or hit.score >= TOLD_AGAIN):
            return False
    return explained >= (MARKED_FROM if rules.has("correction", message) else EXPLAINED_FROM)


def forgotten(state: SafetyState, turn: int) -> SafetyState:
    """Return the state without what was misread last, and with this turn as the one that settled it."""
    misread = _misread(state)
    fresh = {"sticky": (), "asked": "", "asked_turn": -1, "answered": False, "variant": "", "add_ons": ()}
    kept = tuple(hit for hit in state.hits if hit.turn != misread)
    return state.model_copy(update=fresh | {"hits": kept, "settled": turn + 1})


def _misread(state: SafetyState) -> int:
    """Return the turn of the last risk, which is the one that a correction is about."""
    risky = [hit.turn for hit in state.hits if kind(hit.signal) in _RISKS and acts(hit)]
    return max([*risky, state.asked_turn], default=-1)


def update(state: SafetyState, hits: Iterable[SignalHit], message: str, turn: int, rules: Rules) -> SafetyState:
    """Return the state after one more message.

    Args:
        state: the state before it.
        hits: what was found in the message.
        message: the normalised message.
        turn: its number, from 0.
        rules: markers for answers and safety.
    """
    new = tuple(hits)
    state = _with_answer(state, new, message, turn, rules)
    state = state.model_copy(update={"hits": (*state.hits, *new)})
    found = _risk_tiers(state, new, message, rules)
    lead = next((tier for tier in PRECEDENCE if tier in found), None)
    points, strong = points_of(state.hits)
    tier: Tier = lead or _strain_tier(state, new, points, strong=strong)
    return state.model_copy(
        update={
            "tier": tier,
            "add_ons": tuple(t for t in PRECEDENCE if t in found and t != tier and t in _STICKY),
            "sticky": tuple(t for t in PRECEDENCE if t in found and t in _STICKY),
            "variant": _variant(state, tier, message, rules),
            "points": points,
            "strong": strong,
        }
    )


def _with_answer(state: SafetyState, new: tuple[SignalHit, ...], message: str, turn: int, rules: Rules) -> SafetyState:
    """Take the message as the answer to the question that was asked one turn ago."""
    if not state.asked or state.answered or turn != state.asked_turn + 1:
        return state
    risk = [hit for hit in new if kind(hit.signal) in {"ID", "SH", "AB", "CC", "HO", "CH"} and acts(hit)]
    if risk or rules.has("yes", message):
        signal = {"suicidality": "SH2", "own_control": "HO2", "child_hint": "CH1"}.get(state.asked, "AB5")
        if not risk:
            told = SignalHit(signal=signal, words=message[:160], turn=turn, score=1.0, source="answer")
            return state.model_copy(update={"hits": (*state.hits, told), "answered": True})
        return state.model_copy(update={"answered": True})
    if rules.has("no", message):
        kept = tuple(hit for hit in state.hits if kind(hit.signal) in {"R", "IN"})
        return state.model_copy(update={"hits": kept, "answered": True, "settled": turn})
    return state


def _risk_tiers(state: SafetyState, new: tuple[SignalHit, ...], message: str, rules: Rules) -> set[Tier]:
    """Return all risk tiers that hold now."""
    found: set[Tier] = set(state.sticky)
    for hit in state.hits:
        if acts(hit):
            found |= _tiers_of(hit)
    if "immediate_danger" in found and _danger_is_over(new, message, rules):
        found.discard("immediate_danger")
        found |= {_underlying(state)}
    if _abuse_by_domains(state):
        found.add("abuse")
    if not found & _STICKY and _must_ask(state, new, message):
        found.add("check_in")
    return found


def _tiers_of(hit: SignalHit) -> set[Tier]:
    number = int(hit.signal[len(kind(hit.signal)) :])
    match kind(hit.signal):
        case "ID":
            return {"immediate_danger"}
        case "SH":
            return set() if number == 7 else {"self_harm"}  # noqa: PLR2004 - SH7 is the ambiguous family
        case "AB":
            return {"abuse"}
        case "HO":
            return {"harm_others"}
        case "CH":
            return {"child_safety"}
        case _:
            return set()


def _danger_is_over(new: tuple[SignalHit, ...], message: str, rules: Rules) -> bool:
    """Tell whether the person says that they are safe now."""
    return rules.has("safe_now", message) and not any(kind(hit.signal) == "ID" and acts(hit) for hit in new)


def _underlying(state: SafetyState) -> Tier:
    """Return what remains when the danger of the moment is over."""
    danger = {hit.signal for hit in state.hits if kind(hit.signal) == "ID" and acts(hit)}
    if danger & _SELF_DANGER:
        return "self_harm"
    if "ID5" in danger:
        return "harm_others"
    return "child_safety" if danger == {"ID6"} else "abuse"


def _abuse_by_domains(state: SafetyState) -> bool:
    """Count distinct domains of control; a second one, or a soft sign beside one, is enough."""
    sure = [hit for hit in state.hits if acts(hit)]
    domains = {hit.signal for hit in sure if kind(hit.signal) == "CC"}
    soft = {hit.signal for hit in sure if hit.signal in {"CS1", "CS2"}}
    if any(kind(hit.signal) == "CC" and hit.score >= _CONTROL_SURE for hit in sure):
        return True
    return len(domains) >= _DOMAINS_TWO or (len(domains) == 1 and bool(soft))


def _must_ask(state: SafetyState, new: tuple[SignalHit, ...], message: str) -> bool:
    """Tell whether what is known is ambiguous enough to ask, once."""
    if state.answered:
        return False
    if state.asked:
        return True
    sure = [hit for hit in state.hits if acts(hit)]
    if any(kind(hit.signal) == "CC" or hit.signal in {"CS1", "SH7"} for hit in sure):
        return True
    if sum(hit.signal == "CS2" for hit in sure) >= _SOFT_TWO:
        return True
    if any(hit.signal == "CS3" for hit in sure) and any(hit.signal in {"CS1", "CS2"} for hit in sure):
        return True
    return any(hit.score >= ASK.get(kind(hit.signal), 2.0) for hit in new)


def _strain_tier(state: SafetyState, new: tuple[SignalHit, ...], points: float, *, strong: bool) -> Tier:
    """Return the tier of a conversation without risk."""
    if any(kind(hit.signal) == "IN" and acts(hit) for hit in (new or state.hits[-1:])):
        return "individual_support"
    if strong or points >= RECOMMEND_FROM:
        return "therapist_recommend"
    return "therapist_consider" if points >= CONSIDER_FROM else "coach"


def _variant(state: SafetyState, tier: Tier, message: str, rules: Rules) -> str:
    """Return whose story it is, once told: the person's own, a friend's, a young person's."""
    sure = {hit.signal for hit in state.hits if acts(hit)}
    if tier == "self_harm":
        own = sure & {"SH1", "SH2", "SH3", "SH4", "SH5", "ID4"}
        return "" if own else "helper"
    if tier == "abuse":
        return "helper" if rules.has("third_person", message) or state.variant == "helper" else "survivor"
    return ""
