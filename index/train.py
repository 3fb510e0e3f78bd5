"""Train the encoder's highest layers and its heads on all authored texts, all tasks at once.

One sentence encoder learns to tell situations, passages, dialogue acts, scope and safety signals apart, so that one
embedding of a message serves every decision. Messages that only look like a signal are trained as "none", which is
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
from index.build import rows_of
from index.embedder import FACTS, HEADS, LAYERS, MAX_TOKENS, VECTORS, Embedder
from index.heads import Head, fit_shares
from index.progress import Report
from index.tasks import Task, tasks_of
from index.tuned import StoredVectors, load_layers, save_layers, save_vectors

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer

SEED: Final = 20261123
EPOCHS: Final = 2
BATCH: Final = 64
ENCODER_RATE: Final = 6e-5  # AdamW step of the encoder
HEAD_RATE: Final = 2e-2  # AdamW step of the heads, which begin at zero
WARM_UP: Final = 0.1  # share of the steps in which the rates rise
SCALE: Final = 16.0  # unit vectors are multiplied by this before the heads, as a temperature
TAUGHT_TOKENS: Final = 112  # of one text, enough for all but one in thirty
FROZEN: Final = 9  # lowest layers, and the word table, that stay as published: less to overfit, less to ship
CLIP: Final = 1.0  # largest norm of a gradient
# Heads fitted on the final vectors instead of the trained ones, with 1 / the L2 penalty; and heads between the two, which
# err otherwise, with the share of the fitted one besides. Chosen on the dev sets.
FITTED_AGAIN: Final = {"act": 30.0, "scope": 30.0, "situation": 10.0, "strain": 30.0, "correction": 30.0}
BETWEEN: Final = {"signal": (10.0, 0.7), "passage": (10.0, 0.5)}
WEIGHTS: Final = {
    "passage": 1.0,
    "situation": 0.7,
    "act": 1.2,
    "scope": 1.2,
    "signal": 1.0,
    "strain": 0.1,
    "correction": 0.5,
}


def train(content: Content, published: Embedder, folder: Path, progress: Report, epochs: int = EPOCHS) -> None:
    """Train from the published larger encoder and write what is learnt into a folder.

    The lowest layers stay as they were published, so what they make of each text is computed once.

    Args:
        content: all authored texts.
        published: the larger encoder as published; its model is changed.
        folder: gets the trained layers, the heads, the vectors of all content and ``training.json``.
        progress: told after each step.
        epochs: passes over all texts.

    Raises:
        ModelError: the published encoder cannot be loaded.
    """
    _seed()
    began = time.monotonic()
    start = published.model()
    tasks = {task.name: task for task in tasks_of(content)}
    lessons = _lessons(tasks)
    lower = _lower_layers(start, list(lessons), progress)
    heads = {name: _zero_head(start, len(task.classes)) for name, task in tasks.items()}
    _fit(start, heads, tasks, lessons, lower, progress, epochs)
    folder.mkdir(parents=True, exist_ok=True)
    _save_layers(start, folder)
    _save_vectors(start, _all_texts(content, tasks), lower, folder, progress)
    _save_heads(heads, tasks, folder)
    facts = {
        "layers_sha256": hashlib.sha256((folder / LAYERS).read_bytes()).hexdigest(),
        "seed": SEED,
        "epochs": epochs,
        "texts": {name: len(task.texts) for name, task in tasks.items()},
        "minutes": round((time.monotonic() - began) / 60, 1),
    }
    (folder / FACTS).write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")


def _fit(
    start: SentenceTransformer,
    heads: dict[str, torch.nn.Linear],
    tasks: dict[str, Task],
    lessons: dict[str, dict[str, int]],
    lower: dict[str, torch.Tensor],
    progress: Report,
    epochs: int,
) -> None:
    """Change the highest layers and the heads, batch by batch."""
    import torch  # noqa: PLC0415 - only training needs it

    upper = start[0].auto_model.encoder.layer[FROZEN:]
    plan = [batch for epoch in range(epochs) for batch in _batches(_of_epoch(lessons, epoch), lower, epoch)]
    solver = torch.optim.AdamW(
        [
            {"params": list(upper.parameters()), "lr": ENCODER_RATE, "weight_decay": 0.01},
            {
                "params": [p for head in heads.values() for p in head.parameters()],
                "lr": HEAD_RATE,
                "weight_decay": 0.01,
            },
        ]
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(solver, lambda step: _rate(step, len(plan)))
    upper.train()
    for step, texts in enumerate(plan, start=1):
        vectors = SCALE * _upper_layers(start, [lower[text] for text in texts])
        loss = _loss(vectors, [lessons[text] for text in texts], tasks, heads)
        solver.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(upper.parameters(), CLIP)
        solver.step()
        schedule.step()
        progress("training", step, len(plan))
    start.eval()


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
    model.max_seq_length = TAUGHT_TOKENS
    made: dict[str, torch.Tensor] = {}
    order = sorted(texts, key=len)
    model.eval()
    with torch.inference_mode():
        for begin in range(0, len(order), BATCH):
            chunk = order[begin : begin + BATCH]
            features = model.preprocess(chunk)
            mask = features["attention_mask"].bool()
            hidden = inner.embeddings(input_ids=features["input_ids"])
            hidden = _run(inner, inner.encoder.layer[:FROZEN], hidden, mask)
            for text, states, length in zip(chunk, hidden, mask.sum(dim=1), strict=True):
                made[text] = states[:length].half().clone()
            progress("reading", min(begin + BATCH, len(order)), len(order))
    return made


def _run(inner: torch.nn.Module, layers: torch.nn.ModuleList, hidden: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Return what some layers of an MPNet encoder make of states, as the model itself runs them."""
    import torch  # noqa: PLC0415

    bias = inner.encoder.compute_position_bias(hidden)  # type: ignore[operator,union-attr]
    ignored = torch.zeros(mask.shape).masked_fill(~mask, torch.finfo(torch.float32).min)[:, None, None, :]
    for layer in layers:
        hidden = layer(hidden, ignored, bias)[0]
    return hidden


