"""
Does a selector match an element?

Our own matcher over cssselect's parse tree, because it must answer for single elements (the block
and its ancestors), and must know what it does not know: a state such as `:hover` is asked both ways.
"""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import cssselect
from cssselect import parser as css

from pipeline.examine.reading.page import Element

_STATES = frozenset(
    (
        "hover",
        "active",
        "focus",
        "focus-within",
        "focus-visible",
        "checked",
        "target",
        "target-within",
        "visited",
    )
)
_ABSENT = frozenset(("placeholder", "selection", "backdrop"))  # not the element's text
_OF_OWN_TEXT = frozenset(("first-line", "first-letter"))
GENERATED = frozenset(("before", "after", "marker"))  # text that a sheet adds
_CASELESS = frozenset(  # HTML standard, "Case-sensitivity of selectors", those that mail uses
    (
        *("align", "alink", "bgcolor", "clear", "color", "dir", "face", "lang", "language", "link", "media"),
        *("method", "nowrap", "rel", "rev", "rules", "scope", "shape", "target", "text", "type", "valign"),
    )
)
_WITH_FLAG = re.compile(r"\[[^\]]*[\"'\w]\s+[is]\s*\]", re.IGNORECASE)
_MOST_PARTS = 48  # a longer selector is hostile: not read but held against whatever it might style


RENAMED = "x_"  # what Outlook.com puts before class names
_IN_NO_SELECTOR = frozenset("{}@;")  # what is left of a broken rule; browsers drop it, too


class Selector(NamedTuple):
    """One complex selector, parsed, or one that we cannot read (`tree` is None)."""

    written: str
    tree: Any
    specificity: tuple[int, int, int]
    state: bool  # asks for something the reader does
    unknown: bool  # asks for something we cannot decide
    key: str = ""  # what an element must have to match: ".class", "#id", "tag", or "" for nothing
    pseudo: str = ""  # styles what it adds before or after an element, not the element
    simple: bool = True  # asks for tags, classes and ids only
    doubtful: bool = False  # some client drops the list that it stands in


@lru_cache(maxsize=4096)
def read_selector(written: str) -> Selector | None:
    """Parse one selector without commas; None when it styles no text of an element's own."""
    if _WITH_FLAG.search(written):  # compared without case; our parser takes the flag for a part of the value
        return Selector(written, None, (9, 9, 9), state=False, unknown=True)
    try:
        (parsed,) = cssselect.parse(written)
        parts = _parts(parsed.parsed_tree)
        if len(parts) > _MOST_PARTS:
            return Selector(written, None, (9, 9, 9), state=False, unknown=True)
    except (cssselect.SelectorError, ValueError, RecursionError):
        if set(written) & _IN_NO_SELECTOR:
            return None
        return Selector(written, None, (9, 9, 9), state=False, unknown=True)
    pseudo = str(parsed.pseudo_element or "").strip(":").lower()
    if pseudo in _ABSENT or pseudo.startswith("-"):
        return None
    names = {name for part in parts if (name := _asked(part))}
    state = bool(names & _STATES)
    generated = pseudo if pseudo in GENERATED or pseudo in _OF_OWN_TEXT else ""
    caseless = any(isinstance(part, css.Attrib) and _is_caseless(part) for part in parts)
    unknown = bool(pseudo != generated) or not names <= _STATES | _DECIDED or caseless
    tree = parsed.parsed_tree
    simple = not names and not any(isinstance(part, css.Attrib) for part in parts)
    return Selector(written, tree, parsed.specificity(), state, unknown, key_of(tree), generated, simple)


def in_gmail(selector: Selector) -> bool:
    """
    Say whether Gmail keeps a rule of *selector*; it leaves out attribute selectors and most pseudo-classes.

    Source: caniemail.com, "Attribute selectors" and "Pseudo-classes", as our notes of November 2026 have it.
    """
    return selector.simple or selector.state


