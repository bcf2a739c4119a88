"""
A finished payload as the bytes of one mail (RFC 5322, MIME).

Written out here rather than with the standard library's `email`, whose folding differs between
releases of Python and which alone takes a sixth of the time a cold build may take: the same payload
gives the same bytes on every machine. The tests read them back with both parsers of `email`.

Sources, read 2026-11-22: RFC 5322 sections 2.1.1, 2.2.3, 3.3, 3.4, 3.6.4; RFC 2045 section 6.7 (quoted
printable); RFC 2046 section 5.1.4 (alternatives, plainest first); RFC 2047 (words that are not ASCII);
RFC 8058 (one-click unsubscribe); RFC 2387 and RFC 2392 (pictures that travel with the HTML), read 2026-11-27.
"""

import datetime as dt
import hashlib
import re
from base64 import encodebytes
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from pipeline.errors import IssueError, PipelineError, SettingsError
from pipeline.model import Payload

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_OURS = re.compile(
    "date|from|sender|reply-to|to|cc|bcc|subject|message-id|mime-version|content-(?:type|transfer-encoding)",
    re.IGNORECASE,
)
_LINE = 76  # octets of a line without its end
_MAX_LINE = 998  # octets; RFC 5322 section 2.1.1
_ATEXT = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]"
_ADDRESS = re.compile(rf"{_ATEXT}+(?:\.{_ATEXT}+)*@[^\s@<>()\[\],;:\\\"]+")
_MAILBOX = re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>]*)>")
_PLAIN_PHRASE = re.compile(rf"{_ATEXT}+(?: {_ATEXT}+)*")
# C0 and C1 controls, the two Unicode line ends, and halves of characters: no header may hold them.
_UNWRITABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


class Picture(NamedTuple):
    """A picture that travels inside the mail; the HTML refers to it as `cid:` and its name."""

    name: str  # ASCII letters, digits, dots, hyphens, one at sign; once in a mail
    subtype: str  # png, jpeg, gif
    content: bytes


def mime(
    payload: Payload,
    *,
    key: str,
    date: dt.datetime | None,
    to: str = "",
    headers: Mapping[str, str] | None = None,
    pictures: Sequence[Picture] = (),
) -> bytes:
    """
    Return the mail: headers, then text and HTML as alternatives, both UTF-8 in quoted-printable.

    With pictures, the HTML and they are one related part, in the place of the HTML alone.

    Shape: CRLF line ends, ASCII only, body lines of at most 76 octets and no line over 998.

    Args:
        payload: in its final form: what readers see.
        key: the issue's; with the digest and *to* it makes the Message-ID and the boundary.
        date: aware; written in its own zone. None leaves the header out: a draft without a time.
        to: RFC 5322 mailbox of the one reader, or empty.
        headers: more of them, such as List-Unsubscribe, List-Id, Content-Language.
        pictures: what the HTML refers to by `cid:`.

    Raises:
        IssueError: the subject holds a line end or another control character.
        SettingsError: another header does, an address is none, or a header is not to be set here.
        ValueError: *date* has no zone.
    """
    seed = hashlib.sha256(f"{key}\n{payload.digest}\n{to}".encode()).hexdigest()
    boundary = f"=_{seed[32:]}"  # "=_" never occurs in quoted-printable
    domain = split_mailbox("From", payload.sender)[1].rpartition("@")[2]
    lines = [
        *([f"Date: {_date(date)}"] if date else []),
        _fold(f"From: {_mailbox('From', payload.sender)}"),
        *([_fold(f"Reply-To: {_mailbox('Reply-To', payload.reply_to)}")] if payload.reply_to else []),
        *([_fold(f"To: {_mailbox('To', to)}")] if to else []),
        _unstructured("Subject", payload.subject, IssueError),
        f"Message-ID: <{key}.{seed[:32]}@{domain}>",
        *(_extra(name, value) for name, value in sorted((headers or {}).items())),
        "MIME-Version: 1.0",
        f'Content-Type: multipart/alternative;\r\n boundary="{boundary}"',
        "",
        f"--{boundary}",
        *_part("plain", payload.text),
        f"--{boundary}",
        *_page(payload.html, pictures, f"{boundary}.html"),
        f"--{boundary}--",
        "",
    ]
    return "\r\n".join(lines).encode("ascii")


