"""
Why a wording is not among the words that a page renders: what stands there instead, or where it went.

Read from the surest sign to the weakest; only the first is told.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import chain

from pipeline.examine.reading.branches import condition_around
from pipeline.examine.reading.page import Element, Page
from pipeline.examine.words import Words, find, phrase

_NAMES = re.compile(
    r"\b(?:disclaimers?|medical (?:notice|notes?|information)|health (?:notice|warning)"
    r"|important (?:notice|information)"
    r"|legal (?:notice|information)|small print|fine print|terms|haftungsausschluss|avertissement|aviso)\b",
    re.IGNORECASE,
)
_IN_FILE = re.compile(r"disclaim|notice|legal|warning|medical", re.IGNORECASE)
_SPOKEN = ("alt", "title", "aria-label", "content", "summary", "placeholder", "value")
_LEAST = 5  # words of a piece that is meant to be part of the wording
_MOST_PIECES = 4

Absence = tuple[str, str, str, Element | None]  # rule, what, hint, element


def absence(needle: Words, page: Page) -> Absence:
    """
    Tell where a wording is that no client renders whole: rule, what, how to mend it, the element.

    Args:
        needle: the wording.
        page: in which its words do not stand one after the other.
    """
    missing = ("DISC001", "is missing from the HTML part", "show the registered wording in the body", None)
    signs = chain(
        _pieces(needle, page),
        _not_rendered(needle, page),
        _in_attribute(needle, page),
        _as_image(page),
        _as_link(page),
        _in_branches(page),
    )
    return next(signs, missing)


def _pieces(needle: Words, page: Page) -> Iterator[Absence]:
    """DISC013: all its words are there, and in order, with something else between them."""
    pieces = in_pieces(needle.tokens, page.words.tokens)
    if pieces:
        (_start, end), (begin, _end) = pieces[0], pieces[1]
        between = page.words.said(end, begin)
        what = (
            f"stands in {len(pieces)} pieces, parted by {between[:60]!r}" if between else "stands in pieces"
        )
        yield "DISC013", what, "keep the words together, with nothing between them", None


def in_pieces(needle: Sequence[str], tokens: Sequence[str]) -> list[tuple[int, int]]:
    """Return the few stretches of *tokens* that make up *needle* in order, or none."""
    found: list[tuple[int, int]] = []
    at = start = 0
    while at < len(needle):
        least = min(_LEAST, len(needle) - at)
        place = next(iter(find(needle[at : at + least], tokens[start:])), None)
        if place is None or len(found) == _MOST_PIECES:
            return []
        begin = end = start + place
        while at < len(needle) and end < len(tokens) and tokens[end] == needle[at]:
            at, end = at + 1, end + 1
        found.append((begin, end))
        start = end
    return found if len(found) > 1 else []


def _not_rendered(needle: Words, page: Page) -> Iterator[Absence]:
    """VIS010 and VIS012: it stands where nothing is rendered."""
    for container in dict.fromkeys(name for name, _text in page.unrendered):
        hidden = " ".join(text for name, text in page.unrendered if name == container)
        if find(needle.tokens, phrase_of_markup(hidden).tokens):
            comment = container == "a comment"
            what = f"stands in {container if comment else f'<{container}>'}, which no client renders"
            yield "VIS010" if comment else "VIS012", what, "put the wording into normal body text", None


def phrase_of_markup(markup: str) -> Words:
    """Return the words of markup that no client renders; good enough to say where a wording went."""
    kept, depth = [], 0
    for char in markup:
        depth += (char == "<") - (char == ">" and depth > 0)
        kept.append(" " if depth or char == ">" else char)
    return phrase("".join(kept))


def _in_attribute(needle: Words, page: Page) -> Iterator[Absence]:
    """DISC011 and DISC012: it is spoken or shown on pointing only."""
    for element in page.elements:
        for name, value in element.attrs.items():
            if len(value) >= len(needle.raw) // 2 and find(needle.tokens, phrase(value).tokens):
                image = element.tag in ("img", "area", "input") and name == "alt"
                what = f"stands only in the {name} attribute at {element.path}"
                yield (
                    "DISC012" if image else "DISC011",
                    what,
                    "put the wording into the body as live text",
                    element,
                )


def _as_image(page: Page) -> Iterator[Absence]:
    """DISC012: a picture stands for it."""
    for element in page.elements:
        if element.tag == "img":
            spoken = " ".join(element.attrs.get(name, "") for name in _SPOKEN)
            file = element.attrs.get("src", "").rpartition("/")[2].partition("?")[0]
            if _NAMES.search(spoken) or _IN_FILE.search(file):
                what = f"is not there as text; an image seems to stand for it at {element.path}"
                yield (
                    "DISC012",
                    what,
                    "write the wording as live text: images are off for many readers",
                    element,
                )


def _as_link(page: Page) -> Iterator[Absence]:
    """DISC011: a link stands for it."""
    starts = (*page.starts, len(page.words.raw))
    for number, run in enumerate(page.runs):
        link = next((step for step in run.chain() if step.tag == "a" and "href" in step.attrs), None)
        if link is not None and _NAMES.search(page.words.raw[starts[number] : starts[number + 1]]):
            what = f"is not there; a link stands for it at {link.path}"
            yield "DISC011", what, "put the wording itself into the body; the link may stay beside it", link


def _in_branches(page: Page) -> Iterator[Absence]:
    """DISC009: a provider's comment may have taken it away."""
    for at, tag in page.branches:
        if not tag.opens and not tag.closes and condition_around(page.branches, at, at + 1) == "":
            yield (
                "DISC009",
                "is missing; the provider's template comments take text away",
                "take it out of them",
                None,
            )
            return
