"""Receipts on a branch in clones of every form, with settings that are no good for a program."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from repositories import KEY, add_hook, clone, empty_home, git, new_alone, new_remote

from conftest import SetClock
from pipeline.receipts import BranchReceipts


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home, where a .gitconfig may be put."""
    for name, value in empty_home(tmp_path / "home").items():
        monkeypatch.setenv(name, value)
    return tmp_path / "home"


def kinds_after_a_dispatch(here: Path, clock: SetClock) -> list[str]:
    """Claim and schedule in one clone, and return what a fresh look at the remote says."""
    receipts = BranchReceipts(here, clock=clock)
    with receipts.hold(KEY):
        receipts.append(KEY, "claimed", {}, seen=receipts.read(KEY), parts={"message.txt": "a\r\nb\n"})
        receipts.append(KEY, "scheduled", {})
    return [entry.kind for entry in BranchReceipts(here, clock=clock).read(KEY).entries]


def shallow(remote: Path, folder: Path) -> Path:
    """As a checkout in CI: one commit, no tags, no branch."""
    made = clone(remote, folder, "--depth=1", "--no-tags")
    git(made, "checkout", "-q", "--detach")
    return made


def without_blobs(remote: Path, folder: Path) -> Path:
    """A partial clone."""
    git(remote, "config", "uploadpack.allowFilter", "true")
    return clone(remote, folder, "--filter=blob:none")


def without_trees(remote: Path, folder: Path) -> Path:
    """A partial clone with even less."""
    git(remote, "config", "uploadpack.allowFilter", "true")
    return clone(remote, folder, "--filter=tree:0", "--no-checkout")


def work_tree(remote: Path, folder: Path) -> Path:
    """A second work tree of a clone."""
    git(clone(remote, folder.with_name("main")), "worktree", "add", "-q", str(folder))
    return folder


def mirror(remote: Path, folder: Path) -> Path:
    """A bare mirror, whose pushes would force."""
    return clone(remote, folder, "--mirror")


def subfolder(remote: Path, folder: Path) -> Path:
    """A newsletter further down in a repository, in a path with blanks."""
    inner = clone(remote, folder.with_name("a b é")) / "letters"
    inner.mkdir()
    return inner


@pytest.mark.parametrize("form", [shallow, without_blobs, without_trees, work_tree, mirror, subfolder])
@pytest.mark.parametrize("begun", [False, True])
def test_any_clone_will_do(
    tmp_path: Path, clock: SetClock, form: Callable[[Path, Path], Path], *, begun: bool
) -> None:
    """Whatever a clone lacks or adds, the record is read and grows."""
    remote = new_remote(tmp_path / "remote.git")
    before = kinds_after_a_dispatch(clone(remote, tmp_path / "first"), clock) if begun else []
    here = form(remote, tmp_path / "here")
    assert kinds_after_a_dispatch(here, clock) == [*before, "claimed", "scheduled"]


def test_a_record_that_was_cut_short_is_no_rewritten_one(tmp_path: Path, clock: SetClock) -> None:
    """Somebody's `git fetch --depth` takes the past of the record; it is fetched again."""
    remote = new_remote(tmp_path / "remote.git")
    first = clone(remote, tmp_path / "first")
    kinds_after_a_dispatch(first, clock)
    here = clone(remote, tmp_path / "here", "--depth=1", "--no-single-branch")
    kinds_after_a_dispatch(here, clock)
    kinds_after_a_dispatch(first, clock)
    git(here, "fetch", "-q", "--depth=1")
    assert kinds_after_a_dispatch(here, clock) == ["claimed", "scheduled"] * 4


