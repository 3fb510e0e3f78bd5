"""The index on disk: written whole or not at all, checked before it is used, shared by several processes."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout
from pydantic import BaseModel, ConfigDict, ValidationError

from index.errors import StoreError

FORMAT: Final = 2
MANIFEST: Final = "manifest.json"
LOCK_WAIT: Final = 900.0  # seconds that a process waits for another one's build
KEPT_BUILDS: Final = 2  # a running process may still use the one before


class Manifest(BaseModel):
    """What an index was built from, and the hash of each of its files."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: int
    corpus: str
    model: str
    model_fingerprint: str
    dimensions: int
    versions: dict[str, str]
    rows: dict[str, int]
    files: dict[str, str]

    @property
    def key(self) -> str:
        """Return a short name for what this index was built from."""
        return build_key(self.corpus, self.model_fingerprint, self.versions)


def build_key(corpus: str, model_fingerprint: str, versions: dict[str, str]) -> str:
    """Return the folder name of an index: a hash of all that decides what is in it."""
    parts = json.dumps([FORMAT, corpus, model_fingerprint, versions], sort_keys=True)
    return hashlib.sha256(parts.encode()).hexdigest()[:16]


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest of a complete, undamaged index.

    Raises:
        StoreError: it is missing, half written or damaged.
    """
    try:
        manifest = Manifest.model_validate_json((folder / MANIFEST).read_bytes())
    except (OSError, ValidationError) as error:
        raise StoreError(f"{folder}: no usable index ({type(error).__name__})") from None
    if manifest.format != FORMAT:
        raise StoreError(f"{folder}: written by another version of the program")
    for name, digest in manifest.files.items():
        if not (folder / name).is_file() or _sha256(folder / name) != digest:
            raise StoreError(f"{folder / name}: damaged")
    return manifest


def ensure(root: Path, key: str, write: Callable[[Path], None], *, again: bool = False) -> Path:
    """Return the folder of the index called ``key``, building it when it is missing or damaged.

    Only one process builds at a time; the others wait and then share what it built.

    Args:
        root: folder of all indexes.
        key: from ``build_key``.
        write: writes all files of an index, its manifest last, into the folder that it is given.
        again: build even when a good one is there.

    Raises:
        StoreError: the folder cannot be written, or another build does not end.
    """
    folder = root / key
    if not again and _good(folder):
        return folder
    try:
        root.mkdir(parents=True, exist_ok=True)
        with FileLock(root / ".lock", timeout=LOCK_WAIT):
            if again or not _good(folder):
                _build(root, folder, write)
            _remove_old(root, folder)
    except Timeout:
        raise StoreError(f"{root}: another build has held the lock for {LOCK_WAIT / 60:.0f} minutes; end it") from None
    except OSError as error:
        raise StoreError(f"{root}: the index cannot be written ({error.strerror}); set NEARER_INDEX_DIR") from None
    return folder


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest with the hash of each file that lies in the folder."""
    files = {path.name: _sha256(path) for path in sorted(folder.iterdir()) if path.name != MANIFEST}
    whole = manifest.model_copy(update={"files": files})
    (folder / MANIFEST).write_text(whole.model_dump_json(indent=1), encoding="utf-8")


def _good(folder: Path) -> bool:
    try:
        read_manifest(folder)
    except StoreError:
        return False
    return True


def _build(root: Path, folder: Path, write: Callable[[Path], None]) -> None:
    """Build beside the final place, then move it there in one step."""
    scratch = Path(tempfile.mkdtemp(prefix=".building-", dir=root))
    try:
        write(scratch)
        if folder.exists():
            shutil.rmtree(folder)
        os.replace(scratch, folder)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _remove_old(root: Path, current: Path) -> None:
    """Remove what killed builds left behind, and all but the newest indexes."""
    for scratch in root.glob(".building-*"):
        shutil.rmtree(scratch, ignore_errors=True)
    builds = sorted((p for p in root.iterdir() if (p / MANIFEST).is_file()), key=lambda p: p.stat().st_mtime)
    for old in [path for path in builds if path != current][: -(KEPT_BUILDS - 1)]:
        shutil.rmtree(old, ignore_errors=True)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
