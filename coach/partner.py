"""How the person speaks of the partner: the word that they use, and the pronouns that go with it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

_WORDS: Final = {
    "husband": "him", "hubby": "him", "boyfriend": "him", "wife": "her", "girlfriend": "her", "missus": "her",
    "fiancé": "", "fiancée": "her", "fiance": "", "fiancee": "her", "spouse": "", "partner": "",
}  # fmt: skip
_PLAIN: Final = {"hubby": "husband", "missus": "wife"}
_TEXTED: Final = {"bf": "boyfriend", "gf": "girlfriend", "dh": "husband", "dw": "wife"}
_NAMED: Final = re.compile(rf"\b(?:my|the) (?:\w+ )?({'|'.join([*_WORDS, *_TEXTED])})\b", re.I)
_PRONOUN: Final = re.compile(r"\b(he|him|his|she|her|hers|they|them|their)\b", re.I)
_OF: Final = {"he": "him", "him": "him", "his": "him", "she": "her", "her": "her", "hers": "her"}
_THEIR: Final = {"him": "his", "her": "her", "them": "their"}
_OTHER_PEOPLE: Final = re.compile(
    r"\b(?:son|daughter|mum|mom|mother|dad|father|brother|sister|boss|friend|kid|baby|child|boy|girl|colleague|nan|grandad)\b",
    re.I,
)


@dataclass(frozen=True)
class Partner:
    """The words for the partner, ready for the slots of a wording."""

    noun: str = "partner"
    them: str = "them"

    @property
    def slots(self) -> dict[str, str]:
        """Return the values of the slots partner, Partner, them and their."""
        return {
            "partner": f"your {self.noun}",
            "Partner": f"Your {self.noun}",
            "them": self.them,
            "their": _THEIR[self.them],
        }


def partner_in(messages: Iterable[str]) -> Partner:
    """Return the words that the person uses for the partner.

    A pronoun is only taken over when it can mean nobody else: the word for the partner carries it, or it is the only
    one used and no other person is named. In doubt it stays "your partner" and "them".
    """
    text = " ".join(messages)
    nouns = [_TEXTED.get(found.lower(), found.lower()) for found in _NAMED.findall(text)]
    noun = _PLAIN.get(nouns[-1], nouns[-1]) if nouns else "partner"
    if _WORDS.get(noun):
        return Partner(noun, _WORDS[noun])
    used = {_OF.get(word.lower(), "them") for word in _PRONOUN.findall(text)}
    certain = len(used) == 1 and not _OTHER_PEOPLE.search(text)
    return Partner(noun, used.pop() if certain else "them")
