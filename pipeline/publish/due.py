"""
What a scheduled run does with nobody watching: reconcile what was dispatched, and find what is due.

Both return rows instead of raising: one issue that fails does not stop the others.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pipeline.errors import ChecksFailed
from pipeline.model import NOTHING, Audience, Draft, Entry, Finding, Message, Payload, Receipt
from pipeline.providers.base import payload_for
from pipeline.publish.compare import differences
from pipeline.publish.desk import Desk, when
from pipeline.publish.plan import digest_of
from pipeline.publish.save import demand_shown
from pipeline.publish.send import take_back
from pipeline.publish.standing import Case, Standing, look
from pipeline.receipts import standing

LATE = dt.timedelta(minutes=30)  # after its time a mail that did not begin to go out is an alarm
ALARM = dt.timedelta(days=1)  # so long a run fails because of an issue that a human must look at
FEW = 0.9  # of the readers counted when it was scheduled; fewer mails are an alarm


class Report(NamedTuple):
    """What became of one issue: words for people, an exit code for the run."""

    outcome: str  # scheduled, recovered, nothing, sent, sending, claimed, drift, late, cancelled, failed, ...
    exit_code: int = 0
    message: str = ""  # lower case, no full stop
    hint: str = ""
    counts: Mapping[str, int | None] = NOTHING  # as `Stats`
    findings: Sequence[Finding] = ()


def reconcile(key: str, desk: Desk) -> Report:
    """
    Bring the record of a dispatched issue up to what the provider says.

    Records `sent` with counts once it went out, and `needs-review` when too few mails left or its state is
    one that a human must judge. A mail that is late, gone or taken back by hand is an alarm each time.
    """
    with desk.receipts.hold(key):
        seen = look(key, desk)
        draft, entry = seen.draft, seen.entry
        if entry is None or draft is None or seen.case in (Case.BLOCKED, Case.TAKEN_BACK):
            return _blocked(seen, desk)
        if entry.kind == "sent":
            return Report("sent", message=seen.why)
        if seen.case is Case.RECOVER:
            planned = draft.send_at.isoformat() if draft.send_at else entry.data.get("send_at")
            desk.receipts.append(key, "scheduled", {**entry.data, "send_at": planned})
        if draft.state == "sent":
            return _sent(seen, draft, desk)
        if draft.state == "scheduled" and draft.send_at and desk.clock() > draft.send_at + LATE:
            return Report(
                "late",
                6,
                f"was to go out at {when(draft.send_at)}, and {desk.provider.name} has not begun",
                f"look at {desk.provider.name} at once: its queue may stand still; nothing is repeated",
            )
        if seen.case in (Case.OVER, Case.CLAIMED):
            return Report("claimed", 6, seen.why or "claimed, and not scheduled", seen.hint)
        return Report(draft.state, message=seen.why)


def guard(message: Message, audience: Audience, desk: Desk) -> Report | None:
    """
    Look whether what is scheduled is still what the issue says, and still shows its disclaimers.

    A scheduled draft that lost a disclaimer is taken back: nothing else may keep it from readers in time.

    Returns:
        None when all is well or nothing is scheduled.
    """
    with desk.receipts.hold(message.key):
        seen = look(message.key, desk)
        entry, draft = seen.entry, seen.draft
        if seen.case is not Case.SCHEDULED or entry is None or draft is None:
            return None
        at, key = dt.datetime.fromisoformat(str(entry.data["send_at"])), message.key
        payload = payload_for(message, audience, desk.provider)
        changed = _changed(message, payload, at, entry)
        if changed:
            return Report(
                "drift",
                6,
                f"scheduled for {when(at)}, and changed in the repository since: {changed}",
                f"undo the change; or run `newsletter send {key} --amend` to send it as it is now",
            )
        stored = desk.provider.stored(draft, payload)
        try:
            demand_shown(message, stored, desk.provider.name)
        except ChecksFailed as err:
            take_back(seen, draft, desk, reason="a disclaimer was no longer shown")
            why = "a disclaimer was no longer shown in it: taken back, nobody gets this mail"
            hint = f"somebody changed it at {desk.provider.name}; run `newsletter send {key}` again"
            return Report("cancelled", err.exit_code, why, hint, findings=err.findings)
        different = differences(stored.payload, payload)
        if different:
            why = (
                f"scheduled for {when(at)}, and changed at {desk.provider.name} since: {', '.join(different)}"
            )
            return Report(
                "drift", 6, why, f"run `newsletter send {key} --amend` to put back what was checked"
            )
        return None


def _changed(message: Message, payload: Payload, at: dt.datetime, entry: Entry) -> str:
    """Say what of an issue is no longer as it was scheduled; empty when nothing is."""
    if entry.data.get("content_digest") != message.digest:
        return "its words"
    if digest_of(message, payload, at) != entry.data.get("dispatch_digest"):
        return "its sender, reply address or audience"
    asked = message.send_at.isoformat() if message.send_at else ""
    return "its send time" if entry.data.get("asked_at", asked) != asked else ""


def _blocked(seen: Standing, desk: Desk) -> Report:
    """Report what a human must judge; put it on record when the provider's word is final."""
    draft, entry = seen.draft, seen.entry
    if entry is not None and entry.kind != "needs-review" and draft is not None and draft.state == "unknown":
        desk.receipts.append(seen.key, "needs-review", {**entry.data, "reason": seen.why})
    return Report("needs-review", 6, seen.why or "nothing is on record", seen.hint)


def _sent(seen: Standing, draft: Draft, desk: Desk) -> Report:
    """Record that an issue went out, with counts; too few of them are for a human."""
    entry = seen.entry
    data = dict(entry.data) if entry else {}
    stats = desk.provider.stats(draft)
    counts = {"to_send": stats.to_send, "sent": stats.sent, "bounced": stats.bounced}
    sent_at = draft.sent_at or draft.send_at
    readers, went = data.get("readers"), stats.sent if stats.sent is not None else stats.to_send
    data = {**data, "sent_at": sent_at.isoformat() if sent_at else "", "counts": counts}
    if went is not None and isinstance(readers, int) and went < FEW * readers:
        if sent_at is not None and desk.clock() < sent_at + LATE:
            return Report("sending", message=f"{went:,} of {readers:,} counted so far", counts=counts)
        reason = f"sent to {went:,} of {readers:,} readers only"
        desk.receipts.append(seen.key, "needs-review", {**data, "reason": reason})
        hint = f"look at {desk.provider.name}: bounces, limits, a paused queue; nothing is repeated"
        return Report("needs-review", 6, reason, hint, counts)
    desk.receipts.append(seen.key, "sent", data)
    told = f"sent to {went:,} readers" if went is not None else "sent; the provider does not say to how many"
    return Report("sent", message=f"{told}, {when(sent_at)}", counts=counts)


def unsettled(receipts: Mapping[str, Receipt], desk: Desk) -> list[str]:
    """Return the keys whose dispatch is on record and not at its end, the oldest send time first."""
    entries = {key: standing(receipt, rehearsal=desk.rehearses) for key, receipt in receipts.items()}
    open_ = {
        key: str(entry.data.get("send_at"))
        for key, entry in entries.items()
        if entry is not None
        and (
            entry.kind in ("claimed", "scheduled")
            or (entry.kind == "needs-review" and desk.clock() - entry.at < ALARM)
        )
    }
    return sorted(open_, key=lambda key: (open_[key], key))
