"""What a send would be, and every guard that may stop it before anything is written."""

import datetime as dt
import re
from typing import NamedTuple

from pipeline.digests import dispatch_digest
from pipeline.errors import Refused
from pipeline.model import Audience, Entry, Message, Payload, Receipt
from pipeline.proofmark import is_marked
from pipeline.providers.base import Can, payload_for, unsupported
from pipeline.publish.desk import Desk, when
from pipeline.publish.standing import Case, Standing, look
from pipeline.receipts import asks_anew, belongs_to, called_off, is_moved, signed, standing
from pipeline.sendtime import beside, soonest
from pipeline.signoff import SIGN_WORDING, objection, sample_refs

FEWEST, MOST = 0.8, 1.25  # times the readers of the last issue; outside, somebody must look at the list


class Dispatch(NamedTuple):
    """What `send` would do, or did."""

    message: Message
    audience: Audience
    readers: int
    usual: int | None  # how many the last issue went to; None when there was none
    at: dt.datetime  # UTC, whole minutes
    late: bool  # later than the issue asks for
    payload: Payload
    digest: str  # dispatch digest, hex SHA-256
    signed: Entry | None  # the last sign-off of this issue, be it of this content or not
    seen: Standing  # where it stood
    asked: dt.datetime | None = None  # the time in the front matter; another may have been given by hand
    unattended: bool = False  # nobody watches: what a person called off stays so


def plan(
    message: Message,
    audience: Audience,
    desk: Desk,
    *,
    expected: int | None = None,
    asked: dt.datetime | None = None,
    unattended: bool = False,
) -> Dispatch:
    """
    Return what a send of *message* now would be; nothing is written.

    The provider is asked only when everything that is known without it speaks for a send.

    Args:
        message: finished and checked.
        audience: whom it goes to.
        desk: provider and record.
        expected: how many readers somebody said there are, instead of those of the last issue.
        asked: the time in the front matter, where the message has another, given by hand.
        unattended: no person asked for it.

    Raises:
        Unsupported: the provider cannot schedule, or not take back what it scheduled.
        Refused: called off, with nobody watching; somebody acted at the provider by hand; too late, not a
            time the provider can keep, an audience that is empty or much changed, sample wordings at a
            provider with real readers, an issue that went out under another key, or one that is not signed
            off where that is required; its page or an image is not on the web.
        ReceiptError: what is on record cannot be read.
    """
    for ability in (Can.SCHEDULE, Can.UNSCHEDULE):
        if ability not in desk.provider.can:
            raise unsupported(desk.provider.name, ability)
    if is_marked(message.subject):
        raise Refused(
            f"{message.id}: its subject says that it is a proof: {message.subject!r}",
            hint="take the mark out of subject in the front matter",
        )
    receipts = desk.receipts.read_all()
    receipt = receipts.get(message.key, Receipt(message.key))
    others = [other for key, other in receipts.items() if key != message.key]
    if unattended:
        demand_wanted(message, receipt, desk)
    _demand_new(message, others, desk)
    at, late = dispatch_time(message, desk)
    _demand_alone(message, audience, others, desk)
    _demand_text(message, desk)
    _demand_approved_wordings(message, desk)
    demand_signed(message, receipt, desk)
    _demand_on_the_web(message, desk, asked)
    payload = payload_for(message, audience, desk.provider)
    seen = look(message.key, desk)
    if seen.case in (Case.BLOCKED, Case.REVIEW):
        raise seen.refusal()
    readers = desk.provider.count(audience)
    usual = _usual(audience, others, desk)
    # With nobody watching, a first send is held against what the settings say.
    told = desk.settings.readers if unattended and not desk.rehearses else None
    _demand_readers(message, audience, readers, expected or usual or told)
    digest = digest_of(message, payload, at)
    return Dispatch(
        *(message, audience, readers, usual, at, late, payload, digest, signed(receipt), seen),
        asked=asked or message.send_at,
        unattended=unattended,
    )


def digest_of(message: Message, payload: Payload, at: dt.datetime) -> str:
    """Return the dispatch digest of this payload at this time."""
    return dispatch_digest(
        message.digest,
        sender=payload.sender,
        reply_to=payload.reply_to,
        audience=payload.audience,
        send_at=at,
        payload=payload,
    )


def demand_wanted(message: Message, receipt: Receipt, desk: Desk) -> None:
    """
    Refuse to send by itself what a person called off, as long as the issue asks for the same time.

    Raises:
        Refused: it was called off.
    """
    entry = called_off(receipt, rehearsal=desk.rehearses)
    if entry is None:
        return
    if asks_anew(receipt, message.send_at):
        return
    raise Refused(
        f"{message.id}: called off by {entry.run} on {desk.when(entry.at)}, and its status is 'ready'",
        hint=f"to send it all the same, run `newsletter send {message.id}`, or give it another send_at; "
        "if it is not to go out, set status: hold",
    )


def demand_signed(message: Message, receipt: Receipt, desk: Desk) -> None:
    """Refuse content that nobody signed as it is now, where the settings require a sign-off."""
    why = objection(message, receipt) if desk.settings.require_approval else None
    if why:
        raise Refused(f"{message.id}: {why.message}", hint=why.hint)


def _demand_on_the_web(message: Message, desk: Desk, asked: dt.datetime | None) -> None:
    """Refuse what leads readers to a page or an image that is not there; who rehearses leads nobody."""
    if desk.settings.archive_url and not desk.rehearses:
        from pipeline.publish.webcopy import demand_web_copy  # noqa: PLC0415  (requests takes a tenth of a second)

        demand_web_copy(message, desk, asked=asked)


