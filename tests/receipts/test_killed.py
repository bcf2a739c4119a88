"""Whatever is killed while an entry is written, the record is whole, and the next run goes on."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from repositories import empty_home

KILLED = Path(__file__).with_name("killed.py")
WHOLE = {
    "record": ["claimed", "scheduled"],
    "parts": ["message.html", "message.txt", "receipt.json"],
    "third": 0,
    "fsck": "",
}
OURS, COPY = ".git/refs/newsletter/receipts.lock", ".git/refs/remotes/origin/receipts.lock"


def rows(tmp_path: Path, *arguments: str) -> list[dict[str, Any]]:
    """Run killed.py and return its rows."""
    (tmp_path / "runs").mkdir()
    command = [sys.executable, str(KILLED), str(tmp_path / "runs"), *arguments]
    answer = subprocess.run(
        command, capture_output=True, text=True, check=False, env=empty_home(tmp_path / "home")
    )
    assert answer.returncode == 0, answer.stderr
    return [json.loads(line) for line in answer.stdout.splitlines()]


@pytest.mark.parametrize("stride", [5, pytest.param(1, marks=pytest.mark.long)])
def test_a_killed_run_leaves_a_whole_record_and_no_lock(tmp_path: Path, stride: int) -> None:
    """After a SIGKILL before any git command or file operation the next run of the clone goes on at once."""
    found = rows(tmp_path, "before", str(stride))
    assert sum(row["killed"] for row in found) >= 30 / stride
    assert {tuple(row["between"]) for row in found} >= {(), ("claimed",), ("claimed", "scheduled")}
    for row in found:
        assert row["again"] == 0, row
        assert row["locks"] == [], row
        assert {name: row[name] for name in WHOLE} == WHOLE, row


@pytest.mark.parametrize(
    "delays",
    [
        ("0", "0.2"),
        pytest.param(("0.001", "0.002", "0.003", "0.004", "0.006", "0.01"), marks=pytest.mark.long),
    ],
)
def test_a_killed_git_leaves_a_whole_record(tmp_path: Path, delays: tuple[str, ...]) -> None:
    """
    Git may leave a lock of its own on the one ref it was moving: see what `read` says then.

    On its copy of the remote's branch, which it moves after a push, no run of ours ever looks.
    """
    found = rows(tmp_path, "git", *delays)
    for row in found:
        assert {name: row[name] for name in WHOLE} == WHOLE, row
        assert row["locks"] in ([], [OURS], [COPY]), row
        assert row["again"] == (6 if row["locks"] == [OURS] else 0), row
