"""
Which values browsers take, and which properties do no harm.

Browsers drop a value they do not know, so that an earlier one stays in force. Only what every browser
takes is certain; of all else both answers are looked at (`World.drops`).
"""

import re
from functools import lru_cache

from pipeline.examine.style.colours import is_colour
from pipeline.examine.style.lengths import length

GLOBAL = frozenset(("inherit", "initial", "unset", "revert", "revert-layer"))
NOTHING = GLOBAL | {"none", "auto", "normal"}
SIDES = ("top", "right", "bottom", "left")
SIZE_WORDS = frozenset(
    "xx-small x-small small medium large x-large xx-large xxx-large smaller larger math".split()  # noqa: SIM905
)
_TABLES = "table|inline-table|table-row|table-cell|table-row-group|table-caption"
SHOWN = f"none|block|inline|inline-block|list-item|{_TABLES}"  # what all clients do alike
_OTHER_DISPLAYS = frozenset(
    (
        *("flow", "flow-root", "contents", "run-in", "flex", "inline-flex", "grid", "inline-grid", "math"),
        *("ruby", "ruby-text", "table-column", "table-column-group", "table-header-group"),
        *("table-footer-group", "-webkit-box", "-webkit-inline-box", "-webkit-flex", "-ms-flexbox"),
    )
)
_UNSIGNED = r"\+?(?:\d+\.?\d*|\.\d+)(?:px|pt|pc|in|cm|mm|q|em|rem|ex|ch|vw|vh|%)|\+?0*\.?0+"
_SIGNED = rf"-?(?:{_UNSIGNED})"
_NUMBER = r"\+?(?:\d+\.?\d*|\.\d+)"
_FREE = frozenset(("font-family", "mso-hide"))  # any value is taken
_PLAIN_COLOUR = re.compile(r"#[0-9a-f]+|[a-z]+|(?:rgb|hsl)a?\([^()/]*,[^()/]*\)")
# Word takes neither hsl() nor anything with alpha (caniemail.com, as our notes of November 2026 have it).
_WORDS_COLOUR = re.compile(r"#(?:[0-9a-f]{3}){1,2}|[a-z]+|rgb\([^()/]*,[^()/]*\)")
_COLOURS = frozenset(("color", "background-color", "-webkit-text-fill-color"))
_WORDS = {  # a complete list: whatever else is written is dropped
    "visibility": "visible|hidden|collapse",
    "overflow-x": "visible|hidden|clip|scroll|auto|overlay",
    "overflow-y": "visible|hidden|clip|scroll|auto|overlay",
    "position": "static|relative|absolute|fixed|sticky|-webkit-sticky",
    "direction": "ltr|rtl",
}
_FORMS = {
    "font-size": rf"{_UNSIGNED}|{'|'.join(SIZE_WORDS - {'math'})}",
    "line-height": rf"{_UNSIGNED}|{_NUMBER}|normal",
    "opacity": rf"{_NUMBER}%?",
    "zoom": rf"{_NUMBER}%?|normal",
    "text-indent": _SIGNED,
    "letter-spacing": rf"{_SIGNED}|normal",
    "word-spacing": rf"{_SIGNED}|normal",
    "white-space": "normal|nowrap|pre|pre-wrap|pre-line",
    "content-visibility": "visible|hidden",
    "float": "none|left|right",
    "z-index": r"auto|-?\d+",
    "mix-blend-mode": "normal",
    "background-image": r"none|url\(.*\)",
    "text-decoration-line": "none|(?:underline|overline|line-through|blink| )+",
    "unicode-bidi": "normal|embed|bidi-override",
}
_FORMS |= dict.fromkeys(("width", "height", "min-width", "min-height"), f"{_UNSIGNED}|auto")
_FORMS |= dict.fromkeys(("max-width", "max-height"), f"{_UNSIGNED}|none")
_FORMS |= {f"margin-{side}": f"{_SIGNED}|auto" for side in SIDES}
_FORMS |= {f"padding-{side}": _UNSIGNED for side in SIDES}
_FORMS |= dict.fromkeys(SIDES, f"{_SIGNED}|auto")
_FORMS |= dict.fromkeys(("transform", "filter", "clip-path"), r"none|(?:[a-z0-9-]+\([^()]*\)\s*)+")

