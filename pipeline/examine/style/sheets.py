"""
Style sheets and style attributes as rules and declarations, shorthands taken apart.

A declaration that every browser drops as invalid is dropped here, else `display:none;display:x`
would pass for shown; one that some browsers drop is marked.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

import tinycss2  # type: ignore[import-untyped]

from pipeline.examine.style.selectors import Selector, read_selector
from pipeline.examine.style.shorthands import longhands

UNDECIDED = "?"  # how a condition begins that we cannot decide, such as @supports
_LAYER = "?layer"
_NO_GROUPS = frozenset(  # at-rules that hold no rules; whatever else has a block may style anything
    (
        *(
            "font-face",
            "font-feature-values",
            "font-palette-values",
            "page",
            "keyframes",
            "-webkit-keyframes",
        ),
        *("-moz-keyframes", "-o-keyframes", "counter-style", "property", "viewport", "-ms-viewport"),
        *("-o-viewport", "color-profile", "position-try", "view-transition", "charset", "namespace"),
    )
)
_DEEPEST = 4  # nested rules below this are not read but held against whatever they might style


class Declaration(NamedTuple):
    """One property and its value, lower case."""

    name: str
    value: str
    important: bool = False
    sure: bool = True  # every browser takes it; where one drops it, what came before stays in force


class Rule(NamedTuple):
    """One selector's declarations, and the conditions under which they apply."""

    selector: Selector
    queries: tuple[str, ...]  # media query lists, outermost first; all must hold
    declarations: tuple[Declaration, ...]
    layered: bool = False  # inside @layer: weaker than other rules, and stronger where it is important


@lru_cache(maxsize=64)
def read_sheet(css: str, media: str, *, caseless: bool = False) -> tuple[Rule, ...]:
    """
    Read one style sheet; what a browser cannot parse is left out, as a browser does.

    Args:
        css: the sheet.
        media: the media attribute of its element.
        caseless: the document has no doctype; whether names are compared without case hangs on the client.
    """
    found: list[Rule] = []
    queries = (media.strip().lower(),) if media.strip() else ()
    nodes = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
    for selector, conditions, declarations in _rules(nodes, queries, ()):
        asks_names = caseless and ("." in selector.written or "#" in selector.written)
        known = selector._replace(unknown=True) if asks_names else selector
        layered = any(condition.startswith(_LAYER) for condition in conditions)
        found.append(Rule(known, conditions, declarations, layered))
    return tuple(found)


Found = tuple[Selector, tuple[str, ...], tuple[Declaration, ...]]


def _rules(nodes: list[Any], queries: tuple[str, ...], above: tuple[str, ...]) -> Iterator[Found]:
    for node in nodes:
        if node.type == "qualified-rule":
            yield from _qualified(node, queries, above)
        elif node.type == "at-rule" and node.content is not None and node.lower_at_keyword not in _NO_GROUPS:
            is_media = node.lower_at_keyword == "media"
            prelude = tinycss2.serialize(node.prelude).strip().lower()
            query = prelude if is_media else f"{UNDECIDED}{node.lower_at_keyword} {prelude}"
            parse = tinycss2.parse_blocks_contents if above else tinycss2.parse_rule_list
            inner = parse(node.content, skip_comments=True, skip_whitespace=True)
            if above and (own := _declarations(inner)) and (selector := read_selector(above[-1])):
                yield selector, (*queries, query), own
            yield from _rules(inner, (*queries, query), above)


def _qualified(node: Any, queries: tuple[str, ...], above: tuple[str, ...]) -> Iterator[Found]:
    content = tinycss2.parse_blocks_contents(node.content, skip_comments=True, skip_whitespace=True)
    declarations = _declarations(content)
    nested = [item for item in content if item.type in ("qualified-rule", "at-rule")]
    wholes = [_nested(written, above[-1] if above else "") for written in _selectors(node.prelude)]
    read = [read_selector(whole) for whole in wholes]
    # where a client does not know one selector of a list, it drops them all
    doubtful = len(read) > 1 and any(one is None or one.unknown for one in read)
    for whole, selector in zip(wholes, read, strict=True):
        if selector is not None and declarations:
            yield (
                selector._replace(unknown=True, doubtful=True) if doubtful else selector,
                queries,
                declarations,
            )
        if len(above) < _DEEPEST:
            yield from _rules(nested, queries, (*above, whole))
        elif nested and (unread := read_selector("&")):
            yield unread, queries, (Declaration("all", "?"),)


def _nested(written: str, above: str) -> str:
    if not above:
        return written
    return written.replace("&", f":is({above})") if "&" in written else f"{above} {written}"


def _selectors(prelude: list[Any]) -> list[str]:
    parts: list[list[Any]] = [[]]
    for token in prelude:
        if token.type == "literal" and token.value == ",":
            parts.append([])
        elif token.type != "comment":
            parts[-1].append(token)
    return [tinycss2.serialize(part).strip() for part in parts]


@lru_cache(maxsize=1024)
def read_style(style: str) -> tuple[Declaration, ...]:
    """Read a style attribute."""
    return _declarations(tinycss2.parse_blocks_contents(style, skip_comments=True, skip_whitespace=True))


def _declarations(content: list[Any]) -> tuple[Declaration, ...]:
    found: list[Declaration] = []
    for item in content:
        if item.type == "declaration":
            value = tinycss2.serialize(item.value).strip().lower()
            for name, part, sure in longhands(item.lower_name, value, item.value):
                found.append(Declaration(name, part, item.important, sure))
    return tuple(found)
