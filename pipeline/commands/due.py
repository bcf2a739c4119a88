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
from pipeline.errors import ChecksFailed, IssueError, PipelineError, ProviderError, Refused
from pipeline.model import Entry, Issue, Receipt
from pipeline.newsletter import Newsletter
from pipeline.output import WIDTH, Result, note, table
from pipeline.publish import Desk
from pipeline.publish.due import Report, drift, guard, real_dispatches, reconcile, unsettled
from pipeline.receipts import asks_anew, called_off, is_moved, planned_at, standing
from pipeline.sendtime import PAST, is_near
from pipeline.stages.load import issue_id, issue_paths, load_issue

_DATE = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}")
_SEND_AT = re.compile(rb"(?m)^\W*send_at\W+(20[0-9]{2}-[0-9]{2}-[0-9]{2})")
_URGENCY = (5, 6, 1, 3, 4, 2)  # which exit code a run ends in when several issues fail
_ROOM = 44  # columns for words in the table; what is longer stands below it


def send_due(start: Path, *, clock: Clock) -> Result:
    """
    Reconcile what was dispatched, and send every issue with status ready whose time is near, oldest first.

    One failure does not stop the others.

    Returns:
        A row for each issue; the exit code is that of the most urgent failure, 0 when there is none.
    """
    newsletter, desk = open_newsletter(start, clock)
    issues, broken = read_issues(newsletter, desk)
    receipts = desk.receipts.read_all()
    by_key = {issue.key: issue for issue in issues}
    due = {issue.key: issue for issue in issues if is_due(issue, desk)}
    open_keys = unsettled(receipts, desk)
    reconciled = {key: _reported(partial(_looked_after, key, receipts[key], desk)) for key in open_keys}
    reports = {key: report for key, report in reconciled.items() if report.outcome != "free"}
    for key in dict.fromkeys([*reports, *due]):
        known = reports.get(key)
        issue = due.get(key) or by_key.get(key)
        over = ended(receipts.get(key), issue, desk) if known is None and issue is not None else None
        if over is not None:
            reports[key] = over
        elif known is None or known.outcome in ("scheduled", "claimed"):
            reports[key] = _reported(partial(_attend, newsletter, key, issue, known, desk, due=key in due))
    reports |= {key: unwatched(entry, desk) for key, entry in real_dispatches(receipts, desk).items()}
    rows = [*broken, *(_row(key, report, desk) for key, report in reports.items())]
    findings = [finding for report in reports.values() for finding in report.findings]
    return Result({"issues": rows}, _text(rows), findings, worst(row["exit_code"] for row in rows))


def read_issues(newsletter: Newsletter, desk: Desk) -> tuple[list[Issue], list[dict[str, Any]]]:
    """
    Return all issues, the oldest send time first.

    Returns:
        The issues; and a row for each file that cannot be read, since it may be due. A file whose name and
        send_at give dates that are far away is none of them.
    """
    now, issues, broken = desk.clock(), [], []
    for path in issue_paths(newsletter.settings):
        try:
            issues.append(load_issue(path, newsletter.settings))
        except IssueError as err:
            if _may_be_due(path, desk):
                broken.append(_row(f"{desk.settings.id}-{issue_id(path)}", _failed(err), desk))
    broken += [_row(path.name, _stray(path, newsletter), desk) for path in _strays(newsletter)]
    return sorted(issues, key=lambda issue: ((issue.send_at or now).timestamp(), issue.key)), broken


def _strays(newsletter: Newsletter) -> list[Path]:
    """Return the files below issues/ that look like an issue and lie where none is looked for."""
    folder = newsletter.settings.issues_path
    known = set(issue_paths(newsletter.settings))
    files = (path for path in folder.rglob("*") if path.suffix.lower() in (".md", ".markdown"))
    return sorted(path for path in files if path not in known and path.read_bytes()[:3] in (b"---", b"+++"))


def _stray(path: Path, newsletter: Newsletter) -> Report:
    where = path.relative_to(newsletter.settings.root).as_posix()
    hint = "move it to issues/NAME.md, or to issues/NAME/index.md"
    return Report("failed", 2, f"{where}: no issue is looked for there, and nothing of it is sent", hint)


