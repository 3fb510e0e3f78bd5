"""The index in memory: what a message is about, and which passages fit it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from corpus.content import Content
from index.bank import Bank, Neighbour
from index.build import BANKS, HEADS, versions, write_index
from index.embedder import Encoder
from index.heads import Head
from index.progress import Report
from index.settings import Settings
from index.store import Manifest, build_key, ensure, read_manifest
from index.tasks import NO_ACT, graded_targets, situation_gains
from index.vectors import Vectors

TINY: Final = 1e-9
Scores = NDArray[np.float32]

# What a passage's likeness to the message adds to the chance that it fits, both scaled to unit spread over the passages;
# chosen on the dev set. Likeness alone decides between passages that no exemplar names yet.
COSINE_SHARE: Final = 0.1
NEIGHBOURS: Final = 20  # exemplars nearest to the message, whose passages are taken as they were graded
NEIGHBOURS_SHARE: Final = 2.0  # beside the heads, which have one each
NEIGHBOUR_SLOPE: Final = 40.0  # how fast a neighbour's voice fades with its distance behind the nearest one
SITUATION_SHARE: Final = 0.25  # of the nearest exemplars beside the head, for the situation
ACT_NEIGHBOURS: Final = 10
ACT_SLOPE: Final = 20.0
HISTORY_SHARE: Final = 0.7  # weight of what was said before, for a message that follows on


@dataclass(frozen=True)
class Hit:
    """A passage with its score; only the order of scores means something."""

    passage_id: str
    score: float


@dataclass(frozen=True)
class Finder:
    """All banks and heads of one index. It is immutable and may be shared between threads."""

    content: Content
    encoder: Encoder
    manifest: Manifest
    banks: dict[str, Bank]
    heads: dict[str, Head]

    @classmethod
    def load(cls, content: Content, encoder: Encoder, settings: Settings, progress: Report | None = None) -> Finder:
        """Return the finder for this content and model, building the index if there is none that fits.

        Raises:
            ModelError: the model cannot be used.
            StoreError: the index folder cannot be used.
        """
        folder = build(content, encoder, settings, progress)
        if progress:
            progress("preparing the encoder", 0, 1)
        _ = encoder.dimensions  # opens it now, and not in the first reply
        return cls(
            content=content,
            encoder=encoder,
            manifest=read_manifest(folder),
            banks={name: Bank.load(folder, name) for name in BANKS},
            heads={name: Head.load(folder, name) for name in HEADS},
        )

    def passage_scores(self, vector: Vectors) -> Scores:
        """Return a score for each passage, shape (passages,), for one unit vector.

        A passage that no exemplar names yet, of a new article say, is scored by likeness alone.
        """
        cosine = _scaled(self._passage_vectors @ vector.reshape(-1))
        fits = cosine.copy()
        direct = self.heads["passage"].scores(vector)[0]
        expected = self.heads["situation"].scores(vector)[0] @ self._situation_gains
        near = NEIGHBOURS_SHARE * self._gains_nearby(vector)
        fits[self._known_columns] = _scaled(direct + expected / expected.sum() + near)
        return np.asarray(fits + COSINE_SHARE * cosine, dtype=np.float32)

    def rank(self, vector: Vectors, history: Vectors | None = None) -> tuple[Hit, ...]:
        """Return all passages, best first, for a message and, if it follows on, what was said before it."""
        scores = self.passage_scores(vector)
        if history is not None:
            scores = scores + HISTORY_SHARE * self.passage_scores(history)
        order = np.argsort(-scores, kind="stable")
        return tuple(Hit(self.passage_ids[row], float(scores[row])) for row in order)

    def search(self, message: str, history: Sequence[str] = (), k: int = 10) -> tuple[Hit, ...]:
        """Return the k passages that fit a message best, given what was said before it."""
        if not history:
            return self.rank(self.encoder.encode([message])[0])[:k]
        vectors = self.encoder.encode([message, "\n".join([*history, message])])
        return self.rank(vectors[0], vectors[1])[:k]

    def classify(self, head: str, vector: Vectors) -> tuple[tuple[str, float], ...]:
        """Return the classes of a head with their probabilities, most probable first."""
        found = self.heads[head]
        scores = found.scores(vector)[0]
        return tuple((found.classes[row], float(scores[row])) for row in np.argsort(-scores, kind="stable"))

    def acts(self, vector: Vectors) -> tuple[tuple[str, float], ...]:
        """Return the dialogue acts with their probabilities, by the head and by the nearest examples, likeliest first."""
        near = [(one.label, one.score) for one in self.nearest("acts", vector, ACT_NEIGHBOURS)]
        near += [(NO_ACT, one.score) for one in self.nearest("concerns", vector, ACT_NEIGHBOURS)]
        near = sorted(near, key=lambda pair: -pair[1])[:ACT_NEIGHBOURS]
        return _mixed(self.classify("act", vector), near, ACT_SLOPE, share=1.0)

    def situations(self, vector: Vectors) -> tuple[tuple[str, float], ...]:
        """Return the situations with their probabilities, by the head and by the nearest exemplars, likeliest first."""
        near = [(one.label, one.score) for one in self.nearest("concerns", vector, NEIGHBOURS)]
        return _mixed(self.classify("situation", vector), near, NEIGHBOUR_SLOPE, share=SITUATION_SHARE)

    def nearest(self, bank: str, vector: Vectors, k: int = 1) -> tuple[Neighbour, ...]:
        """Return the rows of a bank nearest to a unit vector."""
        return self.banks[bank].nearest(vector, k)

    @cached_property
    def passage_ids(self) -> tuple[str, ...]:
        """Return the passages' ids in the order of the scores."""
        return self.banks["passages"].labels

    @cached_property
    def _known_columns(self) -> NDArray[np.intp]:
        """Return where the passages stand that the passage head knows, in the head's order."""
        column = {passage_id: number for number, passage_id in enumerate(self.passage_ids)}
        return np.array([column[name] for name in self.heads["passage"].classes], dtype=np.intp)

    @cached_property
    def _passage_vectors(self) -> Vectors:
        return self.banks["passages"].vectors

    def _gains_nearby(self, vector: Vectors) -> Scores:
        """Return the share of each known passage among the grades of the nearest exemplars, shape (passages,)."""
        near = self.nearest("concerns", vector, NEIGHBOURS)
        voices = np.exp(NEIGHBOUR_SLOPE * np.array([one.score - near[0].score for one in near], dtype=np.float32))
        return np.asarray(voices @ self._gains[[one.row for one in near]] / voices.sum(), dtype=np.float32)

    @cached_property
    def _gains(self) -> Scores:
        """Return the share of each known passage for each exemplar, shape (exemplars, passages)."""
        gains = graded_targets(self.content, self.heads["passage"].classes)
        return np.asarray(gains / np.maximum(gains.sum(axis=1, keepdims=True), TINY), dtype=np.float32)

    @cached_property
    def _situation_gains(self) -> Scores:
        """Return the gain of each known passage for each situation, shape (situations, passages)."""
        return situation_gains(self.content, self.heads["situation"].classes, self.heads["passage"].classes)


