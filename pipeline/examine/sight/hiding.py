"""
Ways to hide: what makes rendered text unseen, rule by rule (compliance catalogue, section 6.4).

Each function looks at one element's own declarations, or at the words and all they have inherited.
"""

import re
from collections.abc import Iterator

from pipeline.examine.reading.page import Element
from pipeline.examine.sight.look import Cause, Look, cause, is_inline, read_share, size_px, undecided
from pipeline.examine.style.cascade import Style, Winner
from pipeline.examine.style.lengths import MEDIUM, length
from pipeline.examine.style.media import World
from pipeline.examine.style.values import GLOBAL, NOTHING, SHOWN, is_edge, is_harmless

FLOOR_PX = 12.0  # smallest type in which a wording may be set; 9 pt
NARROWEST_PX = 280.0  # a box that clips must be at least as wide
WIDEST_PX = 1200.0  # what is wider, or wider than 100 %, leaves the page
FAR_PX = 10.0  # a shift by more than this moves words off their place
OFF_PAGE_PX = 400.0  # an indent or margin by more than this pushes words out of the mail
MOST_PUSHED_PX = 240.0  # from the left, of all boxes together; a phone has 360
LEAST_ROOM_PX = 100.0  # of width, in which words can still be read
_CLIPPED_PX = 700.0  # a box wider than this leaves one that clips
_OVER_LINES_PX = 4.0  # what an inline box may paint over the line before
_INDENTED = {"ul": "padding-left", "ol": "padding-left", "dd": "margin-left", "blockquote": "margin-left"}
OPAQUE = 0.9  # product of opacities below which text counts as faded

_INTERACTIVE = frozenset(("details", "summary", "dialog", "marquee"))
TABLES = frozenset(("table", "thead", "tbody", "tfoot", "tr", "td", "th"))
_FLOWS = frozenset(("visible", "initial", "unset", "inherit", "revert"))
_CONTAINERS = (
    "html body main section article header footer aside nav address table thead tbody tfoot tr th td div p"
    " span font center blockquote strong b em i u ins small big br a ul ol li dl dt dd hr h1 h2 h3 h4 h5 h6"
    " abbr acronym time bdi wbr o:p sup sub figure figcaption mark label"
)
_SAID_BY_OTHERS = frozenset(("q", "cite", "code", "kbd", "samp", "tt", "pre", "xmp", "listing", "plaintext"))
# "Children Presentational: True" in WAI-ARIA 1.2, section 5.4, read 2026-11-26
_WORDLESS_ROLES = frozenset(
    (
        *("img", "image", "button", "checkbox", "meter", "progressbar", "radio", "scrollbar", "separator"),
        *("slider", "switch", "tab", "option", "menuitemcheckbox", "menuitemradio", "math"),
    )
)
_JUDGED_ELSEWHERE = frozenset(("s", "strike", "del", "bdo")) | _SAID_BY_OTHERS
ALLOWED = frozenset(_CONTAINERS.split()) | _INTERACTIVE | _JUDGED_ELSEWHERE
_HARMLESS_FILTERS = re.compile(
    r"(?:(?:grayscale|sepia|saturate|hue-rotate)\([\d.%a-z]*\)\s*)+|alpha\(opacity=100\)"
)

_HEIGHTS = ("height", "max-height")
_ROOMY = frozenset(("100%", "fit-content", "max-content", "min-content"))
_WIDTHS = ("width", "max-width")
_CLIPS = (
    *("clip", "clip-path", "-webkit-clip-path", "mask", "-webkit-mask", "mask-image", "-webkit-mask-image"),
    *("-webkit-line-clamp", "line-clamp"),
)
_OFFSETS = ("top", "right", "bottom", "left")
_MOVES = ("transform", "-webkit-transform", "-ms-transform", "translate", "scale", "rotate", "offset-path")
_MARGINS = ("margin-left", "margin-right", "margin-top", "margin-bottom")
_PADDINGS = ("padding-left", "padding-right", "padding-top", "padding-bottom")
_PUSHES = ("margin-left", "margin-right", "margin-top", *_PADDINGS)
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
_DECIDED = frozenset(  # by a rule of this module or of `legible`
    (
        *_HEIGHTS,
        *_WIDTHS,
        *_CLIPS,
        *_OFFSETS,
        *_MOVES,
        *_MARGINS,
        *_PUSHES,
        *_FADES,
        *("display", "content-visibility", "mso-hide", "opacity", "overflow-x", "overflow-y", "position"),
        *("z-index", "all", "visibility", "text-indent", "white-space", "line-height", "letter-spacing"),
        *("word-spacing", "direction", "font-family", "font-size", "zoom", "color", "background-color"),
        *("background-image", "-webkit-text-fill-color", "table-layout"),
        *("unicode-bidi", "text-decoration-line", "min-width"),
        *("outline-offset", "list-style", "list-style-type"),
    )
)


