"""
The workshop: the issues that somebody looks at, rendered anew whenever a file is saved.

The pixels come first. A saved file is composed at once and told of; then the checks run, and after a moment
of quiet a browser looks, each given up when the next save comes. All that is slow runs in threads of its own,
and the browser in a process of its own; what is told, and to whom, is settled in the event loop alone.
"""

import asyncio
import contextlib
import datetime as dt
import time
import traceback
from collections.abc import AsyncIterator, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Self, TypeVar

from pipeline.checks.places import written_where
from pipeline.clock import Clock
from pipeline.errors import PipelineError
from pipeline.examine.rendering.apart import BrowserApart
from pipeline.model import Message, Payload
from pipeline.newsletter import Newsletter
from pipeline.preview.built import Build, Checks, Trouble
from pipeline.preview.catalogue import Catalogue
from pipeline.preview.trouble import trouble_of
from pipeline.preview.watch import saved
from pipeline.receipts import Seen, seen_receipts
from pipeline.settings import FILE, Settings
from pipeline.stages.load import find_issue, load_issue

if TYPE_CHECKING:
    from pipeline.examine.rendering.settle import Look

LIST_AFTER_S = 0.1  # the list of issues is never as urgent as the mail
CHECK_AFTER_S = 0.12  # so that the browser gets its document first
LOOK_AFTER_S = 1.5
_KEPT = 8  # issues that are kept rendered; those that nobody looks at go first
Event = dict[str, Any]
Mode = Literal["auto", "require", "off"]
T = TypeVar("T")


class Outlet(NamedTuple):
    """What the preview knows of the provider: how a message is written for it, and nothing to reach it by."""

    name: str
    rehearses: bool  # it reaches no reader
    grid: dt.timedelta  # how far apart the times are at which it can send
    tests: bool  # it can send a test to single addresses
    payload_of: Callable[[Message, str], Payload]  # of a message for the audience of this name


