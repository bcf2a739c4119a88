"""
Two texts word by word: what was added, what was removed, what stayed.

Paragraphs are compared first, then the words within those that changed, so that an edit of a letter costs a
few milliseconds. How lines are wrapped is no difference: one new word moves the line ends of a paragraph.
"""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import groupby
from typing import Literal, NamedTuple

Kind = Literal["same", "added", "removed"]
# Share of words that two passages must have in common for their words to be compared: below it, what is
# left between single "the" and "and" reads worse than one passage after the other.
_ALIKE = 0.3
_WORD = re.compile(r"\s*\n\s*\n\s*|\S+(?:(?!\s*\n\s*\n)\s+)?|\s+")  # or the gap between paragraphs
_PARAGRAPH = re.compile(r"\s*\S.*?(?:\n\s*\n\s*|\Z)|\s+\Z", re.DOTALL)


class Piece(NamedTuple):
    """A run of words of one kind, with the blanks and line ends around them."""

    kind: Kind
    text: str


class Summary(NamedTuple):
    """How many words were added and removed; a word that was replaced is one of each."""

    added: int
    removed: int


def difference(before: str, after: str) -> tuple[Piece, ...]:
    r"""
    Return how *after* came from *before*.

    What is same and added, joined, is *after* to the letter; the words of what is same and removed are those
    of *before*, in their order. A removed piece has a blank more where it would stick to its neighbour.
    Neighbours are of different kinds.

    Args:
        before: with "\n" line ends.
        after: the same.
    """
    pieces = (piece for piece in _pieces(before, after) if piece.text)
    runs = [
        Piece(kind, "".join(piece.text for piece in run))
        for kind, run in groupby(pieces, key=lambda piece: piece.kind)
    ]
    texts = ["", *(piece.text for piece in runs), ""]
    return tuple(
        Piece("removed", _gap(left, text) + text + _gap(text, right))
        if kind == "removed"
        else Piece(kind, text)
        for (kind, text), left, right in zip(runs, texts, texts[2:], strict=False)
    )


def summary(pieces: Sequence[Piece]) -> Summary:
    """Return how many words of these pieces were added and removed."""
    counts = {"same": 0, "added": 0, "removed": 0}
    for piece in pieces:
        counts[piece.kind] += len(piece.text.split())
    return Summary(counts["added"], counts["removed"])


def _gap(left: str, right: str) -> str:
    """Return the blank that must stand between two texts for their words to stay apart."""
    return " " if left and right and not left[-1].isspace() and not right[0].isspace() else ""


def _pieces(before: str, after: str) -> Iterator[Piece]:
    old, new = _PARAGRAPH.findall(before), _PARAGRAPH.findall(after)
    for tag, a, b, c, d in _matched(old, new).get_opcodes():
        gone, come = "".join(old[a:b]), "".join(new[c:d])
        if tag == "replace":
            yield from _words(gone, come)
        else:
            yield Piece("removed", gone if tag == "delete" else "")
            yield Piece("same" if tag == "equal" else "added", come)


def _words(before: str, after: str) -> Iterator[Piece]:
    """Yield the pieces of two passages that differ."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    matcher = _matched(old, new)
    if matcher.quick_ratio() < _ALIKE or matcher.ratio() < _ALIKE:
        yield Piece("removed", before)
        yield Piece("added", after)
        return
    for tag, a, b, c, d in matcher.get_opcodes():
        yield Piece("removed", "" if tag == "equal" else "".join(old[a:b]))
        yield Piece("same" if tag == "equal" else "added", "".join(new[c:d]))


def _matched(old: Sequence[str], new: Sequence[str]) -> "SequenceMatcher[str]":
    """Match two lists by what can be read in them; no word is too common to be looked at."""
    return SequenceMatcher(None, [_read(each) for each in old], [_read(each) for each in new], autojunk=False)


def _read(text: str) -> str:
    return " ".join(text.split())
