"""
What stands inside a line: code, escapes, entities, raw tags, bare addresses, line breaks, emphasis.

Each leaf is handed to python-markdown's inline machinery by itself, with those patterns only whose marks
occur in it: the same bytes in half the time, and every finding knows its lines.
"""

import html
import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from html.entities import html5
from typing import TYPE_CHECKING, Any, cast

from markdown.inlinepatterns import InlineProcessor, Pattern
from markdown.treeprocessors import InlineProcessor as InlineTreeprocessor
from markdown.util import AMP_SUBSTITUTE, ETX, STX, AtomicString, code_escape

from pipeline.gfm import syntax
from pipeline.gfm.source import Kept
from pipeline.mergetags import PREFIX

if TYPE_CHECKING:
    from pipeline.gfm.dialect import Dialect

_MAIL = r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*"
_ATOM = rf"""(?x)
    (?<!`)(?P<ticks>`++)(?P<code>.*?)(?<!`)(?P=ticks)(?!`) | `++
    | \\(?P<escaped>[!-/:-@\[-`{{-~])
    | (?<!\]\()<(?P<url>[A-Za-z][A-Za-z0-9.+-]{{1,31}}:[^\s<>]*+|{PREFIX}[0-9a-z]++)>
    | (?<!\]\()<(?P<mail>{_MAIL})>
    | (?<!\]\()(?P<tags>(?:{syntax.TAG.pattern}
        | <!--(?:(?!<!--|-->).)*+--> | <\?(?:(?!<\?|\?>).)*+\?> | <![A-Za-z][^<>]*+>
        | <!\[CDATA\[(?:(?!<!\[CDATA\[|\]\]>).)*+\]\]>)++)
    | &(?P<entity>[#][0-9]{{1,7}} | [#][xX][0-9a-fA-F]{{1,6}} | [A-Za-z][A-Za-z0-9]{{1,31}});"""
_BARE = rf"""(?x)
    (?:(?<![A-Za-z])(?:https?|ftp):// | (?:(?<=[\s*_~(]) | (?<={ETX}) | ^)(?=www\.))
    (?P<address>[\w-]++(?:\.[\w-]++)*+(?:[^\s<{STX}{ETX}] | {STX}klzzwxh:[0-9]+{ETX})*+)
    | (?<![A-Za-z0-9._+/@-])(?P<mail>[A-Za-z0-9._+-]++@[A-Za-z0-9_-]++(?:\.[A-Za-z0-9_-]++)++)(?<![-_])"""
_TRAILING = re.compile(r"[?!.,:*_~'\"]$|(?<!&)&[A-Za-z0-9]+;$|;$")


def ampersands(text: str) -> str:
    """Return *text* so that python-markdown's serialiser takes none of it for an entity."""
    return text.replace("&", f"{AMP_SUBSTITUTE}amp;")


def unescaped(source: str) -> str:
    """Return the characters that *source* stands for: backslashes and entities resolved."""
    if "\\" not in source and "&" not in source:
        return source
    return re.sub(
        r"\\([!-/:-@\[-`{-~])|&(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});",
        lambda match: match[1] or _character(match[2]) or match[0],
        source,
    )


def address(source: str) -> str:
    """Return the address that *source* stands for."""
    return unescaped(source).replace(" ", "%20")


def _character(entity: str) -> str:
    """Return what an entity stands for, or "" when there is no such entity."""
    if entity[0] == "#":
        return "".join(
            char if char.isprintable() or char.isspace() else "�" for char in html.unescape(f"&{entity};")
        )
    return html5.get(f"{entity};", "")


class AtomProcessor(InlineProcessor):
    """Code, escapes, `<addresses>`, raw tags and entities: whichever begins first, wins."""

    md: "Dialect"

    def __init__(self, md: "Dialect") -> None:
        """Work for *md*."""
        super().__init__(_ATOM, md)

    def handleMatch(  # type: ignore[override]  # noqa: N802 -- python-markdown's name
        self,
        m: re.Match[str],
        data: str,  # noqa: ARG002 -- theirs
    ) -> tuple[ET.Element | str | None, int | None, int | None]:
        """Return what the match becomes, or nothing for a run of backticks that nothing closes."""
        node = self._node(m)
        return (None, None, None) if node is None else (node, m.start(), m.end())

    def _node(self, m: re.Match[str]) -> ET.Element | str | None:
        if m["ticks"]:
            return self.md.keep(_code(m["code"]), m[0])
        if m["escaped"]:
            return Kept(_literal(m["escaped"]), m[0])
        if m["url"] or m["mail"]:
            if m["url"]:
                self.md.targets.check_link(m["url"], self.md.span, m[0])
            return self.md.keep(_address(m["url"] or m["mail"], "" if m["url"] else "mailto:"), m[0])
        if m["tags"]:
            return Kept(self.md.stash_tags(m["tags"]), m[0])
        text = _character(m["entity"]) if m["entity"] else ""
        return Kept("".join(map(_literal, text)), m[0]) if text else None


