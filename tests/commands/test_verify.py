"""`newsletter verify`: finished bytes from anywhere, against the registry."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import SetClock
from pipeline.commands.build import build
from pipeline.commands.verify import verify
from pipeline.errors import UsageError

ISSUE = "2026-12-08-magnesium-and-sleep"


@pytest.fixture
def built(root: Path, clock: SetClock, tmp_path: Path) -> Path:
    """The folder of a finished message."""
    build(root, ISSUE, folder=tmp_path / "built", persona_name=None, clock=clock)
    return tmp_path / "built"


def test_a_finished_mail_shows_its_wordings(root: Path, built: Path, clock: SetClock) -> None:
    """Named ones with or without their version; none named means the general notice."""
    for require in ([], ["gen"], ["gen@1", "supplement", "medication@1"]):
        result = verify(root, built / "message.eml", text=None, require=require, clock=clock)
        assert (result.exit_code, result.findings) == (0, [])
        assert result.text.endswith("shown to every reader, in both parts\n")


def test_html_alone_is_judged_alone_or_with_its_text(root: Path, built: Path, clock: SetClock) -> None:
    """A file of HTML has no text part unless one is named."""
    page, plain = built / "message.html", built / "message.txt"
    assert verify(root, page, text=None, require=["gen"], clock=clock).exit_code == 0
    assert verify(root, page, text=plain, require=["gen"], clock=clock).exit_code == 0
    plain.write_text("See the notice online.")
    result = verify(root, page, text=plain, require=["gen"], clock=clock)
    assert (result.exit_code, [finding.id for finding in result.findings]) == (1, ["DISC002"])


def test_a_wording_that_is_not_asked_of_the_mail_is_missing(root: Path, built: Path, clock: SetClock) -> None:
    """Exit code 1: it is not shown."""
    result = verify(root, built / "message.eml", text=None, require=["crisis"], clock=clock)
    assert result.exit_code == 1
    assert {finding.id for finding in result.findings} == {"DISC001", "DISC002"}


def test_a_wording_whose_text_was_changed_proves_nothing(root: Path, built: Path, clock: SetClock) -> None:
    """The registry itself is held against its hash."""
    path = root / "templates/disclaimers/gen/1.en-US.md"
    path.write_text(path.read_text().replace("publishes", "prints"))
    result = verify(root, built / "message.eml", text=None, require=["gen"], clock=clock)
    assert result.exit_code == 1
    assert "REG002" in {finding.id for finding in result.findings}


@pytest.mark.parametrize("name", ["gem", "gen@7", ""])
def test_an_unknown_wording_is_refused(root: Path, built: Path, clock: SetClock, name: str) -> None:
    """The nearest known one is named."""
    with pytest.raises(UsageError, match="no such wording"):
        verify(root, built / "message.eml", text=None, require=[name], clock=clock)


def test_what_cannot_be_read_is_told_apart_from_what_is_not_shown(
    root: Path, built: Path, clock: SetClock
) -> None:
    """Exit code 2, and it says what to name instead."""
    (built / "photo.png").write_bytes(b"\x89PNG\r\n\x1a\n\0")
    for name in ("photo.png", "nothing.eml", ""):
        with pytest.raises(UsageError, match="cannot be read"):
            verify(root, built / name, text=None, require=[], clock=clock)
    with pytest.raises(UsageError, match="has its own text part"):
        verify(root, built / "message.eml", text=built / "message.txt", require=[], clock=clock)


def test_the_command_says_in_json_what_it_says_in_words(root: Path, built: Path) -> None:
    """One object on stdout, and the exit code."""
    command = [
        sys.executable,
        "-m",
        "pipeline",
        "--root",
        str(root),
        "verify",
        str(built / "message.html"),
        "--json",
    ]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    told = json.loads(ran.stdout)
    assert (ran.returncode, told["ok"], told["shown"], told["findings"]) == (0, True, True, [])
    assert told["wordings"][0]["id"] == "gen"
