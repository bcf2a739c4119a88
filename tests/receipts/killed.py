"""
Kill a dispatch with SIGKILL before each git command and file operation, or kill a git; then run it again.

Run as `python killed.py FOLDER before STRIDE` or `python killed.py FOLDER git SECONDS...`: one process, so
that its children can be forked; prints one JSON row per kill point.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from repositories import KEY, VERBS, clone, fake_git, git, new_remote

from pipeline.clock import utc_now
from pipeline.errors import PipelineError
from pipeline.receipts import BranchReceipts

EVENTS = frozenset({"subprocess.Popen", "open", "os.rename", "os.mkdir", "os.remove", "os.chmod"})
PARTS = {"message.html": "<p>Hello", "message.txt": "Hello"}


def dispatch(root: Path) -> None:
    """Claim and schedule as a send does; go on where a run of this clone stopped."""
    receipts = BranchReceipts(root, clock=utc_now, pause=lambda _: None)
    with receipts.hold(KEY):
        seen = receipts.read(KEY)
        if not seen.entries:
            receipts.append(KEY, "claimed", {}, seen=seen, parts=PARTS)
        elif not receipts.is_over(seen.entries[-1]):
            sys.exit("whose entry is this?")
        if len(seen.entries) <= 1:
            receipts.append(KEY, "scheduled", {})


def child(act: Callable[[], None], folder: Path, *, kill_at: int = 0, path: str = "") -> int:
    """Run *act* in a process of its own, killed before its operation *kill_at*; return how it ended."""
    process = os.fork()
    if process:
        _, ended = os.waitpid(process, 0)
        return os.waitstatus_to_exitcode(ended)
    if path:
        os.environ["PATH"] = path
    count = 0

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal count
        if event in EVENTS and (event == "subprocess.Popen" or str(arguments[0]).startswith(str(folder))):
            count += 1
            if count == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)
    try:
        act()
    except PipelineError as err:
        print(err.message, err.hint, file=sys.stderr, flush=True)
        os._exit(err.exit_code)
    except BaseException as err:  # noqa: BLE001  (a child must not run the parent's code)
        print(repr(err), file=sys.stderr, flush=True)
        os._exit(99)
    os._exit(0)


def seen_after(folder: Path, here: Path, killed: int) -> dict[str, Any]:
    """Run the dispatch again, and look at the record and at what lies about."""
    between = BranchReceipts(clone(folder / "remote.git", folder / "other"), clock=utc_now).read(KEY)
    again = child(lambda: dispatch(here), folder)
    locks = [path for path in (here / ".git").rglob("*.lock") if path.parent.parent.name != ".git"]
    for lock in locks:
        lock.unlink()  # as the message says
    third = child(lambda: dispatch(here), folder)
    after = BranchReceipts(here, clock=utc_now).read(KEY)
    return {
        "killed": killed == -signal.SIGKILL,
        "code": killed,
        "between": [entry.kind for entry in between.entries],
        "again": again,
        "locks": [str(lock.relative_to(here)) for lock in locks],
        "third": third,
        "record": [entry.kind for entry in after.entries],
        "parts": git(folder / "remote.git", "ls-tree", "--name-only", f"receipts:{KEY}/").split(),
        "fsck": git(folder / "remote.git", "fsck", "--strict"),
    }


def before(folder: Path, stride: int) -> None:
    """Kill our own process before each operation."""
    point, was_killed = 1, True
    while was_killed:
        place = folder / str(point)
        place.mkdir()
        here = clone(new_remote(place / "remote.git"), place / "here")
        row = seen_after(place, here, child(lambda here=here: dispatch(here), place, kill_at=point))
        print(json.dumps({"point": point, **row}), flush=True)
        was_killed = row["killed"]
        point += stride


def gits(folder: Path, delays: list[str]) -> None:
    """Kill each git command that writes, so many seconds after it began."""
    for verb in VERBS:
        for delay in delays:
            place = folder / f"{verb}-{delay}"
            place.mkdir()
            here = clone(new_remote(place / "remote.git"), place / "here")
            kill = f'"$real" "$@" & sleep {delay}; kill -KILL $! 2>/dev/null; kill -KILL $$'
            shim = fake_git(place / "bin", f'if test "$verb" = {verb}; then {kill}; fi')
            path = f"{shim}:{os.environ['PATH']}"
            row = seen_after(place, here, child(lambda here=here: dispatch(here), place, path=path))
            print(json.dumps({"point": f"{verb} {delay}", **row}), flush=True)


if __name__ == "__main__":
    if sys.argv[2] == "before":
        before(Path(sys.argv[1]), int(sys.argv[3]))
    else:
        gits(Path(sys.argv[1]), sys.argv[3:])
