"""
Kill a send, a delivery or a cancel with SIGKILL before each of its file operations, then run it again.

Run as `python tests/crash.py FOLDER STRIDE`: one process, so that its children can be forked; prints one
JSON row per kill point. Every STRIDE-th point is taken.
"""

import datetime as dt
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipeline import publish
from pipeline.errors import PipelineError
from pipeline.publish import Desk
from samples import KEY, READERS, SEND_AT, desk, message

BEFORE = SEND_AT.astimezone(dt.UTC) - dt.timedelta(days=1)
AFTER = SEND_AT.astimezone(dt.UTC) + dt.timedelta(minutes=5)
EVENTS = frozenset({"open", "os.rename", "os.mkdir", "os.remove", "os.chmod", "os.listdir", "os.scandir"})


def send(office: Desk) -> None:
    """Send the sample, as a command does: settle first, then plan and send."""
    if not publish.settle(message(), office):
        publish.send(publish.plan(message(), READERS, office), office)


def deliver(office: Desk) -> None:
    """Look at the outbox after the send time."""
    office.provider.find(KEY)


def cancel(office: Desk) -> None:
    """Cancel before the send time."""
    publish.cancel(KEY, office)


def child(root: Path, act: Callable[[Desk], None], now: dt.datetime, *, kill_at: int = 0) -> int:
    """Run *act* in a process of its own, killed before file operation *kill_at*; return how it ended."""
    process = os.fork()
    if process:
        _, ended = os.waitpid(process, 0)
        return os.waitstatus_to_exitcode(ended)
    count = 0

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal count
        if event in EVENTS and str(arguments[0]).startswith(str(root)):
            count += 1
            if count == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)
    try:
        act(desk(root, lambda: now))
    except PipelineError as err:
        os._exit(err.exit_code)
    except BaseException as err:  # noqa: BLE001  (a child must not run the parent's code)
        print(repr(err), file=sys.stderr, flush=True)
        os._exit(99)
    os._exit(0)


def row(root: Path, stage: str, point: int) -> tuple[bool, dict[str, Any]]:
    """Kill *stage* at *point*, run it again, and look at what readers got; say whether it was killed."""
    killed: int
    if stage == "send":
        killed = child(root, send, BEFORE, kill_at=point)
    else:
        child(root, send, BEFORE)
        act, now = (deliver, AFTER) if stage == "deliver" else (cancel, BEFORE)
        killed = child(root, act, now, kill_at=point)
        if stage == "cancel":
            child(root, cancel, BEFORE)
    again = child(root, send, BEFORE)
    child(root, deliver, AFTER)
    office = desk(root, lambda: AFTER)
    mails = sorted((root / "outbox" / "sent").rglob("*.eml"))
    return killed == -signal.SIGKILL, {
        "stage": stage,
        "point": point,
        "again": again,
        "third": child(root, send, BEFORE),
        "drafts": [draft.state for draft in office.provider.find(KEY)],
        "mails": [mail.name for mail in mails],
        "bytes": [mail.read_bytes().hex() for mail in mails],
        "record": [entry.kind for entry in office.receipts.read(KEY).entries],
    }


def main(folder: Path, stride: int) -> None:
    """Go through every stage until its last file operation."""
    for stage in ("send", "deliver", "cancel"):
        point, was_killed = 1, True
        while was_killed:
            was_killed, seen = row(folder / f"{stage}{point}", stage, point)
            print(json.dumps({"killed": was_killed, **seen}), flush=True)
            point += stride


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
