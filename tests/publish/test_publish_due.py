"""With nobody watching: what was scheduled is looked after until its end, and every alarm has one."""

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conftest import SetClock
from pipeline import publish
from pipeline.errors import PipelineError, Refused
from pipeline.model import Audience, Draft, Message, Payload, Stats
from pipeline.providers.base import payload_for
from pipeline.providers.outbox import Outbox
from pipeline.publish import Desk
from pipeline.publish.due import Report, drift, guard, reconcile, unsettled
from pipeline.receipts import standing, went_out
from samples import ID, KEY, READERS, SEND_AT, WORDS, desk, message, register, wording

AT = SEND_AT.astimezone(dt.UTC)
HOUR = dt.timedelta(hours=1)


class Told(Outbox):
    """An outbox that shows what a test tells it to."""

    state: str | None = None
    stats_told: Stats | None = None
    stuck = False

    def find(self, *keys: str) -> list[Draft]:
        """Show drafts in the state that was told."""
        return [self._as_told(draft) for draft in super().find(*keys)]

    def read(self, draft_id: str) -> Draft | None:
        """As `find`."""
        draft = super().read(draft_id)
        return self._as_told(draft) if draft else None

    def stats(self, draft: Draft) -> Stats:
        """Count as told."""
        return self.stats_told or super().stats(draft)

    def _as_told(self, draft: Draft) -> Draft:
        return replace(draft, state=self.state, native_state=f"is {self.state}") if self.state else draft


@pytest.fixture
def office(tmp_path: Path, clock: SetClock) -> Desk:
    """A desk on which the sample is scheduled."""
    office = desk(tmp_path, clock)
    office = office._replace(provider=Told(tmp_path / "outbox", clock=clock))
    register(tmp_path)
    publish.send(publish.plan(message(), READERS, office), office)
    return office


def told(office: Desk, state: str | None, stats: Stats | None = None) -> None:
    """Have the provider show the draft like this."""
    office.provider.state, office.provider.stats_told = state, stats  # type: ignore[attr-defined]


def kinds(office: Desk) -> list[str]:
    """Return what is on record."""
    return [entry.kind for entry in office.receipts.read(KEY).entries]


def edit(office: Desk, **payload: Any) -> None:
    """Edit the draft at the provider by hand, whatever its state."""
    (path,) = (office.settings.root / "outbox" / "drafts").glob("*.json")
    plain = json.loads(path.read_text())
    plain["payload"] |= payload
    path.write_text(json.dumps(plain))


def looked(office: Desk) -> tuple[str, int]:
    """Reconcile; return outcome and exit code."""
    report = reconcile(KEY, office)
    assert bool(report.hint) or not report.exit_code
    return report.outcome, report.exit_code


@pytest.mark.parametrize("sent", [2, 1, 9], ids=["all", "too few", "too many"])
def test_the_run_that_records_that_an_issue_went_out_says_so(
    office: Desk, clock: SetClock, sent: int
) -> None:
    """Also when a human must look at how it did; no run before it, and none after."""
    assert not reconcile(KEY, office).went_out
    told(office, "sent", Stats(2, sent, 0))
    clock.now = AT + HOUR
    assert [reconcile(KEY, office).went_out for _run in range(2)] == [True, False]
    assert went_out(standing(office.receipts.read(KEY), rehearsal=True))


def test_what_went_out_is_recorded_with_its_counts(office: Desk, clock: SetClock) -> None:
    """Once; afterwards there is nothing to do."""
    assert looked(office) == ("scheduled", 0)
    clock.now = AT + dt.timedelta(minutes=5)
    report = reconcile(KEY, office)
    assert report.message == "sent to 2 readers, Tue 2026-12-01 07:30 EST"
    assert dict(report.counts) == {"to_send": 2, "sent": 2, "bounced": None}
    assert looked(office) == ("nothing", 0)
    assert kinds(office) == ["claimed", "scheduled", "sent"]
    entry = standing(office.receipts.read(KEY), rehearsal=True)
    assert entry is not None
    assert entry.data["counts"]["sent"] == 2
    assert entry.data["sent_at"] == AT.isoformat()
    assert unsettled(office.receipts.read_all(), office) == []


