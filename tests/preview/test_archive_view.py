"""The view of the archive's page, in a real Chromium and over real HTTP."""

import re
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Frame, FrameLocator, Page, expect

from receipts.repositories import clone, empty_home, git, new_remote
from served import FRONT, Served, serve

ISSUE = "2026-12-01-when-one-side-works-harder"
PAGE = "/api/issues/stiff-back/page"
AXE = Path(__file__).parents[1] / "axe/axe.min.js"
TEMPLATE = "templates/archive/issue.html"


@pytest.fixture
def served(root: Path) -> Iterator[Served]:
    """The preview of our newsletter with one more draft, no browser looking."""
    (root / "issues/stiff-back.md").write_text(f"{FRONT}Hello there\n", encoding="utf-8")
    with serve(root, "--browser", "off") as preview:
        yield preview


@pytest.fixture
def opened(served: Served, chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Open the view of an issue's page."""
    contexts = []

    def page(query: str = "issue=stiff-back&view=archive") -> Page:
        context = chromium.new_context(viewport={"width": 1440, "height": 900}, color_scheme="null")
        contexts.append(context)
        made = context.new_page()
        made.goto(served.address)
        made.goto(f"http://127.0.0.1:{served.port}/?{query}")
        return made

    yield page
    for context in contexts:
        context.close()


def inner(page: Page) -> FrameLocator:
    """Return what the frame shows."""
    return page.frame_locator("#view-archive iframe:not(.coming)")


def frame(page: Page) -> Frame:
    """Return the frame itself, once it is there."""
    expect(inner(page).locator("h1")).to_be_attached(timeout=20_000)
    shown = page.locator("#view-archive iframe:not(.coming)").element_handle().content_frame()
    assert shown is not None
    return shown


def edit(served: Served, file: str, old: str, new: str) -> None:
    """Put *new* in place of *old* in a file."""
    path = served.root / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_the_view_shows_the_page_and_where_it_stands(opened: Callable[..., Page]) -> None:
    """Its life, its address, what search results show, and the page with its look and its images."""
    page = opened(f"issue={ISSUE}&view=archive")
    shown = frame(page)
    expect(inner(page).locator("h1")).to_have_text("When one side works harder")
    facts = page.locator(".page-facts")
    expect(facts.locator(".page-state")).to_contain_text("Unlisted: it answers whoever has its address")
    expect(facts.locator(".page-url")).to_contain_text(f"https://steady.example/issues/{ISSUE}/")
    expect(facts.locator(".found-title")).to_have_text("When one side works harder · Steady")
    expect(facts.locator(".found-description")).to_contain_text("Why muscles on one side")
    expect(facts.locator(".page-stops")).to_have_count(0)
    assert shown.evaluate("[...document.images].map((image) => image.naturalWidth > 0)") == [True, True]
    assert shown.evaluate("getComputedStyle(document.querySelector('.masthead')).backgroundColor") != (
        "rgba(0, 0, 0, 0)"
    )
    assert shown.evaluate("origin") == "null"
    title = page.locator("#view-archive iframe").get_attribute("title") or ""
    assert title == "Archive page of When one side works harder, fit, light"


def test_an_edit_is_followed_where_the_reader_was(served: Served, opened: Callable[..., Page]) -> None:
    """Text put in above moves nothing that is looked at."""
    text = "\n\n".join(f"Paragraph number {number} takes some room." for number in range(60))
    served.write(f"{text}\n")
    page = opened()
    shown = frame(page)
    spot = "[...document.querySelectorAll('p')].find((p) => p.textContent.includes('number 30 '))"
    shown.evaluate(f"{spot}.scrollIntoView({{block: 'start'}})")
    page.wait_for_timeout(300)
    before = shown.evaluate(f"{spot}.getBoundingClientRect().top")
    served.write(f"A new beginning.\n\n{text}\n")
    expect(inner(page).locator("article")).to_contain_text("A new beginning.", timeout=20_000)
    page.wait_for_timeout(300)
    assert abs(frame(page).evaluate(f"{spot}.getBoundingClientRect().top") - before) < 2


def test_a_change_of_the_archive_s_templates_is_followed(served: Served, opened: Callable[..., Page]) -> None:
    """Of the markup and of the style sheet: the mail stays as it was, and the page does not."""
    page = opened()
    frame(page)
    edit(served, TEMPLATE, "<h1>", "<h1>Page: ")
    expect(inner(page).locator("h1")).to_have_text("Page: A stiff back", timeout=20_000)
    edit(served, "templates/archive/site.css", ".brand {", ".brand { text-indent: 7px;")
    expect(inner(page).locator(".brand")).to_have_css("text-indent", "7px", timeout=20_000)


def test_what_becomes_of_the_page_is_followed(served: Served, opened: Callable[..., Page]) -> None:
    """From a draft to an unlisted page, to none, and back."""
    page = opened()
    state = page.locator(".page-state")
    expect(state).to_contain_text("Hidden: a draft has no page.", timeout=20_000)
    served.write("Hello\n", front=FRONT.replace("status: draft", "status: ready"))
    expect(state).to_contain_text("Unlisted", timeout=20_000)
    served.write("Hello\n", front=FRONT.replace("status: draft", "archive: none"))
    expect(page.locator(".page-missing")).to_contain_text("archive: none", timeout=20_000)
    expect(page.locator("#view-archive iframe")).to_be_hidden()
    served.write("Hello again\n")
    expect(inner(page).locator("article")).to_contain_text("Hello again", timeout=20_000)


def test_the_page_is_seen_in_the_dark_and_on_a_phone(opened: Callable[..., Page]) -> None:
    """By the same controls as the mail; those of mail clients and readers are not there."""
    page = opened()
    light = frame(page).evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="Phone").click()
    expect(page.locator("#view-archive .sheet")).to_have_css("width", "375px")
    assert frame(page).evaluate("innerWidth") == 375
    assert frame(page).evaluate("document.documentElement.scrollWidth") == 375
    page.get_by_role("button", name="Author's dark").click()
    page.wait_for_function("document.querySelector('#view-archive iframe').style.colorScheme === 'dark'")
    assert frame(page).evaluate("matchMedia('(prefers-color-scheme: dark)').matches") is True
    assert frame(page).evaluate("getComputedStyle(document.body).backgroundColor") != light
    for name in ("Forced dark", "Outline problems in the email"):
        expect(page.get_by_role("button", name=name, include_hidden=True)).to_be_hidden()
    expect(page.get_by_label("Reader")).to_be_hidden()
    page.keyboard.press("d")
    expect(page.get_by_role("button", name="Light")).to_have_attribute("aria-pressed", "true")


