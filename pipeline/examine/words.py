"""
Words: how a wording is folded, cut into tokens, found and compared.

The same functions read the registry, the HTML, the text part and a provider's read-back, so that a
difference is always a difference in what readers see. Letters of another script are never folded:
a Cyrillic letter in an English word must fail.
"""

import hashlib
import re
import unicodedata
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import NamedTuple

BREAK = "\x1e"  # parts two blocks of a text; white space to every function here
ALTERED = 0.3  # share of differing words up to which a text is an altered wording, not another text

_ZERO_WIDTH = "\u200b\u200c\u200d\u2060\ufeff\u034f\u180e"
_MARKS = "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_SELECTORS = "".join(map(chr, range(0xFE00, 0xFE10)))
_REVERSING = frozenset("\u202a\u202b\u202d\u202e\u2067")  # embeddings, overrides, right-to-left isolate
_LIGATURES = "ﬀﬁﬂﬃﬄﬅﬆ"
_FOLD = str.maketrans(
    dict.fromkeys(map(ord, "\u00ad" + _ZERO_WIDTH + _MARKS + _SELECTORS), "")
    | dict.fromkeys(map(ord, "‘’‚‛′´`"), "'")
    | dict.fromkeys(map(ord, "“”„‟″«»"), '"')
    | dict.fromkeys(map(ord, "‐‑‒–—―−"), "-")
    | {ord("…"): "..."}
)
_BLOCK = re.compile(rf"[^{BREAK}]+")
_CHUNK = re.compile(r"\S+")
_SAME_LENGTH = re.compile(r"[\x00-\x7f\xa0·•‘’“”‐‑‒–—]*")  # folds character by character
_TOKEN = re.compile(r"\w+(?:['-]\w+)*|-+|[^\w\s]")
_INVISIBLE = re.compile(f"[{_ZERO_WIDTH}]")


def fold(text: str) -> str:
    """Return *text* with compatibility forms, quotes, dashes and invisible characters folded."""
    if text.isascii():
        return text.replace("`", "'")
    return unicodedata.normalize("NFKC", text.translate(_FOLD)).translate(_FOLD)


def normalise(text: str) -> str:
    """Return *text* folded, with single spaces: what a wording's hash is taken of. Case is kept."""
    return " ".join(fold(text).split())


def fingerprint(text: str, links: Iterable[str] = ()) -> str:
    """Return the SHA-256, in hex, of a normalised text and of the targets of its links, in order."""
    return hashlib.sha256("\n".join([normalise(text), *links]).encode()).hexdigest()


class Words(NamedTuple):
    """A text cut into tokens: words and single punctuation marks, case folded."""

    raw: str  # the text as it was
    tokens: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]  # of each token in `raw`

    def said(self, start: int, end: int) -> str:
        """Return the text of tokens *start* to *end* as it was written, on one line."""
        return normalise(self.raw[self.spans[start][0] : self.spans[end - 1][1]]) if start < end else ""

    def slice(self, start: int, end: int) -> str:
        """Return the raw text of tokens *start* to *end*."""
        return self.raw[self.spans[start][0] : self.spans[end - 1][1]] if start < end else ""

    def number(self, at: int) -> int:
        """Return which word, from 1 and without punctuation marks, the token at *at* is."""
        return 1 + sum(token[0].isalnum() for token in self.tokens[:at])


def read_words(text: str) -> Words:
    """Cut *text* into words. Where folding changes a chunk's length, its tokens share its span."""
    tokens: list[str] = []
    spans: list[tuple[int, int]] = []
    for block in _BLOCK.finditer(text):
        if _SAME_LENGTH.fullmatch(block[0]):
            _cut(block[0], block.start(), tokens, spans)
            continue
        for chunk in _CHUNK.finditer(text, *block.span()):
            if _SAME_LENGTH.fullmatch(chunk[0]):
                _cut(chunk[0], chunk.start(), tokens, spans)
            else:
                found = [_one_dash(mark) for mark in _TOKEN.findall(fold(chunk[0]).casefold())]
                tokens += found
                spans += [chunk.span()] * len(found)
    return Words(text, tuple(tokens), tuple(spans))


def _cut(text: str, start: int, tokens: list[str], spans: list[tuple[int, int]]) -> None:
    """Cut text whose characters fold one to one; it begins at *start*."""
    for match in _TOKEN.finditer(fold(text).casefold()):
        low, high = match.span()
        tokens.append(_one_dash(match[0]))
        spans.append((start + low, start + high))


