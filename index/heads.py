"""Small linear heads on the embedding: one vector in, one number a class out.

They are fitted on the exemplars when the index is built, and kept as plain arrays; nothing is unpickled.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from numpy.typing import NDArray

from index.embedder import Vectors
from index.errors import StoreError

if TYPE_CHECKING:
    import torch

Link = Literal["softmax", "sigmoid", "identity"]
Scores = NDArray[np.float32]
MAX_ITERATIONS: Final = 80


@dataclass(frozen=True)
class Head:
    """Weights of shape (classes, dimensions) and a bias a class."""

    classes: tuple[str, ...]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    link: Link

    def scores(self, vectors: Vectors) -> Scores:
        """Return the classes' scores, shape (vectors, classes); probabilities unless the link is identity."""
        raw = np.atleast_2d(vectors) @ self.weights.T + self.bias
        if self.link == "softmax":
            grown = np.exp(raw - raw.max(axis=1, keepdims=True))
            return np.asarray(grown / grown.sum(axis=1, keepdims=True), dtype=np.float32)
        if self.link == "sigmoid":
            return np.asarray(1 / (1 + np.exp(-raw)), dtype=np.float32)
        return np.asarray(raw, dtype=np.float32)

    def save(self, folder: Path, name: str) -> None:
        """Write the head as ``<name>.npz``."""
        with (folder / f"{name}.npz").open("wb") as file:
            np.savez(
                file, weights=self.weights, bias=self.bias, classes=np.array(self.classes), link=np.array(self.link)
            )

    @classmethod
    def load(cls, folder: Path, name: str) -> Head:
        """Read a head that ``save`` wrote.

        Raises:
            StoreError: the file is missing or cannot be read.
        """
        try:
            with np.load(folder / f"{name}.npz", allow_pickle=False) as file:
                link: Link = str(file["link"])  # type: ignore[assignment]  # checked by its only writer
                return cls(tuple(map(str, file["classes"])), file["weights"], file["bias"], link)
        except (OSError, ValueError, KeyError, EOFError) as error:
            raise StoreError(f"{folder / name}.npz: cannot be read ({type(error).__name__})") from None


def fit_softmax(vectors: Vectors, labels: Sequence[str], strength: float = 10.0, *, balanced: bool = False) -> Head:
    """Fit one class a label (multinomial logistic regression).

    Args:
        vectors: shape (rows, dimensions).
        labels: one a row; at least two different ones.
        strength: inverse of the L2 penalty.
        balanced: whether rare labels weigh as much as frequent ones.
    """
    classes = tuple(sorted(set(labels)))
    column = {name: number for number, name in enumerate(classes)}
    targets = np.zeros((len(labels), len(classes)), dtype=np.float32)
    targets[np.arange(len(labels)), [column[label] for label in labels]] = 1.0
    rows = targets.sum(axis=0)
    weight = (len(labels) / (len(classes) * rows)) @ targets.T if balanced else np.ones(len(labels))
    return fit_shares(vectors, classes, targets, strength, weight.astype(np.float32))


def fit_shares(
    vectors: Vectors,
    classes: Sequence[str],
    shares: NDArray[np.float32],
    strength: float = 10.0,
    weight: NDArray[np.float32] | None = None,
) -> Head:
    """Fit a softmax to shares of several classes a row.

    Args:
        vectors: shape (rows, dimensions).
        classes: their names.
        shares: shape (rows, classes), each row summing to 1.
        strength: inverse of the L2 penalty.
        weight: how much each row counts; all alike when left out.
    """
    import torch  # noqa: PLC0415 - only the build needs it

    goal = torch.from_numpy(shares)
    counts = torch.ones(len(shares)) if weight is None else torch.from_numpy(weight)

    def loss(raw: torch.Tensor) -> torch.Tensor:
        return -(counts * (goal * torch.log_softmax(raw, dim=1)).sum(dim=1)).sum()

    weights, bias = _minimise(vectors, len(classes), strength, loss)
    return Head(tuple(classes), weights, bias, "softmax")


def fit_sigmoids(vectors: Vectors, classes: Sequence[str], targets: NDArray[np.int8], strength: float = 10.0) -> Head:
    """Fit one yes-or-no question a class, yes and no weighing alike.

    Args:
        vectors: shape (rows, dimensions).
        classes: their names.
        targets: shape (rows, classes): 1 yes, 0 no, -1 leave this row out for this class.
        strength: inverse of the L2 penalty.
    """
    import torch  # noqa: PLC0415 - only the build needs it

    yes, no = (targets == 1).astype(np.float32), (targets == 0).astype(np.float32)
    used = (yes + no).sum(axis=0)
    counts = yes * used / (2 * np.maximum(yes.sum(axis=0), 1)) + no * used / (2 * np.maximum(no.sum(axis=0), 1))
    goal, weight = torch.from_numpy(yes), torch.from_numpy(counts.astype(np.float32))

    def loss(raw: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.binary_cross_entropy_with_logits(raw, goal, weight=weight, reduction="sum")

    weights, bias = _minimise(vectors, len(classes), strength, loss)
    return Head(tuple(classes), weights, bias, "sigmoid")


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

    solver.step(closure)  # type: ignore[arg-type]
    return weights.detach().numpy(), bias.detach().numpy()