def test_keys_lead_to_the_view_and_out_of_its_frame(opened: Callable[..., Page]) -> None:
    """Those pressed in the frame count as well."""
    page = opened("issue=stiff-back")
    page.locator("h1").click()
    page.keyboard.press("6")
    expect(page.get_by_role("tab", name="Archive page")).to_have_attribute("aria-selected", "true")
    inner(page).locator("h1").click()
    page.keyboard.press("1")
    expect(page.get_by_role("tab", name="Email")).to_have_attribute("aria-selected", "true")


def test_no_link_of_the_page_is_followed(opened: Callable[..., Page]) -> None:
    """It is shown where it leads; which line of the issue wrote it, only the mail's frame knows."""
    page = opened()
    shown = frame(page)
    url = shown.url
    inner(page).get_by_role("link", name="Past issues").first.click()
    box = page.locator(".inspector")
    expect(box).to_contain_text("../")
    expect(box).not_to_contain_text("line")
    page.wait_for_timeout(300)
    assert frame(page).url == url
    assert len(page.context.pages) == 1


HOSTILE = """
<script>document.title = 'owned'; top.postMessage('owned', '*')</script>
<img src="http://127.0.0.1:PORT/none.png" alt="none" onerror="document.title='owned'">
<a href="javascript:document.title='owned'">press</a>
<meta http-equiv="refresh" content="0;url=http://127.0.0.1:PORT/">
<base href="http://127.0.0.1:PORT/">
<svg onload="document.title='owned'"><script>document.title='owned'</script></svg>
<iframe src="http://127.0.0.1:PORT/"></iframe>
<form action="http://127.0.0.1:PORT/"><button>send</button></form>
<style>@import url(http://127.0.0.1:PORT/x.css); body {background: url(http://127.0.0.1:PORT/x.png)}</style>
"""


