"""
YAML front matter, as a tree of what its author wrote.

Only what front matter needs of YAML is read: no aliases, no anchors, no tags, little depth. So no input
can grow, and no word that merely looks like one of these is lost.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import yaml

from pipeline.findings import Findings
from pipeline.issue.nodes import MAX_DEPTH, Entry, Items, Node, Scalar, Table, Unreadable

# libyaml's parser is about ten times faster; some builds of PyYAML lack it
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def parse_yaml(text: str, first_line: int, found: Findings, *, loader: Any = _LOADER) -> Node:
    """
    Return the tree of a YAML *text* whose first line is *first_line* of the file.

    Args:
        text: the front matter.
        first_line: the line of the file on which it begins.
        found: where problems are noted.
        loader: one of PyYAML's; all read the same.

    Raises:
        Unreadable: it is no YAML, or more than front matter may be.
    """
    reader = _YamlReader(yaml.parse(text, Loader=loader), text, first_line, found)
    try:
        return reader.document()
    except yaml.MarkedYAMLError as err:
        reader.note_syntax(err)
    except (yaml.YAMLError, ValueError, OverflowError) as err:
        found.add("FM010", f"front matter is not YAML: {err}", "retype the front matter", line=first_line)
    raise Unreadable


class _YamlReader:
    """Builds the tree from the parser's events."""

    def __init__(self, events: Iterator[yaml.Event], text: str, first_line: int, found: Findings) -> None:
        self._events = events
        self._lines = text.split("\n")
        self._first_line = first_line
        self._found = found

    def document(self) -> Node:
        """Return the tree of the one document."""
        event = self._next()
        while isinstance(event, yaml.StreamStartEvent | yaml.DocumentStartEvent):
            event = self._next()
        if isinstance(event, yaml.StreamEndEvent):
            return Scalar("", self._first_line, plain=True)
        node = self._node(event, depth=1)
        self._next()
        if not isinstance(event := self._next(), yaml.StreamEndEvent):
            self._stop(
                "FM010", event, "a second YAML document begins in the front matter", "remove this line"
            )
        return node

    def note_syntax(self, err: yaml.MarkedYAMLError) -> None:
        """Note a syntax error where its cause stands."""
        mark = err.problem_mark or err.context_mark
        if err.context_mark and mark and mark.line >= len(self._lines) - 1:
            mark = err.context_mark  # an open quote or bracket is noticed at the end, but made here
        row = min(mark.line, len(self._lines) - 1) if mark else 0
        line = self._lines[row]
        message, hint = f"front matter is not YAML: {err.problem}", _mend(line)
        if "\t" in line[: len(line) - len(line.lstrip())]:
            message, hint = "a tab indents this line; YAML takes spaces only", "put spaces in its place"
        self._found.add(
            "FM010", message, hint, line=self._first_line + row, column=mark.column + 1 if mark else 0
        )

    def _next(self) -> yaml.Event:
        return next(self._events)

    def _node(self, event: yaml.Event, depth: int) -> Node:
        if depth > MAX_DEPTH:
            self._stop("FM009", event, "front matter is nested too deeply", "keep it flat")
        line, column = self._place(event)
        self._refuse_indirection(event)
        if isinstance(event, yaml.MappingStartEvent):
            return Table(self._entries(depth), line, column)
        if isinstance(event, yaml.SequenceStartEvent):
            return Items(self._items(depth), line, column)
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        return Scalar("", line, column)  # an alias; noted

    def _items(self, depth: int) -> tuple[Node, ...]:
        items: list[Node] = []
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            items.append(self._node(event, depth + 1))
        return tuple(items)

    def _entries(self, depth: int) -> dict[str, Entry]:
        entries: dict[str, Entry] = {}
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            line, column = self._place(event)
            key = self._node(event, depth + 1)
            value = self._node(self._next(), depth + 1)
            if not isinstance(key, Scalar):
                self._found.add(
                    "FM021", "a key must be one word", "look at the brackets", line=line, column=column
                )
            elif key.text in entries:
                message = f"{key.text} is given twice: on line {entries[key.text].line} and here"
                self._found.add("FM012", message, "keep one of the two", line=line, column=column)
            else:
                entries[key.text] = Entry(key.text, value, line, column)
        return entries

    def _scalar(self, event: yaml.ScalarEvent) -> Scalar:
        line, column = self._place(event)
        plain = event.style in (None, "")
        end = event.end_mark
        rest = self._line(end.line)[end.column :] if plain and end else ""
        return Scalar(event.value, line, column, plain=plain, cut=bool(re.match(r"\s+#", rest)))

    def _refuse_indirection(self, event: yaml.Event) -> None:
        """Note an alias, an anchor or a tag: their words would be lost, or many times repeated."""
        tag = getattr(event, "tag", None)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) or tag:
            sign = "!" if tag else "*" if isinstance(event, yaml.AliasEvent) else "&"
            line, column = self._place(event)
            message = f"a value begins with {sign}, which means something else in YAML"
            self._found.add(
                "FM013", message, _mend(self._line(line - self._first_line)), line=line, column=column
            )

    def _stop(self, rule: str, event: yaml.Event, message: str, hint: str) -> None:
        line, column = self._place(event)
        self._found.add(rule, message, hint, line=line, column=column)
        raise Unreadable

    def _line(self, row: int) -> str:
        """Return a line of the text; a parser's mark may stand behind the last one."""
        return self._lines[row] if row < len(self._lines) else ""

    def _place(self, event: yaml.Event) -> tuple[int, int]:
        mark = event.start_mark
        return (self._first_line + mark.line, mark.column + 1) if mark else (self._first_line, 0)


def _mend(line: str) -> str:
    """Return a hint for a line of YAML that went wrong: its value in quotes, ready to paste."""
    match = re.fullmatch(r"\s*([A-Za-z_][A-Za-z0-9_]*):\s+(\S.*?)\s*", line[:400])
    if not match or match[2][0] in "\"'|>":
        return "look at the quotes, colons and indentation of this line"
    return f"put the value in quotes: {match[1]}: {json.dumps(match[2], ensure_ascii=False)}"
