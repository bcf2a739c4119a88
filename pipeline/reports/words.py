"""What all forms say alike: the order of findings, where one lies, and its words."""

from collections.abc import Iterable, Sequence

from pipeline.model import Finding, Severity

_RANK = {severity: rank for rank, severity in enumerate(Severity)}


def worst_first(findings: Iterable[Finding]) -> Sequence[Finding]:
    """Return *findings* by severity; within one their order stays."""
    return sorted(findings, key=lambda finding: _RANK[finding.severity])


def where(finding: Finding) -> str:
    """Return where a finding lies, as editors and CI read it: file:line:column, as far as it is known."""
    numbers = (finding.line, finding.column if finding.line else 0)
    return ":".join([finding.file, *(str(number) for number in numbers if number)])


def told(finding: Finding) -> str:
    """Return the message with the client profile in which it holds."""
    return f"{finding.message} [fails in: {finding.profile}]" if finding.profile else finding.message


def with_mend(finding: Finding) -> str:
    """Return the message and, on a second line, the way to mend it."""
    return f"{told(finding)}\nmend: {finding.hint}" if finding.hint else told(finding)
