"""The few settings there are, read from the environment in this one place."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from corpus.content import CORPUS_DIR

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Settings:
    """Where things are. Every field works as it stands; each has one environment variable."""

    corpus_dir: Path = CORPUS_DIR
    index_dir: Path = ROOT / ".nearer" / "index"
    model: str = ""  # "" is the tuned model that ships; else a path or name

    @classmethod
    def from_environment(cls) -> Settings:
        """Return the settings with NEARER_CORPUS_DIR, NEARER_INDEX_DIR and NEARER_MODEL applied."""
        plain = cls()
        return cls(
            corpus_dir=Path(os.environ.get("NEARER_CORPUS_DIR") or plain.corpus_dir),
            index_dir=Path(os.environ.get("NEARER_INDEX_DIR") or plain.index_dir),
            model=os.environ.get("NEARER_MODEL", plain.model),
        )
