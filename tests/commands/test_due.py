"""`newsletter send --due`, end to end: a clock that moves, an outbox that delivers, codes that CI sees."""

import datetime as dt
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from conftest import SetClock, make_real
from pipeline.commands.cancel import cancel
from pipeline.commands.due import send_due, worst
from pipeline.commands.plan import plan
from pipeline.commands.send import send
from pipeline.commands.status import status
from pipeline.errors import Refused
from pipeline.output import Result
from pipeline.receipts import FolderReceipts

ISSUE = "2026-12-01-when-one-side-works-harder"
SECOND = "2026-12-08-magnesium-and-sleep"
KEY = f"steady-{ISSUE}"
AT = dt.datetime(2026, 12, 1, 12, 30, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
ROW = {"id", "key", "outcome", "exit_code", "message", "hint", "counts", "went_out"}


@pytest.fixture
def clock() -> SetClock:
    """Twelve hours before the first issue is due."""
    return SetClock(AT - 12 * HOUR)


def file(root: Path, issue: str = ISSUE) -> Path:
    """Return the issue's file."""
    return root / "issues" / issue / "index.md"


def edit(path: Path, old: str, new: str) -> None:
    """Replace the one place in which *old* stands."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, text.count(old)
    path.write_text(text.replace(old, new), encoding="utf-8")


def due(root: Path, clock: SetClock) -> tuple[int, dict[str, str]]:
    """Run; return the exit code and the outcome of each issue. Every row and every text keeps to its form."""
    result = send_due(root, clock=clock)
    assert all(row.keys() == ROW for row in rows(result))
    assert all(row["hint"] for row in rows(result) if row["exit_code"])
    fits(result.text)
    return result.exit_code, {row["id"]: row["outcome"] for row in rows(result)}


def rows(result: Result) -> Sequence[Mapping[str, Any]]:
    """Return the rows of a result."""
    found: Sequence[Mapping[str, Any]] = result.data["issues"]
    return found


def fits(text: str) -> None:
    """Insist on 100 columns, and on ids instead of keys."""
    assert max(map(len, text.splitlines())) <= 100, text
    assert "steady-2026" not in text


def planned(root: Path, clock: SetClock) -> Result:
    """Say what a scheduled run would do."""
    result = plan(root, [], due=True, at=None, readers=None, clock=clock)
    fits(result.text)
    return result


def drafts(root: Path) -> list[dict[str, Any]]:
    """Return the outbox's drafts as they lie there."""
    return [json.loads(path.read_text()) for path in (root / ".newsletter/outbox/drafts").glob("*.json")]


def at_provider(root: Path, old: str, new: str) -> None:
    """Edit the draft's HTML at the provider by hand."""
    (path,) = (root / ".newsletter/outbox/drafts").glob("*.json")
    plain = json.loads(path.read_text())
    assert old in plain["payload"]["html"]
    plain["payload"]["html"] = plain["payload"]["html"].replace(old, new)
    path.write_text(json.dumps(plain))


def record(root: Path) -> list[str]:
    """Return the kinds of the entries on record."""
    path = root / ".newsletter" / "receipts" / KEY / "receipt.json"
    return [entry["kind"] for entry in json.loads(path.read_bytes())["entries"]]


def test_a_week_of_runs(root: Path, clock: SetClock) -> None:
    """Nothing, scheduled, unchanged, sent with counts, nothing: exit code 0 all the way."""
    clock.now = AT - 25 * HOUR
    assert due(root, clock) == (0, {})
    clock.now = AT - 23 * HOUR
    assert due(root, clock) == (0, {ISSUE: "scheduled"})
    assert due(root, clock) == (0, {ISSUE: "unchanged"})
    clock.now = AT + dt.timedelta(minutes=1)
    result = send_due(root, clock=clock)
    (row,) = rows(result)
    assert (row["outcome"], row["counts"]) == ("sent", {"to_send": 2, "sent": 2, "bounced": None})
    assert "sent to 2 readers, Tue 2026-12-01 07:30 EST" in result.text
    for days in (0, 1, 5):
        clock.now = AT + dt.timedelta(days=days, hours=2)
        assert due(root, clock) == (0, {ISSUE: "done"})
        assert "sent on Tue 2026-12-01 07:30 EST" in send_due(root, clock=clock).text
    clock.now = AT + dt.timedelta(days=8)
    assert ISSUE not in due(root, clock)[1]
    assert record(root) == ["claimed", "scheduled", "sent"]
    assert len(list((root / ".newsletter/outbox/sent").rglob("*.eml"))) == 2


def test_no_issues_is_nothing_to_do(root: Path, clock: SetClock) -> None:
    """Exit code 0."""
    shutil.rmtree(root / "issues")
    result = send_due(root, clock=clock)
    assert (result.exit_code, result.text, rows(result)) == (0, "nothing is due\n", [])
    assert planned(root, clock).text == "nothing is due\n"


@pytest.mark.parametrize("status_", ["draft", "hold"])
def test_what_is_not_released_is_not_sent(root: Path, clock: SetClock, status_: str) -> None:
    """Only status ready goes out."""
    edit(file(root), "status: ready", f"status: {status_}")
    assert due(root, clock) == (0, {})
    assert not drafts(root)


@pytest.mark.parametrize("status_", ["draft", "hold"])
def test_what_is_held_back_after_it_was_scheduled_is_drift(root: Path, clock: SetClock, status_: str) -> None:
    """It still goes out, and a human must say whether it may."""
    due(root, clock)
    edit(file(root), "status: ready", f"status: {status_}")
    assert due(root, clock) == (6, {ISSUE: "drift"})
    (row,) = rows(send_due(root, clock=clock))
    assert f"its status is {status_!r} now" in row["message"]
    assert f"newsletter cancel {ISSUE}" in row["hint"]
    assert planned(root, clock).exit_code == 6
    assert drafts(root)[0]["state"] == "scheduled"


def test_a_deleted_issue_is_drift_until_it_is_cancelled(root: Path, clock: SetClock) -> None:
    """By the id that the alarm names, though its file is gone."""
    due(root, clock)
    shutil.rmtree(file(root).parent)
    assert due(root, clock) == (6, {ISSUE: "drift"})
    assert planned(root, clock).exit_code == 6
    shown = status(root, [], clock=clock)
    assert ("gone", "scheduled") in [(row["status"], row["record"]) for row in rows(shown)]
    assert cancel(root, ISSUE, clock=clock).data["outcome"] == "cancelled"
    assert due(root, clock) == (0, {})


def test_a_renamed_issue_is_not_sent_again(root: Path, clock: SetClock) -> None:
    """The old key is drift, the new one is refused by its subject."""
    due(root, clock)
    file(root).parent.rename(root / "issues" / "2026-12-01-one-side")
    assert due(root, clock) == (6, {ISSUE: "drift", "2026-12-01-one-side": "stopped"})
    assert len(drafts(root)) == 1


def test_an_issue_moved_out_of_the_horizon_is_drift(root: Path, clock: SetClock) -> None:
    """What is scheduled is looked after, however far away its file says it is."""
    due(root, clock)
    edit(file(root), "send_at: 2026-12-01T07:30", "send_at: 2027-02-02T07:30")
    assert due(root, clock) == (6, {ISSUE: "drift"})
    assert "its send time" in planned(root, clock).data["issues"][0]["why"]


def test_an_edit_after_the_schedule_is_drift_until_it_is_amended(root: Path, clock: SetClock) -> None:
    """The alarm ends with the amend."""
    due(root, clock)
    edit(file(root), "number: 112", "number: 111")
    assert due(root, clock) == (6, {ISSUE: "drift"})
    send(root, ISSUE, at=None, amend=True, confirm=lambda _dispatch: True, clock=clock)
    assert due(root, clock) == (0, {ISSUE: "unchanged"})


def test_a_setting_changed_after_the_schedule_is_drift(root: Path, clock: SetClock) -> None:
    """Another reader on the list, another sender: what was checked is not what is asked for now."""
    due(root, clock)
    edit(root / "pyproject.toml", 'reply_to = "hello@steady.example"', 'reply_to = "hi@steady.example"')
    (row,) = rows(send_due(root, clock=clock))
    assert row["outcome"] == "drift"
    assert "sender, reply address or audience" in row["message"]


def test_an_edit_at_the_provider_is_drift(root: Path, clock: SetClock) -> None:
    """Words that are no disclaimer: an alarm, and the mail stays."""
    due(root, clock)
    at_provider(root, "Coach Luke", "Coach Duke")
    assert due(root, clock) == (6, {ISSUE: "drift"})
    assert "changed at outbox since" in planned(root, clock).text
    assert drafts(root)[0]["state"] == "scheduled"


def test_a_disclaimer_cut_out_at_the_provider_takes_the_mail_back(root: Path, clock: SetClock) -> None:
    """Exit code 1 and all findings; the next run puts back what was checked, and schedules it."""
    due(root, clock)
    at_provider(root, "medical advice", "advice")
    assert planned(root, clock).exit_code == 1
    assert drafts(root)[0]["state"] == "scheduled"
    result = send_due(root, clock=clock)
    assert result.exit_code == 1
    assert any(finding.id.startswith("DISC") for finding in result.findings)
    assert "taken back, nobody gets it like this" in rows(result)[0]["message"]
    assert drafts(root)[0]["state"] == "draft"
    assert due(root, clock) == (0, {ISSUE: "scheduled"})
    assert "medical advice" in drafts(root)[0]["payload"]["html"]


def test_a_held_issue_that_lost_a_disclaimer_is_taken_back_all_the_same(root: Path, clock: SetClock) -> None:
    """One alarm does not hide the worse one."""
    due(root, clock)
    at_provider(root, "medical advice", "advice")
    edit(file(root), "status: ready", "status: hold")
    assert due(root, clock) == (1, {ISSUE: "cancelled"})


def spoil(path: Path) -> None:
    """Break the front matter."""
    path.write_text("---\ntitle: [\n---\n")


def unfit(path: Path) -> None:
    """Take out what the checks ask for."""
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r"(?m)^topics:.*\n", "topics: []\n", text), encoding="utf-8")


