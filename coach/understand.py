"""What one message means: the act it performs, the situation it is about, and whether it is ours to answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from coach.clauses import Clause, paragraphs, windows
from coach.models import Conversation, Evidence
from coach.normalise import normalise, tidy
from coach.safety.telling import Unit
from corpus.conversation import Wording
from index.finder import Finder, Hit
from index.tasks import COVERED, NO_ACT
from index.vectors import Vectors

# Probabilities (0 to 1) from which a reading is acted on; chosen on the dev sets.
ACT_FROM: Final = 0.20
LEAN: Final = 0.20  # share of a new concern's probability from which a follow-up is likelier, once a concern was told
VAGUE: Final = "too_vague"
ACT_SURE: Final = 0.60  # below, an act gives way to a scope that is
OUTSIDE_SURE: Final = 0.85
DECLINE_FROM: Final = 0.50  # all uncovered kinds together
CHANGES_FROM: Final = 0.20  # probability of a situation from which a further message may be a new subject
SITUATION_FROM: Final = 0.07  # below, the coach asks instead of answering
FEW_WORDS: Final = 4  # a message this short needs a clear situation
TELLING_MIN: Final = 12  # characters of a stretch that can be said back
TELLING_MAX: Final = 80
TELLING_TRIED: Final = 12  # stretches that are looked at

CONCERN_ACTS: Final = frozenset({NO_ACT, "elaborate", "new_topic"})
# Acts that make sense as the first thing that somebody says.
FIRST_ACTS: Final = frozenset(
    {
        "greeting", "vague", "off_keyboard", "what_can_you_do", "are_you_human", "who_can_see", "who_says_so",
        "ask_therapy", "both_at_keyboard", "came_back", "goodbye", "thanks", "angry_at_coach",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Understanding:
    """One message as the coach understands it."""

    message: str
    units: tuple[Unit, ...]
    act: str
    situations: tuple[tuple[str, float], ...]
    scope: str
    ranking: tuple[Hit, ...]
    telling: str = ""
    evidence: tuple[Evidence, ...] = field(default=())

    @property
    def vector(self) -> Vectors:
        """Return the vector of the whole message."""
        return whole_vector(self.units)

    @property
    def situation(self) -> tuple[str, float]:
        """Return the most probable situation and its probability."""
        return self.situations[0] if self.situations else ("", 0.0)


def read_units(message: str, finder: Finder) -> tuple[Unit, ...]:
    """Return the whole message and its stretches. The whole is embedded, and so are the parts of a long one.

    A short stretch out of its context is read worse than the whole, so only rules read the others.
    """
    first, *rest = windows(tidy(message)) or (Clause(0, 0, ""),)
    text = normalise(message)
    texts = [normalise(stretch.words) for stretch in rest]
    vector, within = finder.encoder.encode_spans(text, _spans(text, texts))
    parts = paragraphs(tidy(message))
    vectors = finder.encoder.encode([normalise(part.words) for part in parts]) if parts else ()
    return (
        Unit(first, normalise(first.words), vector),
        *(Unit(stretch, said, within=near) for stretch, said, near in zip(rest, texts, within, strict=True)),
        *(Unit(part, normalise(part.words), near) for part, near in zip(parts, vectors, strict=True)),
    )


def _spans(text: str, stretches: Sequence[str]) -> list[tuple[int, int]]:
    """Return where stretches stand in a text; (0, 0) for one that does not stand there as it is."""
    begins = [text.find(stretch) for stretch in stretches]
    return [
        (max(begin, 0), max(begin + len(said), 0) if begin >= 0 else 0)
        for begin, said in zip(begins, stretches, strict=True)
    ]


def understand(message: str, units: tuple[Unit, ...], conversation: Conversation, finder: Finder) -> Understanding:
    """Return what a message means in its conversation.

    Args:
        message: what was typed.
        units: the message as embedded stretches, the whole first.
        conversation: the turns before it.
        finder: banks and heads.
    """
    vector = whole_vector(units)
    words = finder.content.conversation.wording
    act, act_score = _act(message, vector, conversation, finder, words)
    history = _history(conversation)
    scope, scope_score = _scope(vector, finder)
    if act_score < ACT_SURE and scope != COVERED and scope_score >= OUTSIDE_SURE:
        act = NO_ACT
    ranked = finder.situations(vector)
    if history and act == NO_ACT and (scope == VAGUE or ranked[0][1] < CHANGES_FROM):
        act = "elaborate"  # too little of a situation of its own to be a new subject
    if act == "elaborate" and scope == VAGUE:
        scope = COVERED  # little is enough when the subject is known
    follows = bool(history) and act == "elaborate"
    past = finder.encoder.encode(["\n".join([*history[-2:], message])])[0] if follows else None
    situations = _situations(ranked, past, finder)
    near = finder.nearest("concerns", vector, 1)
    evidence = [Evidence(label=f"act:{act}", score=act_score), Evidence(label=f"scope:{scope}", score=scope_score)]
    telling = _telling(units, situations[0][0], finder) if situations else ""
    evidence += [
        Evidence(label=f"situation:{name}", score=score, words=telling if number == 0 else "")
        for number, (name, score) in enumerate(situations[:3])
    ]
    evidence += [Evidence(label="nearest", score=n.score, nearest=n.text) for n in near]
    return Understanding(
        message=message,
        units=units,
        act=act,
        situations=situations,
        telling=telling,
        scope=scope,
        ranking=finder.rank(vector, past),
        evidence=tuple(evidence),
    )


def whole_vector(units: Sequence[Unit]) -> Vectors:
    """Return the vector of the whole message."""
    vector = units[0].vector
    if vector is None:
        raise ValueError("the first unit is the whole message and has a vector")
    return vector


def _telling(units: Sequence[Unit], situation: str, finder: Finder) -> str:
    """Return the stretch of the message that speaks most for a situation, in the person's own words."""
    stretches = [(unit.clause.words.strip(" .,;:!?…-"), unit.within) for unit in units]
    short = [(words, within) for words, within in stretches if TELLING_MIN <= len(words) <= TELLING_MAX]
    known = [(words, within) for words, within in short[:TELLING_TRIED] if within is not None]
    if not known:
        return short[0][0] if short else ""
    head = finder.heads["situation"]
    shares = head.scores(np.stack([within for _, within in known]))[:, head.classes.index(situation)]
    return known[int(shares.argmax())][0]


