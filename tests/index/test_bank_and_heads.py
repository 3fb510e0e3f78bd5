"""Banks and heads: what is nearest, what is learnt, and what comes back from disk."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from index.bank import Bank
from index.embedder import LAYERS, SMALL_NAME, SMALL_SHA256, TUNED, Embedder, _tune
from index.errors import ModelError, StoreError
from index.heads import Head, fit_shares
from tests.stand_ins import WordEncoder

TEXTS = ("tea in the morning", "tea in the evening", "a walk by the sea")


@pytest.fixture
def bank() -> Bank:
    """Return three texts, two of them alike."""
    return Bank.from_vectors("drinks", TEXTS, ("tea", "tea", "walk"), WordEncoder().encode(TEXTS))


def test_the_nearest_row_is_the_text_itself(bank: Bank) -> None:
    """Cosine similarity of a text with itself is 1, and the one that shares most words comes next."""
    found = bank.nearest(WordEncoder().encode(["tea in the morning"])[0], 3)

    assert [neighbour.text for neighbour in found[:2]] == ["tea in the morning", "tea in the evening"]
    assert found[0].score == pytest.approx(1.0, abs=1e-5)


def test_a_bank_comes_back_as_it_was_saved(bank: Bank, tmp_path: Path) -> None:
    """Texts, labels and vectors survive the disk."""
    bank.save(tmp_path)

    loaded = Bank.load(tmp_path, "drinks")

    assert (loaded.texts, loaded.labels) == (bank.texts, bank.labels)
    np.testing.assert_array_equal(loaded.vectors, bank.vectors)


def test_a_broken_bank_is_said_in_one_line(bank: Bank, tmp_path: Path) -> None:
    """A file cut short is no traceback."""
    bank.save(tmp_path)
    (tmp_path / "drinks.json").write_text('{"texts": [', encoding="utf-8")

    with pytest.raises(StoreError, match="drinks: cannot be read"):
        Bank.load(tmp_path, "drinks")


def test_a_head_learns_two_classes_and_survives_the_disk(tmp_path: Path) -> None:
    """Probabilities sum to one, the right class leads, and a saved head scores the same."""
    vectors = WordEncoder().encode(TEXTS)
    head = fit_shares(vectors, ["tea", "walk"], np.array([[1, 0], [1, 0], [0, 1]], dtype=np.float32))
    head.save(tmp_path, "act")

    scores = Head.load(tmp_path, "act").scores(vectors)

    np.testing.assert_allclose(scores, head.scores(vectors))
    np.testing.assert_allclose(scores.sum(axis=1), 1.0, atol=1e-5)
    assert [head.classes[row] for row in scores.argmax(axis=1)] == ["tea", "tea", "walk"]


def test_shares_are_learnt_in_proportion() -> None:
    """A text that is half one thing and half another gets about half of each."""
    vectors = WordEncoder().encode(TEXTS)
    shares = np.array([[1, 0], [0.5, 0.5], [0, 1]], dtype=np.float32)

    scores = fit_shares(vectors, ["a", "b"], shares, strength=100.0).scores(vectors)

    np.testing.assert_allclose(scores, shares, atol=0.12)


def test_the_weights_in_the_package_are_the_published_ones() -> None:
    """They have the published sha256."""
    assert Embedder(SMALL_NAME).fingerprint == SMALL_SHA256


def test_the_layers_that_ship_are_the_ones_that_were_trained() -> None:
    """They have the sha256 that the training wrote down."""
    layers = hashlib.sha256((TUNED / LAYERS).read_bytes()).hexdigest()

    assert layers == json.loads((TUNED / "training.json").read_text())["layers_sha256"]


def test_changed_weights_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A model whose weights are not the published ones is not loaded."""
    (tmp_path / "model.safetensors").write_bytes(b"not a model")
    monkeypatch.setattr("index.embedder._packaged_model", lambda: tmp_path)

    with pytest.raises(ModelError, match=r"not the published weights; .* `make install`"):
        Embedder(SMALL_NAME).encode(["hello"])


def test_changed_layers_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Layers that are not the trained ones are not put into the encoder."""
    (tmp_path / LAYERS).write_bytes(b"other layers")
    (tmp_path / "training.json").write_text('{"layers_sha256": "0"}', encoding="utf-8")
    monkeypatch.setattr("index.embedder.TUNED", tmp_path)

    with pytest.raises(ModelError, match=r"layers.safetensors: not the layers that were trained; get the file again"):
        _tune(Embedder(SMALL_NAME).model())


def test_a_model_that_is_nowhere_is_said_in_one_line(tmp_path: Path) -> None:
    """No hub is asked; the line names what was tried."""
    with pytest.raises(ModelError, match="the model cannot be loaded"):
        Embedder(str(tmp_path / "nowhere")).encode(["hello"])
