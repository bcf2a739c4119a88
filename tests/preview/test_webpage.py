"""The archive's page in the preview: what `newsletter archive` writes, where it stands, and what stops it."""

import datetime as dt
import subprocess
import sys
from pathlib import Path

import pytest
from hostile import MARKUP

from conftest import SetClock, make_real
from pipeline.archive.build import build
from pipeline.archive.site import Basis
from pipeline.commands.due import send_due
from pipeline.commands.send import send
from pipeline.errors import ChecksFailed, TemplateError
from pipeline.newsletter import Newsletter
from pipeline.preview.catalogue import Catalogue
from pipeline.preview.frame import frame_headers, helper_element
from pipeline.preview.webpage import Archived, WebPage, archived, basis_of, framed_page
from pipeline.receipts import open_receipts, seen_receipts

FIRST = "2026-12-01-when-one-side-works-harder"
SECOND = "2026-12-08-magnesium-and-sleep"
TODAY = dt.date(2026, 11, 24)


def shown(
    root: Path, clock: SetClock, name: str = FIRST, *, today: dt.date = TODAY, rehearsal: bool = True
) -> Archived:
    """Return the page of an issue as the preview has it."""
    newsletter = Newsletter(root, clock=clock)
    issue, seen = newsletter.issue(name), seen_receipts(newsletter.settings, clock)
    others = Catalogue().issues(newsletter.settings)
    return archived(issue, basis_of(seen, issue.key, root, today, rehearsal=rehearsal), others)


def page(root: Path, clock: SetClock, name: str = FIRST) -> WebPage:
    """Return the page itself, which there is."""
    found = shown(root, clock, name).page
    assert found is not None
    return found


def built(root: Path, clock: SetClock, *, today: dt.date = TODAY) -> Path:
    """Build the archive, and return its folder."""
    record = open_receipts(Newsletter(root, clock=clock).settings, clock).snapshot()
    basis = Basis(root, today, rehearsal=True, has_search=False, record=record)
    build(basis, root / "public", told=lambda *_: None)
    return root / "public"


def write(root: Path, old: str, new: str, *, name: str = FIRST) -> None:
    """Put *new* in place of *old* in an issue."""
    path = root / f"issues/{name}/index.md"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def rehearse(root: Path, clock: SetClock, name: str, day: dt.date) -> None:
    """Send an issue to the outbox, and let its hour come."""
    clock.now = dt.datetime(day.year, day.month, day.day, 0, 30, tzinfo=dt.UTC)
    send(root, name, at=None, confirm=lambda _dispatch: True, clock=clock)
    clock.now += dt.timedelta(hours=13)
    send_due(root, clock=clock)


def test_the_page_is_the_one_that_the_archive_builds(root: Path, clock: SetClock) -> None:
    """Byte for byte: nothing here writes a page of its own."""
    folder = built(root, clock)
    for name in (FIRST, SECOND):
        assert page(root, clock, name).html.encode() == (folder / name / "index.html").read_bytes()


def test_a_draft_is_shown_with_the_page_that_it_gets(root: Path, clock: SetClock) -> None:
    """It has none, and says so; once it is ready, this is it."""
    write(root, "status: ready", "status: draft")
    found = shown(root, clock)
    assert found.page is not None
    assert found.state == "hidden"
    assert found.life == "Hidden: a draft has no page. This is the one it gets when it says status: ready."
    assert not (built(root, clock) / FIRST).exists()
    write(root, "status: draft", "status: ready")
    assert found.page.html.encode() == (built(root, clock) / FIRST / "index.html").read_bytes()


