"""What is scheduled is exchanged for the issue as it is now: taken back first, then sent anew."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from conftest import SetClock
from pipeline import publish
from pipeline.errors import ChecksFailed, Refused
from pipeline.model import Draft, Message, Payload
from pipeline.providers.outbox import Outbox
from pipeline.publish import Desk
from pipeline.publish.due import guard
from pipeline.publish.withdraw import take_back
from samples import ID, KEY, READERS, SEND_AT, desk, message

AT = SEND_AT.astimezone(dt.UTC)
EDITED = message(subject="Backs, corrected")


@pytest.fixture
def office(tmp_path: Path, clock: SetClock) -> Desk:
    """A desk on which the sample is scheduled."""
    office = desk(tmp_path, clock)
    publish.send(publish.plan(message(), READERS, office), office)
    return office


def amend(office: Desk, letter: Message = EDITED) -> str:
    """Exchange what is scheduled for *letter*."""
    return publish.amend(publish.plan(letter, READERS, office), office)


def kinds(office: Desk) -> list[str]:
    """Return what is on record."""
    return [entry.kind for entry in office.receipts.read(KEY).entries]


def test_an_amended_issue_goes_out_once_as_it_is_now(office: Desk, clock: SetClock) -> None:
    """The same draft, with the new words; each step is on record."""
    assert amend(office) == "scheduled"
    assert kinds(office) == ["claimed", "scheduled", "cancelled", "claimed", "scheduled"]
    clock.now = AT
    (draft,) = office.provider.find(KEY)
    assert draft.state == "sent"
    mails = sorted((office.settings.root / "outbox" / "sent").rglob("*.eml"))
    assert len(mails) == 2
    assert all(b"Backs, corrected" in mail.read_bytes() for mail in mails)


def test_an_amend_may_move_it(office: Desk) -> None:
    """To a later time, or an earlier one."""
    amend(office, message(send_at=SEND_AT + dt.timedelta(days=1)))
    assert office.provider.find(KEY)[0].send_at == AT + dt.timedelta(days=1)


@pytest.mark.parametrize("minutes", [29, 5])
def test_too_short_before_its_time_nothing_is_exchanged(office: Desk, clock: SetClock, minutes: int) -> None:
    """Less than the lead time: it stays as it is."""
    clock.now = AT - dt.timedelta(minutes=minutes)
    with pytest.raises(Refused, match="too soon to amend"):
        amend(office)
    assert kinds(office) == ["claimed", "scheduled"]
    assert office.provider.find(KEY)[0].state == "scheduled"


def test_nothing_scheduled_is_nothing_to_amend(office: Desk, clock: SetClock) -> None:
    """Neither what was cancelled nor what was sent."""
    publish.cancel(KEY, office)
    with pytest.raises(Refused, match=f"^{ID}: not scheduled, so there is nothing to amend$"):
        amend(office)
    publish.send(publish.plan(message(), READERS, office), office)
    clock.now = AT
    with pytest.raises(Refused, match=f"^{ID}: already sent on"):
        amend(office, replace(EDITED, send_at=SEND_AT + dt.timedelta(days=1)))


def test_what_somebody_moved_by_hand_is_not_amended(office: Desk) -> None:
    """A human acted there: a human decides."""
    (draft,) = office.provider.find(KEY)
    office.provider.unschedule(draft)
    office.provider.schedule(draft, at=AT + dt.timedelta(hours=1))
    with pytest.raises(Refused, match="not by this command"):
        amend(office)


def test_an_amend_that_fails_half_way_says_that_nothing_is_scheduled(office: Desk) -> None:
    """The old mail was taken back, and the new one is not fit: an editor must know both."""
    with pytest.raises(ChecksFailed) as caught:
        amend(office, message(words="Nothing to see here."))
    assert "what was scheduled before was taken back" in caught.value.message
    assert [draft.state for draft in office.provider.find(KEY)] == ["draft"]
    assert kinds(office) == ["claimed", "scheduled", "cancelled"]


def test_after_a_failed_amend_the_next_run_sends_by_itself(office: Desk) -> None:
    """Nobody called it off."""
    with pytest.raises(ChecksFailed):
        amend(office, message(words="Nothing to see here."))
    assert publish.send(publish.plan(EDITED, READERS, office, unattended=True), office) == "scheduled"


@pytest.mark.parametrize("claimed_again", [False, True])
def test_an_amend_that_died_is_repeated(office: Desk, *, claimed_again: bool) -> None:
    """It took back what was scheduled, and died before or after it claimed anew."""
    seen = publish.look(KEY, office)
    assert seen.draft is not None
    assert seen.entry is not None
    with office.receipts.hold(KEY):
        take_back(seen, seen.draft, office, reason="amended")
        if claimed_again:
            office.receipts.append(KEY, "claimed", seen.entry.data)
    assert amend(office) == "scheduled"
    assert kinds(office)[-2:] == ["claimed", "scheduled"]
    assert [draft.state for draft in office.provider.find(KEY)] == ["scheduled"]
    assert guard(KEY, office) is None


class Leaving(Outbox):
    """Shows what is scheduled as going out."""

    def read(self, draft_id: str) -> Draft | None:
        """Show it so."""
        draft = super().read(draft_id)
        return replace(draft, state="sending") if draft and draft.state == "scheduled" else draft


def test_what_is_going_out_is_not_amended(office: Desk) -> None:
    """And is not called scheduled."""
    leaving = Leaving(office.settings.root / "outbox", clock=office.clock)
    with pytest.raises(Refused, match=f"^{ID}: already going out since Tue"):
        amend(office._replace(provider=leaving))
    assert kinds(office) == ["claimed", "scheduled"]


class SecondHand(Outbox):
    """Somebody edits the draft there at the moment it is scheduled."""

    def schedule(self, draft: Draft, *, at: dt.datetime) -> Draft:
        """Change the subject, then schedule."""
        super().update(draft, replace(self.stored(draft, NOTHING_GIVEN).payload, subject="Buy now"))
        return super().schedule(draft, at=at)


NOTHING_GIVEN = Payload("", "", "", "", "", "", READERS, (), "")


def test_a_draft_that_is_changed_meanwhile_is_taken_back(tmp_path: Path, clock: SetClock) -> None:
    """Between proof and schedule there is a moment: whoever used it does not reach readers."""
    office = desk(tmp_path, clock)
    office = office._replace(provider=SecondHand(tmp_path / "second", clock=clock))
    with pytest.raises(Refused, match="somebody changed it at outbox meanwhile: subject; it was taken back"):
        publish.send(publish.plan(message(), READERS, office), office)
    assert [draft.state for draft in office.provider.find(KEY)] == ["draft"]
    assert kinds(office) == ["claimed", "cancelled"]