def _one_dash(mark: str) -> str:
    return "-" if mark[0] == "-" else mark


@lru_cache(maxsize=256)
def phrase(text: str) -> Words:
    """Return the words of a short text that is looked up again and again, such as a wording."""
    return read_words(text)


def find(needle: Sequence[str], tokens: Sequence[str]) -> list[int]:
    """List every place in *tokens* where *needle* stands whole and in order."""
    if not needle:
        return []
    size, wanted, haystack = len(needle), tuple(needle), tuple(tokens)
    found: list[int] = []
    at = -1
    with suppress(ValueError):  # no further place for the first word
        while True:
            at = haystack.index(wanted[0], at + 1)
            if haystack[at : at + size] == wanted:
                found.append(at)
    return found


class Change(NamedTuple):
    """One difference: what was expected, and what stands there instead. Either may be empty."""

    at: int  # token of the needle
    expected_end: int
    found: int  # token of the haystack
    found_end: int


class Window(NamedTuple):
    """The part of a text that comes closest to a wording."""

    start: int  # first token
    end: int  # token after the last
    changes: tuple[Change, ...]
    share: float  # differing tokens in relation to the wording's length; 0 is exact


def closest(needle: Sequence[str], tokens: Sequence[str]) -> Window | None:
    """Return the window of *tokens* most like *needle*, or None when they share no word."""
    from difflib import SequenceMatcher  # noqa: PLC0415  (only for words that are not there)

    offset = _likely_offset(needle, tokens)
    if offset is None:
        return None
    margin = max(4, len(needle) // 3)
    low = max(0, offset - margin)
    high = min(len(tokens), offset + len(needle) + margin)
    matcher = SequenceMatcher(None, needle, tokens[low:high], autojunk=False)
    changes = [Change(a, b, c + low, d + low) for tag, a, b, c, d in matcher.get_opcodes() if tag != "equal"]
    changes = [_slid(change, needle, tokens) for change in _trimmed(changes, len(needle))]
    equal = [block for block in matcher.get_matching_blocks() if block.size]
    start, end = equal[0].b + low, equal[-1].b + equal[-1].size + low
    differing = sum(max(c.expected_end - c.at, c.found_end - c.found) for c in changes)
    return Window(start, end, tuple(changes), differing / len(needle))


def _likely_offset(needle: Sequence[str], tokens: Sequence[str]) -> int | None:
    """Let every shared word vote for where the needle would begin; near votes count together."""
    places: dict[str, list[int]] = {}
    for at, token in enumerate(tokens):
        places.setdefault(token, []).append(at)
    votes: Counter[int] = Counter()
    for at, token in enumerate(needle):
        found = places.get(token, ())
        for place in found:
            votes[place - at] += 1000 // len(found)  # a rare word says more than "the"
    if not votes:
        return None
    ordered = sorted(votes)
    sums = [0]
    for offset in ordered:
        sums.append(sums[-1] + votes[offset])

    def weight(offset: int) -> int:
        return sums[bisect_right(ordered, offset + 4)] - sums[bisect_right(ordered, offset - 5)]

    return max(ordered, key=lambda offset: (weight(offset), votes[offset], -offset))


def _trimmed(changes: list[Change], length: int) -> list[Change]:
    """Leave out what stands before or after the wording: it is other text, not a change."""
    kept: list[Change] = []
    for change in changes:
        size = change.expected_end - change.at
        found, found_end = change.found, change.found_end
        if change.at == 0:
            found = max(found, found_end - size)
        if change.expected_end == length:
            found_end = min(found_end, found + size)
        if size or found < found_end:
            kept.append(Change(change.at, change.expected_end, found, found_end))
    return kept


def difference(wording: Words, text: Words, window: Window) -> str:
    """Say in words where *window* of *text* departs from *wording*, first difference first."""
    first = window.changes[0]
    expected = wording.said(first.at, first.expected_end)
    found = text.said(first.found, first.found_end)
    if not found:
        what = f"{expected!r} is missing"
    elif not expected:
        what = f"{found!r} is added"
    else:
        what = f"expected {expected!r}, found {found!r}"
    more = len(window.changes) - 1
    rest = f", and {more} more difference{'s' if more > 1 else ''}" if more else ""
    return f"altered at word {wording.number(first.at)}: {what}{rest}"


def foreign_character(wording: Words, text: Words, window: Window) -> str:
    """Name the first character in *window* of a script that *wording* does not use, or return ""."""
    home = {_script(char) for char in wording.raw}
    for change in window.changes:
        for char in text.slice(change.found, change.found_end):
            if unicodedata.category(char) == "Co" or (char.isalpha() and _script(char) not in home):
                return f"{_named(char)} at word {wording.number(change.at)}"
    return ""


def _script(char: str) -> str:
    return unicodedata.name(char, "").partition(" ")[0] if char.isalpha() else ""


def _named(char: str) -> str:
    return f"U+{ord(char):04X} {unicodedata.name(char, 'without a name')}"


def unclean_character(text: Words, start: int, end: int, *, wording: Words) -> str:
    """
    Name a character that spoils tokens *start* to *end* of *text*, where *wording* stands, or return "".

    Soft hyphens and a few zero-width breaks help lines wrap; more than one in fifty words, besides those
    that the wording itself has, or a mark that turns the direction of reading anywhere in the same
    paragraph, spoils the words.
    """
    own = len(_INVISIBLE.findall(wording.raw))
    low, high = text.spans[start][0], text.spans[end - 1][1]
    left = text.raw.rfind(BREAK, 0, low) + 1
    right = text.raw.find(BREAK, high)
    for char in text.raw[left : right if right >= 0 else None]:
        if char in _REVERSING:
            return _named(char)
    for char in text.raw[low:high]:
        if char < " " and char not in f"\t\n\r\f{BREAK}":
            return _named(char)
        if not char.isascii() and _poses_as_another(char):
            return _named(char)
    invisible = _INVISIBLE.findall(text.raw[low:high])
    if len(invisible) > max(2, (end - start) // 50) + own:
        return f"{_named(invisible[0])}, and {len(invisible) - 1} more of its kind"
    return ""


def _poses_as_another(char: str) -> bool:
    """Say whether *char* is a full-width, raised, mathematical or other dressed-up form of a plain letter."""
    plain = unicodedata.normalize("NFKC", char)
    return plain != unicodedata.normalize("NFC", char) and plain[0].isalnum() and char not in _LIGATURES


def _slid(change: Change, needle: Sequence[str], tokens: Sequence[str]) -> Change:
    """Let added words begin with a word, not with the mark that ends the sentence before."""
    at, start, end = change.at, change.found, change.found_end
    added = change.expected_end == at and start < end < len(tokens) and at < len(needle)
    if added and not tokens[start][0].isalnum() and tokens[start] == tokens[end] == needle[at]:
        return Change(at + 1, at + 1, start + 1, end + 1)
    return change


_LINE_DRESS = re.compile(r"^[ \t]*(?:>[ \t]*)*(?:[-*+•·|][ \t]+)?", re.MULTILINE)
_HARD_HYPHEN = re.compile(r"(?<=\w)([-‐])[ \t]*\n[ \t]*(?=\w)")
_EMPHASIS = re.compile(r"(?<!\w)[*_]+(?=\S)|(?<=\S)[*_]+(?!\w)")
_FOOTNOTE = re.compile(r"(?<=\S)[ ]?\[\d{1,3}\]")


@lru_cache(maxsize=4)
def plain_words(text: str) -> Words:
    """
    Cut a text/plain part into words.

    Hard line breaks are unwrapped; quote marks, bullets, emphasis marks and link footnotes are undone.
    An empty line parts two paragraphs.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _HARD_HYPHEN.sub(r"\1", _LINE_DRESS.sub("", text))
    text = _FOOTNOTE.sub("", _EMPHASIS.sub("", text))
    return read_words(text.replace("\n\n", BREAK))


def same_language(locale: str, lang: str) -> bool:
    """Say whether two BCP 47 tags agree as far as the shorter one goes: "en" agrees with "en-US"."""
    left, right = (tag.replace("_", "-").casefold().split("-") for tag in (locale, lang))
    return all(a == b for a, b in zip(left, right, strict=False))


def in_order(words: Sequence[str], text: Words) -> list[tuple[int, int]]:
    """List where *words* stand in *text* one after the other, punctuation between them aside."""
    places = [at for at, token in enumerate(text.tokens) if token[0].isalnum()]
    spelt = [text.tokens[at] for at in places]
    return [(places[at], places[at + len(words) - 1] + 1) for at in find(words, spelt)]
