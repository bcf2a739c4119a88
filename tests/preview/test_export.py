"""The static preview, opened as a reviewer opens it: a double click, no server, no script."""

import dataclasses
import json
import re
import subprocess
import sys
import time
from html import unescape
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, Request

from conftest import ROOT, SetClock
from pipeline.commands.approve import approve
from pipeline.commands.build import build
from pipeline.commands.preview import preview_static
from pipeline.errors import UsageError
from pipeline.model import Finding, Severity, Wording
from pipeline.newsletter import Newsletter
from pipeline.output import Result
from pipeline.preview.built import Build, Checks
from pipeline.preview.dossier import lines_of
from pipeline.preview.export import static_files
from pipeline.preview.sources import pictures, targets
from pipeline.providers import open_audience, open_provider
from pipeline.providers.base import payload_for

ISSUE = "2026-12-01-when-one-side-works-harder"
SECTIONS = "asked digest wordings mail inbox text sources pictures findings source record".split()  # noqa: SIM905
AXE = (ROOT / "tests/axe/axe.min.js").read_text(encoding="utf-8")
SCREENS = {"desktop": (1440, 900), "tablet": (800, 1000), "phone": (375, 700)}


def written(root: Path, folder: Path, *, name: str = ISSUE, clock: SetClock | None = None) -> Result:
    """Write the static preview of an issue."""
    return preview_static(root, name, folder=folder, browser="off", clock=clock or SetClock())


def opened(chromium: Browser, folder: Path, *, screen: str = "desktop", dark: bool = False) -> Page:
    """Open the page by its file, with no script allowed."""
    width, height = SCREENS[screen]
    page = chromium.new_page(
        java_script_enabled=False,
        viewport={"width": width, "height": height},
        color_scheme="dark" if dark else "light",
    )
    page.goto((folder / "index.html").as_uri())
    return page


def edit(root: Path, old: str, new: str, *, file: str = f"issues/{ISSUE}/index.md") -> None:
    """Replace the one place of a file in which *old* stands."""
    text = (root / file).read_text(encoding="utf-8")
    assert text.count(old) == 1
    (root / file).write_text(text.replace(old, new), encoding="utf-8")


def content(folder: Path) -> dict[str, bytes]:
    """Return every file below *folder*."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def watched(page: Page, here: Path) -> list[str]:
    """Return a list that grows by every request that leaves the folder *here*."""
    left: list[str] = []

    def note(request: Request) -> None:
        if not request.url.startswith((here.as_uri(), "data:")):
            left.append(request.url)

    def forget(request: Request) -> None:
        if (
            request.failure == "csp" and request.url in left
        ):  # the browser asked its own policy, and nobody else
            left.remove(request.url)

    page.on("request", note)
    page.on("requestfailed", forget)
    return left


def words(page: Page, section: str) -> str:
    """Return the words of a section, blanks folded."""
    return " ".join(page.locator(f"#{section}").inner_text().split())


def test_every_section_is_there_and_in_the_contents(root: Path, tmp_path: Path, chromium: Browser) -> None:
    """In the order in which a reviewer needs them, none of them empty."""
    written(root, tmp_path / "review")
    page = opened(chromium, tmp_path / "review")
    links = page.locator("nav a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert links == [f"#{name}" for name in SECTIONS]
    ids = page.locator("main > section").evaluate_all("all => all.map(one => one.id)")
    assert ids == SECTIONS
    assert all(len(words(page, name)) > 40 for name in SECTIONS)


def test_the_reviewer_is_told_what_is_asked(root: Path, tmp_path: Path, chromium: Browser) -> None:
    """With the exact command, the hour here and in UTC, and no reader's address."""
    edit(root, "\nauthors:", "\nreviewed_by: Dr. Ada Moreno\nreviewer_credential: DPT\nauthors:")
    result = written(root, tmp_path / "review")
    asked = words(opened(chromium, tmp_path / "review"), "asked")
    command = f'newsletter approve {ISSUE} --by "Dr. Ada Moreno" --digest {result.data["content_digest"]}'
    for part in (
        command,
        "When one side works harder than the other",
        "Tuesday, December 1, 2026, 07:30 America/New_York (EST)",
        "Tuesday, December 1, 2026, 12:30 UTC",
        "Coach Luke <luke@steady.example>",
        "readers are told: medically reviewed by Dr. Ada Moreno, DPT",
        "the audience “weekly”",
    ):
        assert part in asked
    assert b"ada@example.com" not in b"".join(content(tmp_path / "review").values())


