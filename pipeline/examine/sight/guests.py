"""
Boxes that the source does not have and that hold words all the same.

`::first-line` and `::first-letter` style part of an element's own text. Apple Mail sets links around dates,
numbers and addresses, which rules such as `a[x-apple-data-detectors]` style (howtotarget.email, read
2026-11-22).
"""

from collections.abc import Iterator, Sequence

from pipeline.examine.reading.page import Element
from pipeline.examine.sight.visible import Sight

_FIRST = ("first-line", "first-letter")
# without href: other clients, which drop the rule, make no such link and colour none
_DETECTED = {"x-apple-data-detectors": "true", "x-apple-data-detectors-type": "telephone", "dir": "ltr"}


def guests(sight: Sight, holders: Sequence[Element], around: Sequence[Element]) -> Iterator[Element]:
    """
    Yield an element for each box that is not in the source.

    Args:
        sight: of the page.
        holders: the elements whose own text the words are.
        around: these and all their ancestors.
    """
    for rule in sight.cascade.rules:
        if rule.selector.pseudo in _FIRST:
            for element in around:
                if sight.cascade.may_match(rule, element):
                    style = ";".join(f"{d.name}:{d.value}" for d in rule.declarations)
                    yield Element("span", {"style": style}, element, number=element.number)
        elif "x-apple-data-detectors" in rule.selector.written:
            for holder in holders:
                yield Element("a", _DETECTED, holder, number=holder.number)
