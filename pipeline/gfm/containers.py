"""Blocks that hold blocks: quotes, list items, meanings, columns."""

import xml.etree.ElementTree as ET
from dataclasses import dataclass, field

DEEPEST = 24  # containers inside one another, and raw elements likewise; a newsletter needs four


@dataclass(slots=True, eq=False)
class Siblings:
    """The items of one list, or the one meaning of a term."""

    element: ET.Element
    mark: str  # "-", "+", "*", "." or ")"; ":" for a meaning
    members: list[ET.Element] = field(default_factory=list)
    loose: bool = False  # empty lines stand between the members, or within one


@dataclass(slots=True, eq=False)
class Container:
    """A block that holds blocks."""

    element: ET.Element
    width: int = 0  # columns by which its lines are indented; 0 when they are not
    items: Siblings | None = None  # the list it is an item of
    open_list: Siblings | None = None  # the list that its last child is
    blank: int = -2  # the last line that was empty inside it
