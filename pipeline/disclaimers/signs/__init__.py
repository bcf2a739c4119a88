"""
The signs by which topics are told, as data: one module per language, and one for links.

The notation of a sign:

- words that follow each other, by blanks or hyphens: `slipped disc`; case and a plural s do not matter
- `diabet*` is any word that begins so, `#` any number, `{disc}` any word of the set of that name
- `dose & {drug}`: only in a sentence that also holds the word, or one of the set, after the `&`

A strong sign says it with one word. A weak one means many things, so it stands in a phrase or asks for
company: nobody is warned of "run the bath" or "a balanced diet of good films".
"""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import NamedTuple

_LANGUAGES = {"en": "pipeline.disclaimers.signs.en"}


class Signs(NamedTuple):
    """The signs of one topic."""

    plain: tuple[str, ...]  # it takes two places of these
    grave: tuple[str, ...] = ()  # one place is enough
    unless: tuple[str, ...] = ()  # a sentence that holds one of these has no plain sign of the topic


class Language(NamedTuple):
    """What is known of one language."""

    topics: Mapping[str, Signs]
    sets: Mapping[str, str]  # name -> words parted by blanks
    steps: tuple[str, ...]  # what tells the reader to do something with the body
    references: frozenset[str]  # headings of lists of sources, lower case
    purposes: tuple[tuple[str, ...], ...]  # groups of phrases; two groups in one paragraph make a disclaimer


@cache
def signs_in(lang: str) -> Language | None:
    """Return what is known of the language *lang* (BCP 47), or None."""
    name = _LANGUAGES.get(lang.replace("_", "-").partition("-")[0].lower())
    return import_module(name).LANGUAGE if name else None
