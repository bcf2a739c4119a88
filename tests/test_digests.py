"""The two digests change when what they vouch for changes, and never otherwise."""

import dataclasses
import datetime as dt
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

import pytest

from pipeline.digests import content_digest, dispatch_digest
from pipeline.model import Audience, Image, Payload

CONTENT = {"subject": "Backs", "preheader": "One side", "html": "<p>é</p>", "text": "é"}
SEND_AT = dt.datetime(2026, 12, 1, 7, 30, tzinfo=ZoneInfo("America/New_York"))
AUDIENCE = Audience("weekly", MappingProxyType({"listmonk": {"lists": [3, 4]}}))
PAYLOAD = Payload(
    subject="Backs",
    preheader="One side",
    sender="Luke <luke@steady.example>",
    reply_to="",
    html="<p>é</p>",
    text="é",
    audience=AUDIENCE,
    images=(),
    digest="d",
)


def dispatch(**changes: object) -> str:
    """Return the digest of a dispatch with some of it changed."""
    values: dict[str, object] = {
        "message_digest": "d",
        "sender": PAYLOAD.sender,
        "reply_to": "",
        "audience": AUDIENCE,
        "send_at": SEND_AT,
        "payload": PAYLOAD,
        **changes,
    }
    return dispatch_digest(values.pop("message_digest"), **values)  # type: ignore[arg-type]


def test_the_content_digest_is_what_it_was() -> None:
    """Sign-offs on record stay valid: the encoding never changes."""
    assert content_digest(**CONTENT) == "4878433026c90a681aa79d3346c90ccdb3c3a4a22a3c98ee69b108d594f7a139"


@pytest.mark.parametrize("field", CONTENT)
def test_a_letter_changes_the_content_digest(field: str) -> None:
    """Nothing that a reviewer read can change under the sign-off."""
    assert content_digest(**CONTENT | {field: CONTENT[field] + "."}) != content_digest(**CONTENT)


def test_text_cannot_move_between_fields() -> None:
    """The same characters cut at another place are another message."""
    moved = CONTENT | {"subject": "Back", "preheader": "sOne side"}
    assert content_digest(**moved) != content_digest(**CONTENT)


@pytest.mark.parametrize(
    "changes",
    [
        {"message_digest": "e"},
        {"sender": "Luke <luke@other.example>"},
        {"reply_to": "hello@steady.example"},
        {"audience": Audience("monthly", AUDIENCE.target)},
        {"audience": Audience("weekly", {"listmonk": {"lists": [3, 5]}})},
        {"send_at": SEND_AT + dt.timedelta(minutes=1)},
        {"payload": dataclasses.replace(PAYLOAD, html="<p>e</p>")},
    ],
    ids=["content", "from", "reply-to", "audience", "its list", "time", "payload"],
)
def test_whatever_a_dispatch_is_made_of_changes_its_digest(changes: dict[str, object]) -> None:
    """A receipt vouches for from, to, when and what."""
    assert dispatch(**changes) != dispatch()


def test_the_same_dispatch_has_the_same_digest_everywhere() -> None:
    """Neither the zone a time is written in, nor the order of settings, nor where the files lie counts."""
    image = Image("a.png", Path("/elsewhere/a.png"), "0" * 64, 5, 5, "png")
    again = {
        "send_at": SEND_AT.astimezone(dt.UTC),
        "audience": Audience("weekly", {"listmonk": MappingProxyType({"lists": (3, 4)})}),
        "payload": dataclasses.replace(PAYLOAD, images=(image,)),
    }
    assert dispatch(**again) == dispatch()


def test_a_time_without_a_zone_is_refused() -> None:
    """There is no guessing when mail goes out."""
    with pytest.raises(ValueError, match="no zone"):
        dispatch(send_at=SEND_AT.replace(tzinfo=None))