# property -> the form of its values that can neither hide nor spoil words; "" for any
HARMLESS = dict.fromkeys(
    (
        *("font-style", "font-weight", "font-kerning", "font-synthesis", "text-rendering", "text-align"),
        *("border-collapse", "border-style", "border-color", "caption-side", "empty-cells", "cursor"),
        *(
            "pointer-events",
            "user-select",
            "-webkit-user-select",
            "hyphens",
            "-webkit-hyphens",
            "-ms-hyphens",
        ),
        *("overflow-wrap", "word-wrap", "word-break", "-ms-word-break", "line-break", "text-justify"),
        *("list-style-position", "color-scheme", "supported-color-schemes"),
        *("orphans", "widows", "page-break-inside", "page-break-before", "page-break-after"),
        *("break-inside", "break-before", "break-after", "quotes", "tab-size", "clear", "isolation"),
        *("-webkit-font-smoothing", "-moz-osx-font-smoothing", "-ms-interpolation-mode", "box-sizing"),
        *("object-fit", "object-position", "-webkit-tap-highlight-color", "text-decoration-color"),
        *("text-decoration-style", "text-decoration-skip-ink", "text-overflow", "transition", "gap"),
        *("background-position", "background-repeat", "background-size", "background-attachment"),
        *("background-origin", "appearance", "-webkit-appearance", "resize", "caret-color"),
        *("accent-color", "scroll-behavior", "text-transform", "v-text-anchor", "mso-line-height-rule"),
        *("mso-table-lspace", "mso-table-rspace", "mso-ansi-language", "mso-fareast-language"),
        *("mso-cellspacing", "mso-pagination", "mso-outline-level", "mso-style-priority"),
        *("mso-style-name", "mso-yfti-tbllook", "mso-fareast-font-family", "mso-bidi-font-family", "page"),
    ),
    "",
)
_SMALL = r"[\d.]{1,3}%?(?:px|pt|em)?"
_BULLETS = "disc|circle|square|decimal|decimal-leading-zero|(?:lower|upper)-(?:roman|alpha|latin|greek)"
_BULLET = f"{_BULLETS}|inside|outside"
HARMLESS |= {
    "list-style-type": _BULLET,
    "list-style": rf"(?:(?:{_BULLET}|none)\s*)+",
    "vertical-align": "top|middle|bottom|baseline|text-top|text-bottom",
    "border-spacing": r"\d{1,2}(?:px|pt)?(?: \d{1,2}(?:px|pt)?)?",
    "mso-padding-alt": rf"{_SMALL}(?: {_SMALL})*",
    "mso-line-height-alt": r"(?:1[2-9]|[2-9]\d)(?:\.\d+)?p[xt]|1\d\d%|1(?:\.\d+)?",
    "mso-text-raise": r"\d{1,2}(?:px|pt|%)?",
    "mso-margin-top-alt": _SMALL,
    "mso-margin-bottom-alt": _SMALL,
    "text-underline-offset": r"[\d.]px|0?\.\d+em",
    "text-decoration-thickness": r"[12]px|from-font|0?\.[01]\d*em",
    "text-wrap": "wrap|balance|pretty|stable",
    "text-wrap-mode": "wrap",
    "white-space-collapse": "collapse",
    "unicode-bidi": "embed|isolate|plaintext|-webkit-isolate",
    "font-stretch": "100%",
    "text-decoration-line": "(?:underline|overline|dotted|dashed|solid|wavy|double| |#[0-9a-f]+|[a-z]+)+",
    "font-size-adjust": "none",
    "writing-mode": "horizontal-tb|lr-tb",
    "column-count": "1",
    "order": "0",
    "float": "left|right",
    "min-height": r"[\d.]{1,5}(?:px|pt|em|%|rem|vh)?|0",
    "text-shadow": r"0 [01]px [0-2](?:px)? \S+",
    "font-variant": "(?:small-caps|(?:tabular|lining|oldstyle|proportional)-nums|common-ligatures| )+",
    "font-variant-numeric": "(?:(?:tabular|lining|oldstyle|proportional)-nums| )+",
    "font-feature-settings": r"(?:[\"'][a-z0-9]{4}[\"'](?: (?:on|off|[01]))?,? ?)+",
    "-webkit-line-clamp": "none",
}
HARMLESS |= dict.fromkeys(
    ("text-size-adjust", "-webkit-text-size-adjust", "-ms-text-size-adjust", "-moz-text-size-adjust"),
    r"1\d\d%",
)
# Word's own properties that change how letters look or where they stand; the others lay out tables and pages.
_MSO_WITH_EFFECT = re.compile(
    r"hide|ansi-font-size|color-alt|element|special-character|style-text|highlight|shading|text-animation"
    r"|font-width|char-|field-code|effects|raise|line-height-alt|font-kerning|footnote|comment|header|footer"
)
_EDGES = ("border", "outline", "box-shadow", "-webkit-box-shadow", "-moz-box-shadow")
THICK_PX = 20.0  # a line or shadow thicker than this may lie over words


@lru_cache(maxsize=2048)
def judge(name: str, value: str) -> bool | None:  # noqa: PLR0911 - one per kind of property
    """Say whether browsers take *value* for *name*: all of them, none of them, or None: who knows."""
    if value in GLOBAL:
        return True if value in ("inherit", "initial") else None
    if not value:
        return False
    if "var(" in value:
        return None
    if name == "display":
        words = value.split()
        known = all(word in _OTHER_DISPLAYS or re.fullmatch(SHOWN, word) for word in words)
        return True if re.fullmatch(SHOWN, value) else (None if known else False)
    if name in _WORDS:
        return bool(re.fullmatch(_WORDS[name], value))
    if name in _COLOURS:
        if not is_colour(value):
            return False if _PLAIN_COLOUR.fullmatch(value) else None
        return True if _WORDS_COLOUR.fullmatch(value) else None
    if name in _FORMS:
        return True if re.fullmatch(_FORMS[name], value) else None
    return True if name in HARMLESS or name in _FREE or is_edge(name) or name.startswith("--") else None


@lru_cache(maxsize=2048)
def is_harmless(name: str, value: str) -> bool:
    """Say whether *name* is a property that spoils no words with this *value*."""
    if value in NOTHING or name.startswith(("--", "-premailer-")):
        return True
    if name.startswith("mso-") and name not in HARMLESS:
        return not _MSO_WITH_EFFECT.search(name)
    if "radius" in name:
        return "(" not in value
    if "shadow" in name and name != "text-shadow":
        return "inset" not in value  # it lies outside the box
    if is_edge(name):
        return not ("fill" in value or is_thick(value))
    form = HARMLESS.get(name)
    return form == "" or (form is not None and re.fullmatch(form, value) is not None)


def is_edge(name: str) -> bool:
    """Say whether *name* draws around a box."""
    return name.startswith(_EDGES)


def is_thick(value: str) -> bool:
    """Say whether any length in *value* is so large that it may lie over words."""
    if "(" in re.sub(r"(?:rgb|hsl)a?\([^()]*\)|url\([^()]*\)", "", value):
        return True
    sizes = (length(word, font=16, root=16, width=1200) for word in re.split(r"[\s,/]+", value))
    return any(size is not None and abs(size) > THICK_PX for size in sizes)
