"""Two columns: `::: columns`, blocks, `+++`, blocks, `:::`."""

import re
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

from pipeline.gfm.containers import Container
from pipeline.gfm.leaves import Fence, Html
from pipeline.gfm.log import Span
from pipeline.gfm.syntax import Opened

if TYPE_CHECKING:
    from pipeline.gfm.blocks import Scan

_MARK = re.compile(r"[ ]{0,3}(?::::+|\+\+\+)[ \t]*$")
_WANTED = "write `::: columns`, the left side, `+++`, the right side, `:::`, each mark on a line of its own"


class Columns:
    """The row of columns that is open; only one is, and none inside a list or quote."""

    def __init__(self, row: ET.Element, span: Span) -> None:
        """Begin with the row's element and first line."""
        self._row = row
        self._span = span

    @staticmethod
    def open(scan: "Scan", name: str) -> Opened:
        """Open the row that the scan's line asks for with *name*."""
        if name != "columns" or scan.depth > 1:
            return Opened.NOTHING  # it stays text; what is left over in it is told
        row = scan.append("div")
        row.set("class", "columns")
        scan.columns = Columns(row, Span(scan.number, scan.number))
        scan.columns._add_column(scan)  # noqa: SLF001 -- its own
        return Opened.LEAF

    def take(self, scan: "Scan") -> bool:
        """Take the scan's line when it is one of the marks."""
        if not _MARK.match(scan.line) or self._inside_code(scan):
            return False
        if scan.line.lstrip().startswith(":"):
            self.close(scan, ended=True)
        elif len(self._row) == 1:
            self._add_column(scan)
        else:
            scan.md.log.add(
                "MD010",
                "a third column",
                f"two are shown side by side: {_WANTED}",
                Span(scan.number, scan.number),
            )
        return True

    def close(self, scan: "Scan", *, ended: bool) -> None:
        """Close the row, at its last mark when it has *ended*."""
        if not ended:
            scan.md.log.add("MD010", "the columns are never closed", _WANTED, self._span, ":::")
        if len(self._row) == 1:
            scan.md.log.add("MD010", "only one column", _WANTED, self._span, ":::")
            self._add_column(scan)
        scan.close_to(1)
        scan.depth = 1
        scan.columns = None

    def _add_column(self, scan: "Scan") -> None:
        scan.close_to(1)
        column = ET.SubElement(self._row, "div")
        column.set("class", "column")
        scan.push(Container(column), len(scan.line))

    @staticmethod
    def _inside_code(scan: "Scan") -> bool:
        """Say whether the line belongs to code or raw HTML that begins in the column itself."""
        verbatim = isinstance(scan.leaf, Fence) or (
            isinstance(scan.leaf, Html) and not scan.leaf.ends_at_blank
        )
        return verbatim and len(scan.stack) == 2  # noqa: PLR2004 -- the document and the column
