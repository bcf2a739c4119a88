"""When a mail may go: lead time, grid and horizon."""

import datetime as dt

import pytest

from pipeline.sendtime import LEAST, PAST, beside, is_amendable, is_near, soonest

NOON = dt.datetime(2026, 11, 24, 12, 0, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
QUARTER = dt.timedelta(minutes=15)
DAY = dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("seconds", "lead_time", "grid", "minutes"),
    [
        (0, 30 * MINUTE, MINUTE, 30),
        (1, 30 * MINUTE, MINUTE, 31),
        (0, 20 * MINUTE, QUARTER, 30),
        (0, 0 * MINUTE, MINUTE, 1),
    ],
    ids=["on the minute", "a second past", "quarters", "no lead time"],
)
def test_the_soonest_time_leaves_the_lead_time_and_is_on_the_grid(
    seconds: int, lead_time: dt.timedelta, grid: dt.timedelta, minutes: int
) -> None:
    """Rounded up, never down; and half a minute ahead in any case."""
    now = NOON + dt.timedelta(seconds=seconds)
    assert soonest(now, lead_time, grid) == NOON + minutes * MINUTE
    assert soonest(now, lead_time, grid) - now >= LEAST


def test_a_time_between_two_points_of_the_grid_has_both_as_neighbours() -> None:
    """One on the grid has none."""
    assert beside(NOON + 7 * MINUTE, QUARTER) == (NOON, NOON + QUARTER)
    assert beside(NOON + QUARTER, QUARTER) == ()


@pytest.mark.parametrize(
    ("ahead", "near"),
    [(DAY, False), (DAY - MINUTE, True), (-PAST + MINUTE, True), (-PAST, False)],
    ids=["a day", "less than a day", "nearly a week ago", "a week ago"],
)
def test_an_issue_is_near_within_the_horizon_and_for_a_week_after(ahead: dt.timedelta, *, near: bool) -> None:
    """Both ends are out."""
    assert is_near(NOON + ahead, now=NOON, horizon=DAY) == near


@pytest.mark.parametrize(
    ("send_at", "may"), [(NOON + QUARTER, True), (NOON + QUARTER - MINUTE, False), (None, False)]
)
def test_what_is_scheduled_is_exchanged_while_the_lead_time_is_left(
    send_at: dt.datetime | None, *, may: bool
) -> None:
    """At an unknown time nothing is."""
    assert is_amendable(send_at, now=NOON, lead_time=QUARTER) == may