def is_due(issue: Issue, desk: Desk) -> bool:
    """Say whether *issue* is released and its time falls within the horizon, or passed not long ago."""
    if issue.status != "ready" or issue.send_at is None:
        return False
    return is_near(issue.send_at, now=desk.clock(), horizon=desk.settings.horizon)


def ended(receipt: Receipt | None, issue: Issue, desk: Desk) -> Report | None:
    """Report an issue of which nothing is to be done: it went out, or a person called it off."""
    if receipt is None:
        return None
    entry = standing(receipt, rehearsal=desk.rehearses)
    if entry is not None and entry.kind == "sent":
        return sent_again(issue, receipt, desk) or Report(
            "done", message=f"sent on {desk.when(planned_at(entry))}"
        )
    off = called_off(receipt, rehearsal=desk.rehearses)
    if off is None or asks_anew(receipt, issue.send_at):
        return None
    return Report(
        "called off",
        message=f"by {off.run} on {desk.when(off.at)}: no run sends it by itself",
        hint=f"to send it all the same, run `newsletter send {issue.id}`, or give it another send_at",
    )


def _looked_after(key: str, receipt: Receipt, desk: Desk) -> Report:
    """Reconcile; where the provider cannot be asked, say what is on record: it goes out all the same."""
    try:
        return reconcile(key, desk)
    except ProviderError as err:
        entry = standing(receipt, rehearsal=desk.rehearses)
        if entry is not None:
            known = f"{entry.kind} on record, for {desk.when(planned_at(entry))}"
            err.message = f"{known}, and nobody can look: {err.message}"
            err.hint = (
                f"see that {desk.provider.name} can be reached; what is scheduled there goes out meanwhile"
            )
        raise


def unwatched(entry: Entry, desk: Desk) -> Report:
    """Report a real dispatch that a rehearsal's settings keep from being looked after."""
    at = entry.data.get("provider")
    why = f"{entry.kind} for real at {at}, for {desk.when(planned_at(entry))}, and nobody looks after it here"
    return Report("blocked", 6, why, f'the settings say {desk.provider.name}: set provider = "{at}"')


def sent_again(issue: Issue, receipt: Receipt, desk: Desk) -> Report | None:
    """Report an issue that went out and asks for another send: it may be a new letter in an old file."""
    entry = standing(receipt, rehearsal=desk.rehearses)
    last = planned_at(entry) if entry else None
    if entry is None or issue.send_at is None or (last and issue.send_at <= last):
        return None
    if (
        not is_moved(entry.data.get("asked_at") or entry.data.get("send_at"), issue.send_at)
        and entry.data.get("subject") == issue.subject
    ):
        return None
    return Report(
        "drift",
        6,
        f"went out already, by {entry.run} on {desk.when(entry.at)}, and is to go out again on "
        f"{desk.when(issue.send_at)}: nothing is sent twice",
        "if it is a new letter, give it a file and an id of its own; if not, put its send_at back",
    )


def worst(exit_codes: Iterable[int]) -> int:
    """Return the exit code of a run over several issues."""
    failed = {code for code in exit_codes if code}
    return next((code for code in _URGENCY if code in failed), max(failed, default=0))


def rows_text(rows: Iterable[tuple[str, str, str, str]]) -> str:
    """
    Return a table of issues, and below it what does not fit into a line.

    Args:
        rows: id, outcome, message and hint of each; the hint is shown below with the message.
    """
    lines, notes = [("issue", "outcome", "")], []
    for name, outcome, message, hint in rows:
        fits = not hint and len(message) <= _ROOM
        lines.append((name, outcome, message if fits else ""))
        if not fits:
            notes.append("\n" + note(name, message, hint))
    return table(lines, within=WIDTH) + "".join(notes)


def _text(rows: list[dict[str, Any]]) -> str:
    if not rows:
        return "nothing is due\n"
    return rows_text(
        (row["id"], row["outcome"], row["message"], row["hint"] if row["exit_code"] else "") for row in rows
    )


