"""The processes of this machine, as tests see them: who started whom, and who is still there."""

import time
from collections.abc import Callable, Collection
from pathlib import Path

LIMIT_S = 20  # a busy machine is no fault in the code


def parents_of_all() -> dict[int, int]:
    """Return the process that started each one."""
    parents = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(status.parent.name)] = int(fields[1])
    return parents


def descendants(pid: int) -> set[int]:
    """Return the processes that *pid* has started, and those that they have started."""
    parents = parents_of_all()
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {pid}


def running(pids: Collection[int]) -> set[int]:
    """Return those of *pids* that have not ended; one that only waits to be told of has."""
    left = set()
    for pid in pids:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if state not in "ZX":
            left.add(pid)
    return left


def told_of(pid: int, what: str) -> bytes:
    """Return what the system tells of *pid*, such as "cmdline" or "environ"; b"" when it has ended."""
    try:
        return Path(f"/proc/{pid}/{what}").read_bytes()
    except OSError:
        return b""


def wait_until(is_so: Callable[[], object], *, within_s: float = LIMIT_S) -> None:
    """Wait for *is_so*; fail when it is not in time."""
    end = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < end, f"not so after {within_s} s"
        time.sleep(0.05)