def dispatch_time(message: Message, desk: Desk) -> tuple[dt.datetime, bool]:
    """
    Return when the mail may go: never sooner than the lead time, never later than the tolerance.

    Returns:
        The time in UTC, on the provider's grid, and whether it is later than the issue asks for.

    Raises:
        Refused: there is none.
    """
    if message.send_at is None:
        raise Refused(
            f"{message.id}: no send time",
            hint="set send_at in the front matter, or give one with --at",
        )
    # In UTC from here on: times of two zones are never equal in the hour that autumn repeats.
    wanted, grid = message.send_at.astimezone(dt.UTC), desk.provider.grid
    if times := beside(wanted, grid):
        near = " or ".join(f"{time.astimezone(message.send_at.tzinfo):%H:%M}" for time in times)
        raise Refused(
            f"{message.id}: {desk.provider.name} sends every {grid.seconds // 60} minutes only, "
            f"and not at {when(message.send_at)}",
            hint=f"set send_at to {near}",
        )
    first = soonest(desk.clock(), desk.settings.lead_time, grid)
    if first > wanted + desk.settings.latest_send:
        raise Refused(
            f"{message.id}: too late: it was to go out at {when(message.send_at)}",
            hint="give a new time with --at, or set another send_at in the front matter",
        )
    return max(wanted, first), first > wanted


def _demand_new(message: Message, others: list[Receipt], desk: Desk) -> None:
    """
    Refuse an issue whose subject went out under another key: most likely its file was renamed.

    A subject that two issues share would be no good anyway: mail clients thread the two, and fold away
    what they have in common, the disclaimer with it (compliance catalogue, VIS017).
    """
    for receipt in others:
        entry = standing(receipt, rehearsal=desk.rehearses)
        if entry is not None and _words(str(entry.data.get("subject", ""))) == _words(message.subject):
            old = desk.name(receipt.key)
            hint = f"if the file was renamed, write id: {old} into its front matter; "
            if old == receipt.key:
                hint = "if `id` in pyproject.toml was changed, change it back; "
            raise Refused(
                f"{message.id}: its subject {message.subject!r} was {entry.kind} already, as {old}",
                hint=f"{hint}if it is another issue, give it a subject of its own",
            )


def _demand_alone(message: Message, audience: Audience, others: list[Receipt], desk: Desk) -> None:
    """Refuse a second issue to the same readers at the same time: a file renamed, and its title polished."""
    for receipt in others:
        entry = standing(receipt, rehearsal=desk.rehearses)
        if (
            entry is None
            or entry.data.get("audience") != audience.name
            or not belongs_to(entry, desk.settings.id)
        ):
            continue
        if not is_moved(entry.data.get("asked_at") or entry.data.get("send_at"), message.send_at):
            old = desk.name(receipt.key)
            raise Refused(
                f"{message.id}: {old} is {entry.kind} to {audience.name!r} for the same time",
                hint=f"if its file was renamed, write id: {old} into its front matter; "
                "if it is another issue, give it another send_at",
            )


def _demand_text(message: Message, desk: Desk) -> None:
    """Refuse to leave the text part to a provider unless the settings say that somebody knows."""
    name = desk.provider.name
    if (
        Can.OWN_TEXT in desk.provider.can
        or desk.settings.providers.get(name, {}).get("text_part") == "provider"
    ):
        return
    raise Refused(
        f"{message.id}: {name} makes the text part itself, and nothing shows it before it is sent",
        hint="prove it on a delivered copy with `newsletter proof` and `newsletter verify`, then set "
        f'text_part = "provider" under [tool.newsletter.providers.{name}]',
    )


def _demand_approved_wordings(message: Message, desk: Desk) -> None:
    samples = sample_refs(message)
    if samples and not desk.rehearses:
        raise Refused(
            f"{message.id}: sample wording, approved by nobody: {', '.join(samples)}",
            hint=SIGN_WORDING,
        )


def _usual(audience: Audience, others: list[Receipt], desk: Desk) -> int | None:
    """Return how many readers the last issue to *audience* went to."""
    entries = [
        entry
        for receipt in others
        if (entry := standing(receipt, rehearsal=desk.rehearses)) is not None
        and entry.data.get("audience") == audience.name
        and belongs_to(entry, desk.settings.id)
        and isinstance(entry.data.get("readers"), int)
    ]
    last = max(entries, key=lambda entry: str(entry.data.get("send_at")), default=None)
    return last.data["readers"] if last else None


def _demand_readers(message: Message, audience: Audience, readers: int, usual: int | None) -> None:
    if readers < 1:
        raise Refused(
            f"{message.id}: audience {audience.name!r} has no readers",
            hint="look at the list at the provider, and at "
            f"[tool.newsletter.audiences.{audience.name}] in pyproject.toml",
        )
    if usual is not None and not FEWEST * usual <= readers <= MOST * usual:
        raise Refused(
            f"{message.id}: audience {audience.name!r} has {readers:,} readers, and {usual:,} are usual",
            hint=f"look at the list at the provider; if it is right, add --readers {readers}",
        )


def _words(subject: str) -> list[str]:
    """Return a subject without what an editor changes in passing: case, blanks, punctuation."""
    return re.findall(r"\w+", subject.casefold()) or [subject.strip()]
