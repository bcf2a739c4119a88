"""python-markdown with GitHub's block parser, our inline patterns and our components, issue after issue."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Self

from markdown import Markdown
from markdown.treeprocessors import UnescapeTreeprocessor
from markdown.util import INLINE_PLACEHOLDER_RE, Registry

from pipeline.gfm.blocks import GitHubParser
from pipeline.gfm.components import Finish, Quotes
from pipeline.gfm.emphasis import EmphasisProcessor
from pipeline.gfm.inlines import (
    AtomProcessor,
    BareAddressProcessor,
    LeafInlines,
    LineBreakProcessor,
    address,
    unescaped,
)
from pipeline.gfm.layout import Layout
from pipeline.gfm.links import ImageProcessor, LinkProcessor, normalised
from pipeline.gfm.log import Log, Span, nearest
from pipeline.gfm.notes import Footnotes
from pipeline.gfm.raw import Piece, RawHtml
from pipeline.gfm.source import Kept
from pipeline.gfm.syntax import Definition
from pipeline.gfm.targets import Targets
from pipeline.model import Image, Severity

if TYPE_CHECKING:
    from pipeline.gfm.containers import Siblings

# What must occur in a text for a pattern to match, in the order in which they are tried.
_MARKS = {
    "atoms": ("`", "\\", "<", "&"),
    "footnote": ("[^",),
    "link": ("[",),
    "image": ("![",),
    "address": ("://", "www.", "@"),
    "emphasis": ("*", "_", "~"),
    "linebreak": ("  \n", "\\\n"),
}


class Dialect(Markdown):
    """One parser; `letter` may be called any number of times."""

    def __init__(self) -> None:
        """Assemble it; costs about a millisecond."""
        self._begin(Log("", [], 1), {}, lambda _image: "", "")
        self.footnotes = Footnotes()
        super().__init__(extensions=[self.footnotes], output_format="html")
        self._inlines.guard(_MARKS)

    def build_parser(self) -> Self:
        """Put GitHub's rules in place of python-markdown's; its preprocessors fall away with them."""
        super().build_parser()
        self.parser = GitHubParser(self)
        self.preprocessors = Registry()
        self._emphasis = EmphasisProcessor(self)
        self.inlinePatterns = Registry()
        self.inlinePatterns.register(AtomProcessor(self), "atoms", 180)
        self.inlinePatterns.register(LinkProcessor(self), "link", 160)
        self.inlinePatterns.register(ImageProcessor(self), "image", 150)
        self.inlinePatterns.register(BareAddressProcessor(self), "address", 120)
        self.inlinePatterns.register(self._emphasis, "emphasis", 60)
        self.inlinePatterns.register(LineBreakProcessor(self), "linebreak", 30)
        self._inlines = LeafInlines(self)
        self.treeprocessors = Registry()
        self.treeprocessors.register(Quotes(self), "quotes", 60)
        self.treeprocessors.register(self._inlines, "inline", 20)
        self.treeprocessors.register(Finish(self), "finish", 10)
        self.treeprocessors.register(UnescapeTreeprocessor(self), "unescape", 0)
        self.treeprocessors.register(Layout(self), "layout", -10)
        return self

    def letter(
        self,
        body: str,
        *,
        log: Log,
        images: Mapping[str, Image],
        image_url: Callable[[Image], str],
        title: str,
        mark_lines: bool = False,
    ) -> str:
        r"""
        Return the HTML of *body*, not yet cleaned.

        Args:
            body: Markdown with "\n" line ends and without control characters.
            log: takes the findings.
            images: the issue's own, by the source as written.
            image_url: where they are published.
            title: of the issue; a first heading that repeats it is left out.
            mark_lines: give every block the line of the file on which it begins, as `data-line`.
        """
        self.reset()
        self._begin(log, images, image_url, title, mark_lines=mark_lines)
        return self.convert(body)

    def _begin(
        self,
        log: Log,
        images: Mapping[str, Image],
        image_url: Callable[[Image], str],
        title: str,
        *,
        mark_lines: bool = False,
    ) -> None:
        self.log = log
        self.title = title
        self.mark_lines = mark_lines
        self.targets = Targets(log, images, image_url)
        self.raw = RawHtml(log, self.targets, mark_lines=mark_lines)
        self.spans: dict[ET.Element, Span] = {}  # of every block
        self.leaves: dict[ET.Element, Span] = {}  # blocks with text to parse, in order
        self.lists: list[Siblings] = []
        self.tight: set[ET.Element] = set()  # paragraphs that are shown without a paragraph's space
        self.span = Span(0, 0)  # of the leaf whose text is being parsed
        self._tags: list[tuple[int, Piece]] = []  # raw tags met in it, and where they are stashed
        self._sources: dict[ET.Element, str] = {}
        self._known: dict[str, str] = {}  # labels as written, by their normal form

    # What the block parser tells.

    def add_leaf(self, element: ET.Element, span: Span) -> None:
        """Remember a block whose text is to be parsed."""
        self.spans[element] = self.leaves[element] = span

    def define(self, definition: Definition, span: Span) -> None:
        """Remember a link definition; the first of two with one label counts, as on GitHub."""
        label = normalised(definition.label)
        if label in self.references:
            hint = "take one of the two out, or rename it; the first one is used"
            shown = f"[{definition.label}]:"
            message = f"link defined twice: {definition.label!r}"
            self.log.add("MD008", message, hint, span, shown, severity=Severity.WARNING)
            return
        title = unescaped(definition.title) if definition.title else ""
        self.references[label] = address(definition.target), title
        self._known[label] = definition.label

    # What the inline patterns ask for and tell.

    def begin_leaf(self, span: Span) -> None:
        """Go on with the leaf at *span*."""
        self.span = span
        self._tags = []
        self._sources = {}
        self._emphasis.begin_leaf()

    def end_leaf(self) -> None:
        """Clean the raw tags of the leaf, all together."""
        if self._tags:
            self.raw.clean([piece for _, piece in self._tags])
            for index, piece in self._tags:
                self.htmlStash.rawHtmlBlocks[index] = piece.clean

    def stash_tags(self, tags: str) -> str:
        """Put raw tags aside that follow one another; return what stands in their place."""
        self._tags.append((self.htmlStash.html_counter, Piece(tags, self.span)))
        return self.htmlStash.store(tags)

    def keep(self, element: ET.Element, source: str) -> ET.Element:
        """Remember the source of *element*, and return it."""
        self._sources[element] = source
        return element

    def restored(self, text: str) -> str:
        """Return *text* with the source of everything that is parsed already."""
        return self._filled(text, self._source)

    def text_of(self, text: str) -> str:
        """Return *text* with the text of everything that is parsed already."""
        return self._filled(text, _text)

    def until_element(self, text: str) -> str:
        """Return *text* up to the first thing in it that is more than an escaped character."""
        for match in INLINE_PLACEHOLDER_RE.finditer(text):
            node = self._inlines.stashed_nodes.get(match[1])
            if not isinstance(node, Kept) or node.source.startswith("<"):
                return text[: match.start()]
        return text

    def undefined(self, label: str, shown: str) -> None:
        """Note a link to a label that nothing defines."""
        hint = f"define it on a line of its own: [{label}]: https://…"
        if self.log.has_room("MD001"):
            hint = nearest(normalised(label), self._known, hint)
        self.log.add("MD001", f"link to an undefined label: {label!r}", hint, self.span, shown)

    def _filled(self, text: str, content: Callable[[ET.Element | str], str]) -> str:
        if "\x02" not in text:
            return text

        def fill(match: re.Match[str]) -> str:
            node = self._inlines.stashed_nodes.get(match[1])
            return match[0] if node is None else content(node)

        return INLINE_PLACEHOLDER_RE.sub(fill, text)

    def _source(self, node: ET.Element | str) -> str:
        if isinstance(node, str):
            return node.source if isinstance(node, Kept) else node
        return self._sources.get(node) or f"[{self.restored(''.join(node.itertext()))}]"


def _text(node: ET.Element | str) -> str:
    if isinstance(node, str):
        return node
    return node.get("alt") or "".join(node.itertext())