@pytest.mark.parametrize(
    ("state", "after", "alarm"),
    [
        ("scheduled", dt.timedelta(minutes=30), False),
        ("scheduled", dt.timedelta(minutes=31), True),
        ("scheduled", dt.timedelta(days=3), True),
        ("sending", dt.timedelta(hours=6), False),
        ("sending", dt.timedelta(hours=6, minutes=1), True),
    ],
)
def test_a_mail_that_is_late_is_an_alarm_each_time(
    office: Desk, clock: SetClock, state: str, after: dt.timedelta, *, alarm: bool
) -> None:
    """Not begun after half an hour, or not ended after six; until it moves or is cancelled."""
    told(office, state)
    clock.now = AT + after
    assert looked(office) == looked(office) == (("late", 6) if alarm else (state, 0))
    assert kinds(office) == ["claimed", "scheduled"]


@pytest.mark.parametrize(("sent", "fine"), [(89, False), (90, True), (125, True), (126, False), (0, False)])
def test_too_few_and_too_many_mails_need_a_human(
    tmp_path: Path, clock: SetClock, sent: int, *, fine: bool
) -> None:
    """Nine tenths to five quarters of the readers that were counted."""
    office = desk(tmp_path, clock)._replace(provider=Told(tmp_path / "outbox", clock=clock))
    hundred = Audience("weekly", {"outbox": [f"r{number}@example.com" for number in range(100)]})
    office = office._replace(settings=replace(office.settings, audiences={"weekly": hundred}))
    publish.send(publish.plan(message(), hundred, office), office)
    told(office, "sent", Stats(100, sent, 0))
    clock.now = AT + HOUR
    assert looked(office) == (("sent", 0) if fine else ("needs-review", 6))
    assert kinds(office)[-1] == ("sent" if fine else "needs-review")


def test_a_count_that_still_grows_is_waited_for(office: Desk, clock: SetClock) -> None:
    """Half an hour long; then it is few."""
    told(office, "sent", Stats(2, 0, 0))
    clock.now = AT + dt.timedelta(minutes=29)
    assert looked(office) == ("sending", 0)
    clock.now = AT + dt.timedelta(minutes=30)
    assert looked(office) == ("needs-review", 6)


def test_a_provider_that_counts_nothing_is_believed(office: Desk, clock: SetClock) -> None:
    """Then the words say so."""
    told(office, "sent", Stats())
    clock.now = AT + HOUR
    assert "does not say to how many" in reconcile(KEY, office).message


def test_what_needs_a_human_fails_runs_for_a_day(office: Desk, clock: SetClock) -> None:
    """It is put on record once, stays in sight, and ends as an alarm."""
    told(office, "unknown")
    clock.now = AT + HOUR
    assert looked(office) == ("needs-review", 6)
    clock.now += dt.timedelta(hours=23)
    assert looked(office) == ("needs-review", 6)
    clock.now += dt.timedelta(hours=2)
    assert reconcile(KEY, office).exit_code == 0
    assert kinds(office) == ["claimed", "scheduled", "needs-review"]


def test_what_a_human_settled_at_the_provider_is_recorded_as_sent(office: Desk, clock: SetClock) -> None:
    """A paused queue goes on, and the record follows."""
    told(office, "unknown")
    clock.now = AT + HOUR
    reconcile(KEY, office)
    told(office, None)
    assert looked(office) == ("sent", 0)
    assert looked(office) == ("nothing", 0)
    assert kinds(office) == ["claimed", "scheduled", "needs-review", "sent"]


def test_counts_that_stay_wrong_are_recorded_once(office: Desk, clock: SetClock) -> None:
    """However often a run looks."""
    told(office, "sent", Stats(2, 1, 1))
    clock.now = AT + HOUR
    assert looked(office) == looked(office) == ("needs-review", 6)
    assert kinds(office) == ["claimed", "scheduled", "needs-review"]


def test_a_draft_that_is_gone_is_an_alarm_with_an_end(office: Desk, clock: SetClock) -> None:
    """Until a day after its time nothing is final; then it is on record, and a day later it is quiet."""
    (path,) = (office.settings.root / "outbox" / "drafts").glob("*.json")
    path.unlink()
    assert looked(office) == ("blocked", 6)
    clock.now = AT + dt.timedelta(hours=24)
    assert looked(office) == ("blocked", 6)
    clock.now += dt.timedelta(minutes=1)
    assert looked(office) == ("needs-review", 6)
    clock.now += dt.timedelta(days=1)
    assert looked(office) == ("needs-review", 0)
    with pytest.raises(Refused):
        publish.cancel(KEY, office)


class Elsewhere(Outbox):
    """Another provider."""

    name = "elsewhere"


