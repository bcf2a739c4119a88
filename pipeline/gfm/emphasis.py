"""
Emphasis and struck text, paired as GitHub pairs them.

python-markdown's own pairing loses its place when a mark inside a word follows an unclosed one, and takes
runs of unlike length for pairs where GitHub does not. This one works on a whole text at once.

Source: CommonMark Spec 0.31.2, 6.2 and "Phase 2: inline structure"; GitHub Flavored Markdown Spec 0.29,
"Strikethrough"; both read 2026-11-22.
"""

import re
import unicodedata
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from markdown.inlinepatterns import InlineProcessor
from markdown.util import ETX, INLINE_PLACEHOLDER_PREFIX, STX

if TYPE_CHECKING:
    from pipeline.gfm.dialect import Dialect

DEEPEST = 60  # levels inside one another; each costs the machinery a few frames of its stack

_RUN = re.compile(r"\*+|_+|~+")
_LONGEST_STRUCK = 2  # tildes


@dataclass(slots=True)
class _Run:
    """A run of marks; what has found its partner no longer counts."""

    mark: str
    size: int
    begin: int  # of what is left
    left: int
    opens: bool
    closes: bool

    def fits(self, opener: "_Run") -> bool:
        """Say whether this run can close *opener*."""
        if opener.mark != self.mark:
            return False
        if self.mark == "~":
            return opener.left == self.left <= _LONGEST_STRUCK
        either = self.opens or opener.closes
        return not (either and (self.size + opener.size) % 3 == 0 and self.size % 3)


class Pair(NamedTuple):
    """Two marks that belong together: where the element begins, its text begins, its text ends, it ends."""

    begin: int
    text: int
    text_end: int
    end: int
    tag: str


def pairs(text: str) -> list[Pair]:
    """Return the emphasis in *text*, in the order in which it begins; an outer one before an inner one."""
    openers: list[_Run] = []
    nothing_before: dict[tuple[str, bool, int], int] = {}  # kind of closer -> where looking is no use
    found: list[Pair] = []
    for match in _RUN.finditer(text):
        run = _run(text, match)
        kind = run.mark, run.opens, run.size % 3
        while run.closes and run.left:
            partner = _partner(run, openers, nothing_before.get(kind, 0))
            if partner is None:
                nothing_before[kind] = run.begin
                break
            found.append(_pair(openers[partner], run))
            del openers[partner + bool(openers[partner].left) :]
        if run.opens and run.left:
            openers.append(run)
    return sorted(found, key=lambda pair: (pair.begin, -pair.end))


def _partner(run: _Run, openers: list[_Run], not_before: int) -> int | None:
    for index in range(len(openers) - 1, -1, -1):
        if openers[index].begin < not_before:
            return None
        if run.fits(openers[index]):
            return index
    return None


def _pair(opener: _Run, closer: _Run) -> Pair:
    """Take the inner marks of *opener* and the first of *closer* for a pair."""
    width = min(opener.left, closer.left, 2)
    opener.left -= width
    closer.left -= width
    begin, end = opener.begin + opener.left, closer.begin
    closer.begin += width
    tag = "del" if closer.mark == "~" else "strong" if width == 2 else "em"  # noqa: PLR2004 -- two marks
    return Pair(begin, begin + width, end, end + width, tag)


def _run(text: str, match: re.Match[str]) -> _Run:
    before, after = _kind(text[match.start() - 1 : match.start()]), _kind(text[match.end() : match.end() + 1])
    left = after == "other" or (after == "point" and before != "other")
    right = before == "other" or (before == "point" and after != "other")
    mark = match[0][0]
    if mark == "_":
        left, right = left and (not right or before == "point"), right and (not left or after == "point")
    return _Run(mark, len(match[0]), match.start(), len(match[0]), left, right)


def _kind(char: str) -> str:
    """Return what a run's neighbour is; a placeholder was something that begins and ends with a mark."""
    if not char or char.isspace():
        return "blank"
    return "point" if char in {STX, ETX} or unicodedata.category(char)[0] in "PS" else "other"


def _depth(found: list[Pair]) -> int:
    ends: list[int] = []
    deepest = 0
    for pair in found:
        while ends and ends[-1] <= pair.begin:
            ends.pop()
        ends.append(pair.end)
        deepest = max(deepest, len(ends))
    return deepest


@dataclass(slots=True)
class _Text:
    """A text that is being handed out, as it was and as the machinery has left it."""

    source: str
    outermost: dict[int, list[Pair]]  # the pairs of each outermost element, by where it begins
    done: str  # what the text now begins with; behind it nothing has changed

    def goes_on(self, data: str, at: int) -> bool:
        """Say whether *data* is this text, of which the machinery is now at *at*."""
        return data.startswith(self.done) and self.source.endswith(data[at:])


class EmphasisProcessor(InlineProcessor):
    """Hands the emphasis of a text to the inline machinery, one outermost element after another."""

    md: "Dialect"

    def __init__(self, md: "Dialect") -> None:
        """Work for *md*."""
        super().__init__(r"[*_~]", md)
        self._texts: list[_Text] = []

    def begin_leaf(self) -> None:
        """Forget the texts of the leaf before."""
        self._texts = []

    def handleMatch(  # type: ignore[override]  # noqa: N802 -- python-markdown's name
        self, m: re.Match[str], data: str
    ) -> tuple[ET.Element | None, int | None, int | None]:
        """Return the outermost element that begins at the match, if one does."""
        text = self._text(data, m.start())
        shift = len(data) - len(text.source)
        inside = text.outermost.get(m.start() - shift)
        if not inside:
            return None, None, None
        text.done = data[: m.start()] + INLINE_PLACEHOLDER_PREFIX
        return _element(text.source, inside), m.start(), inside[0].end + shift

    def _text(self, data: str, at: int) -> _Text:
        """Return the text that *data* belongs to; the machinery replaces what it has parsed, and goes on."""
        known = next((text for text in reversed(self._texts) if text.goes_on(data, at)), None)
        if known is None:
            known = _Text(data, self._outermost(data), data)
            self._texts.append(known)
        return known

    def _outermost(self, text: str) -> dict[int, list[Pair]]:
        found = pairs(text)
        if _depth(found) > DEEPEST:
            message = f"emphasis is nested more than {DEEPEST} deep"
            hint = "take some of the asterisks, underscores or tildes away"
            self.md.log.add("MD011", message, hint, self.md.span)
            return {}
        groups: dict[int, list[Pair]] = {}
        end = begin = -1
        for pair in found:
            if pair.begin >= end:
                begin, end = pair.begin, pair.end
            groups.setdefault(begin, []).append(pair)
        return groups


def _element(text: str, inside: list[Pair]) -> ET.Element:
    """Return the element of the first of *inside*, which holds all others."""
    root = ET.Element(inside[0].tag)
    open_elements = [(inside[0], root)]
    at = inside[0].text
    for pair in inside[1:]:
        while open_elements[-1][0].end <= pair.begin:
            at = _close(open_elements, text, at)
        _append(open_elements[-1][1], text[at : pair.begin])
        open_elements.append((pair, ET.SubElement(open_elements[-1][1], pair.tag)))
        at = pair.text
    while open_elements:
        at = _close(open_elements, text, at)
    return root


def _close(open_elements: list[tuple[Pair, ET.Element]], text: str, at: int) -> int:
    pair, element = open_elements.pop()
    _append(element, text[at : pair.text_end])
    return pair.end


def _append(element: ET.Element, text: str) -> None:
    """Append *text* behind what *element* holds."""
    if len(element):
        element[-1].tail = (element[-1].tail or "") + text
    else:
        element.text = (element.text or "") + text
