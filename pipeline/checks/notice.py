"""
Notices: how a wording is set, and how a notice that the law prescribes is tied to what it is about.

PLC003  a statement on a supplement ends in the symbol before which the notice stands, in a box; or the
        notice follows it with nothing in between (21 CFR 101.93(d), as our compliance notes give it)
PLC004  no wording is set smaller than the small print, and the mandated one is bold and as large as the
        article (21 CFR 101.93(e))
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache

from pipeline.checks.subject import Subject
from pipeline.disclaimers.detector import topics_in
from pipeline.disclaimers.mandated import SYMBOLS
from pipeline.examine import Page, read_pages
from pipeline.examine.reading.page import Element
from pipeline.examine.sight.typeset import is_boxed, type_in, worlds
from pipeline.examine.style.media import World
from pipeline.examine.words import BREAK, Words, find, in_order, phrase, read_words
from pipeline.model import Finding, Part, Severity, Wording

_PARTIAL = "templates/partials/disclaimer.html"
_MARKED = re.compile(r"(?<=[^\s\x1e(\[])([*†‡§¶]+)(?=[\s\x1e\"”’)]|$)")  # a statement's end
_SEMIBOLD = 600
_NEAR = 40  # words between the start of a box and the notice in it: its heading
_PARAGRAPHS = 8  # that tell the size of an article: looking at all takes longer than the whole examination
_SLACK = 0.01  # px lost in dividing
_SUPPLEMENTS = "supplements"


def findings(subject: Subject) -> Iterator[Finding]:
    """Yield what is wrong with how the wordings are set and linked."""
    pages = read_pages(subject.message.html)
    for wording in subject.selection.wordings:
        linked = wording.id in SYMBOLS and wording.kind == "mandated"
        for page in pages:
            found = list(_set(wording, page, subject, linked=linked))
            if linked:
                found += _tied_in_html(wording, page, subject)
            yield from found
            if found:
                break
        if linked:
            # with its marks: they are what links the two
            text = read_words(subject.message.text.replace("\n\n", BREAK))
            yield from _tied(wording, text, subject, "text")


def _error(rule: str, message: str, hint: str, file: str, part: Part) -> Finding:
    return Finding(rule, Severity.ERROR, message, hint, file, part=part)


def _tied_in_html(wording: Wording, page: Page, subject: Subject) -> Iterator[Finding]:
    """PLC003 for the HTML: tied to its statements, and boxed unless it follows right on them."""
    found = list(_tied(wording, page.words, subject, "html"))
    yield from found
    place = _place(wording, page.words)
    if found or place is None:
        return
    holder, *_others = page.holders(*place)
    first = page.words.spans[max(0, place[0] - _NEAR)][0]
    around = {id(step) for step in holder.chain()}
    boxes = [
        element
        for element, opens in zip(page.elements, page.opens, strict=True)
        if opens >= first and id(element) in around
    ]
    boxed = all(any(is_boxed(page, box, world) for box in boxes) for world in worlds(page, [holder]))
    if not boxed and not _follows(wording, page.words, place[0], subject.issue.lang):
        message = f"{wording.ref} stands apart from its statements without a box around it"
        hint = "give the cell around it a border of 1px or more on all sides"
        yield _error("PLC003", message, hint, _PARTIAL, "html")


def _tied(wording: Wording, words: Words, subject: Subject, part: Part) -> Iterator[Finding]:
    """PLC003: the statements' symbol stands before the notice too, or the notice follows right on them."""
    place = _place(wording, words)
    if place is None:
        return  # the examination says that it is missing
    where = "HTML" if part == "html" else "text part"
    start = words.spans[place[0]][0]
    marks = {match[1]: match.start() for match in reversed(list(_MARKED.finditer(words.raw)))}
    if not marks:
        if _follows(wording, words, place[0], subject.issue.lang):
            return
        message = f"no statement is linked to {wording.ref} in the {where}"
        hint = (
            f"end each statement of benefit with \\{SYMBOLS[wording.id]} in the issue; "
            "where it makes none, waive PLC003 and say so"
        )
        yield _error("PLC003", message, hint, subject.issue.file, part)
    elif not any(_stands_before(mark, words.raw[:start]) for mark in marks):
        mark = next(iter(marks))
        message = f"{_said(words, marks[mark])!r} leads to no {mark!r} before {wording.ref} in the {where}"
        known = SYMBOLS[wording.id]
        hint = f"end statements with \\{known}, and print {known} right before the notice"
        yield _error("PLC003", message, hint, _PARTIAL if part == "html" else subject.issue.file, part)


