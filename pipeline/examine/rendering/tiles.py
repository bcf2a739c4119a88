"""
Tiles: words grouped so that each group fits into the window, and where each word lies in its picture.

A long wording on a phone, or one at the top and one at the end, does not fit into one picture.
"""

from collections.abc import Sequence
from functools import reduce
from typing import NamedTuple

from pipeline.examine.rendering.ink import Box

_MARGIN = 2  # px around words in their pictures


class Word(NamedTuple):
    """One box of words that is looked at by its pixels."""

    copy: int  # number of the copy it belongs to
    node: int  # number of its text node
    holder: int  # number of the element it stands in
    box: Sequence[float]  # left, top, width, height in px of the document


def tiles(words: Sequence[Word], window: tuple[int, int]) -> list[list[Word]]:
    """Group words so that each group fits into the window."""
    groups: list[list[Word]] = []
    bounds: list[tuple[float, float, float, float]] = []
    for word in sorted(words, key=lambda word: (word.box[1], word.box[0])):
        for at in range(max(0, len(groups) - 2), len(groups)):  # one to the left, one to the right
            left, top, right, bottom = _union(bounds[at], _edges(word))
            if right - left <= window[0] - 2 * _MARGIN and bottom - top <= window[1] - 2 * _MARGIN:
                groups[at].append(word)
                bounds[at] = left, top, right, bottom
                break
        else:
            groups.append([word])
            bounds.append(_edges(word))
    return groups


def _edges(word: Word) -> tuple[float, float, float, float]:
    left, top, width, height = word.box
    return left, top, left + width, top + height


def _union(
    one: tuple[float, float, float, float], other: tuple[float, float, float, float]
) -> tuple[float, float, float, float]:
    left, top, right, bottom = zip(one, other, strict=True)
    return min(left), min(top), max(right), max(bottom)


def _around(words: Sequence[Word]) -> tuple[float, float, float, float]:
    return reduce(_union, map(_edges, words))


def corner(tile: Sequence[Word], window: tuple[int, int]) -> tuple[float, float]:
    """Return where to scroll so that the words of *tile* lie in the middle of the window."""
    left, top, right, bottom = _around(tile)
    return (
        max(0, round((left + right - window[0]) / 2)),
        max(0, round((top + bottom - window[1]) / 2)),
    )


def frame_of(tile: Sequence[Word], scroll: Sequence[float], window: tuple[int, int]) -> Box:
    """Return the part of the window, in whole px, that holds the words of *tile*."""
    left, top, right, bottom = _around(tile)
    return (
        max(0, int(left - scroll[0]) - _MARGIN),
        max(0, int(top - scroll[1]) - _MARGIN),
        min(window[0], int(right - scroll[0]) + 1 + _MARGIN),
        min(window[1], int(bottom - scroll[1]) + 1 + _MARGIN),
    )


def inside(box: Sequence[float], scroll: Sequence[float], frame: Box) -> Box | None:
    """Return *box* in px of the pictures of *frame*; None when it is not all there."""
    left, top = box[0] - scroll[0], box[1] - scroll[1]
    right, bottom = left + box[2], top + box[3]
    if left < frame[0] - 1 or top < frame[1] - 1 or right > frame[2] + 1 or bottom > frame[3] + 1:
        return None
    return (
        max(0, int(left) - frame[0]),
        max(0, int(top) - frame[1]),
        min(frame[2], int(right) + 1) - frame[0],
        min(frame[3], int(bottom) + 1) - frame[1],
    )
