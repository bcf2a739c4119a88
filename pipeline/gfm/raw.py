"""
Raw HTML in an issue, made harmless piece by piece before it meets what Markdown wrote.

Within each parent tags must pair up; what does not is dropped and told. So no raw tag can close or swallow
anything that is not its own, whatever a parser would make of it later.
"""

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pipeline.gfm import policy, syntax
from pipeline.gfm.log import Log, Span
from pipeline.gfm.targets import Targets
from pipeline.model import Severity

_TOKEN = re.compile(
    rf"(?P<comment><!--.*?(?:-->|\Z))|(?P<other><\?.*?(?:\?>|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|<![A-Za-z][^>]*(?:>|\Z))"
    rf"|(?P<tag>{syntax.TAG.pattern})|<",
    re.DOTALL,
)
_NAME = re.compile(r"</?([A-Za-z][A-Za-z0-9-]*)")
_ATTRIBUTE = re.compile(r"\s([A-Za-z_:][\w.:-]*)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'=<>`]+)))?")
# What a parser takes for text up to the end tag goes with the tags, where the piece holds both.
_CLOSERS = {name: re.compile(rf"</{name}\s*>", re.IGNORECASE) for name in policy.SWALLOWING}
_ENDS_BY_ITSELF = syntax.words("p li dt dd tr td th thead tbody tfoot colgroup caption rp rt")


@dataclass(slots=True)
class Piece:
    """A run of raw HTML: the source, and what is kept of it."""

    source: str
    span: Span
    kept: list[str] = field(default_factory=list)

    @property
    def clean(self) -> str:
        """What is kept, as one text."""
        return "".join(self.kept)


@dataclass(slots=True)
class _Open:
    name: str
    piece: Piece
    index: int  # of its tag in what the piece keeps
    tag: str


class RawHtml:
    """Cleans one issue's raw HTML."""

    def __init__(self, log: Log, targets: Targets) -> None:
        """Tell problems to *log*; links and pictures are *targets*."""
        self._log = log
        self._targets = targets
        self.met = False  # there was any
        self._told: set[str] = set()  # refused elements whose end tags need no finding of their own

    def clean(self, pieces: Sequence[Piece]) -> None:
        """Fill in what is kept of *pieces*, all that stand in one parent, in order."""
        self.met = self.met or bool(pieces)
        open_tags: list[_Open] = []
        for piece in pieces:
            self._clean(piece, open_tags)
        self._drop(tag for tag in open_tags if tag.name not in _ENDS_BY_ITSELF)

    def _clean(self, piece: Piece, open_tags: list[_Open]) -> None:
        source, at = piece.source, 0
        while match := _TOKEN.search(source, at):
            piece.kept.append(source[at : match.start()])
            at = match.end()
            if match["tag"]:
                at = self._tag(match["tag"], at, piece, open_tags)
            elif match["comment"] and not match["comment"].endswith("-->"):
                self._log.add("MD003", "a comment is never closed", "end it with `-->`", piece.span, "<!--")
            elif match[0] == "<":
                piece.kept.append("&lt;")
        piece.kept.append(source[at:])

    def _tag(self, tag: str, end: int, piece: Piece, open_tags: list[_Open]) -> int:
        """Take a tag that ends in column *end*; return up to where it reaches with what it swallows."""
        name = _NAME.match(tag)[1].lower()  # type: ignore[index]  # a tag has a name
        if name not in policy.ELEMENTS:
            if tag[1] != "/" or name not in self._told:
                self._refused(name, tag, piece)
            closer = _CLOSERS[name].search(piece.source, end) if name in _CLOSERS and tag[1] != "/" else None
            return closer.end() if closer else end
        if tag[1] == "/":
            self._close(name, tag, piece, open_tags)
        else:
            piece.kept.append(self._rebuilt(name, tag, piece))
            if name not in policy.VOID:
                open_tags.append(_Open(name, piece, len(piece.kept) - 1, tag))
        return end

    def _close(self, name: str, tag: str, piece: Piece, open_tags: list[_Open]) -> None:
        if name in policy.VOID or not any(opened.name == name for opened in open_tags):
            self._unbalanced(f"{tag} closes nothing", tag, piece)
            return
        piece.kept.append(f"</{name}>")
        while (opened := open_tags.pop()).name != name:
            if opened.name not in _ENDS_BY_ITSELF:
                self._drop([opened])

    def _drop(self, open_tags: Iterable[_Open]) -> None:
        for opened in open_tags:
            opened.piece.kept[opened.index] = ""
            self._unbalanced(f"<{opened.name}> is never closed", opened.tag, opened.piece)

    def _unbalanced(self, message: str, tag: str, piece: Piece) -> None:
        hint = "it was left out; pair it up within the same paragraph, list item or quote"
        self._log.add("MD003", f"raw HTML: {message}", hint, piece.span, tag, severity=Severity.WARNING)

    def _refused(self, name: str, tag: str, piece: Piece) -> None:
        """Note an element that must not be in a mail."""
        self._told.add(name)
        active = name in policy.ACTIVE
        hint = (
            "take it out: mail clients strip or block it" if active else "it was left out; its text is kept"
        )
        severity = Severity.ERROR if active else Severity.WARNING
        self._log.add("MD003", f"raw HTML: <{name}> is not allowed", hint, piece.span, tag, severity=severity)

    def _rebuilt(self, name: str, tag: str, piece: Piece) -> str:
        """Return an opening tag with its allowed attributes only."""
        written = {
            match[1].lower(): html.unescape(match[2] or match[3] or match[4] or "")
            for match in reversed(list(_ATTRIBUTE.finditer(tag)))  # the first of two counts
        }
        attributes = {key: written[key] for key in reversed(written) if policy.allows(name, key)}
        if refused := sorted(set(written) - set(attributes)):
            severity = Severity.ERROR if any(key.startswith("on") for key in refused) else Severity.WARNING
            message = f"raw HTML: <{name}> must not have {', '.join(refused)}"
            hint = "it was left out; the template decides how things look"
            self._log.add("MD003", message, hint, piece.span, tag, severity=severity)
        if name == "img":
            alt = attributes.get("alt", "")
            attributes = attributes | self._targets.image(attributes.get("src", ""), alt, piece.span, tag)
        elif "href" in attributes:
            self._targets.check_link(attributes["href"], piece.span, tag)
        parts = [name, *(f'{key}="{html.escape(value)}"' for key, value in attributes.items())]
        return f"<{' '.join(parts)}>"
