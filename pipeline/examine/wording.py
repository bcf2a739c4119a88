"""
Is a wording really there? The DISC rules, for one wording, in HTML and in plain text.

A wording is located by its words, never by a marker. Rules: compliance catalogue, section 6.3.
"""

from collections.abc import Iterator, Sequence

from pipeline.examine.copies import altered_copy
from pipeline.examine.covering import changing, covering
from pipeline.examine.page import Element, Page
from pipeline.examine.place import reasons
from pipeline.examine.visible import Problem, sight
from pipeline.examine.words import (
    ALTERED,
    Words,
    closest,
    difference,
    find,
    foreign_character,
    phrase,
    plain_words,
    same_language,
    unclean_character,
)
from pipeline.model import Finding, Part, Severity, Wording

_RESTORE = "show the registered text unchanged; to change it, register a new version"


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
    found += _stale(wording, pages[0].words, places[0], others, "html")
    if places[0] and not any(finding.id == "DISC004" for finding in found):
        found += _copied(wording, pages[0].words, places[0], others, "html")
    seen: set[tuple[str, str]] = set()
    return [f for f in found if (f.id, f.message) not in seen and not seen.add((f.id, f.message))]  # type: ignore[func-returns-value]


def in_text(wording: Wording, text: str, others: Sequence[Wording]) -> list[Finding]:
    """List what keeps readers of the text part from reading *wording* as it was approved."""
    needle, words = phrase(wording.text), plain_words(text)
    places = find(needle.tokens, words.tokens)
    stale = _stale(wording, words, places, others, "text")
    if places:
        copied = () if stale else _copied(wording, words, places, others, "text")
        return [*_unclean(wording, words, places[0], "text"), *stale, *copied]
    missing = _finding(
        "DISC002",
        f"{wording.ref} is missing from the text part",
        "write the whole wording into the text part; a link to it is not enough",
        "text",
    )
    return [_altered(wording, words, others, "text") or (stale[0] if stale else missing)]


def unseen(page: Page, holders: Sequence[Element]) -> list[Problem]:
    """List the reasons why text right inside *holders* is not seen; empty when everybody sees it."""
    return sight(page).problems(holders)


def whole(page: Page) -> Iterator[Finding]:
    """Yield what may cover or change the words of a mail from anywhere in it."""
    sheets = [sheet.css for sheet in page.sheets]
    for cause in (*changing(page.elements, sheets), *covering(sight(page))):
        message = f"what is shown cannot be relied on: {cause.what}"
        yield _finding(cause.rule, message, cause.hint, "html", page.profile)


def _copied(
    wording: Wording, words: Words, places: Sequence[int], others: Sequence[Wording], part: Part
) -> Iterator[Finding]:
    what = altered_copy(wording, words, places, others)
    if what:
        message = f"a second text stands for {wording.ref}, {what}"
        yield _finding("DISC008", message, "remove the second text, or show the registered one", part)


def _finding(rule: str, message: str, hint: str, part: Part, profile: str = "") -> Finding:
    return Finding(rule, Severity.BLOCK, message, hint, part=part, profile=profile)


def _spoiled(wording: Wording, page: Page, places: Sequence[int]) -> Iterator[Finding]:
    """Judge the copy of the wording that readers see best."""
    size = len(phrase(wording.text).tokens)
    copies = [(reasons(wording, page, at, at + size), at) for at in places[:20]]  # hostile mails have more
    why, at = min(copies, key=lambda copy: (len(copy[0]), copy[1]))
    for problem in why:
        yield _finding(
            problem.rule,
            f"{wording.ref} is in the HTML but not shown to every reader: {problem.what}",
            problem.hint,
            "html",
            problem.profile,
        )
    yield from _unclean(wording, page.words, at, "html")
    for holder in page.holders(at, at + size):
        lang, path = _language(holder)
        if lang and not same_language(wording.locale, lang):
            message = (
                f"{wording.ref} is {wording.locale} but stands in a block of language {lang!r} at {path}"
            )
            yield _finding(
                "DISC005", message, f"set lang={wording.locale!r} or show the {lang} wording", "html"
            )
            break


def _language(element: Element) -> tuple[str, str]:
    """Return the language in force on *element* and the path of what declares it."""
    for step in reversed(element.chain()):
        for name in ("lang", "xml:lang"):
            if name in step.attrs:
                return step.attrs[name].strip(), step.path
    return "", ""


def _unclean(wording: Wording, words: Words, at: int, part: Part) -> Iterator[Finding]:
    spoilt = unclean_character(words, at, at + len(phrase(wording.text).tokens))
    if spoilt:
        message = f"{wording.ref} has characters that spoil reading: {spoilt}"
        yield _finding("DISC006", message, "write the words in plain letters without hidden characters", part)


def _one_branch(wording: Wording, page: Page) -> Finding:
    """Tell that the words stand in one branch of a conditional comment only."""
    reader = "Outlook for Windows does not" if page.profile else "only Outlook for Windows"
    message = f"{wording.ref} stands inside a conditional comment: {reader} show it"
    return _finding(
        "VIS010", message, "move the wording out of the conditional comment", "html", page.profile
    )


def _absent_in_html(wording: Wording, page: Page, others: Sequence[Wording]) -> Finding:
    altered = _altered(wording, page.words, others, "html")
    if altered:
        return altered
    needle = phrase(wording.text)
    for container in dict.fromkeys(name for name, _text in page.unrendered):
        hidden = " ".join(text for name, text in page.unrendered if name == container)
        if find(needle.tokens, phrase_of_markup(hidden).tokens):
            rule = "VIS010" if container == "a comment" else "VIS012"
            place = container if container == "a comment" else f"<{container}>"
            message = f"{wording.ref} stands in {place}, which no client renders"
            return _finding(rule, message, "put the wording into normal body text", "html")
    for element in page.elements:
        for name, value in element.attrs.items():
            if len(value) >= len(wording.text) // 2 and find(needle.tokens, phrase(value).tokens):
                message = f"{wording.ref} stands only in the {name} attribute at {element.path}"
                return _finding("DISC001", message, "put the wording into the body as live text", "html")
    message = f"{wording.ref} is missing from the HTML part"
    return _finding("DISC001", message, "show the registered wording in the body of the message", "html")


def phrase_of_markup(markup: str) -> Words:
    """Return the words of markup that no client renders; good enough to say where a wording went."""
    kept, depth = [], 0
    for char in markup:
        depth += (char == "<") - (char == ">" and depth > 0)
        kept.append(" " if depth or char == ">" else char)
    return phrase("".join(kept))


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
