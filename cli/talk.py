"""The chat in a terminal."""

from __future__ import annotations

from typing import TextIO

from rich.console import Console

from coach import Coach, Conversation


def talk(coach: Coach, country: str | None, lines: TextIO, out: Console) -> None:
    """Answer each line until an empty one or the end; keep nothing afterwards."""
    conversation = Conversation(country=country)
    out.print(coach.content.conversation.wording["greeting"][0], markup=False)
    for line in _typed(lines, out):
        reply = coach.reply(line, conversation)
        conversation = conversation.add(line, reply)
        out.print(f"\n{reply.text}\n", markup=False)
        if reply.follow_ups:
            out.print("  ".join(f"[{chip}]" for chip in reply.follow_ups) + "\n", markup=False, style="dim")
    out.print(coach.content.conversation.wording["goodbye"][1], markup=False)


def _typed(lines: TextIO, out: Console):  # type: ignore[no-untyped-def]  # noqa: ANN202 - a generator of str
    while True:
        out.print("> ", end="", style="bold")
        line = lines.readline()
        if not line.strip():
            return
        yield line.strip()
