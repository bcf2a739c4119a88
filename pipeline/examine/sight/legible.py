"""Can the words be read where they stand? What they have inherited from the root on, put together."""

from collections.abc import Iterator

from pipeline.examine.reading.page import Element
from pipeline.examine.sight.hiding import FAR_PX, FLOOR_PX, OFF_PAGE_PX, TABLES
from pipeline.examine.sight.look import Cause, Inherited, Look, cause, read_share, undecided
from pipeline.examine.style.cascade import Winner
from pipeline.examine.style.colours import HIDDEN, LEGIBLE, Colour, contrast
from pipeline.examine.style.media import World
from pipeline.examine.style.values import NOTHING

TIGHTEST, LOOSEST = 1.0, 5.0  # line height in relation to the letters; lines overlap, or drift apart
CEILING_PX = 96.0  # letters above this leave no line of words on a phone
CRUSHED, SPREAD = -0.05, 0.3  # letter and word spacing in relation to the letters
RIGHT_TO_LEFT = frozenset(("ar", "ckb", "dv", "fa", "he", "iw", "ps", "sd", "ug", "ur", "yi"))


def at_the_words(leaf: Element, look: Look, world: World, locale: str) -> Iterator[Cause]:
    """Tell what hides the text right inside *leaf*, given all it has inherited."""
    if leaf.attrs.get("role", "").strip().lower() in ("presentation", "none") and leaf.tag not in TABLES:
        hint = "keep role=presentation for layout tables; it must not stand on the words"
        yield Cause("VIS014", f"role={leaf.attrs['role']} on {leaf.path}", hint, element=leaf)
    yield from _inherited(look)
    yield from _direction(leaf, look, locale)
    if look.font is not None and look.font * look.zoom < FLOOR_PX:
        chain = " > ".join(look.sizes)
        hint = f"raise the text to {FLOOR_PX:g}px or more"
        element = look.sized or leaf
        what = f"font-size {look.font * look.zoom:.3g}px through {chain} at {element.path}"
        yield Cause("VIS004", what, hint, element=element, css="font-size")
    if look.font is not None and look.font * look.zoom > CEILING_PX:
        element = look.sized or leaf
        what = f"font-size {look.font * look.zoom:.4g}px at {element.path}"
        yield Cause("VIS004", what, f"set it to {CEILING_PX:g}px or less", element=element, css="font-size")
    yield from _contrast(leaf, look, world)


def _inherited(look: Look) -> Iterator[Cause]:
    for name, one in look.inherited.items():
        if name not in _INHERITED_RULES:
            continue
        hint = _spoilt_by(name, one, look)
        if hint:
            yield cause(_INHERITED_RULES[name], one.element, name, one.winner, hint)


_INHERITED_RULES = {
    "visibility": "VIS002",
    "text-indent": "VIS008",
    "white-space": "VIS007",
    "line-height": "VIS007",
    "letter-spacing": "VIS018",
    "word-spacing": "VIS018",
    "font-family": "VIS022",
}


def _spoilt_by(name: str, one: Inherited, look: Look) -> str:
    """Return how to mend an inherited declaration that hides, or "" when it does not."""
    value, hint = one.winner.value, ""
    if name == "visibility" and value in ("hidden", "collapse"):
        hint = "remove visibility there; some clients obey it"
    elif name == "text-indent":
        hint = "" if one.px is not None and -FAR_PX <= one.px <= OFF_PAGE_PX else "remove text-indent there"
    elif name == "white-space" and value in ("nowrap", "pre") and look.clips is not None:
        hint = f"let the lines wrap: {look.clips.path} cuts off what flows over"
    elif name == "line-height" and value not in NOTHING:
        share = _line_share(one, look)
        fits = share is not None and TIGHTEST <= share <= LOOSEST
        hint = "" if fits else "set it between 1.2 and 2: lines overlap or drift apart"
    elif name.endswith("-spacing") and value not in NOTHING:
        font = look.font or FLOOR_PX
        least = CRUSHED if name == "letter-spacing" else 0.0
        fits = one.px is not None and least * font <= one.px <= SPREAD * font
        hint = "" if fits else f"remove {name} there: the words are crushed or torn apart"
    elif name == "font-family" and look.fonts.spoil(value):
        hint = "set the words in a family that every reader has, and that has letters"
    return hint


def _direction(leaf: Element, look: Look, locale: str) -> Iterator[Cause]:
    """VIS018: words that run against their language."""
    for step in leaf.chain():
        if step.tag == "bdo":
            what = f"<bdo> at {step.path} turns the letters round"
            yield Cause("VIS018", what, "remove <bdo>", element=step)
    wanted = "rtl" if locale.partition("-")[0].lower() in RIGHT_TO_LEFT else "ltr"
    one = look.inherited.get("direction")
    if locale and one is not None and one.winner.value not in (wanted, "initial"):
        yield cause("VIS018", one.element, "direction", one.winner, f"set direction {wanted} for the words")


def _line_share(one: Inherited, look: Look) -> float | None:
    """Return the line height in relation to the letters; a plain number is one."""
    if one.px is None or one.winner.value.replace(".", "", 1).isdigit():
        return read_share(one.winner.value)
    return one.px / look.font if look.font else None


def _contrast(leaf: Element, look: Look, world: World) -> Iterator[Cause]:
    text = look.fill if look.fill is not None else look.text
    if text is None and look.coloured is not None:
        yield undecided(look.coloured[0], "color", look.coloured[1])
    elif look.ground is None and look.painted is not None:
        element, winner = look.painted
        hint = "put a plain background-color right behind the words"
        yield cause("VIS022", element, "background", winner, hint)._replace(undetermined=True)
    elif text is not None and look.ground is not None:
        yield from _pale(leaf, look, text.over(look.ground), look.ground, world)
        if look.other is not None and contrast(text.over(look.other), look.other) < LEGIBLE:
            what = f"{text} at {leaf.path} may stand on {look.other}: a box of floats alone has no height"
            hint = "colour the element itself, or a table cell around it"
            yield Cause("VIS005", what, hint, element=leaf, css="background-color", undetermined=True)


def _pale(leaf: Element, look: Look, text: Colour, ground: Colour, world: World) -> Iterator[Cause]:
    """Tell of too little contrast, as the mail sets it and as apps that invert colours show it."""
    ratio = contrast(text, ground)
    hint = f"change the colours: {LEGIBLE}:1 is needed"
    winner, element, name = _culprit(leaf, look)
    if ratio < (HIDDEN if world.hover else LEGIBLE):
        kind = "hidden: " if ratio < HIDDEN else ""
        what = f"{kind}{text} on {ground} is {ratio:.1f}:1 at {element.path}"
        yield Cause("VIS005", what, hint, winner, element, name)
    elif world.usual and not world.dark:
        ratio = contrast(text.inverted(), ground.inverted())
        if ratio < LEGIBLE:
            what = f"{text} on {ground} becomes {ratio:.1f}:1 where an app inverts colours, at {element.path}"
            yield Cause("VIS006", what, hint, winner, element, name, profile="auto-invert")


def _culprit(leaf: Element, look: Look) -> tuple[Winner | None, Element, str]:
    """Return the declaration to mend: of text and ground, the one that a query sets; else the text's."""
    for set_by, name in ((look.coloured, "color"), (look.laid, "background-color")):
        if set_by is not None and set_by[1].queries:
            return set_by[1], set_by[0], name
    if look.coloured is not None:
        return look.coloured[1], look.coloured[0], "color"
    if look.laid is not None:
        return look.laid[1], look.laid[0], "background-color"
    return None, leaf, "color"