@pytest.mark.parametrize("where", ["issue", "template"])
def test_hostile_markup_does_nothing(served: Served, opened: Callable[..., Page], where: str) -> None:
    """Neither what the sanitiser leaves of an issue's, nor what a template of the archive has."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        hostile = HOSTILE.replace("PORT", str(other.getsockname()[1]))
        if where == "template":
            edit(served, TEMPLATE, "<article", f"{hostile}<article")
        served.write(f"Hello\n\n{hostile if where == 'issue' else ''}\n\nGoodbye\n")
        page = opened()
        shown = frame(page)
        expect(inner(page).locator("article")).to_contain_text("Goodbye")
        shown.evaluate("document.querySelectorAll('a, button').forEach((element) => element.click())")
        page.wait_for_timeout(500)
        assert "owned" not in page.title()
        assert "owned" not in frame(page).evaluate("document.title")
        other.settimeout(0)
        with pytest.raises(BlockingIOError):
            other.accept()


def test_trouble_lies_over_the_last_good_page(served: Served, opened: Callable[..., Page]) -> None:
    """As with the mail's templates; the mail itself is well, and the terminal is told once."""
    page = opened()
    frame(page)
    edit(served, TEMPLATE, "{{ card.title }}", "{{ card.titel }}")
    panel = page.locator("#views > .trouble")
    expect(panel).to_contain_text(TEMPLATE, timeout=20_000)
    expect(panel.locator(".failing")).to_contain_text("card.titel")
    expect(panel).to_contain_text("did you mean 'title'?")
    expect(inner(page).locator("h1")).to_have_text("A stiff back")
    expect(page.locator("#assertive")).to_contain_text("titel")
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    served.write("Hello again\n")
    page.wait_for_timeout(500)
    page.get_by_role("tab", name="Email").click()
    expect(panel).to_be_hidden()
    page.get_by_role("tab", name="Archive page").click()
    edit(served, TEMPLATE, "{{ card.titel }}", "{{ card.title }}")
    expect(inner(page).locator("article")).to_contain_text("Hello again", timeout=20_000)
    assert page.locator("#assertive").text_content() == ""
    assert served.terminal().count("titel") == 1


def test_the_issue_s_own_trouble_is_told_as_well(served: Served, opened: Callable[..., Page]) -> None:
    """Whoever looks at the page sees that the last save is not in it."""
    page = opened()
    frame(page)
    served.write("Hello\n", front=FRONT.replace("status: draft", "status: maybe"))
    panel = page.locator("#views > .trouble")
    expect(panel).to_contain_text("issues/stiff-back.md:7", timeout=20_000)
    expect(inner(page).locator("article")).to_contain_text("Hello there")
    served.write("Hello again\n")
    expect(panel).to_be_hidden(timeout=20_000)
    expect(inner(page).locator("article")).to_contain_text("Hello again", timeout=20_000)


def test_what_stops_the_page_is_told(served: Served, opened: Callable[..., Page]) -> None:
    """With its place, and how to mend it."""
    served.write("Hello\n", front=FRONT.replace("status: draft", f"status: ready\nslug: {ISSUE}"))
    page = opened()
    stops = page.locator(".page-stops")
    expect(stops).to_contain_text("newsletter archive would not build this page", timeout=20_000)
    expect(stops).to_contain_text(f"both want the address '{ISSUE}'")
    expect(stops).to_contain_text("issues/stiff-back.md")
    expect(stops).to_contain_text("give one of the two another slug or alias")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    assert page.evaluate("axe.run({iframes: false}).then((result) => result.violations)") == []


def test_the_frame_can_be_asked_for_by_hand(served: Served) -> None:
    """Its own policy is with it; a page that shall not be is not there."""
    ask = {"Cookie": served.cookie}
    status, headers, body = served.raw("GET", "/frame/stiff-back/page", ask)
    assert (status, b"Hello there" in body) == (200, True)
    assert "default-src 'none'" in headers["content-security-policy"]
    assert re.search(r"script-src 'sha256-[^']+';", headers["content-security-policy"])
    number = served.get(PAGE)["number"]
    served.write("Hello\n", front=FRONT.replace("status: draft", "archive: none"))
    seen = served.until(PAGE, lambda seen: seen["missing"])
    assert (number, seen["number"], seen["url"]) == (1, 0, "")
    assert served.raw("GET", "/frame/stiff-back/page", ask)[0] == 404


def test_a_page_that_stays_as_it_was_keeps_its_number(served: Served) -> None:
    """A frame that need not be exchanged does not flicker."""
    before = served.get(PAGE)
    (served.root / "issues/another.md").write_text(f"{FRONT}Another\n", encoding="utf-8")
    served.until("/api/issues", lambda seen: len(seen["issues"]) == 5)
    assert served.get(PAGE) == before


def test_nobody_is_asked_what_was_sent(root: Path, tmp_path: Path) -> None:
    """The record is the one that was fetched last: here none was, and the remote does not answer."""
    remote = new_remote(tmp_path / "remote.git")
    work = clone(remote, tmp_path / "work")
    for name in ("issues", "templates", "pyproject.toml"):
        (root / name).rename(work / name)
    git(work, "remote", "set-url", "origin", "http://127.0.0.1:9/nobody.git")
    with serve(work, "--browser", "off", env=empty_home(tmp_path / "home")) as served:
        seen = served.get(f"/api/issues/{ISSUE}/page")
    assert seen["state"] == "unlisted"
    assert seen["number"] == 1
    assert "was never fetched here" in seen["record"]
