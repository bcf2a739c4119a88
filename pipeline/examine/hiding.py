"""
Ways to hide: what makes rendered text unseen, rule by rule (compliance catalogue, section 6.4).

Each function looks at one element's own declarations, or at the words and all they have inherited.
"""

import re
from collections.abc import Iterator

from pipeline.examine.cascade import Style, Winner
from pipeline.examine.colours import HIDDEN, LEGIBLE, contrast
from pipeline.examine.look import NOTHING, Cause, Look, cause, read_share, size_px, undecided
from pipeline.examine.media import World
from pipeline.examine.page import Element

FLOOR_PX = 12.0  # smallest type in which a wording may be set; 9 pt
NARROWEST_PX = 280.0  # a box that clips must be at least as wide
FAR_PX = 10.0  # a shift by more than this moves words off their place
OFF_PAGE_PX = 400.0  # an indent or margin by more than this pushes words out of the mail
OPAQUE = 0.9  # product of opacities below which text counts as faded

TIGHTEST = 0.8  # line height in relation to the letters, below which lines overlap

_INTERACTIVE = frozenset(("details", "summary", "dialog", "marquee"))
_TABLES = frozenset(("table", "thead", "tbody", "tfoot", "tr", "td", "th"))
_FLOWS = frozenset(("visible", "initial", "unset", "inherit", "revert"))
_HARMLESS_FILTERS = re.compile(
    r"(?:grayscale|sepia|saturate|hue-rotate|drop-shadow)\(.*\)|alpha\(opacity=100\)"
)

_HEIGHTS = ("height", "max-height", "block-size", "max-block-size")
_ROOMY = frozenset(("100%", "fit-content", "max-content", "min-content"))
_WIDTHS = ("width", "max-width", "inline-size", "max-inline-size")
_CLIPS = (
    *("clip", "clip-path", "-webkit-clip-path", "mask", "mask-image", "-webkit-mask-image"),
    *("-webkit-line-clamp", "line-clamp"),
)
_OFFSETS = ("top", "right", "bottom", "left", "inset-inline-start", "inset-inline-end", "inset-block-start")
_MOVES = ("transform", "-webkit-transform", "-ms-transform", "translate", "scale", "rotate", "offset-path")
_MARGINS = ("margin-left", "margin-right", "margin-top", "margin-bottom")
_PUSHES = ("margin-left", "margin-right", "margin-top", "padding-left", "padding-right", "padding-top")
_UNDECIDABLE = ("animation", "animation-name", "-webkit-animation", "content")
_SUBSTITUTED = ("var(", "env(", "attr(")
_NEVER_HIDES = (
    "--",
    "font-family",
    "border",
    "color",
    "background",
    "-webkit-text-fill",
)  # colours: see contrast
_FADES = ("filter", "-ms-filter", "mix-blend-mode", "-webkit-text-security")


def at_element(element: Element, style: Style, look: Look, world: World) -> Iterator[Cause]:
    """Yield what hides everything inside *element*; *look* learns what those below must know."""
    yield from _attributes(element)
    yield from _display(element, style)
    yield from _fading(element, style, look)
    yield from _box(element, style, look, world)
    yield from _place(element, style, look, world)
    yield from _undecidable(element, style)


def _attributes(element: Element) -> Iterator[Cause]:
    if element.tag in _INTERACTIVE or element.tag.startswith("amp-"):
        yield Cause(
            "VIS013",
            f"<{element.tag}> at {element.path}",
            f"show the words without a click or motion: take them out of <{element.tag}>",
        )
    for name in ("hidden", "inert", "popover"):
        if name in element.attrs:
            yield Cause("VIS014", f"attribute {name} on {element.path}", f"remove the {name} attribute")
    if element.attrs.get("aria-hidden", "").strip().lower() == "true":
        hint = "remove aria-hidden: screen readers skip everything inside it"
        yield Cause("VIS014", f'aria-hidden="true" on {element.path}', hint)


