"""One copy of a wording where it stands: is it seen, in one piece, and do its links lead right?"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from html import escape
from itertools import pairwise

from pipeline.examine.reading.branches import condition_around, conditions_in
from pipeline.examine.reading.page import Element, Page
from pipeline.examine.sight.changing import generated
from pipeline.examine.sight.covering import Suspect, covering, suspects
from pipeline.examine.sight.guests import guests
from pipeline.examine.sight.look import Cause, is_floated
from pipeline.examine.sight.visible import Problem, Sight, sight, told
from pipeline.examine.style.lengths import length
from pipeline.examine.style.media import World
from pipeline.model import Wording

_LINK = re.compile(r'href="([^"]*)"')
_OBJECTS = frozenset(
    (
        *("img", "input", "button", "select", "textarea", "video", "audio", "canvas", "svg", "object"),
        *("iframe", "embed", "math", "meter", "progress", "picture"),
    )
)
_MOST_BREAKS = 7  # empty lines in a row
_BLANKS = re.compile(r"[\xa0\u2007\u202f]{40}|[ \t]{400}")
_MOST_EMPTY_PX = 150.0
_EMPTYING = (*("padding-top", "padding-bottom", "margin-top", "margin-bottom", "height", "min-height"),)
_AROUND_WORDS = ".,;:!?()\"'"


def reasons(wording: Wording, page: Page, start: int, end: int) -> list[Problem]:
    """List why tokens *start* to *end* are not shown to everybody as they were approved."""
    holders, eye = page.holders(start, end), sight(page)
    around = {id(step): step for holder in holders for step in holder.chain()}
    around |= {id(element): element for element in page.inside(start, end)}
    causes = [*generated(eye, list(around.values())), *_broken(page.inside(start, end))]
    causes += (*_linked(wording, around.values()), *_in_columns(eye, holders))
    causes += _conditional(page, around.values(), start, end)
    causes += covering(eye, suspects_on(page), page.words.spans[start][0], page.words.spans[end - 1][1])
    causes += (*_table_columns(around.values()), *_taken_aside(eye, holders), *_torn(page, eye, start, end))
    causes += _joined(page, eye, start, end)
    added = guests(eye, holders, list(around.values()))
    return [
        *eye.problems((*holders, *eye.keep(added)), wording.locale),
        *(told(cause, page) for cause in causes),
    ]


def unseen(page: Page, holders: Sequence[Element]) -> list[Problem]:
    """List the reasons why text right inside *holders* is not seen; empty when everybody sees it."""
    eye = sight(page)
    extents = [page.extent(holder) for holder in holders]
    low, high = min(start for start, _end in extents), max(end for _start, end in extents)
    covered = covering(eye, suspects_on(page), low, high)
    return [*eye.problems(holders), *(told(cause, page) for cause in covered)]


@lru_cache(maxsize=4)
def suspects_on(page: Page) -> list[Suspect]:
    """Return what may lie over words of *page*."""
    return suspects(sight(page))


def _table_columns(around: Iterable[Element]) -> Iterator[Cause]:
    """VIS005: a column's own colour lies behind cells that have none."""
    for table in around:
        for column in _columns_of(table):
            attrs = column.attrs
            if "bgcolor" in attrs or "background" in attrs or "background" in attrs.get("style", "").lower():
                what = f"a background on {column.path} lies behind the words"
                yield Cause(
                    "VIS005", what, "colour the cell, not the column", element=column, undetermined=True
                )


def _columns_of(table: Element) -> Iterator[Element]:
    for child in table.children:
        if child.tag in ("col", "colgroup"):
            yield child
            yield from _columns_of(child)


def _conditional(page: Page, around: Iterable[Element], start: int, end: int) -> Iterator[Cause]:
    """DISC009: a provider shows the words to some readers only."""
    hint = "move the wording out of the condition"
    condition = condition_around(page.branches, page.words.spans[start][0], page.words.spans[end - 1][1])
    if condition:
        yield Cause("DISC009", f"it hangs on the condition {condition!r}", hint)
    for element in around:
        for what in conditions_in(element.attrs):
            yield Cause("DISC009", f"it hangs on {what!r} at {element.path}", hint, element=element)


