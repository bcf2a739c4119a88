"""The life of a page: the issue and its record decide, never the day on which the site is built."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from letter import ISSUE
from pipeline.archive.life import life_of
from pipeline.model import Entry, Issue, Receipt

AT = dt.datetime(2026, 12, 1, 12, 30, tzinfo=dt.UTC)
LATER = AT + dt.timedelta(minutes=7)
TO_COME = replace(ISSUE, send_at=AT + dt.timedelta(days=7))


def _receipt(*kinds: Any, rehearsal: bool = False, **more: Any) -> Receipt:
    """Return a record of these entries, of a mail scheduled for AT and sent at LATER."""
    plain: dict[str, Any] = {"send_at": AT.isoformat(), "content_digest": "0f" * 32}
    plain |= {"rehearsal": True} if rehearsal else {}
    sent = {"sent_at": LATER.isoformat()}
    entries = (
        Entry(kind, AT, "run", "1.0", {**plain, **(sent if kind == "sent" else {}), **more}) for kind in kinds
    )
    return Receipt("steady-backs", tuple(entries))


def _state(issue: Issue, *kinds: str, rehearsal: bool = False) -> str:
    return life_of(issue, _receipt(*kinds, rehearsal=rehearsal), rehearsal=False).state


@pytest.mark.parametrize("archive", ["listed", "unlisted", "none"])
@pytest.mark.parametrize("status", ["draft", "hold", "ready"])
@pytest.mark.parametrize(
    ("kinds", "state"),
    [
        ((), "by status"),
        (("approved",), "by status"),
        (("claimed", "cancelled"), "by status"),
        (("claimed", "scheduled", "cancelled", "approved"), "by status"),
        (("claimed",), "unlisted"),
        (("claimed", "approved"), "unlisted"),
        (("claimed", "scheduled"), "unlisted"),
        (("claimed", "needs-review"), "unlisted"),
        (("claimed", "cancelled", "claimed"), "unlisted"),
        (("claimed", "scheduled", "sent"), "sent"),
        (("claimed", "scheduled", "sent", "approved"), "sent"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else value,
)
def test_issue_and_record_decide_where_a_page_stands(
    kinds: tuple[str, ...], state: str, status: Any, archive: Any
) -> None:
    """What was dispatched has a page, whatever its status says now; what was not, when it is ready."""
    expected = {"by status": "unlisted" if status == "ready" else "hidden", "sent": archive}.get(state, state)
    issue = replace(ISSUE, status=status, archive=archive)
    assert _state(issue, *kinds) == ("hidden" if archive == "none" else expected)


def test_a_rehearsal_makes_no_page_of_a_real_site_and_a_real_send_none_of_a_rehearsals() -> None:
    """Each asks for its own kind of record alone."""
    draft = replace(ISSUE, status="draft")
    for rehearsal in (True, False):
        receipt = _receipt("claimed", "scheduled", "sent", rehearsal=rehearsal)
        assert life_of(draft, receipt, rehearsal=rehearsal).state == "listed"
        assert life_of(draft, receipt, rehearsal=not rehearsal).state == "hidden"
        assert not life_of(draft, receipt, rehearsal=not rehearsal).dispatched


def test_of_a_real_send_and_a_later_rehearsal_the_real_one_counts() -> None:
    """The record holds both; neither stands in the other's way."""
    real, tried = _receipt("claimed", "sent"), _receipt("claimed", "scheduled", rehearsal=True)
    both = Receipt(real.key, (*real.entries, *tried.entries))
    assert life_of(ISSUE, both, rehearsal=False).state == "listed"
    assert life_of(ISSUE, both, rehearsal=True).state == "unlisted"


def test_the_date_is_when_it_was_sent() -> None:
    """Not when it was to be, by the issue or by the plan."""
    life = life_of(TO_COME, _receipt("claimed", "scheduled", "sent"), rehearsal=False)
    assert (life.at, life.sent, life.dispatched, life.content_digest) == (LATER, True, True, "0f" * 32)


def test_a_record_without_the_time_of_sending_gives_the_time_that_was_planned() -> None:
    """Some providers never tell it."""
    life = life_of(TO_COME, _receipt("claimed", "sent", sent_at=""), rehearsal=False)
    assert life.at == AT


def test_what_is_on_its_way_has_the_time_on_record_and_what_is_not_the_issues_own() -> None:
    """The issue may ask for another time meanwhile."""
    assert life_of(TO_COME, _receipt("claimed", "scheduled"), rehearsal=False).at == AT
    assert life_of(TO_COME, _receipt("claimed", "cancelled"), rehearsal=False).at == TO_COME.send_at
    never = life_of(TO_COME, Receipt("steady-backs"), rehearsal=False)
    assert (never.at, never.content_digest) == (TO_COME.send_at, "")
    assert not never.sent
    assert not never.dispatched


def test_a_page_that_was_taken_away_is_still_of_a_mail_that_went_out() -> None:
    """`archive: none` hides it, and nobody may take its address."""
    life = life_of(replace(ISSUE, archive="none"), _receipt("claimed", "sent"), rehearsal=False)
    assert (life.state, life.dispatched, life.sent) == ("hidden", True, True)
