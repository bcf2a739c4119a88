"""What must hold when files change, links lead elsewhere, and letters are out already."""

import datetime as dt
import re
import shutil
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from past_issues import URL, Past, shown
from PIL import Image

from pipeline.archive.build import build
from pipeline.archive.site import Basis
from pipeline.archive.workers import FEW
from pipeline.errors import ChecksFailed, IssueError, PipelineError, SettingsError


@pytest.fixture
def past(tmp_path: Path) -> Past:
    """A newsletter with one issue that was sent."""
    made = Past(tmp_path / "newsletter")
    made.sent("sleep", "About sleep.")
    return made


def _picture(path: Path, colour: str) -> None:
    Image.new("RGB", (900, 300), colour).save(path)


def _assets(html: str) -> set[str]:
    return set(re.findall(r"assets/([0-9a-f]{16}\.png)", html))


def _rules(stopped: PipelineError) -> set[str]:
    return {finding.id for finding in stopped.findings}


@pytest.mark.parametrize("status", ["ready", "draft"])
def test_two_issues_of_one_id_stop_the_build_when_a_letter_of_it_went_out(past: Past, status: str) -> None:
    """Nobody can say whose record it is: a draft would be listed under it."""
    past.build()
    past.write("copied", "Not yet.", id="sleep", status=status, slug="other")
    with pytest.raises(ChecksFailed) as stopped:
        past.build()
    assert _rules(stopped.value) == {"FM050"}
    assert "Not yet." not in past.page("sleep")


def test_of_two_unsent_issues_of_one_id_neither_has_a_page(past: Past) -> None:
    """Be one of them a draft: its mark would stand for the other's."""
    past.write("moves")
    past.write("copied", id="moves", status="draft")
    assert past.build().data["left_out"] == ["issues/copied.md", "issues/moves.md"]
    assert not past.page("moves")


def _build(past: Past, meanwhile: Mapping[str, Callable[[], object]]) -> None:
    """Build, and do something as soon as issues are read, or pages written."""

    def told(what: str, done: int, total: int) -> None:
        if done == total and what in meanwhile:
            meanwhile[what]()

    basis = Basis(past.root, dt.date(2026, 12, 24), False, False, past.receipts.snapshot())
    build(basis, past.public, told=told)


def test_an_issue_that_changes_while_the_site_is_built_stops_it(past: Past) -> None:
    """What was chosen for the old text is not what the new one needs; another language has no wordings."""
    path = past.root / "issues/sleep.md"
    old = path.read_text(encoding="utf-8")
    new = old.replace("status:", "lang: fr\nstatus:")
    with pytest.raises(IssueError, match="changed while the site was built"):
        _build(past, {"issues": lambda: path.write_text(new, encoding="utf-8")})
    assert not past.public.exists()
    path.write_text(old, encoding="utf-8")
    past.build()
    assert "About sleep." in past.page("sleep")


def test_an_image_that_changes_while_the_site_is_built_stops_it(past: Past) -> None:
    """Pages would name the new one, and the old one be published, which an earlier build had encoded."""
    path = past.root / "issues/plot.png"
    _picture(path, "red")
    past.write("plots", "![A plot](plot.png)")
    past.build()
    past.edit("issues/plots.md", "![A plot]", "![A better plot]")
    before = shown(past.public)
    with pytest.raises(IssueError, match=r"issues/plots\.md: it or its image was changed while"):
        _build(past, {"issues": lambda: _picture(path, "blue")})
    assert shown(past.public) == before


@pytest.mark.parametrize(
    ("file", "old", "new", "is_undone"),
    [
        ("templates/archive/base.html", "Skip to", "Leap to", True),
        ("templates/archive/site.css", ".notice a {", ".notice a, .notice b {", False),
        ("pyproject.toml", 'name = "Steady"', 'name = "Steadier"', False),
    ],
)
def test_what_all_pages_share_may_not_change_while_the_site_is_built(
    past: Past, file: str, old: str, new: str, *, is_undone: bool
) -> None:
    """Some pages would be of the old one and some of the new, and stand for ever; be the change undone."""
    undo = {"pages": partial(past.edit, file, new, old)} if is_undone else {}
    with pytest.raises(SettingsError, match=f"^{file}: was changed while the site was built"):
        _build(past, {"issues": partial(past.edit, file, old, new), **undo})
    assert not past.public.exists()


def test_settings_that_are_spoilt_while_the_site_is_built_are_told(past: Past) -> None:
    """Be they read by another process than the one that was started."""
    tags = [f"tag-{number}" for number in range(FEW)]
    past.sent("many", tags=tags)
    with pytest.raises(SettingsError, match=r"pyproject\.toml"):
        _build(past, {"issues": partial(past.edit, "pyproject.toml", "timezone =", "timezone")})


