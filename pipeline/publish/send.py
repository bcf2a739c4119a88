"""
The verbs that change something. Each is: observe, compare, at most one write, observe again.

The order of a dispatch, each step safe to be killed after:

    hold the key -> look -> settle what a dead run left -> make or change the draft
    -> look again, go on only if it is alone -> read back and prove equal -> claim -> schedule by id
    -> look whether it took effect, and that nobody changed it meanwhile -> record
"""

from typing import Literal

from pipeline.errors import OutcomeUnknown, PipelineError, Refused
from pipeline.model import Audience, Draft, Message, Receipt
from pipeline.providers.base import payload_for
from pipeline.publish.desk import Desk
from pipeline.publish.dispatch import dispatch_held
from pipeline.publish.plan import Dispatch, demand_signed
from pipeline.publish.save import save
from pipeline.publish.standing import Case, Standing, look
from pipeline.publish.withdraw import LEFT, record_cancelled, take_back, unschedule
from pipeline.receipts import differs, last_entry, planned_at, standing
from pipeline.sendtime import is_amendable


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
        dispatch_held(dispatch, desk)
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
            record_cancelled(seen, desk, reason="amended")
        try:
            dispatch_held(dispatch, desk)
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
            unschedule(draft, desk)
        if not scheduled and seen.entry is None:
            return "nothing"
        record_cancelled(seen, desk, reason="cancelled", called_off=True)
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
    if not is_amendable(draft.send_at, now=desk.clock(), lead_time=desk.settings.lead_time):
        raise Refused(
            f"{seen.id}: goes out at {desk.when(draft.send_at)}: too soon to amend it",
            hint=f"run `newsletter cancel {seen.id}` if it must not go out like this",
        )
    return draft


def _refuse_if_any_left(seen: Standing, desk: Desk) -> None:
    """Refuse to cancel what went out, or may have: by the provider, or by our own record of it."""
    gone = next((draft for draft in seen.drafts if draft.state in ("sending", "sent")), None)
    if gone is not None:
        since = desk.when(gone.sent_at or gone.send_at)
        raise Refused(f"{seen.id}: too late to cancel: {gone.state} since {since}", hint=LEFT)
    if seen.case is Case.SENT:
        raise Refused(f"{seen.id}: too late to cancel: {seen.why}", hint=LEFT)
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
    if seen.case is Case.SCHEDULED and seen.entry is not None and differs(seen.entry, message):
        raise Refused(
            f"{seen.id}: {seen.why}; it was changed since",
            hint=f"to send it as it is now, run `newsletter send {seen.id} --amend`; to call it off, "
            f"`newsletter cancel {seen.id}`",
        )
    if seen.dispatched:
        raise seen.refusal()
    _end_claim(seen, desk, take_over=take_over)
    return False


def _end_claim(seen: Standing, desk: Desk, *, take_over: bool) -> None:
    """End the claim of a run that is over, so that this one may claim; refuse whatever is not free."""
    if seen.case is Case.OVER or (seen.case is Case.CLAIMED and take_over):
        reason = "the run that claimed it died" if seen.case is Case.OVER else "taken over"
        record_cancelled(seen, desk, reason=reason, alone=True)
    elif seen.case is not Case.FREE:
        raise seen.refusal()