def _code(source: str) -> ET.Element:
    text = source.replace("\n", " ")
    if text.startswith(" ") and text.endswith(" ") and text.strip(" "):
        text = text[1:-1]
    element = ET.Element("code")
    element.text = AtomicString(code_escape(text))
    return element


def _literal(char: str) -> str:
    """Return a character so that no later step reads it as a mark."""
    if char == "&":
        return ampersands(char)
    return f"{STX}{ord(char)}{ETX}" if char.isascii() and not char.isalnum() and not char.isspace() else char


def _address(text: str, scheme: str) -> ET.Element:
    element = ET.Element("a", href=ampersands(scheme + text))
    element.text = AtomicString(ampersands(text))
    return element


class BareAddressProcessor(InlineProcessor):
    """`https://...`, `www...` and mail addresses that stand in the text as such."""

    ANCESTOR_EXCLUDES = ("a",)
    md: "Dialect"

    def __init__(self, md: "Dialect") -> None:
        """Work for *md*."""
        super().__init__(_BARE, md)

    def handleMatch(  # type: ignore[override]  # noqa: N802 -- python-markdown's name
        self, m: re.Match[str], data: str
    ) -> tuple[ET.Element | None, int | None, int | None]:
        """Return the link, without the punctuation that ends the sentence."""
        if m["mail"]:
            return _address(m[0], "mailto:"), m.start(), m.end()
        end = m.start() + len(_trimmed(self.md.until_element(m[0])))
        text = unescaped(self.md.restored(data[m.start() : end]))
        if end <= m.start("address"):
            return None, None, None
        scheme = "http://" if text.startswith("www.") else ""
        self.md.targets.check_link(scheme + text, self.md.span, text)
        return _address(text, scheme), m.start(), end


def _trimmed(address: str) -> str:
    """Return *address* without trailing punctuation and brackets that were opened before it."""
    surplus = address.count(")") - address.count("(")
    while address:
        if address.endswith(")") and surplus > 0:
            address, surplus = address[:-1], surplus - 1
        elif match := _TRAILING.search(address):
            address = address[: match.start()]
        else:
            break
    return address


class LineBreakProcessor(InlineProcessor):
    """Two blanks or a backslash at the end of a line."""

    def __init__(self, md: "Dialect") -> None:
        """Work for *md*."""
        super().__init__(r"(?:[ ]{2,}|\\)\n", md)

    def handleMatch(  # type: ignore[override]  # noqa: N802 -- python-markdown's name
        self,
        m: re.Match[str],
        data: str,  # noqa: ARG002 -- theirs
    ) -> tuple[ET.Element, int, int]:
        """Return the break."""
        return ET.Element("br"), m.start(), m.end()


class LeafInlines(InlineTreeprocessor):
    """python-markdown's inline machinery, leaf by leaf, with the patterns that the leaf needs."""

    md: "Dialect"

    def __init__(self, md: "Dialect") -> None:
        """Work for *md*."""
        super().__init__(md)
        self._guarded: list[tuple[Pattern, tuple[str, ...]]] = []
        self.stashed_nodes = {}

    def guard(self, marks: Mapping[str, tuple[str, ...]]) -> None:
        """Learn which *marks* each of the parser's patterns, by its name, cannot match without."""
        self._guarded = [(self.md.inlinePatterns[name], needed) for name, needed in marks.items()]

    def run(self, tree: ET.Element, ancestors: list[str] | None = None) -> ET.Element:
        """Parse the text of every leaf of the document."""
        for leaf, span in self.md.leaves.items():
            patterns = self._needed(leaf.text) if leaf.text else []
            if patterns:
                self.md.begin_leaf(span)
                self.inlinePatterns = cast("Any", patterns)  # len() and [] is all that is used
                holder = ET.Element("div")
                holder.append(leaf)
                super().run(holder, ancestors)
                self.md.end_leaf()
        return tree

    def _needed(self, text: str) -> list[Pattern]:
        """Return the patterns that can match in *text*, in order."""
        return [pattern for pattern, marks in self._guarded if any(mark in text for mark in marks)]
