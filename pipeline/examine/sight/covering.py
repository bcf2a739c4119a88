"""
Whatever else is in a mail and may lie over words (VIS009).

A block pulled over the footer hides it, wherever it stands in the source. How far a moved box reaches is
estimated from above, and how far away the words are from below: where the reach may be the longer, the
mail fails, and a browser may decide it.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pipeline.examine.reading.page import INLINE, Element
from pipeline.examine.sight.hiding import TABLES
from pipeline.examine.sight.look import Cause, cause, is_inline
from pipeline.examine.sight.visible import Sight
from pipeline.examine.style.lengths import length
from pipeline.examine.style.media import World
from pipeline.examine.style.selectors import GENERATED
from pipeline.examine.style.sheets import Declaration, Rule, read_style
from pipeline.examine.style.values import NOTHING, SIDES, is_edge, is_thick

_NEAR_PX = 10.0  # a shift that leaves a box where it was
_AFLOAT = frozenset(("absolute", "fixed", "sticky", "-webkit-sticky"))
_MOVES = frozenset(("transform", "-webkit-transform", "-ms-transform", "translate", "scale", "rotate"))
_SIZES = frozenset(
    (*(f"{box}-{side}" for box in ("padding", "margin") for side in SIDES), "height", "min-height")
)
_HUGE_PX = 3000.0  # an empty stretch longer than this ends every reading
_FAR_AWAY_PX = 900.0  # left or above the page by so much, a box is not on it
_LOW = ("height", "max-height")
_LOW_PX = 4.0
_NO_HOLDERS = frozenset(("html", "body", "tr", "tbody", "thead", "tfoot"))
_MARGINS = frozenset(f"margin-{side}" for side in SIDES)
_MOST = 5  # findings of one kind in one mail
_SUSPECT = re.compile(
    r"height|position|transform|translate|scale|rotate|shadow|outline|border|[:\s]-|\\|/\*|\(|inset|\d{4}|\d[evpi]",
    re.IGNORECASE,
)
# What a stretch of visible text takes up at least, and a box of some text at most.
_LINE_PX, _LETTER_PX = 12.0, 0.08
_MOST_LINE_PX, _MOST_LETTER_PX = 30.0, 4.0
_BARELY = re.compile(
    r"scale\((?:0?\.9\d*|1(?:\.[01]\d*)?)\)|translate[xy3dz]*\((?:-?\d(?:\.\d+)?(?:px)?[, ]*)+\)"
)
_NOWHERE = re.compile(
    r"rect\((?:0(?:px)?[ ,]*){4}\)|inset\((?:50|100)%.*\)|rect\(1px[ ,]+1px[ ,]+1px[ ,]+1px\)"
)


class Suspect(NamedTuple):
    """One element that is moved or large in some world."""

    element: Element
    causes: tuple[Cause, ...]
    up: float  # px that it may reach above where it stands in the source
    down: float  # px below the end of what it stands in
    inside: Element  # what it is moved in: itself, or the box it is placed in
    adds: bool  # a sheet adds a box inside it, which may lie over its own words
    holder: Element | None  # a box around it that cuts off whatever leaves it


def suspects(sight: Sight) -> list[Suspect]:
    """List the elements of a page that may lie over others."""
    rules = [rule for rule in sight.cascade.rules if any(map(_may_cover, rule.declarations))]
    found: list[Suspect] = []
    for element in sight.page.elements:
        written = element.attrs.get("style", "")
        tall = len(element.attrs.get("height", "")) > 3  # noqa: PLR2004 - digits
        own = tall or (bool(_SUSPECT.search(written)) and any(map(_may_cover, read_style(written))))
        if own or any(sight.cascade.may_match(rule, element) for rule in rules):
            found += _suspected(sight, element, rules)
    return found


def covering(sight: Sight, known: Sequence[Suspect], low: int, high: int) -> Iterator[Cause]:
    """
    Yield what may lie over the text from *low* to *high*.

    Args:
        sight: of the page.
        known: what `suspects` found in it.
        low: where in the page's text the words begin.
        high: where they end.
    """
    told = 0
    for suspect in known:
        if suspect.holder is not None and not _spans(sight, suspect.holder, low, high):
            continue
        start, end = sight.page.extent(suspect.inside)
        around = start <= low and high <= end
        if around and suspect.inside is suspect.element and not suspect.adds:
            continue  # the words' own ancestors are judged one by one
        above = end <= low
        reach, gap = (
            (suspect.down, _gap(sight, end, low)) if above else (suspect.up, _gap(sight, high, start))
        )
        if around or reach >= gap:
            yield from suspect.causes
            told += 1
            if told == _MOST:
                return


def _spans(sight: Sight, element: Element, low: int, high: int) -> bool:
    start, end = sight.page.extent(element)
    return start <= low and high <= end


def _suspected(sight: Sight, element: Element, rules: Sequence[Rule]) -> Iterator[Suspect]:
    """Yield what makes *element* lie over others, and how far it reaches in the worst of worlds."""
    line = element.chain()
    generated = [
        rule for rule in rules if rule.selector.pseudo in GENERATED and sight.cascade.may_match(rule, element)
    ]
    found: list[Suspect] = []
    for world in sight.cascade.worlds(line):
        if any(_is_gone(sight, step, world) for step in line) or _is_invisible(sight, line, world):
            continue
        causes = (*_moving(sight, element, world), *_adding(generated))
        if causes:
            reach = (_HUGE_PX, _HUGE_PX, element) if generated else _reach(sight, element, world)
            holder = _holder(sight, line, world)
            found.append(Suspect(element, causes, *reach, bool(generated), holder))
    if found:
        alike = all(one.inside is found[0].inside for one in found)
        held = found[0].holder if all(one.holder is found[0].holder for one in found) else None
        yield found[0]._replace(
            up=max(one.up for one in found) if alike else _HUGE_PX,
            down=max(one.down for one in found) if alike else _HUGE_PX,
            holder=held,
        )


def _moving(sight: Sight, element: Element, world: World) -> Iterator[Cause]:
    style = sight.cascade.style(element, world)
    shift = "position" in style and style["position"].value == "relative"
    hint = "leave it in the flow of the mail: it may cover words"
    flows_out = element.tag not in TABLES and (bool(element.children) or _says(sight, element))
    for name, winner in style.items():
        moves = (name not in SIDES or shift) and (name not in _LOW or flows_out)
        if moves and _may_cover(Declaration(name, winner.value)):
            yield cause("VIS009", element, name, winner, hint)._replace(undetermined=world.usual)


def _says(sight: Sight, element: Element) -> bool:
    start, end = sight.page.extent(element)
    return bool(sight.page.words.raw[start:end].strip())


def _adding(generated: Sequence[Rule]) -> Iterator[Cause]:
    for rule in generated:
        for d in rule.declarations:
            if _may_cover(d):
                what = f"{d.name}: {d.value} by rule {rule.selector.written!r}"
                yield Cause("VIS009", what, "remove the rule: it covers")


def _holder(sight: Sight, line: Sequence[Element], world: World) -> Element | None:
    """Return the box around an element that cuts off whatever leaves it; None when there is none."""
    style = {name: winner.value for name, winner in sight.cascade.style(line[-1], world).items()}
    if style.get("position") in ("fixed", "sticky", "-webkit-sticky"):
        return None
    for box in reversed(line[:-1]):
        own = sight.cascade.style(box, world)
        around = {name: winner.value for name, winner in own.items()}
        placed = around.get("position") not in (None, "static", *NOTHING)
        clips = all(around.get(f"overflow-{axis}") in ("hidden", "clip") for axis in "xy")
        if clips and not is_inline(box, own) and box.tag not in _NO_HOLDERS:
            return box if placed or style.get("position") != "absolute" else None
        if placed and style.get("position") == "absolute":
            style = around  # from here on, what holds the box it is placed in
    return None


def _is_invisible(sight: Sight, line: Sequence[Element], world: World) -> bool:
    """Say whether an element takes over that it is not to be seen."""
    said = [sight.cascade.style(step, world).get("visibility") for step in line]
    last = next((winner.value for winner in reversed(said) if winner is not None), "visible")
    return last in ("hidden", "collapse")


def _reach(sight: Sight, element: Element, world: World) -> tuple[float, float, Element]:
    """Return how far *element* may reach up and down, and out of what."""
    style = {name: winner.value for name, winner in sight.cascade.style(element, world).items()}
    sizes = {name: _px(value) for name, value in style.items() if name in SIDES or name in _MARGINS}
    moved = [value for name, value in style.items() if name in _MOVES and value not in NOTHING]
    low = any(_is_low(name, style[name]) for name in _LOW if name in style)
    large = any(_is_huge(value) for name, value in style.items() if name in _SIZES)
    drawn = any(is_edge(n) and "radius" not in n and is_thick(v) for n, v in style.items())
    afloat = style.get("position") in _AFLOAT
    unknown = any(sizes[name] is None for name in sizes if style[name] not in NOTHING)
    if moved or low or large or drawn or unknown or (afloat and style["position"] != "absolute"):
        return _HUGE_PX, _HUGE_PX, element
    if afloat:
        return _placed(sight, element, world, sizes)
    shift = (
        (sizes.get("top") or -(sizes.get("bottom") or 0.0)) if style.get("position") == "relative" else 0.0
    )
    above, below = (max(0.0, -(sizes.get(f"margin-{side}") or 0.0)) for side in ("top", "bottom"))
    return max(0.0, -shift) + above + below, max(0.0, shift) + below, element


def _placed(
    sight: Sight, element: Element, world: World, sizes: dict[str, float | None]
) -> tuple[float, float, Element]:
    """Return the same for a box placed in the nearest positioned one around it."""
    box = element.parent
    while box is not None:
        position = sight.cascade.style(box, world).get("position")
        if position is not None and position.value not in ("static", *NOTHING):
            break
        box = box.parent
    height = _height(sight, element, world)
    if box is None or height is None:
        return _HUGE_PX, _HUGE_PX, element if box is None else box
    room = _declared_height(sight, box, world) or 0.0
    top, bottom = sizes.get("top"), sizes.get("bottom")
    if top is None and bottom is not None:
        return max(0.0, bottom + height - room), max(0.0, -bottom), box
    return max(0.0, -(top or 0.0)), max(0.0, (top or 0.0) + height - room), box


def _height(sight: Sight, element: Element, world: World) -> float | None:
    """Return what *element* may be high at most, in px; None when nobody knows."""
    declared = _declared_height(sight, element, world)
    if declared is not None:
        return declared
    total = 0.0
    for number in range(element.number, len(sight.page.elements)):
        inner = sight.page.elements[number]
        if inner is not element and element not in inner.chain():
            break
        if inner.tag == "img":
            size = _declared_height(sight, inner, world)
            if size is None:
                return None
            total += size
    start, end = sight.page.extent(element)
    text = sight.page.words.raw[start:end]
    return total + _MOST_LINE_PX + _MOST_LETTER_PX * len(text.strip())


def _declared_height(sight: Sight, element: Element, world: World) -> float | None:
    winner = sight.cascade.style(element, world).get("height")
    if winner is not None and winner.value not in NOTHING:
        return _px(winner.value)
    attribute = element.attrs.get("height", "")
    return float(attribute) if attribute.isdecimal() else None


def _gap(sight: Sight, start: int, end: int) -> float:
    """Return how many px the visible text from *start* to *end* takes up at least."""
    if start >= end:
        return 0.0
    page, total = sight.page, 0.0
    lines: set[int] = set()
    ends = (*page.starts[1:], len(page.words.raw))
    for low, high, run in zip(page.starts, ends, page.runs, strict=True):
        letters = (
            len(page.words.raw[max(low, start) : min(high, end)].strip()) if low < end and start < high else 0
        )
        if letters and not sight.problems([run]):
            line = run.parent if run.tag in ("td", "th") else run
            new = run.tag not in INLINE and id(line) not in lines  # all cells of a row stand on one line
            lines.add(id(line))
            total += max(_LINE_PX if new else 0.0, letters * _LETTER_PX)
    return total


def _is_gone(sight: Sight, element: Element, world: World) -> bool:
    """Say whether *element* and all inside it is off the page or cannot be seen, in *world*."""
    style = {name: winner.value for name, winner in sight.cascade.style(element, world).items()}
    if style.get("display") == "none" or style.get("opacity") in ("0", "0%", "0.0"):
        return True
    away = style.get("position") in ("absolute", "fixed") and any(
        (size := _px(style.get(side, ""))) is not None and size <= -_FAR_AWAY_PX for side in SIDES
    )
    cut = any(_NOWHERE.fullmatch(style.get(name, "")) for name in ("clip", "clip-path"))
    hides = style.get("overflow-x") in ("hidden", "clip") and style.get("overflow-y") in ("hidden", "clip")
    tiny = hides and any(
        (size := _px(style.get(name, ""))) is not None and size <= 1
        for name in ("height", "max-height", "width", "max-width")
    )
    return away or cut or tiny


def _may_cover(declaration: Declaration) -> bool:
    """Say whether a declaration may bring a box over others."""
    name, value = declaration.name, declaration.value
    if value in NOTHING:
        return False
    if name == "position":
        return value in _AFLOAT
    if name in SIDES:
        return not _is_near(value)
    if name in _MOVES:
        return not _BARELY.fullmatch(value)
    if name in _LOW and _is_low(name, value):
        return True
    pulled = name in _MARGINS and ("(" in value or (value.startswith("-") and not _is_near(value)))
    drawn = is_edge(name) and "radius" not in name and is_thick(value)
    return pulled or drawn or (name in _SIZES and _is_huge(value))


def _px(value: str) -> float | None:
    return length(value, font=16, root=16, width=1200)


def _is_low(name: str, value: str) -> bool:
    """Say whether a height is so small that what is inside flows out of the box."""
    size = _px(value)
    return name in _LOW and size is not None and size <= _LOW_PX


def _is_huge(value: str) -> bool:
    size = _px(value)
    return size is not None and size > _HUGE_PX


def _is_near(value: str) -> bool:
    size = length(value, font=16, root=16, width=1200, whole=1200)
    return size is not None and abs(size) <= _NEAR_PX
