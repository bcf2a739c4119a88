"""What the rest of the site says of an issue: in lists, feeds and neighbours' pages."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal

from pipeline.archive.made import key_of


@dataclass(frozen=True, slots=True)
class Picture:
    """An image of a page, as it is published."""

    name: str  # file name in assets/ of the widest copy; "" of a picture that stands elsewhere
    width: int  # px of that copy; 0 where nobody knows
    height: int  # px of that copy; 0 where nobody knows
    alt: str
    narrower: tuple[tuple[str, int], ...] = ()  # file name and px of each smaller copy, narrowest first
    url: str = ""  # absolute address of a picture that stands elsewhere


@dataclass(frozen=True, slots=True)
class Card:
    """An issue that has a page."""

    key: str
    file: str  # relative to the root, with forward slashes: for findings
    slug: str  # its page is <slug>/
    state: Literal["unlisted", "listed"]
    title: str  # plain text, no merge tag; so the description
    description: str
    lang: str  # BCP 47
    date: dt.datetime | None  # aware, by the offset of the zone: when it was sent, or is to be
    number: int | None
    tags: tuple[str, ...]
    authors: tuple[str, ...]
    reviewed_by: str
    reviewer_credential: str
    last_reviewed: dt.date | None
    next_review: dt.date | None
    updated: dt.date | None  # a visible change that is no correction
    picture: Picture | None  # the hero
    minutes: int  # reading time, at least 1
    canonical_url: str  # "" for the page itself
    aliases: tuple[str, ...]  # old paths below the archive's address, no slash at either end
    corrections: tuple[tuple[dt.date, str], ...]  # newest first
    as_sent: bool  # message.html and message.txt stand beside the page
    content_digest: str  # of the mail that the page belongs to; "" when it is not known
    mark: str = ""  # a digest of all that lists show of it

    @property
    def is_listed(self) -> bool:
        """Whether lists, feeds, sitemap and search know it."""
        return self.state == "listed"


def marked(card: Card) -> Card:
    """Return *card* with its mark: a list of cards with the same marks is the same list."""
    shown = replace(card, content_digest="", aliases=(), as_sent=False, updated=None, mark="")
    return replace(card, mark=key_of(shown))


_DAYS = ("last_reviewed", "next_review", "updated")
_TUPLES = ("tags", "authors", "aliases")


def to_plain(card: Card) -> dict[str, Any]:
    """Return *card* in what JSON knows."""
    plain = asdict(card)
    for name in _DAYS:
        plain[name] = plain[name] and plain[name].isoformat()
    plain["date"] = card.date and card.date.isoformat()
    plain["corrections"] = [(day.isoformat(), text) for day, text in card.corrections]
    return plain


def from_plain(plain: Mapping[str, Any]) -> Card:
    """Return the card that `to_plain` wrote down."""
    values = {name: plain[name] for name in _NAMES}
    values |= {name: values[name] and dt.date.fromisoformat(values[name]) for name in _DAYS}
    values |= {name: tuple(values[name]) for name in _TUPLES}
    values["corrections"] = tuple((dt.date.fromisoformat(day), text) for day, text in plain["corrections"])
    values["picture"] = plain["picture"] and _picture(plain["picture"])
    values["date"] = plain["date"] and dt.datetime.fromisoformat(plain["date"])
    return Card(**values)


def _picture(plain: Mapping[str, Any]) -> Picture:
    narrower = tuple((name, width) for name, width in plain["narrower"])
    return Picture(**{**plain, "narrower": narrower})


_NAMES = tuple(field.name for field in fields(Card))
