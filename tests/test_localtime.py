"""Wall time names one moment, or both choices are spelt out."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.localtime import WrongTime, long_date, next_in_slot, parse_send_at, parse_slot, parse_zone

NEW_YORK = ZoneInfo("America/New_York")
ZONES = [
    "America/New_York",
    "Australia/Lord_Howe",
    "Europe/London",
    "Pacific/Apia",
    "Africa/Casablanca",
    "UTC",
]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-12-01T07:30", "2026-12-01T07:30:00-05:00"),
        ("2026-12-01 07:30", "2026-12-01T07:30:00-05:00"),
        ("2026-12-01T07:30:00", "2026-12-01T07:30:00-05:00"),
        ("2026-07-01T07:30-04:00", "2026-07-01T07:30:00-04:00"),
        ("2026-07-01 07:30 -04:00", "2026-07-01T07:30:00-04:00"),
        ("2026-11-01T01:30-04:00", "2026-11-01T01:30:00-04:00"),
        ("2026-11-01T01:30-05:00", "2026-11-01T01:30:00-05:00"),
    ],
)
def test_a_wall_time_is_the_moment_the_clock_there_shows_it(text: str, expected: str) -> None:
    """The moment is aware, in the zone, and an offset that agrees chooses between two."""
    moment = parse_send_at(text, NEW_YORK)
    assert moment.isoformat() == expected
    assert moment.tzinfo is NEW_YORK


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        (
            "2026-03-08T02:30",
            "no such local time: '2026-03-08T02:30' in 'America/New_York'",
            "write 2026-03-08T01:30-05:00 (EST) or 2026-03-08T03:30-04:00 (EDT)",
        ),
        (
            "2026-03-08T02:30-05:00",
            "no such local time: '2026-03-08T02:30-05:00' in 'America/New_York'",
            "write 2026-03-08T01:30-05:00 (EST) or 2026-03-08T03:30-04:00 (EDT)",
        ),
        (
            "2026-11-01T01:30",
            "two such local times: '2026-11-01T01:30' in 'America/New_York'",
            "write 2026-11-01T01:30-04:00 (EDT) or 2026-11-01T01:30-05:00 (EST)",
        ),
        (
            "2026-11-01T01:30Z",
            "an offset that does not agree with the zone: '2026-11-01T01:30Z' in 'America/New_York'",
            "2026-11-01T01:30-05:00 (EST) for that time on the clock there, or 2026-10-31T21:30-04:00 (EDT)",
        ),
        (
            "2026-12-01T07:30+01:00",
            "an offset that does not agree with the zone: '2026-12-01T07:30+01:00' in 'America/New_York'",
            "2026-12-01T07:30-05:00 (EST) for that time on the clock there, or 2026-12-01T01:30-05:00 (EST)",
        ),
        ("2026-12-01", "no time of day: '2026-12-01'", "such as 2026-12-01T07:30"),
        ("2026-12-01T07:30:05", "seconds: '2026-12-01T07:30:05'", "write 2026-12-01T07:30"),
        ("2026-12-01T07:30:00.5", "seconds: '2026-12-01T07:30:00.5'", "write 2026-12-01T07:30"),
        ("2026-02-30T07:30", "no such day or hour: '2026-02-30T07:30'", "look at a calendar"),
        ("2026-12-01T24:00", "no such day or hour: '2026-12-01T24:00'", "look at a calendar"),
        ("7:30", "no date and time that can be read: '7:30'", "write it as 2026-12-01T07:30"),
        ("tomorrow", "no date and time that can be read: 'tomorrow'", "write it as 2026-12-01T07:30"),
        ("٢٠٢٦-12-01T07:30", "no date and time that can be read: '٢٠٢٦-12-01T07:30'", "write it as"),
        ("", "no date and time that can be read: ''", "write it as"),
    ],
)
def test_what_is_no_single_moment_is_refused_with_the_choices(text: str, message: str, hint: str) -> None:
    """The message says what is wrong; the hint has what to paste."""
    with pytest.raises(WrongTime) as caught:
        parse_send_at(text, NEW_YORK)
    assert caught.value.message == message
    assert hint in caught.value.hint


@settings(deadline=None, derandomize=True, max_examples=300)
@given(
    st.datetimes(dt.datetime(2000, 1, 1), dt.datetime(2098, 12, 31)).map(  # noqa: DTZ001 - wall time
        lambda moment: moment.replace(second=0, microsecond=0)
    ),
    st.sampled_from(ZONES),
)
def test_a_time_is_read_back_as_written_or_every_choice_offered_is_good(
    local: dt.datetime, name: str
) -> None:
    """Whatever the zone does that day, what is accepted shows the time written, and hints can be pasted."""
    zone = ZoneInfo(name)
    try:
        moment = parse_send_at(local.isoformat(timespec="minutes"), zone)
    except WrongTime as wrong:
        choices = [word for word in wrong.hint.split() if word.startswith("20")]
        assert len({parse_send_at(choice, zone).astimezone(dt.UTC) for choice in choices}) == 2
    else:
        assert moment.astimezone(dt.UTC).astimezone(zone).replace(tzinfo=None) == local


@pytest.mark.parametrize("name", ["UTC", "America/Argentina/Buenos_Aires", "Etc/GMT+5"])
def test_an_iana_name_is_a_zone(name: str) -> None:
    """Area and place, and UTC."""
    assert parse_zone(name).key == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        "America",
        "America/Indiana",
        "EST",
        "localtime",
        "posix/Europe/Rome",
        "../UTC",
        "/etc/passwd",
        "A/\0",
        "A/" + "b" * 400,
    ],
)
def test_what_is_no_zone_on_every_machine_is_refused(name: str) -> None:
    """Folders, abbreviations, paths and names that only some machines know."""
    with pytest.raises(WrongTime, match="no such time zone"):
        parse_zone(name)


def test_a_misspelt_zone_suggests_the_nearest() -> None:
    """One letter off is told."""
    with pytest.raises(WrongTime) as caught:
        parse_zone("America/New_Yrok")
    assert caught.value.hint == "did you mean 'America/New_York'?"


@pytest.mark.parametrize(
    ("slot", "after", "expected"),
    [
        ("Tue 07:30", "2026-11-22T12:00+00:00", "2026-11-24T07:30:00-05:00"),
        ("Tue 07:30", "2026-11-24T12:29+00:00", "2026-11-24T07:30:00-05:00"),
        ("Tue 07:30", "2026-11-24T12:30+00:00", "2026-12-01T07:30:00-05:00"),
        ("Mon 00:00", "2026-11-24T04:59+00:00", "2026-11-30T00:00:00-05:00"),
        ("Sun 02:30", "2026-03-07T12:00+00:00", "2026-03-08T03:30:00-04:00"),
        ("Sun 01:30", "2026-10-31T12:00+00:00", "2026-11-01T01:30:00-04:00"),
        ("Sun 01:30", "2026-11-01T05:45+00:00", "2026-11-08T01:30:00-05:00"),
    ],
    ids=[
        "later this week",
        "a minute before",
        "not now",
        "by the local day",
        "gap",
        "fold",
        "after the first of two",
    ],
)
def test_the_next_slot_is_the_first_later_one(slot: str, after: str, expected: str) -> None:
    """By the clock on the wall, also on days on which clocks change."""
    moment = next_in_slot(parse_slot(slot), NEW_YORK, after=dt.datetime.fromisoformat(after))
    assert moment.isoformat() == expected


def test_a_slot_is_written_as_it_is_read() -> None:
    """What settings say is what is shown."""
    assert str(parse_slot("Tue 07:30")) == "Tue 07:30"


@pytest.mark.parametrize(
    "text", ["", "Tuesday 07:30", "tue 07:30", "Tue 7:30", "Tue 24:00", "Tue 07:60", "07:30"]
)
def test_a_slot_has_a_weekday_and_an_hour(text: str) -> None:
    """Anything else is refused with an example."""
    with pytest.raises(WrongTime, match="no weekday and hour"):
        parse_slot(text)


def test_dates_are_written_without_the_systems_locale() -> None:
    """American and other English in words, any other language in figures."""
    day = dt.date(2026, 12, 1)
    assert [long_date(day, lang) for lang in ("en-US", "en-GB", "ar")] == [
        "December 1, 2026",
        "1 December 2026",
        "2026-12-01",
    ]