def by_itself(element: Element, style: Style) -> Iterator[Cause]:
    """Yield what hides everything inside *element*, whatever it stands in."""
    yield from _element(element)
    yield from _display(element, style)
    yield from _added(element, style)
    yield from _painted_over_lines(element, style)
    yield from _undecidable(element, style)


def in_context(element: Element, style: Style, look: Look, world: World) -> Iterator[Cause]:
    """Yield what hides it together with what it stands in; *look* learns what those below must know."""
    yield from _fading(element, style, look)
    yield from _crowded(element, style, look, world)
    yield from _box(element, style, look, world)
    yield from _place(element, style, look, world)


def _element(element: Element) -> Iterator[Cause]:
    if element.tag not in ALLOWED and not element.tag.startswith("amp-"):
        hint = f"take the words out of <{element.tag}>: not every client shows it alike"
        what = f"<{element.tag}> at {element.path}"
        yield Cause("VIS022", what, hint, element=element, undetermined=True)
    if element.tag in _SAID_BY_OTHERS or (element.tag == "blockquote" and "cite" in element.attrs):
        what = f"<{element.tag}> at {element.path} sets the words as code or as somebody else's"
        yield Cause("DISC010", what, f"take the words out of <{element.tag}>", element=element)
    if element.tag in ("s", "strike", "del"):
        what = f"<{element.tag}> at {element.path} strikes words out"
        yield Cause("DISC010", what, f"remove <{element.tag}>", element=element)
    if element.tag in _INTERACTIVE or element.tag.startswith("amp-"):
        hint = f"show the words without a click or motion: take them out of <{element.tag}>"
        yield Cause("VIS013", f"<{element.tag}> at {element.path}", hint, element=element)
    for name in ("hidden", "inert", "popover"):
        if name in element.attrs:
            hint = f"remove the {name} attribute"
            yield Cause("VIS014", f"attribute {name} on {element.path}", hint, element=element)
    role = element.attrs.get("role", "").strip().lower()
    if role in _WORDLESS_ROLES:
        hint = f"remove role={role}: screen readers skip the words inside it"
        yield Cause("VIS014", f"role={role} on {element.path}", hint, element=element)
    if element.attrs.get("aria-hidden", "").strip().lower() == "true":
        hint = "remove aria-hidden: screen readers skip everything inside it"
        yield Cause("VIS014", f'aria-hidden="true" on {element.path}', hint, element=element)


