"""How work is timed: contenders take turns, so that a busy minute on the machine falls on all of them."""

import math
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

Round = Callable[[], float]  # does the work once and returns the milliseconds it took

# Runs the command in this interpreter, then prints the peak of its own resident memory. The kernel's figure
# for a finished child would not do: it counts what the parent held before the child replaced itself.
_PEAK = """
import sys
from pipeline.cli import main
try:
    sys.argv[0] = "newsletter"
    main()
except SystemExit as end:
    code = end.code or 0
else:
    code = 0
with open("/proc/self/status") as status:
    peak = next(line.split()[1] for line in status if line.startswith("VmHWM"))
print("peak", code, peak, file=sys.stderr)
"""

# Runs a command as a process of its own, and prints the peak of the largest descendant. Whoever is orphaned,
# as the workers of a fork server are, falls to this process (PR_SET_CHILD_SUBREAPER, prctl(2)), which waits
# for all: only those waited for are counted (getrusage(2), ru_maxrss in KiB; both read 2026-11-27).
_LARGEST = """
import ctypes, os, resource, subprocess, sys
ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
code = subprocess.run(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL).returncode
try:
    while True:
        os.wait()
except ChildProcessError:
    pass
print("largest", code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured of one contender, in one unit."""

    median: float
    min: float
    p90: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Self:
        """Return the figures of *values*, one or more."""
        ordered = sorted(values)
        return cls(statistics.median(ordered), ordered[0], ordered[math.ceil(len(ordered) * 0.9) - 1])


class Failed(Exception):
    """A contender did not do its work; the message says why."""


def clocked(work: Callable[[], object]) -> Round:
    """Return a round that does *work* in this process."""

    def once() -> float:
        start = time.perf_counter_ns()
        work()
        return (time.perf_counter_ns() - start) / 1e6

    return once


def process(
    command: Sequence[str | Path],
    *,
    stdin: str = "",
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> Round:
    """
    Return a round that runs *command* as a whole process, in the folder *cwd*.

    Raises (the round):
        Failed: it did not exit with 0.
    """

    def once() -> float:
        start = time.perf_counter_ns()
        done = subprocess.run(
            command, input=stdin, env=env, cwd=cwd, capture_output=True, text=True, check=False
        )
        took = (time.perf_counter_ns() - start) / 1e6
        if done.returncode:
            raise Failed(last_line(done.stderr) or f"exit {done.returncode}")
        return took

    return once


def keep_bytecode(folder: Path) -> None:
    """Let every Python started from here find its bytecode, as an installed command does."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = str(folder)


def take_turns(
    contenders: Mapping[str, Round], rounds: int, *, warm_ups: int = 1
) -> dict[str, Figures | Failed]:
    """Let all contenders run in turn, *rounds* times, after *warm_ups* turns that do not count."""
    results: dict[str, list[float]] = {}
    failed: dict[str, Failed] = {}
    for turn in range(-warm_ups, rounds):
        for name, once in contenders.items():
            if name in failed:
                continue
            try:
                took = once()
            except Failed as failure:
                failed[name] = failure
                continue
            if turn >= 0:
                results.setdefault(name, []).append(took)
    return {name: failed.get(name) or Figures.of(results[name]) for name in contenders}


def peak_mib(arguments: Sequence[str | Path]) -> float:
    """
    Run `newsletter` with *arguments* in a process of its own and return its peak resident memory in MiB.

    Raises:
        Failed: the command failed, or this system has no /proc.
    """
    if not Path("/proc/self/status").exists():
        raise Failed("this system has no /proc/self/status")
    command = [sys.executable, "-c", _PEAK, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    label, code, kib = [*last_line(done.stderr).split(), "", "", ""][:3]
    if label != "peak" or code != "0":
        raise Failed(last_line(done.stderr) or f"exit {done.returncode}")
    return int(kib) / 1024


def largest_mib(
    command: Sequence[str | Path], *, env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> float:
    """
    Run *command* and return the peak resident memory of the largest of all processes it started, in MiB.

    Those that outlive it count as well, and are waited for. Nothing below some 12 MiB can be told: so much
    holds the process that watches.

    Raises:
        Failed: the command failed, or this system has no /proc.
    """
    if not Path("/proc/self/status").exists():
        raise Failed("this system has no /proc/self/status")
    watching = [sys.executable, "-I", "-S", "-c", _LARGEST, *map(str, command)]
    done = subprocess.run(watching, env=env, cwd=cwd, capture_output=True, text=True, check=False)
    label, code, kib = [*last_line(done.stdout).split(), "", "", ""][:3]
    if label != "largest" or code != "0":
        raise Failed(last_line(done.stderr) or f"exit {code or done.returncode}")
    return int(kib) / 1024


def resident_mib(process_id: int) -> float:
    """
    Return the resident memory of a running process in MiB.

    Raises:
        Failed: this system has no /proc.
    """
    try:
        status = Path(f"/proc/{process_id}/status").read_text(encoding="utf-8")
    except OSError:
        raise Failed("this system has no /proc, or the process has ended") from None
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1024


def last_line(output: str) -> str:
    """Return the last line of *output* that says what happened: no empty one, and no hint of ours."""
    lines = (line.strip() for line in reversed(output.splitlines()))
    return next((line for line in lines if line and not line.startswith("mend: ")), "")
