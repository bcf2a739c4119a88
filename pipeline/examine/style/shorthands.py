"""Shorthands taken apart, as far as they can hide or shrink text."""

import re
from collections.abc import Iterator
from typing import Any

from pipeline.examine.style.colours import is_colour
from pipeline.examine.style.values import GLOBAL, SIDES, SIZE_WORDS, judge

_LONGHANDS = {
    "margin": tuple(f"margin-{side}" for side in SIDES),
    "padding": tuple(f"padding-{side}" for side in SIDES),
    "inset": SIDES,
    "overflow": ("overflow-x", "overflow-y"),
    "background": ("background-color", "background-image"),
    "font": ("font-size", "line-height", "font-family"),
    "text-decoration": ("text-decoration-line",),
}
_AXES = {"inline": ("left", "right"), "block": ("top", "bottom")}
_SYSTEM_FONTS = frozenset(("caption", "icon", "menu", "message-box", "small-caption", "status-bar"))
_BEFORE_SIZE = re.compile(r"normal|italic|oblique|small-caps|bold|bolder|lighter|[1-9]00|(?:semi-)?condensed")
_ON_GROUND = re.compile(
    r"url\(.*\)|none|(?:no-)?repeat(?:-[xy])?|center|top|left|right|bottom|cover|contain|fixed|scroll|,|/"
    r"|border-box|padding-box|content-box|auto|-?[\d.]+(?:px|%|em)?|transparent"
)
Part = tuple[str, str, bool]  # property, value, and whether every browser takes it


def longhands(name: str, value: str, tokens: list[Any]) -> Iterator[Part]:
    """Take one declaration apart into those that matter here; what all browsers drop is left out."""
    name, logical = _physical(name)
    parts, sure = _parts(name, value, tokens)
    verdicts = [judge(longhand, part) for longhand, part in parts]
    if logical or len(parts) > 1:
        verdicts = [None if verdict is False else verdict for verdict in verdicts]
    sure = sure and not logical and (len(parts) == 1 or None not in verdicts)
    for (longhand, part), verdict in zip(parts, verdicts, strict=True):
        if verdict is not False:
            yield longhand, part, sure and verdict is True


def _physical(name: str) -> tuple[str, bool]:
    """Return the side that a logical property means in a left-to-right mail."""
    match = re.fullmatch(r"(margin|padding|inset)-(inline|block)(?:-(start|end))?", name)
    if match:
        head = "" if match[1] == "inset" else f"{match[1]}-"
        sides = _AXES[match[2]]
        return (f"{head}{sides[match[3] == 'end']}" if match[3] else f"{match[1]}-{match[2]}"), True
    sizes = {"inline-size": "width", "block-size": "height"}
    for logical, physical in sizes.items():
        if name.endswith(logical):
            return name.replace(logical, physical), True
    return name, False


def _parts(  # noqa: PLR0911 - one per shorthand
    name: str, value: str, tokens: list[Any]
) -> tuple[list[tuple[str, str]], bool]:
    """Return the longhands of a property, and whether its grammar is one we know."""
    words = [t.serialize().lower() for t in tokens if t.type not in ("whitespace", "comment")]
    if value in GLOBAL or "var(" in value:
        return [(longhand, value) for longhand in _LONGHANDS.get(name, (name,))], True
    if name in ("margin", "padding", "inset"):
        return _sides(_LONGHANDS[name], words), 0 < len(words) <= len(SIDES)
    if name.endswith(("-inline", "-block")) and name.startswith(("margin", "padding", "inset")) and words:
        head, axis = name.split("-")
        sides = [side if head == "inset" else f"{head}-{side}" for side in _AXES[axis]]
        return [(sides[0], words[0]), (sides[1], words[-1])], len(words) <= len(sides)
    if name == "overflow" and words:
        return [("overflow-x", words[0]), ("overflow-y", words[-1])], len(words) <= 2  # noqa: PLR2004 - two axes
    if name == "background":
        return _ground(words)
    if name == "font":
        return _font(words)
    return [("text-decoration-line" if name == "text-decoration" else name, value)], True


def _sides(names: tuple[str, ...], words: list[str]) -> list[tuple[str, str]]:
    if not words:
        return []
    four = [words[0], words[1 % len(words)], words[2 if len(words) > 2 else 0]]  # noqa: PLR2004 - CSS's four sides
    four.append(words[3] if len(words) > 3 else four[1])  # noqa: PLR2004 - the same
    return list(zip(names, four, strict=True))


def _ground(words: list[str]) -> tuple[list[tuple[str, str]], bool]:
    colours = [word for word in words if is_colour(word)]
    images = [word for word in words if "(" in word and not is_colour(word)]
    known = len(colours) < 2 and all(is_colour(w) or _ON_GROUND.fullmatch(w) for w in words)  # noqa: PLR2004
    colour, image = colours[0] if colours else "transparent", " ".join(images) or "none"
    return [("background-color", colour), ("background-image", image)], bool(words) and known


def _font(words: list[str]) -> tuple[list[tuple[str, str]], bool]:
    if words and words[0] in _SYSTEM_FONTS:
        return [("font-size", words[0]), ("line-height", "normal")], False
    at = next(
        (
            i
            for i, w in enumerate(words)
            if w in SIZE_WORDS or re.match(r"[\d.]+(?:[a-z]+|%)|0*\.?0+$|calc\(", w)
        ),
        -1,
    )
    if at < 0:
        doubtful = any("(" in word or word.startswith("+") for word in words)
        return ([("font-size", " ".join(words))] if doubtful else []), False
    has_height = words[at + 1 : at + 2] == ["/"] and len(words) > at + 2
    family = words[at + 3 :] if has_height else words[at + 1 :]
    known = bool(family) and all(_BEFORE_SIZE.fullmatch(word) for word in words[:at])
    height = words[at + 2] if has_height else "normal"
    family_name = " ".join(family).replace(" ,", ",") or "serif"
    return [("font-size", words[at]), ("line-height", height), ("font-family", family_name)], known
