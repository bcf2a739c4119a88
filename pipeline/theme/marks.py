"""
Marks in templates: which file and line wrote an element or a line of the style sheet.

Findings about finished mail should name the line to mend. Composed with marks, every start tag that a
template writes says `data-source="partials/footer.html:3"`, and every line of CSS begins with a comment
that says the same. Marks are put into a template's source before Jinja compiles it, so they survive
includes, macros and loops, and add no line. They never reach sent mail: only `checks.places` asks for them.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import quote, unquote

from jinja2.ext import Extension

ATTRIBUTE = "data-source"
_QUOTED = r"""(?>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')"""
_JINJA = "|".join(
    (
        r"\{\#.*?\#\}",
        *(rf"\{{{mark}(?>{_QUOTED}|(?!{end}\}}).)*+{end}\}}" for mark, end in (("%", "%"), (r"\{", r"\}"))),
    )
)
_HTML = re.compile(
    rf"""{_JINJA}
      | (?P<comment><!--.*?-->)
      | <(?P<raw>iframe|noembed|noframes|script|style|textarea|title|xmp)(?=[\s/>{{])
        (?P<rest>(?>{_JINJA}|{_QUOTED}|[^>])*+>)(?P<text>.*?)(?=</(?P=raw)\b)
      | <(?P<tag>[a-z][^\s/>{{]*)""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_STYLE = re.compile(r"(<style\b[^>]*>)(.*?)(?=</style\b)", re.DOTALL | re.IGNORECASE)
_CSS = re.compile(rf"{_JINJA}|/\*.*?\*/|{_QUOTED}|(?P<line>\n(?!\Z))", re.DOTALL)
_PLACES = re.compile(r"(?:/\*@(?P<file>[^*:]*):(?P<line>[0-9]+)\*/)+")


class Place(NamedTuple):
    """A line of a file; the file relative to the folder of templates, with forward slashes."""

    file: str
    line: int  # from 1


class Marks(Extension):
    """Makes Jinja mark what it compiles."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:  # noqa: ARG002
        """Return *source* with marks."""
        return marked(source, name or "")


def marked(source: str, file: str) -> str:
    """Return a template's *source* with marks; a file whose name ends in .css is marked as a style sheet."""
    return _marked_css(source, file, 1) if file.endswith(".css") else "".join(_pieces(source, file))


def read_mark(written: str) -> Place:
    """Read the value of a marked attribute."""
    file, _, line = written.rpartition(":")
    return Place(unquote(file), int(line))


def css_places(css: str) -> list[Place | None]:
    """Return the place of each line of a marked style sheet; without a mark, that of the line above."""
    places: list[Place | None] = []
    here = None
    for line in re.split(r"[\n\f]", css):  # as CSS counts lines
        found = _PLACES.match(line)  # of several, the innermost file's comes last
        here = Place(unquote(found["file"]), int(found["line"])) if found else here
        places.append(here)
    return places


def _pieces(source: str, file: str) -> Iterator[str]:
    done, line = 0, 1
    for match in _HTML.finditer(source):
        line += source.count("\n", done, match.start())
        yield source[done : match.start()]
        yield _marked_piece(match, file, line)
        line += match[0].count("\n")
        done = match.end()
    yield source[done:]


def _marked_piece(match: re.Match[str], file: str, line: int) -> str:
    if match["tag"]:
        return f'{match[0]} {ATTRIBUTE}="{_mark(file, line)}"'
    if match["raw"]:
        text = match["text"]
        if match["raw"].lower() == "style":
            text = _marked_css(text, file, line + match["rest"].count("\n"))
        return f'<{match["raw"]} {ATTRIBUTE}="{_mark(file, line)}"{match["rest"]}{text}'
    if match["comment"]:  # Outlook reads style sheets in there
        return _STYLE.sub(lambda style: _marked_style(style, file, line), match[0])
    return match[0]


def _marked_style(style: re.Match[str], file: str, line: int) -> str:
    first = line + style.string.count("\n", 0, style.start(2))
    return style[1] + _marked_css(style[2], file, first)


def _marked_css(css: str, file: str, first: int) -> str:
    """Mark each line that begins outside comments and strings; a comment may stand there."""

    def mark(match: re.Match[str]) -> str:
        if not match["line"]:
            return match[0]
        return f"\n/*@{_mark(file, first + css.count(chr(10), 0, match.end()))}*/"

    return f"/*@{_mark(file, first)}*/{_CSS.sub(mark, css)}"


def _mark(file: str, line: int) -> str:
    return f"{quote(file)}:{line}"
