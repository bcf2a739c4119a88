"""What a step on the way does to the words: shown before it, and not after it (VIS019)."""

from collections.abc import Iterator, Sequence

from pipeline.examine.reading.page import read_pages
from pipeline.examine.verdict.wording import in_html
from pipeline.model import Finding, Severity, Wording


def lost(step: str, before: str, after: str, required: Sequence[Wording]) -> Iterator[Finding]:
    """
    Yield the wordings that *step* made unseen.

    Args:
        step: what was done to the document, such as "inlining".
        before: the HTML that the step was given.
        after: the HTML that it returned.
        required: the wordings that must be shown.
    """
    for wording in required:
        worse = in_html(wording, read_pages(after), ())
        if worse and not in_html(wording, read_pages(before), ()):
            message = f"{step} made {wording.ref} unseen: {worse[0].message}"
            hint = f"{step} was given a document that shows it: write its style more simply, and report this"
            yield Finding("VIS019", Severity.BLOCK, message, hint, part="html", profile=worse[0].profile)
