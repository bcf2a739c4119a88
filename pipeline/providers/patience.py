"""How long to wait before a request is made again."""

import datetime as dt
import random
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

from pipeline.clock import Clock


def retry_after(headers: Mapping[str, str], clock: Clock) -> float | None:
    """
    Return Retry-After in seconds from now, or None when there is none that can be read.

    A date is compared with the answer's own Date, so that a wrong clock on either side does not matter.

    Source: RFC 9110, section 10.2.3 (seconds, or a date of HTTP), read 2026-11-27.
    """
    text = headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])  # no wait is longer
    wanted = _moment(text)
    if wanted is None:
        return None
    return max(0.0, (wanted - (_moment(headers.get("Date", "")) or clock())).total_seconds())


def backoff(attempt: int) -> float:
    """Return seconds to wait after the *attempt*-th try, counted from 1: doubled each time, with jitter."""
    return float(2 ** (attempt - 1)) * random.uniform(0.5, 1.0)  # noqa: S311  (spreads load, guards nothing)


def _moment(text: str) -> dt.datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
