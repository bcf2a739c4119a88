"""Waivers turn errors into notes, never blocks, and are themselves checked."""

import dataclasses
import datetime as dt
from pathlib import Path

import pytest
from letters import TODAY, checked, html, issue, message

from conftest import SetClock
from pipeline.commands.check import check
from pipeline.model import Finding, Severity, Waiver

SLIP = Finding("MD006", Severity.ERROR, "a link has no words", "write some", "issues/x.md", 20)
VALID = Waiver("MD006", "quote from the guideline", "ada", TODAY, line=9)
ENDED = Waiver("MD006", "quote from the guideline", "ada", TODAY - dt.timedelta(days=1), line=9)


def outcome(
    *waivers: Waiver, found: tuple[Finding, ...] = (SLIP,), sending: bool = False
) -> list[tuple[str, str]]:
    """Return id and severity of every finding."""
    findings = checked(message(found=found), issue(*waivers), sending=sending)
    return [(finding.id, finding.severity.value) for finding in findings]


@pytest.mark.parametrize("sending", [False, True])
def test_a_valid_waiver_turns_an_error_into_a_note(*, sending: bool) -> None:
    """It holds up to and on its last day."""
    assert outcome(VALID, sending=sending) == [("MD006", "note")]


def test_the_note_says_who_waived_it_and_why() -> None:
    """A reader of the report need not open the issue."""
    (finding,) = checked(message(found=(SLIP,)), issue(VALID))
    assert finding.hint == f"waived by ada until {TODAY}: quote from the guideline"


def test_an_expired_waiver_only_warns_in_a_check() -> None:
    """No build turns red by waiting."""
    assert outcome(ENDED) == [("OVR003", "warning"), ("MD006", "warning")]


def test_an_expired_waiver_stops_a_send() -> None:
    """Freshness is asked for when readers would get it."""
    assert outcome(ENDED, sending=True) == [("OVR003", "error"), ("MD006", "error")]


def test_a_newer_waiver_of_the_same_rule_counts() -> None:
    """The old one is still told of."""
    assert outcome(VALID, ENDED, sending=True) == [("OVR003", "error"), ("MD006", "note")]


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


@pytest.mark.parametrize(
    "rule",
    [
        *("DISC001", "DISC", "VIS008", "REG002", "PRV001", "MED001", "OVR004"),
        *("TOP002", "CRI001", "CLM008", "CLM019", "MAIL001", "MAIL002", "MAIL003", "AFF001"),
    ],
)
def test_some_rules_are_never_waived_though_they_found_nothing(rule: str) -> None:
    """OVR002: such a waiver would lie in wait for the day on which it is needed least."""
    assert outcome(dataclasses.replace(VALID, rule=rule), found=()) == [("OVR002", "block")]


@pytest.mark.parametrize("rule", ["TOP001", "TOP005", "REV001", "PLC003"])
def test_their_neighbours_can_be_waived(rule: str) -> None:
    """The list is of rules, not of all that stand beside them."""
    slip = dataclasses.replace(SLIP, id=rule)
    assert outcome(dataclasses.replace(VALID, rule=rule), found=(slip,)) == [(rule, "note")]


@pytest.mark.parametrize(
    ("rule", "hint"),
    [
        ("MD6", "did you mean 'MD006'?"),
        ("MD-006", "did you mean 'MD006'?"),
        ("TPO001", "did you mean 'TOP001'?"),
        ("ZQ", "copy the rule from the finding"),
    ],
)
def test_a_waiver_of_no_rule_names_the_nearest(rule: str, hint: str) -> None:
    """OVR001: it would never match anything, and nobody would notice."""
    (finding,) = checked(letter=issue(dataclasses.replace(VALID, rule=rule)))
    assert (finding.id, finding.severity, finding.file, finding.line) == ("OVR001", "error", "issues/x.md", 9)
    assert finding.hint.startswith(hint)


@pytest.mark.parametrize(
    "reason",
    [
        "it is fine",
        "too short     a",
        "...............",
        "aaaaaaaaaaaaaaaaaaa",
        "because because because",
        "No reason. No reason, no reason",
        "n/a n/a n/a n/a n/a n/a",
        "1111111111111111",
    ],
)
def test_a_waiver_gives_a_reason(reason: str) -> None:
    """OVR001: fifteen characters that say something; without, it waives nothing."""
    assert outcome(dataclasses.replace(VALID, reason=reason)) == [("OVR001", "error"), ("MD006", "error")]


