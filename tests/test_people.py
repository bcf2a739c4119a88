"""Names are compared as a reader would compare them."""

import pytest

from pipeline.people import among, is_name, same_person


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Ada Moreno", "ada  MORENO"),
        ("Dr. Ada Moreno", "Ada Moreno"),
        ("Prof. Dr. med. Ada Moreno", "Ada Moreno"),
        ("Ada Moreno, DPT", "Ada Moreno"),
        ("Dr Ada Moreno, MD, PhD", "ada moreno"),
        ("José Núñez", "Jose Nunez"),
        ("Anne-Marie O’Neil", "Anne Marie O'Neil"),
        ("Coach Luke", "Luke"),
        ("Moreno, Ada", "moreno ada"),
        ("Dr. Moreno, Ada", "Moreno, Ada"),
        ("山田花子", "山田花子"),
    ],
)
def test_one_person_under_two_spellings(left: str, right: str) -> None:
    """Case, blanks, accents, titles and what follows a full name's comma do not part two names."""
    assert same_person(left, right)
    assert same_person(right, left)


@pytest.mark.parametrize(
    ("left", "right"),
    [("Ada Moreno", "Ida Moreno"), ("Ada Moreno", "Moreno"), ("Dr.", "Prof."), ("", ""), ("-", "…")],
)
def test_two_people(left: str, right: str) -> None:
    """Other letters are another person; no letters are nobody."""
    assert not same_person(left, right)


def test_among_gives_the_name_as_it_is_written_there() -> None:
    """A finding can quote the other place."""
    assert among("ada moreno", ("Coach Luke", "Dr. Ada Moreno")) == "Dr. Ada Moreno"
    assert among("Ben Ito", ("Coach Luke", "Dr. Ada Moreno")) == ""


def test_a_name_has_a_letter() -> None:
    """A dash is nobody."""
    assert is_name("Dr.")
    assert not is_name(" - ")
