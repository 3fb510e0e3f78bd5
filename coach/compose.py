"""Make the parts of a coaching reply: quotations, openers, steps and standing phrases, none of them twice."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from coach.choose import choose
from coach.models import Conversation, Prompt, Quote
from coach.partner import Partner, partner_in
from coach.understand import Understanding
from corpus.content import Content
from corpus.models import Opener, Passage, Situation, StepSize
from index.finder import Finder, Hit


@dataclass(frozen=True)
class Used:
    """What this conversation has already been given."""

    passages: frozenset[str]
    openers: frozenset[str]
    wordings: frozenset[str]

    @classmethod
    def in_conversation(cls, conversation: Conversation) -> Used:
        """Return what the replies so far have used."""
        traces = [turn.reply.trace for turn in conversation.turns]
        return cls(
            passages=frozenset(name for trace in traces for name in trace.passages),
            openers=frozenset(name for trace in traces for name in trace.openers),
            wordings=frozenset(name for trace in traces for name in trace.wordings),
        )


class Desk:
    """What lies ready while one reply is composed. Everything it hands out is noted, so that it is not given twice."""

    def __init__(self, finder: Finder, conversation: Conversation, message: str) -> None:
        """Lay out the content, what was used before, and the words for the partner."""
        self.finder = finder
        self.content: Content = finder.content
        self.conversation = conversation
        self.partner: Partner = partner_in([*conversation.messages, message])
        self.used = Used.in_conversation(conversation)
        self.passages: list[str] = []
        self.openers: list[str] = []
        self.wordings: list[str] = []
        self._seed = hashlib.sha256("\n".join([*conversation.messages, message]).encode("utf-8", "replace")).digest()

    def say(self, wordings: Sequence[str], **slots: str) -> str:
        """Return one of several wordings, one that was not used before where there is one."""
        taken = self.used.wordings | set(self.wordings)
        fresh = [wording for wording in wordings if wording not in taken] or list(wordings)
        chosen = fresh[self._seed[len(self.wordings) % len(self._seed)] % len(fresh)]
        self.wordings.append(chosen)
        return chosen.format(**self.partner.slots, **slots)

    def phrase(self, name: str, **slots: str) -> str:
        """Return a standing phrase of the coach."""
        return self.say(self.content.conversation.wording[name], **slots)

    def nearest(self, wordings: Sequence[str], understood: Understanding) -> str:
        """Return the unused wording that is closest to the message."""
        taken = self.used.wordings | set(self.wordings)
        fresh = [wording for wording in wordings if wording not in taken] or list(wordings)
        by_text = {n.text: n.score for n in self.finder.nearest("heard", understood.vector, 400)}
        chosen = max(fresh, key=lambda wording: (by_text.get(wording, -1.0), -fresh.index(wording)))
        self.wordings.append(chosen)
        return chosen.format(**self.partner.slots)

    def quotes(self, ranking: Sequence[Hit], count: int, only: str = "") -> tuple[Quote, ...]:
        """Return up to ``count`` quotations that fit and were not given before."""
        chosen = choose(ranking, self.finder, self.used.passages | set(self.passages), count, only)
        return self.quoted(chosen)

    def quoted(self, passages: Sequence[Passage]) -> tuple[Quote, ...]:
        """Return passages as quotations, each checked against the article as it is shipped."""
        made = []
        for passage in passages:
            article = self.content.article_by_id[passage.source_id]
            if article.text[passage.start : passage.end] != passage.text:
                continue  # a quotation that is not exact is never shown
            self.passages.append(passage.passage_id)
            made.append(
                Quote(
                    passage_id=passage.passage_id,
                    source_id=passage.source_id,
                    start=passage.start,
                    end=passage.end,
                    text=passage.text,
                    heading=passage.heading,
                    speaker=passage.speaker,
                    citation=article.citation,
                )
            )
        return tuple(made)

    def prompts(self, situation: Situation, count: int, *, if_they: bool = False) -> tuple[Prompt, ...]:
        """Return openers that were not given before; those that draw on what is quoted come first."""
        taken = self.used.openers | set(self.openers)
        fresh = [opener for opener in situation.openers if opener.say not in taken]
        fresh.sort(key=lambda opener: not set(opener.draws_on) & set(self.passages))
        chosen = fresh[:count]
        self.openers += [opener.say for opener in chosen]
        return tuple(
            Prompt(text=o.say, draws_on=o.draws_on, if_they=self._if_they(o) if if_they else None) for o in chosen
        )

    def step(self, situation: Situation, *sizes: StepSize) -> str | None:
        """Return one step of the first size that was not given before, with how long it takes."""
        taken = self.used.wordings | set(self.wordings)
        fresh = [step for step in situation.steps if step.do not in taken]
        fresh.sort(key=lambda step: sizes.index(step.size) if step.size in sizes else len(sizes))
        if not fresh:
            return None
        self.wordings.append(fresh[0].do)
        return f"{fresh[0].do.format(**self.partner.slots)} ({fresh[0].takes})"

    def chips(self, *acts: str) -> tuple[str, ...]:
        """Return the chips for dialogue acts."""
        return tuple(self.content.conversation.wording[f"chip_{act}"][0] for act in acts)

    def _if_they(self, opener: Opener) -> str:
        words = self.content.conversation.wording
        lines = [
            (words["label_if_silence"][0], opener.if_silence),
            (words["label_if_joke"][0], opener.if_joke),
            (words["label_if_defence"][0], opener.if_defence),
        ]
        return "\n".join(f"{label}: {line}".format(**self.partner.slots) for label, line in lines)
