"""
Read a finished HTML document with a browser's parser, and write styles into it.

The document is never written out again from its tree. An HTML5 parser (lexbor) says which elements
there are and how they nest; what goes out is the source itself with `style` attributes spliced into
its start tags. So doctype, conditional comments (`<![if !mso]>` too), entities, merge tags, links
round tables and the case of SVG names cannot change: nothing touches them.

To know which start tag made which element, every start tag of the source is given a number before it
is parsed. A number that comes back twice or not at all is a tag that browsers repair: refused.
"""

import html
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser

from pipeline.errors import TemplateError

_MARK = "data-inline-n"
# Start tags an author may leave out inside a table (HTML Standard, "Optional tags").
_IMPLIED = frozenset({"colgroup", "tbody", "tr"})
_CSS_TYPES = (None, "", "text/css")
_REST_OF_TAG = r"""(?:[^"'>]|"[^"]*"|'[^']*')*>"""
# A comment, an element whose content is no markup, or a start tag; end tags and text lie between them.
START_TAG = re.compile(
    rf"""<!--.*?-->
      | <(?P<raw>iframe|noembed|noframes|script|style|textarea|title|xmp)(?=[\s/>]){_REST_OF_TAG}
        (?P<text>.*?)</(?P=raw)\s*>
      | <(?P<tag>[a-z][^\s/>]*){_REST_OF_TAG}""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
# One attribute of a start tag, its value with its quotes.
ATTRIBUTE = re.compile(r"""(?P<name>[^\s"'<>/=]+)(?:\s*=\s*(?P<value>"[^"]*"|'[^']*'|[^\s"'=<>`]+))?""")
_DOCTYPE = re.compile(r"(?:\s|<!--.*?-->)*<!doctype\s+html\b([^>]*)>", re.IGNORECASE | re.DOTALL)
# Any other doctype means quirks mode, or is too rare to know: held against Chromium by a test, 2026-11-22.
_STANDARDS = re.compile(
    r"""(?:\s+SYSTEM\s+["']about:legacy-compat["'])?\s*$
      | \s+PUBLIC\s+["']-//W3C//DTD\ XHTML\ 1\.[01]
      | \s+PUBLIC\s+["']-//W3C//DTD\ HTML\ 4\.01(?:\ Transitional)?//EN["']\s+["']http""",
    re.IGNORECASE | re.VERBOSE,
)


# An element's tag, id and classes, and those of all above it: what most selectors ask for.
Context = tuple["Context | None", str, str, str]


@dataclass(eq=False, repr=False, slots=True)
class Element:
    """One element of the tree, as selectors see it."""

    tag: str  # lower case
    attributes: Mapping[str, str | None]  # names in lower case; None for one without a value
    classes: frozenset[str]
    parent: "Element | None"
    children: list["Element"]
    position: int  # among the parent's children, from 0
    context: Context
    start: int  # offset in the source right after the name in its start tag; -1 when it has none


class Sheet(NamedTuple):
    """One `<style>` element of the source."""

    start: int  # offsets of the whole element in the source
    end: int
    css: str
    media: str  # its media attribute; empty for all


class Document(NamedTuple):
    """An HTML document: its text, and the tree a browser makes of it."""

    source: str  # "\n" line ends
    elements: Sequence[Element]  # html and all from body on, in document order
    sheets: Sequence[Sheet]


def line_of(source: str, offset: int) -> str:
    """Say where *offset* stands in a document, for messages."""
    return f"line {source.count(chr(10), 0, max(offset, 0)) + 1} of the document"


def parse(text: str) -> Document:
    """
    Parse the full document *text*.

    Raises:
        TemplateError: no standards doctype, no html, head or body, or markup that a browser repairs.
    """
    source = text.replace("\r\n", "\n").replace("\r", "\n")
    _demand_standards_mode(source)
    tags = {match.end("raw" if match["raw"] else "tag"): match for match in _matches(source)}
    elements = list(_elements(_marked(source, tags), list(tags)))
    _demand_unrepaired(source, elements, tags)
    head = next(element for element in elements if element.tag == "head")
    sheets = list(_sheets(source, elements, tags))
    return Document(
        source,
        [element for element in elements if element is not head and element.parent is not head],
        sheets,
    )


def splice(document: Document, styles: Iterable[tuple[Element, str]], css: str) -> str:
    """
    Return the document's source with *styles* as style attributes and *css* as its only style sheet.

    Args:
        document: as `parse` returned it.
        styles: elements that have a start tag, each with its whole new style.
        css: replaces the first style element; empty for no style element at all.
    """
    source = document.source
    edits = [_attribute_edit(source, element, style) for element, style in styles]
    for number, sheet in enumerate(document.sheets):
        edits.append((sheet.start, sheet.end, f"<style>\n{css}</style>" if css and not number else ""))
    pieces: list[str] = []
    done = 0
    for start, end, new in sorted(edits):
        pieces += source[done:start], new
        done = end
    return "".join([*pieces, source[done:]])


def _matches(source: str) -> Iterator[re.Match[str]]:
    return (match for match in START_TAG.finditer(source) if match["raw"] or match["tag"])


def _demand_standards_mode(source: str) -> None:
    doctype = _DOCTYPE.match(source)
    if not doctype or not _STANDARDS.match(doctype[1]):
        raise TemplateError(
            "the document does not begin with a standards doctype: browsers would show it in quirks mode",
            hint="begin the template with <!doctype html>, with nothing but comments before it",
        )


def _marked(source: str, ends: Iterable[int]) -> str:
    pieces: list[str] = []
    done = 0
    for number, end in enumerate(ends):
        pieces += source[done:end], f' {_MARK}="{number}"'
        done = end
    return "".join([*pieces, source[done:]])


def _elements(marked: str, ends: Sequence[int]) -> Iterator[Element]:
    by_node: dict[int, Element] = {}
    root = LexborHTMLParser(marked).root
    for node in root.traverse() if root else ():
        tag = node.tag
        if not tag or tag[0] == "-":  # a comment
            continue
        tag = tag.lower()
        attributes = node.attributes
        number = attributes.pop(_MARK, None)
        above = node.parent
        parent = by_node.get(above.mem_id) if above else None
        siblings = parent.children if parent else []
        classes = attributes.get("class") or ""
        element = Element(
            tag=tag,
            attributes=attributes,
            classes=frozenset(classes.split()),
            parent=parent,
            children=[],
            position=len(siblings),
            context=(parent.context if parent else None, tag, attributes.get("id") or "", classes),
            start=ends[int(number)] if number else -1,
        )
        siblings.append(element)
        by_node[node.mem_id] = element
        yield element


def _demand_unrepaired(source: str, elements: Sequence[Element], tags: Mapping[int, re.Match[str]]) -> None:
    written = [element.start for element in elements if element.start >= 0]
    for tag in ("html", "head", "body"):
        if not any(element.tag == tag and element.start >= 0 for element in elements):
            raise TemplateError(
                f"the document has no <{tag}> tag of its own",
                hint="inlining wants the whole document: let the template write <html>, <head> and <body>",
            )
    for element in elements:
        if element.start < 0 and element.tag not in _IMPLIED:
            above = element.parent.start if element.parent else 0
            raise TemplateError(
                f"{line_of(source, above)}: inside this element browsers add a <{element.tag}> of their own",
                hint="a closing tag too many, or an element where HTML does not allow it; balance the markup",
            )
    if sorted(written) != list(tags):
        wrong = next(start for start in tags if written.count(start) != 1)
        raise TemplateError(
            f"{line_of(source, wrong)}: browsers do not make one element of {tags[wrong][0][:80]!r}",
            hint="close what is open before it, and put it where HTML allows it",
        )


def _sheets(source: str, elements: Iterable[Element], tags: Mapping[int, re.Match[str]]) -> Iterator[Sheet]:
    for element in elements:
        if element.tag == "link" and "stylesheet" in (element.attributes.get("rel") or "").lower():
            raise TemplateError(
                f"{line_of(source, element.start)}: a linked style sheet cannot be inlined, "
                "and mail clients do not load it",
                hint="put its rules into a <style> element in head",
            )
        if element.tag == "style":
            in_head = element.parent is not None and element.parent.tag == "head"
            if not in_head or element.attributes.get("type") not in _CSS_TYPES:
                raise TemplateError(
                    f"{line_of(source, element.start)}: a <style> element that does not stand in head, "
                    "or is of another type than text/css",
                    hint="move its rules into the <style> element in head",
                )
            match = tags[element.start]
            yield Sheet(match.start(), match.end(), match["text"], element.attributes.get("media") or "")


def _attribute_edit(source: str, element: Element, style: str) -> tuple[int, int, str]:
    written = f'style="{html.escape(style, quote=False).replace(chr(34), "&quot;")}"'
    if "style" not in element.attributes:
        return element.start, element.start, f" {written}"
    # the first counts, as in browsers; it is there, or the tree would not have it
    own = next(
        match for match in ATTRIBUTE.finditer(source, element.start) if match["name"].lower() == "style"
    )
    return own.start(), own.end(), written
