"""
The examination of finished mail: is the approved wording really shown to every reader?

It knows no issue and no template. It is given bytes from anywhere, reads them as mail clients do, and
fails when it cannot tell.

- words      folding, tokens, comparison: one way for registry, HTML, text and read-back
- reading    bytes -> the parts that clients show; what browsers and Word read, and what providers take out
- style      which style an element has in which client
- sight      what hides words, rule by rule (VIS), and what may lie over them
- verdict    is a wording there, whole and unchanged (DISC)? is the rest of the mail at peace with it?
- rendering  the same question, asked of a real browser
"""

from collections.abc import Iterator, Sequence

from pipeline.examine.reading.branches import plain_text
from pipeline.examine.reading.mail import Mail
from pipeline.examine.reading.page import Page, read_pages
from pipeline.examine.verdict.letter import (
    clipped,
    contradicted,
    contradicted_by_subject,
    foreign,
    misplaced,
    stretches,
    whole,
)
from pipeline.examine.verdict.place import unseen
from pipeline.examine.verdict.wording import in_html, in_text, letter_for_letter, word_for_word
from pipeline.examine.words import plain_words
from pipeline.model import Finding, Severity, Wording

__all__ = ["Mail", "Page", "examine", "examine_mail", "examine_page", "read_pages", "said", "unseen"]


def examine(
    html: str, text: str | None, required: Sequence[Wording], *, others: Sequence[Wording] = ()
) -> list[Finding]:
    """
    List every reason why some reader does not see a required wording as it was approved.

    Args:
        html: a full document, or any part of one; it may be broken.
        text: the text/plain part, "" when the mail has none; None when there is no mail around the HTML.
        required: the wordings that must be shown.
        others: further versions of them, so that a stale text is called by its name.

    Returns:
        Findings, most of severity block; the proof that all is shown is that none of them stops.
    """
    return examine_mail(Mail(html, text), required, others=others)


def examine_mail(mail: Mail, required: Sequence[Wording], *, others: Sequence[Wording] = ()) -> list[Finding]:
    """List the same for a whole mail: its structure and its subject count, too."""
    return _listed("mail", _examined(mail, required, (*others, *required))) if required else []


def examine_page(html: str, required: Sequence[Wording], *, others: Sequence[Wording] = ()) -> list[Finding]:
    """
    List the same for a page of a website.

    No client clips it, and what stands around its letter may be in another language: it is a frame.
    """
    return _listed("page", _shown(html, required, (*others, *required))) if required else []


def said(html: str, required: Sequence[Wording], *, others: Sequence[Wording] = ()) -> list[Finding]:
    """
    List every required wording whose exact words do not stand in *html*; whether they are seen is not asked.

    For pages whose frame was examined whole already: it takes a hundredth of the time.

    Args:
        html: a full document.
        required: the wordings that must stand in it.
        others: further versions of them, so that a stale text is called by its name.
    """
    known = (*others, *required)
    if all(letter_for_letter(html, required, known)):
        return []
    page = read_pages(html)[0]
    return [finding for each in required for finding in word_for_word(each, page, known)]


def _listed(what: str, findings: Iterator[Finding]) -> list[Finding]:
    try:
        return list(dict.fromkeys(findings))
    except Exception as err:  # noqa: BLE001 - whatever cannot be read is not shown, for all we know
        message = f"the {what} cannot be examined: {type(err).__name__}"
        hint = "simplify its markup and style sheets: they are too deep or too broken to be read"
        return [Finding("VIS022", Severity.BLOCK, message, hint, part="html")]


def _examined(mail: Mail, required: Sequence[Wording], known: Sequence[Wording]) -> Iterator[Finding]:
    yield from misplaced(mail, required)
    yield from contradicted_by_subject(mail.subject, required)
    told: set[str] = set()
    for finding in _html(mail.html or "", required, known):
        told.add(finding.message)
        yield finding
    if mail.text is not None:
        # a sentence of the letter stands in both parts, and is mended once
        found = _text(mail.text, required, known)
        yield from (finding for finding in found if finding.id != "DISC007" or finding.message not in told)


def _html(html: str, required: Sequence[Wording], known: Sequence[Wording]) -> Iterator[Finding]:
    yield from _shown(html, required, known)
    page = read_pages(html)[0]
    yield from foreign(page, stretches(page.words, known), required)
    yield from clipped(html, required)


def _shown(html: str, required: Sequence[Wording], known: Sequence[Wording]) -> Iterator[Finding]:
    pages = read_pages(html)
    for wording in required:
        yield from in_html(wording, pages, known)
    for page in pages:
        yield from whole(page)
    distinct: dict[tuple[str, ...], Page] = {}
    for page in pages:
        distinct.setdefault(page.words.tokens, page)  # Word mostly reads the same
    for page in distinct.values():
        yield from contradicted(page.words, stretches(page.words, known), required, "html", page)


def _text(text: str, required: Sequence[Wording], known: Sequence[Wording]) -> Iterator[Finding]:
    plain, branches = plain_text(text)
    words = plain_words(plain)
    for wording in required:
        yield from in_text(wording, words, branches, known)
    yield from contradicted(words, stretches(words, known), required, "text")
