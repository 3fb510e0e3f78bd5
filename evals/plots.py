"""The scorecard's pictures. matplotlib comes with the development tools only."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from evals.metrics import Bin


def draw(card: dict[str, Any], folder: Path) -> None:
    """Write the learning curve and the reliability diagram as PNG files.

    Raises:
        ModuleNotFoundError: matplotlib is not installed.
    """
    import matplotlib as mpl  # noqa: PLC0415 - not needed to use Nearer

    mpl.use("Agg")
    _curve(card["learning_curve"], folder / "learning-curve.png")
    _reliability([Bin(*row) for row in card["scope_reliability"]["bins"]], folder / "scope-reliability.png")


def _curve(points: Sequence[Any], path: Path) -> None:
    from matplotlib import pyplot  # noqa: PLC0415

    figure, axes = pyplot.subplots(figsize=(6, 4), layout="constrained")
    sizes = [size for size, _, _ in points]
    for name, column in (("nDCG@5", 1), ("a best passage in the top 3", 2)):
        axes.plot(sizes, [point[column][0] for point in points], marker="o", label=name)
        axes.fill_between(sizes, [p[column][1] for p in points], [p[column][2] for p in points], alpha=0.15)
    axes.set(xscale="log", xlabel="exemplars that the heads were fitted on", ylim=(0, 1), title="Learning curve")
    axes.legend(loc="lower right")
    axes.grid(alpha=0.3)
    figure.savefig(path, dpi=120)
    pyplot.close(figure)


def _reliability(bins: Sequence[Bin], path: Path) -> None:
    from matplotlib import pyplot  # noqa: PLC0415

    figure, axes = pyplot.subplots(figsize=(4.5, 4.5), layout="constrained")
    axes.plot([0, 1], [0, 1], linestyle="--", color="grey", linewidth=1)
    axes.plot([b.predicted for b in bins], [b.observed for b in bins], marker="o")
    for one in bins:
        axes.annotate(str(one.count), (one.predicted, one.observed), xytext=(4, -10), textcoords="offset points")
    axes.set(xlabel="probability of being covered", ylabel="share that is covered", title="Scope: reliability")
    figure.savefig(path, dpi=120)
    pyplot.close(figure)
