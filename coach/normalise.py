"""Bring what people type into one shape before anything is decided on it.

Curly quotes, zero-width characters, look-alike letters, text-speak and masked words must not change what the
coach notices. The raw text is kept for quoting the person's own words.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

MAX_CHARACTERS: Final = 20_000  # what is read of one message; far beyond any real one

_INVISIBLE: Final = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u206a-\u206f\ufe00-\ufe0f\ufeff]"
)
_CONTROL: Final = re.compile("[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]")
_QUOTES: Final = str.maketrans(
    {
        "’": "'",
        "‘": "'",
        "ʼ": "'",
        "`": "'",
        "´": "'",
        "′": "'",
        "“": '"',
        "”": '"',
        "„": '"',
        "«": '"',
        "»": '"',
        "–": "-",
        "—": " - ",
        "−": "-",
        "…": "...",
        "\u00a0": " ",
        "\u202f": " ",
    }
)
# Letters of other scripts that look Latin; only folded inside words that also hold Latin letters.
_LOOKALIKES: Final = str.maketrans("аеорсухіјѕһԁɡκοανρτυιԛԝ", "aeopcyxijshdgkoavptuiqw")
_MASKED: Final = {
    r"\bunal(?:i|1)ve?(?=[d\b]|\b)": "kill myself",
    r"\bunaliving\b": "killing myself",
    r"\bsewer ?slide\b": "suicide",
    r"\bkms\b": "kill myself",
    r"\bk[\*@1!]+l+(?:ed|ing)?\b|\bk1ll\b": "kill",
    r"\bsu[i1\*]c[i1\*]de\b": "suicide",
    r"\br[\*@4]pe(d|s)?\b": r"rape\1",
    r"\bh[\*1]t(s|ting)?\b(?=\s+(?:me|my|her|him))": r"hit\1",
    r"\bs/o\b": "partner",
    r"\b(?:bf|b/f)\b": "boyfriend",
    r"\b(?:gf|g/f)\b": "girlfriend",
    r"\b(?:dh|hubby|hubs)\b": "husband",
    r"\bdw\b": "wife",
    r"\b(?:bc|cuz|coz|cos)\b": "because",
    r"\bu\b": "you",
    r"\bur\b": "your",
    r"\bidk\b": "i don't know",
    r"\brn\b": "right now",
    r"\bppl\b": "people",
    r"\bsmth\b": "something",
}
_MASKED_PATTERNS: Final = [(re.compile(pattern, re.I), plain) for pattern, plain in _MASKED.items()]
_WORD: Final = re.compile(r"\w+")
_APOSTROPHES: Final = {
    "dont": "don't", "doesnt": "doesn't", "didnt": "didn't", "cant": "can't", "wont": "won't", "isnt": "isn't",
    "wasnt": "wasn't", "im": "i'm", "ive": "i've", "hes": "he's", "shes": "she's", "theyre": "they're",
    "thats": "that's", "wouldnt": "wouldn't", "couldnt": "couldn't", "arent": "aren't", "havent": "haven't",
    "hasnt": "hasn't", "whats": "what's", "youre": "you're", "shouldnt": "shouldn't",
}  # fmt: skip
_BARE: Final = re.compile(rf"\b(?:{'|'.join(_APOSTROPHES)})\b", re.I)


def tidy(message: str) -> str:
    """Return the message as typed, without what cannot be seen, at most MAX_CHARACTERS of it."""
    text = message[:MAX_CHARACTERS].encode("utf-8", "replace").decode("utf-8")
    return _CONTROL.sub(" ", _INVISIBLE.sub("", text)).strip()


def normalise(message: str) -> str:
    """Return the message for deciding on: lower case, straight quotes, plain letters, masked words spelt out."""
    text = unicodedata.normalize("NFKC", tidy(message)).translate(_QUOTES)
    text = _WORD.sub(_fold_word, text).lower()
    for pattern, plain in _MASKED_PATTERNS:
        text = pattern.sub(plain, text)
    text = _BARE.sub(lambda match: _APOSTROPHES[match[0].lower()], text)
    return re.sub(r"[ \t]+", " ", text)


def _fold_word(match: re.Match[str]) -> str:
    """Fold look-alike letters and accents of one word that is meant as a Latin one."""
    word = match[0]
    if word.isascii():
        return word
    if any("a" <= char.lower() <= "z" for char in word):
        word = word.lower().translate(_LOOKALIKES)
    stripped = "".join(char for char in unicodedata.normalize("NFD", word) if not unicodedata.combining(char))
    return unicodedata.normalize("NFC", stripped) if stripped.isascii() else word
