"""
Whatever else is in a mail and may cover its words, change them or add to them (VIS009, VIS012, VIS022).

Asked of every element, not only of those around the words: a block pulled over the footer hides it.
Whether it really does cannot be known without a browser, so a mail that holds a wording has none of these.
"""

import re
from collections.abc import Iterator, Sequence

from pipeline.examine.lengths import length
from pipeline.examine.look import Cause, cause
from pipeline.examine.media import World
from pipeline.examine.page import Element
from pipeline.examine.sheets import Declaration, Rule, read_style
from pipeline.examine.values import GLOBAL, NOTHING, SIDES, is_edge, is_thick
from pipeline.examine.visible import Sight

_FAR_PX = 10.0  # a shift by more than this may bring one block over another
_AFLOAT = frozenset(("absolute", "fixed", "sticky", "-webkit-sticky"))
_MOVES = frozenset(("transform", "-webkit-transform", "-ms-transform", "translate", "scale", "rotate"))
_SIZES = frozenset(
    (*(f"{box}-{side}" for box in ("padding", "margin") for side in SIDES), "height", "min-height")
)
_HUGE_PX = 3000.0  # an empty stretch longer than this ends every reading
_MARGINS = frozenset(f"margin-{side}" for side in SIDES)
_EMPTY = frozenset(('""', "''", "none", "normal", *GLOBAL))
_MOST = 5  # findings of one kind in one mail
_SUSPECT = re.compile(
    r"position|transform|translate|scale|rotate|shadow|outline|border|[:\s]-|\\|/\*|\(|inset|\d{4}|\d[evpi]",
    re.IGNORECASE,
)


def covering(sight: Sight) -> Iterator[Cause]:
    """Yield what may lie over words, wherever it stands."""
    rules = [rule for rule in sight.cascade.rules if any(map(_may_cover, rule.declarations))]
    found = 0
    for element in sight.page.elements:
        written = element.attrs.get("style", "")
        if element.tag in ("col", "colgroup") and "visibility" in sight.cascade.style(element, World()):
            yield Cause("VIS009", f"visibility on {element.path}", "remove it: it takes a whole column away")
        tall = len(element.attrs.get("height", "")) > 3  # noqa: PLR2004 - digits
        own = tall or (bool(_SUSPECT.search(written)) and any(map(_may_cover, read_style(written))))
        if not own and not any(_concerns(sight, rule, element) for rule in rules):
            continue
        for one in _over_words(sight, element, rules):
            yield one
            found += 1
            if found == _MOST:
                return


def _concerns(sight: Sight, rule: Rule, element: Element) -> bool:
    return sight.cascade.may_match(rule, element)


def _over_words(sight: Sight, element: Element, rules: Sequence[Rule]) -> Iterator[Cause]:
    """Yield what makes *element* lie over others in the first world in which it is there at all."""
    line = element.chain()
    generated = [rule for rule in rules if rule.selector.pseudo and _concerns(sight, rule, element)]
    for world in sight.cascade.worlds(line):
        if any(_is_gone(sight, step, world) for step in line):
            continue
        style = sight.cascade.style(element, world)
        shift = "position" in style and style["position"].value == "relative"
        told = [
            cause("VIS009", element, name, winner, "leave it in the flow of the mail: it may cover words")
            for name, winner in style.items()
            if _may_cover(Declaration(name, winner.value)) and (name not in SIDES or shift)
        ]
        told += [
            Cause(
                "VIS009", f"{d.name}: {d.value} by rule {r.selector.written!r}", "remove the rule: it covers"
            )
            for r in generated
            for d in r.declarations
            if _may_cover(d)
        ]
        if told:
            yield from told
            return


def _is_gone(sight: Sight, element: Element, world: World) -> bool:
    display = sight.cascade.style(element, world).get("display")
    return display is not None and display.value == "none"


def _may_cover(declaration: Declaration) -> bool:
    """Say whether a declaration may bring a box over others."""
    name, value = declaration.name, declaration.value
    if value in NOTHING:
        return False
    if name == "position":
        return value in _AFLOAT
    if name in _MARGINS:
        return "(" in value or _is_huge(value) or (value.startswith("-") and not _is_near(value))
    if name in SIDES:
        return not _is_near(value)
    if name in _SIZES and _is_huge(value):
        return True
    return name in _MOVES or (is_edge(name) and "radius" not in name and is_thick(value))


def _is_huge(value: str) -> bool:
    size = length(value, font=16, root=16, width=1200)
    return size is not None and size > _HUGE_PX


def _is_near(value: str) -> bool:
    size = length(value, font=16, root=16, width=1200, whole=1200)
    return size is not None and abs(size) <= _FAR_PX


def generated(sight: Sight, elements: Sequence[Element]) -> Iterator[Cause]:
    """Yield the rules that write text before, in or after *elements*."""
    for rule in sight.cascade.rules:
        if not rule.selector.pseudo:
            continue
        said = [d for d in rule.declarations if d.name == "content" and d.value not in _EMPTY]
        if said and any(sight.cascade.may_match(rule, element) for element in elements):
            what = f"content: {said[0].value} by rule {rule.selector.written!r}"
            yield Cause("VIS012", what, "remove the rule: a style sheet adds no words to an approved wording")


def changing(elements: Sequence[Element], sheets: Sequence[str]) -> Iterator[Cause]:
    """Yield what may change the document after it was examined: scripts, refreshing, linked sheets."""
    hint = "remove it: what it does to the words cannot be known"
    for element in elements:
        attrs = element.attrs
        refresh = element.tag == "meta" and attrs.get("http-equiv", "").strip().lower() == "refresh"
        sheet = element.tag == "link" and "stylesheet" in attrs.get("rel", "").lower().split()
        if element.tag == "script" or refresh or sheet:
            yield Cause("VIS022", f"<{element.tag}> at {element.path}", hint)
        for name in attrs:
            if name.startswith("on"):
                yield Cause("VIS022", f"attribute {name} at {element.path}", hint)
    if any("@import" in sheet.lower() for sheet in sheets):
        yield Cause("VIS022", "@import in a style sheet", hint)
