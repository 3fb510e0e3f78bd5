"""The passages of the article, and the splitter on texts of all kinds."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.content import Content
from corpus.errors import ArticleError
from corpus.models import Passage, Sidecar
from corpus.splitter import MAX_PASSAGE, split


def sidecar(**given_fields: object) -> Sidecar:
    """Return the sidecar of a short made-up article."""
    fields = {
        "source_id": "tea",
        "file": "tea.txt",
        "sha256": "0" * 64,
        "title": "Tea for two",
        "author": "Ada Brewer",
        "date": dt.date(2026, 1, 2),
        "rights": "made for this test",
        "expert": "Ada Brewer",
        "expert_short": "Brewer",
    }
    return Sidecar.model_validate(fields | given_fields)


@pytest.fixture
def passages(content: Content) -> tuple[Passage, ...]:
    """Return the passages of the article that ships."""
    return content.article_by_id["emotional-intimacy"].passages


def test_each_passage_is_its_slice_of_the_article(content: Content) -> None:
    """The offsets point at exactly the passage's words, no-break spaces and curly quotes included."""
    for article in content.articles:
        for passage in article.passages:
            assert article.text[passage.start : passage.end] == passage.text


def test_the_article_has_the_parts_that_were_counted_by_hand(passages: tuple[Passage, ...]) -> None:
    """12 example bullets, 13 cause bullets, 8 steps and 21 quoted statements."""
    bullets = Counter(passage.role for passage in passages if passage.speaker == "list")

    assert bullets == {"example": 12, "cause": 13, "step": 8}
    assert sum(passage.speaker == "quote" for passage in passages) == 21


def test_no_passage_is_promotion_navigation_or_a_second_copy(passages: tuple[Passage, ...]) -> None:
    """What advertises or repeats is not guidance."""
    texts = [" ".join(passage.text.split()) for passage in passages]

    assert len(texts) == len(set(texts))
    for line in (
        "Read time",
        "+50k reviews",
        "Download the #1 app",
        "locked answer",
        "is what the Paired app is all about",
    ):
        assert not any(line in text for text in texts)


def test_a_sentence_that_names_a_product_is_never_quoted(passages: tuple[Passage, ...]) -> None:
    """It may be found and read in its place, but the coach does not repeat advertising."""
    assert [passage.text for passage in passages if "Paired app" in passage.text and passage.quotable] == []


def test_no_passage_begins_or_ends_inside_a_sentence(passages: tuple[Passage, ...]) -> None:
    """A passage starts like a sentence and ends with a full stop, a quotation mark or a colon."""
    for passage in passages:
        assert passage.text[0].isupper() or passage.text[0] in "“‘"
        assert passage.text[-1] in ".!?”:…" or passage.text.endswith("relationship expert")


def test_passage_ids_are_readable_and_unique(passages: tuple[Passage, ...]) -> None:
    """An id is the source and the first words, so that an editor can recognise it."""
    ids = [passage.passage_id for passage in passages]

    assert len(ids) == len(set(ids))
    assert "emotional-intimacy:hectic-schedules-and-competing-priorities" in ids


def test_bullets_steps_quotations_and_paragraphs_become_passages() -> None:
    """Each of the four is one passage, with its heading, role and speaker."""
    text = (
        "What causes cold tea?\n\nTea cools when nobody drinks it.\n\n“Drink it together,” says Brewer.\n\n"
        "According to Brewer, these are the reasons:\n\n  • Long calls\n    at the door.\n  • Short cups.\n\nHow to keep it warm\n\n  1. Sit down.\n"
    )

    found = split(text, sidecar())

    assert [(p.text, p.role, p.speaker) for p in found] == [
        ("Tea cools when nobody drinks it.", "cause", "article"),
        ("“Drink it together,” says Brewer.", "cause", "quote"),
        ("According to Brewer, these are the reasons:", "cause", "article"),
        ("Long calls\n    at the door.", "cause", "list"),
        ("Short cups.", "cause", "list"),
        ("Sit down.", "step", "article"),
    ]


def test_a_long_paragraph_is_cut_between_sentences_only() -> None:
    """An abbreviation does not end a sentence."""
    sentence = "Dr. Smith said that tea, e.g. green tea, is best shared by two people at home. "
    text = (sentence * 20).strip()

    found = split(text, sidecar(not_passages=[]))

    assert len(found) == 1 or all(p.text.startswith("Dr. Smith") and p.text.endswith("home.") for p in found)
    assert all(len(passage.text) <= MAX_PASSAGE for passage in found)


def test_a_line_of_the_sidecar_that_is_not_in_the_article_is_refused() -> None:
    """A typo in the list of promotional lines must not let one through."""
    with pytest.raises(ArticleError, match="not_passages entry not in the article: 'Buy now'"):
        split("Tea is warm.", sidecar(not_passages=["Buy now"]))


def test_an_empty_article_is_refused() -> None:
    """There is nothing to quote in it."""
    with pytest.raises(ArticleError, match="no passage found"):
        split("\n \n", sidecar())


@given(st.text(alphabet=st.sampled_from("ab .!?\n\t•-1)“”\u00a0é🙂"), max_size=400))
def test_offsets_are_exact_on_any_text(text: str) -> None:
    """Whatever the text, a passage is its slice, in order, and none overlaps the next."""
    try:
        found = split(text, sidecar())
    except ArticleError:
        return
    assert all(text[p.start : p.end] == p.text == p.text.strip() for p in found)
    assert all(a.end <= b.start for a, b in pairwise(found))