def _may_be_due(path: Path, desk: Desk) -> bool:
    """Say whether a file that cannot be read as an issue may be one whose time is near."""
    texts = [match[0] for match in [_DATE.match(issue_id(path))] if match]
    try:
        texts += [day.decode() for day in _SEND_AT.findall(path.read_bytes())]
        days = [dt.date.fromisoformat(text) for text in texts]
    except (OSError, ValueError):
        return True
    near, today = PAST + desk.settings.horizon, desk.clock().date()
    return not days or any(abs(day - today) <= near for day in days)


def _attend(
    newsletter: Newsletter, key: str, issue: Issue | None, known: Report | None, desk: Desk, *, due: bool
) -> Report:
    """
    Do what one issue needs: look whether what is scheduled still holds, or send it.

    Args:
        newsletter: its newsletter.
        key: the issue's.
        issue: as it stands in the repository; None when it is not there any more.
        known: what reconciling it told; None when nothing of it was dispatched.
        desk: provider and record.
        due: whether its time is near.
    """
    if known is not None and known.outcome == "scheduled":
        # First, and from the record: the source may be gone or broken.
        return guard(key, desk) or unchanged(newsletter, key, issue, known, desk)
    if issue is None:
        return _withdrawn(known, "its file is gone or broken", desk.name(key)) if known else Report("nothing")
    if known is not None and issue.status != "ready":
        return _withdrawn(known, f"its status is {issue.status!r} now", issue.id)
    if known is not None and not due:
        return known
    ready = prepare(newsletter, issue, sending=True)
    if publish.settle(ready.message, desk):
        return Report("recovered", message="an interrupted run had scheduled it; now on record")
    dispatch = plan(ready, desk, unattended=True)
    outcome = publish.send(dispatch, desk)
    local = dispatch.at.astimezone(issue.send_at.tzinfo if issue.send_at else None)
    return Report(outcome, message=f"for {local:%a %Y-%m-%d %H:%M %Z}, to {dispatch.readers:,} readers")


def unchanged(newsletter: Newsletter, key: str, issue: Issue | None, known: Report, desk: Desk) -> Report:
    """Say whether the source of a scheduled issue still asks for what is scheduled; changes nothing."""
    if issue is None:
        return _withdrawn(known, "its file is gone or broken", desk.name(key))
    if issue.status != "ready":
        return _withdrawn(known, f"its status is {issue.status!r} now", issue.id)
    try:
        ready = prepare(newsletter, issue, sending=True)
    except PipelineError as err:
        why = f"{known.message}, and its source is not fit any more: {err.message}"
        hint = f"{err.hint or 'mend it'}; to keep it from going out, run `newsletter cancel {issue.id}`"
        return Report("drift", 6, why, hint, findings=err.findings)
    seen = publish.look(issue.key, desk)
    return drift(ready.message, ready.audience, seen, desk) or known._replace(outcome="unchanged")


def _withdrawn(known: Report, why: str, name: str) -> Report:
    hint = f"to keep it from going out, run `newsletter cancel {name}`; or put the issue back as it was"
    return Report("drift", 6, f"{known.message}, and {why}", hint)


def _reported(act: Callable[[], Report]) -> Report:
    """Run one issue's part; its failure is a report like any other, and stops none of the others."""
    try:
        return act()
    except PipelineError as err:
        return _failed(err)
    except Exception as err:  # noqa: BLE001  (the rim of one issue: the next one must still go out)
        return Report("failed", 3, f"a fault in newsletter itself: {err!r}", "please report it")


def _failed(err: PipelineError) -> Report:
    outcome = "stopped" if isinstance(err, Refused | ChecksFailed) else "failed"
    return Report(outcome, err.exit_code, err.message, err.hint, findings=err.findings)


def _row(key: str, report: Report, desk: Desk) -> dict[str, Any]:
    name = desk.name(key)
    return {
        "id": name,
        "key": key,
        "outcome": report.outcome,
        "exit_code": report.exit_code,
        "message": report.message.replace(key, name).removeprefix(f"{name}: "),
        "hint": report.hint.replace(key, name),
        "counts": dict(report.counts),
        "went_out": report.went_out,
    }
