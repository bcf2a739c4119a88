"""
Placement: where the wordings stand in the mail (PLC001, PLC002).

They are part of the letter, not of what is below it, and no reader has to scroll through blank space to
find them.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from pipeline.checks.subject import Subject
from pipeline.examine import Page, read_pages, unseen
from pipeline.examine.reading.page import Element
from pipeline.examine.sight.typeset import attribute_px
from pipeline.examine.sight.visible import sight
from pipeline.examine.style.cascade import Style
from pipeline.examine.style.lengths import length
from pipeline.examine.style.media import World
from pipeline.examine.words import BREAK, Words, find, in_order, phrase, plain_words, read_words
from pipeline.mergetags import Tag, token
from pipeline.model import Finding, Part, Severity, Wording

_PARTIAL = "templates/partials/disclaimer.html"
_SHORT = "gen-short"
_FIRST_WORDS = 120  # what a first screen holds (compliance catalogue, PLC002)
_BLANK_PX, _BLANK_LINES = 200.0, 5  # compliance catalogue, PLC001
_LINE_PX = 26.0  # px of an empty line, as our style sheet sets lines
_NEAR = 12  # words before a wording, its heading, that are looked at for space made by styles
_EMPTY_LINES = re.compile(rf"[\n{BREAK}][\s{BREAK}]*")
_BLOCKS = frozenset(
    ("p", "div", "li", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "center", "dt", "dd")
)
_WORLD = World()
_WAY_OUT = token(Tag("unsubscribe_url")).removesuffix("z")  # whatever default it has


def findings(subject: Subject) -> Iterator[Finding]:
    """Yield each wording that stands outside the letter, after a gap, or too far down."""
    pages = read_pages(subject.message.html)
    for wording in subject.selection.wordings:
        for page in pages:
            reason = _html_reason(wording, page, subject)
            if reason:
                yield _outside(wording, reason, _PARTIAL, "html")
                break
        reason = _text_reason(wording, subject)
        if reason:
            yield _outside(wording, reason, subject.issue.file, "text")
        if wording.id == _SHORT and (words := _words_before(wording, pages[0])) > _FIRST_WORDS:
            message = f"{wording.ref} comes after {words} words: readers act before they read it"
            hint = f"show it within the first {_FIRST_WORDS} words, under the title"
            yield Finding("PLC002", Severity.WARNING, message, hint, _PARTIAL, part="html")


def _outside(wording: Wording, reason: str, file: str, part: Part) -> Finding:
    message = f"{wording.ref} stands {reason}"
    hint = "move it up, to the end of the letter and above the footer"
    return Finding("PLC001", Severity.BLOCK, message, hint, file, part=part)


def _places(wording: Wording, words: Words) -> list[tuple[int, int]]:
    needle = phrase(wording.text).tokens
    return [(at, at + len(needle)) for at in find(needle, words.tokens)]


def _best(reasons: Iterable[str]) -> str:
    """Return "" when one copy of a wording is right, else what is wrong with the first."""
    told = list(reasons)
    return told[0] if told and all(told) else ""


def _html_reason(wording: Wording, page: Page, subject: Subject) -> str:
    foot = _foot(page, subject)
    return _best(
        f"below {foot.name}" if page.words.spans[end - 1][1] > foot.at else _gap_before(page, start)
        for start, end in _places(wording, page.words)
    )


def _text_reason(wording: Wording, subject: Subject) -> str:
    words = plain_words(subject.message.text)
    outs = [match.start() for match in re.finditer(_WAY_OUT, words.raw)]
    foot = _lowest(_address_at(words, subject), outs, len(words.raw))
    return _best(
        f"below {foot.name} in the text part"
        if words.spans[end - 1][1] > foot.at
        else _empty_lines_before(words.raw[: words.spans[start][0]])
        for start, end in _places(wording, words)
    )


class _Foot(NamedTuple):
    """What begins the part of a mail that readers skip."""

    at: int  # in the text
    name: str


def _lowest(addresses: Sequence[int], outs: Sequence[int], end: int) -> _Foot:
    """Return where the footer begins: the last address or the last way out, whichever comes first."""
    marks = [_Foot(addresses[-1], "the postal address")] if addresses else []
    marks += [_Foot(outs[-1], "the unsubscribe link")] if outs else []
    return min(marks, default=_Foot(end, ""))


def _foot(page: Page, subject: Subject) -> _Foot:
    outs = [
        opens
        for element, opens in zip(page.elements, page.opens, strict=True)
        if element.tag == "a" and _WAY_OUT in element.attrs.get("href", "")
    ]
    return _lowest(_address_at(page.words, subject), outs, len(page.words.raw))


def _address_at(words: Words, subject: Subject) -> list[int]:
    address = read_words(subject.settings.postal_address).tokens
    spelt = tuple(token for token in address if token[0].isalnum())
    return [words.spans[start][0] for start, _end in in_order(spelt, words)] if spelt else []


def _empty_lines_before(text: str) -> str:
    """Tell of five or more empty lines in a text; two line ends in a row have become one break."""
    for gap in _EMPTY_LINES.finditer(text):
        lines = 2 * gap[0].count(BREAK) + gap[0].count("\n") - 1
        if lines >= _BLANK_LINES:
            return f"after {lines} empty lines in the text part"
    return ""


def _gap_before(page: Page, start: int) -> str:
    """Tell of blank space before the token at *start*: lines anywhere, space made by styles right above."""
    spans = page.words.spans
    at = 0
    for word in range(start + 1):
        first = at
        at = bisect_right(page.opens, spans[word][0], lo=first)
        opened, near = page.elements[first:at], word >= start - _NEAR
        if word == 0 or not opened or (len(opened) <= _BLANK_LINES and not near):
            continue
        inside = {id(step) for holder in page.holders(word, word + 1) for step in holder.chain()}
        lines = _lines(opened, inside)
        if lines > _BLANK_LINES:
            return f"after {lines} empty lines"
        if near:
            above = page.holders(word - 1, word)[-1].chain()
            px = lines * _LINE_PX + _space(page, opened, inside, above)
            if px > _BLANK_PX:
                return f"after {px:.0f}px of blank space"
    return ""


def _lines(opened: Sequence[Element], inside: set[int]) -> int:
    """Count the line ends and empty blocks among elements that opened between two words."""
    return sum(
        element.tag == "br" or (element.tag in _BLOCKS and id(element) not in inside and not _nests(element))
        for element in opened
    )


def _nests(element: Element) -> bool:
    """Say whether what is in an empty block is counted itself."""
    return any(child.tag in _BLOCKS or child.tag in ("br", "table", "img") for child in element.children)


def _space(page: Page, opened: Sequence[Element], inside: set[int], above: Sequence[Element]) -> float:
    """Add up what paddings, margins and heights between two words make, in px; estimates on the low side."""
    cascade = sight(page).cascade
    empty = {id(element) for element in opened if id(element) not in inside}
    space = 0.0
    for element in opened:
        style = cascade.style(element, _WORLD)
        if id(element) in inside:
            space += _px(style, "padding-top") + _px(style, "margin-top")
        elif id(element.parent) not in empty:
            space += _height(page, element)
    for element in above:
        if id(element) not in inside:
            style = cascade.style(element, _WORLD)
            space += _px(style, "padding-bottom") + _px(style, "margin-bottom")
    return space


def _height(page: Page, element: Element) -> float:
    """Return how much room an element without words takes, as far as it is declared."""
    style = sight(page).cascade.style(element, _WORLD)
    hidden = "display" in style and style["display"].value == "none"
    if hidden or (element.tag == "img" and element.attrs.get("alt")):
        return 0.0
    inner = [_height(page, child) for child in element.children]
    whole = (max if element.tag == "tr" else sum)(inner or [0.0])
    own = max(_px(style, "height"), _px(style, "min-height"), attribute_px(element.attrs, "height"))
    around = sum(_px(style, f"{kind}-{side}") for kind in ("padding", "margin") for side in ("top", "bottom"))
    return max(own, whole) + around


def _px(style: Style, name: str) -> float:
    winner = style.get(name)
    size = length(winner.value, font=16, root=16, width=_WORLD.width) if winner else None
    return max(0.0, size or 0.0)


def _words_before(wording: Wording, page: Page) -> int:
    """Count the visible words before the first copy of a wording; the hidden preheader is none."""
    places = _places(wording, page.words)
    if not places:
        return 0
    before = [at for at in range(places[0][0]) if page.words.tokens[at][0].isalnum()]
    if len(before) <= _FIRST_WORDS:
        return len(before)
    hidden: dict[int, bool] = {}
    count = 0
    for at in before:
        holder = page.holders(at, at + 1)[0]
        if id(holder) not in hidden:
            hidden[id(holder)] = bool(unseen(page, [holder]))
        count += not hidden[id(holder)]
    return count
