"""
The browser: finished mail in a real Chromium, to see whether a wording is really shown.

It decides what reading style sheets cannot: colours by their pixels, what lies over the words, what a
trick that nobody has thought of does. It fails when it cannot tell: a browser that crashes, hangs or does
not start is a finding for every wording, never a pass and never an exception.
Playwright is an optional extra, imported when it is needed.
"""

import asyncio
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from pipeline.examine.rendering.renders import RENDERS, Problems, look
from pipeline.examine.rendering.settle import undecided
from pipeline.model import Finding, Severity, Wording

if TYPE_CHECKING:
    from playwright.async_api import Browser as Chromium
    from playwright.async_api import Playwright

    from pipeline.examine.rendering.shown import Problem

LIMIT_S = 20.0  # for one mail; twenty times what a plain one takes
_CLOSING_S = 5.0
_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
_HOW = (
    "install one (apt-get install chromium, or python -m playwright install chromium),"
    " or name it: NEWSLETTER_CHROMIUM=/path/to/chromium"
)
_SIMPLIFY = "simplify the mail's markup and style sheets, then look again"


def chromium_path() -> str | None:
    """
    Return the Chromium to use: $NEWSLETTER_CHROMIUM, else one on the PATH, else None: Playwright's own.

    Raises:
        FileNotFoundError: $NEWSLETTER_CHROMIUM names no file.
    """
    named = os.environ.get("NEWSLETTER_CHROMIUM")
    if named and not Path(named).is_file():
        raise FileNotFoundError(f"NEWSLETTER_CHROMIUM names no file: {named!r}")
    return named or next((found for name in _NAMES if (found := shutil.which(name))), None)


def launching() -> dict[str, Any]:
    """
    Return the options with which Playwright launches that Chromium: headless, letters smoothed in grey.

    It goes without its sandbox only where root makes one impossible.

    Raises:
        FileNotFoundError: $NEWSLETTER_CHROMIUM names no file.
    """
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    return {
        "executable_path": chromium_path(),
        "args": ["--disable-lcd-text", *(["--no-sandbox"] if root else [])],
    }


def unavailable() -> str:
    """Return "" when mail can be looked at here, else why not and how to get there, on one line."""
    with Browser() as browser:
        return browser.missing


class Browser:
    """One running Chromium for many mails; a context manager."""

    def __init__(self, *, limit_s: float = LIMIT_S) -> None:
        """
        Start nothing yet.

        Args:
            limit_s: seconds after which a mail is given up; its wordings then count as not shown.
        """
        self.missing = "it has not been started"  # why it does not run; "" when it does
        self._limit_s = limit_s
        self._runner = asyncio.Runner()
        self._playwright: Playwright | None = None
        self._chromium: Chromium | None = None

    def __enter__(self) -> Self:
        """Start Chromium; when it does not start, every look says so."""
        self._start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End Chromium."""
        self._stop()
        self._runner.close()
        self.missing = "it has been ended"

    def look(self, html: str, wordings: Sequence[Wording]) -> list[Finding]:
        """
        List what keeps readers of *html* from seeing each of *wordings*, in every render.

        Args:
            html: a full document; it may be broken or hostile.
            wordings: those that must be shown. With several copies of one, a shown one is enough.

        Returns:
            Findings of severity block with the client profile ("" when it is missed in all of them);
            an empty list is the proof that all is shown.
        """
        if not wordings:
            return []
        if self.missing:
            return list(undecided(wordings, f"no browser has looked at it: {self.missing}", _HOW))
        try:
            problems = self._runner.run(self._looked(html, wordings))
        except Exception as err:  # noqa: BLE001 - whatever went wrong, nothing is proven
            self._stop()
            self._start()
            late = isinstance(err, TimeoutError)
            why = f"it took more than {self._limit_s:g} s" if late else _first_line(err)
            return list(undecided(wordings, f"the browser cannot tell: {why}", _SIMPLIFY))
        return list(_told(problems))

    async def _looked(self, html: str, wordings: Sequence[Wording]) -> Problems:
        if self._chromium is None:
            raise RuntimeError(self.missing or "the browser is not running")
        async with asyncio.timeout(self._limit_s):
            context = await self._chromium.new_context(
                java_script_enabled=False, offline=True, service_workers="block", accept_downloads=False
            )
            problems = await look(await context.new_page(), html, wordings)
            await context.close()
        return problems

    def _start(self) -> None:
        try:
            self._runner.run(self._started())
            self.missing = ""
        except ImportError:
            self.missing = "playwright is not installed: pip install 'newsletter-pipeline[browser]'"
        except Exception as err:  # noqa: BLE001 - a browser that does not start is told of, not raised
            self.missing = f"no Chromium starts ({_first_line(err)}): {_HOW}"
            self._stop()

    async def _started(self) -> None:
        from playwright.async_api import async_playwright  # noqa: PLC0415 - an optional extra, and slow

        self._playwright = await async_playwright().start()
        self._chromium = await self._playwright.chromium.launch(**launching())

    def _stop(self) -> None:
        with suppress(Exception):  # it may have crashed long ago
            self._runner.run(self._stopped())
        self._chromium = self._playwright = None

    async def _stopped(self) -> None:
        if self._chromium is not None:
            with suppress(Exception):
                async with asyncio.timeout(_CLOSING_S):
                    await self._chromium.close()
        if self._playwright is not None:
            await self._playwright.stop()  # ends the browser's process, whatever it is doing


def _first_line(err: Exception) -> str:
    return next(iter(str(err).strip().splitlines()), "") or type(err).__name__


def _told(problems: Problems) -> Iterator[Finding]:
    """Tell each problem once, with the first profile in which it is one, or none when it is one in all."""
    for ref, profiles in problems.items():
        if not profiles:
            hint = "show the registered wording as live text in the body of the message"
            message = f"{ref} is not in the text that a browser renders"
            yield Finding("DISC001", Severity.BLOCK, message, hint, part="html")
        where: dict[Problem, list[str]] = {}
        for profile, found in profiles.items():
            for problem in sorted(found):
                where.setdefault(problem, []).append(profile)
        for problem in [problem for problem in where if problem.rule == "VIS006"]:
            light = next((one for one in where if one.rule == "VIS005" and one.what == problem.what), None)
            if light:  # no matter of the dark
                where[light] += where.pop(problem)
        for problem, missed in where.items():
            everywhere = {render.profile for render in RENDERS} <= set(missed)
            message = f"{ref} is not shown to every reader: {problem.what}"
            profile = "" if everywhere else missed[0]
            yield Finding(problem.rule, Severity.BLOCK, message, problem.hint, part="html", profile=profile)
