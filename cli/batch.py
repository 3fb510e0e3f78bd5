"""Many lines in, as many lines out; a broken line is reported and the others are still answered."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from coach import Coach, Conversation
from index.finder import Finder
from index.progress import Report

L = TypeVar("L", bound=BaseModel)
Id = Annotated[str, StringConstraints(min_length=1)] | int


class BatchError(Exception):
    """Raised when the input cannot be read or the output cannot be written."""


class BatchLine(BaseModel):
    """One conversation: the user's messages in order, and the country if it is known."""

    model_config = ConfigDict(extra="ignore", strict=True)

    id: Id
    turns: list[str]
    country: str | None = None


class SearchLine(BaseModel):
    """One message, and the user's messages before it."""

    model_config = ConfigDict(extra="ignore", strict=True)

    id: Id
    message: str
    history: list[str] = []


def answer_lines(coach: Coach, source: Path, target: Path, progress: Report) -> list[str]:
    """Write a line of replies for each conversation; return what was wrong with the lines that were left out.

    Raises:
        BatchError: the input cannot be read or the output cannot be written.
    """

    def answered(line: BatchLine) -> dict[str, Any]:
        if line.country is not None and line.country not in coach.content.country_by_code:
            raise ValueError(f"country: no helplines for {line.country!r}")
        conversation, replies = Conversation(country=line.country), []
        for message in line.turns:
            reply = coach.reply(message, conversation)
            conversation = conversation.add(message, reply)
            replies.append(reply.model_dump(mode="json"))
        return {"id": line.id, "replies": replies}

    return _each(source, target, BatchLine, answered, progress)


def search_lines(finder: Finder, source: Path, target: Path, k: int, progress: Report) -> list[str]:
    """Write a line of hits for each message; return what was wrong with the lines that were left out.

    Raises:
        BatchError: the input cannot be read or the output cannot be written.
    """

    def found(line: SearchLine) -> dict[str, Any]:
        hits = []
        for hit in finder.search(line.message, line.history, k):
            passage = finder.content.passages[hit.passage_id]
            place = {"source_id": passage.source_id, "start": passage.start, "end": passage.end}
            hits.append({"passage_id": hit.passage_id, **place, "score": round(hit.score, 6)})
        return {"id": line.id, "hits": hits}

    return _each(source, target, SearchLine, found, progress)


def _each(
    source: Path, target: Path, kind: type[L], work: Callable[[L], dict[str, Any]], progress: Report
) -> list[str]:
    """Do the work for each good line; the output appears whole, or not at all."""
    problems: list[str] = []
    lines = _read(source)
    try:
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", dir=target.parent, suffix=".part", delete=False
        ) as file:
            _write(file, lines, kind, work, progress, problems, source)
        os.replace(file.name, target)
    except OSError as error:
        raise BatchError(f"{target}: cannot be written ({error.strerror})") from None
    return problems


def _write(
    file: IO[str],
    lines: list[bytes],
    kind: type[L],
    work: Callable[[L], dict[str, Any]],
    progress: Report,
    problems: list[str],
    source: Path,
) -> None:
    for number, raw in enumerate(lines, start=1):
        progress("answering", number, len(lines))
        if not raw.strip():
            continue
        try:
            answer = work(kind.model_validate(json.loads(raw.decode("utf-8"))))
        except ValidationError as error:
            first = error.errors(include_url=False, include_context=False)[0]
            entry = ".".join(map(str, first["loc"])) or "the line"
            problems.append(f"{source}:{number}: {entry}: {first['msg']}")
        except (ValueError, RecursionError) as error:
            problems.append(f"{source}:{number}: {_plain(error)}")
        else:
            file.write(json.dumps(answer, ensure_ascii=True) + "\n")


def _plain(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"not valid JSON: {error.msg} (column {error.colno})"
    if isinstance(error, UnicodeDecodeError):
        return f"not UTF-8 (byte {error.start})"
    return str(error) or type(error).__name__


def _read(source: Path) -> list[bytes]:
    try:
        return source.read_bytes().splitlines()
    except OSError as error:
        raise BatchError(f"{source}: cannot be read ({error.strerror})") from None
