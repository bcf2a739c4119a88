"""
Colours: reading, blending and contrast.

Source: WCAG 2.2, definitions of "relative luminance" and "contrast ratio".
"""

import re
from functools import lru_cache
from typing import NamedTuple

from tinycss2.color5 import parse_color  # type: ignore[import-untyped]

LEGIBLE = 4.5  # contrast below which text fails (WCAG 1.4.3)
HIDDEN = 1.6  # contrast below which text counts as hidden
_CONTEXTUAL = ("var(", "color-mix(", "light-dark(", "env(", "attr(")
_SYSTEM = (
    "accentcolor accentcolortext activetext buttonborder buttonface buttontext canvas canvastext field"
    " fieldtext graytext highlight highlighttext linktext mark marktext selecteditem selecteditemtext"
    " visitedtext background window windowtext menu menutext infobackground infotext"
)
_SYSTEM_NAMES = frozenset(_SYSTEM.split())


class Colour(NamedTuple):
    """One colour in sRGB, each part from 0 to 1."""

    red: float
    green: float
    blue: float
    alpha: float = 1.0

    def over(self, below: "Colour") -> "Colour":
        """Return this colour blended on an opaque one."""
        rest = 1 - self.alpha
        return Colour(
            self.red * self.alpha + below.red * rest,
            self.green * self.alpha + below.green * rest,
            self.blue * self.alpha + below.blue * rest,
        )

    def inverted(self) -> "Colour":
        """Return the colour as an app shows it that inverts all colours for dark mode."""
        return Colour(1 - self.red, 1 - self.green, 1 - self.blue, self.alpha)

    def __str__(self) -> str:
        """Write the colour as #rrggbb."""
        return "#" + "".join(f"{round(part * 255):02x}" for part in self[:3])


WHITE = Colour(1, 1, 1)
BLACK = Colour(0, 0, 0)


@lru_cache(maxsize=1024)
def read_colour(value: str) -> Colour | None:
    """Read a CSS colour; None for `currentcolor`, for what hangs on context, and for no colour."""
    parsed = None if value.startswith(_CONTEXTUAL) else parse_color(value)
    if parsed is None or isinstance(parsed, str):
        return None
    try:
        parts = [0.0 if part is None else float(part) for part in parsed.to("srgb")]
    except (NotImplementedError, ValueError, TypeError):
        return None
    return Colour(*(min(1.0, max(0.0, part)) for part in parts))


@lru_cache(maxsize=1024)
def is_colour(value: str) -> bool:
    """Say whether browsers take *value* for a colour, even one that hangs on context."""
    return value.startswith(_CONTEXTUAL) or value in _SYSTEM_NAMES or parse_color(value) is not None


@lru_cache(maxsize=1024)
def read_attribute(value: str) -> Colour | None:
    """
    Read the value of a bgcolor or color attribute, where the number sign may be left out.

    Source: HTML standard, "rules for parsing a legacy color value": without the sign, three digits are three
    parts of one digit each, so that `fff` is nearly black.
    """
    value = value.strip().lower()
    if re.fullmatch(r"[0-9a-f]{3}", value):
        return Colour(*(int(digit, 16) / 255 for digit in value))
    return read_colour(value) or read_colour(f"#{value.lstrip('#')}")


def contrast(one: Colour, other: Colour) -> float:
    """Return the contrast ratio of two opaque colours, from 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: Colour) -> float:
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 - WCAG's figures
        for part in colour[:3]
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
