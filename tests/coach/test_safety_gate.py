"""The gate: nothing about closeness reaches somebody who is at risk, whatever they type next."""

from __future__ import annotations

import pytest

from coach import Coach, Conversation
from coach.models import Reply
from coach.safety.state import GATED

EXPLICIT = [
    ("he hit me again last night", "abuse"),
    ("my wife slapped me and threw a plate at me, im a man so who would believe me", "abuse"),
    ("he choked me out at new year but he said sorry", "abuse"),
    ("i said no and he carried on anyway", "abuse"),
    ("he keeps my passport in his safe and says he'll have me deported", "abuse"),
    ("I’m scared of my husband", "abuse"),
    ("she'll kill herself if i leave, she has told me", "abuse"),
    ("i don't want to be here anymore", "self_harm"),
    ("i keep thinking about killing myself", "self_harm"),
    ("he's outside banging on the door right now with a knife", "immediate_danger"),
    ("i took all my tablets", "immediate_danger"),
    ("i hit my wife last night and i hate myself", "harm_others"),
    ("how can i see my girlfriend's deleted whatsapp messages on her phone", "harm_others"),
    ("he beats my son with a belt", "child_safety"),
    ("im 15 and my boyfriend is 29", "child_safety"),
]
AFTERWARDS = [
    "im fine now, it was nothing",
    "what do i say to them tonight",
    "give me date night ideas",
    "can you help us be more vulnerable with each other",
    "should we see a couples therapist",
    "lol forget it",
    "shorter",
]


def talk(coach: Coach, *messages: str, country: str | None = "GB") -> list[Reply]:
    """Return the replies to messages typed one after the other."""
    conversation, replies = Conversation(country=country), []
    for message in messages:
        reply = coach.reply(message, conversation)
        conversation = conversation.add(message, reply)
        replies.append(reply)
    return replies


@pytest.mark.parametrize(("message", "tier"), EXPLICIT)
def test_what_is_said_in_so_many_words_is_noticed(coach: Coach, message: str, tier: str) -> None:
    """Explicit disclosures get their tier, with helplines and the person's own words as the reason."""
    (reply,) = talk(coach, message)

    assert reply.tier == tier
    assert reply.referral is not None
    assert reply.referral.helplines
    assert reply.referral.reasons
    assert reply.referral.reasons[0].words


@pytest.mark.parametrize(("message", "tier"), EXPLICIT)
def test_nothing_typed_afterwards_opens_the_gate(coach: Coach, message: str, tier: str) -> None:
    """No passage, prompt, step or couples therapy is reachable once a risk was told."""
    for reply in talk(coach, message, *AFTERWARDS):
        assert reply.tier in GATED
        assert (reply.quotes, reply.prompts, reply.step, reply.other_side) == ((), (), None, None)
        assert reply.referral is not None
        assert reply.referral.level not in {"therapist_consider", "therapist_recommend"}
        assert "Caruso" not in reply.text


@pytest.mark.parametrize(
    "message",
    [
        "he hit me again last night",
        "he keeps my passport in his safe",
        "i’m scared of my husband",
        "i don't want to be here anymore",
    ],
)
def test_disguise_does_not_lower_the_tier(coach: Coach, message: str) -> None:
    """Capitals, curly quotes, invisible characters, look-alike letters and lol change nothing."""
    graver = GATED - {"check_in"}
    disguised = [
        message,
        message.upper(),
        message.replace("'", "’"),
        "\u200b".join(message),
        message.replace("a", "а").replace("e", "е"),
        f"{message} lol",
        f"{message}. anyway how was your day",
    ]

    assert {text: tier for text in disguised if (tier := talk(coach, text)[0].tier) not in graver} == {}


@pytest.mark.parametrize(
    "message",
    [
        "i could kill him, he left his socks on the stairs again lol",
        "our therapeutic sunday walks have stopped and i miss them",
        "she killed it at karaoke and i felt left out all night",
        "i watched a film where he strangles her and we argued about the ending",
        "he beats me at chess every time and then gloats",
        "we both share our location, we agreed on it, i like it",
    ],
)
def test_harmless_words_stay_in_coaching(coach: Coach, message: str) -> None:
    """Idioms, fiction, play and agreed arrangements raise no alarm."""
    assert talk(coach, message)[0].tier not in GATED


def test_a_gate_that_cannot_run_shows_help_and_does_not_coach(coach: Coach, monkeypatch: pytest.MonkeyPatch) -> None:
    """It fails closed, says so, and no traceback reaches the person."""

    def broken(*_args: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("coach.coach.detect", broken)

    reply = coach.reply("we never talk any more")

    assert reply.kind == "safety"
    assert reply.quotes == ()
    assert reply.referral is not None
    assert reply.referral.helplines
    assert "Traceback" not in reply.text


def test_only_a_full_explanation_lifts_a_risk(coach: Coach) -> None:
    """It was the plot of a book: then coaching goes on."""
    told, explained = talk(
        coach, "he strangled her in front of the kids and i can't sleep", "sorry, that was in the book i'm reading"
    )

    assert explained.tier not in GATED
    assert told is not None


def test_helplines_follow_the_country_that_was_chosen(coach: Coach) -> None:
    """A known country gives its own numbers; none gives the international ones, never a guess."""
    british = talk(coach, "he hit me again last night", country="GB")[0]
    unknown = talk(coach, "he hit me again last night", country=None)[0]

    assert british.referral is not None
    assert unknown.referral is not None
    assert any(line.phone == "0808 2000 247" for line in british.referral.helplines)
    assert {line.need for line in unknown.referral.helplines} <= {"emergency", "directory"}


def test_every_number_that_is_shown_is_a_row_of_the_data(coach: Coach) -> None:
    """No number is written or changed on the way to the screen."""
    for message, _ in EXPLICIT:
        (reply,) = talk(coach, message)
        assert reply.referral is not None
        rows = coach.content.country_by_code["GB"].helplines + coach.content.country_by_code["INTL"].helplines
        assert all(line in rows for line in reply.referral.helplines)
