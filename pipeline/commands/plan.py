"""`newsletter plan`: what a send would do, and why; it changes nothing."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipeline import publish
from pipeline.clock import Clock
from pipeline.commands.desk import open_newsletter, prepare
from pipeline.commands.due import ended, is_due, read_issues, unchanged, unwatched, worst
from pipeline.commands.send import demand_ready
from pipeline.commands.send import plan as planned
from pipeline.errors import PipelineError, UsageError
from pipeline.model import Finding, Issue
from pipeline.newsletter import Newsletter
from pipeline.output import Result, labelled
from pipeline.providers import Can
from pipeline.publish import Case, Desk, Dispatch, Standing
from pipeline.publish.due import Report, intact, real_dispatches, unsettled
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
    others: list[dict[str, Any]] = []
    if due:
        issues, broken = read_issues(newsletter, desk)
        others = [
            _told(row["id"], row["key"], Report("", row["exit_code"], row["message"], row["hint"]))
            for row in broken
        ]
        receipts = desk.receipts.read_all()
        open_keys = unsettled(receipts, desk)
        others += [
            _gone(key, newsletter, desk) for key in open_keys if key not in {issue.key for issue in issues}
        ]
        real = real_dispatches(receipts, desk).items()
        others += [_told(desk.name(key), key, unwatched(entry, desk)) for key, entry in real]
        issues = [issue for issue in issues if is_due(issue, desk) or issue.key in open_keys]
    rows = [_row(issue, newsletter, desk, due=due, at=at, readers=readers) for issue in issues]
    rows += others
    findings = [finding for row in rows for finding in row.pop("findings")]
    text = "\n".join(_words(row) for row in rows) or "nothing is due\n"
    return Result({"issues": rows}, text, findings, worst(row["exit_code"] for row in rows))


def _row(
    issue: Issue, newsletter: Newsletter, desk: Desk, *, due: bool, at: str | None, readers: int | None
) -> dict[str, Any]:
    row: dict[str, Any] = {"id": issue.id, "key": issue.key, "exit_code": 0, "findings": []}
    try:
        receipt = desk.receipts.read(issue.key)
        over = ended(receipt, issue, desk) if due else None
        if over is not None:
            return _told(issue.id, issue.key, over)
        if standing(receipt, rehearsal=desk.rehearses) is not None:
            seen = _seen(issue.key, desk)
            if seen.dispatched and due:
                return _dispatched(seen, issue, newsletter, desk)
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


def _dispatched(seen: Standing, issue: Issue | None, newsletter: Newsletter, desk: Desk) -> dict[str, Any]:
    """Say what `send --due` would do with what was dispatched: look whether it still holds."""
    known = Report("unchanged", message=seen.why)
    if seen.case is Case.SCHEDULED:
        known = intact(seen, desk) or unchanged(newsletter, seen.key, issue, known, desk)
    return _told(seen.id, seen.key, known)


def _gone(key: str, newsletter: Newsletter, desk: Desk) -> dict[str, Any]:
    """Say what `send --due` would do with a dispatch whose issue is gone or broken."""
    seen = _seen(key, desk)
    if seen.dispatched:
        return _dispatched(seen, None, newsletter, desk)
    return _told(seen.id, key, Report("", 6, seen.why, seen.hint))


def _told(name: str, key: str, report: Report) -> dict[str, Any]:
    """Return the row of an issue of which nothing would be scheduled."""
    would = "take it back" if report.outcome == "cancelled" else "stop" if report.exit_code else "nothing"
    return {
        "id": name,
        "key": key,
        "exit_code": report.exit_code,
        "would": would,
        "why": report.message,
        "hint": report.hint,
        "findings": list(report.findings),
    }


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
        "rehearsal": desk.rehearses,
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
        kind = " (rehearsal)" if row["rehearsal"] else ""
        draft = f"change draft {row['draft']}" if row["draft"] else "make a draft"
        last = f", {row['usual']:,} last time" if row["usual"] is not None else ""
        if not last and row["expected"]:
            last = f"; the settings say about {row['expected']:,}"
        lines = [
            (
                "would",
                f"{draft} at {row['provider']}, prove it, and schedule it{kind}",
            ),
            ("goes out", f"{row['local']}{' (later than planned)' if row['late'] else ''}"),
            ("in UTC", f"{row['at'][:16].replace('T', ' ')}"),
            ("audience", f"{row['audience']}, {row['readers']:,} readers{last}"),
            ("subject", row["subject"]),
            ("shows", ", ".join(row["wordings"])),
            ("text part", row["text_part"]),
            ("digest", row["digest"][:16]),
        ]
    return f"{row['id']}\n{labelled(lines)}"
