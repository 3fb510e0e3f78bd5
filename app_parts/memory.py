"""What one session remembers, in memory and nowhere else: the conversation, the country, and own wordings."""

from __future__ import annotations

from typing import Final

import streamlit as st

from coach.models import Conversation, Reply
from coach.safety.state import GATED
from corpus.models import Helpline

_TALK: Final = "talk"
_PENDING: Final = "pending"
_SENT: Final = "sent"
_EDITS: Final = "edits"
_COUNTRY: Final = "country"


def talk() -> Conversation:
    """Return the conversation so far."""
    found = st.session_state.get(_TALK)
    kept = found if isinstance(found, Conversation) else Conversation()
    return kept.model_copy(update={"country": country()})


def add_turn(message: str, reply: Reply) -> None:
    """Keep one more turn, in one write, and drop the message that waited for it."""
    st.session_state[_TALK] = talk().add(message, reply)
    st.session_state.pop(_PENDING, None)


def undo() -> None:
    """Forget the last message and the reply to it."""
    st.session_state[_TALK] = talk().undo()


def start_over() -> None:
    """Forget the conversation; the country stays."""
    for name in (_TALK, _PENDING, _EDITS):
        st.session_state.pop(name, None)


def clear() -> None:
    """Forget everything about this session."""
    st.session_state.clear()


def pending() -> str:
    """Return the message that waits for its reply, or ""."""
    return str(st.session_state.get(_PENDING) or "")


def send(message: str) -> None:
    """Let a message wait for its reply."""
    if message.strip():
        st.session_state[_PENDING] = message
        st.session_state[_SENT] = sent() + 1


def sent() -> int:
    """Return how many messages were sent in this session, those that were taken back included."""
    return int(st.session_state.get(_SENT, 0))


def send_from(key: str) -> None:
    """Send what a chat box or a chip with this key holds."""
    value = st.session_state.get(key)
    if isinstance(value, str):
        send(value)


def country() -> str | None:
    """Return the code of the country that the person chose, or None."""
    return st.session_state.get(_COUNTRY)


def choose_country(key: str) -> None:
    """Keep the country that the select box with this key shows."""
    st.session_state[_COUNTRY] = st.session_state.get(key)


def edited(key: str) -> str:
    """Return the person's own wording of an opener, or ""."""
    return str(st.session_state.get(_EDITS, {}).get(key, ""))


def edit(key: str, words: str) -> None:
    """Keep the person's own wording of an opener."""
    st.session_state.setdefault(_EDITS, {})[key] = words


def quoted() -> tuple[str, ...]:
    """Return the ids of the passages that were quoted in this conversation, in order."""
    return tuple(dict.fromkeys(quote.passage_id for turn in talk().turns for quote in turn.reply.quotes))


def was_serious() -> bool:
    """Tell whether any reply was one of the safety gate's."""
    return any(turn.reply.tier in GATED for turn in talk().turns)


def last_help() -> tuple[int, Reply] | None:
    """Return the number of the last turn that named people to reach, and its reply, or None."""
    found = [(number, turn.reply) for number, turn in enumerate(talk().turns) if _named(turn.reply)]
    return found[-1] if found else None


def named_before(reply: Reply, number: int) -> bool:
    """Tell whether all people that a reply names were named before the turn with this number."""
    before = {line for turn in talk().turns[: max(number, 0)] for line in _named(turn.reply)}
    return before.issuperset(_named(reply))


def _named(reply: Reply) -> tuple[Helpline, ...]:
    return reply.referral.helplines if reply.referral else ()
