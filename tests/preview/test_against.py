"""What an issue is compared with, by real git and a real record; where there is nothing, a word says why."""

import datetime as dt
import shutil
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from conftest import SetClock, make_real
from pipeline.commands.due import send_due
from pipeline.commands.send import send
from pipeline.newsletter import Newsletter
from pipeline.preview.against import Sent, last_commit, last_sent
from pipeline.receipts import seen_receipts
from receipts.repositories import clone, empty_home, git, new_alone, new_remote

FIRST = "2026-12-01-when-one-side-works-harder"
SECOND = "2026-12-08-magnesium-and-sleep"
ZONE = ZoneInfo("America/New_York")
COMMITTED_AT = "2026-11-24T09:00:00-05:00"


@pytest.fixture(autouse=True)
def _empty_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the machine reaches git."""
    for name, value in empty_home(tmp_path / "home").items():
        monkeypatch.setenv(name, value)


def file(root: Path, issue: str = FIRST) -> Path:
    """Return the issue's file."""
    return root / "issues" / issue / "index.md"


def commit(root: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Commit all of *root* on a known day; return the commit's short name."""
    monkeypatch.setenv("GIT_COMMITTER_DATE", COMMITTED_AT)
    git(root, "add", "--all", ".")
    git(root, "commit", "-q", "-m", "Write")
    return git(root, "rev-parse", "--short", "HEAD")


def test_the_last_commit_has_the_file_as_it_was(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An edit since, staged or not, does not count; the label names the commit and its day."""
    new_alone(root)
    name, written = commit(root, monkeypatch), file(root).read_bytes()
    (root / "more").touch()
    commit(root, monkeypatch)
    file(root).write_bytes(written + b"\nMore.\n")
    git(root, "add", "--all", ".")
    found = last_commit(file(root), root)
    assert found.source == written
    assert found.label == f"the last commit ({name}, Tue 24 Nov 2026)"
    assert found.why == ""


def test_a_newsletter_may_lie_deep_in_its_clone(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Names are looked up from its own folder; patterns in them mean nothing."""
    new_alone(tmp_path)
    file(root).rename(root / "issues" / "[a]*.md")
    commit(root, monkeypatch)
    (root / "issues" / "ab.md").write_text("b")
    commit(root, monkeypatch)
    name = git(root, "rev-parse", "--short", "HEAD~1")
    found = last_commit(root / "issues" / "[a]*.md", root)
    assert found.source == (root / "issues" / "[a]*.md").read_bytes()
    assert found.label == f"the last commit ({name}, Tue 24 Nov 2026)"


def test_settings_of_a_surrounding_git_do_not_matter(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Run from a hook of another repository, it is this one that is read."""
    new_alone(root)
    commit(root, monkeypatch)
    monkeypatch.setenv("GIT_DIR", str(new_alone(tmp_path / "another") / ".git"))
    assert last_commit(file(root), root).source == file(root).read_bytes()


def test_outside_git_there_is_no_commit(root: Path) -> None:
    """It says so."""
    assert last_commit(file(root), root) == ("", None, "the newsletter is in no git repository")


def test_before_the_first_commit_there_is_none(root: Path) -> None:
    """A repository without a commit is a beginning, and no error."""
    new_alone(root)
    assert last_commit(file(root), root) == ("", None, "nothing is committed yet")


def test_a_new_issue_is_in_no_commit(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says which file is new."""
    new_alone(root)
    commit(root, monkeypatch)
    shutil.copytree(file(root).parent, root / "issues" / "new")
    assert last_commit(file(root, "new"), root).why == "issues/new/index.md is new: it is in no commit yet"


def test_without_git_installed_it_says_so(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An editor who has none works on."""
    monkeypatch.setenv("PATH", str(tmp_path / "home"))
    assert last_commit(file(root), root) == ("", None, "git is not installed")


def test_a_partial_clone_fetches_nothing(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it lacks stays where it is, though the remote would answer."""
    remote = new_remote(tmp_path / "remote.git")
    git(remote, "config", "uploadpack.allowFilter", "true")
    git(remote, "config", "uploadpack.allowAnySHA1InWant", "true")
    new_alone(root)
    commit(root, monkeypatch)
    git(root, "push", "-q", "--force", f"file://{remote}", "HEAD:main")
    partial = clone(remote, tmp_path / "partial", "--filter=blob:none", "--no-checkout")
    found = last_commit(file(partial), partial)
    assert found.source is None
    assert "cannot be read from the last commit" in found.why
    git(partial, "checkout", "-q", "main")
    assert last_commit(file(partial), partial).source == file(root).read_bytes()


def rehearse(root: Path, clock: SetClock) -> str:
    """Send the first issue to the outbox and let its hour come; return the text that was to be pushed."""
    newsletter = Newsletter(root, clock=clock)
    clock.now = dt.datetime(2026, 12, 1, 0, 30, tzinfo=dt.UTC)
    send(root, FIRST, at=None, confirm=lambda _dispatch: True, clock=clock)
    clock.now += dt.timedelta(hours=13)
    send_due(root, clock=clock)
    return newsletter.composed(newsletter.issue(FIRST)).message.text


def sent(root: Path, clock: SetClock, name: str, *, rehearses: bool) -> Sent:
    """Return what was last sent, seen from the issue *name*."""
    newsletter = Newsletter(root, clock=clock)
    issue, seen = newsletter.issue(name), seen_receipts(newsletter.settings, clock)
    return last_sent(issue, newsletter.earlier(issue), seen, rehearses=rehearses, zone=ZONE)


@pytest.mark.parametrize("name", [FIRST, SECOND])
def test_what_was_rehearsed_counts_for_whoever_rehearses(root: Path, clock: SetClock, name: str) -> None:
    """Of the issue itself, and of the next one, which has not gone out."""
    text = rehearse(root, clock)
    found = sent(root, clock, name, rehearses=True)
    assert found.label == "issue 112 as rehearsed on Tue 1 Dec 2026"
    assert found.text is not None
    assert found.text.split()[:20] == text.split()[:20]
    assert found.html is not None
    assert found.html.startswith("<!DOCTYPE html>")
    real = sent(root, clock, name, rehearses=False)
    assert real == (
        "",
        None,
        None,
        "neither this issue nor one before it was sent, other than as a rehearsal",
    )


def test_what_was_really_sent_counts_for_all(root: Path, clock: SetClock) -> None:
    """It is the mail that lies beside the receipt; without it, that is told."""
    rehearse(root, clock)
    make_real(root)
    assert "the mail is not beside its receipt" in sent(root, clock, SECOND, rehearses=False).why
    (folder,) = (root / ".newsletter/receipts").glob("steady-*")
    for part in folder.glob("message.rehearsal.*"):
        part.rename(folder / part.name.replace(".rehearsal", ""))
    for rehearses in (False, True):
        found = sent(root, clock, SECOND, rehearses=rehearses)
        assert found.label == "issue 112 as sent on Tue 1 Dec 2026"
        assert found.text == (folder / "message.txt").read_text(encoding="utf-8")
    (folder / "message.txt").write_text("")
    found = sent(root, clock, SECOND, rehearses=False)
    assert (found.text, found.why) == (None, f"{found.label}: the provider made its text part")


def test_what_is_scheduled_has_not_been_sent(root: Path, clock: SetClock) -> None:
    """Readers have not got it yet."""
    send(root, FIRST, at=None, confirm=lambda _dispatch: True, clock=clock)
    found = sent(root, clock, FIRST, rehearses=True)
    assert found.text is None
    assert found.why.startswith("neither this issue nor one before it was sent: folder ")


def test_a_record_never_fetched_tells_nothing(root: Path, tmp_path: Path, clock: SetClock) -> None:
    """It is not said that nothing was sent."""
    new_alone(root)
    git(root, "remote", "add", "origin", f"file://{new_remote(tmp_path / 'remote.git')}")
    found = sent(root, clock, FIRST, rehearses=True)
    assert found.text is None
    assert "was never fetched here" in found.why
    assert "neither" not in found.why