def test_a_listed_page_leads_to_its_neighbours(root: Path, clock: SetClock) -> None:
    """And to the pages of its tags: those of the archive as it is built at the time."""
    rehearse(root, clock, FIRST, dt.date(2026, 12, 1))
    rehearse(root, clock, SECOND, dt.date(2026, 12, 8))
    today = dt.date(2026, 12, 9)
    folder = built(root, clock, today=today)
    for name, other in ((FIRST, SECOND), (SECOND, FIRST)):
        found = shown(root, clock, name, today=today)
        assert found.state == "listed"
        assert found.page is not None
        assert f'href="../{other}/"' in found.page.html
        assert found.page.html.encode() == (folder / name / "index.html").read_bytes()
    assert found.life == (
        "Listed: it was rehearsed on December 8, 2026, and the index and the feeds lead to it."
    )
    assert found.result is not None
    assert not found.result.is_asked_for


def test_search_engines_are_asked_for_what_was_really_sent(root: Path, clock: SetClock) -> None:
    """And not before."""
    rehearse(root, clock, FIRST, dt.date(2026, 12, 1))
    make_real(root)
    found = shown(root, clock, rehearsal=False)
    assert found.life == (
        "Listed: it was sent on December 1, 2026, and the index, the feeds and search engines lead to it."
    )
    assert found.result is not None
    assert found.result.is_asked_for


def test_an_unlisted_page_says_until_when(root: Path, clock: SetClock) -> None:
    """Until it is sent, or for good."""
    found = shown(root, clock)
    assert found.life == (
        "Unlisted: it answers whoever has its address, and nothing leads there until it is sent."
    )
    assert found.url == f"https://steady.example/issues/{FIRST}/"
    write(root, "status: ready", "status: ready\narchive: unlisted")
    found = shown(root, clock)
    assert found.life.endswith("and nothing leads there, as the issue asks.")
    assert found.result is None


def test_search_results_show_what_the_page_says(root: Path, clock: SetClock) -> None:
    """Title, address and description stand in its head; an unlisted one asks to be left out."""
    found = shown(root, clock).result
    assert found is not None
    assert found.title == "When one side works harder · Steady"
    assert found.url == f"https://steady.example/issues/{FIRST}/"
    assert found.description.startswith("Why muscles on one side may do more of the work")
    assert not found.is_asked_for


@pytest.mark.parametrize(
    ("file", "line", "told"),
    [
        ("pyproject.toml", 'archive_url = "https://steady.example/issues"', "archive_url is not set"),
        (f"issues/{FIRST}/index.md", "status: ready", "archive: none"),
    ],
)
def test_without_an_archive_words_stand_in_its_place(
    root: Path, clock: SetClock, file: str, line: str, told: str
) -> None:
    """There shall be no page, and so none is shown."""
    text = (root / file).read_text(encoding="utf-8")
    assert line in text
    other = "archive: none" if file.startswith("issues/") else ""
    (root / file).write_text(text.replace(line, other), encoding="utf-8")
    found = shown(root, clock)
    assert told in found.missing
    assert (found.state, found.page, found.stops) == ("hidden", None, ())


def test_an_address_that_another_issue_has_stops_it(root: Path, clock: SetClock) -> None:
    """Whether it is the other's slug or an old address of it; the page is shown all the same."""
    write(root, "status: ready", f"status: ready\naliases: [{FIRST}]", name=SECOND)
    found = shown(root, clock, SECOND)
    assert [(stop.id, stop.file) for stop in found.stops] == [("ARC001", f"issues/{SECOND}/index.md")]
    assert found.page is not None
    assert shown(root, clock, FIRST).stops == ()
    write(root, "status: ready", "status: draft", name=FIRST)
    assert shown(root, clock, SECOND).stops == ()


def test_the_address_of_a_letter_whose_page_was_taken_away_stops_it(root: Path, clock: SetClock) -> None:
    """Readers were led there."""
    rehearse(root, clock, FIRST, dt.date(2026, 12, 1))
    write(root, "status: ready", "status: ready\narchive: none", name=FIRST)
    write(root, "status: ready", f"status: ready\naliases: [{FIRST}]", name=SECOND)
    assert [(stop.id, stop.file) for stop in shown(root, clock, SECOND).stops] == [
        ("ARC001", f"issues/{SECOND}/index.md")
    ]


