"""
The output folder as one thing: readers see the whole old site or the whole new one.

Two trees. The live folder stands at its path; beside it lies a hidden one, `.NAME.spare/`, with

    tree/       the spare: the site as it was before the last build
    new/        what this build wrote, each file named by its SHA-256
    N.list      what is in the tree whose folder has inode N, and the size and time of every file
    lock        held while a build is at work

A build brings the spare up to date and exchanges the two (`archive.exchange`), so it touches what changed in
the last two builds alone. Both trees share their files by hard links: none is ever changed in place. Before
the spare is touched its list goes away, durably; it comes back only when the spare is the finished site.

Kill it at any moment: the live folder is the old site or the new one, and the next build needs no help.
Without an exchange in one step a kill may leave nothing at the path, until the next start puts it back.

A power cut: the files of a build are flushed to the disk before their list is written, and the list before
the exchange. On a disk that keeps its word either site is whole; damage done nevertheless is found by size.

A process that was started *inside* the live folder, such as a web server, stays in the old tree: start it
with the path instead.
"""

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from pipeline.archive.exchange import Exchange, exchange_folders, put_right
from pipeline.errors import Refused, UsageError
from pipeline.files import locked, sync_folder, write_whole

_VERSION = 1  # of the lists
_OF_THE_SYSTEM = frozenset((".DS_Store", "Thumbs.db", "desktop.ini"))  # come when somebody looks at a folder
_FEW = 64  # files that are flushed one by one; above it, the whole system is


class Change(NamedTuple):
    """What a build changed in the live folder; paths are relative, sorted."""

    written: tuple[str, ...]  # new, or with new content
    removed: tuple[str, ...]
    kept: int  # files


# Path to digest, size in bytes and mtime in nanoseconds: a plain tuple, since 40,000 are read at each start.
_Files = dict[str, tuple[str, int, int]]


def put(staging: Path, content: bytes) -> str:
    """
    Write *content* for the tree that is being built, and return its digest: SHA-256 in hex.

    Any process may do so, several at once, while the tree is open.
    """
    digest = hashlib.sha256(content).hexdigest()
    (staging / digest).write_bytes(content)
    return digest


@contextlib.contextmanager
def open_tree(folder: Path, *, exchange: Exchange = exchange_folders) -> Iterator["Tree"]:
    """
    Open the site at *folder* for one build, and put right what a killed one left.

    The folder need not be there. A symbolic link is followed: what it leads to is exchanged.

    Args:
        folder: the output folder.
        exchange: how two folders change places.

    Raises:
        UsageError: something of the user's stands at *folder*; it is left alone.
        Refused: another build is at work on it.
        OSError: the folder beside it cannot be written.
    """
    live = Path(os.path.realpath(folder))
    beside = live.with_name(f".{live.name}.spare") if live.name else live
    if live == beside or (live.exists() and not live.is_dir()):
        raise _foreign(folder)
    if not beside.exists() and live.exists() and any(live.iterdir()):
        raise _foreign(folder)
    beside.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(locked(beside / "lock", wait=False))
        except BlockingIOError as err:
            raise Refused(
                f"{folder.as_posix()}: another build is at work on this folder",
                hint="wait until it has ended, then run the command again",
            ) from err
        (beside / ".gitignore").write_bytes(b"*\n")
        put_right(live, beside / "tree")
        yield Tree(folder, live, beside, exchange)


