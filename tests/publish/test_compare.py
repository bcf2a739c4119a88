"""Whether what a provider stored is what it was given."""

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.mergetags import Tag, token
from pipeline.model import Audience, Image
from pipeline.publish.compare import differences, lost_links
from samples import READERS, message, payload


@pytest.mark.parametrize("field", ["subject", "preheader", "sender", "reply_to", "html", "text", "digest"])
def test_every_field_is_compared(field: str) -> None:
    """One changed letter is named by its field."""
    ours = payload()
    assert differences(replace(ours, **{field: getattr(ours, field) + "x"}), ours) == [field]


def test_the_order_of_readers_is_no_difference() -> None:
    """Lists and segments are sets."""
    ours = payload()
    turned = replace(ours, audience=Audience("weekly", {"outbox": READERS.target["outbox"][::-1]}))
    assert differences(turned, ours) == []


@pytest.mark.parametrize(
    "target",
    [
        {"outbox": ["ben@example.com"]},
        {"outbox": [*READERS.target["outbox"], "cara@example.com"]},
        {},
        {"brevo": {"lists": [1]}},
    ],
)
def test_other_readers_are_a_difference(target: dict[str, object]) -> None:
    """Fewer, more, none, or those of somebody else."""
    assert differences(replace(payload(), audience=Audience("weekly", target)), payload()) == ["audience"]


def test_what_lies_beside_the_draft_is_not_compared() -> None:
    """Images are not in it."""
    image = Image("a.png", Path("a.png"), "0" * 64, 1, 1, "png")
    assert differences(replace(payload(), images=(image,)), payload()) == []


def test_another_digest_is_a_difference() -> None:
    """Providers mark in it what was changed beside the fields."""
    assert differences(replace(payload(), digest="0 with template changed"), payload()) == ["digest"]


OUT = token(Tag("unsubscribe_url"))
LINKED = replace(message(), html=f'<p><a href="https://a.example">a</a> <a href="{OUT}">out</a></p>')


@pytest.mark.parametrize(
    ("shown", "lost"),
    [
        ('<a href="https://a.example">a</a><a href="https://b.example/out">out</a>', []),
        ('<a href=" https://a.example ">a</a><a href="https://b.example/out">out</a>', []),
        ('<a href="https://b.example/out">out</a>', ["https://a.example"]),
        ('<a href="https://a.example">a</a>', ["the link to unsubscribe"]),
        ("", ["https://a.example"]),
    ],
)
def test_a_link_that_readers_would_miss_is_named(shown: str, lost: list[str]) -> None:
    """Each address must be there; whatever else the provider adds may be."""
    assert lost_links(shown, LINKED) == lost
