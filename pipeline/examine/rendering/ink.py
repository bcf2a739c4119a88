"""
Ink: what three pictures of the same words prove about each of them.

The words as they are, the same place without them, and the words in black on white with nothing else.
The third says where letters belong; what changes there between the first two is what readers see of them.
Nothing is asked about the trick that hides a word, so a new trick is seen as well as an old one.
"""

from collections import Counter
from functools import lru_cache
from itertools import compress
from typing import NamedTuple

from PIL import Image, ImageChops, ImageStat

from pipeline.examine.style.colours import WHITE, Colour, contrast

_PALE = 60  # of 255; letters that stay below it in black on white have no shape to look for
_CHANGED = 12  # of 255; a pixel that differs by less looks the same
_FAINTEST = 16  # of 255; darkness from which a pixel belongs to a letter
_EDGE, _CORE = 0.5, 0.8  # share of a word's darkest pixel at which a letter begins, and is solid
_CLEAR = 7.0  # contrast above which there is nothing to look at more closely

Box = tuple[int, int, int, int]  # left, top, right, bottom in px of the pictures


class Ink(NamedTuple):
    """What is seen of one word."""

    expected: int  # px that its letters cover in black on white
    share: float  # of them that change when the word is taken away
    contrast: float  # of its letters' colour with what lies behind them
    inverted: float  # the same with both colours inverted, as some clients do for dark themes
    letters: Colour
    ground: Colour


class Pictures(NamedTuple):
    """Three pictures of one place, of the same size."""

    plain: Image.Image  # RGB, as readers see it
    clear: Image.Image  # RGB, the same without the words
    darkness: Image.Image  # L, 255 where a letter is solid
    change: Image.Image  # L, the largest difference of the first two in any channel

    def crop(self, box: Box) -> "Pictures":
        """Return the part of all of them inside *box*."""
        return Pictures(*(picture.crop(box) for picture in self))


def pictures(plain: Image.Image, clear: Image.Image, black: Image.Image) -> Pictures:
    """Put the three pictures together; *black* is the words in black on white."""
    red, green, blue = ImageChops.difference(plain, clear).split()
    change = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    return Pictures(plain, clear, ImageChops.invert(black.convert("L")), change)


def ink(place: Pictures) -> Ink:
    """Measure one word; *place* holds it and little else."""
    darkest = int(place.darkness.getextrema()[1])  # type: ignore[arg-type]  # one band: one pair
    if darkest < _PALE:
        return Ink(0, 0.0, 1.0, 1.0, WHITE, WHITE)
    letters = place.darkness.point(_at_least(round(_EDGE * darkest)))
    expected = letters.histogram()[255]
    seen = ImageChops.darker(letters, place.change.point(_at_least(_CHANGED))).histogram()[255]
    text, ground = _on_average(place)
    if contrast(text, ground) < _CLEAR:
        text, ground = max((text, ground), _at_cores(place, _CORE * darkest), key=lambda two: contrast(*two))
    inverted = contrast(_inverted(text), _inverted(ground))
    return Ink(expected, seen / expected, contrast(text, ground), inverted, text, ground)


@lru_cache(maxsize=256)
def _at_least(least: int) -> list[int]:
    return [255 if level >= least else 0 for level in range(256)]


def _on_average(place: Pictures) -> tuple[Colour, Colour]:
    """Return the colours as all letters' pixels together have them: a glyph may move by part of a pixel."""
    mask = place.darkness.point(_at_least(_FAINTEST))
    plain, clear = (ImageStat.Stat(picture, mask) for picture in (place.plain, place.clear))
    cover = ImageStat.Stat(place.darkness, mask).sum[0] / 255
    ground = Colour(*(part / 255 for part in clear.mean))
    parts = [(above - below) / cover / 255 for above, below in zip(plain.sum, clear.sum, strict=True)]
    text = (below + part for below, part in zip(ground[:3], parts, strict=True))
    return Colour(*(min(1.0, max(0.0, part)) for part in text)), ground


def _at_cores(place: Pictures, solid: float) -> tuple[Colour, Colour]:
    """
    Return the colour of the letters and of what lies behind, where the contrast is middling for the word.

    Small letters never reach their full colour on screen: how far they do is known from the darkness
    that the same pixel has in black on white.
    """
    core = place.darkness.point(_at_least(round(solid))).tobytes()
    pixels = [
        zip(*[iter(data.tobytes())] * 3, strict=True)  # three bytes each
        for data in (place.plain, place.clear)
    ]
    seen = Counter(compress(zip(*pixels, place.darkness.tobytes(), strict=True), core))
    judged = sorted(
        (contrast(text, ground), count, text, ground)
        for (plain, clear, dark), count in seen.items()
        for text, ground in [(_full(plain, clear, dark / 255), _colour(clear))]
    )
    middle = sum(count for _, count, _, _ in judged) / 2
    for _, count, text, ground in judged:
        middle -= count
        if middle <= 0:
            return text, ground
    return WHITE, WHITE


def _full(plain: tuple[int, ...], clear: tuple[int, ...], cover: float) -> Colour:
    """Return the colour that, laid over *clear* for the share *cover* of a pixel, gives *plain*."""
    parts = (below + (above - below) / cover for above, below in zip(plain, clear, strict=True))
    return Colour(*(min(255.0, max(0.0, part)) / 255 for part in parts))


def _colour(pixel: tuple[int, ...]) -> Colour:
    return Colour(*(part / 255 for part in pixel))


def _inverted(colour: Colour) -> Colour:
    return Colour(*(1 - part for part in colour[:3]))
