"""
The checks of a finished message: an ordered tuple of groups, each one file.

A group takes what a check may know and yields findings; it reads no file and no clock.
"""

import datetime as dt
from collections.abc import Callable, Iterable

from pipeline.checks import disclaimer, mail, review
from pipeline.checks.places import located
from pipeline.checks.subject import Subject
from pipeline.checks.waivers import waive
from pipeline.disclaimers.registry import Registry
from pipeline.disclaimers.select import Selection
from pipeline.model import Finding, Issue, Message, Severity
from pipeline.settings import Settings

GROUPS: tuple[Callable[[Subject], Iterable[Finding]], ...] = (
    disclaimer.findings,  # is every required wording shown?
    mail.findings,  # does the mail obey the law of bulk mail?
    review.findings,  # is what it says of its medical review true?
)
_RANK = {severity: rank for rank, severity in enumerate(Severity)}


def check(
    issue: Issue,
    message: Message,
    *,
    settings: Settings,
    registry: Registry,
    selection: Selection,
    today: dt.date,
    sending: bool = False,
    marked: Callable[[], str] | None = None,
) -> list[Finding]:
    """
    Run every check on *message*, and apply the issue's waivers.

    Args:
        issue: what the message was made of.
        message: as `compose` returned it, merge tags still neutral.
        settings: the newsletter's.
        registry: all wordings.
        selection: the wordings this issue must show.
        today: the present date where the newsletter is at home.
        sending: an expired waiver stops a send and only warns otherwise, so that no build turns red by
            waiting.
        marked: composes the document once more with marks, for the places of findings; it is called only
            when there are any. None names likely files instead of lines.

    Returns:
        All findings, those of the stages included, worst first, then by file and line.
    """
    subject = Subject(issue, message, settings, registry, selection, today)
    found = [*message.findings, *(finding for group in GROUPS for finding in group(subject))]
    found += disclaimer.lost_by_inlining(found, subject, marked)
    found = waive(list(located(found, subject, marked)), issue, today=today, sending=sending)
    return sorted(found, key=lambda f: (_RANK[f.severity], f.file, f.line, f.column, f.id, f.message))
