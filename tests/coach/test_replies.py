"""What the coach answers: exact quotations, nothing twice, honest edges, the same reply everywhere."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from coach import Coach, Conversation, Reply
from coach.models import Turn

TWINS = "since the twins were born we're basically coworkers, i miss him"


def talk(coach: Coach, *messages: str) -> list[Reply]:
    """Return the replies to messages typed one after the other."""
    conversation, replies = Conversation(), []
    for message in messages:
        reply = coach.reply(message, conversation)
        conversation = conversation.add(message, reply)
        replies.append(reply)
    return replies


def test_a_first_concern_gets_all_parts_of_an_answer(coach: Coach) -> None:
    """Heard, one to three exact passages, a line of the coach's own, openers, a step, and chips."""
    (reply,) = talk(coach, TWINS)

    assert (reply.kind, reply.tier) == ("advice", "coach")
    assert reply.heard
    assert 1 <= len(reply.quotes) <= 3
    assert reply.why
    assert 2 <= len(reply.prompts) <= 4
    assert reply.step
    assert 2 <= len(reply.follow_ups) <= 4


def test_every_quotation_is_exact_and_cited(coach: Coach) -> None:
    """The text is the article's own at the cited place, with author, title and date."""
    (reply,) = talk(coach, TWINS)

    for quote in reply.quotes:
        article = coach.content.article_by_id[quote.source_id]
        assert article.text[quote.start : quote.end] == quote.text
        assert quote.text in reply.text
        assert "Laura Caruso" in quote.citation
        assert "13 August 2024" in quote.citation


def test_a_quotation_that_does_not_match_the_article_is_never_shown(coach: Coach) -> None:
    """A passage whose text was tampered with is left out when the reply is composed."""
    from coach.compose import Desk

    desk = Desk(coach.finder, Conversation(), TWINS)
    good = next(iter(coach.content.passages.values()))
    forged = good.model_copy(update={"text": good.text.replace("a", "o")})

    assert [quote.passage_id for quote in desk.quoted([good, forged])] == [good.passage_id]


def test_nothing_is_said_twice(coach: Coach) -> None:
    """Passages, openers and steps do not come back in one conversation."""
    replies = talk(
        coach,
        TWINS,
        "tell me more",
        "what exactly do i say",
        "another way to say it",
        "one small thing to do",
        "tell me more",
    )

    quoted = [quote.passage_id for reply in replies for quote in reply.quotes]
    said = [prompt.text for reply in replies for prompt in reply.prompts]
    steps = [reply.step for reply in replies if reply.step]
    assert len(quoted) == len(set(quoted))
    assert len(said) == len(set(said))
    assert len(steps) == len(set(steps))


def test_three_years_of_trying_gets_a_therapist_with_the_persons_own_words(coach: Coach) -> None:
    """The suggestion says why, and the article's words on counselling are among the quotations."""
    message = "we've tried everything for three years, books, date nights, and he still shuts down every time"
    reply = talk(coach, message)[0]

    assert reply.tier in {"therapist_consider", "therapist_recommend"}
    assert reply.referral is not None
    assert any(reason.words in message for reason in reply.referral.reasons)


def test_a_declined_therapist_is_not_mentioned_again(coach: Coach) -> None:
    """Silence after a no, whatever is told later."""
    replies = talk(
        coach, "should we see a couples therapist", "no therapist, we can't afford that, stop suggesting it",
        "we've had the same fight every week for four years and nothing works",
    )  # fmt: skip

    assert replies[0].referral is not None
    assert replies[2].referral is None


@pytest.mark.parametrize(
    "message",
    ["how do I fill in form 1040 for my tax return", "what's the capital of Burkina Faso", "write me a python script"],
)
def test_what_is_not_about_a_couple_is_declined_kindly(coach: Coach, message: str) -> None:
    """It says what it is for and quotes nothing."""
    (reply,) = talk(coach, message)

    assert (reply.kind, reply.tier, reply.quotes) == ("out_of_scope", "out_of_scope", ())


@pytest.mark.parametrize("message", ["hi", "not good", "idk", "help"])
def test_an_empty_opening_gets_one_warm_question(coach: Coach, message: str) -> None:
    """No menu, no quotation, one question."""
    (reply,) = talk(coach, message)

    assert reply.kind == "clarify"
    assert reply.quotes == ()
    assert reply.text.count("?") >= 1


@pytest.mark.parametrize(
    "message",
    [
        "",
        " ",
        "\u200b",
        "?!",
        "🙂",
        "\ud800",
        "a" * 100_000,
        "\x00\x1b[31m",
        "<script>alert(1)</script>",
        "$$\\frac{1}{0}$$",
    ],
    ids=["nothing", "blank", "invisible", "marks", "emoji", "surrogate", "endless", "control", "html", "latex"],
)
def test_anything_at_all_gets_a_valid_reply(coach: Coach, message: str) -> None:
    """No message raises, and every reply can be written as JSON."""
    (reply,) = talk(coach, message)

    assert reply.text
    assert json.loads(reply.model_dump_json())["text"] == reply.text


def test_a_conversation_is_a_frozen_value(coach: Coach) -> None:
    """Adding and undoing give new conversations and leave the old one as it was."""
    first = Conversation()
    reply = coach.reply("hi", first)
    second = first.add("hi", reply)

    assert first.turns == ()
    assert second.turns == (Turn(message="hi", reply=reply),)
    assert second.undo() == first


def test_the_same_conversation_gets_the_same_bytes_in_another_process(coach: Coach, tmp_path: Path) -> None:
    """Nothing depends on the process, on hash seeds or on what was asked before."""
    lines = [
        {"id": "a", "turns": [TWINS, "why does this happen", "we tried that"]},
        {"id": "b", "turns": ["he never listens"]},
    ]
    source = tmp_path / "in.jsonl"
    source.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")

    outputs = []
    for seed in ("1", "2"):
        target = tmp_path / f"out{seed}.jsonl"
        command = [sys.executable, "-m", "cli", "batch", str(source), str(target)]
        environment = os.environ | {"PYTHONHASHSEED": seed}
        subprocess.run(command, check=True, env=environment, capture_output=True)  # noqa: S603 - our own command
        outputs.append(target.read_bytes())

    assert outputs[0] == outputs[1]
    assert json.loads(outputs[0].splitlines()[1])["replies"][0]["text"] == talk(coach, "he never listens")[0].text
