"""Read the articles of the corpus, each checked against the hash in its sidecar."""

from __future__ import annotations

import hashlib
from pathlib import Path

from corpus.errors import ArticleError
from corpus.files import read_yaml
from corpus.formats import read_text
from corpus.models import Article, Sidecar
from corpus.splitter import split


def load_article(sidecar_path: Path) -> Article:
    """Return one article with its passages.

    Raises:
        ArticleError: the file is missing or differs from its sidecar's sha256.
        ContentError: the sidecar has a wrong or misspelt entry.
    """
    sidecar = read_yaml(sidecar_path, Sidecar)
    path = sidecar_path.parent / sidecar.file
    text = read_text(path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if digest != sidecar.sha256:
        raise ArticleError(
            f"{path}: the article has changed (sha256 {digest[:12]}…, {sidecar_path.name} says "
            f"{sidecar.sha256[:12]}…); restore the file, or put the new sha256 in the sidecar"
        )
    return Article(sidecar=sidecar, text=text, passages=split(text, sidecar))


def load_articles(folder: Path) -> tuple[Article, ...]:
    """Return all articles of a folder, in the order of their file names.

    Raises:
        ArticleError: there is none, two share a source_id, or a file has no sidecar.
        ContentError: a sidecar has a wrong or misspelt entry.
    """
    articles = tuple(load_article(path) for path in sorted(folder.glob("*.yaml")))
    if not articles:
        raise ArticleError(f"{folder}: no article; add one with its sidecar (see docs/content.md)")
    ids = [article.sidecar.source_id for article in articles]
    if len(set(ids)) < len(ids):
        raise ArticleError(f"{folder}: two articles share the source_id {max(ids, key=ids.count)!r}")
    known = {article.sidecar.file for article in articles}
    stray = [
        path.name for path in folder.iterdir() if path.suffix in {".txt", ".md", ".html"} and path.name not in known
    ]
    if stray:
        raise ArticleError(f"{folder / sorted(stray)[0]}: no sidecar names this file; write one (see docs/content.md)")
    return articles
