"""Cards of issues that never were, for tests of what the archive makes of them."""

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from pipeline.archive.card import Card, Picture
from pipeline.settings import Settings, load_settings

SENT_AT = dt.datetime(2026, 12, 1, 7, 30, tzinfo=ZoneInfo("America/New_York"))
HERO = Picture("0123456789abcdef.jpg", 1200, 675, "A woman stretches beside a chair")

_CARD = Card(
    key="steady-2026-12-01-backs",
    file="issues/2026-12-01-backs.md",
    slug="stiff-back",
    state="listed",
    title="Why your back is stiff in the morning",
    description="Five minutes that help before breakfast",
    lang="en-US",
    date=SENT_AT,
    number=48,
    tags=("back", "mobility"),
    authors=("Coach Luke",),
    reviewed_by="Dr. Ada Moreno",
    reviewer_credential="DPT",
    last_reviewed=dt.date(2026, 11, 20),
    next_review=dt.date(2027, 11, 20),
    updated=None,
    picture=HERO,
    minutes=4,
    canonical_url="",
    aliases=(),
    corrections=(),
    as_sent=True,
    content_digest="0f" * 32,
)


def card(**changes: Any) -> Card:
    """Return the card of a listed issue with everything a card may have, except as *changes* say."""
    return replace(_CARD, **changes)


def weekly(number: int, **changes: Any) -> Card:
    """Return the card of the weekly issue of this number, from 1: another key, slug, title and week each."""
    sent_at = SENT_AT + dt.timedelta(weeks=number)
    issue_id = f"{sent_at:%Y-%m-%d}-week"
    own = {"key": f"steady-{issue_id}", "file": f"issues/{issue_id}.md", "number": number}
    own |= {"slug": f"week-{number}", "title": f"Week {number}", "date": sent_at}
    return card(**{**own, **changes})


def newsletter(**changes: Any) -> Settings:
    """Return the settings of our own newsletter, whose archive is at https://steady.example/issues."""
    return replace(load_settings(Path(__file__)), **changes)


# what broke a feed, a page or a script somewhere; lone halves of pairs and other characters that no XML holds
_SHARP = ("]]>", "</script>", "<!--", "&amp;", '"', "'", "\r\n", "\0", "\x0b", "\x1b", "\x85", "\u2028")
_FOREIGN = ("👩🏽‍⚕️", "שלום", "\u202e", "\ud83d", "\ufffe", "\uffff", "\U0010ffff")


def hostile_texts() -> st.SearchStrategy[str]:
    """Draw texts with every kind of character, and with what breaks markup."""
    pieces = st.sampled_from(_SHARP + _FOREIGN) | st.text(st.characters(), max_size=8)
    return st.lists(pieces, max_size=6).map("".join)
