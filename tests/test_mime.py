"""The mail's bytes, read back with both parsers of the standard library."""

import dataclasses
import datetime as dt
import email
import email.header
import email.policy
import email.utils
import re
from email.message import EmailMessage, Message
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import IssueError, PipelineError, SettingsError
from pipeline.mime import Picture, mime, quoted_printable
from pipeline.model import Audience, Payload

KEY = "steady-2026-12-01-backs"
SEND_AT = dt.datetime(2026, 12, 1, 7, 30, tzinfo=ZoneInfo("America/New_York"))
PAYLOAD = Payload(
    subject="Backs",
    preheader="",
    sender="Coach Luke <luke@steady.example>",
    reply_to="hello@steady.example",
    html="<p>Grüße &amp; 🌿</p>\n",
    text="Grüße & 🌿\n",
    audience=Audience("weekly", {}),
    images=(),
    digest="d" * 64,
)
HEADERS = {
    "List-Unsubscribe": "<https://u.example/one-click?r=" + "a" * 90 + ">, <mailto:leave@u.example>",
    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    "List-Id": "Stéady <weekly.steady.example>",
    "Content-Language": "en-US",
}
REPEATABLE = settings(deadline=None, derandomize=True, max_examples=100)
SUBJECTS = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")) | st.sampled_from(" =?_"), max_size=120
)
NAMES = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"), exclude_characters="<>"), max_size=60
)


def made(headers: dict[str, str] | None = None, *, to: str = "", **changes: str) -> bytes:
    """Return the mail of a payload with some of it changed."""
    return mime(dataclasses.replace(PAYLOAD, **changes), key=KEY, date=SEND_AT, to=to, headers=headers)


def parsed(content: bytes) -> EmailMessage:
    """Read a mail with the modern parser; a defect is a failure."""
    message = email.message_from_bytes(content, policy=email.policy.default.clone(raise_on_defect=True))
    assert isinstance(message, EmailMessage)
    return message


def old_parsed(content: bytes) -> Message:
    """Read a mail as old programs do."""
    return email.message_from_bytes(content, policy=email.policy.compat32)


def decoded(header: str) -> str:
    """Decode a header's RFC 2047 words with the old decoder."""
    return str(email.header.make_header(email.header.decode_header(re.sub(r"\r\n(?=[ \t])", "", header))))


def body(message: EmailMessage, subtype: str) -> str:
    """Return a part's content with plain line ends."""
    part = message.get_body((subtype,))
    assert isinstance(part, EmailMessage)
    return str(part.get_content()).replace("\r\n", "\n")


def assert_sound(content: bytes) -> None:
    """Every promise on bytes: CRLF alone, ASCII alone, lines as short as they must be."""
    content.decode("ascii")
    assert b"\r" not in content.replace(b"\r\n", b"")
    assert b"\n" not in content.replace(b"\r\n", b"")
    head, _, rest = content.partition(b"\r\n\r\n")
    assert max(map(len, head.split(b"\r\n"))) <= 998
    assert max(map(len, rest.split(b"\r\n"))) <= 76
    assert all(len(word) <= 75 for word in re.findall(rb"=\?[^?]+\?q\?[^?]*\?=", head))


def test_both_parts_come_back_text_first() -> None:
    """A client shows the last part it understands: the HTML."""
    message = parsed(made())
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    assert (body(message, "plain"), body(message, "html")) == (PAYLOAD.text, PAYLOAD.html)


def test_headers_come_back() -> None:
    """Every header says what it was given, to new programs and to old ones."""
    content = made(HEADERS, to='"Moreno, Ada" <ada@example.com>')
    new, old = parsed(content), old_parsed(content)
    assert_sound(content)
    for name, value in HEADERS.items():
        assert str(new[name]) == value
        assert decoded(old[name]) == value
    assert [address.addr_spec for address in new["To"].addresses] == ["ada@example.com"]
    assert new["To"].addresses[0].display_name == "Moreno, Ada"
    assert (new["From"].addresses[0].addr_spec, str(new["Reply-To"])) == (
        "luke@steady.example",
        "hello@steady.example",
    )
    assert new["Date"].datetime == SEND_AT
    assert str(new["Date"]) == "Tue, 01 Dec 2026 07:30:00 -0500"


