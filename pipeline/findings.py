"""Gathering every problem of one file before giving up, and naming the word its author probably meant."""

from collections.abc import Iterable

from pipeline.model import Finding, Part, Severity

_SHOWN = 40  # known words in a hint; enough for all keys of front matter


class Findings:
    """The problems of one file, in the order in which they were seen."""

    def __init__(self, file: str, part: Part = "source") -> None:
        """Begin with none, for *file* (relative to the root, with forward slashes)."""
        self.file = file
        self._part: Part = part
        self._seen: list[Finding] = []

    def add(self, rule: str, message: str, hint: str, *, line: int = 0, column: int = 0) -> None:
        """Note one problem; line and column count from 1, 0 when unknown."""
        self._seen.append(
            Finding(rule, Severity.ERROR, message, hint, self.file, line, column, part=self._part)
        )

    def __bool__(self) -> bool:
        """Say whether there is any problem."""
        return bool(self._seen)

    @property
    def all(self) -> tuple[Finding, ...]:
        """Every problem, from the top of the file to its end."""
        return tuple(sorted(self._seen, key=lambda finding: (finding.line, finding.column)))

    @property
    def summary(self) -> tuple[str, str]:
        """The message and hint of an error that carries these findings."""
        first, *others = self.all
        if others:
            return f"{self.file}: {len(self._seen)} problems", "mend each of them, then run the command again"
        return f"{self.file}{f':{first.line}' if first.line else ''}: {first.message}", first.hint


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the known word that *word* was probably meant to be, or ""."""
    import difflib  # noqa: PLC0415  (only for what is wrong)

    by_shape = {_shape(name): name for name in known}
    matches = difflib.get_close_matches(_shape(word[:80]), by_shape, n=1)
    return by_shape[matches[0]] if matches else ""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a hint that names the nearest known word, or all of them when none is near."""
    names = list(known)
    meant = nearest(word, names)
    if meant:
        return f"did you mean {meant!r}?"
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"known are: {', '.join(names[:_SHOWN]) or 'none'}{more}"


def _shape(word: str) -> str:
    """Return *word* without what people vary: case, hyphens and blanks."""
    return word.lower().replace("-", "_").replace(" ", "_")
