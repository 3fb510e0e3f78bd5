"""All content as one file that is read in a moment, beside the index, for as long as no content file changes."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from corpus.content import CORPUS_DIR, Content, fingerprint, load_content

NAME: Final = "content-{}-{}.json"  # what it was made from, and a hash of its own bytes
SHORT: Final = 16  # characters of either in the name


def load_compiled(cache: Path, folder: Path = CORPUS_DIR) -> Content:
    """Return all content of a corpus folder, from the compiled file if that was made from the very same files.

    Args:
        cache: folder for the compiled file. Where it cannot be written, content is read from its own files.
        folder: the corpus folder.

    Raises:
        ArticleError: an article cannot be used.
        ContentError: a curated file cannot be used, or names something that does not exist.
    """
    now = fingerprint(folder)
    for path in cache.glob(NAME.format(_key(now), "*")):
        content = _read(path)
        if content is not None and content.fingerprint == now:
            return content
    content = load_content(folder)
    _write(content, cache)
    return content


def _read(path: Path) -> Content | None:
    """Return what a compiled file holds; nothing if it is not what was written, or was written by another version."""
    try:
        data = path.read_bytes()
        return Content.model_validate_json(data) if path.stem.endswith(_digest(data)) else None
    except (OSError, ValidationError):
        return None


def _write(content: Content, cache: Path) -> None:
    """Write the file in one step, and remove earlier ones; a failure only costs time at the next start."""
    data = content.model_dump_json().encode()
    path = cache / NAME.format(_key(content.fingerprint), _digest(data))
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=cache, prefix=".content-", delete=False) as file:
            file.write(data)
        os.replace(file.name, path)
        for other in cache.glob(NAME.format("*", "*")):
            if other != path:
                other.unlink(missing_ok=True)
    except OSError:
        return


def _key(content: str) -> str:
    """Return a hash of the content files and of the code that reads them."""
    code = [path.read_bytes() for path in sorted(CORPUS_DIR.glob("*.py"))]
    return _digest(b"".join([content.encode(), *code]))


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:SHORT]
