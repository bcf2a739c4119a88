"""
Waivers: an editor's recorded decision to send in spite of one rule's errors (design, section 4).

- a valid one turns the errors of its rule into notes
- a block can never be waived (OVR002)
- one that is of no use or past its last day is itself a finding (OVR003)
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from pipeline.model import Finding, Issue, Severity, Waiver


def waive(findings: Sequence[Finding], issue: Issue, *, today: dt.date, sending: bool) -> list[Finding]:
    """
    Apply the issue's waivers to *findings*.

    Args:
        findings: of every check.
        issue: whose waivers they are.
        today: a waiver holds up to and on its last day.
        sending: an expired waiver stops a send. Otherwise it warns, and so do the errors it was for.
    """
    by_rule = {waiver.rule: waiver for waiver in sorted(issue.waivers, key=lambda waiver: waiver.until)}
    weighed = [_weighed(finding, by_rule, today=today, sending=sending) for finding in findings]
    severities = {rule: {f.severity for f in findings if f.id == rule} for rule in by_rule}
    own = [
        _judged(waiver, severities[waiver.rule], issue, today, sending=sending) for waiver in issue.waivers
    ]
    return [*weighed, *(finding for finding in own if finding)]


def _weighed(finding: Finding, by_rule: dict[str, Waiver], *, today: dt.date, sending: bool) -> Finding:
    waiver = by_rule.get(finding.id)
    if waiver is None or finding.severity is not Severity.ERROR:
        return finding
    if today <= waiver.until:
        hint = f"waived by {waiver.by} until {waiver.until}: {waiver.reason}"
        return replace(finding, severity=Severity.NOTE, hint=hint)
    return finding if sending else replace(finding, severity=Severity.WARNING)


def _judged(
    waiver: Waiver, met: set[Severity], issue: Issue, today: dt.date, *, sending: bool
) -> Finding | None:
    """Return what is wrong with the waiver itself, if anything."""
    if Severity.BLOCK in met:
        message = f"{waiver.rule} cannot be waived"
        return Finding(
            "OVR002",
            Severity.BLOCK,
            message,
            "mend what it found, and delete the waiver",
            issue.file,
            waiver.line,
        )
    if today > waiver.until:
        severity = Severity.ERROR if sending else Severity.WARNING
        message = f"the waiver of {waiver.rule} ended on {waiver.until}"
        return Finding(
            "OVR003", severity, message, "mend what it found, or decide anew", issue.file, waiver.line
        )
    if Severity.ERROR not in met:
        message = f"the waiver of {waiver.rule} is of no use: there is no such error"
        return Finding("OVR003", Severity.WARNING, message, "delete the waiver", issue.file, waiver.line)
    return None
