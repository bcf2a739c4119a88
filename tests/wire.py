"""A server on raw sockets, for answers that no decent server gives."""

import contextlib
import json
import re
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

Reply = bytes | Callable[[socket.socket], None]


@dataclass
class Wire:
    """What the server says, connection by connection (the last again and again), and what it heard."""

    replies: list[Reply]
    tls: ssl.SSLContext | None = None
    port: int = 0
    heard: list[bytes] = field(default_factory=list)  # whole requests

    @property
    def url(self) -> str:
        """The server's URL, without a slash at the end."""
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    def header(self, name: str, request: int = -1) -> str | None:
        """Return a header of one request."""
        found = re.search(rf"(?im)^{name}: (.*?)\r$", self.heard[request].decode())
        return found[1] if found else None

    def lines(self) -> list[str]:
        """Return the first line of each request, without the version."""
        return [request.split(b"\r\n")[0].decode().rpartition(" ")[0] for request in self.heard]

    def serve(self, listener: socket.socket) -> None:
        """Take connections until the listener is shut, then wait for those that are open."""
        threads = []
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                break
            threads.append(threading.Thread(target=self._take, args=(connection,), daemon=True))
            threads[-1].start()
        for thread in threads:
            thread.join()

    def _take(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError):  # whoever asked has hung up
            connection.settimeout(5)
            if self.tls:
                connection = self.tls.wrap_socket(connection, server_side=True)
            self._converse(connection)
        connection.close()

    def _converse(self, connection: socket.socket) -> None:
        request = b""
        while b"\r\n\r\n" not in request:
            request += connection.recv(65536) or fail()
        head, _, body = request.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: (\d+)", head)
        while len(body) < int(length[1] if length else 0):
            body += connection.recv(65536) or fail()
        self.heard.append(head + b"\r\n\r\n" + body)
        reply = self.replies[0] if len(self.replies) == 1 else self.replies.pop(0)
        if callable(reply):
            reply(connection)
        else:
            connection.sendall(reply)
            if not self.tls:
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(65536):  # until the other side has read it all and hung up
                    pass


def fail() -> bytes:
    """Say that the other side hung up in the middle of its request."""
    raise ConnectionError


@contextlib.contextmanager
def wired(*replies: Reply, tls: ssl.SSLContext | None = None, port: int = 0) -> Iterator[Wire]:
    """Serve on loopback from a thread."""
    wire = Wire(list(replies), tls)
    with socket.create_server(("127.0.0.1", port)) as listener:
        wire.port = listener.getsockname()[1]
        thread = threading.Thread(target=wire.serve, args=(listener,), daemon=True)
        thread.start()
        try:
            yield wire
        finally:
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def answer(status: int = 200, body: Any = None, **headers: str) -> bytes:
    """Return a decent answer; *body* as JSON unless it is bytes; `retry_after` means Retry-After."""
    content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    lines = [f"HTTP/1.1 {status} Said", f"Content-Length: {len(content)}"]
    lines += [f"{name.replace('_', '-').title()}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + content


def cut(after: bytes = b"") -> Reply:
    """Say so much, then reset the connection."""

    def reply(connection: socket.socket) -> None:
        connection.sendall(after)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    return reply


def kept(said: bytes, ends: list[bytes]) -> Reply:
    """Answer, keep the connection open, and note what comes next on it: nothing once it is closed."""

    def reply(connection: socket.socket) -> None:
        connection.sendall(said)
        ends.append(connection.recv(65536))

    return reply


def silence(seconds: float) -> Reply:
    """Take the request and say nothing for so long."""
    return lambda _connection: time.sleep(seconds)


def drip(piece: bytes, pause_s: float, times: int) -> Reply:
    """Begin a decent answer, and let its body drip."""

    def reply(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (len(piece) * times))
        for _ in range(times):
            connection.sendall(piece)
            time.sleep(pause_s)

    return reply


def free_port() -> int:
    """Return a port where nobody listens now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
