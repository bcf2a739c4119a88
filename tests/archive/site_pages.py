"""A small archive with one page of every kind, from our three issues and two made for their components."""

import datetime as dt
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from markupsafe import Markup

from conftest import ROOT
from letter import ISSUE
from pipeline.archive.card import Card, Picture
from pipeline.archive.shelf import Shelf
from pipeline.archive.theme import SiteTheme
from pipeline.disclaimers.mandated import SYMBOLS
from pipeline.disclaimers.registry import load_registry
from pipeline.model import Image, Issue, Wording
from pipeline.settings import load_settings
from pipeline.stages.load import issue_paths, load_issue
from pipeline.stages.render import render

SETTINGS = load_settings(ROOT)
THEME = SiteTheme(ROOT / "templates", None)
REGISTRY = {wording.id: wording for wording in load_registry(SETTINGS.registry_path, ROOT).wordings}
GENERAL = (REGISTRY["gen-short"], REGISTRY["gen"])
ALL = tuple(sorted(REGISTRY.values(), key=lambda wording: (wording.placement == "end", wording.id)))
ZONE = ZoneInfo("America/New_York")

EVERYTHING = """\
The first paragraph has **bold**, *slant*, `code`, ~~gone~~, H~2~O and a [link](https://example.com/a/rather/long/address/that/no/phone/could/show/in/one/line).[^1]

## What is measured

| Day | Steps | Minutes of light | Hours of sleep | Coffee | Remarks on how it went | Score |
|---|--:|--:|--:|:-:|---|--:|
| Monday | 4,210 | 35 | 7.5 | 2 | A gray sky, and a walk in it all the same | 12 |
| Wednesday | 11,870 | 120 | 8 | 1 | Uninterruptedlylongwordsareforgiven | 9 |

> A quotation in the ordinary way,
> over two lines.

> Rest is part of the work.
> {.pullquote}

> [!NOTE]
> A note, with a [link](https://example.com).

> [!WARNING]
> A warning. It says what may go wrong.

> [!CAUTION]
> A caution. It says what must not be done.

### A list in a list

1. One
   - with a part
   - and another
2. Two

- [x] done
- [ ] still to do, with words enough that a phone has to break the line once or even twice

```
a line of code that is rather long, so that it has to be broken somewhere on the screen of a phone
```

---

[Read more](https://example.com/more){.button}

[^1]: A note with its [source](https://example.com/source).
"""

ARABIC = """\
فقرة أولى قصيرة عن النوم والضوء، مع [رابط](https://example.com).

## عنوان في الوسط

- بند أول
- بند ثان

> [!TIP]
> نصيحة قصيرة.

> اقتباس عادي.

| اليوم | الخطوات |
|---|---|
| الاثنين | ٤٢١٠ |
"""


class Facts(NamedTuple):
    """What the head of a page says."""

    title: str
    description: str
    url: str
    lang: str


class Form(NamedTuple):
    """A sign-up form."""

    action: str = "https://lists.example.com/subscribe"
    email: str = "email"
    hidden: tuple[tuple[str, str], ...] = (("list", "weekly"),)
    trap: str = "nickname"
    confirms: bool = True


class Letter(NamedTuple):
    """An issue with its card and its body."""

    issue: Issue
    card: Card
    body: str


def context(
    title: str,
    wordings: Sequence[Wording] = GENERAL,
    *,
    description: str = "",
    lang: str = "en-US",
    root: str = "../",
    **more: Any,
) -> dict[str, Any]:
    """Return what every page is given, and *more*."""
    facts = Facts(title, description, f"{SETTINGS.archive_url}/x/", lang)
    return {
        "settings": SETTINGS,
        "page": facts,
        "head": Markup('<link rel="canonical" href="https://steady.example/issues/x/">'),
        "root": root,
        "css": f"{root}assets/site.css",
        "wordings": wordings,
        "symbols": SYMBOLS,
        "signup": Form(),
        "has_search": True,
        "rehearsal": False,
        **more,
    }


def issue_page(letter: Letter, wordings: Sequence[Wording] = GENERAL, **more: Any) -> str:
    """Return an issue's page; *more* overrides what it is given."""
    card = letter.card
    shelf = shelf_of([letter, *(other for other in letters() if other.card.key != card.key)])
    newer, older = shelf.around(card)
    article, notes, rest = letter.body.partition('<div class="footnote">')
    article = article.replace(
        "<table>", '<div class="scroll" role="region" aria-label="Table" tabindex="0"><table>'
    )
    article = article.replace("</table>", "</table></div>").replace(
        ' align="right"', ' style="text-align:right"'
    )
    hero = card.picture and {
        "src": f"../assets/{card.picture.name}",
        "srcset": "",
        "sizes": "",
        "width": card.picture.width,
        "height": card.picture.height,
        "alt": card.picture.alt,
    }
    values = {
        "card": card,
        "issue": letter.issue,
        "article": Markup(article),  # noqa: S704 - of the render stage
        "sources": Markup(notes + rest) if notes else None,  # noqa: S704 - the same
        "hero": hero,
        "newer": newer,
        "older": older,
        "review_due": False,
        "tags": shelf.terms_of(card, "tags"),
        "authors": shelf.terms_of(card, "authors"),
        "reviewer": shelf.terms_of(card, "reviewers"),
        **more,
    }
    page = context(card.title, wordings, description=card.description, lang=card.lang, **values)
    return THEME.page("issue.html", page)


