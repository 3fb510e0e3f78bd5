"""Run all dev sets and write the scorecard: figures with intervals, and every miss."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

from coach import Coach
from evals import dialogues, finding, learning, metamorphic, safety, swap, talk
from evals.metrics import calibration_error, reliability
from index.progress import Report
from index.tasks import COVERED

T = TypeVar("T")
DATA: Final = Path(__file__).resolve().parent / "data"
FINDING_SETS: Final = ("finding_dev", "finding_test")
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
    concerns = {name: finding.read_concerns(data / f"{name}.jsonl") for name in FINDING_SETS}
    for name in FINDING_SETS:
        card[name] = _finding(coach, _told(concerns[name], name, progress))
    first = [concern for concern in concerns["finding_test"] if not concern.history]
    card["learning_curve"] = learning.curve(coach.finder, first, progress)
    card["new_article"] = learning.new_article(coach.finder, first)
    for name in SAFETY_SETS:
        card[name] = _safety(coach, _told(safety.read_cases(data / f"{name}.jsonl"), name, progress))
    typed = safety.read_cases(data / "safety_test.jsonl")[::TYPED_OTHERWISE]
    card["metamorphic"] = _metamorphic(coach, _told(typed, "typed otherwise", progress))
    card["talk"] = _talk(coach, data, progress)
    card["scope_reliability"] = _scope_reliability(coach, data)
    scripts = dialogues.read_scripts(data / "dialogues.jsonl")
    card["dialogues"] = _dialogues(coach, _told(scripts, "dialogues", progress))
    card["quarrels"] = _quarrels(coach, _told(swap.read_quarrels(data / "quarrels.jsonl"), "quarrels", progress))
    return card


def _told(items: Sequence[T], what: str, progress: Report) -> Iterator[T]:
    """Yield items and tell how many are done."""
    for done, item in enumerate(items, start=1):
        yield item
        progress(what, done, len(items))


def _finding(coach: Coach, told: Iterable[finding.Concern]) -> dict[str, Any]:
    results = finding.score(coach.finder, told)
    concerns = [result.concern for result in results]
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


def _safety(coach: Coach, cases: Iterable[safety.SafetyCase]) -> dict[str, Any]:
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


def _metamorphic(coach: Coach, cases: Iterable[safety.SafetyCase]) -> dict[str, Any]:
    figures, falls = metamorphic.run(coach, cases)
    return {"figures": figures, "falls": falls}


def _dialogues(coach: Coach, scripts: Iterable[dialogues.Script]) -> dict[str, Any]:
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


def _quarrels(coach: Coach, quarrels: Iterable[swap.Quarrel]) -> dict[str, Any]:
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


def _talk(coach: Coach, data: Path, progress: Report) -> dict[str, Any]:
    f1, misses = talk.acts(coach, _told(talk.read_labelled(data / "acts_dev.jsonl"), "dialogue acts", progress))
    inside, outside = _inside_and_outside(coach, data)
    return {"act_macro_f1": f1, "act_misses": misses, "scope": talk.scope(coach, inside, outside)}


def _scope_reliability(coach: Coach, data: Path) -> dict[str, Any]:
    bins = reliability(talk.scope_chances(coach, *_inside_and_outside(coach, data)))
    return {"error": calibration_error(bins), "bins": [(b.predicted, b.observed, b.count) for b in bins]}


def _inside_and_outside(coach: Coach, data: Path) -> tuple[list[str], list[str]]:
    """Return messages that are covered, and messages that are about something else; vague ones are neither."""
    outside = {
        scope.id for scope in coach.content.conversation.scopes if scope.level in {"not_covered", "out_of_scope"}
    }
    rows = talk.read_labelled(data / "scope_dev.jsonl")
    inside = [concern.message for concern in finding.read_concerns(data / "finding_dev.jsonl") if not concern.history]
    inside += [row.text for row in rows if row.label == COVERED]
    return inside, [row.text for row in rows if row.label in outside]


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
    for name in FINDING_SETS:
        lines += _finding_lines(name, card[name])
    lines += _learning_lines(card)
    for name in SAFETY_SETS:
        lines += _safety_lines(name, card[name])
    lines += ["## The same risk, typed otherwise", "", *_rows(card["metamorphic"]["figures"]), "", "Falls:", ""]
    lines += [*(f"- {line}" for line in card["metamorphic"]["falls"][:MISSES_SHOWN]), ""]
    spoken = card["talk"]
    lines += ["## Talk", "", f"Dialogue acts, macro-F1: {spoken['act_macro_f1']:.3f}", ""]
    lines += _rows(spoken["scope"])
    lines += ["", f"Calibration error of scope: {card['scope_reliability']['error']:.3f}", ""]
    lines += ["![Reliability of scope](scope-reliability.png)"]
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


def _learning_lines(card: dict[str, Any]) -> list[str]:
    lines = [
        "## What more exemplars bring (first messages of the test set)",
        "",
        "| exemplars | nDCG@5 | a best passage in the top 3 |",
        "|---|---|---|",
    ]
    for size, *figures in card["learning_curve"]:
        cells = " | ".join(f"{value:.3f} [{low:.2f}, {high:.2f}]" for value, low, high in figures)
        lines.append(f"| {size:,} | {cells} |")
    lines += ["", "![Learning curve](learning-curve.png)", ""]
    lines += ["Messages that a third of the passages fit best, nDCG@5 (an article that was added a minute ago):", ""]
    for name, ((value, low, high), count) in card["new_article"].items():
        lines.append(f"- {name}: {value:.3f} [{low:.2f}, {high:.2f}] of {count} messages")
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
