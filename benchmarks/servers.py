"""What shows a text while it is written: our preview, and Eleventy's server as the peer."""

import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple
from urllib.error import URLError
from urllib.request import urlopen

from installed import node_program
from mail import Mail
from timing import Failed, last_line

_LIMIT_S = 30.0
_LAYOUT = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{{ title }}</title><style>%s</style></head>
<body><table role="presentation" width="600" align="center"><tr><td class="article">
{{ content | safe }}
</td></tr></table></body></html>
"""


class Serving(NamedTuple):
    """A running preview."""

    process_id: int
    address: str  # to open in a browser


@contextmanager
def preview(root: Path, issue: str) -> Iterator[Serving]:
    """
    Run our preview of *issue* until the context is left.

    Raises:
        Failed: it does not start.
    """
    newsletter = Path(sys.executable).with_name("newsletter")
    with _running([newsletter, "--root", root, "preview", issue, "--no-open", "--json"], root) as process:
        assert process.stdout  # noqa: S101 - it is a pipe: `_running` asked for it
        told = ""
        for line in process.stdout:
            told += line
            if line.rstrip() == "}":
                break
        try:
            address = json.loads(told)["address"]
        except (ValueError, KeyError):
            raise Failed(last_line(process.communicate()[1]) or "the preview did not start") from None
        yield Serving(process.pid, address)


@contextmanager
def eleventy(mail: Mail, folder: Path) -> Iterator[tuple[str, Path]]:
    """
    Run Eleventy's server on the mail's text until the context is left.

    It inlines nothing and need not know our merge tags; our style sheet stands in its layout as it is.

    Args:
        mail: what it shows.
        folder: a new one, for its site.

    Returns:
        The address to open, and the file to save to.

    Raises:
        Failed: it is not there, or does not start.
    """
    command = node_program("@11ty/eleventy/cmd.cjs")
    shutil.copytree(mail.issue.path.parent, folder)
    (folder / "_includes").mkdir()
    (folder / "_includes" / "mail.njk").write_text(_LAYOUT % mail.css, encoding="utf-8")
    file = folder / "index.md"
    file.write_text(f"---\nlayout: mail.njk\ntitle: Bench\n---\n{mail.issue.body}", encoding="utf-8")
    (folder / "eleventy.config.mjs").write_text(
        "export default (config) => config.addPassthroughCopy('*.png');\n"
        "export const config = { markdownTemplateEngine: false };\n",
        encoding="utf-8",
    )
    port = _free_port()
    address = f"http://127.0.0.1:{port}/"
    with _running([*command, "--serve", "--quiet", f"--port={port}"], folder) as process:
        _await(process, address)
        yield address, file


@contextmanager
def _running(command: Sequence[str | Path], folder: Path) -> "Iterator[subprocess.Popen[str]]":
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=folder, stdout=pipe, stderr=pipe, text=True) as process:
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.communicate(timeout=_LIMIT_S)
            except subprocess.TimeoutExpired:
                process.kill()


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


def _await(process: "subprocess.Popen[str]", address: str) -> None:
    """Wait until *process* answers at *address*."""
    end = time.monotonic() + _LIMIT_S
    while time.monotonic() < end and process.poll() is None:
        with suppress(URLError, ConnectionError), urlopen(address):  # noqa: S310 - our own loopback address
            return
        time.sleep(0.1)
    process.terminate()
    raise Failed(last_line(process.communicate()[1]) or "it does not answer")
