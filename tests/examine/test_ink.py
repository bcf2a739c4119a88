"""What is seen of a word, from three pictures of it."""

import pytest
from PIL import Image, ImageDraw

from pipeline.examine.rendering.ink import Ink, ink, pictures

SIZE = (24, 12)


def picture(letters: str, ground: str, *, seen: int = 12) -> Image.Image:
    """Paint a word of upright strokes, two px of every four, in its first *seen* columns."""
    image = Image.new("RGB", SIZE, ground)
    draw = ImageDraw.Draw(image)
    for left in range(0, seen, 4):
        draw.rectangle((left, 2, left + 1, 9), fill=letters)
    return image


def mark(letters: str, ground: str, *, seen: int = 12, after: str = "") -> Ink:
    """Measure that word on a ground, of which *after* is what lies there without the word."""
    clear = Image.new("RGB", SIZE, after or ground)
    return ink(pictures(picture(letters, ground, seen=seen), clear, picture("#000", "#fff")))


def test_black_on_white_is_wholly_seen() -> None:
    """Every pixel of the letters changes, at full contrast, inverted as well."""
    seen = mark("#000", "#fff")
    assert (seen.expected, seen.share) == (48, 1.0)
    assert seen.contrast == pytest.approx(21)
    assert seen.inverted == pytest.approx(21)


@pytest.mark.parametrize(("letters", "ratio"), [("#767676", 4.54), ("#999", 2.85), ("#fefefe", 1.0)])
def test_the_contrast_is_that_of_the_colours(letters: str, ratio: float) -> None:
    """Measured colours give the ratio that WCAG gives the declared ones."""
    assert mark(letters, "#fff").contrast == pytest.approx(ratio, abs=0.02)


def test_letters_in_the_colour_of_their_ground_leave_no_mark() -> None:
    """What does not change is not seen."""
    assert mark("#246", "#246").share == 0


def test_half_a_word_is_seen_by_half() -> None:
    """The share is of the letters, not of the box."""
    assert mark("#000", "#fff", seen=6).share == pytest.approx(2 / 3)


def test_a_word_without_a_shape_has_no_expectation() -> None:
    """A blank font draws nothing even in black on white."""
    blank = Image.new("RGB", SIZE, "white")
    assert ink(pictures(blank, blank, blank)).expected == 0
