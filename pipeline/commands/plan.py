"""`newsletter plan`: what a send would do, and why; it changes nothing."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipeline import publish
from pipeline.clock import Clock
from pipeline.commands.desk import open_newsletter, prepare
from pipeline.commands.due import is_due, read_issues, worst
from pipeline.commands.send import demand_ready
from pipeline.commands.send import plan as planned
from pipeline.errors import PipelineError, UsageError
from pipeline.model import Finding, Issue
from pipeline.newsletter import Newsletter
from pipeline.output import Result
from pipeline.providers import Can
from pipeline.publish import Case, Desk, Dispatch, Standing


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
    newsletter, desk = open_newsletter(start, clock)
    issues = [newsletter.issue(name) for name in names]
    broken: list[dict[str, Any]] = []
    if due:
        issues, broken = read_issues(newsletter, desk)
        issues = [issue for issue in issues if is_due(issue, desk)]
    rows = [_row(issue, newsletter, desk, due=due, at=at, readers=readers) for issue in issues]
    rows += [
        {"id": row["key"], **row, "would": "stop", "why": row["message"], "findings": []} for row in broken
    ]
    findings = [finding for row in rows for finding in row.pop("findings")]
    text = "\n".join(_words(row) for row in rows) or "nothing is due\n"
    return Result({"issues": rows}, text, findings, worst(row["exit_code"] for row in rows))


def _row(
    issue: Issue, newsletter: Newsletter, desk: Desk, *, due: bool, at: str | None, readers: int | None
) -> dict[str, Any]:
    row: dict[str, Any] = {"id": issue.id, "key": issue.key, "exit_code": 0, "findings": []}
    try:
        seen = _seen(issue.key, desk)
        if seen.dispatched and due:
            return {**row, "would": "nothing", "why": seen.why, "hint": ""}
        ready = prepare(newsletter, issue, at=at, sending=True)
        row["findings"] = list(ready.findings)
        if seen.case not in (Case.FREE, Case.OVER):
            raise seen.refusal()
        demand_ready(issue)
        return {**row, **_dispatch(planned(ready, desk, readers=readers), seen, desk, issue)}
    except PipelineError as err:
        findings: Sequence[Finding] = err.findings or row["findings"]
        refused = {"would": "stop", "why": err.message, "hint": err.hint, "exit_code": err.exit_code}
        return {**row, **refused, "findings": list(findings)}


def _seen(key: str, desk: Desk) -> Standing:
    """Return where *key* stands; a claim is looked at with its lock, which tells whether its run lives."""
    seen = publish.look(key, desk)
    if seen.case is Case.CLAIMED:
        with desk.receipts.hold(key):
            return publish.look(key, desk)
    return seen


def _dispatch(dispatch: Dispatch, seen: Standing, desk: Desk, issue: Issue) -> dict[str, Any]:
    local = dispatch.at.astimezone(issue.send_at.tzinfo if issue.send_at else None)
    return {
        "would": "schedule",
        "why": "it is ready, and nothing of it was dispatched",
        "hint": "",
        "provider": desk.provider.name,
        "draft": seen.drafts[0].id if seen.drafts else None,
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
        lines = [("would", "do nothing" if row["would"] == "nothing" else "stop"), ("because", row["why"])]
        lines += [("mend", row["hint"])] if row["hint"] else []
    else:
        draft = f"change draft {row['draft']}" if row["draft"] else "make a draft"
        last = f", {row['usual']:,} last time" if row["usual"] is not None else ""
        if not last and row["expected"]:
            last = f"; the settings say about {row['expected']:,}"
        lines = [
            ("would", f"{draft} at {row['provider']}, prove it, and schedule it"),
            ("goes out", f"{row['local']}{' (later than planned)' if row['late'] else ''}"),
            ("audience", f"{row['audience']}, {row['readers']:,} readers{last}"),
            ("subject", row["subject"]),
            ("shows", ", ".join(row["wordings"])),
            ("text part", row["text_part"]),
            ("digest", row["digest"][:16]),
        ]
    return f"{row['id']}\n" + "".join(f"{name:>11}  {value}\n" for name, value in lines)
