"""Build the index: embed all content, put it into FAISS, fit the heads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final

import numpy as np

from corpus.content import Content
from index.bank import Bank
from index.embedder import Encoder
from index.heads import Head, fit_shares
from index.progress import Report
from index.store import FORMAT, Manifest, write_manifest
from index.tasks import Task, tasks_of

CHUNK: Final = 256  # texts embedded between two reports of progress
NOT: Final = "not:"  # marks a message that only looks like a signal
BANKS: Final = ("passages", "concerns", "acts", "scope", "signals", "heard")
HEADS: Final = ("passage", "situation", "act", "scope", "signal", "strain", "correction")


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
    return {
        "passages": Rows.from_pairs((p.text, p.passage_id) for p in content.passages.values()),
        "concerns": Rows.from_pairs((exemplar.text, exemplar.situation) for exemplar in content.exemplars),
        "acts": Rows.from_pairs((says, act.id) for act in talk.acts for says in act.says),
        "scope": Rows.from_pairs((says, scope.id) for scope in talk.scopes for says in scope.says),
        "heard": Rows.from_pairs((heard, s.id) for s in content.situations for heard in s.heard),
        "signals": Rows.from_pairs(
            [(says, signal.id) for signal in content.signals for says in signal.says]
            + [(text, NOT + signal.id) for signal in content.signals for text in signal.looks_like]
            + [(text, NOT + "ordinary") for text in talk.ordinary.says]
        ),
    }


def write_index(folder: Path, content: Content, encoder: Encoder, progress: Report) -> None:
    """Write all banks, heads and the manifest of one index into an empty folder."""
    progress("preparing the encoder", 0, 1)
    dimensions = encoder.dimensions  # loads it, and exports it the first time
    progress("preparing the encoder", 1, 1)
    rows = rows_of(content)
    banks = {name: _embed(name, rows[name], encoder, progress) for name in BANKS}
    for bank in banks.values():
        bank.save(folder)
    for task in tasks_of(content):
        _head(task, encoder, progress).save(folder, task.name)
    manifest = Manifest(
        format=FORMAT,
        corpus=content.fingerprint,
        model=encoder.name,
        model_fingerprint=encoder.fingerprint,
        dimensions=dimensions,
        versions=versions(),
        rows={name: len(bank.texts) for name, bank in banks.items()},
        files={},
    )
    write_manifest(folder, manifest)


def _embed(name: str, rows: Rows, encoder: Encoder, progress: Report) -> Bank:
    """Return a bank, longest texts first so that a batch holds texts of like length."""
    order = sorted(range(len(rows.texts)), key=lambda row: -len(rows.texts[row]))
    vectors = np.empty((len(order), encoder.dimensions), dtype=np.float32)
    for begin in range(0, len(order), CHUNK):
        chunk = order[begin : begin + CHUNK]
        vectors[chunk] = encoder.encode_content([rows.texts[row] for row in chunk])
        progress(name, min(begin + CHUNK, len(order)), len(order))
    return Bank.from_vectors(name, rows.texts, rows.labels, vectors)


def _head(task: Task, encoder: Encoder, progress: Report) -> Head:
    """Return the head that was trained with the encoder if it knows all that is taught, else one fitted now."""
    trained = encoder.heads().get(task.name)
    if trained is not None and task.taught <= set(trained.classes) <= set(task.classes):
        return trained
    rows = Rows(task.texts, task.texts)
    return fit_shares(_embed(task.name, rows, encoder, progress).vectors, task.classes, task.shares, apart=task.apart)
