"""`newsletter status`: provider and record side by side."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pipeline.clock import Clock
from pipeline.commands.desk import Named, named, open_desk
from pipeline.errors import IssueError
from pipeline.model import Draft, Finding, Receipt
from pipeline.output import WIDTH, Result, note, table
from pipeline.publish import Case, Desk, Standing
from pipeline.publish.due import real_dispatches, unsettled
from pipeline.publish.standing import judge, with_known
from pipeline.receipts import called_off, planned_at, standing
from pipeline.settings import load_settings
from pipeline.stages.load import issue_id, issue_paths, load_issue


def status(start: Path, names: Sequence[str], *, clock: Clock) -> Result:
    """
    Show where each issue stands; changes nothing.

    Issues that are on record as sent are shown from the record; the provider is asked about all others, in
    one go. An issue whose file is gone or broken is shown as well while something of it is on record.
    """
    settings = load_settings(start)
    desk = open_desk(settings, clock)
    receipts = desk.receipts.read_all()
    issues, findings = _issues(names, receipts, desk)
    drafts = _drafts([each.key for each in issues if names or not _is_sent(receipts, each.key, desk)], desk)
    on_record = [receipts.get(each.key, Receipt(each.key)) for each in issues]
    seen = [judge(each, with_known(each, drafts.get(each.key, ()), desk), desk) for each in on_record]
    real = real_dispatches(receipts, desk)
    rows = [standing_row(*both, desk) for both in zip(issues, seen, strict=True)]
    for row in rows:
        if row["key"] in real:
            row["record"] = f"{real[row['key']].kind} at {real[row['key']].data.get('provider')}"
    columns = ("status", "provider", "record", "when")
    header = ("issue", "source", "provider", "record", "send time")
    lines = [header, *((row["id"], *(str(row[column]) for column in columns)) for row in rows)]
    notes = [
        "\n" + note(each.id, each.why, each.hint)
        for each in seen
        if each.case in (Case.BLOCKED, Case.REVIEW, Case.TAKEN_BACK)
    ]
    notes += [
        "\n"
        + note(each.id, f"draft {each.spare[0].id} is left over beside it", f"delete it at {each.provider}")
        for each in seen
        if each.spare and each.case is not Case.BLOCKED
    ]
    notes += [
        "\n"
        + note(
            each.id, f"scheduled, and its status is {issue.status!r} now", "`newsletter cancel` keeps it back"
        )
        for each, issue in zip(seen, issues, strict=True)
        if each.case is Case.SCHEDULED and issue.status != "ready"
    ]
    text = table(lines, within=WIDTH) + "".join(notes) if rows else "no issues yet\n"
    return Result({"issues": rows}, text, findings, exit_code=IssueError.exit_code if findings else 0)


def _issues(
    names: Sequence[str], receipts: Mapping[str, Receipt], desk: Desk
) -> tuple[list[Named], list[Finding]]:
    """Return the issues that are meant, and what keeps some of them from being read."""
    settings = desk.settings
    found = [named(name, settings, receipts) for name in names]
    findings: list[Finding] = []
    for path in [] if names else issue_paths(settings):
        try:
            issue = load_issue(path, settings)
            found.append(Named(issue.id, issue.key, issue))
        except IssueError as err:
            found.append(Named(issue_id(path), f"{settings.id}-{issue_id(path)}", None, "broken"))
            findings += err.findings
    known = {each.key for each in found}
    open_keys = dict.fromkeys([*unsettled(receipts, desk), *real_dispatches(receipts, desk)])
    lost = [] if names else [key for key in open_keys if key not in known]
    return [*found, *(Named(desk.name(key), key, None, "gone") for key in lost)], findings


def standing_row(named: Named, seen: Standing, desk: Desk) -> dict[str, Any]:
    """Return where one issue stands, for a table and for JSON."""
    issue = named.issue
    planned = next(
        (draft.sent_at or draft.send_at for draft in seen.drafts if draft.send_at or draft.sent_at), None
    )
    if planned is None and seen.entry is not None:
        planned = planned_at(seen.entry)
    zone = ZoneInfo(issue.timezone if issue else desk.settings.timezone)
    when = planned.astimezone(zone) if planned else issue.send_at if issue else None
    told = seen.entry.data.get("counts") if seen.entry else None
    counts = told if isinstance(told, Mapping) else _counts(seen, desk)
    is_off = called_off(seen.receipt, rehearsal=desk.rehearses) is not None
    return {
        "id": named.id,
        "key": named.key,
        "status": named.status,
        "case": seen.case.value,
        "provider": ", ".join(_words(draft, counts) for draft in seen.drafts) or _unasked(seen, counts),
        "record": seen.entry.kind if seen.entry else "called off" if is_off else "nothing sent",
        "when": when.strftime("%a %Y-%m-%d %H:%M %Z") if when else "no send time",
        "why": seen.why,
        "drafts": [{"id": draft.id, "state": draft.state, "url": draft.url} for draft in seen.drafts],
        "counts": dict(counts),
        "entries": [
            {"kind": entry.kind, "at": entry.at.isoformat(), "run": entry.run}
            for entry in seen.receipt.entries
        ],
    }


def _drafts(keys: Sequence[str], desk: Desk) -> Mapping[str, list[Draft]]:
    found: defaultdict[str, list[Draft]] = defaultdict(list)
    for draft in desk.provider.find(*keys) if keys else ():
        found[draft.key].append(draft)
    return found


def _is_sent(receipts: Mapping[str, Receipt], key: str, desk: Desk) -> bool:
    entry = standing(receipts[key], rehearsal=desk.rehearses) if key in receipts else None
    return entry is not None and entry.kind == "sent"


def _counts(seen: Standing, desk: Desk) -> Mapping[str, int | None]:
    draft = next((draft for draft in seen.drafts if draft.state in ("sending", "sent")), None)
    if draft is None:
        return {}
    stats = desk.provider.stats(draft)
    return {"to_send": stats.to_send, "sent": stats.sent, "bounced": stats.bounced}


def _words(draft: Draft, counts: Mapping[str, int | None]) -> str:
    sent = counts.get("sent")
    if draft.state not in ("sending", "sent") or sent is None:
        return draft.state if draft.state != "unknown" else draft.native_state
    if draft.state == "sent":
        return f"sent to {sent:,}"
    wanted = counts.get("to_send")
    return f"sending: {sent:,} of {wanted:,} so far" if wanted else f"sending: {sent:,} so far"


def _unasked(seen: Standing, counts: Mapping[str, int | None]) -> str:
    if seen.case is not Case.SENT:
        return "no draft"
    sent = counts.get("sent")
    return f"sent to {sent:,}" if sent is not None else "sent"
