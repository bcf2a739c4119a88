"""
What a mail client makes of a mail when it darkens every mail by itself.

Outlook for Windows and Gmail's app on iOS do so, and ask no author: they turn light backgrounds dark and dark
text light, each for itself, and ignore rules for `prefers-color-scheme`. None of them publishes how. The
reckoning here is the one that the preview servers of react-email and Maizzle use (their sources, read
2026-11): in CIE LCH a background of lightness 50 and more, or text below 50, gets L' = 50 - 0.75 (L - 50);
every colour gets C' = 0.8 C. A border is turned as whichever of the two it resembles: kept light it would
glare, and kept dark it would vanish. Pictures and gradients stay as they are.

Colours are spliced into the source, so that all elements stay, in their order, with their numbers.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal

from pipeline.css.html5 import ATTRIBUTE, START_TAG
from pipeline.examine.style.colours import Colour, read_attribute, read_colour

Role = Literal["background", "text", "border"]
_Edit = tuple[int, int, str]  # from, to, what stands there instead

_SIDES = (
    r"(?:-(?:top|right|bottom|left|inline|block|start|end|inline-start|inline-end|block-start|block-end))?"
)
_ROLES: dict[Role, re.Pattern[str]] = {
    "background": re.compile(r"background(?:-color)?"),
    "border": re.compile(rf"(?:border{_SIDES}|outline|column-rule)(?:-color)?"),
    "text": re.compile(
        r"color|caret-color|-webkit-text-(?:fill-color|stroke(?:-color)?)|text-(?:decoration|emphasis)(?:-color)?"
    ),
}
_ATTRIBUTE_ROLES: dict[str, Role] = {
    "bgcolor": "background",
    "bordercolor": "border",
    **dict.fromkeys(("color", "text", "link", "vlink", "alink"), "text"),
}
_BODY = frozenset({"body"})
_TEXT_ATTRIBUTES = {  # the elements on which these name a colour
    "color": frozenset({"font", "basefont", "hr"}),
    **dict.fromkeys(("text", "link", "vlink", "alink"), _BODY),
}
_FUNCTIONS = frozenset({"rgb", "rgba", "hsl", "hsla", "hwb", "color"})
_SCHEME = "color-scheme:dark"  # what has no colour of its own: the page is dark, its text light

# Each part eats what it matched for good, so that no text takes longer than its length.
_COMMENT = r"/\*.*?(?:\*/|$)"
_QUOTE = r"&(?:quot|apos|\#34|\#39);"  # in a style attribute
_STRING = rf"""(?:"(?:[^"\\\n]|\\.)*+"|'(?:[^'\\\n]|\\.)*+'|{_QUOTE}.*?{_QUOTE})"""


def _nested(opening: str, other: str, closing: str) -> str:
    """Return the pattern of what stands in brackets, with up to four pairs of them inside each other."""
    pattern = "(?!)"
    for _ in range(4):
        pattern = rf"{opening}(?:{_COMMENT}|{_STRING}|{pattern}|{other})*+{closing}"
    return pattern


