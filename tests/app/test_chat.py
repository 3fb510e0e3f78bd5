"""What the chat page draws, and what its buttons do."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from app_parts.engine import engine
from corpus.errors import ContentError
from tests.app.conftest import Open, data, say, texts, use
from tests.app.scripted import ODD, ScriptedCoach

pytestmark = pytest.mark.usefixtures("scripted")


def test_empty_page_offers_a_way_to_begin(open_app: Open) -> None:
    """A first-time visitor sees a question, a box, and starters that sound like people."""
    app = open_app()
    assert not app.exception
    assert app.title[0].value.endswith("?") or "?" in app.title[0].value
    assert len(app.pills(key="starters").options) >= 3


def test_starter_is_answered_with_one_tap(open_app: Open, scripted: ScriptedCoach) -> None:
    """Tapping a starter sends it and draws the reply in the same run."""
    app = open_app()
    starter = app.pills(key="starters").options[0]
    app.pills(key="starters").select(starter).run()
    assert [message for message, _ in scripted.seen] == [starter]
    assert data(app, "opener")[0]["text"] == "Could we talk?"


def test_reply_is_drawn_in_parts(open_app: Open) -> None:
    """The expert's words, the coach's words, the openers, the step and the other side all stand there."""
    app = say(open_app(), "we drift apart")
    drawn = texts(app)
    quote = data(app, "quotation")[0]
    assert quote["text"].startswith("“")
    assert "Laura Caruso" in quote["citation"]
    for words in (
        "Heard we drift apart",
        "Because it fits",
        "Ten minutes",
        "They may be tired",
        "If your partner jokes",
    ):
        assert words in drawn.replace("\\", "")
    assert any(link.value == "Read it in the article" for link in app.page_link)
    assert not app.exception


def test_chip_goes_the_same_way_as_typing(open_app: Open, scripted: ScriptedCoach) -> None:
    """A tapped follow-up is a message like any other, with the turns before it."""
    app = say(open_app(), "we drift apart")
    app.pills(key="chips_1").select("What about my part?").run()
    message, talk = scripted.seen[-1]
    assert message == "What about my part?"
    assert talk.messages == ("we drift apart",)
    assert len(app.session_state["talk"].turns) == 2


@pytest.mark.parametrize(
    ("button", "chip"), [("Shorter", "shorter"), ("Another opener", "another_opener"), ("Not quite", "not_it")]
)
def test_rewording_buttons_send_the_coachs_own_chips(
    open_app: Open, scripted: ScriptedCoach, button: str, chip: str
) -> None:
    """The one-tap actions say what the coach understands."""
    app = say(open_app(), "we drift apart")
    app.button(key=f"do_{button}").click().run()
    assert scripted.seen[-1][0] == scripted.content.conversation.wording[f"chip_{chip}"][0]


def test_undo_takes_back_one_turn(open_app: Open) -> None:
    """Undo removes the last message and its reply, and nothing else."""
    app = say(say(open_app(), "first"), "second")
    app.button(key="do_Undo last message").click().run()
    assert app.session_state["talk"].messages == ("first",)
    assert "second" not in texts(app)


def test_start_over_leaves_nothing(open_app: Open) -> None:
    """After Start over, no word of the conversation is left."""
    app = say(open_app(), "my secret")
    app.button(key="do_Start over").click().run()
    assert "my secret" not in texts(app)
    assert "talk" not in app.session_state
    assert "pending" not in app.session_state


def test_user_text_and_coach_text_are_literal(open_app: Open) -> None:
    """What the user typed is plain text, and a coach's line cannot become markup either."""
    app = say(open_app(), "# hi **there** $x$ <img src=x>")
    assert app.text[0].value == "# hi **there** $x$ <img src=x>"
    app = say(app, "odd")
    line = next(str(element.value) for element in app.markdown if "bold" in str(element.value))
    assert "\\*\\*bold" in line
    assert "\\$x\\^2" in line
    assert ODD.startswith("**bold")


def test_safety_reply_shows_people_and_no_coaching(open_app: Open) -> None:
    """A safety reply has helplines under its first words, and no quotation, opener, rewording or download."""
    app = say(open_app(), "danger")
    assert not app.exception
    assert data(app, "opener") == data(app, "quotation") == []
    assert len(data(app, "copy")) >= 4
    labels = [button.label for button in app.button]
    assert not {"Shorter", "Another opener", "Not quite", "Keep a copy"} & set(labels)


