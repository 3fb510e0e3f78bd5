"""What the coach takes and gives: the conversation so far, and the reply. Both are frozen values."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from corpus.models import Helpline, Speaker

ReplyKind = Literal["advice", "clarify", "check_in", "safety", "not_covered", "out_of_scope", "about", "closing"]
Tier = Literal[
    "out_of_scope",
    "coach",
    "therapist_consider",
    "therapist_recommend",
    "individual_support",
    "check_in",
    "harm_others",
    "abuse",
    "self_harm",
    "child_safety",
    "immediate_danger",
]
ReferralLevel = Literal[
    "therapist_consider",
    "therapist_recommend",
    "individual_support",
    "check_in",
    "harm_others",
    "abuse",
    "self_harm",
    "child_safety",
    "immediate_danger",
]


class Value(BaseModel):
    """A frozen value that refuses unknown fields."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Quote(Value):
    """An expert's words, exactly as they stand in the article at ``start:end``."""

    passage_id: str
    source_id: str
    start: int
    end: int
    text: str
    heading: str
    speaker: Speaker
    citation: str


class Prompt(Value):
    """Something that the user could say to the partner."""

    text: str
    draws_on: tuple[str, ...]
    if_they: str | None = None


class Reason(Value):
    """Why a referral is made: the signal, and the user's own words in the turn (from 0) where they stand."""

    signal: str
    words: str
    turn: int


class Referral(Value):
    """A suggestion of other help, with the reasons in the user's own words."""

    level: ReferralLevel
    reasons: tuple[Reason, ...]
    helplines: tuple[Helpline, ...] = ()
    text: str


class Reply(Value):
    """One reply of the coach. ``text`` is what the person reads; the other fields are what it is made of."""

    kind: ReplyKind
    tier: Tier
    heard: str = ""
    quotes: tuple[Quote, ...] = ()
    why: str = ""
    prompts: tuple[Prompt, ...] = ()
    step: str | None = None
    other_side: str | None = None
    referral: Referral | None = None
    follow_ups: tuple[str, ...] = ()
    text: str = ""
    trace: Trace = Field(default_factory=lambda: Trace(), exclude=True, repr=False)


class Evidence(Value):
    """One line of "why this answer": what was looked at, what it gave, and the nearest example in the content.

    ``words`` is the stretch of the person's message that spoke most for it.
    """

    label: str
    score: float
    nearest: str = ""
    words: str = ""


class SignalHit(Value):
    """A safety or strain signal that was found: where, how sure, and by which of the sources."""

    signal: str
    words: str
    turn: int
    score: float
    source: str


class SafetyState(Value):
    """What the safety gate remembers of a conversation. It lives in memory only."""

    tier: Tier = "coach"
    add_ons: tuple[Tier, ...] = ()
    variant: Literal["survivor", "helper", "youth", "perpetrator", "helper_selfharm", ""] = ""
    hits: tuple[SignalHit, ...] = ()
    points: float = 0.0
    strong: bool = False
    sticky: tuple[Tier, ...] = ()
    asked: str = ""
    asked_turn: int = -1
    answered: bool = False
    replied: tuple[str, ...] = Field(default=(), description="safety replies already given in full")
    declined_referral: bool = False
    settled: int = 0  # the turn before which nothing is read again, since it was explained
    last_referral_turn: int = -99
    last_referral_level: str = ""


class Trace(Value):
    """How a reply came about. It stays in memory, is shown on request, and is never part of the JSON."""

    act: str = ""
    situation: str = ""
    passages: tuple[str, ...] = ()
    openers: tuple[str, ...] = ()
    wordings: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    safety: SafetyState = Field(default_factory=SafetyState)
    topic: str = ""
    questions: int = 0


class Turn(Value):
    """One message of the user and the reply to it."""

    message: str
    reply: Reply


class Conversation(Value):
    """All turns so far, and the country that the user chose. Adding a turn gives a new conversation."""

    turns: tuple[Turn, ...] = ()
    country: str | None = Field(default=None, description="ISO 3166 code that the user chose, or None")

    def add(self, message: str, reply: Reply) -> Conversation:
        """Return the conversation with one more turn."""
        return self.model_copy(update={"turns": (*self.turns, Turn(message=message, reply=reply))})

    def undo(self) -> Conversation:
        """Return the conversation without its last turn."""
        return self.model_copy(update={"turns": self.turns[:-1]})

    @property
    def messages(self) -> tuple[str, ...]:
        """Return what the user has written, in order."""
        return tuple(turn.message for turn in self.turns)


Reply.model_rebuild()
