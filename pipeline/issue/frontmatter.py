"""
An issue's bytes, parted into front matter and body.

Editors come from many systems, so what is not our front matter is recognised and refused rather than
taken for text: it must never be printed into a mail.
"""

import re
from typing import NamedTuple

from pipeline.findings import Findings
from pipeline.issue.nodes import Node, Scalar, Table, Unreadable, below
from pipeline.issue.tomltree import parse_toml
from pipeline.issue.yamltree import parse_yaml
from pipeline.mergetags import PREFIX

MAX_BYTES = 5 * 1024 * 1024
MAX_FRONT_MATTER = 64 * 1024  # characters; a hundred times what an issue needs

# what XML 1.0, section 2.2, lets no document hold; with DEL and the C1 controls, which come of wrong decoding
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]")
_LINE_SEPARATOR = re.compile("[\u2028\u2029]")
_PARSERS = {"---": parse_yaml, "+++": parse_toml}
_CLOSERS = {"---": ("---", "..."), "+++": ("+++",)}  # "..." ends a YAML document, YAML 1.2 section 9.1.2
_HEADER_LINE = re.compile(r"([A-Za-z][A-Za-z_-]{0,30})[ \t]*:(?:[ \t].*)?")
_FENCES_HINT = "put a line of three dashes above and below the keys at the top of the file"


class Source(NamedTuple):
    """An issue's file, parted."""

    table: Table  # the front matter
    body: str  # Markdown, "\n" line ends
    body_line: int  # line of the file on which the body begins, from 1


def parse_source(data: bytes, known: frozenset[str], found: Findings) -> Source:
    """
    Part the bytes of an issue's file into front matter and body.

    Args:
        data: the file's bytes.
        known: the keys of front matter, to recognise a header without fences.
        found: where problems are noted; some leave the source readable.

    Raises:
        Unreadable: there is no front matter, or no sense in it.
    """
    text = _decoded(data, found)
    lines = text.split("\n")
    start = _first_line(lines)
    fence = lines[start].rstrip()
    if fence not in _PARSERS:
        _refuse_unfenced(lines[start], start + 1, known, found)
    end = _closing_line(lines, start, fence, found)
    front = "\n".join(lines[start + 1 : end])
    node = _front_matter(front, start + 2, fence, found)
    if not isinstance(node, Table):
        empty = isinstance(node, Scalar) and node.is_null
        message = "front matter is empty" if empty else "front matter must be keys with values"
        found.add("FM011", message, "write it like this: title: Five minutes a day", line=start + 2)
        raise Unreadable
    source = Source(node, "\n".join(lines[end + 1 :]), end + 2)
    _refuse_prefix(text, node, found)
    _refuse_second(source, known, found)
    return source


def _decoded(data: bytes, found: Findings) -> str:
    r"""Return the text of *data* without a byte order mark, with "\n" line ends and nothing unprintable."""
    if len(data) > MAX_BYTES:
        hint = "an issue is text; put images beside it as files"
        found.add("FM002", f"the file is larger than {MAX_BYTES:,} bytes", hint, line=1)
        raise Unreadable
    try:
        text = data.decode("utf-8").lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as err:
        before = data[: err.start].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        message = f"not UTF-8: byte {data[err.start]:#04x} at offset {err.start}"
        found.add("FM003", message, "save the file as UTF-8", line=before.count(b"\n") + 1)
        raise Unreadable from err
    if unprintable := _CONTROL.findall(text):
        more = f" (and {len(unprintable) - 1} more like it)" if unprintable[1:] else ""
        message = f"a control character that cannot be shown: U+{ord(unprintable[0]):04X}{more}"
        line, column = _line_and_column(text, text.index(unprintable[0]))
        found.add("FM004", message, "delete it", line=line, column=column)
        raise Unreadable
    return text


def _line_and_column(text: str, index: int) -> tuple[int, int]:
    """Return the place of the character at *index*, both from 1."""
    return text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)


def _first_line(lines: list[str]) -> int:
    """Return the index of the first line that is not blank, or 0."""
    return next((index for index, line in enumerate(lines) if line.strip()), 0)


def _refuse_unfenced(line: str, number: int, known: frozenset[str], found: Findings) -> None:
    if not line.strip():
        found.add("FM005", "the file is empty", "begin with `newsletter new TITLE`", line=1)
    elif _is_header(line, known):
        message = f"metadata without front matter fences: {line[:60]!r}"
        found.add("FM006", message, _FENCES_HINT, line=number)
    else:
        message = f"no front matter: the file begins with {line[:60]!r}"
        found.add("FM006", message, _FENCES_HINT, line=number)
    raise Unreadable


def _is_header(line: str, known: frozenset[str]) -> bool:
    """Say whether *line* is a front-matter key with its value, as systems without fences write it."""
    match = _HEADER_LINE.fullmatch(line.rstrip())
    return match is not None and match[1].lower().replace("-", "_") in known


def _closing_line(lines: list[str], start: int, fence: str, found: Findings) -> int:
    """Return the index of the line that closes the front matter."""
    for index in range(start + 1, len(lines)):
        if lines[index].rstrip() in _CLOSERS[fence]:
            return index
    message = f"front matter begins with {fence} here and never ends"
    found.add("FM007", message, f"add a line {fence} after the last key", line=start + 1)
    raise Unreadable


def _front_matter(front: str, line: int, fence: str, found: Findings) -> Node:
    if len(front) > MAX_FRONT_MATTER:
        message = f"front matter is longer than {MAX_FRONT_MATTER:,} characters"
        found.add("FM009", message, f"is the line {fence} after the last key missing?", line=line)
        raise Unreadable
    if match := _LINE_SEPARATOR.search(front):
        message = f"an invisible line separator: U+{ord(match[0]):04X}"
        row, column = _line_and_column(front, match.start())
        found.add("FM004", message, "delete it", line=line + row - 1, column=column)
        raise Unreadable
    return _PARSERS[fence](front, line, found)


def _refuse_prefix(text: str, table: Table, found: Findings) -> None:
    """Note the prefix of our merge tags, also one that is spelt with YAML's escapes."""
    message, hint = f"{PREFIX!r} is kept for merge tags", "write it differently"
    if PREFIX in text:
        line, column = _line_and_column(text, text.index(PREFIX))
        found.add("FM037", message, hint, line=line, column=column)
    for _, line, value in () if PREFIX in text else below(table):
        if isinstance(value, Scalar) and PREFIX in value.text:
            found.add("FM037", message, hint, line=line, column=value.column)


def _refuse_second(source: Source, known: frozenset[str], found: Findings) -> None:
    """Note metadata at the top of the body: readers would see it."""
    lines = source.body.split("\n")
    index = _first_line(lines)
    line = lines[index].strip()
    if line in _PARSERS:
        hint = "delete it; a divider is no good first thing, or write it * * *"
        found.add(
            "FM008",
            f"the body begins with {line}, like a second front matter",
            hint,
            line=source.body_line + index,
        )
    elif _is_header(line, known):
        hint = "move it above the closing line of the front matter, or reword the sentence"
        found.add(
            "FM008", f"the body begins with metadata: {line[:60]!r}", hint, line=source.body_line + index
        )
