"""
Which pages there are, and what each is made of.

The key of a task names everything that its files hang on: a task of the same key made the same bytes.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from pipeline.archive.card import Card
from pipeline.archive.facts import Facts, published
from pipeline.archive.feeds import newest
from pipeline.archive.made import key_of
from pipeline.archive.moments import changed_at
from pipeline.archive.page import NOT_FOUND, PageFacts, address
from pipeline.archive.pages import Beside, Neighbour
from pipeline.archive.shelf import KINDS, Kind, Shelf, Term
from pipeline.archive.site import Site
from pipeline.archive.sitemap import robots, sitemap
from pipeline.archive.specimens import specimens
from pipeline.archive.tasks import FeedEntry, FeedsTask, FrameTask, ImageTask, IssueTask, PageTask, Read, Task

# issues that the page of a tag, author or reviewer lists; those before them stand under their years
MOST = 100
_RECENT = 2  # years whose issues the front page lists


class Plan(NamedTuple):
    """The work of a build, and the files that are made at once."""

    tasks: Mapping[str, tuple[str, Task]]  # name of the task -> key, task
    files: Mapping[str, bytes]  # path in the site -> content


def planned(shelf: Shelf, facts: Mapping[Path, Facts], site: Site) -> Plan:
    """
    Return the work that makes the site of *shelf*.

    Args:
        shelf: every card of *facts*.
        facts: of every issue, by its file.
        site: the site.
    """
    sources = {each.key: _Source(path, each) for path, each in facts.items() if each.card}
    keyed = [*_issues(shelf, sources, site), *_lists(shelf, site)]
    images = published(facts.values())
    keyed += [(name, ImageTask(image)) for name, image in images.items()]
    keyed += _feeds(shelf, sources, site)
    return Plan({task.name: (key_of(site.mark, key), task) for key, task in keyed}, _files(shelf, site))


class _Source(NamedTuple):
    """The file of an issue that has a page."""

    path: Path
    facts: Facts

    @property
    def read(self) -> Read:
        """What the issue was read from."""
        return Read(self.path, self.facts.digest, self.facts.images)


def _feeds(shelf: Shelf, sources: Mapping[str, _Source], site: Site) -> Iterator[tuple[str, Task]]:
    """Yield both feeds, and the frames of their entries: one for each kind of them."""
    entries, key = [], []
    for card in newest(shelf):
        source, facts = sources[card.key], sources[card.key].facts
        due = _review_due(card, site)
        told = (part for part, is_there in _told(card, facts, review_due=due) if is_there)
        kind = ", ".join((card.lang, *facts.wordings, *told))
        entries.append(FeedEntry(source.read, card, due, kind))
        key.append((facts.mark, due))
    task = FeedsTask("feeds", tuple(entries))
    yield key_of(key), task
    yield key_of(sorted({entry.kind for entry in entries})), FrameTask("frame of feed-entry.html", task)


def _issues(shelf: Shelf, sources: Mapping[str, _Source], site: Site) -> Iterator[tuple[str, Task]]:
    """
    Yield each issue's page, and the frames to be examined.

    One for each set of wordings in a language, and one for each shape of the template around them: what is
    there when there is a correction is examined, too.
    """
    frames: set[str] = set()
    for card in shelf.cards:
        source, facts = sources[card.key], sources[card.key].facts
        around = beside(card, shelf, site)
        task = IssueTask(source.read, card, around)
        yield key_of(facts.mark, repr(around)), task
        shape = ", ".join(part for part, is_there in _shape(card, around, facts) if is_there)
        for kind in (
            f"issues in {card.lang} with {', '.join(facts.wordings)}",
            f"issues with {shape or 'nothing'} beside",
        ):
            if kind not in frames:
                frames.add(kind)
                yield kind, FrameTask(kind, task)


def _shape(card: Card, around: Beside, facts: Facts) -> Iterator[tuple[str, bool]]:
    """Yield what a page may have, and whether it has: each is a branch of its template."""
    yield card.state, True
    yield "hero", facts.has_hero
    yield "description", bool(card.description)
    yield "number", card.number is not None
    yield "authors", bool(card.authors)
    yield from _told(card, facts, review_due=around.review_due)
    yield "update", card.updated is not None
    yield "tags", bool(card.tags)
    yield "letter", card.as_sent
    yield "newer", around.newer is not None
    yield "older", around.older is not None


def _told(card: Card, facts: Facts, *, review_due: bool) -> Iterator[tuple[str, bool]]:
    """Yield what pages and feeds tell of an issue that has it: each is a branch of disclosures.html."""
    yield "reviewer", bool(card.reviewed_by)
    yield "credential", bool(card.reviewer_credential)
    yield "day of review", card.last_reviewed is not None
    yield "next review", card.next_review is not None
    yield "review due", review_due
    yield "sponsors", facts.is_sponsored
    yield "corrections", bool(card.corrections)


def beside(card: Card, shelf: Shelf, site: Site) -> Beside:
    """Return what the page of *card* says beyond its issue; *shelf* has the card and every listed one."""
    newer, older = shelf.around(card)
    return Beside(
        newer=_neighbour(newer),
        older=_neighbour(older),
        tags=_named(shelf.terms_of(card, "tags")),
        authors=_named(shelf.terms_of(card, "authors")),
        reviewer=_named(shelf.terms_of(card, "reviewers")),
        review_due=_review_due(card, site),
    )


def _review_due(card: Card, site: Site) -> bool:
    return card.next_review is not None and card.next_review < site.basis.today


def _neighbour(card: Card | None) -> Neighbour | None:
    return Neighbour(card.slug, card.title, card.lang) if card else None


def _named(terms: Iterable[Term]) -> tuple[Term, ...]:
    """Return *terms* by name alone: a page that only names them stays as it is when they grow."""
    return tuple(term._replace(cards=(), total=0) for term in terms)


def _lists(shelf: Shelf, site: Site) -> Iterator[tuple[str, Task]]:
    """
    Yield each page that is no issue's, and the frames to be examined: one for each shape of each template.

    These hang on the site alone: no issue of this newsletter decides which branch of a template is looked at.
    """
    yield from _list_pages(shelf, site)
    yield from _redirects(shelf, site)
    examined = set()
    for about, specimen in specimens(site.settings.language):
        for _, task in (*_list_pages(specimen, site, most=1), *_redirects(specimen, site)):
            shape = task.template, *map(_told_apart, task.context.values())
            if shape not in examined:
                examined.add(shape)
                name = f"{task.template} with {about}, as {task.name}"
                yield name, FrameTask(name, task)


def _told_apart(value: object) -> object:
    """
    Return what a template tells apart of a value that it is given: most often, whether there is anything.

    Of an issue on its own, which picture it has; of a term, whether it has more issues than are listed.
    """
    if isinstance(value, Card):
        return value.picture and bool(value.picture.narrower)
    return value.total > len(value.cards) if isinstance(value, Term) else bool(value)


def _list_pages(shelf: Shelf, site: Site, *, most: int = MOST) -> Iterator[tuple[str, PageTask]]:
    """Yield each with its key: what a list shows of a card is in the card's mark."""
    name, lang = site.settings.name, site.settings.language
    years = list(shelf.years)
    recent = tuple(card for year in years[:_RECENT] for card in shelf.years[year])[1:]
    counts = [(year, len(cards)) for year, cards in shelf.years.items()]
    tags, latest = _named(shelf.terms["tags"]), shelf.listed[0] if shelf.listed else None
    front = {"latest": latest, "recent": recent, "years": counts, "tags": tags}
    facts = PageFacts("Past issues", f"The newest issues of {name}, and every one by year.", "", lang)
    marks = (card.mark for card in (*shelf.listed[:1], *recent))
    yield key_of(repr((counts, tags)), *marks), PageTask("index.html", facts, front)
    for at, (year, cards) in enumerate(shelf.years.items()):
        beside = {
            "newer_year": years[at - 1] if at else None,
            "older_year": years[at + 1] if at + 1 < len(years) else None,
        }
        facts = PageFacts(str(year), f"The issues of {name} from {year}.", f"{year}/", lang)
        task = PageTask("year.html", facts, {"year": year, "cards": cards, **beside})
        yield key_of(repr(beside), *(card.mark for card in cards)), task
    for kind, terms in shelf.terms.items():
        title, about = _KINDS[kind]
        counted = tuple(term._replace(cards=()) for term in terms)
        facts = PageFacts(title, f"{title} of {name}.", f"{kind}/", lang)
        yield repr(counted), PageTask("terms.html", facts, {"kind": kind, "terms": counted})
        for term in terms:
            shown = term._replace(cards=term.cards[:most])
            description = f"Issues of {name} {about} {term.name}."
            facts = PageFacts(term.name, description, f"{kind}/{term.slug}/", lang)
            task = PageTask("term.html", facts, {"kind": kind, "term": shown})
            yield key_of(term.name, str(term.total), *(card.mark for card in shown.cards)), task
    facts = PageFacts("Page not found", "", NOT_FOUND, lang)
    yield key_of(latest is None), PageTask(NOT_FOUND, facts, {"has_latest": latest is not None})
    if site.basis.has_search:
        facts = PageFacts("Search", f"Find a word in the issues of {name}.", "search/", lang)
        yield "search", PageTask("search.html", facts, {})


