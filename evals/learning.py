"""What more exemplars bring: the learning curve, and how an article does that has no exemplars yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from evals import finding
from evals.finding import Concern
from evals.metrics import Range
from index.bank import Bank
from index.finder import Finder
from index.heads import fit_shares
from index.progress import Report
from index.tasks import Task, tasks_of

STEPS: Final = (250, 500, 1_000, 2_000, 4_000, 8_000)
SEED: Final = 7
HELD_OUT: Final = 3  # every third passage
BEST: Final = 3

Figure = tuple[float, float, float]  # value, low, high


def curve(finder: Finder, concerns: Sequence[Concern], progress: Report) -> list[tuple[int, Figure, Figure]]:
    """Return (number of exemplars, nDCG@5, best in top 3) with both heads fitted on so many exemplars.

    The encoder stays as it is, so this is what exemplars bring to the heads alone.
    """
    tasks = _finding_tasks(finder)
    vectors = finder.encoder.encode_content(tasks["passage"].texts)
    order = np.random.default_rng(SEED).permutation(len(vectors))
    sizes = [*(size for size in STEPS if size < len(order)), len(order)]
    points = []
    for number, size in enumerate(sizes, start=1):
        taught = _taught(finder, tasks, vectors, order[:size])
        figures = finding.summary(finding.score(taught, concerns))
        points.append((size, figures["nDCG@5"], figures["best in top 3"]))
        progress("learning curve", number, len(sizes))
    return points


def new_article(finder: Finder, concerns: Sequence[Concern]) -> dict[str, tuple[Figure, int]]:
    """Return nDCG@5 on the messages that a third of the passages fit best, with and without those passages' exemplars.

    Without them the heads know the passages as little as those of an article that was added a minute ago. The encoder
    was trained with those exemplars, so the figure flatters a little.
    """
    ids = finder.passage_ids
    held = set(ids[::HELD_OUT])
    about = [concern for concern in concerns if _best(finder, concern) & held]
    tasks = _finding_tasks(finder)
    vectors = finder.encoder.encode_content(tasks["passage"].texts)
    column = [row for row, name in enumerate(tasks["passage"].classes) if name in held]
    unaware = np.flatnonzero(tasks["passage"].shares[:, column].sum(axis=1) == 0)
    found = {"with their exemplars": finder, "without": _taught(finder, tasks, vectors, unaware)}
    return {name: (finding.summary(finding.score(one, about))["nDCG@5"], len(about)) for name, one in found.items()}


def _finding_tasks(finder: Finder) -> dict[str, Task]:
    return {task.name: task for task in tasks_of(finder.content) if task.name in {"passage", "situation"}}


def _taught(finder: Finder, tasks: dict[str, Task], vectors: NDArray[np.float32], rows: NDArray[np.int64]) -> Finder:
    """Return a finder that knows only these exemplars."""
    heads = dict(finder.heads)
    for name, task in tasks.items():
        known = task.shares[rows].sum(axis=0) > 0
        classes = [label for label, some in zip(task.classes, known, strict=True) if some]
        heads[name] = fit_shares(vectors[rows], classes, np.ascontiguousarray(task.shares[rows][:, known]))
    kept = tuple(finder.content.exemplars[row] for row in rows)
    concerns = Bank.from_vectors("concerns", [one.text for one in kept], [one.situation for one in kept], vectors[rows])
    content = finder.content.model_copy(update={"exemplars": kept})
    return replace(finder, content=content, heads=heads, banks=finder.banks | {"concerns": concerns})


def _best(finder: Finder, concern: Concern) -> set[str]:
    """Return the passages that readers graded best for a concern."""
    gold = [Range(r.start, r.end, r.grade) for r in concern.gold if r.grade == BEST]
    return {
        name
        for name, passage in finder.content.passages.items()
        if any(passage.start < r.end and r.start < passage.end for r in gold)
    }
