"""Train the encoder and its heads on all authored texts, all tasks at once.

One small sentence encoder learns to tell situations, passages, dialogue acts, scope and safety signals apart, so that
one embedding of a message serves every decision. Messages that only look like a signal are trained as "none", which is
what an untuned embedding cannot do.
"""

from __future__ import annotations

import hashlib
import json
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from corpus.content import Content
from index.embedder import Embedder
from index.progress import Report
from index.tasks import Task, tasks_of

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer

SEED: Final = 20261123
EPOCHS: Final = 4
BATCH: Final = 64
ENCODER_RATE: Final = 1e-4  # AdamW step of the encoder
HEAD_RATE: Final = 2e-2  # AdamW step of the heads, which begin at zero
WARM_UP: Final = 0.1  # share of the steps in which the rates rise
SCALE: Final = 16.0  # unit vectors are multiplied by this before the heads, as a temperature
MAX_TOKENS: Final = 112
FROZEN: Final = 3  # lowest layers, and the word table, that stay as published: less to overfit, half the time
CLIP: Final = 1.0  # largest norm of a gradient
WEIGHTS: Final = {"passage": 1.0, "situation": 0.7, "act": 0.7, "scope": 0.7, "signal": 1.0}


def train(content: Content, start: SentenceTransformer, folder: Path, progress: Report, epochs: int = EPOCHS) -> None:
    """Train from ``start`` and write the tuned model and its heads into a folder.

    The lowest layers stay as they were published, so what they make of each text is computed once.

    Args:
        content: all authored texts.
        start: the published encoder; it is changed.
        folder: gets a sentence-transformers model in half precision and ``heads.npz``.
        progress: told after each step.
        epochs: passes over all texts.
    """
    import torch  # noqa: PLC0415 - only training needs it

    _seed()
    began = time.monotonic()
    tasks = {task.name: task for task in tasks_of(content)}
    lessons = _lessons(tasks)
    lower = _lower_layers(start, list(lessons), progress)
    heads = {name: _zero_head(start, len(task.classes)) for name, task in tasks.items()}
    upper = start[0].auto_model.encoder.layer[FROZEN:]
    plan = [batch for epoch in range(epochs) for batch in _batches(lower, epoch)]
    solver = torch.optim.AdamW(
        [
            {"params": list(upper.parameters()), "lr": ENCODER_RATE, "weight_decay": 0.01},
            {"params": [p for head in heads.values() for p in head.parameters()], "lr": HEAD_RATE, "weight_decay": 0.01},
        ]
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(solver, lambda step: _rate(step, len(plan)))
    upper.train()
    for step, texts in enumerate(plan, start=1):
        vectors = SCALE * _upper_layers(upper, [lower[text] for text in texts])
        loss = _loss(vectors, [lessons[text] for text in texts], tasks, heads)
        solver.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(upper.parameters(), CLIP)
        solver.step()
        schedule.step()
        progress("training", step, len(plan))
    _save(start, heads, tasks, folder, content, time.monotonic() - began, epochs)


def train_encoder(content: Content, published: Embedder, folder: Path, progress: Report, epochs: int = EPOCHS) -> None:
    """Train from the published encoder; see ``train``.

    Raises:
        ModelError: the published encoder cannot be loaded.
    """
    train(content, published.model(), folder, progress, epochs)


def _lessons(tasks: dict[str, Task]) -> dict[str, dict[str, int]]:
    """Return, for each different text, the row that it has in each task, so that a text is read once an epoch."""
    lessons: dict[str, dict[str, int]] = {}
    for name, task in tasks.items():
        for row, text in enumerate(task.texts):
            lessons.setdefault(text, {})[name] = row
    return lessons


def _zero_head(model: SentenceTransformer, classes: int) -> torch.nn.Linear:
    import torch  # noqa: PLC0415

    head = torch.nn.Linear(model.get_embedding_dimension(), classes)
    torch.nn.init.zeros_(head.weight)
    torch.nn.init.zeros_(head.bias)
    return head


def _lower_layers(model: SentenceTransformer, texts: list[str], progress: Report) -> dict[str, torch.Tensor]:
    """Return what the frozen layers make of each text, shape (tokens, dimensions), half precision."""
    import torch  # noqa: PLC0415

    inner = model[0].auto_model
    model.max_seq_length = MAX_TOKENS
    made: dict[str, torch.Tensor] = {}
    order = sorted(texts, key=len)
    model.eval()
    with torch.no_grad():
        for begin in range(0, len(order), BATCH):
            chunk = order[begin : begin + BATCH]
            features = model.preprocess(chunk) if hasattr(model, "preprocess") else model.tokenize(chunk)
            mask = features["attention_mask"]
            hidden = inner.embeddings(input_ids=features["input_ids"])
            for layer in inner.encoder.layer[:FROZEN]:
                hidden = layer(hidden, mask[:, None, None, :].bool())
            for text, states, length in zip(chunk, hidden, mask.sum(dim=1), strict=True):
                made[text] = states[:length].half()
            progress("reading", min(begin + BATCH, len(order)), len(order))
    return made


def _upper_layers(layers: torch.nn.ModuleList, states: list[torch.Tensor]) -> torch.Tensor:
    """Return unit vectors with their gradients, shape (texts, dimensions): the rest of the encoder, mean pooling."""
    import torch  # noqa: PLC0415

    hidden = torch.nn.utils.rnn.pad_sequence([state.float() for state in states], batch_first=True)
    lengths = torch.tensor([len(state) for state in states])
    mask = torch.arange(hidden.shape[1])[None, :] < lengths[:, None]
    for layer in layers:
        hidden = layer(hidden, mask[:, None, None, :])
    pooled = (hidden * mask[:, :, None]).sum(dim=1) / lengths[:, None]
    return torch.nn.functional.normalize(pooled, dim=1)


def _loss(
    vectors: torch.Tensor, lessons: list[dict[str, int]], tasks: dict[str, Task], heads: dict[str, torch.nn.Linear]
) -> torch.Tensor:
    """Return the weighted sum over tasks of the cross-entropy of the texts that teach them."""
    import torch  # noqa: PLC0415

    total = torch.zeros(())
    for name, task in tasks.items():
        held = [number for number, lesson in enumerate(lessons) if name in lesson]
        if held:
            goal = torch.from_numpy(task.shares[[lessons[number][name] for number in held]])
            guess = torch.log_softmax(heads[name](vectors[held]), dim=1)
            total = total - WEIGHTS[name] * (goal * guess).sum() / len(lessons)
    return total


def _seed() -> None:
    import torch  # noqa: PLC0415

    random.seed(SEED)
    np.random.seed(SEED)  # noqa: NPY002 - the libraries below use the global one
    torch.manual_seed(SEED)


def _batches(states: dict[str, torch.Tensor], epoch: int) -> Iterator[list[str]]:
    """Yield the batches of one epoch in mixed order; texts of like length share a batch."""
    shuffle = random.Random(SEED + epoch)  # noqa: S311 - an order, not a secret
    order = sorted(states, key=lambda text: len(states[text]) * shuffle.uniform(0.8, 1.25))
    batches = [order[begin : begin + BATCH] for begin in range(0, len(order), BATCH)]
    shuffle.shuffle(batches)
    yield from batches


def _rate(step: int, steps: int) -> float:
    """Return the share of the full rate: rising at first, then falling to zero."""
    warm = max(1, int(WARM_UP * steps))
    return step / warm if step < warm else max(0.0, (steps - step) / (steps - warm))


def _save(
    model: SentenceTransformer,
    heads: dict[str, torch.nn.Linear],
    tasks: dict[str, Task],
    folder: Path,
    content: Content,
    seconds: float,
    epochs: int,
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    model.eval()
    model.half().save(str(folder), create_model_card=False, safe_serialization=True)
    arrays: dict[str, NDArray[np.generic]] = {}
    for name, head in heads.items():
        arrays[f"{name}.weights"] = (head.weight.detach() * SCALE).numpy().astype(np.float16)
        arrays[f"{name}.bias"] = head.bias.detach().numpy().astype(np.float32)
        arrays[f"{name}.classes"] = np.array(tasks[name].classes)
    with (folder / "heads.npz").open("wb") as file:
        np.savez_compressed(file, **arrays)
    facts = {
        "weights_sha256": hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest(),
        "content": content.fingerprint,
        "seed": SEED,
        "epochs": epochs,
        "texts": {name: len(task.texts) for name, task in tasks.items()},
        "minutes": round(seconds / 60, 1),
    }
    (folder / "training.json").write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
