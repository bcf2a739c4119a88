"""
Styles at random: any that the contract of section 5.4 allows, and any that hide.

Contract and figures: compliance catalogue, sections 5.4 and 5.5. Contrast is worked out here by itself, after
WCAG 2.2, so that an error in the examination's own cannot excuse itself.
"""

from collections.abc import Sequence

from hypothesis import strategies as st
from mails import mail

Rgb = tuple[int, int, int]
SAFE = 7.0  # contrast at which nothing is said about colours


def contrast(one: Rgb, other: Rgb) -> float:
    """Return the contrast ratio of two colours, from 1 to 21 (WCAG 2.2, definitions)."""
    dark, light = sorted(map(_luminance, (one, other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: Rgb) -> float:
    linear = [c / 255 / 12.92 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def inverted(colour: Rgb) -> Rgb:
    """Return the colour as an app shows it that inverts all colours."""
    red, green, blue = colour
    return 255 - red, 255 - green, 255 - blue


def written(colour: Rgb) -> st.SearchStrategy[str]:
    """Return the ways to write an opaque colour."""
    red, green, blue = colour
    return st.sampled_from([f"#{red:02x}{green:02X}{blue:02x}", f"rgb({red}, {green},{blue})"])


def number(low: int, high: int, per: int = 1) -> st.SearchStrategy[str]:
    """Return numbers from *low* to *high*, each divided by *per*."""
    return st.integers(low, high).map(lambda value: f"{value / per:g}")


def any_of(*values: str) -> st.SearchStrategy[str]:
    """Return any of some texts."""
    return st.sampled_from(values)


def px(low: int, high: int) -> st.SearchStrategy[str]:
    """Return whole lengths in px."""
    return number(low, high).map(lambda value: f"{value}px")


def form(template: str, *values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Return *template* filled with *values*."""
    return st.tuples(*values).map(lambda drawn: template.format(*drawn))


_CHANNELS = st.tuples(*[st.integers(0, 255)] * 3)
_DARK = st.tuples(*[st.integers(0, 70)] * 3)
_LIGHT = st.tuples(*[st.integers(200, 255)] * 3)
_PAIRS = st.one_of(st.tuples(_DARK, _LIGHT), st.tuples(_LIGHT, _DARK))
_LINES = ("solid", "dashed", "dotted", "double", "groove")
_NEAR = st.tuples(*[st.integers(-12, 12)] * 3)

# ----- what the contract allows -----


def elements(*tags: str) -> tuple[str, ...]:
    """Return elements with room for a style and for what is inside."""
    return tuple(f"<{tag}{{}}>{{}}</{tag}>" for tag in tags)


LEGIBLE = _PAIRS.filter(
    lambda pair: contrast(*pair) >= SAFE and contrast(*map(inverted, pair)) >= SAFE
).flatmap(lambda pair: form("color:{};background-color:{}", *map(written, pair)))
SIZE = st.one_of(px(12, 40), form("{}pt", number(9, 30))).map("font-size:{}".format)
FACTOR = number(120, 240, 100).map("line-height:{}".format)
ROOM = st.one_of(
    form("padding:{} {}", px(0, 40), px(0, 9)),
    form("padding-{}:{}", any_of("top", "right", "bottom", "left"), px(0, 9)),
    form("margin:{} auto", px(0, 60)),
    form("margin:{} {} {}", px(0, 60), px(0, 9), px(0, 60)),
    form("margin-{}:{}", any_of("top", "right", "bottom", "left"), px(0, 9)),
)
EDGE = st.one_of(
    form("border:{} {} {}", px(0, 8), any_of(*_LINES), _CHANNELS.flatmap(written)),
    form("border-{}:{} {} #ccc", any_of("top", "right", "bottom", "left"), px(0, 8), any_of(*_LINES)),
    form("border-collapse:{}", any_of("collapse", "separate")),
    form("border-spacing:{}", px(0, 8)),
    form("border-radius:{}", px(0, 20)),
)
TYPE = st.one_of(
    form("font-family:{}", any_of("Georgia,serif", "Arial, sans-serif", "'Helvetica Neue',Arial")),
    form("font-weight:{}", any_of("normal", "bold", "400", "700")),
    form("font-style:{}", any_of("normal", "italic")),
    form("text-align:{}", any_of("left", "center", "right", "justify")),
    form("vertical-align:{}", any_of("top", "middle", "bottom", "baseline")),
    st.just("direction:ltr"),
)
EXTENT = st.one_of(form("width:{}%", number(95, 100)), form("max-width:{}", px(280, 900)))
WIDTH = form("width:{};{}", px(280, 700), LEGIBLE)
SHOW = form(
    "display:{}",
    any_of("block", "inline-block", "table", "table-row", "table-cell", "inline-table"),
)
_BOXED = st.lists(st.one_of(LEGIBLE, SIZE, FACTOR, ROOM, EDGE, TYPE, EXTENT, SHOW), max_size=6).map(";".join)
# Without room and edges of its own: those of one line would be painted over the line before.
_FLOWING = st.lists(st.one_of(LEGIBLE, SIZE, FACTOR, TYPE), max_size=4).map(";".join)
# A ground of its own would not lie behind the blocks in it.
_INLINE = st.lists(st.one_of(SIZE, FACTOR, TYPE), max_size=4).map(";".join).map("{};display:inline".format)
_STYLE = st.one_of(_BOXED, _BOXED, _INLINE)
_SIZED = st.tuples(_FLOWING, SIZE).map(";".join)  # small by itself: set large enough

# Elements that may stand around a block, or be it, with room for a style and for what is inside.
_TABLES = (
    "<table{}><tr><td>{}</td></tr></table>",
    "<table><tbody{}><tr><td>{}</td></tr></tbody></table>",
    "<table><tr{}><td>{}</td></tr></table>",
    "<table><tbody><tr><td{}>{}</td></tr></tbody></table>",
    "<table><thead><tr><th{}>{}</th></tr></thead></table>",
)
_AROUND = (*elements("div", "section", "article", "main", "center"), *_TABLES)
_INDENTED = ("<ul{}><li>{}</li></ul>", "<ol><li{}>{}</li></ol>", *elements("blockquote"))
_BLOCKS = elements("p", "div", "h1", "h2", "h3", "h4")
_SMALL = elements("small", "h5", "h6")
_INSIDE = ("{}", *elements("span", "font", "strong", "b", "em", "i", "a"))


@st.composite
def legal(draw: st.DrawFn) -> str:
    """Return a mail whose block has any legal styles, in up to five elements of any legal kind and style."""

    def dressed(kinds: Sequence[str], inside: str, styles: st.SearchStrategy[str] = _STYLE) -> str:
        kind, style = draw(st.sampled_from(kinds)), draw(styles)
        return inside if kind == "{}" else kind.format(f' style="{style}"' if style else "", inside)

    body = dressed(_INSIDE, "[GEN]", _FLOWING)
    body = dressed(_SMALL, body, _SIZED) if draw(st.integers(0, 4)) == 0 else dressed(_BLOCKS, body)
    for level in range(draw(st.integers(0, 4))):
        body = dressed(_AROUND if level else (*_AROUND, *_INDENTED), body)
    if draw(st.booleans()):  # outermost: else a wider block would leave its ground
        body = dressed(("<div{}>{}</div>", _TABLES[0]), body, WIDTH)
    return mail(body)


# ----- what hides -----
_FAR = st.one_of(form("{}px", number(20, 9999)), form("{}em", number(2, 999)))
_SHADES = st.tuples(_CHANNELS, _NEAR).map(
    lambda two: (two[0], tuple(min(255, max(0, c + d)) for c, d in zip(*two, strict=True)))
)
HIDING = {
    "gone": any_of("display:none", "DISPLAY : NONE", "content-visibility:hidden", "mso-hide:all"),
    "unseen": any_of("visibility:hidden", "visibility:collapse"),
    "faded": st.one_of(form("opacity:{}", number(0, 50, 100)), form("opacity:{}%", number(0, 50))),
    "filtered": st.one_of(
        form("filter:blur({})", px(1, 30)),
        form("filter:opacity({}%)", number(0, 50)),
        form("filter:brightness({})", number(2, 90)),
        form("filter:grayscale(1) contrast({})", number(0, 4, 10)),
        form("mix-blend-mode:{}", any_of("screen", "lighten", "difference")),
    ),
    "tiny": st.one_of(
        form("font-size:{}px", number(0, 119, 10)),
        form("font-size:{}pt", number(0, 89, 10)),
        form("font-size:{}em", number(0, 74, 100)),
        form("font-size:{}%", number(0, 74)),
        form("font:{}px/1.5 Arial", number(0, 11)),
        form("zoom:{}", number(1, 70, 100)),
        form("font-size:{}", any_of("xx-small", "x-small")),
    ),
    "pale": st.one_of(
        _SHADES.flatmap(lambda pair: form("color:{};background-color:{}", *map(written, pair))),
        form("color:rgba(0,0,0,{})", number(0, 40, 100)),
        form("-webkit-text-fill-color:rgba(0,0,0,{})", number(0, 40, 100)),
        form("color:#{0}{0}{0}", any_of("88", "99", "aa", "bb", "dd", "fe")),
    ),
    "cut": st.one_of(
        form("{}:{};overflow:{}", any_of("height", "max-height"), px(0, 60), any_of("hidden", "clip")),
        form("{}:{};overflow:hidden", any_of("width", "max-width"), px(0, 200)),
        form("{}:0.{}em;overflow:hidden", any_of("height", "max-height", "width"), number(0, 9)),
        form("clip:rect({0},{0},{0},{0})", px(0, 9)),
        form("clip-path:{}", any_of("circle(0)", "inset(100%)", "polygon(0 0)", "url(#c)")),
        form("clip-path:inset({}%)", number(50, 100)),
        form("-webkit-line-clamp:{}", number(1, 3)),
        form("mask:{}", any_of("url(m.svg)", "linear-gradient(transparent,transparent)")),
    ),
    "crushed": st.one_of(
        form("line-height:{}", number(0, 95, 100)),
        form("line-height:{}", px(0, 15)),
        form("line-height:{}%", number(0, 95)),
        form("letter-spacing:-{}em", number(6, 200, 100)),
        form("letter-spacing:-{}", px(1, 99)),
        form("word-spacing:-{}", px(1, 99)),
        form("letter-spacing:{}", px(6, 999)),
    ),
    "moved": st.one_of(
        form("text-indent:-{}", _FAR),
        form("margin-{}:-{}", any_of("left", "right", "top", "bottom"), _FAR),
        form("position:{}", any_of("absolute", "fixed", "sticky")),
        form("position:relative;{}:-{}", any_of("left", "top", "right", "bottom"), _FAR),
        form(
            "{}:{}px", any_of("margin-left", "padding-left", "padding-top", "text-indent"), number(401, 99999)
        ),
        form("transform:{}({}px)", any_of("translateX", "translateY"), number(-9999, 9999)),
        form("transform:{}", any_of("scale(0)", "rotate(180deg)", "rotateX(90deg)", "scaleX(-1)")),
    ),
    "turned": st.sampled_from(
        ("direction:rtl", "unicode-bidi:bidi-override", "writing-mode:vertical-rl", "rotate:180deg")
    ),
    "struck": any_of("text-decoration:line-through", "text-decoration:underline line-through"),
    "unknown": st.one_of(
        form("background:url({}.png)", st.sampled_from("abc")),
        form("background-image:linear-gradient(#fff,#{}00)", number(10, 99)),
        form("animation:x {}s", number(1, 9)),
        any_of("all:unset", "font-family:Wingdings", "shape:circle", "columns:20", "display:contents"),
    ),
}
