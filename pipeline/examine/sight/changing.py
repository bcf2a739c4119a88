"""What may change a mail after it was examined, or add words to it (VIS009, VIS012, VIS022)."""

import re
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from pipeline.examine.reading.page import Element
from pipeline.examine.sight.look import Cause
from pipeline.examine.sight.visible import Sight
from pipeline.examine.style.media import World
from pipeline.examine.style.selectors import GENERATED
from pipeline.examine.style.values import GLOBAL

_EMPTY = frozenset(('""', "''", "none", "normal", *GLOBAL))


def columns(sight: Sight) -> Iterator[Cause]:
    """Yield table columns whose cells some clients take away."""
    for element in sight.page.elements:
        if element.tag in ("col", "colgroup") and "visibility" in sight.cascade.style(element, World()):
            what = f"visibility on {element.path}"
            yield Cause("VIS009", what, "remove it: it takes a whole column away", element=element)


def generated(sight: Sight, elements: Sequence[Element]) -> Iterator[Cause]:
    """Yield the rules that write text before, in or after *elements*."""
    for rule in sight.cascade.rules:
        if rule.selector.pseudo not in GENERATED:
            continue
        said = [d for d in rule.declarations if d.name == "content" and d.value not in _EMPTY]
        if said and any(sight.cascade.may_match(rule, element) for element in elements):
            what = f"content: {said[0].value} by rule {rule.selector.written!r}"
            yield Cause("VIS012", what, "remove the rule: a style sheet adds no words to an approved wording")


# What they serve declares fonts and nothing else. Source: their documentation, read 2026-11-26.
_FONT_HOSTS = ("fonts.googleapis.com", "fonts.bunny.net", "use.typekit.net")
_IMPORT = re.compile(r"@import\s*(?:url\(\s*)?[\"']?(?:https?:)?(?://([\w.-]+))?", re.IGNORECASE)


def changing(elements: Sequence[Element], sheets: Sequence[str]) -> Iterator[Cause]:
    """Yield what may change the document after it was examined: scripts, refreshing, linked sheets."""
    hint = "remove it: what it does to the words cannot be known"
    for element in elements:
        attrs = element.attrs
        refresh = element.tag == "meta" and attrs.get("http-equiv", "").strip().lower() == "refresh"
        if element.tag == "script" or refresh or _links_sheet(element):
            yield Cause("VIS022", f"<{element.tag}> at {element.path}", hint, element=element)
        if element.tag == "template" and "shadowrootmode" in attrs:
            what = f"a shadow root at {element.path} takes the place of what stands beside it"
            yield Cause("VIS012", what, "remove the template", element=element)
        for name in attrs:
            if name.startswith("on"):
                yield Cause("VIS022", f"attribute {name} at {element.path}", hint, element=element)
    for sheet in sheets:
        if any(match[1] not in _FONT_HOSTS for match in _IMPORT.finditer(sheet)):
            yield Cause("VIS022", "@import in a style sheet", hint)


def _links_sheet(element: Element) -> bool:
    """Say whether *element* brings in a sheet that may style anything."""
    if element.tag != "link" or "stylesheet" not in element.attrs.get("rel", "").lower().split():
        return False
    return urlsplit(element.attrs.get("href", "").strip()).hostname not in _FONT_HOSTS
