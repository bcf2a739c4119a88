"""The archive's pages in a real Chromium: accessible, calm while they load, dark, printed, from the right."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page, Route
from site_pages import ALL, letters, pages, write_site

from conftest import ROOT

AXE = (ROOT / "tests/axe/axe.min.js").read_text(encoding="utf-8")
PATHS = list(pages())
BACKS = next(path for path in PATHS if "one-side" in path)
# A line that is shown before all of it has arrived may grow: that moves a word, and no line.
LEAST_SHIFT = 0.005  # cumulative layout shift; a page whose text jumps by one line on a phone has 0.03
SHIFTS = """
window.shifts = []
new PerformanceObserver((list) => list.getEntries().forEach((entry) => {
    const moved = entry.sources.map(({ node }) => node?.outerHTML?.slice(0, 80) ?? node?.nodeValue)
    window.shifts.push([entry.value, ...moved])
})).observe({ type: 'layout-shift', buffered: true })
"""
# an editor's words, in titles, descriptions, names and tags, each become one that is longer than a line
LONG_WORDS = """() => {
    const theirs = `h1, .standfirst, .byline bdi, .latest-title a, .latest-text p, .entry-title a,
        .entry-text p, .neighbour-title, .counts a, .tags a, .tags span`
    document.querySelectorAll(theirs).forEach((words) => {
        words.textContent = 'Nahrungsergänzungsmittelverordnung'
    })
    return document.documentElement.scrollWidth
}"""
BOX = "(selector) => document.querySelector(selector).getBoundingClientRect().toJSON()"
COLOUR = "(selector) => getComputedStyle(document.querySelector(selector)).backgroundColor"

Scheme = Literal["light", "dark"]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with every page, its images and the style sheet."""
    folder = tmp_path_factory.mktemp("site") / "public"
    write_site(folder)
    return folder