@pytest.mark.parametrize("harm", [spoil, unfit, lambda path: shutil.rmtree(path.parent)])
def test_a_lost_disclaimer_is_taken_back_whatever_became_of_the_source(
    root: Path, clock: SetClock, harm: Callable[[Path], None]
) -> None:
    """Broken, not fit any more, gone: readers would get the mail all the same."""
    due(root, clock)
    at_provider(root, "medical advice", "advice")
    harm(file(root))
    assert "take it back" in planned(root, clock).text
    result = send_due(root, clock=clock)
    assert [row["outcome"] for row in rows(result) if row["exit_code"] == 1] == ["cancelled"]
    assert result.exit_code == 1
    assert drafts(root)[0]["state"] == "draft"
    assert record(root)[-1] == "cancelled"


def test_a_source_not_fit_any_more_says_that_it_is_scheduled(root: Path, clock: SetClock) -> None:
    """Exit code 6 in both, with the findings and with the way to keep it back."""
    due(root, clock)
    unfit(file(root))
    assert due(root, clock) == (6, {ISSUE: "drift"})
    result = send_due(root, clock=clock)
    (row,) = rows(result)
    assert "scheduled for Tue 2026-12-01 07:30 EST, and its source is not fit any more" in row["message"]
    assert f"newsletter cancel {ISSUE}" in row["hint"]
    assert result.findings
    assert planned(root, clock).exit_code == 6
    assert drafts(root)[0]["state"] == "scheduled"


