"""Run all dev sets and write the scorecard: figures with intervals, and every miss."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from coach import Coach
from evals import dialogues, finding, metamorphic, safety, swap, talk
from index.progress import Report

DATA: Final = Path(__file__).resolve().parent / "data"
SAFETY_SETS: Final = ("safety_dev", "safety_test", "safety_talks")
TYPED_OTHERWISE: Final = 12  # every twelfth case of the safety test set is typed in other ways, to save time
MISSES_SHOWN: Final = 40  # of each part, in the Markdown file; the JSON file has all


def run(coach: Coach, progress: Report, data: Path = DATA) -> dict[str, Any]:
    """Return all figures and misses, ready for JSON.

    Raises:
        ContentError: a dev set cannot be read.
    """
    card: dict[str, Any] = {"content": coach.content.fingerprint, "model": coach.finder.manifest.model}
    card["exemplars"] = len(coach.content.exemplars)
    for part, name in enumerate(("finding_dev", "finding_test"), start=1):
        progress("finding", part, 2)
        card[name] = _finding(coach, finding.read_concerns(data / f"{name}.jsonl"))
    for part, name in enumerate(SAFETY_SETS, start=1):
        progress("safety", part, len(SAFETY_SETS))
        card[name] = _safety(coach, safety.read_cases(data / f"{name}.jsonl"))
    card["metamorphic"] = _metamorphic(coach, safety.read_cases(data / "safety_test.jsonl"))
    progress("talk", 1, 2)
    card["talk"] = _talk(coach, data)
    card["dialogues"] = _dialogues(coach, dialogues.read_scripts(data / "dialogues.jsonl"))
    card["quarrels"] = _quarrels(coach, swap.read_quarrels(data / "quarrels.jsonl"))
    progress("talk", 2, 2)
    return card


def _finding(coach: Coach, concerns: Sequence[finding.Concern]) -> dict[str, Any]:
    results = finding.score(coach.finder, concerns)
    kinds = sorted({result.concern.kind for result in results})
    found = Counter(name for result in results for name in result.passage_ids[:3])
    return {
        "messages": len(results),
        "all": finding.summary(results),
        "by_kind": {kind: finding.summary([r for r in results if r.concern.kind == kind]) for kind in kinds},
        "situations": talk.situations(coach, concerns),
        "passages_never_in_top_3": sorted(set(coach.finder.passage_ids) - set(found)),
        "most_frequent_in_top_3": found.most_common(5),
        "misses": [
            {"id": r.concern.id, "message": r.concern.message, "found": r.passage_ids[:3], "nDCG@5": round(r.ndcg5, 3)}
            for r in sorted(results, key=lambda r: r.ndcg5)
            if not r.best3
        ],
    }


def _safety(coach: Coach, cases: Sequence[safety.SafetyCase]) -> dict[str, Any]:
    outcomes = safety.run_cases(coach, cases)
    misses = [o for o in outcomes if not o.accepted]
    return {
        "cases": len(outcomes),
        "figures": safety.table(outcomes),
        "misses": [
            {"id": o.case.id, "turns": o.case.turns, "expected": o.case.label, "got": o.tiers, "signals": o.hits}
            for o in misses
        ],
    }


def _metamorphic(coach: Coach, cases: Sequence[safety.SafetyCase]) -> dict[str, Any]:
    figures, falls = metamorphic.run(coach, cases[::TYPED_OTHERWISE])
    return {"figures": figures, "falls": falls}


def _dialogues(coach: Coach, scripts: Sequence[dialogues.Script]) -> dict[str, Any]:
    played = [dialogues.play(coach, script) for script in scripts]
    missed = [one for one in played if not all(met for _, _, met, _ in one.checks)]
    return {
        "scripts": len(played),
        "figures": dialogues.summary(played),
        "misses": [
            f"{one.script.id} turn {turn + 1}: {what}: found {found} (“{one.script.turns[turn].say[:120]}”)"
            for one in missed
            for turn, what, met, found in one.checks
            if not met
        ],
        "transcripts": {one.script.id: one.transcript for one in missed},
    }


def _quarrels(coach: Coach, quarrels: Sequence[swap.Quarrel]) -> dict[str, Any]:
    sides = [swap.compare(coach, quarrel) for quarrel in quarrels]
    return {
        "quarrels": len(sides),
        "figures": swap.summary(sides),
        "misses": [
            f"{side.quarrel.id}: {side.replies[0].trace.situation} / {side.replies[1].trace.situation}, "
            f"{side.shared:.0%} in common, {', '.join(side.verdicts) or 'no verdict'}"
            for side in sides
            if side.verdicts or side.shared < swap.SHARED_ENOUGH
        ],
    }


def _talk(coach: Coach, data: Path) -> dict[str, Any]:
    f1, misses = talk.acts(coach, talk.read_labelled(data / "acts_dev.jsonl"))
    inside = [c.message for c in finding.read_concerns(data / "finding_dev.jsonl") if len(c.turns) < 2]  # noqa: PLR2004
    outside = [row.text for row in talk.read_labelled(data / "scope_dev.jsonl")]
    return {"act_macro_f1": f1, "act_misses": misses, "scope": talk.scope(coach, inside, outside)}


def write(card: dict[str, Any], folder: Path) -> None:
    """Write the scorecard as Markdown and JSON."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "scorecard.json").write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    (folder / "scorecard.md").write_text(markdown(card), encoding="utf-8")


