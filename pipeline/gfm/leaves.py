"""Blocks that hold lines: what each takes from the text, and the element it becomes."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from typing import TYPE_CHECKING

from markdown.util import AtomicString, code_escape

from pipeline.gfm import syntax
from pipeline.gfm.log import Span
from pipeline.gfm.source import SourceText
from pipeline.model import Severity

if TYPE_CHECKING:
    from pipeline.gfm.containers import Container
    from pipeline.gfm.dialect import Dialect

CODE_INDENT = 4
_TASK = re.compile(r"\[(?P<mark>[ xX])\][ \t]+(?=\S)")


class Leaf:
    """A block that holds lines: at first the one on which it begins."""

    takes_lazy = False  # a line continues it although its containers' marks are left out

    def __init__(self, element: ET.Element, first: int, lines: Sequence[str] = ()) -> None:
        """
        Begin on a line.

        Args:
            element: what it becomes; stands in the tree already.
            first: the number of that line.
            lines: what it holds of it.
        """
        self.element = element
        self.first = first
        self.lines = list(lines)
        self.ended = False

    def take(self, _line: str, _at: int) -> bool:
        """Take the line from column *at* on, before anything else may claim it, or leave it."""
        return False

    def close(self, md: "Dialect") -> bool:
        """Finish the element; say whether it has anything to show."""
        raise NotImplementedError


class Paragraph(Leaf):
    """Running text, or what will turn out to be a heading, a table's head or link definitions."""

    takes_lazy = True

    def __init__(self, element: ET.Element, first: int, text: str, container: "Container") -> None:
        """Begin with *text*, inside *container*."""
        super().__init__(element, first, [text])
        self._container = container

    def define_links(self, md: "Dialect") -> bool:
        """Move the link definitions at the beginning to where they belong; say whether text is left."""
        text, at = "\n".join(self.lines), 0
        while found := syntax.definition(text, at):
            line = self.first + text.count("\n", 0, at)
            md.define(found, Span(line, line))
            at = found.end
        if at:
            self.first += text.count("\n", 0, at)
            self.lines = text[at:].split("\n") if text[at:].strip() else []
        return bool(self.lines)

    def close(self, md: "Dialect") -> bool:
        """Give the element its text, with a box before it when it is a task."""
        if not self.define_links(md):
            return False
        text = "\n".join(self.lines).strip()
        items = self._container.items
        if items and items.mark != ":" and self._container.element[0] is self.element:
            text = self._task(text, items.element)
        self.element.text = text
        md.add_leaf(self.element, Span(self.first, self.first + len(self.lines) - 1))
        return True

    def _task(self, text: str, list_element: ET.Element) -> str:
        match = _TASK.match(text)
        if match is None:
            return text
        list_element.set("class", "tasks")
        self._container.element.set("class", "task")
        return ("☐ " if match["mark"] == " " else "☑ ") + text[match.end() :]


class Code(Leaf):
    """Code by indentation."""

    def take(self, line: str, at: int) -> bool:
        """Take what is indented and what is empty."""
        if line[at:].strip() and syntax.indent(line, at) < CODE_INDENT:
            self.ended = True
            return False
        self.lines.append(line[at + CODE_INDENT :])
        return True

    def close(self, md: "Dialect") -> bool:
        """Give the element its code, without the empty lines at its ends."""
        while not self.lines[-1].strip():
            self.lines.pop()
        code = ET.SubElement(self.element, "code")
        code.text = AtomicString(code_escape("".join(f"{line}\n" for line in self.lines)))
        md.spans[self.element] = Span(self.first, self.first + len(self.lines) - 1)
        return True


