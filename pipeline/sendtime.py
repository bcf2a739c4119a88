"""
When a mail may go: never sooner than the lead time allows, and on the provider's grid.

Moments are aware, and in UTC where they are compared: times of two zones are never equal in the hour that
autumn repeats. A grid starts at the hour, such as every 15 minutes.
"""

import datetime as dt

LEAST = dt.timedelta(seconds=30)  # ahead of now, where the settings ask for no lead time
PAST = dt.timedelta(days=7)  # an issue that should have gone out is an alarm for so long


def soonest(now: dt.datetime, lead_time: dt.timedelta, grid: dt.timedelta) -> dt.datetime:
    """Return the first point of *grid* that leaves the lead time."""
    first = now + max(lead_time, LEAST)
    return first + -_past_grid(first, grid) % grid


def beside(moment: dt.datetime, grid: dt.timedelta) -> tuple[dt.datetime, ...]:
    """Return the two points of *grid* that *moment* lies between; none when it is one of them."""
    before = moment - _past_grid(moment, grid)
    return () if before == moment else (before, before + grid)


def is_near(send_at: dt.datetime, *, now: dt.datetime, horizon: dt.timedelta) -> bool:
    """Say whether `send --due` looks at an issue of this time: it is within the horizon, or passed lately."""
    return -PAST < send_at - now < horizon


def is_amendable(send_at: dt.datetime | None, *, now: dt.datetime, lead_time: dt.timedelta) -> bool:
    """Say whether what is scheduled for *send_at* may be exchanged yet: the lead time is left."""
    return send_at is not None and send_at - now >= lead_time


def _past_grid(moment: dt.datetime, grid: dt.timedelta) -> dt.timedelta:
    """Return how far *moment* is past the last point of *grid*."""
    return (moment - moment.replace(minute=0, second=0, microsecond=0)) % grid