def test_a_real_dispatch_is_an_alarm_where_the_settings_rehearse(root: Path, clock: SetClock) -> None:
    """Nobody looks after it there; it cannot be cancelled there, either."""
    due(root, clock)
    make_real(root)
    edit(file(root), "status: ready", "status: hold")
    assert due(root, clock) == (6, {ISSUE: "blocked"})
    (row,) = rows(send_due(root, clock=clock))
    assert "scheduled for real at listmonk, for Tue 2026-12-01 07:30 EST" in row["message"]
    assert 'provider = "listmonk"' in row["hint"]
    assert planned(root, clock).exit_code == 6
    with pytest.raises(Refused, match="scheduled for real at listmonk"):
        cancel(root, ISSUE, clock=clock)


def test_a_late_mail_is_an_alarm(root: Path, clock: SetClock) -> None:
    """The outbox never is; a copy of it whose clock stands still is."""
    due(root, clock)
    (path,) = (root / ".newsletter/outbox/drafts").glob("*.json")
    plain = json.loads(path.read_text())
    path.write_text(json.dumps({**plain, "state": "unknown", "native_state": "stuck"}))
    clock.now = AT + HOUR
    assert due(root, clock) == (6, {ISSUE: "needs-review"})
    assert due(root, clock) == (6, {ISSUE: "needs-review"})
    clock.now = AT + 26 * HOUR
    assert due(root, clock) == (0, {ISSUE: "needs-review"})


