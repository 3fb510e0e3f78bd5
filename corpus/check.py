"""Lint the content: what a model cannot see, said in plain words with the file."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from corpus.content import Content
from corpus.conversation import slots_of
from corpus.models import Article, Situation

SITUATION_SLOTS: Final = frozenset({"partner", "Partner", "them", "their"})
MIN_HELPS: Final = 1
_PRONOUN: Final = re.compile(r"\b(?:he|she|him|her|his|hers)\b", re.I)
_QUOTED: Final = re.compile(r"[“'‘\"].*?[”'’\"]")
_ALWAYS: Final = re.compile(r"\byou (?:always|never)\b(?! (?:have|need) to)", re.I)


def check(content: Content) -> list[str]:
    """Return one line for each thing that is wrong; none when all is well."""
    lines = [line for article in content.articles for line in _article(article)]
    lines += [line for situation in content.situations for line in _situation(situation, content)]
    lines += _doubled(content)
    return lines


def _article(article: Article) -> Iterator[str]:
    name = article.sidecar.file
    for passage in article.passages:
        if article.text[passage.start : passage.end] != passage.text:
            yield f"articles/{name}: passage {passage.passage_id} differs from the text at {passage.start}"


def _situation(situation: Situation, content: Content) -> Iterator[str]:  # noqa: C901 - a list of independent checks
    where = f"situations/{situation.id}.yaml"
    if sum(ref.kind == "helps" and ref.grade > 1 for ref in situation.passages) < MIN_HELPS:
        yield f"{where}: passages: none of grade 2 or 3 helps; add one of kind `helps`"
    for ref in situation.passages:
        if ref.grade == 3 and not content.passages[ref.passage].quotable:  # noqa: PLR2004 - the best grade
            yield f"{where}: passages: {ref.passage} is never quoted and cannot have grade 3"
    for opener in situation.openers:
        if slots_of(opener.say):
            yield f"{where}: openers: say: speaks to the partner as “you”; take the slot out of {opener.say[:40]!r}"
        if _ALWAYS.search(opener.say):
            yield f"{where}: openers: say: no “you always” or “you never”: {opener.say[:50]!r}"
    for field, text in _sentences(situation):
        unknown = slots_of(text) - SITUATION_SLOTS
        if unknown:
            yield f"{where}: {field}: no slot called {sorted(unknown)[0]!r}"
        if "!" in text:
            yield f"{where}: {field}: no exclamation marks: {text[:50]!r}"
        if field != "say" and _PRONOUN.search(_QUOTED.sub("", text)):
            yield f"{where}: {field}: he or she for the partner; use {{partner}}, {{them}} or {{their}}: {text[:60]!r}"


def _sentences(situation: Situation) -> Iterator[tuple[str, str]]:
    """Yield every sentence that a user may read, with its field."""
    for field in ("heard", "why", "other_side", "ask"):
        for text in getattr(situation, field):
            yield field, text
    for field in ("title", "cause", "if_refuse", "my_part", "if_tried"):
        yield field, getattr(situation, field)
    for step in situation.steps:
        yield "steps", step.do
    for opener in situation.openers:
        yield "say", opener.say
        for text in (opener.if_silence, opener.if_joke, opener.if_defence):
            yield "if_they", text


def _doubled(content: Content) -> Iterator[str]:
    """Yield texts that stand twice: openers must not repeat, and an exemplar belongs to one place."""
    says = Counter(opener.say for situation in content.situations for opener in situation.openers)
    for text, count in says.items():
        if count > 1:
            yield f"situations: the opener {text[:50]!r} stands {count} times"
    texts = Counter(" ".join(exemplar.text.lower().split()) for exemplar in content.exemplars)
    for text, count in texts.items():
        if count > 1:
            yield f"exemplars: {text[:50]!r} stands {count} times"
