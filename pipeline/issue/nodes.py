"""
Front matter as a tree in which every value knows its place and still is the text its author wrote.

YAML 1.1 would make `no` false, `12:30` 750 and `1.10` 1.1. Here a scalar stays text until the schema asks
for a type.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

MAX_DEPTH = 6
NULLS = ("", "~", "null", "Null", "NULL")  # YAML 1.2.2, section 10.3.2: core schema


class Scalar(NamedTuple):
    """One value, as text."""

    text: str
    line: int  # of the file, from 1
    column: int = 0  # from 1; 0 when unknown
    plain: bool = False  # written without quotes: may mean nothing, true, false or a number
    cut: bool = False  # what follows on its line, after a "#", counts as a comment

    @property
    def is_null(self) -> bool:
        """Say whether nothing was written."""
        return self.plain and self.text in NULLS


class Items(NamedTuple):
    """A list."""

    items: tuple["Node", ...]
    line: int
    column: int = 0


class Table(NamedTuple):
    """Keys and values, in the order written."""

    entries: Mapping[str, "Entry"]
    line: int
    column: int = 0


class Entry(NamedTuple):
    """One key and its value, with the place of the key."""

    key: str
    value: "Node"
    line: int
    column: int = 0


Node = Scalar | Items | Table


class Unreadable(Exception):
    """The text is not the language it should be; what is wrong is in the findings."""


def below(node: Node, path: str = "") -> Iterator[tuple[str, int, Node]]:
    """Yield the dotted path, the line and the value of each key and item below *node*, which is at *path*."""
    if isinstance(node, Table):
        children = [(key, entry.line, entry.value) for key, entry in node.entries.items()]
    elif isinstance(node, Items):
        children = [(str(index), item.line, item) for index, item in enumerate(node.items)]
    else:
        return
    for key, line, value in children:
        here = f"{path}.{key}".lstrip(".")
        yield here, line, value
        yield from below(value, here)
