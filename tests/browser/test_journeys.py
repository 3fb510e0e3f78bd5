"""What people do with the app, in a real browser."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NEUTRAL, Visitor
from tests.browser.harness import Server, Visit

CONCERN = "We're basically roommates and I miss us"
CRISIS = "he hits me and I'm scared of him"
ODD = (
    "# **bold** _it_ `code` $x^2$ $$\\sum$$ <b>tag</b> <img src=https://example.org/a.png> "
    "[a](https://example.org) ![i](https://example.org/b.png) :red[no] :material/home: | a | b | www.example.org"
)


def in_view(visit: Visit, text: str) -> bool:
    """Tell whether some text stands in the visible part of the page."""
    box = visit.page.get_by_text(text).first.bounding_box()
    height = (visit.page.viewport_size or {"height": 0})["height"]
    return bool(box and 0 <= box["y"] <= height - 20)


def test_a_first_message_gets_a_useful_answer(visitor: Visitor) -> None:
    """One tap on a starter gives a quotation with its source, things to say, and a step."""
    visit = visitor()
    visit.page.get_by_test_id("stPills").get_by_role("button").or_(visit.page.get_by_role("radio")).first.click()
    expect(visit.page.get_by_text("Why this answer?")).to_be_visible()
    visit.rest()
    expect(visit.page.locator("blockquote").first).to_be_visible()
    expect(visit.page.locator("cite").first).to_contain_text("Laura Caruso")
    expect(visit.page.get_by_role("button", name=re.compile("^Copy: ")).first).to_be_visible()


def test_a_citation_opens_the_passage_lit_and_in_view(visitor: Visitor) -> None:
    """The link under a quotation leads to its place in the article, and the conversation is still there."""
    visit = visitor().say(CONCERN)
    quote = visit.page.locator("blockquote").first.inner_text().strip("“”")
    visit.page.get_by_role("link", name="Read it in the article").first.click()
    expect(visit.page.get_by_text("The passage you asked for")).to_be_visible()
    visit.page.wait_for_timeout(1200)
    assert in_view(visit, quote[:60])
    assert re.search(r"/library\?p=\d+$", visit.page.url)
    visit.go("Talk")
    expect(visit.page.get_by_text(CONCERN, exact=True)).to_be_visible()


def test_a_follow_up_chip_is_answered(visitor: Visitor) -> None:
    """A tap on a follow-up adds a turn."""
    visit = visitor().say(CONCERN)
    visit.page.get_by_test_id("stPills").get_by_role("button").or_(visit.page.get_by_role("radio")).first.click()
    expect(visit.page.get_by_text("Why this answer?")).to_have_count(2)


def test_an_opener_is_made_ones_own_and_copied(visitor: Visitor) -> None:
    """The person's own words go to the clipboard, and are still there after a look at the article."""
    visit = visitor(permissions=["clipboard-read", "clipboard-write"]).say(CONCERN)
    page = visit.page
    page.get_by_role("button", name=re.compile("^Copy: ")).first.click()
    first = page.evaluate("navigator.clipboard.readText()")
    assert len(first) > 10
    page.get_by_role("button", name=re.compile("^Make it yours: ")).first.click()
    page.get_by_label("Put it in your own words").first.fill("Come here, you.")
    page.get_by_role("button", name=re.compile("^Copy: ")).first.click()
    assert page.evaluate("navigator.clipboard.readText()") == "Come here, you."
    visit.rest().go("Article").go("Talk")
    expect(page.get_by_label("Put it in your own words").first).to_have_value("Come here, you.")


@pytest.mark.parametrize("size", [(1200, 900), (360, 740)])
def test_a_crisis_reply_has_a_way_out_above_the_fold(visitor: Visitor, size: tuple[int, int]) -> None:
    """Numbers stand under the first words, in view without scrolling; nothing invites to talk it over with him."""
    visit = visitor(viewport={"width": size[0], "height": size[1]}).say(CRISIS)
    visit.page.wait_for_timeout(1200)
    door = visit.page.get_by_role("button", name=re.compile(": copy, ")).first.bounding_box()
    assert door is not None
    assert 0 < door["y"] < size[1] - 200
    assert visit.page.locator("blockquote").count() == 0
    assert visit.page.get_by_role("button", name=re.compile("^Make it yours")).count() == 0
    visit.say("what should i tell him tonight")
    expect(visit.page.get_by_test_id("stBottom").get_by_text("People you can reach")).to_be_visible()
    assert visit.page.get_by_role("button", name="Keep a copy").count() == 0


@pytest.mark.parametrize("way", ["button", "escape"])
def test_quick_exit_leaves_nothing(visitor: Visitor, way: str) -> None:
    """The page is replaced, and the back button shows nothing of the conversation."""
    visit = visitor().say(CONCERN)
    if way == "button":
        visit.page.get_by_role("button", name="Quick exit").click()
    else:
        for _ in range(3):
            visit.page.keyboard.press("Escape")
    visit.page.wait_for_url(f"{NEUTRAL}*")
    visit.page.go_back()
    visit.page.wait_for_timeout(1500)
    assert "roommates and I miss us" not in visit.words().replace("You could begin with", "").split("Quick exit")[0]
    assert visit.page.get_by_test_id("stChatMessage").count() == 0


@pytest.mark.parametrize("page", ["", "library", "help", "about"])
def test_two_escapes_do_not_leave(visitor: Visitor, page: str) -> None:
    """On every page the way out is there, and two presses are not three."""
    visit = visitor(page)
    visit.page.keyboard.press("Escape")
    visit.page.keyboard.press("Escape")
    visit.page.wait_for_timeout(400)
    expect(visit.page.get_by_role("button", name="Quick exit")).to_be_visible()
    assert visit.page.title() == "Notes"


