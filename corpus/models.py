"""What the corpus is made of. These models import nothing of ours, and everything else imports them."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Grade = Literal[1, 2, 3]
Role = Literal["what_it_is", "what_it_does", "example", "without_it", "cause", "what_helps", "step"]
Speaker = Literal["quote", "list", "article"]
Kind = Literal["cause", "helps", "does", "normal"]
StepSize = Literal["minutes", "evening", "week"]
Reaction = Literal["silence", "joke", "defence"]


class Frozen(BaseModel):
    """A value: unknown fields are refused and nothing can be changed after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Sidecar(Frozen):
    """What is known about one article, from the small YAML file that lies beside it."""

    source_id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    file: Text
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    title: Text
    author: Text
    credentials: str = ""
    publisher: str = ""
    date: dt.date
    language: str = "en"
    rights: Text
    expert: str = Field(default="", description="whose words stand between quotation marks")
    expert_short: str = Field(default="", description="how the article names that person in passing")
    not_passages: tuple[Text, ...] = Field(default=(), description="navigation and advertising, verbatim")
    never_quoted: tuple[Text, ...] = Field(default=(), description="openings of passages that are found, not quoted")
    roles: dict[str, Role] = Field(default_factory=dict, description="heading -> what its passages are for")


class Passage(Frozen):
    """One thing an expert would quote. ``Article.text[start:end] == text``, always."""

    passage_id: str
    source_id: str
    start: int = Field(ge=0, description="first character, offset into the article's text")
    end: int = Field(gt=0, description="one past the last character")
    text: str
    heading: str
    role: Role
    speaker: Speaker
    quotable: bool = True


class Article(Frozen):
    """An article as it is kept: its sidecar, its text, and the passages cut from it."""

    sidecar: Sidecar
    text: str
    passages: tuple[Passage, ...]

    @property
    def citation(self) -> str:
        """Return author, title, publisher and date as they stand under a quotation."""
        side = self.sidecar
        author = f"{side.author}, {side.credentials}" if side.credentials else side.author
        publisher = f", {side.publisher}" if side.publisher else ""
        return f"{author}: “{side.title}”{publisher}, {side.date.day} {side.date:%B %Y}"


class PassageRef(Frozen):
    """A passage that fits a situation, with how well (3: quoted first) and what it is there for."""

    passage: str
    grade: Grade
    kind: Kind


class Opener(Frozen):
    """Something that the user could say to the partner, and what to do with three ways it may be met."""

    say: Text
    draws_on: tuple[str, ...] = Field(min_length=1)
    if_silence: Text
    if_joke: Text
    if_defence: Text


class Step(Frozen):
    """One small thing to try."""

    size: StepSize
    takes: Text
    do: Text


class Situation(Frozen):
    """One thing that couples bring, and everything that can be said about it."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
    family: Text
    title: Text
    about: Text
    covered: Literal["direct", "extension"]
    conflict: bool
    passages: tuple[PassageRef, ...] = Field(min_length=3)
    heard: tuple[Text, ...] = Field(min_length=2)
    why: tuple[Text, ...] = Field(min_length=2)
    cause: Text
    openers: tuple[Opener, ...] = Field(min_length=4)
    steps: tuple[Step, ...] = Field(min_length=2)
    other_side: tuple[Text, ...] = Field(min_length=1)
    if_refuse: Text
    my_part: Text
    ask: tuple[Text, ...] = Field(min_length=2)
    if_tried: Text


class Exemplar(Frozen):
    """One way that somebody says it, with the situation it is about and the passages a second reader chose."""

    text: Text
    situation: str
    also: tuple[str, ...] = ()
    best: tuple[str, ...] = Field(default=(), description="passages a therapist would quote first (grade 3)")
    good: tuple[str, ...] = Field(default=(), description="passages that clearly help (grade 2)")
    fair: tuple[str, ...] = Field(default=(), description="acceptable passages (grade 1)")
    hand: str = Field(default="", description="who wrote it; filled in from the file's name")


class Signal(Frozen):
    """One way that risk, strain or ill health shows, with messages that have it and messages that only look like it."""

    id: Annotated[str, StringConstraints(pattern=r"^[A-Z]{1,2}[0-9]{1,2}$")]
    name: Text
    says: tuple[Text, ...] = Field(min_length=8)
    looks_like: tuple[Text, ...] = Field(min_length=8)


class Strained(Frozen):
    """One message with every sign of strain that it tells: R1 to R12, none, or several at once."""

    text: Text
    signs: tuple[Annotated[str, StringConstraints(pattern=r"^R[0-9]{1,2}$")], ...] = ()


Need = Literal[
    "emergency",
    "silent_emergency",
    "suicide",
    "dv",
    "dv_men",
    "dv_lgbtq",
    "youth_dating",
    "sexual_violence",
    "perpetrator",
    "child",
    "mental_health",
    "substance",
    "directory",
]


class Helpline(Frozen):
    """One service, with where its number was read, when, and how sure we are."""

    need: Need
    name: Text
    audience: Text
    phone: str | None = None
    sms: str | None = None
    whatsapp: str | None = None
    chat_url: str | None = None
    hours: str | None = None
    free: bool | None = None
    on_bill: bool | None = None
    call_log_note: str | None = None
    languages: str | None = None
    how: str | None = Field(default=None, description="anything a caller should know first, in one short sentence")
    source_url: Text
    source_date: str
    confidence: Literal["A", "B"]
    last_verified: dt.date


class Country(Frozen):
    """The helplines of one country."""

    code: Annotated[str, StringConstraints(pattern=r"^([A-Z]{2}|INTL)$")]
    name: Text
    helplines: tuple[Helpline, ...] = Field(min_length=1)
