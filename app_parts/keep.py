"""A copy of the conversation to keep: only when asked for, and after a warning."""

from __future__ import annotations

import streamlit as st

from app_parts.literal import write
from coach.models import Conversation

FILE_NAME = "notes.md"


def as_markdown(talk: Conversation) -> str:
    """Return a conversation as a Markdown document."""
    parts = ["# Notes"]
    for turn in talk.turns:
        said = "\n".join(f"> {line}" for line in turn.message.splitlines())
        parts += [f"**You**\n\n{said}", f"**Coach**\n\n{turn.reply.text}"]
    return "\n\n".join(parts) + "\n"


@st.dialog("Keep a copy?")
def ask(talk: Conversation) -> None:
    """Warn about shared devices, then offer the file."""
    write(
        "The file goes into this device's downloads and stays there until you delete it. "
        "Anyone who uses this device can open it. If that could be a problem, do not save it."
    )
    st.download_button(
        "Save the file", as_markdown(talk), FILE_NAME, "text/markdown", key="save_file", on_click="ignore"
    )
