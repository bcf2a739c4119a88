"""
Selectors as values, and whether they match an `html5.Element`.

Part of a selector can hang on what no build can know: `:hover`, or the `[data-ogsc]` that Outlook.com
writes round a mail. Such a selector is *dynamic*: its rule stays in the style sheet, and `matches`
says where it may apply, taking the unknowable part as true.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from pipeline.css.html5 import Element

Specificity = tuple[int, int, int]  # ids; classes, attributes, pseudo-classes; types, pseudo-elements
Test = Callable[[Element], bool]


class Compound(NamedTuple):
    """What one element must be, and how it stands to the compound on its left."""

    tag: str = ""  # lower case; empty for any
    ids: frozenset[str] = frozenset()
    classes: frozenset[str] = frozenset()
    tests: tuple[Test, ...] = ()  # attributes, :nth-child(), :not() and their like
    combinator: str = ""  # " ", ">", "+" or "~"; empty when nothing is on the left

    def fits(self, element: Element) -> bool:
        """Say whether *element*, looked at alone, is what this compound describes."""
        return (
            (not self.tag or self.tag == element.tag)
            and self.classes <= element.classes
            and (not self.ids or self.ids == {element.attributes.get("id")})
            and all(test(element) for test in self.tests)
        )


class Selector(NamedTuple):
    """One selector without commas."""

    compounds: tuple[Compound, ...]  # the rightmost first
    specificity: Specificity
    dynamic: bool  # hangs on a state or on a mail client
    pseudo_element: str  # such as "before"; empty for the element itself

    @property
    def by_context(self) -> bool:
        """Whether `html5.Context` alone decides on a match."""
        return not any(part.tests or part.combinator in {"+", "~"} for part in self.compounds)

    def matches(self, element: Element) -> bool:
        """Say whether *element* is matched; for a dynamic selector, whether it may be."""
        return _matches(self.compounds, 0, element)


def _matches(compounds: Sequence[Compound], at: int, element: Element) -> bool:
    compound = compounds[at]
    if not compound.fits(element):
        return False
    if at + 1 == len(compounds):
        return True
    return any(_matches(compounds, at + 1, other) for other in _related(element, compound.combinator))


def _related(element: Element, combinator: str) -> Sequence[Element]:
    """Return the elements that may stand on the left of *combinator* when *element* is on its right."""
    parent = element.parent
    if parent is None:
        return ()
    if combinator == ">":
        return (parent,)
    if combinator == "+":
        return parent.children[max(element.position - 1, 0) : element.position]
    if combinator == "~":
        return parent.children[: element.position]
    ancestors = []
    while parent:
        ancestors.append(parent)
        parent = parent.parent
    return ancestors


def position_test(step: int, offset: int, *, from_end: bool = False, same_type: bool = False) -> Test:
    """Return the test of an element's place among its siblings, from 1: step * n + offset, n >= 0."""

    def test(element: Element) -> bool:
        siblings: Sequence[Element] = element.parent.children if element.parent else (element,)
        others = siblings[element.position + 1 :] if from_end else siblings[: element.position]
        beyond = 1 - offset + sum(not same_type or other.tag == element.tag for other in others)
        return beyond == 0 if step == 0 else beyond % step == 0 and beyond // step >= 0

    return test


_COMPARE: dict[str, Callable[[str, str], bool]] = {
    "=": lambda value, wanted: value == wanted,
    "~=": lambda value, wanted: wanted in value.split(),
    "|=": lambda value, wanted: value == wanted or value.startswith(f"{wanted}-"),
    "^=": lambda value, wanted: bool(wanted) and value.startswith(wanted),
    "$=": lambda value, wanted: bool(wanted) and value.endswith(wanted),
    "*=": lambda value, wanted: bool(wanted) and wanted in value,
}


def attribute_test(name: str, operator: str = "", wanted: str = "", *, any_case: bool = False) -> Test:
    """
    Return the test that an attribute is there and its value as wanted.

    Args:
        name: in lower case.
        operator: such as "^="; empty when being there is enough.
        wanted: the value it is compared with.
        any_case: compare without regard to case.
    """
    if not operator:
        return lambda element: name in element.attributes
    compare = _COMPARE[operator]
    aim = wanted.lower() if any_case else wanted

    def test(element: Element) -> bool:
        if name not in element.attributes:
            return False
        value = element.attributes[name] or ""
        return compare(value.lower() if any_case else value, aim)

    return test
