"""Speed and memory, side by side in one run: the bare encoder, the coach, and peers that only retrieve."""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

from coach import Coach, Conversation
from coach.safety.detect import detect
from coach.understand import read_units
from evals import peers
from evals.finding import Concern, read_concerns
from evals.scorecard import DATA
from index.build import write_index
from index.progress import Report

LATE: Final = 10  # the turn whose reply is compared with the first one
WARM: Final = 5  # messages answered before anything is timed
THREADS: Final = (1, 2)
MILLI: Final = 1000.0
TALK: Final = (
    "we hardly talk any more, it is all lists and laundry",
    "why does this happen",
    "what exactly do I say",
)
# Started afresh; prints seconds since the process began, by step. {message} is replaced.
_FIRST_REPLY: Final = """
import json, time
begin = {begin}
steps = {{}}
from coach import Coach
steps["imported"] = time.time() - begin
coach = Coach.load()
steps["loaded"] = time.time() - begin
coach.reply({message!r})
steps["replied"] = time.time() - begin
print(json.dumps(steps))
"""
_LIBRARY: Final = """
import json, time
begin = {begin}
from sentence_transformers import SentenceTransformer
imported = time.time() - begin
SentenceTransformer({model!r}, device="cpu", local_files_only=True)
print(json.dumps({{"imported": imported, "loaded": time.time() - begin}}))
"""


def run(coach: Coach, model: Path, messages: int, conversations: int, progress: Report) -> dict[str, Any]:
    """Return all measurements, ready for JSON. Times are in milliseconds unless they say seconds.

    Args:
        coach: ready to answer.
        model: folder of the published encoder, for what loads it as a library.
        messages: how many messages of the dev set are timed.
        conversations: how many conversations are held to see whether memory grows.
        progress: told what is being done.
    """
    concerns = [c for c in read_concerns(DATA / "finding_dev.jsonl") if not c.history][:messages]
    card: dict[str, Any] = {"machine": _machine(), "messages": len(concerns)}
    card["latency"] = _latency(coach, concerns, progress)
    card["throughput"] = _throughput(coach, concerns, progress)
    card["start"] = _start(model, concerns[0].message, progress)
    card["memory"] = _memory(coach, conversations, progress)
    card["index"] = _index(coach, progress)
    card["peers"] = peers.run(coach, model, concerns, progress)
    return card


def _machine() -> dict[str, Any]:
    names = [line for line in _lines(Path("/proc/cpuinfo")) if line.startswith("model name")]
    return {
        "processor": names[0].split(":")[1].strip() if names else platform.processor(),
        "cores": os.cpu_count(),
        "system": platform.system(),
        "python": platform.python_version(),
    }


def _latency(coach: Coach, concerns: Sequence[Concern], progress: Report) -> dict[str, dict[str, float]]:
    """Time the bare encoder, a first reply and a late reply in turn, message by message, so that noise falls on all."""
    before = _long_talk(coach)
    took: dict[str, list[float]] = {"encoder": [], "safety gate": [], "first reply": [], f"reply at turn {LATE}": []}
    rules = coach.content.rules
    for concern in concerns[:WARM]:
        coach.reply(concern.message)
    for done, concern in enumerate(concerns, start=1):
        took["encoder"].append(_timed(lambda: coach.finder.encoder.encode([concern.message])))  # noqa: B023 - run now
        units = read_units(concern.message, coach.finder)
        took["safety gate"].append(_timed(lambda: detect(units, 0, coach.finder, rules)))  # noqa: B023
        took["first reply"].append(_timed(lambda: coach.reply(concern.message)))  # noqa: B023
        took[f"reply at turn {LATE}"].append(_timed(lambda: coach.reply(concern.message, before)))  # noqa: B023
        progress("replies", done, len(concerns))
    return {name: _percentiles(values) for name, values in took.items()}


def _long_talk(coach: Coach) -> Conversation:
    talk = Conversation()
    for number in range(LATE - 1):
        message = TALK[number % len(TALK)]
        talk = talk.add(message, coach.reply(message, talk))
    return talk


def _throughput(coach: Coach, concerns: Sequence[Concern], progress: Report) -> dict[str, float]:
    found = {}
    for threads in THREADS:
        begin = time.perf_counter()
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(lambda concern: coach.reply(concern.message), concerns))
        found[f"{threads} thread{'s' * (threads > 1)}"] = len(concerns) / (time.perf_counter() - begin)
        progress("throughput", threads, THREADS[-1])
    return found


def _start(model: Path, message: str, progress: Report) -> dict[str, dict[str, float]]:
    """Return the seconds from process start to the first reply, by step, and what the library alone takes to load."""
    found = {}
    for number, (name, script) in enumerate((("nearer", _FIRST_REPLY), ("sentence-transformers", _LIBRARY)), start=1):
        runs = [_fresh(script, message=message, model=str(model)) for _ in range(3)]
        found[name] = {step: statistics.median(run[step] for run in runs) for step in runs[0]}
        progress("cold start", number, 2)
    return found


def _fresh(script: str, **values: str) -> dict[str, float]:
    code = script.format(begin=time.time(), **values)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _memory(coach: Coach, conversations: int, progress: Report) -> dict[str, float]:
    """Return resident megabytes at rest, and after many conversations that nobody keeps."""
    rest = _resident()
    middle = rest
    for done in range(1, conversations + 1):
        talk = Conversation()
        for message in TALK:
            talk = talk.add(message, coach.reply(message, talk))
        if done == conversations // 2:
            middle = _resident()
        progress("conversations", done, conversations)
    return {"at rest": rest, f"after {conversations // 2}": middle, f"after {conversations}": _resident()}


def _index(coach: Coach, progress: Report) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        seconds = _timed(lambda: write_index(Path(folder), coach.content, coach.finder.encoder, progress)) / MILLI
        size = sum(path.stat().st_size for path in Path(folder).iterdir()) / 1e6
    return {"seconds": seconds, "megabytes": size}


def _timed(act: Callable[[], object]) -> float:
    begin = time.perf_counter()
    act()
    return (time.perf_counter() - begin) * MILLI


def _percentiles(values: Sequence[float]) -> dict[str, float]:
    cuts = statistics.quantiles(values, n=100, method="inclusive")
    return {"p50": cuts[49], "p95": cuts[94], "p99": cuts[98]}


def _resident() -> float:
    """Return the megabytes of this process that are in memory; 0 where the system does not tell."""
    for line in _lines(Path("/proc/self/status")):
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
