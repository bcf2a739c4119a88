"""
The verbs that change something. Each is: observe, compare, at most one write, observe again.

The order of a dispatch, each step safe to be killed after:

    hold the key -> look -> settle what a dead run left -> make or change the draft
    -> look again, go on only if it is alone -> read back and prove equal -> claim -> schedule by id
    -> look whether it took effect, and that nobody changed it meanwhile -> record
"""

import datetime as dt
from contextlib import suppress
from typing import Any, Literal

from pipeline.errors import Altered, OutcomeUnknown, PipelineError, ProviderError, ReceiptError, Refused
from pipeline.model import Audience, Draft, Entry, Message, Receipt
from pipeline.providers.base import Can, payload_for
from pipeline.publish.claimed import FIELDS
from pipeline.publish.compare import differences
from pipeline.publish.desk import LOOKS_S, Desk
from pipeline.publish.plan import Dispatch, demand_signed, demand_wanted
from pipeline.publish.save import save
from pipeline.publish.standing import Case, Standing, look, planned_at
from pipeline.receipts import last_entry, standing

_DISPATCHED = ("scheduled", "sending", "sent")
_LEFT = "mail that left cannot be called back; a correction goes out as an issue of its own"
MARGIN = dt.timedelta(seconds=10)  # before its time; what reaches a provider later may go out at once


def push(message: Message, audience: Audience, desk: Desk) -> Draft:
    """
    Save *message* as a draft at the provider, read it back and prove it equal.

    Raises:
        Refused: it was dispatched already, there are several drafts, or the read-back differs.
        ChecksFailed: a disclaimer is not shown in what the provider stored.
    """
    payload = payload_for(message, audience, desk.provider)
    with desk.receipts.hold(message.key):
        seen = look(message.key, desk)
        if seen.dispatched:
            raise seen.refusal()
        _end_claim(seen, desk, take_over=False)
        return save(message, payload, desk)


def settle(message: Message, desk: Desk, *, take_over: bool = False) -> bool:
    """
    Say whether *message* was dispatched by a run that died before it could record so; record it now.

    The provider is asked only where a dispatch is on record.

    Args:
        message: as it is now.
        desk: provider and record.
        take_over: end the claim of a run that somebody says is over; its draft must be untouched.

    Raises:
        Refused: it is on record as dispatched, claimed elsewhere, or needs a human; or the interrupted run
            scheduled other words than these.
    """
    with desk.receipts.hold(message.key):
        if standing(desk.receipts.read(message.key), rehearsal=desk.rehearses) is None:
            return False
        return _settle(message, desk, take_over=take_over)


def send(dispatch: Dispatch, desk: Desk) -> Literal["scheduled", "recovered"]:
    """
    Push, verify, claim and schedule *dispatch*; or finish on record what a killed run had scheduled.

    Returns:
        "scheduled", or "recovered" when an interrupted run had done the work and only its record
        was missing.

    Raises:
        Refused: a guard stopped it. Nothing was sent.
        OutcomeUnknown: the provider did not confirm. Run `status`; do not repeat.
    """
    with desk.receipts.hold(dispatch.message.key):
        if _settle(dispatch.message, desk):
            return "recovered"
        _dispatch(dispatch, desk)
        return "scheduled"


def amend(dispatch: Dispatch, desk: Desk) -> Literal["scheduled"]:
    """
    Exchange what is scheduled for *dispatch*: unschedule, push, verify, claim and schedule anew.

    Raises:
        Refused: nothing of ours is scheduled, or less than the lead time is left before it goes out.
    """
    with desk.receipts.hold(dispatch.message.key):
        seen = look(dispatch.message.key, desk)
        # An amend that died half-way left a draft, and perhaps a claim: it goes on from there.
        draft = None if _is_half_amended(seen, desk) else _amendable(seen, desk)
        demand_signed(dispatch.message, seen.receipt, desk)
        if draft is not None:
            take_back(seen, draft, desk, reason="amended")
        elif seen.entry is not None:
            _record_cancelled(seen, desk, reason="amended")
        try:
            _dispatch(dispatch, desk)
        except OutcomeUnknown:
            raise
        except PipelineError as err:
            err.message += "; what was scheduled before was taken back, so that nobody gets it as it stands"
            raise
        return "scheduled"


