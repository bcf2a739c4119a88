"""
May this issue be sent, and if not, why, and with which command?

It speaks by what this clone knows: no connection is made, no provider is asked, and the receipt may be old.
The rules are those of `send` and `plan`, asked through the same functions. What only others know (the
provider's drafts and readers, other issues on record) `newsletter plan` looks at.

What is on record comes first: what went out, or will, is no longer a matter of findings. After that the
reasons stand in the order in which an editor meets them: mend what was found, which changes the text; give it
a time; have the text signed, which a later change would void; release it.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from pipeline.checks.waivers import has_ended
from pipeline.model import Entry, Finding, Issue, Message, Receipt
from pipeline.preview.steps import Step, steps_on_record, steps_to_send
from pipeline.receipts import asks_anew, called_off, differs, planned_at, signed, standing
from pipeline.sendtime import beside, is_amendable, soonest
from pipeline.settings import Settings, next_slot
from pipeline.signoff import objection, sample_refs

Tone = Literal["good", "wait", "stop"]
_MINUTE = dt.timedelta(minutes=1)


class State(StrEnum):
    """Where an issue stands on its way out."""

    READY = "ready"
    FINDINGS = "findings"  # they stop it
    WAIVER = "waiver"  # one ends before it goes out
    SAMPLE = "sample"  # wordings that nobody approved, at a provider with readers
    UNTIMED = "untimed"
    OFF_GRID = "off-grid"  # its provider cannot send at that minute
    LATE = "late"  # too late to go out at its time
    UNSIGNED = "unsigned"
    HELD = "held"
    DRAFT = "draft"
    CALLED_OFF = "called off"  # by a person: no run sends it by itself
    CLAIMED = "claimed"
    SCHEDULED = "scheduled"
    CHANGED = "changed"  # scheduled, and otherwise than its source is now
    SENT = "sent"
    REVIEW = "review"  # a human must look at it
    UNREADABLE = "unreadable"  # nobody can tell what was sent


class Readiness(NamedTuple):
    """Whether an issue may be sent, in one sentence, and what to do next."""

    state: State
    tone: (
        Tone  # good: `send` takes it; wait: it waits for a person, or is under way; stop: something is wrong
    )
    sentence: str  # for people: whole sentences, commands between backticks
    command: str  # the one to run next; empty when a file is to be edited first
    steps: tuple[Step, ...] = ()


class _Reason(NamedTuple):
    """One reason for which an issue is not sent."""

    state: State
    tone: Tone
    sentence: str
    command: str = ""


class _Case(NamedTuple):
    """All that is asked about, together."""

    findings: Sequence[Finding]
    issue: Issue
    message: Message
    receipt: Receipt
    settings: Settings
    rehearses: bool
    provider_name: str
    now: dt.datetime
    grid: dt.timedelta

    @property
    def stops(self) -> list[Finding]:
        """The findings that stop a send."""
        return [finding for finding in self.findings if finding.severity.stops]

    def when(self, moment: dt.datetime | None) -> str:
        """Say *moment* by the issue's clock, such as "Tue 1 Dec, 07:30 EST"."""
        if moment is None:
            return "an unknown time"
        local = moment.astimezone(ZoneInfo(self.issue.timezone))
        year = "" if local.year == self.now.year else f" {local.year}"
        return f"{local:%a} {local.day} {local:%b}{year}, {local:%H:%M %Z}"


def readiness(
    findings: Sequence[Finding],
    issue: Issue,
    message: Message,
    receipt: Receipt,
    *,
    settings: Settings,
    rehearses: bool,
    provider_name: str,
    now: dt.datetime,
    proofs: bool = False,
    grid: dt.timedelta = _MINUTE,
) -> Readiness:
    """
    Say whether *issue* may be sent as it is now.

    Args:
        findings: of `check` without *sending*, twins included.
        issue: as it stands in its file.
        message: what was composed of it.
        receipt: what this clone knows of it.
        settings: the newsletter's.
        rehearses: whether the provider reaches no reader.
        provider_name: the provider's.
        now: aware.
        proofs: whether `newsletter proof` can mail one.
        grid: how far apart the times are at which the provider can send.

    Returns:
        The first reason against it, and how many more there are; or when it goes out. Its tone is "good" only
        where `newsletter plan` of this issue refuses nothing that this clone can know, and "stop" only where
        it refuses.
    """
    case = _Case(findings, issue, message, receipt, settings, rehearses, provider_name, now, grid)
    # What went to readers is told first, also where the settings only rehearse.
    entry = standing(receipt, rehearsal=False) or standing(receipt, rehearsal=rehearses)
    if entry is not None:
        told = _on_record(entry, case)
        planned = planned_at(entry)
        exchange = (
            told.state is State.CHANGED
            and is_amendable(planned, now=now, lead_time=settings.lead_time)
            and not list(_reasons(case))
        )
        ahead = planned is not None and now < planned and entry.data.get("provider") == provider_name
        steps = steps_on_record(issue.id, entry, exchange=exchange, ahead=ahead)
        return Readiness(*told, steps)
    reasons = list(_reasons(case))
    steps = steps_to_send(
        issue,
        message,
        receipt,
        settings=settings,
        now=now,
        stops=len(case.stops),
        sendable=not any(reason.state is not State.CALLED_OFF for reason in reasons),
        by_itself=not reasons,
        proofs=proofs,
    )
    if not reasons:
        return Readiness(*_fit(case), steps)
    first, others = reasons[0], len(reasons) - 1
    more = f" And {others} more {'reason' if others == 1 else 'reasons'}." if others else ""
    return Readiness(first.state, first.tone, first.sentence + more, first.command, steps)


