"""Which passages are quoted: those that fit, different in kind, none twice."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

import numpy as np

from corpus.models import Passage, Role
from index.finder import Finder, Hit

LOOK_AT: Final = 14  # best-ranked passages that are considered
SECOND_FROM: Final = 6  # how far down the ranking a second one may stand
MAX_LIKENESS: Final = 0.93  # cosine from which two passages say the same
_GROUP: Final[dict[Role, str]] = {
    "cause": "why",
    "without_it": "why",
    "what_helps": "helps",
    "step": "helps",
    "example": "helps",
    "what_it_is": "does",
    "what_it_does": "does",
}


def choose(ranking: Sequence[Hit], finder: Finder, used: Collection[str], count: int, only: str = "") -> list[Passage]:
    """Return up to ``count`` passages, best first, of different kinds and not paraphrases of one another.

    Args:
        ranking: all passages, best first.
        finder: the passages and their vectors.
        used: passages that were quoted before.
        count: how many are wanted.
        only: "why", "helps" or "does" to take only that kind.
    """
    passages = finder.content.passages
    able = [hit for hit in ranking[:LOOK_AT] if passages[hit.passage_id].quotable and hit.passage_id not in used]
    if only:
        able = [hit for hit in able if group(passages[hit.passage_id]) == only]
    if not able:
        return []
    chosen = [able[0]]
    for wanted_new_kind in (True, False):
        for hit in able[1:]:
            if len(chosen) >= count or hit not in ranking[:SECOND_FROM]:
                break
            kinds = {group(passages[held.passage_id]) for held in chosen}
            is_new = group(passages[hit.passage_id]) not in kinds
            if hit not in chosen and is_new >= wanted_new_kind and not _alike(hit, chosen, finder):
                chosen.append(hit)
    return [passages[hit.passage_id] for hit in chosen]


def group(passage: Passage) -> str:
    """Return what a passage is there for: why it happens, what helps, or what closeness does."""
    return _GROUP[passage.role]


def _alike(hit: Hit, chosen: Sequence[Hit], finder: Finder) -> bool:
    rows = {passage_id: row for row, passage_id in enumerate(finder.passage_ids)}
    vectors = finder.banks["passages"].vectors
    mine = vectors[rows[hit.passage_id]]
    return any(float(np.dot(mine, vectors[rows[held.passage_id]])) > MAX_LIKENESS for held in chosen)
