"""
What readers would make of a finished fragment: whether it says anything, and no merge tag that nobody wrote.

A token can come about in a text that holds none: from entities, from pieces that tags or invisible
characters part. It would be live, an unsubscribe link for instance. So the tokens of tags that were written
carry a seal while the parsers are at work, which follows from the whole text and so cannot stand in it.
"""

import hashlib
import html
import re
from collections.abc import Iterator
from urllib.parse import unquote

from pipeline.gfm.log import Log, Span
from pipeline.mergetags import PREFIX

# Unicode 16.0, DerivedCoreProperties.txt, Default_Ignorable_Code_Point; and control characters
_UNSEEN = (
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
    "\x00-\x08\x0b-\x1f\x7f-\x9f]"
)
_NOTHING = re.compile(rf"(?:{_UNSEEN}|\s)*")
_PIECES = re.compile(rf"(?:<[^>]*>|{_UNSEEN})*+".join(PREFIX))  # the cleaner leaves no ">" in attributes
_TEXT = re.compile(r"(?:^|>)([^<]+)|<img\b")
_MARKUP = re.compile(r"<!--.*?-->|<[^<>]*>")
_MARKS = re.compile(r"[^\w\s]|_")


def seal(body: str) -> str:
    """Return letters and digits that *body* cannot hold."""
    return hashlib.sha256(body.encode(errors="replace")).hexdigest()[:16]


def examine(fragment: str, mark: str, log: Log, lines: list[str]) -> None:
    """
    Note a letter that is empty, and merge tags that nobody wrote.

    Args:
        fragment: clean HTML, tokens sealed with *mark*.
        mark: the seal.
        log: takes the findings.
        lines: the body as the editor wrote it.
    """
    if not any(_shows(match) for match in _TEXT.finditer(fragment)):
        log.add("MD014", "the letter is empty", "write its text below the front matter", Span(0, 0))
    if any(_forged(text, mark) for text in (fragment, unquote(fragment) if "%" in fragment else "")):
        message = f"text that would become a merge tag: {PREFIX!r}, put together from pieces"
        for span in _places(lines):
            log.add("MD002", message, "write it differently: merge tags begin so", span)


def _shows(match: re.Match[str]) -> bool:
    return match[1] is None or not _NOTHING.fullmatch(html.unescape(match[1]))


def _forged(text: str, mark: str) -> bool:
    """Say whether PREFIX stands in *text* without the seal, whole or parted by what readers do not see."""
    return any(not text.startswith(mark, match.end()) for match in _PIECES.finditer(text))


def _places(lines: list[str]) -> Iterator[Span]:
    """Yield the lines that hold PREFIX without their marks and entities; else the whole body."""
    found = False
    for number, line in enumerate(lines):
        words = unquote(html.unescape(_MARKUP.sub("", line)))
        if PREFIX in _MARKS.sub("", words).lower():
            found = True
            yield Span(number, number)
    if not found:
        yield Span(0, len(lines) - 1)
