"""All cards in order: by day, year, tag, author and reviewer."""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property, lru_cache
from itertools import takewhile
from typing import Literal, NamedTuple

from pipeline.archive.card import Card

Kind = Literal["tags", "authors", "reviewers"]
KINDS: Mapping[Kind, Callable[[Card], tuple[str, ...]]] = {
    "tags": lambda card: card.tags,
    "authors": lambda card: card.authors,
    "reviewers": lambda card: (card.reviewed_by,) if card.reviewed_by else (),
}

_LONGEST = 180  # bytes of a term's slug
_OTHERS = re.compile(r"[\W_]+")  # runs of what is neither a letter nor a digit
_VARIANTS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")  # choose how a character looks, say nothing


class Term(NamedTuple):
    """A tag, an author or a reviewer."""

    name: str  # as the newest of its issues writes it
    slug: str  # its page is tags/<slug>/, authors/<slug>/ or reviewers/<slug>/
    total: int  # how many listed cards it has; 0 where they are not asked for
    cards: tuple[Card, ...]  # listed, newest first; none where they are not asked for


class Shelf:
    """The cards of a site, in order."""

    def __init__(self, cards: Iterable[Card]) -> None:
        """Take all cards, in any order."""
        self.cards = tuple(sorted(cards, key=_order, reverse=True))  # newest first
        self.listed = tuple(card for card in self.cards if card.is_listed)
        self._place = {card.key: at for at, card in enumerate(self.listed)}

    @cached_property
    def years(self) -> Mapping[int, tuple[Card, ...]]:
        """The listed cards by the year in which they were sent, newest first."""
        found: dict[int, list[Card]] = {}
        for card in self.listed:
            if card.date is not None:
                found.setdefault(card.date.year, []).append(card)
        return {year: tuple(cards) for year, cards in found.items()}

    @cached_property
    def terms(self) -> Mapping[Kind, tuple[Term, ...]]:
        """Every tag, author and reviewer of listed cards, by name."""
        return {kind: _terms(self.listed, names) for kind, names in KINDS.items()}

    @cached_property
    def _by_slug(self) -> Mapping[Kind, Mapping[str, Term]]:
        return {kind: {term.slug: term for term in terms} for kind, terms in self.terms.items()}

    def terms_of(self, card: Card, kind: Kind) -> tuple[Term, ...]:
        """Return the terms of this kind that *card* has, in its order; none of an unlisted one."""
        names = KINDS[kind](card) if card.key in self._place else ()
        return tuple(self._by_slug[kind][slug] for slug in dict.fromkeys(map(term_slug, names)))

    def around(self, card: Card) -> tuple[Card | None, Card | None]:
        """Return the newer and the older neighbour of *card*; none of an unlisted one."""
        at = self._place.get(card.key)
        if at is None:
            return None, None
        newer = self.listed[at - 1] if at else None
        older = self.listed[at + 1] if at + 1 < len(self.listed) else None
        return newer, older


def term_path(kind: Kind, name: str) -> str:
    """Return the path of the page of a tag, author or reviewer, below the archive's root."""
    return f"{kind}/{term_slug(name)}/"


@lru_cache(maxsize=4096)
def term_slug(name: str) -> str:
    """
    Return the path of a term: letters and digits of any script, in lower case, other runs as one hyphen.

    A letter keeps the signs that are written at it: in Indic and Thai scripts they are vowels.

    Spellings that differ by case, accents' encoding or punctuation alone are one term; a name without
    any letter or digit is spelt by its code points, so that none is empty. A long one is cut, and ends in
    a digest of its whole: a folder's name may have 255 bytes.
    """
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", name).casefold())
    slug = _OTHERS.sub(_between, folded).strip("-") or "-".join(f"{ord(char):x}" for char in name)
    whole = slug.encode()
    if len(whole) <= _LONGEST:
        return slug
    start = whole[: _LONGEST - 17].decode(errors="ignore").strip("-")
    return f"{start}-{hashlib.sha256(whole).hexdigest()[:16]}"


def _between(run: re.Match[str]) -> str:
    """Return what becomes of a run that is neither letters nor digits; a sign at a letter stays."""
    signs = "".join(takewhile(_is_sign, run[0])) if run.start() else ""
    return signs if signs == run[0] else f"{signs}-"


def _is_sign(char: str) -> bool:
    return unicodedata.category(char) in ("Mn", "Mc") and not _VARIANTS.match(char)


def _terms(cards: Iterable[Card], names: Callable[[Card], tuple[str, ...]]) -> tuple[Term, ...]:
    found: dict[str, tuple[str, list[Card]]] = {}
    for card in cards:
        for slug, name in {term_slug(name): name for name in names(card)}.items():
            found.setdefault(slug, (name, []))[1].append(card)
    return tuple(Term(name, slug, len(cards), tuple(cards)) for slug, (name, cards) in sorted(found.items()))


def _order(card: Card) -> tuple[float, float, str]:
    """Return what cards are ordered by; one without a time comes last."""
    return (
        card.date.timestamp() if card.date else 0.0,
        -1.0 if card.number is None else card.number,
        card.key,
    )
