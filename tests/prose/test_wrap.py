"""Lines that fit, as an eye measures them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.mergetags import Tag, token
from pipeline.prose.wrap import columns, wrap


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0),
        ("back", 4),
        ("Grüße", 5),
        ("Gru\u0308ße", 5),
        ("筋肉", 4),
        ("🌟🫨", 4),
        ("می\u200cخواهم", 7),
        (token(Tag("subscriber.first_name", "friend")), 6),
    ],
    ids=["nothing", "ascii", "latin", "combining", "wide", "emoji", "joiner", "merge tag"],
)
def test_width_is_what_the_eye_sees(text: str, expected: int) -> None:
    """Marks take no room, wide characters two columns, a merge tag as much as its default."""
    assert columns(text) == expected


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("one two three", ["one two", "three"]),
        ("a https://steady.example/a/long/way b", ["a", "https://steady.example/a/long/way", "b"]),
        ("four two – three", ["four", "two –", "three"]),
        ("weigh 80. Then", ["weigh 80.", "Then"]),
        ("less if >5 mg", ["less", "if >5 mg"]),
        ("the study [1] of", ["the", "study [1]", "of"]),
        ("one\ntwo\n\nx", ["one", "two", "", "x"]),
        ("筋肉の不均衡。腰痛", ["筋肉の不", "均衡。腰", "痛"]),
        ("「筋肉の不」均", ["「筋肉の", "不」均"]),
        ("허리 통증이다", ["허리", "통증이다"]),
    ],
    ids=["words", "url", "dash", "number", "sign", "note", "breaks", "japanese", "brackets", "korean"],
)
def test_lines_break_where_a_reader_expects_it(text: str, lines: list[str]) -> None:
    """Links stay whole; nothing begins a line that looks like a marker or a quotation there."""
    assert wrap(text, 9) == lines


def test_words_stay_whole_where_that_is_asked() -> None:
    """An approved wording is compared word by word, in every script."""
    assert wrap("筋肉の不均衡。 腰痛", 9, words_only=True) == ["筋肉の不均衡。", "腰痛"]


def test_a_merge_tag_is_never_broken() -> None:
    """A token is one word, whatever its length."""
    tag = token(Tag("subscriber.first_name", "friend"))
    assert wrap(f"Dear {tag}, hello", 12) == [f"Dear {tag},", "hello"]


@settings(deadline=None, derandomize=True, max_examples=200)
@given(
    st.lists(st.text(st.sampled_from("ab-ü筋。>1."), min_size=1, max_size=9), min_size=1), st.integers(1, 20)
)
def test_wrapping_loses_nothing(words: list[str], width: int) -> None:
    """Joined again, the lines are the text; a line too wide is one that cannot be broken at a space."""
    text = " ".join(words)
    lines = wrap(text, width, words_only=True)
    assert " ".join(lines) == text
    assert "".join(wrap(text, width)).replace(" ", "") == text.replace(" ", "")
    assert all(columns(line) <= width or wrap(line, width, words_only=True) == [line] for line in lines)
