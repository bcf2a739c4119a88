"""What was seen of the record is read without a connection, and is never taken for the record itself."""

import datetime as dt
import os
import shutil
import time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from repositories import KEY, clone, empty_home, fake_git, git, new_alone, new_remote, put

from conftest import SetClock
from pipeline.errors import ReceiptError
from pipeline.receipts import BranchReceipts, FolderReceipts, Receipts, Seen, seen_receipts
from pipeline.settings import load_settings
from samples import SETTINGS

ZONE = ZoneInfo("America/New_York")
PARTS = {"message.html": "<p>é</p>\r\n", "message.txt": "é\r\n"}


@pytest.fixture(autouse=True)
def _empty_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody has a name, and no setting of the machine reaches git."""
    for name, value in empty_home(tmp_path / "home").items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    """A bare repository."""
    return new_remote(tmp_path / "remote.git")


@pytest.fixture
def here(remote: Path, tmp_path: Path) -> Path:
    """A clone of it, with settings in it."""
    return configured(clone(remote, tmp_path / "here"))


def configured(folder: Path) -> Path:
    """Put settings into *folder*."""
    folder.mkdir(exist_ok=True)
    (folder / "pyproject.toml").write_text(SETTINGS, encoding="utf-8")
    return folder


def claim(receipts: Receipts) -> None:
    """Claim the key as a send does, with the mail beside it."""
    with receipts.hold(KEY):
        receipts.append(KEY, "claimed", {"draft": "a"}, seen=receipts.read(KEY), parts=PARTS)


def seen_in(folder: Path, clock: SetClock) -> Seen:
    """Return what the newsletter in *folder* knows."""
    return seen_receipts(load_settings(folder), clock)


def kinds(seen: Seen) -> list[str]:
    """Return the kinds of the entries of the key."""
    return [entry.kind for entry in seen.receipts[KEY].entries]


def test_what_was_fetched_is_read_without_the_remote(here: Path, remote: Path, clock: SetClock) -> None:
    """The remote is gone: receipts and the mail beside them are there all the same, and of which moment."""
    before = dt.datetime.fromtimestamp(int(time.time()), dt.UTC)
    claim(BranchReceipts(here, clock=clock))
    remote.rename(remote.with_name("moved"))
    seen = seen_in(here, clock)
    assert kinds(seen) == ["claimed"]
    assert seen.parts(KEY) == PARTS
    assert seen.parts("another") == {}
    assert (seen.is_known, seen.is_live) == (True, False)
    assert seen.fetched_at is not None
    assert before <= seen.fetched_at <= dt.datetime.now(dt.UTC)
    when = seen.fetched_at.astimezone(ZONE).strftime("%a %Y-%m-%d %H:%M %Z")
    assert seen.told(ZONE) == f"branch receipts at origin, as fetched on {when}"


def test_no_command_that_asks_the_remote_is_run(
    here: Path, tmp_path: Path, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even one that would fail quietly; nothing is written either."""
    claim(BranchReceipts(here, clock=clock))
    log = tmp_path / "log"
    logging = fake_git(tmp_path / "bin", f'echo "$@" >> {log}')
    monkeypatch.setenv("PATH", f"{logging}:{os.environ['PATH']}")
    files = {path: path.stat().st_mtime_ns for path in (here / ".git").rglob("*")}
    seen = seen_in(here, clock)
    assert seen.parts(KEY) == PARTS
    words = log.read_text().split()
    assert "cat-file" in words
    assert not {"fetch", "ls-remote", "push", "pull"} & set(words)
    assert {path: path.stat().st_mtime_ns for path in (here / ".git").rglob("*")} == files


def test_what_others_did_since_is_not_seen(here: Path, remote: Path, tmp_path: Path, clock: SetClock) -> None:
    """It is what this clone saw last, until it fetches again."""
    ours = BranchReceipts(here, clock=clock)
    claim(ours)
    other = BranchReceipts(clone(remote, tmp_path / "other"), clock=clock)
    with other.hold(KEY):
        other.append(KEY, "scheduled", {})
    assert kinds(seen_in(here, clock)) == ["claimed"]
    ours.read(KEY)
    assert kinds(seen_in(here, clock)) == ["claimed", "scheduled"]


def test_one_seeing_is_of_one_moment(here: Path, clock: SetClock) -> None:
    """The mail is that of the receipts, though another run has claimed since."""
    ours = BranchReceipts(here, clock=clock)
    claim(ours)
    seen = seen_in(here, clock)
    with ours.hold(KEY):
        ours.append(KEY, "claimed", {}, parts={"message.txt": "another"})
    assert seen.parts(KEY) == PARTS


def test_a_record_never_fetched_is_unknown_and_not_empty(here: Path, clock: SetClock) -> None:
    """A fresh clone says that it knows nothing, and how to learn it."""
    seen = seen_in(here, clock)
    assert (seen.receipts, seen.is_known, seen.fetched_at) == ({}, False, None)
    assert "was never fetched here" in seen.told(ZONE)
    assert "`newsletter status`" in seen.told(ZONE)


