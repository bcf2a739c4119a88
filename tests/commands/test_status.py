"""`newsletter status`: provider and record side by side, for people and for machines."""

import datetime as dt
import json
import shutil
from pathlib import Path

import pytest

from conftest import SetClock, make_real
from pipeline.commands.cancel import cancel
from pipeline.commands.due import send_due
from pipeline.commands.send import send
from pipeline.commands.status import status
from pipeline.errors import IssueError, UsageError

ISSUE = "2026-12-01-when-one-side-works-harder"
AT = dt.datetime(2026, 12, 1, 12, 30, tzinfo=dt.UTC)
ROW = {
    *("id", "key", "status", "case", "provider", "record", "when", "why", "drafts", "counts", "entries"),
}


def sent(root: Path, clock: SetClock) -> None:
    """Schedule our first issue."""
    send(root, ISSUE, at=None, confirm=lambda _dispatch: True, clock=clock)


def shown(root: Path, clock: SetClock, *names: str) -> list[str]:
    """Return the lines; they fit the screen and name no key."""
    lines = status(root, names, clock=clock).text.splitlines()
    assert max(map(len, lines)) <= 100
    assert not any("steady-2026" in line for line in lines)
    return lines


def test_a_life_of_an_issue(root: Path, clock: SetClock) -> None:
    """From nothing to sent, as an editor sees it."""
    line = lambda: " ".join(shown(root, clock)[1].split()[1:])  # noqa: E731
    assert line() == "ready no draft nothing sent Tue 2026-12-01 07:30 EST"
    sent(root, clock)
    assert line() == "ready scheduled scheduled Tue 2026-12-01 07:30 EST"
    cancel(root, ISSUE, clock=clock)
    assert line() == "ready draft called off Tue 2026-12-01 07:30 EST"
    sent(root, clock)
    clock.now = AT
    assert line() == "ready sent to 2 scheduled Tue 2026-12-01 07:30 EST"
    send_due(root, clock=clock)
    assert line() == "ready sent to 2 sent Tue 2026-12-01 07:30 EST"


def test_the_keys_for_machines(root: Path, clock: SetClock) -> None:
    """They are pinned; the full key stands in every row."""
    sent(root, clock)
    (row,) = status(root, [ISSUE], clock=clock).data["issues"]
    assert row.keys() == ROW
    assert (row["id"], row["key"], row["case"]) == (ISSUE, f"steady-{ISSUE}", "scheduled")
    assert [entry["kind"] for entry in row["entries"]] == ["claimed", "scheduled"]
    assert [draft.keys() for draft in row["drafts"]] == [{"id", "state", "url"}]


def test_what_needs_a_human_is_explained_below_the_table(root: Path, clock: SetClock) -> None:
    """Whole words, with the way to mend it."""
    sent(root, clock)
    (path,) = (root / ".newsletter/outbox/drafts").glob("*.json")
    plain = json.loads(path.read_text())
    path.write_text(json.dumps({**plain, "state": "draft", "send_at": None}))
    text = "\n".join(shown(root, clock))
    assert f"\n\n{ISSUE}: scheduled on record, and taken back without a record" in text
    assert "\n  mend: run `newsletter send" in text
    assert f"or `newsletter cancel {ISSUE}` to leave it so" in text


def test_a_broken_issue_hides_no_other(root: Path, clock: SetClock) -> None:
    """Exit code 2 with findings, and all rows; named alone it is an error."""
    (root / "issues" / "2026-12-02-broken.md").write_text("---\ntitle: [\n---\n")
    result = status(root, [], clock=clock)
    assert result.exit_code == 2
    assert [row["status"] for row in result.data["issues"]] == ["ready", "broken", "ready", "ready"]
    assert [finding.id for finding in result.findings] == ["FM010"]
    with pytest.raises(IssueError):
        status(root, ["2026-12-02-broken"], clock=clock)


def test_an_issue_whose_file_is_gone_is_shown_while_it_is_under_way(root: Path, clock: SetClock) -> None:
    """With all, and by its id; without a record there is no such issue."""
    sent(root, clock)
    shutil.rmtree(root / "issues" / ISSUE)
    assert shown(root, clock)[3].split()[:3] == [ISSUE, "gone", "scheduled"]
    assert shown(root, clock, ISSUE)[1].split()[:2] == [ISSUE, "gone"]
    with pytest.raises(UsageError):
        status(root, ["2026-12-01-nothing"], clock=clock)


def test_a_long_id_has_a_line_of_its_own(root: Path, clock: SetClock) -> None:
    """Nothing is cut that somebody copies into a command."""
    name = "2026-12-03-" + "a-very-long-name-" * 4 + "x"
    source = root / "issues" / ISSUE
    shutil.copytree(source, root / "issues" / name)
    lines = shown(root, clock)
    place = lines.index(name)
    assert lines[place + 1].split()[:2] == ["ready", "no"]
    assert lines[place + 1].index("ready") == lines[0].index("source")
    assert name in [row["id"] for row in status(root, [], clock=clock).data["issues"]]


def test_a_real_dispatch_is_shown_while_the_settings_rehearse(root: Path, clock: SetClock) -> None:
    """It goes out whatever this checkout says; its file may be gone, too."""
    sent(root, clock)
    make_real(root)
    assert any("scheduled at listmonk" in line for line in shown(root, clock))
    shutil.rmtree(root / "issues" / ISSUE)
    shown(root, clock)
    last = status(root, [], clock=clock).data["issues"][-1]
    assert (last["id"], last["status"], last["record"]) == (ISSUE, "gone", "scheduled at listmonk")


def test_a_draft_left_over_beside_the_scheduled_one_is_named(root: Path, clock: SetClock) -> None:
    """One click there sends the issue a second time."""
    sent(root, clock)
    (path,) = (root / ".newsletter/outbox/drafts").glob("*.json")
    assert "left over" not in "\n".join(shown(root, clock))
    plain = json.loads(path.read_text())
    path.with_name("spare.json").write_text(
        json.dumps({**plain, "id": "spare", "state": "draft", "send_at": None})
    )
    text = "\n".join(shown(root, clock))
    assert f"{ISSUE}: draft spare is left over beside it\n  mend: delete it at outbox" in text
    assert "draft, spare, is left over at outbox: delete it there" in send_due(
        root, clock=clock
    ).text.replace("\n ", "")