def cancel(key: str, desk: Desk, *, take_over: bool = False) -> Literal["cancelled", "nothing"]:
    """
    Unschedule the dispatch of *key* and end its claim on record.

    Args:
        key: the issue's.
        desk: provider and record.
        take_over: end the claim of a run that somebody says is over.

    Returns:
        "cancelled", or "nothing" when there was nothing to cancel.

    Raises:
        Refused: it has been sent or is being sent, or nobody can say because its draft is gone.
    """
    with desk.receipts.hold(key):
        _demand_no_other_world(desk.receipts.read(key), desk)
        seen = look(key, desk)
        if seen.draft is None or seen.draft.state != "scheduled":
            _refuse_if_any_left(seen, desk)
        if seen.entry is not None and (seen.draft is None or seen.draft.state == "unknown"):
            raise seen.refusal()
        if seen.case is Case.CLAIMED and not take_over:
            raise seen.refusal()
        scheduled = [draft for draft in seen.drafts if draft.state == "scheduled"]
        for draft in scheduled:
            _unschedule(draft, desk)
        if not scheduled and seen.entry is None:
            return "nothing"
        _record_cancelled(seen, desk, reason="cancelled", called_off=True)
        left = [draft for draft in seen.drafts if draft.state in ("sending", "sent")]
        if left:
            since = desk.when(left[0].sent_at or left[0].send_at)
            raise Refused(
                f"{seen.id}: taken back; but another one, draft {left[0].id}, went out on {since}",
                hint=f"somebody sent it at {desk.provider.name} by hand; do not send this issue again",
            )
        return "cancelled"


def _demand_no_other_world(receipt: Receipt, desk: Desk) -> None:
    """Refuse to call a rehearsal off where readers will get the real one all the same."""
    entry = standing(receipt, rehearsal=False)
    if desk.rehearses and entry is not None and entry.kind in ("claimed", "scheduled"):
        at = entry.data.get("provider")
        raise Refused(
            f"{desk.name(receipt.key)}: {entry.kind} for real at {at}, and the settings say "
            f"{desk.provider.name} here",
            hint=f'set provider = "{at}", then cancel it',
        )


def take_back(seen: Standing, draft: Draft, desk: Desk, *, reason: str) -> None:
    """
    Unschedule *draft* and end its claim on record; the key is held.

    Raises:
        OutcomeUnknown: the provider does not show it as a draft afterwards.
    """
    _unschedule(draft, desk)
    _record_cancelled(seen, desk, reason=reason)


def _is_half_amended(seen: Standing, desk: Desk) -> bool:
    """Say whether an amend was begun, and its draft is waiting to be scheduled anew."""
    if seen.case in (Case.TAKEN_BACK, Case.OVER):
        return True
    last = last_entry(seen.receipt, rehearsal=desk.rehearses)
    return seen.case is Case.FREE and last is not None and last.data.get("reason") == "amended"


def _amendable(seen: Standing, desk: Desk) -> Draft:
    """Return what is scheduled and may be exchanged yet; refuse anything else."""
    draft = seen.draft
    if seen.case not in (Case.SCHEDULED, Case.RECOVER) or draft is None or draft.state != "scheduled":
        if seen.why:
            raise seen.refusal()
        raise Refused(
            f"{seen.id}: not scheduled, so there is nothing to amend",
            hint=f"run `newsletter send {seen.id}`",
        )
    if draft.send_at is None or draft.send_at - desk.clock() < desk.settings.lead_time:
        raise Refused(
            f"{seen.id}: goes out at {desk.when(draft.send_at)}: too soon to amend it",
            hint=f"run `newsletter cancel {seen.id}` if it must not go out like this",
        )
    return draft


