"""The encoder as ONNX Runtime runs it: the same weights, without torch, ready in half a second.

The model is exported once, when the first index is built, with its matrices as 8-bit weights, and is only used if it
gives the same vectors. Embedding tables stay as they are.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import logging
import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray

from index.errors import ModelError
from index.vectors import Vectors

if TYPE_CHECKING:
    import onnxruntime
    from sentence_transformers import SentenceTransformer

SUM: Final = ".sha256"
REFUSED: Final = ".refused"  # beside a model that cannot be exported on this machine, so that nobody tries again
SCRATCH: Final = ".exporting-"
KEPT: Final = 2  # exports: another checkout may use the other one
BATCH: Final = 16
SAME_FROM: Final = 0.999  # cosine between the two vectors of one text
BLOCK: Final = 32  # weights that share one scale
PROBES: Final = (
    "hi",
    "since the twins were born we're basically coworkers, i miss him",
    "She says she's fine. She isn't. " * 12,
)


class RuntimeEncoder:
    """An exported encoder. The session and the tokenizer belong to one owner, who holds the lock."""

    def __init__(self, path: Path, tokenizer: Path, max_tokens: int) -> None:
        """Open an exported model.

        Args:
            path: the exported model.
            tokenizer: the published ``tokenizer.json`` of the same model.
            max_tokens: how much of a text is read.

        Raises:
            ModelError: it cannot be opened.
        """
        import onnxruntime  # noqa: PLC0415 - only when it is needed
        from tokenizers import Tokenizer  # noqa: PLC0415

        try:
            self._tokenizer = Tokenizer.from_file(str(tokenizer))
            self._session = onnxruntime.InferenceSession(str(path), _options(), providers=["CPUExecutionProvider"])
        except Exception as error:  # both libraries raise their own kinds
            raise ModelError(
                f"{path}: cannot be opened ({type(error).__name__}); remove it, and it is made again"
            ) from None
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(max_tokens)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a text, shape (texts, dimensions)."""
        read = self._tokenizer.encode_batch(list(texts))
        order = sorted(range(len(read)), key=lambda row: len(read[row].ids))
        vectors: list[Vectors] = [np.empty(0, dtype=np.float32)] * len(read)
        for begin in range(0, len(order), BATCH):
            rows = order[begin : begin + BATCH]
            found = self._run(["vector"], [read[row].ids for row in rows])[0]
            for row, vector in zip(rows, found, strict=True):
                vectors[row] = vector
        return np.stack(vectors)

    def encode_spans(self, text: str, spans: Sequence[tuple[int, int]]) -> tuple[Vectors, list[Vectors | None]]:
        """Return the text's unit vector and those of its stretches, each read in the light of the whole.

        Args:
            text: what is read, once.
            spans: begin and end of stretches, in characters. A stretch beyond what is read gets none.
        """
        read = self._tokenizer.encode(text)
        vector, tokens = self._run(["vector", "tokens"], [read.ids])
        begins = np.array([begin for begin, _ in read.offsets])
        ends = np.array([end for _, end in read.offsets])
        found: list[Vectors | None] = []
        for begin, end in spans:
            inside = (begins < end) & (ends > begin)
            mean = tokens[0][inside].mean(axis=0) if inside.any() else None
            found.append(None if mean is None else mean / np.linalg.norm(mean))
        return vector[0], found

    def _run(self, wanted: list[str], ids: list[list[int]]) -> list[NDArray[np.float32]]:
        width = max(map(len, ids))
        padded = np.ones((len(ids), width), dtype=np.int64)
        mask = np.zeros((len(ids), width), dtype=np.int64)
        for row, known in enumerate(ids):
            padded[row, : len(known)] = known
            mask[row, : len(known)] = 1
        return list(self._session.run(wanted, {"input_ids": padded, "attention_mask": mask}))


def export_once(load: Callable[[], SentenceTransformer], path: Path, tokenizer: Path) -> None:
    """Export a model to a path, unless the whole of it is there or another process makes it meanwhile.

    Raises:
        ModelError: it cannot be exported, cannot be written, or would give other vectors.
    """
    if _is_whole(path):
        return
    if path.with_suffix(REFUSED).exists():
        raise ModelError(f"{path.with_suffix(REFUSED)}: could not be exported earlier; remove this file to try again")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path.with_suffix(".lock")):
            if not _is_whole(path):
                _export(load(), path, tokenizer)
                _remove_others(path)
    except ModelError:
        raise
    except OSError as error:
        raise ModelError(f"{path}: cannot be written ({error.strerror}); set NEARER_INDEX_DIR") from None
    except Exception as error:  # the exporting libraries raise their own kinds
        raise ModelError(f"{path}: cannot be exported ({type(error).__name__}: {error})") from None


