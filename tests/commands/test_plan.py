"""`newsletter plan`: what a send would do, in words and as JSON; it changes nothing."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from conftest import SetClock
from pipeline.commands.plan import plan
from pipeline.commands.send import send
from pipeline.errors import UsageError
from pipeline.newsletter import Newsletter
from pipeline.output import Result
from standins.base import made, served
from standins.bench import ROWS
from website import website

ISSUE = "2026-12-01-when-one-side-works-harder"
REFUSED = {"id", "key", "exit_code", "would", "why", "hint"}
SCHEDULE = {
    *(
        *REFUSED,
        "provider",
        "draft",
        "at",
        "local",
        "late",
        "audience",
        "readers",
        "usual",
        "rehearsal",
        "expected",
    ),
    *("subject", "text_part", "wordings", "digest"),
}


def planned(root: Path, clock: SetClock, *, at: str | None = None, readers: int | None = None) -> Result:
    """Plan our first issue; the words fit the screen, and nothing is left behind."""
    result = plan(root, [ISSUE], due=False, at=at, readers=readers, clock=clock)
    assert max(map(len, result.text.splitlines())) <= 100
    assert f"steady-{ISSUE}" not in result.text
    return result


def row(result: Result) -> Mapping[str, Any]:
    """Return the one row."""
    (found,) = result.data["issues"]
    return dict(found)


def edit(root: Path, old: str, new: str) -> None:
    """Edit our first issue."""
    path = root / "issues" / ISSUE / "index.md"
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def make_public(root: Path, *, provider_url: str, archive_url: str) -> None:
    """Let the newsletter go to real readers, with approved wordings, and an archive at an address."""
    for path in (root / "templates/disclaimers").rglob("*.md"):
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace('approved_by: "sample"', 'approved_by: "Ada Moreno"'), encoding="utf-8")
    text = (root / "pyproject.toml").read_text(encoding="utf-8")
    for old, new in (
        ('provider = "outbox"', 'provider = "listmonk"'),
        ('outbox = ["Ada Moreno', 'listmonk = [1]\noutbox = ["Ada Moreno'),
        ("https://steady.example/issues", archive_url),
        (
            "[tool.newsletter.providers.outbox]\npath",
            '[tool.newsletter.providers.listmonk]\nuser = "newsletter"\nurl',
        ),
        (".newsletter/outbox", provider_url),
    ):
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    (root / "pyproject.toml").write_text(text, encoding="utf-8")


def test_a_plan_shows_what_would_go_out(root: Path, clock: SetClock) -> None:
    """Whom it reaches, when by both clocks, which wordings."""
    result = planned(root, clock)
    assert result.exit_code == 0
    assert result.text == (
        f"{ISSUE}\n"
        "      would  make a draft at outbox, prove it, and schedule it (rehearsal)\n"
        "   goes out  Tuesday 01 December 2026, 07:30 EST\n"
        "     in UTC  2026-12-01 12:30\n"
        "   audience  weekly, 2 readers\n"
        "    subject  When one side works harder than the other\n"
        "      shows  gen-short@1, redflag-back@1, exercise@1, gen@1\n"
        "  text part  ours\n"
        f"     digest  {row(result)['digest'][:16]}\n"
    )
    assert row(result).keys() == SCHEDULE
    assert not (root / ".newsletter" / "outbox" / "drafts").exists()
    assert not list((root / ".newsletter").rglob("receipt.json"))


def test_a_late_plan_says_so(root: Path, clock: SetClock) -> None:
    """It goes at the first minute that leaves the lead time."""
    clock.now = dt.datetime(2026, 12, 1, 12, 30, tzinfo=dt.UTC)
    assert "08:00 EST (later than planned)" in planned(root, clock).text


@pytest.mark.parametrize(
    ("change", "code", "why"),
    [
        (("status: ready", "status: hold"), 6, "status is 'hold'"),
        (("send_at: 2026-12-01T07:30", "send_at: 2026-11-23T07:30"), 6, "too late"),
        (("topics: [back_pain, exercise]", "topics: [exercise]"), 1, "not fit to send"),
    ],
)
def test_a_plan_that_would_stop_ends_like_the_send(
    root: Path, clock: SetClock, change: tuple[str, str], code: int, why: str
) -> None:
    """The same exit code and the same words."""
    edit(root, *change)
    result = planned(root, clock)
    assert result.exit_code == code
    assert row(result).keys() == REFUSED
    assert why in row(result)["why"]
    assert row(result)["hint"]
    assert "would  stop" in result.text
    assert bool(result.findings) == (code == 1)


def test_a_plan_after_the_send_says_that_it_is_done(root: Path, clock: SetClock) -> None:
    """Named, it would be refused; with --due there is nothing to do."""
    send(root, ISSUE, at=None, confirm=lambda _dispatch: True, clock=clock)
    result = planned(root, clock)
    assert result.exit_code == 6
    assert "already scheduled for Tue 2026-12-01 07:30 EST" in result.text
    assert f"newsletter cancel {ISSUE}" in row(result)["hint"]
    due = plan(root, [], due=True, at=None, readers=None, clock=clock)
    assert (due.exit_code, row(due)["would"]) == (0, "nothing")
    assert "would  do nothing" in due.text


@pytest.mark.parametrize(
    ("names", "due", "at", "readers"),
    [
        ([], False, None, None),
        ([ISSUE], True, None, None),
        ([], True, "2026-12-02T07:30", None),
        ([], True, None, 2),
    ],
)
def test_a_plan_is_of_issues_or_of_what_is_due(
    root: Path, clock: SetClock, names: list[str], at: str | None, readers: int | None, *, due: bool
) -> None:
    """Exit code 2; and --due decides alone."""
    with pytest.raises(UsageError):
        plan(root, names, due=due, at=at, readers=readers, clock=clock)


def test_a_page_or_an_image_that_is_not_on_the_web_would_stop_it(
    root: Path, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At a provider with real readers; once all of them answer, the plan is to schedule it."""
    monkeypatch.setenv(*ROWS["listmonk"].secret)
    with served(made("listmonk")) as url, website() as site:
        make_public(root, provider_url=url, archive_url=site.url)
        stopped = row(planned(root, clock))
        assert (stopped["would"], stopped["exit_code"]) == ("stop", 6)
        assert stopped["why"].startswith(f"its page '{site.url}/{ISSUE}/' answered 404; its image ")
        assert stopped["hint"].startswith("run `newsletter archive` and deploy it, then send again")
        moved = row(planned(root, clock, at="2026-12-02T07:30"))
        assert moved["hint"].startswith("write send_at: 2026-12-02T07:30-05:00 into the front matter")
        newsletter = Newsletter(root, clock=clock)
        site.put_page(f"/{ISSUE}/", newsletter.composed(newsletter.issue(ISSUE)).message.digest)
        paths = [path for path in {asked.path for asked in site.log} if path.startswith("/assets/")]
        assert paths
        for path in paths:
            site.put_image(path)
        ready = row(planned(root, clock))
        assert (ready["would"], ready["why"]) == ("schedule", "it is ready, and nothing of it was dispatched")