def test_too_few_mails_are_an_alarm(root: Path, clock: SetClock) -> None:
    """One of two mails is not there."""
    due(root, clock)
    clock.now = AT + HOUR
    status(root, [ISSUE], clock=clock)
    next((root / ".newsletter/outbox/sent").rglob("*.eml")).unlink()
    assert due(root, clock) == (6, {ISSUE: "needs-review"})
    assert "sent to 1 of 2 readers only" in status(root, [ISSUE], clock=clock).text


def test_a_run_that_comes_a_day_late_says_so(root: Path, clock: SetClock) -> None:
    """Nothing goes out a day late by itself; the alarm lasts a week."""
    clock.now = AT + 24 * HOUR
    result = send_due(root, clock=clock)
    assert result.exit_code == 6
    assert "too late" in result.text
    assert not drafts(root)
    clock.now = AT + dt.timedelta(days=7)
    assert ISSUE not in due(root, clock)[1]


def test_what_was_called_off_stays_so_until_a_person_sends_it(root: Path, clock: SetClock) -> None:
    """`cancel` means it, with a run every hour; what a person decided is no alarm."""
    due(root, clock)
    cancel(root, ISSUE, clock=clock)
    assert due(root, clock) == (0, {ISSUE: "called off"})
    assert f"newsletter send {ISSUE}" in rows(send_due(root, clock=clock))[0]["hint"]
    assert planned(root, clock).exit_code == 0
    assert "would  do nothing" in planned(root, clock).text
    assert drafts(root)[0]["state"] == "draft"
    edit(file(root), "status: ready", "status: hold")
    assert due(root, clock) == (0, {})
    edit(file(root), "status: hold", "status: ready")
    send(root, ISSUE, at=None, confirm=lambda _dispatch: True, clock=clock)
    assert due(root, clock) == (0, {ISSUE: "unchanged"})


def test_cancel_of_nothing_says_how_to_hold_an_issue_back(root: Path, clock: SetClock) -> None:
    """A run may send it within the hour."""
    result = cancel(root, ISSUE, clock=clock)
    assert "set status: hold" in result.text
    fits(result.text)


