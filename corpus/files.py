"""Read curated files strictly: a wrong entry is one clear line with its file and place."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import yaml
from pydantic import BaseModel, TypeAdapter, ValidationError

from corpus.errors import ContentError

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)
_Loader: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_plain_yaml(path: Path) -> Any:  # noqa: ANN401 - the caller validates it
    """Return what a YAML file holds.

    Raises:
        ContentError: it is missing, not UTF-8, or not YAML.
    """
    try:
        text = path.read_text(encoding="utf-8")
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader, in C where there is one
    except FileNotFoundError:
        raise ContentError(f"{path}: no such file") from None
    except (UnicodeDecodeError, RecursionError, ValueError) as error:
        raise ContentError(f"{path}: cannot be read ({type(error).__name__}); save it as UTF-8 YAML") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f":{mark.line + 1}" if mark else ""
        raise ContentError(f"{path}{where}: not valid YAML: {getattr(error, 'problem', None) or error}") from None


def read_yaml(path: Path, kind: type[T]) -> T:
    """Return a YAML file as a value of ``kind``.

    Raises:
        ContentError: it cannot be read, or an entry is wrong; the message names file and entry.
    """
    return checked(read_plain_yaml(path), kind, str(path))


def read_folder(folder: Path, kind: type[M]) -> tuple[M, ...]:
    """Return all YAML files of a folder as values of ``kind``, in the order of their names.

    Raises:
        ContentError: a file cannot be read or has a wrong entry.
    """
    return tuple(read_yaml(path, kind) for path in sorted(folder.glob("*.yaml")))


def read_jsonl(path: Path, kind: type[M]) -> Iterator[M]:
    """Yield the lines of a JSONL file as values of ``kind``.

    Raises:
        ContentError: a line is not JSON or has a wrong entry; the message names file and line.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ContentError(f"{path}: cannot be read ({type(error).__name__}); save it as UTF-8") from None
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except ValueError as error:
            raise ContentError(f"{path}:{number}: not valid JSON: {error}") from None
        yield checked(value, kind, f"{path}:{number}")


@cache
def _adapter(kind: type[Any]) -> TypeAdapter[Any]:
    """Return what checks values of a kind; it takes a while to make."""
    return TypeAdapter(kind)


def checked(value: object, kind: type[T], where: str) -> T:
    """Return ``value`` as ``kind``.

    Raises:
        ContentError: an entry is wrong; the message begins with ``where``.
    """
    try:
        return cast("T", _adapter(kind).validate_python(value))  # type: ignore[arg-type]  # types can be hashed
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        entry = ".".join(map(str, first["loc"])) or "the file"
        more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
        raise ContentError(f"{where}: {entry}: {first['msg']}{more}") from None
