"""
The medical review: somebody else did it, and its dates can be true (compliance catalogue, REV001 and REV002).

Where sign-offs are required these findings block. Elsewhere they only warn, and only of an issue that says
something of a review: "medically reviewed by" is a public claim. That the sign-off itself is there and is of
this content, `pipeline.signoff` sees to: it lies in receipts, and no check reads those.
"""

import datetime as dt
from collections.abc import Iterator
from typing import NamedTuple

from pipeline.checks.subject import Subject
from pipeline.model import Finding, Issue, Severity
from pipeline.people import among, is_name

# How many years a review holds when next_review does not say, and at most.
# Source: PIF TICK, review at least every three years, as our compliance catalogue of November 2026 quotes it.
_USUAL_YEARS = 2
_MOST_YEARS = 3


class _Problem(NamedTuple):
    key: str  # of front matter
    message: str
    hint: str


def findings(subject: Subject) -> Iterator[Finding]:
    """Yield what is wrong with who reviewed the issue, and when."""
    issue, required = subject.issue, subject.settings.require_approval
    claims = (issue.reviewed_by, issue.reviewer_credential, issue.last_reviewed, issue.next_review)
    if not required and not any(claims):
        return
    severity = Severity.BLOCK if required else Severity.WARNING
    for rule, problems in (("REV001", _people(issue, required=required)), ("REV002", _dates(subject))):
        for key, message, hint in problems:
            line = issue.lines.get(key, 0)
            yield Finding(rule, severity, message, hint, issue.file, line)


def _people(issue: Issue, *, required: bool) -> Iterator[_Problem]:
    """REV001: a reviewer with a credential, who is none of the authors."""
    if not is_name(issue.reviewed_by):
        what = "nobody is named as its medical reviewer"
        yield _Problem("reviewed_by", what, "add reviewed_by: and reviewer_credential: to the front matter")
        return
    if not issue.reviewer_credential:
        what = f"reviewed_by names {issue.reviewed_by} and no credential"
        yield _Problem("reviewed_by", what, "add reviewer_credential:, such as MD or DPT")
    if among(issue.reviewed_by, issue.authors):
        what = f"{issue.reviewed_by} is named as reviewer and as author"
        yield _Problem("reviewed_by", what, "name somebody else as reviewed_by, who has read it")
    if required and not issue.authors:
        what = f"no author is named: nobody can say whether {issue.reviewed_by} is somebody else"
        yield _Problem("authors", what, "add authors: to the front matter")


def _dates(subject: Subject) -> Iterator[_Problem]:
    """REV002: written, reviewed, sent, in this order; and the review still holds on the day of sending."""
    issue, goes_out = subject.issue, subject.goes_out
    reviewed, again = issue.last_reviewed, issue.next_review
    if issue.date and issue.date > goes_out:
        what = f"it is dated {issue.date}, and goes out on {goes_out}"
        yield _Problem("date", what, "set date: to the day it goes out, or earlier")
    if reviewed is None:
        if again:
            what = f"next_review is {again}, and nothing says when it was reviewed"
            yield _Problem("next_review", what, "add last_reviewed:, or delete next_review")
        return
    if reviewed > min(goes_out, subject.today):
        what = f"last_reviewed is {reviewed}, which is " + (
            "still to come" if reviewed > subject.today else f"after the day it goes out, {goes_out}"
        )
        yield _Problem("last_reviewed", what, "set last_reviewed: to the day on which it was read")
    if issue.updated and issue.updated > reviewed:
        what = f"it was changed on {issue.updated}, after its review of {reviewed}"
        yield _Problem("last_reviewed", what, "have it read again, then set last_reviewed: to that day")
    yield from _next_review(reviewed, again, goes_out)


def _next_review(reviewed: dt.date, again: dt.date | None, goes_out: dt.date) -> Iterator[_Problem]:
    latest = _years_later(reviewed, _MOST_YEARS)
    due = again or _years_later(reviewed, _USUAL_YEARS)
    mend = f"set next_review: to a day after {reviewed} and up to {latest}"
    if due <= reviewed:
        yield _Problem("next_review", f"next_review is {due}, not after its review of {reviewed}", mend)
    elif due > latest:
        what = f"next_review is {due}, more than {_MOST_YEARS} years after its review of {reviewed}"
        yield _Problem("next_review", what, mend)
    elif due <= goes_out:
        name = "next_review" if again else "last_reviewed"
        what = f"its review of {reviewed} holds until {due}, and it goes out on {goes_out}"
        yield _Problem(name, what, "have it read again, then set last_reviewed: to that day")


def _years_later(day: dt.date, years: int) -> dt.date:
    """Return the same day so many years later; of a leap day the last of February."""
    year = min(day.year + years, dt.MAXYEAR)
    return dt.date(year, 2, 28) if (day.month, day.day) == (2, 29) else day.replace(year=year)
