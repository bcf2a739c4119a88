"""The sitemap and robots.txt."""

import datetime as dt
import random
import time

from cards import hostile_texts, newsletter
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from lxml import etree

from pipeline.archive.markup import legal
from pipeline.archive.sitemap import MAX_BYTES, MAX_URLS, robots, sitemap

NEWSLETTER = newsletter()
ROOT = "https://steady.example/issues"
DAY = dt.date(2026, 12, 1)
XMLNS = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def _pages(count: int, *, size: int = 0) -> list[tuple[str, dt.date | None]]:
    """Return so many pages, their addresses so long."""
    return [(f"{ROOT}/week-{number:06}/".ljust(size, "x"), DAY) for number in range(count)]


def _urls(file: bytes) -> list[tuple[str, str | None]]:
    """Return address and day of each entry, after the file proved sound (sitemaps.org/protocol.html)."""
    urlset = etree.fromstring(file)
    assert urlset.tag == f"{XMLNS}urlset"
    for url in urlset:
        assert url.tag == f"{XMLNS}url"
        assert [part.tag for part in url] in ([f"{XMLNS}loc"], [f"{XMLNS}loc", f"{XMLNS}lastmod"])
    return [(url[0].text or "", url[1].text if len(url) > 1 else None) for url in urlset]


def test_the_sitemap_names_each_page_and_its_last_change() -> None:
    """Addresses come in order, with a day where one is known."""
    pages = [(f"{ROOT}/stiff-back/", DAY), (f"{ROOT}/", None), (f"{ROOT}/a&b/", DAY)]
    assert _urls(sitemap(pages, settings=NEWSLETTER)["sitemap.xml"]) == [
        (f"{ROOT}/", None),
        (f"{ROOT}/a&b/", "2026-12-01"),
        (f"{ROOT}/stiff-back/", "2026-12-01"),
    ]


def test_a_site_without_pages_has_a_sound_sitemap() -> None:
    """Nothing to name is still a document."""
    assert _urls(sitemap([], settings=NEWSLETTER)["sitemap.xml"]) == []


def test_the_order_of_pages_changes_no_byte() -> None:
    """Pages in any order make the same file."""
    pages = _pages(50)
    shuffled = random.Random(1).sample(pages, len(pages))  # noqa: S311 - no secret
    assert sitemap(shuffled, settings=NEWSLETTER) == sitemap(pages, settings=NEWSLETTER)


@hypothesis_settings(deadline=None, derandomize=True, max_examples=100)
@given(hostile_texts())
def test_no_address_breaks_the_sitemap(path: str) -> None:
    """Any text comes back, less what XML cannot hold."""
    files = sitemap([(path, DAY)], settings=NEWSLETTER)
    assert _urls(files["sitemap.xml"]) == [(legal(path), "2026-12-01")]


def test_as_many_pages_as_one_file_may_hold_are_one_file() -> None:
    """50,000 addresses need no index."""
    files = sitemap(_pages(MAX_URLS), settings=NEWSLETTER)
    assert list(files) == ["sitemap.xml"]
    assert len(_urls(files["sitemap.xml"])) == MAX_URLS


def test_one_page_more_makes_an_index_of_numbered_files() -> None:
    """Beyond 50,000 addresses sitemap.xml names the files, by absolute address, that hold them all."""
    pages = _pages(MAX_URLS + 1)
    files = sitemap(pages, settings=NEWSLETTER)
    index = etree.fromstring(files.pop("sitemap.xml"))
    assert index.tag == f"{XMLNS}sitemapindex"
    locations = [sitemap.findtext(f"{XMLNS}loc") for sitemap in index]
    assert (
        locations
        == [f"{ROOT}/sitemap-1.xml", f"{ROOT}/sitemap-2.xml"]
        == [f"{ROOT}/{name}" for name in files]
    )
    assert [url for file in files.values() for url, _ in _urls(file)] == [url for url, _ in pages]


def test_a_file_is_never_too_large() -> None:
    """Long addresses are parted at 50 MB, before there are 50,000 of them, and none is lost."""
    pages = _pages(27_000, size=2_000)
    files = sitemap(pages, settings=NEWSLETTER)
    assert list(files) == ["sitemap.xml", "sitemap-1.xml", "sitemap-2.xml"]
    assert MAX_BYTES - 4_000 < len(files["sitemap-1.xml"]) <= MAX_BYTES
    assert sum(file.count(b"<url>") for file in files.values()) == len(pages)


def test_ten_thousand_pages_take_no_time() -> None:
    """The best of some runs takes well under 50 ms of a core: no part of a build's budget."""
    pages, times = _pages(10_000), []
    for _ in range(9):
        begin = time.process_time()
        sitemap(pages, settings=NEWSLETTER)
        times.append(time.process_time() - begin)
    assert min(times) < 0.05


def test_robots_may_read_everything_and_are_led_to_the_sitemap() -> None:
    """A site's robots.txt forbids nothing and names the sitemap by its absolute address."""
    assert robots(NEWSLETTER, rehearsal=False) == (
        b"User-agent: *\nDisallow:\n\nSitemap: https://steady.example/issues/sitemap.xml\n"
    )


def test_robots_may_read_nothing_of_a_rehearsal() -> None:
    """What was sent to nobody is kept from search engines, and no sitemap is named."""
    assert robots(NEWSLETTER, rehearsal=True) == b"User-agent: *\nDisallow: /\n"
