"""The page in a real Chromium: every view and control, saves, trouble, and both ways to the source."""

import re
import socket
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from shutil import rmtree

import pytest
from playwright.sync_api import Browser, Frame, Page, expect

from descendants import wait_until
from served import FRONT, Served, serve

ISSUE = "2026-12-01-when-one-side-works-harder"
LONG = "Hi {{ subscriber.first_name | default('friend') }}, this is the first line.\n\n" + "\n\n".join(
    f"Paragraph number {number} says nothing new, and takes some room on the page." for number in range(1, 60)
)


AXE = Path(__file__).parents[1] / "axe/axe.min.js"
CONTRAST = """axe.run("#views", { runOnly: ["color-contrast"], iframes: false })
  .then((result) => result.violations.flatMap(({ nodes }) => nodes.map(({ html }) => html)))"""
ON_TOP = """(panel) => {
  const { x, y, width } = panel.getBoundingClientRect();
  return panel.contains(document.elementFromPoint(x + width / 2, y + 10));
}"""


@pytest.fixture
def served(root: Path) -> Iterator[Served]:
    """The preview of our newsletter with one long draft."""
    (root / "issues/stiff-back.md").write_text(f"{FRONT}{LONG}\n", encoding="utf-8")
    with serve(root, "--browser", "off") as preview:
        yield preview