def test_a_phone_needs_no_sideways_scrolling(visitor: Visitor) -> None:
    """At 360 pixels every page fits, with a conversation too."""
    visit = visitor(viewport={"width": 360, "height": 740}).say(CONCERN)
    wide = "[...document.querySelectorAll('[data-testid=stMain]')].some(m => m.scrollWidth > m.clientWidth + 1)"
    for name in ("Talk", "Article", "Help", "About"):
        visit.go(name)
        assert not visit.page.evaluate(wide), name


def test_dark_is_dark(visitor: Visitor) -> None:
    """Whoever prefers dark gets dark, fonts shipped with the app included."""
    visit = visitor(color_scheme="dark")
    colour = visit.page.evaluate("getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor")
    assert max(map(int, re.findall(r"\d+", colour)[:3])) < 60
    assert visit.page.evaluate("document.fonts.check('16px \"Atkinson Hyperlegible Next\"')")
    assert any("atkinson" in url for url in visit.asked)


def test_the_keyboard_is_enough(visitor: Visitor) -> None:
    """The way out comes first; then a message is typed, sent, and its citation opened, all by keys."""
    visit = visitor()
    page = visit.page
    focused = "(document.activeElement.shadowRoot ?? document).activeElement?.textContent ?? ''"
    page.keyboard.press("Tab")
    assert "Quick exit" in page.evaluate(focused)
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.dataset.testid") == "stChatInputTextArea":
            break
    page.keyboard.type(CONCERN)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Why this answer?")).to_be_visible()
    visit.rest()
    for _ in range(40):
        page.keyboard.press("Shift+Tab")
        if "Read it in the article" in page.evaluate(focused):
            break
    page.keyboard.press("Enter")
    expect(page.get_by_text("The passage you asked for")).to_be_visible()


def test_two_people_at_once_never_meet(visitor: Visitor) -> None:
    """Two sessions write in turn, and neither page ever holds a word of the other."""
    one, two = visitor(), visitor()
    one.say("my zebra will not talk to me")
    two.say("my giraffe is always on the phone")
    one.say("what about my part, says the zebra")
    assert "giraffe" not in one.words()
    assert "zebra" not in two.words()


def test_reload_begins_anew(visitor: Visitor) -> None:
    """Nothing is kept: a reload is an empty page."""
    visit = visitor().say(CONCERN)
    visit.page.reload()
    visit.page.wait_for_selector('[data-testid="stChatInputTextArea"]')
    visit.rest()
    assert visit.page.get_by_test_id("stChatMessage").count() == 0


def test_a_server_restart_is_survived(visitor: Visitor, server: Server) -> None:
    """After a restart the page connects again, has forgotten the conversation, and answers a new message."""
    own = Server()
    own.start()
    try:
        visit = visitor(at=own).say(CONCERN)
        own.stop()
        expect(visit.page.get_by_role("button", name="Quick exit")).to_be_visible()
        own.start()
        visit.page.wait_for_timeout(500)
        visit.page.reload()
        visit.page.wait_for_selector('[data-testid="stChatInputTextArea"]')
        visit.rest().ready()
        assert visit.page.get_by_test_id("stChatMessage").count() == 0
        visit.say("we keep having the same fight")
        assert visit.replies.count() == 1
    finally:
        own.stop()
    assert server.url != own.url


def test_nothing_waits_for_the_model(visitor: Visitor, tmp_path: Path) -> None:
    """While the index is still to be built, the page is drawn, a message is taken, and Help opens all the same."""
    own = Server(NEARER_INDEX_DIR=str(tmp_path))
    own.start()
    try:
        visit = visitor(at=own, ready=False)
        page = visit.page
        expect(visit.box).to_be_visible(timeout=10_000)
        expect(page.get_by_text("You can write already.")).to_be_visible()
        visit.box.fill("an early message")
        visit.box.press("Enter")
        expect(page.get_by_text("Your message will be answered.")).to_be_visible()
        expect(page.get_by_text("an early message")).to_be_visible()
        page.get_by_role("link", name="Help", exact=True).click()
        expect(page.get_by_role("heading", name="People you can reach")).to_be_visible(timeout=10_000)
        expect(page.get_by_role("button", name="Call 112")).to_be_visible()
    finally:
        own.stop()


def test_less_motion_is_respected(visitor: Visitor) -> None:
    """Whoever asks for less motion gets the passage in view at once, without a ride through the article."""
    visit = visitor("library?p=60", reduced_motion="reduce")
    at = "document.querySelector('[data-testid=stMain]').scrollTop"
    visit.page.wait_for_timeout(1000)
    before = visit.page.evaluate(at)
    visit.page.wait_for_timeout(400)
    assert before == visit.page.evaluate(at) > 0
    assert visit.page.evaluate("matchMedia('(prefers-reduced-motion: reduce)').matches")


@pytest.mark.parametrize(
    "message",
    [ODD, "\u202eright to left \u200f שלום مرحبا", "x" * 9_990, "word " * 1_990],
    ids=["markup", "rtl", "one_long_word", "long"],
)
def test_odd_text_is_shown_as_it_is(visitor: Visitor, message: str) -> None:
    """Whatever is typed stands there letter by letter, becomes no markup, and breaks no layout."""
    visit = visitor(viewport={"width": 360, "height": 740}).say(message)
    bubble = visit.page.locator(".st-key-turn_0")
    shown = bubble.get_by_test_id("stText").inner_text()
    assert " ".join(shown.split()) == " ".join(message.split())
    assert bubble.locator("img, a, b, strong, code, .katex").count() == 0
    assert not visit.page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth > innerWidth + 1")
