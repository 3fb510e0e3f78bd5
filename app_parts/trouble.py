"""One plain line instead of a traceback when something that a page needs cannot be used."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from app_parts.literal import literal
from corpus.errors import CorpusError
from index.errors import IndexingError


@contextmanager
def told() -> Iterator[None]:
    """Say in one line what is wrong with the content or the index, and that Help still works."""
    try:
        yield
    except (CorpusError, IndexingError) as error:
        st.error(literal(f"This page cannot be shown: {error}"))
        st.page_link("app_pages/help.py", label="People you can reach now", icon=":material/support:")
