"""Helplines as they are drawn: who they are for, what to copy, and when the number was last checked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Final

import streamlit as st

from app_parts import memory, shelf
from app_parts.literal import literal, write
from app_parts.widgets import copy_chip
from coach.models import Reply
from corpus.errors import CorpusError
from corpus.models import Country, Helpline, Need

NEEDS: Final[dict[Need, str]] = {
    "emergency": "Danger now",
    "silent_emergency": "Danger now, and you cannot speak",
    "suicide": "Thoughts of suicide, or of hurting yourself",
    "dv": "Hurt, scared or controlled by a partner",
    "dv_men": "Hurt by a partner: for men",
    "dv_lgbtq": "Hurt by a partner: for LGBTQ+ people",
    "sexual_violence": "Sexual violence",
    "youth_dating": "Young people and dating",
    "child": "A child at risk",
    "perpetrator": "Worried about how you treat someone",
    "mental_health": "Mental health",
    "substance": "Alcohol, drugs or gambling",
    "directory": "More places to look",
}
STALE_DAYS: Final = 180
DOORS: Final = 2  # rows a need in a reply


def for_needs(needs: Iterable[Need], country: Country | None, everywhere: Country) -> tuple[Helpline, ...]:
    """Return the rows for some needs in the chosen country, and a directory that works anywhere at the end."""
    rows = [line for need in needs for line in _of(need, country or everywhere, everywhere)[:DOORS]]
    if not any(line.need == "directory" for line in rows):
        rows += _of("directory", country or everywhere, everywhere)[:1]
    return tuple(dict.fromkeys(rows))


def of_reply(reply: Reply) -> tuple[Helpline, ...]:
    """Return the helplines of a reply, in the country that is chosen now."""
    if reply.referral is None:
        return ()
    lines = reply.referral.helplines
    found = shelf.countries()
    chosen = found.get(memory.country() or "")
    if chosen is None:
        return lines
    return for_needs(dict.fromkeys(line.need for line in lines), chosen, found[shelf.INTERNATIONAL])


def draw(lines: Sequence[Helpline], prefix: str) -> None:
    """Draw helplines one under the other.

    Args:
        lines: what to draw.
        prefix: makes the keys of this list unique on the page.
    """
    for number, line in enumerate(lines):
        with st.container(gap="xsmall", key=f"{prefix}_line_{number}"):
            _line(line, f"{prefix}_{number}")


def doors(lines: Sequence[Helpline], prefix: str) -> None:
    """Draw the first two ways out of a list, small enough to be seen at once."""
    with st.container(horizontal=True, gap="small", key=f"{prefix}_doors"):
        for number, line in enumerate(lines[:DOORS]):
            value = _ways(line)[0][1]
            name = "" if line.name == value else line.name
            copy_chip(name or "Call", value, line.name, f"{prefix}_door_{number}")


def choose_country(key: str, label: str = "Your country") -> None:
    """Draw the box to choose a country in; none is chosen for anybody."""
    try:
        found = shelf.countries()
    except CorpusError as error:
        st.error(literal(f"The list of helplines cannot be read: {error}"))
        return
    codes = sorted((code for code in found if code != shelf.INTERNATIONAL), key=lambda code: found[code].name)
    chosen = memory.country()
    st.selectbox(
        label,
        codes,
        index=codes.index(chosen) if chosen in codes else None,
        format_func=lambda code: found[code].name,
        placeholder="Choose a country",
        key=key,
        on_change=memory.choose_country,
        args=(key,),
    )


def _of(need: Need, country: Country, everywhere: Country) -> list[Helpline]:
    own = [line for line in country.helplines if line.need == need]
    return own or [line for line in everywhere.helplines if line.need == need]


def _line(line: Helpline, key: str) -> None:
    audience = "" if line.audience == "anyone" else f" · {literal(line.audience)}"
    write(f"**{literal(line.name)}**{audience}")
    with st.container(horizontal=True, gap="small"):
        for way, value in _ways(line):
            copy_chip(way, value, line.name, f"{key}_{way}")
    facts = [line.hours, "Free" if line.free else None, line.languages, line.how, line.call_log_note, _bill(line)]
    told = literal(" ".join(f"{fact.rstrip('.')}." for fact in facts if fact))
    st.caption("  \n".join(filter(None, [told, _checked(line)])))


def _ways(line: Helpline) -> list[tuple[str, str]]:
    ways = (("Call", line.phone), ("Text", line.sms), ("WhatsApp", line.whatsapp), ("Web", line.chat_url))
    return [(way, value) for way, value in ways if value]


def _bill(line: Helpline) -> str | None:
    if line.on_bill is None or line.call_log_note:
        return None
    return "It can show on the phone bill" if line.on_bill else "It does not show on the phone bill"


def _checked(line: Helpline) -> str:
    day = f"{line.last_verified.day} {line.last_verified:%B %Y}"
    old = (dt.datetime.now(tz=dt.UTC).date() - line.last_verified).days > STALE_DAYS
    return f"Checked on {day}." + (" This may have changed since." if old else "")
