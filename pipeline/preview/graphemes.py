"""
Text in the units that readers see: an emoji, a letter with its accents, a syllable in Hangul.

The rules of Unicode's annex 29 ("Text Segmentation", section 3.1.1, read 2026-11-27) by general categories,
which the standard library knows, in place of the annex's own tables, which it does not. Left out are what
those cannot tell: letters of old Hangul, and marks that stand before a number (rule GB9b). A character that
Python does not know yet joins as an emoji does: it most likely is one. The tests hold it against a browser.
"""

import unicodedata
from collections.abc import Iterator

_JOINER, _NON_JOINER = "\u200d", "\u200c"
_MARKS = ("Mn", "Me", "Mc")
_CONTROLS = ("Cc", "Cf", "Zl", "Zp", "Cs")
_PICTURES = ("So", "Sm", "Cn")  # arrows are mathematical signs, and part of some emoji
_LIKE_MARKS = "\u0e33\u0eb3\uff9e\uff9f"  # letters of Thai and Lao, voice marks of half-width kana
_VIRAMA = 9  # combining class of the sign that ties two consonants to one shape
# Whose consonants are tied (rule GB9c).
_TYING = frozenset(("DEVANAGARI", "BENGALI", "GUJARATI", "ORIYA", "TELUGU", "MALAYALAM"))


def graphemes(text: str) -> Iterator[str]:
    """Yield *text* piece by piece, each what a reader takes for one character."""
    start = 0
    for at in range(1, len(text)):
        if not _joins(text[start:at], text[at]):
            yield text[start:at]
            start = at
    if text:
        yield text[start:]


def takes_room(grapheme: str) -> bool:
    """Say whether readers can see that *grapheme* is there, be it as a blank."""
    return any(unicodedata.category(char) not in ("Cf", "Cc", *_MARKS) for char in grapheme)


def _joins(before: str, char: str) -> bool:
    """Say whether *char* belongs to the piece *before* it."""
    if before.isascii() and char.isascii():
        return before == "\r" and char == "\n"
    if _is_control(before[-1]) or _extends(char):
        return not _is_control(before[-1])
    if "\u1100" <= char <= "\u11ff":  # a part of a syllable: joins when both are one character
        return len(unicodedata.normalize("NFC", before + char)) == 1
    if _is_flag_half(char):
        return len(before) == 1 and _is_flag_half(before)
    if before[-1] == _JOINER and unicodedata.category(char) in _PICTURES:
        return unicodedata.category(before[0]) in _PICTURES
    return _is_tied(before, char)


def _is_control(char: str) -> bool:
    return unicodedata.category(char) in _CONTROLS and not _extends(char)


def _extends(char: str) -> bool:
    return (
        unicodedata.category(char) in _MARKS
        or char in (_JOINER, _NON_JOINER)
        or char in _LIKE_MARKS
        or "\U0001f3fb" <= char <= "\U0001f3ff"  # skin tones
        or "\U000e0020" <= char <= "\U000e007f"  # tags, as in the flag of Scotland
    )


def _is_flag_half(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _is_tied(before: str, char: str) -> bool:
    last = before.rstrip(_JOINER)[-1:]
    return (
        bool(last)
        and unicodedata.combining(last) == _VIRAMA
        and unicodedata.category(char) == "Lo"
        and unicodedata.name(char, "").partition(" ")[0] in _TYING
    )
