"""Whatever is typed gets a valid reply, from a gate that ran: a failure inside would be hidden by its own safety."""

from __future__ import annotations

import json
import logging

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from coach import Coach, Conversation
from coach.normalise import MAX_CHARACTERS
from coach.safety.state import GATED

ANYTHING = st.text(st.characters(exclude_categories=[]), max_size=300)  # lone surrogates and control characters too
WORDS = st.lists(
    st.sampled_from(
        ["he", "won't", "hit", "me", "the", "film", "twins", "not", "\u200b", "💔", "\n\n", "…", "9", "lol"]
    ),
    max_size=60,
).map(" ".join)
MANY = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)


@pytest.mark.parametrize("text", [ANYTHING, WORDS], ids=["characters", "words"])
def test_any_text_gets_a_valid_reply(
    coach: Coach, caplog: pytest.LogCaptureFixture, text: st.SearchStrategy[str]
) -> None:
    """First, and as the second message: words to read, JSON that can be written, and no failure in the log."""

    @MANY
    @given(message=text)
    @example(message="\ud800")
    @example(message="")
    @example(message="a" * 5_000)
    def check(message: str) -> None:
        first = coach.reply(message)
        later = coach.reply("he went quiet again", Conversation().add(message, first))
        for reply in (first, later):
            assert reply.text.strip()
            json.loads(reply.model_dump_json())
            reply.text.encode()

    with caplog.at_level(logging.ERROR):
        check()
    assert not caplog.records


def test_an_endless_message_is_read_up_to_a_limit(coach: Coach) -> None:
    """What lies beyond changes nothing, so that nobody can make the coach read for ever."""
    message = "we bicker about the bins and then we do not talk. " * 2_000

    assert len(message) > 4 * MAX_CHARACTERS
    assert coach.reply(message).tier == coach.reply(message[:MAX_CHARACTERS]).tier


def test_what_was_explained_is_not_read_again(coach: Coach) -> None:
    """After "it was a film" the film is not held against anybody, in that turn or in the next ones."""
    talk = Conversation()
    tiers = []
    for message in (
        "he strangled her and she still went back to him",
        "sorry, I mean in the film we watched last night, my husband fell asleep before the end",
        "I want us to watch things together properly, like we used to",
    ):
        reply = coach.reply(message, talk)
        talk = talk.add(message, reply)
        tiers.append(reply.tier)

    assert tiers[0] in {"abuse", "immediate_danger", "check_in"}
    assert tiers[1:] == ["coach", "coach"]


def test_what_is_only_taken_back_stays(coach: Coach) -> None:
    """A plain "forget it" explains nothing."""
    talk = Conversation()
    for message in ("he hit me again last night", "forget it, i was exaggerating", "so what do we do at the weekend"):
        reply = coach.reply(message, talk)
        talk = talk.add(message, reply)

    assert reply.tier in GATED - {"check_in"}
