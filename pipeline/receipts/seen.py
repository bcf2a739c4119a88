"""
What is on record as far as this machine knows without asking anybody.

For looking only, as the preview does: whoever sends reads the record itself.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import NamedTuple
from zoneinfo import ZoneInfo

from pipeline.model import Receipt


class Seen(NamedTuple):
    """The record of one moment: itself where it is kept here, else what this clone fetched last."""

    where: str  # where the record is kept, for people to read
    receipts: Mapping[str, Receipt]  # by key
    # The files beside the receipt of a key by name, of the same moment; a ReceiptError when they are broken.
    parts: Callable[[str], Mapping[str, str]]
    is_live: bool = False  # it is the record itself
    is_known: bool = True  # False: never fetched, and no receipt here means nothing
    fetched_at: dt.datetime | None = None  # UTC; None for the record itself, and when no time is known

    def told(self, zone: ZoneInfo) -> str:
        """
        Say of what moment this is, for people; lower case, no full stop.

        Args:
            zone: of the clock on whose wall they look.
        """
        if self.is_live:
            return f"{self.where}, as it is now"
        if not self.is_known:
            return (
                f"{self.where} was never fetched here, so that nothing tells what was sent; "
                "`newsletter status` fetches it"
            )
        if self.fetched_at is None:
            return f"{self.where}, as it was fetched once; when, is not known"
        return f"{self.where}, as fetched on {self.fetched_at.astimezone(zone):%a %Y-%m-%d %H:%M %Z}"