def test_the_same_payload_gives_the_same_bytes() -> None:
    """These very bytes, on any machine and release of Python."""
    content = mime(PAYLOAD, key=KEY, date=SEND_AT, headers={"X-B": "2", "X-A": "1"})
    assert content == made({"X-A": "1", "X-B": "2"})
    assert content.decode().split("\r\n") == [
        "Date: Tue, 01 Dec 2026 07:30:00 -0500",
        "From: Coach Luke <luke@steady.example>",
        "Reply-To: hello@steady.example",
        "Subject: Backs",
        "Message-ID: <steady-2026-12-01-backs.ac8f292ef3e20cdf7bdfc07a717824ab@steady.example>",
        "X-A: 1",
        "X-B: 2",
        "MIME-Version: 1.0",
        "Content-Type: multipart/alternative;",
        ' boundary="=_d427b11ec7d65e1d43a477559941fca3"',
        "",
        "--=_d427b11ec7d65e1d43a477559941fca3",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: quoted-printable",
        "",
        "Gr=C3=BC=C3=9Fe & =F0=9F=8C=BF",
        "",
        "--=_d427b11ec7d65e1d43a477559941fca3",
        "Content-Type: text/html; charset=utf-8",
        "Content-Transfer-Encoding: quoted-printable",
        "",
        "<p>Gr=C3=BC=C3=9Fe &amp; =F0=9F=8C=BF</p>",
        "",
        "--=_d427b11ec7d65e1d43a477559941fca3--",
        "",
    ]


def test_each_reader_gets_a_message_id_of_their_own() -> None:
    """Two readers' mails differ, so their ids do; nobody's address can be read from one."""
    ids = [parsed(made(to=to))["Message-ID"] for to in ("ada@example.com", "ben@example.com", "")]
    assert len(set(ids)) == 3
    assert "ada" not in str(ids[0])


def test_a_draft_without_a_time_has_no_date() -> None:
    """No clock is read: what has no time gets none."""
    assert "Date" not in parsed(mime(PAYLOAD, key=KEY, date=None))


def test_a_date_without_a_zone_is_refused() -> None:
    """There is no guessing when mail goes out."""
    with pytest.raises(ValueError, match="no zone"):
        mime(PAYLOAD, key=KEY, date=SEND_AT.replace(tzinfo=None))


@pytest.mark.parametrize(
    ("zone", "written"),
    [
        ("UTC", "+0000"),
        ("Asia/Kolkata", "+0530"),
        ("America/St_Johns", "-0330"),
    ],
)
def test_the_date_is_written_in_its_own_zone(zone: str, written: str) -> None:
    """An editor who set 07:30 finds 07:30 in the header."""
    date = dt.datetime(2026, 12, 1, 7, 30, tzinfo=ZoneInfo(zone))
    assert f"Date: Tue, 01 Dec 2026 07:30:00 {written}".encode() in mime(PAYLOAD, key=KEY, date=date)


@REPEATABLE
@given(SUBJECTS)
def test_any_subject_comes_back(subject: str) -> None:
    """Encoded words, folds and double spaces hide nothing, for the new parser and the old."""
    content = made(subject=subject)
    assert_sound(content)
    assert decoded(old_parsed(content)["Subject"]) == subject
    assert str(parsed(content)["Subject"]) == subject


@REPEATABLE
@given(NAMES)
def test_any_name_comes_back(name: str) -> None:
    """Commas, quotes, letters of any script: the address behind the name stays whole."""
    content = made(sender=f"{name} <luke@steady.example>")
    assert_sound(content)
    # the modern parser of Python 3.11 leaves a space between two encoded words of a name: read the old way
    written, address = email.utils.parseaddr(re.sub(r"\r\n", "", old_parsed(content)["From"]))
    plain = name.strip()
    if len(plain) > 1 and plain[0] == plain[-1] == '"':
        plain = re.sub(r"\\(.)", r"\1", plain[1:-1])
    assert decoded(written) == plain
    assert address == parsed(content)["From"].addresses[0].addr_spec == "luke@steady.example"


