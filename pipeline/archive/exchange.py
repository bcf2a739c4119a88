"""
Two folders change places in one step, where the system has such a step.

Linux has `renameat2` with RENAME_EXCHANGE (rename(2), read 2026-11-27), macOS `renamex_np` with RENAME_SWAP
(its manual page, read 2026-11-27). Elsewhere, as on Windows and some network file systems, two renames do it:
between them a kill leaves no folder at the path, until `put_right` is called.
"""

import ctypes
import errno
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

Exchange = Callable[[Path, Path], None]  # given the live folder and the spare

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
_RENAME_SWAP = 2
_ABSENT = frozenset({errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP})  # the file system has none


def exchange_folders(live: Path, spare: Path) -> None:
    """
    Let two folders on one file system change places; both must be there.

    Raises:
        OSError: they cannot; both stand where they stood.
    """
    if not _in_one_step(live, spare):
        rename_in_turn(live, spare)


def rename_in_turn(live: Path, spare: Path) -> None:
    """
    Let two folders change places by renames: for a moment nothing is at *live*.

    Raises:
        OSError: they cannot; both stand where they stood.
    """
    aside = _aside(spare)
    live.rename(aside)
    try:
        spare.rename(live)
    except OSError:
        aside.rename(live)
        raise
    aside.rename(spare)


def put_right(live: Path, spare: Path) -> None:
    """Finish or undo what a kill in the midst of `rename_in_turn` left; do nothing when it left nothing."""
    aside = _aside(spare)
    if not aside.exists():
        return
    if not live.exists():
        aside.rename(live)
    elif not spare.exists():
        aside.rename(spare)
    else:  # somebody has since put a folder of their own at the path
        shutil.rmtree(aside)


def _aside(spare: Path) -> Path:
    return spare.with_name(f"{spare.name}.aside")


def _in_one_step(live: Path, spare: Path) -> bool:
    """Exchange them, and return whether the system can."""
    if sys.platform == "win32":
        return False
    library = ctypes.CDLL(None, use_errno=True)
    one, other = os.fsencode(live), os.fsencode(spare)
    if sys.platform == "darwin":
        call, arguments = "renamex_np", (one, other, ctypes.c_uint(_RENAME_SWAP))
    else:
        call = "renameat2"
        arguments = (_AT_FDCWD, one, _AT_FDCWD, other, ctypes.c_uint(_RENAME_EXCHANGE))
    if not hasattr(library, call):
        return False
    if getattr(library, call)(*arguments) == 0:
        return True
    number = ctypes.get_errno()
    if number in _ABSENT:
        return False
    raise OSError(number, os.strerror(number), os.fspath(live), None, os.fspath(spare))
