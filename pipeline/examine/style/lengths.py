"""
Lengths: CSS sizes in px, as far as they can be known without a renderer.

Sizes of unstyled elements: Chromium 156, measured 2026-11-22.
"""

import re

MEDIUM = 16.0  # px; what browsers start from
_UNITS = {"px": 1.0, "pt": 4 / 3, "pc": 16.0, "in": 96.0, "cm": 96 / 2.54, "mm": 96 / 25.4, "q": 96 / 101.6}
_KEYWORDS = {
    "xx-small": 9.0,
    "x-small": 10.0,
    "small": 13.0,
    "medium": MEDIUM,
    "large": 18.0,
    "x-large": 24.0,
    "xx-large": 32.0,
    "xxx-large": 48.0,
}
_RELATIVE = {"smaller": 5 / 6, "larger": 1.2}
# what browsers give an element before any author's style, as a share of its parent's size
_DEFAULTS = {
    "small": 5 / 6,
    "sub": 5 / 6,
    "sup": 5 / 6,
    "big": 1.2,
    "h1": 2.0,
    "h2": 1.5,
    "h3": 1.17,
    "h5": 0.83,
}
_DEFAULTS |= {"h6": 0.67, "rt": 0.5} | dict.fromkeys(("pre", "code", "kbd", "samp", "tt"), 13 / 16)
_NUMBER = re.compile(r"([-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?)([a-z]*|%)")


def length(value: str, *, font: float, root: float, width: float, whole: float | None = None) -> float | None:
    """
    Return *value* in px, or None when it cannot be known.

    Args:
        value: one CSS value, lower case.
        font: the element's own font size in px.
        root: the root element's font size in px.
        width: the window's width in px.
        whole: what a percentage is taken of, in px; None when that is not known.
    """
    match = _NUMBER.fullmatch(value)
    if not match:
        return None
    number, unit = float(match[1]), match[2]
    bases = {"em": font, "rem": root, "ex": font / 2, "ch": font / 2, "vw": width / 100, "vh": 8.0, **_UNITS}
    if unit == "%" and whole is not None:
        bases["%"] = whole / 100
    if not number:
        return 0.0
    return number * bases[unit] if unit in bases else None


def font_size(value: str, *, parent: float, root: float, width: float) -> float | None:
    """Return the font size that *value* computes to, in px, or None when it cannot be known."""
    if value in _KEYWORDS:
        return _KEYWORDS[value]
    if value in _RELATIVE:
        return parent * _RELATIVE[value]
    if value in ("initial", "revert", "revert-layer"):
        return MEDIUM if value == "initial" else parent
    if value in ("inherit", "unset"):
        return parent
    return length(value, font=parent, root=root, width=width, whole=parent)


def default_size(tag: str, parent: float) -> float:
    """Return the font size of an element that nobody styled, in px."""
    return parent * _DEFAULTS.get(tag, 1.0)
