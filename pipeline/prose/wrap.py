"""
Lines of plain text that fit a width, as a reader's eye measures it.

Width is counted in columns of a terminal: an East Asian wide character or an emoji takes two, a
combining mark none. Words are never broken, so links and merge tags stay whole; scripts that
write without spaces may be broken between two characters.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from pipeline.mergetags import PREFIX, persona

# What stays with the word before it: at the start of a line it would look like a list marker or a
# quotation, to readers and to whoever unwraps the text again; and the number of a link.
_CLINGING = re.compile(r">.*|[-*+#•‐-―]+|\d{1,9}[.)]|\[(?:\d+|note\xa0\d+)\].*")
_MERGED = persona({})


def columns(text: str) -> int:
    """Return the columns that one line takes on a screen; a merge tag counts as its default."""
    if PREFIX in text:
        text = _MERGED.apply(text, "text")
    return len(text) if text.isascii() else sum(map(_columns, text))


@cache
def _columns(char: str) -> int:
    if "\U0001f300" <= char <= "\U0001faff":  # emoji, also those younger than this Python's tables
        return 2
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def wrap(text: str, width: int, *, words_only: bool = False) -> list[str]:
    r"""
    Break *text* into lines of at most *width* columns, unless a single word is wider.

    Args:
        text: words parted by single spaces; each "\n" in it is kept as a line break.
        width: in columns.
        words_only: break at spaces alone, also where a script could be broken between characters.
    """
    return [line for hard_line in text.split("\n") for line in _fill(hard_line, width, words_only=words_only)]


def _fill(text: str, width: int, *, words_only: bool) -> Iterator[str]:
    if columns(text) <= width:
        yield text
        return
    line, used = "", 0
    for space, piece in _pieces(text, words_only=words_only):
        size = columns(piece)
        if line and used + len(space) + size > width:
            yield line
            line, used = piece, size
        else:
            line, used = (line + space + piece, used + len(space) + size) if line else (piece, size)
    yield line


def _pieces(text: str, *, words_only: bool) -> list[tuple[str, str]]:
    """List what must stay on one line, each with the space that parts it from the piece before."""
    pieces: list[tuple[str, str]] = []
    for word in text.split(" "):
        if pieces and not word.isalpha() and _CLINGING.fullmatch(word):
            space, before = pieces[-1]
            pieces[-1] = (space, f"{before} {word}")
        elif words_only or word.isascii() or "://" in word or PREFIX in word:
            pieces.append((" ", word))
        else:
            pieces += _parts(word)
    return pieces


def _parts(word: str) -> Iterator[tuple[str, str]]:
    """Cut a word where a script without spaces may be broken."""
    space, start = " ", 0
    for at in range(1, len(word)):
        if _may_part(word[at - 1], word[at]):
            yield space, word[start:at]
            space, start = "", at
    yield space, word[start:]


def _may_part(before: str, after: str) -> bool:
    """Say whether a line may end between two characters: beside an ideograph or kana, save at punctuation."""
    return (
        (_is_unspaced(before) or _is_unspaced(after))
        and unicodedata.category(before) not in ("Ps", "Pi")
        and unicodedata.category(after)[0] in "LN"
        and unicodedata.category(after) != "Lm"
    )


def _is_unspaced(char: str) -> bool:
    """Say whether *char* is a wide letter of a script without spaces; Korean has them."""
    return (
        unicodedata.category(char) == "Lo"
        and unicodedata.east_asian_width(char) == "W"
        and not "가" <= char <= "힣"
    )
