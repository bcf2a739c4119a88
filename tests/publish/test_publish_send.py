"""Observe, compare, at most one write, observe again: an issue goes out once or not at all."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from conftest import SetClock
from pipeline import publish
from pipeline.errors import ChecksFailed, OutcomeUnknown, ReceiptError, Refused, Unavailable
from pipeline.mergetags import to_tokens
from pipeline.model import Audience, Draft, Message
from pipeline.providers.base import Can
from pipeline.providers.outbox import Outbox
from pipeline.publish import Desk
from pipeline.publish.due import reconcile
from pipeline.receipts import standing
from samples import ID, KEY, READERS, SEND_AT, WORDS, desk, message, payload, wording


@pytest.fixture
def office(tmp_path: Path, clock: SetClock) -> Desk:
    """A desk with an empty outbox and no receipts."""
    return desk(tmp_path, clock)


def sent(office: Desk, finished: Message | None = None) -> str:
    """Plan and send."""
    return publish.send(publish.plan(finished or message(), READERS, office), office)


def kinds(office: Desk) -> list[str]:
    """Return what is on record."""
    return [entry.kind for entry in office.receipts.read(KEY).entries]


def claim(draft_id: str) -> dict[str, object]:
    """Return what a run that died after its claim left on record."""
    return {
        "provider": "outbox",
        "draft": draft_id,
        "send_at": "2026-12-01T12:30:00+00:00",
        "content_digest": message().digest,
        "rehearsal": True,
    }


def test_a_send_is_claimed_scheduled_and_recorded(office: Desk) -> None:
    """The claim stands before the schedule, the record after it."""
    assert sent(office) == "scheduled"
    (draft,) = office.provider.find(KEY)
    assert (draft.state, draft.send_at) == ("scheduled", SEND_AT)
    assert kinds(office) == ["claimed", "scheduled"]


def test_the_record_holds_what_went_out(office: Desk, tmp_path: Path) -> None:
    """Digests, draft, time and readers stand in the receipt; the parts beside it."""
    sent(office)
    entry = standing(office.receipts.read(KEY), rehearsal=True)
    assert entry is not None
    assert entry.data["content_digest"] == message().digest
    assert entry.data["send_at"] == "2026-12-01T12:30:00+00:00"
    assert entry.data["readers"] == 2
    assert entry.data["wordings"] == ["gen@1"]
    assert WORDS in (tmp_path / "receipts" / KEY / "message.rehearsal.html").read_text()


def test_the_record_holds_the_mail_with_neutral_tags(office: Desk) -> None:
    """The archive shows it, whatever syntax the provider has; and which page its readers are led to."""
    source = message().html.replace("Hello", "Hello {{ subscriber.first_name }}")
    page = "https://steady.example/issues/backs/"
    greeting = replace(message(), html=to_tokens(source), text=f"{message().text}{{%", web_url=page)
    sent(office, greeting)
    parts = office.receipts.parts(KEY)
    assert [parts[name] for name in office.neutral_names] == [greeting.html, greeting.text]
    assert parts[office.part_names[0]] != greeting.html
    entry = standing(office.receipts.read(KEY), rehearsal=True)
    assert entry is not None
    assert entry.data["page"] == page


def test_a_second_send_is_refused(office: Desk) -> None:
    """Once dispatched, an issue is never dispatched again."""
    sent(office)
    with pytest.raises(Refused, match="already scheduled"):
        sent(office)
    assert len(office.provider.find(KEY)) == 1


def test_an_edited_issue_is_not_sent_again(office: Desk) -> None:
    """Other words under the same key are still the same issue."""
    sent(office)
    with pytest.raises(Refused, match=r"already scheduled.*changed since") as caught:
        sent(office, message(subject="Backs, corrected"))
    assert f"`newsletter send {ID} --amend`" in caught.value.hint


def test_a_renamed_issue_is_not_sent_again(office: Desk) -> None:
    """Another key with the same subject is the same issue under another name, until somebody says not."""
    sent(office)
    renamed = replace(message(subject=" backs. "), key="steady-2026-12-01-spines")
    with pytest.raises(Refused, match=f"already, as {ID}"):
        sent(office, renamed)
    publish.cancel(KEY, office)
    assert sent(office, renamed) == "scheduled"


def test_a_renamed_issue_with_a_polished_subject_is_not_sent_again(office: Desk) -> None:
    """The same readers at the same time: it goes to them once, unless it was called off."""
    sent(office)
    renamed = replace(message(subject="How backs heal"), key="steady-2026-12-01-heal", id="2026-12-01-heal")
    with pytest.raises(Refused, match=f"{ID} is scheduled to 'weekly' for the same time"):
        sent(office, renamed)
    publish.cancel(KEY, office)
    assert sent(office, renamed) == "scheduled"


def test_another_subject_is_another_issue(office: Desk) -> None:
    """A second issue goes out beside the first, at a time of its own."""
    sent(office)
    knees = replace(message(subject="Knees"), key="steady-2026-12-08-knees", id="2026-12-08-knees")
    with pytest.raises(Refused, match=f"{ID} is scheduled to 'weekly' for the same time") as caught:
        sent(office, knees)
    assert f"write id: {ID} into its front matter" in caught.value.hint
    assert sent(office, replace(knees, send_at=SEND_AT + dt.timedelta(days=7))) == "scheduled"


def test_a_push_stores_one_draft_and_sends_nothing(office: Desk) -> None:
    """Pushing twice edits the same draft."""
    publish.push(message(), READERS, office)
    draft = publish.push(message(subject="Better"), READERS, office)
    assert [found.id for found in office.provider.find(KEY)] == [draft.id]
    stored = office.provider.stored(draft, payload()).payload
    assert (draft.state, stored.subject) == ("draft", "Better")
    assert kinds(office) == []


def test_two_drafts_under_one_key_stop_everything(office: Desk) -> None:
    """Whichever went out, the other might follow: a human must choose."""
    office.provider.create(KEY, payload())
    office.provider.create(KEY, payload())
    with pytest.raises(Refused, match="2 drafts"):
        sent(office)


def test_a_draft_scheduled_by_hand_is_not_touched(office: Desk) -> None:
    """What somebody scheduled at the provider is not ours to change or to send."""
    draft = office.provider.create(KEY, payload())
    office.provider.schedule(draft, at=SEND_AT)
    with pytest.raises(Refused, match="not by our record"):
        sent(office)
    assert kinds(office) == []


def test_a_message_without_its_wording_is_not_scheduled(office: Desk) -> None:
    """The read-back is examined as a stranger would: the words must be there."""
    with pytest.raises(ChecksFailed) as caught:
        sent(office, message(words="Nothing to see here."))
    assert {finding.id for finding in caught.value.findings} >= {"DISC001", "DISC002"}
    assert [draft.state for draft in office.provider.find(KEY)] == ["draft"]


def test_an_unreadable_receipt_stops_a_send(office: Desk, tmp_path: Path) -> None:
    """A broken record is never taken for an unsent issue."""
    path = tmp_path / "receipts" / KEY / "receipt.json"
    path.parent.mkdir(parents=True)
    path.write_text("{")
    with pytest.raises(ReceiptError):
        sent(office)
    assert office.provider.find(KEY) == []


def test_no_send_time_is_refused(office: Desk) -> None:
    """There is no "send now"."""
    with pytest.raises(Refused, match="no send time"):
        publish.plan(message(send_at=None), READERS, office)


def test_an_empty_audience_is_refused(office: Desk) -> None:
    """Nobody is not everybody, and not a success."""
    with pytest.raises(Refused, match="no readers"):
        publish.plan(message(), Audience("none", {"outbox": []}), office)


class PostOffice(Outbox):
    """An outbox that claims to have real readers."""

    can = Outbox.can - {Can.REHEARSE}


def test_a_sample_wording_goes_to_no_real_reader(office: Desk, tmp_path: Path) -> None:
    """The refusal says how to sign the registry; then it goes."""
    real = office._replace(provider=PostOffice(tmp_path / "post", clock=office.clock))
    for sample in ("sample", "Sample "):
        with pytest.raises(Refused, match="approved by nobody: gen@1") as caught:
            sent(real, replace(message(), wordings=(wording(approved_by=sample),)))
        wanted = ("have them read", "approved_by", "approved_on", "sha256", "templates/disclaimers/")
        assert all(words in caught.value.hint for words in wanted)
    assert sent(real, replace(message(), wordings=(wording(approved_by="Ada Moreno"),))) == "scheduled"


def test_cancel_takes_it_back_and_ends_the_claim(office: Desk) -> None:
    """After a cancel the same issue can be sent again, once."""
    sent(office)
    assert publish.cancel(KEY, office) == "cancelled"
    assert [draft.state for draft in office.provider.find(KEY)] == ["draft"]
    assert sent(office) == "scheduled"
    assert kinds(office) == ["claimed", "scheduled", "cancelled", "claimed", "scheduled"]


def test_an_amend_that_died_half_way_is_amended_again(office: Desk) -> None:
    """Scheduled on record and a draft at the provider: a send stops, an amend and a cancel go on."""
    for go_on in (
        lambda: publish.amend(publish.plan(message(subject="Better"), READERS, office), office),
        lambda: publish.cancel(KEY, office),
    ):
        sent(office)
        office.provider.unschedule(office.provider.find(KEY)[0])
        with pytest.raises(Refused, match="taken back without a record"):
            sent(office)
        report = reconcile(KEY, office)
        assert (report.exit_code, "taken back" in report.message) == (6, True)
        go_on()
        publish.cancel(KEY, office)
    assert kinds(office) == [*["claimed", "scheduled", "cancelled"] * 3]


def test_what_was_sent_is_recorded_once(office: Desk, clock: SetClock) -> None:
    """Of two scheduled runs that look at the same issue the second finds it on record."""
    sent(office)
    clock.now = SEND_AT.astimezone(dt.UTC) + dt.timedelta(minutes=5)
    assert [reconcile(KEY, office).outcome for _ in range(2)] == ["sent", "nothing"]
    assert kinds(office) == ["claimed", "scheduled", "sent"]


def test_cancel_of_nothing_changes_nothing(office: Desk) -> None:
    """There is nothing on record, and there is nothing afterwards."""
    assert publish.cancel(KEY, office) == "nothing"
    assert kinds(office) == []


def test_a_dispatch_whose_draft_is_gone_is_not_cancelled(office: Desk, tmp_path: Path) -> None:
    """Another outbox, or a draft that was deleted, says nothing about the mail: it may have gone out."""
    sent(office)
    elsewhere = office._replace(provider=Outbox(tmp_path / "elsewhere", clock=office.clock))
    for attempt in (lambda: publish.cancel(KEY, elsewhere), lambda: sent(elsewhere)):
        with pytest.raises(Refused):
            attempt()
    assert kinds(office) == ["claimed", "scheduled"]


def test_cancel_after_the_send_is_refused_and_says_so(office: Desk, clock: SetClock) -> None:
    """Mail that left cannot be called back."""
    sent(office)
    clock.now = SEND_AT.astimezone(dt.UTC)
    with pytest.raises(Refused, match="too late to cancel: sent"):
        publish.cancel(KEY, office)


def test_a_send_after_the_mail_went_out_is_refused(office: Desk, clock: SetClock) -> None:
    """A week later, with a new time, it is still the same issue."""
    sent(office)
    clock.now = SEND_AT.astimezone(dt.UTC) + dt.timedelta(days=7)
    with pytest.raises(Refused, match="already sent"):
        sent(office, message(send_at=SEND_AT + dt.timedelta(days=8)))


def test_a_claim_whose_schedule_took_effect_is_finished_on_record(office: Desk) -> None:
    """A run that died between the schedule and its record leaves one mail, and the next run says so."""
    plan = publish.plan(message(), READERS, office)
    draft = publish.push(message(), READERS, office)
    with office.receipts.hold(KEY):
        office.receipts.append(KEY, "claimed", claim(draft.id))
    office.provider.schedule(draft, at=SEND_AT)
    assert publish.send(plan, office) == "recovered"
    assert kinds(office) == ["claimed", "scheduled"]


def test_a_claim_that_never_scheduled_is_taken_over(office: Desk) -> None:
    """A run that died before the schedule did nothing: its claim ends and this run claims."""
    draft = publish.push(message(), READERS, office)
    with office.receipts.hold(KEY):
        office.receipts.append(KEY, "claimed", claim(draft.id))
    assert sent(office) == "scheduled"
    assert kinds(office) == ["claimed", "cancelled", "claimed", "scheduled"]


def test_a_claim_whose_draft_is_gone_needs_a_human(office: Desk) -> None:
    """Nobody knows whether a vanished draft was sent: it is not made anew."""
    with office.receipts.hold(KEY):
        office.receipts.append(KEY, "claimed", claim("vanished"))
    with pytest.raises(Refused, match="nobody can say whether it went out"):
        sent(office)
    assert office.provider.find(KEY) == []


def test_an_interrupted_send_of_other_words_is_drift(office: Desk) -> None:
    """What an interrupted run scheduled is recorded, and the edit since then is refused."""
    draft = publish.push(message(), READERS, office)
    with office.receipts.hold(KEY):
        office.receipts.append(KEY, "claimed", claim(draft.id))
    office.provider.schedule(draft, at=SEND_AT)
    with pytest.raises(Refused, match="other words"):
        publish.settle(message(subject="Edited"), office)
    assert kinds(office) == ["claimed", "scheduled"]


class FallsSilent(Outbox):
    """Answers nothing after it was asked to schedule, or to take back."""

    silent = False

    def schedule(self, draft: Draft, *, at: dt.datetime) -> Draft:
        """Do it, and fall silent."""
        done = super().schedule(draft, at=at)
        self.silent = True
        return done

    def unschedule(self, draft: Draft) -> Draft:
        """Do it, and fall silent."""
        done = super().unschedule(draft)
        self.silent = True
        return done

    def read(self, draft_id: str) -> Draft | None:
        """Answer, unless silent."""
        if self.silent:
            raise Unavailable("outbox: no answer")
        return super().read(draft_id)


def test_a_provider_that_falls_silent_after_the_schedule_is_an_unknown_outcome(office: Desk) -> None:
    """Exit code 5 and never 4: that would say that nothing was sent. The next run records what it did."""
    silent = FallsSilent(office.settings.root / "outbox", clock=office.clock)
    with pytest.raises(OutcomeUnknown, match="shows nothing that can be read: outbox: no answer") as caught:
        sent(office._replace(provider=silent))
    assert f"newsletter status {ID}" in caught.value.hint
    assert kinds(office) == ["claimed"]
    assert publish.settle(message(), office)
    assert kinds(office) == ["claimed", "scheduled"]


def test_a_provider_that_falls_silent_after_a_cancel_is_an_unknown_outcome(office: Desk) -> None:
    """Nobody can see whether it was taken back; the next cancel can."""
    sent(office)
    silent = FallsSilent(office.settings.root / "outbox", clock=office.clock)
    with pytest.raises(OutcomeUnknown, match="nobody can see whether it was"):
        publish.cancel(KEY, office._replace(provider=silent))
    assert publish.cancel(KEY, office) == "cancelled"


class Spoils(Outbox):
    """The record cannot be written any more once it has scheduled."""

    def schedule(self, draft: Draft, *, at: dt.datetime) -> Draft:
        """Do it, and put a folder where the receipt should be."""
        receipt = self._folder.parent / "receipts" / KEY / "receipt.json"
        receipt.rename(receipt.with_name("kept"))
        receipt.mkdir()
        return super().schedule(draft, at=at)


def test_a_schedule_that_cannot_be_recorded_is_told_as_one(office: Desk) -> None:
    """It is scheduled: whoever reads the error must know."""
    spoils = Spoils(office.settings.root / "outbox", clock=office.clock)
    with pytest.raises(ReceiptError, match=f"{ID}: scheduled for Tue 2026-12-01 07:30 EST at outbox, and"):
        sent(office._replace(provider=spoils))
    assert office.provider.find(KEY)[0].state == "scheduled"


def test_a_cancel_at_another_provider_with_the_same_ids_is_refused(office: Desk) -> None:
    """A draft there says nothing about the one that is scheduled here."""
    sent(office)

    class Elsewhere(Outbox):
        """Another provider."""

        name = "elsewhere"

    elsewhere = Elsewhere(office.settings.root / "elsewhere", clock=office.clock)
    elsewhere.create(KEY, payload())
    with pytest.raises(Refused, match="on record at 'outbox'"):
        publish.cancel(KEY, office._replace(provider=elsewhere))
    assert kinds(office) == ["claimed", "scheduled"]
