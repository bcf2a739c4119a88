"""
Which files of a newsletter were saved.

The system tells within milliseconds where it can; where it cannot, files are looked at three times a second.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from watchfiles import awatch

_STEP_MS = 8  # what comes within this belongs to the same save: editors write, rename and touch
_MOST_MS = 50  # and no longer than this, however many files are saved


async def saved(paths: Sequence[Path], *, below: bool, stop: asyncio.Event) -> AsyncIterator[frozenset[Path]]:
    """
    Yield the files that were saved, made or deleted since the last time, until *stop* is set.

    Args:
        paths: folders that are there.
        below: look into their folders as well.
        stop: ends it.
    """
    async for seen in awatch(
        *paths,
        watch_filter=None,
        debounce=_MOST_MS,
        step=_STEP_MS,
        recursive=below,
        stop_event=stop,
        ignore_permission_denied=True,
    ):
        yield frozenset(Path(path) for _change, path in seen)