@cache
def letters() -> tuple[Letter, ...]:
    """Return our three issues as sent, one with every component, and one in Arabic."""
    ours = [load_issue(path, SETTINGS) for path in issue_paths(SETTINGS)]
    everything = replace(
        ISSUE,
        id="everything",
        key="steady-everything",
        slug="everything",
        title="Everything an editor can write, and how it looks on the web",
        description="One page with each component, a correction, a sponsor and a review that is overdue.",
        body=EVERYTHING,
        tags=("sleep", "walking"),
        authors=("Coach Luke", "Ada Moreno"),
        sponsors=("Alder Street Bakery",),
        last_reviewed=dt.date(2025, 11, 20),
        next_review=dt.date(2026, 11, 20),
        corrections=(
            (dt.date(2026, 12, 9), "The table gave Monday's steps as 2,410."),
            (dt.date(2026, 12, 3), "An earlier version named the wrong town."),
        ),
    )
    arabic = replace(
        ISSUE,
        id="arabic",
        key="steady-arabic",
        slug="arabic",
        lang="ar",
        title="ضوء الصباح ومشي قصير",
        description="خمسة أشياء صغيرة لأيام الشتاء القصيرة.",
        body=ARABIC,
        tags=("نوم",),
        authors=("ليلى حداد",),
    )
    return tuple(_letter(issue, day) for day, issue in enumerate([arabic, everything, *ours]))


def shelf_of(of: Iterable[Letter]) -> Shelf:
    """Return the shelf of these letters."""
    return Shelf(letter.card for letter in of)


def pages() -> Mapping[str, str]:
    """Return one page of every kind, by its path."""
    shelf = shelf_of(letters())
    tags = shelf.terms["tags"]
    by_slug = {letter.card.slug: letter for letter in letters()}
    first, second, third = [letter.card.slug for letter in letters()][2:]
    years = [(year, len(cards)) for year, cards in shelf.years.items()]
    listed = {"latest": shelf.listed[0], "recent": shelf.listed[1:], "years": years, "tags": tags}
    what = "Practical ideas for feeling well, from every week's letter."
    terms: dict[str, Any] = {"kind": "tags", "terms": tags}
    term = {"kind": "tags", "term": next(term for term in tags if term.name == "sleep")}
    moved = {"target": f"../{third}/", "target_url": f"{SETTINGS.archive_url}/{third}/", "is_listed": True}
    made = {
        "index.html": ("index.html", context("Past issues", description=what, root="./", **listed)),
        "from-the-right/index.html": (
            "index.html",
            context("Past issues", description=what, lang="ar", **listed),
        ),
        "2026/index.html": (
            "year.html",
            context("Issues of 2026", year=2026, cards=shelf.listed, newer_year=2027, older_year=2025),
        ),
        "tags/index.html": ("terms.html", context("Tags", **terms)),
        "authors/index.html": ("terms.html", context("Authors", kind="authors", terms=())),
        "tags/sleep/index.html": ("term.html", context("sleep", root="../../", **term)),
        "latest/index.html": ("redirect.html", context("Moved", target_title="Moved", **moved)),
        "search/index.html": ("search.html", context("Search")),
        "404.html": ("404.html", context("Not found", root="./", has_latest=True)),
    }
    return {
        **{path: THEME.page(name, values) for path, (name, values) in made.items()},
        f"{first}/index.html": issue_page(by_slug[first], (*ALL[:4], REGISTRY["gen"])),
        f"{second}/index.html": issue_page(by_slug[second], (*GENERAL, REGISTRY["supplement"])),
        f"{third}/index.html": issue_page(by_slug[third]),
        "everything/index.html": issue_page(by_slug["everything"], ALL, review_due=True, rehearsal=True),
        "arabic/index.html": issue_page(by_slug["arabic"]),
    }


def write_site(folder: Path) -> list[str]:
    """Write all pages, the style sheet and the images into *folder*; return the pages' paths."""
    assets = folder / "assets"
    assets.mkdir(parents=True)
    (assets / "site.css").write_bytes(THEME.css)
    for image in (ROOT / "issues").glob("*/*.png"):
        shutil.copy(image, assets)
    made = pages()
    for path, page in made.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        # a redirect would lead away from the page that is looked at
        (folder / path).write_text(page.replace('content="0; url=', 'content="99999; url='), encoding="utf-8")
    return list(made)


def _letter(issue: Issue, day: int) -> Letter:
    fragment = render(issue, web_url=f"{SETTINGS.archive_url}/{issue.slug}/", image_url=_asset)
    picture = None
    if issue.image_src:
        image = issue.images[issue.image_src]
        picture = Picture(image.path.name, image.width, image.height, issue.image_alt)
    card = Card(
        key=issue.key,
        file=issue.file,
        slug=issue.slug,
        state="listed",
        title=issue.title,
        description=issue.description,
        lang=issue.lang,
        date=dt.datetime(2026, 11, 17, 7, 30, tzinfo=ZONE) + dt.timedelta(days=7 * day),
        number=issue.number,
        tags=issue.tags,
        authors=issue.authors,
        reviewed_by=issue.reviewed_by,
        reviewer_credential=issue.reviewer_credential,
        last_reviewed=issue.last_reviewed,
        next_review=issue.next_review,
        updated=issue.updated,
        picture=picture,
        minutes=max(1, len(issue.body.split()) // 220),
        canonical_url="",
        aliases=(),
        corrections=issue.corrections,
        as_sent=True,
        content_digest="",
    )
    return Letter(issue, card, fragment.html)


def _asset(image: Image) -> str:
    return f"../assets/{image.path.name}"
