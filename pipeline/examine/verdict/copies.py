"""Copies of a wording that are nearly right: another text under its name is worse than none (DISC008)."""

from collections.abc import Sequence
from itertools import pairwise

from pipeline.examine.words import ALTERED, Window, Words, closest, difference, find, phrase
from pipeline.model import Wording

_SHORTEST = 8  # words; below, ordinary sentences come near by chance
_SHARED = 0.25  # pairs of neighbouring words that a copy with 30 % changes keeps at least, and some air
_MOST = 4  # stretches that are looked at


def altered_copy(wording: Wording, words: Words, places: Sequence[int], known: Sequence[Wording]) -> str:
    """
    Tell how a second copy of *wording* differs, or return "" when there is none.

    Args:
        wording: one that stands whole in *words*.
        words: the text of one part.
        places: where it stands.
        known: all wordings; their own exact texts are no copies.
    """
    needle = phrase(wording.text)
    size = len(needle.tokens)
    if size < _SHORTEST:
        return ""
    rest = list(words.tokens)
    for one in (wording, *known):
        exact = phrase(one.text).tokens
        for at in places if one is wording else find(exact, words.tokens):
            rest[at : at + len(exact)] = ["\x1e"] * len(exact)
    for _look in range(_MOST):
        if not _likely(needle.tokens, rest):
            return ""
        window = closest(needle.tokens, rest)
        if window is None:
            return ""
        if window.share <= ALTERED and not _is_known(window, rest, known, wording):
            return difference(needle, words, window)
        rest[window.start : window.end] = ["\x1e"] * (window.end - window.start)
    return ""


def _likely(needle: Sequence[str], tokens: Sequence[str]) -> bool:
    """Say whether enough pairs of neighbours recur for a copy to be looked for; mostly they do not."""
    there = set(pairwise(tokens))
    return sum(pair in there for pair in pairwise(needle)) >= _SHARED * len(needle)


def _is_known(window: Window, tokens: Sequence[str], known: Sequence[Wording], wording: Wording) -> bool:
    """Say whether the stretch comes nearer to another wording, which is judged by itself."""
    stretch = tokens[max(0, window.start - 4) : window.end + 4]
    nearest = (closest(phrase(other.text).tokens, stretch) for other in known if other is not wording)
    return any(other is not None and other.share < window.share for other in nearest)
