"""The feeds: sound for any text, the same for the same issues, and never an issue twice."""

import datetime as dt
import json
import random
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import feedparser
import jsonschema
import pytest
from cards import SENT_AT, card, hostile_texts, newsletter, weekly
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from lxml import etree

from pipeline.archive.card import Card
from pipeline.archive.feeds import atom, entry_id, feed_id, json_feed, newest
from pipeline.archive.markup import legal
from pipeline.archive.shelf import Shelf

HERE = Path(__file__).parent
RELAX_NG = etree.RelaxNG(etree.parse(HERE / "atom.rng"))
JSON_SCHEMA = jsonschema.Draft202012Validator(json.loads((HERE / "json-feed.schema.json").read_bytes()))
NEWSLETTER = newsletter()
CONTENT = '<p lang="en-US">Stretch.</p><a href="https://steady.example/issues/week-1/">More &amp; more</a>'
NAMES = {None: "http://www.w3.org/2005/Atom"}
LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def _atom(*cards: Card, content: str = CONTENT, **changes: Any) -> bytes:
    """Return the Atom feed of these cards, after its schema and feedparser found nothing wrong with it."""
    feed = atom(Shelf(cards), dict.fromkeys((each.key for each in cards), content), **_settings(changes))
    document = etree.fromstring(feed)
    RELAX_NG.assertValid(document)
    assert sorted(link.get("rel") for link in document.findall("link", NAMES)) == ["alternate", "self"]
    parsed = feedparser.parse(feed)
    assert not parsed.bozo, parsed.bozo_exception
    assert parsed.version == "atom10"
    assert len(parsed.entries) == min(len(cards), 20)
    return feed


def _json(*cards: Card, content: str = CONTENT, **changes: Any) -> dict[str, Any]:
    """Return the JSON feed of these cards, after its schema found nothing wrong with it."""
    feed = json_feed(Shelf(cards), dict.fromkeys((each.key for each in cards), content), **_settings(changes))
    plain = json.loads(feed)
    JSON_SCHEMA.validate(plain)
    return plain


def _settings(changes: dict[str, Any]) -> dict[str, Any]:
    return {"settings": newsletter(**changes) if changes else NEWSLETTER}


def _entry(feed: bytes) -> etree._Element:
    entry = etree.fromstring(feed).find("entry", NAMES)
    assert entry is not None
    return entry


def _texts(element: etree._Element, path: str) -> list[str]:
    return [found.text or "" for found in element.findall(path, NAMES)]


def test_an_atom_entry_says_what_the_issue_says() -> None:
    """Title, times, people, tags, summary and the whole content stand in the entry."""
    entry = _entry(_atom(card(authors=("Coach Luke", "Ada Moreno"))))
    assert entry.attrib == {LANG: "en-US"}
    assert _texts(entry, "title") == ["Why your back is stiff in the morning"]
    assert _texts(entry, "published") == _texts(entry, "updated") == ["2026-12-01T07:30:00-05:00"]
    assert _texts(entry, "author/name") == ["Coach Luke", "Ada Moreno"]
    assert _texts(entry, "author/uri")[1] == "https://steady.example/issues/authors/ada-moreno/"
    assert [tag.get("term") for tag in entry.findall("category", NAMES)] == ["back", "mobility"]
    assert _texts(entry, "summary") == ["Five minutes that help before breakfast"]
    assert _texts(entry, "content") == [CONTENT]
    assert [link.get("href") for link in entry.findall("link", NAMES)] == [
        "https://steady.example/issues/stiff-back/"
    ]


def test_an_atom_feed_says_whose_it_is_and_where_it_is() -> None:
    """The feed names the newsletter, itself and the archive's index."""
    feed = etree.fromstring(_atom(card(), name="Ruhig & stetig", language="de"))
    assert feed.get(LANG) == "de"
    assert _texts(feed, "title") == _texts(feed, "author/name") == ["Ruhig & stetig"]
    subtitle = feed.find("subtitle", NAMES)
    assert subtitle is not None
    assert (subtitle.get(LANG), subtitle.text) == ("en", "Each new issue of Ruhig & stetig, in full")
    assert {link.get("rel"): link.get("href") for link in feed.findall("link", NAMES)} == {
        "self": "https://steady.example/issues/feed.xml",
        "alternate": "https://steady.example/issues/",
    }


def test_a_json_item_says_what_the_issue_says() -> None:
    """Every member of the item comes from the card; the picture's address is absolute."""
    assert _json(card())["items"] == [
        {
            "id": entry_id(card().key),
            "url": "https://steady.example/issues/stiff-back/",
            "title": "Why your back is stiff in the morning",
            "content_html": CONTENT,
            "summary": "Five minutes that help before breakfast",
            "image": "https://steady.example/issues/assets/0123456789abcdef.jpg",
            "date_published": "2026-12-01T07:30:00-05:00",
            "date_modified": "2026-12-01T07:30:00-05:00",
            "tags": ["back", "mobility"],
            "authors": [{"name": "Coach Luke", "url": "https://steady.example/issues/authors/coach-luke/"}],
            "language": "en-US",
        }
    ]


