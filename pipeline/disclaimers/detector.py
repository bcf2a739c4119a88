"""
The detector: which topics a text is about, and the words that gave them away.

A text is cut into words once; each word is looked up among the first words of all signs, so that a whole
issue costs about a millisecond. The signs themselves are data (`disclaimers.signs`).
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from pipeline.disclaimers.signs import Language, signs_in

# A word or a number; or what ends a sentence: its mark, but not after "St" or "Dr", an empty line, the next
# item, heading, row or cell.
_TOKEN = re.compile(
    r"(?P<word>[^\W_]+(?:['’][^\W_]+)*|%)"
    r"|(?<!\b[A-Z][rst])[.!?…]+(?=[\s\"'”’)\]*_]|$)|\x1e|\||\n(?=[ \t>]*(?:\n|[-*+#>|]|\d{1,3}[.)]))"
)
_KEY = 3  # letters of a stem by which it is looked up
_UNLESS = "unless "  # before the name of a topic whose sentence says nothing after all
STEPS = "steps"  # the name under which what the reader is told to do is found


class Hit(NamedTuple):
    """One place that speaks of a topic."""

    start: int  # in the text
    end: int
    sentence: int  # which one of the text, from 0
    grave: bool  # it is enough on its own


class _Word(NamedTuple):
    text: str  # lower case, without a genitive s
    start: int
    end: int


class _Company(NamedTuple):
    """Words of which one must stand in the same sentence."""

    words: frozenset[str]
    stems: tuple[str, ...]

    def met(self, words: Iterable[_Word]) -> bool:
        numbers = "#" in self.words
        return any(
            word.text in self.words
            or word.text.startswith(self.stems)
            or (numbers and word.text[0].isdigit())
            for word in words
        )


class _Sign(NamedTuple):
    topic: str
    words: tuple[_Company, ...]  # one after the other
    company: tuple[_Company, ...]
    grave: bool

    def stands(self, words: Sequence[_Word], at: int, sentence: Sequence[_Word]) -> bool:
        end = at + len(self.words)
        follows = all(part.met((word,)) for part, word in zip(self.words, words[at:end], strict=False))
        if not follows or end > len(words) or not self.company:
            return follows and end <= len(words)
        others = [word for word in sentence if not words[at].start <= word.start < words[end - 1].end]
        return all(company.met(others) for company in self.company)


class _Index(NamedTuple):
    """All signs of one language by the word they begin with."""

    words: Mapping[str, list[_Sign]]
    stems: Mapping[str, list[_Sign]]  # by the first letters of the stem

    def beginning(self, word: str) -> Iterator[_Sign]:
        yield from self.words.get(word, ())
        yield from self.stems.get(word[:_KEY], ())
        if word[0].isdigit():
            yield from self.words.get("#", ())


def topics_in(text: str, lang: str) -> Mapping[str, tuple[Hit, ...]]:
    """
    Find the topics that *text* speaks of.

    Args:
        text: prose; Markdown marks and `pipeline.examine.words.BREAK` end sentences where they end blocks.
        lang: BCP 47.

    Returns:
        Topic -> its hits in the order of the text, none overlapping.
        `STEPS` stands for what the reader is told to do. Empty for a language without signs.
    """
    language = signs_in(lang)
    if language is None:
        return {}
    index = _index(language_key(lang))
    found: dict[str, list[Hit]] = {}
    silent: set[tuple[str, int]] = set()
    for number, sentence in enumerate(_sentences(text)):
        for at, word in enumerate(sentence):
            for topic, sign in _standing(index, sentence, at, word).items():
                hit = Hit(word.start, sentence[at + len(sign.words) - 1].end, number, sign.grave)
                if topic.startswith(_UNLESS):
                    silent.add((topic.removeprefix(_UNLESS), number))
                elif not found.setdefault(topic, []) or found[topic][-1].end <= hit.start:
                    found[topic].append(hit)
    heard = {
        topic: tuple(hit for hit in hits if hit.grave or (topic, hit.sentence) not in silent)
        for topic, hits in found.items()
    }
    return {topic: hits for topic, hits in heard.items() if hits}


def language_key(lang: str) -> str:
    """Return the language of a BCP 47 tag."""
    return lang.replace("_", "-").partition("-")[0].lower()


def _standing(index: _Index, sentence: Sequence[_Word], at: int, word: _Word) -> dict[str, _Sign]:
    """Return the longest sign of each topic that begins at a word."""
    best: dict[str, _Sign] = {}
    for sign in index.beginning(word.text):
        held = best.get(sign.topic)
        if held is not None and (held.grave, len(held.words)) >= (sign.grave, len(sign.words)):
            continue
        if sign.stands(sentence, at, sentence):
            best[sign.topic] = sign
    return best


def _sentences(text: str) -> Iterator[list[_Word]]:
    words: list[_Word] = []
    for match in _TOKEN.finditer(text):
        word = match["word"]
        if word is None:
            if words:
                yield words
            words = []
        else:
            words.append(_Word(_plain(word), match.start(), match.end()))
    if words:
        yield words


def _plain(word: str) -> str:
    return word.lower().replace("’", "'").removesuffix("'s")


@lru_cache(maxsize=8)
def _index(lang: str) -> _Index:
    language = signs_in(lang)
    words: dict[str, list[_Sign]] = {}
    stems: dict[str, list[_Sign]] = {}
    for sign in _signs(language) if language else ():
        first = sign.words[0]
        for word in first.words:
            words.setdefault(word, []).append(sign)
        for stem in first.stems:
            stems.setdefault(stem[:_KEY], []).append(sign)
    return _Index(words, stems)


def _signs(language: Language) -> Iterator[_Sign]:
    sets = {f"{{{name}}}": _company(words.split()) for name, words in language.sets.items()}
    for topic, signs in language.topics.items():
        for written, name, grave in (
            *((sign, topic, False) for sign in signs.plain),
            *((sign, topic, True) for sign in signs.grave),
            *((sign, _UNLESS + topic, False) for sign in signs.unless),
        ):
            yield _read_sign(written, name, sets, grave=grave)
    for written in language.steps:
        yield _read_sign(written, STEPS, sets, grave=False)


def _read_sign(written: str, topic: str, sets: Mapping[str, _Company], *, grave: bool) -> _Sign:
    """Read the notation that `disclaimers.signs` describes."""
    phrase, *company = (part.split() for part in written.split("&"))
    words = [sets.get(word) or _company([word]) for word in phrase]
    if not phrase[-1].endswith(("*", "}", "#")):
        words[-1] = _company([phrase[-1], f"{_plain(phrase[-1])}s"])
    return _Sign(topic, tuple(words), tuple(sets.get(word) or _company([word]) for (word,) in company), grave)


def _company(words: Sequence[str]) -> _Company:
    plain = frozenset(_plain(word) for word in words if not word.endswith("*"))
    return _Company(plain, tuple(word[:-1] for word in words if word.endswith("*")))