def unreadable(message: str, hint: str) -> Readiness:
    """Return the readiness of any issue while nobody can tell what is on record, and why that is so."""
    return Readiness(State.UNREADABLE, "stop", f"Cannot be sent: {message}. To mend it, {hint}.", "")


def _reasons(case: _Case) -> Iterator[_Reason]:
    """Yield why a send would stop, in the order in which to mend it."""
    yield from _against_content(case)
    yield from _against_time(case)
    yield from _against_release(case)


def _against_content(case: _Case) -> Iterator[_Reason]:
    name, stops = case.issue.id, case.stops
    if stops:
        many = "1 finding blocks it:" if len(stops) == 1 else f"{len(stops)} findings block it, first"
        sentence = f"Cannot be sent: {many} {_place(stops[0])}."
        yield _Reason(State.FINDINGS, "stop", sentence, f"newsletter check {name}")
    yield from _against_waivers(case)
    samples = sample_refs(case.message)
    if samples and not case.rehearses:
        sentence = (
            f"Cannot be sent to {case.provider_name}: nobody approved the sample wording "
            f"{', '.join(samples)}. Have it read, then write approved_by and approved_on into its file."
        )
        yield _Reason(State.SAMPLE, "stop", sentence, "newsletter disclaimers")


def _against_waivers(case: _Case) -> Iterator[_Reason]:
    """Tell of a waiver that only warns in `check`, and will stop `send`."""
    zone = ZoneInfo(case.settings.timezone)
    today = case.now.astimezone(zone).date()
    send_at = case.issue.send_at
    # `send --due` comes as soon as the time is within the horizon; a person can send it before.
    due = max(case.now, send_at - case.settings.horizon) if send_at else case.now
    ended = [waiver for waiver in case.issue.waivers if has_ended(waiver, due.astimezone(zone).date())]
    if not ended:
        return
    waiver = min(ended, key=lambda one: one.until)
    where = f"{case.issue.file}:{waiver.line}"
    until = f"{waiver.until:%a} {waiver.until.day} {waiver.until:%b}"
    if has_ended(waiver, today):
        sentence = (
            f"Will stop `send`, though `check` only warns: the waiver of {waiver.rule} ended on {until} "
            f"({where}). Mend what it was for, or decide anew."
        )
        yield _Reason(State.WAIVER, "stop", sentence)
    else:
        sentence = (
            f"Will stop `send --due`: the waiver of {waiver.rule} ends on {until} ({where}), before that run "
            "comes. Mend what it was for, or send it by hand until then."
        )
        yield _Reason(State.WAIVER, "wait", sentence)


def _against_time(case: _Case) -> Iterator[_Reason]:
    send_at, name = case.message.send_at, case.issue.id
    line = case.issue.lines.get("send_at", 0)
    where = f"in its front matter{f' (line {line})' if line else ''}"
    if send_at is None:
        slot = next_slot(case.settings, after=case.now + case.settings.horizon)
        sentence = f"No send time: write send_at {where}, such as {slot:%Y-%m-%dT%H:%M}, your next slot."
        yield _Reason(State.UNTIMED, "wait", sentence)
        return
    wanted = send_at.astimezone(dt.UTC)
    if times := beside(wanted, case.grid):
        near = " or ".join(f"{time.astimezone(send_at.tzinfo):%H:%M}" for time in times)
        sentence = (
            f"Cannot go out at {send_at:%H:%M}: {case.provider_name} sends every "
            f"{case.grid.seconds // 60} minutes. Set send_at to {near} {where}."
        )
        yield _Reason(State.OFF_GRID, "stop", sentence)
    elif soonest(case.now, case.settings.lead_time, case.grid) > wanted + case.settings.latest_send:
        sentence = f"Too late: it was to go out {case.when(send_at)}. Set another send_at {where}."
        yield _Reason(State.LATE, "stop", sentence, f"newsletter send {name} --at TIME")


