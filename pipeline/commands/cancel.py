"""`newsletter cancel`: a scheduled issue is taken back, or it is said plainly that it left."""

from pathlib import Path

from pipeline import publish
from pipeline.clock import Clock
from pipeline.commands.desk import open_desk
from pipeline.output import Result
from pipeline.settings import load_settings
from pipeline.stages.load import find_issue, load_issue


def cancel(start: Path, name: str, *, clock: Clock, take_over: bool = False) -> Result:
    """Unschedule an issue, end its claim on record, and say truthfully what happened."""
    settings = load_settings(start)
    issue = load_issue(find_issue(name, settings), settings)
    outcome = publish.cancel(issue.key, open_desk(settings, clock), take_over=take_over)
    text = {
        "cancelled": f"{issue.id}: cancelled; nobody gets this mail until you send it again\n",
        "nothing": f"{issue.id}: nothing was scheduled, so there was nothing to cancel\n",
    }
    return Result({"key": issue.key, "outcome": outcome}, text[outcome])