@pytest.fixture
def opened(served: Served, chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Open the page as its address says, at a size and in a colour scheme."""
    contexts = []

    def page(query: str = "issue=stiff-back", *, width: int = 1440, scheme: str = "null") -> Page:
        context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
        contexts.append(context)
        made = context.new_page()
        made.goto(served.address)
        made.goto(f"http://127.0.0.1:{served.port}/?{query}")
        if "view=" not in query:
            expect(made.locator("html[data-shown]")).to_have_count(1, timeout=20_000)
        expect(made.locator("#readiness")).not_to_be_empty(timeout=20_000)
        return made

    yield page
    for context in contexts:
        context.close()


def frame(page: Page) -> Frame:
    """Return the frame that shows the email."""
    handle = page.locator(".sheet iframe:not(.coming)").first.element_handle()
    shown = handle.content_frame()
    assert shown is not None
    return shown


def shows(page: Page, text: str) -> None:
    """Wait until the email in the frame says *text*."""
    body = page.frame_locator(".sheet iframe:not(.coming)").first.locator("body")
    expect(body).to_contain_text(text, timeout=20_000)


@pytest.mark.parametrize(
    ("view", "text"),
    [
        ("inbox", "Gmail, web"),
        ("text", "says nothing new"),
        ("source", "preheader: Three gentle moves"),
        ("headers", "List-Unsubscribe"),
        ("archive", "Hidden: a draft has no page"),
        ("diff", "no git repository"),
    ],
)
def test_every_view_shows_the_issue(opened: Callable[..., Page], view: str, text: str) -> None:
    """Chosen by its tab, and kept in the address."""
    page = opened()
    page.get_by_role("tab", name=view.title()).click()
    expect(page.locator(f"#view-{view}")).to_contain_text(text)
    assert f"view={view}" in page.url
    page.reload()
    expect(page.locator(f"#view-{view}")).to_contain_text(text)
    page.go_back()
    expect(page.get_by_role("tab", name="Email")).to_have_attribute("aria-selected", "true")


def test_the_frame_takes_the_width_that_is_asked_for(opened: Callable[..., Page]) -> None:
    """By a button, by typing, and by the keys of its handle; the panel beside it can be lower than narrow."""
    page = opened()
    sheet = page.locator(".sheet").first
    page.keyboard.press("w")
    page.get_by_role("button", name="Phone").click()
    expect(sheet).to_have_css("width", "375px")
    assert frame(page).evaluate("innerWidth") == 375
    page.get_by_label("Width in pixels").fill("500")
    page.get_by_label("Width in pixels").press("Enter")
    expect(sheet).to_have_css("width", "500px")
    handle = page.get_by_role("slider").first
    handle.focus()
    handle.press("ArrowLeft")
    width = int(handle.get_attribute("aria-valuenow") or 0)
    assert 300 < width < 500
    assert f"width={width}" in page.url
    edge = page.get_by_role("slider", name="Size of the problems panel")
    expect(edge).to_have_attribute("aria-valuemin", "260")
    page.get_by_role("button", name="Move the panel").click()
    expect(edge).to_have_attribute("aria-valuemin", "140")


def test_dark_is_the_author_s_own_or_forced(opened: Callable[..., Page]) -> None:
    """The author's by the reader's system; forced, whatever the mail says."""
    page = opened()
    dark = "matchMedia('(prefers-color-scheme: dark)').matches"
    ground = "getComputedStyle(document.querySelector('.card')).backgroundColor"
    assert frame(page).evaluate(dark) is False
    light = frame(page).evaluate(ground)
    page.get_by_role("button", name="Author's dark").click()
    page.wait_for_function("document.querySelector('.sheet iframe').style.colorScheme === 'dark'")
    assert frame(page).evaluate(dark) is True
    authors = frame(page).evaluate(ground)
    page.get_by_role("button", name="Forced dark").click()
    expect(page.locator(".sheet iframe.coming")).to_have_count(0, timeout=10_000)
    page.wait_for_function("document.querySelector('.sheet iframe').title.includes('forced')")
    forced = frame(page).evaluate(ground)
    assert len({light, authors, forced}) == 3
    assert frame(page).evaluate(dark) is False


def test_images_are_shown_and_can_be_off(opened: Callable[..., Page]) -> None:
    """Off, their words remain."""
    page = opened(f"issue={ISSUE}")
    loaded = "[...document.images].map((image) => image.naturalWidth > 0)"
    assert set(frame(page).evaluate(loaded)) == {True}
    page.get_by_role("button", name="Images").click()
    page.wait_for_url("**images=off**")
    expect(page.locator(".sheet iframe.coming")).to_have_count(0, timeout=10_000)
    page.wait_for_timeout(300)
    assert set(frame(page).evaluate(loaded)) == {False}


def test_another_reader_is_greeted_by_name(opened: Callable[..., Page]) -> None:
    """Each persona fills in the merge tags."""
    page = opened()
    shows(page, "Hi Ada,")
    page.get_by_label("Reader").select_option("blank")
    shows(page, "Hi friend,")
    page.get_by_label("Reader").select_option("arabic")
    shows(page, "ليلى")


def test_two_are_compared_side_by_side(opened: Callable[..., Page]) -> None:
    """Phone and desktop, light and dark."""
    page = opened("issue=stiff-back&compare=width")
    expect(page.locator(".sheet")).to_have_count(2)
    expect(page.locator(".sheet").first).to_have_css("width", "375px")
    page.get_by_label("Compare", exact=True).select_option("look")
    expect(page.locator(".slot-caption").nth(1)).to_have_text("Author's dark")


def test_two_that_are_compared_scroll_together(opened: Callable[..., Page]) -> None:
    """By the block that is read, since a phone has it further down; the one that follows does not lead."""
    page = opened("issue=stiff-back&compare=width")
    expect(page.locator(".sheet iframe:not(.coming)")).to_have_count(2, timeout=20_000)
    phone, desktop = (
        handle.content_frame() for handle in page.locator(".sheet iframe:not(.coming)").element_handles()
    )
    assert phone is not None
    assert desktop is not None
    paragraph = "[...document.querySelectorAll('p')].find((p) => p.textContent.includes('number {} '))"
    for leads, follows, number in ((desktop, phone, 20), (phone, desktop, 30)):
        top = f"{paragraph.format(number)}.getBoundingClientRect().top"
        leads.evaluate(f"{paragraph.format(number)}.scrollIntoView({{block: 'start'}})")
        wait_until(partial(follows.evaluate, f"Math.abs({top}) < 40"))
        page.wait_for_timeout(400)
        assert abs(leads.evaluate(top)) < 2
    assert phone.evaluate("scrollY") > desktop.evaluate("scrollY") + 100


def test_a_save_is_shown_where_the_reader_was(served: Served, opened: Callable[..., Page]) -> None:
    """Text put in above moves nothing that is looked at; focus and address stay."""
    page = opened()
    page.get_by_placeholder("Filter issues").focus()
    spot = "[...document.querySelectorAll('p')].find((p) => p.textContent.includes('number 30 '))"
    frame(page).evaluate(f"{spot}.scrollIntoView({{block: 'start'}})")
    page.wait_for_timeout(400)
    before, url = frame(page).evaluate(f"{spot}.getBoundingClientRect().top"), page.url
    served.write("A new beginning.\n\n" * 5 + LONG)
    shows(page, "A new beginning")
    page.wait_for_timeout(300)
    assert abs(frame(page).evaluate(f"{spot}.getBoundingClientRect().top") - before) < 2
    assert frame(page).evaluate("scrollY") > 500
    assert page.url == url
    expect(page.get_by_placeholder("Filter issues")).to_be_focused()


def test_trouble_lies_over_the_last_good_render(served: Served, opened: Callable[..., Page]) -> None:
    """With file, line and the lines around it; Esc hides it, and the next good save ends it."""
    page = opened()
    served.write(LONG, front=FRONT.replace("status: draft", "status: maybe"))
    panel = page.locator(".trouble")
    expect(panel).to_be_visible(timeout=20_000)
    expect(panel).to_contain_text("issues/stiff-back.md:7")
    expect(panel.locator(".excerpt .failing")).to_contain_text("status: maybe")
    shows(page, "first line")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    expect(page.locator("#assertive")).to_contain_text("maybe")
    for view in ("Inbox", "Text", "Source", "Headers", "Archive page", "Diff"):
        page.get_by_role("tab", name=view).click()
        assert panel.evaluate(ON_TOP), view
        assert page.evaluate(CONTRAST) == [], view
    page.get_by_role("tab", name="Email").click()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    served.write(LONG, front=FRONT.replace("status: draft", "status: never"))
    expect(panel).to_be_visible(timeout=20_000)
    served.write(f"Mended.\n\n{LONG}")
    expect(panel).to_be_hidden(timeout=20_000)
    shows(page, "Mended.")


def test_nothing_of_one_issue_stands_under_the_title_of_another(
    served: Served, opened: Callable[..., Page]
) -> None:
    """One that cannot be read has nothing to show: the views that were seen before it are empty."""
    served.write("Hello\n", front="---\ntitle: [\n---\n", name="broken")
    page = opened("issue=stiff-back&view=text")
    for view in ("text", "source", "headers", "inbox"):
        page.get_by_role("tab", name=view.title()).click()
        expect(page.locator(f"#view-{view}")).to_contain_text("A stiff back", timeout=20_000)
    page.locator("#rail").get_by_text("broken").click()
    expect(page.locator(".trouble")).to_contain_text("issues/broken.md", timeout=20_000)
    expect(page.locator("#views")).not_to_contain_text("A stiff back")
    expect(page.locator(".stage-empty")).to_be_visible()
    expect(page.locator("#readiness")).to_contain_text("the file cannot be rendered")
    expect(page.get_by_role("button", name="Next steps")).to_be_hidden()


def test_an_issue_is_shown_as_soon_as_it_is_there(served: Served, opened: Callable[..., Page]) -> None:
    """A stream that was refused is asked for again, and what was said of it is taken back."""
    page = opened("issue=stiff-neck&view=text")
    panel = page.locator(".trouble")
    expect(panel).to_contain_text("no issue is called 'stiff-neck'")
    expect(page.locator("#readiness")).to_contain_text("the preview cannot show it")
    served.write("Look over your shoulder.\n", name="stiff-neck")
    expect(page.locator("#view-text")).to_contain_text("Look over your shoulder.", timeout=20_000)
    expect(panel).to_be_hidden()
    expect(page.locator(".connection")).to_have_text("Connected")
    served.write("Look up.\n", name="stiff-neck")
    expect(page.locator("#view-text")).to_contain_text("Look up.", timeout=20_000)


def test_a_page_that_nobody_sees_takes_no_connection(served: Served, opened: Callable[..., Page]) -> None:
    """A browser has six for a host. The title goes on counting; what was saved is there once it is seen."""
    page = opened()
    hide = "(hidden) => { Object.defineProperty(document, 'hidden', {value: hidden, configurable: true});"
    hide += " document.dispatchEvent(new Event('visibilitychange')); }"
    page.evaluate(hide, True)
    text = "Once more.\n\nYou can ignore the notice below.\n"
    served.write(f"{text}\n{LONG}", front=FRONT.replace("title: A stiff", "title: A stiffer"))
    expect(page).to_have_title(re.compile(r"^\(1!\) "), timeout=20_000)
    assert "Once more" not in frame(page).inner_text("body")
    page.evaluate(hide, False)
    shows(page, "Once more.")
    expect(page.locator("#rail")).to_contain_text("A stiffer back")


def test_readiness_follows_the_record(served: Served, opened: Callable[..., Page]) -> None:
    """What is on record changes without a save: the strip tells it as soon as the list of issues does."""
    page = opened(f"issue={ISSUE}&view=text")
    strip = page.locator("#readiness")
    expect(strip).to_contain_text("Fit to send", timeout=20_000)
    receipt = served.root / f".newsletter/receipts/{ISSUE}/receipt.json"
    receipt.parent.mkdir(parents=True)
    receipt.write_text("{", encoding="utf-8")
    (served.root / "note.txt").touch()
    expect(strip).not_to_contain_text("Fit to send", timeout=20_000)


def test_the_focus_stays_where_it_is(served: Served, opened: Callable[..., Page]) -> None:
    """Also where what has it is drawn anew: a row of the list, a line of the source, a command to copy."""
    text = "Hello\n\nYou can ignore the notice below.\n"
    served.write(text)
    page = opened("issue=stiff-back&view=source")
    spots = {
        "row": page.locator("#rail [aria-current]"),
        "line": page.locator("li.stop .line-number").first,
        "command": page.locator("#readiness .command button"),
    }
    expect(page.locator(".dock-age")).to_contain_text("checked", timeout=20_000)
    for number, (name, spot) in enumerate(spots.items()):
        expect(spot).to_be_visible(timeout=20_000)
        spot.focus()
        served.write(f"{text}\nAnd {name}.\n", front=FRONT.replace("title: A", f"title: {number} A"))
        expect(page.locator("#rail [aria-current]")).to_contain_text(f"{number} A", timeout=20_000)
        expect(page.locator("#view-source")).to_contain_text(f"And {name}.", timeout=20_000)
        expect(page.locator(".dock-age")).to_contain_text("checked", timeout=20_000)
        expect(spot).to_be_focused()


def test_what_is_a_drawer_says_whether_it_is_open(opened: Callable[..., Page]) -> None:
    """On a narrow screen; closed, it gives the focus back to its button. Of two drawers one is open."""
    page = opened(width=360)
    problems, issues = page.locator(".problems-button"), page.get_by_role("button", name="Issues", exact=True)
    expect(problems).to_have_attribute("aria-expanded", "false")
    problems.click()
    expect(problems).to_have_attribute("aria-expanded", "true")
    page.get_by_role("button", name="Hide the problems").focus()
    page.keyboard.press("Escape")
    expect(problems).to_have_attribute("aria-expanded", "false")
    expect(problems).to_be_focused()
    page.keyboard.press("/")
    expect(issues).to_have_attribute("aria-expanded", "true")
    page.get_by_role("button", name="Hide the issues").press("Enter")
    expect(issues).to_be_focused()
    expect(issues).to_have_attribute("aria-expanded", "false")


def test_a_refusal_is_shown_and_said_with_how_to_mend_it(opened: Callable[..., Page]) -> None:
    """To those who listen as to those who look."""
    page = opened("issue=stiff-back&view=text")
    page.context.set_offline(True)
    page.get_by_role("button", name="Run the slow checks again (r)").click()
    for told in (page.locator("#toasts"), page.locator("#polite")):
        expect(told).to_contain_text("the preview does not answer")
        expect(told).to_contain_text("To mend: see in its terminal whether it still runs")


def test_a_list_that_cannot_be_read_is_told(served: Served, chromium: Browser) -> None:
    """The page does not wait for ever."""
    page = chromium.new_page()
    refusal = '{"error": {"message": "no record", "hint": "make one"}}'
    page.route("**/api/issues", lambda route: route.fulfill(status=404, body=refusal))
    page.goto(served.address)
    panel = page.locator(".trouble")
    expect(panel).to_contain_text("The issues cannot be listed")
    expect(panel).to_contain_text("no record")
    expect(panel).to_contain_text("To mend: make one")
    page.close()


def test_the_first_issue_appears(root: Path, chromium: Browser) -> None:
    """A page that was opened without any waits for it."""
    rmtree(root / "issues")
    (root / "issues").mkdir()
    with serve(root, "--browser", "off") as served:
        page = chromium.new_page()
        page.goto(served.address)
        expect(page.locator(".stage-empty")).to_contain_text("Begin an issue with newsletter new")
        expect(page.locator(".connection")).to_have_text("Connected")
        expect(page.locator("#readiness")).to_contain_text("there is no issue yet")
        served.write("Hello\n")
        shows(page, "Hello")
        page.close()


def test_a_template_s_trouble_tells_who_includes_whom(served: Served, opened: Callable[..., Page]) -> None:
    """From the template that an issue names down to the file that fails."""
    page = opened()
    path = served.root / "templates/partials/footer.html"
    path.write_text(path.read_text(encoding="utf-8") + "{{ issue.titel }}\n", encoding="utf-8")
    chain = page.locator(".trouble .chain")
    expect(chain).to_contain_text("templates/weekly.html", timeout=20_000)
    expect(chain).to_contain_text("templates/base.html")
    expect(page.locator(".trouble")).to_contain_text("did you mean 'title'?")


def test_a_click_in_the_email_leads_to_its_line(opened: Callable[..., Page]) -> None:
    """And the line leads back to the email."""
    page = opened()
    expect(page.locator(".dock-age")).to_contain_text("checked", timeout=20_000)
    inner = page.frame_locator(".sheet iframe").first
    inner.get_by_text("Paragraph number 3 says").click()
    line = FRONT.count("\n") + 7
    expect(page.locator(".inspector")).to_contain_text(f"issues/stiff-back.md:{line}")
    page.locator(".inspector").get_by_role("button", name="Source").click()
    expect(page.locator("li.lit")).to_contain_text("Paragraph number 3 ")
    page.get_by_role("button", name=f"Line {line + 2 * 40}", exact=True).click()
    page.get_by_role("button", name="Show in email").click()
    expect(page.get_by_role("tab", name="Email")).to_have_attribute("aria-selected", "true")
    expect(inner.get_by_text("Paragraph number 43 says")).to_be_in_viewport()


def test_a_link_in_the_email_is_not_followed(opened: Callable[..., Page]) -> None:
    """It is shown, and can be opened apart."""
    page = opened(f"issue={ISSUE}")
    page.frame_locator(".sheet iframe").first.get_by_role(
        "link", name="Back pain can have many causes"
    ).click()
    box = page.locator(".inspector")
    expect(box).to_contain_text("https://www.niams.nih.gov/health-topics/back-pain")
    link = box.get_by_role("link", name="Open link")
    assert link.get_attribute("target") == "_blank"
    assert "noopener" in (link.get_attribute("rel") or "")


def test_a_problem_leads_to_its_line_and_is_gone_when_mended(
    served: Served, opened: Callable[..., Page]
) -> None:
    """It is counted in the title of the page."""
    served.write(f"{LONG}\n\nYou can ignore the notice below.\n")
    page = opened()
    row = page.locator(".problems.blocking .problem").first
    expect(row).to_contain_text("DISC007", timeout=20_000)
    expect(page).to_have_title("(1!) A stiff back")
    expect(page.locator("#readiness")).to_contain_text("Cannot be sent")
    row.get_by_role("button", name="Go to").click()
    expect(page.frame_locator(".sheet iframe").first.get_by_text("ignore the notice")).to_be_in_viewport()
    page.get_by_role("tab", name="Source").click()
    expect(page.locator("li.lit")).to_contain_text("ignore the notice")
    served.write(LONG)
    expect(page).to_have_title("A stiff back", timeout=20_000)
    expect(page.locator("#toasts")).to_contain_text("1 fixed")


def test_keys_work_outside_of_fields_only(opened: Callable[..., Page]) -> None:
    """And none of the browser's own is taken."""
    page = opened()
    page.locator("h1").click()
    page.keyboard.press("4")
    expect(page.get_by_role("tab", name="Source")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("/")
    expect(page.get_by_placeholder("Filter issues")).to_be_focused()
    page.keyboard.type("2w?")
    expect(page.get_by_role("tab", name="Source")).to_have_attribute("aria-selected", "true")
    page.locator("h1").click()
    page.evaluate("window.taken = []; addEventListener('keydown', (e) => taken.push(e.defaultPrevented))")
    for key in ("c", "p", "f", "s"):
        page.evaluate(
            "(key) => document.body.dispatchEvent(new KeyboardEvent('keydown',"
            " {key, ctrlKey: true, bubbles: true, cancelable: true}))",
            key,
        )
    assert page.evaluate("taken") == [False] * 4
    page.keyboard.press("?")
    expect(page.get_by_role("dialog").filter(has_text="Next problem")).to_be_visible()


def test_issues_are_filtered_by_typing(opened: Callable[..., Page]) -> None:
    """And chosen; the address follows."""
    page = opened()
    page.get_by_placeholder("Filter issues").fill("magnes")
    rail = page.locator("#rail")
    expect(rail.get_by_text("Magnesium and sleep")).to_be_visible()
    expect(rail.get_by_text("When one side")).to_have_count(0)
    rail.get_by_text("Magnesium and sleep").click()
    page.wait_for_url("**issue=2026-12-08-magnesium-and-sleep**")
    shows(page, "hundreds of everyday jobs")


def test_the_next_steps_can_be_copied(opened: Callable[..., Page]) -> None:
    """The exact commands of this issue."""
    page = opened(f"issue={ISSUE}")
    expect(page.locator("#readiness")).to_contain_text("Fit to send", timeout=20_000)
    page.get_by_role("button", name="Next steps").click()
    expect(page.get_by_text(f"newsletter plan {ISSUE}").first).to_be_visible()


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


def test_a_hostile_issue_does_nothing(served: Served, opened: Callable[..., Page]) -> None:
    """No script of it runs, another server hears nothing of it, and the page stays what it is."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        hostile = HOSTILE.replace("PORT", str(other.getsockname()[1]))
        served.write(f"Hello\n\n{hostile}\n\nGoodbye\n")
        page = opened()
        shows(page, "Goodbye")
        link = page.frame_locator(".sheet iframe").first.get_by_text("press", exact=True)
        if link.count():
            link.click()
        served.write(f"Hello\n\n{hostile}\n\nGoodbye again\n")
        shows(page, "Goodbye again")
        page.wait_for_timeout(500)
        assert "owned" not in page.title()
        assert "owned" not in frame(page).evaluate("document.title")
        other.settimeout(0)
        with pytest.raises(BlockingIOError):
            other.accept()


@pytest.mark.parametrize(
    ("width", "scheme"),
    [
        (1440, "light"),
        (360, "dark"),
        pytest.param(1440, "dark", marks=pytest.mark.long),
        pytest.param(360, "light", marks=pytest.mark.long),
    ],
)
def test_the_page_is_accessible(opened: Callable[..., Page], scheme: str, width: int) -> None:
    """Axe finds nothing, in any view, at any size, in both schemes; and nothing is wider than the screen."""
    page = opened(width=width, scheme=scheme)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = {}
    for view in ("email", "inbox", "text", "source", "headers", "archive", "diff"):
        page.get_by_role("tab", name=view.title()).click()
        page.wait_for_timeout(400)
        violations = page.evaluate("axe.run({iframes: false}).then((result) => result.violations)")
        for each in violations:
            found[view, each["id"]] = [node["html"][:160] for node in each["nodes"]]
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), view
    assert found == {}


ROUTES = [
    ("GET", "/"),
    ("GET", "/static/app.css"),
    ("GET", "/api/issues"),
    ("GET", "/api/issues/stiff-back"),
    ("GET", "/api/issues/stiff-back/checks"),
    ("GET", "/api/issues/stiff-back/difference?against=commit"),
    ("GET", "/api/issues/stiff-back/page"),
    ("GET", "/api/events?issue=stiff-back"),
    ("GET", "/frame/stiff-back"),
    ("GET", "/frame/stiff-back/page"),
    ("POST", "/api/open"),
    ("POST", "/api/issues/stiff-back/look"),
    ("GET", "/%61pi/issues"),
    ("GET", "//api/issues"),
    ("GET", "/api%2fissues"),
    ("GET", "/static/..%2f..%2fworkshop.py"),
    ("GET", "/frame/%2e%2e%2f%2e%2e%2fpyproject.toml"),
]


def test_nobody_else_is_answered_on_any_route(served: Served) -> None:
    """Neither a foreign host nor a foreign page, nor anybody without the key, however a path is spelled."""
    own = f"127.0.0.1:{served.port}"
    good = {"Host": own, "Cookie": served.cookie, "X-Newsletter": "preview"}
    for method, path in ROUTES:
        for wrong in (
            {"Host": "evil.example"},
            {"Host": f"evil.example:{served.port}"},
            {"Origin": "http://evil.example"},
            {"Origin": "null"},
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
            {"Cookie": ""},
        ):
            status, headers, body = served.raw(method, path, good | wrong)
            assert status in (403, 421), (method, path, wrong)
            assert b"steady" not in body.lower()
            assert "access-control-allow-origin" not in headers
