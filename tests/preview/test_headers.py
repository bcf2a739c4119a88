"""The final headers with what there is to know of them, and the size meter with its marks."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from conftest import SetClock
from pipeline.examine.verdict.clip import CUT, LINK_GROWTH, before_cut
from pipeline.mime import mime
from pipeline.model import Message, Payload
from pipeline.newsletter import Newsletter
from pipeline.preview.headers import Header, Size, headers, size
from pipeline.providers import open_audience, open_provider
from pipeline.providers.base import payload_for
from pipeline.providers.listmonk import Listmonk

ISSUES = (
    "2026-12-01-when-one-side-works-harder",
    "2026-12-08-magnesium-and-sleep",
    "2026-12-15-morning-light-and-a-short-walk",
)
Composing = Callable[[str], tuple[Payload, Message]]


@pytest.fixture
def composing(root: Path, clock: SetClock) -> Composing:
    """Composes an issue of ours: what would be pushed to the outbox, and the message."""
    newsletter = Newsletter(root, clock=clock)
    provider = open_provider(newsletter.settings, clock)

    def compose(name: str) -> tuple[Payload, Message]:
        issue = newsletter.issue(name)
        message = newsletter.composed(issue).message
        return payload_for(message, open_audience(newsletter.settings, issue.audience), provider), message

    return compose


def of(payload: Payload, message: Message) -> dict[str, Header]:
    """Return the headers of a mail by name."""
    found = headers(mime(payload, key=message.key, date=message.send_at))
    return {header.name: header for header in found}


@pytest.mark.parametrize("name", ISSUES)
def test_our_headers_have_nothing_wrong(composing: Composing, name: str) -> None:
    """They are decoded, and what the provider adds is named."""
    payload, message = composing(name)
    found = of(payload, message)
    assert not [header for header in found.values() if header.wrong]
    assert found["Subject"].value == payload.subject
    assert found["Subject"].note.startswith(f"{len(payload.subject)} characters")
    assert found["From"].value == "Coach Luke <luke@steady.example>"
    assert found["Reply-To"].value == "hello@steady.example"
    for awaited in ("To", "List-Unsubscribe", "List-Unsubscribe-Post"):
        assert found[awaited].value == ""
        assert "the provider" in found[awaited].note


def test_encoded_words_are_decoded(composing: Composing) -> None:
    """A subject that travels as encoded words is shown as readers read it."""
    payload, message = composing(ISSUES[0])
    subject = "مرحبا يا ليلى، نصائح لظهر أقوى – 👩‍👩‍👧‍👦"
    mail = mime(replace(payload, subject=subject), key=message.key, date=None)
    assert subject.encode() not in mail
    assert {header.name: header.value for header in headers(mail)}["Subject"] == subject


def test_a_header_that_is_not_there_yet_is_told(composing: Composing) -> None:
    """A draft without a time has no Date, and one without reply_to is answered at its From."""
    payload, message = composing(ISSUES[0])
    found = of(replace(payload, reply_to=""), replace(message, send_at=None))
    assert found["Date"] == Header("Date", "", "not there yet: the issue has no send_at")
    assert found["Reply-To"].note == "not there: answers go to the From address"


@pytest.mark.parametrize(
    ("subject", "wrong", "note"),
    [
        ("Backs", True, "5 characters: say more, in at least 10"),
        ("b" * 50, False, "50 characters"),
        ("👩‍👩‍👧‍👦" * 51, False, "51 characters: many lists cut it"),
        ("b" * 79, True, "79 characters: shorten it to 78 at most"),
    ],
)
def test_a_subject_is_judged_by_its_length(
    composing: Composing,
    subject: str,
    wrong: bool,  # noqa: FBT001
    note: str,
) -> None:
    """It is counted in what readers take for characters."""
    payload, message = composing(ISSUES[0])
    found = of(replace(payload, subject=subject), message)["Subject"]
    assert (found.wrong, found.note) == (wrong, note)


def test_a_sender_without_a_name_is_wrong(composing: Composing) -> None:
    """Readers would see a bare address; the note says where to write the name."""
    payload, message = composing(ISSUES[0])
    found = of(replace(payload, sender="luke@steady.example"), message)["From"]
    assert found.wrong
    assert "pyproject.toml" in found.note


@pytest.mark.parametrize("name", ISSUES)
def test_marks_stand_behind_what_must_be_seen(composing: Composing, name: str) -> None:
    """Up to its mark the HTML holds the wording's last words, and not the end of its element before it."""
    payload, message = composing(name)
    found = size(payload, message)
    raw = payload.html.encode()
    assert [mark.name for mark in found.marks] == [*(each.ref for each in message.wordings), "unsubscribe"]
    for wording, mark in zip(message.wordings, found.marks, strict=False):
        block = raw[: mark.end].rpartition(b'data-disclaimer="')[2].decode()
        assert block.startswith(wording.ref)
        assert block.endswith("</div>")
        assert wording.text.split()[-1].rstrip(".") in block[-200:]
    assert raw[: found.marks[-1].end].endswith(b">Unsubscribe</a>")
    assert all(mark.end <= mark.delivered <= found.delivered < CUT for mark in found.marks)


def test_the_meter_counts_what_is_pushed(composing: Composing) -> None:
    """Bytes, not characters; links grow; the share is of where Gmail cuts."""
    payload, message = composing(ISSUES[0])
    found = size(payload, message)
    mail = mime(payload, key=message.key, date=message.send_at)
    assert (found.html, found.text, found.mail) == (
        len(payload.html.encode()),
        len(payload.text.encode()),
        len(mail),
    )
    assert found.html > len(payload.html)
    assert found.links == payload.html.count("<a ") > 0
    assert found.delivered == found.html + found.links * LINK_GROWTH
    assert found.percent == -(-found.delivered // 1000)
    assert f"{found.links} links" in found.note


def test_the_meter_cuts_where_the_examination_does(composing: Composing) -> None:
    """A wording whose mark lies behind the limit is behind the cut of VIS016 as well."""
    payload, message = composing(ISSUES[0])
    filler = "<p>" + "long " * 16_000 + "</p>"
    at = payload.html.index("<body") + len(payload.html[payload.html.index("<body") :].split(">")[0]) + 1
    long = replace(payload, html=payload.html[:at] + filler + payload.html[at:])
    found = size(long, message)
    kept = len(before_cut(long.html, CUT).html.encode())
    assert found.percent > 100
    assert {mark.end > kept for mark in found.marks} == {True, False}
    assert all((mark.end > kept) == (mark.delivered > CUT) for mark in found.marks)


def test_the_unsubscribe_link_is_found_in_a_providers_syntax(composing: Composing) -> None:
    """Which of the links it is, the neutral HTML tells."""
    payload, message = composing(ISSUES[0])
    written = replace(payload, html=Listmonk.syntax.apply(message.html, "html"))
    end = size(written, message).marks[-1].end
    assert written.html.encode()[:end].endswith(b'{{ UnsubscribeURL }}">Unsubscribe</a>')


def test_what_is_missing_has_no_mark(composing: Composing) -> None:
    """A wording or link that is not in the HTML is told by -1, never by a place."""
    payload, message = composing(ISSUES[0])
    bare = "<!DOCTYPE html><html><body><p>Hello</p></body></html>"
    found: Size = size(replace(payload, html=bare), replace(message, html=bare))
    assert {(mark.end, mark.delivered) for mark in found.marks} == {(-1, -1)}
