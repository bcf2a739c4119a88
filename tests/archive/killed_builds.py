"""
Builds of a tree in processes of their own, each killed at one of its file operations.

    python tests/archive/killed_builds.py FOLDER FORM

FORM is one of `FORMS`. Prints one JSON object for each build: what stood at the path after the kill, and
after the builds that came next.
"""

import hashlib
import json
import os
import shutil
import signal
import sys
from collections.abc import Mapping
from itertools import count
from pathlib import Path
from typing import Any

from pipeline.archive.exchange import Exchange, exchange_folders, rename_in_turn
from pipeline.archive.tree import Change, open_tree, put

Site = Mapping[str, bytes]
CHANGES = frozenset({"open", "os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.link", "os.scandir"})
OLD: Site = {"index.html": b"old", "a/index.html": b"a", "b/index.html": b"b", "gone/x/y.html": b"y"}
NEW: Site = {"index.html": b"new", "a/index.html": b"a", "b/index.html/in.html": b"in", "c/index.html": b"a"}
NEXT: Site = {"index.html": b"next", "a/index.html": b"a"}
_BEFORE: Site = {"index.html": b"before", "b/index.html": b"b", "gone/x/y.html": b"y", "older.html": b"o"}
FORMS: Mapping[str, tuple[Exchange, tuple[Site, ...]]] = {
    "first": (exchange_folders, ()),
    "second": (exchange_folders, (OLD,)),  # the spare is made anew
    "later": (exchange_folders, (_BEFORE, OLD)),  # the spare is the site before
    "in turn": (rename_in_turn, (_BEFORE, OLD)),
}


def build(folder: Path, site: Site, exchange: Exchange = exchange_folders) -> Change:
    """Bring *folder* to *site*, writing only what does not stand."""
    with open_tree(folder, exchange=exchange) as tree:
        wanted = {path: hashlib.sha256(content).hexdigest() for path, content in site.items()}
        for path, digest in wanted.items():
            if tree.standing.get(path) != digest:
                assert put(tree.staging, site[path]) == digest
        return tree.finish(wanted)


def shown(folder: Path) -> dict[str, bytes]:
    """Return every file that is in *folder*."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def _die_at(number: int, within: Path) -> None:
    """Have this process killed before its *number*-th operation on a file in *within*."""
    met = count(1)

    def meet(event: str, arguments: tuple[Any, ...]) -> None:
        if event in CHANGES and str(arguments[0]).startswith(str(within)) and next(met) == number:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(meet)


def _state(folder: Path) -> str:
    if not folder.exists():
        return "nothing"
    found = shown(folder)
    return next(
        (name for name, site in (("old", OLD), ("new", NEW), ("next", NEXT)) if site == found), "half"
    )


def killed(folder: Path, form: str, number: int) -> dict[str, object] | None:
    """Kill a build at its *number*-th operation, and build again; None when it has fewer."""
    exchange, earlier = FORMS[form]
    shutil.rmtree(folder.parent, ignore_errors=True)
    folder.parent.mkdir(parents=True)
    for site in earlier:
        build(folder, site, exchange)
    process = os.fork()
    if process == 0:
        _die_at(number, folder.parent)
        build(folder, NEW, exchange)
        os._exit(0)
    _, status = os.waitpid(process, 0)
    if os.WIFEXITED(status):
        return None
    left = _state(folder)
    with open_tree(folder, exchange=exchange):
        put_back = _state(folder)
    build(folder, NEXT, exchange)
    again = _state(folder)
    build(folder, OLD, exchange)  # on the spare that the killed build had left
    return {"number": number, "left": left, "put_back": put_back, "again": again, "last": _state(folder)}


def main() -> None:
    """Kill at every operation of one form."""
    folder, form = Path(sys.argv[1]).resolve() / "public", sys.argv[2]
    for number in count(1):
        row = killed(folder, form, number)
        if row is None:
            return
        print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
