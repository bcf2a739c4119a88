"""
Where a finding about finished mail comes from: the line of the template, style sheet or issue to mend.

The examination knows the mail alone, and the inliner has turned rules into style attributes. So the message
is composed once more with marks (`compose`, `theme.marks`), only when there are findings to place, and read
beside the one that was examined: same elements, same order. An element's number leads to its start tag; with
the property at fault, to the declaration that set it. Where the two are not alike, a likely file is named.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser

from pipeline.checks.subject import Subject
from pipeline.css.declarations import overlap, parse_style
from pipeline.css.html5 import Element, parse
from pipeline.css.origins import Origin, origins
from pipeline.errors import TemplateError
from pipeline.model import Finding, Message, Wording
from pipeline.theme.marks import ATTRIBUTE, Place, css_places, read_mark

_TEMPLATES = "templates"
_PARTIAL = f"{_TEMPLATES}/partials/disclaimer.html"
_ABOUT_WORDS = "DISC"
_IMPLIED = frozenset({"colgroup", "tbody", "tr"})  # tags that browsers add between two that are written
_CONDITIONAL = re.compile(r"<!--\[if\b.*?-->", re.DOTALL)
_STYLE = re.compile(r"<style\b[^>]*>(.*?)</style\b", re.DOTALL | re.IGNORECASE)
_OWN = (10**6, 0, 0)  # specificity of a style attribute: above all selectors


def located(
    findings: Iterable[Finding], subject: Subject, marked: Callable[[], str] | None
) -> Iterator[Finding]:
    """
    Yield *findings*, those about finished mail with the file and line that caused them.

    Args:
        findings: of every check.
        subject: what was checked.
        marked: composes the document with marks, its style sheet still in the head; called when it is needed.
            None names likely files only.
    """
    sources: _Sources | None = None
    for finding in findings:
        if finding.part == "text" and not finding.file:
            hint = f"{finding.hint}; the text part is written by pipeline/stages/plaintext.py"
            yield replace(finding, hint=hint, file=subject.issue.file)
        elif finding.part != "html" or (finding.file and finding.element < 0):
            yield finding
        else:
            if sources is None:
                sources = _sources(subject.issue.file, subject.message, marked)
            yield _placed(finding, sources.place(finding), subject)


def written_where(file: str, message: Message, marked: Callable[[], str]) -> tuple[Place | None, ...]:
    """
    Return which line an editor changes for each element of a message's HTML, by the element's number.

    That is the line of the issue whose text it holds or, where it holds none, of the template that wrote it.

    Shape: one place for each element in document order, `html` first, as `Finding.element` counts; a file
    is relative to the root. None for what no line is known of: all in the head, and every element of a
    document that cannot be told apart from its marked one.

    Args:
        file: the issue's, relative to the root.
        message: as `compose` made it.
        marked: composes its document with marks.
    """
    sources = _sources(file, message, marked)
    return tuple(sources.wrote(number) for number in range(_count(message.html)))


def _placed(finding: Finding, place: Place | None, subject: Subject) -> Finding:
    """Name the place where it is known, else the file that a mender opens first."""
    if place is None and finding.file:
        return finding
    hint = finding.hint
    if finding.id.startswith(_ABOUT_WORDS) and finding.element < 0:
        hint = f"{hint}; {_PARTIAL} must emit it"
    elif place is None:
        hint = f"{hint}; look in {_PARTIAL}, {_TEMPLATES}/{subject.issue.template}.html and their style sheet"
    file, line = place or (_PARTIAL, 0)
    return replace(finding, hint=hint, file=file, line=line, column=0)


class _Sources(NamedTuple):
    """A marked document, to be asked by the numbers of the examined one."""

    file: str  # the issue's
    wordings: Sequence[Wording] = ()
    elements: Sequence[Element] = ()  # html and all from body on; empty when nothing can be said
    in_head: int = 0  # elements that the examined document has in its head, itself included
    css: str = ""  # its style sheets, marked
    outlook_css: str = ""  # the same, and those in conditional comments

    def place(self, finding: Finding) -> Place | None:
        """Return the place of what *finding* is about; None when it cannot be told."""
        if finding.element < 0:
            block = self._block(finding.message)
            return self._written(block) if block else None
        element = self._element(finding.element)
        if element is None:
            return None
        return (finding.css and self._declared(element, finding)) or self._written(element)

    def wrote(self, number: int) -> Place | None:
        """Return the issue's line that element *number* stands for, else the place of its start tag."""
        element = self._element(number)
        if element is None:
            return None
        lines = (step.attributes.get("data-line") for step in (element, *_above(element)))
        line = next(filter(None, lines), None)
        return Place(self.file, int(line)) if line else self._written(element)

    def _element(self, number: int) -> Element | None:
        at = number - self.in_head if number else 0
        inside_head = 0 < number <= self.in_head
        return self.elements[at] if not inside_head and at < len(self.elements) else None

    def _block(self, message: str) -> Element | None:
        """Return the block of the wording that *message* is about."""
        blocks = {name: element for element in self.elements if (name := _wording(element))}
        return next((blocks[word] for word in re.findall(r"[^\s,;:]+", message) if word in blocks), None)

    def _written(self, element: Element) -> Place | None:
        """Return which line wrote the start tag of *element*, or the text it comes from."""
        if mark := element.attributes.get(ATTRIBUTE):
            return _under_root(read_mark(mark))
        if element.tag in _IMPLIED and any(ATTRIBUTE in child.attributes for child in element.children):
            return self._written(element.parent) if element.parent else None
        for step in (*_inside(element), *_above(element)):
            if line := step.attributes.get("data-line"):
                return Place(self.file, int(line))
            if name := _wording(step):
                return next((Place(w.file, 0) for w in self.wordings if w.ref == name), None)
        return Place(self.file, 0)

    def _declared(self, element: Element, finding: Finding) -> Place | None:
        """Return the line of the declaration that *finding* is about; None for the element's own style."""
        css = self.outlook_css if finding.profile.startswith("word-engine") else self.css
        found = [*_own(element, finding.css), *origins(css, element, finding.css)]
        likeliest = max(found, key=lambda origin: _likeness(origin, finding), default=None)
        if likeliest is None or not likeliest.line:
            return None
        place = css_places(css)[likeliest.line - 1]
        return _under_root(place) if place else None