@pytest.mark.parametrize(
    ("template", "old", "new"),
    [
        (
            "issue",
            "{% if sources %}",
            "{% if card.corrections %}<div style='display:none'>{% endif %}{% if sources %}",
        ),
        ("redirect", "{% block opening %}", "{% block opening %}<style>.notice{display:none}</style>"),
        ("feed-entry", "{{ article }}", "{{ article }}<div style='display:none'>"),
    ],
)
def test_a_disclaimer_that_one_kind_of_page_hides_stops_the_build(
    past: Past, template: str, old: str, new: str
) -> None:
    """Also where the newest issue is not of that kind."""
    past.sent("moves", corrections=[{"date": "2026-11-20", "text": "A slip."}])
    past.sent("newest", at="2026-12-08T07:30")
    past.edit(f"templates/archive/{template}.html", old, new)
    with pytest.raises(ChecksFailed) as stopped:
        past.build()
    assert {rule[:3] for rule in _rules(stopped.value)} <= {"VIS", "DIS"}
    assert not past.public.exists()


def test_a_registry_that_is_a_link_is_looked_at_all_the_same(past: Past) -> None:
    """Several newsletters may share one."""
    registry = past.root / "templates/disclaimers"
    shutil.move(registry, past.root / "shared")
    registry.symlink_to(past.root / "shared")
    past.build()
    (file,) = (past.root / "shared/gen").iterdir()
    heading = re.search(r"^heading: (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
    assert heading
    text = file.read_text(encoding="utf-8").replace(heading[0], "heading: A heading of its own")
    file.write_text(text, encoding="utf-8")
    past.build()
    assert "A heading of its own" in past.page("sleep")


def test_a_mail_without_a_page_has_its_images(past: Past) -> None:
    """It asks for them under the archive's address all the same."""
    _picture(past.root / "issues/plot.png", "red")
    past.write("apart", "![A plot](plot.png)", archive="none")
    past.build()
    names = _assets(past.message("apart").html)
    assert names
    assert all((past.public / "assets" / name).is_file() for name in names)


@pytest.mark.parametrize("kinds", [("claimed", "scheduled"), ("claimed", "scheduled", "sent")], ids=" ".join)
def test_an_image_of_a_letter_is_kept_as_long_as_its_file_is_there(
    past: Past, kinds: tuple[str, ...]
) -> None:
    """It would be missing in every mailbox; its issue may show another one under another name."""
    _picture(past.root / "issues/plot.png", "red")
    past.write("plots", "![A plot](plot.png)")
    past.record("plots", *kinds)
    past.build()
    names = _assets(past.page("plots"))
    (past.root / "issues/img").mkdir()
    _picture(past.root / "issues/img/plot-2.png", "blue")
    past.edit("issues/plots.md", "plot.png", "img/plot-2.png")
    past.build()
    assert all((past.public / "assets" / name).is_file() for name in names)
    assert names.isdisjoint(_assets(past.page("plots")))
    (past.root / "issues/plot.png").unlink()
    with pytest.raises(ChecksFailed) as stopped:
        past.build()
    assert _rules(stopped.value) == {"ARC004"}
    _picture(past.root / "issues/img/as-it-was.png", "red")
    assert past.build().data["written"] == []


def test_an_image_of_a_letter_is_not_left_to_another_issue(past: Past) -> None:
    """That one may have no page, and then none of its images."""
    _picture(past.root / "issues/plot.png", "red")
    past.sent("plots", "![A plot](plot.png)")
    names = _assets(past.message("plots").html)
    past.edit("issues/plots.md", "![A plot](plot.png)", "No plot.")
    past.write("others", "![A plot](plot.png)", template="nosuch")
    assert past.build().data["left_out"] == ["issues/others.md"]
    assert all((past.public / "assets" / name).is_file() for name in names)


def test_what_a_draft_lacks_is_told_whatever_was_known_of_it(past: Past) -> None:
    """A site that remembers it says what one from scratch would."""
    image = past.root / "issues/plot.png"
    _picture(image, "red")
    past.write("plots", "![A plot](plot.png)", status="draft")
    assert past.build().findings == ()
    assert not list((past.public / "assets").glob("*.png"))
    image.unlink()
    assert [finding.id for finding in past.build().findings] == ["FM040"]


@pytest.mark.parametrize("rehearsal", [True, False])
def test_what_was_only_rehearsed_asks_for_no_image_of_a_real_site_nor_the_other_way_round(
    past: Past, *, rehearsal: bool
) -> None:
    """Both letters lie beside one record; the site that is built belongs to one of them."""
    if rehearsal:
        past.edit("pyproject.toml", 'provider = "listmonk"', 'provider = "outbox"')
    _picture(past.root / "issues/plot.png", "red")
    past.write("plots", "![A plot](plot.png)")
    past.record("plots", "claimed", "scheduled", "sent", rehearsal=not rehearsal)
    _picture(past.root / "issues/plot.png", "blue")
    past.record("plots", "claimed", "scheduled", "sent", rehearsal=rehearsal)
    assert past.build().data["left_out"] == []


def test_an_image_that_is_a_link_is_followed_to_its_new_end(past: Past) -> None:
    """The mail of an issue that is yet to go out shows the new one, and its page belongs to that mail."""
    for colour in ("red", "blue"):
        _picture(past.root / f"issues/{colour}.png", colour)
    link = past.root / "issues/plot.png"
    link.symlink_to("red.png")
    past.write("plots", "![A plot](plot.png)")
    past.build()
    link.unlink()
    link.symlink_to("blue.png")
    past.build()
    assert past.message("plots").digest in past.page("plots")


def test_a_letter_that_a_human_must_look_at_went_out_all_the_same(past: Past) -> None:
    """Its page is listed; what readers got is not what is on record, so that is not shown as the letter."""
    past.write("moves")
    message = past.record("moves", "claimed", "scheduled")
    with past.receipts.hold(message.key):
        more = {"send_at": "2026-11-17T12:30:00+00:00", "sent_at": "2026-11-17T12:31:00+00:00"}
        past.receipts.append(message.key, "needs-review", {"content_digest": message.digest, **more})
    past.build()
    assert past.build().data["listed"] == 2
    assert "noindex" not in past.page("moves")
    assert not (past.public / "moves/message.html").exists()


def test_one_issue_that_no_template_fits_stops_no_other(past: Past) -> None:
    """Nobody was sent it yet: it is left out and told."""
    past.write("moves", template="nosuch")
    result = past.build()
    assert [finding.id for finding in result.findings] == ["ARC005"]
    assert past.page("sleep")


@pytest.mark.parametrize("front", [{"slug": "apart"}, {"aliases": ["older"]}], ids=str)
def test_nobody_takes_the_address_of_a_letter_whose_page_was_taken_away(past: Past, front: Any) -> None:
    """What readers were led to would become another issue, or lead to one."""
    past.sent("apart", archive="none", aliases=["older"])
    past.write("moves", **front)
    (found,) = past.build().findings
    assert (found.id, found.file) == ("ARC001", "issues/moves.md")
    assert past.build().data["left_out"] == ["issues/moves.md"]  # nor does what is remembered give it away


def test_an_old_file_and_what_lies_in_it_cannot_be_together(past: Past) -> None:
    """One of the two issues is named, with the other."""
    past.write("moves", aliases=["old.html"])
    past.write("steps", aliases=["old.html/more"])
    assert [finding.id for finding in past.build().findings] == ["ARC001"]


def test_an_issue_cannot_have_its_own_letter_as_an_old_address(past: Past) -> None:
    """Which of the two stood there would be left to chance; nor can a page lie in a file."""
    past.write("moves", aliases=["old.html", "/moves/message.html", "old.html/more"])
    found = past.build().findings
    lines = (past.root / "issues/moves.md").read_text(encoding="utf-8").splitlines()
    assert [(each.id, each.file, lines[each.line - 1]) for each in found] == [
        ("FM025", "issues/moves.md", "- /moves/message.html"),
        ("FM025", "issues/moves.md", "- old.html/more"),
    ]
    assert past.page("sleep")
    assert not past.page("moves")


def test_why_an_issue_cannot_be_read_is_told_when_its_letter_seems_to_have_none(past: Past) -> None:
    """Its file is named otherwise than its id."""
    past.sent("file-name", id="stiff")
    past.edit("issues/file-name.md", "status: ready", "status: redy")
    with pytest.raises(ChecksFailed) as stopped:
        past.build()
    assert _rules(stopped.value) == {"ARC003", "FM023"}


def test_what_a_system_leaves_in_a_folder_stops_no_build(past: Past) -> None:
    """It comes when somebody looks at the site."""
    past.build()
    (past.public / ".DS_Store").write_bytes(b"view")
    for text in ("More.", "Yet more."):
        past.edit("issues/sleep.md", "About sleep.", f"About sleep. {text}")
        past.build()
    assert not (past.public / ".DS_Store").exists()


def _anothers(past: Past, page: str) -> None:
    """Put on record a letter of another newsletter that keeps its record beside ours."""
    data = {"newsletter": "other", "page": page, "send_at": "2026-11-17T12:30:00+00:00"}
    with past.receipts.hold("other-hips"):
        for kind in ("claimed", "scheduled", "sent"):
            past.receipts.append("other-hips", kind, data)


@pytest.mark.parametrize("page", ["", "https://other.example/hips/", f"{URL}/other/hips/"])
def test_another_newsletter_may_keep_its_record_beside_ours(past: Past, page: str) -> None:
    """Its issues have no file here; its archive may lie within ours."""
    _anothers(past, page)
    assert past.build().data["listed"] == 1


def test_a_newsletter_that_gets_another_id_is_told_to_keep_its_own(past: Past) -> None:
    """The mails that it sent under the old one lead to pages of this archive."""
    _anothers(past, f"{URL}/hips/")
    with pytest.raises(ChecksFailed) as stopped:
        past.build()
    (found,) = stopped.value.findings
    assert (found.id, found.file) == ("ARC003", "issues/hips.md")
    assert "write id = 'other' again in pyproject.toml" in found.hint
