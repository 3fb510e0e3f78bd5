"""Cut an article into passages: bullets, steps, quotations and paragraphs, with exact offsets.

A passage is one thing an expert would quote. It is never cut inside a sentence, and the text between its
offsets is the passage, character for character.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from corpus.errors import ArticleError
from corpus.formats import HEADING_MARK
from corpus.models import Passage, Role, Sidecar, Speaker

MAX_PASSAGE: Final = 700  # characters; longer paragraphs are cut between sentences
MAX_HEADING: Final = 120  # characters
SLUG_WORDS: Final = 5

_BULLET: Final = re.compile(r"[ \t\u00a0]*(?:[•·*‣▪–-]|(?P<number>\d{1,2})[.)])[ \t\u00a0]+")
_BLOCK: Final = re.compile(r"[^\n]*\S[^\n]*(?:\n[^\n]*\S[^\n]*)*")
_SENTENCE_END: Final = re.compile(r"[.!?…][”’\"')\]]*(?=\s+[“‘\"'(]?[A-Z0-9])")
_ABBREVIATION: Final = re.compile(
    r"(?:\b(?:Dr|Mr|Mrs|Ms|Prof|St|Sr|Jr|vs|e\.g|i\.e|etc|No|approx)|\b[A-Z])\.[”’\"')\]]*$"
)
_MARKDOWN_HEADING: Final = re.compile(r"#{1,6}[ \t]+")
_OPENING_QUOTE: Final = '“"'
_HELPS: Final = re.compile(r"\b(how (?:to|can|do)|improve|build|tips?|steps?|ways to|rebuild|strengthen)\b", re.I)
_CAUSES: Final = re.compile(r"\b(causes?|why|reasons?)\b", re.I)
_WITHOUT: Final = re.compile(r"\b(lack|without|signs of|absence)\b", re.I)
_EXAMPLES: Final = re.compile(r"\bexamples?\b", re.I)
_DOES: Final = re.compile(r"\b(benefits?|what does .* do|importance|matters?)\b", re.I)


@dataclass(frozen=True)
class _Piece:
    """A stretch of the article before it becomes a passage."""

    start: int
    end: int
    bullet: str = ""  # "" for running text, "•" for a bullet, digits for a numbered step


def split(text: str, sidecar: Sidecar) -> tuple[Passage, ...]:
    """Return the passages of an article in reading order.

    Args:
        text: the article as it is kept.
        sidecar: what is known about it; its ``not_passages`` are left out.

    Raises:
        ArticleError: an entry of the sidecar is not in the text, or nothing is left to quote.
    """
    skipped = _skipped_spans(text, sidecar)
    unknown = [head for head in sidecar.never_quoted if head not in text]
    if unknown:
        raise ArticleError(f"{sidecar.file}: never_quoted entry not in the article: {unknown[0]!r}")
    passages: list[Passage] = []
    heading, lead_in, seen, ids = "", "", set[str](), set[str]()
    for piece in _pieces(text, skipped):
        words = text[piece.start : piece.end]
        if not piece.bullet and _is_heading(text, piece):
            heading, lead_in = _clean_heading(words), ""
            continue
        if not piece.bullet:
            lead_in = words
        key = " ".join(words.split())
        if key in seen or not any(map(str.isalpha, words)):
            continue
        seen.add(key)
        passages.append(
            Passage(
                passage_id=_passage_id(sidecar.source_id, words, ids),
                source_id=sidecar.source_id,
                start=piece.start,
                end=piece.end,
                text=words,
                heading=heading,
                role=_role(heading, piece, sidecar),
                speaker=_speaker(words, piece, f"{heading}\n{lead_in}", sidecar),
                quotable=not words.startswith(sidecar.never_quoted) if sidecar.never_quoted else True,
            )
        )
    if not passages:
        raise ArticleError(f"{sidecar.file}: no passage found; is the article empty?")
    return tuple(passages)


def _skipped_spans(text: str, sidecar: Sidecar) -> list[tuple[int, int]]:
    """Return where the lines that are no guidance stand; a short one must be a whole line."""
    spans = []
    for line in sidecar.not_passages:
        whole = re.compile(rf"^[ \t]*{re.escape(line)}[ \t]*$", re.M)
        found = [match.span() for match in whole.finditer(text)]
        if not found and (at := text.find(line)) >= 0:
            found = [(at, at + len(line))]
        if not found:
            raise ArticleError(f"{sidecar.file}: not_passages entry not in the article: {line!r}")
        spans += found
    return spans


def _pieces(text: str, skipped: list[tuple[int, int]]) -> Iterator[_Piece]:
    """Yield the blocks of the text, one a bullet, without what is skipped, long ones cut between sentences."""
    blanked = list(text)
    for start, end in skipped:
        blanked[start:end] = [" " if char != "\n" else "\n" for char in text[start:end]]
    kept = "".join(blanked)
    for block in _BLOCK.finditer(kept):
        for start, end, bullet in _lines(kept, block.start(), block.end()):
            yield from (_Piece(a, b, bullet) for a, b in _sentence_groups(kept, start, end))


def _lines(text: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    """Yield a block as bullets and the running text before them; a wrapped line stays with its bullet."""
    begin, bullet, at = start, "", start
    for line in text[start:end].splitlines(keepends=True):
        mark = _BULLET.match(line)
        if mark:
            yield from _stripped(text, begin, at, bullet)
            begin, bullet = at + mark.end(), mark["number"] or "•"
        at += len(line)
    yield from _stripped(text, begin, end, bullet)


def _stripped(text: str, start: int, end: int, bullet: str) -> Iterator[tuple[int, int, str]]:
    """Yield the stretch without the white space around it, or nothing."""
    words = text[start:end]
    if words.strip():
        yield start + len(words) - len(words.lstrip()), end - len(words) + len(words.rstrip()), bullet


def _sentence_groups(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield a stretch whole, or in groups of sentences of at most MAX_PASSAGE characters each."""
    if end - start <= MAX_PASSAGE:
        yield start, end
        return
    begin = last = start
    for stop in [*_sentence_ends(text, start, end), end]:
        if stop - begin > MAX_PASSAGE and last > begin:
            yield begin, last
            begin = last + len(text[last:stop]) - len(text[last:stop].lstrip())
        last = stop
    yield begin, end