def test_a_fetched_record_without_entries_is_known(here: Path, clock: SetClock) -> None:
    """The remote has been asked, and nothing was ever sent."""
    BranchReceipts(here, clock=clock).read_all()
    seen = seen_in(here, clock)
    assert (seen.receipts, seen.is_known) == ({}, True)
    assert seen.fetched_at is not None


def test_a_record_fetched_by_hand_has_no_time(here: Path, clock: SetClock) -> None:
    """It is there, and nobody can say of when it is."""
    claim(BranchReceipts(here, clock=clock))
    shutil.rmtree(here / ".git/newsletter")
    seen = seen_in(here, clock)
    assert kinds(seen) == ["claimed"]
    assert "when, is not known" in seen.told(ZONE)


def test_a_failed_fetch_leaves_the_time(here: Path, remote: Path, clock: SetClock) -> None:
    """The time is of the last answer, not of the last question."""
    ours = BranchReceipts(here, clock=clock)
    claim(ours)
    os.utime(here / ".git/newsletter/fetched", (1_700_000_000, 1_700_000_000))
    remote.rename(remote.with_name("moved"))
    with pytest.raises(ReceiptError):
        ours.read(KEY)
    assert seen_in(here, clock).told(ZONE).endswith("as fetched on Tue 2023-11-14 17:13 EST")


def test_a_broken_receipt_is_never_an_empty_one(here: Path, remote: Path, clock: SetClock) -> None:
    """Looking stops at it as sending does."""
    ours = BranchReceipts(here, clock=clock)
    claim(ours)
    put(remote, f"{KEY}/receipt.json", "{")
    with pytest.raises(ReceiptError):
        ours.read(KEY)
    with pytest.raises(ReceiptError, match=rf"{KEY}/receipt\.json on branch 'receipts'.*cannot be read"):
        seen_in(here, clock)


def test_a_mail_that_is_no_text_is_an_error(tmp_path: Path, clock: SetClock) -> None:
    """The parts are read as strictly as the receipts."""
    here = configured(tmp_path / "plain")
    folder = here / ".newsletter/receipts"
    claim(FolderReceipts(folder, clock=clock))
    seen = seen_in(here, clock)
    (folder / KEY / "message.txt").write_bytes(b"\xff")
    with pytest.raises(ReceiptError, match="the mail beside this receipt cannot be read"):
        seen.parts(KEY)


def test_a_lost_object_is_not_fetched(tmp_path: Path, remote: Path, clock: SetClock) -> None:
    """A partial clone asks its remote for what it lacks; here it must not, and says what is wrong."""
    for setting in ("uploadpack.allowFilter", "uploadpack.allowAnySHA1InWant"):
        git(remote, "config", setting, "true")
    here = configured(clone(remote, tmp_path / "partial", "--filter=blob:none"))
    claim(BranchReceipts(here, clock=clock))
    name = git(here, "rev-parse", f"refs/newsletter/receipts:{KEY}/receipt.json")
    (here / ".git/objects" / name[:2] / name[2:]).unlink()
    with pytest.raises(ReceiptError, match="cannot be read in this clone"):
        seen_in(here, clock)
    assert git(here, "cat-file", "-t", name) == "blob"  # with a connection it would have been had
    assert kinds(seen_in(here, clock)) == ["claimed"]


def test_without_a_remote_it_is_the_record_itself(tmp_path: Path, clock: SetClock) -> None:
    """Nobody else can know more, and it is of now."""
    here = configured(new_alone(tmp_path / "alone"))
    claim(BranchReceipts(here, clock=clock))
    seen = seen_in(here, clock)
    assert kinds(seen) == ["claimed"]
    assert (seen.is_live, seen.is_known, seen.parts(KEY)) == (True, True, PARTS)
    assert seen.told(ZONE) == "branch receipts at this clone, as it is now"


def test_a_local_record_that_is_gone_is_noticed(tmp_path: Path, clock: SetClock) -> None:
    """A deleted branch is no beginning, for whoever looks, too."""
    here = configured(new_alone(tmp_path / "alone"))
    claim(BranchReceipts(here, clock=clock))
    git(here, "update-ref", "-d", "refs/heads/receipts")
    with pytest.raises(ReceiptError, match="has seen the record before"):
        seen_in(here, clock)


def test_a_folder_is_the_record_itself(tmp_path: Path, clock: SetClock) -> None:
    """Outside git the receipts lie in a folder, and are read as they are."""
    here = configured(tmp_path / "plain")
    assert seen_in(here, clock).receipts == {}
    folder = here / ".newsletter/receipts"
    claim(FolderReceipts(folder, clock=clock))
    seen = seen_in(here, clock)
    assert kinds(seen) == ["claimed"]
    assert (seen.is_live, seen.is_known, seen.parts(KEY)) == (True, True, PARTS)
    assert seen.told(ZONE) == f"folder {folder}, as it is now"
    (folder / KEY / "receipt.json").write_text("{")
    with pytest.raises(ReceiptError, match="cannot be read"):
        seen_in(here, clock)