def test_the_command_signs_what_the_page_shows(root: Path, tmp_path: Path, clock: SetClock) -> None:
    """The digest in it is the one that `approve` compares with."""
    result = written(root, tmp_path / "review")
    page = unescape(re.sub(r"<[^>]*>", "", (tmp_path / "review/index.html").read_text(encoding="utf-8")))
    digest = re.search(r"--digest ([0-9a-f]{64})", page)
    assert digest is not None
    assert digest[1] == result.data["content_digest"]
    signed = approve(
        root,
        ISSUE,
        by="Ada Moreno",
        credential="DPT",
        read=digest[1],
        confirm=lambda _rows: True,
        clock=clock,
    )
    assert signed.data["outcome"] == "approved"


def test_the_digest_is_that_of_build(root: Path, tmp_path: Path, chromium: Browser) -> None:
    """Read aloud in groups of four, it is the same 64 digits."""
    result = written(root, tmp_path / "review")
    built = build(root, ISSUE, folder=tmp_path / "built", persona_name=None, clock=SetClock())
    digest = built.data["message"]["content_digest"]
    assert result.data["content_digest"] == digest
    groups = opened(chromium, tmp_path / "review").locator(".digest span").all_inner_texts()
    assert "".join(groups) == digest
    assert {len(group) for group in groups} == {4}


def test_each_wording_is_told_in_full_and_where_it_stands(
    root: Path, tmp_path: Path, chromium: Browser
) -> None:
    """With version, language, approval and the proof; a frame beside it has scrolled to it."""
    written(root, tmp_path / "review")
    page = opened(chromium, tmp_path / "review")
    required = Newsletter(root, clock=SetClock())
    wordings = required.composed(required.issue(ISSUE)).selection.wordings
    assert page.locator(".wording").count() == len(wordings) == 4
    for wording in wordings:
        article = page.locator(f".wording:has(#title-wording-{wording.id}-{wording.version})")
        told = " ".join(article.inner_text().split())
        assert " ".join(wording.text.split()) in told
        assert wording.ref in told
        assert "by nobody: a sample of January 1, 2026" in told
        assert "Shown in the HTML Shown in the text" in told
        tops = []
        while not (tops and -1 <= tops[-1] < 240):
            # a busy browser forgets the place that a frame's address names; it is opened anew then
            assert len(tops) < 6, (wording.ref, tops)
            if tops:
                page.reload()
            tops.append(top_in_frame(page, article, wording))


def top_in_frame(page: Page, article: Locator, wording: Wording) -> float:
    """Return where *wording* stands in the frame beside it: at its place, or after ten seconds anywhere."""
    article.scroll_into_view_if_needed()
    handle = article.locator("iframe").element_handle()
    frame = handle.content_frame() if handle else None
    assert frame is not None
    place, end = frame.locator(f"[data-disclaimer='{wording.ref}']"), time.monotonic() + 10
    while True:
        top: float = place.evaluate("node => node.getBoundingClientRect().top")
        if -1 <= top < 240 or time.monotonic() > end:
            return top
        page.wait_for_timeout(50)


def test_opening_the_page_stays_at_its_top(root: Path, tmp_path: Path, chromium: Browser) -> None:
    """The frames scroll by themselves and do not take the page with them."""
    written(root, tmp_path / "review")
    page = opened(chromium, tmp_path / "review")
    page.wait_for_load_state("networkidle")
    assert page.evaluate("scrollY") == 0


