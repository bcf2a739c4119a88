"""
Which images a Markdown body shows, and where.

Code shows no images, so it is blanked out first, character by character: every place stays where it was.
Each step reads the text once, whatever is in it.
"""

import html
import re
from bisect import bisect
from collections.abc import Iterator
from typing import NamedTuple

_FENCE = re.compile(
    r"(?P<container>(?:[ \t]*(?:>|(?:[-*+]|[0-9]{1,9}[.)])(?=[ \t])))*[ \t]*)"
    r"(?P<mark>`{3,}+(?=[^`]*$)|~{3,}+)"
)
# a run of backticks, or the end of the block that a code span must stay within
_TICKS = re.compile(r"(?P<escape>\\?)(?P<ticks>`+)|\n(?=[ \t]*(?:\n|[-*+#>|]|[0-9]+[.)]))")
_BRACKETS = re.compile(r"\\.|!\[|\[|\]", re.DOTALL)
_TITLE = r"""(?:"(?:[^"\\]|\\.)*+"|'(?:[^'\\]|\\.)*+'|\((?:[^()\\]|\\.)*+\))"""
_ADDRESS = r"(?:<(?P<angled>[^<>\n]*)>|(?P<bare>(?:\\.|[^\s()\\]|\((?:\\.|[^\s()\\])*+\))*+))"
_INLINE = re.compile(rf"\(\s*+{_ADDRESS}(?:\s++{_TITLE})?\s*+\)")
_ANYTHING = re.compile(r"\([^()\n]*\)")
_LABEL = re.compile(r"\[([^\[\]]*)\]")
_DEFINITION = re.compile(
    rf"^ {{0,3}}\[(?P<label>(?!\^)[^\[\]\n]+)\]:[ \t]*+\n?[ \t]*+{_ADDRESS}(?=\s|$)", re.MULTILINE
)
_TAG = re.compile(r"""<img\b(?:[^<>"']|"[^"]{0,2000}"|'[^']{0,2000}')*+>""", re.IGNORECASE)
_SRC = re.compile(r"""(?<![\w-])src\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")


class Source(NamedTuple):
    """One place where a body shows an image."""

    src: str  # as the page will say it: escapes and entities resolved, percent signs as written
    line: int  # within the body, from 1
    readable: bool = True  # no blank in it that keeps Markdown from seeing an image


def image_sources(body: str) -> list[Source]:
    """Return every place where *body*, Markdown with raw HTML, shows an image; code and comments do not."""
    if "![" not in body and "<img" not in body.lower():
        return []
    text = _without_comments(_without_spans(_without_fences(body)))
    places = sorted({*_markdown_images(text), *_raw_images(text)})
    line_ends = [match.start() for match in re.finditer("\n", text)]
    return [Source(src, bisect(line_ends, index) + 1, readable) for index, src, readable in places]


def is_local(src: str) -> bool:
    """Say whether *src* is the path of a file beside the issue."""
    return not src.startswith(("/", "#")) and not _SCHEME.match(src)


def _without_fences(body: str) -> str:
    kept: list[str] = []
    fence: re.Match[str] | None = None
    for line in body.split("\n"):
        if fence and not _holds(fence, line):
            fence = None
        opened = fence
        fence = _FENCE.match(line) if fence is None else None if _closes(fence, line) else fence
        kept.append(" " * len(line) if opened or fence else line)
    return "\n".join(kept)


def _holds(fence: re.Match[str], line: str) -> bool:
    """Say whether *line* is still inside the quote or list item in which the fence stands."""
    container = fence["container"].expandtabs(4)
    if ">" in container:
        return line.lstrip().startswith(">")
    inside = len(container) if container.strip() else len(container) - 3
    expanded = line.expandtabs(4) if line.startswith((" ", "\t")) else line
    return not line.strip() or len(expanded) - len(expanded.lstrip()) >= inside


def _closes(fence: re.Match[str], line: str) -> bool:
    mark = line.strip(" \t>")
    return len(mark) >= len(fence["mark"]) and not mark.strip(fence["mark"][0])


def _without_spans(text: str) -> str:
    """Blank out code spans: a run of backticks to the next of the same length in the same block."""
    spans: list[tuple[int, int]] = []
    runs: list[re.Match[str]] = []
    for match in _TICKS.finditer(text):
        if match["ticks"]:
            runs.append(match)
        else:
            spans += _spans(runs)
            runs = []
    return _blanked(text, [*spans, *_spans(runs)])


def _spans(runs: list[re.Match[str]]) -> Iterator[tuple[int, int]]:
    partners: dict[int, int] = {}
    later: dict[int, int] = {}
    for index in range(len(runs) - 1, -1, -1):
        length = len(runs[index]["ticks"])
        if length in later and not runs[index]["escape"]:
            partners[index] = later[length]
        later[length] = index
    index = 0
    while index < len(runs):
        if index in partners:
            yield runs[index].start(), runs[partners[index]].end()
        index = partners.get(index, index) + 1


def _without_comments(text: str) -> str:
    comments: list[tuple[int, int]] = []
    start = text.find("<!--")
    while start >= 0 and (end := text.find("-->", start + 4)) >= 0:
        comments.append((start, end + 3))
        start = text.find("<!--", end + 3)
    return _blanked(text, comments)


def _blanked(text: str, ranges: list[tuple[int, int]]) -> str:
    pieces: list[str] = []
    position = 0
    for start, end in ranges:
        pieces += [text[position:start], re.sub(r"[^\n]", " ", text[start:end])]
        position = end
    return "".join([*pieces, text[position:]])


def _markdown_images(text: str) -> Iterator[tuple[int, str, bool]]:
    """Yield place, address and readability of each image written in Markdown."""
    definitions = {_label(match["label"]): match for match in reversed([*_DEFINITION.finditer(text)])}
    openers: list[re.Match[str]] = []
    for match in _BRACKETS.finditer(text):
        if match[0].endswith("[") and match[0] != "\\[":
            openers.append(match)
        elif match[0] == "]" and openers and (opener := openers.pop())[0] == "![":
            inline = _INLINE.match(text, match.end())
            label = _LABEL.match(text, match.end())
            name = _label((label and label[1]) or text[opener.end() : match.start()])
            if inline:
                yield opener.start(), _address(inline), bool(_address(inline))
            elif broken := _ANYTHING.match(text, match.end()):
                yield opener.start(), broken[0][1:-1].strip(), False
            elif name in definitions:
                yield definitions[name].start(), _address(definitions[name]), True


def _raw_images(text: str) -> Iterator[tuple[int, str, bool]]:
    """Yield the same of each `<img>`."""
    for tag in _TAG.finditer(text):
        if src := _SRC.search(tag[0]):
            address = html.unescape(src[1] or src[2] or src[3] or "").strip()
            yield tag.start(), address, bool(address)


def _address(match: re.Match[str]) -> str:
    return html.unescape(_ESCAPE.sub(r"\1", match["angled"] or match["bare"] or ""))


def _label(text: str) -> str:
    """Return a reference's label as it is compared: CommonMark 0.31.2, section 4.7."""
    return " ".join(text.split()).casefold()
