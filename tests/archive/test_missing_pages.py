"""A page that a mail leads to is there, or the whole site stands as it was."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from past_issues import Past, shown

from pipeline.errors import ChecksFailed, ReceiptError


@pytest.fixture
def past(tmp_path: Path) -> Past:
    """A newsletter with two issues that were sent, and their archive."""
    made = Past(tmp_path / "newsletter")
    made.sent("backs", at="2026-11-10T07:30")
    made.sent("sleep", at="2026-11-17T07:30")
    made.build()
    return made


def refused(past: Past) -> list[tuple[str, str]]:
    """Return rule and file of each finding that stops a build; the old site must stand byte for byte."""
    before = shown(past.public)
    with pytest.raises(ChecksFailed) as stopped:
        past.build()
    assert stopped.value.exit_code == 1
    assert shown(past.public) == before
    assert all(finding.hint for finding in stopped.value.findings)
    return [(finding.id, finding.file) for finding in stopped.value.findings]


def left_out(past: Past) -> list[tuple[str, str]]:
    """Return rule and file of each warning of a build that goes on without an issue."""
    result = past.build()
    assert result.exit_code == 0
    assert all(finding.severity.value == "warning" for finding in result.findings)
    files = {finding.file for finding in result.findings}
    assert result.data["left_out"] == sorted(files)
    assert ("left out" in result.text) == bool(files)
    return [(finding.id, finding.file) for finding in result.findings]


def _broken(past: Past, ident: str) -> None:
    past.edit(f"issues/{ident}.md", "title:", "titel:")


def _no_wording(past: Past, ident: str) -> None:
    past.edit(f"issues/{ident}.md", "status:", "topics: [pregnancy_child]\nstatus:")


def _no_language(past: Past, ident: str) -> None:
    past.edit(f"issues/{ident}.md", "status:", "lang: fr\nstatus:")


@pytest.mark.parametrize(
    ("spoil", "rules"),
    [(_broken, {"FM014", "FM020"}), (_no_wording, {"TOP002"}), (_no_language, {"TOP002"})],
    ids=["broken", "a topic without its wording", "a language without wordings"],
)
@pytest.mark.parametrize("kinds", [("claimed",), ("claimed", "scheduled"), ("claimed", "scheduled", "sent")])
def test_one_that_went_out_or_is_about_to_stops_the_build(
    past: Past, spoil: Callable[[Past, str], None], rules: set[str], kinds: tuple[str, ...]
) -> None:
    """Its readers would find no page; what is wrong is told with its file."""
    past.write("moves")
    past.record("moves", *kinds)
    past.build()
    spoil(past, "moves")
    found = refused(past)
    assert {rule for rule, _ in found} == rules
    assert {file for _, file in found} == {"issues/moves.md"}


@pytest.mark.parametrize("spoil", [_broken, _no_wording], ids=["broken", "no wording"])
@pytest.mark.parametrize("kinds", [(), ("claimed", "scheduled", "cancelled")], ids=["never", "cancelled"])
def test_one_that_nobody_was_sent_is_left_out_and_told(
    past: Past, spoil: Callable[[Past, str], None], kinds: tuple[str, ...]
) -> None:
    """The others are built: an editor at work stops nobody's page."""
    past.write("moves")
    past.record("moves", *kinds)
    past.build()
    assert past.page("moves")
    spoil(past, "moves")
    past.edit("issues/sleep.md", "A letter.", "Another letter.")
    found = left_out(past)
    assert {file for _, file in found} == {"issues/moves.md"}
    assert not past.page("moves")
    assert "Another letter." in past.page("sleep")
    assert left_out(past) == found


def test_a_draft_that_is_broken_is_told_as_well(past: Past) -> None:
    """Nobody can tell that it is a draft."""
    past.write("moves", status="draft")
    assert left_out(past) == []
    _broken(past, "moves")
    assert {rule for rule, _ in left_out(past)} == {"FM014", "FM020"}


def test_one_that_is_gone_stops_the_build(past: Past) -> None:
    """The record names it; to take a page away, an issue says so itself."""
    (past.root / "issues/backs.md").unlink()
    assert refused(past) == [("ARC003", "issues/backs.md")]


def test_one_that_was_only_rehearsed_or_cancelled_may_go(past: Past) -> None:
    """No reader has its address."""
    past.write("tried")
    past.record("tried", "claimed", "sent", rehearsal=True)
    past.write("moves")
    past.record("moves", "claimed", "scheduled", "cancelled")
    past.build()
    for name in ("tried", "moves"):
        (past.root / f"issues/{name}.md").unlink()
    assert left_out(past) == []
    assert not past.page("tried")