def test_the_lines_of_a_wording_are_those_of_the_text(root: Path, tmp_path: Path, chromium: Browser) -> None:
    """A link leads to the first of them."""
    written(root, tmp_path / "review")
    page = opened(chromium, tmp_path / "review")
    href = page.locator(".wording a[href^='#text-']").first.get_attribute("href") or ""
    assert page.locator(href).inner_text().strip().startswith("This letter is for information only")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_each_frame_shows_its_own_colours(
    root: Path, tmp_path: Path, chromium: Browser, *, dark: bool
) -> None:
    """Whatever the reviewer's own system prefers."""
    written(root, tmp_path / "review")
    page = opened(chromium, tmp_path / "review", dark=dark)
    seen = {}
    for file in ("light", "dark", "forced-dark", "no-pictures"):
        frame = page.frame(url=re.compile(rf"/mail/{file}\.html$"))
        assert frame is not None
        seen[file] = frame.locator(".card").first.evaluate("node => getComputedStyle(node).backgroundColor")
    assert seen["light"] == seen["no-pictures"] == "rgb(255, 255, 255)"
    assert seen["dark"] == "rgb(30, 37, 33)"
    assert seen["forced-dark"] not in (seen["light"], seen["dark"])


def test_pictures_are_shown_where_they_are_on(root: Path, tmp_path: Path, chromium: Browser) -> None:
    """From inside the file; and where they are off, their descriptions stand."""
    written(root, tmp_path / "review")
    page = opened(chromium, tmp_path / "review")
    widths = {}
    for file in ("light", "no-pictures"):
        frame = page.frame(url=re.compile(rf"/mail/{file}\.html$"))
        assert frame is not None
        widths[file] = frame.locator("img").evaluate_all("all => all.map(one => one.naturalWidth)")
    assert min(widths["light"]) > 0
    assert max(widths["no-pictures"]) == 0
    alt = page.locator("#pictures figcaption").first.inner_text()
    assert "A person seen from behind beside a plumb line" in alt


def test_every_persona_has_a_frame(root: Path, tmp_path: Path, chromium: Browser) -> None:
    """Each with its own name in it."""
    written(root, tmp_path / "review")
    page = opened(chromium, tmp_path / "review")
    for file, name in {
        "blank": "Hi friend,",
        "long": "Hi Wolfe",
        "arabic": "ليلى",
        "japanese": "さくら",
    }.items():
        frame = page.frame(url=re.compile(rf"/mail/reader-{file}\.html$"))
        assert frame is not None
        assert name in frame.locator("body").inner_text()


def test_links_are_told_by_where_they_lead() -> None:
    """With every claim that rests on a page, foreign pages first."""
    html = (
        '<p>Read <a href="https://steady.example/x">ours</a>.</p>'
        '<p>Rest <a href="https://nih.example/a">can <b>hurt</b></a>, they say.</p>'
        '<ul><li>NIH: <a href="https://nih.example/a">Back</a></li></ul>'
        '<p><a href="tel:911">911</a> <a href="https://art.example"><img src="x" alt="A plant"></a></p>'
    )
    found = targets(html, own=["https://steady.example"])
    assert [target.url for target in found] == [
        "https://nih.example/a",
        "https://art.example",
        "https://steady.example/x",
        "tel:911",
    ]
    told = [f"{one.before}[{one.words}]{one.after}" for one in found[0].mentions]
    assert told == ["Rest [can hurt], they say.", "NIH: [Back]"]
    assert found[1].mentions[0].is_image
    assert found[1].mentions[0].words == "A plant"


def test_a_picture_without_a_description_is_told_from_a_decoration() -> None:
    """They are not the same to those who cannot see."""
    found = pictures('<img src="a"><img src="b" alt=""><img src="c" alt="C">', {})
    assert [picture.alt for picture in found] == [None, "", "C"]