def _display(element: Element, style: Style) -> Iterator[Cause]:
    for name, hiding in (("display", "none"), ("content-visibility", "hidden")):
        winner = style.get(name)
        if winner is not None and hiding in winner.value.split():
            yield cause("VIS001", element, name, winner, f"remove {name}: {hiding} there")
    display = style.get("display")
    if display is not None and not re.fullmatch(SHOWN, display.value) and display.value not in GLOBAL:
        yield undecided(element, "display", display)
    for name, hides in _declared(style, ("mso-hide",)):
        yield cause("VIS001", element, name, hides, f"remove {name} there")
    bidi = style.get("unicode-bidi")
    if bidi is not None and "override" in bidi.value:
        yield cause(
            "VIS018", element, "unicode-bidi", bidi, "remove unicode-bidi there: it turns letters round"
        )
    struck = style.get("text-decoration-line")
    if struck is not None and "line-through" in struck.value:
        yield cause("DISC010", element, "text-decoration", struck, "remove line-through there")
    elif struck is not None and not is_harmless("text-decoration-line", struck.value):
        yield undecided(element, "text-decoration-line", struck)


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
    if element.tag == "table":
        layout = style.get("table-layout")
        look.fixed = layout is not None and layout.value == "fixed"
    yield from _low(element, style, look, world, clips=clips)
    for name, winner in _declared(style, _WIDTHS):
        if clips and "(" in winner.value:
            yield undecided(element, name, winner)
        elif _is_narrow(winner, size_px(winner, look, world), element, look, clips=clips):
            yield cause("VIS007", element, name, winner, f"make it at least {NARROWEST_PX:g}px wide")
        elif name == "max-width" and not _is_wide_enough(winner, look, world):
            yield undecided(element, name, winner)
    for name, winner in _declared(style, ("width", "min-width")):
        size = size_px(winner, look, world._replace(width=WIDEST_PX))
        if size is not None and size > WIDEST_PX:
            yield cause("VIS008", element, name, winner, "make it no wider than the page")
    for name, winner in _declared(style, _CLIPS):
        yield cause("VIS007", element, name, winner, f"remove {name} there: it cuts the words off")


def _added(element: Element, style: Style) -> Iterator[Cause]:
    """VIS009 and VIS012: what a style draws over the words, or writes before them."""
    inwards = style.get("outline-offset")
    if inwards is not None and inwards.value.startswith("-"):
        found = cause("VIS009", element, "outline-offset", inwards, "do not draw the outline inwards")
        yield found._replace(undetermined=True)
    for name in ("list-style", "list-style-type"):
        if name in style and not is_harmless(name, style[name].value):
            hint = "use a common bullet: a style sheet adds no words to an approved wording"
            yield cause("VIS012", element, name, style[name], hint)


def _painted_over_lines(element: Element, style: Style) -> Iterator[Cause]:
    """VIS009: of an inline box, each line paints its ground, border and shadow over the line before."""
    if not is_inline(element, style):
        return
    painted = {"padding-top", "padding-bottom"} if "background-color" in style else set()
    for name, winner in style.items():
        sizes = [_plain_px(word) for word in winner.value.split()]
        drawn = is_edge(name) and "radius" not in name and winner.value not in NOTHING
        if (name in painted or drawn) and any(size > _OVER_LINES_PX for size in sizes):
            found = cause("VIS009", element, name, winner, "set it on a block, not within the lines")
            yield found._replace(undetermined=True)


def _plain_px(value: str) -> float:
    size = length(value, font=MEDIUM, root=MEDIUM, width=0)
    return 0.0 if size is None else size


def _crowded(element: Element, style: Style, look: Look, world: World) -> Iterator[Cause]:
    """VIS007: boxes one in the other that leave no room, or leave one that clips."""
    if element.parent is None:
        look.room = world.width
    outer = look.clips
    for name, winner in _declared(style, ("width", "min-width", "max-width")):
        size = size_px(winner, look, world)
        if size is None:
            continue
        if winner.value.endswith("%"):
            look.room *= 1.0 if element.tag in TABLES or name == "min-width" else min(1.0, size / world.width)
        elif outer is not None and name != "max-width" and size > _CLIPPED_PX:
            yield cause(
                "VIS007",
                element,
                name,
                winner,
                f"make it narrower: {outer.path} cuts off what is wider than itself",
            )
        elif element.tag not in TABLES and name != "min-width":
            look.room = size if name == "width" else min(look.room, size)
        if look.room < LEAST_ROOM_PX and element.tag not in TABLES:
            yield cause(
                "VIS007", element, name, winner, "make the boxes around the words wider: they need more room"
            )
    if look.fixed and element.tag in ("td", "th") and _beside_wide_cells(element):
        what = f"the cells beside {element.path} leave it no room in a table of fixed layout"
        hint = "give the cell of the words a width of its own"
        yield Cause("VIS007", what, hint, element=element, css="width", undetermined=True)