def _taken_aside(eye: Sight, holders: Sequence[Element]) -> Iterator[Cause]:
    """DISC013: a part of the words stands beside the others, above or below them."""
    lines = [holder.chain() for holder in holders]
    shared = sum(1 for step in zip(*lines, strict=False) if all(other is step[0] for other in step))
    for element in {id(step): step for line in lines for step in line[shared:]}.values():
        style = eye.cascade.style(element, World())
        display = style.get("display")
        if is_floated(element, style) or (display is not None and display.value == "table-caption"):
            what = f"{element.path} takes a part of the words out of their place"
            yield Cause("DISC013", what, "keep the words in the flow, one after the other", element=element)


def _torn(page: Page, eye: Sight, start: int, end: int) -> Iterator[Cause]:
    """DISC013: so much emptiness stands between the words that nobody reads on."""
    low, high = page.words.spans[start][0], page.words.spans[end - 1][1]
    hint = "keep the words together"
    inside = page.inside(start, end)
    breaks = [page.opens[element.number] for element in inside if element.tag == "br"]
    together = sum(not page.words.raw[one:other].strip() for one, other in pairwise(breaks))
    if together >= _MOST_BREAKS or _BLANKS.search(page.words.raw, low, high):
        yield Cause("DISC013", "blank lines or blanks tear the words apart", hint)
    for element in inside:
        style = eye.cascade.style(element, World())
        sizes = [style[name].value for name in _EMPTYING if name in style]
        sizes += [f"{element.attrs[name]}px" for name in ("height", "size") if name in element.attrs]
        if any((length(size, font=16, root=16, width=0) or 0) > _MOST_EMPTY_PX for size in sizes):
            what = f"the height of {element.path} tears the words apart"
            yield Cause("DISC013", what, hint, element=element)


def _joined(page: Page, eye: Sight, start: int, end: int) -> Iterator[Cause]:
    """DISC003: a line break that a sheet takes away was the only blank between two words."""
    raw = page.words.raw
    for element in page.inside(start, end):
        if element.tag != "br":
            continue
        before, after = page.opens[element.number], page.opens[element.number] + 2
        beside = raw[before - 1 : before] + raw[after : after + 1]
        worlds = eye.cascade.worlds([element]) if not any(map(str.isspace, beside)) else []
        if any((d := eye.cascade.style(element, w).get("display")) and d.value == "none" for w in worlds):
            what = f"a style takes the line break at {element.path} away: two words become one"
            yield Cause("DISC003", what, "write a blank beside it", element=element, css="display")


def _in_columns(eye: Sight, holders: Sequence[Element]) -> Iterator[Cause]:
    """DISC013: the words run from one column into the next, as nobody reads them."""
    for one, other in pairwise(holders):
        fork = next(((a, b) for a, b in zip(one.chain(), other.chain(), strict=False) if a is not b), None)
        if fork and any(element.tag in ("tfoot", "thead", "caption") for element in fork):
            what = f"the words run out of {fork[0].path}, which may be shown elsewhere"
            yield Cause("DISC013", what, "keep the words in one part of the table", element=fork[0])
            return
        if fork and all(_is_column(eye, element) for element in fork):
            what = f"the words run from {fork[0].path} into the column beside it"
            yield Cause("DISC013", what, "keep the words in one column", element=fork[1])
            return


def _is_column(eye: Sight, element: Element) -> bool:
    if element.tag in ("td", "th"):
        return True
    style = eye.cascade.style(element, World())
    display, side = style.get("display"), style.get("float")
    is_beside = display is not None and display.value in ("inline-block", "table-cell", "inline-table")
    return (is_beside and element.tag not in ("a", "b", "strong", "em", "i", "span")) or (
        side is not None and side.value in ("left", "right")
    )


def _broken(inside: Sequence[Element]) -> Iterator[Cause]:
    """DISC013: what is no text interrupts the words."""
    for element in inside:
        if element.tag in _OBJECTS:
            hint = "keep the words together: put it before or after them"
            what = f"<{element.tag}> at {element.path} interrupts the words"
            yield Cause("DISC013", what, hint, element=element)


def _linked(wording: Wording, around: Iterable[Element]) -> Iterator[Cause]:
    """DISC003: a link of the wording leads where the registry says, or where its own words say."""
    allowed = set(_LINK.findall(wording.html))
    for element in around:
        target = element.attrs.get("href", "").strip()
        if element.tag != "a" or not target or escape(target) in allowed or target in allowed:
            continue
        spelt = target.partition(":")[2].strip("/") if ":" in target else target
        if spelt not in {word.strip(_AROUND_WORDS) for word in wording.text.split()}:
            yield Cause("DISC003", f"link to {target!r} at {element.path}", "link as the registry does")
