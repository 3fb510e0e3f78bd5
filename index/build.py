"""Build the index: embed all content, put it into FAISS, fit the heads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from corpus.content import Content
from index.bank import Bank
from index.embedder import Encoder, Vectors
from index.heads import Head, fit_shares, fit_sigmoids, fit_softmax
from index.store import FORMAT, Manifest, write_manifest

Progress = Callable[[str, int, int], None]  # what is being done, how much is done, of how much

CHUNK: Final = 256  # texts embedded between two reports of progress
GAIN: Final = {3: 7.0, 2: 3.0, 1: 1.0}  # 2^grade - 1, the gain that ranking is scored by
NOT: Final = "not:"  # marks a message that only looks like a signal
NO_ACT: Final = "new_concern"
COVERED: Final = "covered"
ALSO_SHARE: Final = 0.5
CONCERN_SAMPLE: Final = 5  # every fifth concern stands for "a concern" among the acts
BANKS: Final = ("passages", "concerns", "acts", "scope", "signals", "heard")
HEADS: Final = ("situation", "passage", "act", "scope", "signal")


@dataclass(frozen=True)
class Rows:
    """Texts with labels, before they are embedded."""

    texts: tuple[str, ...]
    labels: tuple[str, ...]

    @classmethod
    def from_pairs(cls, pairs: Iterable[tuple[str, str]]) -> Rows:
        """Return rows from (text, label) pairs."""
        made = list(pairs)
        return cls(tuple(text for text, _ in made), tuple(label for _, label in made))


def versions() -> dict[str, str]:
    """Return the versions of the libraries that decide what is in an index."""
    return {name: version(name) for name in ("faiss-cpu", "numpy", "sentence-transformers", "torch")}


def rows_of(content: Content) -> dict[str, Rows]:
    """Return what is embedded, by bank."""
    talk = content.conversation
    concerns = [(exemplar.text, exemplar.situation) for exemplar in content.exemplars]
    sample = [text for text, _ in concerns[::CONCERN_SAMPLE]]
    return {
        "passages": Rows.from_pairs((p.text, p.passage_id) for p in content.passages.values()),
        "concerns": Rows.from_pairs(concerns),
        "acts": Rows.from_pairs([(says, act.id) for act in talk.acts for says in act.says] + [(t, NO_ACT) for t in sample]),
        "scope": Rows.from_pairs(
            [(says, scope.id) for scope in talk.scopes for says in scope.says] + [(text, COVERED) for text, _ in concerns]
        ),
        "heard": Rows.from_pairs((heard, s.id) for s in content.situations for heard in s.heard),
        "signals": Rows.from_pairs(
            [(says, signal.id) for signal in content.signals for says in signal.says]
            + [(text, NOT + signal.id) for signal in content.signals for text in signal.looks_like]
        ),
    }


def write_index(folder: Path, content: Content, encoder: Encoder, progress: Progress) -> None:
    """Write all banks, heads and the manifest of one index into an empty folder."""
    rows = rows_of(content)
    banks = {name: _embed(name, rows[name], encoder, progress) for name in BANKS}
    for bank in banks.values():
        bank.save(folder)
    for done, name in enumerate(HEADS):
        progress("fitting", done, len(HEADS))
        _fit(name, content, banks).save(folder, name)
    progress("fitting", len(HEADS), len(HEADS))
    manifest = Manifest(
        format=FORMAT,
        corpus=content.fingerprint,
        model=encoder.name,
        model_fingerprint=encoder.fingerprint,
        dimensions=encoder.dimensions,
        versions=versions(),
        rows={name: len(bank.texts) for name, bank in banks.items()},
        files={},
    )
    write_manifest(folder, manifest)


def _embed(name: str, rows: Rows, encoder: Encoder, progress: Progress) -> Bank:
    """Return a bank, longest texts first so that a batch holds texts of like length."""
    order = sorted(range(len(rows.texts)), key=lambda row: -len(rows.texts[row]))
    vectors = np.empty((len(order), encoder.dimensions), dtype=np.float32)
    for begin in range(0, len(order), CHUNK):
        chunk = order[begin : begin + CHUNK]
        vectors[chunk] = encoder.encode([rows.texts[row] for row in chunk])
        progress(name, min(begin + CHUNK, len(order)), len(order))
    return Bank.from_vectors(name, rows.texts, rows.labels, vectors)


def _fit(name: str, content: Content, banks: dict[str, Bank]) -> Head:
    if name == "situation":
        return _fit_situations(content, banks["concerns"])
    if name == "passage":
        ids = tuple(content.passages)
        gains = graded_targets(content, ids)
        return fit_shares(banks["concerns"].vectors, ids, gains / gains.sum(axis=1, keepdims=True))
    if name in {"act", "scope"}:
        bank = banks["acts" if name == "act" else "scope"]
        return fit_softmax(bank.vectors, bank.labels)
    return _fit_signals(content, banks)


def _fit_situations(content: Content, bank: Bank) -> Head:
    """Fit the situations; what a message is also about has half the share of what it is mostly about."""
    classes = tuple(sorted({exemplar.situation for exemplar in content.exemplars}))
    column = {name: number for number, name in enumerate(classes)}
    shares = np.zeros((len(content.exemplars), len(classes)), dtype=np.float32)
    for row, exemplar in enumerate(content.exemplars):
        shares[row, column[exemplar.situation]] = 1.0
        for also in exemplar.also:
            shares[row, column.get(also, column[exemplar.situation])] += ALSO_SHARE
    return fit_shares(bank.vectors, classes, shares / shares.sum(axis=1, keepdims=True))


def situation_gains(content: Content, situations: Sequence[str], passage_ids: Sequence[str]) -> NDArray[np.float32]:
    """Return the mean gain of each passage over a situation's exemplars, shape (situations, passages)."""
    targets = graded_targets(content, passage_ids)
    row = {name: number for number, name in enumerate(situations)}
    sums = np.zeros((len(situations), len(passage_ids)), dtype=np.float32)
    counts = np.zeros(len(situations), dtype=np.float32)
    for exemplar, gains in zip(content.exemplars, targets, strict=True):
        sums[row[exemplar.situation]] += gains
        counts[row[exemplar.situation]] += 1
    return sums / np.maximum(counts, 1)[:, None]


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


def _fit_signals(content: Content, banks: dict[str, Bank]) -> Head:
    """One question a signal: its own messages against its look-alikes, ordinary concerns and all other signals.

    A message of another signal may carry this one too, so those of the same kind are left out, not counted as no.
    """
    bank = banks["signals"]
    ordinary: Vectors = np.vstack([banks["acts"].vectors, banks["scope"].vectors[::2]])
    vectors = np.vstack([bank.vectors, ordinary])
    classes = [signal.id for signal in content.signals]
    targets = np.zeros((len(vectors), len(classes)), dtype=np.int8)
    labels = [*bank.labels, *([""] * len(ordinary))]
    for column, signal in enumerate(classes):
        kind = signal.rstrip("0123456789")
        for row, label in enumerate(labels):
            if label == signal:
                targets[row, column] = 1
            elif label.rstrip("0123456789") == kind:
                targets[row, column] = -1
    return fit_sigmoids(vectors, classes, targets)
