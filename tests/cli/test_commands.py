"""The command line: what goes in, what comes out, and how bad input is said."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.batch import BatchError, answer_lines, search_lines
from cli.main import app
from coach import Coach

RUNNER = CliRunner()


def quiet(_what: str, _done: int, _total: int) -> None:
    """Report nothing."""


def write(path: Path, *lines: object) -> Path:
    """Write lines, as JSON unless they are text already."""
    text = "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_batch_answers_each_turn(coach: Coach, tmp_path: Path) -> None:
    """Two messages of one conversation give two replies, the second one knowing the first."""
    source = write(tmp_path / "in.jsonl", {"id": "a", "turns": ["he never listens to me", "shorter"], "country": "GB"})

    problems = answer_lines(coach, source, tmp_path / "out.jsonl", quiet)

    (line,) = [json.loads(text) for text in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert problems == []
    assert line["id"] == "a"
    assert len(line["replies"]) == 2
    assert len(line["replies"][1]["text"].split()) < 60


def test_broken_lines_are_reported_and_the_others_are_answered(coach: Coach, tmp_path: Path) -> None:
    """Each fault is one line with file, line and field; good lines lose nothing."""
    source = write(
        tmp_path / "in.jsonl", "{nonsense", {"id": "a"}, {"id": "b", "turns": ["hi"]}, {"id": "c", "turns": [1]}, "[]", "",
        {"id": "d", "turns": ["hi"], "country": "XX"},
    )  # fmt: skip

    problems = answer_lines(coach, source, tmp_path / "out.jsonl", quiet)

    answered = [json.loads(text)["id"] for text in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert answered == ["b"]
    assert [problem.split(": ", 2)[0].rsplit(":", 1)[1] for problem in problems] == ["1", "2", "4", "5", "7"]
    assert "turns: Field required" in problems[1]


def test_search_ranks_passages_with_their_places(coach: Coach, tmp_path: Path) -> None:
    """A hit points into the article, and the k best come first."""
    source = write(tmp_path / "in.jsonl", {"id": 1, "message": "we never talk", "history": ["hi"]})

    search_lines(coach.finder, source, tmp_path / "out.jsonl", 3, quiet)

    (line,) = [json.loads(text) for text in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    article = coach.content.articles[0].text
    assert line["id"] == 1
    assert len(line["hits"]) == 3
    assert [hit["score"] for hit in line["hits"]] == sorted((hit["score"] for hit in line["hits"]), reverse=True)
    assert all(
        article[hit["start"] : hit["end"]] == coach.content.passages[hit["passage_id"]].text for hit in line["hits"]
    )


def test_a_missing_input_is_one_line(coach: Coach, tmp_path: Path) -> None:
    """The file is named, and no output appears."""
    with pytest.raises(BatchError, match="cannot be read"):
        answer_lines(coach, tmp_path / "no.jsonl", tmp_path / "out.jsonl", quiet)

    assert not (tmp_path / "out.jsonl").exists()


def test_show_prints_the_passages(coach: Coach) -> None:
    """An editor sees id, place, role, speaker and words."""
    result = RUNNER.invoke(app, ["corpus", "show", "emotional-intimacy"], env={"COLUMNS": "300"})

    assert result.exit_code == 0
    assert "hectic-schedules-and-competing" in result.output
    assert "8127-8257" in result.output


def test_an_unknown_article_is_refused(coach: Coach) -> None:
    """The line says which there are."""
    result = RUNNER.invoke(app, ["corpus", "show", "nothing"])

    assert result.exit_code == 2
    assert "emotional-intimacy" in result.output


def test_check_counts_the_content() -> None:
    """Nothing wrong, exit code 0, and what there is."""
    result = RUNNER.invoke(app, ["corpus", "check"])

    assert result.exit_code == 0
    assert "0 problems" in result.output


def test_a_changed_article_is_one_line_and_exit_code_2(tmp_path: Path) -> None:
    """From the outside, with a real process: no traceback."""
    import os
    import shutil

    from corpus.content import CORPUS_DIR

    shutil.copytree(CORPUS_DIR, tmp_path / "corpus")
    with (tmp_path / "corpus/articles/emotional-intimacy.txt").open("a", encoding="utf-8") as file:
        file.write(" ")
    command = [sys.executable, "-m", "cli", "corpus", "check"]

    done = subprocess.run(  # noqa: S603 - our own command
        command,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"NEARER_CORPUS_DIR": str(tmp_path / "corpus")},
    )

    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert "the article has changed" in done.stderr