def test_a_bare_card_makes_sound_entries() -> None:
    """What a card lacks is left out, never written empty."""
    bare = card(description="", tags=(), authors=(), picture=None)
    assert _texts(_entry(_atom(bare)), "summary") == []
    assert set(_json(bare)["items"][0]) == {
        *("id", "url", "title", "content_html", "date_published", "date_modified", "language"),
    }


def test_names_that_show_nothing_are_left_out() -> None:
    """A tag or author without a visible character, or written twice, makes no empty and no second element."""
    odd = card(tags=("back", "\x00", " ", "back"), authors=("\x1b",))
    entry = _entry(_atom(odd))
    assert [tag.get("term") for tag in entry.findall("category", NAMES)] == ["back"]
    assert _texts(entry, "author/name") == []
    assert _json(odd)["items"][0]["tags"] == ["back"]


def test_the_feeds_hold_the_newest_twenty_listed() -> None:
    """Newest first, no unlisted one, no more than twenty."""
    cards = [weekly(number, state="unlisted" if number == 24 else "listed") for number in range(1, 25)]
    titles = [f"Week {number}" for number in range(23, 3, -1)]
    contents = {each.key: CONTENT for each in newest(Shelf(cards))}
    feed = etree.fromstring(atom(Shelf(cards), contents, settings=NEWSLETTER))
    assert _texts(feed, "entry/title") == titles
    plain = json.loads(json_feed(Shelf(cards), contents, settings=NEWSLETTER))
    assert [item["title"] for item in plain["items"]] == titles


@pytest.mark.parametrize("make", [atom, json_feed])
def test_a_missing_content_stops_the_feed(make: Any) -> None:
    """No entry goes out without the content, and so the disclaimers, that the caller owes it."""
    with pytest.raises(KeyError, match=card().key):
        make(Shelf([card()]), {}, settings=NEWSLETTER)


SAME_DAY, LATER = dt.date(2026, 12, 1), dt.date(2026, 12, 9)


@pytest.mark.parametrize(
    ("updated", "corrected", "stamp"),
    [
        (None, [], "2026-12-01T07:30:00-05:00"),
        (LATER, [], "2026-12-09T00:00:01-05:00"),
        (SAME_DAY, [], "2026-12-01T07:30:01-05:00"),
        (dt.date(2027, 7, 1), [], "2027-07-01T00:00:01-05:00"),
        (None, [SAME_DAY], "2026-12-01T07:30:01-05:00"),
        (None, [SAME_DAY, SAME_DAY], "2026-12-01T07:30:02-05:00"),
        (SAME_DAY, [SAME_DAY], "2026-12-01T07:30:02-05:00"),
        (SAME_DAY, [LATER, LATER, SAME_DAY], "2026-12-09T00:00:02-05:00"),
        (LATER, [SAME_DAY], "2026-12-09T00:00:01-05:00"),
    ],
    ids=[
        *("never", "later", "the same day", "in summer", "corrected", "twice a day", "both on a day"),
        *("later twice", "of two days the later"),
    ],
)
def test_an_entry_is_as_new_as_its_last_change(
    updated: dt.date | None, corrected: list[dt.date], stamp: str
) -> None:
    """The beginning of its day or the sending, and a second for each change: none passes unseen."""
    mended = card(updated=updated, corrections=tuple((day, "A slip.") for day in corrected))
    feed = _atom(mended, weekly(-9))
    assert _texts(_entry(feed), "updated") == _texts(etree.fromstring(feed), "updated") == [stamp]
    assert _texts(_entry(feed), "published") == ["2026-12-01T07:30:00-05:00"]
    assert _json(mended)["items"][0]["date_modified"] == stamp


def test_a_time_without_its_zones_name_gives_the_same_bytes() -> None:
    """A card that was kept as text, and lost its zone's name, makes the same feed."""
    kept = card(date=dt.datetime.fromisoformat(SENT_AT.isoformat()), updated=dt.date(2027, 7, 1))
    assert _atom(kept) == _atom(card(updated=dt.date(2027, 7, 1)))


def test_an_empty_feed_is_sound() -> None:
    """Before the first issue the feed has no entry and a time older than any."""
    assert _texts(etree.fromstring(_atom()), "updated") == ["1970-01-01T00:00:00+00:00"]
    assert _json()["items"] == []


def test_an_issue_without_a_time_makes_sound_feeds() -> None:
    """A record that names no time leaves the entry without a publication, never with today's."""
    entry = _entry(_atom(card(date=None)))
    assert _texts(entry, "published") == []
    assert _texts(entry, "updated") == ["1970-01-01T00:00:00+00:00"]
    assert "date_published" not in _json(card(date=None))["items"][0]


