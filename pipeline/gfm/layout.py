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
        around: dict[ET.Element, int] = {}
        for parent in root.iter():
            self._clean_raw(parent, around)
            self._untag(parent)
        for element in root.iter():
            _part(element)

    def _untag(self, parent: ET.Element) -> None:
        for child in parent:
            if child.tag == "raw" or child in self.md.tight:
                child.tag = cast("str", None)  # the serialiser then writes what is inside, and no tag
                child.tail = "" if child is parent[-1] else "\n"

    def _clean_raw(self, parent: ET.Element, around: dict[ET.Element, int]) -> None:
        """Clean the raw blocks in *parent*; note how many raw elements are *around* its other children."""
        pieces = {
            child: Piece(child.text or "", self.md.spans[child]) for child in parent if child.tag == "raw"
        }
        depth = around.get(parent, 0)
        if pieces:
            self.md.raw.clean(list(pieces.values()), depth)
        elif not depth:
            return
        for child in parent:
            piece = pieces.get(child)
            if piece:
                depth = piece.depth
                check_text(piece.clean, piece.span, self.md.log)
                child.text = self.md.htmlStash.store(piece.clean)
            else:
                around[child] = depth


def _part(element: ET.Element) -> None:
    """Put *element*, where it is a block, on a line of its own."""
    if element.tag == "br":
        element.tail = "\n" + (element.tail or "").lstrip("\n")
    elif element.tag in _BLOCKS and not (element.tail or "").strip():
        element.tail = "\n"
    if element.tag in _HOLDERS and len(element) and element[0].tag in _BLOCKS:
        element.text = "\n"
