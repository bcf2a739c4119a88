"""What a receipt says of itself: called off, moved, no longer what was dispatched."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from pipeline.model import Entry, EntryKind, Receipt
from pipeline.receipts import asks_anew, called_off, differs, planned_at
from samples import KEY, SEND_AT, message

AT = SEND_AT.astimezone(dt.UTC)
THEN = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
ASKED = {"asked_at": AT.isoformat(), "content_digest": message().digest}


def entry(kind: EntryKind, **data: Any) -> Entry:
    """Return an entry of a rehearsal."""
    return Entry(kind, THEN, "run-7", "1", {"send_at": AT.isoformat(), "rehearsal": True, **data})


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ((), False),
        ((entry("cancelled"),), False),
        ((entry("cancelled", called_off=True),), True),
        ((entry("cancelled", called_off=True), entry("approved")), True),
        ((entry("cancelled", called_off=True), entry("claimed")), False),
        ((entry("cancelled", called_off=True, rehearsal=False),), False),
    ],
)
def test_called_off_is_what_a_person_cancelled_last(entries: tuple[Entry, ...], *, expected: bool) -> None:
    """A run that ends a dead claim calls nothing off."""
    assert (called_off(Receipt(KEY, entries), rehearsal=True) is not None) == expected


def test_a_time_is_new_when_no_entry_ever_asked_for_it() -> None:
    """An old checkout asks for an old time; a record without times decides nothing."""
    later = SEND_AT + dt.timedelta(hours=1)
    record = Receipt(KEY, (entry("claimed", **ASKED), entry("cancelled", asked_at=later.isoformat())))
    assert not asks_anew(record, SEND_AT)
    assert not asks_anew(record, later)
    assert asks_anew(record, later + dt.timedelta(hours=1))
    assert not asks_anew(Receipt(KEY, (entry("cancelled"),)), SEND_AT)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, False),
        ({"digest": "other"}, True),
        ({"send_at": SEND_AT + dt.timedelta(hours=1)}, True),
        ({"send_at": AT}, False),
        ({"subject": "not in the digest here"}, False),
    ],
)
def test_a_message_differs_by_its_content_or_its_time(changes: dict[str, Any], *, expected: bool) -> None:
    """The same moment in another zone is the same."""
    assert differs(entry("scheduled", **ASKED), replace(message(), **changes)) == expected


def test_the_planned_time_is_the_one_on_record() -> None:
    """Nothing when there is none."""
    assert planned_at(entry("scheduled")) == AT
    assert planned_at(entry("scheduled", send_at="")) is None
