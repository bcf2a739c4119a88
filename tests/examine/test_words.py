"""Folding, cutting and comparing words."""

import pytest
from mails import GEN, TEXT

from pipeline.examine.words import (
    closest,
    difference,
    find,
    fingerprint,
    foreign_character,
    in_order,
    normalise,
    plain_words,
    read_words,
    same_language,
)


def told(text: str) -> str:
    """Return what is said about *text* in place of the wording."""
    needle, words = read_words(GEN.text), read_words(text)
    window = closest(needle.tokens, words.tokens)
    assert window
    return difference(needle, words, window)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("don’t “wait” — now…", 'don\'t "wait" - now...'),
        ("non\u00a0breaking\u2009spaces", "non breaking spaces"),
        ("edu\u00adca\u00adtion", "education"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("ﬁt", "fit"),
        ("cafe\u0301", "café"),
        ("  many\n\n spaces\t", "many spaces"),
    ],
)
def test_spelling_variants_of_the_same_words_fold_together(written: str, read: str) -> None:
    """Quotes, dashes, spaces, ligatures and invisible characters are no difference."""
    assert normalise(written) == read


def test_a_letter_of_another_script_is_not_folded() -> None:
    """A Cyrillic а stays apart from a Latin a, else nobody would notice it."""
    assert normalise("аdvice") != normalise("advice")


def test_the_fingerprint_keeps_words_punctuation_and_link_targets() -> None:
    """A comma, a capital or another target is another text; white space is not."""
    assert fingerprint("Stop, now.") == fingerprint("Stop,\n now.")
    others = [fingerprint("Stop now."), fingerprint("stop, now."), fingerprint("Stop, now.", ["tel:911"])]
    assert len({fingerprint("Stop, now."), *others}) == 4


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (TEXT.replace("is not medical", "is may medical"), "altered at word 9: expected 'not', found 'may'"),
        (TEXT.replace("is not medical", "is medical"), "altered at word 9: 'not' is missing"),
        (TEXT.replace("not medical", "not often medical"), "altered at word 10: 'often' is added"),
        (TEXT.replace("This letter", "That letter"), "altered at word 1: expected 'This', found 'That'"),
        (TEXT.replace("right away", "soon"), "altered at word 33: expected 'right away', found 'soon'"),
        (
            TEXT.replace("letter", "text").replace("911", "112"),
            "altered at word 2: expected 'letter', found 'text', and 1 more difference",
        ),
    ],
)
def test_a_difference_is_told_word_by_word(changed: str, said: str) -> None:
    """The first difference is named with its place, what was expected and what stands there."""
    assert told(f"Hello there. {changed} Goodbye, and thank you for reading.") == said


def test_the_closest_window_is_found_in_a_long_text() -> None:
    """Thousands of common words around it do not draw the window away."""
    noise = "This is not the advice or the education of a doctor, because you read here something. " * 60
    needle = read_words(TEXT)
    words = read_words(noise + TEXT.replace("911", "999") + noise)
    window = closest(needle.tokens, words.tokens)
    assert window
    assert [words.said(change.found, change.found_end) for change in window.changes] == ["999"]


def test_texts_without_a_common_word_have_no_closest_window() -> None:
    """There is nothing to compare."""
    assert closest(("a", "b"), ("c", "d")) is None
    assert closest(("a", "b"), ()) is None


def test_a_foreign_letter_is_named_with_its_word() -> None:
    """The mender learns which character to look for."""
    needle, words = read_words(TEXT), read_words(TEXT.replace("diagnosis", "diаgnosis"))
    window = closest(needle.tokens, words.tokens)
    assert window
    assert foreign_character(needle, words, window) == "U+0430 CYRILLIC SMALL LETTER A at word 12"


def test_words_of_a_text_part_are_read_through_its_dress() -> None:
    """Quote marks, bullets, emphasis, footnotes and hard line ends are no words."""
    text = "> * Take *good* care [1] of\r\n> your _lower_ back: a well-\n> known friend.\n\n- Done"
    assert plain_words(text).tokens == (
        *("take", "good", "care", "of", "your", "lower", "back", ":", "a", "well-known", "friend", "."),
        "done",
    )


def test_find_lists_every_whole_occurrence() -> None:
    """A part of the words at the end is no occurrence."""
    assert find(("a", "b"), ("a", "b", "x", "a", "b", "a")) == [0, 3]
    assert find((), ("a",)) == []


def test_words_in_order_are_found_across_punctuation() -> None:
    """An address may be parted by commas or line ends."""
    assert in_order(("alder", "street", "portland"), read_words("418 Alder Street · Portland, OR")) == [
        (1, 5)
    ]


@pytest.mark.parametrize(
    ("locale", "lang", "same"),
    [("en-US", "en", True), ("en-US", "EN-us", True), ("en-US", "en-GB", False), ("en", "de", False)],
)
def test_languages_agree_as_far_as_the_shorter_tag_goes(locale: str, lang: str, *, same: bool) -> None:
    """A page in "en" may show a wording in "en-US", but one in "en-GB" may not: its numbers differ."""
    assert same_language(locale, lang) is same
