"""Links and images, in GitHub's reading, in time that grows with the text and not with its square."""

import re
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, NamedTuple

from markdown.inlinepatterns import InlineProcessor

from pipeline.gfm import inlines

if TYPE_CHECKING:
    from pipeline.gfm.dialect import Dialect

_OPEN = re.compile(r"\([ \t]*\n?[ \t]*")
_ANGLED = re.compile(r"<([^<>\n]*)>")
_PART = re.compile(r"[()\s]|$")
_TAIL = re.compile(r"(?:[ \t\n]+(?:\"([^\"]*)\"|'([^']*)'|\(([^()]*)\)))?[ \t\n]*\)")
_LABEL = re.compile(r"\[([^\[\]]*)\]")
_BRACKET = re.compile(r"[\[\]]")
_NOTE = re.compile(r"\{([^{}\n]*)\}")
_PAIRED = re.compile(r"(\*{1,3}|~~|_{1,3})(?=\S)(.+?)(?<=\S)\1")
_DEEPEST_PARENTHESES = 32  # the spec allows implementations a bound; this is its own example
_LONGEST_LABEL = 999  # characters; the spec's bound
BUTTON = ".button"


class Target(NamedTuple):
    """Where a link leads, or what an image shows."""

    url: str
    title: str | None
    end: int  # of what was read


class Brackets:
    """
    The closing bracket of each opening one, found once for a text and for all that follows from it.

    The machinery replaces what it has parsed and goes on to the right, so a position is kept by its
    distance from the end, where nothing changes.
    """

    def __init__(self) -> None:
        """Begin with no text."""
        self._text = ""
        self._closers: dict[int, int] = {}
        self._openers: dict[int, int] = {}

    def closer(self, text: str, opener: int) -> int:
        """Return where the bracket at *opener* is closed, or -1."""
        if not self._text.endswith(text[opener:]):
            self._read(text)
        return len(text) - self._closers.get(len(text) - opener, len(text) + 1)

    def opener(self, text: str, closer: int) -> int:
        """Return which bracket the one at *closer* closes, or -1."""
        self._read(text)
        return len(text) - self._openers.get(len(text) - closer, len(text) + 1)

    def _read(self, text: str) -> None:
        if text == self._text:
            return
        self._text, self._closers, self._openers = text, {}, {}
        openers: list[int] = []
        for match in _BRACKET.finditer(text):
            left = len(text) - match.start()
            if match[0] == "[":
                openers.append(left)
            elif openers:
                opener = openers.pop()
                self._closers[opener] = left
                self._openers[left] = opener


class _BracketProcessor(InlineProcessor):
    """What links and images have in common."""

    md: "Dialect"

    def __init__(self, pattern: str, md: "Dialect") -> None:
        """Match *pattern*, which ends in an opening bracket, for *md*."""
        super().__init__(pattern, md)
        self._brackets = Brackets()

    def handleMatch(  # type: ignore[override]  # noqa: N802 -- python-markdown's name
        self, m: re.Match[str], data: str
    ) -> tuple[ET.Element | None, int | None, int | None]:
        """Return the element, or nothing where the bracket is just a bracket."""
        opener = m.end() - 1
        closer = self._brackets.closer(data, opener)
        target = self._target(data, opener, closer) if closer > 0 else None
        if target is None:
            if closer > 0:
                self._report_undefined(data, opener, closer)
            return None, None, None
        element, end = self._element(data, opener, closer, target)
        return (None, None, None) if element is None else (element, m.start(), end)

    def _element(self, data: str, opener: int, closer: int, target: Target) -> tuple[ET.Element | None, int]:
        raise NotImplementedError

    def _target(self, data: str, opener: int, closer: int) -> Target | None:
        """Return the target of the brackets: `[..](target)`, `[..][label]`, `[..][]` or `[..]`."""
        return self._inline_target(data, closer + 1) or self._defined_target(data, opener, closer)

    def _inline_target(self, data: str, at: int) -> Target | None:
        opening = _OPEN.match(data, at)
        if opening is None:
            return None
        angled = _ANGLED.match(data, opening.end())
        end = angled.end() if angled else _end_of_url(data, opening.end())
        tail = _TAIL.match(data, end) if end >= 0 else None
        if tail is None:
            return None
        url = angled[1] if angled else data[opening.end() : end]
        title = tail[1] or tail[2] or tail[3]
        restored = self.md.restored
        return Target(
            inlines.address(restored(url)),
            inlines.unescaped(restored(title)) if title else None,
            tail.end(),
        )

    def _defined_target(self, data: str, opener: int, closer: int) -> Target | None:
        label = _LABEL.match(data, closer + 1)
        wanted = label[1] if label and label[1].strip() else data[opener + 1 : closer]
        definition = self._definition(wanted)
        return Target(*definition, label.end() if label else closer + 1) if definition else None

    def _definition(self, label: str) -> tuple[str, str | None] | None:
        if not self.md.references or len(label) > _LONGEST_LABEL or "[" in label:
            return None
        return self.md.references.get(normalised(self.md.restored(label)))

    def _report_undefined(self, data: str, opener: int, closer: int) -> None:
        """Note `[..][label]` whose label nothing defines: readers would see the brackets."""
        label = _LABEL.match(data, closer + 1)
        if label is None or data[label.end() : label.end() + 1] in ("[", "("):
            return
        wanted = label[1].strip() or data[opener + 1 : closer]
        if len(wanted) <= _LONGEST_LABEL and wanted.strip() and not wanted.startswith("^"):
            self.md.undefined(self.md.restored(wanted), self.md.restored(data[opener : label.end()]))