class Sheet:
    """One issue that somebody looks at."""

    def __init__(self, path: Path) -> None:
        """Take the issue's file; nothing is rendered yet."""
        self.path = path
        self.opening = asyncio.Lock()
        self.build: Build | None = None  # the last good one
        self.checks: Checks | None = None  # of that build or of an earlier one
        self.trouble: Trouble | None = None  # why there is no newer build
        self.readers: set[asyncio.Queue[Event | None]] = set()
        self.saved = asyncio.Event()  # something was saved since the last rendering began
        self.work: asyncio.Task[None] | None = None

    def has(self, file: Path) -> bool:
        """Say whether the issue is in *file*, or shows it."""
        folder = self.path.parent
        return file == self.path or (self.path.stem == "index" and file.is_relative_to(folder))

    async def is_disturbed(self, within_s: float) -> bool:
        """Wait so long, and say whether something was saved meanwhile; then it returns at once."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await self.saved.wait()
        return self.saved.is_set()

    def tell(self, kind: str, **more: object) -> None:
        """Tell everybody who looks at it."""
        number = self.build.number if self.build else 0
        for reader in self.readers:
            reader.put_nowait({"kind": kind, "build": number, **more})


class Workshop:
    """The issues of one newsletter, rendered as they are saved."""

    def __init__(
        self,
        start: Path,
        *,
        clock: Clock,
        outlet: Callable[[Settings], Outlet],
        mode: Mode,
        say: Callable[[str, str], None],
    ) -> None:
        """
        Open the newsletter that *start* lies in.

        Args:
            start: a folder inside it.
            clock: the clock.
            outlet: what there is to know of the provider that settings choose.
            mode: whether a browser looks at the mail, too; auto does without one that is not there.
            say: tells the terminal what went wrong, and how to mend it.

        Raises:
            SettingsError: there is none, or its settings are wrong.
        """
        self.newsletter = Newsletter(start, clock=clock)
        self.clock = clock
        self.outlet = outlet(self.newsletter.settings)
        self.mode = mode
        self.catalogue = Catalogue()
        self._outlet_of = outlet
        self._outdated = False  # settings, wordings or other issues were saved since they were read
        self._browser = BrowserApart()  # exchanged for a new one when its look is given up
        self._turn = asyncio.Lock()  # whose issue it looks at
        self.say = say
        self.shared = 0  # grows whenever something that several issues hang on was saved
        self._said: Trouble | None = None
        self._sheets: dict[Path, Sheet] = {}
        self._paths: dict[str, Path] = {}  # by the names under which issues were asked for
        self._number = 0
        self._composing = ThreadPoolExecutor(1, "compose")
        self._checking = ThreadPoolExecutor(1, "check")
        self._looking = ThreadPoolExecutor(1, "look")
        self._stop = asyncio.Event()
        self._watching: list[asyncio.Task[None]] = []

    @property
    def settings(self) -> Settings:
        """The newsletter's settings, as last read without an error."""
        return self.newsletter.settings

    async def __aenter__(self) -> Self:
        """Begin to watch the files."""
        settings = self.settings
        folders = [settings.issues_path, settings.templates_path]
        if isinstance(settings.receipts, Path):
            folders.append(settings.receipts)
        deep = [folder for folder in folders if folder.is_dir()]
        self._watching = [
            asyncio.create_task(self._watch(deep, below=True)),
            asyncio.create_task(self._watch([settings.root], below=False)),
        ]
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop watching, and end every stream."""
        self.close()
        for task in self._watching:
            with contextlib.suppress(asyncio.CancelledError):
                await task
        for sheet in self._sheets.values():
            if sheet.work is not None:
                sheet.work.cancel()
        self._composing.shutdown(cancel_futures=True)
        self._checking.shutdown(cancel_futures=True)
        self._browser.end()
        self._looking.shutdown(cancel_futures=True)

    def close(self) -> None:
        """End every stream, so that the server can stop."""
        self._stop.set()
        for sheet in self._sheets.values():
            for reader in sheet.readers:
                reader.put_nowait(None)

    async def sheet(self, name: str) -> Sheet:
        """
        Return the issue of this name, rendered, or with the trouble that keeps it from being so.

        Raises:
            UsageError: there is none.
        """
        path = self._paths.get(name)
        if path is None or not path.is_file():
            path = self._paths[name] = await asyncio.to_thread(find_issue, name, self.settings)
        sheet = self._sheets.pop(path, None) or Sheet(path)
        self._sheets[path] = sheet  # the last one asked for stands last
        for idle in [each for each in self._sheets.values() if not each.readers][:-_KEPT]:
            del self._sheets[idle.path]
        async with sheet.opening:
            if sheet.build is None and sheet.trouble is None:
                await self._render(sheet)
                self._work(sheet)
        return sheet

    async def events(self, sheet: Sheet) -> AsyncIterator[Event]:
        """Yield what happens to *sheet*, beginning with where it stands; ends when the preview does."""
        reader: asyncio.Queue[Event | None] = asyncio.Queue()
        sheet.readers.add(reader)
        try:
            yield {"kind": "hello", "build": sheet.build.number if sheet.build else 0}
            while not self._stop.is_set() and (event := await reader.get()) is not None:
                yield event
        finally:
            sheet.readers.discard(reader)

    async def record(self) -> Seen:
        """
        Return what is on record, as far as this machine knows.

        Raises:
            ReceiptError: nobody can tell.
        """
        return await asyncio.to_thread(seen_receipts, self.settings, self.clock)

    def look_again(self, sheet: Sheet) -> None:
        """Check *sheet* anew, and have a browser look at it at once."""
        if sheet.work is not None:
            sheet.work.cancel()
        sheet.checks = None
        sheet.work = asyncio.create_task(self._keep_up(sheet, look_after_s=0))

    # ----- what was saved -----

    async def _watch(self, paths: list[Path], *, below: bool) -> None:
        async for files in saved(paths, below=below, stop=self._stop):
            self._take(files)

    def _take(self, files: frozenset[Path]) -> None:
        """Mark what these files spoil; what somebody looks at is rendered at once."""
        settings = self.settings
        templates = any(file.is_relative_to(settings.templates_path) for file in files)
        if any(file == settings.root / FILE or file.is_relative_to(settings.registry_path) for file in files):
            self._outdated = templates = True
        issues = {file for file in files if file.is_relative_to(settings.issues_path)}
        sheets = list(self._sheets.values())
        # Editors keep files of their own beside an issue.
        written = {file for file in issues if file.suffix == ".md" and file.name[0] != "."}
        if any(not sheets or not all(sheet.has(file) for sheet in sheets) for file in written):
            self._outdated = True  # one of them may have the same number as another
            # an open issue is found by the name it had, also while nobody can read which it has now
            self._paths = {name: path for name, path in self._paths.items() if path in self._sheets}
        for sheet in sheets:
            own = {file for file in issues if sheet.has(file)}
            if not (templates or own):
                continue
            if not sheet.readers:
                del self._sheets[sheet.path]  # rendered again when somebody asks
            else:
                sheet.saved.set()
                self._work(sheet)
        if issues:
            self.catalogue.take(issues)
        if issues or templates:
            self.shared += 1
        if templates:
            self._tell_all("page")  # the mail may have stayed as it was
        if issues or not templates:
            later = asyncio.get_running_loop().call_later
            later(LIST_AFTER_S, self._tell_all, "issues")  # what is on record may have changed as well

    def _tell_all(self, kind: str) -> None:
        for sheet in self._sheets.values():
            sheet.tell(kind)

    # ----- rendering and checking -----

    def _work(self, sheet: Sheet) -> None:
        if sheet.work is None or sheet.work.done():
            sheet.work = asyncio.create_task(self._keep_up(sheet))

    async def _keep_up(self, sheet: Sheet, *, look_after_s: float = LOOK_AFTER_S) -> None:
        """Render and check, and begin again as long as something is saved meanwhile."""
        while True:
            if sheet.saved.is_set():
                await self._render(sheet)
            await self._check(sheet, look_after_s=look_after_s)
            if not sheet.saved.is_set():
                return

    async def _render(self, sheet: Sheet) -> None:
        sheet.saved.clear()
        outcome = await self.attempt(self._composing, partial(self._rendered, sheet.path))
        if isinstance(outcome, Trouble):
            self._stumble(sheet, outcome)
            return
        self._said = None
        if sheet.trouble is None and sheet.build is not None and outcome.shows_the_same_as(sheet.build):
            return
        sheet.trouble = None
        self._number += 1
        sheet.build = outcome._replace(number=self._number)
        sheet.tell("built", took_ms=round(outcome.took_ms, 1))

    async def _check(self, sheet: Sheet, *, look_after_s: float) -> None:
        """Check what was rendered, then let a browser look at it; each is given up when a file is saved."""
        build = sheet.build
        if build is None or sheet.trouble is not None or await sheet.is_disturbed(CHECK_AFTER_S):
            return
        if sheet.checks is None or sheet.checks.number != build.number:
            checking = self.attempt(self._checking, partial(self._checked, build))
            outcome = await self._unless_saved(sheet, checking)
            if outcome is None:
                return
            self._judge(sheet, outcome, "checked")
        if self.mode == "off" or sheet.trouble is not None or sheet.checks is None or sheet.checks.looked:
            return
        if not await sheet.is_disturbed(look_after_s):
            outcome = await self._unless_saved(sheet, self._looked(build))
            if outcome is not None:
                self._judge(sheet, outcome, "looked")

    def _judge(self, sheet: Sheet, outcome: Checks | Trouble, kind: str) -> None:
        if isinstance(outcome, Trouble):
            self._stumble(sheet, outcome)
            return
        sheet.checks = outcome
        self.catalogue.count(sheet.path, outcome.findings)
        sheet.tell(kind)

    def _stumble(self, sheet: Sheet, trouble: Trouble) -> None:
        if sheet.trouble != trouble:
            sheet.trouble = trouble
            sheet.tell("trouble")
        if self._said != trouble:  # the page shows it all the time, the terminal once
            self._said = trouble
            self.say(trouble.with_place, trouble.hint)

    async def _looked(self, build: Build) -> Checks | Trouble:
        """Check *build* with a browser as well; when that is given up, its process ends."""
        async with self._turn:
            browser = self._browser
            try:
                return await self.attempt(self._looking, partial(self._checked, build, browser))
            except asyncio.CancelledError:
                self._browser = BrowserApart()
                browser.end()
                raise

    async def _unless_saved(
        self, sheet: Sheet, work: Coroutine[Any, Any, Checks | Trouble]
    ) -> Checks | Trouble | None:
        """Return what *work* returns; as soon as something is saved give it up, and return None."""
        working = asyncio.create_task(work)
        disturbed = asyncio.create_task(sheet.saved.wait())
        try:
            await asyncio.wait((working, disturbed), return_when=asyncio.FIRST_COMPLETED)
            return working.result() if working.done() and not sheet.saved.is_set() else None
        finally:
            working.cancel()
            disturbed.cancel()

    async def attempt(
        self, threads: ThreadPoolExecutor | None, work: Callable[[], T | Trouble]
    ) -> T | Trouble:
        """Do *work* in another thread, any for None; what goes wrong there is trouble that can be shown."""
        try:
            return await asyncio.get_running_loop().run_in_executor(threads, work)
        except (PipelineError, OSError) as err:
            return trouble_of(err, root=self.settings.root)
        except Exception as err:  # noqa: BLE001 - a fault of ours must not end the preview
            traceback.print_exc()
            hint = "please report it, with what the terminal shows; saving a change may get you past it"
            return Trouble(f"a fault in newsletter itself: {err!r}", hint)

    # ----- in their threads -----

    def _rendered(self, path: Path) -> Build:
        """Compose the issue in the file *path*."""
        began = time.perf_counter()
        if self._outdated:
            newsletter = Newsletter(self.settings.root, clock=self.clock)
            self.newsletter, self.outlet = newsletter, self._outlet_of(newsletter.settings)
            self._outdated = False
        source = path.read_text(encoding="utf-8-sig", errors="replace")
        composed = self.newsletter.composed(load_issue(path, self.settings))
        payload = self.outlet.payload_of(composed.message, composed.issue.audience)
        return Build(0, composed, payload, source, (time.perf_counter() - began) * 1000)

    def _checked(self, build: Build, browser: BrowserApart | None = None) -> Checks:
        """Check *build*; with *browser*, by looking as well."""
        newsletter, composed = self.newsletter, build.composed
        issue, missing = composed.issue, "it looks after a moment of quiet"
        seen: Look | None = None
        if self.mode == "off":
            missing = "switched off by --browser off"
        elif browser is not None:
            missing = browser.missing
            seen = None if missing and self.mode == "auto" else browser.look
        findings = (*newsletter.checked(composed, look=seen).findings, *newsletter.twins(issue))
        places = written_where(issue.file, composed.message, composed.marked)
        not_run = (("a real browser looks at the mail", missing),) if seen is None else ()
        return Checks(build.number, findings, places, looked=browser is not None, not_run=not_run)
