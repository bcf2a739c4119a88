"""The one place that reads the clock. Everything else is given a `Clock`, so that tests can turn it."""

import datetime as dt
from collections.abc import Callable

Clock = Callable[[], dt.datetime]
"""Returns the present moment, aware, in UTC."""

Pause = Callable[[float], None]
"""Waits so many seconds."""


def utc_now() -> dt.datetime:
    """Return the present moment in UTC."""
    return dt.datetime.now(dt.UTC)
