"""The page that `nearer bench` writes: figures as Markdown and JSON, and a picture of the times."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

PICTURE: Final = "bench.png"
FLOOR: Final = "encoder"


def write(card: dict[str, Any], folder: Path) -> None:
    """Write the measurements as Markdown and JSON, and draw them where matplotlib is installed."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "bench.json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    (folder / "bench.md").write_text(markdown(card), encoding="utf-8")
    try:
        _draw(card, folder / PICTURE)
    except ModuleNotFoundError:  # comes with the development tools only
        return


def markdown(card: dict[str, Any]) -> str:
    """Return the measurements as Markdown."""
    machine = card["machine"]
    lines = [
        "# Speed and memory",
        "",
        f"Written by `nearer bench` on {machine['processor']}, {machine['cores']} cores, {machine['system']}, "
        f"Python {machine['python']}, with {card['messages']} messages of the dev set. "
        "The machine does other work too: read the ratios, not the milliseconds.",
        "",
        *_latency(card["latency"]),
        *_start(card["start"]),
        *_others(card),
        *_peers(card["peers"]),
        f"![Times of a reply]({PICTURE})",
    ]
    return "\n".join(lines) + "\n"


def _latency(rows: dict[str, dict[str, float]]) -> list[str]:
    floor = rows[FLOOR]["p50"]
    lines = ["| | p50 ms | p95 ms | p99 ms | p50 against the bare encoder |", "|---|---|---|---|---|"]
    lines += [
        f"| {name} | {row['p50']:.1f} | {row['p95']:.1f} | {row['p99']:.1f} | {row['p50'] / floor:.2f} |"
        for name, row in rows.items()
    ]
    return [*lines, ""]


def _start(rows: dict[str, dict[str, float]]) -> list[str]:
    ours, library = rows["nearer"], rows["sentence-transformers"]
    return [
        f"From process start to the first reply: {ours['replied']:.2f} s (imports until {ours['imported']:.2f} s, content "
        f"and index until {ours['loaded']:.2f} s). Importing sentence-transformers and loading the model takes "
        f"{library['loaded']:.2f} s by itself: a ratio of {ours['replied'] / library['loaded']:.2f}.",
        "",
    ]


def _others(card: dict[str, Any]) -> list[str]:
    throughput = ", ".join(f"{value:.1f} on {name}" for name, value in card["throughput"].items())
    memory = ", ".join(f"{value:.0f} {name}" for name, value in card["memory"].items())
    index = card["index"]
    return [
        f"- Replies a second: {throughput}.",
        f"- Megabytes in memory: {memory} conversations.",
        f"- Building the index: {index['seconds']:.1f} s, {index['megabytes']:.0f} MB, without the encoder's export.",
        "",
    ]


def _peers(rows: dict[str, dict[str, Any]]) -> list[str]:
    lines = [
        "Others with the encoder as published and the same article, set up as their authors show it; they only retrieve. "
        "Nearer's row is its search alone, by the trained encoder and its heads.",
        "",
        "| | build s | search p50 ms | words shown | a best passage is among them |",
        "|---|---|---|---|---|",
    ]
    for name, row in rows.items():
        if "not measured" in row:
            lines.append(f"| {name} | {row['not measured']} | | | |")
            continue
        lines.append(
            f"| {name} | {row['build seconds']:.1f} | {row['p50 ms']:.1f} | {row['words shown']:.0f} | "
            f"{row['a best passage is among them']:.2f} |"
        )
    return [*lines, ""]


def _draw(card: dict[str, Any], path: Path) -> None:
    import matplotlib as mpl  # noqa: PLC0415 - not needed to use Nearer

    mpl.use("Agg")
    from matplotlib import pyplot  # noqa: PLC0415

    rows = card["latency"]
    figure, axes = pyplot.subplots(figsize=(6, 3), layout="constrained")
    for shift, cut in enumerate(("p50", "p95", "p99")):
        places = [number + 0.25 * shift for number in range(len(rows))]
        axes.barh(places, [row[cut] for row in rows.values()], height=0.22, label=cut)
    axes.set(yticks=[number + 0.25 for number in range(len(rows))], yticklabels=list(rows), xlabel="milliseconds")
    axes.invert_yaxis()
    axes.legend()
    figure.savefig(path, dpi=120)
    pyplot.close(figure)
