"""
Declarations: read from a style attribute, written into one, and what two of them have in common.

`overlap` may say yes too often (for logical and rare properties), never too seldom; the cascade only
needs to know which declarations must keep their order.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

_SIDES = ("top", "right", "bottom", "left")
_SIDE_PARTS = ("width", "style", "color")
_LONGHANDS: dict[str, frozenset[str]] = {
    name: frozenset(longhands)
    for name, longhands in {
        "margin": [f"margin-{side}" for side in _SIDES],
        "padding": [f"padding-{side}" for side in _SIDES],
        "inset": _SIDES,
        "border": [*(f"border-{side}-{part}" for side in _SIDES for part in _SIDE_PARTS), "border-image"],
        **{f"border-{side}": [f"border-{side}-{part}" for part in _SIDE_PARTS] for side in _SIDES},
        **{f"border-{part}": [f"border-{side}-{part}" for side in _SIDES] for part in _SIDE_PARTS},
        "border-radius": [f"border-{y}-{x}-radius" for y in ("top", "bottom") for x in ("left", "right")],
        "background": [
            f"background-{part}"
            for part in ("color", "image", "repeat", "attachment", "position", "size", "origin", "clip")
        ],
        "font": [
            *(f"font-{part}" for part in ("style", "variant", "weight", "stretch", "size", "family")),
            *(f"font-{part}" for part in ("kerning", "feature-settings", "size-adjust", "optical-sizing")),
            *(f"font-{part}" for part in ("variation-settings", "language-override")),
            "line-height",
        ],
        "list-style": [f"list-style-{part}" for part in ("type", "position", "image")],
        "outline": [f"outline-{part}" for part in _SIDE_PARTS],
        "text-decoration": [f"text-decoration-{part}" for part in ("line", "style", "color", "thickness")],
        "overflow": ["overflow-x", "overflow-y"],
        "flex": ["flex-grow", "flex-shrink", "flex-basis"],
        "flex-flow": ["flex-direction", "flex-wrap"],
        "columns": [f"column-{part}" for part in ("width", "count", "height", "wrap")],
        "gap": ["row-gap", "column-gap"],
        **{f"place-{part}": [f"align-{part}", f"justify-{part}"] for part in ("content", "items", "self")},
    }.items()
}
# Names that begin so are taken for one property, here by its name.
_CLUMPS = {
    **{
        name: name
        for name in """animation background-position border-image border-spacing contain corner font-synthesis
        font-variant grid interest-delay marker mask offset overscroll-behavior position-try scroll-margin
        scroll-padding scroll-timeline text-box text-emphasis text-stroke timeline-trigger transition
        view-timeline""".split()  # noqa: SIM905 - a list would take a line for each
    },
    **dict.fromkeys(("column-rule", "row-rule", "rule"), "rule"),
    **dict.fromkeys(("break", "column-break", "page-break"), "break"),
    **dict.fromkeys(("text-wrap", "white-space"), "white-space"),
}
_ALIASES = {
    "word-wrap": "overflow-wrap",
    "grid-gap": "gap",
    "grid-row-gap": "row-gap",
    "grid-column-gap": "column-gap",
}
_LOGICAL = re.compile(
    r"(?:(?P<family>margin|padding|border|inset)-.*|(?:m(?:in|ax)-)?)(?:inline|block)(?:-.*)?|.*-(?:inline|block)-size"
    r"|(?P<old>margin|padding|border)-(?:start|end|before|after)(?:-.*)?"
)

_STRING = r""""[^"\\\n]*"|'[^'\\\n]*'"""
_INNER = rf"""(?:[^()"'\\{{}}]|{_STRING})"""
_PIECE = rf"""(?:[^;"'()\\{{}}@/]|/(?!\*)|{_STRING}|\((?:{_INNER}|\({_INNER}*\))*\))"""
_DECLARATION = re.compile(
    rf"\s*(?P<name>-{{0,2}}[a-zA-Z][\w-]*)\s*:\s*(?P<value>(?:(?![!]){_PIECE})+?)\s*(?P<flag>!\s*important\s*)?(?:;[;\s]*|$)",
    re.IGNORECASE,
)

