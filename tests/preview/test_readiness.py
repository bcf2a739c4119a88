"""May it be sent, and if not, why: the sentence that an editor reads, beside what `plan` says."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from conftest import SetClock, make_real
from pipeline.commands.approve import approve
from pipeline.commands.cancel import cancel
from pipeline.commands.plan import plan
from pipeline.commands.send import send
from pipeline.model import EntryKind
from pipeline.newsletter import Newsletter
from pipeline.preview.readiness import Readiness, State, readiness
from pipeline.receipts import open_receipts

ISSUE = "2026-12-01-when-one-side-works-harder"
KEY = f"steady-{ISSUE}"
FILE = f"issues/{ISSUE}/index.md"
MISSING = ("topics: [back_pain, exercise]", "topics: [exercise]")


@dataclass
class Office:
    """Our newsletter with its clock, and one issue that is edited, signed, sent."""

    root: Path
    clock: SetClock
    hour: dt.datetime = field(default=dt.datetime(2026, 12, 1, 12, 30, tzinfo=dt.UTC))

    def edit(self, old: str, new: str, *, file: str = FILE) -> None:
        """Replace the one place in which *old* stands."""
        path = self.root / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, text.count(old)
        path.write_text(text.replace(old, new), encoding="utf-8")

    def demand_signature(self) -> None:
        """Have the settings require one, of the reviewer whom the issue names."""
        self.edit("require_approval = false", "require_approval = true", file="pyproject.toml")
        self.edit("\nauthors:", "\nreviewed_by: Dr. Ada Moreno\nreviewer_credential: DPT\nauthors:")

    def waive(self, until: str) -> None:
        """Waive a rule that finds nothing, until this day."""
        reason = "quote from the guideline, note 3"
        waiver = f"{{rule: TOP001, reason: '{reason}', by: Ada Moreno, until: {until}}}"
        self.edit("\nauthors:", f"\nwaivers: [{waiver}]\nauthors:")

    def sign(self, by: str = "Ada Moreno", credential: str | None = None) -> None:
        """Sign what it says now."""
        approve(
            *(self.root, ISSUE),
            by=by,
            credential=credential,
            read=None,
            confirm=lambda _: True,
            clock=self.clock,
        )

    def send(self) -> None:
        """Send it through the outbox."""
        send(self.root, ISSUE, at=None, confirm=lambda _: True, clock=self.clock)

    def cancel(self) -> None:
        """Call it off."""
        cancel(self.root, ISSUE, clock=self.clock)

    def record(self, kind: EntryKind, **data: Any) -> None:
        """Put something on record as a run would."""
        receipts = open_receipts(Newsletter(self.root, clock=self.clock).settings, self.clock)
        with receipts.hold(KEY):
            data = {"provider": "outbox", "rehearsal": True, "send_at": self.hour.isoformat(), **data}
            receipts.append(KEY, kind, data)

    def ready(self, *, provider: str = "outbox", **options: Any) -> Readiness:
        """Ask."""
        newsletter = Newsletter(self.root, clock=self.clock)
        checked = newsletter.checked(newsletter.issue(ISSUE))
        receipt = open_receipts(newsletter.settings, self.clock).read(KEY)
        given = {"rehearses": provider == "outbox", "provider_name": provider, "now": self.clock()}
        return readiness(
            *((*checked.findings, *newsletter.twins(checked.issue)), checked.issue, checked.message, receipt),
            settings=newsletter.settings,
            **{**given, **options},
        )

    def planned(self) -> int:
        """Return the exit code of `newsletter plan`."""
        return plan(self.root, [ISSUE], due=False, at=None, readers=None, clock=self.clock).exit_code


@pytest.fixture
def office(root: Path, clock: SetClock) -> Office:
    """Our newsletter, a week before the issue is due."""
    return Office(root, clock)


def commands(told: Readiness) -> list[str]:
    """Return the commands of the next steps, without what they all begin with."""
    assert all(step.label and step.why for step in told.steps)
    return [step.command.removeprefix("newsletter ").replace(ISSUE, "ID") for step in told.steps]


def test_a_fit_issue_says_when_it_goes_out_and_which_run_takes_it(office: Office) -> None:
    """A rehearsal says that nobody gets it."""
    told = office.ready()
    assert (told.state, told.tone) == (State.READY, "good")
    assert told.sentence == (
        "Fit to send to outbox, which reaches no reader. Goes out Tue 1 Dec, 07:30 EST: "
        "`newsletter send --due` takes it from Mon 30 Nov, 07:30 EST."
    )
    assert told.command == "newsletter send --due"
    assert commands(told) == ["plan ID", "send ID"]


def test_within_the_horizon_the_next_run_takes_it(office: Office) -> None:
    """And `send --due` is among the steps."""
    office.clock.now = office.hour - dt.timedelta(hours=5)
    told = office.ready()
    assert told.sentence.endswith("Tue 1 Dec, 07:30 EST: the next `newsletter send --due` takes it.")
    assert commands(told) == ["plan ID", "send ID", "send --due"]


def test_a_late_issue_says_when_it_can_go_out_yet(office: Office) -> None:
    """The lead time pushes it past its hour, within the tolerance."""
    office.clock.now = office.hour
    told = office.ready()
    assert (told.state, told.tone, told.command) == (State.READY, "good", f"newsletter send {ISSUE}")
    assert "but late: planned for Tue 1 Dec, 07:30 EST, it goes out Tue 1 Dec, 08:00 EST" in told.sentence


def test_findings_that_stop_come_before_the_status(office: Office) -> None:
    """Where the first is, how many there are, and how many other reasons; nothing else makes sense yet."""
    office.edit(*MISSING)
    office.edit("status: ready", "status: hold")
    told = office.ready(proofs=True)
    assert (told.state, told.tone, told.command) == (State.FINDINGS, "stop", f"newsletter check {ISSUE}")
    assert told.sentence.startswith("Cannot be sent: ")
    assert f"{FILE}:" in told.sentence
    assert told.sentence.endswith(" And 1 more reason.")
    assert commands(told) == ["check ID"]


def test_a_waiver_that_ended_stops_a_send_though_check_only_warns(office: Office) -> None:
    """No finding of `check` says so."""
    office.waive("2026-11-23")
    told = office.ready()
    assert (told.state, told.tone) == (State.WAIVER, "stop")
    assert told.sentence.startswith(
        f"Will stop `send`, though `check` only warns: the waiver of TOP001 ended on Mon 23 Nov ({FILE}:"
    )


@pytest.mark.parametrize(("until", "state"), [("2026-11-29", State.WAIVER), ("2026-11-30", State.READY)])
def test_a_waiver_must_hold_until_the_run_comes(office: Office, until: str, state: State) -> None:
    """The run of the day before the send; a person may send it before."""
    office.waive(until)
    told = office.ready()
    assert told.state is state
    assert told.tone != "stop"
    assert ("Will stop `send --due`: " in told.sentence) == (state is State.WAIVER)


def test_sample_wordings_are_refused_by_a_real_provider(office: Office) -> None:
    """All of them by name; `disclaimers` shows them."""
    told = office.ready(provider="listmonk")
    assert (told.state, told.tone, told.command) == (State.SAMPLE, "stop", "newsletter disclaimers")
    assert told.sentence.startswith(
        "Cannot be sent to listmonk: nobody approved the sample wording gen-short@1, redflag-back@1, "
    )
    assert commands(told) == []


def test_a_fit_issue_at_a_real_provider_says_who_asks_it(office: Office) -> None:
    """The preview asked nobody."""
    for path in (office.root / "templates/disclaimers").rglob("*.md"):
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace('approved_by: "sample"', 'approved_by: "Ada Moreno"'), encoding="utf-8")
    told = office.ready(provider="listmonk")
    assert (told.state, told.tone) == (State.READY, "good")
    assert told.sentence.startswith("Fit to send. Goes out Tue 1 Dec, 07:30 EST: ")
    assert told.sentence.endswith(f" `newsletter plan {ISSUE}` asks listmonk.")


def test_a_draft_without_a_time_is_told_the_next_slot(office: Office) -> None:
    """The time first, then the release."""
    office.edit("send_at: 2026-12-01T07:30\n", "")
    office.edit("status: ready", "status: draft")
    told = office.ready()
    assert (told.state, told.tone, told.command) == (State.UNTIMED, "wait", "")
    assert told.sentence == (
        "No send time: write send_at in its front matter, such as 2026-12-01T07:30, your next slot. "
        "And 1 more reason."
    )


def test_a_time_off_the_grid_is_told_its_neighbours(office: Office) -> None:
    """With the line to change."""
    office.edit("send_at: 2026-12-01T07:30", "send_at: 2026-12-01T07:37")
    told = office.ready(grid=dt.timedelta(minutes=15))
    assert (told.state, told.tone) == (State.OFF_GRID, "stop")
    assert told.sentence == (
        "Cannot go out at 07:37: outbox sends every 15 minutes. Set send_at to 07:30 or 07:45 in its front "
        "matter (line 10)."
    )


def test_an_issue_whose_time_is_over_needs_another(office: Office) -> None:
    """By the file, or by hand."""
    office.clock.now = office.hour + dt.timedelta(days=2)
    told = office.ready()
    assert (told.state, told.tone, told.command) == (State.LATE, "stop", f"newsletter send {ISSUE} --at TIME")
    assert told.sentence == (
        "Too late: it was to go out Tue 1 Dec, 07:30 EST. Set another send_at in its front matter (line 10)."
    )


def test_an_unsigned_issue_names_its_reviewer(office: Office) -> None:
    """The command to sign is ready to copy, quoted, with the digest of what is seen."""
    office.demand_signature()
    told = office.ready(proofs=True)
    assert (told.state, told.tone) == (State.UNSIGNED, "wait")
    assert told.sentence.startswith("Nobody has signed it off: its content is ")
    assert told.sentence.endswith(", as far as this clone knows. Ask Dr. Ada Moreno to sign it.")
    proof, sign = commands(told)
    assert proof == "proof ID --to ADDRESS"
    assert sign.startswith("approve ID --by 'Dr. Ada Moreno' --digest ")
    digest = sign.rpartition(" ")[2]
    approve(
        *(office.root, ISSUE), by="Ada Moreno", credential=None, read=digest, confirm=lambda _: True,
        clock=office.clock,
    )  # fmt: skip
    assert office.ready().state is State.READY


def test_a_sign_off_that_a_change_made_worthless_says_whose_it_was(office: Office) -> None:
    """And who is to sign anew."""
    office.demand_signature()
    office.sign()
    office.edit("A tent pole and its ropes", "A tent pole with its ropes")
    told = office.ready()
    assert told.state is State.UNSIGNED
    assert told.sentence.startswith(
        "Not signed off: changed since Ada Moreno signed it on 2026-11-24 12:00 UTC: "
    )


def test_where_no_signature_is_demanded_the_named_reviewer_may_sign_all_the_same(office: Office) -> None:
    """It keeps nothing back."""
    office.edit("\nauthors:", "\nreviewed_by: Dr. Ada Moreno\nreviewer_credential: DPT\nauthors:")
    told = office.ready()
    assert told.state is State.READY
    assert (
        told.steps[0].why == "Dr. Ada Moreno answers for exactly this content; the settings do not demand it"
    )
    office.sign()
    assert [step.label for step in office.ready().steps] == ["Plan", "Send"]


@pytest.mark.parametrize(
    ("status", "state", "sentence"),
    [
        ("draft", State.DRAFT, "Still a draft: set status: ready in its front matter (line 11)."),
        ("hold", State.HELD, "On hold: set status: ready in its front matter (line 11) when it may go out."),
    ],
)
def test_an_issue_that_is_not_released_waits(
    office: Office, status: str, state: State, sentence: str
) -> None:
    """The line that releases it."""
    office.edit("status: ready", f"status: {status}")
    told = office.ready()
    assert (told.state, told.tone, told.sentence, told.command) == (state, "wait", sentence, "")
    assert commands(told) == []


def test_what_was_called_off_goes_out_by_hand_alone(office: Office) -> None:
    """Until it asks for another time."""
    office.send()
    office.cancel()
    told = office.ready()
    assert (told.state, told.tone, told.command) == (State.CALLED_OFF, "wait", f"newsletter send {ISSUE}")
    assert "on Tue 24 Nov, 07:00 EST: no run sends it by itself." in told.sentence
    assert commands(told) == ["plan ID", "send ID"]
    office.edit("send_at: 2026-12-01T07:30", "send_at: 2026-12-02T07:30")
    assert office.ready().state is State.READY


def test_what_is_scheduled_says_that_changes_are_not_in_it(office: Office) -> None:
    """And how they would get in."""
    office.send()
    told = office.ready()
    assert (told.state, told.tone) == (State.SCHEDULED, "wait")
    assert told.sentence == (
        "Scheduled for Tue 1 Dec, 07:30 EST at outbox; what you change now is not in it: "
        f"`newsletter send {ISSUE} --amend` exchanges it."
    )
    assert commands(told) == ["status ID", "cancel ID"]


def test_what_was_changed_since_it_was_scheduled_is_not_what_goes_out(office: Office) -> None:
    """The command that exchanges it."""
    office.send()
    office.edit("A tent pole and its ropes", "A tent pole with its ropes")
    told = office.ready()
    assert (told.state, told.tone) == (State.CHANGED, "stop")
    assert told.command == f"newsletter send {ISSUE} --amend"
    assert "changed since: what you see is not what goes out. `newsletter send " in told.sentence
    assert commands(told) == ["status ID", "send ID --amend", "cancel ID"]


def test_what_is_scheduled_is_not_exchanged_for_what_is_not_fit(office: Office) -> None:
    """What must be done first is said."""
    office.send()
    office.edit(*MISSING)
    told = office.ready()
    assert (told.state, told.command) == (State.CHANGED, f"newsletter check {ISSUE}")
    assert "To exchange it, first: Cannot be sent: " in told.sentence
    assert commands(told) == ["status ID", "cancel ID"]


def test_shortly_before_it_goes_out_nothing_is_exchanged(office: Office) -> None:
    """It can only be called off."""
    office.send()
    office.edit("A tent pole and its ropes", "A tent pole with its ropes")
    office.clock.now = office.hour - dt.timedelta(minutes=10)
    told = office.ready()
    assert (told.state, told.command) == (State.CHANGED, f"newsletter cancel {ISSUE}")
    assert "It goes out too soon to be exchanged" in told.sentence


def test_a_hold_does_not_stop_what_is_scheduled(office: Office) -> None:
    """`cancel` does."""
    office.send()
    office.edit("status: ready", "status: hold")
    told = office.ready()
    assert (told.state, told.tone, told.command) == (State.CHANGED, "stop", f"newsletter cancel {ISSUE}")
    assert "and goes out all the same, though its status is 'hold'" in told.sentence


def test_once_its_time_is_over_only_the_provider_knows(office: Office) -> None:
    """Nothing can be called off any more."""
    office.send()
    office.clock.now = office.hour + dt.timedelta(minutes=1)
    told = office.ready()
    assert (told.state, told.tone, told.command) == (State.SCHEDULED, "wait", f"newsletter status {ISSUE}")
    assert commands(told) == ["status ID"]


def test_what_was_sent_is_corrected_by_an_issue_of_its_own(office: Office) -> None:
    """The time it went out."""
    office.record("sent", sent_at=office.hour.isoformat())
    told = office.ready()
    assert (told.state, told.tone) == (State.SENT, "wait")
    assert told.sentence == "Sent on Tue 1 Dec, 07:30 EST; a correction goes out as an issue of its own."


def test_another_year_is_told(office: Office) -> None:
    """A date of this year has none."""
    office.record("sent", sent_at="2025-12-02T12:30:00+00:00")
    assert office.ready().sentence.startswith("Sent on Tue 2 Dec 2025, 07:30 EST;")


def test_a_claim_is_the_providers_to_explain(office: Office) -> None:
    """By what this clone knows."""
    office.record("claimed")
    told = office.ready()
    assert (told.state, told.tone) == (State.CLAIMED, "wait")
    assert "as far as this clone knows: `newsletter status " in told.sentence


def test_what_a_human_must_look_at_says_why(office: Office) -> None:
    """The reason on record."""
    office.record("needs-review", reason="sent to 3 of 9 readers only")
    told = office.ready()
    assert (told.state, told.tone) == (State.REVIEW, "stop")
    assert told.sentence == "A human must look: sent to 3 of 9 readers only. Nothing of it is repeated."


def test_a_real_dispatch_is_told_where_the_settings_only_rehearse(office: Office) -> None:
    """It goes out all the same."""
    office.send()
    make_real(office.root)
    told = office.ready()
    assert (told.state, told.tone) == (State.SCHEDULED, "wait")
    assert told.sentence == (
        "Scheduled at listmonk for Tue 1 Dec, 07:30 EST, and the settings say outbox now: what stands at "
        "listmonk goes out all the same. Look there."
    )
    assert commands(told) == ["status ID"]


def late(office: Office) -> None:
    """Let the hour pass."""
    office.clock.now = office.hour


def over(office: Office) -> None:
    """Let the day pass."""
    office.clock.now = office.hour + dt.timedelta(days=1)


def changed(office: Office) -> None:
    """Send, then edit."""
    office.send()
    office.edit("A tent pole and its ropes", "A tent pole with its ropes")


def called_off(office: Office) -> None:
    """Send, then take back."""
    office.send()
    office.cancel()


def signed(office: Office) -> None:
    """Sign what must be signed."""
    office.demand_signature()
    office.sign()


SITUATIONS: dict[str, tuple[Callable[[Office], None], str]] = {
    "as it is": (lambda _office: None, "good"),
    "late": (late, "good"),
    "over": (over, "stop"),
    "finding": (lambda office: office.edit(*MISSING), "stop"),
    "waiver over": (lambda office: office.waive("2026-11-23"), "stop"),
    "waiver ends soon": (lambda office: office.waive("2026-11-29"), "wait"),
    "waiver in force": (lambda office: office.waive("2026-12-20"), "good"),
    "on hold": (lambda office: office.edit("status: ready", "status: hold"), "wait"),
    "unsigned": (Office.demand_signature, "wait"),
    "signed": (signed, "good"),
    "scheduled": (Office.send, "wait"),
    "changed": (changed, "stop"),
    "called off": (called_off, "wait"),
    "needs a human": (lambda office: office.record("needs-review", reason="too few"), "stop"),
}


@pytest.mark.parametrize("situation", SITUATIONS)
def test_readiness_agrees_with_plan(office: Office, situation: str) -> None:
    """Good is what `plan` would schedule; stop is what it refuses."""
    act, tone = SITUATIONS[situation]
    act(office)
    assert office.ready().tone == tone
    if tone != "wait":
        assert (office.planned() == 0) == (tone == "good")
