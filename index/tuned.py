"""What training adds to the published encoder: its highest layers as 8-bit weights, and vectors of the content.

The published weights stay as they are, and only what differs from them ships. A matrix is kept as one byte a number
with one scale a row, which changes a vector by less than training with another seed does. The vectors of all content
ship too, so that the first start of the program embeds nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from index.errors import ModelError
from index.vectors import Vectors

if TYPE_CHECKING:
    import torch

LARGEST: Final = 127  # of a signed byte, leaving -128 out so that the range is symmetric
SCALE: Final = ".scale"  # added to the name of a matrix
TINY: Final = 1e-12


def save_layers(path: Path, layers: Mapping[str, torch.Tensor]) -> None:
    """Write weights by name: matrices as bytes with one scale a row, the rest in half precision."""
    kept: dict[str, NDArray[np.generic]] = {}
    for name, weights in layers.items():
        numbers = weights.detach().float().numpy()
        if numbers.ndim == 1:
            kept[name] = numbers.astype(np.float16)
        else:
            kept[name], kept[name + SCALE] = _to_bytes(numbers)
    save_file(kept, path)


def load_layers(path: Path) -> dict[str, NDArray[np.float32]]:
    """Return the weights that ``save_layers`` wrote, in single precision.

    Raises:
        ModelError: the file cannot be read.
    """
    kept = _read(path)
    return {
        name: _from_bytes(numbers, kept[name + SCALE]) if name + SCALE in kept else numbers.astype(np.float32)
        for name, numbers in kept.items()
        if not name.endswith(SCALE)
    }


@dataclass(frozen=True)
class StoredVectors:
    """Vectors of texts that are known in advance, found by the text's hash."""

    rows: Mapping[int, int]
    values: NDArray[np.int8]
    scales: NDArray[np.float16]

    @classmethod
    def load(cls, path: Path) -> StoredVectors:
        """Read vectors that ``save_vectors`` wrote.

        Raises:
            ModelError: the file cannot be read.
        """
        kept = _read(path)
        return cls(
            rows={int(key): row for row, key in enumerate(kept["keys"].tolist())},
            values=kept["values"].astype(np.int8, copy=False),
            scales=kept["scales"].astype(np.float16, copy=False),
        )

    def find(self, text: str) -> Vectors | None:
        """Return the unit vector of a text, shape (dimensions,); None for a text that is not stored."""
        row = self.rows.get(_key(text))
        if row is None:
            return None
        vector = self.values[row].astype(np.float32) * np.float32(self.scales[row])
        return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)


def save_vectors(path: Path, texts: Sequence[str], vectors: Vectors) -> None:
    """Write the unit vectors of texts, shape (texts, dimensions), as bytes with one scale a row."""
    values, scales = _to_bytes(vectors)
    keys = np.array([_key(text) for text in texts], dtype=np.int64)
    save_file({"keys": keys, "values": values, "scales": scales[:, 0]}, path)


def _key(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "replace")).digest()[:8], "big", signed=True)


def _to_bytes(numbers: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float16]]:
    scales = (np.abs(numbers).max(axis=1, keepdims=True) / LARGEST + TINY).astype(np.float16)
    return np.rint(numbers / scales.astype(np.float32)).clip(-LARGEST, LARGEST).astype(np.int8), scales


def _from_bytes(values: NDArray[np.generic], scales: NDArray[np.generic]) -> NDArray[np.float32]:
    return values.astype(np.float32) * scales.astype(np.float32)


def _read(path: Path) -> dict[str, NDArray[np.generic]]:
    try:
        return load_file(path)
    except (OSError, SafetensorError) as error:
        raise ModelError(f"{path}: cannot be read ({type(error).__name__}); get the file again") from None
