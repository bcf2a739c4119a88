"""
An issue's own words as its author typed them, with their lines: what topics are told by.

Markdown is read just well enough to leave out what readers do not read as the issue's words: code,
addresses, markup, lists of sources. Whatever is left out becomes blanks, so that every letter keeps its
line.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from pipeline.disclaimers.signs import signs_in
from pipeline.model import Issue

_FENCE = re.compile(r"^[ >]*(`{3,}|~{3,})[^\n]*\n(?:.*?^[ >]*\1[`~]*[ \t]*$|.*)", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"(`+)[^`\n]+\1")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_ALT = re.compile(r"\b(?:alt|title)\s*=\s*(\"[^\"]*\"|'[^']*')", re.IGNORECASE)
_HREF = re.compile(r"\bhref\s*=\s*[\"']?([^\"'\s>]+)", re.IGNORECASE)
_TARGET = re.compile(r"\]\([ \t]*(<[^<>\n]*>|[^\s()<>]*(?:\([^\s()<>]*\)[^\s()<>]*)*)")
_DEFINED = re.compile(r"^ {0,3}\[(?!\^)[^\]\n]+\]:[ \t]*(\S+)", re.MULTILINE)
_BARE = re.compile(r"\bhttps?://[^\s<>\"')\]]+")
_MARKS = re.compile(r"\{\{[^{}\n]*\}\}|\{[.#][^{}\n]*\}")
_NOTE = re.compile(r"^ {0,3}\[\^[^\]\n]+\]:[^\n]*(?:\n(?!\s*\n|[ ]{0,3}[\[#])[^\n]+)*", re.MULTILINE)
_HEADING = re.compile(r"^ {0,3}(#{1,6})[ \t]+([^\n]*?)[ \t#]*$", re.MULTILINE)


class Target(NamedTuple):
    """Where a link leads."""

    url: str
    line: int  # of the issue's file


class Prose(NamedTuple):
    """The body's words, all else blanked, and where its links lead."""

    text: str  # as long as the body, line by line
    line: int  # of the issue's file on which it begins
    targets: tuple[Target, ...]

    def line_at(self, offset: int) -> int:
        """Return the line of the issue's file at a place of the text."""
        return self.line + self.text.count("\n", 0, offset)


class Paragraph(NamedTuple):
    """One paragraph, list item, heading or row of the body."""

    start: int  # in the prose
    text: str


def prose(issue: Issue) -> Prose:
    """Return the words of *issue*'s body."""
    return _prose(issue.body, issue.body_line, issue.lang)


@lru_cache(maxsize=4)
def _prose(body: str, line: int, lang: str) -> Prose:
    text = _FENCE.sub(_blank, body)
    text = _without_comments(_CODE.sub(_blank, text))
    targets: list[tuple[int, str]] = []

    def target(match: re.Match[str]) -> str:
        targets.append((match.start(1), match[1].strip("<>")))
        return match[0][: match.start(1) - match.start()] + _blank(match, 1)

    def tag(match: re.Match[str]) -> str:
        if match[0].startswith(("<http:", "<https:")):
            targets.append((match.start(), match[0][1:-1]))
        targets.extend((match.start() + href.start(1), href[1]) for href in _HREF.finditer(match[0]))
        kept = [" "] * len(match[0])
        for alt in _ALT.finditer(match[0]):
            kept[alt.start(1) : alt.end(1)] = match[0][alt.start(1) : alt.end(1)]
        return "".join("\n" if char == "\n" else new for char, new in zip(match[0], kept, strict=True))

    def bare(match: re.Match[str]) -> str:
        targets.append((match.start(), match[0]))
        return _blank(match)

    text = _TARGET.sub(target, text)
    text = _DEFINED.sub(target, text)
    text = _BARE.sub(bare, _MARKS.sub(_blank, _TAG.sub(tag, text)))
    linked = [offset for offset, _url in targets]
    text = _NOTE.sub(lambda match: _source_blanked(match, linked), text)
    text = _without_references(text, lang)
    found = tuple(Target(url, line + text.count("\n", 0, at)) for at, url in sorted(targets))
    return Prose(text, line, found)


def paragraphs(text: str) -> Iterator[Paragraph]:
    """Yield the paragraphs of a prose; lines that follow each other without a mark are one."""
    start, lines = 0, list[str]()
    offset = 0
    for line in text.splitlines(keepends=True):
        begins = _begins(line)
        if lines and (begins or not line.strip(" \t>\n")):
            yield Paragraph(start, "".join(lines))
            lines = []
        if line.strip(" \t>\n"):
            start = start if lines else offset
            lines.append(line)
        offset += len(line)
    if lines:
        yield Paragraph(start, "".join(lines))


def _begins(line: str) -> bool:
    """Say whether a line begins a list item, a heading or a table's row."""
    return bool(re.match(r"[ \t>]*(?:[-*+|][ \t]|#{1,6}[ \t]|\d{1,3}[.)][ \t])", line))


def _blank(match: re.Match[str], group: int = 0) -> str:
    return re.sub(r"[^\n]", " ", match[group])


def _without_comments(text: str) -> str:
    """Blank out HTML comments; one that never ends is text."""
    parts, end = [], 0
    while (start := text.find("<!--", end)) >= 0 and (close := text.find("-->", start)) >= 0:
        parts += [text[end:start], re.sub(r"[^\n]", " ", text[start : close + 3])]
        end = close + 3
    return "".join([*parts, text[end:]])


def _source_blanked(match: re.Match[str], linked: list[int]) -> str:
    """Blank out a footnote that names a source: it has a link. Any other footnote is the issue's words."""
    names_source = any(match.start() <= offset < match.end() for offset in linked)
    return _blank(match) if names_source else match[0]


def _without_references(text: str, lang: str) -> str:
    """Blank out what stands under a heading such as "Sources", up to the next heading as high."""
    language = signs_in(lang)
    names = language.references if language else frozenset()
    parts, end, depth = [], 0, 0
    for heading in _HEADING.finditer(text):
        if depth and len(heading[1]) <= depth:
            parts.append(re.sub(r"[^\n]", " ", text[end : heading.start()]))
            end, depth = heading.start(), 0
        if not depth and heading[2].strip().lower() in names:
            parts.append(text[end : heading.start()])
            end, depth = heading.start(), len(heading[1])
    rest = re.sub(r"[^\n]", " ", text[end:]) if depth else text[end:]
    return "".join([*parts, rest])
