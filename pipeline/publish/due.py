"""
What a scheduled run does with nobody watching: reconcile what was dispatched, and find what is due.

Both return rows instead of raising: one issue that fails does not stop the others.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pipeline.errors import PipelineError
from pipeline.model import NOTHING, Audience, Draft, Entry, Finding, Message, Payload, Receipt
from pipeline.providers.base import payload_for
from pipeline.publish.claimed import change
from pipeline.publish.desk import Desk
from pipeline.publish.plan import MOST, digest_of
from pipeline.publish.standing import Case, Standing, look
from pipeline.publish.withdraw import take_back
from pipeline.receipts import belongs_to, is_moved, last_entry, planned_at, standing

LATE = dt.timedelta(minutes=30)  # after its time a mail that did not begin to go out is an alarm
LONG = dt.timedelta(hours=6)  # after its time a mail that is still going out is one
ALARM = dt.timedelta(days=1)  # so long a run fails because of an issue that a human must look at
FEW = 0.9  # of the readers counted when it was scheduled; fewer mails are an alarm


class Report(NamedTuple):
    """What became of one issue: words for people, an exit code for the run."""

    # free, scheduled, recovered, nothing, sending, sent; claimed, drift, late, cancelled, blocked,
    # needs-review, done, stopped by a guard or a check, or failed
    outcome: str
    exit_code: int = 0
    message: str = ""  # lower case, no full stop
    hint: str = ""
    counts: Mapping[str, int | None] = NOTHING  # as `Stats`
    findings: Sequence[Finding] = ()
    went_out: bool = False  # this run put on record that it did, also where a human must look at how


def reconcile(key: str, desk: Desk) -> Report:
    """
    Bring the record of a dispatched issue up to what the provider says.

    Records `sent` with counts once it went out, and `needs-review` when a number of mails left that cannot be
    right, or when its state is one that a human must judge. A mail that is late is an alarm each time; what
    needs a human is one for a day after it is on record.
    """
    with desk.receipts.hold(key):
        seen = look(key, desk)
        draft, entry = seen.draft, seen.entry
        if entry is None or entry.kind == "sent":
            return _ended(seen)
        if seen.case is Case.REVIEW and (draft is None or draft.state != "sent"):
            return _in_review(seen.why, entry, desk)
        if seen.case in (Case.BLOCKED, Case.TAKEN_BACK) or draft is None:
            return _blocked(seen, entry, desk)
        if draft.state == "sent":
            return _sent(seen, entry, draft, desk)
        if seen.case in (Case.OVER, Case.CLAIMED):
            return Report(
                "claimed", 6, seen.why or "claimed by a run that died, and not scheduled", seen.hint
            )
        if seen.case is Case.RECOVER:
            desk.receipts.append(key, "scheduled", _with_time(entry, draft))
        return _under_way(seen, draft, draft.send_at or planned_at(entry), desk)


def _ended(seen: Standing) -> Report:
    """Report what went out, or was cancelled: the provider may disagree with that."""
    if seen.entry is not None:
        return Report("nothing", message=seen.why)
    return Report("free") if seen.case is Case.FREE else Report("blocked", 6, seen.why, seen.hint)


def guard(key: str, desk: Desk) -> Report | None:
    """
    Look whether what is scheduled is still what was claimed, and still shows its disclaimers.

    A scheduled draft that lost a disclaimer is taken back: nothing else may keep it from readers in time.
    The next run puts back what was checked.

    Returns:
        None when all is well or nothing is scheduled.

    Raises:
        PipelineError: it lost a disclaimer and could not be taken back, or the provider failed.
    """
    with desk.receipts.hold(key):
        seen = look(key, desk)
        report = intact(seen, desk)
        if report is None or report.outcome != "cancelled" or seen.draft is None:
            return report
        try:
            take_back(seen, seen.draft, desk, reason=report.message)
        except PipelineError as err:
            err.message = f"{report.message.partition(':')[0]}, and it could not be taken back: {err.message}"
            err.hint = f"take it back at {desk.provider.name} by hand, at once"
            err.findings = tuple(report.findings)
            raise
        return report


def intact(seen: Standing, desk: Desk) -> Report | None:
    """
    Say how what is scheduled differs from what was claimed; changes nothing, and needs no issue.

    Returns:
        None when it does not, or nothing is scheduled; "cancelled" when it must be taken back.
    """
    entry, draft = seen.entry, seen.draft
    if seen.case is not Case.SCHEDULED or entry is None or draft is None:
        return None
    changed = change(seen.key, entry, draft, desk)
    if changed is None:
        return None
    at = desk.provider.name
    if changed.hides:
        why = f"no longer surely what was approved: taken back, nobody gets it like this: {changed.what}"
        hint = (
            f"somebody changed it at {at}; the next run, or `newsletter send {seen.id}`, puts back what was "
            "checked and schedules it; to keep it back, set status: hold"
        )
        return Report("cancelled", 1 if changed.findings else 6, why, hint, findings=changed.findings)
    why = f"scheduled for {desk.when(planned_at(entry))}, and changed at {at} since: {changed.what}"
    return Report("drift", 6, why, f"run `newsletter send {seen.id} --amend` to put back what was checked")


def drift(message: Message, audience: Audience, seen: Standing, desk: Desk) -> Report | None:
    """Say how the issue differs from what is scheduled; None when it does not, or nothing is scheduled."""
    at = planned_at(seen.entry) if seen.entry else None
    if seen.case is not Case.SCHEDULED or seen.entry is None or at is None:
        return None
    changed = _changed(message, payload_for(message, audience, desk.provider), at, seen.entry)
    if not changed:
        return None
    why = f"scheduled for {desk.when(at)}, and changed in the repository since: {changed}"
    amend = f"`newsletter send {seen.id} --amend`"
    return Report("drift", 6, why, f"undo the change; or run {amend} to send it as it is now")


def unsettled(receipts: Mapping[str, Receipt], desk: Desk) -> list[str]:
    """
    Return the keys whose dispatch is on record and not at its end, the oldest send time first.

    One that was cancelled is looked after until a day after its time: a schedule may take effect late.
    """
    entries = {key: last_entry(receipt, rehearsal=desk.rehearses) for key, receipt in receipts.items()}
    open_ = {
        key: str(entry.data.get("send_at"))
        for key, entry in entries.items()
        if entry is not None
        and belongs_to(entry, desk.settings.id)
        and (entry.kind not in ("sent", "cancelled") or _may_yet_go(entry, desk))
    }
    return sorted(open_, key=lambda key: (open_[key], key))


def real_dispatches(receipts: Mapping[str, Receipt], desk: Desk) -> dict[str, Entry]:
    """Return, by key, what is under way to readers while the settings only rehearse."""
    entries = (
        {key: standing(receipt, rehearsal=False) for key, receipt in receipts.items()}
        if desk.rehearses
        else {}
    )
    return {
        key: entry
        for key, entry in entries.items()
        if entry is not None
        and entry.kind in ("claimed", "scheduled")
        and belongs_to(entry, desk.settings.id)
    }


def _may_yet_go(entry: Entry, desk: Desk) -> bool:
    """Say whether what was cancelled had a time that is not long over."""
    planned = planned_at(entry) if entry.kind == "cancelled" else None
    return planned is not None and desk.clock() < planned + ALARM


def _changed(message: Message, payload: Payload, at: dt.datetime, entry: Entry) -> str:
    """Say what of an issue is no longer as it was scheduled; empty when nothing is."""
    if entry.data.get("content_digest") != message.digest:
        return "what its mail says or looks like"
    if digest_of(message, payload, at) != entry.data.get("dispatch_digest"):
        return "its sender, reply address or audience"
    return "its send time" if is_moved(entry.data.get("asked_at"), message.send_at) else ""


def _under_way(seen: Standing, draft: Draft, planned: dt.datetime | None, desk: Desk) -> Report:
    """Report what waits for its time or is going out, and whether that takes too long."""
    over = desk.clock() - planned if planned else dt.timedelta()
    at = desk.provider.name
    if draft.state == "scheduled" and over > LATE:
        why = f"was to go out at {desk.when(planned)}, and {at} has not begun"
        hint = f"look at {at} at once: its queue may stand still; nothing is repeated"
        return Report("late", 6, why, hint)
    if draft.state == "sending" and over > LONG:
        why = f"going out since {desk.when(planned)}, and {at} has not ended"
        return Report("late", 6, why, f"look at {at}: it may be paused; nothing is repeated")
    if draft.state == "sending":
        return Report("sending", message=f"going out since {desk.when(planned)}")
    told = f"scheduled for {desk.when(planned)}"
    if seen.spare:
        told += f"; another draft, {seen.spare[0].id}, is left over at {at}: delete it there"
    return Report("scheduled", message=told, hint=seen.hint)


def _blocked(seen: Standing, entry: Entry, desk: Desk) -> Report:
    """
    Report what does not fit; put it on record when the provider's word is final, or it is long over.

    An alarm that never ends is one that nobody hears.
    """
    draft, planned = seen.draft, planned_at(entry)
    final = draft is not None and draft.state == "unknown"
    if final or planned is None or desk.clock() > planned + ALARM:
        desk.receipts.append(seen.key, "needs-review", {**entry.data, "reason": seen.why})
        return Report("needs-review", 6, seen.why, seen.hint)
    return Report("blocked", 6, seen.why, seen.hint)


def _in_review(
    why: str, entry: Entry, desk: Desk, counts: Mapping[str, int | None] = NOTHING, hint: str = ""
) -> Report:
    """Report what is on record as one for a human; a run fails because of it for a day."""
    hint = hint or f"look at it at {desk.provider.name}: a human must decide; nothing is repeated"
    fails = desk.clock() - entry.at < ALARM
    return Report("needs-review", 6 if fails else 0, f"{why}, since {desk.when(entry.at)}", hint, counts)


def _sent(seen: Standing, entry: Entry, draft: Draft, desk: Desk) -> Report:
    """Record that an issue went out, with counts; too few or too many mails are for a human."""
    stats = desk.provider.stats(draft)
    counts = {"to_send": stats.to_send, "sent": stats.sent, "bounced": stats.bounced}
    sent_at = draft.sent_at or draft.send_at or planned_at(entry)
    readers, went = entry.data.get("readers"), stats.sent if stats.sent is not None else stats.to_send
    data = {**_with_time(entry, draft), "sent_at": sent_at.isoformat() if sent_at else "", "counts": counts}
    data.pop("reason", None)
    at = desk.provider.name
    altered = change(seen.key, entry, draft, desk)
    if altered:
        why = f"went out otherwise than it was approved: {altered.what}"
        hint = (
            f"readers may have got other words than were checked: look at {at} at once; nothing is repeated"
        )
        if seen.case is Case.REVIEW:
            return _in_review(why, entry, desk, counts, hint)
        desk.receipts.append(seen.key, "needs-review", {**data, "reason": why})
        return Report("needs-review", 6, why, hint, counts, went_out=True)
    if went is not None and isinstance(readers, int) and not FEW * readers <= went <= MOST * readers:
        if went < readers and sent_at is not None and desk.clock() < sent_at + LATE:
            return Report("sending", message=f"{went:,} of {readers:,} counted so far", counts=counts)
        many = f"sent to {went:,} of {readers:,} readers only"
        hint = f"look at {at}: bounces, limits, a paused queue; nothing is repeated"
        if went > readers:
            many = f"{went:,} mails were sent, and there were {readers:,} readers"
            hint = f"look at {at}: another list, or somebody got it twice"
        if seen.case is Case.REVIEW:
            return _in_review(many, entry, desk, counts, hint)
        desk.receipts.append(seen.key, "needs-review", {**data, "reason": many})
        return Report("needs-review", 6, many, hint, counts, went_out=True)
    desk.receipts.append(seen.key, "sent", data)
    told = f"sent to {went:,} readers" if went is not None else "sent; the provider does not say to how many"
    return Report("sent", message=f"{told}, {desk.when(sent_at)}", counts=counts, went_out=True)


def _with_time(entry: Entry, draft: Draft) -> dict[str, object]:
    """Return what is on record, with the time that the provider shows."""
    planned = draft.send_at.isoformat() if draft.send_at else entry.data.get("send_at")
    return {**entry.data, "send_at": planned}
