"""
The life of a page: hidden, unlisted, listed. The issue and its receipt decide, never the date of the build.

    hidden     no page: a draft, one on hold, or `archive: none`
    unlisted   a page that answers, and nobody is led to: ready or scheduled, since the mail links to it
    listed     the receipt says sent, and the issue does not ask to stay unlisted
"""

import datetime as dt
from typing import Literal, NamedTuple

from pipeline.model import Entry, Issue, Receipt
from pipeline.receipts import planned_at, standing, went_out


class Life(NamedTuple):
    """Where the page of an issue stands."""

    state: Literal["hidden", "unlisted", "listed"]
    dispatched: bool  # on record: a mail that links to the page went out, or is about to
    sent: bool  # on record: it went out
    as_claimed: bool  # and readers got the letter that is on record
    at: dt.datetime | None  # aware, in UTC when from the record: when it was sent, or is to be
    content_digest: str  # of the mail on record; "" when there is none


def life_of(issue: Issue, receipt: Receipt, *, rehearsal: bool) -> Life:
    """
    Return where the page of *issue* stands.

    Args:
        issue: what its editor says.
        receipt: what is on record of it.
        rehearsal: ask the record of rehearsals, for a newsletter whose provider reaches no reader.
    """
    entry = standing(receipt, rehearsal=rehearsal)
    is_sent = went_out(entry)
    digest = str(entry.data.get("content_digest", "")) if entry else ""
    at = issue.send_at if entry is None else _at(entry)
    state: Literal["hidden", "unlisted", "listed"]
    if issue.archive == "none" or (entry is None and issue.status != "ready"):
        state = "hidden"
    else:
        state = "listed" if is_sent and issue.archive == "listed" else "unlisted"
    as_claimed = entry is not None and entry.kind == "sent"
    return Life(state, entry is not None, is_sent, as_claimed, at, digest)


def _at(entry: Entry) -> dt.datetime | None:
    """Return when it was sent, or is to be."""
    sent_at = entry.data.get("sent_at") if went_out(entry) else ""
    return dt.datetime.fromisoformat(str(sent_at)) if sent_at else planned_at(entry)
