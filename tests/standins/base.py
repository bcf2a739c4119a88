"""
A stand-in for a provider: a real HTTP server on loopback with that provider's rules, and faults on demand.

A provider's own file derives from `StandIn`, holds its state in plain attributes, and names its routes. It
shares no code with the package. What drives a test lies beside the provider's own paths:

    POST /_clock  {"now": "2026-12-01T12:30:00+00:00"}   the stand-in's time; it moves only so
    POST /_fault  {"at": 3, "when": "before", "do": "cut"}   at the third request from now; see `Fault`
    POST /_reset    all of it as at the start; no request may be under way
    GET  /_log      the requests so far: method, path, query, headers, body
    GET  /_inbox    the mails so far, one a reader: to, subject, html, text, draft
    GET  /_state    the drafts as the provider's own objects

Run as `python tests/standins/base.py NAME [PORT]` it serves the stand-in of that name and prints its URL.
"""

import datetime as dt
import importlib
import json
import os
import re
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar, Literal
from urllib.parse import parse_qs, urlsplit


@dataclass
class Request:
    """One request as it came in."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]  # names in lower case
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON; {} when it is empty."""
        return json.loads(self.body) if self.body else {}


@dataclass
class Answer:
    """What is answered; `body` is sent as JSON unless it is text."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


class Refusal(Exception):
    """An answer that stops a request wherever it is raised; nothing is changed."""

    def __init__(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        """Take status and body."""
        super().__init__(status)
        self.answer = Answer(status, body, headers or {})


@dataclass
class Fault:
    """What goes wrong at one request."""

    at: int  # counted from 1, from when it was asked for
    when: Literal["before", "after"]  # before the request arrives, or after it took effect
    do: Literal["cut", "kill", "delay", "answer"]  # no answer; SIGKILL to pid, no answer; late; another one
    pid: int = 0
    seconds: float = 0.0
    status: int = 500
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    times: int = 1  # how many requests in a row it meets
    of: str = ""  # only requests whose "METHOD /path" begins with a match of this pattern are counted


Route = tuple[str, str, Callable[..., Answer]]  # method, pattern of the path, (request, *groups) -> answer


class StandIn:
    """A provider's state and rules; one lock covers each request."""

    name: ClassVar[str]

    def __init__(self) -> None:
        """Start empty, at noon of a Tuesday."""
        self.now = dt.datetime(2026, 11, 24, 12, 0, tzinfo=dt.UTC)
        self.inbox: list[dict[str, Any]] = []
        self.log: list[Request] = []
        self.faults: list[Fault] = []
        self.lock = threading.Lock()

    def routes(self) -> list[Route]:
        """Return the provider's routes; the first that matches the whole path counts."""
        raise NotImplementedError

    def admit(self, request: Request) -> None:
        """Refuse a request without a valid key, in the provider's own words."""
        raise NotImplementedError

    def tick(self) -> None:
        """Send what is due at `self.now`: one entry of `self.inbox` for each reader."""
        raise NotImplementedError

    def state(self) -> Any:
        """Return all drafts, as plain JSON."""
        raise NotImplementedError

    def not_found(self) -> Answer:
        """Return what is answered where there is nothing."""
        return Answer(404, {"message": "not found"})

    def answer(self, request: Request) -> Answer:
        """Return the answer to one request of the provider's own API."""
        self.tick()
        try:
            self.admit(request)
            for method, pattern, route in self.routes():
                match = re.fullmatch(pattern, request.path)
                if method == request.method and match:
                    return route(request, *match.groups())
        except Refusal as refusal:
            return refusal.answer
        return self.not_found()

    def control(self, request: Request) -> Answer:
        """Return the answer to a request of the test itself."""
        if request.path == "/_clock":
            self.now = dt.datetime.fromisoformat(request.json["now"])
            self.tick()
        elif request.path == "/_fault":
            self.faults.append(Fault(**request.json))
        elif request.path == "/_log":
            return Answer(body=[{**asdict(each), "body": each.body.decode()} for each in self.log])
        elif request.path == "/_inbox":
            self.tick()
            return Answer(body=self.inbox)
        elif request.path == "/_state":
            return Answer(body=self.state())
        return Answer(body={})

    def due_fault(self, request: Request) -> Fault | None:
        """Count one request; return the fault that meets it, if one does."""
        counted = [each for each in self.faults if re.match(each.of, f"{request.method} {request.path}")]
        for fault in counted:
            fault.at -= 1
        met = next((fault for fault in counted if -fault.times < fault.at <= 0), None)
        self.faults = [fault for fault in self.faults if fault.at > -fault.times]
        return met


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    standin: StandIn


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, parts.path, parse_qs(parts.query), headers, body)
        standin = self.server.standin
        if parts.path == "/_reset":
            self.server.standin = type(standin)()
            self._send(Answer(body={}))
            return
        if parts.path.startswith("/_"):
            with standin.lock:
                answer = standin.control(request)
            self._send(answer)
            return
        with standin.lock:
            standin.log.append(request)
            fault = standin.due_fault(request)
            reached = fault is None or fault.when == "after" or fault.do == "delay"
            answer = standin.answer(request) if reached else Answer(500)
        if fault is None:
            self._send(answer)
        elif fault.do == "delay":
            time.sleep(fault.seconds)
            self._send(answer)
        elif fault.do == "answer":
            self._send(Answer(fault.status, fault.body, fault.headers))
        else:
            if fault.do == "kill":
                os.kill(fault.pid, signal.SIGKILL)
            self.close_connection = True

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815

    def _send(self, answer: Answer) -> None:
        is_text = isinstance(answer.body, str)
        body = b"" if answer.body is None else (answer.body if is_text else json.dumps(answer.body)).encode()
        try:
            self.send_response(answer.status)
            for name, value in {
                "Content-Type": "text/html; charset=utf-8" if is_text else "application/json",
                "Content-Length": str(len(body)),
                **answer.headers,
            }.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
        except OSError:  # whoever asked is gone, as a killed process is
            self.close_connection = True

    def log_message(self, *arguments: object) -> None:
        """Keep quiet."""


@contextmanager
def served(standin: StandIn, *, port: int = 0) -> Iterator[str]:
    """Serve *standin* from a thread and yield its URL, without a slash at the end."""
    server = _Server(("127.0.0.1", port), _Handler)
    server.standin = standin
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def made(name: str) -> StandIn:
    """Return a new stand-in: the class `STANDIN` of the file of that name."""
    sys.path.insert(0, str(Path(__file__).parents[1]))
    standin: StandIn = importlib.import_module(f"standins.{name}").STANDIN()
    return standin


if __name__ == "__main__":
    with served(made(sys.argv[1]), port=int(sys.argv[2]) if len(sys.argv) > 2 else 0) as url:
        print(url, flush=True)
        signal.pause()
