"""`newsletter send ISSUE`: push, prove, claim and schedule one issue, once."""

from collections.abc import Callable, Sequence
from pathlib import Path

from pipeline import publish
from pipeline.clock import Clock
from pipeline.commands.desk import Named, Prepared, open_newsletter, prepare
from pipeline.commands.status import standing_row
from pipeline.errors import PipelineError, Refused
from pipeline.model import Finding, Issue
from pipeline.output import Result, note
from pipeline.publish import Desk, Dispatch
from pipeline.receipts import standing

_REHEARSED = " (rehearsal)"
Confirm = Callable[[Dispatch], bool]
"""Shows a dispatch to whoever gave the command and returns whether it may go."""


def send(
    start: Path,
    name: str,
    *,
    at: str | None,
    confirm: Confirm,
    clock: Clock,
    amend: bool = False,
    take_over: bool = False,
    readers: int | None = None,
) -> Result:
    """
    Push, verify, claim and schedule one issue.

    Args:
        start: a folder inside the newsletter's repository.
        name: path, id or slug.
        at: a send time as front matter writes it; overrides send_at.
        confirm: asked once, before anything is written.
        clock: the clock.
        amend: exchange what is scheduled already for the issue as it is now.
        take_over: end the claim of a run that is surely over and left its draft untouched.
        readers: how many there are, where that differs much from the last issue.

    Raises:
        ChecksFailed: findings stop the issue.
        Refused: a guard stopped it.
    """
    newsletter, desk = open_newsletter(start, clock)
    issue = newsletter.issue(name)
    on_record = standing(desk.receipts.read(issue.key), rehearsal=desk.rehearses) is not None
    if not on_record:
        demand_ready(issue)
    ready = prepare(newsletter, issue, at=at, sending=True)
    if on_record and not amend and publish.settle(ready.message, desk, take_over=take_over):
        return _sent(ready.issue, "recovered", desk, ready.findings)
    if on_record and issue.status != "ready":
        raise Refused(
            f"{issue.id}: its status is {issue.status!r}, and what was scheduled goes out all the same",
            hint=f"to keep it back, run `newsletter cancel {issue.id}`; to exchange it, set status: ready",
        )
    demand_ready(ready.issue)
    dispatch = plan(ready, desk, readers=readers)
    if not confirm(dispatch):
        return Result(
            {"id": issue.id, "key": issue.key, "outcome": "declined"}, "nothing was sent\n", ready.findings
        )
    outcome = (publish.amend if amend else publish.send)(dispatch, desk)
    return _sent(ready.issue, outcome, desk, ready.findings)


def plan(ready: Prepared, desk: Desk, *, readers: int | None = None, unattended: bool = False) -> Dispatch:
    """Return what a send of this issue would be."""
    return publish.plan(
        *(ready.message, ready.audience, desk), expected=readers, asked=ready.asked, unattended=unattended
    )


def demand_ready(issue: Issue) -> None:
    """
    Refuse an issue that its editor has not released.

    Raises:
        Refused: its status is draft or hold.
    """
    if issue.status != "ready":
        raise Refused(
            f"{issue.file}: status is {issue.status!r}",
            hint="set status: ready in the front matter when it may go out",
        )


def _sent(issue: Issue, outcome: str, desk: Desk, findings: Sequence[Finding]) -> Result:
    """Tell what was done; that the provider cannot be asked once more does not undo it."""
    try:
        row = standing_row(Named(issue.id, issue.key, issue), publish.look(issue.key, desk), desk)
        time = f" for {row['when']}"
    except PipelineError:
        row, time = {"id": issue.id, "key": issue.key}, ""
    told = {
        "scheduled": f"scheduled{time}{_REHEARSED if desk.rehearses else ''}",
        "recovered": f"an interrupted run had scheduled it{time}; now on record",
    }[outcome]
    return Result({**row, "outcome": outcome}, note(issue.id, told), findings)
