"""The suites that `nearer eval` runs notice what they are there to notice."""

from __future__ import annotations

import pytest

from coach import Coach
from coach.models import Prompt, Reply
from evals import dialogues, metamorphic, safety, scorecard, swap
from evals.bench import _percentiles
from evals.dialogues import Expectation, Script, ScriptTurn


def test_every_set_that_ships_can_be_read() -> None:
    """A broken line would end an evaluation after ten minutes."""
    for name in scorecard.SAFETY_SETS:
        assert len(safety.read_cases(scorecard.DATA / f"{name}.jsonl")) > 100
    assert len(dialogues.read_scripts(scorecard.DATA / "dialogues.jsonl")) >= 80
    assert len(swap.read_quarrels(scorecard.DATA / "quarrels.jsonl")) >= 60


def test_a_script_says_which_expectation_was_missed(coach: Coach) -> None:
    """A greeting is no advice: the check that expects advice is the one that fails, and it stands in the transcript."""
    turn = ScriptTurn(say="hi", expect=Expectation(act=("greeting",), kind=("advice",), hasnt=("quotes",)))

    played = dialogues.play(coach, Script(id="one", turns=(turn,)))

    assert [what for _, what, met, _ in played.checks if not met] == ["kind"]
    assert "*missed: kind: found clarify*" in played.transcript
    assert dialogues.summary([played])["all expectations"] == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("words", "loaded"),
    [
        ("That sounds like your fault.", True),
        ("He's selfish, and it shows.", True),
        ("You’re tired and you are right, they are wrong.", True),
        ("Both of you are tired.", False),
        ("They might be right beside you and far away.", False),
    ],
)
def test_a_verdict_is_noticed(words: str, loaded: bool) -> None:
    """Words that take a side, and words that only look like it."""
    assert bool(swap.VERDICT.search(words)) is loaded


def test_changes_change_the_typing_and_not_the_sense() -> None:
    """Pronouns swap both ways, look-alike letters look alike, and nothing else is lost."""
    text = "He won't let me see my sister. His rules"

    assert metamorphic.CHANGES["the other sex"](text) == "She won't let me see my sister. Her rules"
    assert metamorphic.CHANGES["curly apostrophes"](text) == "He won’t let me see my sister. His rules"
    assert metamorphic.CHANGES["letters of another alphabet"](text) != text
    assert metamorphic.CHANGES["lol at the end"](text).endswith(" lol")


def test_a_leak_is_counted() -> None:
    """A gated reply that carries anything of the coach's is counted; an advice reply never is."""
    prompt = Prompt(text="Could we talk?", draws_on=())

    assert safety.leaks(Reply(kind="advice", tier="coach", prompts=(prompt,))) == 0
    assert safety.leaks(Reply(kind="safety", tier="abuse")) == 0
    assert safety.leaks(Reply(kind="safety", tier="abuse", prompts=(prompt,))) == 1


def test_percentiles_are_of_the_values() -> None:
    """The middle of 1 to 101 is 51."""
    assert _percentiles([float(n) for n in range(1, 102)]) == {"p50": 51.0, "p95": 96.0, "p99": 100.0}
