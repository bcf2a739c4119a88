"""A preview as an editor runs it: the command in a process of its own, asked over HTTP."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

FRONT = """---
title: A stiff back
subject: A stiff back
preheader: Three gentle moves before you sit down
date: 2026-12-01
send_at: 2026-12-01T07:30
status: draft
topics: [back_pain, exercise]
authors: ["Coach Luke"]
---

"""
LIMIT_S = 20  # a busy machine is no fault in the code


class Served:
    """A running preview."""

    def __init__(self, process: "subprocess.Popen[str]", address: str, root: Path) -> None:
        """Take the process, the address it printed and the newsletter it shows."""
        self.process = process
        self.address = address
        self.root = root
        self.port = urlsplit(address).port or 0
        answer = self.raw("GET", urlsplit(address).path + "?" + urlsplit(address).query, {})
        self.cookie = (answer[1].get("set-cookie") or "").partition(";")[0]

    def raw(self, method: str, path: str, headers: Mapping[str, str]) -> tuple[int, dict[str, str], bytes]:
        """Ask with these headers alone, and return status, headers and body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=LIMIT_S)
        try:
            connection.request(method, path, headers=dict(headers))
            answer = connection.getresponse()
            return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def get(self, path: str) -> Any:
        """Return the JSON at *path*, asked as the page does."""
        status, _, body = self.raw("GET", path, {"Cookie": self.cookie})
        assert status in (200, 202, 404), (status, body)
        return json.loads(body)

    def until(self, path: str, is_so: Callable[[Any], bool]) -> Any:
        """Return the JSON at *path* as soon as *is_so* of it."""
        end = time.monotonic() + LIMIT_S
        while not is_so(seen := self.get(path)):
            assert time.monotonic() < end, seen
            time.sleep(0.02)
        return seen

    def write(self, body: str, *, front: str = FRONT, name: str = "stiff-back") -> Path:
        """Write an issue."""
        path = self.root / f"issues/{name}.md"
        path.write_text(front + body, encoding="utf-8")
        return path

    def terminal(self) -> str:
        """End the preview as Ctrl-C does, and return what it told the terminal."""
        self.process.send_signal(signal.SIGINT)
        _, told = self.process.communicate(timeout=LIMIT_S)
        return told


@contextmanager
def serve(root: Path, *options: str, env: Mapping[str, str] | None = None) -> Iterator[Served]:
    """Run `newsletter preview` in *root*."""
    command = [
        sys.executable,
        "-m",
        "pipeline",
        "--root",
        str(root),
        "preview",
        "--no-open",
        "--json",
        *options,
    ]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **(env or {})},
        start_new_session=True,
    ) as process:
        try:
            assert process.stdout is not None
            lines = []
            for line in process.stdout:
                lines.append(line)
                if line.rstrip() == "}":
                    break
            assert lines, process.communicate()[1]
            yield Served(process, json.loads("".join(lines))["address"], root)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=LIMIT_S)
            except subprocess.TimeoutExpired:
                process.kill()
