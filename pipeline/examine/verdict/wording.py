"""
Is a wording really there? The DISC rules, for one wording, in HTML and in plain text.

A wording is located by its words, never by a marker. Rules: compliance catalogue, section 6.3.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from selectolax.lexbor import LexborHTMLParser

from pipeline.examine.reading.branches import Tag, condition_around
from pipeline.examine.reading.page import NOT_RENDERED, Page
from pipeline.examine.sight.visible import Problem
from pipeline.examine.verdict.absent import absence, in_pieces
from pipeline.examine.verdict.copies import altered_copy
from pipeline.examine.verdict.language import guess, language_of, speaks
from pipeline.examine.verdict.place import reasons
from pipeline.examine.words import (
    ALTERED,
    BREAK,
    Words,
    closest,
    difference,
    find,
    foreign_character,
    phrase,
    same_language,
    unclean_character,
)
from pipeline.model import Finding, Part, Severity, Wording

_RESTORE = "show the registered text unchanged; to change it, register a new version"
_BREAKABLE = re.compile(rf"[ \t\r\n\u1680\u2000-\u2006\u2008-\u200b\u205f\u3000\u00ad{BREAK}-]+")
_LONGEST = 80  # letters without a place to break the line
_IN_PART = 0.6  # share of differing words up to which some of the wording is there
_HIDES_PREHEADERS = ("VIS001", "VIS002", "VIS003", "VIS007")
_MOST = 20  # copies of one wording that are looked at; only hostile mails have more


def in_html(wording: Wording, pages: Sequence[Page], others: Sequence[Wording]) -> list[Finding]:
    """
    List what keeps readers of the HTML part from seeing *wording* as it was approved.

    Args:
        wording: what must be shown.
        pages: the document as each kind of client reads it, browsers first.
        others: other versions, to tell stale text from altered text.
    """
    needle = phrase(wording.text)
    places = [find(needle.tokens, page.words.tokens) for page in pages]
    found: list[Finding] = []
    for page, here in zip(pages, places, strict=True):
        if here:
            found += _spoiled(wording, page, here)
        elif any(places):
            found.append(_one_branch(wording, page))
        else:
            found.append(_absent_in_html(wording, page, others))
            break
    found = _once(found)
    distinct = {page.words.tokens: (page.words, here) for page, here in zip(pages, places, strict=True)}
    for words, here in distinct.values():
        found += _stale(wording, words, here, others, "html")
        if here and not any(finding.id == "DISC004" for finding in found):
            found += _copied(wording, words, here, others, "html")
    return list(dict.fromkeys(found))


def letter_for_letter(html: str, wordings: Sequence[Wording], others: Sequence[Wording]) -> Iterator[bool]:
    """
    Yield for each wording whether *html* has it with every letter and mark as approved, and no other version.

    Only spaces may differ. A no is no verdict: `word_for_word` gives that.
    """
    tree = LexborHTMLParser(html)
    tree.strip_tags(sorted(NOT_RENDERED - {"head"}))
    text = " ".join((tree.body.text() if tree.body else "").split())
    for wording in wordings:
        stale = any(_spaced(other.text) in text for other in _versions(wording, others))
        yield not stale and _spaced(wording.text) in text


@lru_cache(maxsize=256)
def _spaced(text: str) -> str:
    return " ".join(text.split())


def word_for_word(wording: Wording, page: Page, others: Sequence[Wording]) -> list[Finding]:
    """
    List how the words of *page* differ from *wording*; whether they are seen is not asked.

    Args:
        wording: what must stand there.
        page: the document as one kind of client reads it.
        others: other versions, to tell stale text from altered text.
    """
    places = find(phrase(wording.text).tokens, page.words.tokens)
    if not places:
        return [_absent_in_html(wording, page, others)]
    spoilt = [list(_unclean(wording, page.words, at, "html")) for at in places[:_MOST]]
    return [*min(spoilt, key=len), *_stale(wording, page.words, places, others, "html")]


def _once(findings: Sequence[Finding]) -> list[Finding]:
    """Tell one cause once, of one property on several elements, or in Word as well as in browsers."""
    told: dict[tuple[str, str], Finding] = {}
    for finding in findings:
        told.setdefault((finding.id, finding.css or finding.message), finding)
    return list(told.values())


def in_text(
    wording: Wording, words: Words, branches: Sequence[tuple[int, Tag]], others: Sequence[Wording]
) -> list[Finding]:
    """
    List what keeps readers of the text part from reading *wording* as it was approved.

    Args:
        wording: what must be shown.
        words: the text part's, as `plain_words` reads them.
        branches: a provider's conditions, and where in the text they stand.
        others: other versions.
    """
    places = find(phrase(wording.text).tokens, words.tokens)
    stale = _stale(wording, words, places, others, "text")
    if places:
        copied = () if stale else _copied(wording, words, places, others, "text")
        return [*_spoiled_text(wording, words, places, branches), *stale, *copied]
    return [
        _altered(wording, words, others, "text") or (stale[0] if stale else _absent_in_text(wording, words))
    ]


def _spoiled(wording: Wording, page: Page, places: Sequence[int]) -> Iterator[Finding]:
    """Judge the copy of the wording that readers see best."""
    size = len(phrase(wording.text).tokens)
    copies = [(reasons(wording, page, at, at + size), at) for at in places[:_MOST]]
    why, at = min(copies, key=lambda copy: (len(copy[0]), copy[1]))
    preheader = _only_as_preheader(page, why)
    if preheader:
        what = f"{wording.ref} stands in the hidden preview text only: {preheader.what}"
        yield from_problem(preheader._replace(rule="VIS015", hint="show the wording in the body, too"), what)
        return
    for problem in why:
        yield from_problem(
            problem, f"{wording.ref} is in the HTML but not shown to every reader: {problem.what}"
        )
    yield from _unclean(wording, page.words, at, "html")
    yield from _unbreakable(wording, page.words, at, at + size)
    for holder in page.holders(at, at + size):
        lang, path = language_of(holder)
        if lang and not speaks(wording.locale, lang):
            message = (
                f"{wording.ref} is {wording.locale} but stands in a block of language {lang!r} at {path}"
            )
            hint = f"set lang={wording.locale!r} or show the {lang} wording"
            yield _finding("DISC005", message, hint, "html")
            break


def _only_as_preheader(page: Page, problems: Sequence[Problem]) -> Problem | None:
    """Return what hides the element that the mail begins with, when that is where the words stand."""
    for problem in problems:
        if problem.rule in _HIDES_PREHEADERS and problem.element > 0 and not page.profile:
            element = page.elements[problem.element]
            start, end = page.extent(element)
            first = not page.words.raw[:start].strip()
            if first and element.tag != "body" and page.words.raw[end:].strip():
                return problem
    return None


def from_problem(problem: Problem, message: str) -> Finding:
    """Return a finding of the HTML part that says *message*."""
    return Finding(
        problem.rule,
        Severity.BLOCK,
        message,
        problem.hint,
        part="html",
        profile=problem.profile,
        element=problem.element,
        css=problem.css,
        undetermined=problem.undetermined,
    )


def _spoiled_text(
    wording: Wording, words: Words, places: Sequence[int], branches: Sequence[tuple[int, Tag]]
) -> list[Finding]:
    """Judge the copy of the wording in the text part that fares best."""
    size = len(phrase(wording.text).tokens)
    return min((list(_on_copy(wording, words, at, at + size, branches)) for at in places[:_MOST]), key=len)


def _on_copy(
    wording: Wording, words: Words, start: int, end: int, branches: Sequence[tuple[int, Tag]]
) -> Iterator[Finding]:
    yield from _unclean(wording, words, start, "text")
    condition = condition_around(branches, words.spans[start][0], words.spans[end - 1][1])
    if condition:
        message = f"{wording.ref} hangs on the condition {condition!r} in the text part"
        yield _finding("DISC009", message, "move the wording out of the condition", "text")
    seems = guess(words, home=wording.locale, wordings=((start, end),))
    if seems and not speaks(wording.locale, seems):
        message = f"{wording.ref} is {wording.locale} but the text part seems to be in {seems!r}"
        yield _finding("DISC005", message, f"show the {seems} wording", "text")


def _copied(
    wording: Wording, words: Words, places: Sequence[int], others: Sequence[Wording], part: Part
) -> Iterator[Finding]:
    what = altered_copy(wording, words, places, others)
    if what:
        message = f"a second text stands for {wording.ref}, {what}"
        yield _finding("DISC008", message, "remove the second text, or show the registered one", part)


def _finding(rule: str, message: str, hint: str, part: Part, profile: str = "") -> Finding:
    return Finding(rule, Severity.BLOCK, message, hint, part=part, profile=profile)


def _unclean(wording: Wording, words: Words, at: int, part: Part) -> Iterator[Finding]:
    needle = phrase(wording.text)
    spoilt = unclean_character(words, at, at + len(needle.tokens), wording=needle)
    if spoilt:
        message = f"{wording.ref} has characters that spoil reading: {spoilt}"
        yield _finding("DISC006", message, "write the words in plain letters without hidden characters", part)


def _unbreakable(wording: Wording, words: Words, start: int, end: int) -> Iterator[Finding]:
    """VIS008: blanks that never break make one endless line, where the wording has blanks."""
    said = words.raw[words.spans[start][0] : words.spans[end - 1][1]]
    if max(map(len, _BREAKABLE.split(said))) > _LONGEST >= max(map(len, wording.text.split())):
        message = f"{wording.ref} has no place where a line may break: its blanks are unbreakable"
        yield _finding("VIS008", message, "use plain blanks between most words", "html")


def _one_branch(wording: Wording, page: Page) -> Finding:
    """Tell that the words stand in one branch of a conditional comment only."""
    reader = "Outlook for Windows does not" if page.profile else "only Outlook for Windows"
    message = f"{wording.ref} stands inside a conditional comment: {reader} show it"
    hint = "move the wording out of the conditional comment"
    return _finding("VIS010", message, hint, "html", page.profile)


def _absent_in_html(wording: Wording, page: Page, others: Sequence[Wording]) -> Finding:
    altered = _altered(wording, page.words, others, "html")
    if altered:
        return altered
    needle = phrase(wording.text)
    rule, what, hint, element = absence(needle, page)
    window = closest(needle.tokens, page.words.tokens) if rule == "DISC001" else None
    if window is not None and window.share <= _IN_PART:
        what, hint = f"is there in part only: {difference(needle, page.words, window)}", _RESTORE
    number = element.number if element is not None else -1
    return Finding(rule, Severity.BLOCK, f"{wording.ref} {what}", hint, part="html", element=number)


def _absent_in_text(wording: Wording, words: Words) -> Finding:
    if in_pieces(phrase(wording.text).tokens, words.tokens):
        message = f"{wording.ref} stands in pieces in the text part"
        return _finding("DISC013", message, "keep the words together, with nothing between them", "text")
    hint = "write the whole wording into the text part; a link to it is not enough"
    return _finding("DISC002", f"{wording.ref} is missing from the text part", hint, "text")


def _altered(wording: Wording, words: Words, others: Sequence[Wording], part: Part) -> Finding | None:
    """Tell how the closest text differs, or None when nothing there is meant to be the wording."""
    needle = phrase(wording.text)
    window = closest(needle.tokens, words.tokens)
    if window is None or window.share > ALTERED:
        return None
    for other in _versions(wording, others):
        older = closest(phrase(other.text).tokens, words.tokens)
        if older is not None and older.share < window.share:
            return _stale_finding(wording, other, part)
    foreign = foreign_character(needle, words, window)
    if foreign:
        message = f"{wording.ref} holds a letter of another script: {foreign}"
        return _finding("DISC006", message, "type the word again in plain letters", part)
    message = f"{wording.ref} is {difference(needle, words, window)}"
    return _finding("DISC003", message, _RESTORE, part)


def _stale(
    wording: Wording, words: Words, places: Sequence[int], others: Sequence[Wording], part: Part
) -> list[Finding]:
    """Tell of other versions that stand whole in the text, apart from inside the right one."""
    size = len(phrase(wording.text).tokens)
    found = []
    for other in _versions(wording, others):
        stale = find(phrase(other.text).tokens, words.tokens)
        if any(not any(at <= place < at + size for at in places) for place in stale):
            found.append(_stale_finding(wording, other, part))
    return found


def _stale_finding(wording: Wording, other: Wording, part: Part) -> Finding:
    message = f"{other.ref} is shown, but {wording.ref} is in force"
    return _finding("DISC004", message, f"replace the text by that of {wording.file}", part)


def _versions(wording: Wording, others: Sequence[Wording]) -> Iterator[Wording]:
    """Yield the wordings that share the id and language but not the words."""
    tokens = phrase(wording.text).tokens
    for other in others:
        alike = other.id == wording.id and same_language(other.locale, wording.locale)
        if alike and phrase(other.text).tokens != tokens:
            yield other
