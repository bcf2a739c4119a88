"""What the rest of the site says of an issue: in lists, feeds and neighbours' pages."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Picture:
    """An image of a page, as it is published."""

    name: str  # file name in assets/ of the widest copy
    width: int  # px of that copy
    height: int  # px of that copy
    alt: str


@dataclass(frozen=True, slots=True)
class Card:
    """An issue that has a page."""

    key: str
    id: str
    file: str  # relative to the root, with forward slashes: for findings
    slug: str  # its page is <slug>/
    state: Literal["unlisted", "listed"]
    title: str  # plain text, no merge tag; so the description
    description: str
    lang: str  # BCP 47
    date: dt.datetime | None  # aware, in the zone: when it was sent, or is to be
    number: int | None
    tags: tuple[str, ...]
    authors: tuple[str, ...]
    reviewed_by: str
    reviewer_credential: str
    last_reviewed: dt.date | None
    next_review: dt.date | None
    updated: dt.date | None  # its last visible change; None when it stands as it was sent
    picture: Picture | None  # the hero
    minutes: int  # reading time, at least 1
    canonical_url: str  # "" for the page itself
    aliases: tuple[str, ...]  # old paths below the archive's address, no slash at either end
    corrections: tuple[tuple[dt.date, str], ...]  # newest first
    as_sent: bool  # message.html and message.txt stand beside the page
    content_digest: str  # of the mail that the page belongs to; "" when it is not known

    @property
    def is_listed(self) -> bool:
        """Whether lists, feeds, sitemap and search know it."""
        return self.state == "listed"
