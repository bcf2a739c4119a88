"""The commands that make sense next for one issue, to copy into a shell, in the order of their use."""

import datetime as dt
from collections.abc import Iterator
from shlex import join
from typing import NamedTuple

from pipeline.model import Entry, Issue, Message, Receipt
from pipeline.sendtime import is_near
from pipeline.settings import Settings
from pipeline.signoff import SHORT, objection, signer_objection


class Step(NamedTuple):
    """One command."""

    label: str
    command: str  # quoted for a shell; words in capitals are to be filled in
    why: str


def _step(label: str, why: str, *words: str) -> Step:
    return Step(label, join(["newsletter", *words]), why)


def steps_to_send(
    issue: Issue,
    message: Message,
    receipt: Receipt,
    *,
    settings: Settings,
    now: dt.datetime,
    stops: int,
    sendable: bool,
    by_itself: bool,
    proofs: bool,
) -> tuple[Step, ...]:
    """
    Return what to do with an issue of which nothing was dispatched.

    Args:
        issue: as it stands in its file.
        message: what was composed of it.
        receipt: what is on record.
        settings: the newsletter's.
        now: aware.
        stops: how many findings stop it.
        sendable: whether `send` takes it as it is.
        by_itself: whether `send --due` does.
        proofs: whether `newsletter proof` can mail one.
    """
    if stops:
        what = "the finding that stops it, and how to mend it"
        if stops > 1:
            what = f"all {stops} findings that stop it, and how to mend each"
        return (_step("Check", f"shows {what}", "check", issue.id),)
    steps: list[Step] = []
    if proofs:
        why = "mails it to you, its subject marked as a proof"
        steps.append(_step("Proof", why, "proof", issue.id, "--to", "ADDRESS"))
    steps += _sign(issue, message, receipt, settings)
    if sendable:
        steps.append(
            _step("Plan", "asks the provider, says what a send would do, changes nothing", "plan", issue.id)
        )
        steps.append(_step("Send", "shows whom it reaches and when, asks, schedules it", "send", issue.id))
    if by_itself and issue.send_at and is_near(issue.send_at, now=now, horizon=settings.horizon):
        steps.append(_step("Send all that is due", "as a scheduled run does; asks nothing", "send", "--due"))
    return tuple(steps)


def _sign(issue: Issue, message: Message, receipt: Receipt, settings: Settings) -> Iterator[Step]:
    """Yield how to sign, where a signature is wanted and this person could give it."""
    by = message.reviewed_by  # where a signature is required and nobody is named, a finding says so (REV001)
    if not by or objection(message, receipt) is None or signer_objection(message, by) is not None:
        return
    why = f"{by} answers for exactly this content"
    if not settings.require_approval:
        why += "; the settings do not demand it"
    yield _step("Sign off", why, "approve", issue.id, "--by", by, "--digest", message.digest[:SHORT])


def steps_on_record(name: str, entry: Entry, *, exchange: bool, ahead: bool) -> tuple[Step, ...]:
    """
    Return what to do with an issue that was dispatched.

    Args:
        name: the issue's id.
        entry: where it stands on record.
        exchange: whether it was changed since, and may be sent as it is now instead.
        ahead: whether its time is still to come.
    """
    steps = [_step("Status", "asks the provider where it stands", "status", name)]
    if exchange:
        why = "takes back what is scheduled, and schedules the issue as it is now"
        steps.append(_step("Exchange", why, "send", name, "--amend"))
    if entry.kind == "scheduled" and ahead:
        steps.append(_step("Call off", "takes it back: nobody gets it", "cancel", name))
    return tuple(steps)
