"""
Sentences that cancel a disclaimer (DISC007): "ignore the small print", "you can skip your doctor".

The phrases are data, in contradictions.toml beside this file.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.examine.words import BREAK, Words

_AROUND = 12  # tokens before and after a wording that may turn it round
_ENDS = frozenset((".", "!", "?", BREAK))
_NAME = re.compile(r"<(\w+)>")


class Shape(NamedTuple):
    """One kind of phrase that cancels a disclaimer."""

    pattern: re.Pattern[str]
    negatable: bool  # a negation in front makes it harmless
    near: re.Pattern[str] | None  # must stand in the same sentence


class Phrases(NamedTuple):
    """What one language has of them."""

    shapes: tuple[Shape, ...]
    negation: re.Pattern[str]  # up to the end of what stands before a phrase
    before: re.Pattern[str] | None  # up to the end of what stands before a wording
    after: re.Pattern[str] | None  # from the beginning of what follows a wording


class Said(NamedTuple):
    """A phrase that cancels a disclaimer."""

    phrase: str  # folded
    at: int  # the first token of the sentence or the wording where it stands


def contradiction(text: Words, wordings: Sequence[tuple[int, int]], lang: str) -> Said | None:
    """
    Return the first phrase that cancels a disclaimer, or None.

    Args:
        text: of one part, or a subject line.
        wordings: the stretches, as token numbers, that are registered wordings; they contradict nothing.
        lang: BCP 47; of the wordings. English phrases are looked for in any letter.
    """
    names = dict.fromkeys(("en", lang.partition("-")[0].lower()))
    spoken = [phrases for name in names if (phrases := _phrases(name))]
    tokens = list(text.tokens)
    for start, end in wordings:
        before, after = tokens[max(0, start - _AROUND) : start], tokens[end : end + _AROUND]
        for phrases in spoken:
            found = _at_the_edges(phrases, " ".join(before), " ".join(after))
            if found:
                follows = found in " ".join(after)
                return Said(found, end if follows else start - 1)
    for start, end in wordings:
        tokens[start:end] = [BREAK] * (end - start)
    return next((said for name in names for said in _cancelling(name, tokens)), None)


def _at_the_edges(phrases: Phrases, before: str, after: str) -> str:
    said = (phrases.before and phrases.before.search(before)) or (
        phrases.after and phrases.after.search(after)
    )
    return said[0].strip(f" .,:\"'(-{BREAK}") if said else ""


def _cancelling(language: str, tokens: Sequence[str]) -> Iterator[Said]:
    ends = [at for at, token in enumerate(tokens) if token in _ENDS]
    for start, end in pairwise((-1, *ends, len(tokens))):
        sentence = " ".join(tokens[start + 1 : end])
        phrase = _cancels(sentence, language) if sentence else ""
        if phrase:
            before = sentence[: sentence.index(phrase)]
            yield Said(phrase, start + 1 + before.count(" "))


@lru_cache(maxsize=8192)  # the parts of a mail, and a mail and its next draft, have most sentences in common
def _cancels(sentence: str, language: str) -> str:
    """Return the phrase of a sentence that cancels a disclaimer, or ""."""
    phrases = _phrases(language)
    for shape in phrases.shapes if phrases is not None else ():
        for match in shape.pattern.finditer(sentence):
            turned = (
                shape.negatable and phrases is not None and phrases.negation.search(sentence[: match.start()])
            )
            if not turned and (shape.near is None or shape.near.search(sentence)):
                return match[0]
    return ""


@lru_cache(maxsize=8)
def _phrases(language: str) -> Phrases | None:
    """Compile the phrases of one language, or return None when there are none."""
    data = _data().get(language)
    if data is None:
        return None
    words: Mapping[str, str] = data.get("words", {})
    before, after = ("|".join(f"(?:{each})" for each in data.get(side, ())) for side in ("before", "after"))
    return Phrases(
        tuple(_shape(shape, words) for shape in data["shapes"]),
        re.compile(rf"\b(?:{data['negations']})(?: \S+){{0,4}} ?$"),
        re.compile(rf"(?:^| )(?:{_filled(before, words)})[ :,\"'-]*$") if before else None,
        re.compile(rf"^[ \"'.!({BREAK}-]*(?:{_filled(after, words)})") if after else None,
    )


def _shape(shape: Mapping[str, Any], words: Mapping[str, str]) -> Shape:
    near = shape.get("near")
    return Shape(
        re.compile(rf"(?<!\S)(?:{_filled(shape['pattern'], words)})(?!\w)"),
        shape.get("negatable", True),
        re.compile(rf"\b(?:{_filled(near, words)})\b") if near else None,
    )


def _filled(pattern: str, words: Mapping[str, str]) -> str:
    """Return *pattern* with the lists that it names."""
    pattern = pattern.replace("\n", "")
    while _NAME.search(pattern):
        pattern = _NAME.sub(lambda match: f"(?:{words[match[1]]})", pattern).replace("\n", "")
    return pattern


@lru_cache(maxsize=1)
def _data() -> Mapping[str, Any]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