def test_a_page_is_taken_away_by_its_issue(past: Past) -> None:
    """`archive: none` is what an editor means by that."""
    past.edit("issues/backs.md", "status: ready", "status: ready\narchive: none")
    assert left_out(past) == []
    assert not past.page("backs")


def test_an_address_that_moved_stops_the_build_until_an_alias_leads_on(past: Past) -> None:
    """The mail that went out links to the old one."""
    past.edit("issues/backs.md", "status: ready", "slug: stiff-backs\nstatus: ready")
    assert refused(past) == [("ARC002", "issues/backs.md")]
    past.edit("issues/backs.md", "slug: stiff-backs", "slug: stiff-backs\naliases: [/backs/]")
    assert left_out(past) == []
    assert "A letter." in past.page("stiff-backs")
    assert 'content="0; url=../stiff-backs/"' in past.page("backs")


def test_an_address_that_moved_before_the_mail_was_sent_again_is_no_matter(past: Past) -> None:
    """The mail that stands is the last one."""
    past.write("moves", slug="old")
    past.record("moves", "claimed", "scheduled", "cancelled")
    past.edit("issues/moves.md", "slug: old", "slug: new")
    assert left_out(past) == []
    past.record("moves", "claimed", "scheduled")
    assert left_out(past) == []
    assert past.page("new")


def test_of_two_that_want_one_address_the_one_that_went_out_has_it(past: Past) -> None:
    """The other one, which comes first by name, is left out."""
    past.write("another", slug="backs")
    assert left_out(past) == [("ARC001", "issues/another.md")]
    assert "<h1>Backs</h1>" in past.page("backs")


@pytest.mark.parametrize(
    "front",
    [{"aliases": ["backs"]}, {"aliases": ["/backs/index.html"]}, {"aliases": ["backs/message.html"]}],
    ids=["its page", "its page by its file", "its letter as sent"],
)
def test_an_alias_takes_no_address_of_another_issue(past: Past, front: dict[str, list[str]]) -> None:
    """However it is written."""
    past.write("another", **front)
    assert left_out(past) == [("ARC001", "issues/another.md")]
    assert "<h1>Backs</h1>" in past.page("backs")


def test_two_that_went_out_and_want_one_address_stop_the_build(past: Past) -> None:
    """Readers of one of them would find the other."""
    past.edit("issues/sleep.md", "status: ready", "slug: backs\naliases: [sleep]\nstatus: ready")
    assert refused(past) == [("ARC001", "issues/sleep.md")]


def test_two_that_nobody_was_sent_share_no_address_either(past: Past) -> None:
    """The first by name has it."""
    for name in ("one", "two"):
        past.write(name, slug="same")
    assert left_out(past) == [("ARC001", "issues/two.md")]
    assert "<h1>One</h1>" in past.page("same")


def test_an_alias_that_is_the_own_address_leads_nowhere_else(past: Past) -> None:
    """An issue that came back to its first slug keeps its page, and no page leads to itself."""
    past.edit("issues/backs.md", "status: ready", "aliases: [backs, /backs/, old, old/]\nstatus: ready")
    assert left_out(past) == []
    assert "A letter." in past.page("backs")
    assert "url=../backs/" in past.page("old")


def test_a_registry_with_a_fault_stops_the_build(past: Past) -> None:
    """As it stops every send: nobody knows which words are the approved ones."""
    past.edit("templates/disclaimers/gen/1.en-US.md", "not medical advice", "medical advice")
    assert {rule for rule, _ in refused(past)} >= {"REG002"}


def test_a_broken_record_stops_the_build(past: Past) -> None:
    """It is never taken for one that says nothing was sent."""
    (past.root / ".newsletter/receipts/steady-backs/receipt.json").write_text("{", encoding="utf-8")
    before = shown(past.public)
    with pytest.raises(ReceiptError, match="cannot be read"):
        past.build()
    assert shown(past.public) == before


def test_the_command_ends_in_1_where_a_page_would_be_missing_and_in_0_where_one_is_left_out(
    past: Past,
) -> None:
    """As a workflow sees it; the reason is told on stderr."""

    def run() -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "pipeline", "--root", str(past.root), "archive"]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    past.write("moves")
    _broken(past, "moves")
    ended = run()
    assert (ended.returncode, "issues/moves.md" in ended.stderr) == (0, True)
    before = shown(past.public)
    _broken(past, "backs")
    ended = run()
    assert (ended.returncode, "issues/backs.md" in ended.stderr) == (1, True)
    assert shown(past.public) == before
