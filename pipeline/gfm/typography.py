"""Quotes, dashes and ellipses as English sets them, across the borders of bold, links and code."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator

from markdown.util import AtomicString

_SEAM = "\x01"  # between the texts of neighbouring nodes
_CODE = "\x04"  # stands for something that is no text of ours, like a letter
_WORTH = re.compile(r"[\"']|--|\.\.\.")
_VERBATIM = frozenset({"code", "pre", "img", "br"})
_UNSEEN = r"(?:\x01|\x02[^\x03]*\x03)"
_QUOTE = re.compile(r"[\"']")
_SKIPPED = re.compile(rf"{_UNSEEN}+\Z")
_SKIPPED_AHEAD = re.compile(rf"{_UNSEEN}*")
_OPENING = re.compile(r"[\s(\[{<=\-–—/“‘¿¡]")
_ELIDED = re.compile(r"(?:\d\ds?\b|tis\b|twas\b|em\b|til\b|cause\b|n['’])", re.IGNORECASE)
_DASHES = {"--": "–", "---": "—"}


def set_type(leaf: ET.Element) -> None:
    """Set the text of *leaf* and of all that it holds, code and addresses excepted."""
    nodes = list(_nodes(leaf))
    joined = _SEAM.join(text for _, _, text, _ in nodes)
    if not _WORTH.search(joined):
        return
    for (element, slot, _, plain), text in zip(nodes, set_text(joined).split(_SEAM), strict=True):
        if plain:
            setattr(element, slot, text)


def set_text(text: str) -> str:
    """Return *text* with typographic quotes, dashes and ellipses."""
    if "--" in text:
        text = re.sub(r"(?<!-)-{2,3}(?!-)", lambda match: _DASHES[match[0]], text)
    if "..." in text:
        text = re.sub(r"(?<!\.)\.{3}(?!\.)", "…", text)
    if '"' not in text and "'" not in text:
        return text
    pieces: list[str] = []
    at = 0
    before = ""
    for match in _QUOTE.finditer(text):
        piece = text[at : match.start()]
        before = _last_seen(piece) or before
        quote = _quote(match[0], before, text, match.end())
        pieces += [piece, quote]
        before, at = quote, match.end()
    return "".join(pieces) + text[at:]


def _quote(mark: str, before: str, text: str, after: int) -> str:
    """Return the typographic form of *mark*, which follows *before* and stands before column *after*."""
    ahead = _SKIPPED_AHEAD.match(text, after).end()  # type: ignore[union-attr]  # matches at least nothing
    follows = text[ahead : ahead + 1]
    opens = not before or bool(_OPENING.match(before))
    if opens and (not follows or follows.isspace()):
        return mark
    if mark == '"':
        return "“" if opens else "”"
    if opens and not _ELIDED.match(text, ahead):
        return "‘"
    return "’"


def _last_seen(piece: str) -> str:
    """Return the last character of *piece* that a reader sees, or ""."""
    while piece and (skipped := _SKIPPED.search(piece, max(0, len(piece) - 64))):
        piece = piece[: skipped.start()]
    return piece[-1:]


def _nodes(element: ET.Element) -> Iterator[tuple[ET.Element, str, str, bool]]:
    """Yield the texts inside *element* in order: whose, text or tail, the text, whether it is ours to set."""
    if element.text:
        atomic = isinstance(element.text, AtomicString)
        yield element, "text", _CODE if atomic else element.text, not atomic
    for child in element:
        if child.tag in _VERBATIM:
            yield child, "text", "\n" if child.tag == "br" else _CODE, False
        else:
            yield from _nodes(child)
        if child.tail:
            yield child, "tail", child.tail, True
