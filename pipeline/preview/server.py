"""The preview on a port of the loopback: nobody else on the network reaches it."""

import contextlib
import os
import socket
import sys
import webbrowser
from types import FrameType
from urllib.parse import urlencode

import uvicorn

from pipeline.errors import UsageError
from pipeline.preview.app import App
from pipeline.preview.guard import Guard, new_token
from pipeline.preview.workshop import Workshop

HOST = "127.0.0.1"
PORT = 4747  # the usual one; another when it is taken


class Server:
    """A preview that listens, and serves once it is told to."""

    def __init__(self, workshop: Workshop, *, port: int | None) -> None:
        """
        Take a port; whoever asks from now on waits until `serve`.

        Args:
            workshop: what is shown.
            port: the one to take; None takes the usual one, or any that is free.

        Raises:
            UsageError: the port that was asked for is taken.
        """
        self._workshop = workshop
        self._socket = _listening(port)
        self.port: int = self._socket.getsockname()[1]
        self._token = new_token()
        self._guard = Guard(App(workshop).starlette, port=self.port, token=self._token)

    def address(self, *, issue: str = "") -> str:
        """Return the address to print; it holds the key, which the browser changes for a cookie."""
        return self._address(self._token, issue)

    def open_browser(self, *, issue: str = "") -> None:
        """
        Show the preview in the user's browser, where there is a screen to show it on.

        The address becomes an argument of a process, which every user of the machine can read: it opens once.
        """
        if sys.platform == "linux" and not {"DISPLAY", "WAYLAND_DISPLAY"} & set(os.environ):
            return  # a browser of text would take the terminal
        with contextlib.suppress(webbrowser.Error):
            webbrowser.open(self._address(self._guard.single_token(), issue))

    def _address(self, token: str, issue: str) -> str:
        shown = {"issue": issue} if issue else {}
        return f"http://{HOST}:{self.port}/?{urlencode({'token': token, **shown})}"

    def serve(self) -> None:
        """Serve until the process is told to end."""
        config = uvicorn.Config(
            self._guard,
            http="h11",
            ws="none",
            lifespan="on",
            log_level="error",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=2,
        )
        with contextlib.suppress(KeyboardInterrupt):  # how a person ends it
            _Ending(config, self._workshop).run(sockets=[self._socket])


class _Ending(uvicorn.Server):
    """A server that ends its streams of events first: they would keep it waiting."""

    def __init__(self, config: uvicorn.Config, workshop: Workshop) -> None:
        super().__init__(config)
        self._workshop = workshop

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._workshop.close()
        super().handle_exit(sig, frame)


def _listening(port: int | None) -> socket.socket:
    for wanted in (PORT, 0) if port is None else (port,):
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((HOST, wanted))
            listening.listen()
        except OSError:
            listening.close()
            continue
        return listening
    raise UsageError(f"port {port} cannot be taken on {HOST}", hint="leave --port out for one that is free")
