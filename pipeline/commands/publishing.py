"""`newsletter push`, `send`, `status` and `cancel`: what happens between us and the provider."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pipeline import publish
from pipeline.clock import Clock
from pipeline.errors import Refused, UsageError
from pipeline.model import Draft, Finding, Issue
from pipeline.output import Result, table
from pipeline.providers import open_audience, open_provider
from pipeline.publish import Desk, Dispatch
from pipeline.receipts import open_receipts, standing
from pipeline.settings import Settings, load_settings
from pipeline.stages.load import find_issue, issue_paths, load_issue, parse_send_at

Confirm = Callable[[Dispatch], bool]
"""Shows a dispatch to whoever gave the command and returns whether it may go."""


def push(start: Path, name: str, *, clock: Clock) -> Result:
    """Save the issue as a draft at the provider, read it back and prove it equal."""
    issue, checked, desk = _prepared(start, name, clock=clock)
    draft = publish.push(checked.message, open_audience(desk.settings, issue.audience), desk)
    text = f"{issue.id}: draft {draft.id} stored at {desk.provider.name}, read back and equal\n"
    return Result({"key": issue.key, "draft": draft.id, "state": draft.state}, text, checked.findings)


def send(start: Path, name: str, *, at: str | None, confirm: Confirm, clock: Clock) -> Result:
    """
    Push, verify, claim and schedule one issue.

    Args:
        start: a folder inside the newsletter's repository.
        name: path, id or slug.
        at: a send time as front matter writes it; overrides send_at.
        confirm: asked once, before anything is written.
        clock: the clock.

    Raises:
        ChecksFailed: findings stop the issue.
        Refused: a guard stopped it.
    """
    issue, checked, desk = _prepared(start, name, at=at, sending=True, clock=clock)
    if publish.settle(checked.message, desk):
        return _sent(issue, "recovered", desk, checked.findings)
    if issue.status != "ready":
        raise Refused(
            f"{issue.file}: status is {issue.status!r}",
            hint="set status: ready in the front matter when it may go out",
        )
    dispatch = publish.plan(checked.message, open_audience(desk.settings, issue.audience), desk)
    if not confirm(dispatch):
        return Result({"key": issue.key, "outcome": "declined"}, "nothing was sent\n", checked.findings)
    return _sent(issue, publish.send(dispatch, desk), desk, checked.findings)


def status(start: Path, names: Sequence[str], *, clock: Clock) -> Result:
    """Show where each issue stands, provider and receipts side by side; changes nothing."""
    settings = load_settings(start)
    desk = open_desk(settings, clock)
    paths = [find_issue(name, settings) for name in names] or issue_paths(settings)
    rows = [_standing_row(load_issue(path, settings), desk) for path in paths]
    header = ("issue", "source", "provider", "record", "send time")
    lines = [
        tuple(str(row[column]) for column in ("id", "status", "provider", "record", "when")) for row in rows
    ]
    return Result({"issues": rows}, table([header, *lines]) if rows else "no issues yet\n")


def cancel(start: Path, name: str, *, clock: Clock) -> Result:
    """Unschedule an issue, end its claim on record, and say truthfully what happened."""
    settings = load_settings(start)
    issue = load_issue(find_issue(name, settings), settings)
    outcome = publish.cancel(issue.key, open_desk(settings, clock))
    text = {
        "cancelled": f"{issue.id}: cancelled; nobody gets this mail until you send it again\n",
        "nothing": f"{issue.id}: nothing was scheduled, so there was nothing to cancel\n",
    }
    return Result({"key": issue.key, "outcome": outcome}, text[outcome])


def open_desk(settings: Settings, clock: Clock) -> Desk:
    """Return the desk of this newsletter: its provider and its receipts."""
    return Desk(settings, open_provider(settings, clock), open_receipts(settings, clock), clock)


def _prepared(
    start: Path, name: str, *, clock: Clock, at: str | None = None, sending: bool = False
) -> tuple[Issue, Any, Desk]:
    """Return the issue, its checked message without a finding that stops, and the desk."""
    from pipeline.newsletter import Newsletter  # noqa: PLC0415  (status and cancel render nothing)

    newsletter = Newsletter(start, clock=clock)
    issue = newsletter.issue(name)
    if at is not None:
        issue = replace(issue, send_at=_time(at, ZoneInfo(issue.timezone)))
    checked = newsletter.fit(issue, sending=sending)
    return issue, checked, open_desk(newsletter.settings, clock)


def _time(text: str, zone: ZoneInfo) -> dt.datetime:
    try:
        return parse_send_at(text, zone)
    except ValueError as err:
        raise UsageError(f"--at: {err}", hint=getattr(err, "hint", "write it as 2026-12-01T07:30")) from err


def _sent(issue: Issue, outcome: str, desk: Desk, findings: Sequence[Finding]) -> Result:
    row = _standing_row(issue, desk)
    words = {
        "scheduled": f"{issue.id}: scheduled for {row['when']}\n",
        "recovered": f"{issue.id}: an interrupted run had scheduled it for {row['when']}; now on record\n",
    }
    return Result({"key": issue.key, "outcome": outcome, **row}, words[outcome], findings)


def _standing_row(issue: Issue, desk: Desk) -> dict[str, Any]:
    seen = publish.status(issue.key, desk)
    entry = standing(seen.receipt)
    moments = [draft.sent_at or draft.send_at for draft in seen.drafts if draft.sent_at or draft.send_at]
    when = moments[0].astimezone(ZoneInfo(issue.timezone)) if moments and moments[0] else issue.send_at
    return {
        "id": issue.id,
        "key": issue.key,
        "status": issue.status,
        "provider": ", ".join(_draft_words(draft, desk) for draft in seen.drafts) or "no draft",
        "record": entry.kind if entry else "nothing sent",
        "when": when.strftime("%a %Y-%m-%d %H:%M %Z") if when else "no send time",
        "drafts": [
            {"id": draft.id, "state": draft.state, "sent_count": _sent_count(draft, desk)}
            for draft in seen.drafts
        ],
        "entries": [entry.kind for entry in seen.receipt.entries],
    }


def _draft_words(draft: Draft, desk: Desk) -> str:
    return f"sent to {_sent_count(draft, desk)}" if draft.state == "sent" else draft.state


def _sent_count(draft: Draft, desk: Desk) -> int | None:
    return desk.provider.stats(draft).sent if draft.state == "sent" else None
