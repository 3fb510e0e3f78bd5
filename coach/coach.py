"""The coach: one message in, one reply out, with the safety gate in front of everything else."""

from __future__ import annotations

import logging
from typing import Final

from coach.answers import answer
from coach.compose import Desk
from coach.models import Conversation, Reply, SafetyState, Tier
from coach.normalise import normalise, tidy
from coach.partner import partner_in
from coach.referral import individual_reply, with_referral
from coach.render import render
from coach.safety.detect import detect
from coach.safety.reply import gate_failed, safety_reply
from coach.safety.state import GATED, corrected, forgotten, update
from coach.safety.telling import Unit
from coach.understand import CONCERN_ACTS, Understanding, read_units, understand, whole_vector
from corpus.compiled import load_compiled
from corpus.content import Content
from index.embedder import Embedder, Encoder
from index.finder import Finder
from index.progress import Report
from index.settings import Settings
from index.tasks import CORRECTION, COVERED

log = logging.getLogger(__name__)
JOINED_TURNS: Final = 3  # how many messages are read together, since risk is told in pieces


class Coach:
    """Answers messages. It holds content and index only, nothing of any conversation, and may be shared."""

    def __init__(self, finder: Finder) -> None:
        """Use this index and its content."""
        self.finder = finder
        self.content: Content = finder.content

    @classmethod
    def load(
        cls, settings: Settings | None = None, encoder: Encoder | None = None, progress: Report | None = None
    ) -> Coach:
        """Return a coach that is ready to answer, building the index first if there is none that fits.

        Raises:
            CorpusError: the content cannot be used.
            IndexingError: the model or the index cannot be used.
        """
        chosen = settings or Settings.from_environment()
        content = load_compiled(chosen.index_dir, chosen.corpus_dir)
        return cls(Finder.load(content, encoder or Embedder(chosen.model, chosen.index_dir), chosen, progress))

    def reply(self, message: str, conversation: Conversation | None = None) -> Reply:
        """Return the reply to one message.

        Args:
            message: what the person typed; anything at all.
            conversation: the turns before it and the country; nothing when it is the first.
        """
        talk = conversation or Conversation()
        try:
            reply = self._gated(message, talk)
        except Exception:
            log.error("the safety gate could not run; showing help")  # noqa: TRY400 - a traceback could hold their words
            reply = gate_failed(self.content, talk.country, _known(talk))
        text = render(reply, self.content, partner_in([*talk.messages, message]))
        return reply.model_copy(update={"text": text})

    def _gated(self, message: str, talk: Conversation) -> Reply:
        """Let the safety gate decide first; coach only when it lets the message through."""
        turn = len(talk.turns)
        before = _known(talk)
        units = read_units(message, self.finder)
        state = self._state(message, talk, units, before, turn)
        seed = "\n".join([*talk.messages, message])
        if state.tier in GATED:
            reply, state = safety_reply(state, self.content, talk.country, seed)
            return _traced(reply, "safety", state)
        return self._coached(message, talk, units, state, turn)

    def _state(
        self, message: str, talk: Conversation, units: tuple[Unit, ...], before: SafetyState, turn: int
    ) -> SafetyState:
        """Return what the gate knows after this message."""
        rules, text = self.content.rules, normalise(message)
        if before.sticky or before.asked:
            own = detect(units, turn, self.finder, rules)
            explained = dict(self.finder.classify("correction", whole_vector(units))).get(CORRECTION, 0.0)
            if corrected(before, own, text, explained, turn, rules):
                plain = [hit for hit in own if hit.source == "rule"]
                return update(forgotten(before, turn), plain, text, turn, rules)
        told = [*units, *self._joined(message, talk, units[0], before.settled)]
        return update(before, detect(told, turn, self.finder, rules), text, turn, rules)

    def _joined(self, message: str, talk: Conversation, last: Unit, settled: int) -> list[Unit]:
        """Return the last messages read as one, since risk is told in pieces; its words are those of the last one.

        What was said before the turn at which all was settled is not read again.
        """
        earlier = talk.messages[max(settled, len(talk.messages) - JOINED_TURNS + 1, 0) :]
        if not earlier:
            return []
        joined = "\n".join([*earlier, message])
        whole = read_units(joined, self.finder)[0]
        return [Unit(last.clause, whole.text, whole.vector)]

    def _coached(
        self, message: str, talk: Conversation, units: tuple[Unit, ...], state: SafetyState, turn: int
    ) -> Reply:
        understood = understand(tidy(message), units, talk, self.finder)
        desk = Desk(self.finder, talk, message)
        outside = understood.act in CONCERN_ACTS and understood.scope != COVERED
        if state.tier == "individual_support" and understood.act in CONCERN_ACTS:
            reply, state = individual_reply(state, desk, turn)
            situation = understood.situation[0]
        else:
            reply, situation = answer(desk, understood, _own_tier(state, understood))
            reply, state = with_referral(reply, state, desk, turn, understood.act)
        trace = reply.trace.model_copy(
            update={
                "act": "edge" if outside else understood.act,
                "situation": situation,
                "passages": tuple(desk.passages),
                "openers": tuple(desk.openers),
                "wordings": tuple(desk.wordings),
                "evidence": understood.evidence,
                "safety": state,
            }
        )
        return reply.model_copy(update={"trace": trace})


def _known(talk: Conversation) -> SafetyState:
    """Return what the gate knows from the turns so far."""
    return talk.turns[-1].reply.trace.safety if talk.turns else SafetyState()


def _own_tier(state: SafetyState, understood: Understanding) -> Tier:
    """Return the tier that a coaching reply carries."""
    return state.tier if understood.act in CONCERN_ACTS else "coach"


def _traced(reply: Reply, act: str, state: SafetyState) -> Reply:
    return reply.model_copy(update={"trace": reply.trace.model_copy(update={"act": act, "safety": state})})
