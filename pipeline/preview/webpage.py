"""
The page of an issue as `newsletter archive` will write it, and as the preview's frame shows it.

It is the archive's own road from the issue to the page: nothing here writes one. A draft, which has no page,
is shown with the one that it gets when it is ready.
"""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from selectolax.lexbor import LexborHTMLParser

from pipeline.archive.card import Card
from pipeline.archive.facts import aliases_of, facts_of, page_wordings
from pipeline.archive.guard import Claim, clashes
from pipeline.archive.life import Life, life_of
from pipeline.archive.page import PageFacts
from pipeline.archive.pages import issue_page, page_of
from pipeline.archive.plan import beside
from pipeline.archive.shelf import Shelf
from pipeline.archive.site import Basis, Site
from pipeline.archive.tasks import issue_frame
from pipeline.images import published_name
from pipeline.localtime import long_date
from pipeline.model import Finding, Image, Issue, Receipt
from pipeline.preview.frame import Framed, data_uris, frame_headers, helper_element, tamed
from pipeline.receipts import Kept, Seen
from pipeline.settings import FILE


class Result(NamedTuple):
    """What search engines are given to show of a page."""

    title: str
    url: str  # the address that it is shown under
    description: str  # may be empty: then they take words of their own choice
    is_asked_for: bool  # False while the page asks to be left out


class WebPage(NamedTuple):
    """A page as it is written, and what the frame needs to show it."""

    html: str
    link: str  # the element that links the style sheet
    css: str
    assets: str  # address of the folder of images, as the page writes it
    images: tuple[Image, ...]  # the issue's local ones


class Archived(NamedTuple):
    """Where the page of an issue stands."""

    state: Literal["hidden", "unlisted", "listed"]
    life: str  # what that means, for people: sentences
    missing: str = ""  # why there shall be no page, for people: a sentence; empty when there shall be one
    url: str = ""  # of the page
    stops: tuple[Finding, ...] = ()  # why it cannot be, or would not be, built
    page: WebPage | None = None
    result: Result | None = None  # of that page; None for one that the issue keeps out of every search


def basis_of(seen: Seen, key: str, root: Path, today: dt.date, *, rehearsal: bool) -> Basis:
    """
    Return what a page hangs on beside the files of the newsletter.

    Args:
        seen: the record, as far as this machine knows; nobody else is asked.
        key: of the issue whose page is shown: of no other, the letter as it was sent is read.
        root: of the newsletter.
        today: the day on which the page is written.
        rehearsal: whether the provider of the settings reaches no reader.
    """
    return Basis(root, today, rehearsal=rehearsal, has_search=False, record=_Looked(seen, key))


def archived(issue: Issue, basis: Basis, others: Sequence[Issue]) -> Archived:
    """
    Return where the page of *issue* stands, with the page.

    Args:
        issue: as it is loaded.
        basis: as `basis_of` returns it.
        others: all issues that can be read; whether *issue* is among them does not matter.

    Raises:
        ChecksFailed: a wording does not stand in the page word for word.
        ReceiptError: what is on record cannot be read.
        SettingsError: the settings are wrong.
        TemplateError: a template cannot be used.
    """
    site = Site(basis)
    others = [other for other in others if other.key != issue.key]
    missing = _missing(issue, site)
    if missing:
        return Archived("hidden", "", missing)
    life = life_of(issue, site.kept(issue.key).receipt, rehearsal=basis.rehearsal)
    as_ready = issue if life.state != "hidden" else replace(issue, status="ready")
    facts = facts_of(as_ready, site)
    stops = (*site.registry.findings, *facts.findings, *_clashes(issue, others, site))
    shown = Archived(
        life.state,
        _told(issue, life, rehearsal=basis.rehearsal),
        url=site.settings.permalink(issue),
        stops=stops,
    )
    return shown if facts.card is None else _with_page(shown, as_ready, facts.card, others, site)


def framed_page(page: WebPage, *, images: bool) -> Framed:
    """
    Return *page* as the frame shows it: its style sheet and its images inside, and nothing that acts.

    Args:
        page: the page.
        images: whether pictures are shown; remote ones never are.
    """
    # an element ends at its end tag, wherever that stands; to CSS, this spelling is the same
    sheet = page.css.replace("</", "<\\/")
    html = page.html.replace(page.link, f"<style>{sheet}</style>", 1)
    if images:
        html = re.sub(rf' srcset="{re.escape(page.assets)}/[^"]*"', "", html)
        uris = data_uris(page.images, lambda image: f"{page.assets}/{published_name(image)}")
        for address, uri in uris.items():
            html = html.replace(f'src="{address}"', f'src="{uri}"')
    return Framed(tamed(html) + helper_element(), frame_headers(images=images))


