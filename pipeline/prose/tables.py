"""
A table's cells in plain text: aligned columns where they fit, else row by row.

Cells that span rows or columns are repeated in each place they cover, so that no value is ever read
under the wrong heading.
"""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from selectolax.lexbor import LexborNode

from pipeline.prose.wrap import columns, wrap

_GAP = "  "
_MOST_SPANNED = 100  # cells; a larger span is a mistake or an attack


class Cell(NamedTuple):
    """One place of a table's grid."""

    text: str = ""  # one line
    is_header: bool = False
    at_end: bool = False  # aligned to the end of its column


Row = list[Cell]


def grid(table: LexborNode, cell_text: Callable[[LexborNode], str]) -> list[Row]:
    """Return the rows of *table*, all of one length; nested tables are left to *cell_text*."""
    rows: list[Row] = []
    reaching: dict[int, tuple[int, Cell]] = {}  # column -> rows still to fill with a cell from above
    for line in _lines(table):
        row: Row = []
        cells = [cell for cell in line.iter() if cell.tag in ("td", "th")]
        while cells or len(row) in reaching:
            if len(row) in reaching:
                left, cell = reaching.pop(len(row))
                if left > 1:
                    reaching[len(row)] = (left - 1, cell)
                row.append(cell)
                continue
            node = cells.pop(0)
            cell = Cell(cell_text(node), node.tag == "th", _is_at_end(node))
            for _ in range(_span(node, "colspan")):
                if _span(node, "rowspan") > 1:
                    reaching[len(row)] = (_span(node, "rowspan") - 1, cell)
                row.append(cell)
        rows.append(row)
    longest = max(map(len, rows), default=0)
    return [row + [Cell()] * (longest - len(row)) for row in rows if row]


def _lines(table: LexborNode) -> Iterator[LexborNode]:
    for child in table.iter():
        if child.tag == "tr":
            yield child
        elif child.tag in ("thead", "tbody", "tfoot"):
            yield from (line for line in child.iter() if line.tag == "tr")


def _span(cell: LexborNode, attribute: str) -> int:
    written = cell.attributes.get(attribute) or ""
    return min(max(int(written), 1), _MOST_SPANNED) if re.fullmatch("[0-9]{1,5}", written) else 1


def _is_at_end(cell: LexborNode) -> bool:
    style = (cell.attributes.get("style") or "").replace(" ", "")
    return cell.attributes.get("align") == "right" or "text-align:right" in style


def table_lines(rows: list[Row], width: int) -> list[str]:
    """Return the table as one block of aligned columns, or as one block for each row."""
    if not rows:
        return []
    heads = 0
    while heads < len(rows) and all(cell.is_header for cell in rows[heads]):
        heads += 1
    header, body = _joined(rows[:heads]), rows[heads:]
    widths = [max(columns(cell.text) for cell in column) for column in zip(*header, *body, strict=True)]
    if sum(widths) + len(_GAP) * (len(widths) - 1) <= width:
        ruler = [[Cell("-" * size) for size in widths]] if header else []
        return ["\n".join(_aligned(row, widths) for row in [*header, *ruler, *body])]
    names = [cell.text for cell in header[0]] if header else [""] * len(widths)
    return ["\n".join(_named(row, names, width)) for row in (body or header)]


def _joined(headers: list[Row]) -> list[Row]:
    """Make one header row of several: what stands over a column, from the top down, each word once."""
    if not headers:
        return []
    joined = []
    for column in zip(*headers, strict=True):
        words = dict.fromkeys(cell.text for cell in column if cell.text)
        joined.append(Cell(", ".join(words), is_header=True, at_end=column[-1].at_end))
    return [joined]


def _aligned(row: Row, widths: list[int]) -> str:
    return _GAP.join(_padded(cell, size) for cell, size in zip(row, widths, strict=True)).rstrip()


def _padded(cell: Cell, size: int) -> str:
    padding = " " * (size - columns(cell.text))
    return padding + cell.text if cell.at_end else cell.text + padding


def _named(row: Row, names: list[str], width: int) -> Iterator[str]:
    """Read one row: each value after its column's heading, further lines indented."""
    for cell, name in zip(row, names, strict=True):
        if cell.text:
            lines = wrap(f"{name}: {cell.text}" if name else cell.text, width - 2)
            yield "\n".join([lines[0], *("  " + line for line in lines[1:])])