class Tree:
    """
    The site, open for one build.

    Attributes:
        standing: what the live folder has, path to digest; a file that is gone, or was changed by anybody
            else, is not in it. Paths are relative, with forward slashes.
        staging: where `put` writes.
    """

    def __init__(self, folder: Path, live: Path, beside: Path, exchange: Exchange) -> None:
        """
        Look at the live folder; `open_tree` has its lock.

        Raises:
            UsageError: it is not empty, and was not made by us.
        """
        self._folder, self._live, self._beside, self._exchange = folder, live, beside, exchange
        self._spare = beside / "tree"
        self.staging = beside / "new"
        self._listed, self._files = self._look()
        if not self._files and live.exists() and any(live.iterdir()):
            raise _foreign(folder)
        self.standing: Mapping[str, str] = {path: file[0] for path, file in self._files.items()}
        shutil.rmtree(self.staging, ignore_errors=True)
        self.staging.mkdir()

    def finish(self, wanted: Mapping[str, str]) -> Change:
        """
        Make the live folder hold exactly *wanted*, in one step; when it does already, touch nothing.

        Args:
            wanted: path to digest; each file is in `standing` with this digest, or was written by `put`.

        Raises:
            UsageError: two paths cannot be together, or the folder holds a file that was not made by us.
            ValueError: a path leads out of the folder.
            LookupError: a content was never written.
        """
        change = self._change(wanted)
        if not change.written and not change.removed:
            return change
        folders = _folders(wanted)
        self._demand_contents(wanted)
        before = self._begin()
        files, fresh = self._bring_up(wanted, folders, before)
        _flush(fresh)
        write_whole(self._list_of(self._spare), _dump(files))
        self._demand_no_strays()
        if self._live.exists():
            self._exchange(self._live, self._spare)
        else:
            self._spare.rename(self._live)
        sync_folder(self._live.parent)
        shutil.rmtree(self.staging)
        return change

    @contextlib.contextmanager
    def laid_out(self, files: Mapping[str, str]) -> Iterator[Path]:
        """
        Yield a folder of its own that holds *files*, for a tool that reads a site; it is gone afterwards.

        Args:
            files: path to digest; each is in `standing` with this digest, or was written by `put`.
        """
        folder = self._beside / "laid-out"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        try:
            for path, digest in files.items():
                target = folder / path
                target.parent.mkdir(parents=True, exist_ok=True)
                stands = self.standing.get(path) == digest
                _link(os.fspath(self._live / path if stands else self.staging / digest), os.fspath(target))
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _look(self) -> tuple[_Files, _Files]:
        """Return what is listed of the live folder, and what of it stands."""
        if not self._live.exists():
            return {}, {}
        own = self._list_of(self._live)
        lists = (
            [own] if own.exists() else sorted(self._beside.glob("*.list"))
        )  # others: both were copied here
        looks = [(listed, _standing(self._live, listed)) for listed in map(_load, lists)]
        return max(looks, key=lambda look: len(look[1]), default=({}, {}))

    def _change(self, wanted: Mapping[str, str]) -> Change:
        written = tuple(sorted(path for path, digest in wanted.items() if self.standing.get(path) != digest))
        there = {path for path in self._listed if path in self.standing or os.path.lexists(self._live / path)}
        return Change(written, tuple(sorted(there - wanted.keys())), len(wanted) - len(written))

    def _demand_contents(self, wanted: Mapping[str, str]) -> None:
        staged = {path.name for path in self.staging.iterdir()}
        for path, digest in wanted.items():
            if self.standing.get(path) != digest and digest not in staged:
                raise LookupError(f"{path!r}: its content was never written: {digest!r}")

    def _begin(self) -> _Files:
        """Mark the spare as unfinished, durably, and return what could be trusted of it until now."""
        before: _Files = {}
        if self._spare.exists():
            before = _standing(self._spare, _load(self._list_of(self._spare)))
        own = self._list_of(self._live) if self._live.exists() else None
        for path in self._beside.glob("*.list"):
            if path != own:
                path.unlink()
        sync_folder(self._beside)
        self._spare.mkdir(exist_ok=True)
        return before

    def _bring_up(
        self, wanted: Mapping[str, str], folders: set[str], before: _Files
    ) -> tuple[_Files, list[str]]:
        """Make the spare hold *wanted*; return its list, and which of its files are newly written."""
        spare = os.fspath(self._spare)
        kept = {path: file for path, file in before.items() if wanted.get(path) == file[0]}
        found_folders = set()
        for path, is_folder in _walk(self._spare):
            if is_folder:
                found_folders.add(path)
            elif path not in kept:
                (self._spare / path).unlink()
        for path in sorted(found_folders - folders, reverse=True):  # the inner ones first
            (self._spare / path).rmdir()
        for path in sorted(folders - found_folders):
            (self._spare / path).mkdir()
        files = dict(kept)
        placed: dict[str, str] = {}  # digest to the file that was newly written with it
        for path in sorted(wanted.keys() - kept.keys()):
            digest, target = wanted[path], f"{spare}/{path}"
            live_file = self._files.get(path)
            if live_file and live_file[0] == digest:
                _link(f"{os.fspath(self._live)}/{path}", target)
            elif digest in placed:
                _link(placed[digest], target)
            else:
                (self.staging / digest).rename(target)
                placed[digest] = target
            stat = os.lstat(target)
            files[path] = (digest, stat.st_size, stat.st_mtime_ns)
        return files, list(placed.values())

    def _demand_no_strays(self) -> None:
        """Insist that the live folder, which is about to become the spare, holds nothing but ours."""
        if not self._live.exists():
            return
        for path, is_folder in _walk(self._live):
            if not is_folder and path not in self._listed and path.rpartition("/")[2] not in _OF_THE_SYSTEM:
                raise UsageError(
                    f"{(self._folder / path).as_posix()}: this file was not made by the archive, "
                    "which keeps its folder for itself",
                    hint="move it elsewhere and run the command again, or build into another folder with -o",
                )

    def _list_of(self, tree: Path) -> Path:
        return self._beside / f"{tree.stat().st_ino}.list"