class _Looked(NamedTuple):
    """The record that this machine knows, as the archive reads one: nobody is asked for a newer one."""

    seen: Seen
    key: str  # the only one whose letter is read as well

    @property
    def versions(self) -> Mapping[str, str]:
        """Every key on record: all of one moment, so that one version does."""
        return dict.fromkeys(self.seen.receipts, "")

    def read(self, keys: Sequence[str]) -> Mapping[str, Kept]:
        """Return what is on record of *keys*."""
        receipts = self.seen.receipts
        return {
            key: Kept(
                receipts.get(key, Receipt(key)),
                self.seen.parts(key) if key == self.key and key in receipts else {},
            )
            for key in keys
        }


def _missing(issue: Issue, site: Site) -> str:
    if not site.settings.archive_url:
        return f"There is no archive: archive_url is not set in {FILE}."
    if issue.archive == "none":
        return "This issue has no page, as it asks: archive: none."
    return ""


def _told(issue: Issue, life: Life, *, rehearsal: bool) -> str:
    if life.state == "hidden":
        one = "a draft" if issue.status == "draft" else "an issue on hold"
        return f"Hidden: {one} has no page. This is the one it gets when it says status: ready."
    if life.state == "listed":
        at = life.at and life.at.astimezone(ZoneInfo(issue.timezone))
        on = f" on {long_date(at.date(), 'en')}" if at else ""
        if rehearsal:
            return f"Listed: it was rehearsed{on}, and the index and the feeds lead to it."
        return f"Listed: it was sent{on}, and the index, the feeds and search engines lead to it."
    found = "Unlisted: it answers whoever has its address, and nothing leads there"
    return f"{found}, as the issue asks." if issue.archive == "unlisted" else f"{found} until it is sent."


def _clashes(issue: Issue, others: Iterable[Issue], site: Site) -> Iterator[Finding]:
    """Yield a finding when *issue* wants an address that another one has, or had when its mail went out."""
    claims = {}
    for each in (issue, *others):
        life = life_of(each, site.kept(each.key).receipt, rehearsal=site.basis.rehearsal)
        if life.state != "hidden" or life.dispatched or each is issue:
            claims[each.path] = Claim(each.file, life.dispatched, each.slug, aliases_of(each))
    return (found for path, found in clashes(claims) if path == issue.path)


def _with_page(shown: Archived, issue: Issue, card: Card, others: Iterable[Issue], site: Site) -> Archived:
    around = beside(card, Shelf([card, *_listed(others, site)] if card.is_listed else [card]), site)
    html = issue_page(issue, card, around, page_wordings(card, issue, site), site)
    stops = (*shown.stops, *issue_frame(issue, card, around, site))
    facts = page_of(card)
    root = facts.root(site.settings)
    page = WebPage(
        html,
        link=f'<link rel="stylesheet" href="{root}{site.style_sheet}">',
        css=site.theme.css.decode(),
        assets=f"{root}assets",
        images=tuple(issue.images.values()),
    )
    result = _result(html, facts, site) if issue.archive == "listed" else None
    return shown._replace(stops=stops, page=page, result=result)


def _listed(others: Iterable[Issue], site: Site) -> Iterator[Card]:
    """Yield the cards of all listed issues: what the page of one of them leads to."""
    for other in others:
        receipt = site.kept(other.key).receipt
        if life_of(other, receipt, rehearsal=site.basis.rehearsal).state == "listed":
            card = facts_of(other, site).card
            if card is not None:
                yield card


def _result(html: str, facts: PageFacts, site: Site) -> Result:
    """Return what search engines find in the page itself."""
    tree = LexborHTMLParser(html)
    title = tree.css_first("head > title")
    said = {
        name: (node.attributes.get(value) or "")
        for name, selector, value in (
            ("url", 'head > link[rel="canonical"]', "href"),
            ("description", 'head > meta[name="description"]', "content"),
        )
        if (node := tree.css_first(selector)) is not None
    }
    return Result(
        " ".join(title.text().split()) if title else "",
        said.get("url") or facts.url(site.settings),
        said.get("description", ""),
        is_asked_for=tree.css_first('head > meta[name="robots"][content="noindex"]') is None,
    )
