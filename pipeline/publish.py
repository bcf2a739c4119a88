"""
The only place that may send: observe, compare, at most one write, observe again.

The provider decides what happened; a receipt can only veto. A write whose outcome is unknown is never
repeated, its effect is looked up. The order of a dispatch, each step safe to be killed after:

    hold the key -> look at the receipt -> find the draft by key -> create or update it
    -> find again, go on only if alone -> read back and prove equal -> claim -> schedule by id -> look
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Literal, NamedTuple

from pipeline.clock import Clock
from pipeline.digests import dispatch_digest
from pipeline.errors import ChecksFailed, OutcomeUnknown, ProviderError, Refused
from pipeline.model import Audience, Draft, Entry, Message, Payload, Receipt
from pipeline.providers.base import Can, Provider, payload_for
from pipeline.receipts import Receipts, signed, standing
from pipeline.settings import Settings
from pipeline.signoff import SIGN_WORDING, objection

_DISPATCHED = ("scheduled", "sending", "sent")


class Desk(NamedTuple):
    """All that publishing works with."""

    settings: Settings
    provider: Provider
    receipts: Receipts
    clock: Clock


class Dispatch(NamedTuple):
    """What `send` would do, or did."""

    message: Message
    audience: Audience
    readers: int
    at: dt.datetime  # UTC, whole minutes
    late: bool  # later than the issue asks for
    payload: Payload
    digest: str  # dispatch digest, hex SHA-256
    signed: Entry | None = None  # the last sign-off of this issue, be it of this content or not


class Standing(NamedTuple):
    """Where one key stands: provider and receipt side by side."""

    key: str
    drafts: tuple[Draft, ...]
    receipt: Receipt


def plan(message: Message, audience: Audience, desk: Desk) -> Dispatch:
    """
    Return what a send of *message* now would be; nothing is written.

    Raises:
        Refused: too late, an empty audience, sample wordings at a provider with real readers, an issue that
            went out under another key, or one that is not signed off where that is required.
        ReceiptError: what is on record cannot be read.
    """
    receipt = desk.receipts.read(message.key)
    _demand_new(message, desk)
    at, late = _dispatch_time(message, desk)
    readers = desk.provider.count(audience)
    if readers < 1:
        raise Refused(
            f"{message.key}: audience {audience.name!r} has no readers",
            hint=f"name them under [tool.newsletter.audiences.{audience.name}] in pyproject.toml",
        )
    samples = [wording.ref for wording in message.wordings if wording.is_sample]
    if samples and Can.REHEARSE not in desk.provider.can:
        raise Refused(
            f"{message.key}: sample wording, approved by nobody: {', '.join(samples)}",
            hint=SIGN_WORDING,
        )
    _demand_signed(message, receipt, desk)
    payload = payload_for(message, audience, desk.provider)
    digest = dispatch_digest(
        message.digest,
        sender=payload.sender,
        reply_to=payload.reply_to,
        audience=audience,
        send_at=at,
        payload=payload,
    )
    return Dispatch(message, audience, readers, at, late, payload, digest, signed(receipt))


def push(message: Message, audience: Audience, desk: Desk) -> Draft:
    """
    Save *message* as a draft at the provider, read it back and prove it equal.

    Raises:
        Refused: it was dispatched already, there are several drafts, or the read-back differs.
        ChecksFailed: a disclaimer is not shown in what the provider stored.
    """
    with desk.receipts.hold(message.key):
        entry = standing(desk.receipts.read(message.key))
        if entry is not None:
            raise _already(message.key, entry)
        return _save(message, payload_for(message, audience, desk.provider), desk)


def settle(message: Message, desk: Desk) -> bool:
    """
    Say whether *message* was dispatched by a run that died before it could record so; record it now.

    Raises:
        Refused: it is on record as dispatched; or the interrupted run scheduled other words than these.
    """
    with desk.receipts.hold(message.key):
        return _settle(message, desk)


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
    key = dispatch.message.key
    with desk.receipts.hold(key):
        if _settle(dispatch.message, desk):
            return "recovered"
        _demand_signed(dispatch.message, desk.receipts.read(key), desk)
        draft = _save(dispatch.message, dispatch.payload, desk)
        record = _record(dispatch, draft, desk)
        parts = {"message.html": dispatch.payload.html, "message.txt": dispatch.payload.text}
        desk.receipts.append(key, "claimed", record, parts=parts)
        _schedule(dispatch, draft, desk)
        desk.receipts.append(key, "scheduled", record)
        return "scheduled"


def cancel(key: str, desk: Desk) -> Literal["cancelled", "nothing"]:
    """
    Unschedule the dispatch of *key* and end its claim on record.

    Returns:
        "cancelled", or "nothing" when there was nothing to cancel.

    Raises:
        Refused: it has been sent or is being sent, or nobody can say because its draft is gone.
    """
    with desk.receipts.hold(key):
        entry = standing(desk.receipts.read(key))
        drafts = desk.provider.find(key)
        gone = next((draft for draft in drafts if draft.state in ("sending", "sent")), None)
        if gone is not None:
            raise Refused(
                f"{key}: too late to cancel: {gone.state} since {_when(gone.sent_at or gone.send_at)}",
                hint="mail that left cannot be called back; a correction goes out as an issue of its own",
            )
        if entry is not None and entry.data.get("draft") not in {draft.id for draft in drafts}:
            raise _lost(key, entry, desk)
        scheduled = [draft for draft in drafts if draft.state == "scheduled"]
        for draft in scheduled:
            desk.provider.unschedule(draft)
            _prove_state(draft, "draft", desk)
        if entry is not None:
            desk.receipts.append(key, "cancelled", {"drafts": [draft.id for draft in drafts]})
        return "cancelled" if scheduled or entry is not None else "nothing"


def _lost(key: str, entry: Entry, desk: Desk) -> Refused:
    """Return the refusal to judge a dispatch whose draft is not there: it may have gone out."""
    return Refused(
        f"{key}: {entry.kind} on record, and its draft {entry.data.get('draft')!r} is not at "
        f"{desk.provider.name}: nobody can say whether it went out",
        hint="look there, and at the provider settings; if it surely did not go out, "
        "give the issue a new id and a new subject",
    )


def status(key: str, desk: Desk) -> Standing:
    """Return where *key* stands at the provider and on record; changes nothing."""
    return Standing(key, tuple(desk.provider.find(key)), desk.receipts.read(key))


def _demand_new(message: Message, desk: Desk) -> None:
    """
    Refuse an issue whose subject went out under another key: most likely its file was renamed.

    A subject that two issues share would be no good anyway: mail clients thread the two, and fold away
    what they have in common, the disclaimer with it (compliance catalogue, VIS017).
    """
    for receipt in desk.receipts.others(message.key):
        entry = standing(receipt)
        if entry is not None and _words(str(entry.data.get("subject"))) == _words(message.subject):
            old = receipt.key.removeprefix(f"{desk.settings.id}-")
            raise Refused(
                f"{message.key}: its subject {message.subject!r} was {entry.kind} already, as {receipt.key}",
                hint=f"if the file was renamed, write id: {old} into its front matter; "
                "if it is another issue, give it a subject of its own",
            )


def _demand_signed(message: Message, receipt: Receipt, desk: Desk) -> None:
    """Refuse content that nobody signed as it is now, where the settings require a sign-off."""
    why = objection(message, receipt) if desk.settings.require_approval else None
    if why:
        raise Refused(f"{message.key}: {why.message}", hint=why.hint)


def _words(subject: str) -> list[str]:
    """Return a subject without what an editor changes in passing: case, blanks, punctuation."""
    return re.findall(r"\w+", subject.casefold())


def _dispatch_time(message: Message, desk: Desk) -> tuple[dt.datetime, bool]:
    """Return when the mail may go: never sooner than the lead time, never later than the tolerance."""
    if message.send_at is None:
        raise Refused(
            f"{message.key}: no send time",
            hint="set send_at in the front matter, or give one with --at",
        )
    # In UTC from here on: times of two zones are never equal in the hour that autumn repeats.
    wanted = message.send_at.astimezone(dt.UTC)
    soonest = _next_minute(desk.clock() + desk.settings.lead_time)
    if soonest > wanted + desk.settings.latest_send:
        raise Refused(
            f"{message.key}: too late: it was to go out at {_when(message.send_at)}",
            hint="give a new time with --at, or set another send_at in the front matter",
        )
    return max(wanted, soonest), soonest > wanted


def _next_minute(moment: dt.datetime) -> dt.datetime:
    whole = moment.replace(second=0, microsecond=0)
    return whole if whole == moment else whole + dt.timedelta(minutes=1)


def _save(message: Message, payload: Payload, desk: Desk) -> Draft:
    """Store the payload under the key: the one draft there is, equal to what we hold."""
    from pipeline.examine import examine  # noqa: PLC0415  (heavy; status and cancel examine nothing)

    drafts = desk.provider.find(message.key)
    if not drafts:
        desk.provider.create(message.key, payload)
    elif _alone(message.key, drafts).state != "draft":
        raise Refused(
            f"{message.key}: the draft at {desk.provider.name} is {drafts[0].state!r}, and not by our record",
            hint=f"somebody acted there by hand; run `newsletter status {message.key}`",
        )
    elif differences(desk.provider.stored(drafts[0], payload).payload, payload):
        desk.provider.update(drafts[0], payload)
    stored = _alone(message.key, desk.provider.find(message.key))
    shown = desk.provider.stored(stored, payload)
    different = differences(shown.payload, payload)
    if stored.state != "draft" or different:
        raise Refused(
            f"{message.key}: what {desk.provider.name} stored differs from what it was given: "
            f"{', '.join(different) or 'its state'}",
            hint="run the command again; if it stays so, look at the draft there",
        )
    findings = examine(shown.html, shown.text, message.wordings)
    if any(finding.severity.stops for finding in findings):
        raise ChecksFailed(
            f"{message.key}: a disclaimer is not shown in what {desk.provider.name} stored",
            hint="nothing was scheduled; see the findings",
            findings=findings,
        )
    return stored


def _alone(key: str, drafts: Any) -> Draft:
    if len(drafts) != 1:
        raise Refused(
            f"{key}: there are {len(drafts)} drafts of this issue: {', '.join(draft.id for draft in drafts)}",
            hint="delete all but one there; none of them was scheduled by this command",
        )
    draft: Draft = drafts[0]
    return draft


def differences(stored: Payload, ours: Payload) -> list[str]:
    """Name the fields in which what a provider stored differs from what it was given."""
    left, right = (_comparable(payload) for payload in (stored, ours))
    return [name for name in right if left[name] != right[name]]


def _comparable(payload: Payload) -> dict[str, Any]:
    """Return the fields that must be equal; a list of readers or segments counts as a set."""
    plain = {each.name: getattr(payload, each.name) for each in fields(payload) if each.name != "images"}
    target = payload.audience.target
    plain["audience"] = {
        name: sorted(value) if isinstance(value, list | tuple) else value for name, value in target.items()
    }
    return plain


def _record(dispatch: Dispatch, draft: Draft, desk: Desk) -> dict[str, Any]:
    return {
        "subject": dispatch.message.subject,
        "provider": desk.provider.name,
        "draft": draft.id,
        "audience": dispatch.audience.name,
        "readers": dispatch.readers,
        "send_at": dispatch.at.isoformat(),
        "content_digest": dispatch.message.digest,
        "dispatch_digest": dispatch.digest,
        "wordings": [wording.ref for wording in dispatch.message.wordings],
    }


def _schedule(dispatch: Dispatch, draft: Draft, desk: Desk) -> None:
    """Make the one write that sends, and look whether it took effect."""
    key = dispatch.message.key
    try:
        desk.provider.schedule(draft, at=dispatch.at)
    except OutcomeUnknown:
        raise
    except ProviderError as err:
        _prove_state(draft, "draft", desk)
        desk.receipts.append(key, "cancelled", {"drafts": [draft.id], "reason": err.message})
        raise
    now = desk.provider.read(draft.id)
    if now is None or now.state not in _DISPATCHED or now.send_at != dispatch.at:
        raise OutcomeUnknown(
            f"{key}: {desk.provider.name} took the schedule but shows "
            f"{'no draft' if now is None else f'{now.state!r} for {_when(now.send_at)}'}",
            hint=f"do not repeat; run `newsletter status {key}`",
        )


def _prove_state(draft: Draft, state: str, desk: Desk) -> None:
    now = desk.provider.read(draft.id)
    if now is None or now.state != state:
        raise OutcomeUnknown(
            f"{draft.key}: draft {draft.id!r} should be {state!r}, "
            f"and is {'gone' if now is None else repr(now.state)}",
            hint=f"do not repeat; run `newsletter status {draft.key}`",
        )


def _settle(message: Message, desk: Desk) -> bool:
    entry = standing(desk.receipts.read(message.key))
    if entry is None:
        return False
    if entry.kind != "claimed":
        raise _already(message.key, entry)
    if not _recover(message.key, entry, desk):
        return False
    if entry.data.get("content_digest") != message.digest:
        raise Refused(
            f"{message.key}: an interrupted run scheduled this issue with other words than it has now",
            hint=f"run `newsletter cancel {message.key}`, then send again",
        )
    return True


def _recover(key: str, claim: Entry, desk: Desk) -> bool:
    """
    Settle a claim whose process is gone: we hold its lock.

    Returns:
        True when its dispatch took effect, now on record; False when the draft is untouched and the
        claim is ended, so that this run may claim anew.

    Raises:
        Refused: the draft of the claim is gone or in a state that a human must judge.
    """
    draft = desk.provider.read(str(claim.data.get("draft")))
    if draft is not None and draft.state in _DISPATCHED:
        desk.receipts.append(key, "scheduled", {**claim.data, "send_at": _stored_time(draft, claim.data)})
        return True
    if draft is None or draft.state != "draft":
        raise _lost(key, claim, desk)
    desk.receipts.append(key, "cancelled", {"drafts": [draft.id], "reason": "the run that claimed it died"})
    return False


def _stored_time(draft: Draft, claimed: Mapping[str, Any]) -> str:
    return draft.send_at.isoformat() if draft.send_at else str(claimed["send_at"])


def _already(key: str, entry: Entry) -> Refused:
    when = f" for {entry.data['send_at']}" if "send_at" in entry.data else ""
    return Refused(
        f"{key}: already {entry.kind}{when}, by {entry.run} on {_when(entry.at)}",
        hint=f"run `newsletter status {key}`; to call it off before it goes, `newsletter cancel {key}`",
    )


def _when(moment: dt.datetime | None) -> str:
    return moment.strftime("%Y-%m-%d %H:%M %Z") if moment else "an unknown time"
