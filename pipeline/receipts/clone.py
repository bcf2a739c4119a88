"""
The branch `receipts` as one clone sees it: its tip at the remote, its files, one commit more.

Nothing here touches the work tree, the index, HEAD or a branch of the clone. What the clone has last seen
of the record is kept as refs/newsletter/receipts, which only moves forward: a record that was rewritten or
deleted at the remote is noticed.
"""

import datetime as dt
import os
import platform
import secrets
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from pipeline.errors import ReceiptError, SettingsError
from pipeline.files import locked, write_whole
from pipeline.receipts.git import NO_ANSWER, Answer, Git
from pipeline.receipts.holding import unwritable

BRANCH = "refs/heads/receipts"
SEEN = "refs/newsletter/receipts"
_HERE = "."  # the remote of a clone that has none
_AUTHOR = "newsletter <newsletter@localhost>"
_FETCH = (
    *("fetch", "--quiet", "--refmap=", "--no-tags", "--no-write-fetch-head", "--no-prune"),
    *("--no-recurse-submodules", "--no-filter", "--"),
)
_PUSH = (
    *("push", "--quiet", "--no-verify", "--no-follow-tags", "--no-signed"),
    *("--recurse-submodules=no", "--"),
)
_NO_REF = "refs/newsletter/new"  # what a stream for fast-import must name; taken back at its end
_README = """\
What was signed, scheduled and sent, written by `newsletter`: one folder for each issue.

This branch only grows. Do not rewrite, merge or delete it: without it nobody knows what was sent.
"""
_TRIES = 3  # of a fetch that another git in the same clone disturbs
_HEAD_WORDS = 3  # before each content that `git cat-file --batch` prints: object, kind, size
_NOT_ANCESTOR = 1  # how `git merge-base --is-ancestor` says no


