"""Which pages a site has, and which of them a change makes anew."""

import datetime as dt
import hashlib
import sys
from collections.abc import Iterable
from pathlib import Path

import PIL.Image
import pytest
from cards import card, weekly
from lxml import etree
from past_issues import URL, Past

from conftest import ROOT
from pipeline.archive.card import Card, marked
from pipeline.archive.facts import Facts
from pipeline.archive.plan import MOST, Plan, planned
from pipeline.archive.shelf import Shelf
from pipeline.archive.site import Basis, Site
from pipeline.archive.tasks import FeedsTask, FrameTask, ImageTask, PageTask
from pipeline.clock import utc_now
from pipeline.errors import ChecksFailed
from pipeline.model import Image
from pipeline.receipts import FolderReceipts

TODAY = dt.date(2026, 12, 24)
LISTS = {"index.html", "tags/", "authors/", "reviewers/", "404.html"}


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """Our own newsletter, with nothing on record."""
    record = FolderReceipts(tmp_path / "receipts", clock=utc_now).snapshot()
    return Site(Basis(ROOT, TODAY, rehearsal=False, has_search=False, record=record))


def plan(site: Site, *cards: Card) -> Plan:
    """Return the plan of a site of these cards."""
    facts = {Path(each.file): Facts(each.key, "", True, each, mark=each.slug) for each in cards}
    return planned(Shelf(map(marked, cards)), facts, site)


def pages(made: Plan) -> set[str]:
    """Return the paths of its pages, without those that every site has."""
    return keys(made).keys() - {*LISTS, "feeds"}


def mapped(made: Plan) -> dict[str, str]:
    """Return what the sitemap says: each path below the archive's root, and the day of its last change."""
    names = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
    found = {}
    for url in etree.fromstring(made.files["sitemap.xml"]).findall("s:url", names):
        path = url.findtext("s:loc", "", names).removeprefix(f"{URL}/")
        found[path] = url.findtext("s:lastmod", "", names)
    return found


def test_an_empty_site_has_its_lists_and_its_feeds(site: Site) -> None:
    """The mails before the first one was sent lead there as well; nothing leads on to a latest issue."""
    made = plan(site)
    assert pages(made) == set()
    assert made.tasks.keys() >= {*LISTS, "feeds"}
    assert set(made.files) == {site.style_sheet, "sitemap.xml", "robots.txt"}
    assert mapped(made) == {"": ""}


def test_the_page_for_what_is_not_there_leads_to_the_latest_issue_once_there_is_one(site: Site) -> None:
    """Before that, the way would lead to this page again."""
    quiet = card(state="unlisted")
    for cards, leads in ((), False), ((quiet,), False), ((card(),), True):
        task = plan(site, *cards).tasks["404.html"][1]
        assert isinstance(task, PageTask)
        ((_path, page),) = task.files(site)
        assert (b'href="/issues/latest/"' in page) is leads
    assert different(plan(site), plan(site, quiet)) == {"stiff-back/"}
    assert "404.html" in different(plan(site), plan(site, card()))


def test_a_listed_issue_brings_its_terms_and_its_year(site: Site) -> None:
    """And latest/, and its old addresses, as folders or as the files they were."""
    made = plan(site, card(aliases=("2019/old", "old.html")))
    assert pages(made) == {
        *("stiff-back/", "2026/", "tags/back/", "tags/mobility/", "authors/coach-luke/"),
        *("reviewers/dr-ada-moreno/", "latest/", "2019/old/", "old.html"),
    }


def test_an_unlisted_issue_has_its_page_and_its_old_addresses_alone(site: Site) -> None:
    """No list, feed or sitemap is another than it would be without it."""
    quiet = card(state="unlisted", aliases=("old",))
    without, made = plan(site), plan(site, quiet)
    assert pages(made) == {"stiff-back/", "old/"}
    assert made.files == without.files
    assert {name: made.tasks[name] for name in without.tasks} == dict(without.tasks)


def test_the_sitemap_says_when_each_page_last_changed(site: Site) -> None:
    """A list has the day of the latest change in it."""
    corrected = weekly(1, updated=dt.date(2027, 3, 1), tags=("back",), authors=(), reviewed_by="")
    assert mapped(plan(site, corrected, weekly(5, tags=(), authors=(), reviewed_by=""))) == {
        "": "2027-03-01",
        "2026/": "2027-03-01",
        "2027/": "2027-01-05",
        "tags/back/": "2027-03-01",
        "week-1/": "2027-03-01",
        "week-5/": "2027-01-05",
    }


def test_a_page_printed_elsewhere_first_is_not_in_the_sitemap(site: Site) -> None:
    """Search engines are to find the other one; the command says so, see below."""
    assert "stiff-back/" not in mapped(plan(site, card(canonical_url="https://journal.example/back/")))


