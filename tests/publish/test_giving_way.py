"""A run that others overtook: it gives way to whoever acted on the issue meanwhile."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conftest import SetClock
from pipeline import publish
from pipeline.errors import Altered, ReceiptError, Refused
from pipeline.model import NOTHING, Draft, Entry, EntryKind, Payload, Receipt, Stored
from pipeline.providers.outbox import Outbox
from pipeline.publish import Desk
from pipeline.receipts import FolderReceipts
from samples import ID, KEY, READERS, desk, message

CALLED_OFF = {"reason": "cancelled", "called_off": True, "rehearsal": True}


@pytest.fixture
def office(tmp_path: Path, clock: SetClock) -> Desk:
    """A desk with an empty outbox and no receipts."""
    return desk(tmp_path, clock)


def send(office: Desk) -> str:
    """Plan and send."""
    return publish.send(publish.plan(message(), READERS, office), office)


def kinds(office: Desk) -> list[str]:
    """Return what is on record."""
    return [entry.kind for entry in office.receipts.read(KEY).entries]


def states(office: Desk) -> list[str]:
    """Return what the provider shows."""
    return [draft.state for draft in office.provider.find(KEY)]


class Overslept(FolderReceipts):
    """Whoever claims sleeps, and is taken over and called off before it wakes."""

    def append(
        self,
        key: str,
        kind: EntryKind,
        data: Mapping[str, Any],
        *,
        seen: Receipt | None = None,
        parts: Mapping[str, str] = NOTHING,
    ) -> Entry:
        """Add the entry, and after a claim somebody else's."""
        entry = super().append(key, kind, data, seen=seen, parts=parts)
        if kind == "claimed":
            super().append(key, "cancelled", CALLED_OFF)
        return entry


def test_a_run_that_was_taken_over_while_it_slept_schedules_nothing(office: Desk) -> None:
    """Whoever called it off was told that nobody gets it."""
    receipts = Overslept(office.settings.root / "receipts", clock=office.clock)
    with pytest.raises(Refused, match=f"{ID}: somebody took it over while this run slept; nothing was sched"):
        send(office._replace(receipts=receipts))
    assert states(office) == ["draft"]
    assert kinds(office) == ["claimed", "cancelled"]


class Overtaken(Outbox):
    """Somebody else's entry gets on record while it schedules."""

    receipts: FolderReceipts
    kind: EntryKind
    data: Mapping[str, Any] = NOTHING

    def schedule(self, draft: Draft, *, at: dt.datetime) -> Draft:
        """Do it, and let the other one act."""
        done = super().schedule(draft, at=at)
        claim = self.receipts.read(KEY).entries[-1]
        self.receipts.append(KEY, self.kind, self.data or claim.data)
        return done


def overtaken(office: Desk, kind: EntryKind, data: Mapping[str, Any] = NOTHING) -> Desk:
    """Return the desk of a run that is overtaken like this."""
    receipts = FolderReceipts(office.settings.root / "receipts", clock=office.clock)
    provider = Overtaken(office.settings.root / "outbox", clock=office.clock)
    provider.receipts, provider.kind, provider.data = receipts, kind, data
    return office._replace(provider=provider, receipts=receipts)


def test_what_was_called_off_while_it_was_scheduled_is_taken_back(office: Desk) -> None:
    """And stays called off on record."""
    with pytest.raises(Refused, match=f"{ID}: called off or taken over while .*: it was taken back"):
        send(overtaken(office, "cancelled", CALLED_OFF))
    assert states(office) == ["draft"]
    assert kinds(office) == ["claimed", "cancelled"]
    with pytest.raises(Refused, match="called off"):
        publish.plan(message(), READERS, office, unattended=True)


def test_what_another_run_found_and_recorded_is_recorded_once(office: Desk) -> None:
    """A scheduled run saw the draft under way, and was the first to say so."""
    assert send(overtaken(office, "scheduled")) == "scheduled"
    assert states(office) == ["scheduled"]
    assert kinds(office) == ["claimed", "scheduled"]


@pytest.mark.parametrize("data", [{"by": "Ada Moreno", "rehearsal": True}, {"by": "Ada Moreno"}])
def test_a_sign_off_meanwhile_is_nobody_to_give_way_to(office: Desk, data: Mapping[str, Any]) -> None:
    """The claim stands as it did, whatever else got on the record."""
    assert send(overtaken(office, "approved", data)) == "scheduled"
    assert states(office) == ["scheduled"]
    assert kinds(office) == ["claimed", "approved", "scheduled"]


class Meddled(Outbox):
    """Somebody edits the draft there, or its wrapper, at the moment it is scheduled."""

    spoils_record = False
    wraps = False
    wrapped = False

    def schedule(self, draft: Draft, *, at: dt.datetime) -> Draft:
        """Change it, then schedule."""
        if self.wraps:
            self.wrapped = True
        else:
            given = replace(self.stored(draft, _NOTHING_GIVEN).payload, subject="Buy now")
            super().update(draft, given)
        if self.spoils_record:
            receipt = self._folder.parent / "receipts" / KEY / "receipt.json"
            receipt.rename(receipt.with_name("kept"))
            receipt.mkdir()
        return super().schedule(draft, at=at)

    def stored(self, draft: Draft, given: Payload) -> Stored:
        """Refuse to vouch for a draft in a wrapper."""
        if self.wrapped:
            raise Altered(f"outbox: draft {draft.id!r} has a header that is not ours")
        return super().stored(draft, given)


_NOTHING_GIVEN = Payload("", "", "", "", "", "", READERS, (), "")


def meddled(office: Desk, **how: bool) -> Desk:
    """Return the desk at a provider where somebody meddles like this."""
    provider = Meddled(office.settings.root / "outbox", clock=office.clock)
    for name, value in how.items():
        setattr(provider, name, value)
    return office._replace(provider=provider)


def test_a_changed_draft_is_taken_back_also_when_the_record_cannot_be_reached(office: Desk) -> None:
    """First of all; and whoever reads the error knows both."""
    with pytest.raises(ReceiptError) as caught:
        send(meddled(office, spoils_record=True))
    told = "somebody changed it at outbox meanwhile: subject; it was taken back, and that is not on record"
    assert caught.value.message.startswith(f"{ID}: {told}: ")
    assert states(office) == ["draft"]


def test_a_draft_that_was_wrapped_meanwhile_is_taken_back(office: Desk) -> None:
    """It holds what it was given, and would go out as something else."""
    with pytest.raises(Refused, match=r"meanwhile: .*a header that is not ours; it was taken back"):
        send(meddled(office, wraps=True))
    assert states(office) == ["draft"]
    assert kinds(office) == ["claimed", "cancelled"]