class Clone:
    """The clone that a newsletter lies in, and the record at its remote."""

    def __init__(self, root: Path, *, offline: bool = False) -> None:
        """
        Find out where the record is.

        Args:
            root: in or below the clone.
            offline: speak to no remote: only what was fetched can be read.

        Raises:
            ReceiptError: there is no git, or it does not accept the clone.
            SettingsError: it has several remotes and none is origin.
        """
        program = shutil.which("git")
        if program is None:
            raise ReceiptError(
                f"{root.as_posix()}: the receipts are on a git branch, and git is not installed",
                hint="install git; or, if this folder shall keep a record of its own, set receipts = "
                '".newsletter/receipts" in pyproject.toml',
            )
        self.git = Git(program, root, offline=offline)
        found = self.git("rev-parse", "--show-object-format", "--path-format=absolute", "--git-common-dir")
        if found.code:
            raise ReceiptError(
                f"{root.as_posix()}: the receipts are on a git branch, and git refuses this clone: "
                f"{found.said}",
                hint="mend what git names; it must be 2.31 or newer",
            )
        form, _, folder = os.fsdecode(found.out).rstrip("\r\n").partition("\n")
        self._nothing = "0" * (64 if form == "sha256" else 40)  # the name of no object
        self._folder = Path(folder)
        self.remote = _remote(self._whole(self.git("remote")).decode().split())
        self.is_here = self.remote == _HERE
        self.where = "this clone" if self.is_here else self.remote
        self._fetched = self._folder / "newsletter" / "fetched"  # its time is that of the last fetch

    def lock_path(self, key: str) -> Path:
        """Return the file that whoever acts on *key* in this clone locks."""
        return self._folder / "newsletter" / f"{key}.lock"

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Wait until no other newsletter works on the record in this clone, and keep others out."""
        lock = self._folder / "newsletter" / "lock"
        with ExitStack() as stack:
            try:
                lock.parent.mkdir(parents=True, exist_ok=True)
                stack.enter_context(locked(lock, wait=True))
            except OSError as err:
                raise unwritable(lock.parent, err) from err
            yield

    def place(self) -> str:
        """
        Return the id of this clone; a copy of it, on this machine or another, has another id.

        Call it within `alone`.
        """
        path = self._folder / "newsletter" / "place"
        try:
            stat = self._folder.stat()
            bound = f"{platform.node()} {stat.st_dev} {stat.st_ino}"
            if path.exists():
                own, _, to = path.read_text(encoding="utf-8").strip().partition(" ")
                if to == bound:
                    return own
            own = secrets.token_hex(8)
            write_whole(path, f"{own} {bound}\n".encode())
        except (OSError, ValueError) as err:
            raise unwritable(path, err if isinstance(err, OSError) else OSError(str(err))) from err
        return own

    def fetch(self) -> str:
        """
        Return the commit at the tip of the record, fetched now; "" when there is no record yet.

        Raises:
            ReceiptError: the remote cannot be reached, or the record there is not what it was and more.
        """
        for _ in range(_TRIES):
            answer = self.git(*_FETCH, self.remote, f"{BRANCH}:{SEEN}")
            if answer.code == 0:
                self._note_fetch()
                return self._seen()
            there = self._listed() if answer.code != NO_ANSWER else None
            if there is None:
                break
            if not there:
                self._demand_never_seen()
                self._note_fetch()
                return ""
            if (self._folder / "shallow").exists():  # a fetch with --depth cut the record, too
                self.git(*_FETCH[:-1], "--depth=2147483647", "--", self.remote, BRANCH)
            self._demand_grown(there)
        raise ReceiptError(
            f"the receipts cannot be fetched from {self.where}: {answer.said}",
            hint="nothing is sent without them; mend the connection or the sign-in, and run the command again"
            if ".lock'" not in answer.said
            else "a git that was killed left that file: delete it when no git is running, and try again",
        )

    def last_seen(self) -> str:
        """
        Return the tip as far as this clone knows without asking anybody; "" when it knows none.

        Without a remote that is the record itself.

        Raises:
            ReceiptError: the clone is damaged, or the record was here and is gone.
        """
        if not self.is_here:
            return self._seen()
        tip = self._whole(self.git("for-each-ref", "--format=%(objectname)", BRANCH)).decode().strip()
        if not tip:
            self._demand_never_seen()
        return tip

    def fetched_at(self) -> dt.datetime | None:
        """Return when the record was last fetched, in UTC by this machine's clock; None when it never was."""
        try:
            return dt.datetime.fromtimestamp(self._fetched.stat().st_mtime, dt.UTC)
        except OSError:
            return None

    def files(self, tip: str, folder: str = "") -> dict[str, str]:
        """
        Return the object of each file at *tip* by path, of all or of one top folder.

        Raises:
            ReceiptError: the clone is damaged.
        """
        within = ("--", f"{folder}/") if folder else ()
        listed = self._whole(self.git("ls-tree", "-r", "-z", "--full-tree", tip, *within))
        rows = (row.split("\t", 1) for row in listed.decode("utf-8", "replace").split("\0") if row)
        return {path: about.split()[2] for about, path in rows}

    def folders(self, tip: str) -> dict[str, str]:
        """
        Return the object of each top folder at *tip* by name; it is another one when a file in it is.

        Raises:
            ReceiptError: the clone is damaged.
        """
        listed = self._whole(self.git("ls-tree", "-d", "-z", "--full-tree", tip))
        rows = (row.split("\t", 1) for row in listed.decode("utf-8", "replace").split("\0") if row)
        return {name: about.split()[2] for about, name in rows}

    def files_in(self, folders: Iterable[str]) -> list[dict[str, str]]:
        """
        Return the object of each file by name, of each of these folders' objects.

        Raises:
            ReceiptError: one is not there: the clone is damaged.
        """
        return [_listing(content, len(self._nothing) // 2) for content in self._objects(folders, b"tree")]

    def contents(self, objects: Iterable[str]) -> list[bytes]:
        """
        Return the content of each of these objects.

        Raises:
            ReceiptError: one is not there: the clone is damaged.
        """
        return self._objects(objects, b"blob")

    def _objects(self, objects: Iterable[str], kind: bytes) -> list[bytes]:
        """Return these objects as they are stored, all by one git."""
        asked = list(objects)
        if not asked:
            return []
        told = self._whole(
            self.git("cat-file", "--batch", given="".join(f"{each}\n" for each in asked).encode())
        )
        found, start = [], 0
        for each in asked:
            end = told.find(b"\n", start)
            words = told[start:end].split() if end >= 0 else []
            if len(words) != _HEAD_WORDS or words[1] != kind:
                raise self._damaged(f"{each} is no {'file' if kind == b'blob' else 'folder'} there")
            start = end + 1
            found.append(told[start : start + int(words[2])])
            start += int(words[2]) + 1
        return found

    def commit(self, tip: str, files: Mapping[str, str], message: str, *, at: dt.datetime) -> str:
        """
        Return a commit on *tip*, or the first one, in which *files* by path have these contents.

        Only objects are written, no ref: one process, and nothing to clean up after a kill.

        Raises:
            ReceiptError: it cannot be written.
        """
        if not tip:
            files = {"README.md": _README, **files}
        stream = [
            f"reset {_NO_REF}\ncommit {_NO_REF}\nmark :1\n",
            f"committer {_AUTHOR} {at.timestamp():.0f} +0000\n",
            _data(message),
            f"from {tip}\n" if tip else "",
            *(f"M 100644 inline {path}\n{_data(content)}" for path, content in files.items()),
            f"get-mark :1\nreset {_NO_REF}\nfrom {self._nothing}\n\ndone\n",
        ]
        answer = self.git("fast-import", "--quiet", "--done", given="".join(stream).encode())
        if answer.code:
            raise ReceiptError(
                f"the receipts cannot be written in this clone: {answer.said}",
                hint="make room or give permission, then run the command again",
            )
        return answer.out.decode().strip()

    def publish(self, commit: str, tip: str) -> Answer:
        """
        Make *commit* the tip of the record where that is still *tip* or one of its ancestors; never by force.

        Returns:
            The answer of git; after a failure the commit may be at the tip nevertheless.
        """
        if self.is_here:
            self._demand_not_checked_out()
            answer = self.git("update-ref", BRANCH, commit, tip or self._nothing)
        else:
            mirror = ("-c", f"remote.{self.remote}.mirror=false")  # it would force
            answer = self.git(*mirror, *_PUSH, self.remote, f"{commit}:{BRANCH}")
        if answer.code == 0:
            self.git("update-ref", SEEN, commit)  # should it fail, the next fetch does it
        return answer

    def has(self, commit: str, tip: str) -> bool:
        """Say whether the record with this *tip* contains *commit*."""
        return bool(tip) and self.git("merge-base", "--is-ancestor", commit, tip).code == 0

    def _note_fetch(self) -> None:
        try:
            self._fetched.parent.mkdir(parents=True, exist_ok=True)
            self._fetched.touch()
        except OSError as err:
            raise unwritable(self._fetched, err) from err

    def _seen(self) -> str:
        """Return the tip that this clone has seen last, or ""."""
        answer = self.git("for-each-ref", "--format=%(objectname)", SEEN)
        return self._whole(answer).decode().strip()

    def _listed(self) -> str | None:
        """Return the tip at the remote, "" when there is no such branch, None when nobody answers."""
        answer = self.git("ls-remote", "--", self.remote, BRANCH)
        if answer.code:
            return None
        rows = [line.split() for line in answer.out.decode("utf-8", "replace").splitlines()]
        return next((row[0] for row in rows if row[1:] == [BRANCH]), "")

    def _demand_never_seen(self) -> None:
        if self._seen():
            raise ReceiptError(
                f"branch 'receipts' is not at {self.where}, and this clone has seen the record before",
                hint=f"nobody is to send without it: bring it back with "
                f"`git push {self.remote} {SEEN}:{BRANCH}`",
            )

    def _demand_grown(self, tip: str) -> None:
        """Refuse a *tip* that has been fetched and does not contain what this clone has seen."""
        seen = self._seen()
        if seen and self.git("merge-base", "--is-ancestor", seen, tip).code == _NOT_ANCESTOR:
            raise ReceiptError(
                f"branch 'receipts' at {self.where} was rewritten: {seen[:12]} was on it, and is no more",
                hint="nobody is to send on a rewritten record; "
                f"compare `git log {SEEN}` with `git log {tip}`: to bring the old one back, "
                f"`git push --force-with-lease=receipts:{tip} {self.remote} {SEEN}:{BRANCH}`; when the new "
                f"one says all that was sent, accept it with `git update-ref -d {SEEN}`",
            )

    def _demand_not_checked_out(self) -> None:
        place = self._whole(self.git("for-each-ref", "--format=%(worktreepath)", BRANCH)).decode().strip()
        if place:
            raise ReceiptError(
                f"branch 'receipts' is checked out in {place}: an entry would move it under your feet",
                hint="switch to another branch there with `git switch -`",
            )

    def _whole(self, answer: Answer) -> bytes:
        if answer.code:
            raise self._damaged(answer.said)
        return answer.out

    def _damaged(self, what: str) -> ReceiptError:
        return ReceiptError(
            f"the receipts cannot be read in this clone: {what}",
            hint="run `git fsck`; when the clone is damaged, make a new one and run the command there",
        )


def _remote(names: list[str]) -> str:
    if "origin" in names or len(names) <= 1:
        return "origin" if "origin" in names else "".join(names) or _HERE
    raise SettingsError(
        f"nobody says which remote has the receipts: there are {', '.join(map(repr, names))} and no 'origin'",
        hint=f"name it origin: `git remote rename {names[0]} origin`",
    )


def _data(content: str) -> str:
    """Return *content* as `git fast-import` reads it: its length in bytes comes first."""
    return f"data {len(content.encode())}\n{content}\n"


def _listing(content: bytes, size: int) -> dict[str, str]:
    """
    Return the object of each file by name, of a folder as git stores it; a folder within is left out.

    Args:
        content: mode, blank, name, NUL and an object's name, as often as there are files.
        size: of an object's name, in bytes.

    Source: git's documentation, "gitformat-pack" and "Git Internals: Git Objects", read 2026-11-27.
    """
    found, start = {}, 0
    while start < len(content):
        end = content.index(b"\0", start)
        mode, _, name = content[start:end].partition(b" ")
        start = end + 1 + size
        if not mode.startswith(b"4"):
            found[name.decode("utf-8", "replace")] = content[end + 1 : start].hex()
    return found
