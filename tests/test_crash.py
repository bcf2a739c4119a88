"""A process killed at any moment leaves an issue that the next run finishes: once, and whole."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

CRASH = Path(__file__).with_name("crash.py")


@pytest.mark.parametrize("stride", [7, pytest.param(1, marks=pytest.mark.long)])
def test_every_reader_gets_one_mail_whatever_was_killed(tmp_path: Path, stride: int) -> None:
    """After a SIGKILL before any file operation, and a second and third run: one draft, one mail each."""
    command = [sys.executable, str(CRASH), str(tmp_path), str(stride)]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    rows = [json.loads(line) for line in answer.stdout.splitlines()]
    assert sum(row["killed"] for row in rows) >= 60 / stride
    assert {row["stage"] for row in rows} == {"send", "deliver", "cancel"}
    whole = rows[0]["bytes"]
    for row in rows:
        assert row["drafts"] == ["sent"], row
        assert row["mails"] == ["0001-ada@example.com.eml", "0002-ben@example.com.eml"], row
        assert row["bytes"] == whole, row
        assert row["again"] in (0, 6), row
        assert row["third"] == 6, row
        assert row["record"][-2:] == ["claimed", "scheduled"], row
