"""`newsletter disclaimers`: the registry of approved wordings."""

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

from pipeline.clock import Clock
from pipeline.disclaimers.registry import in_force, load_registry
from pipeline.output import Result
from pipeline.settings import load_settings


def disclaimers(start: Path, *, clock: Clock) -> Result:
    """Show every wording, which of them are in force today, and what is wrong with the registry."""
    settings = load_settings(start)
    today = clock().astimezone(ZoneInfo(settings.timezone)).date()
    registry = load_registry(settings.registry_path, settings.root)
    rows = [
        {
            "id": wording.id,
            "version": wording.version,
            "locale": wording.locale,
            "jurisdictions": sorted(wording.jurisdictions),
            "kind": wording.kind,
            "approved_by": wording.approved_by,
            "approved_on": wording.approved_on.isoformat(),
            "in_force": in_force(wording, today),
            "file": wording.file,
            "text": wording.text,
        }
        for wording in registry.wordings
    ]
    text = "".join(_paragraph(row, today) for row in rows) or "no wordings yet\n"
    stops = any(finding.severity.stops for finding in registry.findings)
    return Result({"disclaimers": rows}, text, registry.findings, exit_code=int(stops))


def _paragraph(row: dict[str, object], today: dt.date) -> str:
    where = ", ".join(row["jurisdictions"])  # type: ignore[arg-type]
    state = "in force" if row["in_force"] else f"not in force on {today}"
    signed = "sample, not approved" if row["approved_by"] == "sample" else f"approved by {row['approved_by']}"
    return f"{row['id']}@{row['version']}  {row['locale']}  {where}  {state}  {signed}\n{row['text']}\n\n"
