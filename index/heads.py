"""Small linear heads on the embedding: one vector in, one number a class out.

They are fitted on the exemplars when the index is built, and kept as plain arrays; nothing is unpickled.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from index.errors import StoreError
from index.vectors import Vectors

if TYPE_CHECKING:
    import torch

Scores = NDArray[np.float32]
MAX_ITERATIONS: Final = 80


@dataclass(frozen=True)
class Head:
    """Weights of shape (classes, dimensions) and a bias a class."""

    classes: tuple[str, ...]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    apart: bool = False  # each class by itself, several may hold; otherwise exactly one does

    def scores(self, vectors: Vectors) -> Scores:
        """Return the classes' probabilities, shape (vectors, classes)."""
        raw = np.atleast_2d(vectors) @ self.weights.T + self.bias
        if self.apart:
            return np.asarray(1 / (1 + np.exp(-raw)), dtype=np.float32)
        grown = np.exp(raw - raw.max(axis=1, keepdims=True))
        return np.asarray(grown / grown.sum(axis=1, keepdims=True), dtype=np.float32)

    def save(self, folder: Path, name: str) -> None:
        """Write the head as ``<name>.npz``."""
        with (folder / f"{name}.npz").open("wb") as file:
            np.savez(
                file, weights=self.weights, bias=self.bias, classes=np.array(self.classes), apart=np.array(self.apart)
            )

    @classmethod
    def load(cls, folder: Path, name: str) -> Head:
        """Read a head that ``save`` wrote.

        Raises:
            StoreError: the file is missing or cannot be read.
        """
        try:
            with np.load(folder / f"{name}.npz", allow_pickle=False) as file:
                return cls(tuple(map(str, file["classes"])), file["weights"], file["bias"], bool(file["apart"]))
        except (OSError, ValueError, KeyError, EOFError) as error:
            raise StoreError(f"{folder / name}.npz: cannot be read ({type(error).__name__})") from None


def fit_shares(
    vectors: Vectors,
    classes: Sequence[str],
    shares: NDArray[np.float32],
    strength: float = 10.0,
    *,
    apart: bool = False,
) -> Head:
    """Fit a softmax to shares of several classes a row, or a logistic function a class.

    Args:
        vectors: shape (rows, dimensions).
        classes: their names.
        shares: shape (rows, classes), each row summing to 1.
        strength: inverse of the L2 penalty.
        apart: judge each class by itself; then a row need not sum to 1.
    """
    import torch  # noqa: PLC0415 - only the build needs it

    goal = torch.from_numpy(shares)

    def loss(raw: torch.Tensor) -> torch.Tensor:
        if apart:
            return torch.nn.functional.binary_cross_entropy_with_logits(raw, goal, reduction="sum")
        return -(goal * torch.log_softmax(raw, dim=1)).sum()

    weights, bias = _minimise(vectors, len(classes), strength, loss)
    return Head(tuple(classes), weights, bias, apart)


def _minimise(
    vectors: Vectors, classes: int, strength: float, loss: Callable[[torch.Tensor], torch.Tensor]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return weights and bias that minimise half the squared weights plus ``strength`` times the loss (L-BFGS)."""
    import torch  # noqa: PLC0415 - only the build needs it

    rows = torch.from_numpy(np.ascontiguousarray(vectors, dtype=np.float32))
    weights = torch.zeros(classes, rows.shape[1], requires_grad=True)
    bias = torch.zeros(classes, requires_grad=True)
    solver = torch.optim.LBFGS([weights, bias], max_iter=MAX_ITERATIONS, history_size=10, line_search_fn="strong_wolfe")

    def closure() -> torch.Tensor:
        solver.zero_grad()
        total = (0.5 * (weights**2).sum() + strength * loss(rows @ weights.T + bias)) / len(rows)
        total.backward()  # type: ignore[no-untyped-call]
        return total

    solver.step(closure)  # type: ignore[no-untyped-call]
    return weights.detach().numpy(), bias.detach().numpy()


def load_trained(path: Path) -> dict[str, Head]:
    """Return the heads that were trained with an encoder, by name.

    Raises:
        StoreError: the file cannot be read.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            names = {key.split(".")[0] for key in file.files}
            return {
                name: Head(
                    tuple(map(str, file[f"{name}.classes"])),
                    file[f"{name}.weights"].astype(np.float32),
                    file[f"{name}.bias"].astype(np.float32),
                    f"{name}.apart" in file.files and bool(file[f"{name}.apart"]),
                )
                for name in sorted(names)
            }
    except (OSError, ValueError, KeyError, EOFError) as error:
        raise StoreError(f"{path}: cannot be read ({type(error).__name__})") from None