@pytest.fixture
def opened(site: Path, chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Open a page at a width, in a colour scheme, for the screen or for paper."""
    contexts = []

    def page(path: str, *, width: int = 1280, scheme: Scheme = "light", **more: Any) -> Page:
        context = chromium.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme, **more)
        contexts.append(context)
        made = context.new_page()
        made.add_init_script(SHIFTS)
        made.goto((site / path).as_uri())
        return made

    yield page
    for context in contexts:
        context.close()


def _is_dark(colour: str) -> bool:
    """Say whether a computed colour, rgb(…), is darker than a quarter."""
    return max(int(part) for part in colour.removeprefix("rgb(").rstrip(")").split(",")) < 64


@pytest.mark.parametrize(
    ("width", "scheme"),
    [
        (1280, "light"),
        pytest.param(360, "dark", marks=pytest.mark.long),
        pytest.param(1280, "dark", marks=pytest.mark.long),
        pytest.param(360, "light", marks=pytest.mark.long),
    ],
)
def test_every_page_is_accessible_and_fits_its_screen(
    opened: Callable[..., Page], site: Path, width: int, scheme: Scheme
) -> None:
    """Axe finds nothing, contrast included; nothing is wider than the screen, or moves as it loads."""
    found, wide, moved = {}, [], {}
    page = opened(PATHS[0], width=width, scheme=scheme)
    for path in PATHS:
        page.goto((site / path).as_uri())
        page.evaluate(AXE)
        for each in page.evaluate("axe.run().then((result) => result.violations)"):
            found[path, each["id"]] = [node["html"][:160] for node in each["nodes"]]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wide.append(path)
        page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
        page.wait_for_timeout(50)
        shifts = page.evaluate("window.shifts")
        if sum(value for value, *_nodes in shifts) > LEAST_SHIFT:
            moved[path] = shifts
        if page.evaluate(LONG_WORDS) > width:
            wide.append(f"{path} with long words")
    assert (found, wide, moved) == ({}, [], {})


def test_the_measure_of_layout_shift_sees_one(opened: Callable[..., Page]) -> None:
    """What the test above measures can be seen: an image that comes without its height moves the text."""
    page = opened(BACKS, width=1280)
    page.evaluate("document.querySelector('.opening').style.paddingTop = '300px'")
    page.wait_for_function("window.shifts.length > 0")


def test_dark_is_dark_and_light_is_light(opened: Callable[..., Page]) -> None:
    """The page, the masthead and the notices; browsers draw fields and bars to match."""
    for path in ("index.html", "everything/index.html"):
        dark, light = opened(path, scheme="dark"), opened(path)
        grounds = ["body", ".masthead", ".signup", ".panel", ".imprint", "input[type=email]"]
        assert all(_is_dark(dark.evaluate(COLOUR, ground)) for ground in grounds)
        assert not any(_is_dark(light.evaluate(COLOUR, ground)) for ground in grounds)
        assert dark.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"


def test_paper_gets_the_article_and_its_notices(opened: Callable[..., Page]) -> None:
    """No menu, no sign-up; every notice; and where links lead is written out."""
    page = opened("everything/index.html", scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    for gone in (".sections", ".signup", ".neighbours", ".skip", ".imprint nav"):
        assert not page.locator(gone).first.is_visible(), gone
    notices = page.locator("[data-disclaimer]")
    assert notices.count() == len(ALL)
    assert all(notice.is_visible() for notice in notices.all())
    assert page.evaluate(COLOUR, "body") == "rgb(255, 255, 255)"
    after = "getComputedStyle(document.querySelector('.sources a[href^=http]'), '::after').content"
    assert "attr(href)" in page.evaluate(after) or "https://example.com/source" in page.evaluate(after)
    page.evaluate(AXE)
    rules = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
    assert page.evaluate("(rules) => axe.run(rules).then((result) => result.violations)", rules) == []


def test_a_page_written_from_the_right_is_mirrored(opened: Callable[..., Page]) -> None:
    """Name at the right, bars of call-outs at the right, title flush with the right edge of its column."""
    ltr, rtl = opened(BACKS), opened("arabic/index.html")
    assert ltr.evaluate(BOX, ".brand")["left"] < ltr.evaluate(BOX, ".sections")["left"]
    assert rtl.evaluate(BOX, ".brand")["left"] > rtl.evaluate(BOX, ".sections")["left"]
    edges = """(selector) => {
        const { borderLeftWidth, borderRightWidth } = getComputedStyle(document.querySelector(selector))
        return [borderLeftWidth, borderRightWidth]
    }"""
    assert ltr.evaluate(edges, ".callout") == ["4px", "0px"]
    assert rtl.evaluate(edges, ".callout") == ["0px", "4px"]
    text = """(selector) => {
        const range = document.createRange()
        range.selectNodeContents(document.querySelector(selector))
        return range.getBoundingClientRect().toJSON()
    }"""
    column = rtl.evaluate(BOX, ".prose")
    for selector in ("h1", ".standfirst", ".facts", ".byline p"):
        assert rtl.evaluate(text, selector)["right"] == pytest.approx(column["right"], abs=2), selector
    lists = opened("from-the-right/index.html")
    columns = {".opening": ("h1", ".standfirst"), ".latest-text": (".latest .kicker", ".latest .facts")}
    for around, selectors in {**columns, ".shelf-side": (".label",)}.items():
        for selector in selectors:
            edge = pytest.approx(lists.evaluate(BOX, around)["right"], abs=2)
            assert lists.evaluate(text, selector)["right"] == edge, selector


def test_a_wide_table_scrolls_in_its_own_box(opened: Callable[..., Page]) -> None:
    """By keyboard too; the page beside it stands still."""
    page = opened("everything/index.html", width=360)
    box = page.locator(".scroll")
    assert box.evaluate("(box) => box.scrollWidth > box.clientWidth")
    box.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.querySelector('.scroll').scrollLeft > 0")
    assert page.evaluate("window.scrollX") == 0


def test_lines_are_no_longer_than_one_reads_with_ease(opened: Callable[..., Page]) -> None:
    """About 66 characters on a large screen; letters of at least 18 px on a phone."""
    page = opened(BACKS)
    column = page.evaluate(BOX, ".prose p")["width"]
    letter = page.evaluate(
        """() => {
            const line = document.querySelector('.prose p:nth-of-type(2)').cloneNode(true)
            line.style = 'position: absolute; white-space: nowrap; width: max-content'
            document.querySelector('.prose').append(line)
            return line.getBoundingClientRect().width / line.textContent.length
        }"""
    )
    assert 60 < column / letter < 75
    phone = opened(BACKS, width=360)
    assert phone.evaluate("parseFloat(getComputedStyle(document.querySelector('.prose p')).fontSize)") >= 18


def test_the_keyboard_comes_first_to_the_way_past_the_menu(opened: Callable[..., Page]) -> None:
    """It is seen once it has the focus, moves no text by surprise, and leads into main."""
    for path in (BACKS, "arabic/index.html"):
        page = opened(path)
        skip = page.locator(".skip")
        assert not page.evaluate(BOX, ".skip")["right"] > 0 or page.evaluate(BOX, ".skip")["left"] > 1280
        page.keyboard.press("Tab")
        assert skip.evaluate("(skip) => skip === document.activeElement")
        box = page.evaluate(BOX, ".skip")
        assert box["left"] >= 0
        assert box["top"] >= 0
        assert box["right"] <= 1280
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_whatever_has_the_focus_is_seen_to_have_it(opened: Callable[..., Page]) -> None:
    """Every link, field and box that a keyboard comes to has an outline; the trap is never among them."""
    page = opened("everything/index.html")
    reached = []
    for _step in range(80):
        page.keyboard.press("Tab")
        name, width, style = page.evaluate(
            "[document.activeElement.name ?? '', getComputedStyle(document.activeElement).outlineWidth,"
            " getComputedStyle(document.activeElement).outlineStyle]"
        )
        if page.evaluate("document.activeElement === document.body"):
            break
        reached.append(name)
        assert (width, style) == ("3px", "solid")
    assert "email" in reached
    assert "nickname" not in reached


def test_nobody_sees_the_trap(opened: Callable[..., Page]) -> None:
    """Neither on the screen nor in the accessibility tree."""
    page = opened(BACKS)
    box = page.evaluate(BOX, ".trap")
    assert box["width"] <= 1
    assert box["height"] <= 1
    assert page.get_by_role("textbox").count() == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_of_the_reader_s_own_leave_everything_to_be_seen(
    opened: Callable[..., Page], scheme: Scheme
) -> None:
    """In forced colours, buttons and call-outs keep an edge, and notices their words."""
    page = opened("everything/index.html", scheme=scheme, forced_colors="active")
    for selector in ("button", ".prose .button", ".callout", ".urgent-body", ".boxed"):
        edge = f"getComputedStyle(document.querySelector('{selector}')).borderTopStyle"
        assert page.evaluate(edge) == "solid", selector
    assert all(notice.is_visible() for notice in page.locator("[data-disclaimer]").all())


def test_nothing_moves_by_itself(opened: Callable[..., Page], site: Path) -> None:
    """No animation and no transition, whatever the reader prefers."""
    page = opened(PATHS[0])
    for path in PATHS:
        page.goto((site / path).as_uri())
        assert page.evaluate("document.getAnimations().length") == 0
        durations = "[...document.querySelectorAll('*')].map((e) => getComputedStyle(e).transitionDuration)"
        assert set(page.evaluate(durations)) == {"0s"}


@pytest.mark.parametrize("path", [BACKS, "index.html"], ids=["issue", "index"])
def test_images_have_their_room_before_they_come(opened: Callable[..., Page], site: Path, path: str) -> None:
    """The text stands where it will stand, and nothing moves when they arrive."""
    page = opened("404.html", width=360)
    held: list[Route] = []
    page.route("**/*.png", lambda route: held.append(route))  # noqa: PLW0108 - Playwright counts its parameters
    page.goto((site / path).as_uri(), wait_until="domcontentloaded")
    page.wait_for_timeout(200)
    assert held != []
    before = page.evaluate(BOX, ".imprint")["top"]
    page.evaluate("window.shifts = []")
    for route in held:
        route.continue_()
    page.wait_for_function("[...document.images].every((image) => image.complete)")
    assert page.evaluate("document.images[0].naturalWidth") > 0
    assert page.evaluate(BOX, ".imprint")["top"] == before
    assert page.evaluate("window.shifts") == []


def test_every_issue_is_on_its_page_with_all_of_its_text(opened: Callable[..., Page]) -> None:
    """The largest thing on a page is what one came to read."""
    for letter in letters():
        page = opened(f"{letter.card.slug}/index.html")
        assert page.get_by_role("heading", level=1).inner_text() == letter.card.title
        assert page.get_by_role("article").first.is_visible()
