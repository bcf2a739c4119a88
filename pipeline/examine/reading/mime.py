"""
A mail as bytes -> what clients show of it: the HTML part, the text part, and what they do not show.

Which of several parts is shown follows RFC 2046, section 5.1: of alternatives the last one that the client
can show; of mixed parts the first, the others being attachments; of related parts the root (RFC 2387).
An AMP part is shown by some clients only, and stands between text and HTML (amp.dev, "Structure and
rendering of AMP emails", read 2026-11-26).
Character sets are read as browsers read their labels (WHATWG Encoding).
"""

import email.policy
import re
from collections.abc import Iterator
from email.message import EmailMessage
from email.parser import BytesParser

import webencodings  # type: ignore[import-untyped]

from pipeline.examine.reading.mail import Mail, Unreadable

_HTML, _AMP, _WATCH, _TEXT = "text/html", "text/x-amp-html", "text/watch-html", "text/plain"
_DECLARED = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w:.-]+)", re.IGNORECASE)
_HEADER = re.compile(rb"[!-9;-~]+[ \t]*:|From ")
# Hides the mail until AMP has started, and must be there (amp.dev, "Boilerplate", read 2026-11-26).
_AMP_START = re.compile(r"<style amp4email-boilerplate>\s*body\s*\{\s*visibility:\s*hidden;?\s*\}\s*</style>")
_DEEPEST = 20  # nested multiparts; more are hostile
_PRESCAN = 1024  # bytes in which browsers look for a <meta charset>


def read_mail(data: bytes) -> Mail:
    """
    Read a mail (RFC 5322, MIME) or a file of HTML.

    Raises:
        Unreadable: it is neither, or it is encrypted.
    """
    start = data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if not start:
        raise Unreadable("it is empty")
    if start == b"<" or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return Mail(read_html(data), None)
    if not _HEADER.match(data.lstrip()):
        raise Unreadable("it begins neither with a header, as mail does, nor with '<', as HTML does")
    message = BytesParser(EmailMessage, policy=email.policy.default.clone(raise_on_defect=False)).parsebytes(
        data.lstrip()
    )
    walk = _Walk()
    walk.body(message, 0)
    return walk.mail(_subject(message))


def read_html(data: bytes) -> str:
    """
    Decode a file of HTML: by its byte order mark, as UTF-8, or by the character set that it declares.

    Raises:
        Unreadable: it is binary.
    """
    declared = _DECLARED.search(data[:_PRESCAN])
    try:
        text = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    except UnicodeDecodeError:
        label = declared[1].decode("ascii") if declared else "windows-1252"
        text, _encoding = webencodings.decode(data, webencodings.lookup(label) or "windows-1252", "replace")
    if "\0" in text:
        raise Unreadable("it holds zero bytes: it is no text")
    return text


def _subject(message: EmailMessage) -> str:
    try:
        return str(message["subject"] or "")
    except (
        ValueError,
        LookupError,
        AttributeError,
    ):  # a broken encoded word; the body is judged all the same
        return ""


