"""A bank: texts with labels and vectors, looked up in FAISS. Everything that is found is found in one of these."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import faiss
import numpy as np

from index.errors import StoreError
from index.vectors import Vectors

HNSW_FROM: Final = 50_000  # rows; an exact search is fast enough below
HNSW_LINKS: Final = 32  # neighbours a node, as in the HNSW paper's middle range


@dataclass(frozen=True)
class Neighbour:
    """A row of a bank near a query, with its cosine similarity (-1 to 1)."""

    row: int
    text: str
    label: str
    score: float


@dataclass(frozen=True)
class Bank:
    """Labelled texts and the FAISS index over their vectors."""

    name: str
    texts: tuple[str, ...]
    labels: tuple[str, ...]
    index: faiss.Index

    @classmethod
    def from_vectors(cls, name: str, texts: Sequence[str], labels: Sequence[str], vectors: Vectors) -> Bank:
        """Return a bank over unit vectors of shape (texts, dimensions): exact while small, HNSW beyond."""
        size = vectors.shape[1]
        if len(texts) < HNSW_FROM:
            index: faiss.Index = faiss.IndexFlatIP(size)
        else:
            index = faiss.IndexHNSWFlat(size, HNSW_LINKS, faiss.METRIC_INNER_PRODUCT)
        index.add(np.ascontiguousarray(vectors, dtype=np.float32))
        return cls(name, tuple(texts), tuple(labels), index)

    @property
    def vectors(self) -> Vectors:
        """Return the vectors, shape (texts, dimensions)."""
        return np.asarray(self.index.reconstruct_n(0, self.index.ntotal), dtype=np.float32)

    def nearest(self, vector: Vectors, k: int) -> tuple[Neighbour, ...]:
        """Return the k rows nearest to one unit vector, best first."""
        scores, rows = self.index.search(vector.reshape(1, -1), min(k, len(self.texts)))
        return tuple(
            Neighbour(int(row), self.texts[row], self.labels[row], float(score))
            for row, score in zip(rows[0], scores[0], strict=True)
            if row >= 0
        )

    def save(self, folder: Path) -> None:
        """Write the bank as ``<name>.faiss`` and ``<name>.json``."""
        faiss.write_index(self.index, str(folder / f"{self.name}.faiss"))
        rows = {"texts": self.texts, "labels": self.labels}
        (folder / f"{self.name}.json").write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path, name: str) -> Bank:
        """Read a bank that ``save`` wrote.

        Raises:
            StoreError: a file is missing or cannot be read.
        """
        try:
            index = faiss.read_index(str(folder / f"{name}.faiss"))
            rows = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
            bank = cls(name, tuple(rows["texts"]), tuple(rows["labels"]), index)
        except (OSError, RuntimeError, ValueError, KeyError) as error:
            raise StoreError(f"{folder / name}: cannot be read ({type(error).__name__})") from None
        if not len(bank.texts) == len(bank.labels) == index.ntotal:
            raise StoreError(f"{folder / name}: texts and vectors do not match")
        return bank
