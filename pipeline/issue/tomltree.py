"""TOML front matter, as a tree of what its author wrote."""

import datetime as dt
import re
import tomllib
from collections.abc import Mapping
from typing import Any

from pipeline.findings import Findings
from pipeline.issue.nodes import MAX_DEPTH, Entry, Items, Node, Scalar, Table, Unreadable
from pipeline.tomllines import line_of, toml_keys, toml_lines


class _Float(str):
    """A TOML float as it was written."""

    __slots__ = ()


def parse_toml(text: str, first_line: int, found: Findings) -> Node:
    """
    Return the tree of a TOML *text* whose first line is *first_line* of the file.

    Raises:
        Unreadable: it is no TOML, or more than front matter may be.
    """
    try:
        values = tomllib.loads(text, parse_float=_Float)
        lines = {path: first_line + line - 1 for path, line in toml_lines(text).items()}
        return _from_toml(values, "", lines, depth=1, first_line=first_line)
    except RecursionError as err:
        found.add("FM009", "front matter is nested too deeply", "keep it flat", line=first_line)
        raise Unreadable from err
    except ValueError as err:  # also a number of thousands of digits
        _note_syntax(str(err), text, first_line, found)
        raise Unreadable from err


def _note_syntax(problem: str, text: str, first_line: int, found: Findings) -> None:
    """Note what `tomllib` says; of a key that is given twice, both places."""
    lines = toml_lines(text)
    twice = [(path, line) for path, line in toml_keys(text) if line != lines[path]]
    if twice and "overwrite" in problem:
        path, line = twice[0]
        message = f"{path} is given twice: on line {first_line + lines[path] - 1} and here"
        found.add("FM012", message, "keep one of the two", line=first_line + line - 1)
        return
    what, _, place = problem.partition(" (at ")
    line, column = (int(number) for number in re.findall("[0-9]+", place) or (1, 0))
    message = f"front matter is not TOML: {what[:1].lower()}{what[1:]}"
    found.add("FM010", message, "mend this line", line=first_line + line - 1, column=column)


def _from_toml(value: Any, path: str, lines: Mapping[str, int], *, depth: int, first_line: int) -> Node:
    line = line_of(lines, path) or first_line
    if depth > MAX_DEPTH:
        raise ValueError(f"nested too deeply (at line {line - first_line + 1}, column 1)")

    def child(key: str, inner: Any) -> Node:
        return _from_toml(inner, f"{path}.{key}".lstrip("."), lines, depth=depth + 1, first_line=first_line)

    if isinstance(value, dict):
        nodes = {key: child(key, inner) for key, inner in value.items()}
        return Table({key: Entry(key, node, node.line) for key, node in nodes.items()}, line)
    if isinstance(value, list):
        return Items(tuple(child(str(index), inner) for index, inner in enumerate(value)), line)
    quoted = isinstance(value, str) and not isinstance(value, _Float)
    return Scalar(_toml_text(value), line, plain=not quoted)


def _toml_text(value: Any) -> str:
    """Return a TOML scalar as YAML would write it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, dt.date | dt.time) else str(value)
