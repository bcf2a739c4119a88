"""
The workshop: the issues that somebody looks at, rendered anew whenever a file is saved.

The pixels come first. A saved file is composed at once and told of; then the checks run, and after a moment
of quiet a browser looks, each given up when the next save comes. What is told, and to whom, is settled in the
event loop alone; what is slow, the renderer does elsewhere.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any, Self, TypeVar

from pipeline.clock import Clock
from pipeline.errors import PipelineError
from pipeline.examine.rendering.settle import Mode
from pipeline.newsletter import Newsletter
from pipeline.preview.built import Checks, Trouble
from pipeline.preview.record import seen_record
from pipeline.preview.renderer import Outlet, Renderer
from pipeline.preview.rounds import Rounds
from pipeline.preview.sheet import Event, Readers, Sheet
from pipeline.preview.watch import Watch
from pipeline.receipts import Seen
from pipeline.settings import FILE, Settings
from pipeline.stages.load import find_issue

LIST_AFTER_S = 0.1  # the list of issues is never as urgent as the mail
CHECK_AFTER_S = 0.12  # so that the browser gets its document first
LOOK_AFTER_S = 1.5
_KEPT = 8  # issues that are kept rendered; those that nobody looks at go first
T = TypeVar("T")


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
        self._renderer = Renderer(start, clock=clock, outlet=outlet, mode=mode)
        self.clock = clock
        self.catalogue = self._renderer.catalogue
        self.say = say
        self.shared = 0  # grows whenever something that several issues hang on was saved
        self._said: Trouble | None = None
        self._sheets: dict[Path, Sheet] = {}
        self._paths: dict[str, Path] = {}  # by the names under which issues were asked for
        self._number = 0
        self._stop = asyncio.Event()
        self._was_saved = asyncio.Event()  # something that the list of issues hangs on
        self.saved_at = clock()  # when a file was last saved, or the workshop opened
        self._list = Readers()  # those who follow the list of issues, and no issue
        folders = (self.settings.issues_path, self.settings.templates_path)
        self._watch = Watch(self.settings.root, folders, self._take)
        self.rounds = Rounds(self, self._renderer)
        self._following: list[asyncio.Task[None]] = []

    @property
    def newsletter(self) -> Newsletter:
        """The newsletter, as last opened without an error."""
        return self._renderer.newsletter

    @property
    def settings(self) -> Settings:
        """The newsletter's settings, as last read without an error."""
        return self.newsletter.settings

    @property
    def outlet(self) -> Outlet:
        """What there is to know of the provider that the settings choose."""
        return self._renderer.outlet

    @property
    def is_followed(self) -> bool:
        """Whether anybody has a page open."""
        return bool(self._list) or any(sheet.readers for sheet in self._sheets.values())

    @property
    def is_busy(self) -> bool:
        """Whether an issue that is open is being rendered or checked."""
        return any(sheet.work is not None and not sheet.work.done() for sheet in self._sheets.values())

    async def __aenter__(self) -> Self:
        """Begin to watch the files."""
        self._following = [
            asyncio.create_task(each) for each in (self._watch.follow(), self._follow(), self.rounds.go())
        ]
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop watching, and end every stream."""
        self.close()
        watching, *others = self._following
        for task in others:
            task.cancel()
        for task in (watching, *others):
            with contextlib.suppress(asyncio.CancelledError):
                await task
        for sheet in self._sheets.values():
            sheet.stop()
        self._renderer.end()

    def close(self) -> None:
        """End every stream, so that the server can stop."""
        self._stop.set()
        self._watch.end()
        for readers in (self._list, *(sheet.readers for sheet in self._sheets.values())):
            readers.end()

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
        for idle in [each for each in self._sheets.values() if not each.is_watched][:-_KEPT]:
            self._drop(idle)
        async with sheet.opening:
            is_new = sheet.build is None and sheet.trouble is None
            if is_new or (sheet.saved.is_set() and not sheet.readers):
                await self._render(sheet)
        self._work(sheet)
        return sheet

    async def events(self, sheet: Sheet) -> AsyncIterator[Event]:
        """Yield what happens to *sheet*, beginning with where it stands; ends when the preview does."""
        sheet = self._kept(sheet)
        try:
            with sheet.readers.joined() as reader:
                self._work(sheet)
                yield {"kind": "hello", "build": sheet.number}
                while not self._stop.is_set() and (event := await reader.get()) is not None:
                    yield event
        finally:
            if not sheet.readers:  # whoever comes next has it begun again
                sheet.stop()

    async def list_events(self) -> AsyncIterator[Event]:
        """Yield what happens to the list of issues, beginning with its being there; ends as `events` does."""
        with self._list.joined() as reader:
            yield {"kind": "issues", "build": 0}
            while not self._stop.is_set() and (event := await reader.get()) is not None:
                yield event

    async def record(self) -> Seen:
        """
        Return what is on record, as far as this machine knows.

        Raises:
            ReceiptError: nobody can tell.
        """
        return await asyncio.to_thread(seen_record, self.settings, self.clock)

    async def attempt(self, work: Callable[[], T | Trouble]) -> T | Trouble:
        """Do *work* in another thread; what goes wrong there is trouble that can be shown."""
        return await self._renderer.attempt(None, work)

    def look_again(self, sheet: Sheet) -> None:
        """Check *sheet* anew, and have a browser look at it at once."""
        sheet.stop()
        sheet.checks = None
        sheet.work = asyncio.create_task(self._keep_up(sheet, look_after_s=0))

    def _kept(self, sheet: Sheet) -> Sheet:
        """Return what is kept up for the issue of *sheet*, which may have been dropped meanwhile."""
        if sheet.path not in self._sheets:
            self._sheets[sheet.path] = sheet
            sheet.saved.set()  # what it was dropped for
        return self._sheets[sheet.path]

    def _drop(self, sheet: Sheet) -> None:
        sheet.stop()
        del self._sheets[sheet.path]

    # ----- what was saved -----

    def _take(self, files: frozenset[Path]) -> None:
        """Mark what these files spoil; what somebody looks at is rendered at once."""
        self.saved_at = self.clock()
        settings = self.settings
        is_set = not files.isdisjoint((settings.root / FILE, settings.issues_path, settings.templates_path))
        is_set |= any(file.is_relative_to(settings.registry_path) for file in files)
        templates = is_set or any(file.is_relative_to(settings.templates_path) for file in files)
        issues = {file for file in files if file.is_relative_to(settings.issues_path)}
        sheets = list(self._sheets.values())
        # Editors keep files of their own beside an issue.
        written = {file for file in issues if file.suffix == ".md" and file.name[0] != "."}
        if any(not sheets or not all(sheet.has(file) for sheet in sheets) for file in written):
            # an open issue is found by the name it had, also while nobody can read which it has now
            self._paths = {name: path for name, path in self._paths.items() if path in self._sheets}
        if is_set:  # or a whole folder came or went
            self._renderer.outdate()
        if issues or templates:
            self.catalogue.take(issues)
        if templates:
            self.catalogue.recount()
        for sheet in sheets:
            if templates or any(sheet.has(file) for file in issues):
                self._spoil(sheet, checks=templates)
        if issues or templates:
            self.shared += 1
        if templates:
            self.tell_all("page")  # the mail may have stayed as it was
        if issues or is_set:
            self._was_saved.set()

    async def _follow(self) -> None:
        """After saves do what is not as urgent as the mail: check other issues anew, tell of the list."""
        while True:
            await self._was_saved.wait()
            await asyncio.sleep(LIST_AFTER_S)
            self._was_saved.clear()
            changed = await asyncio.to_thread(self._news)
            if changed:
                self.catalogue.recount()
            for sheet in list(self._sheets.values()):
                if changed - {sheet.path}:
                    self._spoil(sheet, checks=True)
            self.tell_all("issues")

    def _news(self) -> set[Path]:
        """Return the issues that were saved and differ in what the checks of others look at."""
        with contextlib.suppress(PipelineError, OSError):  # told of where an issue is rendered
            self._renderer.current()
        return self.catalogue.news(self.settings)

    def _spoil(self, sheet: Sheet, *, checks: bool) -> None:
        """
        Have *sheet* rendered anew: at once when somebody looks at it, else when somebody asks.

        Args:
            sheet: one that is kept up.
            checks: the checks may differ even where the message does not.
        """
        if not sheet.is_watched:
            self._drop(sheet)
            return
        if checks:
            sheet.checks = None
        sheet.saved.set()
        if sheet.readers:
            self._work(sheet)

    def spoil_all(self) -> None:
        """Have everything made anew: nothing was saved, and it may be another all the same."""
        self.catalogue.recount()
        for sheet in list(self._sheets.values()):
            self._spoil(sheet, checks=True)
        self.tell_all("page")

    def tell_all(self, kind: str) -> None:
        """Tell everybody, whatever issue they look at."""
        for sheet in self._sheets.values():
            sheet.tell(kind)
        if kind == "issues":
            self._list.tell(kind, 0)

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
        try:
            outcome = await self._renderer.render(sheet.path)
        except asyncio.CancelledError:
            sheet.saved.set()
            raise
        if isinstance(outcome, Trouble):
            self._stumble(sheet, outcome)
            return
        self._said = None
        if sheet.trouble is None and sheet.build is not None and outcome.shows_the_same_as(sheet.build):
            if sheet.checks is not None and sheet.checks.number == sheet.number:
                self.catalogue.count(sheet.path, sheet.checks.findings)
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
            outcome = await self._unless_saved(sheet, self._renderer.check(build))
            if outcome is None:
                return
            self._judge(sheet, outcome, "checked")
        if self._renderer.mode == "off" or sheet.trouble is not None or not sheet.readers:
            return
        if sheet.checks is not None and sheet.checks.was_asked:
            return
        if not await sheet.is_disturbed(look_after_s):
            outcome = await self._unless_saved(sheet, self._renderer.look(build))
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