def keys(element: Element) -> list[str]:
    """Return the keys of the selectors that may match *element*."""
    classes = [f".{name}" for name in element.classes]
    classes += [f".{RENAMED}{name}" for name in element.classes]
    names = (*classes, f"#{element.attrs.get('id', '')}")
    return ["", element.tag, *dict.fromkeys(name.lower() for name in names)]


def key_of(tree: Any) -> str:
    """Return what an element must have to match a selector, as `keys` writes it."""
    while isinstance(tree, css.CombinedSelector):
        tree = tree.subselector
    found = ""
    while not isinstance(tree, css.Element):
        if isinstance(tree, css.Class):
            found = f".{tree.class_name}"
        elif isinstance(tree, css.Hash):
            found = f"#{tree.id}"
        tree = tree.selector
    return (found or tree.element or "").lower()


def matches_in_client(selector: Selector, element: Element, added: Callable[[Any], bool]) -> bool:
    """Say whether *selector* matches where a client adds whatever *added* agrees to."""
    return selector.tree is not None and _match(selector.tree, element, Answers(True, True, added))


def matches(selector: Selector, element: Element, *, hover: bool, unknown: bool) -> bool:
    """
    Say whether *selector* matches *element*.

    Args:
        selector: as `read_selector` returned it.
        element: any element of a page.
        hover: the answer to every question about what the reader does.
        unknown: the answer to every question we cannot decide.
    """
    if selector.tree is None or (selector.doubtful and not unknown):
        return unknown
    return _match(selector.tree, element, Answers(hover, unknown))


class Answers(NamedTuple):
    """What to say to questions that the document does not answer."""

    hover: bool  # to :hover and its like
    unknown: bool  # to what we cannot decide
    added: Callable[[Any], bool] | None = None  # whether a client may add what a part of a selector asks for


_PLACES: dict[str, Callable[[Element], bool]] = {
    "first-child": lambda e: e.index == 0,
    "last-child": lambda e: e.parent is None or e.index == len(e.parent.children) - 1,
    "only-child": lambda e: e.parent is None or len(e.parent.children) == 1,
    "root": lambda e: e.parent is None,
    "scope": lambda e: e.parent is None,
    "link": lambda e: e.tag == "a" and "href" in e.attrs,
    "any-link": lambda e: e.tag == "a" and "href" in e.attrs,
    "first-of-type": lambda e: _of_type(e)[0] is e,
    "last-of-type": lambda e: _of_type(e)[-1] is e,
    "only-of-type": lambda e: len(_of_type(e)) == 1,
}
_COUNTED = ("nth-child", "nth-last-child", "nth-of-type", "nth-last-of-type")
_DECIDED = frozenset(_PLACES) | frozenset(_COUNTED)


def _asked(part: Any) -> str:
    """Return the pseudo-class that *part* asks for, if any."""
    if isinstance(part, css.Pseudo):
        return str(part.ident).lower()
    if isinstance(part, css.Function):
        return str(part.name).lower()
    return "has" if isinstance(part, css.Relation) else ""


def _parts(tree: Any) -> list[Any]:
    """List every node of a selector's tree."""
    found: list[Any] = []
    stack = [tree]
    while stack:
        part = stack.pop()
        found.append(part)
        stack.extend(_inner(part))
    return found


def _inner(part: Any) -> list[Any]:
    if isinstance(part, css.CombinedSelector):
        return [part.selector, part.subselector]
    if isinstance(part, css.Negation):
        return [part.selector, part.subselector]
    if isinstance(part, css.Matching | css.SpecificityAdjustment):
        return [part.selector, *part.selector_list]
    return [part.selector] if hasattr(part, "selector") else []


def _match(tree: Any, element: Element, answers: Answers) -> bool:
    """Match the last compound of *tree* against *element*, then whatever it hangs on."""
    if isinstance(tree, css.Element):
        return tree.element is None or tree.element.lower() == element.tag
    if isinstance(tree, css.CombinedSelector):
        return _match(tree.subselector, element, answers) and _relatives(tree, element, answers)
    if isinstance(tree, css.Selector):
        return _match(tree.parsed_tree, element, answers)
    # its own condition before what it is added to: that mostly says no, and is cheaper
    return _condition(tree, element, answers) and _match(tree.selector, element, answers)


