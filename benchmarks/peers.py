"""
The peers: what others use for the same work, on the same mail, each in a process of its own.

A peer that cannot run is absent, and the table says why.
"""

import json
import os
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from installed import PINNED, node_modules
from lxml import html as lxml_html
from mail import Mail
from timing import Failed, Round, last_line, process

SCRIPTS = Path(__file__).parent / "peers"


@dataclass(frozen=True, slots=True)
class Peer:
    """One contender of others."""

    name: str  # as the scripts know it
    label: str  # as the table shows it
    work: str  # what of our work it does
    env: dict[str, str] = field(default_factory=dict)
    node: bool = False


INLINING = (
    Peer("premailer-defaults", "premailer, defaults", "inlining"),
    Peer("premailer-tuned", "premailer, tuned", "inlining", {"PREMAILER_CACHE_MAXSIZE": "100000"}),
    Peer("css-inline", "css-inline", "inlining"),
    Peer("juice", f"juice {PINNED['juice']}", "inlining", node=True),
)
MARKDOWN = (
    Peer("python-markdown", "python-markdown, stock", "Markdown"),
    Peer("markdown-it", "markdown-it-py", "Markdown"),
)
WHOLE = (
    Peer("mjml", f"mjml {PINNED['mjml']}", "layout and inlining", node=True),
    Peer("react-email", f"react-email {PINNED['@react-email/render']}", "elements to HTML", node=True),
)
COLD = (INLINING[0], INLINING[3], *WHOLE)


class Peers:
    """The peers' processes on one mail; leaving the context ends them."""

    def __init__(self, mail: Mail, scratch: Path) -> None:
        """
        Write the mail where the peers read it.

        Args:
            mail: what they work on.
            scratch: an existing folder for the mail's file.
        """
        self._mail_path = scratch / "mail.json"
        self._mail_path.write_text(json.dumps(_described(mail)), encoding="utf-8")
        self._running = ExitStack()

    def __enter__(self) -> Self:
        """Return the peers."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End every process."""
        self._running.close()

    def warm(self, peer: Peer) -> Round:
        """Return a round that has *peer* do its work once more in its running process."""
        try:
            command = self._command(peer)
        except Failed as failure:
            return partial(fail, failure)
        pipe = subprocess.PIPE
        running = self._running.enter_context(
            subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, env=_env(peer))
        )
        return partial(_asked, running)

    def cold(self, peer: Peer) -> Round:
        """Return a round that starts *peer*, has it do its work once, and waits for its end."""
        try:
            return process(self._command(peer), stdin="once\n", env=_env(peer))
        except Failed as failure:
            return partial(fail, failure)

    def _command(self, peer: Peer) -> list[str | Path]:
        if not peer.node:
            return [sys.executable, SCRIPTS / "peer.py", peer.name, self._mail_path]
        return ["node", SCRIPTS / "peer.mjs", peer.name, self._mail_path, node_modules().parent]


def _asked(running: subprocess.Popen[str]) -> float:
    """Have a running peer do its work once; return its milliseconds."""
    asking, answering, complaining = running.stdin, running.stdout, running.stderr
    assert asking and answering and complaining  # noqa: S101, PT018 - they are pipes: `warm` asked for them
    try:
        print("once", file=asking, flush=True)
        return float(answering.readline())
    except (OSError, ValueError):
        raise Failed(last_line(complaining.read()) or "it ended without a word") from None


def fail(failure: Failed) -> float:
    """Be the round of a contender that cannot run."""
    raise failure


def _env(peer: Peer) -> dict[str, str]:
    return {**os.environ, "NODE_ENV": "production", **peer.env}


def _described(mail: Mail) -> dict[str, object]:
    """Return the mail in the forms the peers take."""
    blocks = lxml_html.fragment_fromstring(mail.fragment.html, create_parent="div")
    return {
        "title": mail.issue.title,
        "markdown": mail.issue.body,
        "document": mail.document,
        "css": mail.css,
        "blocks": [lxml_html.tostring(block, encoding="unicode") for block in blocks],
        "tree": _tree(lxml_html.document_fromstring(mail.message.html)),
    }


def _tree(element: lxml_html.HtmlElement) -> list[object]:
    """Return the element as [tag, attributes, children]; comments, which React cannot write, are left out."""
    children: list[object] = [element.text] if element.text else []
    for child in element:
        if isinstance(child.tag, str):
            children.append(_tree(child))
        if child.tail:
            children.append(child.tail)
    return [element.tag, dict(element.attrib), children]