@REPEATABLE
@given(st.text(st.characters(exclude_categories=("Cs",)) | st.sampled_from("=. \t\nF"), max_size=300))
def test_any_body_comes_back(content: str) -> None:
    """Whatever stands in a part is read back, whole, with plain line ends."""
    lines = re.sub(r"\r\n?", "\n", content)
    made_bytes = made(text=content, html=content)
    assert_sound(made_bytes)
    message = parsed(made_bytes)
    assert (body(message, "plain"), body(message, "html")) == (lines, lines)
    old = old_parsed(made_bytes).get_payload()
    assert [part.get_payload(decode=True).decode().replace("\r\n", "\n") for part in old] == [lines, lines]


@pytest.mark.parametrize(
    ("line", "written"),
    [
        ("ends with a space ", "ends with a space=20"),
        ("ends with a tab\t", "ends with a tab=09"),
        (".", "=2E"),
        (". more", ". more"),
        ("From here on", "=46rom here on"),
        ("1 = 1", "1 =3D 1"),
        ("a" * 73, "a" * 73),
        ("a" * 74, "a" * 73 + "=\r\na"),
        ("a" * 73 + ".", "a" * 73 + "=\r\n=2E"),
        ("a" * 73 + "From x", "a" * 73 + "=\r\n=46rom x"),
        ("a" * 72 + "é", "a" * 72 + "=\r\n=C3=A9"),
        ("\x00", "=00"),
    ],
)
def test_what_relays_would_change_is_written_safely(line: str, written: str) -> None:
    """Trailing spaces, a lone dot and "From " survive old relays and mail stores."""
    assert quoted_printable(line) == written


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\x0b", "\x85", "\u2028", "\x00", "\ud800"])
@pytest.mark.parametrize(
    ("field", "error"), [("subject", IssueError), ("sender", SettingsError), ("reply_to", SettingsError)]
)
def test_no_header_can_be_smuggled_in(field: str, error: type[PipelineError], end: str) -> None:
    """A line end or another control character in a header is refused, wherever it comes from."""
    injected = f"x{end}Bcc: all@example.com" if field == "subject" else f"x{end}Bcc: y <all@example.com>"
    with pytest.raises(error, match="holds a character"):
        made(**{field: injected})


@pytest.mark.parametrize(
    "headers",
    [
        {"X-A": "1\r\nBcc: all@example.com"},
        {"X-A\r\nBcc": "all@example.com"},
        {"X A": "1"},
        {"": "1"},
        {"Bcc": "all@example.com"},
        {"subject": "another"},
        {"Content-Type": "text/html"},
        {"List-Unsubscribe": "<https://ü.example/>"},
        {"List-Unsubscribe": f"<https://u.example/{'a' * 1000}>"},
    ],
)
def test_a_header_that_cannot_be_set_is_refused(headers: dict[str, str]) -> None:
    """What we write ourselves, what is no header, and what would reach clients broken."""
    with pytest.raises(SettingsError):
        made(headers)


@pytest.mark.parametrize(
    "sender", ["", "Luke", "luke@", "@x.example", "a@b@c", "a b@c.example", "ü@c.example", "a@é..x"]
)
def test_what_is_no_address_is_refused(sender: str) -> None:
    """A mail from nobody does not leave."""
    with pytest.raises(SettingsError):
        made(sender=sender)


def test_a_domain_of_other_letters_is_written_in_ascii() -> None:
    """Old relays know no other."""
    assert (
        parsed(made(sender="Luke <luke@bücher.example>"))["From"].addresses[0].domain
        == "xn--bcher-kva.example"
    )


def test_pictures_travel_with_the_html_alone() -> None:
    """Text first, then HTML and what it shows as one related part; the bytes come back (RFC 2387, 2392)."""
    picture = Picture("a1.png@steady.example", "png", bytes(range(256)) * 4)
    page = dataclasses.replace(PAYLOAD, html='<img src="cid:a1.png@steady.example" alt="">')
    content = mime(page, key=KEY, date=SEND_AT, pictures=[picture])
    assert_sound(content)
    text, related = parsed(content).iter_parts()
    html, shown = related.iter_parts()
    kinds = [each.get_content_type() for each in (text, related, html, shown)]
    assert kinds == ["text/plain", "multipart/related", "text/html", "image/png"]
    assert (related.get_param("type"), shown["Content-ID"]) == ("text/html", "<a1.png@steady.example>")
    assert shown.get_content() == picture.content
    assert shown.get_content_disposition() == "inline"