def test_a_new_letter_in_an_old_file_is_not_passed_over(root: Path, clock: SetClock) -> None:
    """Same id, so it counts as sent: nothing goes out, and that is said."""
    due(root, clock)
    clock.now = AT + HOUR
    assert due(root, clock) == (0, {ISSUE: "sent"})
    edit(file(root), "send_at: 2026-12-01T07:30", "send_at: 2026-12-02T07:30")
    assert due(root, clock) == (6, {ISSUE: "drift"})
    assert "nothing is sent twice" in send_due(root, clock=clock).text


def test_a_new_letter_in_the_file_of_one_sent_by_hand_is_not_passed_over(root: Path, clock: SetClock) -> None:
    """The old one went out at a time given with --at; the new one keeps its subject."""
    send(root, ISSUE, at="2026-12-01T09:00", confirm=lambda _dispatch: True, clock=clock)
    clock.now = AT + 2 * HOUR
    assert due(root, clock) == (0, {ISSUE: "sent"})
    assert due(root, clock) == (0, {ISSUE: "done"})
    edit(file(root), "send_at: 2026-12-01T07:30", "send_at: 2026-12-02T07:30")
    assert due(root, clock) == (6, {ISSUE: "drift"})


def test_a_new_letter_in_an_old_file_is_told_after_its_time_too(root: Path, clock: SetClock) -> None:
    """Schedules start late."""
    due(root, clock)
    clock.now = AT + HOUR
    due(root, clock)
    edit(file(root), "send_at: 2026-12-01T07:30", "send_at: 2026-12-02T07:30")
    clock.now = AT + 24 * HOUR + dt.timedelta(minutes=1)
    assert due(root, clock) == (6, {ISSUE: "drift"})
    assert planned(root, clock).exit_code == 6


def test_a_broken_issue_stops_no_other(root: Path, clock: SetClock) -> None:
    """Its row says what is wrong; the other goes out."""
    (root / "issues" / "2026-12-02-broken.md").write_text("---\ntitle: [\n---\n")
    assert due(root, clock) == (2, {"2026-12-02-broken": "failed", ISSUE: "scheduled"})
    assert "2026-12-02-broken.md:2" in send_due(root, clock=clock).text
    result = status(root, [], clock=clock)
    assert result.exit_code == 2
    assert len(rows(result)) == 4
    assert planned(root, clock).exit_code == 2


@pytest.mark.parametrize(
    ("name", "send_at", "told"),
    [
        ("2026-12-02-x", "", True),
        ("2027-03-02-x", "", False),
        ("2027-03-02-x", "send_at: 2026-12-01T09:00\n", True),
        ("2026-13-45-x", "", True),
        ("undated", "", True),
        ("undated", "send_at: 2027-12-01T09:00\n", False),
    ],
)
def test_a_broken_issue_counts_when_it_may_be_due(
    root: Path, clock: SetClock, name: str, send_at: str, *, told: bool
) -> None:
    """By the date in its name or its send_at; without any, it may be."""
    (root / "issues" / f"{name}.md").write_text(f"---\n{send_at}title: [\n---\n")
    code, outcomes = due(root, clock)
    assert (name in outcomes, code) == (told, 2 if told else 0)


def test_an_issue_that_breaks_after_it_was_scheduled_can_be_cancelled(root: Path, clock: SetClock) -> None:
    """Whatever is wrong with its file."""
    due(root, clock)
    file(root).write_text("---\ntitle: [\n---\n")
    result = send_due(root, clock=clock)
    assert (result.exit_code, [row["outcome"] for row in rows(result)]) == (6, ["failed", "drift"])
    assert cancel(root, ISSUE, clock=clock).data["outcome"] == "cancelled"


def test_an_outbox_that_cannot_be_read_schedules_nothing(root: Path, clock: SetClock) -> None:
    """The outbox answers nothing at all then: exit code 4, and nothing is scheduled."""
    folder = root / ".newsletter/outbox/drafts"
    folder.mkdir(parents=True)
    (folder / "x.json").write_text("{")
    result = send_due(root, clock=clock)
    assert (result.exit_code, [row["outcome"] for row in rows(result)]) == (4, ["failed"])


