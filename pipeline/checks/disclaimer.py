"""
The disclaimer: registry, selection, and the examination of what was really made of them.

The examination knows no template of ours; `places` tells afterwards which file and line to open.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress

from pipeline.checks.subject import Subject
from pipeline.errors import TemplateError
from pipeline.examine import examine
from pipeline.examine.verdict.transforms import lost
from pipeline.model import Finding


def findings(subject: Subject) -> Iterator[Finding]:
    """Yield what is wrong with the registry, the selection, and the wordings in both parts."""
    required = subject.selection.wordings
    others = [wording for wording in subject.registry.wordings if wording not in required]
    message = subject.message
    yield from subject.registry.findings
    yield from subject.selection.findings
    yield from examine(message.html, message.text, required, others=others)


def lost_by_inlining(
    found: Iterable[Finding], subject: Subject, marked: Callable[[], str] | None
) -> Iterator[Finding]:
    """
    Yield the wordings that the templates show and inlining made unseen (VIS019).

    Args:
        found: what `findings` yielded; only when a wording is not shown is there anything to look for.
        subject: what was checked.
        marked: composes the document as it was before inlining; None where nobody can.
    """
    unseen = any(finding.part == "html" and finding.id.startswith(("VIS", "DISC")) for finding in found)
    if unseen and marked is not None:
        with suppress(TemplateError):  # told by the stages
            yield from lost("inlining", marked(), subject.message.html, subject.selection.wordings)
