"""An article as a page to read: its text in order, cut where its passages are cut."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from corpus.models import Article, Passage

BlockKind = Literal["heading", "passage", "text"]
_BLOCK: Final = re.compile(r"\S[^\n]*")
_MARK: Final = re.compile(r"(?:[•·*‣▪–-]|\d{1,2}[.)])\s*")


@dataclass(frozen=True)
class Block:
    """One stretch of the article: a heading, a passage, or a line that is neither."""

    kind: BlockKind
    text: str
    passage: Passage | None = None
    mark: str = ""  # "•" or "3." for an entry of a list


def blocks(article: Article) -> tuple[Block, ...]:
    """Return the article in reading order, without navigation, advertising and its own title."""
    made: list[Block] = []
    at, mark = 0, ""
    headings = {passage.heading for passage in article.passages}
    for passage in article.passages:
        for block in _between(article, at, passage.start, headings):
            mark = block.mark
            if block.text:
                made.append(block)
        made.append(Block("passage", passage.text, passage, mark))
        at, mark = passage.end, ""
    made += [block for block in _between(article, at, len(article.text), headings) if block.text]
    return tuple(made)


def _between(article: Article, start: int, end: int, headings: set[str]) -> Iterator[Block]:
    """Yield what stands between two passages; a lone list mark comes last, as a block without text."""
    for found in _BLOCK.finditer(article.text, start, end):
        line = found.group().strip().lstrip("\u2063")
        listed = _MARK.fullmatch(line)
        if listed:
            yield Block("text", "", mark=line)
        elif line in headings and line != article.sidecar.title:
            yield Block("heading", line)
        elif line != article.sidecar.title and not _is_dropped(line, article):
            yield Block("text", line)


def _is_dropped(line: str, article: Article) -> bool:
    """Tell whether a line is navigation or advertising."""
    return any(line in dropped or dropped in line for dropped in article.sidecar.not_passages)
