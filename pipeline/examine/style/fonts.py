"""
Fonts that a mail brings along, and whether their letters can be relied on.

A brand's own font, fetched from the web under a name of its own and with a common font behind it, is what
many newsletters have: letters that it lacks come from the one behind it. What hides in the mail itself, or
takes the name of a font that everybody has, may show anything.
"""

import re
from functools import lru_cache
from typing import NamedTuple

import tinycss2  # type: ignore[import-untyped]

_COMMON = frozenset(
    (
        *("arial", "helvetica", "helvetica neue", "verdana", "tahoma", "trebuchet ms", "geneva", "calibri"),
        *("segoe ui", "georgia", "times", "times new roman", "palatino", "garamond", "cambria", "courier"),
        *("courier new", "lucida grande", "lucida sans unicode", "roboto", "system-ui", "-apple-system"),
        *("blinkmacsystemfont", "serif", "sans-serif", "monospace", "cursive", "fantasy", "ui-sans-serif"),
    )
)
_SYMBOLS = (
    *("wingdings", "webdings", "symbol", "dingbats", "marlett", "emoji", "barcode", "blank", "redact"),
    *("icon", "awesome", "glyph", "flow block"),
)
_ADDRESS = re.compile(r"url\(\s*[\"']?([^)\"']*)", re.IGNORECASE)


class Fonts(NamedTuple):
    """The names of what style sheets bring along, lower case."""

    doubtful: frozenset[str] = frozenset()
    brands: frozenset[str] = frozenset()

    def spoil(self, family: str) -> bool:
        """Say whether words in this font family, lower case, may be shown as something else than letters."""
        names = [name.strip().strip("\"'") for name in family.split(",")]
        if any(name in self.doubtful or any(symbol in name for symbol in _SYMBOLS) for name in names):
            return True
        return all(name in self.brands for name in names)  # nothing behind it


def read_fonts(sheets: tuple[str, ...]) -> Fonts:
    """Return the fonts that style sheets bring along."""
    faces = [face for css in sheets for face in _faces(css)]
    brands = frozenset(name for name, source in faces if _is_brand(name, source))
    return Fonts(frozenset(name for name, source in faces if not _is_brand(name, source)), brands)


def _is_brand(name: str, source: str) -> bool:
    addresses = _ADDRESS.findall(source)
    fetched = bool(addresses) and all(address.strip().lower().startswith("https://") for address in addresses)
    return fetched and name not in _COMMON


@lru_cache(maxsize=64)
def _faces(css: str) -> tuple[tuple[str, str], ...]:
    """Return the name and source of every @font-face of a sheet."""
    if "font-face" not in css.lower() and "\\" not in css:
        return ()
    found: list[tuple[str, str]] = []
    stack = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
    while stack:
        node = stack.pop()
        if node.type != "at-rule" or node.content is None:
            continue
        if node.lower_at_keyword != "font-face":
            stack += tinycss2.parse_rule_list(node.content)
            continue
        said = {
            item.lower_name: tinycss2.serialize(item.value).strip()
            for item in tinycss2.parse_blocks_contents(node.content)
            if item.type == "declaration"
        }
        found.append((said.get("font-family", "").strip("\"'").lower(), said.get("src", "")))
    return tuple(found)
