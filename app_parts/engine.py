"""The coach, loaded once for all sessions in the background, so that the page can be read and typed in meanwhile."""

from __future__ import annotations

import logging
import threading
from typing import Final

import streamlit as st

from coach import Coach
from corpus.errors import CorpusError
from index.errors import IndexingError

log = logging.getLogger(__name__)
UNKNOWN_PROBLEM: Final = "In a terminal, `make install` and then `make run` put most things right."


class Engine:
    """Loads the coach in a thread of its own. It holds no word of any conversation."""

    def __init__(self) -> None:
        """Begin to load."""
        self.coach: Coach | None = None
        self.problem = ""
        self.progress: tuple[str, int, int] | None = None
        self._ended = threading.Event()
        threading.Thread(target=self._load, name="coach-loader", daemon=True).start()

    @property
    def ended(self) -> bool:
        """Tell whether loading is over, well or badly."""
        return self._ended.is_set()

    def wait(self, seconds: float | None = None) -> Coach | None:
        """Return the coach once it is loaded, or None when it cannot be or the time is over."""
        self._ended.wait(seconds)
        return self.coach

    def _load(self) -> None:
        try:
            self.coach = Coach.load(progress=self._report)
        except (CorpusError, IndexingError) as error:
            self.problem = str(error)
        except Exception:
            log.exception("the coach could not be loaded")
            self.problem = UNKNOWN_PROBLEM
        finally:
            self._ended.set()

    def _report(self, what: str, done: int, total: int) -> None:
        self.progress = (what, done, total)


@st.cache_resource(show_spinner=False)
def engine() -> Engine:
    """Return the one engine of this server."""
    return Engine()


def try_again() -> None:
    """Forget an engine that could not be loaded, so that the next run makes another."""
    engine.clear()
