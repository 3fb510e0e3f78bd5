"""The compiled content is the content, or it is not used."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from corpus import compiled
from corpus.compiled import load_compiled
from corpus.content import CORPUS_DIR, Content, load_content


def test_the_second_start_reads_the_same_content(tmp_path: Path, content: Content) -> None:
    """One file is written, and what is read from it equals what it was made from."""
    assert load_compiled(tmp_path) == content
    assert len(list(tmp_path.iterdir())) == 1
    assert load_compiled(tmp_path) == content


def test_a_damaged_file_is_not_used(tmp_path: Path, content: Content) -> None:
    """One changed letter would be a changed quotation."""
    load_compiled(tmp_path)
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes().replace(b"emotional", b"emotionel"))

    assert load_compiled(tmp_path) == content


def test_changed_content_is_read_anew(tmp_path: Path) -> None:
    """A word that is changed in a file is changed in the coach, and the earlier file goes."""
    folder, cache = tmp_path / "corpus", tmp_path / "cache"
    shutil.copytree(CORPUS_DIR, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    before = load_compiled(cache, folder)
    wording = folder / "conversation" / "wording.yaml"
    wording.write_text(wording.read_text(encoding="utf-8") + "# a remark\n", encoding="utf-8")

    after = load_compiled(cache, folder)

    assert after.fingerprint != before.fingerprint
    assert len(list(cache.iterdir())) == 1


def test_a_folder_that_cannot_be_written_costs_only_time(tmp_path: Path, content: Content) -> None:
    """A file stands where the folder should be."""
    (tmp_path / "cache").write_text("", encoding="utf-8")

    assert load_compiled(tmp_path / "cache") == content


def test_a_file_of_another_version_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its hash is right and its fields are not."""
    content = load_content()
    data = b'{"articles": []}'
    name = compiled.NAME.format(compiled._key(content.fingerprint), compiled._digest(data))
    (tmp_path / name).write_bytes(data)

    assert load_compiled(tmp_path) == content
