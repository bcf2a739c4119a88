"""The search of the archive: what pagefind indexes, and its page in a real Chromium over loopback."""

import gzip
import hashlib
import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from html import escape
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from jinja2 import ChoiceLoader, DictLoader, Environment, FileSystemLoader
from playwright.sync_api import Browser, Page, expect

from conftest import ROOT
from pipeline.archive.search import SCRIPT, index
from pipeline.errors import SettingsError, UsageError

AXE = (ROOT / "tests/axe/axe.min.js").read_text(encoding="utf-8")
BASE = (
    "<!DOCTYPE html><html lang='en'><head><title>Search</title></head>"
    "<body><main>{% block opening %}{% endblock %}{% block content %}{% endblock %}</main></body></html>"
)
HOSTILE = "A <img src=x onerror=document.title='taken'> &amp; <mark>script</mark> in a zebrafish"
FRAGMENT_HEAD = b"pagefind_dcd"  # before the JSON of each page


def article(
    site: Path, slug: str, text: str, *, listed: bool = True, lang: str = "en-US", title: str = ""
) -> None:
    """Write an issue's page as the archive does."""
    body = f" data-pagefind-body data-pagefind-meta='lang:{lang}'" if listed else ""
    (site / slug).mkdir()
    (site / slug / "index.html").write_text(
        f"<!DOCTYPE html><html lang='{lang}'><head><title>x</title></head><body><nav>menu</nav><main>"
        f"<article{body}><h1>{escape(title or slug)}</h1><p data-pagefind-ignore>"
        f"<time data-pagefind-meta='date'>1 December 2026</time></p><p>{escape(text)}</p>"
        f"<p data-pagefind-ignore>disclaimerword</p></article></main><aside>joinword</aside></body></html>",
        encoding="utf-8",
    )
    (site / slug / "message.html").write_text(f"<p>as sent: {escape(text)} messageword</p>", encoding="utf-8")


def build(folder: Path) -> Path:
    """Build a site below a path of a host, and return its own folder."""
    site = folder / "host/issues"
    site.mkdir(parents=True)
    (site / "index.html").write_text(
        "<!DOCTYPE html><html lang='en'><body>indexword</body></html>", encoding="utf-8"
    )
    article(site, "back-pain", "Three gentle moves for a stiff lumbar region.", title="A stiff back")
    article(site, "sleep", "Rest well, and move in the morning.", title="Sleep & light")
    article(site, "schlaf", "Guter Schlaf beginnt mit Bewegung am Abend.", lang="de", title="Schlaf")
    article(site, "hostile", HOSTILE, title="Five <b>bold</b> claims")
    article(site, "coming", "The quokka comes next week.", listed=False)
    for number in range(45):
        article(site, f"walk-{number:02}", f"Walking number {number}.", title=f"Walk {number}")
    (site / "search").mkdir()
    own = FileSystemLoader(ROOT / "templates")
    loader = ChoiceLoader([DictLoader({"archive/base.html": BASE}), own])
    template = Environment(loader=loader, autoescape=True).get_template("archive/search.html")
    written = template.render(page={"title": "Search"}, root="../", english="")
    (site / "search/index.html").write_text(written, encoding="utf-8")
    shutil.copy(SCRIPT, site / "search/search.js")
    return site


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site with its index."""
    site = build(tmp_path_factory.mktemp("indexed"))
    assert index(site, language="en-US") == 49
    return site


def fragments(site: Path) -> bytes:
    """Return all that the index says of pages."""
    parts = [gzip.decompress(path.read_bytes()) for path in sorted((site / "pagefind/fragment").iterdir())]
    assert parts
    assert all(part.startswith(FRAGMENT_HEAD) for part in parts)
    return b"\n".join(parts)


def digests(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each file."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_only_articles_of_listed_issues_are_indexed(indexed: Path) -> None:
    """No unlisted page, no copy as it was sent, nothing from around the article, no disclaimer."""
    said = fragments(indexed)
    assert b"lumbar" in said
    for word in (b"quokka", b"messageword", b"joinword", b"indexword", b"disclaimerword", b"Words to find"):
        assert word not in said


def test_while_nothing_is_listed_nothing_is_indexed(tmp_path: Path) -> None:
    """Left to itself, pagefind then indexes every page it sees."""
    article(tmp_path, "coming", "The quokka comes next week.", listed=False)
    assert index(tmp_path, language="en-US") == 0
    assert not (tmp_path / "pagefind").exists()


def test_the_index_is_the_same_from_run_to_run(indexed: Path, tmp_path: Path) -> None:
    """To the byte, from another folder; issues are in two languages."""
    for name in ("one", "other"):
        site = build(tmp_path / name)
        index(site, language="en-US")
        assert digests(site / "pagefind") == digests(indexed / "pagefind")


def test_an_old_index_is_gone_and_no_page_of_pagefind_is_left(indexed: Path, tmp_path: Path) -> None:
    """Its own interface is half a megabyte that nobody loads."""
    site = build(tmp_path)
    (site / "pagefind/fragment").mkdir(parents=True)
    (site / "pagefind/fragment/en_old.pf_fragment").write_bytes(b"old")
    index(site, language="en-US")
    assert digests(site / "pagefind").keys() == digests(indexed / "pagefind").keys()
    top = {path.name for path in (indexed / "pagefind").iterdir() if path.suffix in (".js", ".css")}
    assert top == {"pagefind.js", "pagefind-worker.js"}


def test_the_environment_decides_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pagefind reads settings from there."""
    monkeypatch.setenv("PAGEFIND_EXCLUDE_SELECTORS", "p")
    article(tmp_path, "back-pain", "A stiff lumbar region.")
    assert index(tmp_path, language="en-US") == 1
    assert b"lumbar" in fragments(tmp_path)


