"""The index on disk: atomic, checked, rebuilt when it must be, shared between processes."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from index.errors import StoreError
from index.store import FORMAT, MANIFEST, Manifest, ensure, read_manifest, write_manifest


def manifest() -> Manifest:
    """Return the manifest of an index with one small file."""
    fields = {"model": "words", "model_fingerprint": "w", "dimensions": 2, "versions": {}, "rows": {}, "files": {}}
    return Manifest.model_validate({"format": FORMAT, "corpus": "c"} | fields)


class Writer:
    """Writes an index of one file and counts how often."""

    def __init__(self) -> None:
        self.builds = 0

    def __call__(self, folder: Path) -> None:
        """Write a file and a manifest, and count it."""
        self.builds += 1
        (folder / "rows.json").write_text("[]", encoding="utf-8")
        write_manifest(folder, manifest())


def test_a_good_index_is_built_once(tmp_path: Path) -> None:
    """The second process takes what the first has built."""
    writer = Writer()

    folder = ensure(tmp_path / "index", "key", writer)
    again = ensure(tmp_path / "index", "key", writer)

    assert folder == again
    assert writer.builds == 1
    assert read_manifest(folder).files.keys() == {"rows.json"}


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (folder / "rows.json").write_text("[1]", encoding="utf-8"),
        lambda folder: (folder / "rows.json").unlink(),
        lambda folder: (folder / MANIFEST).write_text("{", encoding="utf-8"),
        lambda folder: (folder / MANIFEST).unlink(),
    ],
    ids=["changed", "missing", "half a manifest", "no manifest"],
)
def test_a_damaged_index_is_rebuilt(tmp_path: Path, damage: object) -> None:
    """Whatever happened to it, the next start has a good one."""
    writer = Writer()
    damage(ensure(tmp_path, "key", writer))  # type: ignore[operator]

    folder = ensure(tmp_path, "key", writer)

    assert writer.builds == 2
    assert read_manifest(folder).corpus == "c"


def test_a_build_that_dies_leaves_nothing_behind(tmp_path: Path) -> None:
    """A half-written index never has the final name, and its scratch folder is removed."""

    def die(folder: Path) -> None:
        (folder / "rows.json").write_text("[", encoding="utf-8")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ensure(tmp_path, "key", die)

    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == []


def test_two_builds_at_once_are_one(tmp_path: Path) -> None:
    """The second waits for the lock and then finds the work done."""
    writer = Writer()
    threads = [threading.Thread(target=ensure, args=(tmp_path, "key", writer)) for _ in range(4)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert writer.builds == 1


def test_old_indexes_are_removed_but_for_one(tmp_path: Path) -> None:
    """A process that still runs may use the one before."""
    for key in ("a", "b", "c", "d"):
        ensure(tmp_path, key, Writer())

    kept = sorted(path.name for path in tmp_path.iterdir() if path.is_dir())

    assert len(kept) == 2
    assert "d" in kept


def test_a_folder_that_cannot_be_written_is_one_clear_line(tmp_path: Path) -> None:
    """The line names the folder and the setting that moves it."""
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")

    with pytest.raises(StoreError, match=r"the index cannot be written .*NEARER_INDEX_DIR"):
        ensure(blocked / "index", "key", Writer())
