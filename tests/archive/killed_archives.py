"""
Builds of a real archive in processes of their own, each killed at one of its operations on files.

    python tests/archive/killed_archives.py FOLDER FORM FIRST STEP

FORM is "first" or "later". Kills at the operations FIRST, FIRST + STEP, ... until there are no more. Prints
one JSON object for each: what stood at the path after the kill, after the build that came next, and after
the edits were taken back.
"""

import json
import os
import shutil
import signal
import sys
from itertools import count
from pathlib import Path
from typing import Any

from killed_builds import CHANGES
from past_issues import Past, shown

TITLE, CSS = "title: Backs", "templates/archive/site.css"


def newsletter(root: Path) -> Past:
    """Write a small newsletter with issues that were sent, and one that is to come."""
    past = Past(root)
    past.sent("backs", "Stretch.", tags=["back"], at="2026-11-03T07:30")
    past.sent("sleep", "Rest.", tags=["sleep"], at="2026-11-10T07:30")
    past.write("moves", "Walk.", aliases=["old/moves"])
    return past


def edit(past: Past) -> None:
    """Change an issue, take one away, add one, and touch every page by its style."""
    past.edit("issues/backs.md", TITLE, f"{TITLE} and necks")
    past.edit(CSS, ".notice a {", ".notice a, .notice b {")
    (past.root / "issues/moves.md").unlink()
    past.write("light", "Look up.")


def take_back(past: Past, files: dict[str, bytes]) -> None:
    """Have the sources as they were."""
    (past.root / "issues/light.md").unlink()
    for name, content in files.items():
        (past.root / name).write_bytes(content)


def _die_at(number: int, root: Path) -> None:
    """Have this process killed before its *number*-th operation on what a build writes; its workers go on."""
    met, process = count(1), os.getpid()
    written = tuple(str(root / name) for name in ("public", ".public.spare", ".newsletter/cache"))

    def meet(event: str, arguments: tuple[Any, ...]) -> None:
        is_ours = event in CHANGES and os.getpid() == process and str(arguments[0]).startswith(written)
        if is_ours and next(met) == number:
            os.kill(process, signal.SIGKILL)

    sys.addaudithook(meet)


def _killed(past: Past, number: int) -> bool:
    """Build in a process of its own that is killed at this operation; False when it has fewer."""
    process = os.fork()
    if process == 0:
        try:
            _die_at(number, past.root)
            past.build()
        finally:
            os._exit(0)
    _, status = os.waitpid(process, 0)
    return os.WIFSIGNALED(status)


def main() -> None:
    """Kill at the operations of one form."""
    past = newsletter(Path(sys.argv[1]).resolve() / "newsletter")
    form, first, step = sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    sources = {name: (past.root / name).read_bytes() for name in ("issues/backs.md", "issues/moves.md", CSS)}
    sites = {}
    edit(past)
    past.build(past.root / "another")
    sites["new"] = shown(past.root / "another")
    take_back(past, sources)
    past.build()
    sites["old"] = shown(past.public)

    def state() -> str:
        found = shown(past.public) if past.public.exists() else None
        if found is None:
            return "nothing"
        return next((name for name, site in sites.items() if site == found), "half")

    for number in count(first, step):
        if form == "first":
            for name in ("public", ".public.spare", ".newsletter/cache/archive"):
                shutil.rmtree(past.root / name, ignore_errors=True)
        edit(past)
        met = _killed(past, number)
        left = state()
        past.build()
        again = state()
        take_back(past, sources)
        past.build()
        if not met:
            return
        row = {"number": number, "left": left, "again": again, "last": state()}
        print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
