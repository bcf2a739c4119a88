"""`newsletter status`: provider and record side by side."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pipeline.clock import Clock
from pipeline.commands.desk import open_desk
from pipeline.model import Draft, Issue, Receipt
from pipeline.output import Result, table
from pipeline.publish import Case, Desk, Standing
from pipeline.publish.standing import judge
from pipeline.receipts import standing
from pipeline.settings import load_settings
from pipeline.stages.load import find_issue, issue_paths, load_issue


def status(start: Path, names: Sequence[str], *, clock: Clock) -> Result:
    """
    Show where each issue stands; changes nothing.

    Issues that are on record as sent are shown from the record; the provider is asked about all others, in
    one go.
    """
    settings = load_settings(start)
    desk = open_desk(settings, clock)
    paths = [find_issue(name, settings) for name in names] or issue_paths(settings)
    issues = [load_issue(path, settings) for path in paths]
    receipts = desk.receipts.read_all()
    drafts = _drafts(
        [issue.key for issue in issues if names or not _is_sent(receipts, issue.key, desk)], desk
    )
    seen = [
        judge(receipts.get(issue.key, Receipt(issue.key)), drafts.get(issue.key, ()), desk)
        for issue in issues
    ]
    rows = [standing_row(issue, each, desk) for issue, each in zip(issues, seen, strict=True)]
    header = ("issue", "source", "provider", "record", "send time")
    columns = ("id", "status", "provider", "record", "when")
    lines = [header, *(tuple(str(row[column]) for column in columns) for row in rows)]
    notes = [
        f"\n{issue.id}: {each.why}\n  mend: {each.hint}\n"
        for issue, each in zip(issues, seen, strict=True)
        if each.case in (Case.BLOCKED, Case.TAKEN_BACK)
    ]
    return Result({"issues": rows}, table(lines) + "".join(notes) if rows else "no issues yet\n")


def standing_row(issue: Issue, seen: Standing, desk: Desk) -> dict[str, Any]:
    """Return where one issue stands, for a table and for JSON."""
    planned = next(
        (draft.sent_at or draft.send_at for draft in seen.drafts if draft.send_at or draft.sent_at), None
    )
    if planned is None and seen.entry is not None and seen.entry.data.get("send_at"):
        planned = dt.datetime.fromisoformat(str(seen.entry.data["send_at"]))
    when = planned.astimezone(ZoneInfo(issue.timezone)) if planned else issue.send_at
    told = seen.entry.data.get("counts") if seen.entry else None
    counts = told if isinstance(told, Mapping) else _counts(seen, desk)
    return {
        "id": issue.id,
        "key": issue.key,
        "status": issue.status,
        "case": seen.case.value,
        "provider": ", ".join(_words(draft, counts) for draft in seen.drafts) or _unasked(seen, counts),
        "record": seen.entry.kind if seen.entry else "nothing sent",
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
    return f"{draft.state} to {sent:,}"


def _unasked(seen: Standing, counts: Mapping[str, int | None]) -> str:
    if seen.case is not Case.SENT:
        return "no draft"
    sent = counts.get("sent")
    return f"sent to {sent:,}" if sent is not None else "sent"
