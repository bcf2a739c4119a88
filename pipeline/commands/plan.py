"""`newsletter plan`: what a send would do, and why; it changes nothing."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipeline import publish
from pipeline.clock import Clock
from pipeline.commands.desk import open_newsletter, prepare
from pipeline.commands.due import is_due, read_issues, sent_again, worst
from pipeline.commands.send import demand_ready
from pipeline.commands.send import plan as planned
from pipeline.errors import PipelineError, UsageError
from pipeline.model import Finding, Issue
from pipeline.newsletter import Newsletter
from pipeline.output import Result, labelled
from pipeline.providers import Can
from pipeline.publish import Case, Desk, Dispatch, Standing
from pipeline.publish.due import drift, intact, unsettled
from pipeline.receipts import standing


def plan(
    start: Path, names: Sequence[str], *, due: bool, at: str | None, readers: int | None, clock: Clock
) -> Result:
    """
    Say what `send` would do with each issue.

    Args:
        start: a folder inside the newsletter's repository.
        names: paths, ids or slugs.
        due: take all that `send --due` would look at instead.
        at: as for `send`.
        readers: as for `send`.
        clock: the clock.

    Returns:
        A row for each issue; the exit code is the one that `send` would end in.
    """
    if bool(names) == due:
        raise UsageError(
            "plan needs issues, or --due", hint="name one, or add --due for all whose time is near"
        )
    if due and (at or readers):
        raise UsageError("--due decides alone", hint="give --at or --readers with one issue")
    newsletter, desk = open_newsletter(start, clock)
    issues = [newsletter.issue(name) for name in names]
    broken: list[dict[str, Any]] = []
    if due:
        issues, broken = read_issues(newsletter, desk)
        receipts = desk.receipts.read_all()
        issues = [issue for issue in issues if is_due(issue, desk) or issue.key in unsettled(receipts, desk)]
    rows = [_row(issue, newsletter, desk, due=due, at=at, readers=readers) for issue in issues]
    rows += [
        {**{name: row[name] for name in ("id", "key", "exit_code", "hint")}, "would": "stop", "findings": []}
        | {"why": row["message"]}
        for row in broken
    ]
    findings = [finding for row in rows for finding in row.pop("findings")]
    text = "\n".join(_words(row) for row in rows) or "nothing is due\n"
    return Result({"issues": rows}, text, findings, worst(row["exit_code"] for row in rows))


def _row(
    issue: Issue, newsletter: Newsletter, desk: Desk, *, due: bool, at: str | None, readers: int | None
) -> dict[str, Any]:
    row: dict[str, Any] = {"id": issue.id, "key": issue.key, "exit_code": 0, "findings": []}
    try:
        if standing(desk.receipts.read(issue.key), rehearsal=desk.rehearses) is not None:
            seen = _seen(issue.key, desk)
            if seen.dispatched and due:
                return {**row, **_dispatched(seen, issue, newsletter, desk)}
            if seen.case not in (Case.FREE, Case.OVER):
                raise seen.refusal()
        demand_ready(issue)
        ready = prepare(newsletter, issue, at=at, sending=True)
        row["findings"] = list(ready.findings)
        dispatch = planned(ready, desk, readers=readers, unattended=due)
        return {**row, **_dispatch(dispatch, desk, issue)}
    except PipelineError as err:
        findings: Sequence[Finding] = err.findings or row["findings"]
        why = err.message.removeprefix(f"{issue.id}: ")
        refused = {"would": "stop", "why": why, "hint": err.hint, "exit_code": err.exit_code}
        return {**row, **refused, "findings": list(findings)}


def _dispatched(seen: Standing, issue: Issue, newsletter: Newsletter, desk: Desk) -> dict[str, Any]:
    """Say what `send --due` would do with an issue that was dispatched: look whether it still holds."""
    if seen.case is Case.SENT and (again := sent_again(issue, seen.receipt, desk)):
        return {"would": "stop", "why": again.message, "hint": again.hint, "exit_code": again.exit_code}
    if seen.case is Case.SCHEDULED:
        report = intact(seen, desk)
        if report is None:
            ready = prepare(newsletter, issue, sending=True)
            report = drift(ready.message, ready.audience, seen, desk)
        if report is not None:
            would = "take it back" if report.outcome == "cancelled" else "stop"
            told = {"would": would, "why": report.message, "hint": report.hint}
            return {**told, "exit_code": report.exit_code, "findings": list(report.findings)}
        if issue.status != "ready":
            why = f"{seen.why}, and its status is {issue.status!r} now"
            return {"would": "stop", "why": why, "hint": seen.hint, "exit_code": 6}
    return {"would": "nothing", "why": seen.why, "hint": ""}


def _seen(key: str, desk: Desk) -> Standing:
    """Return where *key* stands; a claim is looked at with its lock, which tells whether its run lives."""
    seen = publish.look(key, desk)
    if seen.case is Case.CLAIMED:
        with desk.receipts.hold(key):
            return publish.look(key, desk)
    return seen


def _dispatch(dispatch: Dispatch, desk: Desk, issue: Issue) -> dict[str, Any]:
    local = dispatch.at.astimezone(issue.send_at.tzinfo if issue.send_at else None)
    return {
        "would": "schedule",
        "why": "it is ready, and nothing of it was dispatched",
        "hint": "",
        "provider": desk.provider.name,
        "draft": dispatch.seen.drafts[0].id if dispatch.seen.drafts else None,
        "at": dispatch.at.isoformat(),
        "local": f"{local:%A %d %B %Y, %H:%M %Z}",
        "late": dispatch.late,
        "audience": dispatch.audience.name,
        "readers": dispatch.readers,
        "usual": dispatch.usual,
        "expected": None if desk.rehearses else desk.settings.readers,
        "subject": dispatch.message.subject,
        "text_part": "ours" if Can.OWN_TEXT in desk.provider.can else "the provider's",
        "wordings": [wording.ref for wording in dispatch.message.wordings],
        "digest": dispatch.digest,
    }


def _words(row: dict[str, Any]) -> str:
    if row["would"] != "schedule":
        lines = [
            ("would", "do nothing" if row["would"] == "nothing" else row["would"]),
            ("because", row["why"]),
        ]
        lines += [("mend", row["hint"])] if row["hint"] else []
    else:
        draft = f"change draft {row['draft']}" if row["draft"] else "make a draft"
        last = f", {row['usual']:,} last time" if row["usual"] is not None else ""
        if not last and row["expected"]:
            last = f"; the settings say about {row['expected']:,}"
        lines = [
            ("would", f"{draft} at {row['provider']}, prove it, and schedule it"),
            ("goes out", f"{row['local']}{' (later than planned)' if row['late'] else ''}"),
            ("in UTC", f"{row['at'][:16].replace('T', ' ')}"),
            ("audience", f"{row['audience']}, {row['readers']:,} readers{last}"),
            ("subject", row["subject"]),
            ("shows", ", ".join(row["wordings"])),
            ("text part", row["text_part"]),
            ("digest", row["digest"][:16]),
        ]
    return f"{row['id']}\n{labelled(lines)}"
