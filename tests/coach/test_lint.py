"""The linter that reads every safety reply before it is shown."""

from __future__ import annotations

import pytest

from coach.safety.lint import problems
from corpus.content import Content

BAD = {
    "You could be more vulnerable with him tonight.": "opening up as advice",
    "Both of you should cool down.": "both sides",
    "You must leave tonight.": "an instruction to leave or stay",
    "He is a narcissist.": "a label for the partner",
    "At least he said sorry.": "blame",
    "I promise it will be all right.": "a promise",
    "Think of your family.": "unsafe words about suicide",
    "As Caruso says, share.": "the article's author",
    "Call now!": "excitement",
}


@pytest.mark.parametrize(("text", "problem"), BAD.items())
def test_each_thing_that_must_not_be_said_is_caught(text: str, problem: str) -> None:
    """One sentence, one name for what is wrong with it."""
    assert problem in problems("abuse", text)


def test_saying_what_one_will_not_do_is_allowed() -> None:
    """The honest redirect names what it leaves out."""
    assert problems("abuse", "I won't suggest opening up to them or sharing your fears with him right now.") == ()


def test_a_reply_that_is_too_long_is_caught() -> None:
    """Somebody in danger reads little."""
    assert problems("immediate_danger", "word " * 200) == ("too long (200 words)",)


def test_all_curated_safety_wording_passes(content: Content) -> None:
    """Every sentence that can be part of a safety reply is clean by itself."""
    words = content.conversation.safety
    for reply in words.replies:
        texts = [*reply.openings, *reply.body, *reply.closing, *reply.short]
        assert [(text, found) for text in texts if (found := problems(reply.tier, text))] == []  # type: ignore[arg-type]
    assert all(problems("abuse", text) == () for text in (*words.add_ons.values(), words.fallback, words.gate_failed))