def _likeness(origin: Origin, finding: Finding) -> tuple[bool, bool, object]:
    """Rank an origin: how the message tells of it, then its weight in the cascade."""
    message = finding.message
    stays = "(rule " in message or ("(style attribute" not in message and bool(finding.profile))
    return origin.stays == stays, f"{finding.css}: {origin.value} on " in message, origin.weight


def _own(element: Element, name: str) -> Iterator[Origin]:
    try:
        declarations = parse_style(element.attributes.get("style") or "")
    except ValueError:
        return
    for order, declaration in enumerate(declarations):
        if overlap(declaration.name, name):
            weight = (declaration.important, _OWN, order)
            yield Origin(0, declaration.value.lower(), "", stays=False, weight=weight)


def _inside(element: Element) -> Iterator[Element]:
    waiting = [element]
    while waiting:
        step = waiting.pop()
        yield step
        waiting += reversed(step.children)


def _above(element: Element) -> Iterator[Element]:
    step = element.parent
    while step:
        yield step
        step = step.parent


def _wording(element: Element) -> str:
    return element.attributes.get("data-disclaimer") or ""


def _under_root(place: Place) -> Place:
    return place._replace(file=f"{_TEMPLATES}/{place.file}")


def _sources(file: str, message: Message, marked: Callable[[], str] | None) -> _Sources:
    """Compose with marks, and see that the outcome has the examined elements."""
    if marked is None:
        return _Sources(file)
    html = message.html
    try:
        document, examined = parse(marked()), parse(html).elements
    except TemplateError:  # the finding stands; only its place is not known
        return _Sources(file)
    if [element.tag for element in document.elements] != [element.tag for element in examined]:
        return _Sources(file)
    sheets = [sheet.css for sheet in document.sheets]
    comments = _CONDITIONAL.findall(document.source)
    return _Sources(
        file,
        message.wordings,
        document.elements,
        in_head=_count(html) - len(examined),
        css="\n".join(sheets),
        outlook_css="\n".join([*sheets, *(css for comment in comments for css in _STYLE.findall(comment))]),
    )


def _count(html: str) -> int:
    root = LexborHTMLParser(html).root
    return sum(1 for node in root.traverse() if node.tag and node.tag[0] != "-") if root else 0