def _upper_layers(model: SentenceTransformer, states: list[torch.Tensor]) -> torch.Tensor:
    """Return unit vectors with their gradients, shape (texts, dimensions): the rest of the encoder, mean pooling."""
    import torch  # noqa: PLC0415

    inner = model[0].auto_model
    hidden = torch.nn.utils.rnn.pad_sequence([state.float() for state in states], batch_first=True)
    lengths = torch.tensor([len(state) for state in states])
    mask = torch.arange(hidden.shape[1])[None, :] < lengths[:, None]
    hidden = _run(inner, inner.encoder.layer[FROZEN:], hidden, mask)
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
            total = total + WEIGHTS[name] * _cost(heads[name](vectors[held]), goal, apart=task.apart) / len(lessons)
    return total


def _cost(raw: torch.Tensor, goal: torch.Tensor, *, apart: bool) -> torch.Tensor:
    """Return the summed cross-entropy, over classes that exclude one another or that are judged apart."""
    import torch  # noqa: PLC0415

    if apart:
        return torch.nn.functional.binary_cross_entropy_with_logits(raw, goal, reduction="sum")
    return -(goal * torch.log_softmax(raw, dim=1)).sum()


def _seed() -> None:
    import torch  # noqa: PLC0415

    random.seed(SEED)
    np.random.seed(SEED)  # noqa: NPY002 - the libraries below use the global one
    torch.manual_seed(SEED)


def _of_epoch(lessons: dict[str, dict[str, int]], epoch: int) -> list[str]:
    """Return the texts of one epoch: all but every other concern, of which there are most."""
    return [text for text, lesson in lessons.items() if lesson.get("passage", epoch) % 2 == epoch % 2]


def _batches(texts: list[str], states: dict[str, torch.Tensor], epoch: int) -> Iterator[list[str]]:
    """Yield the batches of one epoch in mixed order; texts of like length share a batch."""
    shuffle = random.Random(SEED + epoch)  # noqa: S311 - an order, not a secret
    order = sorted(texts, key=lambda text: len(states[text]) * shuffle.uniform(0.8, 1.25))
    batches = [order[begin : begin + BATCH] for begin in range(0, len(order), BATCH)]
    shuffle.shuffle(batches)
    yield from batches