def test_what_needs_a_human_is_recorded_once_also_at_another_provider(office: Desk, clock: SetClock) -> None:
    """The settings were changed while it was scheduled: one entry, and an alarm with an end."""
    moved = office._replace(provider=Elsewhere(office.settings.root / "elsewhere", clock=clock))
    assert looked(moved) == ("blocked", 6)
    clock.now = AT + dt.timedelta(days=2)
    assert looked(moved) == looked(moved) == ("needs-review", 6)
    for _day in range(3):
        clock.now += dt.timedelta(days=1)
        assert looked(moved) == ("needs-review", 0)
    assert kinds(office) == ["claimed", "scheduled", "needs-review"]


def test_a_draft_that_is_left_over_is_named(office: Desk) -> None:
    """Two runs made one each; a click at the provider would send the issue twice."""
    spare = office.provider.create(KEY, publish_payload(office))
    report = reconcile(KEY, office)
    assert (report.outcome, report.exit_code) == ("scheduled", 0)
    assert report.message.endswith(f"; another draft, {spare.id}, is left over at outbox: delete it there")


def test_a_draft_taken_back_by_hand_is_an_alarm_until_it_is_cancelled(office: Desk) -> None:
    """`cancel` puts it on record."""
    office.provider.unschedule(office.provider.find(KEY)[0])
    assert looked(office) == looked(office) == ("blocked", 6)
    publish.cancel(KEY, office)
    assert looked(office) == ("free", 0)


def test_a_schedule_without_its_record_is_recorded(office: Desk) -> None:
    """A run died between the two."""
    entry = standing(office.receipts.read(KEY), rehearsal=True)
    assert entry is not None
    with office.receipts.hold(KEY):
        office.receipts.append(KEY, "claimed", entry.data)
    assert looked(office) == ("scheduled", 0)
    assert kinds(office) == ["claimed", "scheduled", "claimed", "scheduled"]


def test_only_our_own_open_dispatches_are_looked_after(office: Desk) -> None:
    """Not those of another newsletter on the same record; what was cancelled until its time is long over."""
    second = replace(message(subject="Knees", send_at=SEND_AT - HOUR), key="steady-knees", id="knees")
    publish.send(publish.plan(second, READERS, office), office)
    other = office._replace(settings=replace(office.settings, id="other"))
    third = replace(message(subject="Hips"), key="other-hips", id="hips")
    publish.send(publish.plan(third, READERS, other), other)
    assert unsettled(office.receipts.read_all(), office) == ["steady-knees", KEY]
    publish.cancel(KEY, office)
    assert unsettled(office.receipts.read_all(), office) == ["steady-knees", KEY]
    office.clock.now = SEND_AT.astimezone(dt.UTC) + dt.timedelta(days=1)
    assert unsettled(office.receipts.read_all(), office) == ["steady-knees"]


def test_a_guard_finds_nothing_where_nothing_changed(office: Desk) -> None:
    """All is well, and nothing is written."""
    assert guard(KEY, office) is None
    assert kinds(office) == ["claimed", "scheduled"]


@pytest.mark.parametrize(
    ("letter", "what"),
    [
        (message(subject="Edited"), "what its mail says or looks like"),
        (replace(message(), sender="Eve <eve@steady.example>"), "its sender, reply address or audience"),
        (message(send_at=SEND_AT + HOUR), "its send time"),
        (message(send_at=SEND_AT.astimezone(dt.UTC)), ""),
    ],
    ids=["words", "sender", "time", "the same time in another zone"],
)
def test_a_change_in_the_repository_is_drift(office: Desk, letter: Message, what: str) -> None:
    """What goes out is what was scheduled; the alarm says what to do."""
    report = drift(letter, READERS, publish.look(KEY, office), office)
    if not what:
        assert report is None
        return
    assert report is not None
    assert (report.outcome, report.exit_code) == ("drift", 6)
    assert report.message.endswith(f"changed in the repository since: {what}")
    assert f"newsletter send {ID} --amend" in report.hint


def test_a_time_given_by_hand_is_no_drift(tmp_path: Path, clock: SetClock) -> None:
    """`--at` overrides the front matter, which then says another time."""
    office = desk(tmp_path, clock)
    moved = message(send_at=SEND_AT + HOUR)
    publish.send(publish.plan(moved, READERS, office, asked=SEND_AT), office)
    assert drift(message(), READERS, publish.look(KEY, office), office) is None
    assert guard(KEY, office) is None


