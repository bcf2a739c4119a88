"""Waivers turn errors into notes, never blocks, and are themselves checked."""

import datetime as dt

import pytest
from letters import TODAY, checked, html, issue, message

from pipeline.model import Finding, Severity, Waiver

SLIP = Finding("LINK004", Severity.ERROR, "a link has no words", "write some", "issues/x.md", 20)
VALID = Waiver("LINK004", "quote from the guideline", "ada", TODAY, line=9)
ENDED = Waiver("LINK004", "quote from the guideline", "ada", TODAY - dt.timedelta(days=1), line=9)


def outcome(
    *waivers: Waiver, found: tuple[Finding, ...] = (SLIP,), sending: bool = False
) -> list[tuple[str, str]]:
    """Return id and severity of every finding."""
    findings = checked(message(found=found), issue(*waivers), sending=sending)
    return [(finding.id, finding.severity.value) for finding in findings]


@pytest.mark.parametrize("sending", [False, True])
def test_a_valid_waiver_turns_an_error_into_a_note(*, sending: bool) -> None:
    """It holds up to and on its last day."""
    assert outcome(VALID, sending=sending) == [("LINK004", "note")]


def test_the_note_says_who_waived_it_and_why() -> None:
    """A reader of the report need not open the issue."""
    (finding,) = checked(message(found=(SLIP,)), issue(VALID))
    assert finding.hint == f"waived by ada until {TODAY}: quote from the guideline"


def test_an_expired_waiver_only_warns_in_a_check() -> None:
    """No build turns red by waiting."""
    assert outcome(ENDED) == [("OVR003", "warning"), ("LINK004", "warning")]


def test_an_expired_waiver_stops_a_send() -> None:
    """Freshness is asked for when readers would get it."""
    assert outcome(ENDED, sending=True) == [("OVR003", "error"), ("LINK004", "error")]


def test_a_newer_waiver_of_the_same_rule_counts() -> None:
    """The old one is still told of."""
    assert outcome(VALID, ENDED, sending=True) == [("OVR003", "error"), ("LINK004", "note")]


def test_a_waiver_without_an_error_is_told() -> None:
    """OVR003: a stale waiver would hide the next error of its kind."""
    assert outcome(VALID, found=()) == [("OVR003", "warning")]


def test_a_block_cannot_be_waived() -> None:
    """OVR002: a missing disclaimer stays a block, and the waiver becomes one."""
    waiver = Waiver("DISC001", "we are in a hurry", "ada", TODAY, line=9)
    findings = checked(message(html(notice="")), issue(waiver))
    assert {(finding.id, finding.severity) for finding in findings} == {
        ("DISC001", Severity.BLOCK),
        ("OVR002", Severity.BLOCK),
    }


def test_findings_are_sorted_worst_first_then_by_place() -> None:
    """The reader begins with what stops the send."""
    notes = tuple(
        Finding("X001", severity, "x", "y", file, line)
        for severity, file, line in [
            (Severity.NOTE, "a", 1),
            (Severity.ERROR, "b", 1),
            (Severity.ERROR, "a", 9),
            (Severity.ERROR, "a", 2),
            (Severity.BLOCK, "z", 1),
        ]
    )
    found = checked(message(found=notes))
    assert [(f.severity.value, f.file, f.line) for f in found] == [
        ("block", "z", 1),
        ("error", "a", 2),
        ("error", "a", 9),
        ("error", "b", 1),
        ("note", "a", 1),
    ]
