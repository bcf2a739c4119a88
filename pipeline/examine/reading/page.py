"""
A page: the text that a document renders, in reading order, and the element each word stands in.

The document is read by a real HTML5 parser. Text in containers that render nothing (head, script,
template, comments, …) is kept apart, for diagnosis only. Whether rendered text can be *seen* is
decided elsewhere (`visible`).
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

from pipeline.examine.reading.branches import MARK, Tag, tags_in, without_tags
from pipeline.examine.reading.conditionals import WORD, as_word_reads, word_versions
from pipeline.examine.words import BREAK, Words, read_words

_SILENT = (
    "applet area audio base canvas datalist embed frameset head iframe input link map math meta meter noembed"
    " noframes noscript object optgroup option param progress rp script select source style svg template"
    " textarea title track video"
)
_FLOWING = (
    "a abbr acronym b bdi bdo big cite code data del dfn em font i img ins kbd label mark nobr o:p output q"
    " rb rt ruby s samp small span strike strong sub sup time tt u var wbr"
)
_GMAIL_SHEET = 8192  # characters
_SCHEMES = ("color-scheme", "supported-color-schemes")
NOT_RENDERED = frozenset(_SILENT.split())
INLINE = frozenset(_FLOWING.split())


@dataclass(eq=False)
class Element:
    """One element, with just what selectors and the cascade ask for."""

    tag: str  # lower case
    attrs: Mapping[str, str]  # lower-case names; an attribute without a value is ""
    parent: "Element | None" = None
    children: "list[Element]" = field(default_factory=list)
    index: int = 0  # among its parent's children, from 0
    number: int = 0  # among all elements of the document, from 0

    @cached_property
    def classes(self) -> list[str]:
        """The names in its class attribute."""
        return self.attrs.get("class", "").split()

    def chain(self) -> "list[Element]":
        """Return the elements from the root down to this one."""
        line: list[Element] = []
        element: Element | None = self
        while element is not None:
            line.append(element)
            element = element.parent
        return line[::-1]

    @property
    def name(self) -> str:
        """The element as a selector: tag, id and classes."""
        marks = "".join(f".{name}" for name in self.classes)
        ident = self.attrs.get("id", "")
        return f"{self.tag}{f'#{ident}' if ident else ''}{marks}"

    @property
    def path(self) -> str:
        """Where the element stands: the last four steps from the root."""
        line = self.chain()
        return ("… > " if len(line) > 4 else "") + " > ".join(step.name for step in line[-4:])  # noqa: PLR2004


class Sheet(NamedTuple):
    """One style sheet of the document."""

    css: str
    media: str = ""  # the element's media attribute
    element: int = -1  # number of the <style> element
    fragile: bool = False  # some client drops it and keeps the others


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """One document as one kind of client reads it."""

    profile: str  # "" for clients that read HTML as browsers do, else the profile's name
    words: Words  # all rendered text, in reading order
    starts: tuple[int, ...]  # where in the text each run begins
    runs: tuple[Element, ...]  # the element each run of text stands in
    elements: tuple[Element, ...]  # all of them, in document order
    opens: tuple[int, ...]  # where in the text each of them begins
    sheets: tuple[Sheet, ...]
    unrendered: tuple[tuple[str, str], ...]  # container, text: what no client renders
    branches: tuple[tuple[int, Tag], ...]  # where in the text a provider's condition opens, parts or closes
    dark: bool  # the document says that it supports dark colours
    quirks: bool  # no doctype: browsers compare names of classes and ids without case

    def holders(self, start: int, end: int) -> tuple[Element, ...]:
        """Return the elements whose own text makes up tokens *start* to *end*, in order."""
        found: dict[int, Element] = {}
        for low, high in self.words.spans[start:end]:
            first, last = bisect_right(self.starts, low) - 1, bisect_left(self.starts, high)
            for element in self.runs[first:last]:
                found[id(element)] = element
        return tuple(found.values())

    def inside(self, start: int, end: int) -> tuple[Element, ...]:
        """Return the elements that begin between the first and the last letter of tokens *start* to *end*."""
        low, high = self.words.spans[start][0], self.words.spans[end - 1][1]
        return self.elements[bisect_right(self.opens, low) : bisect_left(self.opens, high)]

    def extent(self, element: Element) -> tuple[int, int]:
        """Return where in the text *element* begins and ends."""
        after = element.number + 1
        while after < len(self.elements) and element in self.elements[after].chain():
            after += 1
        start = self.opens[element.number]
        return start, self.opens[after] if after < len(self.elements) else len(self.words.raw)

    def holders_in(self, element: Element) -> tuple[Element, ...]:
        """Return the elements inside *element*, itself included, that hold letters or digits of their own."""
        inside = {id(inner) for inner in _family(element)}
        ends = (*self.starts[1:], len(self.words.raw))
        found: dict[int, Element] = {}
        for start, end, run in zip(self.starts, ends, self.runs, strict=True):
            if id(run) in inside and any(char.isalnum() for char in self.words.raw[start:end]):
                found[id(run)] = run
        return tuple(found.values())


def _family(element: Element) -> Iterator[Element]:
    stack = [element]
    while stack:
        here = stack.pop()
        yield here
        stack.extend(here.children)


@lru_cache(maxsize=4)
def read_pages(html: str) -> tuple[Page, ...]:
    """Read *html* as browsers do and, where conditional comments make a difference, as Word does."""
    pages = [_read(html, "")]
    seen = {html}
    for version in word_versions(html):
        source = as_word_reads(html, version)
        if source not in seen:
            seen.add(source)
            pages.append(_read(source, "word-engine" if version == WORD else f"word-engine {version:g}"))
    return tuple(pages)


_DOCTYPE = re.compile(r"(?:\s|<!--.*?-->|\ufeff|<\?[^>]*>)*<!doctype\s+html", re.IGNORECASE | re.DOTALL)

# A node, its parent, and the container that renders nothing; None for a node closes the parent's block.
_Step = tuple[LexborNode | None, Element | None, str]


class _Reader:
    """Collects what a walk over the parsed tree meets."""

    def __init__(self) -> None:
        self.elements: list[Element] = []
        self.opens: list[int] = []
        self.text: list[str] = []
        self.length = 0
        self.starts: list[int] = []
        self.runs: list[Element] = []
        self.sheets: list[Sheet] = []
        self.unrendered: list[tuple[str, str]] = []
        self.branches: list[tuple[int, Tag]] = []
        self.dark = False

    def put(self, text: str, element: Element) -> None:
        self.starts.append(self.length)
        self.runs.append(element)
        self.text.append(text)
        self.length += len(text)

    def open(self, node: LexborNode, tag: str, parent: Element | None) -> Element:
        attrs = {name.lower(): value or "" for name, value in node.attributes.items()}
        element = Element(tag, attrs, parent, number=len(self.elements))
        if parent is not None:
            element.index = len(parent.children)
            parent.children.append(element)
        self.elements.append(element)
        self.opens.append(self.length)
        return element

    def enter(self, element: Element, node: LexborNode) -> None:
        tag, attrs = element.tag, element.attrs
        kind = attrs.get("type", "").strip().lower()
        if tag == "style" and (not kind or kind.startswith("text/css")):
            css = node.text(deep=True) or ""
            # Gmail keeps sheets of the head only, up to 8,192 characters (hteumeuleu, "Gmail", 2025-11)
            fragile = len(css) > _GMAIL_SHEET or element.parent is None or element.parent.tag != "head"
            fragile = fragile or kind not in ("", "text/css")
            self.sheets.append(Sheet(css, attrs.get("media", ""), element.number, fragile))
        elif tag == "meta" and attrs.get("name", "").strip().lower() in _SCHEMES:
            self.dark = self.dark or "dark" in attrs.get("content", "").lower()


def _read(html: str, profile: str) -> Page:
    reader = _Reader()
    source, branches = without_tags(_readable(html))
    stack: list[_Step] = [(_first(LexborHTMLParser(source).root), None, "")]
    while stack:
        step = stack.pop()
        node, parent, container = step
        if node is None:
            if parent is not None:
                reader.put(BREAK, parent)
            continue
        if node.next is not None:
            stack.append((node.next, parent, container))  # before its children: they are read first
        tag = (node.tag or "").lower()
        if tag == "-text":
            _text(reader, node.text_content or "", parent, container)
        elif tag == "-comment":
            _comment(reader, node.comment_content or "", branches)
        elif not tag.startswith(("-", "!")):
            _element(reader, step, stack)
    return Page(
        profile=profile,
        words=read_words("".join(reader.text)),
        starts=tuple(reader.starts),
        runs=tuple(reader.runs),
        elements=tuple(reader.elements),
        opens=tuple(reader.opens),
        sheets=tuple(reader.sheets),
        unrendered=tuple(reader.unrendered),
        branches=tuple(reader.branches),
        dark=reader.dark,
        quirks=_DOCTYPE.match(source) is None,
    )


def _first(node: LexborNode | None) -> LexborNode | None:
    """Return the first of a node and its siblings: comments may stand before the root."""
    while node is not None and node.prev is not None:
        node = node.prev
    return node


def _readable(html: str) -> str:
    """Return *html* without lone surrogates, which no parser takes and no client would show."""
    return html.encode("utf-8", "replace").decode("utf-8")


def _comment(reader: _Reader, content: str, branches: Sequence[Tag]) -> None:
    """Note the conditions that a comment holds or stands for."""
    number = content.removeprefix(MARK)
    if number != content and number.isdigit() and int(number) < len(branches):
        reader.branches.append((reader.length, branches[int(number)]))
    else:
        reader.unrendered.append(("a comment", content))
        reader.branches += [(reader.length, tag) for tag in tags_in(content)]


def _text(reader: _Reader, text: str, parent: Element | None, container: str) -> None:
    if container:
        reader.unrendered.append((container, text))
    elif parent is not None:
        reader.put(text.replace(BREAK, "\x1f"), parent)


def _element(reader: _Reader, step: _Step, stack: list[_Step]) -> None:
    node, parent, container = step
    if node is None:
        return
    tag = (node.tag or "").lower()
    element = reader.open(node, tag, parent)
    reader.enter(element, node)
    if not container and tag in NOT_RENDERED:
        container = tag
    if container == "template":
        reader.unrendered.append((container, node.html or ""))
    elif not container and tag not in INLINE:
        reader.put(BREAK, element)
        stack.append((None, element, ""))
    if node.child is not None:
        stack.append((node.child, element, container))
