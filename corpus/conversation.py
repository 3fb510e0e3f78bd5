"""What the coach says outside a situation: dialogue acts, scope, safety, referrals, and its standing phrases."""

from __future__ import annotations

import string
from pathlib import Path
from typing import Final, Literal

from pydantic import Field, field_validator, model_validator

from corpus.errors import ContentError
from corpus.files import read_folder, read_yaml
from corpus.models import Frozen, Need, Text

SLOTS: Final = frozenset({"partner", "Partner", "them", "their", "words", "title", "reason", "date", "author"})
ScopeLevel = Literal["covered", "not_covered", "out_of_scope", "vague", "other_language"]


class Act(Frozen):
    """Something that people do in a conversation other than bring a concern, and how they put it."""

    id: Text
    about: Text
    says: tuple[Text, ...] = Field(min_length=8)


class ScopeKind(Frozen):
    """A kind of message at the edge of what the coach is for, and the honest answer to it."""

    id: Text
    level: ScopeLevel
    about: Text
    says: tuple[Text, ...] = Field(min_length=8)
    replies: tuple[Text, ...] = ()
    doors: Text | None = Field(default=None, description="who could help with this")
    nearest: tuple[str, ...] = Field(default=(), description="passages that come nearest, or none")
    follow_ups: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _answered(self) -> ScopeKind:
        if self.level != "covered" and not self.replies:
            raise ValueError(f"{self.id}: a kind that is not covered needs replies")
        return self


class SafetyReply(Frozen):
    """One safety reply: what is always in it, and what varies when it comes again."""

    tier: Text
    variant: str = ""
    openings: tuple[Text, ...] = Field(min_length=2)
    body: tuple[Text, ...] = ()
    needs: tuple[Need, ...] = Field(description="the helplines to show, in this order")
    device_note: bool = False
    closing: tuple[Text, ...] = ()
    short: tuple[Text, ...] = Field(min_length=2, description="for later turns, when all has been said once")
    follow_ups: tuple[Text, ...] = ()

    @property
    def key(self) -> str:
        """Return tier and variant as one word."""
        return f"{self.tier}.{self.variant}" if self.variant else self.tier


class CheckIn(Frozen):
    """One gentle question for an ambiguous sign of risk."""

    id: Text
    signals: tuple[Text, ...]
    acknowledge: tuple[Text, ...] = Field(min_length=1)
    question: Text
    options: tuple[Text, ...] = Field(min_length=2, max_length=3)


class SafetyWords(Frozen):
    """All wording of the safety gate."""

    replies: tuple[SafetyReply, ...]
    check_ins: tuple[CheckIn, ...]
    check_in_permission: Text
    check_in_help: Text
    add_ons: dict[str, Text]
    device_note: Text
    emergency: Text
    two_doors: Text
    therapy_not_now: Text
    fallback: Text
    gate_failed: Text

    def reply(self, tier: str, variant: str) -> SafetyReply:
        """Return the reply for a tier and variant, or the tier's own when it has none for that variant."""
        by_key = {reply.key: reply for reply in self.replies}
        return by_key.get(f"{tier}.{variant}") or by_key.get(tier) or next(r for r in self.replies if r.tier == tier)


class ReferralWords(Frozen):
    """All wording of the therapist suggestion and of individual support."""

    consider: tuple[Text, ...]
    recommend: tuple[Text, ...]
    reasons: dict[str, Text]
    how_to_find: Text
    first_session: Text
    if_they_will_not: Text
    discernment: Text
    betrayal: Text
    reminder: tuple[Text, ...]
    declined: tuple[Text, ...]
    alternatives: tuple[Text, ...]
    individual: dict[str, Text]
    individual_ask: Text
    passages: tuple[str, ...] = Field(description="what the article says on counselling")


class Wording(Frozen):
    """The coach's standing phrases; each is a list of wordings that take turns."""

    phrases: dict[str, tuple[Text, ...]]

    @field_validator("phrases")
    @classmethod
    def _known_slots(cls, phrases: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        for name, wordings in phrases.items():
            for wording in wordings:
                unknown = slots_of(wording) - SLOTS
                if unknown:
                    raise ValueError(f"{name}: no slot called {sorted(unknown)[0]!r}")
        return phrases

    def __getitem__(self, name: str) -> tuple[str, ...]:
        """Return the wordings of a phrase.

        Raises:
            ContentError: there is no such phrase.
        """
        try:
            return self.phrases[name]
        except KeyError:
            raise ContentError(f"conversation/wording.yaml: no phrase called {name!r}") from None


class Corrections(Frozen):
    """How people say that earlier words were about something else, and how they only take them back."""

    corrections: tuple[Text, ...] = Field(min_length=8)
    retractions: tuple[Text, ...] = Field(min_length=8)


class Ordinary(Frozen):
    """What people say in the middle of an ordinary conversation, with the words that alarm a machine among them."""

    says: tuple[Text, ...] = Field(min_length=8)


class Conversation(Frozen):
    """Everything in ``corpus/conversation``."""

    acts: tuple[Act, ...]
    scopes: tuple[ScopeKind, ...]
    safety: SafetyWords
    referral: ReferralWords
    wording: Wording
    corrections: Corrections
    ordinary: Ordinary

    def scope(self, kind: str) -> ScopeKind:
        """Return one kind of message at the edge."""
        return next(scope for scope in self.scopes if scope.id == kind)


def load_conversation(folder: Path) -> Conversation:
    """Return everything in a conversation folder.

    Raises:
        ContentError: a file cannot be read or has a wrong entry.
    """
    return Conversation(
        acts=read_folder(folder / "acts", Act),
        scopes=read_folder(folder / "scope", ScopeKind),
        safety=read_yaml(folder / "safety.yaml", SafetyWords),
        referral=read_yaml(folder / "referral.yaml", ReferralWords),
        wording=read_yaml(folder / "wording.yaml", Wording),
        corrections=read_yaml(folder / "corrections.yaml", Corrections),
        ordinary=read_yaml(folder / "ordinary.yaml", Ordinary),
    )


def slots_of(wording: str) -> set[str]:
    """Return the names in braces of a wording."""
    return {name for _, name, _, _ in string.Formatter().parse(wording) if name}
