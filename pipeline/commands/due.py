"""`newsletter send --due`: what a scheduled run does with nobody watching."""

import datetime as dt
import re
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

from pipeline import publish
from pipeline.clock import Clock
from pipeline.commands.desk import open_newsletter, prepare
from pipeline.commands.send import plan
from pipeline.errors import IssueError, PipelineError
from pipeline.model import Issue
from pipeline.newsletter import Newsletter
from pipeline.output import Result, table
from pipeline.publish import Desk
from pipeline.publish.due import Report, guard, reconcile, unsettled
from pipeline.stages.load import issue_paths, load_issue

PAST = dt.timedelta(days=7)  # an issue that should have gone out is an alarm for so long
_DATED = re.compile(r"\d{4}-\d\d-\d\d")
_URGENCY = (5, 6, 1, 4, 2)  # which exit code a run ends in when several issues fail


def send_due(start: Path, *, clock: Clock) -> Result:
    """
    Reconcile what was dispatched, and send every issue with status ready whose time is near, oldest first.

    One failure does not stop the others.

    Returns:
        A row for each issue; the exit code is that of the most urgent failure, 0 when there is none.
    """
    newsletter, desk = open_newsletter(start, clock)
    issues, broken = read_issues(newsletter, desk)
    due = {issue.key: issue for issue in issues if is_due(issue, desk)}
    open_keys = unsettled(desk.receipts.read_all(), desk)
    reports = {key: _reported(partial(reconcile, key, desk)) for key in open_keys}
    by_key = {issue.key: issue for issue in issues}
    for key in dict.fromkeys([*open_keys, *due]):
        known = reports.get(key)
        if known is None or known.outcome in ("scheduled", "claimed"):
            reports[key] = _reported(
                partial(_attend, newsletter, by_key.get(key), known, desk, due=key in due)
            )
    rows = [*broken, *(_row(key, report) for key, report in reports.items())]
    findings = [finding for report in reports.values() for finding in report.findings]
    lines = [(row["key"], row["outcome"], _told(row)) for row in rows]
    text = table([("issue", "outcome", ""), *lines]) if rows else "nothing is due\n"
    return Result({"issues": rows}, text, findings, worst(row["exit_code"] for row in rows))


def read_issues(newsletter: Newsletter, desk: Desk) -> tuple[list[Issue], list[dict[str, Any]]]:
    """
    Return all issues, the oldest send time first.

    Returns:
        The issues; and a row for each file that cannot be read, since it may be due. A file whose name
        gives a date that is far away is none of them.
    """
    now, issues, broken = desk.clock(), [], []
    for path in issue_paths(newsletter.settings):
        try:
            issues.append(load_issue(path, newsletter.settings))
        except IssueError as err:
            day = _DATED.match(path.parent.name if path.stem == "index" else path.stem)
            away = abs(dt.date.fromisoformat(day[0]) - now.date()) if day else dt.timedelta()
            if away <= PAST + newsletter.settings.horizon:
                broken.append(_row(path.name, _failed(err)))
    return sorted(issues, key=lambda issue: ((issue.send_at or now).timestamp(), issue.key)), broken


def is_due(issue: Issue, desk: Desk) -> bool:
    """Say whether *issue* is released and its time falls within the horizon, or passed not long ago."""
    if issue.status != "ready" or issue.send_at is None:
        return False
    return -PAST < issue.send_at - desk.clock() < desk.settings.horizon


def worst(exit_codes: Iterable[int]) -> int:
    """Return the exit code of a run over several issues."""
    failed = {code for code in exit_codes if code}
    return next((code for code in _URGENCY if code in failed), 0)


def _attend(
    newsletter: Newsletter, issue: Issue | None, known: Report | None, desk: Desk, *, due: bool
) -> Report:
    """
    Do what one issue needs: look whether what is scheduled still holds, or send it.

    Args:
        newsletter: its newsletter.
        issue: as it stands in the repository; None when it is not there any more.
        known: what reconciling it told; None when nothing of it was dispatched.
        desk: provider and record.
        due: whether its time is near.
    """
    if known is not None and (issue is None or issue.status != "ready"):
        what = "its file is gone" if issue is None else f"its status is {issue.status!r} now"
        hint = "run `newsletter cancel` with it if it must not go out, or put the issue back as it was"
        return Report("drift", 6, f"{known.message}, and {what}", hint)
    if issue is None or (known is not None and known.outcome == "claimed" and not due):
        return known or Report("nothing")
    ready = prepare(newsletter, issue, sending=True)
    if known is not None and known.outcome == "scheduled":
        return guard(ready.message, ready.audience, desk) or Report("nothing", message=known.message)
    if publish.settle(ready.message, desk):
        return Report("recovered", message="an interrupted run had scheduled it; now on record")
    dispatch = plan(ready, desk)
    outcome = publish.send(dispatch, desk)
    local = dispatch.at.astimezone(issue.send_at.tzinfo if issue.send_at else None)
    return Report(outcome, message=f"for {local:%a %Y-%m-%d %H:%M %Z}, to {dispatch.readers:,} readers")


def _reported(act: Callable[[], Report]) -> Report:
    """Run one issue's part; its failure is a report like any other."""
    try:
        return act()
    except PipelineError as err:
        return _failed(err)


def _failed(err: PipelineError) -> Report:
    return Report("failed", err.exit_code, err.message, err.hint, findings=err.findings)


def _row(key: str, report: Report) -> dict[str, Any]:
    return {
        "key": key,
        "outcome": report.outcome,
        "exit_code": report.exit_code,
        "message": report.message,
        "hint": report.hint,
        "counts": dict(report.counts),
    }


def _told(row: dict[str, Any]) -> str:
    return f"{row['message']}; mend: {row['hint']}" if row["hint"] and row["exit_code"] else row["message"]
