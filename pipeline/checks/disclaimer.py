"""
The disclaimer: registry, selection, and the examination of what was really made of them.

The examination knows no template of ours; `places` tells afterwards which file and line to open.
"""

from collections.abc import Iterator

from pipeline.checks.subject import Subject
from pipeline.examine import examine
from pipeline.model import Finding


def findings(subject: Subject) -> Iterator[Finding]:
    """Yield what is wrong with the registry, the selection, and the wordings in both parts."""
    required = subject.selection.wordings
    others = [wording for wording in subject.registry.wordings if wording not in required]
    message = subject.message
    yield from subject.registry.findings
    yield from subject.selection.findings
    yield from examine(message.html, message.text, required, others=others)