def _rate(step: int, steps: int) -> float:
    """Return the share of the full rate: rising at first, then falling to zero."""
    warm = max(1, int(WARM_UP * steps))
    return step / warm if step < warm else max(0.0, (steps - step) / (steps - warm))


def _save_layers(model: SentenceTransformer, folder: Path) -> None:
    """Write the trained layers, and go on with them as they will be read again."""
    import torch  # noqa: PLC0415

    inner = model[0].auto_model
    trained = {
        name: weights
        for name, weights in inner.state_dict().items()
        if name.startswith("encoder.layer.") and int(name.split(".")[2]) >= FROZEN
    }
    save_layers(folder / LAYERS, trained)
    read = {name: torch.from_numpy(weights) for name, weights in load_layers(folder / LAYERS).items()}
    inner.load_state_dict(read, strict=False)


def _save_heads(heads: dict[str, torch.nn.Linear], tasks: dict[str, Task], folder: Path) -> None:
    arrays: dict[str, NDArray[np.generic]] = {}
    stored = StoredVectors.load(folder / VECTORS)
    for name, head in heads.items():
        made = _as_trained(tasks[name], head)
        if name in FITTED_AGAIN:
            made = _again(tasks[name], stored, FITTED_AGAIN[name])
        if name in BETWEEN:
            strength, share = BETWEEN[name]
            made = _between(made, _again(tasks[name], stored, strength), share)
        arrays[f"{name}.weights"] = made.weights.astype(np.float16)
        arrays[f"{name}.bias"] = made.bias.astype(np.float32)
        arrays[f"{name}.apart"] = np.array(made.apart)
        arrays[f"{name}.classes"] = np.array(made.classes)
    with (folder / HEADS).open("wb") as file:
        np.savez_compressed(file, **arrays)  # type: ignore[arg-type]


def _as_trained(task: Task, head: torch.nn.Linear) -> Head:
    return Head(task.classes, (head.weight.detach() * SCALE).numpy(), head.bias.detach().numpy(), task.apart)


def _between(trained: Head, fitted: Head, share: float) -> Head:
    """Return the head that has this share of the fitted one."""
    weights = (1 - share) * trained.weights + share * fitted.weights
    return Head(trained.classes, weights, (1 - share) * trained.bias + share * fitted.bias, trained.apart)


def _again(task: Task, stored: StoredVectors, strength: float) -> Head:
    """Return a head fitted on the final vectors: better for decisions that have few texts a class."""
    known = [(row, vector) for row, text in enumerate(task.texts) if (vector := stored.find(text)) is not None]
    rows = [row for row, _ in known]
    vectors = np.stack([vector for _, vector in known])
    return fit_shares(vectors, task.classes, task.shares[rows], strength, apart=task.apart)


def _all_texts(content: Content, tasks: dict[str, Task]) -> list[str]:
    banks = [text for rows in rows_of(content).values() for text in rows.texts]
    return list(dict.fromkeys([*banks, *(text for task in tasks.values() for text in task.texts)]))


def _save_vectors(
    model: SentenceTransformer, texts: list[str], lower: dict[str, torch.Tensor], folder: Path, progress: Report
) -> None:
    """Write the vectors of all texts, from what the frozen layers made of it where that is the whole text."""
    import torch  # noqa: PLC0415

    short = sorted((text for text in texts if len(lower.get(text, ())) in range(1, TAUGHT_TOKENS)), key=len)
    rest = sorted(set(texts) - set(short), key=len)
    made = []
    with torch.inference_mode():
        for begin in range(0, len(short), BATCH):
            made.append(_upper_layers(model, [lower[text] for text in short[begin : begin + BATCH]]).numpy())
            progress("vectors", begin, len(texts))
    model.max_seq_length = MAX_TOKENS
    made.append(model.encode(rest, batch_size=BATCH, normalize_embeddings=True, show_progress_bar=False))
    save_vectors(folder / VECTORS, [*short, *rest], np.concatenate(made))