def _against_release(case: _Case) -> Iterator[_Reason]:
    issue = case.issue
    why = objection(case.message, case.receipt) if case.settings.require_approval else None
    if why:
        words = f"Not signed off: {why.message}"
        if signed(case.receipt) is None:
            words = f"{why.message[:1].upper()}{why.message[1:]}"
        by = case.message.reviewed_by
        ask = f" Ask {by} to sign it." if by and why.rule == "REV003" else ""
        sentence = f"{words}, as far as this clone knows.{ask}"
        yield _Reason(State.UNSIGNED, "wait", sentence)
    line = issue.lines.get("status", 0)
    where = f"in its front matter{f' (line {line})' if line else ''}"
    if issue.status == "draft":
        yield _Reason(State.DRAFT, "wait", f"Still a draft: set status: ready {where}.")
    elif issue.status == "hold":
        yield _Reason(State.HELD, "wait", f"On hold: set status: ready {where} when it may go out.")
    off = called_off(case.receipt, rehearsal=case.rehearses)
    if off is not None and not asks_anew(case.receipt, case.message.send_at):
        sentence = (
            f"Called off by {off.run} on {case.when(off.at)}: no run sends it by itself. "
            f"`newsletter send {issue.id}` does, and so does another send_at."
        )
        yield _Reason(State.CALLED_OFF, "wait", sentence, f"newsletter send {issue.id}")


def _fit(case: _Case) -> _Reason:
    """Say when it goes out, and which command takes it."""
    name, settings = case.issue.id, case.settings
    wanted = case.message.send_at or case.now
    first = soonest(case.now, settings.lead_time, case.grid)
    to = f" to {case.provider_name}, which reaches no reader" if case.rehearses else ""
    ask = "" if case.rehearses else f" `newsletter plan {name}` asks {case.provider_name}."
    start = wanted - settings.horizon
    command = "newsletter send --due"
    if first > wanted.astimezone(dt.UTC):
        command = f"newsletter send {name}"
        sentence = (
            f"Fit to send{to}, but late: planned for {case.when(wanted)}, it goes out {case.when(first)} "
            f"at the soonest: `{command}`."
        )
    elif start < case.now:
        sentence = f"Fit to send{to}. Goes out {case.when(wanted)}: the next `{command}` takes it."
    else:
        sentence = (
            f"Fit to send{to}. Goes out {case.when(wanted)}: `{command}` takes it from {case.when(start)}."
        )
    return _Reason(State.READY, "good", sentence + ask, command)


def _on_record(entry: Entry, case: _Case) -> _Reason:
    """Say where a dispatch stands, by its last entry."""
    name, at = case.issue.id, str(entry.data.get("provider") or case.provider_name)
    look = f"newsletter status {name}"
    if entry.kind in ("claimed", "scheduled") and at != case.provider_name:
        sentence = (
            f"{entry.kind.capitalize()} at {at} for {case.when(planned_at(entry))}, and the settings say "
            f"{case.provider_name} now: what stands at {at} goes out all the same. Look there."
        )
        return _Reason(State.SCHEDULED, "wait", sentence, look)
    match entry.kind:
        case "sent":
            sent_at = str(entry.data.get("sent_at") or "")
            time = case.when(dt.datetime.fromisoformat(sent_at) if sent_at else planned_at(entry))
            sentence = f"Sent on {time}; a correction goes out as an issue of its own."
            return _Reason(State.SENT, "wait", sentence, look)
        case "needs-review":
            why = str(entry.data.get("reason") or "nobody can say what became of it")
            sentence = f"A human must look: {why}. Nothing of it is repeated."
            return _Reason(State.REVIEW, "stop", sentence, look)
        case "claimed":
            sentence = (
                f"Being sent by {entry.run} since {case.when(entry.at)}, as far as this clone knows: "
                f"`{look}` asks {at} what became of it."
            )
            return _Reason(State.CLAIMED, "wait", sentence, look)
    return _scheduled(entry, at, case)


def _scheduled(entry: Entry, at: str, case: _Case) -> _Reason:
    name, planned = case.issue.id, planned_at(entry)
    look, cancel = f"newsletter status {name}", f"newsletter cancel {name}"
    told = f"Scheduled for {case.when(planned)} at {at}"
    if planned is None or planned <= case.now:
        sentence = f"{told}: it went out, or goes out just now. `{look}` asks {at}."
        return _Reason(State.SCHEDULED, "wait", sentence, look)
    if case.issue.status != "ready":
        sentence = (
            f"{told}, and goes out all the same, though its status is {case.issue.status!r}: "
            f"`{cancel}` keeps it back."
        )
        return _Reason(State.CHANGED, "stop", sentence, cancel)
    amend = f"newsletter send {name} --amend"
    if not differs(entry, case.message):
        sentence = f"{told}; what you change now is not in it: `{amend}` exchanges it."
        return _Reason(State.SCHEDULED, "wait", sentence, look)
    changed = f"{told}, and changed since: what you see is not what goes out."
    if not is_amendable(planned, now=case.now, lead_time=case.settings.lead_time):
        sentence = f"{changed} It goes out too soon to be exchanged; `{cancel}` keeps it back."
        return _Reason(State.CHANGED, "stop", sentence, cancel)
    reason = next(_reasons(case), None)
    if reason is None:
        return _Reason(State.CHANGED, "stop", f"{changed} `{amend}` exchanges it.", amend)
    return _Reason(
        State.CHANGED, "stop", f"{changed} To exchange it, first: {reason.sentence}", reason.command
    )


def _place(finding: Finding) -> str:
    """Name a finding in passing: where, and what."""
    where = f"{finding.file}{f':{finding.line}' if finding.line else ''} " if finding.file else ""
    return f"{where}{finding.message}"