def _beside_wide_cells(cell: Element) -> bool:
    row = cell.parent.children if cell.parent else [cell]
    sized = [other for other in row if "width" in other.attrs or "width" in other.attrs.get("style", "")]
    return len(row) > 1 and bool(sized) and cell not in sized


def _low(element: Element, style: Style, look: Look, world: World, *, clips: bool) -> Iterator[Cause]:
    """Yield the heights that leave no room; a page grows, and so do cells and tables that do not clip."""
    grows = element.tag in ("html", "body")
    for name, winner in _declared(style, _HEIGHTS):
        size = size_px(winner, look, world)
        if winner.value in _ROOMY and (not clips or element.tag in TABLES or not winner.value.endswith("%")):
            continue
        if clips:
            hint = f"remove the overflow or the {name} there: the box must grow with its words"
            yield cause("VIS007", element, name, winner, hint)
        elif element.tag not in TABLES and (size is None or size < FLOOR_PX or not grows):
            yield cause("VIS007", element, name, winner, f"remove {name} there: the words need more room")


def _is_narrow(winner: Winner, size: float | None, element: Element, look: Look, *, clips: bool) -> bool:
    """Say whether a width leaves no room; cells and tables grow with their words unless fixed or clipping."""
    if size is None or (element.tag in TABLES and not clips and not look.fixed):
        return False
    relative = winner.value.endswith("%")
    return size < (NARROWEST_PX if clips and not relative else FLOOR_PX * 3)


def _is_wide_enough(winner: Winner, look: Look, world: World) -> bool:
    """Say whether a widest width leaves room for lines of a few words (compliance catalogue, 5.4)."""
    size = size_px(winner, look, world)
    return size is None or size >= NARROWEST_PX or winner.value.endswith("%")


def _declared(style: Style, names: tuple[str, ...]) -> list[tuple[str, Winner]]:
    """List those of *names* that are declared with an effect."""
    return [(name, style[name]) for name in names if name in style and style[name].value not in NOTHING]


def _place(element: Element, style: Style, look: Look, world: World) -> Iterator[Cause]:
    position = style.get("position")
    if position is not None and position.value in ("absolute", "fixed", "sticky", "-webkit-sticky"):
        yield cause("VIS008", element, "position", position, "leave the words in the flow of the mail")
    elif position is not None and position.value not in ("static", *NOTHING):
        yield from _moved(element, style, look, world)
    for name, winner in _declared(style, _MOVES):
        yield cause("VIS008", element, name, winner, f"remove {name} there")
    yield from _pushed(element, style, look, world)


def _pushed(element: Element, style: Style, look: Look, world: World) -> Iterator[Cause]:
    for name, winner in _declared(style, _MARGINS):
        if "(" in winner.value:
            yield undecided(element, name, winner)
        elif winner.value.startswith("-") and not _near(winner, look, world):
            yield cause(
                "VIS008",
                element,
                name,
                winner,
                "remove the negative margin: it moves the words or covers them",
            )
    for name, winner in _declared(style, _PADDINGS):
        if "(" in winner.value:
            yield undecided(element, name, winner)
    yield from _pushed_away(element, style, look, world)


def _pushed_away(element: Element, style: Style, look: Look, world: World) -> Iterator[Cause]:
    for name, winner in _declared(style, _PUSHES):
        size = size_px(winner, look, world)
        if size is not None and size > OFF_PAGE_PX:
            yield cause("VIS008", element, name, winner, "make it smaller: it pushes the words off the page")
        elif size is not None and name.endswith("-left") and not winner.value.endswith("%"):
            look.pushed += max(0.0, size)
            if look.pushed > MOST_PUSHED_PX:
                yield cause(
                    "VIS008",
                    element,
                    name,
                    winner,
                    "make the margins and paddings around the words smaller: they leave no room on a phone",
                )
    if element.tag in _INDENTED and _INDENTED[element.tag] not in style:
        look.pushed += 40  # what browsers indent by


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
        substituted = any(call in winner.value for call in _SUBSTITUTED) and not name.startswith(_NEVER_HIDES)
        if substituted or (name not in _DECIDED and not is_harmless(name, winner.value)):
            yield undecided(element, name, winner)