def _is_whole(path: Path) -> bool:
    """Tell whether the file is there and is what was written."""
    try:
        expected = path.with_suffix(SUM).read_text(encoding="ascii").strip()
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == expected
    except (OSError, UnicodeDecodeError):
        return False


def _remove_others(path: Path) -> None:
    """Remove all but the newest exports, and what killed ones left behind; a process that has one open keeps it."""
    for scratch in path.parent.glob(f"{SCRATCH}*"):
        shutil.rmtree(scratch, ignore_errors=True)
    made = sorted(path.parent.glob(f"*{path.suffix}"), key=lambda each: -each.stat().st_mtime)
    for other in made[KEPT:]:
        other.unlink(missing_ok=True)
        other.with_suffix(SUM).unlink(missing_ok=True)


def _export(model: SentenceTransformer, path: Path, tokenizer: Path) -> None:
    """Write the model beside its place, compare its vectors, and move it there in one step."""
    with tempfile.TemporaryDirectory(prefix=SCRATCH, dir=path.parent) as scratch:
        made = Path(scratch) / path.name
        _write(model, made)
        with made.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        made.with_suffix(SUM).write_text(digest, encoding="ascii")
        expected = model.encode(list(PROBES), normalize_embeddings=True, show_progress_bar=False)
        found = RuntimeEncoder(made, tokenizer, int(model.max_seq_length or 0)).encode(PROBES)
        if not float((expected * found).sum(axis=1).min()) >= SAME_FROM:  # not a number is not the same either
            path.with_suffix(REFUSED).touch()
            raise ModelError(f"{path}: the exported model gives other vectors than the one it was made from")
        os.replace(made.with_suffix(SUM), path.with_suffix(SUM))
        os.replace(made, path)


def _write(model: SentenceTransformer, path: Path) -> None:
    """Export with torch and keep the matrices as 8-bit weights."""
    import torch  # noqa: PLC0415 - only here
    from onnxruntime.quantization.matmul_nbits_quantizer import (  # noqa: PLC0415
        DefaultWeightOnlyQuantConfig,
        MatMulNBitsQuantizer,
    )

    class Pooled(torch.nn.Module):
        """Token vectors, and their mean as a unit vector."""

        def __init__(self, inner: torch.nn.Module) -> None:
            super().__init__()
            self.inner = inner

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            tokens = self.inner(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
            shares = attention_mask.unsqueeze(-1).to(tokens.dtype)
            mean = (tokens * shares).sum(1) / shares.sum(1)
            return torch.nn.functional.normalize(mean, dim=1), tokens

    inner: Any = model[0].auto_model
    example = torch.tensor([[0, 7592, 2045, 2], [0, 7592, 2, 1]])
    mask = torch.tensor([[1, 1, 1, 1], [1, 1, 1, 0]])  # something is padded, or the export would leave the mask out
    free = {0: torch.export.Dim.DYNAMIC, 1: torch.export.Dim.DYNAMIC}
    with _quiet():
        program = torch.onnx.export(
            Pooled(inner).eval(),
            (example, mask),
            input_names=["input_ids", "attention_mask"],
            output_names=["vector", "tokens"],
            dynamic_shapes=(free, free),
            dynamo=True,
            verbose=False,
        )
        if program is None:
            raise ModelError(f"{path}: the model cannot be exported")
        quantizer = MatMulNBitsQuantizer(
            program.model_proto,
            algo_config=DefaultWeightOnlyQuantConfig(block_size=BLOCK, is_symmetric=True, accuracy_level=4, bits=8),
        )
        quantizer.process()
        quantizer.model.save_model_to_file(str(path), use_external_data_format=False)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep what the exporting libraries tell of each of their steps to ourselves."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with (
            warnings.catch_warnings(action="ignore"),
            contextlib.redirect_stdout(io.StringIO()),
            contextlib.redirect_stderr(io.StringIO()),
        ):
            yield
    finally:
        logging.disable(before)


def _options() -> onnxruntime.SessionOptions:
    """Return session options: quiet, and without threads that spin while nobody asks anything."""
    import onnxruntime  # noqa: PLC0415

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return options
