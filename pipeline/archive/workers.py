"""
The processes among which the work of a build is shared.

Each writes its own files and returns their digests alone.
"""

import gc
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import cached_property, partial
from pathlib import Path
from threading import Thread
from typing import Any, NamedTuple

from pipeline.archive.facts import Facts, read_facts
from pipeline.archive.site import Basis, Site, Told
from pipeline.archive.tasks import IssueTask, Task
from pipeline.archive.tree import put
from pipeline.errors import SettingsError
from pipeline.stages.load import issue_id

FEW = 16  # tasks that are not worth a second process
_CHUNK = 16  # tasks that a process is handed at a time


class Done(NamedTuple):
    """What a task made: the digest of each file, by its path in the site."""

    name: str
    files: Mapping[str, str]


class Workers:
    """The processes among which a build's work is shared; with little to do, this one alone."""

    def __init__(self, site: Site, staging: Path) -> None:
        """Have files written to *staging*."""
        self.site, self._staging = site, staging
        self._pool: ProcessPoolExecutor | None = None

    def read(self, paths: Sequence[Path], told: Told) -> dict[Path, Facts]:
        """Return the facts of each issue."""
        return dict(self._shared("issues", _read, paths, told))

    def perform(self, tasks: Sequence[Task], told: Told) -> list[Done]:
        """Do all *tasks*. The first that fails ends the build."""
        return list(self._shared("pages", _perform, tasks, told))

    def close(self) -> None:
        """End the processes."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def _shared(
        self, what: str, work: Callable[[Sequence[Any]], list[Any]], things: Sequence[Any], told: Told
    ) -> Iterator[Any]:
        chunks = [things[at : at + _CHUNK] for at in range(0, len(things), _CHUNK)]
        if len(things) <= FEW or (os.cpu_count() or 1) == 1:
            site = self.site
            _bench[:] = [_Bench(lambda: site, self._staging)]
            done: Iterable[list[Any]] = map(work, chunks)
        else:
            done = self._by_processes(work, chunks)
        count = 0
        for chunk in done:
            count += len(chunk)
            told(what, count, len(things))
            yield from chunk

    def _by_processes(
        self, work: Callable[[Sequence[Any]], list[Any]], chunks: Sequence[Any]
    ) -> Iterator[list[Any]]:
        try:
            with _uninterrupted():
                done = self._processes().map(work, chunks)
            yield from done
        except BrokenProcessPool as err:
            raise SettingsError(
                "a process of the build was ended from outside, most likely for want of memory; the site "
                "stands as it was",
                hint="see that the machine has memory to spare, then run the command again",
            ) from err

    def _processes(self) -> ProcessPoolExecutor:
        if self._pool is None:
            # what is loaded here already need not be loaded there, where a system can fork
            forks = sys.platform == "linux"
            self._pool = ProcessPoolExecutor(
                max_workers=os.cpu_count(),
                mp_context=multiprocessing.get_context("fork" if forks else "spawn"),
                initializer=_begin,
                initargs=(self.site.basis, self._staging),
            )
        return self._pool


@contextmanager
def workers(site: Site, staging: Path) -> Iterator[Workers]:
    """Yield the processes of a build, and end them."""
    office = Workers(site, staging)
    try:
        yield office
    finally:
        office.close()


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """
    Let Ctrl-C wait: while processes are started, Python would lose it, or end in an error of its own.

    Windows cannot hold it back, nor does it fork.
    """
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _Bench:
    """What a process works with."""

    def __init__(self, opened: Callable[[], Site], staging: Path) -> None:
        self.staging = staging
        self._opened = opened

    @cached_property
    def site(self) -> Site:
        """The site, opened by the first task: what is wrong with it is told as the failure of any task."""
        return self._opened()


_bench: list[_Bench] = []  # of this process: one


def _begin(basis: Basis, staging: Path) -> None:
    gc.enable()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the build is interrupted as well, and ends this process
    Thread(target=_end_with_the_build, daemon=True).start()
    _bench[:] = [_Bench(partial(Site, basis), staging)]


def _end_with_the_build() -> None:
    """
    End this process when the build that started it is gone, killed or not.

    Nobody else would: it waits for work that never comes, and a forked one keeps the lock of the folder.
    """
    build = multiprocessing.parent_process()
    if build is not None:
        build.join()
        os._exit(1)


def _read(paths: Sequence[Path]) -> list[tuple[Path, Facts]]:
    site = _bench[0].site
    site.fetch(f"{site.settings.id}-{issue_id(path)}" for path in paths)
    return [(path, read_facts(path, site)) for path in paths]


def _perform(tasks: Sequence[Task]) -> list[Done]:
    site, staging = _bench[0].site, _bench[0].staging
    site.fetch(task.card.key for task in tasks if isinstance(task, IssueTask) and task.card.as_sent)
    return [
        Done(task.name, {path: put(staging, content) for path, content in task.files(site)}) for task in tasks
    ]
