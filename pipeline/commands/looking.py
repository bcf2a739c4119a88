"""The option `--browser`: whether a real browser looks at finished mail as well."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from pipeline.errors import UsageError
from pipeline.examine.rendering.settle import Look, Mode
from pipeline.model import Finding, Severity

__all__ = ["Eyes", "Mode", "eyes"]


class Eyes(NamedTuple):
    """What there is to look with."""

    look: Look | None  # None: nothing looks
    missing: str = ""  # why not, where somebody wanted it

    @property
    def findings(self) -> tuple[Finding, ...]:
        """A note that says plainly that no browser looked."""
        if not self.missing:
            return ()
        hint = "what is told here comes from reading the mail alone; say --browser off to leave it at that"
        message = f"no browser has looked at the mail: {self.missing}"
        return (Finding("VIS022", Severity.NOTE, message, hint, part="html"),)


@contextmanager
def eyes(mode: Mode) -> Iterator[Eyes]:
    """
    Start a browser for the length of a command.

    Args:
        mode: off starts none; auto does without one that is not there; require does not.

    Raises:
        UsageError: a browser is required and does not start.
    """
    if mode == "off":
        yield Eyes(None)
        return
    from pipeline.examine.rendering.browser import Browser  # noqa: PLC0415 - heavy

    with Browser() as browser:
        if browser.missing and mode == "require":
            raise UsageError(
                f"--browser require: {browser.missing}", hint="say --browser auto to do without one"
            )
        yield Eyes(None if browser.missing else browser.look, browser.missing)