def _condition(tree: Any, element: Element, answers: Answers) -> bool:
    if answers.added is not None and isinstance(tree, css.Attrib) and answers.added(tree):
        return True
    match tree:
        case css.Class():
            met = _is_among(str(tree.class_name), _names(element, answers), answers)
        case css.Hash():
            met = _is_among(str(tree.id), [element.attrs.get("id", "")], answers)
        case css.Attrib():
            met = _attribute(tree, element, answers)
        case css.Negation():
            met = not _match(tree.subselector, element, answers)
        case css.Matching() | css.SpecificityAdjustment():
            met = any(_match(part, element, answers) for part in tree.selector_list)
        case _:
            met = _pseudo(tree, element, answers)
    return met


def _is_among(name: str, names: Sequence[str], answers: Answers) -> bool:
    """Compare names; in a document without a doctype some clients do so without case."""
    return name in names or (answers.unknown and name.lower() in map(str.lower, names))


def _pseudo(tree: Any, element: Element, answers: Answers) -> bool:
    name = _asked(tree)
    if name in _STATES:
        return answers.hover
    if name in _PLACES:
        return _PLACES[name](element)
    return _counted(name, tree.arguments, element, answers) if name in _COUNTED else answers.unknown


def _relatives(tree: Any, element: Element, answers: Answers) -> bool:
    if answers.added is not None and answers.added(tree.selector):
        return True
    if tree.combinator == " ":
        above = element.parent
        while above is not None:
            if _match(tree.selector, above, answers):
                return True
            above = above.parent
        return False
    if tree.combinator == ">":
        return element.parent is not None and _match(tree.selector, element.parent, answers)
    before = element.parent.children[: element.index] if element.parent else []
    if tree.combinator == "+":
        before = before[-1:]
    return any(_match(tree.selector, sibling, answers) for sibling in before)


def _names(element: Element, answers: Answers) -> list[str]:
    """Return the class names of *element*, and how Outlook.com renames them where clients are asked about."""
    own = element.classes
    return own if answers.added is None else [*own, *(f"{RENAMED}{name}" for name in own)]


def _attribute(tree: Any, element: Element, answers: Answers) -> bool:
    name = str(tree.attrib).lower()
    value = element.attrs.get(name)
    if name == "class" and value is not None:
        value = " ".join(_names(element, answers)) if answers.added is not None else value
    if value is None or tree.operator == "exists":
        return value is not None
    wanted = tree.value.value if hasattr(tree.value, "value") else str(tree.value)
    if answers.unknown and _is_caseless(tree):
        wanted, value = wanted.lower(), value.lower()
    tests = {
        "=": value == wanted,
        "~=": wanted in value.split(),
        "|=": value == wanted or value.startswith(f"{wanted}-"),
        "^=": bool(wanted) and value.startswith(wanted),
        "$=": bool(wanted) and value.endswith(wanted),
        "*=": bool(wanted) and wanted in value,
        "!=": value != wanted,
    }
    return tests.get(tree.operator, False)


def _is_caseless(attribute: Any) -> bool:
    """Say whether browsers compare the value without case, as mail clients that rewrite it may not."""
    return attribute.operator != "exists" and str(attribute.attrib).lower() in _CASELESS


def _of_type(element: Element) -> list[Element]:
    if element.parent is None:
        return [element]
    return [sibling for sibling in element.parent.children if sibling.tag == element.tag]


def _counted(name: str, arguments: Any, element: Element, answers: Answers) -> bool:
    siblings = _of_type(element) if name.endswith("of-type") else _siblings(element)
    place = next(i for i, sibling in enumerate(siblings) if sibling is element)
    place = len(siblings) - place if "last" in name else place + 1
    try:
        step, start = css.parse_series(arguments)
    except ValueError:
        return answers.unknown
    if step == 0:
        return place == start
    return (place - start) % step == 0 and (place - start) // step >= 0


def _siblings(element: Element) -> list[Element]:
    return element.parent.children if element.parent else [element]
