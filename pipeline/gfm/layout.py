"""The finished tree made ready to be written out."""

import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, cast

from markdown.treeprocessors import Treeprocessor

from pipeline.gfm.leftovers import check_text
from pipeline.gfm.raw import Piece
from pipeline.gfm.syntax import words

if TYPE_CHECKING:
    from pipeline.gfm.dialect import Dialect

_HOLDERS = words("aside blockquote dd div dl figure li ol table tbody thead tr ul")
_BLOCKS = _HOLDERS | words("dt figcaption h1 h2 h3 h4 h5 h6 hr p pre td th")


class Layout(Treeprocessor):
    """Cleans raw blocks, takes the tags off what has none to show, puts every block on a line of its own."""

    md: "Dialect"

    def run(self, root: ET.Element) -> None:
        """Work on the whole tree, before it is written out."""
        if self.md.mark_lines:
            for element, span in self.md.spans.items():
                element.set("data-line", str(self.md.log.file_line(span.first)))
        for parent in root.iter():
            self._clean_raw([child for child in parent if child.tag == "raw"])
            self._untag(parent)
        for element in root.iter():
            _part(element)

    def _untag(self, parent: ET.Element) -> None:
        for child in parent:
            if child.tag == "raw" or child in self.md.tight:
                child.tag = cast("str", None)  # the serialiser then writes what is inside, and no tag
                child.tail = "" if child is parent[-1] else "\n"

    def _clean_raw(self, blocks: list[ET.Element]) -> None:
        if not blocks:
            return
        pieces = [Piece(block.text or "", self.md.spans[block]) for block in blocks]
        self.md.raw.clean(pieces)
        for block, piece in zip(blocks, pieces, strict=True):
            check_text(piece.clean, piece.span, self.md.log)
            block.text = self.md.htmlStash.store(piece.clean)


def _part(element: ET.Element) -> None:
    """Put *element*, where it is a block, on a line of its own."""
    if element.tag == "br":
        element.tail = "\n" + (element.tail or "").lstrip("\n")
    elif element.tag in _BLOCKS and not (element.tail or "").strip():
        element.tail = "\n"
    if element.tag in _HOLDERS and len(element) and element[0].tag in _BLOCKS:
        element.text = "\n"
