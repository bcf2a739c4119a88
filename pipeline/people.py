"""People's names, compared as a reader would: "Dr. Ada Moreno, DPT" and "ada  moreno" are one person."""

import re
import unicodedata
from collections.abc import Iterable

# what stands in front of a name and is no part of it
_TITLES = frozenset(
    (
        *("dr", "doctor", "prof", "professor", "med", "nurse", "coach"),
        *("mr", "mrs", "ms", "miss", "mx", "sir", "dame", "herr", "frau", "dra"),
    )
)
_MARKS = re.compile(r"[\u0300-\u036f]")
_FULL_NAME = 2  # words before a comma from which on the rest is no name: "Moreno, Ada" is one


def same_person(left: str, right: str) -> bool:
    """Say whether two names are one person's; a name without a letter or digit is nobody's."""
    folded = _folded(left)
    return bool(folded) and folded == _folded(right)


def among(name: str, people: Iterable[str]) -> str:
    """Return the one of *people* whose name this is, as it is written there, or ""."""
    return next((person for person in people if same_person(name, person)), "")


def is_name(text: str) -> bool:
    """Say whether *text* names anybody."""
    return bool(_folded(text))


def _folded(name: str) -> tuple[str, ...]:
    """Return the words of a name without case, accents, titles and what follows a full name's comma."""
    full = _untitled(name.partition(",")[0])
    return full if len(full) >= _FULL_NAME else _untitled(name)


def _untitled(text: str) -> tuple[str, ...]:
    plain = _MARKS.sub("", unicodedata.normalize("NFKD", text)).casefold()
    words = re.findall(r"[^\W_]+", plain)
    while len(words) > 1 and words[0] in _TITLES:
        words = words[1:]
    return tuple(words)