def _part(subtype: str, content: str) -> tuple[str, str, str, str]:
    return (
        f"Content-Type: text/{subtype}; charset=utf-8",
        "Content-Transfer-Encoding: quoted-printable",
        "",
        quoted_printable(content),
    )


def _page(html: str, pictures: Sequence[Picture], boundary: str) -> Iterator[str]:
    """Yield the lines of the HTML part, or of the related part that it makes with its pictures."""
    if not pictures:
        yield from _part("html", html)
        return
    yield from (f'Content-Type: multipart/related; type="text/html";\r\n boundary="{boundary}"', "")
    yield from (f"--{boundary}", *_part("html", html))
    for picture in pictures:
        yield from (
            f"--{boundary}",
            f"Content-Type: image/{picture.subtype}",
            "Content-Transfer-Encoding: base64",
            f"Content-ID: <{picture.name}>",
            "Content-Disposition: inline",
            "",
            encodebytes(picture.content).decode("ascii").strip().replace("\n", "\r\n"),
        )
    yield f"--{boundary}--"


def _date(moment: dt.datetime) -> str:
    if moment.tzinfo is None:
        raise ValueError(f"date has no zone: {moment!r}")
    day, month = _DAYS[moment.weekday()], _MONTHS[moment.month - 1]
    offset = moment.strftime("%z")[:5]  # whole minutes are all that RFC 5322 knows
    return f"{day}, {moment.day:02} {month} {moment.year:04} {moment:%H:%M:%S} {offset}"


# ----- bodies -----

_TO_ESCAPE = re.compile(rb"[^\t\n -~]+|[\t ](?=\n|\Z)")


def quoted_printable(content: str) -> str:
    """Return *content* in quoted-printable with CRLF line ends; a lone CR counts as a line end too."""
    plain = re.sub(r"\r\n?", "\n", content).encode().replace(b"=", b"=3D")
    escaped = _TO_ESCAPE.sub(lambda run: b"=" + run[0].hex("=").upper().encode(), plain).decode("ascii")
    return "\r\n".join(_quoted_line(line) for line in escaped.split("\n"))


def _quoted_line(line: str) -> str:
    return "=\r\n".join(_unmistakable(part) for part in _parts(line, _LINE - 3))


def _parts(escaped: str, size: int) -> Iterator[str]:
    """Cut a line into parts of at most *size* octets; no escape is cut."""
    start = 0
    while len(escaped) - start > size:
        cut = escaped.rfind("=", start + size - 2, start + size)
        end = start + size if cut < 0 else cut
        yield escaped[start:end]
        start = end
    yield escaped[start:]


def _unmistakable(part: str) -> str:
    """Escape what relays and mail stores change at the start of a line: a lone dot, and "From "."""
    return f"={ord(part[0]):02X}{part[1:]}" if part == "." or part.startswith("From ") else part


# ----- headers -----


def _unstructured(name: str, value: str, error: type[PipelineError]) -> str:
    """Return a header of free text, in encoded words where plain ASCII lines cannot carry it."""
    _refuse_unwritable(name, value, error)
    longest = max(map(len, value.split(" ")))
    if value.isascii() and value == value.strip() and "=?" not in value and longest < _LINE - len(name):
        return _fold(f"{name}: {value}")
    return _fold(f"{name}: {_encoded(value, used=len(name) + 2)}")


