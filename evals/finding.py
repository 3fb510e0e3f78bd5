"""How well passages are found: rankings against graded ranges, with intervals and every miss."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from corpus.files import read_jsonl
from evals.metrics import Range, best_in_top, bootstrap, grades, ndcg, recall
from index.finder import Finder


class GoldRange(BaseModel):
    """A stretch of the article and its grade."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    start: int
    end: int
    grade: int


class Concern(BaseModel):
    """A message with the user's messages before it, and the ranges that fit it."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str
    message: str
    turns: tuple[str, ...] = ()
    kind: str = ""
    situations: tuple[tuple[str, ...], ...] = ()
    gold: tuple[GoldRange, ...]

    @property
    def history(self) -> tuple[str, ...]:
        """Return the messages before this one."""
        return self.turns[:-1]


@dataclass(frozen=True)
class Result:
    """One concern with the grades that its ranking earned."""

    concern: Concern
    passage_ids: tuple[str, ...]
    earned: tuple[int, ...]
    ndcg3: float
    ndcg5: float
    best3: float
    recall5: float
    first: float


def read_concerns(path: Path) -> tuple[Concern, ...]:
    """Return the concerns of a JSONL file.

    Raises:
        ContentError: a line is wrong; the message names it.
    """
    return tuple(read_jsonl(path, Concern))


def score(finder: Finder, concerns: Iterable[Concern]) -> list[Result]:
    """Rank the passages for each concern and grade the ranking."""
    passages = finder.content.passages
    results = []
    for concern in concerns:
        hits = finder.search(concern.message, concern.history, k=10)
        gold = [Range(r.start, r.end, r.grade) for r in concern.gold]
        earned = grades([(passages[hit.passage_id].start, passages[hit.passage_id].end) for hit in hits], gold)
        results.append(
            Result(
                concern=concern,
                passage_ids=tuple(hit.passage_id for hit in hits),
                earned=tuple(earned),
                ndcg3=ndcg(earned, gold, 3),
                ndcg5=ndcg(earned, gold, 5),
                best3=best_in_top(earned, 3),
                recall5=recall(earned, gold, 5),
                first=float(earned[0] > 1) if earned else 0.0,
            )
        )
    return results


def summary(results: Sequence[Result]) -> dict[str, tuple[float, float, float]]:
    """Return each metric with its 95 % interval."""
    return {
        "nDCG@3": bootstrap([r.ndcg3 for r in results]),
        "nDCG@5": bootstrap([r.ndcg5 for r in results]),
        "best in top 3": bootstrap([r.best3 for r in results]),
        "recall@5": bootstrap([r.recall5 for r in results]),
        "first of grade 2+": bootstrap([r.first for r in results]),
    }
