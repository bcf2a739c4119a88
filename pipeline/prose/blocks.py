"""
Semantic HTML read out as plain text: the body of a text part.

The tree of a fragment is walked; a block comes out as a string of finished lines without blank lines
around it. Each choice was made for a voice as well as for an eye: headings are underlined, never put in
capitals, which speech spells out; links leave a number in the text and their targets at the end of the
section; a table that does not fit is read row by row.
"""

import re
from collections.abc import Callable, Iterable, Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from pipeline.prose.phrases import (
    DEEPEST,
    OWN_LINE,
    Phrases,
    children,
    folded,
    has_class,
    is_block,
    paragraph,
    tag_of,
)
from pipeline.prose.tables import grid, table_lines
from pipeline.prose.wrap import columns, wrap

DIVIDER = "* * *"
INDENT = "    "

_NARROWEST = 24  # columns; deeper nesting makes lines longer rather than narrower than this
_UNDERLINES = {"h1": "=", "h2": "-", "h3": "~", "h4": "~", "h5": "~", "h6": "~"}


def prose(html: str, width: int) -> list[str]:
    """
    Return the blocks of a fragment, each a string of lines of at most *width* columns.

    A heading of the first or second level begins with an empty line, to stand further off. Links are
    numbered through; their targets follow at the end of the section in which each is met first.
    """
    body = LexborHTMLParser(f"<!doctype html><body>{html}").body
    return list(_Reader().sections(body, width)) if body is not None else []


def named(title: str, text: str) -> str:
    """Return a block under a title of its own: indented, which an eye sees and a voice passes over."""
    return f"{title if title[-1:] in ':.!?…' else title + ':'}\n{_indented(text)}"


def underlined(title: str, mark: str, width: int) -> str:
    """Return a title over a line of *mark*."""
    lines = wrap(title, width)
    return "\n".join([*lines, mark * max(3, *map(columns, lines))])  # "--" alone would begin a signature


def _indented(text: str, first: str = INDENT, rest: str = INDENT) -> str:
    lines = text.split("\n")
    return "\n".join([first + lines[0], *(rest + line for line in lines[1:])])


