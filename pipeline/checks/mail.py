"""
Mail law and the inbox row: postal address, way out, subject, preheader, images that can be fetched.

The address and the unsubscribe link must be seen as surely as a disclaimer (compliance catalogue, 6.10).
"""

from collections.abc import Iterator, Mapping

from pipeline import mergetags
from pipeline.checks.subject import Subject
from pipeline.examine import Page, read_pages, unseen
from pipeline.examine.words import in_order, plain_words, read_words
from pipeline.model import Finding, Part, Severity

_FOOTER = "templates/partials/footer.html"
_PREHEADER = "templates/partials/preheader.html"
_UNSUBSCRIBE = "unsubscribe_url"
# Characters that an inbox may show beside the subject; Gmail goes up to about 200, most show far fewer.
# Source: issue 2268 of resend/react-email, as our notes on checks of November 2026 quote it.
_ROW = 200


def findings(subject: Subject) -> Iterator[Finding]:
    """Yield what is wrong with the mail as mail."""
    pages = read_pages(subject.message.html)
    yield from _address(subject, pages)
    yield from _way_out(subject, pages)
    yield from _subject_line(subject)
    yield from _preheader(subject, pages[0])
    yield from _images(subject)


def _block(rule: str, message: str, hint: str, file: str, part: Part) -> Finding:
    return Finding(rule, Severity.BLOCK, message, hint, file, part=part)


def _address(subject: Subject, pages: tuple[Page, ...]) -> Iterator[Finding]:
    """MAIL001: the postal address is seen in both parts; its words count, not its punctuation."""
    words = _spelt(read_words(subject.settings.postal_address).tokens)
    if not words:
        message = "the newsletter has no postal address"
        yield _block(
            "MAIL001", message, "set postal_address under [tool.newsletter]", "pyproject.toml", "settings"
        )
        return
    hint = "print settings.postal_address as plain text in the footer"
    for page in pages:
        places = in_order(words, page.words)
        reasons = [unseen(page, page.holders(start, end)) for start, end in places]
        if not places:
            yield _block("MAIL001", "the postal address is missing from the HTML part", hint, _FOOTER, "html")
            break
        if all(reasons):
            what = min(reasons, key=len)[0]
            message = f"the postal address is not shown to every reader: {what.what}"
            yield _block("MAIL001", message, what.hint, _FOOTER, "html")
            break
    if not in_order(words, plain_words(subject.message.text)):
        message = "the postal address is missing from the text part"
        yield _block(
            "MAIL001", message, "print the address at the end of the text", subject.issue.file, "text"
        )


def _spelt(tokens: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(token for token in tokens if token[0].isalnum())


def _way_out(subject: Subject, pages: tuple[Page, ...]) -> Iterator[Finding]:
    """MAIL002: a link that unsubscribes is seen in the HTML, and its target stands in the text."""
    for page in pages:
        reason = _hidden_way_out(page)
        if reason:
            message = f"no reader-visible link unsubscribes: {reason}"
            hint = 'put <a href="{{ unsubscribe_url }}">Unsubscribe</a> into the footer, in plain sight'
            yield _block("MAIL002", message, hint, _FOOTER, "html")
            break
    if not any(tag.name == _UNSUBSCRIBE for tag in mergetags.tags(subject.message.text)):
        message = "the text part has no way to unsubscribe"
        yield _block(
            "MAIL002", message, "print {{ unsubscribe_url }} at the end of it", subject.issue.file, "text"
        )


def _hidden_way_out(page: Page) -> str:
    """Return why no reader sees a link that unsubscribes, or "" when one does."""
    links = [element for element in page.elements if element.tag == "a" and _unsubscribes(element.attrs)]
    why = "there is none" if not links else "its link has no words"
    for link in links:
        holders = page.holders_in(link)
        if not holders:
            continue
        reasons = unseen(page, holders)
        if not reasons:
            return ""
        why = reasons[0].what
    return why


def _unsubscribes(attrs: Mapping[str, str]) -> bool:
    return any(tag.name == _UNSUBSCRIBE for tag in mergetags.tags(attrs.get("href", "")))


def _subject_line(subject: Subject) -> Iterator[Finding]:
    """MAIL011: there is a subject, and it is one line."""
    line = subject.message.subject
    at = subject.issue.lines.get("subject", subject.issue.lines.get("title", 0))
    if not line.strip():
        message, hint = "the subject is empty", "write subject: in the front matter"
    elif any(char in line for char in "\r\n\x0b\x0c\x85\u2028\u2029\0"):
        message, hint = f"the subject is more than one line: {line!r}", "write it on one line"
    else:
        return
    yield Finding("MAIL011", Severity.BLOCK, message, hint, subject.issue.file, at, part="headers")


def _preheader(subject: Subject, page: Page) -> Iterator[Finding]:
    """PRE001 and PRE003: inboxes show the preheader beside the subject, and nothing of the body."""
    wanted = read_words(subject.message.preheader)
    if not wanted.tokens:
        return
    size = len(wanted.tokens)
    if page.words.tokens[:size] != wanted.tokens:
        message = "the preheader is not the first text of the HTML part"
        hint = "show it before anything else in the body"
        yield Finding("PRE001", Severity.WARNING, message, hint, _PREHEADER, part="html")
        return
    start = page.words.spans[0][0]
    after = page.words.spans[size][0] if size < len(page.words.spans) else len(page.words.raw)
    shown = sum(not char.isspace() or char == "\xa0" for char in page.words.raw[start:after])
    if size < len(page.words.tokens) and shown < _ROW:
        message = f"the inbox row shows body text after the preheader: it ends after {shown} characters"
        hint = f"pad it with invisible characters to {_ROW} or more"
        yield Finding("PRE003", Severity.WARNING, message, hint, _PREHEADER, part="html")


def _images(subject: Subject) -> Iterator[Finding]:
    """IMG007: an image that lies beside the issue is published where every reader's mail can fetch it."""
    if subject.message.images and not subject.settings.archive_url:
        message = (
            f"readers cannot fetch {subject.message.images[0].src!r}: there is no archive to publish it in"
        )
        hint = "set archive_url under [tool.newsletter], or use images with an https address"
        yield Finding("IMG007", Severity.ERROR, message, hint, subject.issue.file, part="html")