def _display(element: Element, style: Style) -> Iterator[Cause]:
    for name, hiding in (("display", "none"), ("content-visibility", "hidden"), ("mso-hide", "all")):
        winner = style.get(name)
        if winner is not None and hiding in winner.value.split():
            yield cause("VIS001", element, name, winner, f"remove {name}: {hiding} there")


def _fading(element: Element, style: Style, look: Look) -> Iterator[Cause]:
    winner = style.get("opacity")
    if winner is not None and winner.value not in NOTHING:
        share = read_share(winner.value)
        if share is None:
            yield undecided(element, "opacity", winner)
        else:
            look.opacity *= max(0.0, min(1.0, share))
            if look.opacity < OPAQUE:
                hint = f"set opacity to 1 there; with its ancestors it comes to {look.opacity:.2g}"
                yield cause("VIS003", element, "opacity", winner, hint)
    for name, faded in _declared(style, _FADES):
        if not _HARMLESS_FILTERS.fullmatch(faded.value):
            yield cause("VIS003", element, name, faded, f"remove {name} there")


def _box(element: Element, style: Style, look: Look, world: World) -> Iterator[Cause]:
    overflow = [style[name] for name in ("overflow-x", "overflow-y") if name in style]
    clips = any(winner.value not in _FLOWS for winner in overflow)
    if clips:
        look.clips = element
    for name, winner in _declared(style, _HEIGHTS):
        size = size_px(winner, look, world)
        if winner.value in _ROOMY:
            continue
        if clips:
            hint = f"remove the overflow or the {name} there: the box must grow with its words"
            yield cause("VIS007", element, name, winner, hint)
        elif size is not None and size < FLOOR_PX and element.tag not in _TABLES:
            yield cause("VIS007", element, name, winner, f"remove {name} there: the words need more room")
    for name, winner in _declared(style, _WIDTHS):
        if clips and "(" in winner.value:
            yield undecided(element, name, winner)
        elif _is_narrow(winner, size_px(winner, look, world), element, clips=clips):
            yield cause("VIS007", element, name, winner, f"make it at least {NARROWEST_PX:g}px wide")
    for name, winner in _declared(style, _CLIPS):
        yield cause("VIS007", element, name, winner, f"remove {name} there: it cuts the words off")


def _is_narrow(winner: Winner, size: float | None, element: Element, *, clips: bool) -> bool:
    """Say whether a width leaves no room; cells and tables grow with their words unless they clip."""
    if size is None or (element.tag in _TABLES and not clips):
        return False
    relative = winner.value.endswith("%")
    return size < (NARROWEST_PX if clips and not relative else FLOOR_PX * 3)


def _declared(style: Style, names: tuple[str, ...]) -> Iterator[tuple[str, Winner]]:
    """Yield those of *names* that are declared with an effect."""
    for name in names:
        if name in style and style[name].value not in NOTHING:
            yield name, style[name]


def _place(element: Element, style: Style, look: Look, world: World) -> Iterator[Cause]:
    position = style.get("position")
    if position is not None and position.value in ("absolute", "fixed"):
        yield cause("VIS008", element, "position", position, "leave the words in the flow of the mail")
    elif position is not None and position.value not in ("static", *NOTHING):
        yield from _moved(element, style, look, world)
    for name, winner in _declared(style, _MOVES):
        yield cause("VIS008", element, name, winner, f"remove {name} there")
    for name, winner in _declared(style, _MARGINS):
        if "(" in winner.value:
            yield undecided(element, name, winner)
        elif winner.value.startswith("-") and not _near(winner, look, world):
            yield cause("VIS008", element, name, winner, "a negative margin moves the words or covers them")
    for name, winner in _declared(style, _PUSHES):
        size = size_px(winner, look, world)
        if size is not None and size > OFF_PAGE_PX:
            yield cause("VIS008", element, name, winner, "the words are pushed off the page")


def _moved(element: Element, style: Style, look: Look, world: World) -> Iterator[Cause]:
    for name, winner in _declared(style, _OFFSETS):
        if not _near(winner, look, world):
            yield cause("VIS008", element, name, winner, f"remove {name} there")
    index = style.get("z-index")
    if index is not None and index.value.startswith("-"):
        yield cause("VIS009", element, "z-index", index, "remove z-index there: it puts the words behind")


