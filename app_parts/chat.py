"""The pieces of the chat page: the welcome, the turns, what can be tapped next, and the box to write in."""

from __future__ import annotations

from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app_parts import keep, lines, memory, replies, shelf
from app_parts.engine import Engine, try_again
from app_parts.literal import literal, paragraphs, write
from app_parts.widgets import scroll_to
from coach import Coach
from coach.models import Reply
from coach.safety.state import GATED

MAX_CHARACTERS: Final = 10_000
LOOK_EVERY: Final = 0.5  # seconds
HELP: Final = "app_pages/help.py"
COACH_LINE: Final = ":material/forum: Coach · a program, not a therapist"
USER_FACE: Final = ":material/person:"
MEND: Final = (
    ("Undo last message", ":material/undo:", memory.undo),
    ("Start over", ":material/restart_alt:", memory.start_over),
)
STAGES: Final = {"preparing the encoder": "Getting the encoder ready", "passages": "Reading the article"}


def title() -> None:
    """Draw the question that the page asks."""
    st.title(literal(shelf.wording()["welcome_title"][0]), anchor=False)


def welcome() -> None:
    """Draw what this is, and ways to begin, on a page without a conversation."""
    words = shelf.wording()
    for paragraph in paragraphs(words["welcome"][0]):
        write(paragraph)
    st.caption("Software, not a therapist. Nothing is saved.")
    if not memory.pending():
        st.pills(
            "You could begin with",
            words["starters"],
            key="starters",
            on_change=memory.send_from,
            args=("starters",),
        )


def write_box() -> DeltaGenerator:
    """Draw the box to write in at the foot of the page, and return the place right above it."""
    with st.bottom:
        above = st.container()
        st.chat_input(
            "What is going on?",
            key="message",
            max_chars=MAX_CHARACTERS,
            submit_mode="disable",
            on_submit=memory.send_from,
            args=("message",),
        )
    return above


def turns(coach: Coach) -> None:
    """Draw the conversation so far."""
    for number, turn in enumerate(memory.talk().turns):
        _user(turn.message, number)
        with _coach(number):
            replies.draw(turn.reply, number, coach)


def answer(engine: Engine) -> None:
    """Draw the message that waits, find the reply to it, and keep both."""
    number = len(memory.talk().turns)
    _user(memory.pending(), number)
    with _coach(number):
        coach = _ready(engine)
        if coach is None:
            return
        with st.spinner("Reading …"):
            reply = coach.reply(memory.pending(), memory.talk())
        memory.add_turn(memory.pending(), reply)
        replies.draw(reply, number, coach)


def next_steps(coach: Coach) -> None:
    """Draw what can be tapped after the last reply."""
    talk = memory.talk()
    reply = talk.turns[-1].reply
    scroll_to(f"turn_{len(talk.turns) - 1}", f"sent_{memory.sent()}" if memory.sent() else "")
    if reply.follow_ups:
        key = f"chips_{len(talk.turns)}"
        st.pills("You could ask", reply.follow_ups, key=key, on_change=memory.send_from, args=(key,))
    with st.container(horizontal=True, gap="xsmall", key="actions"):
        for label, icon, chip in _rewordings(reply, coach):
            st.button(label, icon=icon, type="tertiary", on_click=memory.send, args=(chip,), key=f"do_{label}")
        for label, icon, act in MEND:
            st.button(label, icon=icon, type="tertiary", on_click=act, key=f"do_{label}")
        offered = not memory.was_serious()
        if offered and st.button("Keep a copy", icon=":material/download:", type="tertiary", key="keep"):
            keep.ask(talk)


def help_panel(place: DeltaGenerator) -> None:
    """Keep the people to reach at hand after the reply that lists them: one closed line above the box to write in."""
    found = memory.last_help()
    if found is None:
        return
    number, reply = found
    if number == len(memory.talk().turns) - 1 and not memory.named_before(reply, number):
        return
    words = shelf.wording()
    box = place.expander(words["label_helplines"][0], icon=":material/call:", key="help_panel")
    with box, st.container(height=260, border=False):
        lines.choose_country("country_panel")
        lines.draw(lines.of_reply(reply), "panel")
        st.page_link(HELP, label="All help lines", icon=":material/support:")


@st.fragment(run_every=1.0)
def getting_ready(engine: Engine) -> None:
    """Say honestly how far the coach is, and draw the page again when it is ready."""
    if engine.ended:
        st.rerun()
    _how_far(st.container(), engine, "You can write already.")


def failed(problem: str) -> None:
    """Say in one line what is wrong, and where help is all the same."""
    st.error(literal(f"The coach cannot answer now. {problem}"))
    with st.container(horizontal=True):
        st.button("Try again", on_click=try_again, key="try_again")
        st.page_link(HELP, label="People you can reach now", icon=":material/support:")


def _coach(number: int) -> DeltaGenerator:
    """Return the place for a reply, which says first whose words these are."""
    place = st.container(key=f"answer_{number}")
    place.caption(COACH_LINE)
    return place


def _ready(engine: Engine) -> Coach | None:
    """Return the coach once it is loaded; each look at how far it is lets a tap on Help or Undo through meanwhile."""
    place = st.empty()
    while not engine.ended:
        _how_far(place, engine, "Your message will be answered.")
        engine.wait(LOOK_EVERY)
    place.empty()
    return engine.coach


def _how_far(place: DeltaGenerator, engine: Engine, comfort: str) -> None:
    """Say how far the coach is with getting ready."""
    what, done, total = engine.progress or ("", 0, 0)
    if total:
        stage = STAGES.get(what, "Getting to know what couples say")
        place.progress(done / total, f"First start, a few minutes: {stage.lower()}. {comfort}")
    else:
        place.caption(f"The coach is getting ready. This takes some seconds. {comfort}")


def _user(message: str, number: int) -> None:
    with st.container(key=f"turn_{number}"), st.chat_message("user", avatar=USER_FACE):
        st.text(message)


def _rewordings(reply: Reply, coach: Coach) -> list[tuple[str, str, str]]:
    """Return the buttons that ask for the last reply in another way: label, icon, and what they send."""
    if reply.kind != "advice" or reply.tier in GATED:
        return []
    words = coach.content.conversation.wording
    offered = (
        ("Shorter", ":material/short_text:", words["chip_shorter"][0]),
        ("Another opener", ":material/autorenew:", words["chip_another_opener"][0]),
        ("Not quite", ":material/near_me_disabled:", words["chip_not_it"][0]),
    )
    return [button for button in offered if button[2] not in reply.follow_ups]
