"""A small website on loopback, as an archive is deployed to one; what stands where is the test's to say."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from pipeline.archive.mark import DIGEST_META


@dataclass
class Page:
    """What stands at one address."""

    body: bytes = b""
    kind: str = "text/html; charset=utf-8"
    status: int = 200
    head: int = 0  # status of an answer to HEAD; 0 for the same
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0  # until it answers
    endless: bool = False  # its body never ends


@dataclass
class Asked:
    """One request as it came in."""

    method: str
    path: str
    headers: dict[str, str]  # names in lower case


class Website:
    """A website; what is not there answers 404."""

    def __init__(self, url: str) -> None:
        """Take its address, without a slash at the end."""
        self.url = url
        self.pages: dict[str, list[Page]] = {}
        self.log: list[Asked] = []
        self.at_once = 0  # the most requests that were under way at one moment

    def put(self, path: str, *pages: Page) -> str:
        """Let this stand at *path*: of several, each answers one request, and the last one all others."""
        self.pages[path] = list(pages)
        return f"{self.url}{path}"

    def put_page(self, path: str, digest: str) -> str:
        """Let a page of this content stand at *path*."""
        return self.put(path, Page(page_of(digest)))

    def put_image(self, path: str) -> str:
        """Let an image stand at *path*."""
        return self.put(path, image())

    def asked(self, path: str) -> list[str]:
        """Return the methods by which *path* was asked, in order."""
        return [each.method for each in self.log if each.path == path]


def page_of(digest: str) -> bytes:
    """Return a page that carries this content digest."""
    return f'<!doctype html><title>é</title><meta name="{DIGEST_META}" content="{digest}">'.encode()


def image(kind: str = "image/png") -> Page:
    """Return an image."""
    return Page(b"\x89PNG", kind)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    website: Website
    lock = threading.Lock()
    under_way = 0


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def _serve(self) -> None:
        site, server = self.server.website, self.server
        headers = {name.lower(): value for name, value in self.headers.items()}
        with server.lock:
            site.log.append(Asked(self.command, self.path, headers))
            server.under_way += 1
            site.at_once = max(site.at_once, server.under_way)
            pages = site.pages.get(self.path, [Page(b"<p>nothing here", status=404)])
            page = pages.pop(0) if len(pages) > 1 else pages[0]
        time.sleep(page.seconds)
        with server.lock:  # before it answers: then whoever asked goes on to the next
            server.under_way -= 1
        try:
            self._answer(page)
        except OSError:  # whoever asked is gone, as one that reads no body is
            self.close_connection = True

    do_GET = do_HEAD = _serve  # noqa: N815

    def _answer(self, page: Page) -> None:
        self.send_response((page.head if self.command == "HEAD" else 0) or page.status)
        if page.kind:
            self.send_header("Content-Type", page.kind)
        for name, value in page.headers.items():
            self.send_header(name, value)
        self.end_headers()
        while self.command == "GET":
            self.wfile.write(page.body)
            if not page.endless:
                break

    def log_message(self, *arguments: object) -> None:
        """Keep quiet."""


@contextmanager
def website() -> Iterator[Website]:
    """Serve an empty website from a thread."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.website = Website(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.website
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
