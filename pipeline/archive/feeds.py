"""
The feeds: Atom (RFC 4287) and JSON Feed 1.1 (jsonfeed.org/version/1.1; both read 2026-11-27).

A feed reader tells new from seen by an entry's id. It hangs on the issue's key alone, which never changes: a
renamed page, a mended title, another host or another date must not bring readers an issue a second time.
"""

import datetime as dt
import json
import uuid
from collections.abc import Mapping
from typing import Any

from pipeline.archive.card import Card
from pipeline.archive.markup import DECLARATION, element, legal
from pipeline.archive.moments import changed_at, stamp
from pipeline.archive.page import address
from pipeline.archive.pictures import picture_url
from pipeline.archive.shelf import Shelf, term_path
from pipeline.settings import Settings

ATOM, JSON_FEED = "feed.xml", "feed.json"  # below the archive's root
ATOM_TYPE, JSON_FEED_TYPE = "application/atom+xml", "application/feed+json"
LENGTH = 20  # entries
# drawn once; another one would bring every issue to readers of the feeds as new
_NAMESPACE = uuid.UUID("47b04080-bdee-4be7-97b5-afd54dbc75d0")
# Atom asks for a time also where nothing happened yet: this one is older than any issue, and no clock is read
_NEVER = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def newest(shelf: Shelf) -> tuple[Card, ...]:
    """Return the cards that the feeds hold, newest first."""
    return shelf.listed[:LENGTH]


def entry_id(key: str) -> str:
    """
    Return the id of an issue's entry, in both feeds.

    Args:
        key: of the issue: immutable, and unlike any other newsletter's.
    """
    return uuid.uuid5(_NAMESPACE, f"issue:{key}").urn


def feed_id(newsletter_id: str) -> str:
    """Return the id of the Atom feed; no entry of any newsletter has it."""
    return uuid.uuid5(_NAMESPACE, f"newsletter:{newsletter_id}").urn


def atom(shelf: Shelf, contents: Mapping[str, str], *, settings: Settings) -> bytes:
    """
    Return the Atom feed, UTF-8.

    Args:
        shelf: all cards of the site.
        contents: for each of `newest`, by key, the HTML of its entry: a fragment with absolute links alone,
            and with the disclaimers that it needs.
        settings: of the newsletter; it has an archive_url.

    Raises:
        KeyError: a content is missing: an entry never goes out with less than it needs.
    """
    cards = newest(shelf)
    updated = max((_changed_at(card) for card in cards), default=_NEVER)
    parts = (
        element("id", feed_id(settings.id)),
        element("title", settings.name),
        element("subtitle", _subtitle(settings), {"xml:lang": "en"}),
        element("updated", stamp(updated)),
        _link("self", ATOM_TYPE, address(settings, ATOM)),
        _link("alternate", "text/html", address(settings, "")),
        _person(settings.name, settings.url),  # also for entries that name nobody (RFC 4287, section 4.1.2)
        *(_entry(card, contents[card.key], settings) for card in cards),
    )
    attributes = {"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": settings.language}
    return f"{DECLARATION}{element('feed', parts, attributes)}\n".encode()


def _entry(card: Card, content_html: str, settings: Settings) -> str:
    parts = [
        element("id", entry_id(card.key)),
        element("title", card.title),
        _link("alternate", "text/html", address(settings, f"{card.slug}/")),
        element("published", stamp(card.date)) if card.date else "",
        element("updated", stamp(_changed_at(card))),
        *(_person(name, _author_url(name, settings)) for name in _named(card.authors)),
        *(element("category", attributes={"term": tag}) for tag in _named(card.tags)),
        element("summary", card.description) if legal(card.description) else "",
        element("content", content_html, {"type": "html"}),
    ]
    return element("entry", filter(None, parts), {"xml:lang": card.lang})


def json_feed(shelf: Shelf, contents: Mapping[str, str], *, settings: Settings) -> bytes:
    """
    Return the JSON feed, UTF-8.

    Args:
        shelf: all cards of the site.
        contents: as for `atom`.
        settings: of the newsletter; it has an archive_url.

    Raises:
        KeyError: a content is missing: an item never goes out with less than it needs.
    """
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": legal(settings.name),
        "home_page_url": address(settings, ""),
        "feed_url": address(settings, JSON_FEED),
        "description": legal(_subtitle(settings)),
        "language": settings.language,
        "authors": [{"name": legal(settings.name), "url": settings.url}],
        "items": [_item(card, contents[card.key], settings) for card in newest(shelf)],
    }
    return f"{json.dumps(feed, ensure_ascii=False, indent=1)}\n".encode()


def _item(card: Card, content_html: str, settings: Settings) -> dict[str, Any]:
    authors = [{"name": legal(name), "url": _author_url(name, settings)} for name in _named(card.authors)]
    item = {
        "id": entry_id(card.key),
        "url": address(settings, f"{card.slug}/"),
        "title": legal(card.title),
        "content_html": legal(content_html),
        "summary": legal(card.description),
        "image": picture_url(card.picture, settings) if card.picture else "",
        "date_published": stamp(card.date) if card.date else "",
        "date_modified": stamp(_changed_at(card)),
        "tags": [legal(tag) for tag in _named(card.tags)],
        "authors": authors,
        "language": card.lang,
    }
    return {key: value for key, value in item.items() if value or key == "content_html"}


def _changed_at(card: Card) -> dt.datetime:
    return changed_at(card) or _NEVER


def _subtitle(settings: Settings) -> str:
    return f"Each new issue of {settings.name}, in full"


def _named(names: tuple[str, ...]) -> list[str]:
    """Return the names of which there is something to show, each once, as they are written."""
    return [name for name in dict.fromkeys(names) if legal(name).strip()]


def _author_url(name: str, settings: Settings) -> str:
    return address(settings, term_path("authors", name))


def _person(name: str, url: str) -> str:
    return element("author", (element("name", name), element("uri", url)))


def _link(rel: str, kind: str, url: str) -> str:
    return element("link", attributes={"rel": rel, "type": kind, "href": url})