def test_a_provider_that_cannot_be_asked_hides_not_that_it_is_scheduled(root: Path, clock: SetClock) -> None:
    """It goes out all the same."""
    due(root, clock)
    (root / ".newsletter/outbox/drafts/x.json").write_text("{")
    result = send_due(root, clock=clock)
    assert (result.exit_code, [row["outcome"] for row in rows(result)]) == (4, ["failed"])
    assert (
        "scheduled on record, for Tue 2026-12-01 07:30 EST, and nobody can look" in rows(result)[0]["message"]
    )
    assert "what is scheduled there goes out meanwhile" in rows(result)[0]["hint"]


def both_due(root: Path) -> None:
    """Let the second issue go out an hour after the first."""
    edit(file(root, SECOND), "send_at: 2026-12-08T07:30", "send_at: 2026-12-01T08:30")


def test_an_issue_that_another_run_holds_stops_no_other(root: Path, clock: SetClock) -> None:
    """Exit code 6, and the second one is scheduled."""
    both_due(root)
    with FolderReceipts(root / ".newsletter/receipts", clock=clock).hold(KEY):
        assert due(root, clock) == (6, {ISSUE: "stopped", SECOND: "scheduled"})
    assert due(root, clock) == (0, {ISSUE: "scheduled", SECOND: "unchanged"})


def test_a_fault_of_ours_in_one_issue_stops_no_other(root: Path, clock: SetClock) -> None:
    """A record that somebody spoilt by hand: exit code 3, and the second issue is scheduled."""
    due(root, clock)
    both_due(root)
    path = root / ".newsletter/receipts" / KEY / "receipt.json"
    path.write_text(path.read_text().replace(AT.isoformat(), "soon"))
    assert due(root, clock) == (3, {ISSUE: "failed", SECOND: "scheduled"})


def test_two_newsletters_keep_one_record(root: Path, clock: SetClock) -> None:
    """Neither looks after the other's issues, or is alarmed by them."""
    due(root, clock)
    settings = root / "pyproject.toml"
    edit(settings, 'id = "steady"', 'id = "steady-pro"')
    shutil.rmtree(root / "issues")
    assert due(root, clock) == (0, {})
    assert status(root, [], clock=clock).text == "no issues yet\n"


@pytest.mark.parametrize(
    ("codes", "expected"),
    [((), 0), ((0, 0), 0), ((0, 2, 4), 4), ((1, 6), 6), ((6, 5), 5), ((3,), 3), ((3, 1), 1), ((130,), 130)],
)
def test_the_most_urgent_failure_is_the_exit_code(codes: tuple[int, ...], expected: int) -> None:
    """No failure is ever 0."""
    assert worst(codes) == expected


def test_runs_at_the_same_time_schedule_once(root: Path) -> None:
    """Real processes: one does it, the others find it done or held."""
    soon = (dt.datetime.now(dt.UTC) + 3 * HOUR).astimezone(ZoneInfo("America/New_York"))
    edit(file(root), "send_at: 2026-12-01T07:30", f"send_at: {soon:%Y-%m-%dT%H:%M%z}"[:-2] + ":00")
    command = [Path(sys.executable).with_name("newsletter"), "--root", root, "send", "--due", "--json"]
    runs = [
        subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, "COLUMNS": "100"})
        for _ in range(3)
    ]
    answers = [json.loads(run.communicate()[0]) for run in runs]
    assert {run.returncode for run in runs} <= {0, 6}
    outcomes = [row["outcome"] for answer in answers for row in answer["issues"] if row["id"] == ISSUE]
    assert outcomes.count("scheduled") == 1
    assert record(root) == ["claimed", "scheduled"]
    assert [draft["state"] for draft in drafts(root) if draft["key"] == KEY] == ["scheduled"]