def _dispatch(dispatch: Dispatch, desk: Desk) -> None:
    """Go the whole way with a key that is held and free."""
    key, payload = dispatch.message.key, dispatch.payload
    receipt = desk.receipts.read(key)
    demand_signed(dispatch.message, receipt, desk)
    if dispatch.unattended:
        demand_wanted(dispatch.message, receipt, desk)
    draft = save(dispatch.message, payload, desk)
    record = _record(dispatch, draft, desk)
    contents = payload.html, payload.text or dispatch.message.text
    parts = dict(zip(desk.part_names, contents, strict=True))
    claim = desk.receipts.append(key, "claimed", record, seen=receipt, parts=parts)
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
        _unschedule(now, desk)
    raise Refused(
        f"{seen.id}: called off or taken over while this run scheduled it: it was taken back",
        hint=f"run `newsletter status {seen.id}`",
    )


def _record(dispatch: Dispatch, draft: Draft, desk: Desk) -> dict[str, Any]:
    message = dispatch.message
    return {
        "newsletter": desk.settings.id,
        "subject": message.subject,
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
        now = _seen_as(_DISPATCHED, draft, desk, patient=not refused)
        if refused and failure is not None and now is not None and now.state == "draft":
            _record_cancelled(look(key, desk), desk, reason=failure.message)
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
        _unschedule(draft, desk)  # first of all, and without the record: it may not be reached
        fields = ", ".join(different)
        why = f"somebody changed it at {desk.provider.name} meanwhile: {fields}; it was taken back"
        try:
            _record_cancelled(look(dispatch.message.key, desk), desk, reason=why)
        except ReceiptError as err:
            err.message = f"{dispatch.message.id}: {why}, and that is not on record: {err.message}"
            raise
        raise Refused(f"{dispatch.message.id}: {why}", hint="run the command again")


def _demand_time_left(dispatch: Dispatch, desk: Desk) -> None:
    """Refuse a time that has come while the draft was made: a provider may send such a mail at once."""
    if desk.clock() > dispatch.at - MARGIN:
        seen = look(dispatch.message.key, desk)
        _record_cancelled(seen, desk, reason="its time came before it could be scheduled")
        raise Refused(
            f"{seen.id}: {desk.when(dispatch.at)} came before it could be scheduled",
            hint="run the command again: it takes a later time, within limits",
        )


def _refuse_if_any_left(seen: Standing, desk: Desk) -> None:
    """Refuse to cancel what went out, or may have: by the provider, or by our own record of it."""
    gone = next((draft for draft in seen.drafts if draft.state in ("sending", "sent")), None)
    if gone is not None:
        since = desk.when(gone.sent_at or gone.send_at)
        raise Refused(f"{seen.id}: too late to cancel: {gone.state} since {since}", hint=_LEFT)
    if seen.case is Case.SENT:
        raise Refused(f"{seen.id}: too late to cancel: {seen.why}", hint=_LEFT)
    for draft in seen.drafts:
        planned = planned_at(seen.entry) if seen.entry else None
        before = planned is not None and desk.clock() < planned
        if draft.state == "cancelled" and not before and desk.provider.stats(draft).sent != 0:
            raise Refused(
                f"{seen.id}: {desk.provider.name} shows it as {draft.native_state or draft.state!r}, "
                "and does not say that no mail left",
                hint="look at it there; if nobody got it, delete it there, and give the issue a new id and "
                "a new subject",
            )


def _unschedule(draft: Draft, desk: Desk) -> None:
    try:
        desk.provider.unschedule(draft)
    except OutcomeUnknown:
        pass  # whether it took effect is looked at now
    except ProviderError as err:
        _refuse_if_gone(draft, desk, err)
        raise
    name = desk.name(draft.key)
    hint = f"look at it there; run `newsletter status {name}`"
    try:
        now = _seen_as(("draft",), draft, desk, patient=True)
    except ProviderError as err:
        raise OutcomeUnknown(
            f"{name}: draft {draft.id!r} should be taken back, and nobody can see whether it was: "
            f"{err.message}",
            hint=hint,
        ) from err
    if now is None or now.state != "draft":
        _refuse_if_gone(draft, desk, None)
        raise OutcomeUnknown(
            f"{name}: draft {draft.id!r} should be taken back, "
            f"and is {'gone' if now is None else repr(now.native_state or now.state)}",
            hint=hint,
        )


def _refuse_if_gone(draft: Draft, desk: Desk, cause: Exception | None) -> None:
    """Say truthfully that a mail left while it was being called back."""
    now = desk.provider.read(draft.id)
    if now is not None and now.state in ("sending", "sent"):
        since = desk.when(now.sent_at or now.send_at)
        raise Refused(
            f"{desk.name(draft.key)}: too late to cancel: {now.state} since {since}", hint=_LEFT
        ) from cause


def _seen_as(states: tuple[str, ...], draft: Draft, desk: Desk, *, patient: bool) -> Draft | None:
    """Return *draft* as the provider shows it, waiting a while until it is in one of *states*."""
    now = desk.provider.read(draft.id)
    for pause_s in LOOKS_S if patient else ():
        if now is not None and now.state in states:
            break
        desk.pause(pause_s)
        now = desk.provider.read(draft.id)
    return now


def _settle(message: Message, desk: Desk, *, take_over: bool = False) -> bool:
    seen = look(message.key, desk)
    if seen.case is Case.RECOVER and seen.entry is not None and seen.draft is not None:
        claim, planned = seen.entry.data, seen.draft.send_at
        at = planned.isoformat() if planned else str(claim["send_at"])
        desk.receipts.append(message.key, "scheduled", {**claim, "send_at": at})
        if claim.get("content_digest") != message.digest:
            raise Refused(
                f"{message.id}: an interrupted run scheduled this issue with other words than it has now",
                hint=f"run `newsletter cancel {message.id}`, then send again; or send it with --amend",
            )
        return True
    if seen.case is Case.SCHEDULED and seen.entry and seen.entry.data.get("content_digest") != message.digest:
        raise Refused(
            f"{seen.id}: {seen.why}; it was changed since",
            hint=f"to send it as it is now, run `newsletter send {seen.id} --amend`",
        )
    if seen.dispatched:
        raise seen.refusal()
    _end_claim(seen, desk, take_over=take_over)
    return False


def _end_claim(seen: Standing, desk: Desk, *, take_over: bool) -> None:
    """End the claim of a run that is over, so that this one may claim; refuse whatever is not free."""
    if seen.case is Case.OVER or (seen.case is Case.CLAIMED and take_over):
        reason = "the run that claimed it died" if seen.case is Case.OVER else "taken over"
        _record_cancelled(seen, desk, reason=reason, alone=True)
    elif seen.case is not Case.FREE:
        raise seen.refusal()


def _record_cancelled(
    seen: Standing, desk: Desk, *, reason: str, called_off: bool = False, alone: bool = False
) -> None:
    """
    End a dispatch on record.

    Args:
        seen: as it stood before.
        desk: provider and record.
        reason: why.
        called_off: by a person, so that no run sends it again by itself.
        alone: only if nobody else acted since *seen*.
    """
    data: dict[str, Any] = {"drafts": [draft.id for draft in seen.drafts], "reason": reason}
    if called_off:
        asked = seen.entry.data.get("asked_at") if seen.entry else None
        data |= {"called_off": True, **({"asked_at": asked} if asked else {})}
    if seen.entry is not None and "send_at" in seen.entry.data:
        data["send_at"] = seen.entry.data["send_at"]
    desk.receipts.append(seen.key, "cancelled", {**data, **desk.world}, seen=seen.receipt if alone else None)