def test_words_that_do_not_stand_whole_have_no_lines() -> None:
    """So that no link leads to half of a wording."""
    assert lines_of("two\nthree four", "one two\n  three\nfour five\n") == (1, 3)
    assert lines_of("two four", "one two\n  three\nfour five\n") is None
    assert lines_of("", "one") is None


def test_nothing_is_asked_of_any_network(root: Path, tmp_path: Path, chromium: Browser) -> None:
    """Not even for a picture that lies elsewhere."""
    edit(root, "## A tent pole", "![A chart](https://charts.example/a.png)\n\n## A tent pole")
    written(root, tmp_path / "review")
    page = chromium.new_page()  # scripts may run: they would ask most
    left = watched(page, tmp_path / "review")
    page.goto((tmp_path / "review/index.html").as_uri())
    page.wait_for_load_state("networkidle")
    assert len(page.frames) == 17
    assert left == []
    assert "charts.example" in words(page, "pictures")


HOSTILE = """<script>document.title='ran';top.document.title='ran'</script>
<img src=x onerror="document.title='ran'"><svg onload="document.title='ran'"></svg>
<meta http-equiv="refresh" content="0;url=GONE"><base href="GONE">
<a href="javascript:document.title='ran'">press</a>
<iframe src="javascript:parent.document.title='ran'"></iframe>
<form action="GONE"><button>send</button></form><link rel="stylesheet" href="GONE">
<style>@import url(GONE);body{background:url(GONE)}</style>"""


def hostile(root: Path) -> tuple[Build, Checks]:
    """Return an issue gone wrong in every place where there is text."""
    newsletter = Newsletter(root, clock=SetClock())
    composed = newsletter.composed(newsletter.issue(ISSUE))
    bad = HOSTILE.replace("GONE", "https://gone.example/")
    issue = dataclasses.replace(
        composed.issue, title=bad, authors=(bad,), reviewed_by=bad, audience=bad, file=bad
    )
    html = composed.message.html.replace("</head>", f"{bad}</head>").replace("</body>", f"{bad}</body>")
    message = dataclasses.replace(
        composed.message,
        html=html,
        subject=bad,
        preheader=bad,
        text=bad,
    )
    settings = newsletter.settings
    payload = payload_for(message, open_audience(settings, "weekly"), open_provider(settings, SetClock()))
    finding = Finding("MD001", Severity.WARNING, bad, bad, bad, 1)
    made = Build(1, composed._replace(issue=issue, message=message), payload, bad, took_ms=0)
    return made, Checks(1, (finding,), (), looked=False, not_run=((bad, bad),))


def test_a_hostile_issue_does_nothing(root: Path, tmp_path: Path, chromium: Browser) -> None:
    """Neither in the page nor in a frame, nor in a mail that is opened alone; though scripts may run."""
    made, checks = hostile(root)
    settings = Newsletter(root, clock=SetClock()).settings
    for name, data in static_files(made, checks, settings, receipt=None, unread=HOSTILE).items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    for name in ("index.html", "mail/light.html", "mail/forced-dark.html", "mail/no-pictures.html"):
        page = chromium.new_page()
        left = watched(page, tmp_path)
        page.goto((tmp_path / name).as_uri())
        page.wait_for_timeout(400)
        assert left == [], name
        assert page.title() != "ran", name
        assert page.url == (tmp_path / name).as_uri()
        if name == "index.html":
            assert page.locator("script, form, [onerror], [onload], a[href^='javascript:']").count() == 0
            own = [frame for frame in page.frames if frame.parent_frame in (None, page.main_frame)]
            assert all(frame.url.startswith(tmp_path.as_uri()) for frame in own)
        page.close()


