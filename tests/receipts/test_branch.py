"""Receipts on a branch: read at the remote's tip, grown by one commit, never lost, never taken for empty."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from repositories import KEY, add_hook, clone, empty_home, fake_git, git, new_alone, new_remote, put

from conftest import SetClock
from pipeline.errors import ReceiptError, Refused, SettingsError
from pipeline.receipts import BranchReceipts, FolderReceipts, open_receipts
from pipeline.settings import load_settings
from samples import SETTINGS

OTHER = "steady-2026-12-08"


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
    """A clone of it."""
    return clone(remote, tmp_path / "here")


@pytest.fixture
def receipts(here: Path, clock: SetClock) -> BranchReceipts:
    """The receipts as the clone sees them."""
    return BranchReceipts(here, clock=clock)


def claim(receipts: BranchReceipts, key: str = KEY) -> None:
    """Claim *key* as a send does: exclusively."""
    with receipts.hold(key):
        receipts.append(key, "claimed", {"draft": "a"}, seen=receipts.read(key))


def kinds(receipts: BranchReceipts, key: str = KEY) -> list[str]:
    """Return the kinds of the entries of *key*."""
    return [entry.kind for entry in receipts.read(key).entries]


def test_before_the_first_entry_the_record_is_empty(receipts: BranchReceipts, remote: Path) -> None:
    """Nothing is written by looking."""
    assert kinds(receipts) == []
    assert receipts.read_all() == {}
    assert git(remote, "for-each-ref", "--format=%(refname)") == "refs/heads/main"


def test_an_entry_is_at_the_remote_on_return(receipts: BranchReceipts, remote: Path) -> None:
    """The record and its parts are one commit, and another clone reads them as they were written."""
    seen = receipts.read(KEY)
    parts = {"message.html": "<p>é</p>\r\n", "message.txt": "é\r\n\r\n"}
    with receipts.hold(KEY):
        entry = receipts.append(KEY, "claimed", {"drafts": ("a",)}, seen=seen, parts=parts)
    assert receipts.read(KEY).entries == (entry,)
    assert git(remote, "rev-list", "--count", "receipts") == "1"
    names = git(remote, "ls-tree", "-r", "--name-only", "receipts").split()
    assert names == [
        "README.md",
        *(f"{KEY}/{name}" for name in ("message.html", "message.txt", "receipt.json")),
    ]
    raw = subprocess.run(
        ["git", "-C", str(remote), "show", f"receipts:{KEY}/message.html"], capture_output=True, check=True
    )
    assert raw.stdout == parts["message.html"].encode()


def test_what_others_did_is_seen_at_once(
    receipts: BranchReceipts, remote: Path, tmp_path: Path, clock: SetClock
) -> None:
    """A clone of last week, run again on its old commit, knows what was sent since."""
    old = BranchReceipts(clone(remote, tmp_path / "old"), clock=clock)
    assert kinds(old) == []
    claim(receipts)
    with receipts.hold(KEY):
        receipts.append(KEY, "scheduled", {})
    assert kinds(old) == ["claimed", "scheduled"]


def test_nothing_of_the_clone_is_touched(receipts: BranchReceipts, here: Path) -> None:
    """Work tree, index, HEAD, FETCH_HEAD and branches stay, whatever is half done in them."""
    (here / "staged").write_text("s")
    git(here, "add", "staged")
    (here / "draft").write_text("d")

    def looks() -> list[object]:
        files = [here / ".git/HEAD", here / ".git/index"]
        refs = git(here, "for-each-ref", "refs/heads", "refs/tags")
        return [git(here, "status", "--porcelain"), refs, *(path.read_bytes() for path in files)]

    before = looks()
    claim(receipts)
    assert looks() == before
    assert not (here / ".git/FETCH_HEAD").exists()


def test_of_two_claims_on_one_record_the_later_is_refused(
    receipts: BranchReceipts, remote: Path, tmp_path: Path, clock: SetClock
) -> None:
    """Whoever acts on what they saw is told who was faster, and nothing of theirs is on record."""
    other = BranchReceipts(clone(remote, tmp_path / "other"), clock=clock)
    seen = other.read(KEY)
    claim(receipts)
    with other.hold(KEY), pytest.raises(Refused, match=r"meanwhile: claimed by .* on 2026-11-24 12:00 UTC"):
        other.append(KEY, "claimed", {}, seen=seen)
    assert kinds(receipts) == ["claimed"]


def test_an_entry_without_conditions_is_put_after_whatever_is_there(
    receipts: BranchReceipts, remote: Path, tmp_path: Path, clock: SetClock
) -> None:
    """What happened is recorded, even when somebody else recorded something meanwhile."""
    other = BranchReceipts(clone(remote, tmp_path / "other"), clock=clock)
    other.read(KEY)
    claim(receipts)
    with other.hold(KEY):
        other.append(KEY, "cancelled", {})
    assert kinds(receipts) == ["claimed", "cancelled"]


def test_all_receipts_are_read_at_one_tip(receipts: BranchReceipts) -> None:
    """`others` leaves out the one that is asked about."""
    claim(receipts)
    claim(receipts, OTHER)
    assert list(receipts.read_all()) == [KEY, OTHER]
    assert [receipt.key for receipt in receipts.others(KEY)] == [OTHER]


def test_a_key_is_held_once_in_a_clone(receipts: BranchReceipts, here: Path, clock: SetClock) -> None:
    """Two runs in one clone, or in two work trees of it, never act on one issue at a time."""
    git(here, "worktree", "add", "-q", "../tree")
    again = BranchReceipts(here / "../tree", clock=clock)
    with receipts.hold(KEY), pytest.raises(Refused, match="another run"), again.hold(KEY):
        pass


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", '{"schema_version": 1, "key": "another", "entries": []}', '{"schema_version": 2}'],
)
def test_a_broken_receipt_is_never_an_empty_one(receipts: BranchReceipts, remote: Path, content: str) -> None:
    """It stops whoever asks for it and whoever asks for all, and nothing is written over it."""
    claim(receipts)
    put(remote, f"{KEY}/receipt.json", content)
    for look in (lambda: receipts.read(KEY), receipts.read_all, lambda: list(receipts.others(OTHER))):
        with pytest.raises(ReceiptError, match=rf"{KEY}/receipt\.json on branch 'receipts' at origin"):
            look()
    with receipts.hold(KEY), pytest.raises(ReceiptError, match="cannot be read"):
        receipts.append(KEY, "scheduled", {})


def test_a_receipt_that_was_taken_out_is_no_empty_one(receipts: BranchReceipts, remote: Path) -> None:
    """Parts without their receipt are a broken record."""
    claim(receipts)
    put(remote, f"{OTHER}/message.html", "<p>")
    with pytest.raises(ReceiptError, match="the file is missing"):
        receipts.read(OTHER)


def test_a_lost_object_is_no_empty_receipt(receipts: BranchReceipts, here: Path) -> None:
    """A damaged clone says so."""
    claim(receipts)
    name = git(here, "rev-parse", f"refs/newsletter/receipts:{KEY}/receipt.json")
    (here / ".git/objects" / name[:2] / name[2:]).unlink()
    with pytest.raises(ReceiptError, match="cannot be read in this clone") as caught:
        receipts.read(KEY)
    assert "git fsck" in caught.value.hint


def test_without_the_remote_nothing_is_known(receipts: BranchReceipts, remote: Path) -> None:
    """What was fetched before is not the record."""
    claim(receipts)
    remote.rename(remote.with_name("moved"))
    for look in (lambda: receipts.read(KEY), receipts.read_all):
        with pytest.raises(ReceiptError, match="cannot be fetched from origin"):
            look()
    with receipts.hold(KEY), pytest.raises(ReceiptError, match="cannot be fetched"):
        receipts.append(KEY, "scheduled", {})


def test_a_deleted_branch_is_noticed(receipts: BranchReceipts, remote: Path, here: Path) -> None:
    """A clone that saw the record does not take its absence for a beginning; the hint mends it."""
    claim(receipts)
    git(remote, "update-ref", "-d", "refs/heads/receipts")
    for look in (lambda: receipts.read(KEY), receipts.read_all):
        with pytest.raises(ReceiptError, match="not at origin") as caught:
            look()
    git(here, *caught.value.hint.split("`")[1].split()[1:])
    assert kinds(receipts) == ["claimed"]


def test_a_rewritten_branch_is_noticed(receipts: BranchReceipts, remote: Path, here: Path) -> None:
    """Nobody sends on a record that does not contain what it did; both ways of the hint work."""
    claim(receipts)
    old = git(remote, "rev-parse", "receipts")
    with receipts.hold(KEY):
        receipts.append(KEY, "scheduled", {})
    git(remote, "update-ref", "refs/heads/receipts", old)
    with pytest.raises(ReceiptError, match="was rewritten") as caught:
        receipts.read(KEY)
    with receipts.hold(KEY), pytest.raises(ReceiptError, match="was rewritten"):
        receipts.append(KEY, "cancelled", {})
    old_log, new_log, back, accept = (words.split()[1:] for words in caught.value.hint.split("`")[1::2])
    assert len(git(here, *old_log, "--oneline").splitlines()) == 2
    assert len(git(here, *new_log, "--oneline").splitlines()) == 1
    git(here, *back)
    assert kinds(receipts) == ["claimed", "scheduled"]
    git(remote, "update-ref", "refs/heads/receipts", old)
    git(here, *accept)
    assert kinds(receipts) == ["claimed"]


@pytest.mark.parametrize(
    ("hook", "script"),
    [
        ("update", 'case "$1" in refs/heads/receipts) echo "GH006: protected branch" >&2; exit 1;; esac'),
        ("pre-receive", "exit 1"),
    ],
)
def test_a_branch_that_may_not_be_pushed_is_said_so(
    receipts: BranchReceipts, remote: Path, hook: str, script: str
) -> None:
    """The error tells what to allow; nothing is on record."""
    add_hook(remote, hook, script)
    with (
        receipts.hold(KEY),
        pytest.raises(ReceiptError, match="does not let us push branch 'receipts'") as caught,
    ):
        receipts.append(KEY, "claimed", {})
    assert "contents: write" in caught.value.hint
    assert kinds(receipts) == []


def test_main_may_be_protected(receipts: BranchReceipts, remote: Path) -> None:
    """Receipts never go to the branch of the issues."""
    add_hook(
        remote, "pre-receive", 'while read old new ref; do test "$ref" != refs/heads/main || exit 1; done'
    )
    claim(receipts)
    assert kinds(receipts) == ["claimed"]


def test_a_push_that_fails_by_chance_is_tried_again(here: Path, remote: Path, clock: SetClock) -> None:
    """A remote that was busy takes the entry the next time."""
    (remote / "refs/heads/receipts.lock").touch()
    waited: list[float] = []

    def release(seconds: float) -> None:
        waited.append(seconds)
        (remote / "refs/heads/receipts.lock").unlink(missing_ok=True)

    receipts = BranchReceipts(here, clock=clock, pause=release)
    claim(receipts)
    assert len(waited) == 1
    assert kinds(receipts) == ["claimed"]


def test_a_push_that_always_fails_ends(here: Path, remote: Path, clock: SetClock) -> None:
    """Tries are bounded; the error has the words of git."""
    (remote / "refs/heads/receipts.lock").touch()
    receipts = BranchReceipts(here, clock=clock, pause=lambda _: None)
    with (
        receipts.hold(KEY),
        pytest.raises(ReceiptError, match=r"not on record: it could not be pushed.*lock"),
    ):
        receipts.append(KEY, "claimed", {})


def test_a_lock_that_a_killed_git_left_is_named(
    receipts: BranchReceipts, remote: Path, here: Path, tmp_path: Path, clock: SetClock
) -> None:
    """A person must clear it away: nobody else can say that no git is at work."""
    claim(receipts)
    claim(BranchReceipts(clone(remote, tmp_path / "other"), clock=clock), OTHER)
    lock = here / ".git/refs/newsletter/receipts.lock"
    lock.touch()
    with pytest.raises(ReceiptError, match=str(lock)) as caught:
        receipts.read(KEY)
    assert "delete it when no git is running" in caught.value.hint
    lock.unlink()
    assert list(receipts.read_all()) == [KEY, OTHER]


def test_a_git_that_was_killed_is_an_error(
    receipts: BranchReceipts, here: Path, tmp_path: Path, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even when it could say nothing."""
    claim(receipts)
    folder = fake_git(tmp_path / "bin", 'test "$verb" != fetch || kill -KILL $$')
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    with pytest.raises(ReceiptError, match="cannot be fetched from origin: git ended with code -9"):
        BranchReceipts(here, clock=clock).read(KEY)