SETTINGS = {
    "signing": "[commit]\ngpgSign = true\n[push]\ngpgSign = true\n[gpg]\nprogram = false",
    "nobody": "[user]\nuseConfigOnly = true",
    "line ends": "[core]\nautocrlf = true\neol = crlf\nsafecrlf = true",
    "colours": "[color]\nui = always\npush = always\n[column]\nui = always",
    "fetching": "[fetch]\nprune = true\npruneTags = true\nrecurseSubmodules = true\nfsckObjects = true\n"
    "[remote]\npushDefault = elsewhere",
    "pushing": "[push]\ndefault = nothing\nfollowTags = true\nrecurseSubmodules = check\n"
    "useForceIfIncludes = true\nnegotiate = true",
    "strict": "[transfer]\nfsckObjects = true\n[protocol]\nversion = 0",
    "encoding": "[i18n]\ncommitEncoding = latin1\nlogOutputEncoding = latin1\n[core]\nquotePath = true",
    "packing": "[fastimport]\nunpackLimit = 1\n[fetch]\nunpackLimit = 1\n[core]\nlogAllRefUpdates = always",
    "aliases": "[alias]\nfetch = !false\npush = !false\n[core]\npager = false\neditor = false",
}


@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS.keys())
def test_any_settings_will_do(tmp_path: Path, home: Path, clock: SetClock, settings: str) -> None:
    """What somebody likes in their own git has no say in the record."""
    remote = new_remote(tmp_path / "remote.git")
    here = clone(remote, tmp_path / "here")
    (home / ".gitconfig").write_text(settings, encoding="utf-8")
    assert kinds_after_a_dispatch(here, clock) == ["claimed", "scheduled"]
    look = ["git", "-C", str(remote), "cat-file", "blob", f"receipts:{KEY}/message.txt"]
    assert subprocess.run(look, capture_output=True, check=True).stdout == b"a\r\nb\n"
    (home / ".gitconfig").unlink()
    assert (
        git(remote, "log", "-1", "--format=%an <%ae> %G?", "receipts")
        == "newsletter <newsletter@localhost> N"
    )


def test_long_object_names_will_do(tmp_path: Path, clock: SetClock) -> None:
    """A repository may name its objects by SHA-256."""
    remote = new_remote(tmp_path / "remote.git", "--object-format=sha256")
    assert kinds_after_a_dispatch(clone(remote, tmp_path / "here"), clock) == ["claimed", "scheduled"]


def test_hooks_of_the_clone_do_not_run(tmp_path: Path, clock: SetClock) -> None:
    """A pre-push hook that runs the tests has nothing to say about a receipt."""
    places = [clone(new_remote(tmp_path / "remote.git"), tmp_path / "here"), new_alone(tmp_path / "alone")]
    for name in ("pre-push", "reference-transaction", "post-commit", "pre-auto-gc", "update", "pre-receive"):
        for place in places:
            add_hook(place / ".git", name, f"touch {tmp_path}/ran-{name}; exit 1")
    for place in places:
        assert kinds_after_a_dispatch(place, clock) == ["claimed", "scheduled"]
    assert not list(tmp_path.glob("ran-*"))


def test_the_environment_of_another_git_is_not_ours(
    tmp_path: Path, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Run by a hook or an alias of another repository, we still look at our own."""
    here = clone(new_remote(tmp_path / "remote.git"), tmp_path / "here")
    other = clone(new_remote(tmp_path / "other.git"), tmp_path / "other")
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other / ".git/index"))
    monkeypatch.setenv("GIT_OBJECT_DIRECTORY", str(other / ".git/objects"))
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    monkeypatch.setenv("GIT_TRACE", "2")
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    assert kinds_after_a_dispatch(here, clock) == ["claimed", "scheduled"]
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    assert git(other, "for-each-ref", "refs/newsletter") == ""


def test_settings_that_ci_signs_in_with_are_kept(
    tmp_path: Path, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A runner hands addresses and headers down in the environment."""
    remote = new_remote(tmp_path / "remote.git")
    here = clone(remote, tmp_path / "here")
    git(here, "remote", "set-url", "origin", "https://mail.invalid/steady.git")
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", f"url.file://{remote}.insteadOf")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "https://mail.invalid/steady.git")
    assert kinds_after_a_dispatch(here, clock) == ["claimed", "scheduled"]