def test_a_link_in_the_mail_opens_a_window_of_its_own(root: Path, tmp_path: Path, chromium: Browser) -> None:
    """The frame stays the mail that is signed, and what opens can run nothing."""
    written(root, tmp_path / "review")
    context = chromium.new_context(offline=True)
    page = context.new_page()
    page.goto((tmp_path / "review/index.html").as_uri())
    page.locator("#mail").scroll_into_view_if_needed()
    frame = page.frame(url=re.compile(r"/mail/light\.html$"))
    assert frame is not None
    with context.expect_page() as popped:
        frame.locator("a[href^='https:']").first.press("Enter")
    assert popped.value != page
    assert frame.url.endswith("/mail/light.html")
    assert page.locator("iframe:not([sandbox='allow-popups'])").count() == 0
    context.close()


def test_the_same_issue_gives_the_same_bytes(root: Path, tmp_path: Path, clock: SetClock) -> None:
    """No clock and no chance is in the files: a later run differs in nothing."""
    written(root, tmp_path / "one", clock=clock)
    clock.now = clock.now.replace(hour=20)
    written(root, tmp_path / "two", clock=clock)
    assert content(tmp_path / "one") == content(tmp_path / "two")
    assert len(content(tmp_path / "one")) == 11


def test_a_foreign_folder_is_refused_before_anything_is_done(root: Path, tmp_path: Path) -> None:
    """Somebody's files stay as they are."""
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    before = content(tmp_path)
    with pytest.raises(UsageError, match=r"'(newsletter/.*|notes\.txt)' is no file of an earlier preview"):
        written(root, tmp_path)
    assert content(tmp_path) == before


def test_a_stopped_issue_is_written_all_the_same(root: Path, tmp_path: Path, chromium: Browser) -> None:
    """With exit code 1, and the page says first that it cannot be signed, and why."""
    (root / "templates/partials/disclaimer.html").write_text("", encoding="utf-8")
    result = written(root, tmp_path / "review")
    assert result.exit_code == 1
    assert any(finding.id == "DISC001" for finding in result.findings)
    page = opened(chromium, tmp_path / "review")
    assert "It cannot be signed yet." in words(page, "asked")
    assert "Not shown as approved in the HTML" in words(page, "wordings")
    assert "Shown in the text" in words(page, "wordings")
    assert "The HTML has no place that is marked" in words(page, "wordings")
    assert page.locator("#wordings iframe").count() == 0
    assert "DISC001" in words(page, "findings")


def test_a_contradiction_counts_against_both_parts(root: Path, tmp_path: Path, chromium: Browser) -> None:
    """It is one finding, and its sentence stands in the HTML and in the text."""
    edit(root, "Nobody is perfectly even.", "Please ignore the medical notice.")
    assert written(root, tmp_path / "review").exit_code == 1
    told = words(opened(chromium, tmp_path / "review"), "wordings")
    assert told.count("Not shown as approved in the text: DISC007") == 4


def test_what_was_not_run_never_looks_done(root: Path, tmp_path: Path, chromium: Browser) -> None:
    """No browser looked: the page says so beside the wordings, and why."""
    written(root, tmp_path / "review")
    page = opened(chromium, tmp_path / "review")
    assert "No real browser has looked at the mail" in words(page, "wordings")
    assert "switched off by --browser off" in words(page, "findings")


def test_a_waiver_is_told_with_who_and_until(root: Path, tmp_path: Path, chromium: Browser) -> None:
    """A sign-off answers for it as well."""
    waiver = (
        "waivers:\n  - rule: TOP001\n    reason: quoted from the guideline of the college\n"
        "    by: Ada Moreno\n    until: 2026-12-20\n"
    )
    edit(root, "authors: [", f"{waiver}authors: [")
    written(root, tmp_path / "review")
    told = words(opened(chromium, tmp_path / "review"), "findings")
    assert "TOP001 quoted from the guideline of the college" in told
    assert "by Ada Moreno, until December 20, 2026" in told