def test_an_issue_that_is_not_in_the_sitemap_is_told(tmp_path: Path) -> None:
    """In each run; one that names its own page is in it, and names no other."""
    past = Past(tmp_path / "newsletter")
    past.sent("own", canonical_url=f"{URL}/own/")
    past.sent("printed", canonical_url="https://journal.example/printed/")
    for _run in range(2):
        told = past.build()
        assert told.data["elsewhere"] == ["issues/printed.md"]
        assert "1 issue not in the sitemap, by canonical_url: issues/printed.md\n" in told.text
    sitemap = (past.public / "sitemap.xml").read_text(encoding="utf-8")
    assert f"<loc>{URL}/own/</loc>" in sitemap
    assert "printed" not in sitemap


@pytest.mark.parametrize(("number", "shown"), [(MOST, MOST), (MOST + 1, MOST)])
def test_the_page_of_a_term_lists_the_newest_and_counts_all(site: Site, number: int, shown: int) -> None:
    """A tag of a thousand issues is still a page for a phone."""
    made = plan(site, *(weekly(each, tags=("back",)) for each in range(number)))
    term = made.tasks["tags/back/"][1].context["term"]  # type: ignore[attr-defined]
    assert (term.total, len(term.cards)) == (number, shown)
    assert term.cards[0].slug == f"week-{number - 1}"


def keys(made: Plan) -> dict[str, str]:
    """Return the key of each task but those that look at a frame."""
    return {name: key for name, (key, task) in made.tasks.items() if not isinstance(task, FrameTask)}


def examine(made: Plan, site: Site) -> None:
    """Do the tasks that look at a frame."""
    for name in frames(made):
        list(made.tasks[name][1].files(site))


def frames(made: Plan) -> set[str]:
    """Return the names of the tasks that look at a frame."""
    return made.tasks.keys() - keys(made).keys()


def different(one: Plan, other: Plan) -> set[str]:
    """Return the names of tasks that one plan has and the other has not, or has otherwise."""
    old, new = keys(one), keys(other)
    return {name for name in old | new if old.get(name) != new.get(name)}


def changed(site: Site, before: Iterable[Card], after: Iterable[Card]) -> set[str]:
    """Return the names of tasks that change when the cards of a site do."""
    return different(plan(site, *before), plan(site, *after))


def test_every_frame_in_which_wordings_stand_is_examined(site: Site) -> None:
    """Each shape of lists and of pages of issues, and each set of wordings in a language."""
    one, two = weekly(1), weekly(2, lang="de-DE", state="unlisted")
    made = frames(plan(site, one, two))
    languages = {"issues in en-US with ", "issues in de-DE with "}
    review = "reviewer, credential, day of review, next review"
    parts = f"description, number, authors, {review}, tags, letter beside"
    shapes = {f"issues with {state}, {parts}" for state in ("listed", "unlisted")}
    lists = frames(plan(site)) - {"frame of feed-entry.html"}
    assert {name.partition(" ")[0] for name in lists} == {
        f"{template}.html" for template in ("index", "year", "terms", "term", "404", "redirect")
    }
    assert made == {"frame of feed-entry.html"} | lists | languages | shapes


@pytest.mark.parametrize(
    ("template", "branch"),
    [
        ("index", "{% if latest %}"),
        ("index", "{% if latest.description %}"),
        ("entries", "{%- if card.corrections %}"),
        ("year", "{% if newer_year is not none %}"),
        ("term", "{% if term.total > term.cards | length %}"),
        ("redirect", '<meta name="robots" content="noindex">'),
    ],
)
def test_a_branch_that_no_issue_reaches_yet_is_examined(tmp_path: Path, template: str, branch: str) -> None:
    """The issue that reaches it one day has its lists made then, and their frames are not looked at again."""
    past = Past(tmp_path / "newsletter")
    past.edit(f"templates/archive/{template}.html", branch, f"{branch}<style>.notice{{display:none}}</style>")
    site = Site(Basis(past.root, TODAY, rehearsal=False, has_search=False, record=past.receipts.snapshot()))
    with pytest.raises(ChecksFailed, match=r"\.html with .*: not every reader of the archive would see"):
        examine(plan(site), site)


def test_every_kind_of_entry_of_the_feeds_is_examined(site: Site) -> None:
    """One for each set of wordings in a language, and of what is told of an issue beside them."""
    plain, bare = weekly(1), weekly(2, reviewed_by="", reviewer_credential="", last_reviewed=None)
    due, mended = weekly(3, next_review=dt.date(2026, 1, 1)), weekly(4, corrections=((TODAY, "A slip."),))
    feeds = plan(site, plain, weekly(5), bare, due, mended, weekly(6, lang="de-DE")).tasks["feeds"][1]
    assert isinstance(feeds, FeedsTask)
    kinds = {entry.card.slug: entry.kind for entry in feeds.newest}
    assert kinds["week-1"] == kinds["week-5"]
    assert len(set(kinds.values())) == 5


