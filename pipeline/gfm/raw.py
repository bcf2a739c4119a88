"""
Raw HTML in an issue, made harmless piece by piece before it meets what Markdown wrote.

Within each parent tags must pair up; what does not is dropped and told. So no raw tag can close or swallow
anything that is not its own, whatever a parser would make of it later.
"""

import html
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pipeline.gfm import policy, syntax
from pipeline.gfm.containers import DEEPEST
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
# What an opening tag ends where its own end tag was left out, as GitHub and browsers have it.
_ENDED_BY = {
    **dict.fromkeys(("thead", "tbody", "tfoot"), _ENDS_BY_ITSELF - syntax.words("li dt dd rp rt")),
    **dict.fromkeys(("dt", "dd"), syntax.words("dt dd p")),
    **dict.fromkeys(("td", "th"), syntax.words("td th p")),
    **dict.fromkeys(("rp", "rt"), syntax.words("rp rt")),
    "tr": syntax.words("tr td th p"),
    "li": syntax.words("li p"),
    "p": syntax.words("p"),
}


@dataclass(slots=True)
class Piece:
    """A run of raw HTML: the source, and what is kept of it."""

    source: str
    span: Span
    kept: list[str] = field(default_factory=list)
    depth: int = 0  # raw elements that are open behind it, those around its parent among them

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
    end: str  # its end tag, or nothing where the tag itself was left out


class _Stack:
    """The raw elements that are open in one parent, outermost first."""

    def __init__(self, room: int) -> None:
        """Have *room* for so many; what is deeper is left out, and its text kept."""
        self._room = room
        self._opened: list[_Open] = []
        self._times: Counter[str] = Counter()  # that a name is among them

    def __contains__(self, name: str) -> bool:
        return self._times[name] > 0

    @property
    def depth(self) -> int:
        """How many of them are kept."""
        return min(len(self._opened), self._room)

    @property
    def full(self) -> bool:
        """Say whether a further one would be too deep."""
        return len(self._opened) >= self._room

    def push(self, name: str, piece: Piece, tag: str) -> None:
        """Open the element whose tag *piece* kept last."""
        end = "" if self.full else f"</{name}>"
        self._opened.append(_Open(name, piece, len(piece.kept) - 1, tag, end))
        self._times[name] += 1

    def pop(self) -> _Open:
        """Close the innermost one."""
        opened = self._opened.pop()
        self._times[opened.name] -= 1
        return opened

    def ended_by(self, name: str) -> Iterator[_Open]:
        """Close what ends by itself where *name* begins."""
        ended = _ENDED_BY.get(name, ())
        while self._opened and self._opened[-1].name in ended:
            yield self.pop()

    def rest(self) -> Iterator[_Open]:
        """Close all."""
        while self._opened:
            yield self.pop()


class RawHtml:
    """Cleans one issue's raw HTML."""

    def __init__(self, log: Log, targets: Targets, *, mark_lines: bool) -> None:
        """Tell problems to *log*; links and pictures are *targets*; *mark_lines* writes `data-line`."""
        self._log = log
        self._targets = targets
        self._mark_lines = mark_lines
        self.met = False  # there was any
        self._told: set[str] = set()  # refused elements whose end tags need no finding of their own

    def clean(self, pieces: Sequence[Piece], around: int = 0) -> None:
        """Fill in what is kept of *pieces*, all of one parent, in order; raw elements are *around* it."""
        self.met = self.met or bool(pieces)
        stack = _Stack(DEEPEST - around)
        for piece in pieces:
            self._clean(piece, stack)
            piece.depth = around + stack.depth
        for opened in stack.rest():
            self._drop(opened)

    def _clean(self, piece: Piece, stack: _Stack) -> None:
        source, at = piece.source, 0
        while match := _TOKEN.search(source, at):
            piece.kept.append(source[at : match.start()])
            at = match.end()
            if match["tag"]:
                at = self._tag(match["tag"], at, piece, stack)
            elif match["comment"] and not match["comment"].endswith("-->"):
                self._log.add("MD003", "a comment is never closed", "end it with `-->`", piece.span, "<!--")
            elif match[0] == "<":
                piece.kept.append("&lt;")
        piece.kept.append(source[at:])

    def _tag(self, tag: str, end: int, piece: Piece, stack: _Stack) -> int:
        """Take a tag that ends in column *end*; return up to where it reaches with what it swallows."""
        name = _NAME.match(tag)[1].lower()  # type: ignore[index]  # a tag has a name
        if name not in policy.ELEMENTS:
            if tag[1] != "/" or name not in self._told:
                self._refused(name, tag, piece)
            closer = _CLOSERS[name].search(piece.source, end) if name in _CLOSERS and tag[1] != "/" else None
            return closer.end() if closer else end
        if tag[1] == "/":
            self._close(name, tag, piece, stack)
        elif name in policy.VOID:
            piece.kept.append(self._rebuilt(name, tag, piece, end))
        else:
            self._open(name, tag, end, piece, stack)
        return end

    def _open(self, name: str, tag: str, end: int, piece: Piece, stack: _Stack) -> None:
        piece.kept += [opened.end for opened in stack.ended_by(name)]
        piece.kept.append("" if stack.full else self._rebuilt(name, tag, piece, end))
        if stack.full:
            message = f"raw HTML is nested more than {DEEPEST} deep"
            self._log.add("MD011", message, "take some of the tags away; their text is kept", piece.span)
        stack.push(name, piece, tag)

    def _close(self, name: str, tag: str, piece: Piece, stack: _Stack) -> None:
        if name not in stack:
            self._unbalanced(f"{tag} closes nothing", tag, piece)
            return
        while (opened := stack.pop()).name != name:
            self._drop(opened)
        piece.kept.append(opened.end)

    def _drop(self, opened: _Open) -> None:
        """Leave out a tag that is never closed, unless its element ends by itself."""
        if opened.name not in _ENDS_BY_ITSELF:
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

    def _rebuilt(self, name: str, tag: str, piece: Piece, end: int) -> str:
        """Return an opening tag, which ends in column *end*, with its allowed attributes only."""
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
        if self._mark_lines:
            line = piece.span.first + piece.source.count("\n", 0, end - len(tag))
            attributes["data-line"] = str(self._log.file_line(line))
        parts = [name, *(f'{key}="{html.escape(value)}"' for key, value in attributes.items())]
        return f"<{' '.join(parts)}>"
