"""All cards in order: neighbours, years, and terms that are one however they are spelt."""

import datetime as dt
import re
import unicodedata
from random import Random
from zoneinfo import ZoneInfo

import pytest
from cards import card, weekly
from hypothesis import given
from hypothesis import strategies as st

from pipeline.archive.card import Card
from pipeline.archive.shelf import Shelf, term_slug


def _slugs(cards: tuple[Card, ...]) -> list[str]:
    return [each.slug for each in cards]


def test_the_newest_comes_first_whatever_the_order_given() -> None:
    """By the moment of sending, not by the wall clock of some zone."""
    tokyo = dt.datetime(2026, 12, 8, 20, 0, tzinfo=ZoneInfo("Asia/Tokyo"))  # 06:00 in New York
    early = card(key="steady-tokyo", slug="tokyo", date=tokyo)
    shelf = Shelf([weekly(2), early, weekly(1), weekly(3)])
    assert _slugs(shelf.listed) == ["week-3", "week-2", "week-1", "tokyo"]


def test_at_one_moment_the_higher_number_comes_first_then_the_later_key() -> None:
    """So that the order never hangs on the order of files."""
    one, two = card(key="steady-a", slug="a", number=1), card(key="steady-b", slug="b", number=2)
    none, last = card(key="steady-c", slug="c", number=None), card(key="steady-d", slug="d", number=None)
    for cards in ([one, two, none, last], [last, none, two, one]):
        assert _slugs(Shelf(cards).listed) == ["b", "a", "d", "c"]


def test_neighbours_are_listed_ones_alone() -> None:
    """An unlisted page is nobody's neighbour, and has none."""
    first, quiet, second = weekly(1), weekly(2, state="unlisted"), weekly(3)
    shelf = Shelf([first, quiet, second])
    assert shelf.around(first) == (second, None)
    assert shelf.around(second) == (None, first)
    assert shelf.around(quiet) == (None, None)
    assert _slugs(shelf.cards) == ["week-3", "week-2", "week-1"]
    assert _slugs(shelf.listed) == ["week-3", "week-1"]


def test_the_year_is_that_of_the_issues_own_zone() -> None:
    """A letter of New Year's Eve belongs to the old year, though in UTC it is January."""
    eve = card(date=dt.datetime(2025, 12, 31, 23, 30, tzinfo=ZoneInfo("America/New_York")))
    assert eve.date is not None
    assert eve.date.astimezone(dt.UTC).year == 2026
    shelf = Shelf([eve, weekly(1)])
    years = [(year, _slugs(cards)) for year, cards in shelf.years.items()]
    assert years == [(2026, ["week-1"]), (2025, ["stiff-back"])]


@pytest.mark.parametrize(
    "spellings",
    [
        ("Back pain", "back pain", "BACK-PAIN", "back_pain", " back   pain! "),
        ("Müsli", "Mu\u0308sli", "MÜSLI"),
        ("Straße", "STRASSE"),
        ("ｆｕｌｌ", "full"),
    ],
)
def test_spellings_of_one_term_are_one_page(spellings: tuple[str, ...]) -> None:
    """Named as the newest issue writes it."""
    cards = [weekly(number, tags=(name,)) for number, name in enumerate(spellings)]
    (term,) = Shelf(cards).terms["tags"]
    assert (term.name, term.total) == (spellings[-1], len(spellings))
    assert list(term.cards) == cards[::-1]


def test_an_issue_that_writes_one_term_twice_is_listed_once() -> None:
    """And names it once."""
    twice = weekly(1, tags=("Sleep", "sleep", "walks"))
    shelf = Shelf([twice])
    assert [(term.slug, term.total) for term in shelf.terms["tags"]] == [("sleep", 1), ("walks", 1)]
    assert [term.slug for term in shelf.terms_of(twice, "tags")] == ["sleep", "walks"]


def test_terms_of_an_unlisted_issue_are_nobodys() -> None:
    """No page tells that it is there."""
    quiet = weekly(1, state="unlisted", tags=("secret",), authors=("Nobody",), reviewed_by="Dr. Hidden")
    shelf = Shelf([quiet, weekly(2, tags=("sleep",), authors=("Ada",), reviewed_by="")])
    names = {kind: [term.name for term in terms] for kind, terms in shelf.terms.items()}
    assert names == {"tags": ["sleep"], "authors": ["Ada"], "reviewers": []}
    assert shelf.terms_of(quiet, "tags") == shelf.terms_of(quiet, "reviewers") == ()


@pytest.mark.parametrize(
    ("name", "slug"),
    [("Dr. Ada Moreno", "dr-ada-moreno"), ("نوم", "نوم"), ("C++", "c"), ("++", "2b-2b"), ("💤", "1f4a4")],
)
def test_a_term_has_an_address_that_reads_like_it(name: str, slug: str) -> None:
    """In any script; where nothing of it can be read, by its code points."""
    assert term_slug(name) == slug


@pytest.mark.parametrize(
    ("one", "other"),
    [("दिल", "दाल"), ("กิน", "กัน"), ("নদী", "নাদ"), ("தமிழ்", "தமிழ"), ("שָׁלוֹם", "שלום")],
    ids=["Hindi", "Thai", "Bengali", "Tamil", "Hebrew"],
)
def test_words_that_differ_by_the_signs_at_their_letters_are_two_terms(one: str, other: str) -> None:
    """Where vowels are signs, another vowel is another word."""
    assert term_slug(one) == unicodedata.normalize("NFC", one)
    assert term_slug(one) != term_slug(other)


@pytest.mark.parametrize(("name", "slug"), [("❤️ sleep", "sleep"), ("sleep ❤️", "sleep"), ("1️⃣", "1")])
def test_what_only_chooses_how_a_sign_looks_is_no_part_of_a_term(name: str, slug: str) -> None:
    """Nobody sees it in an address."""
    assert term_slug(name) == slug


@given(st.text(min_size=1).filter(str.strip))
def test_every_name_has_an_address_of_one_folder(name: str) -> None:
    """Never empty, never two folders, and the address of an address is itself."""
    slug = term_slug(name)
    assert re.fullmatch(r"[^/\\.\s]+", slug)
    assert slug == term_slug(slug)


def test_a_name_too_long_for_a_folder_is_cut_and_stays_its_own() -> None:
    """A file system takes 255 bytes; names that begin alike have two pages."""
    one, other = (term_slug("نوم " * 100 + end) for end in ("a", "b"))
    assert one != other
    assert len(one.encode()) < 200
    assert one.startswith("نوم-نوم")


@given(st.lists(st.integers(0, 40), unique=True, max_size=12), st.randoms())
def test_neighbours_form_one_line_from_the_newest_to_the_oldest(numbers: list[int], random: Random) -> None:
    """Whoever goes on to the older one meets every issue once."""
    cards = [weekly(number) for number in numbers]
    random.shuffle(cards)
    shelf = Shelf(cards)
    met, at = [], shelf.listed[0] if shelf.listed else None
    while at is not None:
        met.append(at.number)
        newer, at = shelf.around(at)
        assert at is None or shelf.around(at)[0] is not None
        assert (newer is None) == (len(met) == 1)
    assert met == sorted(numbers, reverse=True)
