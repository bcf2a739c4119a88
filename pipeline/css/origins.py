"""
Which declarations of a style sheet may set a property on an element, and on which line each stands.

The inliner needs no such question: it is asked for findings about a finished mail, where a rule has become
a style attribute and its place is lost. So it is generous: conditions and states count as met, a
pseudo-element as its element, and what cannot be read is left out.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import tinycss2  # type: ignore[import-untyped]
from tinycss2.ast import Node, QualifiedRule  # type: ignore[import-untyped]

from pipeline.css.declarations import overlap, property_name
from pipeline.css.html5 import Element
from pipeline.css.selectorparser import SelectorError, parse_selector
from pipeline.css.selectors import Selector, Specificity
from pipeline.css.tokens import selector_list, text_of

_GROUPS = frozenset({"media", "supports"})


class Origin(NamedTuple):
    """One declaration that may have set the property."""

    line: int  # of the declaration in the sheet, from 1; 0 for the element's own style attribute
    value: str  # lower case, on one line
    selector: str  # as written
    stays: bool  # in a group such as @media, or hanging on a state, a client, a pseudo-element: not inlined
    weight: tuple[bool, Specificity, int]  # in the cascade: the larger wins


def origins(css: str, element: Element, name: str) -> list[Origin]:
    """
    List the declarations in the sheet *css* that may set the property *name* on *element*.

    Args:
        css: a whole style sheet.
        element: of a parsed document, which its selectors are held against.
        name: a property, lower case; shorthands of it and its longhands count.
    """
    nodes = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
    found = []
    for order, (rule, grouped) in enumerate(_rules(nodes, grouped=False)):
        for text in selector_list(rule.prelude):
            selector = _read(text)
            if selector and selector.matches(element):
                stays = grouped or selector.dynamic or bool(selector.pseudo_element)
                found += [
                    Origin(
                        node.source_line,
                        text_of(node.value).lower(),
                        text,
                        stays,
                        (node.important, selector.specificity, order),
                    )
                    for node in _setting(rule, name)
                ]
    return found


def _rules(nodes: Iterable[Node], *, grouped: bool) -> Iterator[tuple[QualifiedRule, bool]]:
    for node in nodes:
        if node.type == "qualified-rule":
            yield node, grouped
        elif node.type == "at-rule" and node.content is not None and node.lower_at_keyword in _GROUPS:
            inner = tinycss2.parse_rule_list(node.content, skip_comments=True, skip_whitespace=True)
            yield from _rules(inner, grouped=True)


def _read(text: str) -> Selector | None:
    try:
        return parse_selector(text)
    except SelectorError:
        return None


def _setting(rule: QualifiedRule, name: str) -> Iterator[Node]:
    for node in tinycss2.parse_blocks_contents(rule.content, skip_comments=True, skip_whitespace=True):
        if node.type == "declaration" and overlap(property_name(node.name), name):
            yield node