def _end_of_url(data: str, at: int) -> int:
    """Return where the address that begins at *at* ends, or -1 when its own brackets are not in order."""
    depth = 0
    for match in _PART.finditer(data, at):
        if match[0] == "(" and depth < _DEEPEST_PARENTHESES:
            depth += 1
        elif match[0] == ")" and depth:
            depth -= 1
        else:
            return -1 if depth else match.start()
    return -1


def normalised(label: str) -> str:
    """Return *label* as labels are compared: without regard to case and to the width of blanks."""
    return " ".join(label.casefold().split())


class LinkProcessor(_BracketProcessor):
    """`[text](target)` and its kin; a link inside takes precedence."""

    ANCESTOR_EXCLUDES = ("a",)

    def __init__(self, md: "Dialect") -> None:
        """Work for *md*."""
        super().__init__(r"(?<!!)\[", md)

    def _element(self, data: str, opener: int, closer: int, target: Target) -> tuple[ET.Element | None, int]:
        if self._labels_image(data, opener, closer) or self._has_link(data, opener + 1, closer):
            return None, 0
        element = ET.Element("a", href=inlines.ampersands(target.url))
        element.text = data[opener + 1 : closer]
        if target.title:
            element.set("title", inlines.ampersands(target.title))
        shown = self.md.restored(data[opener : target.end])
        self.md.targets.check_link(target.url, self.md.span, shown)
        return element, self._styled(element, data, target.end)

    def _labels_image(self, data: str, opener: int, closer: int) -> bool:
        """Say whether the brackets are the label of an image: `![..][label]`."""
        if data[opener - 1 : opener] != "]" or not self._definition(data[opener + 1 : closer]):
            return False
        image = self._brackets.opener(data, opener - 1)
        return image > 0 and data[image - 1] == "!"

    def _has_link(self, data: str, begin: int, end: int) -> bool:
        """Say whether a link stands between *begin* and *end*; whatever could be one, is one or holds one."""
        at = data.find("[", begin, end)
        while at >= 0:
            closer = self._brackets.closer(data, at)
            if data[at - 1] != "!" and 0 < closer < end and self._target(data, at, closer):
                return True
            at = data.find("[", at + 1, end)
        return False

    def _styled(self, element: ET.Element, data: str, end: int) -> int:
        """Make *element* a button when `{.button}` follows; return the end of what was read."""
        note = _NOTE.match(data, end)
        if note and note[1].strip() == BUTTON:
            element.set("class", "button")
            return note.end()
        return end


class ImageProcessor(_BracketProcessor):
    """`![alternative](source)` and its kin."""

    def __init__(self, md: "Dialect") -> None:
        """Work for *md*."""
        super().__init__(r"!\[", md)

    def _element(self, data: str, opener: int, closer: int, target: Target) -> tuple[ET.Element | None, int]:
        shown = self.md.restored(data[opener - 1 : target.end])
        alt = self._plain(data[opener + 1 : closer])
        attributes = self.md.targets.image(target.url, alt, self.md.span, shown)
        element = ET.Element("img", {name: inlines.ampersands(value) for name, value in attributes.items()})
        if target.title:
            element.set("title", inlines.ampersands(target.title))
        return element, target.end

    def _plain(self, text: str) -> str:
        """Return *text* as someone reads it out: without marks."""
        for _nested in range(3):
            text = _PAIRED.sub(r"\2", text)
        return " ".join(self.md.text_of(text).split())
