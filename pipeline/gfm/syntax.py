"""
The shapes of lines: what begins a block, and what a definition and a row of a table look like.

Source: GitHub Flavored Markdown Spec 0.29 and CommonMark Spec 0.31.2, sections 4 and 5, read 2026-11-22.
"""

import re
from enum import Enum, auto
from typing import NamedTuple

from pipeline.mergetags import PREFIX

BLANKS = re.compile(r"[ ]*")
BULLET = re.compile(r"(?P<mark>[-+*])(?:(?P<gap>[ ]+)|$)")
NUMBER = re.compile(r"(?P<number>[0-9]{1,9})(?P<mark>[.)])(?:(?P<gap>[ ]+)|$)")
HEADING = re.compile(r"(?P<level>#{1,6})(?=[ \t]|$)")
HEADING_END = re.compile(r"(?:^|(?<=[ \t]))#+$")
UNDERLINE = re.compile(r"(?P<mark>=+|-+)[ \t]*$")
RULE = re.compile(r"(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$")
FENCE = re.compile(r"(?P<fence>`{3,}(?=[^`]*$)|~{3,})")
NOTE = re.compile(r"\[\^(?P<label>[^\]\s]+)\]:[ \t]*")
MEANING = re.compile(r":[ ]{1,3}(?=\S)")
COLUMNS = re.compile(r":::+[ \t]*(?P<name>\S.*?)[ \t]*$")
_PREFIX = re.compile(r"[ \t>*+\-\d.):]*")

_TAG = (
    r"<(?:[A-Za-z][A-Za-z0-9-]*+(?:\s++[A-Za-z_:][\w.:-]*+(?:\s*+=\s*+(?:[^\s\"'=<>`]++|'[^']*+'|\"[^\"]*+\"))?+)*+"
    r"\s*+/?|/[A-Za-z][A-Za-z0-9-]*+\s*+)>"
)
TAG = re.compile(_TAG)
_BLOCK_TAGS = (
    "address article aside base basefont blockquote body caption center col colgroup dd details dialog dir"
    " div dl dt fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 head header hr html"
    " iframe legend li link main menu menuitem nav noframes ol optgroup option p param search section summary"
    " table tbody td tfoot th thead title tr track ul"
)
_NAMES = "|".join(_BLOCK_TAGS.split())
TO_BLANK = re.compile(r"(?!)")
# How raw HTML may begin, and what ends it; the last two end before an empty line.
HTML = (
    (
        re.compile(r"<(?:script|pre|style|textarea)(?:[ \t>]|$)", re.IGNORECASE),
        re.compile(r"</(?:script|pre|style|textarea)>", re.IGNORECASE),
    ),
    (re.compile(r"<!--"), re.compile(r"-->")),
    (re.compile(r"<\?"), re.compile(r"\?>")),
    (re.compile(r"<![A-Za-z]"), re.compile(r">")),
    (re.compile(r"<!\[CDATA\["), re.compile(r"\]\]>")),
    (re.compile(rf"</?(?:{_NAMES})(?:[ \t]|/?>|$)", re.IGNORECASE), TO_BLANK),
    (re.compile(rf"{_TAG}[ \t]*$"), TO_BLANK),
)
_LONE_TAG = HTML[-1][0]

_DEFINITION = re.compile(
    r"""\[ (?P<label> (?:[^\[\]\\]|\\.)++ ) \] : [ \t]*+ (?:\n[ \t]*+)?+
    (?P<target> <[^<>\n]*+> | [^<\s]\S*+ )
    (?: (?: [ \t]*\n[ \t]* | [ \t]+ )
        (?P<title> "(?:[^"\\]|\\.)*+" | '(?:[^'\\]|\\.)*+' | \((?:[^()\\]|\\.)*+\) ) )?
    [ \t]* (?:\n|\Z)""",
    re.VERBOSE | re.DOTALL,
)
_DELIMITERS = re.compile(r"\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")
_CELL_END = re.compile(r"(?<!\\)\|")


def words(text: str) -> frozenset[str]:
    """Return the words of *text*."""
    return frozenset(text.split())


class Opened(Enum):
    """What begins at a place."""

    NOTHING = auto()
    LEAF = auto()  # a block that takes the whole line
    CONTAINER = auto()  # a block inside which the line goes on


def untabbed(line: str) -> str:
    """Return *line* with the tabs among its leading marks as blanks, so that columns can be counted."""
    if "\t" not in line:
        return line
    prefix = _PREFIX.match(line)[0]  # type: ignore[index]  # matches at least the empty string
    return prefix.expandtabs(4) + line[len(prefix) :]


def indent(line: str, at: int) -> int:
    """Return how many blanks stand at *at*."""
    return BLANKS.match(line, at).end() - at  # type: ignore[union-attr]  # as above


def html_end(text: str, *, in_paragraph: bool) -> re.Pattern[str] | None:
    """Return what ends the raw HTML that *text* begins with, or None when it begins with none."""
    if text.startswith(f"<{PREFIX}"):
        return None  # a merge tag between the marks of an address
    for begin, end in HTML:
        if begin.match(text) and not (in_paragraph and begin is _LONE_TAG):
            return end
    return None


class Definition(NamedTuple):
    """`[label]: target "title"`, as written."""

    label: str
    target: str
    title: str | None
    end: int  # of its text


def definition(text: str, at: int) -> Definition | None:
    """Return the link definition that stands at *at*."""
    match = _DEFINITION.match(text, at) if text.startswith("[", at) else None
    if match is None or not match["label"].strip() or len(match["label"]) > 999:  # noqa: PLR2004 -- the spec's bound
        return None
    target = match["target"]
    title = match["title"]
    return Definition(
        match["label"],
        target[1:-1] if target[0] == "<" else target,
        title[1:-1] if title else None,
        match.end(),
    )


def cells(row: str) -> list[str]:
    """Return the cells of a table's row; a bar parts cells in code too, save behind a backslash."""
    row = row.strip()
    row = row.removeprefix("|")
    if row.endswith("|") and not row.endswith("\\|"):
        row = row[:-1]
    return [cell.strip().replace("\\|", "|") for cell in _CELL_END.split(row)]


def alignments(header: str, line: str) -> list[str] | None:
    """Return the columns' alignments ("" for none) when *line* is the rule under the table head *header*."""
    if "|" not in header or not _DELIMITERS.match(line) or ("|" not in line and ":" not in line):
        return None
    marks = cells(line)
    if len(marks) != len(cells(header)):
        return None
    sides = {(True, True): "center", (True, False): "left", (False, True): "right", (False, False): ""}
    return [sides[mark.startswith(":"), mark.endswith(":")] for mark in marks]