def test_an_edit_at_the_provider_is_drift(office: Desk) -> None:
    """A field is named; the disclaimer is still shown, so it is not taken back."""
    edit(office, subject="Buy now")
    report = guard(KEY, office)
    assert report is not None
    assert (report.outcome, report.exit_code) == ("drift", 6)
    assert report.message.endswith("changed at outbox since: subject")
    assert office.provider.find(KEY)[0].state == "scheduled"


def test_a_disclaimer_cut_out_at_the_provider_takes_the_mail_back(office: Desk) -> None:
    """Nobody gets it, whatever became of the issue's file; the next run may send what was checked."""
    edit(office, html=message(words="Buy now.").html)
    report = guard(KEY, office)
    assert report is not None
    assert (report.outcome, report.exit_code) == ("cancelled", 1)
    assert {finding.id for finding in report.findings} >= {"DISC001"}
    assert office.provider.find(KEY)[0].state == "draft"
    assert kinds(office) == ["claimed", "scheduled", "cancelled"]
    assert publish.send(publish.plan(message(), READERS, office, unattended=True), office) == "scheduled"
    assert WORDS in office.provider.stored(office.provider.find(KEY)[0], publish_payload(office)).html


@pytest.mark.parametrize("lost", ["gen", "receipts"])
def test_an_edit_that_nobody_can_judge_takes_the_mail_back(office: Desk, lost: str) -> None:
    """Its wording is in the registry no more, or its claim is not whole on record."""
    edit(office, text="Buy now")
    if lost == "gen":
        (office.settings.registry_path / "gen" / "1.en-US.md").unlink()
    else:
        (office.settings.root / "receipts" / KEY / office.part_names[0]).unlink()
    report = guard(KEY, office)
    assert report is not None
    assert (report.outcome, report.exit_code) == ("cancelled", 6)
    assert kinds(office) == ["claimed", "scheduled", "cancelled"]


def publish_payload(office: Desk) -> Payload:
    """Return what the provider is given."""
    return payload_for(message(), READERS, office.provider)


def test_a_wording_that_the_issue_needs_only_now_takes_nothing_back(office: Desk) -> None:
    """What was scheduled was proven with its own wordings; the change is drift."""
    more = replace(
        message(subject="More"), wordings=(wording(), replace(wording("Ask first."), id="exercise"))
    )
    assert guard(KEY, office) is None
    report = drift(more, READERS, publish.look(KEY, office), office)
    assert report is not None
    assert report.outcome == "drift"
    assert kinds(office) == ["claimed", "scheduled"]


class OneWay(Told):
    """Refuses to take anything back."""

    def unschedule(self, draft: Draft) -> Draft:
        """Refuse."""
        raise Refused(f"{draft.id}: no")


def test_a_disclaimer_that_is_lost_and_cannot_be_taken_back_is_said_loudly(
    office: Desk, clock: SetClock
) -> None:
    """A human must act at once, and is told where."""
    edit(office, html=message(words="Buy now.").html)
    stuck = office._replace(provider=OneWay(office.settings.root / "outbox", clock=clock))
    with pytest.raises(
        PipelineError, match="no longer surely what was approved, and it could not be taken"
    ) as caught:
        guard(KEY, stuck)
    assert caught.value.hint == "take it back at outbox by hand, at once"
    assert caught.value.findings


def test_what_was_sent_cannot_be_cancelled_whatever_the_provider_shows(office: Desk, clock: SetClock) -> None:
    """A provider restored from a backup shows a draft again: by our record it went out."""
    clock.now = AT + HOUR
    reconcile(KEY, office)
    told(office, "draft")
    with pytest.raises(Refused, match="too late to cancel: already sent"):
        publish.cancel(KEY, office)
    assert kinds(office) == ["claimed", "scheduled", "sent"]


@pytest.mark.parametrize(
    ("after", "sent", "outcome"),
    [(-HOUR, None, "cancelled"), (HOUR, 0, "cancelled"), (HOUR, 1, None), (HOUR, None, None)],
)
def test_what_was_stopped_at_the_provider_is_free_only_when_nobody_got_it(
    office: Desk, clock: SetClock, after: dt.timedelta, sent: int | None, outcome: str | None
) -> None:
    """Half-sent and then cancelled there: a second send would reach some readers twice."""
    told(office, "cancelled", Stats(2, sent, None))
    clock.now = AT + after
    if outcome:
        assert publish.cancel(KEY, office) == outcome
    else:
        with pytest.raises(Refused, match="does not say that no mail left"):
            publish.cancel(KEY, office)


def test_a_report_is_quiet_by_default() -> None:
    """Nothing to say is success."""
    assert Report("nothing") == ("nothing", 0, "", "", {}, (), False)