_BRACKETS = _nested(r"\(", "[^()]", r"\)")
_BLOCKS = _nested(r"\{", "[^{}]", r"(?:\}|$)")
_DECLARATION = re.compile(
    rf"""{_COMMENT}|{_STRING}
      | (?<![-\w\\])(?P<name>[-a-z]++)\s*+:
        (?P<value>(?:{_COMMENT}|{_STRING}|{_BRACKETS}|[^;{{}}()"'])*+)(?=[;}}]|$)""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_PART = re.compile(
    rf"{_COMMENT}|{_STRING}|\\.|(?P<function>[-\w]++){_BRACKETS}|(?P<word>\#?[-\w]++)", re.DOTALL
)
_PREFERRED = re.compile(
    rf"{_COMMENT}|{_STRING}|(?P<rule>@media[^{{}};]*prefers-color-scheme[^{{}};]*{_BLOCKS})",
    re.DOTALL | re.IGNORECASE,
)

# sRGB to XYZ under D50, which CIE LAB in CSS stands on, and back (CSS Color 4, "Sample code for color
# conversions", read 2026-11-26; the matrix holds the Bradford adaptation)
_TO_XYZ = (
    (0.4360747, 0.3850649, 0.1430804),
    (0.2225045, 0.7168786, 0.0606169),
    (0.0139322, 0.0971045, 0.7141733),
)
_FROM_XYZ = (
    (3.1338561, -1.6168667, -0.4906146),
    (-0.9787684, 1.9161415, 0.0334540),
    (0.0719453, -0.2289914, 1.4052427),
)
_WHITE = tuple(sum(row) for row in _TO_XYZ)
_EPSILON, _KAPPA = 216 / 24389, 24389 / 27


def forced_dark(html: str) -> str:
    """
    Return the full document *html* as a client shows it that darkens mails by itself.

    Rules for a preferred colour scheme are taken out. Any text is taken: what cannot be read as a colour
    stays as it is.
    """
    pieces: list[str] = []
    done = 0
    for start, end, new in _edits(html):
        pieces += html[done:start], new
        done = end
    return "".join([*pieces, html[done:]])


def _edits(html: str) -> Iterator[_Edit]:
    """Yield what changes in each tag and style element, in the order of the source."""
    root_seen = False
    for match in START_TAG.finditer(html):
        name = (match["raw"] or match["tag"] or "").lower()
        is_root = name == "html" and not root_seen
        root_seen |= is_root
        if match["raw"]:
            yield from _attribute_edits(html, name, match.end("raw"), match.start("text") - 1)
        elif name:
            yield from _attribute_edits(html, name, match.end("tag"), match.end() - 1, is_root=is_root)
        if name == "style":
            start_tag = html[match.start() : match.start("text")]
            css = "" if "prefers-color-scheme" in start_tag.lower() else _sheet(match["text"] or "")
            yield *match.span("text"), css


def _attribute_edits(html: str, tag: str, start: int, end: int, *, is_root: bool = False) -> Iterator[_Edit]:
    attributes: dict[str, re.Match[str]] = {}  # of two, browsers take the first
    for match in ATTRIBUTE.finditer(html, start, end):
        attributes.setdefault(match["name"].lower(), match)
    if is_root and "style" not in attributes:
        yield start, start, f' style="{_SCHEME}"'
    for name, match in attributes.items():
        quoted = match["value"]
        if quoted is None:
            continue
        is_quoted = quoted[0] in "\"'"
        value = quoted[1:-1] if is_quoted else quoted
        new = _attribute(tag, name, value)
        if name == "style" and is_root:
            new = f"{new};{_SCHEME}"
        if new != value:
            quote = quoted[0] if is_quoted else '"'
            yield *match.span("value"), f"{quote}{new}{quote}"


def _attribute(tag: str, name: str, value: str) -> str:
    """Return the value of one attribute, as written in the source, darkened."""
    if name == "style":
        return _style(value)
    if name in _ATTRIBUTE_ROLES and tag in _TEXT_ATTRIBUTES.get(name, {tag}):
        colour = read_attribute(value)
        return str(_darkened(colour, _ATTRIBUTE_ROLES[name])) if colour and colour.alpha else value
    if tag == "source" and name == "media" and "prefers-color-scheme" in value.lower():
        return "not all"
    return value


@lru_cache(maxsize=32)
def _sheet(css: str) -> str:
    return _style(_PREFERRED.sub(lambda match: "" if match["rule"] else match[0], css))


@lru_cache(maxsize=4096)
def _style(css: str) -> str:
    """Return declarations, or a whole sheet, with every colour darkened for what it colours."""

    def write(match: re.Match[str]) -> str:
        role = _role(match["name"].lower()) if match["name"] else None
        if role is None:
            return match[0]
        value = _PART.sub(lambda part: _part(part, role), match["value"])
        return match[0][: match.start("value") - match.start()] + value

    return _DECLARATION.sub(write, css)


@lru_cache(maxsize=1024)
def _role(name: str) -> Role | None:
    return next((role for role, pattern in _ROLES.items() if pattern.fullmatch(name)), None)


def _part(match: re.Match[str], role: Role) -> str:
    function, word = match["function"], match["word"]
    if function is not None and function.lower() in _FUNCTIONS:
        return _colour(match[0], role)
    return _colour(word, role) if word and (word[0] == "#" or word[0].isalpha()) else match[0]


@lru_cache(maxsize=4096)
def _colour(text: str, role: Role) -> str:
    """Return a colour of CSS darkened; anything else as it is."""
    colour = read_colour(text.lower())
    if colour is None or not colour.alpha:
        return text
    dark = _darkened(colour, role)
    if dark.alpha == 1:
        return str(dark)
    return f"rgba({','.join(str(round(part * 255)) for part in dark[:3])},{dark.alpha:.4g})"


def _darkened(colour: Colour, role: Role) -> Colour:
    lightness, a, b = _to_lab(colour)
    is_light = lightness >= 50  # noqa: PLR2004 - the middle of the scale
    if role == "border" or is_light == (role == "background"):
        lightness = 50 - 0.75 * (lightness - 50)
    return _from_lab(lightness, 0.8 * a, 0.8 * b, colour.alpha)


def _to_lab(colour: Colour) -> tuple[float, float, float]:
    linear = [_linear(part) for part in colour[:3]]
    parts = [sum(m * part for m, part in zip(row, linear, strict=True)) for row in _TO_XYZ]
    x, y, z = (
        ratio ** (1 / 3) if ratio > _EPSILON else (_KAPPA * ratio + 16) / 116
        for ratio in (part / white for part, white in zip(parts, _WHITE, strict=True))
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def _from_lab(lightness: float, a: float, b: float, alpha: float) -> Colour:
    y = (lightness + 16) / 116
    parts = [
        white * (root**3 if root**3 > _EPSILON else (116 * root - 16) / _KAPPA)
        for root, white in zip((y + a / 500, y, y - b / 200), _WHITE, strict=True)
    ]
    linear = [sum(m * part for m, part in zip(row, parts, strict=True)) for row in _FROM_XYZ]
    red, green, blue = map(_encoded, linear)
    return Colour(red, green, blue, alpha)


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 - IEC 61966-2-1


def _encoded(part: float) -> float:
    part = min(1.0, max(0.0, part))
    return 12.92 * part if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055  # noqa: PLR2004 - as above
