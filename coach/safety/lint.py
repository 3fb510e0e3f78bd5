"""What must never stand in a reply to somebody at risk. Every safety reply is read by this before it is shown."""

from __future__ import annotations

import re
from typing import Final

from coach.models import Tier

MAX_WORDS: Final[dict[Tier, int]] = {
    "immediate_danger": 110,
    "check_in": 110,
    "abuse": 290,
    "self_harm": 290,
    "child_safety": 290,
    "harm_others": 290,
}
_NEVER: Final[dict[str, re.Pattern[str]]] = {
    "opening up as advice": re.compile(
        r"\b(?:be (?:more )?vulnerable|open up (?:more )?to (?:him|her|them|your)|share your (?:fears|feelings) with|"
        r"communicate (?:more )?openly|i-statements?|pick a calm moment)\b",
        re.I,
    ),
    "both sides": re.compile(
        r"\b(?:both of you (?:need|should|could)|takes two|each of you|misunderstanding|meet halfway)\b", re.I
    ),
    "an instruction to leave or stay": re.compile(
        r"\byou (?:must|should|need to|have to) (?:leave|stay|report|confront|forgive)\b", re.I
    ),
    "a label for the partner": re.compile(
        r"\b(?:an? (?:abuser|narcissist|monster|psychopath)|toxic|gaslight\w*)\b", re.I
    ),
    "blame": re.compile(
        r"\b(?:why (?:do|did|don't) you (?:stay|not leave)|you provoked|your own fault|at least he|at least she)\b",
        re.I,
    ),
    "a promise": re.compile(r"\b(?:i promise|you will be safe|completely confidential|nobody will ever)\b", re.I),
    "unsafe words about suicide": re.compile(
        r"\b(?:commit(?:ted)? suicide|think of your (?:family|children)|selfish)\b", re.I
    ),
    "the article's author": re.compile(r"\bCaruso\b"),
    "excitement": re.compile(r"!"),
}
_DENIED: Final = re.compile(r"\b(?:won't|will not|not|rather not|don't|isn't|never|nor)\b[^.]{0,80}$", re.I)


def problems(tier: Tier, text: str) -> tuple[str, ...]:
    """Return what is wrong with a safety reply; empty when it may be shown.

    What the reply says that it will *not* do ("I won't suggest opening up") is allowed.
    """
    found = []
    for name, pattern in _NEVER.items():
        for match in pattern.finditer(text):
            if not _DENIED.search(text[: match.start()]):
                found.append(name)
                break
    if len(text.split()) > MAX_WORDS.get(tier, 1_000):
        found.append(f"too long ({len(text.split())} words)")
    return tuple(found)