def build(
    content: Content, encoder: Encoder, settings: Settings, progress: Report | None = None, *, again: bool = False
) -> Path:
    """Return the folder of the index for this content and model, built now if it must be.

    Raises:
        ModelError: the model cannot be used.
        StoreError: the index folder cannot be used.
    """
    report = progress or (lambda _what, _done, _total: None)
    key = build_key(content.fingerprint, encoder.fingerprint, versions())
    return ensure(settings.index_dir, key, lambda folder: write_index(folder, content, encoder, report), again=again)


def _mixed(
    ranked: Sequence[tuple[str, float]], near: Sequence[tuple[str, float]], slope: float, *, share: float
) -> tuple[tuple[str, float], ...]:
    """Return a head's probabilities mixed with the labels of near examples, whose voices fade with their distance."""
    first = max(score for _, score in near)
    voices = [(label, float(np.exp(slope * (score - first)))) for label, score in near]
    total = sum(voice for _, voice in voices) / share
    mixed = dict(ranked)
    for label, voice in voices:
        mixed[label] = mixed.get(label, 0.0) + voice / total
    return tuple(sorted(((name, score / (1 + share)) for name, score in mixed.items()), key=lambda pair: -pair[1]))


def _scaled(scores: Scores) -> Scores:
    """Return scores with mean 0 and spread 1, so that sources can be added."""
    spread = float(scores.std()) or 1.0
    return np.asarray((scores - scores.mean()) / spread, dtype=np.float32)