def _foreign(folder: Path) -> UsageError:
    return UsageError(
        f"{folder.as_posix()}: something stands there that was not made by the archive; it is left alone",
        hint="name an empty or a new folder with -o, or move away what is there",
    )


def joined(rows: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """
    Return the files of several rows, path to digest, as one.

    Raises:
        UsageError: two rows have other contents for one path.
    """
    files: dict[str, str] = {}
    for row in rows:
        for path, digest in row.items():
            if files.setdefault(path, digest) != digest:
                raise UsageError(
                    f"{path!r}: two pages want to stand there", hint="change the slug or alias that says so"
                )
    return files


def _folders(paths: Mapping[str, str]) -> set[str]:
    """
    Return every folder that *paths* need.

    Raises:
        UsageError: a path is wanted as a file and as a folder, or two differ by capitals alone.
        ValueError: a path leads out of the tree.
    """
    folders: set[str] = set()
    for path in paths:
        parts = path.split("/")
        if not {"", ".", ".."}.isdisjoint(parts) or "\\" in path or "\0" in path:
            raise ValueError(f"no path of a file in the tree: {path!r}")
        folder = path.rpartition("/")[0]
        while folder and folder not in folders:
            folders.add(folder)
            folder = folder.rpartition("/")[0]
    for path in sorted(folders & paths.keys()):
        raise UsageError(
            f"{path!r}: wanted as a page and as a folder of pages",
            hint="change the slug or alias that says so",
        )
    spelt: dict[str, str] = {}
    for path in sorted(folders | paths.keys()):
        other = spelt.setdefault(path.casefold(), path)
        if other != path:
            raise UsageError(
                f"{other!r} and {path!r}: to some computers and hosts, they are one",
                hint="change the slug or alias that says so",
            )
    return folders


def _walk(root: Path) -> Iterator[tuple[str, bool]]:
    """Yield what is in a folder and below: the path, and whether it is a folder."""
    todo = [""]
    while todo:
        within = todo.pop()
        with os.scandir(f"{os.fspath(root)}/{within}") as entries:
            for entry in entries:
                is_folder = entry.is_dir(follow_symlinks=False)
                if is_folder:
                    todo.append(f"{within}{entry.name}/")
                yield f"{within}{entry.name}", is_folder


def _standing(root: Path, listed: _Files) -> _Files:
    """Return those of *listed* that are in *root* as they were written."""
    found: _Files = {}
    start = f"{os.fspath(root)}/"
    for path, file in listed.items():
        try:
            stat = os.lstat(start + path)
        except OSError:
            continue
        if stat.st_mtime_ns == file[2] and stat.st_size == file[1]:
            found[path] = file
    return found


def _link(source: str, target: str) -> None:
    """Have the file at *target* as well: the same one, or a copy where the file system has no links."""
    try:
        os.link(source, target)
    except (OSError, NotImplementedError):
        shutil.copy2(source, target, follow_symlinks=False)


def _flush(paths: list[str]) -> None:
    """Have the disk hold these files: one by one, or when they are many all that the system has."""
    if len(paths) > _FEW and hasattr(os, "sync"):
        os.sync()
        return
    for path in paths:
        with Path(path).open("r+b") as stream:
            os.fsync(stream.fileno())


def _dump(files: _Files) -> bytes:
    """Return a list in columns, which are read several times faster than one object for each file."""
    columns = list(zip(*((path, *file) for path, file in sorted(files.items())), strict=True)) or [
        (),
        (),
        (),
        (),
    ]
    return json.dumps({"version": _VERSION, "columns": columns}, separators=(",", ":")).encode()


def _load(path: Path) -> _Files:
    """Return a list; an empty one when it is missing, broken or of another version."""
    try:
        plain = json.loads(path.read_bytes())
        if plain["version"] != _VERSION:
            return {}
        paths, *columns = plain["columns"]
        return dict(zip(paths, zip(*columns, strict=True), strict=True))
    except (OSError, ValueError, KeyError, TypeError):
        return {}