class Fence(Leaf):
    """Code between fences."""

    def __init__(self, element: ET.Element, first: int, fence: str, indent: int) -> None:
        """Begin with the opening fence, indented by *indent*."""
        super().__init__(element, first)
        self._end = re.compile(rf" {{0,3}}{re.escape(fence[0])}{{{len(fence)},}}[ \t]*$")
        self._indent = indent

    def take(self, line: str, at: int) -> bool:
        """Take everything; the closing fence is the last line."""
        if self._end.match(line, at):
            self.ended = True
        else:
            self.lines.append(line[at + min(self._indent, syntax.indent(line, at)) :])
        return True

    def close(self, md: "Dialect") -> bool:
        """Give the element its code."""
        code = ET.SubElement(self.element, "code")
        code.text = AtomicString(code_escape("".join(f"{line}\n" for line in self.lines)))
        md.spans[self.element] = Span(self.first, self.first + len(self.lines) + 1)
        return True


class Html(Leaf):
    """Raw HTML."""

    def __init__(self, element: ET.Element, first: int, text: str, end: re.Pattern[str]) -> None:
        """Begin with *text*; *end* is found in the last line, or never when an empty line ends it."""
        super().__init__(element, first, [text])
        self._end = end
        self.ends_at_blank = end is syntax.TO_BLANK
        self.ended = bool(end.search(text))

    def take(self, line: str, at: int) -> bool:
        """Take everything up to the end."""
        text = line[at:]
        if self.ends_at_blank and not text.strip():
            self.ended = True
            return False
        self.lines.append(text)
        self.ended = bool(self._end.search(text))
        return True

    def close(self, md: "Dialect") -> bool:
        """Leave the text for the cleaning of raw HTML."""
        self.element.text = AtomicString("\n".join(self.lines))
        md.spans[self.element] = Span(self.first, self.first + len(self.lines) - 1)
        return True


class Table(Leaf):
    """A table: its head, its columns' alignments, its rows."""

    def __init__(self, element: ET.Element, first: int, header: str, sides: list[str], md: "Dialect") -> None:
        """Begin with the head, on line *first*."""
        super().__init__(element, first)
        self._sides = sides
        self._md = md
        self._body: ET.Element | None = None
        self._row(ET.SubElement(element, "thead"), "th", header, first)

    def add(self, row: str, number: int) -> None:
        """Append a row."""
        if self._body is None:
            self._body = ET.SubElement(self.element, "tbody")
        self._row(self._body, "td", row, number)

    def _row(self, parent: ET.Element, tag: str, row: str, number: int) -> None:
        """Append a row with exactly as many cells as the table has columns."""
        texts = syntax.cells(row)
        line = ET.SubElement(parent, "tr")
        for side, text in zip(self._sides, texts + [""] * len(self._sides), strict=False):
            cell = ET.SubElement(line, tag)
            cell.text = text
            if side:
                cell.set("align", side)
            if tag == "th":
                cell.set("scope", "col")
            self._md.add_leaf(cell, Span(number, number))

    def close(self, _md: "Dialect") -> bool:
        """Do nothing more: the rows stand."""
        return True


class Note(Leaf):
    """A footnote's text, kept for python-markdown's footnotes, which have it parsed when all is read."""

    takes_lazy = True

    def __init__(self, element: ET.Element, first: int, label: str, text: str) -> None:
        """Begin with *text* behind the label."""
        super().__init__(element, first, [text])
        self._label = label

    def take(self, line: str, at: int) -> bool:
        """Take what is indented and what is empty."""
        if not line[at:].strip():
            self.lines.append("")
            self.takes_lazy = False
            return True
        if syntax.indent(line, at) < CODE_INDENT:
            self.ended = not self.takes_lazy
            return False
        self.lines.append(line[at + CODE_INDENT :])
        return True

    def close(self, md: "Dialect") -> bool:
        """Hand the text over; nothing is shown here."""
        text = SourceText("\n".join(self.lines), self.first)
        if self._label in md.footnotes.footnotes:
            md.log.add(
                "MD008",
                f"footnote defined twice: {self._label!r}",
                "rename one of the two; the first one is used",
                Span(self.first, self.first),
                f"[^{self._label}]:",
                severity=Severity.WARNING,
            )
        else:
            md.footnotes.setFootnote(self._label, text)
        return False
