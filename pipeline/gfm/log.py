"""What an issue's Markdown gives cause to say, each with the line and column an editor can go to."""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from pipeline import findings
from pipeline.model import Finding, Severity

MOST = 50  # findings of one rule; who has more mends these first


class Span(NamedTuple):
    """Lines of the body, from 0, both included."""

    first: int
    last: int


class Log:
    """The findings of one issue's body, in the order in which they were noticed."""

    def __init__(self, file: str, lines: list[str], body_line: int) -> None:
        """
        Begin with none.

        Args:
            file: the issue's file, for the findings.
            lines: the body as the editor wrote it.
            body_line: the file's line on which the body begins, from 1.
        """
        self._file = file
        self._lines = lines
        self._body_line = body_line
        self._found: dict[tuple[str, str], tuple[int, int]] = {}  # where a text stood last: line, end
        self._findings: dict[Finding, None] = {}  # an ordered set
        self._times: Counter[str] = Counter()  # of each rule

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, from the top of the file to its end."""
        return tuple(sorted(self._findings, key=lambda found: (found.line, found.column, found.id)))

    def add(
        self,
        rule: str,
        message: str,
        hint: str,
        span: Span,
        text: str = "",
        *,
        severity: Severity = Severity.ERROR,
    ) -> None:
        """Note a problem in the lines of *span*, exactly where *text* stands when it is found there."""
        self._times[rule] += 1
        if self._times[rule] > MOST:
            return
        line, column = self._place(rule, span, text)
        found = Finding(rule, severity, message, hint, self._file, self.file_line(line), column)
        self._findings[found] = None

    def has_room(self, rule: str) -> bool:
        """Say whether another finding of *rule* would be kept, and its hint is worth the work."""
        return self._times[rule] < MOST

    def file_line(self, line: int) -> int:
        """Return the file's line, from 1, of a line of the body, from 0."""
        return self._body_line + line

    def _place(self, rule: str, span: Span, text: str) -> tuple[int, int]:
        """Find *text*; what one rule asks for again is looked for behind its last place."""
        last_line, last_end = self._found.get((rule, text), (-1, 0))
        first = max(span.first, last_line)
        for number, line in enumerate(self._lines[first : span.last + 1] if text else (), first):
            at = line.find(text, last_end if number == last_line else 0)
            if at >= 0:
                self._found[rule, text] = number, at + len(text)
                return number, at + 1
        return span.first, 0


def nearest(word: str, known: Iterable[str], otherwise: str) -> str:
    """Return the hint that names the known word that was probably meant, or *otherwise*."""
    meant = findings.nearest(word, known)
    return f"did you mean {meant!r}?" if meant else otherwise
