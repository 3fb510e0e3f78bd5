"""Trained layers and stored vectors: what comes back from bytes is what was put in, nearly."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from index.errors import ModelError
from index.tuned import StoredVectors, load_layers, save_layers, save_vectors


def test_layers_come_back_within_a_hundredth_of_their_largest_number(tmp_path: Path) -> None:
    """One byte a number with a scale a row loses less than one part in a hundred; vectors lose half precision only."""
    matrix, bias = torch.randn(8, 32, generator=torch.Generator().manual_seed(1)), torch.linspace(-1, 1, 8)
    save_layers(tmp_path / "layers.safetensors", {"a.weight": matrix, "a.bias": bias})

    layers = load_layers(tmp_path / "layers.safetensors")

    assert set(layers) == {"a.weight", "a.bias"}
    np.testing.assert_allclose(layers["a.weight"], matrix.numpy(), atol=0.01 * float(matrix.abs().max()))
    np.testing.assert_allclose(layers["a.bias"], bias.numpy(), atol=1e-3)


def test_a_stored_vector_is_found_by_its_text_only(tmp_path: Path) -> None:
    """The text that was stored has its unit vector; another text has none."""
    vectors = np.array([[0.6, 0.8, 0.0], [0.0, 0.0, 1.0]], dtype=np.float32)
    save_vectors(tmp_path / "vectors.safetensors", ["tea", "walk"], vectors)

    stored = StoredVectors.load(tmp_path / "vectors.safetensors")

    found = stored.find("tea")
    assert found is not None
    np.testing.assert_allclose(found, vectors[0], atol=0.01)
    assert stored.find("Tea") is None


def test_a_file_cut_short_is_said_in_one_line(tmp_path: Path) -> None:
    """Half a file is no traceback."""
    (tmp_path / "layers.safetensors").write_bytes(b"\x10")

    with pytest.raises(ModelError, match=r"layers.safetensors: cannot be read .*; get the file again"):
        load_layers(tmp_path / "layers.safetensors")