def test_a_push_whose_answer_is_lost_counts(
    receipts: BranchReceipts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The remote took the claim and the line broke: it is looked up, not made twice or given up."""
    lost = f'test "$verb" != push || {{ "$real" "$@"; touch {tmp_path}/lost; exit 128; }}'
    monkeypatch.setenv("PATH", f"{fake_git(tmp_path / 'bin', lost)}:{os.environ['PATH']}")
    claim(receipts)
    assert (tmp_path / "lost").exists()
    assert kinds(receipts) == ["claimed"]


def test_a_line_that_stays_broken_after_a_push_says_what_is_not_known(
    receipts: BranchReceipts, tmp_path: Path, remote: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then the entry may be on record, and the error does not deny it."""
    gone = f'test "$verb" != push || {{ "$real" "$@"; mv {remote} {remote}.gone; exit 128; }}'
    monkeypatch.setenv("PATH", f"{fake_git(tmp_path / 'bin', gone)}:{os.environ['PATH']}")
    with receipts.hold(KEY), pytest.raises(ReceiptError, match="whether it is on record is not known"):
        receipts.append(KEY, "claimed", {})


def test_credentials_never_appear(receipts: BranchReceipts, here: Path) -> None:
    """Git repeats addresses in its messages; ours are without user, password and query."""
    git(here, "remote", "set-url", "origin", "https://ed:s3cret@127.0.0.1:9/x.git?private_token=s3cret")
    with pytest.raises(ReceiptError, match="cannot be fetched from origin") as caught:
        receipts.read(KEY)
    assert "127.0.0.1:9" in caught.value.message
    assert "s3cret" not in f"{caught.value.message} {caught.value.hint}"


def test_only_runs_of_this_clone_are_known_dead(
    receipts: BranchReceipts, remote: Path, here: Path, tmp_path: Path, clock: SetClock
) -> None:
    """Whose lock we hold is gone; of another clone, or a copy of this one, only a person knows."""
    claim(receipts)
    (entry,) = receipts.read(KEY).entries
    assert not receipts.is_over(entry)
    with receipts.hold(KEY):
        assert receipts.is_over(entry)
    shutil.copytree(here, tmp_path / "copy", symlinks=True)
    for place in (tmp_path / "copy", clone(remote, tmp_path / "other")):
        elsewhere = BranchReceipts(place, clock=clock)
        with elsewhere.hold(KEY):
            assert not elsewhere.is_over(elsewhere.read(KEY).entries[0])
    with receipts.hold(KEY):
        assert receipts.is_over(entry)


def test_without_a_remote_the_branch_is_local(tmp_path: Path, clock: SetClock) -> None:
    """The same record, in this clone alone, without a change to its work tree."""
    here = tmp_path / "alone"
    new_alone(here)
    receipts = BranchReceipts(here, clock=clock)
    assert receipts.read_all() == {}
    seen = receipts.read(KEY)
    claim(receipts)
    with receipts.hold(KEY):
        with pytest.raises(Refused, match="meanwhile"):
            receipts.append(KEY, "claimed", {}, seen=seen)
        receipts.append(KEY, "scheduled", {})
    assert kinds(receipts) == ["claimed", "scheduled"]
    assert receipts.seen().where == "branch receipts at this clone"
    assert git(here, "status", "--porcelain") == ""


def test_a_local_record_is_not_forgotten_when_a_remote_comes(
    tmp_path: Path, remote: Path, clock: SetClock
) -> None:
    """The remote has no record, and this clone has: that is no beginning."""
    here = tmp_path / "alone"
    new_alone(here)
    claim(BranchReceipts(here, clock=clock))
    git(here, "remote", "add", "origin", f"file://{remote}")
    receipts = BranchReceipts(here, clock=clock)
    with pytest.raises(ReceiptError, match="has seen the record before") as caught:
        receipts.read(KEY)
    git(here, *caught.value.hint.split("`")[1].split()[1:])
    assert kinds(receipts) == ["claimed"]


def test_a_local_branch_that_is_checked_out_is_not_moved(tmp_path: Path, clock: SetClock) -> None:
    """Whoever looks at the record in a work tree would see it change under their feet."""
    here = tmp_path / "alone"
    new_alone(here)
    receipts = BranchReceipts(here, clock=clock)
    claim(receipts)
    git(here, "checkout", "-q", "receipts")
    with receipts.hold(KEY), pytest.raises(ReceiptError, match="is checked out in"):
        receipts.append(KEY, "scheduled", {})
    assert kinds(receipts) == ["claimed"]
    assert git(here, "status", "--porcelain") == ""


def test_the_only_remote_is_taken_and_of_several_origin(
    here: Path, remote: Path, tmp_path: Path, clock: SetClock
) -> None:
    """Of several remotes without origin nobody knows which has the record."""
    git(here, "remote", "rename", "origin", "upstream")
    claim(BranchReceipts(here, clock=clock))
    assert BranchReceipts(here, clock=clock).seen().where == "branch receipts at upstream"
    git(here, "remote", "add", "fork", f"file://{remote}")
    with pytest.raises(SettingsError, match="'fork', 'upstream' and no 'origin'"):
        BranchReceipts(here, clock=clock).read(KEY)
    git(here, "remote", "add", "origin", f"file://{new_remote(tmp_path / 'third.git')}")
    assert BranchReceipts(here, clock=clock).seen().where == "branch receipts at origin"


def newsletter_in(folder: Path, line: str = "") -> Path:
    """Put settings into *folder*, with one more line."""
    folder.mkdir(exist_ok=True, parents=True)
    text = SETTINGS.replace('name = "Steady"\n', f'name = "Steady"\n{line}\n')
    (folder / "pyproject.toml").write_text(text, encoding="utf-8")
    return folder


def test_receipts_are_where_the_settings_say(here: Path, tmp_path: Path, clock: SetClock) -> None:
    """On the branch in a clone, in a folder outside git, and in a folder that is named."""
    in_clone = open_receipts(load_settings(newsletter_in(here / "letters")), clock)
    outside = open_receipts(load_settings(newsletter_in(tmp_path / "plain")), clock)
    named = open_receipts(load_settings(newsletter_in(here / "more", "receipts = './record'")), clock)
    assert isinstance(in_clone, BranchReceipts)
    assert isinstance(outside, FolderReceipts)
    assert outside.seen().where == f"folder {tmp_path}/plain/.newsletter/receipts"
    assert named.seen().where == f"folder {here}/more/record"


def test_a_folder_of_receipts_is_not_passed_over(here: Path, clock: SetClock) -> None:
    """Receipts from before there was a git repository stop the branch from beginning empty."""
    settings = load_settings(newsletter_in(here))
    old = FolderReceipts(here / ".newsletter/receipts", clock=clock)
    with old.hold(KEY):
        old.append(KEY, "claimed", {})
    with pytest.raises(ReceiptError, match="there are receipts here"):
        open_receipts(settings, clock)


def test_a_clone_that_git_refuses_is_no_plain_folder(tmp_path: Path, clock: SetClock) -> None:
    """Half a repository, or one of another user, does not begin a new record."""
    newsletter_in(tmp_path / "half")
    (tmp_path / "half/.git").mkdir()
    receipts = open_receipts(load_settings(tmp_path / "half"), clock)
    with pytest.raises(ReceiptError, match=r"git refuses this clone: .*not a git repository"):
        receipts.read(KEY)


def test_a_clone_without_git_installed_says_so(
    here: Path, tmp_path: Path, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An empty folder beside the record would say that nothing was sent."""
    monkeypatch.setenv("PATH", str(tmp_path / "home"))
    with pytest.raises(ReceiptError, match="git is not installed"):
        open_receipts(load_settings(newsletter_in(here)), clock).read(KEY)
