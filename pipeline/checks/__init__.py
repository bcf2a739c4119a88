"""
The checks of a finished message: an ordered tuple of groups, each one file.

A group takes what a check may know and yields findings; it reads no file and no clock.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from pipeline.checks import (
    disclaimer,
    homemade,
    mail,
    notice,
    placement,
    redflags,
    repetition,
    review,
    topics,
)
from pipeline.checks.places import located
from pipeline.checks.subject import Subject
from pipeline.checks.waivers import waive
from pipeline.disclaimers.registry import Registry
from pipeline.disclaimers.select import Selection
from pipeline.examine.rendering.settle import Look, settled
from pipeline.model import Finding, Issue, Message, Severity
from pipeline.settings import Settings

GROUPS: tuple[Callable[[Subject], Iterable[Finding]], ...] = (
    disclaimer.findings,  # is every required wording shown?
    placement.findings,  # does it stand where it is read?
    notice.findings,  # is it plain to see, and tied to what it is about?
    repetition.findings,  # does no mail client fold it away?
    topics.findings,  # are the wordings those that the issue's own words ask for?
    redflags.findings,  # does the warning come before the exercise?
    homemade.findings,  # does only the approved text disclaim?
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
    look: Look | None = None,
    earlier: tuple[Issue, ...] = (),
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
        look: asks a browser whether the wordings are shown. None leaves it at reading.
        earlier: the issues before this one, newest first.

    Returns:
        All findings, those of the stages included, worst first, then by file and line.
    """
    subject = Subject(issue, message, settings, registry, selection, today, earlier)
    found = [*message.findings, *(finding for group in GROUPS for finding in group(subject))]
    if look is not None:
        found = settled(found, message.html, selection.wordings, look)
    found += disclaimer.lost_by_inlining(found, subject, marked)
    found = waive(_together(located(found, subject, marked)), issue, today=today, sending=sending)
    return sorted(found, key=lambda f: (_RANK[f.severity], f.file, f.line, f.column, f.id, f.message))


def _together(findings: Iterable[Finding]) -> list[Finding]:
    """Tell once what one line does to several wordings."""
    told: dict[object, list[Finding]] = {}
    for number, finding in enumerate(findings):
        line = (finding.id, finding.severity, finding.file, finding.line, finding.part)
        told.setdefault(line if finding.line and finding.part == "html" else number, []).append(finding)
    return [_with_others(first, others) for first, *others in told.values()]


def _with_others(first: Finding, others: Sequence[Finding]) -> Finding:
    refs = [name for other in others if "@" in (name := other.message.partition(" ")[0])]
    more = [name for name in dict.fromkeys(refs) if not first.message.startswith(f"{name} ")]
    return replace(first, message=f"{first.message}; so it is for {', '.join(more)}") if more else first
