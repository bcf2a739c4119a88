"""One issue that somebody looks at, and those who follow what happens to it."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.preview.catalogue import is_of

if TYPE_CHECKING:
    from pipeline.preview.built import Build, Checks, Trouble

Event = dict[str, Any]


class Readers:
    """Those who follow the same thing; each reads the events from a queue of its own, which None ends."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self._queues: set[asyncio.Queue[Event | None]] = set()

    def __bool__(self) -> bool:
        """Say whether there is anybody."""
        return bool(self._queues)

    @contextmanager
    def joined(self) -> Iterator[asyncio.Queue[Event | None]]:
        """Follow for as long as the context lasts."""
        queue: asyncio.Queue[Event | None] = asyncio.Queue()
        self._queues.add(queue)
        try:
            yield queue
        finally:
            self._queues.discard(queue)

    def tell(self, kind: str, build: int, **more: object) -> None:
        """Tell everybody; *build* is the number of the rendering that is shown, 0 for none."""
        for queue in self._queues:
            queue.put_nowait({"kind": kind, "build": build, **more})

    def end(self) -> None:
        """Tell everybody that nothing more will happen."""
        for queue in self._queues:
            queue.put_nowait(None)


class Sheet:
    """One issue that somebody looks at."""

    def __init__(self, path: Path) -> None:
        """Take the issue's file; nothing is rendered yet."""
        self.path = path
        self.opening = asyncio.Lock()  # held while it is rendered for somebody who waits for it
        self.build: Build | None = None  # the last good one
        self.checks: Checks | None = None  # of that build or of an earlier one; None: none yet
        self.trouble: Trouble | None = None  # why there is no newer build
        self.readers = Readers()
        self.saved = asyncio.Event()  # something was saved since the last rendering began
        self.work: asyncio.Task[None] | None = None

    @property
    def number(self) -> int:
        """The number of the rendering that is shown, 0 for none."""
        return self.build.number if self.build else 0

    @property
    def is_watched(self) -> bool:
        """Whether somebody looks at it, or waits to."""
        return bool(self.readers) or self.opening.locked()

    def has(self, file: Path) -> bool:
        """Say whether the issue is in *file*, or shows it."""
        return is_of(self.path, file)

    async def is_disturbed(self, within_s: float) -> bool:
        """Wait so long, and say whether something was saved meanwhile; then it returns at once."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await self.saved.wait()
        return self.saved.is_set()

    def tell(self, kind: str, **more: object) -> None:
        """Tell everybody who looks at it."""
        self.readers.tell(kind, self.number, **more)

    def stop(self) -> None:
        """Give up what is being done for it; `saved` is set again where that was a rendering."""
        if self.work is not None:
            self.work.cancel()
            self.work = None
