"""Real repositories for tests: a bare one as remote, and clones of it."""

import os
import subprocess
from pathlib import Path

KEY = "steady-2026-12-01"
VERBS = ("fetch", "fast-import", "push", "update-ref")


def git(folder: Path, *arguments: str, given: str = "") -> str:
    """Run git in *folder* as somebody with a name; return what it prints."""
    who = ("-c", "user.name=Ed", "-c", "user.email=ed@example.com", "-c", "core.hooksPath=/dev/null")
    ended = subprocess.run(
        ["git", "-C", str(folder), *who, *arguments], input=given, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.strip()


def empty_home(folder: Path) -> dict[str, str]:
    """Return an environment in which git has no settings, not even a name; its settings may be added."""
    folder.mkdir()
    settings = {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1"}
    return {**{name: value for name, value in os.environ.items() if not name.startswith("GIT_")}, **settings}


def new_remote(folder: Path, *options: str) -> Path:
    """Return a bare repository with one commit on main."""
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", *options, str(folder)], check=True)
    tree = git(folder, "mktree")
    git(folder, "update-ref", "refs/heads/main", git(folder, "commit-tree", tree, "-m", "Begin"))
    return folder


def new_alone(folder: Path) -> Path:
    """Return a repository without a remote and without a commit."""
    subprocess.run(["git", "init", "-q", "-b", "main", str(folder)], check=True)
    return folder


def clone(remote: Path, folder: Path, *options: str) -> Path:
    """Return a clone of *remote*, which is spoken to as over a network."""
    subprocess.run(["git", "clone", "-q", *options, f"file://{remote}", str(folder)], check=True)
    return folder


def add_hook(remote: Path, name: str, script: str) -> None:
    """Let *remote* run a shell script."""
    path = remote / "hooks" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)


def put(remote: Path, path: str, content: str) -> None:
    """Commit one file to the branch `receipts` of *remote*, as somebody does by hand."""
    blob = git(remote, "hash-object", "-w", "--stdin", given=content)
    index = {"GIT_INDEX_FILE": str(remote / "by-hand")}
    steps = (
        ("read-tree", "refs/heads/receipts"),
        ("update-index", "--add", "--cacheinfo", f"100644,{blob},{path}"),
        ("write-tree",),
    )
    for step in steps:
        ended = subprocess.run(
            ["git", "-C", str(remote), *step],
            env={**os.environ, **index},
            capture_output=True,
            text=True,
            check=True,
        )
    commit = git(remote, "commit-tree", ended.stdout.strip(), "-p", "refs/heads/receipts", "-m", "By hand")
    git(remote, "update-ref", "refs/heads/receipts", commit)


def fake_git(folder: Path, script: str) -> Path:
    """
    Return a folder for PATH with a git that runs a shell script first.

    There `$verb` is one of VERBS, if the command is, and `$real` the real git.
    """
    folder.mkdir()
    real = subprocess.run(["which", "git"], capture_output=True, text=True, check=True).stdout.strip()
    verb = f'verb=; for word in "$@"; do case $word in {"|".join(VERBS)}) verb=$word; break;; esac; done'
    path = folder / "git"
    path.write_text(f'#!/bin/sh\nreal={real}\n{verb}\n{script}\nexec "$real" "$@"\n', encoding="utf-8")
    path.chmod(0o755)
    return folder
