"""Articles on disk: the hash in the sidecar, other formats, and a second article."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest

from corpus.articles import load_article, load_articles
from corpus.content import CORPUS_DIR
from corpus.errors import ArticleError, ContentError

TEXT = "How to rest together\n\nRest is shared. It begins with sitting down.\n\n  • Sit close.\n  • Say nothing.\n"
MARKDOWN = "# How to rest together\n\nRest is *shared*. It begins with sitting down.\n\n- Sit close.\n- Say nothing.\n"
HTML = (
    "<html><head><title>x</title><script>alert(1)</script></head><body><nav><p>Menu</p></nav><article>"
    "<h1>How to rest together</h1><p>Rest is <b>shared</b>. It begins with&nbsp;sitting down.</p>"
    "<ul><li>Sit close.</li><li><p>Say nothing.</p></li></ul></article><footer><p>Cookies</p></footer></body></html>"
)


def write(folder: Path, name: str, text: str, **fields: str) -> Path:
    """Write an article with its sidecar and return the sidecar's path."""
    (folder / name).write_text(text, encoding="utf-8")
    digest = fields.pop("sha256", hashlib.sha256(text.encode()).hexdigest())
    lines = {
        "source_id": "rest",
        "file": name,
        "sha256": f"'{digest}'",
        "title": "Rest",
        "author": "Ada Brewer",
        "date": "2026-01-02",
        "rights": "made for this test",
    } | fields
    path = folder / f"{Path(name).stem}.yaml"
    path.write_text("".join(f"{key}: {value}\n" for key, value in lines.items()), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "text"), [("rest.txt", TEXT), ("rest.md", MARKDOWN), ("rest.html", HTML)], ids=["text", "markdown", "html"]
)
def test_a_second_article_needs_no_code(tmp_path: Path, name: str, text: str) -> None:
    """Plain text, Markdown and saved HTML give the same passages, with exact offsets into the text that is kept."""
    shutil.copytree(CORPUS_DIR / "articles", tmp_path / "articles")
    write(tmp_path / "articles", name, text)

    articles = {article.sidecar.source_id: article for article in load_articles(tmp_path / "articles")}

    rest = articles["rest"]
    assert len(articles) == 2
    assert [(p.text, p.heading, p.role) for p in rest.passages] == [
        ("Rest is shared. It begins with sitting down.", "How to rest together", "what_helps"),
        ("Sit close.", "How to rest together", "step"),
        ("Say nothing.", "How to rest together", "step"),
    ]
    assert all(rest.text[p.start : p.end] == p.text for p in rest.passages)


def test_a_changed_article_is_refused_in_one_clear_line(tmp_path: Path) -> None:
    """The line names the file, what is wrong, and both ways out."""
    path = write(tmp_path, "rest.txt", TEXT, sha256="0" * 64)

    with pytest.raises(ArticleError) as caught:
        load_article(path)

    line = str(caught.value)
    assert "rest.txt: the article has changed" in line
    assert "put the new sha256 in the sidecar" in line
    assert "\n" not in line


def test_a_misspelt_entry_of_a_sidecar_is_named(tmp_path: Path) -> None:
    """A typo fails when it is read, with the file and the entry."""
    path = write(tmp_path, "rest.txt", TEXT, autor="Ada")

    with pytest.raises(ContentError, match=r"rest\.yaml: autor: Extra inputs are not permitted"):
        load_article(path)


@pytest.mark.parametrize(
    ("prepare", "message"),
    [
        (lambda folder: None, "no article; add one"),
        (lambda folder: write(folder, "rest.pdf", TEXT), "articles are read from .txt, .md and .html"),
        (lambda folder: write(folder, "rest.txt", TEXT, file="gone.txt"), "no such article file"),
        (
            lambda folder: (write(folder, "rest.txt", TEXT), (folder / "b.txt").write_text("x")),
            "no sidecar names this file",
        ),
    ],
    ids=["none", "format", "missing", "stray"],
)
def test_what_is_wrong_with_an_articles_folder_is_said(tmp_path: Path, prepare: object, message: str) -> None:
    """Each mistake has its own line."""
    prepare(tmp_path)  # type: ignore[operator]

    with pytest.raises(ArticleError, match=message):
        load_articles(tmp_path)


def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    """The line says which byte and what to do."""
    path = write(tmp_path, "rest.txt", TEXT)
    (tmp_path / "rest.txt").write_bytes(b"Rest \xff")

    with pytest.raises(ArticleError, match=r"not UTF-8 text \(byte 5\); save it as UTF-8"):
        load_article(path)


def test_two_articles_may_not_share_an_id(tmp_path: Path) -> None:
    """A citation must name one article."""
    write(tmp_path, "rest.txt", TEXT)
    write(tmp_path, "more.txt", TEXT)

    with pytest.raises(ArticleError, match="share the source_id 'rest'"):
        load_articles(tmp_path)
