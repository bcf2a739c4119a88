"""A throw-away newsletter at one provider, and what can be seen of it from outside."""

import datetime as dt
import http.client
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pipeline.mergetags import to_tokens
from pipeline.model import Audience, Message
from pipeline.providers import open_audience, open_provider
from pipeline.publish import Desk
from pipeline.receipts import BranchReceipts, FolderReceipts
from pipeline.settings import load_settings
from samples import KEY, SEND_AT, WORDS, message, wording
from standins.bench import ROWS, settings_toml

AT = SEND_AT.astimezone(dt.UTC)
BEFORE = AT - dt.timedelta(hours=20)  # within the horizon of a scheduled run
AFTER = AT + dt.timedelta(minutes=5)
STANDINS = Path(__file__).parents[1] / "standins" / "base.py"
Form = Literal["folder", "branch"]


def letter(version: int = 1) -> Message:
    """Return the letter as first approved, or as corrected; it greets by name."""
    subject = "Backs" if version == 1 else "Backs, corrected"
    source = (
        '<!DOCTYPE html><html lang="en-US"><head><title>Backs</title></head><body>'
        '<div id="preheader" style="display:none">Why one side works harder</div>\n'
        '<div lang="en-US"><p>Hello {{ subscriber.first_name | default("friend") }}</p>'
        f"<p>version {version}</p>"
        f'<p style="font-size:16px">{WORDS}</p><p><a href="https://steady.example/backs">More</a></p>'
        '<p><a href="{{ unsubscribe_url }}">Unsubscribe</a></p></div></body></html>'
    )
    text = (
        f"Hello {{{{ subscriber.first_name }}}}, version {version}\n\n{WORDS}\n\n{{{{ unsubscribe_url }}}}\n"
    )
    return replace(
        message(subject=subject),
        html=to_tokens(source),
        text=to_tokens(text),
        wordings=(wording(approved_by="Ada Moreno"),),
        digest=f"digest of version {version}",
    )


@dataclass(frozen=True)
class World:
    """One newsletter; a value, so that any process can be handed it."""

    provider: str
    form: Form  # of its receipts
    root: Path
    url: str  # of the provider's stand-in; empty for the outbox, which lies in the root

    def make(self) -> None:
        """Write the newsletter; its git, where it has one, is a clone of a bare repository beside it."""
        if self.form == "branch":
            remote = self.root.with_name(f"{self.root.name}.git")
            _git("init", "--quiet", "--bare", "--initial-branch=main", str(remote))
            _git("init", "--quiet", "--initial-branch=main", str(self.root))
            _git("-C", str(self.root), "remote", "add", "origin", str(remote))
        self.root.mkdir(parents=True, exist_ok=True)
        text = settings_toml(self.provider, self.url)
        (self.root / "pyproject.toml").write_text(text, encoding="utf-8")

    def desk(self, now: dt.datetime) -> Desk:
        """Open what a command works with; nothing in it ever waits."""
        secret, value = ROWS[self.provider].secret
        if secret:
            os.environ[secret] = value
        settings = load_settings(self.root)

        def clock() -> dt.datetime:
            return now

        def at_once(_seconds: float) -> None:
            pass

        receipts = (
            FolderReceipts(self.root / "receipts", clock=clock)
            if self.form == "folder"
            else BranchReceipts(self.root, clock=clock, pause=at_once)
        )
        return Desk(settings, open_provider(settings, clock, at_once), receipts, clock, at_once)

    def readers(self) -> Audience:
        """Return whom it goes to."""
        return open_audience(load_settings(self.root), "weekly")

    def record(self) -> list[str]:
        """Return the kinds of all entries."""
        return [entry.kind for entry in self.desk(AFTER).receipts.read(KEY).entries]

    def claimed_html(self) -> str:
        """Return the HTML that lies beside the receipt: what was approved and claimed last."""
        name = "message.rehearsal.html" if self.provider == "outbox" else "message.html"
        if self.form == "folder":
            return (self.root / "receipts" / KEY / name).read_text(encoding="utf-8")
        return _git("-C", str(self.root), "show", f"refs/newsletter/receipts:{KEY}/{name}")


class FarEnd:
    """The provider's side: a stand-in in a process of its own, or the outbox's folder."""

    def __init__(self, url: str) -> None:
        """Take the stand-in's URL; empty for the outbox."""
        self.url = url

    def ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """Ask the stand-in's control; the outbox has none, and needs none."""
        if not self.url:
            return []
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=30)
        try:
            method = "GET" if body is None else "POST"
            connection.request(method, path, None if body is None else json.dumps(body))
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()

    def turn(self, now: dt.datetime) -> None:
        """Let it be *now* there."""
        self.ask("/_clock", {"now": now.isoformat()})

    def mails(self, root: Path) -> list[tuple[str, ...]]:
        """Return what each reader got, whole, sorted; no tests."""
        if self.url:
            inbox = [mail for mail in self.ask("/_inbox") if not mail.get("test")]
            return sorted((mail["to"], mail["subject"], mail["html"], mail["text"]) for mail in inbox)
        paths = sorted((root / ".newsletter" / "outbox" / "sent").rglob("*.eml"))
        return [(path.name, path.read_bytes().decode()) for path in paths]


@contextmanager
def far_end(provider: str) -> Iterator[FarEnd]:
    """Start the far end of a provider, and end it afterwards."""
    if provider == "outbox":
        yield FarEnd("")
        return
    command = [sys.executable, str(STANDINS), provider]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            yield FarEnd(process.stdout.readline().strip())
        finally:
            process.terminate()


def clear(world: World, far: FarEnd) -> None:
    """Begin anew on both sides."""
    far.ask("/_reset", {})
    far.turn(BEFORE)
    for folder in (world.root, world.root.with_name(f"{world.root.name}.git")):
        shutil.rmtree(folder, ignore_errors=True)
    world.make()


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], capture_output=True, text=True, check=True).stdout
