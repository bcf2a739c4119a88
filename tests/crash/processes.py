"""
A command in a process of its own, killed or cut off at one point of its road.

All are forked from one server that has imported everything and has no thread.
"""

import datetime as dt
import multiprocessing
import multiprocessing.connection
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing import forkserver
from pathlib import Path
from typing import Any, Literal, NamedTuple

from crash.world import FarEnd, World

FILES = frozenset({"open", "os.rename", "os.mkdir", "os.remove", "os.chmod", "os.listdir", "os.scandir"})
MIDST_S = 0.003  # a git that was started is at work then
Kind = Literal[
    "kill before request",
    "kill after request",
    "cut before request",
    "cut after request",
    "kill before file",
    "kill before git",
    "kill during git",
]
_METHOD = multiprocessing.get_context("forkserver")


@dataclass(frozen=True)
class Point:
    """Where on its road a command is met by what."""

    kind: Kind
    number: int  # counted from 1
    of: str = ""  # only such requests are counted; see `Fault`


class Command(NamedTuple):
    """One command, as its process is told."""

    name: str
    version: int = 1
    point: Point | None = None


class Ended(NamedTuple):
    """How a process ended."""

    code: int  # exit code; below zero for a signal
    said: str = ""
    files: int = 0  # file operations in the newsletter's folder
    gits: int = 0  # git processes


class Process:
    """One running command."""

    def __init__(self, world: World, command: Command, now: dt.datetime, barrier: Any = None) -> None:
        """Start it; with a barrier, it begins when all that wait there have started."""
        _start_server()
        self._pipe, theirs = _METHOD.Pipe(duplex=False)
        self._process = _METHOD.Process(target=_child, args=(world, command, now, theirs, barrier))
        self._process.start()
        theirs.close()

    def end(self) -> Ended:
        """Wait for its end."""
        try:
            ended = Ended(*self._pipe.recv())
        except EOFError:
            ended = Ended(99)
        self._pipe.close()
        self._process.join()
        code = self._process.exitcode
        self._process.close()
        return ended if code == 0 else Ended(code if code is not None else 99)


def run(world: World, command: Command, now: dt.datetime) -> Ended:
    """Run one command to its end."""
    return Process(world, command, now).end()


def together(worlds: Sequence[World], command: Command, now: dt.datetime) -> list[Ended]:
    """Run the same command at the same moment, once in each of these worlds."""
    _start_server()
    barrier = _METHOD.Barrier(len(worlds))
    return [each.end() for each in [Process(world, command, now, barrier) for world in worlds]]


def _start_server() -> None:
    """Start the server that forks, so that it finds this package."""
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(sys.path)
    try:
        _METHOD.set_forkserver_preload(["crash.commands", "crash.processes"])
        forkserver.ensure_running()
    finally:
        if before is None:
            del os.environ["PYTHONPATH"]
        else:
            os.environ["PYTHONPATH"] = before


def _child(
    world: World,
    command: Command,
    now: dt.datetime,
    pipe: multiprocessing.connection.Connection,
    barrier: Any,
) -> None:
    from crash.commands import run as obey  # noqa: PLC0415  (only children need it; the server has it)

    counts = {"file": 0, "git": 0}
    point = command.point
    if point is not None and point.kind.endswith("request"):
        do, when, _ = point.kind.split()
        fault = {"at": point.number, "when": when, "do": do, "pid": os.getpid(), "of": point.of}
        FarEnd(world.url).ask("/_fault", fault)
    _watch(world, counts, point)
    if barrier is not None:
        barrier.wait()
    try:
        code, said = obey(command.name, world, now, command.version)
    except BaseException as err:  # noqa: BLE001  (whatever it is, it is a fault in us, and told as one)
        code, said = 3, repr(err)
    pipe.send((code, said, counts["file"], counts["git"]))
    pipe.close()


def _watch(world: World, counts: dict[str, int], point: Point | None) -> None:
    """Count file operations and git processes, and die at the point."""
    within = (str(world.root), f"{world.root}.git")

    def meet(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "subprocess.Popen" and Path(str(arguments[0])).name == "git":
            counts["git"] += 1
            if point is not None and point.number == counts["git"]:
                if point.kind == "kill before git":
                    os.kill(os.getpid(), signal.SIGKILL)
                elif point.kind == "kill during git":
                    signal.setitimer(signal.ITIMER_REAL, MIDST_S)  # its signal ends the process
        elif event in FILES and str(arguments[0]).startswith(within):
            counts["file"] += 1
            if point == Point("kill before file", counts["file"]):
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(meet)
