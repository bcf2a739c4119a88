"""
The blocks of a text, found line by line with a stack of content columns, as GitHub finds them.

python-markdown's own parser parts a text at empty lines and takes four blanks for one level, so that lists
nested by two or three, and whatever follows a paragraph without an empty line, come out differently in one
newsletter of four. This one takes its place: it is one pass, it knows the source line of every block, and it
stops nesting before a hostile text can exhaust anything.

Source: CommonMark Spec 0.31.2, "Appendix: A parsing strategy", read 2026-11-22.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from typing import TYPE_CHECKING

from markdown.blockparser import BlockParser

from pipeline.gfm import syntax
from pipeline.gfm.containers import DEEPEST, Container, Siblings
from pipeline.gfm.leaves import CODE_INDENT, Code, Leaf, Paragraph, Table
from pipeline.gfm.log import Span
from pipeline.gfm.openers import open_block
from pipeline.gfm.source import SourceText
from pipeline.gfm.syntax import Opened

if TYPE_CHECKING:
    from pipeline.gfm.columns import Columns
    from pipeline.gfm.dialect import Dialect


class GitHubParser(BlockParser):
    """python-markdown's block parser with GitHub's rules."""

    md: "Dialect"

    def parseChunk(self, parent: ET.Element, text: str) -> None:  # noqa: N802 -- python-markdown's name
        """Append the blocks of *text* to *parent*."""
        note = text if isinstance(text, SourceText) else None
        scan = Scan(self.md, parent, in_note=note is not None)
        for number, line in enumerate(text.split("\n"), note.first if note else 0):
            scan.feed(number, syntax.untabbed(line))
        scan.finish()
        if note is not None and not len(parent):
            ET.SubElement(parent, "p").text = ""  # python-markdown needs a place for the link back


class Scan:
    """One pass over a text: its open containers, outermost first, and the open leaf, if any."""

    def __init__(self, md: "Dialect", root: ET.Element, *, in_note: bool) -> None:
        """Begin with nothing in *root*, the document or a footnote's text."""
        self.md = md
        self.in_note = in_note
        self.stack = [Container(root)]
        self.leaf: Leaf | None = None
        self.columns: Columns | None = None
        self.number = 0
        self.line = ""
        self.at = 0  # column up to which the line is used
        self.depth = 1  # containers that the line continues, or has opened

    def feed(self, number: int, line: str) -> None:
        """Take the next line."""
        self.number, self.line, self.at = number, line, 0
        if self.columns and self.columns.take(self):
            return
        self._continue()
        if self.leaf and self._whole:
            taken = self.leaf.take(line, self.at)
            if self.leaf.ended:
                self.close_leaf()
            if taken:
                return
        if not self._open_blocks():
            self._add_text()

    def finish(self) -> None:
        """Take the end of the text."""
        if self.columns:
            self.columns.close(self, ended=False)
        self.close_to(1)

    @property
    def open_paragraph(self) -> Paragraph | None:
        """The paragraph that this line would go on with, its containers' marks and all."""
        return self.leaf if self._whole and isinstance(self.leaf, Paragraph) else None

    @property
    def last_child(self) -> ET.Element | None:
        """The last block inside the innermost container that the line continues."""
        parent = self.stack[self.depth - 1].element
        return parent[-1] if len(parent) else None

    def append(self, tag: str) -> ET.Element:
        """Append an element to the innermost container that the line continues; all behind it closes."""
        self.close_to(self.depth)
        parent = self.stack[-1]
        if parent.items and len(parent.element) and parent.blank == self.number - 1:
            parent.items.loose = True
        parent.open_list = None
        element = ET.SubElement(parent.element, tag)
        self.md.spans[element] = Span(self.number, self.number)
        return element

    def enter(self, tag: str, at: int) -> Opened:
        """Open a container; its content begins in column *at* of this line."""
        if self.too_deep():
            return Opened.NOTHING
        self.push(Container(self.append(tag)), at)
        return Opened.CONTAINER

    def enter_item(self, tag: str, mark: str, match: re.Match[str]) -> Opened:
        """Open a list's next item, or a new list when the last block is no list with the same marks."""
        empty = match.end() == len(match.string)
        if (empty and self.open_paragraph) or self.too_deep():
            return Opened.NOTHING
        self.close_to(self.depth)
        parent = self.stack[-1]
        items = parent.open_list
        if items is None or items.mark != mark:
            items = Siblings(self.append(tag), mark)
            if tag == "ol" and int(match["number"]) != 1:
                items.element.set("start", str(int(match["number"])))
            self.md.lists.append(items)
            parent.open_list = items
        elif parent.blank == self.number - 1:
            items.loose = True
        gap = 1 if empty or len(match["gap"]) > CODE_INDENT else len(match["gap"])
        self._enter_member(items, "li", match.end("mark") + gap)
        return Opened.CONTAINER

    def enter_meaning(self, terms: Sequence[str], at: int) -> Opened:
        """Open the meaning of *terms*, the lines of the paragraph above, or of the terms before."""
        if self.too_deep():
            return Opened.NOTHING
        first = self.number - len(terms)
        if terms and self.leaf:
            self.stack[-1].element.remove(self.leaf.element)
            self.leaf = None
        self.close_to(self.depth)
        above = self.last_child
        dl = above if above is not None and above.tag == "dl" else self.append("dl")
        for number, term in enumerate(terms, first):
            dt = ET.SubElement(dl, "dt")
            dt.text = term.strip()
            self.md.add_leaf(dt, Span(number, number))
        items = Siblings(dl, ":")
        self.md.lists.append(items)
        self._enter_member(items, "dd", min(at, self.at + CODE_INDENT))
        return Opened.CONTAINER

    def too_deep(self) -> bool:
        """Say whether no further container may be opened, and note it."""
        if self.depth <= DEEPEST:
            return False
        message = f"quotes and lists are nested more than {DEEPEST} deep"
        hint = "take some of the marks at the beginning of the line away"
        self.md.log.add("MD011", message, hint, Span(self.number, self.number))
        return True

    def close_leaf(self) -> None:
        """Finish the open leaf; what has nothing to show goes."""
        if self.leaf and not self.leaf.close(self.md):
            self.stack[-1].element.remove(self.leaf.element)
        self.leaf = None

    @property
    def _whole(self) -> bool:
        return self.depth == len(self.stack)

    def _continue(self) -> None:
        """Pass by the marks of the containers that this line continues."""
        blank_from = 0
        self.depth = 1
        for container in self.stack[1:]:
            indent = syntax.indent(self.line, self.at)
            blank = self.at + indent >= len(self.line)
            if container.element.tag == "blockquote":
                if indent >= CODE_INDENT or not self.line.startswith(">", self.at + indent):
                    break
                self.at += indent + 1
                self.at += self.line.startswith(" ", self.at)
                blank_from = self.depth
            elif container.width and blank:
                if not len(container.element):
                    break  # an item that begins with an empty line has no second one
            elif indent >= container.width:
                self.at += container.width
            else:
                break
            self.depth += 1
        if not self.line[self.at :].strip():
            for container in self.stack[blank_from : self.depth]:
                container.blank = self.number

    def _open_blocks(self) -> bool:
        """Open the blocks that begin on this line; say whether they have used it up."""
        while True:
            indent = syntax.indent(self.line, self.at)
            start = self.at + indent
            if start >= len(self.line):
                return False
            if indent >= CODE_INDENT:
                return self._open_code()
            opened = open_block(self, start)
            if opened is not Opened.CONTAINER:
                return opened is Opened.LEAF

    def _open_code(self) -> bool:
        if self.leaf and self.leaf.takes_lazy:
            return False
        self.leaf = Code(self.append("pre"), self.number, [self.line[self.at + CODE_INDENT :]])
        return True

    def _add_text(self) -> None:
        """Go on with the open paragraph, also when its containers' marks are left out, or begin one."""
        text = self.line[self.at :].lstrip(" \t")
        if not text:
            if self.leaf:
                self.close_leaf()
            self.close_to(self.depth)
        elif self.leaf and self.leaf.takes_lazy:
            self.leaf.lines.append(text)
        elif isinstance(self.leaf, Table) and self._whole:
            self.leaf.add(text, self.number)
        else:
            element = self.append("p")
            self.leaf = Paragraph(element, self.number, text, self.stack[-1])

    def _enter_member(self, items: Siblings, tag: str, at: int) -> None:
        member = ET.SubElement(items.element, tag)
        items.members.append(member)
        self.md.spans[member] = Span(self.number, self.number)
        self.push(Container(member, at - self.at, items), at)

    def push(self, container: Container, at: int) -> None:
        """Go on inside *container*, from column *at* of this line."""
        self.stack.append(container)
        self.depth = len(self.stack)
        self.at = min(at, len(self.line))

    def close_to(self, depth: int) -> None:
        """Close every container behind the first *depth*, and the open leaf."""
        self.close_leaf()
        del self.stack[depth:]
