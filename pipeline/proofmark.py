"""
The mark in the subject of a proof: what tells an editor's copy from the letter that readers get.

Whoever schedules a mail asks `is_marked` and refuses it: a proof never goes to readers.
"""

import re
from dataclasses import replace

from pipeline.model import Payload

FIT = "[Proof]"
NOT_FIT = "[Proof, not fit to send]"
_MARK = re.compile(r"\s*\[\s*proof\b[^\]]*\]\s*", re.IGNORECASE)


def marked(payload: Payload, *, fit: bool) -> Payload:
    """
    Return the payload with a subject that says it is a proof; everything else stays as it is.

    Args:
        payload: marked already or not; there is one mark in the end.
        fit: whether no finding stops the issue.
    """
    plain = _MARK.sub("", payload.subject, count=1)
    return replace(payload, subject=f"{FIT if fit else NOT_FIT} {plain}")


def is_marked(subject: str) -> bool:
    """Say whether a subject begins with the mark of a proof, in whatever case or spacing."""
    return bool(_MARK.match(subject))
