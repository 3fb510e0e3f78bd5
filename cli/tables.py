"""What the command line prints about content and index."""

from __future__ import annotations

from pathlib import Path

from rich.table import Table

from corpus.models import Article
from index.store import Manifest


def passages_table(article: Article) -> Table:
    """Return the passages of an article with their offsets, roles and speakers."""
    table = Table(title=article.citation, title_justify="left")
    for column in ("passage_id", "place", "role", "speaker", "text"):
        table.add_column(column, overflow="fold")
    for passage in article.passages:
        mark = "" if passage.quotable else " (never quoted)"
        name = passage.passage_id.removeprefix(f"{passage.source_id}:")
        place = f"{passage.start}-{passage.end}"
        table.add_row(name, place, passage.role, passage.speaker + mark, passage.text)
    return table


def index_table(manifest: Manifest, folder: Path) -> Table:
    """Return what an index holds and from what it was built."""
    table = Table(title=str(folder), title_justify="left", show_header=False)
    table.add_row("model", f"{manifest.model} ({manifest.dimensions} dimensions, {manifest.model_fingerprint[:12]}…)")
    table.add_row("content", f"{manifest.corpus[:12]}…")
    for name, rows in manifest.rows.items():
        table.add_row(name, f"{rows:,} rows")
    table.add_row("libraries", ", ".join(f"{name} {number}" for name, number in manifest.versions.items()))
    return table