_KINDS: Mapping[Kind, tuple[str, str]] = {
    "tags": ("Tags", "about"),
    "authors": ("Authors", "by"),
    "reviewers": ("Medical reviewers", "reviewed by"),
}


def _redirects(shelf: Shelf, site: Site) -> Iterator[tuple[str, PageTask]]:
    """Yield the pages that lead on: latest/, and each old address."""
    ways = [("latest/", card) for card in shelf.listed[:1]]
    ways += [(alias, card) for card in shelf.cards for alias in card.aliases]
    for way, card in ways:
        path = way if way.endswith((".html", "/")) else f"{way}/"
        facts = PageFacts(card.title, "", path, card.lang)
        target = f"{facts.root(site.settings)}{card.slug}/"
        context = {
            "target": target,
            "target_url": address(site.settings, f"{card.slug}/"),
            "target_title": card.title,
            "is_listed": card.is_listed,
        }
        yield repr((context, facts)), PageTask("redirect.html", facts, context)


def _files(shelf: Shelf, site: Site) -> dict[str, bytes]:
    """Return what is no page: style sheet, sitemap, robots.txt."""
    settings = site.settings
    pages = [("", _changed(shelf.listed))]
    pages += [(f"{year}/", _changed(cards)) for year, cards in shelf.years.items()]
    pages += [(f"{kind}/{term.slug}/", _changed(term.cards)) for kind in KINDS for term in shelf.terms[kind]]
    pages += [(f"{card.slug}/", _changed([card])) for card in shelf.listed if not card.canonical_url]
    known = ((address(settings, path), day) for path, day in pages)
    return {
        site.style_sheet: site.theme.css,
        **sitemap(known, settings=settings),
        "robots.txt": robots(settings, rehearsal=site.basis.rehearsal),
    }


def _changed(cards: Iterable[Card]) -> dt.date | None:
    """Return the day on which readers last saw any of *cards* become another."""
    return max((moment.date() for moment in map(changed_at, cards) if moment), default=None)
