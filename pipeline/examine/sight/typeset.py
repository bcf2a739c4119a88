"""
Typesetting: how large and how bold words are set, in every world, and whether something is boxed.

It reads the same cascade as the search for what hides words, and judges nothing: whoever asks compares.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from pipeline.examine.reading.page import Element, Page
from pipeline.examine.sight.look import first_look, step_into
from pipeline.examine.sight.visible import sight
from pipeline.examine.style.cascade import Style
from pipeline.examine.style.fonts import Fonts
from pipeline.examine.style.lengths import length
from pipeline.examine.style.media import World
from pipeline.examine.style.values import SIDES

REGULAR, BOLD = 400, 700
_BOLD_BY_TAG = frozenset(("b", "strong", "th", "h1", "h2", "h3", "h4", "h5", "h6"))
_WEIGHTS = {"normal": REGULAR, "initial": REGULAR, "bold": BOLD, "bolder": BOLD, "lighter": 100}
_LINES = frozenset(("solid", "double", "dashed", "dotted", "groove", "ridge", "inset", "outset"))
_THICK = {"thin": 1.0, "medium": 3.0, "thick": 5.0}  # px; Chromium 156, measured 2026-11-22
_FONT = re.compile(r"(?:^|;)\s*font\s*:([^;]*)", re.IGNORECASE)
_MEDIUM, _WINDOW = 16.0, 1200.0  # px


class Set(NamedTuple):
    """How the words right inside an element are set."""

    size: float | None  # px, zoom included; None when it cannot be known
    weight: int  # as in CSS, 400 is regular


def worlds(page: Page, elements: Iterable[Element]) -> list[World]:
    """List the worlds in which *elements* may be set differently, without what a reader must do first."""
    line = {id(step): step for element in elements for step in element.chain()}
    found = sight(page).cascade.worlds(line.values())
    return [world for world in found if not (world.hover or world.unknown or world.drops)]


def type_in(page: Page, element: Element, world: World) -> Set:
    """Return how words right inside *element* are set in *world*."""
    return _types(page, world)(element)


class _Types:
    """The type of a page's elements in one world, each worked out once."""

    def __init__(self, page: Page, world: World) -> None:
        self._cascade = sight(page).cascade
        self._world = world
        self._first = first_look(dark=False, fonts=Fonts())
        self._known: dict[int, tuple[float | None, float, float, int]] = {}  # size, root, zoom, weight

    def __call__(self, element: Element) -> Set:
        size, root, zoom, weight = self._first.font, self._first.root, self._first.zoom, REGULAR
        for step in element.chain():
            known = self._known.get(id(step))
            if known is None:
                style = self._cascade.style(step, self._world)
                look = first_look(dark=False, fonts=Fonts())
                look.font, look.root, look.zoom = size, root, zoom
                for _undecided in step_into(step, style, look, self._world):
                    pass  # its size stays unknown, which is all that is asked here
                known = (look.font, look.root, look.zoom, _weight(step, style, weight))
                self._known[id(step)] = known
            size, root, zoom, weight = known
        return Set(None if size is None else size * zoom, weight)


@lru_cache(maxsize=32)
def _types(page: Page, world: World) -> _Types:
    return _Types(page, world)


def _weight(element: Element, style: Style, inherited: int) -> int:
    """Return the weight of an element's own text; a `font` of its own resets it."""
    winner = style.get("font-weight")
    if winner is None:
        short = _FONT.search(element.attrs.get("style", ""))
        if short:
            return BOLD if re.search(r"\b(?:bold|[6-9]00)\b", short[1]) else REGULAR
        return BOLD if element.tag in _BOLD_BY_TAG else inherited
    if winner.value.isdigit():
        return int(winner.value)
    if winner.value in ("inherit", "unset"):
        return inherited
    return _WEIGHTS.get(winner.value, REGULAR)  # what cannot be read is not taken for bold


def is_boxed(page: Page, element: Element, world: World) -> bool:
    """Say whether *element* has a border that is seen on all its sides in *world*."""
    style = sight(page).cascade.style(element, world)
    values = {name: winner.value for name, winner in style.items()}
    if any(_switches_off(name, value) for name, value in values.items()):
        return False
    sides = [values[name].split() for side in SIDES if (name := f"border-{side}") in values]
    if not all(_is_line(side) for side in sides):
        return False
    if "border" in values:
        return _is_line(values["border"].split())
    if len(sides) == len(SIDES):
        return True
    lines, widths = values.get("border-style", ""), values.get("border-width", "medium")
    return bool(lines) and _is_line([*lines.split(), *widths.split()])


def _switches_off(name: str, value: str) -> bool:
    """Say whether a part of the border is taken away, whatever the rest says."""
    if not name.startswith("border") or name.endswith("radius"):
        return False
    words = value.split()
    if name.endswith("-style") and ("none" in words or "hidden" in words):
        return True
    if name.endswith("-color") and "transparent" in words:
        return True
    return name.endswith("-width") and any(not _thickness(word) for word in words)


def _is_line(words: Sequence[str]) -> bool:
    """Say whether the words of a border make a line that is seen."""
    sizes = [size for word in words if (size := _thickness(word)) is not None]
    return bool(_LINES.intersection(words)) and all(sizes) and "transparent" not in words


def _thickness(word: str) -> float | None:
    if word in _THICK:
        return _THICK[word]
    return length(word, font=_MEDIUM, root=_MEDIUM, width=_WINDOW)


def attribute_px(attrs: Mapping[str, str], name: str) -> float:
    """Return a size that an attribute gives in px, 0 for none or a share."""
    value = attrs.get(name, "").strip().removesuffix("px")
    return float(value) if value.isdigit() else 0.0