@pytest.mark.parametrize(
    "reason", ["quote in note 3", "Zitat aus der Leitlinie", "ガイドラインからの引用であるため残す"]
)
def test_a_short_reason_is_one(reason: str) -> None:
    """In any language."""
    assert outcome(dataclasses.replace(VALID, reason=reason)) == [("MD006", "note")]


@pytest.mark.parametrize(("days", "found"), [(90, []), (91, ["OVR001"]), (3_000, ["OVR001"])])
@pytest.mark.parametrize("sending", [False, True])
def test_a_waiver_ends_within_ninety_days(days: int, found: list[str], *, sending: bool) -> None:
    """OVR001: that it is too far off goes by waiting, so that it may stop a check."""
    far = dataclasses.replace(VALID, until=TODAY + dt.timedelta(days=days))
    seen = outcome(far, sending=sending)
    assert [rule for rule, _ in seen if rule.startswith("OVR")] == found
    assert ("MD006", "error" if found else "note") in seen


def test_a_waiver_is_by_somebody() -> None:
    """OVR001: a dash answers for nothing."""
    nobody = dataclasses.replace(VALID, by=" - ")
    assert outcome(nobody) == [("OVR001", "error"), ("MD006", "error")]


@pytest.mark.parametrize("by", ["Coach Luke", "luke", "Mr. LUKE"])
def test_an_author_waives_nothing(by: str) -> None:
    """OVR004: whoever wrote the letter does not decide that its errors may stand."""
    assert outcome(dataclasses.replace(VALID, by=by)) == [("OVR004", "error"), ("MD006", "error")]


def test_a_letter_without_an_author_cannot_tell_two_people_apart() -> None:
    """OVR004: what nobody can decide counts as failed."""
    letter = dataclasses.replace(issue(VALID), authors=())
    found = checked(message(found=(SLIP,)), letter)
    assert [one.id for one in found] == ["OVR004", "MD006"]
    assert found[0].hint == "add authors: to the front matter"


def test_an_expired_waiver_that_was_never_sound_stops_a_check() -> None:
    """Only the end of a waiver comes by waiting."""
    ended = dataclasses.replace(ENDED, reason="x")
    assert outcome(ended) == [("OVR001", "error"), ("MD006", "error"), ("OVR003", "warning")]


@pytest.mark.parametrize(("count", "found"), [(5, []), (6, [("OVR005", "warning")])])
def test_many_waivers_are_told(count: int, found: list[tuple[str, str]]) -> None:
    """OVR005: more than five are many; each of these is in use."""
    rules = [f"MD{number:03}" for number in range(1, count + 1)]
    waivers = [dataclasses.replace(VALID, rule=rule) for rule in rules]
    slips = tuple(dataclasses.replace(SLIP, id=rule) for rule in rules)
    seen = checked(message(found=slips), issue(*waivers))
    assert [(one.id, one.severity.value) for one in seen if one.id.startswith("OVR")] == found
    assert all(one.line == 8 for one in seen if one.id == "OVR005")


def test_a_waiver_in_front_matter_lets_one_error_stand(root: Path, clock: SetClock) -> None:
    """From the file to the command's exit code; what nobody waived still stops."""
    name = "2026-12-01-when-one-side-works-harder"
    path = root / "issues" / name / "index.md"
    source = f"{path.read_text(encoding='utf-8')}\nSome write {{{{ coupon }}}} there.\n"
    path.write_text(source, encoding="utf-8")
    assert check(root, [name], strict=False, clock=clock).exit_code == 1
    waiver = "{rule: MD002, reason: the paragraph shows how such braces look, by: Ben Ito, until: 2026-12-31}"
    path.write_text(source.replace("\nauthors:", f"\nwaivers:\n  - {waiver}\nauthors:"), encoding="utf-8")
    answer = check(root, [name], strict=True, clock=clock)
    assert [(one.id, one.severity.value) for one in answer.findings] == [("MD002", "note")]
    assert answer.exit_code == 0
    clock.now += dt.timedelta(days=60)
    assert check(root, [name], strict=False, clock=clock).exit_code == 0
    path.write_text(
        source.replace("\nauthors:", f"\nwaivers:\n  - {waiver.replace('MD002', 'MD001')}\nauthors:")
    )
    assert check(root, [name], strict=False, clock=clock).exit_code == 1


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
