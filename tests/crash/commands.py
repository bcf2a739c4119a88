"""
The commands of a newsletter, as `pipeline.commands` puts them together, around a letter that is finished.

They are what runs in a process of its own and may be killed; each returns its exit code.
"""

import datetime as dt
from collections.abc import Callable
from importlib import import_module

from crash.world import World, letter
from pipeline import publish
from pipeline.errors import PipelineError
from pipeline.examine import examine
from pipeline.model import Message
from pipeline.publish import Desk
from pipeline.publish.due import drift, guard, reconcile, unsettled
from pipeline.receipts import standing
from samples import KEY
from standins.bench import ROWS


def send(world: World, desk: Desk, finished: Message, *, unattended: bool = False) -> int:
    """Settle what a dead run left; otherwise plan and send."""
    if not publish.settle(finished, desk):
        publish.send(publish.plan(finished, world.readers(), desk, unattended=unattended), desk)
    return 0


def amend(world: World, desk: Desk, finished: Message) -> int:
    """Exchange what is scheduled."""
    publish.amend(publish.plan(finished, world.readers(), desk), desk)
    return 0


def amend_or_send(world: World, desk: Desk, finished: Message) -> int:
    """Do as an editor does whose amend died: amend again, and where nothing is scheduled any more, send."""
    try:
        return amend(world, desk, finished)
    except PipelineError as err:
        if "nothing to amend" not in err.message:
            raise
    return send(world, desk, finished)


def cancel(_world: World, desk: Desk, _finished: Message) -> int:
    """Take it back."""
    publish.cancel(KEY, desk)
    return 0


def due(world: World, desk: Desk, finished: Message) -> int:
    """Do what a scheduled run does: reconcile, guard, and send what is due."""
    receipts = desk.receipts.read_all()
    known = reconcile(KEY, desk) if KEY in unsettled(receipts, desk) else None
    known = None if known is not None and known.outcome == "free" else known
    if known is not None and known.outcome == "scheduled":
        if report := guard(KEY, desk):
            return report.exit_code
        drifted = drift(finished, world.readers(), publish.look(KEY, desk), desk)
        return drifted.exit_code if drifted else 0
    if known is not None and known.outcome != "claimed":
        return known.exit_code
    entry = standing(receipts[KEY], rehearsal=desk.rehearses) if KEY in receipts else None
    if known is None and entry is not None and entry.kind == "sent":
        return 0
    return send(world, desk, finished, unattended=True)


def watch(_world: World, desk: Desk, _finished: Message) -> int:
    """Do what a scheduled run does for an issue that nobody wants sent: reconcile alone."""
    open_ = KEY in unsettled(desk.receipts.read_all(), desk)
    return reconcile(KEY, desk).exit_code if open_ else 0


COMMANDS: dict[str, Callable[[World, Desk, Message], int]] = {
    "send": send,
    "amend": amend,
    "amend or send": amend_or_send,
    "cancel": cancel,
    "due": due,
    "watch": watch,
}


def run(name: str, world: World, now: dt.datetime, version: int) -> tuple[int, str]:
    """Run one command; return its exit code and what it said."""
    try:
        return COMMANDS[name](world, world.desk(now), letter(version)), ""
    except PipelineError as err:
        return err.exit_code, f"{type(err).__name__}: {err.message}"


# Whoever forks a command has imported this: what costs each process once is not paid by each of them.
for late in ("filelock", *(f"pipeline.providers.{name}" for name in ROWS)):
    import_module(late)
examine(letter().html, letter().text, letter().wordings)