class _Walk:
    """Collects the parts of one mail."""

    def __init__(self) -> None:
        self.html: list[str] = []
        self.text: list[str] = []
        self.variants: list[tuple[str, str]] = []
        self.elsewhere: list[tuple[str, str]] = []
        self.faults: list[tuple[str, str]] = []

    def mail(self, subject: str) -> Mail:
        """Return what was found."""
        shown = self.html[-1] if self.html else None
        variants = [*self.variants, *(("an HTML alternative", html) for html in self.html[:-1])]
        text = self.text[-1] if self.text else ""
        return Mail(shown, text, subject, tuple(variants), tuple(self.elsewhere), tuple(self.faults))

    def body(self, part: EmailMessage, depth: int) -> None:
        """Take *part* as what is shown."""
        kind = _kind(part)
        if kind == "multipart/encrypted" or kind.startswith("application/pkcs7"):
            raise Unreadable("it is encrypted")
        children = _children(part) if depth < _DEEPEST else []
        if not part.is_multipart() or kind.startswith("message/"):
            self._leaf(part, kind)
        elif kind == "multipart/alternative":
            self._alternatives(children, depth)
        elif children:
            shown = _root(part, children) if kind == "multipart/related" else _first_shown(children)
            self.body(shown, depth + 1)
            name = {"multipart/related": "a related part"}.get(kind, "an attachment")
            for child in children:
                if child is not shown:
                    self._apart(child, name)

    def _alternatives(self, children: list[EmailMessage], depth: int) -> None:
        order: list[str] = []
        for child in children:
            before = (len(self.text), len(self.html), len(self.variants))
            self.body(child, depth + 1)
            after = (len(self.text), len(self.html), len(self.variants))
            order += [
                name
                for name, was, now in zip(("text", "html", "amp"), before, after, strict=True)
                if now > was
            ]
        if order != sorted(order, key=("text", "amp", "html").index):
            message = (
                f"the alternatives stand in the order {', '.join(order)}: clients show the last one they can"
            )
            self.faults.append((message, "put them in the order text, AMP, HTML"))

    def _leaf(self, part: EmailMessage, kind: str) -> None:
        if part.get_content_disposition() not in (None, "inline"):
            self._apart(part, "an attachment")
        elif kind == _HTML:
            self.html.append(_content(part))
        elif kind == _TEXT:
            self.text.append(_content(part))
        elif kind == _WATCH:
            self.variants.append(("the part for watches", _content(part)))
        elif kind == _AMP:
            self.variants.append(("the AMP part", _AMP_START.sub("", _content(part))))
        else:
            self._apart(part, f"a part of type {kind}")

    def _apart(self, part: EmailMessage, name: str) -> None:
        """Note the words of a part that is not shown as the mail."""
        for leaf in part.walk():
            if _kind(leaf).startswith("text/"):
                self.elsewhere.append((name, _content(leaf)))


def _kind(part: EmailMessage) -> str:
    """Return the media type of *part*, lower case; comments in the header are none of it."""
    kind = getattr(part["content-type"], "content_type", "")
    return str(kind).lower() or part.get_content_type()


def _children(part: EmailMessage) -> list[EmailMessage]:
    return list(_parts(part)) if part.is_multipart() else []


def _parts(part: EmailMessage) -> Iterator[EmailMessage]:
    for child in part.get_payload():
        if isinstance(child, EmailMessage):
            yield child


def _first_shown(children: list[EmailMessage]) -> EmailMessage:
    """Return the first part that is text or holds text, and is no attachment."""
    shown = (
        child
        for child in children
        if _kind(child).startswith(("text/", "multipart/"))
        and child.get_content_disposition() in (None, "inline")
    )
    return next(shown, children[0])


def _root(part: EmailMessage, children: list[EmailMessage]) -> EmailMessage:
    """Return the root of a multipart/related: the one its start parameter names, else the first."""
    start = str(part.get_param("start") or "")
    return next((child for child in children if start and str(child["content-id"]) == start), children[0])


def _content(part: EmailMessage) -> str:
    """Return the text of a leaf; bytes that its character set cannot have are shown as clients show them."""
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        return ""
    label = str(part.get_content_charset() or "utf-8")
    encoding = webencodings.lookup(label)
    if encoding is None:
        return data.decode("ascii", "replace")
    text, _used = webencodings.decode(data, encoding, "replace")
    return _unflowed(text, part)


def _unflowed(text: str, part: EmailMessage) -> str:
    """Join the lines that `format=flowed; delsp=yes` parts inside words (RFC 3676)."""
    flowed = str(part.get_param("format") or "").lower() == "flowed"
    if flowed and str(part.get_param("delsp") or "").lower() == "yes":
        return re.sub(r" \r?\n(?!\r?\n)", "", text)
    return text
