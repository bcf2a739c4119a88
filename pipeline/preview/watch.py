"""
Which files of a newsletter were saved.

The system tells within milliseconds where it can; where it cannot, files are looked at three times a second.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from pathlib import Path

from watchfiles import Change, awatch

_STEP_MS = 8  # what comes within this belongs to the same save: editors write, rename and touch
_MOST_MS = 50  # and no longer than this, however many files are saved
_WATCHED_S = 0.3  # within which a folder that has come is surely watched


class Watch:
    """Watches a folder, and some of its folders as deep as they go, also those that come later."""

    def __init__(self, root: Path, folders: Sequence[Path], take: Callable[[frozenset[Path]], None]) -> None:
        """
        Watch nothing yet.

        Args:
            root: watched for what lies in it, and not deeper.
            folders: folders in it, which need not be there.
            take: is handed the files that were saved, made or deleted, in the event loop; of a folder that
                came or went the folder, and of one that came, soon after, all that is in it.
        """
        self._root = root
        self._take = take
        self._stop = asyncio.Event()
        self._ends = {folder: asyncio.Event() for folder in folders}  # set when a folder came or went

    async def follow(self) -> None:
        """Hand on what is saved, until `end`."""
        async with asyncio.TaskGroup() as tasks:
            for folder in self._ends:
                tasks.create_task(self._below(folder))
            async for changes in _changes(self._root, below=False, stop=self._stop):
                # Some systems call a folder modified for what is saved in it.
                moved = {path for change, path in changes if change != Change.modified} & self._ends.keys()
                for folder in moved:
                    self._ends[folder].set()
                self._take(_files(changes) - (self._ends.keys() - moved))

    def end(self) -> None:
        """Watch nothing any more."""
        self._stop.set()
        for end in self._ends.values():
            end.set()

    async def _below(self, folder: Path) -> None:
        """Watch *folder* whenever it is there."""
        while True:
            if await asyncio.to_thread(folder.is_dir):
                with suppress(FileNotFoundError):  # it has just gone
                    async for changes in _changes(folder, below=True, stop=self._ends[folder]):
                        self._take(_files(changes))
            await self._ends[folder].wait()
            if self._stop.is_set():
                return
            self._ends[folder].clear()
            asyncio.get_running_loop().call_later(_WATCHED_S, self._take_all, folder)

    def _take_all(self, folder: Path) -> None:
        """Hand on what came into *folder* before it was watched."""
        if files := frozenset(folder.rglob("*")):
            self._take(files)


async def _changes(
    folder: Path, *, below: bool, stop: asyncio.Event
) -> AsyncIterator[frozenset[tuple[Change, Path]]]:
    """Yield what was saved, made or deleted in *folder* since the last time, until *stop* is set."""
    async for seen in awatch(
        folder,
        watch_filter=None,
        debounce=_MOST_MS,
        step=_STEP_MS,
        recursive=below,
        stop_event=stop,
        ignore_permission_denied=True,
    ):
        yield frozenset((change, Path(path)) for change, path in seen)


def _files(changes: frozenset[tuple[Change, Path]]) -> frozenset[Path]:
    return frozenset(path for _change, path in changes)