@pytest.mark.parametrize(
    ("name", "has_search", "decides"),
    [
        ("Pillow", False, True),
        ("pagefind", True, True),
        ("pagefind_bin", True, True),
        ("pagefind", False, False),
    ],
)
def test_another_version_of_what_makes_the_site_makes_all_of_it_anew(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, *, has_search: bool, decides: bool
) -> None:
    """What indexes pages counts where there is a search alone."""
    basis = site.basis._replace(has_search=has_search)
    before = Site(basis).mark
    installed(tmp_path, name, "99")
    monkeypatch.syspath_prepend(tmp_path)
    assert (Site(basis).mark != before) is decides


def test_another_python_makes_all_of_the_site_anew(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its libraries write pages, too."""
    before = site.mark
    monkeypatch.setattr(sys, "version", "99.0")
    assert Site(site.basis).mark != before


def test_an_image_is_encoded_anew_by_another_version_of_what_encodes_it(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What an older one had made is kept for that one alone."""
    past = Past(tmp_path / "newsletter")
    path = past.root / "issues/a.png"
    PIL.Image.new("RGB", (2000, 600), "red").save(path)
    image = Image("a.png", path, hashlib.sha256(path.read_bytes()).hexdigest(), 2000, 600, "png")
    own = Site(site.basis._replace(root=past.root))
    made = dict(ImageTask(image).files(own))
    for kept in (past.root / ".newsletter/cache/assets").rglob("*.png"):
        kept.write_bytes(b"of an older one")
    assert set(dict(ImageTask(image).files(own)).values()) == {b"of an older one"}
    installed(tmp_path / "more", "Pillow", "99")
    monkeypatch.syspath_prepend(tmp_path / "more")
    assert dict(ImageTask(image).files(own)) == made


def installed(folder: Path, name: str, version: str) -> None:
    """Have a package of this version in *folder*, as Python sees it."""
    information = folder / f"{name}-{version}.dist-info"
    information.mkdir(parents=True)
    (information / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")


def test_a_new_issue_changes_what_it_stands_in(site: Site) -> None:
    """Its older neighbour, latest/, the front page, its year and its terms; the feeds by their marks."""
    cards = [weekly(each, tags=(f"tag-{each % 2}",), authors=(), reviewed_by="") for each in range(4)]
    assert changed(site, cards[:3], cards) == {
        *("week-3/", "week-2/", "latest/", "index.html", "2026/", "tags/", "tags/tag-1/", "feeds"),
    }


def test_a_review_that_is_due_changes_its_page_and_the_feeds_on_that_day_alone(site: Site) -> None:
    """Of the day of the build, they know no more."""
    due = weekly(1, next_review=TODAY)
    tomorrow = Site(site.basis._replace(today=TODAY + dt.timedelta(days=1)))
    later = Site(site.basis._replace(today=TODAY + dt.timedelta(days=2)))
    plans = [plan(on, due, weekly(2)) for on in (site, tomorrow, later)]
    assert different(plans[0], plans[1]) == {"week-1/", "feeds"}
    assert different(plans[1], plans[2]) == set()


def test_a_build_writes_what_a_change_reaches_and_nothing_else(tmp_path: Path) -> None:
    """The same, of a real site: each edit names its files."""
    past = Past(tmp_path / "newsletter")
    for day in range(1, 6):
        past.sent(f"week-{day}", at=f"2026-11-0{day}T07:30", tags=[f"tag-{day}"])
    past.build()
    past.edit("issues/week-3.md", "A letter.", "A better letter.")
    assert past.build().data["written"] == ["feed.json", "feed.xml", "week-3/index.html"]
    correction = "corrections: [{date: 2026-11-09, text: A slip.}]"
    past.edit("issues/week-3.md", "status: ready", f"{correction}\nstatus: ready")
    assert past.build().data["written"] == [
        *("2026/index.html", "feed.json", "feed.xml", "index.html", "sitemap.xml", "tags/tag-3/index.html"),
        "week-3/index.html",
    ]
    past.edit("issues/week-3.md", "status: ready", "aliases: [old]\nupdated: 2026-11-08\nstatus: ready")
    assert past.build().data["written"] == ["old/index.html"]  # an earlier day than that of the correction
    past.edit("issues/week-5.md", "title: Week-5", "title: The fifth")
    assert past.build().data["written"] == [
        *("2026/index.html", "feed.json", "feed.xml", "index.html", "latest/index.html"),
        *("tags/tag-5/index.html", "week-4/index.html", "week-5/index.html"),
    ]
    past.edit("templates/archive/base.html", "Skip to the content", "Go to the content")
    written = past.build().data["written"]
    assert isinstance(written, list)
    assert {path for path in written if path.endswith(".html")} == {
        path.relative_to(past.public).as_posix()
        for path in past.public.rglob("*.html")
        if path.name != "message.html"
    }
    assert past.build().data["written"] == []
