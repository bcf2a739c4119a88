"""
A browser in a process of its own, for a program that goes on while it looks.

What Playwright holds is then held elsewhere, and a look that nobody waits for any more ends at once: its
process is ended, and Playwright's driver, which sees that it is alone, ends Chromium. The process ends by
itself as soon as nobody is left who could ask it, however that came.
"""

import os
import pickle
import sys
from collections.abc import Sequence
from contextlib import suppress
from queue import SimpleQueue
from subprocess import PIPE, Popen
from threading import Lock, Thread
from typing import IO, Any, cast

from pipeline.examine.rendering.settle import undecided
from pipeline.model import Finding, Wording

_GONE = "its process has ended"
_AGAIN = "look again; when that does not help, say --browser off and run `newsletter check --browser require`"


class BrowserApart:
    """
    A Chromium that another process looks with, started when it is first asked; then it is kept.

    One thread asks; any other may end it.
    """

    def __init__(self) -> None:
        """Start nothing yet."""
        self._process: Popen[bytes] | None = None
        self._missing = ""
        self._is_ended = False
        self._lock = Lock()  # so that nothing is started while it is ended

    @property
    def process_id(self) -> int | None:
        """The process that looks; None when there is none."""
        process = self._process
        return None if process is None else process.pid

    @property
    def missing(self) -> str:
        """Why there is no browser that looks, "" when there is one; it is started to know."""
        try:
            self._started()
        except (OSError, EOFError, ValueError, pickle.PickleError):
            self._drop()
            return _GONE
        return self._missing

    def look(self, html: str, wordings: Sequence[Wording]) -> list[Finding]:
        """
        List what keeps readers of *html* from seeing each of *wordings*, as `Browser.look` does.

        It returns soon after `end`, which another thread may call; what it returns then proves nothing.

        Args:
            html: a full document; it may be broken or hostile.
            wordings: those that must be shown.
        """
        if not wordings:
            return []
        try:
            process = self._started()
            _put(process.stdin, (html, tuple(wordings)))
            return cast("list[Finding]", _next(process.stdout))
        except (OSError, EOFError, ValueError, pickle.PickleError):  # its end of a pipe is gone, or ours
            self._drop()
            return list(undecided(wordings, f"the browser cannot tell: {_GONE}", _AGAIN))

    def end(self) -> None:
        """End the process, whatever it is doing; from now on every look says that it has ended."""
        with self._lock:
            self._is_ended = True
        self._drop()

    def _started(self) -> Popen[bytes]:
        """Return the process, which has said by now whether it has a browser."""
        with self._lock:
            if self._is_ended:
                raise EOFError
            if self._process is not None:
                return self._process
            # -P: what lies where the preview was started is no part of us. A session of its own: Ctrl-C in
            # the terminal is for the preview, which then ends it.
            command = [sys.executable, "-P", "-m", __name__]
            process = Popen(command, stdin=PIPE, stdout=PIPE, start_new_session=True)  # noqa: S603 - ourselves
            self._process = process
        self._missing = str(_next(process.stdout))
        return process

    def _drop(self) -> None:
        with self._lock:
            process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with suppress(OSError):  # what was never sent
                        pipe.close()


def serve() -> None:
    """Look at each mail that comes on standard input, and answer on standard output, until the input ends."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing that prints may spoil the answers
    asked: SimpleQueue[tuple[str, Sequence[Wording]]] = SimpleQueue()
    Thread(target=_listen, args=(asked,), daemon=True).start()
    from pipeline.examine.rendering.browser import Browser  # noqa: PLC0415 - who only asks goes without

    with Browser() as browser, suppress(BrokenPipeError):  # then the input has ended as well
        _put(answers, browser.missing)
        while True:
            _put(answers, browser.look(*asked.get()))


def _listen(asked: "SimpleQueue[tuple[str, Sequence[Wording]]]") -> None:
    """Take what is asked while the browser looks; when nobody is left to ask, end the process at once."""
    try:
        while True:
            asked.put(_next(sys.stdin.buffer))
    finally:
        os._exit(0)  # no goodbye: a browser that hangs would not hear it


def _put(pipe: IO[bytes] | None, what: object) -> None:
    if pipe is None:
        raise EOFError
    pickle.dump(what, pipe)
    pipe.flush()


def _next(pipe: IO[bytes] | None) -> Any:
    if pipe is None:
        raise EOFError
    return pickle.load(pipe)  # noqa: S301 - from a process of our own, which holds no less than we do


if __name__ == "__main__":
    serve()
