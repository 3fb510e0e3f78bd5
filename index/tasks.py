"""The decisions that one embedding serves, each with the texts that teach it.

Messages that only look like a signal are taught as "none"; so is everything else that people say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from corpus.content import Content

GAIN: Final = {3: 7.0, 2: 3.0, 1: 1.0}  # 2^grade - 1, the gain that ranking is scored by
ALSO_SHARE: Final = 0.4  # of what a message is also about, beside what it is mostly about
NONE: Final = "none"  # the class of a message without any signal
NO_ACT: Final = "new_concern"
COVERED: Final = "covered"
CORRECTION: Final = "correction"
OTHER: Final = "other"


@dataclass(frozen=True)
class Task:
    """One decision: texts, classes, and the share of each class for each text, shape (texts, classes).

    Where the classes are judged apart, a text has each of them or not.
    """

    name: str
    texts: tuple[str, ...]
    classes: tuple[str, ...]
    shares: NDArray[np.float32]
    apart: bool = False

    @property
    def taught(self) -> frozenset[str]:
        """Return the classes that at least one text teaches."""
        return frozenset(name for name, some in zip(self.classes, self.shares.max(axis=0), strict=True) if some)

    @classmethod
    def from_labels(cls, name: str, pairs: Sequence[tuple[str, str]]) -> Task:
        """Return a task in which each text has one class."""
        classes = tuple(sorted({label for _, label in pairs}))
        column = {label: number for number, label in enumerate(classes)}
        shares = np.zeros((len(pairs), len(classes)), dtype=np.float32)
        for row, (_, label) in enumerate(pairs):
            shares[row, column[label]] = 1.0
        return cls(name, tuple(text for text, _ in pairs), classes, shares)


def tasks_of(content: Content) -> tuple[Task, ...]:
    """Return all tasks that the content teaches."""
    talk = content.conversation
    concerns = [exemplar.text for exemplar in content.exemplars]
    acts = [(says, act.id) for act in talk.acts for says in act.says]
    scopes = [(says, scope.id) for scope in talk.scopes for says in scope.says]
    signals = [(says, signal.id) for signal in content.signals for says in signal.says]
    signals += [(text, NONE) for signal in content.signals for text in signal.looks_like]
    signals += [(text, NONE) for text in (*concerns, *talk.ordinary.says)] + [(text, NONE) for text, _ in acts]
    signals += [(text, NONE) for text, _ in scopes]
    ids = tuple(content.passages)
    gains = graded_targets(content, ids)
    return (
        Task("passage", tuple(concerns), ids, gains / gains.sum(axis=1, keepdims=True)),
        _situations(content),
        Task.from_labels("act", acts + [(text, NO_ACT) for text in _some(concerns, 4)]),
        Task.from_labels("scope", scopes + [(text, COVERED) for text in _some(concerns, 2)]),
        Task.from_labels("signal", signals),
        _strain(content),
        _corrections(content, concerns),
    )


def _corrections(content: Content, concerns: Sequence[str]) -> Task:
    """Return the task of telling that earlier words were about something else; what only takes them back is "other"."""
    told = content.conversation.corrections
    other = [*told.retractions, *_some(concerns, 12)]
    other += [says for act in content.conversation.acts for says in act.says[::4]]
    other += [says for signal in content.signals if signal.id[0] != "R" for says in signal.says[::4]]
    return Task.from_labels(
        "correction", [(text, CORRECTION) for text in told.corrections] + [(text, OTHER) for text in other]
    )


def _strain(content: Content) -> Task:
    """Return the task of naming every sign of strain in a message; what only looks like one has none."""
    rows = [(strained.text, strained.signs) for strained in content.strained]
    rows += [(text, ()) for signal in content.signals if signal.id[0] == "R" for text in signal.looks_like]
    rows += [(says, ()) for act in content.conversation.acts for says in act.says[::8]]
    rows += [(says, ()) for says in content.conversation.ordinary.says]
    classes = tuple(sorted({sign for _, signs in rows for sign in signs}))
    shares = np.array([[name in signs for name in classes] for _, signs in rows], dtype=np.float32)
    return Task("strain", tuple(text for text, _ in rows), classes, shares, apart=True)


def _some(texts: Sequence[str], every: int) -> list[str]:
    """Return every n-th pair of texts: training reads even and odd ones in turn, so each turn needs its share."""
    return [text for row, text in enumerate(texts) if row // 2 % every == 0]


def _situations(content: Content) -> Task:
    classes = tuple(sorted({exemplar.situation for exemplar in content.exemplars}))
    column = {name: number for number, name in enumerate(classes)}
    shares = np.zeros((len(content.exemplars), len(classes)), dtype=np.float32)
    for row, exemplar in enumerate(content.exemplars):
        shares[row, column[exemplar.situation]] = 1.0
        for also in exemplar.also:
            if also in column:
                shares[row, column[also]] += ALSO_SHARE
    texts = tuple(exemplar.text for exemplar in content.exemplars)
    return Task("situation", texts, classes, shares / shares.sum(axis=1, keepdims=True))


def graded_targets(content: Content, passage_ids: Sequence[str]) -> NDArray[np.float32]:
    """Return the gain of each passage for each exemplar, shape (exemplars, passages).

    An exemplar that no reader has graded takes the grades of its situation.
    """
    column = {passage_id: number for number, passage_id in enumerate(passage_ids)}
    targets = np.zeros((len(content.exemplars), len(passage_ids)), dtype=np.float32)
    for row, exemplar in enumerate(content.exemplars):
        graded = [(p, 3) for p in exemplar.best] + [(p, 2) for p in exemplar.good] + [(p, 1) for p in exemplar.fair]
        if not graded:
            situation = content.situation_by_id[exemplar.situation]
            graded = [(ref.passage, ref.grade) for ref in situation.passages]
        for passage, grade in graded:
            targets[row, column[passage]] = GAIN[grade]
    return targets


def situation_gains(content: Content, situations: Sequence[str], passage_ids: Sequence[str]) -> NDArray[np.float32]:
    """Return the mean gain of each passage over a situation's exemplars, shape (situations, passages)."""
    targets = graded_targets(content, passage_ids)
    row = {name: number for number, name in enumerate(situations)}
    sums = np.zeros((len(situations), len(passage_ids)), dtype=np.float32)
    counts = np.zeros(len(situations), dtype=np.float32)
    for exemplar, gains in zip(content.exemplars, targets, strict=True):
        if exemplar.situation in row:
            sums[row[exemplar.situation]] += gains
            counts[row[exemplar.situation]] += 1
    return np.asarray(sums / np.maximum(counts, 1)[:, None], dtype=np.float32)
