"""
Style sheets and style attributes as rules and declarations, shorthands taken apart.

Only what can hide or shrink text is taken apart; everything else is kept as it is written.
A declaration that every browser drops as invalid is dropped here, else `display:none;display:x`
would pass for shown.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

import tinycss2  # type: ignore[import-untyped]

from pipeline.examine.colours import is_colour
from pipeline.examine.selectors import Selector, read_selector

UNDECIDED = "?"  # a condition we cannot decide, such as @supports
_GROUPS = frozenset(("media", "supports", "layer", "container", "scope", "starting-style", "document"))
_DEEPEST = 4  # nested rules below this are not read but held against whatever they might style
SIDES = ("top", "right", "bottom", "left")
_GLOBAL = frozenset(("inherit", "initial", "unset", "revert", "revert-layer"))
_DISPLAYS = (
    "none block inline inline-block flow flow-root contents list-item run-in flex inline-flex grid"
    " inline-grid table inline-table table-row table-cell table-row-group table-header-group"
    " table-footer-group"
    " table-column table-column-group table-caption -webkit-box -webkit-inline-box -webkit-flex -ms-flexbox"
    " math ruby"
)
_SIZES = "xx-small x-small small medium large x-large xx-large xxx-large smaller larger math"
_KEYWORDS = {
    "display": frozenset(_DISPLAYS.split()),
    "visibility": frozenset(("visible", "hidden", "collapse")),
    "overflow-x": frozenset(("visible", "hidden", "clip", "scroll", "auto", "overlay")),
    "overflow-y": frozenset(("visible", "hidden", "clip", "scroll", "auto", "overlay")),
    "position": frozenset(("static", "relative", "absolute", "fixed", "sticky", "-webkit-sticky")),
}
_COLOURS = frozenset(("color", "background-color", "-webkit-text-fill-color"))
_SIZED = re.compile(r"[-+]?[\d.]|(?:calc|min|max|clamp|var|env|attr)\(")
_SIZE_WORDS = frozenset(_SIZES.split())


class Declaration(NamedTuple):
    """One property and its value, lower case."""

    name: str
    value: str
    important: bool = False


class Rule(NamedTuple):
    """One selector's declarations, and the conditions under which they apply."""

    selector: Selector
    queries: tuple[str, ...]  # media query lists, outermost first; all must hold
    declarations: tuple[Declaration, ...]


@lru_cache(maxsize=64)
def read_sheet(css: str, media: str) -> tuple[Rule, ...]:
    """Read one style sheet; what a browser cannot parse is left out, as a browser does."""
    found: list[Rule] = []
    queries = (media.strip().lower(),) if media.strip() else ()
    nodes = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
    for selector, conditions, declarations in _rules(nodes, queries, ()):
        found.append(Rule(selector, conditions, declarations))
    return tuple(found)


Found = tuple[Selector, tuple[str, ...], tuple[Declaration, ...]]


def _rules(nodes: list[Any], queries: tuple[str, ...], above: tuple[str, ...]) -> Iterator[Found]:
    for node in nodes:
        if node.type == "qualified-rule":
            yield from _qualified(node, queries, above)
        elif node.type == "at-rule" and node.content is not None and node.lower_at_keyword in _GROUPS:
            is_media = node.lower_at_keyword == "media"
            query = tinycss2.serialize(node.prelude).strip().lower() if is_media else UNDECIDED
            parse = tinycss2.parse_blocks_contents if above else tinycss2.parse_rule_list
            inner = parse(node.content, skip_comments=True, skip_whitespace=True)
            if above and (own := _declarations(inner)) and (selector := read_selector(above[-1])):
                yield selector, (*queries, query), own
            yield from _rules(inner, (*queries, query), above)


def _qualified(node: Any, queries: tuple[str, ...], above: tuple[str, ...]) -> Iterator[Found]:
    content = tinycss2.parse_blocks_contents(node.content, skip_comments=True, skip_whitespace=True)
    declarations = _declarations(content)
    nested = [item for item in content if item.type in ("qualified-rule", "at-rule")]
    for written in _selectors(node.prelude):
        whole = _nested(written, above[-1] if above else "")
        selector = read_selector(whole)
        if selector is not None and declarations:
            yield selector, queries, declarations
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
        if item.type != "declaration":
            continue
        value = tinycss2.serialize(item.value).strip().lower()
        for name, part in _longhands(item.lower_name, value, item.value):
            if part in _GLOBAL or _is_valid(name, part):
                found.append(Declaration(name, part, item.important))
    return tuple(found)


def _longhands(name: str, value: str, tokens: list[Any]) -> Iterator[tuple[str, str]]:
    """Take a shorthand apart into the longhands that matter here."""
    words = [t.serialize().lower() for t in tokens if t.type not in ("whitespace", "comment")]
    if value in _GLOBAL and name in _SHORTHANDS:
        yield from ((longhand, value) for longhand in _SHORTHANDS[name])
    elif name in ("margin", "padding", "inset"):
        sides = [f"{name}-{side}" for side in SIDES] if name != "inset" else list(SIDES)
        if words:
            four = [words[0], words[1 % len(words)], words[2 if len(words) > 2 else 0]]  # noqa: PLR2004
            four.append(words[3] if len(words) > 3 else four[1])  # noqa: PLR2004
            yield from zip(sides, four, strict=True)
    elif name == "overflow":
        yield "overflow-x", words[0] if words else ""
        yield "overflow-y", words[-1] if words else ""
    elif name == "background":
        yield "background-color", next((word for word in words if is_colour(word)), "transparent")
        yield (
            "background-image",
            " ".join(word for word in words if "(" in word and not is_colour(word)) or "none",
        )
    elif name == "font":
        yield from _font(words)
    elif name == "text-decoration":
        yield "text-decoration-line", value
    else:
        yield name, value


_SHORTHANDS = {
    "margin": tuple(f"margin-{side}" for side in SIDES),
    "padding": tuple(f"padding-{side}" for side in SIDES),
    "inset": SIDES,
    "overflow": ("overflow-x", "overflow-y"),
    "background": ("background-color", "background-image"),
    "font": ("font-size", "line-height"),
    "text-decoration": ("text-decoration-line",),
}


def _font(words: list[str]) -> Iterator[tuple[str, str]]:
    sizes = [w for w in words if w in _SIZE_WORDS or re.match(r"[\d.]+(?:[a-z]+|%)|calc\(", w)]
    if sizes:
        yield "font-size", sizes[0]
        after = words[words.index(sizes[0]) + 1 :]
        yield "line-height", after[1] if after[:1] == ["/"] and len(after) > 1 else "normal"


def _is_valid(name: str, value: str) -> bool:
    """Say whether browsers take *value* for *name*; what we do not know counts as taken."""
    if "var(" in value:
        return True
    if name in _KEYWORDS:
        return all(
            word in _KEYWORDS[name] or word in ("flow", "flow-root") for word in value.split()
        ) and bool(value)
    if name in _COLOURS:
        return is_colour(value)
    if name == "font-size":
        return value in _SIZE_WORDS or bool(_SIZED.match(value))
    if name == "opacity":
        return bool(_SIZED.match(value))
    return bool(value)
