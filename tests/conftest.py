"""What every test stands on: a clean environment, a throw-away newsletter, a clock that can be set."""

import datetime as dt
import json
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

ROOT = Path(__file__).parents[1]


@dataclass
class SetClock:
    """A clock that stands still until it is moved."""

    now: dt.datetime = field(default=dt.datetime(2026, 11, 24, 12, 0, tzinfo=dt.UTC))

    def __call__(self) -> dt.datetime:
        """Return the moment it was set to."""
        return self.now


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the machine reaches a test."""
    for name in os.environ:
        if name.startswith(("GITHUB_", "NO_COLOR", "FORCE_COLOR")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("COLUMNS", "100")


@pytest.fixture(scope="module")
def chromium() -> "Iterator[Browser]":
    """One browser for all tests of a file."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  (most files need none)

    from browser import launch  # noqa: PLC0415  (as above)

    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def clock() -> SetClock:
    """A Tuesday noon before the first of our issues is due."""
    return SetClock()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of our own newsletter: settings, issues and templates."""
    return copy_newsletter(tmp_path / "newsletter")


def copy_newsletter(target: Path) -> Path:
    """Copy the newsletter's own files to *target* and return it."""
    target.mkdir(parents=True)
    shutil.copy(ROOT / "pyproject.toml", target)
    for folder in ("issues", "templates"):
        shutil.copytree(ROOT / folder, target / folder)
    return target


def make_real(root: Path) -> None:
    """Have all that is on record as rehearsed stand there as dispatched for real, at listmonk."""
    for path in (root / ".newsletter/receipts").glob("*/receipt.json"):
        plain = json.loads(path.read_bytes())
        for entry in plain["entries"]:
            assert entry.pop("rehearsal")
            entry["provider"] = "listmonk"
        path.write_text(json.dumps(plain), encoding="utf-8")
