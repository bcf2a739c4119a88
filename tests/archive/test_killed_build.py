"""A build of the archive that is killed leaves the old site or the new one, and the next needs no help."""

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from past_issues import Past, shown

from descendants import descendants, running, told_of, wait_until

SCRIPT = Path(__file__).with_name("killed_archives.py")
PATHS = os.pathsep.join((str(SCRIPT.parent), str(SCRIPT.parents[1])))
ISSUES = 40  # more than one process is worth


def killed(folder: Path, form: str, first: int, step: int) -> list[dict[str, Any]]:
    """Return what came of each kill."""
    command = [sys.executable, str(SCRIPT), str(folder), form, str(first), str(step)]
    environment = {**os.environ, "PYTHONPATH": PATHS}
    answer = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert answer.returncode == 0, answer.stderr
    return [json.loads(line) for line in answer.stdout.splitlines()]


@pytest.mark.parametrize("form", ["first", pytest.param("later", marks=pytest.mark.long)])
def test_a_build_killed_at_an_operation_leaves_the_old_site_or_the_new_one(form: str, tmp_path: Path) -> None:
    """A sample of all operations; the builds that come next make what they would have made."""
    rows = killed(tmp_path, form, 7, 17)
    assert {row["left"] for row in rows} <= {"nothing" if form == "first" else "old", "new"}
    assert {(row["again"], row["last"]) for row in rows} == {("new", "old")}
    assert len(rows) >= 3


@pytest.mark.long
@pytest.mark.parametrize("form", ["first", "later"])
def test_a_build_killed_at_any_operation_leaves_the_old_site_or_the_new_one_whole(
    form: str, tmp_path: Path
) -> None:
    """All operations of the process that builds."""
    rows = killed(tmp_path, form, 1, 1)
    assert {row["left"] for row in rows} == {"nothing" if form == "first" else "old", "new"}
    assert {(row["again"], row["last"]) for row in rows} == {("new", "old")}
    assert len(rows) > 50


class Large:
    """A newsletter whose build keeps several processes busy, with its site and the one that comes next."""

    def __init__(self, root: Path) -> None:
        """Write and build it, then change what stands on every page."""
        self.past = Past(root)
        for number in range(ISSUES):
            self.past.write(f"2026-{number:03}", "A word. " * 300, title=f"Number {number}")
        self.past.build()
        self.old = shown(self.past.public)
        self.past.edit("pyproject.toml", 'name = "Steady"', 'name = "Steadier"')
        began = time.monotonic()
        self.run(self.past.root / "another")
        self.seconds = time.monotonic() - began
        self.new = shown(self.past.root / "another")
        assert self.old != self.new

    def run(self, folder: Path) -> None:
        """Build with the command, to its end."""
        subprocess.run(self.command(folder), check=True, capture_output=True)

    def command(self, folder: Path) -> list[str]:
        """Return the command as a user gives it."""
        return [sys.executable, "-m", "pipeline", "--root", str(self.past.root), "archive", "-o", str(folder)]

    @contextmanager
    def building(self) -> Iterator["subprocess.Popen[bytes]"]:
        """Run the command."""
        with subprocess.Popen(
            self.command(self.past.public),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,  # a group of its own, as a terminal makes one for each command
        ) as process:
            try:
                yield process
            finally:
                process.kill()

    def demand_whole(self) -> Mapping[str, bytes]:
        """See that one site or the other stands, and that the next build brings the new one."""
        found = shown(self.past.public)
        assert found in (self.old, self.new)
        self.run(self.past.public)
        assert shown(self.past.public) == self.new
        return found

    def bring_back(self) -> None:
        """Have the old site stand, and nothing known of the new one but the issues."""
        self.past.edit("pyproject.toml", 'name = "Steadier"', 'name = "Steady"')
        self.run(self.past.public)
        assert shown(self.past.public) == self.old
        self.past.edit("pyproject.toml", 'name = "Steady"', 'name = "Steadier"')


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Large:
    """One for all tests of this file; each leaves it with the old site."""
    return Large(tmp_path_factory.mktemp("large") / "newsletter")


def _kill_at(large: Large, moments: list[float]) -> None:
    for moment in moments:
        with large.building() as process:
            time.sleep(moment * large.seconds)
            process.send_signal(signal.SIGSTOP)  # so that it starts no further one meanwhile
            workers = descendants(process.pid)
            process.kill()
            process.wait()
            wait_until(lambda left=workers: not running(left))
        large.demand_whole()
        large.bring_back()


def test_a_build_killed_at_any_time_leaves_no_worker_and_no_lock(large: Large) -> None:
    """The processes it shared its work with end with it: the next build is not refused."""
    _kill_at(large, [0.5, 0.8])


@pytest.mark.long
def test_a_build_killed_at_many_times_leaves_no_worker_and_no_lock(large: Large) -> None:
    """At random, from its start to its end."""
    chance = random.Random(6)  # noqa: S311 - the same moments from run to run
    _kill_at(large, [chance.uniform(0.1, 1.1) for _ in range(30)])


@contextmanager
def stopped_at_work(process: "subprocess.Popen[bytes]") -> Iterator[set[int]]:
    """Stop a build as soon as it shares its work, which it cannot end meanwhile; yield its workers."""
    wait_until(lambda: descendants(process.pid) or process.poll() is not None)
    process.send_signal(signal.SIGSTOP)
    wait_until(lambda: re.search(rb"State:\s+T", told_of(process.pid, "status")))
    workers = descendants(process.pid)
    assert workers
    yield workers
    process.send_signal(signal.SIGCONT)


@pytest.mark.skipif(os.cpu_count() == 1, reason="one processor: a build has no workers")
def test_a_worker_that_is_killed_ends_the_build_and_leaves_the_old_site(large: Large) -> None:
    """As a system without memory kills it."""
    with large.building() as process:
        with stopped_at_work(process) as workers:
            os.kill(min(workers), signal.SIGKILL)
        _, told = process.communicate()
    assert process.returncode == 2
    assert b"a process of the build was ended from outside" in told
    assert large.demand_whole() == large.old
    large.bring_back()


def _deaf(pid: int) -> set[int]:
    """Return the processes started by *pid* that Ctrl-C does not reach."""
    started = descendants(pid)
    ignored = {pid: re.search(rb"SigIgn:\s*(\w+)", told_of(pid, "status")) for pid in started}
    return {pid for pid, mask in ignored.items() if mask and int(mask[1], 16) >> signal.SIGINT - 1 & 1}


@pytest.fixture
def _heard() -> Iterator[None]:
    """Let Ctrl-C reach what is started here, also where the tests themselves were started deaf to it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("_heard")
@pytest.mark.skipif(os.cpu_count() == 1, reason="one processor: a build has no workers")
def test_ctrl_c_ends_a_build_and_all_its_processes_without_a_word_of_theirs(large: Large) -> None:
    """A terminal sends it to each of them; the build tells of it, once, and the old site stands."""
    with large.building() as process:
        with stopped_at_work(process) as workers:
            wait_until(lambda: workers == _deaf(process.pid))
            os.killpg(process.pid, signal.SIGINT)
        _, told = process.communicate()
    assert process.returncode == 130
    assert told.splitlines()[-1:] == [b"error: interrupted"]
    assert b"Traceback" not in told
    assert running(workers) == set()
    assert shown(large.past.public) == large.old
