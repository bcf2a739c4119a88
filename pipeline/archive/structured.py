"""
What machines read of a page: the part of <head> beyond its title, description and style.

Search engines, feed readers and whatever shows a card for a shared link. Nothing is claimed that is not so:
an unlisted page names no time of publication, since it may stand there before its mail went out, and only a
named reviewer and a day make a page reviewed.

Sources, read 2026-11-27: ogp.me; schema.org (NewsArticle, MedicalWebPage, WebSite).
"""

import datetime as dt
import html
import json
from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from pipeline.archive.card import Card
from pipeline.archive.feeds import ATOM, ATOM_TYPE, JSON_FEED, JSON_FEED_TYPE
from pipeline.archive.mark import DIGEST_META
from pipeline.archive.markup import legal
from pipeline.archive.moments import changed_at, stamp
from pipeline.archive.page import NOT_FOUND, PageFacts, address
from pipeline.archive.pictures import picture_url
from pipeline.archive.shelf import Kind, term_path
from pipeline.settings import Settings

# so that nothing ends the script early, and no old reader of JavaScript takes a separator for a line's end
_IN_SCRIPT = str.maketrans({char: f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"})


def head(page: PageFacts, *, settings: Settings, card: Card | None = None) -> Markup:
    """
    Return the elements, one on a line.

    Args:
        page: the page.
        settings: of the newsletter; it has an archive_url.
        card: of the issue, on an issue's page. The page of an unlisted one asks to be left out of search,
            whatever *page* says.
    """
    noindex = page.noindex or page.path == NOT_FOUND or not (card is None or card.is_listed)
    url = (card and card.canonical_url) or page.url(settings)
    root = page.root(settings)
    lines = [
        _void("meta", name="robots", content="noindex") if noindex else _link("canonical", href=url),
        _link("alternate", type=ATOM_TYPE, title=settings.name, href=root + ATOM),
        _link("alternate", type=JSON_FEED_TYPE, title=f"{settings.name} (JSON Feed)", href=root + JSON_FEED),
        *(_named(name, content) for name, content in _names(card) if content),
        *(_property(name, content) for name, content in _open_graph(page, url, card, settings) if content),
    ]
    nodes = _nodes(page, url, card, settings)
    if nodes:
        lines.append(_json_ld({"@context": "https://schema.org", "@graph": nodes}))
    return Markup("\n".join(lines))  # noqa: S704 - each line was escaped by whoever wrote it, below


def _names(card: Card | None) -> Iterator[tuple[str, str]]:
    """Yield what plain meta elements are to say; Twitter takes the rest of its card from Open Graph."""
    picture = card.picture if card else None
    if card:
        yield DIGEST_META, card.content_digest
        yield from (("author", name) for name in card.authors)
    yield "twitter:card", "summary_large_image" if picture else "summary"
    yield "twitter:image:alt", picture.alt if picture else ""


def _open_graph(
    page: PageFacts, url: str, card: Card | None, settings: Settings
) -> Iterator[tuple[str, str]]:
    yield "og:type", "article" if card else "website"
    yield "og:title", card.title if card else page.title
    yield "og:description", card.description if card else page.description
    yield "og:url", url
    yield "og:site_name", settings.name
    yield "og:locale", _locale(page.lang)
    if card and card.picture:
        yield "og:image", picture_url(card.picture, settings)
        yield "og:image:width", str(card.picture.width or "")
        yield "og:image:height", str(card.picture.height or "")
        yield "og:image:alt", card.picture.alt
    if card:
        published, modified = _times(card)
        yield "article:published_time", published
        yield "article:modified_time", modified
        yield from (("article:author", _term_url("authors", name, card, settings)) for name in card.authors)
        yield from (("article:tag", tag) for tag in card.tags)


def _locale(lang: str) -> str:
    """Return *lang* as Open Graph writes it, language_TERRITORY; "" without a territory."""
    language, *rest = lang.split("-")
    territory = rest[-1] if rest else ""
    return f"{language}_{territory}" if len(territory) == 2 and territory.isalpha() else ""  # noqa: PLR2004 - ISO 3166-1


def _nodes(page: PageFacts, url: str, card: Card | None, settings: Settings) -> list[dict[str, Any]]:
    """Return what schema.org calls the things that the page is about."""
    publisher = {"@type": "Organization", "name": settings.name, "url": settings.url}
    if card is None:
        is_index = page.path == ""
        site = {"@type": "WebSite", "name": settings.name, "url": url, "description": page.description}
        return [_full({**site, "inLanguage": page.lang, "publisher": publisher})] if is_index else []
    nodes = [_article(url, card, publisher, settings)]
    if card.reviewed_by and card.last_reviewed:
        nodes.append(_reviewed(url, card, card.last_reviewed, settings))
    return nodes


def _article(url: str, card: Card, publisher: dict[str, Any], settings: Settings) -> dict[str, Any]:
    published, modified = _times(card)
    authors = [
        _full({"@type": "Person", "name": name, "url": _term_url("authors", name, card, settings)})
        for name in card.authors
    ]
    return _full(
        {
            "@type": "NewsArticle",
            "headline": card.title,
            "description": card.description,
            "image": [picture_url(card.picture, settings)] if card.picture else [],
            "datePublished": published,
            "dateModified": modified,
            "author": authors or [publisher],
            "publisher": publisher,
            "inLanguage": card.lang,
            "keywords": list(card.tags),
            "mainEntityOfPage": url,
            "isAccessibleForFree": True,
        }
    )


def _reviewed(url: str, card: Card, day: dt.date, settings: Settings) -> dict[str, Any]:
    reviewer = {
        "@type": "Person",
        "name": card.reviewed_by,
        "honorificSuffix": card.reviewer_credential,
        "url": _term_url("reviewers", card.reviewed_by, card, settings),
    }
    page = {"@type": "MedicalWebPage", "@id": url, "url": url, "name": card.title, "inLanguage": card.lang}
    return {**page, "lastReviewed": day.isoformat(), "reviewedBy": _full(reviewer)}


def _times(card: Card) -> tuple[str, str]:
    """Return when a listed issue was published and last changed, with offsets; "" for what is not known."""
    moments = (card.date, changed_at(card)) if card.is_listed else (None, None)
    published, modified = (stamp(moment) if moment else "" for moment in moments)
    return published, modified


def _term_url(kind: Kind, name: str, card: Card, settings: Settings) -> str:
    """Return the address of somebody's page; "" for an unlisted issue, whose people may have none."""
    return address(settings, term_path(kind, name)) if card.is_listed else ""


def _full(node: dict[str, Any]) -> dict[str, Any]:
    """Return the node without what is empty."""
    return {key: value for key, value in node.items() if value}


def _json_ld(graph: dict[str, Any]) -> str:
    text = legal(json.dumps(graph, ensure_ascii=False)).translate(_IN_SCRIPT)
    return f'<script type="application/ld+json">{text}</script>'


def _link(rel: str, **attributes: str) -> str:
    return _void("link", rel=rel, **attributes)


def _named(name: str, content: str) -> str:
    return _void("meta", name=name, content=content)


def _property(name: str, content: str) -> str:
    return _void("meta", property=name, content=content)


def _void(element: str, **attributes: str) -> str:
    pairs = "".join(f' {key}="{html.escape(legal(value))}"' for key, value in attributes.items())
    return f"<{element}{pairs}>"
