"""A coach that answers by the book, so that the pages can be tested without a model."""

from __future__ import annotations

from typing import Final

from coach.models import Conversation, Evidence, Prompt, Quote, Reason, Referral, Reply, SafetyState, SignalHit, Trace
from coach.safety.reply import helplines
from corpus.content import Content
from index.finder import Hit

ODD: Final = "**bold** $x^2$ <b>tag</b> [a](https://example.org) :red[no] :material/home: www.example.org -> ..."


class ScriptedFinder:
    """Finds the first passages, whatever is asked."""

    def __init__(self, content: Content) -> None:
        self.content = content

    def search(self, _message: str, _history: object = (), k: int = 10) -> tuple[Hit, ...]:
        """Return the first k passages."""
        return tuple(Hit(name, 2.0 - place / 10) for place, name in enumerate(list(self.content.passages)[:k]))


class ScriptedCoach:
    """Answers "danger" with a safety reply, "fail" with an error, and all else with advice."""

    def __init__(self, content: Content) -> None:
        self.content = content
        self.finder = ScriptedFinder(content)
        self.seen: list[tuple[str, Conversation]] = []

    def reply(self, message: str, conversation: Conversation | None = None) -> Reply:
        """Return the reply that the script has for a message."""
        talk = conversation or Conversation()
        self.seen.append((message, talk))
        if "danger" in message:
            return self._safety(talk)
        if "strain" in message:
            return self._referred()
        return self._advice(message)

    def _safety(self, talk: Conversation) -> Reply:
        lines = helplines(("emergency", "dv", "directory"), self.content, talk.country)
        referral = Referral(level="abuse", reasons=(), helplines=lines, text="I believe you.\n\nIt is not your fault.")
        hit = SignalHit(signal="AB1", words="danger", turn=0, score=0.9, source="rule")
        state = SafetyState(tier="abuse", hits=(hit,))
        return Reply(kind="safety", tier="abuse", referral=referral, trace=Trace(safety=state), text="I believe you.")

    def _referred(self) -> Reply:
        reasons = (Reason(signal="R1", words="strain", turn=0),)
        referral = Referral(level="therapist_recommend", reasons=reasons, text="A couples therapist could help.")
        return self._advice("strain").model_copy(update={"referral": referral, "tier": "therapist_recommend"})

    def _advice(self, message: str) -> Reply:
        passage = next(p for p in self.content.passages.values() if p.role == "step")
        quote = Quote(
            **passage.model_dump(include={"passage_id", "source_id", "start", "end", "text", "heading", "speaker"}),
            citation=self.content.articles[0].citation,
        )
        situation = self.content.situations[0]
        evidence = (
            Evidence(label=f"situation:{situation.id}", score=0.6),
            Evidence(label="nearest", score=0.5, nearest="we pass in the hall"),
        )
        return Reply(
            kind="advice",
            tier="coach",
            heard=f"Heard {message[:20]}." if message != "odd" else ODD,
            quotes=(quote,),
            why="Because it fits.",
            prompts=(Prompt(text="Could we talk?", draws_on=(), if_they="If your partner jokes: smile."),),
            step="Ten minutes.",
            other_side="They may be tired.",
            follow_ups=("Why does this happen?", "What about my part?"),
            text="Heard.",
            trace=Trace(act="their_side" if message == "follow-up" else "", situation=situation.id, evidence=evidence),
        )