@pytest.mark.parametrize("name", ["pagefind", "pagefind_bin"])
def test_without_the_extra_the_command_to_install_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """And nothing is written."""
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(UsageError, match="pagefind is not installed") as refused:
        index(tmp_path, language="en-US")
    assert refused.value.hint == "pip install 'newsletter-pipeline[search]'"


def test_what_pagefind_says_when_it_fails_is_told(tmp_path: Path) -> None:
    """A file stands where its folder goes."""
    article(tmp_path, "back-pain", "A stiff lumbar region.")
    (tmp_path / "pagefind").write_text("in the way", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"pagefind cannot index .*: .+"):
        index(tmp_path, language="en-US")


class Quiet(SimpleHTTPRequestHandler):
    """A server of files that says nothing."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def address(indexed: Path) -> Iterator[str]:
    """Serve the site on loopback, below a path, and yield the address of its search."""
    handler = partial(Quiet, directory=str(indexed.parent))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/issues/search/"
        server.shutdown()
        thread.join()


@pytest.fixture
def opened(chromium: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """Open the search page with a question in its address."""
    contexts = []

    def page(query: str = "", *, javascript: bool = True) -> Page:
        context = chromium.new_context(java_script_enabled=javascript)
        contexts.append(context)
        made = context.new_page()
        made.goto(address + query)
        return made

    yield page
    for context in contexts:
        context.close()


def count(page: Page) -> str:
    """Return what the page says of a search that has ended."""
    said = page.locator("#search-count")
    expect(said).not_to_be_empty()
    return said.inner_text()


def test_a_word_of_one_issue_finds_it(opened: Callable[..., Page], address: str) -> None:
    """With its title, its date, and the word marked where it stands; the link leads there."""
    page = opened()
    page.get_by_role("searchbox", name="Words to find in past issues").fill("lumbar")
    page.keyboard.press("Enter")
    assert count(page) == "1 issue found for “lumbar”"
    result = page.get_by_role("listitem")
    assert result.get_by_text("1 December 2026").count() == 1
    assert result.locator("mark").all_inner_texts() == ["lumbar"]
    result.get_by_role("link", name="A stiff back").click()
    assert page.url == address.replace("search/", "back-pain/")


def test_typing_is_enough_and_the_address_keeps_the_question(opened: Callable[..., Page]) -> None:
    """So that a search can be linked to, and is there after the way back."""
    page = opened()
    page.get_by_role("searchbox").press_sequentially("lumbar")
    assert count(page) == "1 issue found for “lumbar”"
    assert page.url.endswith("/search/?q=lumbar")
    page.get_by_role("searchbox").fill("")
    expect(page.get_by_role("listitem")).to_have_count(0)
    assert page.url.endswith("/search/")
    assert count(opened("?q=lumbar")) == "1 issue found for “lumbar”"


@pytest.mark.parametrize("word", ["quokka", "coming", "messageword"])
def test_an_unlisted_page_is_never_found(opened: Callable[..., Page], word: str) -> None:
    """By no word of it; and nothing found says so."""
    page = opened(f"?q={word}")
    assert count(page) == f"Nothing found for “{word}”. Try fewer words, or others."
    expect(page.get_by_role("listitem")).to_have_count(0)


def test_an_issue_in_another_language_is_found_and_says_so(opened: Callable[..., Page]) -> None:
    """The page that searches is in English."""
    page = opened("?q=Bewegung")
    assert count(page) == "1 issue found for “Bewegung”"
    assert page.locator(".entry-text").get_attribute("lang") == "de"


def test_what_an_issue_says_is_text(opened: Callable[..., Page]) -> None:
    """Its title and its words, whatever they look like; what was asked as well."""
    page = opened("?q=zebrafish")
    assert count(page) == "1 issue found for “zebrafish”"
    expect(page.get_by_role("link", name="Five <b>bold</b> claims")).to_be_visible()
    assert "<img src=x onerror=document.title='taken'>" in page.locator(".entry-text").inner_text()
    assert page.locator("#search-results :is(img, b, script)").count() == 0
    assert page.title() == "Search"
    assert count(opened("?q=<img+src=x>")) == "1 issue found for “<img src=x>”"


def test_many_results_come_in_portions_and_the_keyboard_goes_along(opened: Callable[..., Page]) -> None:
    """The button leads to the first of the next ones, and goes when there are no more."""
    page = opened("?q=walking")
    assert count(page) == "45 issues found for “walking”"
    for before, after in ((20, 40), (40, 45)):
        expect(page.get_by_role("listitem")).to_have_count(before)
        page.get_by_role("button", name="Show more").press("Enter")
        expect(page.get_by_role("listitem")).to_have_count(after)
        expect(page.get_by_role("link").nth(before)).to_be_focused()
    expect(page.get_by_role("button", name="Show more")).to_be_hidden()


def test_only_the_last_question_is_answered(opened: Callable[..., Page]) -> None:
    """However fast somebody types."""
    page = opened()
    for word in ("walking", "rest", "lumbar"):
        page.get_by_role("searchbox").fill(word)
        page.keyboard.press("Enter")
    expect(page.locator("#search-count")).to_have_text("1 issue found for “lumbar”")
    expect(page.get_by_role("listitem")).to_have_count(1)


def test_nothing_of_pagefind_is_loaded_before_somebody_searches(chromium: Browser, address: str) -> None:
    """A reader on a phone pays for what is used; and nothing comes from another host."""
    page = chromium.new_page()
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url))
    page.goto(address, wait_until="networkidle")
    assert not [url for url in loaded if "/pagefind/" in url]
    page.get_by_role("searchbox").fill("lumbar")
    assert count(page)
    assert [url for url in loaded if "/pagefind/" in url]
    assert all(url.startswith(address.removesuffix("search/")) for url in loaded if "favicon" not in url)
    page.close()


def test_without_an_index_the_page_says_what_to_do(opened: Callable[..., Page]) -> None:
    """It did not load, or is not there."""
    page = opened()
    page.context.route("**/pagefind/**", lambda route: route.abort())
    page.get_by_role("searchbox").fill("lumbar")
    assert count(page).startswith("The search could not be loaded. Try again")
    page.context.unroute_all()


def test_without_javascript_the_page_says_so_and_promises_nothing(opened: Callable[..., Page]) -> None:
    """The index serves."""
    page = opened(javascript=False)
    assert "Searching needs JavaScript" in page.locator("main").inner_text()
    expect(page.get_by_role("searchbox")).to_be_disabled()
    expect(page.get_by_role("link", name="Past issues by year")).to_have_attribute("href", "../")


@pytest.mark.parametrize("query", ["", "?q=walking", "?q=quokka"])
def test_axe_finds_nothing(opened: Callable[..., Page], query: str) -> None:
    """Before a search, with results, and with none."""
    page = opened(query)
    if query:
        count(page)
    page.evaluate(AXE)
    found = page.evaluate("axe.run()")
    assert [f"{each['id']}: {each['help']}" for each in found["violations"]] == []
    assert len(found["passes"]) > 10
