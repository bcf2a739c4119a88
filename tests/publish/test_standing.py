"""Where an issue stands: what record and provider say together, as a table."""

import datetime as dt
from pathlib import Path
from typing import Any, get_args

import pytest

from conftest import SetClock
from pipeline.model import Draft, DraftState, Entry, EntryKind, Receipt
from pipeline.publish import Case, Desk
from pipeline.publish.standing import judge
from samples import ID, KEY, SEND_AT, desk

AT = SEND_AT.astimezone(dt.UTC)
THEN = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
BY = "by run-7 on Tue 2026-11-24 07:00 EST"
TIME = "Tue 2026-12-01 07:30 EST"
STATES: tuple[DraftState, ...] = get_args(DraftState)
DATED = ("scheduled", "sending", "sent")


@pytest.fixture
def office(tmp_path: Path, clock: SetClock) -> Desk:
    """A desk with an empty outbox and no receipts."""
    return desk(tmp_path, clock)


def entry(kind: EntryKind, **data: Any) -> Entry:
    """Return an entry about draft 7 of the outbox."""
    fixed = {"provider": "outbox", "draft": "7", "send_at": AT.isoformat(), "rehearsal": True}
    return Entry(kind, THEN, "run-7", "1", {**fixed, **data})


def draft(state: DraftState, draft_id: str = "7", *, at: dt.datetime = AT) -> Draft:
    """Return a draft as the provider shows it."""
    times = {"send_at": at} if state in DATED else {}
    return Draft(draft_id, KEY, state, native_state=state, **times)


def receipt(*entries: Entry) -> Receipt:
    """Return all that is on record."""
    return Receipt(KEY, entries)


NONE_ON_RECORD = [
    ("", Case.FREE, ""),
    ("draft", Case.FREE, ""),
    ("scheduled", Case.BLOCKED, f"outbox shows it as 'scheduled' for {TIME}, and not by our record"),
    ("sending", Case.BLOCKED, f"outbox shows it as 'sending' for {TIME}, and not by our record"),
    ("sent", Case.BLOCKED, f"outbox shows it as 'sent' for {TIME}, and not by our record"),
    ("cancelled", Case.BLOCKED, "outbox shows it as 'cancelled', and not by our record"),
    ("unknown", Case.BLOCKED, "outbox shows it as 'unknown', and not by our record"),
]
BACK = "taken back without a record: outbox shows a draft"
GONE = "its draft '7' is not at outbox: nobody can say whether it went out"
ON_RECORD: list[tuple[EntryKind, str, Case, str]] = [
    ("claimed", "", Case.BLOCKED, f"claimed on record, and {GONE}"),
    ("claimed", "draft", Case.CLAIMED, f"claimed {BY}, which has not scheduled it"),
    ("claimed", "scheduled", Case.RECOVER, f"already scheduled for {TIME}, {BY}"),
    ("claimed", "sending", Case.RECOVER, f"already going out since {TIME}, {BY}"),
    ("claimed", "sent", Case.RECOVER, f"already sent on {TIME}, {BY}"),
    ("claimed", "cancelled", Case.BLOCKED, "claimed on record, and outbox shows it as 'cancelled'"),
    ("claimed", "unknown", Case.BLOCKED, "claimed on record, and outbox shows it as 'unknown'"),
    ("scheduled", "", Case.BLOCKED, f"scheduled on record, and {GONE}"),
    ("scheduled", "draft", Case.TAKEN_BACK, f"scheduled on record, and {BACK}"),
    ("scheduled", "scheduled", Case.SCHEDULED, f"already scheduled for {TIME}, {BY}"),
    ("scheduled", "sending", Case.SENDING, f"already going out since {TIME}, {BY}"),
    ("scheduled", "sent", Case.SENT, f"already sent on {TIME}, {BY}"),
    ("scheduled", "cancelled", Case.BLOCKED, "scheduled on record, and outbox shows it as 'cancelled'"),
    ("scheduled", "unknown", Case.BLOCKED, "scheduled on record, and outbox shows it as 'unknown'"),
    *(("sent", state, Case.SENT, f"already sent on {TIME}, {BY}") for state in ("", *STATES)),
    *(("needs-review", state, Case.REVIEW, "half of them bounced") for state in ("", *STATES)),
]


