"""All curated content, read once and checked as a whole."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict

from corpus.articles import load_articles
from corpus.conversation import Conversation, load_conversation
from corpus.errors import ContentError
from corpus.files import read_folder, read_jsonl
from corpus.models import Article, Country, Exemplar, Passage, Signal, Situation, Strained
from corpus.ruleset import Rules, load_rules

CORPUS_DIR: Final = Path(__file__).resolve().parent
_DATA_SUFFIXES: Final = {".yaml", ".jsonl", ".txt", ".md", ".html"}


class Content(BaseModel):
    """Everything that may be said, and how people say what it answers."""

    model_config = ConfigDict(frozen=True, ignored_types=(cached_property,))

    articles: tuple[Article, ...]
    situations: tuple[Situation, ...]
    exemplars: tuple[Exemplar, ...]
    signals: tuple[Signal, ...]
    strained: tuple[Strained, ...]
    conversation: Conversation
    countries: tuple[Country, ...]
    rules: Rules
    fingerprint: str

    @cached_property
    def passages(self) -> dict[str, Passage]:
        """Return all passages of all articles by their id, in reading order."""
        return {passage.passage_id: passage for article in self.articles for passage in article.passages}

    @cached_property
    def situation_by_id(self) -> dict[str, Situation]:
        """Return the situations by id."""
        return {situation.id: situation for situation in self.situations}

    @cached_property
    def article_by_id(self) -> dict[str, Article]:
        """Return the articles by source_id."""
        return {article.sidecar.source_id: article for article in self.articles}

    @cached_property
    def country_by_code(self) -> dict[str, Country]:
        """Return the countries by their code; INTL is the international fallback."""
        return {country.code: country for country in self.countries}


def load_content(folder: Path = CORPUS_DIR) -> Content:
    """Return all content of a corpus folder.

    Raises:
        ArticleError: an article cannot be used.
        ContentError: a curated file cannot be used, or names something that does not exist.
    """
    content = Content(
        articles=load_articles(folder / "articles"),
        situations=read_folder(folder / "situations", Situation),
        exemplars=tuple(_exemplars(folder / "exemplars")),
        signals=read_folder(folder / "signals", Signal),
        strained=tuple(read_jsonl(folder / "strain.jsonl", Strained)),
        conversation=load_conversation(folder / "conversation"),
        countries=read_folder(folder / "helplines", Country),
        rules=load_rules(folder / "rules" / "safety.yaml"),
        fingerprint=fingerprint(folder),
    )
    _check_references(content)
    return content


def fingerprint(folder: Path = CORPUS_DIR) -> str:
    """Return a sha256 over the names and bytes of all content files, the same on every machine."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*"), key=lambda each: each.relative_to(folder).as_posix()):
        if path.is_file() and path.suffix in _DATA_SUFFIXES:
            digest.update(path.relative_to(folder).as_posix().encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _exemplars(folder: Path) -> Iterable[Exemplar]:
    for path in sorted(folder.glob("*.jsonl")):
        for exemplar in read_jsonl(path, Exemplar):
            yield exemplar.model_copy(update={"hand": path.stem})


def _check_references(content: Content) -> None:
    """Raise when a file names a passage or a situation that does not exist."""
    passages, situations = content.passages.keys(), content.situation_by_id.keys()
    for situation in content.situations:
        named = [ref.passage for ref in situation.passages]
        named += [passage for opener in situation.openers for passage in opener.draws_on]
        _require(named, passages, f"situations/{situation.id}.yaml", "passage")
    signals = {signal.id for signal in content.signals}
    for strained in content.strained:
        _require(strained.signs, signals, f"strain.jsonl ({strained.text[:40]!r})", "signal")
    for exemplar in content.exemplars:
        where = f"exemplars/{exemplar.hand}.jsonl ({exemplar.text[:40]!r})"
        _require((*exemplar.best, *exemplar.good, *exemplar.fair), passages, where, "passage")
        _require((exemplar.situation, *exemplar.also), situations, where, "situation")


def _require(named: Iterable[str], known: Iterable[str], where: str, what: str) -> None:
    unknown = [name for name in named if name not in known]
    if unknown:
        raise ContentError(f"{where}: no {what} called {unknown[0]!r}; `nearer corpus show` lists the passages")
