"""The exported encoder: the same vectors as the model it was made from, made once, and never in the way."""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path

import numpy as np
import pytest

from coach import Coach
from index import runtime
from index.embedder import TUNED_NAME, Embedder, TorchEncoder
from index.errors import ModelError
from index.runtime import RuntimeEncoder, export_once
from index.settings import Settings

TEXTS = (
    "hi",
    "he eats with one hand and scrolls with the other",
    "Wir reden nicht mehr. Nunca. لا نتكلم 😔",
    "since the twins were born we're basically coworkers, i miss him. " * 20,
)


@pytest.fixture(scope="module")
def embedder(coach: Coach) -> Embedder:
    """Return the encoder that the coach uses, exported when its index was built."""
    encoder = coach.finder.encoder
    assert isinstance(encoder, Embedder)
    if encoder.name != TUNED_NAME:
        pytest.skip("the packages with the larger encoder are not installed")
    return encoder


def test_the_exported_encoder_gives_the_same_vectors(embedder: Embedder) -> None:
    """Alone and in a padded batch, short and long, against the library itself."""
    assert isinstance(embedder._reader, RuntimeEncoder)
    expected = TorchEncoder(Embedder(root=Settings.from_environment().index_dir).model()).encode(TEXTS)

    alone = np.concatenate([embedder.encode([text]) for text in TEXTS])

    assert ((expected * alone).sum(axis=1) > 0.999).all()
    assert ((expected * embedder.encode(TEXTS)).sum(axis=1) > 0.999).all()


def test_a_stretch_is_read_in_the_light_of_the_whole(embedder: Embedder) -> None:
    """The whole is the text's own vector; stretches are unit vectors; what is not read has none."""
    text = "He snores. I have not felt wanted since Easter."
    whole, stretches = embedder.encode_spans(text, [(0, 10), (11, len(text)), (0, 0)])

    np.testing.assert_allclose(whole, embedder.encode([text])[0], atol=1e-5)
    assert [None if one is None else round(float(np.linalg.norm(one)), 3) for one in stretches] == [1.0, 1.0, None]
    assert embedder.encode_spans("hi", [])[1] == []


def test_what_is_whole_is_not_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An export is made when it is missing or damaged, and only then."""
    made = []

    def export(_model: object, path: Path, _tokenizer: Path) -> None:
        made.append(path)
        path.write_bytes(b"graph")
        path.with_suffix(runtime.SUM).write_text(hashlib.sha256(b"graph").hexdigest(), encoding="ascii")

    monkeypatch.setattr(runtime, "_export", export)
    path = tmp_path / "models" / "encoder.onnx"
    for _ in range(2):
        export_once(lambda: None, path, tmp_path / "tokenizer.json")
    assert len(made) == 1

    path.write_bytes(b"half a gra")
    export_once(lambda: None, path, tmp_path / "tokenizer.json")
    assert len(made) == 2
    assert path.read_bytes() == b"graph"


def test_a_folder_that_cannot_be_written_is_said_in_one_line(tmp_path: Path) -> None:
    """The line says what to set."""
    (tmp_path / "models").write_text("a file stands where the folder should be", encoding="utf-8")

    with pytest.raises(ModelError, match=r"cannot be written .*NEARER_INDEX_DIR"):
        export_once(lambda: None, tmp_path / "models" / "encoder.onnx", tmp_path)


def test_whatever_the_exporting_libraries_raise_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The embedder goes on without an export, so nothing else may come out."""

    def fail(*_: object) -> None:
        raise RuntimeError("no such operator")

    monkeypatch.setattr(runtime, "_export", fail)

    with pytest.raises(ModelError, match=r"cannot be exported .RuntimeError: no such operator"):
        export_once(lambda: None, tmp_path / "encoder.onnx", tmp_path)


def test_without_an_export_the_library_reads(
    embedder: Embedder, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The coach answers all the same, with one warning."""

    def refuse(*_: object) -> None:
        raise ModelError("models: cannot be written; set NEARER_INDEX_DIR")

    monkeypatch.setattr("index.embedder.export_once", refuse)
    other = Embedder(root=Settings.from_environment().index_dir)

    with caplog.at_level(logging.WARNING):
        vector = other.encode(["hi"])

    assert float((vector @ embedder.encode(["hi"]).T)[0, 0]) > 0.999
    assert "going on without it" in caplog.text
