"""The verb `preview`: its port, its address, and what it must not hold."""

import http.client
import json
import os
import re
import socket
import sys
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from conftest import ROOT, SetClock
from pipeline.commands.preview import preview
from pipeline.errors import SettingsError, UsageError
from pipeline.output import Result
from pipeline.providers import SECRETS
from served import serve

NAME = "magnesium-and-sleep"


def opened(root: Path, name: str | None = NAME, *, port: int | None = None) -> Result:
    """Open the preview of an issue, without serving it."""
    return preview(root, name, port=port, opens=False, browser="off", say=lambda *_: None, clock=SetClock())


def test_it_listens_on_the_loopback_alone(root: Path) -> None:
    """Nobody else on the network may read what is not published."""
    with serve(root, "--browser", "off") as served:
        tables = [Path(f"/proc/{served.process.pid}/net/{name}") for name in ("tcp", "tcp6")]
        rows = [
            line.split() for table in tables if table.exists() for line in table.read_text().split("\n")[1:]
        ]
        listening = {
            row[1] for row in rows if row and row[1].endswith(f":{served.port:04X}") and row[3] == "0A"
        }
    assert listening == {f"0100007F:{served.port:04X}"}


def test_a_port_that_is_taken_is_told(root: Path) -> None:
    """Only one that was asked for; else another is found."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=f"port {port} cannot be taken"):
            opened(root, port=port)


def test_the_browser_is_started_with_an_address_that_opens_once(root: Path) -> None:
    """Every user of the machine can read with what a process was started; the printed address stays good."""
    note = root / "note.txt"
    script = root / "browser"
    script.write_text(f'#!/bin/sh\nprintf %s "$1" > {note}\n', encoding="utf-8")
    script.chmod(0o755)
    screen = {"BROWSER": str(script), "DISPLAY": ":0"}
    with serve(root, "--browser", "off", "--open", NAME, env=screen) as served:
        assert served.get("/api/issues")["issues"]  # it serves once the browser was started
        shown, printed = (urlsplit(address) for address in (note.read_text("utf-8"), served.address))
        assert parse_qs(shown.query)["issue"] == parse_qs(printed.query)["issue"] == [f"2026-12-08-{NAME}"]
        shown_at, printed_at = (f"{address.path}?{address.query}" for address in (shown, printed))
        assert [served.raw("GET", at, {})[0] for at in (shown_at, shown_at, printed_at)] == [303, 403, 303]


def test_two_previews_run_at_once(root: Path) -> None:
    """The second finds a port of its own."""
    with serve(root, "--browser", "off") as one, serve(root, "--browser", "off") as other:
        assert one.port != other.port
        assert other.get("/api/issues")["issues"]


def test_an_issue_that_is_not_there_is_told_before_anything_is_served(root: Path) -> None:
    """And so are settings that are wrong."""
    with pytest.raises(UsageError, match="no issue is called"):
        opened(root, "no-such-issue")
    path = root / "pyproject.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("outbox", "postbox"), encoding="utf-8")
    with pytest.raises(SettingsError, match="postbox"):
        opened(root)


def test_every_provider_s_key_is_named() -> None:
    """A preview lets go of them all."""
    sources = (ROOT / "pipeline/providers").glob("*.py")
    named = {key for source in sources for key in re.findall(r'Secret\("(\w+)"', source.read_text("utf-8"))}
    assert set(SECRETS) == named


def test_neither_the_preview_nor_what_it_starts_holds_a_secret(root: Path) -> None:
    """Seen by the editor that it starts, which inherits all that it has."""
    note = root / "note.json"
    script = root / "editor.py"
    script.write_text(
        f"import json,os\nopen({str(note)!r}+'~','w').write(json.dumps(dict(os.environ)))\n"
        f"os.rename({str(note)!r}+'~',{str(note)!r})\n",
        encoding="utf-8",
    )
    path = root / "pyproject.toml"
    editor = f'[tool.newsletter]\neditor = "{sys.executable} {script}"'
    path.write_text(
        path.read_text(encoding="utf-8").replace("[tool.newsletter]", editor, 1), encoding="utf-8"
    )
    secrets = {name: f"secret of {name}" for name in (*SECRETS, "NEWSLETTER_SMTP_PASSWORD")}
    with serve(root, "--browser", "off", env=secrets) as served:
        connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=20)
        asked = json.dumps({"file": served.get("/api/issues")["issues"][0]["file"], "line": 3})
        headers = {"Cookie": served.cookie, "X-Newsletter": "preview", "Content-Type": "application/json"}
        connection.request("POST", "/api/open", asked, headers)
        assert connection.getresponse().status == 204
        connection.close()
        end = time.monotonic() + 20
        while not note.exists():
            assert time.monotonic() < end
            time.sleep(0.02)
    inherited = json.loads(note.read_text(encoding="utf-8"))
    assert inherited["PATH"] == os.environ["PATH"]
    assert not [name for name, value in inherited.items() if "secret of" in value]
