"""
The disclaimer: registry, selection, and the examination of what was really made of them.

The examination knows no template of ours; here its findings learn which file to open.
"""

from collections.abc import Iterator
from dataclasses import replace

from pipeline.checks.subject import Subject
from pipeline.examine import examine
from pipeline.model import Finding

_PARTIAL = "templates/partials/disclaimer.html"
_WORDS = "DISC"


def findings(subject: Subject) -> Iterator[Finding]:
    """Yield what is wrong with the registry, the selection, and the wordings in both parts."""
    required = subject.selection.wordings
    others = [wording for wording in subject.registry.wordings if wording not in required]
    message = subject.message
    yield from subject.registry.findings
    yield from subject.selection.findings
    for finding in examine(message.html, message.text, required, others=others):
        yield _located(finding, subject)


def _located(finding: Finding, subject: Subject) -> Finding:
    """Name the file that a mender opens first."""
    if finding.part == "text":
        hint = f"{finding.hint}; the text part is written by pipeline/stages/plaintext.py"
        return replace(finding, hint=hint, file=subject.issue.file)
    if finding.id.startswith(_WORDS):
        return replace(finding, hint=f"{finding.hint}; {_PARTIAL} must emit it", file=_PARTIAL)
    template = f"templates/{subject.issue.template}.html"
    hint = f"{finding.hint}; look in {_PARTIAL}, {template} and their style sheet"
    return replace(finding, hint=hint, file=_PARTIAL)
