"""
Rendering, checking and looking: all that is slow, in threads of its own, the browser in a process of its own.

What goes wrong there is trouble that can be shown, and ends nothing.
"""

import asyncio
import datetime as dt
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from pipeline.checks.places import written_where
from pipeline.clock import Clock
from pipeline.errors import PipelineError
from pipeline.examine.rendering.apart import BrowserApart
from pipeline.model import Finding, Issue, Message, Payload
from pipeline.newsletter import Composed, Newsletter
from pipeline.preview.built import Build, Checks, Trouble
from pipeline.preview.catalogue import Catalogue
from pipeline.preview.trouble import trouble_of
from pipeline.settings import Settings
from pipeline.stages.load import duplicate_findings, load_issue

if TYPE_CHECKING:
    from pipeline.examine.rendering.settle import Look, Mode

T = TypeVar("T")


class Outlet(NamedTuple):
    """What the preview knows of the provider: how a message is written for it, and nothing to reach it by."""

    name: str
    rehearses: bool  # it reaches no reader
    grid: dt.timedelta  # how far apart the times are at which it can send
    tests: bool  # it can send a test to single addresses
    payload_of: Callable[[Message, str], Payload]  # of a message for the audience of this name


class Renderer:
    """Renders the issues of one newsletter and checks them; of each kind of work, one at a time."""

    def __init__(
        self, start: Path, *, clock: Clock, outlet: Callable[[Settings], Outlet], mode: "Mode"
    ) -> None:
        """
        Open the newsletter that *start* lies in; the arguments are those of `Workshop`.

        Raises:
            SettingsError: there is none, or its settings are wrong.
        """
        self.newsletter = Newsletter(start, clock=clock)
        self.outlet = outlet(self.newsletter.settings)
        self.mode = mode
        self.catalogue = Catalogue()
        self._clock = clock
        self._outlet_of = outlet
        self._is_outdated = False
        self._opening = Lock()
        self._browser = BrowserApart()  # exchanged for a new one when its look is given up
        self._turn = asyncio.Lock()  # whose issue it looks at
        self._composing = ThreadPoolExecutor(1, "compose")
        self._checking = ThreadPoolExecutor(1, "check")
        self._looking = ThreadPoolExecutor(1, "look")

    def outdate(self) -> None:
        """Have the newsletter opened anew before it is next used: settings or wordings were saved."""
        self._is_outdated = True

    def current(self) -> Newsletter:
        """
        Return the newsletter as its settings and wordings are now; `outlet` is of the same settings then.

        Raises:
            SettingsError: they are wrong now; the last good ones stay.
        """
        with self._opening:
            if self._is_outdated:
                self._is_outdated = False
                try:
                    newsletter = Newsletter(self.newsletter.settings.root, clock=self._clock)
                    self.newsletter, self.outlet = newsletter, self._outlet_of(newsletter.settings)
                except Exception:
                    self._is_outdated = True
                    raise
                self.catalogue.forget()
            return self.newsletter

    def end(self) -> None:
        """Give up what is under way, and end the browser."""
        self._composing.shutdown(cancel_futures=True)
        self._checking.shutdown(cancel_futures=True)
        self._browser.end()
        self._looking.shutdown(cancel_futures=True)

    async def render(self, path: Path) -> Build | Trouble:
        """Compose the issue in the file *path*; its number is not given yet."""
        return await self.attempt(self._composing, partial(self._rendered, path))

    async def check(self, build: Build) -> Checks | Trouble:
        """Check *build* by reading it."""
        return await self.attempt(self._checking, partial(self._checked, build))

    async def examine(self, path: Path) -> tuple[Finding, ...] | Trouble:
        """Return what is found in an issue that nobody looks at, by reading it."""
        return await self.attempt(self._checking, partial(self._examined, path))

    async def look(self, build: Build) -> Checks | Trouble:
        """Check *build* with a browser as well; when that is given up, its process ends."""
        async with self._turn:
            browser = self._browser
            try:
                return await self.attempt(self._looking, partial(self._checked, build, browser))
            except asyncio.CancelledError:
                self._browser = BrowserApart()
                browser.end()
                raise

    async def attempt(
        self, threads: ThreadPoolExecutor | None, work: Callable[[], T | Trouble]
    ) -> T | Trouble:
        """Do *work* in another thread, any for None; what goes wrong there is trouble that can be shown."""
        try:
            return await asyncio.get_running_loop().run_in_executor(threads, work)
        except (PipelineError, OSError) as err:
            return trouble_of(err, root=self.newsletter.settings.root)
        except Exception as err:  # noqa: BLE001 - a fault of ours must not end the preview
            traceback.print_exc()
            hint = "please report it, with what the terminal shows; saving a change may get you past it"
            return Trouble(f"a fault in newsletter itself: {err!r}", hint)

    # ----- in their threads -----

    def _rendered(self, path: Path) -> Build:
        """Compose the issue in the file *path*."""
        began = time.perf_counter()
        newsletter = self.current()
        source = path.read_text(encoding="utf-8-sig", errors="replace")
        composed = newsletter.composed(load_issue(path, newsletter.settings))
        payload = self.outlet.payload_of(composed.message, composed.issue.audience)
        return Build(0, composed, payload, source, (time.perf_counter() - began) * 1000)

    def _checked(self, build: Build, browser: BrowserApart | None = None) -> Checks:
        """Check *build*; with *browser*, by looking as well."""
        composed, missing = build.composed, "it looks after a moment of quiet"
        seen: Look | None = None
        if self.mode == "off":
            missing = "switched off by --browser off"
        elif browser is not None:
            missing = browser.missing
            seen = None if missing and self.mode == "auto" else browser.look
        findings = self._findings(composed, seen)
        places = written_where(composed.issue.file, composed.message, composed.marked)
        not_run = (("a real browser looks at the mail", missing),) if seen is None else ()
        was_asked = browser is not None
        return Checks(
            build.number, findings, places, looked=seen is not None, not_run=not_run, was_asked=was_asked
        )

    def _examined(self, path: Path) -> tuple[Finding, ...]:
        newsletter = self.current()
        return self._findings(newsletter.composed(load_issue(path, newsletter.settings)), None)

    def _findings(self, composed: Composed, seen: "Look | None") -> tuple[Finding, ...]:
        found = self.current().checked(composed, look=seen).findings
        return (*found, *self._twins(composed.issue))

    def _twins(self, issue: Issue) -> list[Finding]:
        """Return what `Newsletter.twins` does, of issues that are read again only when they were saved."""
        others = self.catalogue.issues(self.newsletter.settings)
        known = [*(other for other in others if other.path != issue.path), issue]
        return [found for found in duplicate_findings(known) if found.file == issue.file]
