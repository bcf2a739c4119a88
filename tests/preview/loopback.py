"""A preview's server on loopback for one test: uvicorn in a thread, and requests as raw as they come."""

import http.client
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from typing import NamedTuple

import uvicorn
from starlette.types import ASGIApp


@contextmanager
def served(make: Callable[[int], ASGIApp]) -> Iterator[int]:
    """
    Serve an application on 127.0.0.1 and yield the port.

    Args:
        make: makes the application, given the port.
    """
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        config = uvicorn.Config(make(port), log_level="error", access_log=False, ws="none")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            _wait_for(server)
            yield port
        finally:
            server.should_exit = True
            thread.join(timeout=10)
            assert not thread.is_alive()


def _wait_for(server: uvicorn.Server) -> None:
    until = time.monotonic() + 10
    while not server.started:
        assert time.monotonic() < until
        time.sleep(0.01)


class Answer(NamedTuple):
    """One answer of a server, read to its end."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes


def ask(
    port: int, method: str, target: str, headers: Iterable[tuple[str, str]], *, version: str = "HTTP/1.1"
) -> Answer:
    """Send one request with exactly these headers, its target as it stands."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        connection._http_vsn_str = version  # type: ignore[attr-defined]  # noqa: SLF001 - no other way
        connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
        for name, value in headers:
            connection.putheader(name, value)
        connection.endheaders()
        with connection.getresponse() as response:
            return Answer(response.status, response.headers, response.read())