def _act(
    message: str, vector: Vectors, conversation: Conversation, finder: Finder, words: Wording
) -> tuple[str, float]:
    """Return the dialogue act: a tapped chip says which; otherwise the classifier, if the act makes sense here."""
    typed = " ".join(message.split()).casefold().rstrip(".?!")
    for name, wordings in words.phrases.items():
        if name.startswith("chip_") and any(typed == chip.casefold().rstrip(".?!") for chip in wordings):
            return name.removeprefix("chip_"), 1.0
    begun = any(turn.reply.trace.situation for turn in conversation.turns)
    if not any(char.isalpha() for char in message):
        glad = begun and any(sign in message for sign in words.phrases["signs_of_thanks"])
        return ("thanks" if glad else "off_keyboard"), 1.0
    ranked = finder.acts(vector)
    concern = dict(ranked).get(NO_ACT, 0.0)
    for act, score in ranked:
        if score < ACT_FROM or score < concern * (LEAN if begun else 1.0):
            break
        if act != NO_ACT and (begun or act in FIRST_ACTS):
            return act, score
    return NO_ACT, concern


def _history(conversation: Conversation) -> tuple[str, ...]:
    """Return the messages in which a concern was told."""
    return tuple(turn.message for turn in conversation.turns if turn.reply.trace.act in CONCERN_ACTS)


def _situations(
    ranked: tuple[tuple[str, float], ...], past: Vectors | None, finder: Finder
) -> tuple[tuple[str, float], ...]:
    """Return the likeliest situations of a message, together with what was said before it if it follows on."""
    if past is not None:
        before = dict(finder.situations(past))
        ranked = tuple(
            sorted(((name, (score + before.get(name, 0.0)) / 2) for name, score in ranked), key=lambda pair: -pair[1])
        )
    return ranked[:5]


def _scope(vector: Vectors, finder: Finder) -> tuple[str, float]:
    """Return the kind of message: covered unless the uncovered kinds are clearly more probable."""
    ranked = finder.classify("scope", vector)
    levels = {scope.id: scope.level for scope in finder.content.conversation.scopes}
    inside = sum(score for name, score in ranked if name == COVERED or levels.get(name) == "covered")
    if 1 - inside < DECLINE_FROM:
        return COVERED, inside
    outside = [(name, score) for name, score in ranked if name != COVERED and levels.get(name) != "covered"]
    return outside[0][0], 1 - inside