def test_people_stay_at_hand_after_a_safety_reply(open_app: Open) -> None:
    """The panel stays for the later turns, closed, and so does the ban on downloads."""
    app = say(say(open_app(), "danger"), "and now something else")
    panel = app.expander(key="help_panel")
    assert not panel.proto.expanded
    assert "Keep a copy" not in [button.label for button in app.button]


def test_country_changes_the_numbers_of_a_reply(open_app: Open, scripted: ScriptedCoach) -> None:
    """Choosing a country under a safety reply shows that country's numbers at once, and the coach is told."""
    app = say(open_app(), "danger")
    app.selectbox(key="country_0").select("GB").run()
    assert "999" in [chip["value"] for chip in data(app, "copy")]
    say(app, "danger still")
    assert scripted.seen[-1][1].country == "GB"


def test_referral_stands_after_the_advice(open_app: Open) -> None:
    """A therapist suggestion is one calm box below the advice."""
    app = say(open_app(), "strain")
    drawn = [str(element.value) for element in app.markdown]
    at = next(place for place, text in enumerate(drawn) if "couples therapist could help" in text)
    assert at > next(place for place, text in enumerate(drawn) if "Ten minutes" in text)


def test_download_comes_after_a_warning(open_app: Open) -> None:
    """The copy is offered only after a click, with a warning about shared devices."""
    app = say(open_app(), "we drift apart")
    assert not app.get("download_button")
    app.button(key="keep").click().run()
    assert "Anyone who uses this device can open it" in texts(app)
    assert len(app.get("download_button")) == 1


def test_why_this_answer_is_told_in_plain_words(open_app: Open) -> None:
    """The box says what the message was taken for, which passages fit, and what was looked at for safety."""
    app = say(open_app(), "we drift apart")
    app.session_state["why_0"] = True
    app.run()
    drawn = texts(app)
    assert "we pass in the hall" in drawn
    assert "60 % sure" in drawn
    assert "signs of risk or strain" in drawn


def test_why_a_follow_up_was_answered_so(open_app: Open, scripted: ScriptedCoach) -> None:
    """A follow-up is explained by what it was about, and not as if its few words were a concern."""
    app = say(open_app(), "follow-up")
    app.session_state["why_0"] = True
    app.run()
    drawn = texts(app).replace("\\", "")
    assert "How might they see it?" in drawn
    assert scripted.content.situations[0].title in drawn
    assert "fit best" not in drawn


def test_page_draws_and_takes_a_message_while_the_coach_loads(
    open_app: Open, scripted: ScriptedCoach, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first message may be sent before the coach is ready, and is answered when it is."""
    ready = threading.Event()

    def slow(**_: Any) -> ScriptedCoach:
        ready.wait(20)
        return scripted

    use(slow, monkeypatch)
    app = open_app(wait=False)
    assert app.title
    assert "getting ready" in texts(app)
    threading.Timer(0.3, ready.set).start()
    say(app, "early bird")
    assert scripted.seen[-1][0] == "early bird"
    assert "getting ready" not in texts(app).lower()


def test_a_coach_that_cannot_load_is_one_plain_line(open_app: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """A content error is said with its file, and Help is one tap away."""

    def broken(**_: Any) -> ScriptedCoach:
        raise ContentError("situations/x.yaml: no passage called 'y'")

    use(broken, monkeypatch)
    app = open_app()
    assert len(app.error) == 1
    assert "situations/x" in app.error[0].value.replace("\\", "")
    assert any("reach" in link.value for link in app.page_link)
    engine().wait()
    assert not app.exception


def test_two_sessions_share_nothing(open_app: Open) -> None:
    """A second session does not know the first one's words."""
    say(open_app(), "only mine")
    assert "only mine" not in texts(open_app())


def test_messages_without_words_are_not_sent(open_app: Open, scripted: ScriptedCoach) -> None:
    """Blank input is no message."""
    app: AppTest = say(open_app(), "   ")
    assert scripted.seen == []
    assert not app.exception
