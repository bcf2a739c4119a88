"""Files that are whole or not there, and locks that die with their process: a kill leaves nothing half."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path


def write_whole(path: Path, content: bytes) -> None:
    """
    Put *content* at *path* in one step, durable before this returns; the folder is made when missing.

    A reader, or a process killed at any moment, sees the old file or the new one, never a part.

    Raises:
        OSError: the folder cannot be written; the old file is untouched.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        raise
    sync_folder(path.parent)


@contextlib.contextmanager
def locked(path: Path, *, wait: bool) -> Iterator[None]:
    """
    Let no other process hold *path*, a file of its own for this; its folder must be there.

    Raises:
        BlockingIOError: another process holds it, and *wait* is false.
        OSError: the file cannot be made.
    """
    import filelock  # noqa: PLC0415 - most commands lock nothing, and it takes its time

    lock = filelock.FileLock(path, blocking=wait)
    try:
        lock.acquire()
    except filelock.Timeout as err:
        raise BlockingIOError(f"held by another process: {path}") from err
    try:
        yield
    finally:
        lock.release()


def sync_folder(folder: Path) -> None:
    """Make a rename in *folder* durable, where the system lets a folder be opened (not Windows)."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