def _near(winner: Winner, look: Look, world: World) -> bool:
    size = size_px(winner, look, world)
    return size is not None and abs(size) <= FAR_PX


def _undecidable(element: Element, style: Style) -> Iterator[Cause]:
    if "all" in style:
        yield undecided(element, "all", style["all"])
    for name, winner in style.items():
        if any(call in winner.value for call in _SUBSTITUTED) and not name.startswith(_NEVER_HIDES):
            yield undecided(element, name, winner)
    for name, winner in _declared(style, _UNDECIDABLE):
        yield undecided(element, name, winner)


def at_the_words(leaf: Element, look: Look, world: World) -> Iterator[Cause]:
    """Tell what hides the text right inside *leaf*, given all it has inherited."""
    if leaf.attrs.get("role", "").strip().lower() in ("presentation", "none") and leaf.tag not in _TABLES:
        hint = "keep role=presentation for layout tables; it must not stand on the words"
        yield Cause("VIS014", f"role={leaf.attrs['role']} on {leaf.path}", hint)
    yield from _inherited(look, world)
    if look.font is not None and look.font * look.zoom < FLOOR_PX:
        chain = " > ".join(look.sizes)
        hint = f"raise the text to {FLOOR_PX:g}px or more"
        yield Cause("VIS004", f"font-size {look.font * look.zoom:.3g}px through {chain} at {leaf.path}", hint)
    yield from _contrast(leaf, look, world)


def _inherited(look: Look, world: World) -> Iterator[Cause]:
    for name, (element, winner) in look.inherited.items():
        hint = _spoilt_by(name, winner, look, world)
        if hint:
            yield cause(_INHERITED_RULES[name], element, name, winner, hint)


_INHERITED_RULES = {
    "visibility": "VIS002",
    "text-indent": "VIS008",
    "white-space": "VIS007",
    "line-height": "VIS007",
}


def _spoilt_by(name: str, winner: Winner, look: Look, world: World) -> str:
    """Return how to mend an inherited declaration that hides, or "" when it does not."""
    if name == "visibility" and winner.value in ("hidden", "collapse"):
        return "remove visibility there; some clients obey it"
    if name == "text-indent":
        size = size_px(winner, look, world)
        return "" if size is not None and -FAR_PX <= size <= OFF_PAGE_PX else "remove text-indent there"
    if name == "white-space" and winner.value in ("nowrap", "pre") and look.clips is not None:
        return f"let the lines wrap: {look.clips.path} cuts off what flows over"
    if name == "line-height":
        share = _line_share(winner, look, world)
        return "set it to 1.2 or more: lines overlap" if share is not None and share < TIGHTEST else ""
    return ""


def _line_share(winner: Winner, look: Look, world: World) -> float | None:
    share = read_share(winner.value)
    if share is not None or not look.font:
        return share
    size = size_px(winner, look, world)
    return None if size is None else size / look.font


def _contrast(leaf: Element, look: Look, world: World) -> Iterator[Cause]:
    text = look.fill if look.fill is not None else look.text
    if text is None and look.coloured is not None:
        yield undecided(look.coloured[0], "color", look.coloured[1])
    elif look.ground is None and look.painted is not None:
        element, winner = look.painted
        hint = "put a plain background-color right behind the words"
        yield cause("VIS022", element, "background", winner, hint)
    elif text is not None and look.ground is not None:
        ratio = contrast(text.over(look.ground), look.ground)
        if ratio < (HIDDEN if world.hover else LEGIBLE):
            kind = "hidden: " if ratio < HIDDEN else ""
            what = f"{kind}{text.over(look.ground)} on {look.ground} is {ratio:.1f}:1 at {leaf.path}"
            yield Cause(
                "VIS005",
                what,
                f"change the colours: {LEGIBLE}:1 is needed",
                look.coloured and look.coloured[1],
            )
