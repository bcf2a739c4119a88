"""
A folder of files that is whole or as it was before, and never holds what somebody else has put there.

A folder that was written here lists its files, each with the SHA-256 of its bytes; so an earlier one is told
from a folder of somebody's own, and from an earlier one that somebody has written into.
"""

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from pipeline.errors import UsageError

LIST = "files.txt"  # as `sha256sum --check` reads it
_STRAY = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})  # what systems leave behind by themselves
_HINT = "name a folder that is empty or not there yet; nothing in this one was touched"


def demand_ours(folder: Path, *, mark: str) -> None:
    """
    Refuse a folder that holds anything but an earlier, unchanged set of files of `write_folder`.

    Args:
        folder: absolute; it may be absent or empty.
        mark: what stands in the index.html of every set of this kind.

    Raises:
        UsageError: it holds something else, or is no folder; nothing was touched.
    """
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise UsageError(f"{folder.as_posix()}: no folder stands there, but something else", hint=_HINT)
    found = {path.relative_to(folder).as_posix() for path in _below(folder)}
    if not found:
        return
    listed = _listed(folder)
    foreign = sorted(found - listed.keys() - {LIST})
    if foreign or not listed:
        name = foreign[0] if foreign else min(found)
        raise UsageError(f"{folder.as_posix()}: {name!r} is no file of an earlier preview", hint=_HINT)
    changed = [name for name in sorted(found & listed.keys()) if _digest(folder / name) != listed[name]]
    if changed:
        raise UsageError(f"{folder.as_posix()}: {changed[0]!r} was changed since it was written", hint=_HINT)
    if "index.html" not in found or mark.encode() not in (folder / "index.html").read_bytes():
        raise UsageError(f"{folder.as_posix()}: 'index.html' is not that of a preview", hint=_HINT)


def write_folder(folder: Path, files: Mapping[str, bytes], *, mark: str) -> None:
    """
    Write *files* by path as the whole content of *folder*.

    They are written beside it first, and the folders exchanged at the end.

    Args:
        folder: absolute; as `demand_ours` wants it.
        files: by path with forward slashes; one of them is index.html.
        mark: as for `demand_ours`.

    Raises:
        UsageError: the folder holds something else; it was not touched.
        OSError: it cannot be written; it is as it was.
    """
    demand_ours(folder, mark=mark)
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    try:
        _fill(beside / "new", files)
        if folder.is_dir():
            folder.replace(beside / "old")
        try:
            (beside / "new").replace(folder)
        except OSError:
            if (beside / "old").is_dir():
                (beside / "old").replace(folder)
            raise
    finally:
        for part in ("new", "old"):
            _clear(beside / part)
        with contextlib.suppress(OSError):  # somebody wrote into it meanwhile: theirs stays
            beside.rmdir()


def _fill(folder: Path, files: Mapping[str, bytes]) -> None:
    rows = [f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(files.items())]
    for name, content in {**files, LIST: "".join(rows).encode()}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def _clear(folder: Path) -> None:
    """Take away the files that a list names, unchanged, and folders left empty: nothing else."""
    listed = _listed(folder) if folder.is_dir() else {}
    for name, digest in listed.items():
        with contextlib.suppress(OSError):
            if _digest(folder / name) == digest:
                (folder / name).unlink()
    with contextlib.suppress(OSError):
        (folder / LIST).unlink()
    for base, _, names in os.walk(folder, topdown=False):
        for name in _STRAY.intersection(names):
            (Path(base) / name).unlink()
        with contextlib.suppress(OSError):
            Path(base).rmdir()


def _below(folder: Path) -> list[Path]:
    """Return every file below *folder*, links included, but for what systems leave behind."""
    found = []
    for base, folders, names in os.walk(folder):
        links = [name for name in folders if (Path(base) / name).is_symlink()]
        found += [Path(base) / name for name in (*names, *links) if name not in _STRAY]
    return found


def _listed(folder: Path) -> dict[str, str]:
    """Return the digest of each listed file; nothing when there is no list that can be read."""
    try:
        lines = (folder / LIST).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeError):
        return {}
    rows = [line.partition("  ") for line in lines]
    return {
        name: digest for digest, _, name in rows if name and ".." not in name and not name.startswith("/")
    }


def _digest(path: Path) -> str:
    if path.is_symlink():
        return ""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""
