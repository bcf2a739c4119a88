"""
An issue's file becomes an `Issue`: complete, typed, or refused with every problem it has.

This stage alone reads issues' files. What a problem's id means:

    FM001  the file cannot be read                     FM022  a text of several lines
    FM002  the file is too large                       FM023  not one of the allowed words
    FM003  not UTF-8                                   FM024  a machine's state as status
    FM004  a character that cannot be shown            FM025  id, slug or alias that cannot be
    FM005  the file is empty                           FM026  no date
    FM006  no front matter                             FM027  no number
    FM007  front matter never ends                     FM028  a value of a wrong form
    FM008  front matter inside the body                FM029  no such audience
    FM009  front matter too long or too deep           FM030  no such time zone
    FM010  no YAML, or no TOML                         FM031  send_at is not one moment
    FM011  no keys with values                         FM035  ready without send_at
    FM012  a key given twice                           FM036  ready without a letter
    FM013  an alias, anchor or tag of YAML             FM037  the prefix of our merge tags
    FM014  unknown key                                 FM040  image not found
    FM015  text cut off by a comment                   FM041  image outside the issues' folder
    FM020  a required value is missing or empty        FM042  image that mail clients cannot show
    FM021  a value of the wrong kind                   FM043  image address that cannot be read
    FM050  two issues with one id, slug or number
"""

import hashlib
import os
import re
import stat
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from urllib.parse import unquote

from pipeline.errors import IssueError, UsageError
from pipeline.findings import Findings, did_you_mean, nearest
from pipeline.issue.frontmatter import MAX_BYTES, parse_source
from pipeline.issue.imagefacts import Unshowable, kept_facts
from pipeline.issue.imagesources import image_sources, is_local
from pipeline.issue.nodes import Unreadable
from pipeline.issue.schema import HEADER_KEYS, Place, parse_issue_fields
from pipeline.localtime import WrongTime, parse_send_at
from pipeline.model import Finding, Image, Issue
from pipeline.settings import Settings

__all__ = [
    "WrongTime",
    "duplicate_findings",
    "find_issue",
    "issue_id",
    "issue_paths",
    "load_issue",
    "parse_issue",
    "parse_send_at",
]

MAX_IMAGE_BYTES = 20_000_000
_DATE = re.compile(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}-")  # as `new` puts it before an id


def load_issue(path: Path, settings: Settings) -> Issue:
    """
    Return the issue in the file *path*, its local images included.

    Raises:
        IssueError: it cannot be read as an issue; `findings` has every problem.
    """
    with suppress(OSError, ValueError, RuntimeError):  # a name that is no file's is told when it is read
        path = path.resolve()  # an issue reached through a link is the same issue, with the same key
    place = Place(path, _relative(path, settings.root))
    found = Findings(place.file)
    try:
        issue = _parse(_bytes(path, found), place, settings, found)
        issue = replace(issue, images=MappingProxyType(_images(issue, settings, found)))
    except Unreadable:
        raise _error(found) from None
    if found:
        raise _error(found)
    return issue


def parse_issue(data: bytes, path: Path, settings: Settings) -> Issue:
    """
    Return the issue that *data*, the bytes of the file *path*, holds; reads no file, so `images` is empty.

    Raises:
        IssueError: it is no issue; `findings` has every problem.
    """
    place = Place(path, _relative(path, settings.root))
    found = Findings(place.file)
    try:
        issue = _parse(data, place, settings, found)
    except Unreadable:
        raise _error(found) from None
    if found:
        raise _error(found)
    return issue


def issue_paths(settings: Settings) -> list[Path]:
    """Return the files of all issues, by name."""
    folder = os.path.realpath(settings.issues_path)
    paths: set[str] = set()
    with suppress(FileNotFoundError, NotADirectoryError):
        for entry in os.scandir(folder):
            if entry.name.startswith("."):
                continue
            is_folder = entry.is_dir()
            path = os.path.join(entry.path, "index.md") if is_folder else entry.path  # noqa: PTH118 - see below
            if is_folder or entry.name.endswith(".md"):
                # one question a file: there may be thousands, and a Path that resolves itself asks many
                with suppress(OSError):
                    mode = os.lstat(path).st_mode
                    links = entry.is_symlink() or stat.S_ISLNK(mode)
                    path = os.path.realpath(path) if links else path
                    if stat.S_ISREG(os.stat(path).st_mode if links else mode):  # noqa: PTH116 - as above
                        paths.add(path)
    return [Path(path) for path in sorted(paths, key=lambda path: path.split(os.sep))]  # noqa: PTH206 - as above


