"""The values of the preview: a rendering of an issue, what the checks made of it, what went wrong."""

from typing import NamedTuple

from pipeline.model import Finding, Payload
from pipeline.newsletter import Composed
from pipeline.theme.marks import Place


class Build(NamedTuple):
    """One rendering of one issue."""

    number: int  # from 1; grows with every rendering of this process
    composed: Composed
    payload: Payload  # what would be pushed, in the provider's merge syntax
    source: str  # the file, front matter and all, "\n" line ends
    took_ms: float

    def shows_the_same_as(self, other: "Build") -> bool:
        """Say whether nothing that is shown of *other* is different here."""
        return (self.source, self.payload, self.composed.message) == (
            other.source,
            other.payload,
            other.composed.message,
        )


class Checks(NamedTuple):
    """What the checks made of one rendering."""

    number: int  # of the Build
    findings: tuple[Finding, ...]  # worst first
    places: tuple[Place | None, ...]  # of each element, by its number; a file is relative to the root
    looked: bool  # whether a browser has looked as well
    not_run: tuple[tuple[str, str], ...]  # what was not checked, and why
    was_asked: bool = False  # whether a browser was asked to look, be there one or not


class Trouble(NamedTuple):
    """Why an issue cannot be rendered as it is now."""

    message: str  # lower case, no full stop
    hint: str
    file: str = ""  # relative to the root; "" when no file is to blame
    line: int = 0  # from 1; 0 when unknown
    column: int = 0  # from 1; 0 when unknown
    excerpt: tuple[tuple[int, str], ...] = ()  # up to five lines around it, each with its number
    chain: tuple[tuple[str, int], ...] = ()  # of templates: who includes whom, the outermost first
    problems: tuple[Finding, ...] = ()  # all of them, where there are several

    @property
    def with_place(self) -> str:
        """The message with its place in front, for a terminal: "templates/base.html:44: …"."""
        numbers = "".join(f":{number}" for number in (self.line, self.column) if number)
        return f"{self.file}{numbers}: {self.message}" if self.file else self.message
