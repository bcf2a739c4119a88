"""
How a mail stands in lists of mails: sender, subject and preview text, each cut where a client cuts it.

Clients take the preview text from the mail's own text in the order of its source, hidden text included:
first the hidden preheader, then the blanks behind it, then whatever follows. Text of the letter that
follows too soon leaks into the list.

Clients cut by pixels of a font, so that every limit here is approximate. The figures are those of
emailens/engine, `packages/engine/src/constants.ts` ("last verified 2026-03-04", read 2026-11-27); the one
of the wide window is what resend/react-email#2268 measured (read 2026-11-22).
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

from pipeline.examine.reading.page import INLINE, NOT_RENDERED
from pipeline.mime import split_mailbox
from pipeline.preview.graphemes import graphemes, takes_room

_ENGINE = "about; emailens/engine, 2026-03-04"
_CLIENTS = (
    ("Gmail, web", 70, 90, _ENGINE),
    ("Gmail, web, wide window", 70, 200, "about; resend/react-email#2268, 2026-11-22"),
    ("Gmail, phone", 40, 45, _ENGINE),
    ("Apple Mail, iPhone", 41, 90, _ENGINE),
    ("Apple Mail, Mac", 78, 140, _ENGINE),
    ("Outlook, web", 60, 90, _ENGINE),
    ("Outlook, desktop", 55, 35, _ENGINE),
    ("Yahoo Mail", 46, 100, _ENGINE),
    ("Samsung Email", 40, 70, _ENGINE),
)
_BLANKS = re.compile(r"\s{2,}|[ \t\n\r\f\v]")


class Row(NamedTuple):
    """One mail in one client's list: strings and whole numbers, ready to be drawn."""

    client: str
    subject_limit: int  # graphemes, approximate
    preview_limit: int  # graphemes, approximate
    source: str  # of the limits, with its date
    sender: str  # the name, or the address of a sender without one
    subject: str  # what is shown of it
    subject_cut: str  # what is cut off; empty when it is shown whole
    preview: str  # what is shown of the preheader
    preview_cut: str  # what is cut off of it
    leak: str  # text of the letter that is shown behind the preheader; empty when nothing leaks


class _Preview(NamedTuple):
    """What a client has for its preview, in order."""

    preheader: str
    padding: str  # blanks that nobody sees
    rest: str  # of the mail's text


def inbox_rows(subject: str, preheader: str, html: str, *, sender: str) -> tuple[Row, ...]:
    """
    Return the mail as each client lists it.

    Args:
        subject: plain text, merge tags filled in.
        preheader: the same; empty for none.
        html: full document, merge tags filled in. When its text does not begin with the preheader, the
            provider puts it there from a field, with no padding of ours behind it.
        sender: RFC 5322 mailbox.

    Raises:
        SettingsError: *sender* is no mailbox.
    """
    name = split_mailbox("From", sender)[0] or sender
    line = _folded(subject).strip()
    given = _preview(_folded(preheader).strip(), _folded("".join(_text(html))).lstrip())
    return tuple(
        Row(
            client,
            subject_limit,
            preview_limit,
            source,
            name,
            *_cut(line, subject_limit),
            *_shown(given, preview_limit),
        )
        for client, subject_limit, preview_limit, source in _CLIENTS
    )


def _folded(text: str) -> str:
    """Return *text* with every run of blanks as one, as clients show it; a joiner between two parts them."""
    return _BLANKS.sub(" ", text)


def _text(html: str) -> Iterator[str]:
    """Yield the text of a document in the order of its source, hidden or not, and a blank between blocks."""
    body = LexborHTMLParser(html).body
    waiting: list[LexborNode | str] = [body] if body is not None else []
    while waiting:
        node = waiting.pop()
        if isinstance(node, str):
            yield node
        elif node.tag == "-text":
            yield node.text_content or ""
        elif node.tag and node.tag[0] not in "-_!" and node.tag not in NOT_RENDERED:
            edge = "" if node.tag in INLINE else " "
            waiting += [edge, *reversed(list(node.iter(include_text=True))), edge]


def _preview(preheader: str, text: str) -> _Preview:
    if preheader and not text.startswith(preheader):
        return _Preview(preheader, " ", text)
    behind = text[len(preheader) :]
    at = 0
    while at < len(behind) and (behind[at].isspace() or not takes_room(behind[at])):
        at += 1
    return _Preview(preheader, behind[:at], behind[at:])


def _cut(text: str, limit: int) -> tuple[str, str]:
    """Return what of *text* is shown in *limit* graphemes, and the rest."""
    at = room = 0
    for grapheme in graphemes(text):
        room += takes_room(grapheme)
        if room > limit:
            return text[:at], text[at:]
        at += len(grapheme)
    return text, ""


def _room(text: str) -> int:
    return sum(map(takes_room, graphemes(text)))


def _shown(given: _Preview, limit: int) -> tuple[str, str, str]:
    shown, cut = _cut(given.preheader, limit)
    left = limit - _room(given.preheader) - _room(given.padding)
    # the letter is long, and what no client has room for need not be measured
    leak = _cut(given.rest[: 8 * limit], left)[0].rstrip() if left > 0 else ""
    return shown, cut, leak
