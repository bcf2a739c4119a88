"""
One dispatch of a key that is held and free: claim, schedule, record.

Each step is safe to be killed after. A run may sleep between any two of them, and find that somebody called
the issue off meanwhile: then it gives way.
"""

import datetime as dt
from contextlib import suppress
from typing import Any

from pipeline.errors import Altered, OutcomeUnknown, ProviderError, ReceiptError, Refused
from pipeline.model import Draft, Entry, Receipt
from pipeline.providers.base import Can
from pipeline.publish.claimed import FIELDS
from pipeline.publish.compare import differences
from pipeline.publish.desk import Desk
from pipeline.publish.plan import Dispatch, demand_signed, demand_wanted
from pipeline.publish.save import save
from pipeline.publish.standing import DISPATCHED, look
from pipeline.publish.withdraw import record_cancelled, seen_as, unschedule
from pipeline.receipts import standing

MARGIN = dt.timedelta(seconds=10)  # before its time; what reaches a provider later may go out at once


def dispatch_held(dispatch: Dispatch, desk: Desk) -> None:
    """Go the whole way with a key that is held and free."""
    key, payload = dispatch.message.key, dispatch.payload
    receipt = desk.receipts.read(key)
    demand_signed(dispatch.message, receipt, desk)
    if dispatch.unattended:
        demand_wanted(dispatch.message, receipt, desk)
    draft = save(dispatch.message, payload, desk)
    record = _record(dispatch, draft, desk)
    claim = desk.receipts.append(key, "claimed", record, seen=receipt, parts=_parts(dispatch, desk))
    _demand_time_left(dispatch, desk)
    seen = desk.receipts.read(key)
    if standing(seen, rehearsal=desk.rehearses) != claim:
        raise Refused(
            f"{dispatch.message.id}: somebody took it over while this run slept; nothing was scheduled by it",
            hint=f"run `newsletter status {dispatch.message.id}`",
        )
    _schedule(dispatch, draft, desk)
    try:
        _record_scheduled(seen, claim, draft, desk)
    except ReceiptError as err:
        raise ReceiptError(
            f"{dispatch.message.id}: scheduled for {desk.when(dispatch.at)} at {desk.provider.name}, and "
            f"that could not be put on record: {err.message}",
            hint=f"do not schedule it by hand; run `newsletter send {dispatch.message.id}` again: it finds "
            "what was done, and records it",
        ) from err


def _record_scheduled(seen: Receipt, claim: Entry, draft: Draft, desk: Desk) -> None:
    """Put on record what was scheduled by *claim*, as long as that stands; a sign-off leaves it standing."""
    while standing(seen, rehearsal=desk.rehearses) == claim:
        with suppress(Refused):
            desk.receipts.append(seen.key, "scheduled", claim.data, seen=seen)
            return
        seen = desk.receipts.read(seen.key)
    _give_way(seen.key, draft, desk)


def _give_way(key: str, draft: Draft, desk: Desk) -> None:
    """Give way to whoever acted after our claim: called off is called off, also by a run that slept."""
    seen = look(key, desk)
    if seen.entry is not None and seen.entry.kind in ("scheduled", "sent", "needs-review"):
        return  # another run found what was done, and put it on record
    now = desk.provider.read(draft.id)
    if now is not None and now.state == "scheduled":
        unschedule(now, desk)
    raise Refused(
        f"{seen.id}: called off or taken over while this run scheduled it: it was taken back",
        hint=f"run `newsletter status {seen.id}`",
    )


def _record(dispatch: Dispatch, draft: Draft, desk: Desk) -> dict[str, Any]:
    message = dispatch.message
    return {
        "newsletter": desk.settings.id,
        "subject": message.subject,
        "page": message.web_url,
        "given": {name: getattr(dispatch.payload, name) for name in FIELDS},
        "provider": desk.provider.name,
        "url": desk.url,
        "draft": draft.id,
        "audience": dispatch.audience.name,
        "readers": dispatch.readers,
        "send_at": dispatch.at.isoformat(),
        "asked_at": dispatch.asked.isoformat() if dispatch.asked else "",
        "content_digest": message.digest,
        "dispatch_digest": dispatch.digest,
        "wordings": [wording.ref for wording in message.wordings],
        **desk.world,
        **({} if Can.OWN_TEXT in desk.provider.can else {"text_part": "provider"}),
    }


def _parts(dispatch: Dispatch, desk: Desk) -> dict[str, str]:
    """Return the mail by file name: as the provider is given it, and neutral, as the archive shows it."""
    payload, message = dispatch.payload, dispatch.message
    claimed = payload.html, payload.text or message.text
    neutral = message.html, message.text
    return dict(zip((*desk.part_names, *desk.neutral_names), (*claimed, *neutral), strict=True))


def _schedule(dispatch: Dispatch, draft: Draft, desk: Desk) -> None:
    """Make the one write that sends, and look whether it took effect."""
    key, name, at = dispatch.message.key, dispatch.message.id, dispatch.at
    failure: ProviderError | None = None
    try:
        desk.provider.schedule(draft, at=at)
    except ProviderError as err:
        failure = err
    refused = failure is not None and not isinstance(failure, OutcomeUnknown)
    try:
        now = seen_as(DISPATCHED, draft, desk, patient=not refused)
        if refused and failure is not None and now is not None and now.state == "draft":
            record_cancelled(look(key, desk), desk, reason=failure.message)
            raise failure
        if not refused and now is not None and _went_through(now, at):
            _prove_unchanged(dispatch, now, desk)
            return
        shows = (
            "no draft" if now is None else f"{now.native_state or now.state!r} for {desk.when(now.send_at)}"
        )
    except ProviderError as err:
        if err is failure:
            raise
        shows = f"nothing that can be read: {err.message}"  # it may be scheduled: never "nothing was sent"
    raise OutcomeUnknown(
        f"{name}: {desk.provider.name} was asked to schedule it for {desk.when(at)}, and shows {shows}",
        hint=f"do not repeat; run `newsletter status {name}`",
    ) from failure


def _went_through(now: Draft, at: dt.datetime) -> bool:
    """Say whether a draft is on its way at the time that was asked for."""
    return now.send_at == at or (now.state in ("sending", "sent") and now.send_at is None)


def _prove_unchanged(dispatch: Dispatch, draft: Draft, desk: Desk) -> None:
    """Take a draft back that somebody changed between its proof and its schedule."""
    if draft.state != "scheduled":
        return
    try:
        different = differences(desk.provider.stored(draft, dispatch.payload).payload, dispatch.payload)
    except Altered as err:
        different = [err.message]
    if different:
        unschedule(draft, desk)  # first of all, and without the record: it may not be reached
        fields = ", ".join(different)
        why = f"somebody changed it at {desk.provider.name} meanwhile: {fields}; it was taken back"
        try:
            record_cancelled(look(dispatch.message.key, desk), desk, reason=why)
        except ReceiptError as err:
            err.message = f"{dispatch.message.id}: {why}, and that is not on record: {err.message}"
            raise
        raise Refused(f"{dispatch.message.id}: {why}", hint="run the command again")


def _demand_time_left(dispatch: Dispatch, desk: Desk) -> None:
    """Refuse a time that has come while the draft was made: a provider may send such a mail at once."""
    if desk.clock() > dispatch.at - MARGIN:
        seen = look(dispatch.message.key, desk)
        record_cancelled(seen, desk, reason="its time came before it could be scheduled")
        raise Refused(
            f"{seen.id}: {desk.when(dispatch.at)} came before it could be scheduled",
            hint="run the command again: it takes a later time, within limits",
        )
