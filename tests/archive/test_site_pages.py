"""The whole site in a real Chromium, from a host on loopback: for every reader, and nobody else is asked."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from past_issues import FORM, LIST, LISTED, UNLISTED, Host, Past, many_sorts, served
from playwright.sync_api import Browser, Page, expect

from conftest import ROOT

AXE = (ROOT / "tests/axe/axe.min.js").read_text(encoding="utf-8")
KINDS = ("", "everything/", "2026-04-07-light/", "tags/sleep/", "tags/", "2025/", "search/", "no/such/page/")
# of each notice: whether a point in its middle shows it, and nothing that lies over it
ON_TOP = """() => [...document.querySelectorAll('[data-disclaimer]')].map((notice) => {
    notice.scrollIntoView({ block: 'center', behavior: 'instant' })
    return [...notice.querySelectorAll('p')].every((words) => {
        const { left, right, top, bottom } = words.getBoundingClientRect()
        const shown = document.elementFromPoint((left + right) / 2, (top + bottom) / 2)
        return notice.contains(shown)
    })
})"""


class Site:
    """An archive on a host, and what was asked of anybody while it was looked at."""

    def __init__(self, host: Host, folder: Path, chromium: Browser) -> None:
        """Take the host, the folder that it serves as issues/, and the browser."""
        self.host, self.folder, self._chromium = host, folder, chromium
        self.asked: list[str] = []

    @property
    def paths(self) -> list[str]:
        """The address of every page below the archive's, but of those that lead on, and of letters."""
        others = ("message.html", "404.html")
        pages = (path for path in self.folder.rglob("*.html") if path.name not in others)
        stay = (path for path in pages if 'http-equiv="refresh"' not in path.read_text(encoding="utf-8"))
        return sorted(path.relative_to(self.folder).as_posix().removesuffix("index.html") for path in stay)

    def url(self, path: str) -> str:
        """Return the address of a page."""
        return f"{self.host.url}/issues/{path}"

    def page(self, *, width: int = 1280, **more: Any) -> Page:
        """Open an empty page; all that it asks for is noted."""
        context = self._chromium.new_context(viewport={"width": width, "height": 800}, **more)
        context.on("request", lambda request: self.asked.append(request.url))
        return context.new_page()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[Site]:
    """The archive of a newsletter with issues of every sort, with a search."""
    folder = tmp_path_factory.mktemp("site")
    with served(folder / "host") as host:
        past = Past(folder / "newsletter", archive_url=f"{host.url}/issues", own_issues=True)
        past.edit("pyproject.toml", FORM, f"{host.url}/subscription/form")
        many_sorts(past)
        past.build(folder / "host/issues", search=True)
        yield Site(host, folder / "host/issues", chromium)


@pytest.fixture
def opened(site: Site) -> Iterator[Callable[..., Page]]:
    """Open a page of the site; whatever happens there, only its own host is asked for anything."""
    pages: list[Page] = []
    site.asked.clear()

    def page(path: str | None = None, **options: Any) -> Page:
        pages.append(site.page(**options))
        if path is not None:
            pages[-1].goto(site.url(path))
        return pages[-1]

    yield page
    for each in pages:
        each.context.close()
    assert [url for url in site.asked if not url.startswith(f"{site.host.url}/")] == []
    assert site.asked != []


def faults(page: Page) -> dict[str, list[str]]:
    """Return what axe finds in a page: each rule with the elements that break it."""
    page.evaluate(AXE)
    found = page.evaluate("axe.run().then((result) => result.violations)")
    return {each["id"]: [node["html"][:200] for node in each["nodes"]] for each in found}


def test_every_page_is_accessible(site: Site, opened: Callable[..., Page]) -> None:
    """Axe finds nothing in any, whatever editors wrote."""
    page, found = opened(), {}
    for path in (*site.paths, "no/such/page/"):
        page.goto(site.url(path))
        found[path] = faults(page)
    assert {path: each for path, each in found.items() if each} == {}
    assert len(found) > 30


@pytest.mark.parametrize(("width", "scheme"), [(1280, "dark"), (360, "light"), (360, "dark")])
def test_one_page_of_each_kind_is_accessible_in_the_dark_and_on_a_phone(
    site: Site, opened: Callable[..., Page], width: int, scheme: str
) -> None:
    """The colours and the layout are the style sheet's, the same on all pages of a kind."""
    page, found = opened(width=width, color_scheme=scheme), {}
    for path in KINDS:
        page.goto(site.url(path))
        found[path] = faults(page)
    assert {path: each for path, each in found.items() if each} == {}


def test_every_page_fits_a_phone_and_has_its_pictures(site: Site, opened: Callable[..., Page]) -> None:
    """Nothing is wider than the screen; every image is there, with the size that was promised."""
    page, wide, lost = opened(width=360), [], []
    for path in site.paths:
        page.goto(site.url(path))
        if page.evaluate("document.documentElement.scrollWidth") > 360:
            wide.append(path)
        page.evaluate("document.querySelectorAll('img').forEach((image) => { image.loading = 'eager' })")
        page.wait_for_function("[...document.images].every((image) => image.complete)")
        sizes = page.evaluate(
            "[...document.images].map((i) => [i.src, i.naturalWidth / i.naturalHeight, i.width / i.height])"
        )
        lost += [src for src, real, given in sizes if not (real and abs(real / given - 1) < 0.02)]
    assert (wide, lost) == ([], [])


