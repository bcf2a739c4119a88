"""The headers a mail will have, and how much of the room that Gmail shows it takes."""

import email
import email.policy
import re
from typing import NamedTuple

from pipeline.examine.verdict.clip import CUT, LINK_GROWTH, NEAR, delivered_size
from pipeline.mergetags import tags
from pipeline.mime import mime, split_mailbox
from pipeline.model import Message, Payload
from pipeline.preview.graphemes import graphemes

# Graphemes of a subject: below and above it looks like a mistake (Buttondown's limits), above the middle one
# many lists cut it (checks of emailens/engine); read 2026-11-22.
_SHORT, _CUT_OFTEN, _LONG = 10, 50, 78
_FOR_EACH_READER = "not in the file: the provider writes each reader's own"
# RFC 8058, and the rules of Gmail and Yahoo for senders in bulk, in force since 2024; read 2026-11-22.
_ONE_CLICK = "not in the file: the provider adds it for each reader; Gmail and Yahoo ask it of bulk mail"
_LINK = re.compile(r"<a\s[^>]*>", re.IGNORECASE)


class Header(NamedTuple):
    """One header of the mail, or one that is missing."""

    name: str
    value: str  # decoded; empty when it is not in the mail
    note: str = ""  # what there is to know; lower case, no full stop
    wrong: bool = False  # the note says what to mend


class Mark(NamedTuple):
    """A place in the HTML that every reader must get to see."""

    name: str  # a wording's id@version, or unsubscribe
    end: int  # the byte behind it in the HTML as pushed; -1 when it is not there
    delivered: int  # the same in the HTML as we expect it to be delivered


class Size(NamedTuple):
    """How large a mail is: bytes of UTF-8, but for the whole mail, which is encoded."""

    html: int  # as pushed
    text: int  # as pushed; 0 when the provider makes it
    mail: int  # the whole mail, with headers, both parts and their encoding
    links: int  # in the HTML
    per_link: int  # by which a link is expected to grow
    delivered: int  # HTML as expected after that
    near: int  # from which we warn
    limit: int  # at which Gmail may cut
    percent: int  # of the limit that is used, rounded up
    marks: tuple[Mark, ...]  # of the required wordings in the order shown, then of the unsubscribe link
    note: str  # what the estimate holds and what not


def headers(mail: bytes) -> tuple[Header, ...]:
    """
    Return the headers of a mail, and those it has not got yet, each with what there is to know.

    Args:
        mail: as `pipeline.mime` writes it, merge tags perhaps in a provider's syntax.
    """
    found = email.message_from_bytes(mail, policy=email.policy.default)
    present = tuple(_described(name, str(value)) for name, value in found.items())
    names = {header.name.lower() for header in present}
    return (*present, *(header for header in _awaited() if header.name.lower() not in names))


def size(payload: Payload, message: Message) -> Size:
    """
    Return how large the mail is, and where in it stands what must not be cut off.

    What providers add is a guess, and the same one as in the examination (`pipeline.examine.verdict.clip`).

    Args:
        payload: what would be pushed.
        message: it was made from.
    """
    html = payload.html
    plain, delivered = len(html.encode()), delivered_size(html)
    links = (delivered - plain) // LINK_GROWTH
    ends = [(wording.ref, _wording_end(html, wording.ref)) for wording in message.wordings]
    ends.append(("unsubscribe", _unsubscribe_end(html, message.html)))
    return Size(
        html=plain,
        text=len(payload.text.encode()),
        mail=len(mime(payload, key=message.key, date=message.send_at)),
        links=links,
        per_link=LINK_GROWTH,
        delivered=delivered,
        near=NEAR,
        limit=CUT,
        percent=-(-100 * delivered // CUT),
        marks=tuple(_mark(name, html, end) for name, end in ends),
        note=f"about: {links} links, each {LINK_GROWTH} bytes longer when the provider counts clicks; "
        "a footer or pixel of the provider's own would come on top",
    )


def _described(name: str, value: str) -> Header:
    if name == "Subject":
        return _subject(value)
    if name == "From" and not split_mailbox(name, value)[0]:
        note = 'readers see the bare address: write from = "Name <address>" in pyproject.toml'
        return Header(name, value, note, wrong=True)
    notes = {
        "Date": "send_at of the issue; the provider writes the moment at which it sends",
        "Message-ID": "of proofs and files; most providers write one of their own",
    }
    return Header(name, value, notes.get(name, ""))


def _subject(value: str) -> Header:
    length = sum(1 for _ in graphemes(value))
    note = f"{length} characters"
    if length < _SHORT:
        return Header("Subject", value, f"{note}: say more, in at least {_SHORT}", wrong=True)
    if length > _LONG:
        return Header("Subject", value, f"{note}: shorten it to {_LONG} at most", wrong=True)
    return Header("Subject", value, f"{note}: many lists cut it" if length > _CUT_OFTEN else note)


def _awaited() -> tuple[Header, ...]:
    return (
        Header("Date", "", "not there yet: the issue has no send_at"),
        Header("Reply-To", "", "not there: answers go to the From address"),
        Header("To", "", _FOR_EACH_READER),
        Header("List-Unsubscribe", "", _ONE_CLICK),
        Header("List-Unsubscribe-Post", "", _ONE_CLICK),
    )


def _mark(name: str, html: str, end: int) -> Mark:
    if end < 0:
        return Mark(name, -1, -1)
    return Mark(name, len(html[:end].encode()), delivered_size(html[:end]))


def _wording_end(html: str, ref: str) -> int:
    """Return where the element ends that the template marked as this wording; -1 when it is not there."""
    opening = re.search(rf'<([a-z][a-z0-9]*)\s[^>]*data-disclaimer="{re.escape(ref)}"[^>]*>', html)
    if opening is None:
        return -1
    depth = 1
    for tag in re.compile(rf"<!--.*?-->|<(/?){opening[1]}\b[^>]*>", re.DOTALL).finditer(html, opening.end()):
        if tag[1] is not None:  # no comment
            depth += -1 if tag[1] else 1
        if depth == 0:
            return tag.end()
    return -1


def _unsubscribe_end(html: str, neutral: str) -> int:
    """
    Return where the first unsubscribe link ends in *html*; -1 when there is none.

    In a provider's syntax nobody can tell which link it is, and in the neutral HTML one can: links are the
    same in both, and in the same order.
    """
    number = next(
        (
            number
            for number, link in enumerate(_LINK.finditer(neutral))
            if any(tag.name == "unsubscribe_url" for tag in tags(link[0]))
        ),
        None,
    )
    starts = [link.end() for link in _LINK.finditer(html)]
    if number is None or number >= len(starts):
        return -1
    end = html.find("</a>", starts[number])
    return end + len("</a>") if end >= 0 else -1