_LENGTH = r"(?:0|[0-9]+(?:\.[0-9]+)?(?:px|em|%|pt))"
_HEX = r"#[0-9a-f]{3}(?:[0-9a-f]{3})?"
_COLOUR = (
    rf"{_HEX}|aqua|black|blue|fuchsia|gray|green|lime|maroon|navy|olive|purple|red|silver|teal|white|yellow"
)
_PLAIN_VALUES = {  # property: values that clients have read since the nineties
    **dict.fromkeys(["color", "background-color", "border-color"], rf"{_COLOUR}|inherit"),
    **dict.fromkeys([f"border-{side}-color" for side in _SIDES], _COLOUR),
    "background": rf"{_COLOUR}|none",
    "padding": rf"{_LENGTH}(?: {_LENGTH}){{0,3}}",
    **dict.fromkeys([f"padding-{side}" for side in _SIDES], _LENGTH),
    "margin": rf"(?:{_LENGTH}|auto)(?: (?:{_LENGTH}|auto)){{0,3}}",
    **dict.fromkeys([f"margin-{side}" for side in _SIDES], rf"{_LENGTH}|auto"),
    **dict.fromkeys(["width", "height"], rf"{_LENGTH}|auto"),
    **dict.fromkeys(["max-width", "max-height"], rf"{_LENGTH}|none"),
    **dict.fromkeys(["font-size", "min-width", "min-height"], _LENGTH),
    **dict.fromkeys(
        ["border", *(f"border-{side}" for side in _SIDES)], rf"0|none|[0-9]+px (?:solid|dashed|dotted) {_HEX}"
    ),
    "line-height": rf"{_LENGTH}|[0-9]+(?:\.[0-9]+)?|normal",
    "text-align": "left|right|center|justify",
    "vertical-align": "top|middle|bottom|baseline",
    "font-weight": "normal|bold|[1-9]00",
    "font-style": "normal|italic",
    "text-decoration": "none|underline|line-through",
    "display": "none|block|inline|inline-block",
}


class Declaration(NamedTuple):
    """One property set to one value."""

    name: str  # lower case, custom properties as written
    value: str  # as written, without the flag
    important: bool = False


@lru_cache(maxsize=4096)
def parse_style(style: str) -> tuple[Declaration, ...]:
    """
    Read the text of a style attribute.

    Raises:
        ValueError: part of it is no declaration, or has escapes, comments or braces.
    """
    found, at = [], 0
    text = style.strip().strip(";")
    while at < len(text):
        match = _DECLARATION.match(text, at)
        if not match:
            raise ValueError(f"cannot read {text[at:]!r}")
        found.append(Declaration(property_name(match["name"]), match["value"], bool(match["flag"])))
        at = match.end()
    return tuple(found)


def property_name(written: str) -> str:
    """Return the name of a property as declarations hold it."""
    return written if written.startswith("--") else written.lower()


def to_style(declarations: Iterable[Declaration]) -> str:
    """Write *declarations* as the value of a style attribute, not yet escaped."""
    return ";".join(
        f"{name}:{_single_quoted(value)}{' !important' if important else ''}"
        for name, value, important in declarations
    )


def _single_quoted(value: str) -> str:
    # saves a `&quot;` for each, which some clients do not read in a style attribute
    return value if "'" in value or "\\" in value else value.replace('"', "'")


@lru_cache(maxsize=1024)
def longhands(name: str) -> frozenset[str]:
    """Return the properties that *name* sets, or more of its kin where that hangs on the writing mode."""
    if name.startswith("--"):
        return frozenset({name})
    bare = re.sub(r"^-(?:webkit|moz|ms|o)-", "", name)
    bare = _ALIASES.get(bare, bare)
    clump = next((to for name, to in _CLUMPS.items() if bare == name or bare.startswith(f"{name}-")), "")
    if bare in _LONGHANDS or clump:
        return _LONGHANDS.get(bare, frozenset({clump}))
    if not (logical := _LOGICAL.fullmatch(bare)):
        return frozenset({bare})
    if family := logical["family"] or logical["old"]:
        return _LONGHANDS[family] | _LONGHANDS["border-radius"]
    limit = next((limit for limit in ("min-", "max-") if bare.startswith(limit)), "")
    return frozenset({f"{limit}width", f"{limit}height", bare})


@lru_cache(maxsize=16384)
def overlap(one: str, other: str) -> bool:
    """Say whether properties *one* and *other* may set the same thing."""
    return "all" in {one, other} or bool(longhands(one) & longhands(other))


def covers(one: str, other: str) -> bool:
    """Say whether setting *one* surely replaces all that *other* sets."""
    return one == other or (
        one in _LONGHANDS and longhands(other) <= _LONGHANDS[one] and not _LOGICAL.fullmatch(other)
    )


@lru_cache(maxsize=4096)
def is_plain(name: str, value: str) -> bool:
    """Say whether every mail client surely reads this value, so that what it overrides need not be sent."""
    return re.fullmatch(_PLAIN_VALUES.get(name, "(?!)"), value.lower()) is not None
