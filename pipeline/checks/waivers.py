"""
Waivers: an editor's recorded decision to send in spite of one rule's errors (compliance catalogue, OVR).

- one that is sound turns the errors of its rule into notes
- it names a known rule, a reason, a person and a day within 90 days (OVR001), and that person did not write
  the letter (OVR004); otherwise it waives nothing. What a waiver must have at all, its form included,
  front matter is asked for when it is read (`pipeline.issue.schema`)
- some rules can never be waived, whatever they found (OVR002)
- one that is of no use or past its last day is itself a finding (OVR003), and so are many (OVR005)

Only the last day is a matter of freshness: it comes by waiting. That a day is too far off goes by waiting,
and so stops a check as well.
"""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.findings import nearest
from pipeline.model import Finding, Issue, Severity, Waiver
from pipeline.people import among, is_name
from pipeline.rules import TITLES

# Families and single rules that nobody can waive (OVR002). The rules on waivers are our addition.
_NEVER = frozenset(
    "DISC VIS REG PRV MED OVR TOP002 CRI001 CLM008 CLM019 MAIL001 MAIL002 MAIL003 AFF001".split()  # noqa: SIM905
)
_MOST_DAYS = 90
_FEWEST_CHARACTERS = 15
_FEWEST_LETTERS = 5  # different ones; "aaa aaa aaa" gives no reason
_MANY = 5


def waive(findings: Sequence[Finding], issue: Issue, *, today: dt.date, sending: bool) -> list[Finding]:
    """
    Apply the issue's waivers to *findings*.

    Args:
        findings: of every check.
        issue: whose waivers they are.
        today: a waiver holds up to and on its last day.
        sending: an expired waiver stops a send. Otherwise it warns, and so do the errors it was for.
    """
    unsound = {waiver: list(_faults(waiver, issue, today)) for waiver in issue.waivers}
    sound = sorted((waiver for waiver in issue.waivers if not unsound[waiver]), key=lambda one: one.until)
    by_rule = {waiver.rule: waiver for waiver in sound}
    weighed = [_weighed(finding, by_rule, today=today, sending=sending) for finding in findings]
    own: list[Finding] = []
    for waiver in issue.waivers:
        met = {finding.severity for finding in findings if finding.id == waiver.rule}
        own += _judged(waiver, met, unsound[waiver], issue, today, sending=sending)
    return [*weighed, *own, *_too_many(issue)]


def has_ended(waiver: Waiver, today: dt.date) -> bool:
    """Say whether *waiver* is past its last day: it waives nothing any more, and stops a send."""
    return today > waiver.until


def _weighed(finding: Finding, by_rule: dict[str, Waiver], *, today: dt.date, sending: bool) -> Finding:
    waiver = by_rule.get(finding.id)
    if waiver is None or finding.severity is not Severity.ERROR:
        return finding
    if not has_ended(waiver, today):
        hint = f"waived by {waiver.by} until {waiver.until}: {waiver.reason}"
        return replace(finding, severity=Severity.NOTE, hint=hint)
    return finding if sending else replace(finding, severity=Severity.WARNING)


def _faults(waiver: Waiver, issue: Issue, today: dt.date) -> Iterator[Finding]:
    """Yield what keeps the waiver from waiving anything: OVR001 and OVR004."""
    rule = waiver.rule
    if rule not in TITLES:
        yield _error(
            "OVR001", f"the waiver is of {rule!r}, and there is no such rule", _meant(rule), issue, waiver
        )
    if why := _no_reason(waiver.reason):
        hint = "write what you know that the rule does not, such as reason: quote from the guideline, note 3"
        yield _error("OVR001", f"the waiver of {rule} gives no reason: {why}", hint, issue, waiver)
    if not is_name(waiver.by):
        what = f"the waiver of {rule} is by {waiver.by!r}, which names nobody"
        yield _error("OVR001", what, "write by: with a person's name", issue, waiver)
    latest = today + dt.timedelta(days=_MOST_DAYS)
    if waiver.until > latest:
        what = f"the waiver of {rule} runs until {waiver.until}, more than {_MOST_DAYS} days from today"
        yield _error("OVR001", what, f"set until: {latest} or earlier", issue, waiver)
    author = among(waiver.by, issue.authors)
    if author or not issue.authors:
        who = f"{author} wrote the letter" if author else "no author is named to tell apart"
        what = f"the waiver of {rule} is by {waiver.by}, and {who}: two people are needed"
        hint = (
            "have a second person decide, and name them in by:"
            if author
            else "add authors: to the front matter"
        )
        yield _error("OVR004", what, hint, issue, waiver)


def _judged(
    waiver: Waiver, met: set[Severity], faults: list[Finding], issue: Issue, today: dt.date, *, sending: bool
) -> list[Finding]:
    """Return what is wrong with the waiver itself."""
    rule, file, line = waiver.rule, issue.file, waiver.line
    if {rule, rule.rstrip("0123456789")} & _NEVER or Severity.BLOCK in met:
        hint = "mend what it found, and delete the waiver"
        return [Finding("OVR002", Severity.BLOCK, f"{rule} cannot be waived", hint, file, line)]
    if has_ended(waiver, today):
        severity = Severity.ERROR if sending else Severity.WARNING
        message = f"the waiver of {rule} ended on {waiver.until}"
        return [
            *faults,
            Finding("OVR003", severity, message, "mend what it found, or decide anew", file, line),
        ]
    if Severity.ERROR not in met and rule in TITLES:
        message = f"the waiver of {rule} is of no use: there is no such error"
        return [*faults, Finding("OVR003", Severity.WARNING, message, "delete the waiver", file, line)]
    return faults


def _too_many(issue: Issue) -> Iterator[Finding]:
    """OVR005: a letter of many exceptions needs an editor, and no further waiver."""
    if len(issue.waivers) > _MANY:
        message = f"{len(issue.waivers)} waivers in one issue; more than {_MANY} are many"
        hint = "mend what can be mended, and delete its waivers"
        yield Finding("OVR005", Severity.WARNING, message, hint, issue.file, issue.lines.get("waivers", 0))


def _error(rule: str, message: str, hint: str, issue: Issue, waiver: Waiver) -> Finding:
    return Finding(rule, Severity.ERROR, message, hint, issue.file, waiver.line)


def _meant(rule: str) -> str:
    """Return a hint that names the rule which was probably meant."""
    meant = nearest(rule, TITLES)
    return f"did you mean {meant!r}?" if meant else "copy the rule from the finding, such as TOP001"


def _no_reason(text: str) -> str:
    """Return why *text* is no reason, or ""."""
    letters = re.sub(r"[\W_]+", "", text.casefold())
    if len(" ".join(text.split())) < _FEWEST_CHARACTERS:
        return f"{text!r} has fewer than {_FEWEST_CHARACTERS} characters"
    repeated = (letters + letters).find(letters, 1) < len(letters)
    if len(set(letters)) < _FEWEST_LETTERS or repeated:
        return f"{text!r} only repeats itself"
    return ""