def _place(wording: Wording, words: Words) -> tuple[int, int] | None:
    needle = phrase(wording.text).tokens
    places = find(needle, words.tokens)
    return (places[0], places[0] + len(needle)) if places else None


def _stands_before(mark: str, before: str) -> bool:
    """Say whether *mark* stands on its own right before a notice, or begins the line above it."""
    blocks = [block.strip() for block in re.split(rf"[{BREAK}\n]+", before) if block.strip()]
    last = before.rsplit(BREAK, 1)[-1].strip() or (blocks[-1] if blocks else "")
    return re.fullmatch(rf"{re.escape(mark)}(?:\s.*)?", last, re.DOTALL) is not None


def _said(words: Words, end: int) -> str:
    """Return the last words before a mark, with it."""
    return " ".join(words.raw[max(0, end - 40) : end + 1].replace(BREAK, " ").split()[-4:])


def _follows(wording: Wording, words: Words, at: int, lang: str) -> bool:
    """Say whether a statement on a supplement stands right above the notice, its heading aside."""
    before = read_words(words.raw[: words.spans[at][0]])
    heading, end = phrase(wording.heading).tokens, len(before.tokens)
    while end and not before.tokens[end - 1][0].isalnum():
        end -= 1
    if before.tokens[max(0, end - len(heading)) : end] == heading:
        end -= len(heading)
    above = before.raw[: before.spans[end - 1][1]] if end else ""
    return _SUPPLEMENTS in topics_in(above.rsplit(BREAK, 1)[-1], lang)


def _set(wording: Wording, page: Page, subject: Subject, *, linked: bool) -> Iterator[Finding]:
    """PLC004: size and weight, in every world in which they differ."""
    place = _place(wording, page.words)
    if place is None:
        return
    holders = page.holders(*place)
    small_print = _small_print(page, subject.settings.postal_address)
    for world in worlds(page, [*holders, *small_print]):
        sizes = [size for holder in holders if (size := type_in(page, holder, world).size) is not None]
        small = min((size for e in small_print if (size := type_in(page, e, world).size)), default=0.0)
        if sizes and min(sizes) < small - _SLACK:
            message = f"{wording.ref} is set in {min(sizes):g}px, smaller than the small print of {small:g}px"
            yield _error("PLC004", message, f"raise it to {small:g}px or more", _PARTIAL, "html")
            return
        if linked and (found := _weak(wording, page, holders, world)):
            yield found
            return


def _weak(wording: Wording, page: Page, holders: Sequence[Element], world: World) -> Finding | None:
    """Return what keeps a mandated notice from being as plain to see as the article."""
    types = [type_in(page, holder, world) for holder in holders]
    if any(kind.weight < _SEMIBOLD for kind in types):
        message = f"{wording.ref} is not bold in every place and every mail client"
        return _error("PLC004", message, "set all of it in font-weight: bold", _PARTIAL, "html")
    body = _body_size(page, world)
    least = min((kind.size for kind in types if kind.size is not None), default=body)
    if least < body - _SLACK:
        message = f"{wording.ref} is set in {least:g}px, smaller than the article's {body:g}px"
        return _error("PLC004", message, f"raise it to {body:g}px or more", _PARTIAL, "html")
    return None


def _small_print(page: Page, address: str) -> list[Element]:
    """Return the elements that hold the postal address, where it stands last."""
    wanted = tuple(token for token in read_words(address).tokens if token[0].isalnum())
    places = in_order(wanted, page.words) if wanted else []
    return list(page.holders(*places[-1])) if places else []


def _body_size(page: Page, world: World) -> float:
    """Return the size of the article's letters: that of most letters in the longest paragraphs."""
    letters: Counter[float] = Counter()
    for run, count in _longest(page):
        if size := type_in(page, run, world).size:
            letters[round(size, 2)] += count
    return max(letters, key=lambda size: letters[size], default=0.0)


@lru_cache(maxsize=4)
def _longest(page: Page) -> list[tuple[Element, int]]:
    """Return the elements that hold most characters themselves, and how many."""
    counts: Counter[Element] = Counter()
    ends = (*page.starts[1:], len(page.words.raw))
    for start, end, run in zip(page.starts, ends, page.runs, strict=True):
        counts[run] += len(page.words.raw[start:end].strip())
    return counts.most_common(_PARAGRAPHS)
