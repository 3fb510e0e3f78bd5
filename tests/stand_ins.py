"""Small stand-ins for slow things, simple enough that a reader can predict what they do."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

import numpy as np

from index.heads import Head
from index.vectors import Vectors


class WordEncoder:
    """Texts that share words are close: each word adds one fixed direction out of 64."""

    name = "words"
    fingerprint = "words-64"
    dimensions = 64

    def __init__(self) -> None:
        self.seen: list[str] = []

    def heads(self) -> dict[str, Head]:
        """Return none: it was never trained."""
        return {}

    def encode_content(self, texts: Sequence[str]) -> Vectors:
        """Return what ``encode`` returns: nothing is known in advance."""
        return self.encode(texts)

    def encode_spans(self, text: str, spans: Sequence[tuple[int, int]]) -> tuple[Vectors, list[Vectors | None]]:
        """Return the vectors of a text and of its stretches, each by itself."""
        vectors = self.encode([text, *(text[begin:end] for begin, end in spans)])
        return vectors[0], list(vectors[1:])

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a text; equal texts have equal vectors."""
        self.seen += texts
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in re.findall(r"\w+", text.lower()) or ["_"]:
                vectors[row, hashlib.sha256(word.encode()).digest()[0] % self.dimensions] += 1.0
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)
