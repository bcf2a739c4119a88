"""Marks that readers would see as such: unknown merge tags, other systems' syntax, misspelt components."""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from pipeline.gfm.inlines import ampersands
from pipeline.gfm.log import Log, Span, nearest
from pipeline.mergetags import NAMES, unknown_tags
from pipeline.model import Severity

_PLACEHOLDER = re.compile(r"\x02(?:(?P<code>\d+)|[^\x03]*)\x03")
_MARK = re.compile(
    r"(?P<tag>\{\{[^{}]*\}\})"
    r"|(?P<foreign>\{%[^\n{}%]*+%\}|\*\|[^|*\n]++\|\*|<%[^\n<>%]*+%>)"
    r"|(?P<note>\[\^[^\[\]\s]++\])"
    r"|^(?P<block>:::+[^\n]*|\+\+\+)[ \t]*$"
    r"|^(?P<callout>\[![A-Za-z]+\])"
    r"|(?P<component>\{[.#:][^{}\n]*\})",
    re.MULTILINE,
)
_FOREIGN_EMPHASIS = re.compile(r"\|[^|\s]+\|")  # *|NAME|*, read as emphasis
COMPONENTS = {
    "{.button}": "it belongs directly behind a link: [text](address){.button}",
    "{.pullquote}": "it belongs in the last line of a quote: > {.pullquote}",
}
CALLOUTS = ("[!NOTE]", "[!TIP]", "[!IMPORTANT]", "[!WARNING]", "[!CAUTION]")
_COLUMNS_HINT = "columns begin with `::: columns`, part with `+++` and end with `:::`, not in a list or quote"
_CALLOUT_HINT = (
    "a call-out is a quote that begins with one of " + ", ".join(CALLOUTS) + " on a line of its own"
)


def plain(text: str) -> str:
    """Return *text* with python-markdown's placeholders resolved; raw tags go."""
    if "\x02" not in text:
        return text
    text = text.replace(ampersands("&"), "&")
    return _PLACEHOLDER.sub(lambda match: chr(int(match["code"])) if match["code"] else "", text)


def check_leaf(leaf: Element, span: Span, log: Log) -> None:
    """Note what stands in the text and addresses of *leaf*, code excepted."""
    text = plain("".join(_texts(leaf)))
    if any(mark in text for mark in ("{", "|*", "<%", "[^", "[!", ":::", "+++")):
        check_text(text, span, log)
    for element in leaf.iter():
        if element.tag == "em" and _FOREIGN_EMPHASIS.fullmatch(element.text or ""):
            _foreign(f"*{element.text}*", span, log)
        for name in ("href", "src", "alt", "title"):
            value = element.get(name) or ""
            if "{" in value or "|*" in value:
                check_text(plain(value), span, log)


def check_text(text: str, span: Span, log: Log) -> None:
    """Note what stands in *text*, as a reader sees it."""
    for match in _MARK.finditer(text):
        shown = match[0].strip()
        if match["tag"]:
            _merge_tag(shown, span, log)
        elif match["foreign"]:
            _foreign(shown, span, log)
        elif match["note"]:
            hint = f"define it on a line of its own: {shown}: text"
            log.add("MD012", f"footnote without a text: {shown!r}", hint, span, shown)
        elif match["block"]:
            name = shown.strip(": ")
            hint = _COLUMNS_HINT if name == "columns" else nearest(name, ["columns"], _COLUMNS_HINT)
            log.add("MD010", f"a mark that belongs to no columns: {shown!r}", hint, span, shown)
        elif match["callout"]:
            hint = _CALLOUT_HINT if shown in CALLOUTS else nearest(shown, CALLOUTS, _CALLOUT_HINT)
            log.add("MD010", f"no call-out: {shown!r}", hint, span, shown)
        else:
            hint = COMPONENTS.get(shown) or nearest(shown, COMPONENTS, f"known are {', '.join(COMPONENTS)}")
            log.add("MD010", f"a mark that belongs to nothing: {shown!r}", hint, span, shown)


def _merge_tag(shown: str, span: Span, log: Log) -> None:
    for tag in unknown_tags(shown):
        hint = nearest(tag.name, NAMES, f"known are {', '.join(NAMES)}")
        log.add("MD002", f"unknown merge tag: {tag.name!r}", hint, span, shown)


def _foreign(shown: str, span: Span, log: Log) -> None:
    hint = "readers would see it as it stands; take it out, or put it between backticks when it is meant so"
    log.add("MD009", f"template syntax in the text: {shown!r}", hint, span, shown, severity=Severity.WARNING)


def _texts(element: Element) -> Iterator[str]:
    """Yield the texts inside *element* in order, code excepted."""
    if element.tag != "code":
        if element.text:
            yield element.text
        for child in element:
            yield "\n" if child.tag == "br" else ""
            yield from _texts(child)
            yield child.tail or ""
