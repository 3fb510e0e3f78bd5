"""The library, help and about pages, and the small functions behind them."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from app_parts import causes, shelf
from app_parts.keep import as_markdown
from app_parts.lines import NEEDS
from app_parts.reading import blocks
from coach.models import Conversation, Reply
from corpus.content import Content
from corpus.models import Need
from tests.app.conftest import Open, data, say, texts
from tests.app.scripted import ScriptedCoach

pytestmark = pytest.mark.usefixtures("scripted")


def go(app: AppTest, page: str, **params: str) -> AppTest:
    """Open a page of the app."""
    for name, value in params.items():
        app.query_params[name] = value
    return app.switch_page(f"app_pages/{page}.py").run()


def test_library_shows_the_whole_article(open_app: Open, content: Content) -> None:
    """Every passage is on the page, with author, date and rights."""
    app = go(open_app(), "library")
    drawn = texts(app).replace("\\", "").replace("\u2060", "")
    assert not app.exception
    for passage in content.articles[0].passages:
        assert passage.text in drawn
    for words in ("Laura Caruso", "13 August 2024", "belongs to its author"):
        assert words in drawn


def test_library_lights_the_passage_in_the_address(open_app: Open, content: Content) -> None:
    """A number in the address lights exactly one passage, and asks for it to be scrolled to."""
    passage = list(content.passages.values())[40]
    app = go(open_app(), "library", p="41")
    lit = [str(element.value) for element in app.markdown if ":yellow-background[" in str(element.value)]
    assert len(lit) == 1
    assert passage.text[:20] in lit[0].replace("\\", "")
    assert data(app, "scroll")[0]["target"] == "asked"


@pytest.mark.parametrize("number", ["0", "999", "-1", "x", "²", ""])
def test_library_bears_any_number(open_app: Open, number: str) -> None:
    """A number that stands for nothing lights nothing."""
    app = go(open_app(), "library", p=number)
    assert not app.exception
    assert ":yellow-background[" not in texts(app)


def test_library_marks_what_was_quoted(open_app: Open) -> None:
    """Passages of this conversation are marked in the text and listed on their own."""
    app = go(say(open_app(), "we drift apart"), "library")
    assert "Quoted to you" in texts(app)
    app.segmented_control(key="view").select("Quoted to you").run()
    assert len(data(app, "quotation")) == 1


def test_search_finds_passages_by_meaning(open_app: Open) -> None:
    """The search lists links to passages."""
    app = go(open_app(), "library")
    app.text_input(key="query").set_value("we stopped talking").run()
    assert not app.exception
    assert len([link for link in app.page_link if "…" in link.value or "." in link.value]) >= 3


def test_search_has_the_safety_gate_in_front(open_app: Open) -> None:
    """A search that tells of danger is met with people to reach, not with passages."""
    app = go(open_app(), "library")
    app.text_input(key="query").set_value("danger").run()
    assert "I believe you" in texts(app)
    assert len(data(app, "copy")) >= 2


def test_map_comes_from_the_data(open_app: Open, content: Content) -> None:
    """Every cause and every step of the article is a node, and each line joins one of each."""
    app = go(open_app(), "library")
    app.segmented_control(key="view").select("Map").run()
    drawn = data(app, "map")[0]
    left = {node["id"] for node in drawn["left"]["nodes"]}
    right = {node["id"] for node in drawn["right"]["nodes"]}
    assert (len(left), len(right)) == (13, 8)
    assert left | right <= content.passages.keys()
    assert all(link["from"] in left and link["to"] in right and 0 < link["weight"] <= 1 for link in drawn["links"])


def test_map_shows_the_picked_passage(open_app: Open, content: Content) -> None:
    """A picked node is quoted whole, with a link to its place."""
    passage = next(p for p in content.passages.values() if p.role == "step")
    app = go(open_app(), "library")
    app.session_state["map_picked"] = passage.passage_id
    app.segmented_control(key="view").select("Map").run()
    assert data(app, "quotation")[0]["text"] == passage.text


def test_a_link_leads_from_the_map_to_the_text(open_app: Open) -> None:
    """Asking for a passage shows it in the text, whichever view was open, and asking again does so again."""
    app = go(open_app(), "library")
    for _ in range(2):
        app.segmented_control(key="view").select("Map").run()
        assert data(app, "map")
        assert "p" not in app.query_params
        app.query_params["p"] = "12"
        app.run()
        assert app.segmented_control(key="view").value == "Read"
        assert texts(app).count(":yellow-background[") == 1


def test_passages_can_be_linked(open_app: Open, content: Content) -> None:
    """On request, each passage of the article has a link of its own."""
    app = go(open_app(), "library")
    app.toggle(key="linked").set_value(True).run()
    links = [link for link in app.page_link if link.value.startswith("Passage ")]
    assert len(links) == len(content.passages)


def test_help_works_without_any_coach(open_app: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """Help is drawn from its own files, when the coach is not there at all."""
    monkeypatch.setattr("app_parts.engine.Engine._load", lambda _self: None)
    app = go(open_app(wait=False), "help")
    assert not app.exception
    assert "112" in [chip["value"] for chip in data(app, "copy")]
    assert "Checked on" in texts(app)


def test_help_shows_the_chosen_country_emergency_first(open_app: Open, content: Content) -> None:
    """All lines of a country are there, the emergency number before all others."""
    app = go(open_app(), "help")
    assert app.selectbox(key="country_help").value is None
    app.selectbox(key="country_help").select("GB").run()
    numbers = [chip["value"] for chip in data(app, "copy")]
    assert numbers[0] == "999"
    for line in content.country_by_code["GB"].helplines:
        assert {line.phone, line.sms, line.chat_url, line.whatsapp} & {*numbers}


def test_help_can_be_narrowed_to_a_need(open_app: Open) -> None:
    """Choosing a need keeps the emergency numbers and that need."""
    app = go(open_app(), "help")
    app.selectbox(key="country_help").select("GB").run()
    app.pills(key="need_GB").select("suicide").run()
    headers = [header.value for header in app.header]
    assert NEEDS["suicide"].split(",")[0] in headers[-2].replace("\\", "")
    assert NEEDS["dv"].split(",")[0] not in "".join(headers).replace("\\", "")


def test_every_need_has_a_name() -> None:
    """No need of the data is without words on the page."""
    from typing import get_args

    assert set(get_args(Need)) == NEEDS.keys()


@pytest.mark.parametrize("page", ["chat", "library", "help", "about"])
def test_quick_exit_is_on_every_page(open_app: Open, page: str) -> None:
    """The way out is on each page, first of all."""
    app = go(open_app(), page)
    assert not app.exception
    assert data(app, "quick_exit")[0]["url"].startswith("https://")


def test_a_broken_helpline_file_is_one_line(open_app: Open, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where even the helplines cannot be read, the page says which file, and how to be safer still stands there."""
    app = open_app()
    monkeypatch.setenv("NEARER_CORPUS_DIR", str(tmp_path))
    (tmp_path / "helplines").mkdir()
    (tmp_path / "helplines" / "gb.yaml").write_text("code: GB\nnonsense: 1\n")
    shelf.countries.clear()
    app = go(app, "help")
    shelf.countries.clear()
    assert "gb.yaml" in app.error[0].value.replace("\\", "")
    assert "more safely" in texts(app)


def test_blocks_keep_every_passage_in_order(content: Content) -> None:
    """Reading order is kept, list marks stand with their entries, and advertising is left out."""
    article = content.articles[0]
    made = blocks(article)
    assert [block.passage for block in made if block.passage] == list(article.passages)
    assert [block.mark for block in made if block.mark[:1].isdigit()] == [f"{number}." for number in range(1, 9)]
    assert not any("Download the #1 app" in block.text for block in made)
    assert len([block for block in made if block.kind == "heading"]) == 8


def test_links_join_what_situations_share(content: Content) -> None:
    """Each cause has at most two helps, and no line is without weight."""
    passages = content.articles[0].passages
    found = causes.links(
        [p for p in passages if p.role == "cause"], [p for p in passages if p.role == "step"], content.situations
    )
    assert found
    assert max(weight for _, _, weight in found) == 1.0


def test_kept_copy_is_plain(scripted: ScriptedCoach) -> None:
    """The file holds what was said, the user's words as a quotation."""
    talk = Conversation().add("two\nlines", Reply(kind="advice", tier="coach", text="An answer."))
    assert as_markdown(talk) == "# Notes\n\n**You**\n\n> two\n> lines\n\n**Coach**\n\nAn answer.\n"
    assert scripted.seen == []
