"""`newsletter send ISSUE`: flags, words and keys of the command around the one that sends."""

import sys
from pathlib import Path

import pytest

from conftest import SetClock
from pipeline import cli
from pipeline.commands.cancel import cancel
from pipeline.commands.push import push
from pipeline.commands.send import send
from pipeline.errors import ChecksFailed, Refused, UsageError
from pipeline.publish import Dispatch

ISSUE = "2026-12-01-when-one-side-works-harder"
KEY = f"steady-{ISSUE}"
STATUS = {
    *("id", "key", "status", "case", "provider", "record", "when", "why", "drafts", "counts", "entries"),
}


def yes(_dispatch: Dispatch) -> bool:
    """Send it."""
    return True


def never(_dispatch: Dispatch) -> bool:
    """Fail: nobody may be asked."""
    raise AssertionError("asked about an issue that cannot go out")


def edit(root: Path, old: str, new: str) -> None:
    """Edit our first issue."""
    path = root / "issues" / ISSUE / "index.md"
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_send_tells_where_the_issue_stands_now(root: Path, clock: SetClock) -> None:
    """One line for people; for machines the row of `status` and the outcome."""
    result = send(root, ISSUE, at=None, confirm=yes, clock=clock)
    assert result.text == f"{ISSUE}: scheduled for Tue 2026-12-01 07:30 EST (rehearsal)\n"
    assert result.data.keys() == {*STATUS, "outcome"}
    assert (result.data["outcome"], result.data["key"]) == ("scheduled", KEY)


def test_whoever_declines_sends_nothing(root: Path, clock: SetClock) -> None:
    """Nothing is stored or recorded."""
    result = send(root, ISSUE, at=None, confirm=lambda _dispatch: False, clock=clock)
    assert result.data == {"id": ISSUE, "key": KEY, "outcome": "declined"}
    assert result.text == "nothing was sent\n"
    assert not (root / ".newsletter" / "outbox" / "drafts").exists()
    assert not list((root / ".newsletter").rglob("receipt.json"))


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("status: ready", "status: draft", Refused),
        ("send_at: 2026-12-01T07:30", "send_at: 2026-11-23T07:30", Refused),
        ("topics: [back_pain, exercise]", "topics: [exercise]", ChecksFailed),
    ],
)
def test_nobody_is_asked_about_what_cannot_go_out(
    root: Path, clock: SetClock, old: str, new: str, error: type[Exception]
) -> None:
    """Guards come before the question, and the provider's folder is not even made."""
    edit(root, old, new)
    with pytest.raises(error):
        send(root, ISSUE, at=None, confirm=never, clock=clock)
    assert not (root / ".newsletter" / "outbox").exists()


def test_what_stands_at_the_provider_by_hand_is_told_before_the_question(root: Path, clock: SetClock) -> None:
    """A second draft there: a human must choose first."""
    push(root, ISSUE, clock=clock)
    (path,) = (root / ".newsletter/outbox/drafts").glob("*.json")
    twin = path.read_text().replace(f"{KEY}.1", f"{KEY}.2")
    path.with_name(f"{KEY}.2.json").write_text(twin)
    with pytest.raises(Refused, match="there are 2 drafts of this issue"):
        send(root, ISSUE, at=None, confirm=never, clock=clock)


def test_a_send_of_a_held_issue_that_is_scheduled_says_that_it_is_scheduled(
    root: Path, clock: SetClock
) -> None:
    """The worse news first."""
    send(root, ISSUE, at=None, confirm=yes, clock=clock)
    edit(root, "status: ready", "status: hold")
    with pytest.raises(Refused, match="already scheduled"):
        send(root, ISSUE, at=None, confirm=never, clock=clock)


def test_an_amend_exchanges_what_is_scheduled(root: Path, clock: SetClock) -> None:
    """It asks like any send, and says for when."""
    send(root, ISSUE, at=None, confirm=yes, clock=clock)
    result = send(root, ISSUE, at="2026-12-02T09:00", amend=True, confirm=yes, clock=clock)
    assert result.text == f"{ISSUE}: scheduled for Wed 2026-12-02 09:00 EST (rehearsal)\n"


def test_a_time_that_is_none_is_refused(root: Path, clock: SetClock) -> None:
    """With the form to write it in."""
    with pytest.raises(UsageError, match="--at") as caught:
        send(root, ISSUE, at="tomorrow", confirm=never, clock=clock)
    assert caught.value.hint


def test_cancel_and_push_have_their_keys(root: Path, clock: SetClock) -> None:
    """As scripts rely on them."""
    assert push(root, ISSUE, clock=clock).data.keys() == {"key", "draft", "state", "url"}
    send(root, ISSUE, at=None, confirm=yes, clock=clock)
    result = cancel(root, ISSUE, clock=clock)
    assert result.data == {"id": ISSUE, "key": KEY, "outcome": "cancelled"}
    assert all(len(line) <= 100 for line in result.text.splitlines())


@pytest.mark.parametrize(
    "words",
    [
        ["send"],
        ["send", ISSUE, "--due"],
        ["send", "--due", "--at", "2026-12-01T07:30"],
        ["send", "--due", "--amend"],
        ["send", "--due", "--readers", "3"],
        ["send", "--due", "--take-over"],
        ["send", ISSUE, "--amend", "--take-over"],
        ["send", ISSUE, "--readers", "0"],
        ["plan"],
        ["plan", "--due", "--readers", "3"],
    ],
    ids=" ".join,
)
def test_options_that_do_not_go_together_are_refused(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    """Exit code 2; none is silently ignored."""
    monkeypatch.setattr(sys, "argv", ["newsletter", "--root", str(root), *words])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2
    assert "error: " in capsys.readouterr().err
