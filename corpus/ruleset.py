"""The plain rules of the safety gate: what is said in so many words."""

from __future__ import annotations

import re
from functools import cached_property
from pathlib import Path

from pydantic import ConfigDict, model_validator

from corpus.files import read_yaml
from corpus.models import Frozen, Text


class Rule(Frozen):
    """One pattern for one signal, and what in the same clause takes it back."""

    signal: Text
    pattern: Text
    unless: Text | None = None


class Rules(Frozen):
    """All rules, with the groups that their patterns name in braces."""

    model_config = ConfigDict(extra="forbid", frozen=True, ignored_types=(cached_property,))

    groups: dict[str, Text]
    markers: dict[str, Text]
    rules: tuple[Rule, ...]

    @model_validator(mode="after")
    def _compiles(self) -> Rules:
        for rule in self.rules:
            for pattern in filter(None, (rule.pattern, rule.unless)):
                try:
                    re.compile(self.spelt_out(pattern))
                except (re.error, KeyError) as error:
                    raise ValueError(f"{rule.signal}: pattern {pattern[:50]!r}…: {error}") from None
        for name, pattern in self.markers.items():
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"marker {name}: {error}") from None
        return self

    def has(self, marker: str, text: str) -> bool:
        """Tell whether a marker stands in a normalised text."""
        return self._markers[marker].search(text) is not None

    @cached_property
    def _markers(self) -> dict[str, re.Pattern[str]]:
        return {name: re.compile(pattern, re.I) for name, pattern in self.markers.items()}

    def spelt_out(self, pattern: str) -> str:
        """Return a pattern with its named groups filled in."""
        return re.sub(r"\{([a-z]+)\}", lambda match: self.groups[match[1]], pattern)

    @cached_property
    def compiled(self) -> tuple[tuple[str, re.Pattern[str], re.Pattern[str] | None], ...]:
        """Return (signal, pattern, unless) for each rule."""
        return tuple(
            (
                rule.signal,
                re.compile(self.spelt_out(rule.pattern), re.I),
                re.compile(self.spelt_out(rule.unless), re.I) if rule.unless else None,
            )
            for rule in self.rules
        )


def load_rules(path: Path) -> Rules:
    """Return the rules of a file.

    Raises:
        ContentError: it cannot be read, or a pattern is wrong.
    """
    return read_yaml(path, Rules)
