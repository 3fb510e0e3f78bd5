"""Train the encoder and its heads on all authored texts, all tasks at once.

One small sentence encoder learns to tell situations, passages, dialogue acts, scope and safety signals apart, so that
one embedding of a message serves every decision. Messages that only look like a signal are trained as "none", which is
what an untuned embedding cannot do.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from corpus.content import Content
from index.build import COVERED, NO_ACT, NOT, Progress, graded_targets

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer

SEED: Final = 20261123
EPOCHS: Final = 5
BATCH: Final = 48
ENCODER_RATE: Final = 6e-5  # AdamW step of the encoder
HEAD_RATE: Final = 2e-2  # AdamW step of the heads, which begin at zero
WARM_UP: Final = 0.1  # share of the steps in which the rates rise
SCALE: Final = 16.0  # unit vectors are multiplied by this before the heads, as a temperature
MAX_TOKENS: Final = 160
FROZEN: Final = 2  # lowest layers, and the word table, that stay as published: less to overfit, half the time
CLIP: Final = 1.0  # largest norm of a gradient
ALSO_SHARE: Final = 0.4
NONE: Final = "none"
ORDINARY: Final = 3  # every third concern is also shown to the signals' head as "none"
WEIGHTS: Final = {"passage": 1.0, "situation": 0.7, "act": 0.7, "scope": 0.7, "signal": 1.0}


@dataclass(frozen=True)
class Task:
    """One decision: texts, classes, and the share of each class for each text, shape (texts, classes)."""

    name: str
    texts: tuple[str, ...]
    classes: tuple[str, ...]
    shares: NDArray[np.float32]

    @classmethod
    def from_labels(cls, name: str, pairs: Sequence[tuple[str, str]]) -> Task:
        """Return a task in which each text has one class."""
        classes = tuple(sorted({label for _, label in pairs}))
        column = {label: number for number, label in enumerate(classes)}
        shares = np.zeros((len(pairs), len(classes)), dtype=np.float32)
        for row, (_, label) in enumerate(pairs):
            shares[row, column[label]] = 1.0
        return cls(name, tuple(text for text, _ in pairs), classes, shares)


def tasks_of(content: Content) -> tuple[Task, ...]:
    """Return all tasks that the content teaches."""
    talk = content.conversation
    concerns = [exemplar.text for exemplar in content.exemplars]
    acts = [(says, act.id) for act in talk.acts for says in act.says]
    scopes = [(says, scope.id) for scope in talk.scopes for says in scope.says]
    signals = [(says, signal.id) for signal in content.signals for says in signal.says]
    signals += [(text, NONE) for signal in content.signals for text in signal.looks_like]
    signals += [(text, NONE) for text in concerns[::ORDINARY]] + [(text, NONE) for text, _ in acts[::2]]
    signals += [(text, NONE) for text, kind in scopes[::2]]
    ids = tuple(content.passages)
    gains = graded_targets(content, ids)
    return (
        Task("passage", tuple(concerns), ids, gains / gains.sum(axis=1, keepdims=True)),
        _situations(content),
        Task.from_labels("act", acts + [(text, NO_ACT) for text in concerns[1::4]]),
        Task.from_labels("scope", scopes + [(text, COVERED) for text in concerns[::2]]),
        Task.from_labels("signal", signals),
    )


def _situations(content: Content) -> Task:
    classes = tuple(sorted({exemplar.situation for exemplar in content.exemplars}))
    column = {name: number for number, name in enumerate(classes)}
    shares = np.zeros((len(content.exemplars), len(classes)), dtype=np.float32)
    for row, exemplar in enumerate(content.exemplars):
        shares[row, column[exemplar.situation]] = 1.0
        for also in exemplar.also:
            if also in column:
                shares[row, column[also]] += ALSO_SHARE
    texts = tuple(exemplar.text for exemplar in content.exemplars)
    return Task("situation", texts, classes, shares / shares.sum(axis=1, keepdims=True))


def train(content: Content, start: SentenceTransformer, folder: Path, progress: Progress, epochs: int = EPOCHS) -> None:
    """Train from ``start`` and write the tuned model and its heads into a folder.

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
    width = start.get_embedding_dimension()
    heads = {name: torch.nn.Linear(width, len(task.classes)) for name, task in tasks.items()}
    for head in heads.values():
        torch.nn.init.zeros_(head.weight)
        torch.nn.init.zeros_(head.bias)
    plan = [batch for epoch in range(epochs) for batch in _batches(tasks, epoch)]
    _freeze(start)
    solver = torch.optim.AdamW(
        [
            {"params": [p for p in start.parameters() if p.requires_grad], "lr": ENCODER_RATE, "weight_decay": 0.01},
            {"params": [p for head in heads.values() for p in head.parameters()], "lr": HEAD_RATE, "weight_decay": 0.01},
        ]
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(solver, lambda step: _rate(step, len(plan)))
    start.train()
    start.max_seq_length = MAX_TOKENS
    for step, (name, rows) in enumerate(plan, start=1):
        task = tasks[name]
        vectors = embed(start, [task.texts[row] for row in rows])
        guess = torch.log_softmax(heads[name](SCALE * vectors), dim=1)
        loss = -(torch.from_numpy(task.shares[rows]) * guess).sum(dim=1).mean() * WEIGHTS[name]
        solver.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(start.parameters(), CLIP)
        solver.step()
        schedule.step()
        progress("training", step, len(plan))
    _save(start, heads, tasks, folder, content, time.monotonic() - began, epochs)


def embed(model: SentenceTransformer, texts: Sequence[str]) -> torch.Tensor:
    """Return unit vectors with their gradients, shape (texts, dimensions)."""
    import torch  # noqa: PLC0415

    features = model.preprocess(list(texts)) if hasattr(model, "preprocess") else model.tokenize(list(texts))
    return torch.nn.functional.normalize(model(features)["sentence_embedding"], dim=1)


def _freeze(model: SentenceTransformer) -> None:
    """Keep the word table and the lowest layers as they were published."""
    inner = model[0].auto_model
    for part in (inner.embeddings, *inner.encoder.layer[:FROZEN]):
        for parameter in part.parameters():
            parameter.requires_grad_(False)


def _seed() -> None:
    import torch  # noqa: PLC0415

    random.seed(SEED)
    np.random.seed(SEED)  # noqa: NPY002 - the libraries below use the global one
    torch.manual_seed(SEED)


def _batches(tasks: dict[str, Task], epoch: int) -> Iterator[tuple[str, list[int]]]:
    """Yield the batches of one epoch in mixed order; texts of like length share a batch."""
    shuffle = random.Random(SEED + epoch)  # noqa: S311 - an order, not a secret
    batches = []
    for name, task in tasks.items():
        order = sorted(range(len(task.texts)), key=lambda row: len(task.texts[row]) * shuffle.uniform(0.6, 1.4))
        batches += [(name, order[begin : begin + BATCH]) for begin in range(0, len(order), BATCH)]
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
        "content": content.fingerprint,
        "seed": SEED,
        "epochs": epochs,
        "texts": {name: len(task.texts) for name, task in tasks.items()},
        "minutes": round(seconds / 60, 1),
    }
    (folder / "training.json").write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
