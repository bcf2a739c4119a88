"""A command killed or cut off at any moment leaves an issue that the next run finishes: once, and whole."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from crash.scenarios import STAGES
from standins.bench import ROWS

CRASH = Path(__file__).with_name("crash")
QUICK = {
    "outbox": 43,
    "brevo": 29,
    "buttondown": 31,
    "listmonk": 37,
    "mailchimp": 37,
}  # every so many-th point


def tried(*arguments: str) -> list[dict[str, Any]]:
    """Return what came of each point."""
    command = [sys.executable, str(CRASH), *arguments, "--json"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    assert answer.returncode in (0, 1), answer.stderr
    return [json.loads(line) for line in answer.stdout.splitlines()]


def demand_whole(rows: list[dict[str, Any]]) -> None:
    """See that nothing was wrong, and that nearly every point was really met."""
    assert [row for row in rows if row["wrong"]] == []
    assert sum(row["met"] for row in rows) > 0.9 * len(rows)


def test_every_provider_is_killed() -> None:
    """A new one needs a line here."""
    assert set(QUICK) == set(ROWS)


@pytest.mark.parametrize("provider", QUICK)
def test_every_reader_gets_one_mail_whatever_was_killed(provider: str) -> None:
    """A sample of all points: one dispatch, one mail each, the approved bytes, a record that says so."""
    rows = tried(provider, "--form", "folder", "--stride", str(QUICK[provider]))
    demand_whole(rows)
    assert len(rows) >= 9


def test_every_reader_gets_one_mail_whatever_happened_to_git() -> None:
    """The same with the record on a branch of a remote."""
    rows = tried("outbox", "--form", "branch", "--stage", "send", "--stride", "11")
    demand_whole(rows)
    assert {row["point"]["kind"] for row in rows} >= {"kill before git", "kill during git"}


@pytest.mark.long
@pytest.mark.parametrize("form", ["folder", "branch"])
@pytest.mark.parametrize("provider", QUICK)
def test_every_reader_gets_one_mail_at_every_point(provider: str, form: str) -> None:
    """All points of all stages."""
    rows = tried(provider, "--form", form)
    demand_whole(rows)
    assert {row["stage"] for row in rows} == set(STAGES)
    kinds = Counter(row["point"]["kind"].split()[0] for row in rows if row["met"])
    assert kinds["kill"] >= (20 if form == "branch" else 100)  # all five together: far more than 200