def find_issue(name: str, settings: Settings) -> Path:
    """
    Return the file of the issue that *name* means: a path, a key, an id, with or without its date, or a slug.

    Raises:
        UsageError: no issue, or more than one, is called so.
    """
    for path in (Path(name), settings.root / name):
        for file in (path, path / "index.md"):
            if os.path.isfile(file):  # noqa: PTH113 - Path.is_file raises where a name is too long
                return file.resolve()
    paths = issue_paths(settings)
    ids = (name, name.removeprefix(f"{settings.id}-"))
    matches = [path for path in paths if Place(path, "").id in ids]
    matches = matches or [path for path in paths if _DATE.sub("", Place(path, "").id) == name]
    names = {path: _names(path, settings) for path in paths} if not matches else {}
    matches = matches or [path for path in paths if set(ids) & set(names[path])]
    if not matches:
        known = dict.fromkeys(word for words in names.values() for word in words)
        hint = did_you_mean(name, known) if known else "begin one with `newsletter new TITLE`"
        raise UsageError(f"no issue is called {name!r}", hint=hint)
    if len(matches) > 1:
        files = ", ".join(_relative(path, settings.root) for path in matches)
        raise UsageError(f"{name!r} may be any of {files}", hint="name the file")
    return matches[0]


def issue_id(path: Path) -> str:
    """Return the id of an issue whose front matter names none: that of its file or folder."""
    return Place(path, "").id


def duplicate_findings(issues: Iterable[Issue]) -> list[Finding]:
    """Return a finding for each id, slug or number that an earlier one of *issues* has already."""
    seen: dict[tuple[str, str | int], Issue] = {}
    findings: list[Finding] = []
    for issue in issues:
        found = Findings(issue.file)
        for key, value in (("id", issue.id), ("slug", issue.slug), ("number", issue.number)):
            other = seen.setdefault((key, value), issue) if value is not None else issue
            if other is not issue:
                message = f"{key} {value!r} is that of {other.file} already"
                found.add(
                    "FM050", message, f"give one of the two another {key}", line=issue.lines.get(key, 1)
                )
        findings += found.all
    return findings


def _parse(data: bytes, place: Place, settings: Settings, found: Findings) -> Issue:
    return parse_issue_fields(parse_source(data, HEADER_KEYS, found), place, settings, found)


def _bytes(path: Path, found: Findings) -> bytes:
    """Return a file's bytes; of a file that is too large, no more than shows that it is."""
    try:
        with path.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as err:
        found.add(
            "FM001",
            f"cannot be read: {getattr(err, 'strerror', None) or err}",
            "look at the file's name and permissions",
        )
        raise Unreadable from err


def _relative(path: Path, root: Path) -> str:
    return (path.relative_to(root) if path.is_relative_to(root) else path).as_posix()


def _names(path: Path, settings: Settings) -> tuple[str, ...]:
    """Return the id and the slug of an issue; of a broken one, the name of its file."""
    found = Findings("")
    try:
        issue = _parse(_bytes(path, found), Place(path, ""), settings, found)
    except Unreadable:
        return (Place(path, "").id,)
    return (issue.id, issue.slug)


def _images(issue: Issue, settings: Settings, found: Findings) -> dict[str, Image]:
    """Return the local images of *issue* by the address it gives them; problems are noted."""
    shown = [(issue.image_src, issue.lines.get("image.src", 0))] if issue.image_src else []
    for source in image_sources(issue.body):
        line = issue.body_line + source.line - 1
        if source.readable:
            shown.append((source.src, line))
        else:
            hint = "write ![what it shows](name.png), with %20 for each blank in the name"
            found.add("FM043", f"image address that cannot be read: {source.src[:80]!r}", hint, line=line)
    images = {}
    for src, line in dict(reversed(shown)).items():  # an image shown twice is reported where it is first
        if is_local(src) and (image := _image(src, line, issue.path, settings, found)):
            images[src] = image
    return dict(sorted(images.items()))


def _image(src: str, line: int, issue_path: Path, settings: Settings, found: Findings) -> Image | None:
    """Return one local image, or None when something is wrong with it and noted."""
    folder, home = issue_path.resolve().parent, settings.issues_path.resolve()
    try:
        path = (folder / unquote(src)).resolve()
        if not path.is_relative_to(home if folder.is_relative_to(home) else folder):
            found.add(
                "FM041", f"image outside the issues' folder: {src!r}", "copy it beside the issue", line=line
            )
        elif not path.is_file():
            near = nearest(path.name, sorted(file.name for file in path.parent.glob("*") if file.is_file()))
            hint = f"did you mean {near!r}?" if near else "put the file beside the issue"
            found.add("FM040", f"image not found: {src[:200]!r}", hint, line=line)
        else:
            return _read_image(src, path, settings.cache_path / "images")
    except Unshowable as err:
        found.add("FM042", f"{src!r}: {err.message}", err.hint, line=line)
    except (OSError, ValueError, RuntimeError) as err:  # a name too long or with NUL, a loop of links
        found.add("FM040", f"image cannot be read: {src[:200]!r}: {err}", "look at its name", line=line)
    return None


def _read_image(src: str, path: Path, cache: Path) -> Image:
    with path.open("rb") as stream:
        data = stream.read(MAX_IMAGE_BYTES + 1)
    if len(data) > MAX_IMAGE_BYTES:
        raise Unshowable(f"the file is larger than {MAX_IMAGE_BYTES:,} bytes", "make it smaller")
    digest = hashlib.sha256(data).hexdigest()
    facts = kept_facts(data, digest, cache)
    return Image(src, path, digest, facts.width, facts.height, facts.format)


def _error(found: Findings) -> IssueError:
    message, hint = found.summary
    return IssueError(message, hint=hint, findings=found.all)
