"""
Issues that never were: with them, pages that are no issue's are examined.

A template's branch that no issue of today reaches is reached by one of tomorrow, and its page is made then
without a further look at its frame. So the frames are those of made-up issues, which have all that a list may
show of an issue, or nothing of it.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

from pipeline.archive.card import Card, Picture
from pipeline.archive.shelf import Shelf

_YEARS = (2003, 2002, 2001)  # the one in the middle has a newer and an older one
_FULL = Card(
    key="full",
    file="issues/full.md",
    slug="full",
    state="listed",
    title="A title",
    description="A description",
    lang="ar",
    date=None,
    number=7,
    tags=("One", "Two"),
    authors=("An Author",),
    reviewed_by="A Reviewer",
    reviewer_credential="MD",
    last_reviewed=dt.date(2001, 1, 1),
    next_review=dt.date(2002, 1, 1),
    updated=dt.date(2001, 1, 3),
    picture=Picture("0123456789abcdef.png", 1200, 675, "A picture", (("fedcba9876543210.png", 400),)),
    minutes=4,
    canonical_url="https://journal.example/",
    aliases=("old",),
    corrections=((dt.date(2001, 1, 3), "A correction"), (dt.date(2001, 1, 2), "A correction")),
    as_sent=True,
    content_digest="",
)
_BARE = replace(
    _FULL,
    key="bare",
    file="issues/bare.md",
    slug="bare",
    description="",
    number=None,
    tags=(),
    authors=(),
    reviewed_by="",
    reviewer_credential="",
    last_reviewed=None,
    next_review=None,
    updated=None,
    picture=None,
    canonical_url="",
    aliases=(),
    corrections=(),
    as_sent=False,
)


def specimens(language: str) -> Iterator[tuple[str, Shelf]]:
    """
    Yield shelves of made-up issues, each with what is to be said of it.

    Args:
        language: of the newsletter; an issue that has everything is in another one, written the other way.
    """
    full = replace(_FULL, lang="en" if language.startswith(("ar", "fa", "he", "ur")) else "ar")
    bare = replace(_BARE, lang=language)
    newest, middle, oldest = (dt.datetime(year, 1, 1, 7, 30, tzinfo=dt.UTC) for year in _YEARS)
    yield "no issue", Shelf(())
    yield "an issue that has nothing", Shelf([replace(bare, date=newest)])
    small = Picture("0123456789abcdef.png", 300, 200, "A picture")
    yield "an issue that has a small picture alone", Shelf([replace(bare, date=newest, picture=small)])
    yield (
        "issues that have everything",
        Shelf(
            [
                replace(full, date=newest),
                replace(full, key="another", slug="another", date=middle, tags=("One",)),
                replace(bare, date=middle),
                replace(full, key="quiet", slug="quiet", state="unlisted", aliases=("quieter",)),
                replace(bare, key="first", slug="first", date=oldest),
            ]
        ),
    )
