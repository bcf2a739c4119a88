"""
Repetition: what Gmail folds away because an earlier mail said the same (VIS017).

Mails of one subject become one thread, and in a thread the end that they have in common is hidden behind
three dots: that is where the notice stands. So each issue has a subject of its own, and its end names its
date or number.
"""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from pipeline.checks.subject import Subject
from pipeline.examine import read_pages
from pipeline.examine.words import Words, find, phrase, plain_words
from pipeline.model import Finding, Issue, Part, Severity

_END = 100  # words that count as the end of a part
_NAMED = frozenset(("issue", "no", "nr", "number", "ausgabe", "numéro", "número", "#", "№"))
_WINDOW = 5  # tokens that a date in words takes
_BY = (".", ":")


def findings(subject: Subject) -> Iterator[Finding]:
    """Yield what would make mail clients fold the end of the mail."""
    issue = subject.issue
    twin = repeated(issue.subject, subject.earlier)
    if twin:
        message = f"the subject {issue.subject!r} is that of {twin} already: Gmail joins the two"
        hint = "give the issue a subject of its own, or the end of the mail, with its notice, is folded away"
        line = issue.lines.get("subject", issue.lines.get("title", 1))
        yield Finding("VIS017", Severity.BLOCK, message, hint, issue.file, line, part="headers")
    day = issue.date or (issue.send_at.date() if issue.send_at else None)
    if day is None and issue.number is None:
        return  # a draft without either; `ready` asks for a time
    if not names_issue(_footer(read_pages(subject.message.html)[0].words, subject), day, issue.number):
        yield _unnamed("HTML part", "templates/partials/footer.html", "html")
    if not names_issue(_footer(plain_words(subject.message.text), subject), day, issue.number):
        yield _unnamed("text part", issue.file, "text")


def repeated(subject: str, earlier: Iterable[Issue]) -> str:
    """Return the file of the issue among *earlier* whose subject has the same words, or ""."""
    words = _words(subject)
    return next((issue.file for issue in earlier if _words(issue.subject) == words), "")


def names_issue(tokens: Sequence[str], day: dt.date | None, number: int | None) -> bool:
    """
    Say whether a footer names the issue's date, in figures or in words, or its number.

    Args:
        tokens: the words of the footer, as `pipeline.examine.words` cuts them.
        day: the issue's date.
        number: the issue's number.
    """
    end = [token for token in tokens[-2 * _END :] if token not in _BY][-_END:]
    if number is not None and any(
        token == str(number) and before in _NAMED for before, token in pairwise(end)
    ):
        return True
    if day is None:
        return False
    if day.isoformat() in end:
        return True
    windows = (end[at : at + _WINDOW] for at in range(len(end)))
    return any(str(day.year) in window and str(day.day) in window for window in windows)


def _footer(words: Words, subject: Subject) -> tuple[str, ...]:
    """Return the words after the last wording, which may have a date of its own."""
    needles = [phrase(wording.text).tokens for wording in subject.selection.wordings]
    ends = [at + len(needle) for needle in needles for at in find(needle, words.tokens)]
    return words.tokens[max(ends, default=0) :]


def _unnamed(place: str, file: str, part: Part) -> Finding:
    message = f"the end of the {place} names neither the issue's date nor its number: Gmail may fold it away"
    return Finding("VIS017", Severity.BLOCK, message, "print the date in the footer", file, part=part)


def _words(subject: str) -> list[str]:
    """Return a subject without what an editor changes in passing: case, blanks, punctuation."""
    return re.findall(r"\w+", subject.casefold()) or subject.split()
