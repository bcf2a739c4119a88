"""What begins a block, by the first character of the line's rest."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from pipeline.gfm import syntax
from pipeline.gfm.columns import Columns
from pipeline.gfm.leaves import Fence, Html, Note, Paragraph, Table
from pipeline.gfm.log import Span
from pipeline.gfm.syntax import Opened

if TYPE_CHECKING:
    from pipeline.gfm.blocks import Scan


def _quote(scan: "Scan", start: int) -> Opened:
    after = start + 1
    return scan.enter("blockquote", after + scan.line.startswith(" ", after))


def _heading(scan: "Scan", start: int) -> Opened:
    match = syntax.HEADING.match(scan.line, start)
    if match is None:
        return Opened.NOTHING
    heading = scan.append(f"h{len(match['level'])}")
    text = scan.line[match.end() :].strip()
    heading.text = syntax.HEADING_END.sub("", text).rstrip()
    scan.md.add_leaf(heading, Span(scan.number, scan.number))
    return Opened.LEAF


def _fence(scan: "Scan", start: int) -> Opened:
    match = syntax.FENCE.match(scan.line, start)
    if match is None:
        return Opened.NOTHING
    indent = start - scan.at
    scan.leaf = Fence(scan.append("pre"), scan.number, match["fence"], indent)
    return Opened.LEAF


def _html(scan: "Scan", start: int) -> Opened:
    end = syntax.html_end(scan.line[start:], in_paragraph=isinstance(scan.leaf, Paragraph))
    if end is None:
        return Opened.NOTHING
    scan.leaf = Html(scan.append("raw"), scan.number, scan.line[scan.at :], end)
    if scan.leaf.ended:
        scan.close_leaf()
    return Opened.LEAF


def _underline(scan: "Scan", start: int) -> Opened:
    """Turn the paragraph above into a heading."""
    paragraph = scan.open_paragraph
    match = syntax.UNDERLINE.match(scan.line, start)
    if match is None or paragraph is None or not paragraph.define_links(scan.md):
        return Opened.NOTHING
    paragraph.element.tag = "h1" if match["mark"][0] == "=" else "h2"
    scan.close_leaf()
    return Opened.LEAF


def _rule(scan: "Scan", start: int) -> Opened:
    if not syntax.RULE.match(scan.line, start):
        return Opened.NOTHING
    scan.append("hr")
    return Opened.LEAF


def _table(scan: "Scan", start: int) -> Opened:
    """Take the last line of the paragraph above for the head of a table."""
    paragraph = scan.open_paragraph
    if paragraph is None or not paragraph.lines:
        return Opened.NOTHING
    sides = syntax.alignments(paragraph.lines[-1], scan.line[start:])
    if sides is None:
        return Opened.NOTHING
    header = paragraph.lines.pop()
    table = scan.append("table")
    scan.md.spans[table] = Span(scan.number - 1, scan.number)
    scan.leaf = Table(table, scan.number - 1, header, sides, scan.md)
    return Opened.LEAF


def _bullet(scan: "Scan", start: int) -> Opened:
    match = syntax.BULLET.match(scan.line, start)
    return scan.enter_item("ul", match["mark"], match) if match else Opened.NOTHING


def _number(scan: "Scan", start: int) -> Opened:
    match = syntax.NUMBER.match(scan.line, start)
    if match is None or (scan.open_paragraph and int(match["number"]) != 1):
        return Opened.NOTHING
    return scan.enter_item("ol", match["mark"], match)


def _note(scan: "Scan", start: int) -> Opened:
    match = syntax.NOTE.match(scan.line, start)
    if match is None or scan.in_note:
        return Opened.NOTHING
    scan.leaf = Note(scan.append("raw"), scan.number, match["label"], scan.line[match.end() :])
    return Opened.LEAF


def _meaning(scan: "Scan", start: int) -> Opened:
    """Take the paragraph above for terms, or go on with the definition list above."""
    match = syntax.MEANING.match(scan.line, start)
    paragraph, above = scan.open_paragraph, scan.last_child
    if match is None or above is None or not (paragraph or above.tag == "dl"):
        return Opened.NOTHING
    terms = paragraph.lines if paragraph else []
    return scan.enter_meaning(terms, match.end())


def _columns(scan: "Scan", start: int) -> Opened:
    match = syntax.COLUMNS.match(scan.line, start)
    return Columns.open(scan, match["name"]) if match else Opened.NOTHING


Opener = Callable[["Scan", int], Opened]
_OPENERS: dict[str, tuple[Opener, ...]] = {
    ">": (_quote,),
    "#": (_heading,),
    "`": (_fence,),
    "~": (_fence,),
    "<": (_html,),
    "=": (_underline,),
    "-": (_underline, _rule, _bullet, _table),
    "*": (_rule, _bullet),
    "_": (_rule,),
    "+": (_bullet,),
    "[": (_note,),
    ":": (_columns, _meaning, _table),
    "|": (_table,),
    **dict.fromkeys("0123456789", (_number,)),
}


def open_block(scan: "Scan", start: int) -> Opened:
    """Open the block that begins in column *start* of the scan's line, if one does."""
    for opener in _OPENERS.get(scan.line[start], ()):
        opened = opener(scan, start)
        if opened is not Opened.NOTHING:
            return opened
    return Opened.NOTHING