def _extra(name: str, value: str) -> str:
    if _OURS.fullmatch(name) or not re.fullmatch(r"[!-9;-~]+", name):
        raise SettingsError(f"a header of this name cannot be set here: {name!r}", hint="leave it out")
    if "<" not in value:
        return _unstructured(name, value, SettingsError)
    _refuse_unwritable(name, value, SettingsError)
    named = _MAILBOX.fullmatch(value)  # a List-Id; List-Unsubscribe may hold several addresses
    if named and named["name"]:
        value = f"{_phrase(named['name'].strip())} <{named['address']}>"
    if not value.isascii() or max(map(len, value.split(" "))) > _MAX_LINE - len(name) - 2:
        raise SettingsError(
            f"{name} cannot be written in a mail: {value!r}",
            hint="percent-encode the address in it, and keep it short",
        )
    return _fold(f"{name}: {value}")


def _mailbox(header: str, text: str) -> str:
    name, address = split_mailbox(header, text)
    return f"{_phrase(name)} <{address}>" if name else address


def split_mailbox(header: str, text: str) -> tuple[str, str]:
    """Return name and address of `Name <address>` or `address`; the address is made ASCII."""
    _refuse_unwritable(header, text, SettingsError)
    match = _MAILBOX.fullmatch(text.strip())
    name, address = (match["name"].strip(), match["address"].strip()) if match else ("", text.strip())
    if len(name) > 1 and name[0] == name[-1] == '"':
        name = re.sub(r"\\(.)", r"\1", name[1:-1])
    if not _ADDRESS.fullmatch(address):
        raise SettingsError(
            f"{header} is no mail address: {text!r}", hint='write it as in "Coach Luke <luke@steady.example>"'
        )
    local, _, domain = address.rpartition("@")
    try:
        return name, f"{local}@{domain if domain.isascii() else domain.encode('idna').decode()}"
    except UnicodeError as err:
        raise SettingsError(f"{header} has no such domain: {domain!r}", hint="check its spelling") from err


def _phrase(name: str) -> str:
    if not name.isascii() or "=?" in name or len(name) > _LINE - 12:  # room for "Reply-To: " and quotes
        return _encoded(name, used=len("Reply-To: "))
    if _PLAIN_PHRASE.fullmatch(name):
        return name
    return '"' + re.sub(r'(["\\])', r"\\\1", name) + '"'


def _refuse_unwritable(name: str, value: str, error: type[PipelineError]) -> None:
    found = _UNWRITABLE.search(value)
    if found:
        raise error(
            f"{name} holds a character that no header may hold, U+{ord(found[0]):04X}: {value!r}",
            hint="write it on one line, without control characters",
        )


def _fold(header: str) -> str:
    """Fold an ASCII header before spaces, so that unfolding it gives the same text."""
    lines, line = [], ""
    for piece in re.findall(r" *[^ ]+", header):
        if line.partition(":")[2].strip() and len(line) + len(piece) > _LINE:
            lines.append(line)
            line = piece
        else:
            line += piece
    return "\r\n".join([*lines, line])


def _encoded(text: str, *, used: int) -> str:
    """
    Return *text* as RFC 2047 words of at most 75 octets, parted by spaces; no character is cut.

    Args:
        text: anything.
        used: octets that stand on the line before the first word.
    """
    runs = [""]
    for char in text:
        escaped = _escaped(char)
        room = max(75 - len(_WORD.format("")) - (used if len(runs) == 1 else 0), len(escaped))
        if len(runs[-1]) + len(escaped) > room:
            runs.append("")
        runs[-1] += escaped
    return " ".join(map(_WORD.format, runs))


_WORD = "=?utf-8?q?{}?="


def _escaped(char: str) -> str:
    """Return *char* as the "Q" encoding has it, in the form that is safe in names as well as in subjects."""
    if re.fullmatch(r"[A-Za-z0-9!*+/-]", char):
        return char
    return "_" if char == " " else "".join(f"={byte:02X}" for byte in char.encode())
