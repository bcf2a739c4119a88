"""`newsletter cancel`: a scheduled issue is taken back, or it is said plainly that it left."""

from pathlib import Path

from pipeline import publish
from pipeline.clock import Clock
from pipeline.commands.desk import named, open_desk
from pipeline.output import Result, note
from pipeline.receipts import called_off
from pipeline.settings import load_settings


def cancel(start: Path, name: str, *, clock: Clock, take_over: bool = False) -> Result:
    """
    Unschedule an issue, end its claim on record, and say truthfully what happened.

    Its file may be gone or broken meanwhile: what is on record is found by its id.
    """
    settings = load_settings(start)
    desk = open_desk(settings, clock)
    found = named(name, settings, desk.receipts.read_all())
    outcome = publish.cancel(found.key, desk, take_over=take_over)
    told = {
        "cancelled": "cancelled; nobody gets this mail until you send it again with `newsletter send`, or "
        "give it a send_at that it never had",
        "nothing": "nothing was scheduled, so there was nothing to cancel",
    }[outcome]
    off = called_off(desk.receipts.read(found.key), rehearsal=desk.rehearses)
    if outcome == "nothing" and found.status == "ready" and off is None:
        told += "; to keep `newsletter send --due` from sending it, set status: hold"
    return Result({"id": found.id, "key": found.key, "outcome": outcome}, note(found.id, told))
