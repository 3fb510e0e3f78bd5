"""The parts of the content that pages need without a coach, each read once, so that Help stands when all else fails."""

from __future__ import annotations

import streamlit as st

from corpus.articles import load_articles
from corpus.conversation import Wording
from corpus.files import read_folder, read_yaml
from corpus.models import Article, Country, Passage, Situation
from index.settings import Settings

INTERNATIONAL = "INTL"


@st.cache_resource(show_spinner=False)
def countries() -> dict[str, Country]:
    """Return the helplines by country code.

    Raises:
        ContentError: a file of helplines cannot be used.
    """
    folder = Settings.from_environment().corpus_dir / "helplines"
    return {country.code: country for country in read_folder(folder, Country)}


@st.cache_resource(show_spinner=False)
def wording() -> Wording:
    """Return the coach's standing phrases.

    Raises:
        ContentError: the file cannot be used.
    """
    return read_yaml(Settings.from_environment().corpus_dir / "conversation" / "wording.yaml", Wording)


@st.cache_resource(show_spinner=False)
def articles() -> tuple[Article, ...]:
    """Return the articles with their passages.

    Raises:
        ArticleError: an article cannot be used.
        ContentError: a sidecar cannot be used.
    """
    return load_articles(Settings.from_environment().corpus_dir / "articles")


@st.cache_resource(show_spinner=False)
def situations() -> tuple[Situation, ...]:
    """Return what couples bring, with the passages that fit.

    Raises:
        ContentError: a file cannot be used.
    """
    return read_folder(Settings.from_environment().corpus_dir / "situations", Situation)


def passages() -> dict[str, Passage]:
    """Return all passages by id, in reading order."""
    return {passage.passage_id: passage for article in articles() for passage in article.passages}


def number_of(passage_id: str) -> int | None:
    """Return the number, from 1, that stands for a passage in the address bar, where its words would tell too much."""
    return next((number for number, name in enumerate(passages(), start=1) if name == passage_id), None)


def passage_number(number: str) -> str:
    """Return the id of a passage by its number as typed in the address bar, or ""."""
    names = list(passages())
    return names[int(number) - 1] if number.isascii() and number.isdigit() and 0 < int(number) <= len(names) else ""