@pytest.mark.parametrize(("state", "case", "why"), NONE_ON_RECORD)
def test_without_a_record_only_an_untouched_draft_is_free(
    office: Desk, state: DraftState, case: Case, why: str
) -> None:
    """What somebody did at the provider by hand is never taken for ours."""
    seen = judge(receipt(), [draft(state)] if state else [], office)
    assert (seen.case, seen.why) == (case, why)
    assert bool(seen.hint) == bool(why)
    assert not seen.dispatched


@pytest.mark.parametrize(("kind", "state", "case", "why"), ON_RECORD)
def test_record_and_draft_are_judged_together(
    office: Desk, kind: EntryKind, state: DraftState, case: Case, why: str
) -> None:
    """Every kind of entry beside every state: a case, and words for it."""
    seen = judge(receipt(entry(kind, reason="half of them bounced")), [draft(state)] if state else [], office)
    assert (seen.case, seen.why) == (case, why)
    assert seen.hint
    assert seen.refusal().message == f"{ID}: {why}"
    assert KEY not in seen.refusal().message + seen.hint


def test_the_table_is_complete() -> None:
    """No combination that can occur is left out."""
    kinds = set(get_args(EntryKind)) - {"approved", "cancelled"}
    assert {row[:2] for row in ON_RECORD} == {(kind, state) for kind in kinds for state in ("", *STATES)}
    assert {row[0] for row in NONE_ON_RECORD} == {"", *STATES}


@pytest.mark.parametrize("kind", ["claimed", "scheduled", "sent", "needs-review"])
@pytest.mark.parametrize("state", DATED)
def test_a_second_dispatch_is_the_worst_there_is(office: Desk, kind: EntryKind, state: DraftState) -> None:
    """Whatever is on record: another draft under way may reach readers twice."""
    seen = judge(receipt(entry(kind)), [draft("sent"), draft(state, "8")], office)
    assert (seen.case, seen.why) == (Case.BLOCKED, f"outbox shows a second one, draft 8, as {state!r}")
    assert "twice" in seen.hint


def test_a_second_draft_beside_a_dispatch_does_no_harm(office: Desk) -> None:
    """An untouched draft goes to nobody; that it is left over can be told."""
    seen = judge(receipt(entry("scheduled")), [draft("scheduled"), draft("draft", "8")], office)
    assert seen.case is Case.SCHEDULED
    assert seen.spare == (draft("draft", "8"),)


@pytest.mark.parametrize("kind", ["claimed", "scheduled"])
def test_another_time_than_the_recorded_one_is_not_ours(office: Desk, kind: EntryKind) -> None:
    """Moved by hand, or understood wrongly by the provider: it is not taken for what was asked."""
    moved = draft("scheduled", at=AT + dt.timedelta(hours=5))
    seen = judge(receipt(entry(kind)), [moved], office)
    assert seen.case is Case.BLOCKED
    assert seen.why == (
        f"{kind} for {TIME} on record, and outbox shows Tue 2026-12-01 12:30 EST: not by this command"
    )


def test_the_same_moment_in_another_zone_is_the_same(office: Desk) -> None:
    """Moments are compared, not how they are written."""
    assert judge(receipt(entry("scheduled")), [draft("scheduled", at=SEND_AT)], office).case is Case.SCHEDULED


@pytest.mark.parametrize("kind", ["claimed", "scheduled"])
def test_a_dispatch_at_another_provider_is_not_judged_here(office: Desk, kind: EntryKind) -> None:
    """Two providers may use the same ids: a draft here says nothing about the one there."""
    seen = judge(receipt(entry(kind, provider="brevo")), [draft("draft")], office)
    assert (seen.case, seen.draft) == (Case.BLOCKED, None)
    assert "on record at 'brevo'" in seen.why
    assert "the settings say 'outbox' now" in seen.why


def test_what_was_sent_elsewhere_stays_sent(office: Desk) -> None:
    """After a change of provider old issues are neither alarms nor sent again."""
    assert judge(receipt(entry("sent", provider="brevo")), [], office).case is Case.SENT


def test_a_cancelled_dispatch_leaves_the_issue_free(office: Desk) -> None:
    """It can be sent again."""
    seen = judge(receipt(entry("claimed"), entry("scheduled"), entry("cancelled")), [draft("draft")], office)
    assert seen.case is Case.FREE


def test_a_real_dispatch_and_a_rehearsal_do_not_meet(office: Desk) -> None:
    """Neither vetoes the other."""
    real = entry("sent", rehearsal=False)
    assert judge(receipt(real), [], office).case is Case.FREE
    assert judge(receipt(entry("scheduled"), real), [draft("scheduled")], office).case is Case.SCHEDULED
