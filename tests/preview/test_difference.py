"""Two texts word by word: fast, whole, and as a reader would tell it."""

import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import SetClock
from pipeline.newsletter import Newsletter
from pipeline.preview.difference import Piece, Summary, difference, summary

ISSUES = ("2026-12-01-when-one-side-works-harder", "2026-12-08-magnesium-and-sleep")
OLD = "Stand on one leg and breathe for\nfive slow breaths.\n\n- left\n- right\n"
TEXTS = st.text(alphabet=" \n\tabé-", max_size=60)


@pytest.fixture
def texts(root: Path, clock: SetClock) -> list[str]:
    """The text parts of two of our issues."""
    newsletter = Newsletter(root, clock=clock)
    return [newsletter.composed(newsletter.issue(name)).message.text for name in ISSUES]


def joined(pieces: tuple[Piece, ...], without: str) -> str:
    """Return the text of all pieces but those of one kind."""
    return "".join(piece.text for piece in pieces if piece.kind != without)


def test_equal_texts_are_one_piece(texts: list[str]) -> None:
    """Nothing is added or removed."""
    assert difference(texts[0], texts[0]) == (Piece("same", texts[0]),)
    assert summary(difference(texts[0], texts[0])) == Summary(0, 0)
    assert difference("", "") == ()


def test_a_changed_word_is_one_removed_and_one_added() -> None:
    """All around it stays, with its line ends."""
    pieces = difference(OLD, OLD.replace("five", "three"))
    assert pieces == (
        Piece("same", "Stand on one leg and breathe for\n"),
        Piece("removed", "five "),
        Piece("added", "three "),
        Piece("same", "slow breaths.\n\n- left\n- right\n"),
    )
    assert summary(pieces) == Summary(1, 1)


def test_wrapping_is_no_difference() -> None:
    """A new word that moves the line ends behind it is all there is to see."""
    pieces = difference(
        OLD, OLD.replace("one leg and breathe for\nfive", "just one leg and breathe\nfor five")
    )
    assert summary(pieces) == Summary(1, 0)
    assert [piece for piece in pieces if piece.kind != "same"] == [Piece("added", "just ")]


def test_a_new_paragraph_is_added_whole() -> None:
    """Its neighbours stay."""
    pieces = difference(OLD, OLD.replace("- left", "Rest a minute.\n\n- left"))
    assert [piece for piece in pieces if piece.kind != "same"] == [Piece("added", "Rest a minute.\n\n")]


def test_a_removed_paragraph_stands_where_it_was(texts: list[str]) -> None:
    """It is told once, and counted by its words."""
    first, gone, rest = texts[0].split("\n\n", 2)
    pieces = difference(texts[0], f"{first}\n\n{rest}")
    assert [piece.text for piece in pieces if piece.kind == "removed"] == [f"{gone}\n\n"]
    assert summary(pieces) == Summary(0, len(gone.split()))


def test_passages_with_little_in_common_are_not_shredded() -> None:
    """Single words that both happen to have are not picked out of them."""
    pieces = difference(
        "Walk to the lake before noon.\n", "In the evening we cook beans and rice together.\n"
    )
    assert [piece.kind for piece in pieces] == ["removed", "added"]


@given(TEXTS, TEXTS)
def test_nothing_is_lost(before: str, after: str) -> None:
    """What is not removed is the new text to the letter; what is not added, the old one's words."""
    pieces = difference(before, after)
    assert joined(pieces, "removed") == after
    assert [
        word for piece in pieces if piece.kind != "added" for word in piece.text.split()
    ] == before.split()
    kinds = [piece.kind for piece in pieces]
    assert all(one != other for one, other in pairwise(kinds))


@given(TEXTS, TEXTS)
def test_words_of_two_pieces_never_stick_together(before: str, after: str) -> None:
    """What is shown in one line reads as words, be the text before it at its end or not."""
    pieces = difference(before, after)
    assert joined(pieces, "").split() == [word for piece in pieces for word in piece.text.split()]


def test_two_of_our_issues_differ_and_nothing_is_lost(texts: list[str]) -> None:
    """What all letters say, such as the address, is the same."""
    pieces = difference(*texts)
    assert joined(pieces, "removed") == texts[1]
    assert joined(pieces, "added").split() == texts[0].split()
    assert any("418 Alder Street" in piece.text for piece in pieces if piece.kind == "same")


def test_an_edit_of_a_long_letter_takes_no_time_to_see(texts: list[str]) -> None:
    """Of 2,000 words only the changed paragraphs are looked into: far below what a save may take."""
    old = "\n".join(texts * 2)
    words = old.split(" ")
    assert len(old.split()) > 2000
    for at in range(50, len(words), len(words) // 10):
        words[at] = "another word"
    start = time.process_time()
    pieces = difference(old, " ".join(words))
    assert time.process_time() - start < 0.5  # it takes about 0.005; a slow way took seconds
    assert 10 <= summary(pieces).added <= 40
