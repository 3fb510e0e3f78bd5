"""Small linear heads on the embedding: one vector in, one number a class out.

They are fitted on the exemplars when the index is built, and kept as plain arrays; nothing is unpickled.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from index.embedder import Vectors
from index.errors import StoreError

Link = Literal["softmax", "sigmoid", "identity"]
Scores = NDArray[np.float32]
SEED: Final = 7
MAX_ITERATIONS: Final = 300


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
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - only the build needs it

    weight = "balanced" if balanced else None
    model = LogisticRegression(C=strength, max_iter=MAX_ITERATIONS, class_weight=weight, random_state=SEED)
    model.fit(vectors, np.asarray(labels))
    weights, bias = model.coef_, model.intercept_
    if len(model.classes_) == 2:  # scikit-learn keeps one row for two classes
        weights, bias = np.vstack([-weights, weights]) / 2, np.concatenate([-bias, bias]) / 2
    return Head(tuple(map(str, model.classes_)), weights.astype(np.float32), bias.astype(np.float32), "softmax")


def fit_sigmoids(vectors: Vectors, classes: Sequence[str], targets: NDArray[np.int8], strength: float = 10.0) -> Head:
    """Fit one yes-or-no question a class.

    Args:
        vectors: shape (rows, dimensions).
        classes: their names.
        targets: shape (rows, classes): 1 yes, 0 no, -1 leave this row out for this class.
        strength: inverse of the L2 penalty.
    """
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - only the build needs it

    weights, bias = [], []
    for column in range(len(classes)):
        used = targets[:, column] >= 0
        model = LogisticRegression(C=strength, max_iter=MAX_ITERATIONS, class_weight="balanced", random_state=SEED)
        model.fit(vectors[used], targets[used, column])
        weights.append(model.coef_[0])
        bias.append(model.intercept_[0])
    return Head(tuple(classes), np.array(weights, dtype=np.float32), np.array(bias, dtype=np.float32), "sigmoid")


def fit_ridge(vectors: Vectors, classes: Sequence[str], targets: NDArray[np.float32], penalty: float = 1.0) -> Head:
    """Fit graded targets of shape (rows, classes) by ridge regression, in closed form."""
    mean_x, mean_y = vectors.mean(axis=0), targets.mean(axis=0)
    centred = (vectors - mean_x).astype(np.float64)
    gram = centred.T @ centred + penalty * np.eye(vectors.shape[1])
    weights = np.linalg.solve(gram, centred.T @ (targets - mean_y)).T
    bias = mean_y - weights @ mean_x
    return Head(tuple(classes), weights.astype(np.float32), bias.astype(np.float32), "identity")
