"""
Which language a mail is in: as it says itself (`lang`), and as its commonest words tell.

A notice in another language than the letter is not understood by those who read the letter (DISC005).
"""

from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache

from pipeline.examine.reading.page import Element, Page
from pipeline.examine.words import Words, read_words, same_language

# The commonest short words of each language; those of several languages say little and stand in all of them.
_COMMON = {
    "en": "the and of to in is you that it for are with as this be your from or have not by but what can"
    " a an at on we do he she they was were has had will would there their our us if no than then all one any"
    " me so more about out up may his her its who how when after before into each many some most",
    "de": "der die und das den ist nicht ein eine zu mit sich des auf für im dem von sie auch wie es an oder",
    "fr": "le la les de des et un une est pour dans que qui sur vous pas plus par avec votre ne au il ce ou",
    "es": "el la los las de que y en un una es por con para su se lo no al como más o si sus del está",
    "it": "il la le di che e un una per con non del della si i gli è sono da più nel alla o ma come anche",
    "pt": "o a os as de que e do da em um uma para com não se por mais dos como no na ou sua ao é",
    "nl": "de het een en van in is dat op te met voor niet zijn u er aan ook als bij je naar om uw of",
    "sv": "och att det i en som är på för med av till den har inte om ett du kan din eller men från",
    "da": "og at det i en er på for med af til den har ikke om et du kan din eller men fra de som",
    "pl": "i w na z do nie się to jest że o jak po co dla od są czy lub ale przez jego twój za tak",
}
_WORDS = {language: frozenset(words.split()) for language, words in _COMMON.items()}
_SCRIPTS = (
    ("ru", "\u0400", "\u04ff"),
    ("el", "\u0370", "\u03ff"),
    ("he", "\u0590", "\u05ff"),
    ("ar", "\u0600", "\u06ff"),
    ("hi", "\u0900", "\u097f"),
    ("th", "\u0e00", "\u0e7f"),
    ("ja", "\u3040", "\u30ff"),
    ("ko", "\uac00", "\ud7af"),
    ("zh", "\u4e00", "\u9fff"),
)
_LEAST = 8  # words; below, a text tells no language
_SHARE = 0.14  # of a text's words that are common words of its language, at least
_AHEAD = 2.0  # how many times more of them than of the language it should be


def language_of(element: Element) -> tuple[str, str]:
    """Return the language in force on *element* and the path of what declares it."""
    for step in reversed(element.chain()):
        for name in ("lang", "xml:lang"):
            if name in step.attrs:
                return step.attrs[name].strip(), step.path
    return "", ""


def other_language(locale: str, page: Page, wordings: Sequence[tuple[int, int]]) -> str:
    """
    Return the language of the letter where it is another one than *locale*, else "".

    Args:
        locale: the wording's.
        page: the letter.
        wordings: the stretches of its words, as token numbers, that are disclaimers and no letter.
    """
    said: dict[str, list[str]] = {}  # by the language declared for it
    declared_on: dict[int, str] = {}  # by id of the element
    ends = (*page.starts[1:], len(page.words.raw))
    spans = [(page.words.spans[a][0], page.words.spans[b - 1][1]) for a, b in wordings]
    for start, end, run in zip(page.starts, ends, page.runs, strict=True):
        at = bisect_right(spans, (end, 0)) - 1
        if at < 0 or spans[at][1] <= start:
            if id(run) not in declared_on:
                declared_on[id(run)] = language_of(run)[0]
            said.setdefault(declared_on[id(run)], []).append(page.words.raw[start:end])
    # what is marked as being in another language than most of the letter is a quotation
    declared = max(said, key=lambda language: sum(map(len, said[language])), default="")
    seems = guess(read_words("".join(said.get(declared, ()))), home=locale)
    if seems:
        return "" if speaks(locale, seems) else seems
    return declared if declared and not speaks(locale, declared) else ""


def speaks(locale: str, lang: str) -> bool:
    """Say whether two BCP 47 tags name one language, in whatever region: "en-US" and "en-GB" do."""
    left, right = (tag.replace("_", "-").partition("-")[0].casefold() for tag in (locale, lang))
    return left == right


@lru_cache(maxsize=16)
def guess(words: Words, *, home: str, wordings: tuple[tuple[int, int], ...] = ()) -> str:
    """Return the language *words* outside *wordings* seem to be in: *home*, another, or "" for unknown."""
    left_out = {at for start, end in wordings for at in range(start, end)}
    homely = frozenset().union(*(common for lang, common in _WORDS.items() if same_language(home, lang)))
    tokens = [token for at, token in enumerate(words.tokens) if at not in left_out and token[0].isalpha()]
    if len(tokens) < _LEAST:
        return ""
    for language, first, last in _SCRIPTS:
        if sum(first <= token[0] <= last for token in tokens) * 2 > len(tokens):
            return language
    # what is common at home speaks for no other language: "a", "as" and "do" are no sign of Portuguese
    shares = {
        lang: sum(token in common for token in tokens) / len(tokens)
        for lang, common in ((lang, common - homely) for lang, common in _WORDS.items())
    }
    at_home = sum(token in homely for token in tokens) / len(tokens) if homely else 1.0
    best = max(shares, key=lambda language: (shares[language], language))
    if max(at_home, shares[best]) < _SHARE:
        return ""
    if at_home >= shares[best]:
        return home
    return best if shares[best] >= _AHEAD * at_home else ""
