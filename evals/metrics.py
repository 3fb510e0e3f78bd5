"""Ranking and classification metrics, with intervals. Pure functions on plain numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

SEED: Final = 11
RESAMPLES: Final = 1_000
Z95: Final = 1.959964  # standard normal quantile for a 95 % interval


@dataclass(frozen=True)
class Range:
    """A stretch of an article with how well it fits (3: a therapist would quote it first)."""

    start: int
    end: int
    grade: int


@dataclass(frozen=True)
class Bin:
    """Predictions of like probability: their mean, how many of them came true, and how many there are."""

    predicted: float
    observed: float
    count: int


def reliability(pairs: Sequence[tuple[float, bool]], bins: int = 10) -> list[Bin]:
    """Return the bins of a reliability diagram that hold anything.

    Args:
        pairs: (probability, whether it was so).
        bins: how many, of equal width.
    """
    found = []
    for number in range(bins):
        low, high = number / bins, (number + 1) / bins
        inside = [(p, so) for p, so in pairs if low <= p < high or (p == 1.0 and number == bins - 1)]
        if inside:
            mean = sum(p for p, _ in inside) / len(inside)
            found.append(Bin(mean, sum(so for _, so in inside) / len(inside), len(inside)))
    return found


def calibration_error(bins: Sequence[Bin]) -> float:
    """Return the expected calibration error: the mean gap between predicted and observed, weighted by count."""
    total = sum(one.count for one in bins) or 1
    return sum(abs(one.predicted - one.observed) * one.count for one in bins) / total


def grades(hits: Sequence[tuple[int, int]], gold: Sequence[Range]) -> list[int]:
    """Return the grade that each hit earns, in order.

    A hit earns a gold range's grade when they overlap by at least half of the shorter of the two; each range pays once.
    """
    left = list(gold)
    earned = []
    for start, end in hits:
        fits = [r for r in left if _overlap(start, end, r) * 2 >= min(end - start, r.end - r.start)]
        best = max(fits, key=lambda r: r.grade, default=None)
        if best is not None:
            left.remove(best)
        earned.append(best.grade if best else 0)
    return earned


def _overlap(start: int, end: int, other: Range) -> int:
    return max(0, min(end, other.end) - max(start, other.start))


def ndcg(earned: Sequence[int], gold: Sequence[Range], k: int) -> float:
    """Return nDCG@k with gain 2^grade - 1 (Järvelin and Kekäläinen 2002)."""
    ideal = sorted((r.grade for r in gold), reverse=True)[:k]
    best = sum((2**grade - 1) / math.log2(rank + 2) for rank, grade in enumerate(ideal))
    got = sum((2**grade - 1) / math.log2(rank + 2) for rank, grade in enumerate(earned[:k]))
    return got / best if best else 0.0


def best_in_top(earned: Sequence[int], k: int) -> float:
    """Return 1 when a passage of the best grade is among the first k, else 0."""
    return float(3 in earned[:k])  # noqa: PLR2004 - the best grade


def recall(earned: Sequence[int], gold: Sequence[Range], k: int) -> float:
    """Return the share of the passages of grade 2 and 3 that are among the first k."""
    wanted = sum(r.grade > 1 for r in gold)
    return sum(grade > 1 for grade in earned[:k]) / wanted if wanted else 0.0


def bootstrap(
    values: Sequence[float], statistic: Callable[[np.ndarray], float] = np.mean
) -> tuple[float, float, float]:
    """Return a statistic with its 95 % percentile-bootstrap interval: (value, low, high)."""
    data = np.asarray(values, dtype=float)
    if not len(data):
        return (math.nan, math.nan, math.nan)
    draws = np.random.default_rng(SEED).integers(0, len(data), (RESAMPLES, len(data)))
    resampled = [float(statistic(data[draw])) for draw in draws]
    low, high = np.percentile(resampled, [2.5, 97.5])
    return float(statistic(data)), float(low), float(high)


def wilson(successes: int, total: int) -> tuple[float, float, float]:
    """Return a share with its 95 % Wilson interval: (share, low, high)."""
    if not total:
        return (math.nan, math.nan, math.nan)
    share = successes / total
    middle = (share + Z95**2 / (2 * total)) / (1 + Z95**2 / total)
    half = Z95 / (1 + Z95**2 / total) * math.sqrt(share * (1 - share) / total + Z95**2 / (4 * total**2))
    return share, max(0.0, middle - half), min(1.0, middle + half)


def macro_f1(pairs: Sequence[tuple[str, str]]) -> float:
    """Return the mean F1 over the classes of (true, predicted) pairs."""
    classes = sorted({true for true, _ in pairs})
    scores = []
    for name in classes:
        hit = sum(t == name and p == name for t, p in pairs)
        claimed = sum(p == name for _, p in pairs)
        there = sum(t == name for t, _ in pairs)
        scores.append(2 * hit / (claimed + there) if claimed + there else 0.0)
    return sum(scores) / len(scores) if scores else math.nan