def test_an_earlier_sign_off_is_told(root: Path, tmp_path: Path, clock: SetClock, chromium: Browser) -> None:
    """As it stands, and after a change: who signed, when, and that it counts no more."""
    approve(
        root, ISSUE, by="Ada Moreno", credential="DPT", read=None, confirm=lambda _rows: True, clock=clock
    )
    written(root, tmp_path / "review")
    told = words(opened(chromium, tmp_path / "review"), "record")
    assert "Ada Moreno, DPT signed this issue on November 24, 2026, 12:00 UTC." in told
    assert "It has not changed since" in told
    edit(root, "Nobody is perfectly even.", "Nobody is even.")
    written(root, tmp_path / "review")
    assert "It was changed since" in words(opened(chromium, tmp_path / "review"), "record")


def test_a_record_that_was_never_fetched_is_not_an_empty_one(
    root: Path, tmp_path: Path, chromium: Browser
) -> None:
    """Then nobody here knows whether it was signed."""
    far = tmp_path / "far.git"
    subprocess.run(["git", "init", "-q", "--bare", str(far)], check=True)
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    subprocess.run(["git", "-C", str(root), "remote", "add", "origin", str(far)], check=True)
    written(root, tmp_path / "review")
    told = words(opened(chromium, tmp_path / "review"), "record")
    assert "is not known here: the record was never fetched here" in told


@pytest.mark.parametrize(
    ("screen", "dark"),
    [
        ("desktop", False),
        pytest.param("tablet", False, marks=pytest.mark.long),
        ("phone", True),
        pytest.param("desktop", True, marks=pytest.mark.long),
        pytest.param("tablet", True, marks=pytest.mark.long),
        pytest.param("phone", False, marks=pytest.mark.long),
    ],
)
def test_the_page_is_accessible(
    root: Path, tmp_path: Path, chromium: Browser, screen: str, *, dark: bool
) -> None:
    """axe-core finds nothing, and nothing is wider than the screen."""
    (root / "templates/partials/disclaimer.html").write_text("", encoding="utf-8")  # with findings to show
    written(root, tmp_path / "review")
    width, height = SCREENS[screen]
    page = chromium.new_page(
        viewport={"width": width, "height": height},
        color_scheme="dark" if dark else "light",
        bypass_csp=True,  # of the page, so that axe itself may run
    )
    page.goto((tmp_path / "review/index.html").as_uri())
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {iframes: false})")
    assert [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found["violations"]] == []
    assert len(found["passes"]) > 20
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def run(root: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """Run the command."""
    command = [sys.executable, "-m", "pipeline", "--root", str(root), "preview", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=root)


def test_the_command_prints_where_the_page_is(root: Path) -> None:
    """And with --json one object."""
    printed = run(root, ISSUE, "--static", "out/review", "--browser", "off")
    assert (printed.returncode, printed.stdout) == (0, f"{root / 'out/review/index.html'}\n")
    as_json = run(root, ISSUE, "--static", "out/review", "--browser", "off", "--json")
    told = json.loads(as_json.stdout)
    assert set(told) == {
        *("schema_version", "verb", "ok", "findings"),
        *("folder", "index", "files", "issue", "content_digest", "looked"),
    }
    assert (told["ok"], told["verb"], told["issue"]) == (True, "preview", ISSUE)
    assert {*told["files"], "files.txt"} == set(content(root / "out/review"))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--static", "out"], "--static needs an issue"),
        ([ISSUE, "--static", "out", "--port", "4000"], "leave out --port"),
        ([ISSUE, "--static", "issues"], "is no file of an earlier preview"),
    ],
    ids=["no issue", "a port", "a foreign folder"],
)
def test_what_cannot_be_is_refused(root: Path, words: list[str], told: str) -> None:
    """With exit code 2, and nothing written."""
    before = content(root)
    done = run(root, *words)
    assert done.returncode == 2
    assert told in done.stderr
    assert content(root) == before