def test_ids_are_what_they_always_were() -> None:
    """These ids are in readers' feed readers: another one shows them every issue anew."""
    assert entry_id("steady-2026-12-01-backs") == "urn:uuid:0013da92-426b-57f1-b11f-c1fbafa92d40"
    assert feed_id("steady") == "urn:uuid:47d144fc-2a90-584e-9d4b-255df389d77d"


def test_no_feed_has_the_id_of_an_entry() -> None:
    """A newsletter called like another one's issue has an id of its own."""
    assert feed_id("steady-backs") != entry_id("steady-backs")


MOMENTS = st.datetimes(dt.datetime(2000, 1, 1), dt.datetime(2099, 1, 1), timezones=st.just(dt.UTC))  # noqa: DTZ001 - hypothesis wants bounds without a zone
ZONES = st.sampled_from([ZoneInfo(name) for name in ("America/New_York", "Asia/Kolkata", "Europe/Berlin")])
HOSTS = st.sampled_from(["https://steady.example/issues", "https://letters.example", "http://[::1]:8000/a&b"])


@hypothesis_settings(deadline=None, derandomize=True, max_examples=60)
@given(
    title=hostile_texts(),
    slug=st.from_regex(r"[a-z0-9-]{1,9}", fullmatch=True),
    moment=MOMENTS,
    zone=ZONES,
    host=HOSTS,
)
def test_nothing_but_the_key_changes_an_id(
    title: str, slug: str, moment: dt.datetime, zone: ZoneInfo, host: str
) -> None:
    """Slug, title, date, zone and host may all change: the entry and the feed stay the same ones."""
    changed = card(title=title, slug=slug, date=moment.astimezone(zone))
    feed = etree.fromstring(_atom(changed, archive_url=host, url=host, name=f"Steady {title}"))
    assert _texts(feed, "entry/id") == [entry_id(card().key)]
    assert _texts(feed, "id") == [feed_id("steady")]
    assert _json(changed, archive_url=host)["items"][0]["id"] == entry_id(card().key)


@hypothesis_settings(deadline=None, derandomize=True, max_examples=100)
@given(title=hostile_texts(), description=hostile_texts(), tag=hostile_texts(), content=hostile_texts())
@example(title="\0", description="\x1b", tag="\ufffe", content="\ud83d")
def test_any_text_comes_back_from_the_feeds(title: str, description: str, tag: str, content: str) -> None:
    """Whatever people type, both feeds are sound and give it back, less what XML cannot hold."""
    hostile = card(
        title=title, description=description, tags=(tag,), authors=(title.encode("utf-8", "ignore").decode(),)
    )
    entry = _entry(_atom(hostile, content=content))
    assert _texts(entry, "title") == [legal(title)]
    assert _texts(entry, "content") == [legal(content)]
    assert _texts(entry, "summary") == ([legal(description)] if legal(description) else [])
    shown = [legal(tag)] if legal(tag).strip() else []
    assert [found.get("term") for found in entry.findall("category", NAMES)] == shown
    item = _json(hostile, content=content)["items"][0]
    assert item.get("title", "") == legal(title)
    assert item["content_html"] == legal(content)
    assert item.get("tags", []) == shown


@pytest.mark.parametrize("char", ["\x00", "\x08", "\x0b", "\x0c", "\x1f", "\ud800", "\ufffe", "\uffff"])
def test_what_xml_cannot_hold_is_left_out(char: str) -> None:
    """Exactly the characters outside of XML's own list go; their neighbours stay."""
    assert legal(f"\t\n\r a{char}\x7f\ud7ff\ue000\ufffd\U00010000\U0010ffff") == (
        "\t\n\r a\x7f\ud7ff\ue000\ufffd\U00010000\U0010ffff"
    )


@hypothesis_settings(deadline=None, derandomize=True, max_examples=30)
@given(seed=st.integers())
def test_the_order_of_cards_changes_no_byte(seed: int) -> None:
    """Cards in any order make the same feeds, also those sent at one moment."""
    cards = [weekly(number) for number in range(1, 22)]
    cards.append(card(key="steady-twin", date=cards[-1].date, number=None))
    shuffled = random.Random(seed).sample(cards, len(cards))  # noqa: S311 - no secret
    assert _atom(*shuffled) == _atom(*cards)
    assert _json(*shuffled) == _json(*cards)


def test_every_id_is_a_uuid_of_its_own() -> None:
    """Ids are URNs (RFC 9562), each issue's another."""
    ids = _ids(weekly(number) for number in range(1, 21))
    assert len(ids) == len({uuid.UUID(each) for each in ids}) == 20


def _ids(cards: Iterable[Card]) -> list[str]:
    return _texts(etree.fromstring(_atom(*cards)), "entry/id")