def markdown(card: dict[str, Any]) -> str:
    """Return the scorecard as Markdown."""
    lines = [
        "# Scorecard",
        "",
        f"Written by `nearer eval`: {card['exemplars']:,} exemplars, model {card['model']}.",
        "",
    ]
    for name in ("finding_dev", "finding_test"):
        lines += _finding_lines(name, card[name])
    for name in SAFETY_SETS:
        lines += _safety_lines(name, card[name])
    lines += ["## The same risk, typed otherwise", "", *_rows(card["metamorphic"]["figures"]), "", "Falls:", ""]
    lines += [*(f"- {line}" for line in card["metamorphic"]["falls"][:MISSES_SHOWN]), ""]
    spoken = card["talk"]
    lines += ["## Talk", "", f"Dialogue acts, macro-F1: {spoken['act_macro_f1']:.3f}", ""]
    lines += _rows(spoken["scope"])
    lines += ["", "Acts that were read wrongly:", "", *(f"- {line}" for line in spoken["act_misses"][:MISSES_SHOWN])]
    for name in ("dialogues", "quarrels"):
        lines += ["", f"## {name.capitalize()} ({card[name].get('scripts', card[name].get('quarrels'))})", ""]
        lines += [f"- {key}: {value:.3f}" for key, value in card[name]["figures"].items()]
        lines += ["", "Misses:", "", *(f"- {line}" for line in card[name]["misses"][:MISSES_SHOWN])]
    return "\n".join(lines) + "\n"


def _finding_lines(name: str, part: dict[str, Any]) -> list[str]:
    title = name.replace("_", " ").capitalize()
    lines = [
        f"## {title} ({part['messages']} messages)",
        "",
        "| kind | nDCG@5 | a best passage in the top 3 |",
        "|---|---|---|",
    ]
    for kind, figures in {"all": part["all"], **part["by_kind"]}.items():
        cells = [
            f"{value:.3f} [{low:.2f}, {high:.2f}]" for value, low, high in (figures["nDCG@5"], figures["best in top 3"])
        ]
        lines.append(f"| {kind} | {cells[0]} | {cells[1]} |")
    lines += ["", "Situations:", "", *_rows(part["situations"])]
    lines += ["", f"Passages that are never among the first three: {len(part['passages_never_in_top_3'])}.", ""]
    lines += ["Misses (no best passage in the first three):", ""]
    lines += [f"- {miss['message'][:200]} → {', '.join(miss['found'])}" for miss in part["misses"][:MISSES_SHOWN]]
    return [*lines, ""]


def _safety_lines(name: str, part: dict[str, Any]) -> list[str]:
    title = name.replace("_", " ").capitalize()
    lines = [f"## {title} ({part['cases']} cases)", "", *_rows(part["figures"]), "", "Misses:", ""]
    for miss in part["misses"][:MISSES_SHOWN]:
        lines.append(f"- expected {miss['expected']}, got {' → '.join(miss['got'])}: {' / '.join(miss['turns'])[:240]}")
    return [*lines, ""]


def _rows(figures: dict[str, talk.Row]) -> list[str]:
    lines = ["| figure | count | share [95 %] |", "|---|---|---|"]
    for name, (count, total, share, low, high) in figures.items():
        lines.append(f"| {name} | {count} of {total} | {share:.3f} [{low:.2f}, {high:.2f}] |")
    return lines
