"""What reading and looking make of one mail together."""

from collections.abc import Callable, Iterator, Sequence
from typing import Literal

from pipeline.model import Finding, Severity, Wording

Mode = Literal["auto", "require", "off"]
"""Whether a browser looks: auto does without one that is not there."""

Look = Callable[[str, Sequence[Wording]], list[Finding]]
"""Renders HTML and returns what keeps readers from seeing the wordings: `Browser.look`."""


def settled(read: Sequence[Finding], html: str, required: Sequence[Wording], look: Look) -> list[Finding]:
    """
    Return the findings about a mail after a browser has looked at it.

    A browser may decide what reading could not; where reading shows that words are missed, it is not asked.

    Args:
        read: what the examination and other checks found.
        html: the HTML part.
        required: the wordings that must be shown.
        look: asks a browser.
    """
    if any(f.severity.stops and f.part == "html" and not f.undetermined for f in read):
        return list(read)
    missed = look(html, required)
    return [*(f for f in read if missed or not f.undetermined), *missed]


def undecided(wordings: Sequence[Wording], why: str, hint: str) -> Iterator[Finding]:
    """
    Yield a finding for each of *wordings* that no browser could tell of: nothing is proven.

    Args:
        wordings: the wordings that must be shown.
        why: lower case, no full stop.
        hint: how to mend it.
    """
    for wording in wordings:
        message = f"{wording.ref} is not proven to be shown: {why}"
        yield Finding("VIS022", Severity.BLOCK, message, hint, part="html")