def _sentence_ends(text: str, start: int, end: int) -> list[int]:
    """Return where sentences end, in doubt too few rather than inside one."""
    ends = (match.end() for match in _SENTENCE_END.finditer(text, start, end))
    return [stop for stop in ends if not _ABBREVIATION.search(text[start:stop])]


def _is_heading(text: str, piece: _Piece) -> bool:
    """Tell a heading from a paragraph: marked as one, or a short line of its own that does not end a sentence."""
    words = text[piece.start : piece.end]
    if words.startswith(HEADING_MARK) or _MARKDOWN_HEADING.match(words):
        return True
    one_line = "\n" not in words and len(words) <= MAX_HEADING
    return one_line and words[0] not in _OPENING_QUOTE and (words.endswith("?") or words[-1] not in '.!…”":')


def _clean_heading(words: str) -> str:
    return _MARKDOWN_HEADING.sub("", words.removeprefix(HEADING_MARK)).strip()


def _role(heading: str, piece: _Piece, sidecar: Sidecar) -> Role:
    """Return what a passage is for: as the sidecar says, else as its heading suggests."""
    if heading in sidecar.roles:
        return sidecar.roles[heading]
    if _EXAMPLES.search(heading):
        return "example"
    if _HELPS.search(heading):
        return "step" if piece.bullet else "what_helps"
    if _CAUSES.search(heading):
        return "cause"
    if _WITHOUT.search(heading):
        return "without_it"
    return "what_it_does" if _DOES.search(heading) else "what_it_is"


def _speaker(words: str, piece: _Piece, context: str, sidecar: Sidecar) -> Speaker:
    """Return whose words these are: the expert's own, a list given as the expert's, or the article's."""
    if words[0] in _OPENING_QUOTE and sidecar.expert:
        return "quote"
    if piece.bullet and sidecar.expert_short and sidecar.expert_short in context:
        return "list"
    return "article"


def _passage_id(source_id: str, words: str, taken: set[str]) -> str:
    """Return an id made of the source and the first words, longer where two passages begin alike."""
    tokens = re.findall(r"[a-z0-9]+", words.lower().replace("’", "").replace("'", ""))
    for count in range(SLUG_WORDS, len(tokens) + 1):
        candidate = f"{source_id}:{'-'.join(tokens[:count])}"
        if candidate not in taken:
            break
    else:
        candidate = f"{source_id}:{'-'.join(tokens[:SLUG_WORDS])}"
        number = 2
        while candidate in taken:
            candidate, number = f"{source_id}:{'-'.join(tokens[:SLUG_WORDS])}-{number}", number + 1
    taken.add(candidate)
    return candidate