def test_an_address_that_moved_after_the_mail_stops_it(root: Path, clock: SetClock) -> None:
    """The mail leads to the old one."""
    rehearse(root, clock, FIRST, dt.date(2026, 12, 1))
    write(root, "status: ready", "status: ready\nslug: elsewhere")
    found = shown(root, clock)
    assert [(stop.id, stop.severity.stops) for stop in found.stops] == [("ARC002", True)]
    assert found.page is None


def test_a_missing_wording_stops_it(root: Path, clock: SetClock) -> None:
    """As it stops the mail."""
    write(root, "status: ready", "status: ready\nlang: de-DE")
    found = shown(root, clock)
    assert found.stops
    assert all(stop.severity.stops for stop in found.stops)
    assert found.page is None


def test_a_style_sheet_that_hides_the_notice_stops_it(root: Path, clock: SetClock) -> None:
    """The words stand in the page, and no reader would see them."""
    path = root / "templates/archive/site.css"
    path.write_text(
        path.read_text(encoding="utf-8") + "[data-disclaimer] { display: none; }\n", encoding="utf-8"
    )
    found = shown(root, clock)
    assert {stop.id[:3] for stop in found.stops} == {"VIS"}
    assert found.page is not None


@pytest.mark.parametrize(("word", "error"), [("", ChecksFailed), ("{{ nobody.knows }}", TemplateError)])
def test_a_template_gone_wrong_is_an_error(
    root: Path, clock: SetClock, word: str, error: type[Exception]
) -> None:
    """No page is shown that does not say its disclaimers."""
    (root / "templates/archive/disclaimers.html").write_text(word, encoding="utf-8")
    with pytest.raises(error, match="templates/archive/"):
        shown(root, clock)


def test_the_frame_has_the_page_with_its_style_sheet_inside(root: Path, clock: SetClock) -> None:
    """Apart from style sheet, images and our script, these are the bytes of the page."""
    of = page(root, clock)
    framed = framed_page(of, images=False)
    assert framed.headers == frame_headers(images=False)
    assert framed.html.endswith(helper_element())
    style = f"<style>{of.css}</style>"
    assert framed.html.count(style) == 1
    assert framed.html.removesuffix(helper_element()).replace(style, of.link) == of.html
    assert (built(root, clock) / of.link.split('href="../')[1].removesuffix('">')).read_text() == of.css


def test_the_frame_has_the_images_inside(root: Path, clock: SetClock) -> None:
    """Each local one as it is published, and no address that a browser would load."""
    of = page(root, clock)
    assert of.html.count(f'src="{of.assets}/') == 2
    framed = framed_page(of, images=True)
    assert framed.headers == frame_headers(images=True)
    assert framed.html.count('src="data:image/png;base64,') == 2
    assert of.assets not in framed.html.replace(of.link, "")


def test_a_style_sheet_cannot_end_its_element(root: Path, clock: SetClock) -> None:
    """Linked, it could not either."""
    of = page(root, clock)._replace(css="p::before { content: '</style><script>'; }")
    assert framed_page(of, images=False).html.count("</style>") == 1


@pytest.mark.parametrize("name", ["refresh", "refresh-encoded", "frame", "svg"])
def test_what_would_lead_the_frame_away_is_tamed(root: Path, clock: SetClock, name: str) -> None:
    """As in the mail's frame: a template may be wrong, too."""
    of = page(root, clock)
    hostile = MARKUP[name].format(evil="http://evil.example", own="http://own.example")
    html = framed_page(of._replace(html=of.html.replace("<main", f"{hostile}<main")), images=True).html
    assert "http-equiv" not in html.lower()
    assert "<iframe" not in html


def test_nothing_of_the_archive_is_loaded_until_somebody_looks() -> None:
    """The preview starts without it, and its memory stays without it."""
    script = (
        "import sys, pipeline.commands.preview\n"
        "print([name for name in sys.modules if name.startswith('pipeline.archive')])"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ended.stdout == "[]\n"
