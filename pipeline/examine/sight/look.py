"""Looks: what an element has inherited on the way from the root, and what was wrong on the way."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from pipeline.examine.reading.page import INLINE, Element
from pipeline.examine.style.cascade import Style, Winner
from pipeline.examine.style.colours import BLACK, WHITE, Colour, read_colour
from pipeline.examine.style.fonts import Fonts
from pipeline.examine.style.lengths import MEDIUM, default_size, font_size, length
from pipeline.examine.style.media import World
from pipeline.examine.style.values import NOTHING

# What browsers paint for `color-scheme: dark` where nothing is set; Chromium 156, measured 2026-11-22.
_DARK_CANVAS, _DARK_LINK = Colour(0.07, 0.07, 0.07), Colour(0.62, 0.62, 1.0)
_LINK = Colour(0.0, 0.0, 0.933)
# what our browser does not do, or not as phones do it
_FOREIGN = ("mso-", "-ms-", "-moz-", "-o-", "text-size-adjust", "-webkit-text-size-adjust")
_INHERITED = (
    *("visibility", "text-indent", "white-space", "line-height"),
    *("letter-spacing", "word-spacing", "direction", "font-family"),
)


class Cause(NamedTuple):
    """A problem in one world, with the declaration that makes it."""

    rule: str
    what: str
    hint: str
    winner: Winner | None = None
    element: Element | None = None
    css: str = ""  # the property, where a declaration makes it
    undetermined: bool = False  # what it does cannot be known without a browser
    profile: str = ""  # the client profile, where it is known from the cause itself


class Inherited(NamedTuple):
    """A property in force, and where it was declared."""

    element: Element
    winner: Winner
    px: float | None  # what its length came to there; None when it is none or cannot be known


@dataclass
class Look:
    """What an element has inherited on the way from the root, and what was wrong on the way."""

    font: float | None = MEDIUM  # px; None: undetermined
    root: float = MEDIUM
    zoom: float = 1.0
    sizes: tuple[str, ...] = ()  # how the font size came about
    sized: Element | None = None  # what last set it
    text: Colour | None = BLACK  # None: undetermined
    fill: Colour | None = None  # -webkit-text-fill-color where it is set
    ground: Colour | None = WHITE  # None: undetermined
    base: Colour | None = WHITE  # the same, of block boxes alone: inline ones lie behind no block inside them
    held: Colour | None = WHITE  # the same, of the nearest box that is as high as its floats
    other: Colour | None = None  # what may lie behind instead
    pushed: float = 0.0  # px from the left, of all boxes around
    room: float = 0.0  # px of width
    painted: tuple[Element, Winner] | None = None  # what made the ground undetermined
    coloured: tuple[Element, Winner] | None = None  # what gave the text its colour
    laid: tuple[Element, Winner] | None = None  # what laid the ground
    inherited: dict[str, "Inherited"] = field(default_factory=dict)
    fonts: Fonts = field(default_factory=Fonts)  # what the mail brings along
    opacity: float = 1.0
    fixed: bool = False  # inside a table whose columns do not grow
    clips: Element | None = None  # the nearest ancestor that cuts off what flows over
    causes: tuple[Cause, ...] = ()


def first_look(*, dark: bool, fonts: Fonts) -> Look:
    """Return what the root element starts from."""
    if not dark:
        return Look(fonts=fonts)
    return Look(text=WHITE, ground=_DARK_CANVAS, base=_DARK_CANVAS, held=_DARK_CANVAS, fonts=fonts)


def step_into(element: Element, style: Style, look: Look, world: World) -> Iterator[Cause]:
    """Bring *look* from the parent down to *element*; yields what cannot be decided about it."""
    yield from _sizes(element, style, look, world)
    _inherit(element, style, look, world)
    _paint(element, style, look, world)


def cause(rule: str, element: Element, name: str, winner: Winner, hint: str) -> Cause:
    """Tell of a declaration that hides, with its value and where it comes from."""
    query = "".join(f" in @media {query}" for query in winner.queries)
    source = winner.source if winner.source in ("style attribute", "attribute") else f"rule {winner.source!r}"
    what = f"{name}: {winner.value} on {element.path} ({source}{query})"
    return Cause(rule, what, hint, winner, element, name)


def undecided(element: Element, name: str, winner: Winner) -> Cause:
    """Tell of a declaration whose effect cannot be known; it is held against the words."""
    hint = f"write {name} in a form that can be decided without a browser, or leave it out"
    return cause("VIS022", element, name, winner, hint)._replace(undetermined=not name.startswith(_FOREIGN))


def _inherit(element: Element, style: Style, look: Look, world: World) -> None:
    """Take over what is passed on: a length as it comes to here, in px; a plain number as it is."""
    own: dict[str, Inherited] = {}
    for name in _INHERITED:
        winner = style.get(name)
        if winner is not None and winner.value not in ("inherit", "unset"):
            whole = look.font if name == "line-height" else world.width
            font = look.font if look.font is not None else MEDIUM
            px = length(winner.value, font=font, root=look.root, width=world.width, whole=whole)
            own[name] = Inherited(element, winner, px)
    if own:
        look.inherited = look.inherited | own


def _sizes(element: Element, style: Style, look: Look, world: World) -> Iterator[Cause]:
    parent = look.font if look.font is not None else MEDIUM
    winner = style.get("font-size")
    if winner is None:
        default = default_size(element.tag, parent)
        if default != parent:
            look.sizes, look.sized = (*look.sizes, f"<{element.tag}>"), element
        look.font = look.font and default
    else:
        look.font = font_size(winner.value, parent=parent, root=look.root, width=world.width)
        look.sizes, look.sized = (*look.sizes, winner.value), element
        if look.font is None:
            yield undecided(element, "font-size", winner)
    if element.parent is None:
        look.root = look.font or MEDIUM
    zoom = style.get("zoom")
    if zoom is not None and zoom.value not in NOTHING:
        share = read_share(zoom.value)
        if share is None:
            yield undecided(element, "zoom", zoom)
        else:
            look.zoom *= share
            look.sizes, look.sized = (*look.sizes, f"zoom {zoom.value}"), element


def read_share(value: str) -> float | None:
    """Read a number or a percentage as a share of one; None when it is neither."""
    try:
        return float(value[:-1]) / 100 if value.endswith("%") else float(value)
    except ValueError:
        return None


def _paint(element: Element, style: Style, look: Look, world: World) -> None:
    """Work out the colour of the text and of what lies behind it."""
    _colour(element, style, look, world)
    inline, floats = is_inline(element, style), is_floated(element, style)
    if not inline:
        look.ground = look.base
        look.other = look.held if floats and look.held != look.base else look.other
    ground, image = style.get("background-color"), style.get("background-image")
    if ground is not None and ground.value not in ("initial", "unset", "revert", "revert-layer"):
        _lay(element, ground, look)
    if image is not None and image.value not in NOTHING:
        look.ground, look.painted = None, (element, image)
    if not inline:
        look.base = look.ground
    if floats or _holds_floats(element, style):
        look.held = look.ground


def _colour(element: Element, style: Style, look: Look, world: World) -> None:
    if element.tag == "a" and "href" in element.attrs and "color" not in style:
        look.text = _DARK_LINK if world.dark and look.ground == _DARK_CANVAS else _LINK
        look.coloured = None
    colour = style.get("color")
    if colour is not None and colour.value not in ("inherit", "unset", "currentcolor"):
        look.text, look.coloured = read_colour(colour.value), (element, colour)
    fill = style.get("-webkit-text-fill-color")
    if fill is not None and fill.value not in ("inherit", "unset"):
        look.fill, look.coloured = read_colour(fill.value), (element, fill)
        if fill.value == "currentcolor":
            look.fill = None
        elif look.fill is None:
            look.text = None


def is_inline(element: Element, style: Style) -> bool:
    """Say whether *element* is a box within lines."""
    display = style.get("display")
    return element.tag in INLINE if display is None else display.value == "inline"


def is_floated(element: Element, style: Style) -> bool:
    """Say whether *element* is taken out of the lines, to a side."""
    side = style.get("float")
    aligned = element.tag in ("table", "img") and element.attrs.get("align", "").lower() in ("left", "right")
    return aligned if side is None else side.value in ("left", "right")


def _holds_floats(element: Element, style: Style) -> bool:
    """Say whether a box is as high as the floats inside it."""
    if element.tag in ("html", "body", "table", "td", "th"):
        return True
    display, overflow = style.get("display"), style.get("overflow-y")
    own = display is not None and display.value in ("inline-block", "table", "table-cell", "flow-root")
    return own or (overflow is not None and overflow.value in ("hidden", "auto", "scroll"))


def _lay(element: Element, winner: Winner, look: Look) -> None:
    """Lay one background colour over what lies behind."""
    colour = look.text if winner.value == "currentcolor" else read_colour(winner.value)
    if colour is None:
        look.ground, look.painted = None, (element, winner)
    elif colour.alpha == 1:
        look.ground, look.painted, look.other, look.laid = colour, None, None, (element, winner)
    elif colour.alpha and look.ground is not None:
        look.ground, look.laid = colour.over(look.ground), (element, winner)


def size_px(winner: Winner | None, look: Look, world: World) -> float | None:
    """Return a declared size in px, or None when it cannot be known; a percentage is taken of the window."""
    if winner is None:
        return None
    font = look.font if look.font is not None else MEDIUM
    return length(winner.value, font=font, root=look.root, width=world.width, whole=world.width)
