"""A browser in a process of its own: it finds the same, ends when told, and never stays behind."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import pytest
from mails import GEN, mail

from descendants import descendants, running, told_of, wait_until
from pipeline.examine.rendering.apart import BrowserApart
from pipeline.examine.rendering.browser import Browser

if TYPE_CHECKING:
    from pipeline.model import Finding

SHOWN = mail("<p>[GEN]</p>")
HIDDEN = mail('<p style="color:#fdfdfd">[GEN]</p>')
MAILS = {"shown": SHOWN, "hidden": HIDDEN, "left out": mail("<p>Nothing</p>"), "broken": "<p <<&"}


@pytest.fixture
def apart() -> Iterator[BrowserApart]:
    """One that is ended after the test."""
    browser = BrowserApart()
    yield browser
    browser.end()


@pytest.mark.long
def test_it_finds_what_a_browser_in_this_process_finds(apart: BrowserApart) -> None:
    """Not a field of a finding differs, and one process looks at all the mails."""
    with Browser() as within:
        seen = {name: within.look(html, [GEN]) for name, html in MAILS.items()}
    assert {name: apart.look(html, [GEN]) for name, html in MAILS.items()} == seen
    assert [name for name, findings in seen.items() if not findings] == ["shown"]


def test_it_starts_nothing_before_it_is_asked(apart: BrowserApart) -> None:
    """And keeps what it has started."""
    assert apart.look("", []) == []
    assert apart.process_id is None
    assert apart.missing == ""
    first = apart.process_id
    assert first in descendants(os.getpid())
    apart.look(SHOWN, [GEN])
    assert apart.process_id == first


@pytest.fixture
def endless(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Look with a program that does nothing until the test has ended; the file says that it runs."""
    began, ends, program = (tmp_path / name for name in ("began", "ends", "chromium"))
    program.write_text(f"#!/bin/sh\n: > {began}\nwhile [ ! -e {ends} ]; do sleep 0.05; done\n", "utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("NEWSLETTER_CHROMIUM", str(program))
    yield began
    ends.touch()


def test_a_look_ends_when_another_thread_ends_the_browser(endless: Path) -> None:
    """At once, whatever the browser is doing; what it says then is no proof."""
    apart = BrowserApart()
    told: list[Finding] = []
    thread = Thread(target=lambda: told.extend(apart.look(SHOWN, [GEN])))
    thread.start()
    wait_until(endless.exists)
    process_id = apart.process_id
    assert process_id is not None
    apart.end()
    thread.join(timeout=2)
    assert not thread.is_alive()
    assert not running({process_id})
    assert [finding.id for finding in (*told, *apart.look(SHOWN, [GEN]))] == ["VIS022", "VIS022"]
    assert apart.missing == "its process has ended"


def test_it_ends_when_whoever_asked_is_killed(endless: Path) -> None:
    """Even while it is busy: nobody is left who could end it."""
    script = (
        "from pipeline.examine.rendering.apart import BrowserApart\n"
        "browser = BrowserApart()\nprint(browser.missing)"
    )
    with subprocess.Popen([sys.executable, "-c", script]) as asker:
        wait_until(endless.exists)
        looking = {pid for pid in descendants(asker.pid) if b"rendering.apart" in told_of(pid, "cmdline")}
        assert len(looking) == 1
        asker.kill()
    wait_until(lambda: not running(looking), within_s=2)


def test_a_process_that_dies_is_replaced(apart: BrowserApart) -> None:
    """It is told of; the mail after it is looked at by a new one."""
    assert apart.look(SHOWN, [GEN]) == []
    process_id = apart.process_id
    assert process_id is not None
    os.kill(process_id, signal.SIGKILL)
    (finding,) = apart.look(SHOWN, [GEN])
    assert (finding.id, "its process has ended" in finding.message) == ("VIS022", True)
    assert apart.look(SHOWN, [GEN]) == []


def test_a_missing_browser_is_told(apart: BrowserApart, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the words of the browser itself, and no look passes."""
    monkeypatch.setenv("NEWSLETTER_CHROMIUM", "/nowhere/chromium")
    assert "names no file: '/nowhere/chromium'" in apart.missing
    assert [finding.id for finding in apart.look(SHOWN, [GEN])] == ["VIS022"]


def test_who_only_asks_does_without_playwright() -> None:
    """What a browser takes is not held by the process that asks: that is what the other one is for."""
    script = (
        "import sys\nfrom pipeline.examine.rendering.apart import BrowserApart\nbrowser = BrowserApart()\n"
        "assert browser.missing == ''\nbrowser.end()\n"
        "print({'PIL', 'playwright', 'asyncio'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