class _Reader:
    """One reading of one fragment."""

    def __init__(self) -> None:
        self._phrases = Phrases()
        self._readers: dict[str, Callable[[LexborNode, int, int], list[str]]] = {
            **dict.fromkeys(_UNDERLINES, self._heading),
            "ul": self._list,
            "ol": self._list,
            "blockquote": self._quote,
            "pre": self._code,
            "table": self._table,
            "dl": self._definitions,
            "figure": self._figure,
            "hr": lambda *_: [DIVIDER],
            "aside": self._aside,
            "footnote": self._footnotes,
        }

    def sections(self, body: LexborNode, width: int) -> Iterator[str]:
        section: list[LexborNode] = []
        for node in children(body):
            if node.tag in ("h1", "h2") or has_class(node, "footnote"):
                yield from self._section(section, width)
                section = []
            section.append(node)
        yield from self._section(section, width)

    def _section(self, nodes: list[LexborNode], width: int) -> list[str]:
        blocks = self._flow(nodes, width)
        closing = [blocks.pop()] if blocks[-1:] == [DIVIDER] else []
        if blocks and nodes[0].tag in ("h1", "h2"):
            blocks[0] = "\n" + blocks[0]
        return blocks + self._phrases.links() + closing

    def _flow(self, nodes: Iterable[LexborNode], width: int, depth: int = 0) -> list[str]:
        """Return the blocks of *nodes*; what stands between block elements makes paragraphs."""
        blocks: list[str] = []
        run = ""
        for node in nodes:
            if is_block(node):
                blocks += self._paragraphs(run, width)
                run = ""
                blocks += self._block(node, max(width, _NARROWEST), depth + 1)
            else:
                run += self._phrases.read(node, depth + 1)
        return [block for block in blocks + self._paragraphs(run, width) if block]

    def _paragraphs(self, run: str, width: int) -> list[str]:
        return ["\n".join(wrap(paragraph(part), width)) for part in run.split(OWN_LINE) if part.strip()]

    def _block(self, node: LexborNode, width: int, depth: int) -> list[str]:
        if depth > DEEPEST:
            return self._paragraphs(folded(node.text()), width)
        kind = "footnote" if has_class(node, "footnote") else tag_of(node)
        return self._readers.get(kind, self._transparent)(node, width, depth)

    def _transparent(self, node: LexborNode, width: int, depth: int) -> list[str]:
        return self._flow(children(node), width, depth)

    def _heading(self, node: LexborNode, width: int, depth: int) -> list[str]:
        title = self._phrases.title(node, depth)
        return [underlined(title, _UNDERLINES[tag_of(node)], width)] if title else []

    def _quote(self, node: LexborNode, width: int, depth: int) -> list[str]:
        quoted = "\n\n".join(self._flow(children(node), width - len("> "), depth))
        return [_indented(quoted, "> ", "> ")] if quoted else []

    def _code(self, node: LexborNode, _width: int, _depth: int) -> list[str]:
        return [_indented(node.text().strip("\n").expandtabs(4))]

    def _figure(self, node: LexborNode, width: int, depth: int) -> list[str]:
        return ["\n".join(self._flow(children(node), width, depth))]

    def _list(self, node: LexborNode, width: int, depth: int) -> list[str]:
        items = [
            child for child in children(node) if child.tag != "-text" or (child.text_content or "").strip()
        ]
        gap = "\n\n" if any(part.tag == "p" for item in items for part in item.iter()) else "\n"
        lines = []
        for item, marker in zip(items, _markers(node, items), strict=True):
            nodes = children(item) if item.tag == "li" else [item]
            indent = " " * max(len(marker), 2)
            text = gap.join(self._flow(nodes, width - len(indent), depth))
            lines.append(_indented(text, marker, indent))
        return [gap.join(lines)]

    def _definitions(self, node: LexborNode, width: int, depth: int) -> list[str]:
        groups: list[str] = []
        for child in children(node):
            nodes = children(child) if child.tag in ("dt", "dd") else [child]
            text = "\n\n".join(self._flow(nodes, width - len(INDENT), depth))
            if child.tag == "dd" and groups:
                groups[-1] += "\n" + _indented(text)
            elif text:
                groups.append(text)
        return groups

    def _aside(self, node: LexborNode, width: int, depth: int) -> list[str]:
        titles = [child for child in node.iter() if has_class(child, "callout-title")]
        if not titles:
            return self._transparent(node, width, depth)
        title = self._phrases.title(titles[0], depth)
        rest = [child for child in children(node) if child.mem_id != titles[0].mem_id]
        return [named(title, "\n\n".join(self._flow(rest, width - len(INDENT), depth)))]

    def _footnotes(self, node: LexborNode, width: int, depth: int) -> list[str]:
        items = [item for part in node.iter() if part.tag == "ol" for item in part.iter()]
        if not items:
            return self._transparent(node, width, depth)
        marks = [f"[note {number}] " for number in range(1, len(items) + 1)]
        notes = [
            _indented("\n\n".join(self._flow(children(item), width - len(mark), depth)), mark, "")
            for item, mark in zip(items, marks, strict=True)
        ]
        return ["\n" + underlined("Notes", "-", width), *notes]

    def _table(self, node: LexborNode, width: int, depth: int) -> list[str]:
        def cell_text(cell: LexborNode) -> str:
            return " ".join(" ".join(self._flow(children(cell), 10**6, depth)).split())

        captions = [part for part in node.iter() if part.tag == "caption"]
        return [*self._flow(captions, width, depth), *table_lines(grid(node, cell_text), width)]


def _markers(node: LexborNode, items: list[LexborNode]) -> list[str]:
    if node.tag == "ul":
        return ["" if has_class(item, "task") else "- " for item in items]
    numbers: list[int] = []
    for item in items:
        following = numbers[-1] + 1 if numbers else _number(node, "start", 1)
        numbers.append(_number(item, "value", following))
    widest = max((len(str(number)) for number in numbers), default=0)
    return [f"{number:>{widest}}. " for number in numbers]


def _number(node: LexborNode, attribute: str, default: int) -> int:
    written = node.attributes.get(attribute) or "" if node.tag != "-text" else ""
    return int(written) if re.fullmatch(r"-?[0-9]{1,9}", written) else default
