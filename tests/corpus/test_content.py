"""The curated content as it ships, and what its lint says of mistakes."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest

from corpus.check import check
from corpus.content import Content, fingerprint
from corpus.errors import ContentError
from corpus.files import read_plain_yaml, read_yaml
from corpus.models import Helpline, Situation

VERIFIED_DAYS = 180


def test_the_content_that_ships_has_no_problem(content: Content) -> None:
    """The lint that editors use finds nothing."""
    assert check(content) == []


def test_there_are_situations_enough(content: Content) -> None:
    """What real couples bring is covered widely, and each has words and steps of its own."""
    assert len(content.situations) >= 120
    assert all(len(situation.openers) >= 4 and len(situation.steps) >= 3 for situation in content.situations)


def test_lint_names_file_field_and_way_out(content: Content) -> None:
    """A shouting, gendered sentence with a wrong slot gives one line for each fault."""
    first = content.situations[0]
    bad = first.model_copy(update={"cause": "She is {tired}!"})
    lines = check(content.model_copy(update={"situations": (bad, *content.situations[1:])}))

    assert len(lines) == 3
    assert all(line.startswith(f"situations/{first.id}.yaml: cause: ") for line in lines)


def test_each_helpline_was_verified_within_180_days(content: Content) -> None:
    """The date to check against is passed in, so that the test means the same on the day of a release."""
    today = dt.date.fromisoformat(os.environ.get("NEARER_TODAY", dt.date.today().isoformat()))
    old = [
        (country.code, line.name)
        for country in content.countries
        for line in country.helplines
        if (today - line.last_verified).days > VERIFIED_DAYS
    ]

    assert old == []


def test_only_helplines_that_were_read_somewhere_ship(content: Content) -> None:
    """Confidence C and D cannot even be loaded."""
    line = content.countries[0].helplines[0]

    with pytest.raises(ValueError, match="confidence"):
        Helpline.model_validate(line.model_dump() | {"confidence": "C"})


@pytest.mark.parametrize("need", ["emergency", "directory"])
def test_each_country_has_its_first_door(content: Content, need: str) -> None:
    """Emergency first, and a directory as the door beside it."""
    for country in content.countries:
        assert need in {line.need for line in country.helplines}
        assert country.helplines[0].need == "emergency"


def test_no_number_stands_in_the_safety_wording(content: Content) -> None:
    """Numbers are rendered from data and never typed into prose."""
    words = content.conversation.safety.model_dump_json() + content.conversation.referral.model_dump_json()
    prose = words.replace("“", "")

    assert not any(
        char.isdigit() for reply in content.conversation.safety.replies for text in reply.body for char in text
    )
    assert "116 123" not in prose
    assert "741741" not in prose


def test_yaml_that_is_broken_is_said_with_its_line(tmp_path: Path) -> None:
    """An editor sees where to look."""
    path = tmp_path / "a.yaml"
    path.write_text("id: x\nheard: [\n", encoding="utf-8")

    with pytest.raises(ContentError, match=r"a\.yaml:3: not valid YAML"):
        read_plain_yaml(path)


def test_a_situation_without_steps_is_said_with_its_entry(tmp_path: Path, content: Content) -> None:
    """The first fault is named and the others are counted."""
    path = tmp_path / "a.yaml"
    path.write_text("id: a\n", encoding="utf-8")

    with pytest.raises(ContentError, match=r"a\.yaml: family: Field required \(and \d+ more\)"):
        read_yaml(path, Situation)


def test_the_fingerprint_follows_the_content(tmp_path: Path) -> None:
    """One changed letter or one renamed file gives another fingerprint; unrelated files do not."""
    (tmp_path / "a.yaml").write_text("x", encoding="utf-8")
    before = fingerprint(tmp_path)
    (tmp_path / "note.pyc").write_text("x", encoding="utf-8")
    same = fingerprint(tmp_path)
    (tmp_path / "a.yaml").write_text("y", encoding="utf-8")

    assert before == same
    assert fingerprint(tmp_path) != before
