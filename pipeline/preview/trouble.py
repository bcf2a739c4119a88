"""Why an issue cannot be rendered, told with the place that is to blame and the lines around it."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from pipeline.errors import PipelineError, TemplateError
from pipeline.preview.built import Trouble

_AROUND = 2  # lines shown before the one at fault, and after it
_MOST_BYTES = 2_000_000  # of a file that is read for its lines; no issue and no template is as large
_LONGEST = 400  # characters of a line that is shown
_PLACED = re.compile(r"(?P<file>[^\n]+?):(?:(?P<line>\d+):)?(?:(?P<column>\d+):)? (?P<rest>\S.*)", re.DOTALL)


class _Spot(NamedTuple):
    """The place that is to blame, and what is wrong there."""

    message: str
    file: str = ""
    line: int = 0
    column: int = 0


def trouble_of(err: PipelineError | OSError, *, root: Path) -> Trouble:
    """
    Return what is wrong, where, and how to mend it. Nothing is escaped, and nothing is raised.

    Args:
        err: what composing or checking ended in.
        root: the newsletter's folder; only files inside it are read.
    """
    if isinstance(err, PipelineError):
        spot, hint, problems = _spot(err, root), err.hint, err.findings
    else:
        spot, hint, problems = _of_file(err, root), "look whether it is there and may be read", ()
    chain = err.chain if isinstance(err, TemplateError) else ()
    excerpt = _excerpt(root, spot.file, spot.line)
    return Trouble(spot.message, hint, *spot[1:], excerpt=excerpt, chain=chain, problems=problems)


def _spot(err: PipelineError, root: Path) -> _Spot:
    """Return the place that the first problem names; without problems, the one the message begins with."""
    placed = _PLACED.fullmatch(err.message)
    named = placed if placed and _inside(root, placed["file"]) else None
    message = named["rest"] if named else err.message
    first = next((finding for finding in err.findings if finding.file), None)
    if first is not None:
        return _Spot(message, first.file, first.line, first.column)
    if named is not None:
        return _Spot(message, named["file"], int(named["line"] or 0), int(named["column"] or 0))
    return _Spot(message)


def _of_file(err: OSError, root: Path) -> _Spot:
    why = err.strerror or str(err) or type(err).__name__
    name = str(err.filename or "")
    path = Path(name)
    file = path.relative_to(root).as_posix() if name and path.is_relative_to(root) else ""
    where = "" if file else f"{name}: " if name else ""
    return _Spot(f"{where}cannot be read: {why[:1].lower()}{why[1:]}", file)


def _inside(root: Path, file: str) -> Path | None:
    """Return the file of this name in *root*, or None when there is none."""
    try:
        path = (root / file).resolve()
        return path if path.is_relative_to(root.resolve()) and path.is_file() else None
    except (OSError, ValueError, RuntimeError):
        return None


def _excerpt(root: Path, file: str, line: int) -> tuple[tuple[int, str], ...]:
    """Return the lines around *line*, each with its number; none where they cannot be read."""
    path = _inside(root, file) if file and line else None
    if path is None:
        return ()
    try:
        with path.open("rb") as source:
            lines = _lines(source.read(_MOST_BYTES))
    except OSError:
        return ()
    if line > len(lines):
        return ()
    first = max(line - _AROUND, 1)
    return tuple(enumerate((text[:_LONGEST] for text in lines[first - 1 : line + _AROUND]), first))


def _lines(data: bytes) -> Sequence[str]:
    """Return the lines of a file as editors number them, whatever bytes are in it."""
    text = data.decode("utf-8-sig", errors="replace").replace("\r\n", "\n").replace("\r", "\n")
    return text.removesuffix("\n").split("\n")