def test_nothing_lies_over_a_notice(site: Site, opened: Callable[..., Page]) -> None:
    """On every issue's page, for a mouse as for an eye; the raw HTML of a letter takes nothing over."""
    page = opened(width=800)
    for slug in (*LISTED, *UNLISTED):
        page.goto(site.url(f"{slug}/"))
        on_top = page.evaluate(ON_TOP)
        assert on_top
        assert all(on_top), slug
    page.goto(site.url("2025-06-03-hostile/"))
    assert page.title() == "</title><script>alert(1)</script> · Steady"
    assert page.locator("main, article, footer.imprint, aside.signup").count() == 4


def test_the_form_posts_what_the_provider_asks_for(site: Site, opened: Callable[..., Page]) -> None:
    """By keyboard and without a script: the address, the list, and the trap as it was, and nothing else."""
    page = opened("everything/", java_script_enabled=False)
    field = page.get_by_label("Your email address")
    field.fill("not an address")
    field.press("Enter")
    assert site.host.posted == []
    field.fill("ada+steady@example.com")
    field.press("Enter")
    expect(page).to_have_title("Thank you")
    ((path, kind, body),) = site.host.posted
    assert (path, kind) == ("/subscription/form", "application/x-www-form-urlencoded")
    assert parse_qsl(body.decode(), keep_blank_values=True) == [
        ("l", LIST),
        ("email", "ada+steady@example.com"),
        ("nonce", ""),
    ]
    site.host.posted.clear()


def test_the_search_finds_a_word_and_leads_to_its_issue(opened: Callable[..., Page]) -> None:
    """From any page; in another language as well."""
    page = opened("everything/")
    page.get_by_role("link", name="Search", exact=True).first.click()
    words = page.get_by_label("Words to find in past issues")
    expect(words).to_be_enabled()
    words.fill("magnesium")
    words.press("Enter")
    result = page.locator("#search-results a").first
    expect(result).to_have_text("Magnesium and sleep: a calm look at a crowded shelf")
    words.fill("Guter Schlaf")
    words.press("Enter")
    expect(page.locator("#search-results a")).to_have_text(["Schlaf & Licht"])
    page.locator("#search-results a").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Schlaf & Licht")


def test_the_search_finds_nothing_that_is_unlisted(opened: Callable[..., Page]) -> None:
    """And says so."""
    page = opened("search/")
    words = page.get_by_label("Words to find in past issues")
    expect(words).to_be_enabled()
    words.fill("quokka")
    words.press("Enter")
    expect(page.locator("#search-count")).not_to_be_empty()
    expect(page.locator("#search-results a")).to_have_count(0)


@pytest.mark.parametrize("way", ["latest/", "2025/old-backs/", "backs.html", "older-quiet/"])
def test_an_old_address_leads_on(site: Site, opened: Callable[..., Page], way: str) -> None:
    """Without a script, to the page of its issue."""
    page = opened(way, java_script_enabled=False)
    slug = {
        "latest/": "2026-12-08-magnesium-and-sleep",
        "older-quiet/": "2026-06-02-quiet",
    }.get(way, "2026-12-01-when-one-side-works-harder")
    page.wait_for_url(site.url(f"{slug}/"))
    expect(page.locator("article")).to_be_visible()


def test_the_index_leads_to_every_listed_issue(site: Site, opened: Callable[..., Page]) -> None:
    """Over the years, without a script."""
    page = opened("", java_script_enabled=False)
    links = set()
    for path in ("", "2024/", "2025/", "2026/"):
        page.goto(site.url(path))
        links |= {link.get_attribute("href") or "" for link in page.locator("main a").all()}
    assert {link.strip("./") for link in links} >= set(LISTED)


def test_the_page_for_what_is_not_there_works_at_any_depth(site: Site, opened: Callable[..., Page]) -> None:
    """Its style and its links are there."""
    page = opened("no/such/page/")
    expect(page.get_by_role("heading", level=1)).to_have_text("This page is not here")
    assert page.evaluate("getComputedStyle(document.querySelector('.skip')).position") == "absolute"
    page.get_by_role("link", name="Read the latest issue").click()
    page.wait_for_url(site.url("2026-12-08-magnesium-and-sleep/"))


def test_a_letter_as_it_was_sent_opens_from_its_page(opened: Callable[..., Page]) -> None:
    """With its notice, and back by its link to the web."""
    page = opened("everything/")
    page.get_by_role("link", name="with its layout").click()
    expect(page.locator("[data-disclaimer^='gen@']")).to_be_visible()
    assert page.locator("a[href*='unsubscribe']").count() == 0


def test_paper_gets_every_notice(opened: Callable[..., Page]) -> None:
    """And no form."""
    page = opened("everything/")
    page.emulate_media(media="print")
    assert all(notice.is_visible() for notice in page.locator("[data-disclaimer]").all())
    assert page.locator("[data-disclaimer]").count() == 2
    assert not page.locator(".signup").is_visible()
    assert page.pdf().startswith(b"%PDF")
