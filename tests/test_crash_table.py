"""
The table of crash points, row by row, over every provider: what may go wrong, and what comes of it.

The rows are those of the state machine's description, by number. `test_crash.py` kills at every other point.
"""

import datetime as dt
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from crash.office import Office, clones, desk_of, twin
from crash.processes import Command, Point, run, together
from crash.verbs import VERBS, when_asked
from crash.world import AFTER, AT, BEFORE, letter
from letter import ISSUE
from pipeline import publish
from pipeline.commands.send import demand_ready
from pipeline.errors import OutcomeUnknown, PipelineError, Refused
from pipeline.localtime import parse_send_at
from pipeline.publish import Case, Desk
from pipeline.publish.due import LATE, drift, guard, reconcile
from pipeline.receipts import BranchReceipts
from receipts.repositories import clone, empty_home, fake_git, git, new_remote
from samples import KEY, ZONE
from standins.bench import ROWS, opened
from website import Page, Website, page_of, website

ALL, HTTP = list(ROWS), list(VERBS)
UGLY: dict[str, dict[str, Any]] = {
    "server error": {"status": 500, "body": '{"message": "oops"}'},
    "truncated": {"status": 200, "body": '{"id": 1, "sta'},
    "web page": {"status": 200, "body": "<html><body>Maintenance</body></html>"},
    "bad gateway": {"status": 502, "body": "<html><body>Bad Gateway</body></html>"},
    "login": {"status": 302, "body": "", "headers": {"Location": "https://login.example/"}},
    "nothing": {"status": 200, "body": ""},
    "error in a yes": {"status": 200, "body": '{"error": "no such thing", "status": 400}'},
}


@pytest.fixture
def office(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Office]:
    """The provider that the row names, twenty hours before the send time."""
    for name, value in empty_home(tmp_path / "home").items():
        monkeypatch.setenv(name, value)
    folder = tmp_path / "newsletter"
    folder.mkdir()
    with opened(request.param, folder, monkeypatch) as bench:
        yield Office(bench, desk_of(bench))


over_all = pytest.mark.parametrize("office", ALL, indirect=True)
over_http = pytest.mark.parametrize("office", HTTP, indirect=True)


@over_http
def test_row_01_a_run_that_died_before_it_created_creates_once(office: Office) -> None:
    """Nothing was made, so the next run makes it."""
    point = Point("kill before request", 1, office.verbs.create)
    assert run(office.world, Command("send", point=point), BEFORE).code == -9
    assert office.desk.provider.find(KEY) == []
    assert office.send() == "scheduled"
    office.demand_sent_once()


@over_http
def test_row_02_a_draft_whose_answer_was_lost_is_found_by_its_key(office: Office) -> None:
    """It is there, so no second one is made; where its body comes after it, the next run stores that."""
    office.fault(office.verbs.create, when="after", do="cut")
    if office.bench.name == "mailchimp":
        with pytest.raises(Refused, match="given: html, text"):
            office.send()
    assert office.send() == "scheduled"
    assert office.asked(office.verbs.create) == 1
    office.demand_sent_once()


@over_http
@pytest.mark.parametrize("lost", [False, True])
def test_row_03_a_draft_that_is_not_listed_yet_is_waited_for(office: Office, *, lost: bool) -> None:
    """For a bounded time; then the run cannot know, and makes no second one. The next run takes it up."""
    office.fault(office.verbs.listing, at=4, when="before", do="answer", status=200, times=40)
    assert office.bench.standin
    office.bench.standin.faults[0].body = office.verbs.empty_listing
    if lost:
        cut = replace(office.bench.standin.faults[0], at=1, when="after", do="cut", of=office.verbs.create)
        office.bench.standin.faults.append(replace(cut, times=1))
    with pytest.raises(OutcomeUnknown) as caught:
        office.send()
    assert caught.value.exit_code == 5
    assert 10 < sum(office.bench.pauses) < 60
    office.bench.standin.faults = []
    assert office.send() == "scheduled"
    assert office.asked(office.verbs.create) == 1
    office.demand_sent_once()


@over_http
def test_row_03_a_draft_that_is_listed_late_is_used(office: Office) -> None:
    """Two looks later it is there."""
    what = {"when": "before", "do": "answer", "status": 200, "body": office.verbs.empty_listing, "times": 2}
    office.fault(office.verbs.listing, at=4, **what)
    assert office.send() == "scheduled"
    assert office.asked(office.verbs.create) == 1
    office.demand_sent_once()


@over_http
@pytest.mark.parametrize("when", ["before", "after"])
def test_row_04_a_body_that_was_not_stored_is_stored_again(office: Office, when: str) -> None:
    """The old body is still there, which is seen; the next run changes and proves it."""
    publish.push(letter(2), office.bench.audience, office.desk)
    office.fault(office.verbs.content, when=when, do="cut")
    if when == "before":
        with pytest.raises(Refused, match="differs from what it was given"):
            office.send()
        assert office.draft().state == "draft"
    assert office.send() == "scheduled"
    assert office.asked(office.verbs.create) == 1
    office.demand_sent_once()


@pytest.mark.parametrize("office", ["mailchimp"], indirect=True)
@pytest.mark.parametrize("when", ["before", "after"])
def test_row_04_settings_without_their_body_are_never_sent(office: Office, when: str) -> None:
    """A draft is made in two steps there: one without its body is filled, not made again."""
    office.fault(office.verbs.content, when=when, do="cut")
    if when == "before":
        with pytest.raises(PipelineError):
            office.send()
        assert office.draft().state == "draft"
    assert office.send() == "scheduled"
    assert office.asked(office.verbs.create) == 1
    office.demand_sent_once()


@over_http
def test_row_05_of_two_machines_at_once_at_most_one_sends(office: Office, tmp_path: Path) -> None:
    """Both make a draft, and one or both stop; nobody gets two mails."""
    worlds = clones(office, tmp_path)
    ended = together(worlds, Command("send"), BEFORE)
    assert {each.code for each in ended} <= {0, 4, 6}, ended  # 4: where the key itself is taken already
    states = sorted(draft.state for draft in office.desk.provider.find(KEY))
    sent = [each.code for each in ended].count(0)
    assert sent == states.count("scheduled") <= 1
    assert len(office.readers_got()) == 2 * sent


@over_http
def test_row_05_two_drafts_of_one_issue_stop_it(office: Office) -> None:
    """Whoever sees the second one stops, and names both."""
    other = office.bench.draft(f"{KEY}-other")
    when_asked(office.bench.standin, office.verbs.create, lambda: None)
    publish.push(letter(), office.bench.audience, office.desk)
    twin(office, other)
    with pytest.raises(Refused, match="2 drafts"):
        office.send()
    assert office.readers_got() == []


@over_all
def test_row_06_what_was_sent_by_hand_is_not_sent_again(office: Office) -> None:
    """It is shown as it is, and a send is refused."""
    draft = publish.push(letter(), office.bench.audience, office.desk)
    office.desk.provider.schedule(draft, at=AT)
    office.bench.turn(AFTER)
    seen = publish.look(KEY, office.desk)
    assert (seen.case, [each.state for each in seen.drafts]) == (Case.BLOCKED, ["sent"])
    office.bench.clock.now = BEFORE
    with pytest.raises(Refused, match="not by our record"):
        office.send()
    office.demand_sent_once()


@over_http
def test_row_07_what_was_edited_by_hand_is_named(office: Office) -> None:
    """Field by field; nothing is written."""
    office.send()
    office.verbs.edit(office.bench.standin, office.draft().id)
    before = len(office.bench.writes())
    report = guard(KEY, office.desk)
    assert report is not None
    assert (report.outcome, report.exit_code) == ("drift", 6)
    assert report.message.endswith("since: subject")
    assert len(office.bench.writes()) == before


@over_http
def test_row_07_what_is_edited_while_it_is_scheduled_is_taken_back(office: Office) -> None:
    """Nobody approved what would go out."""
    office.send()
    which = office.draft().id
    publish.cancel(KEY, office.desk)
    when_asked(
        office.bench.standin,
        office.verbs.schedule,
        lambda: office.verbs.edit(office.bench.standin, which),
    )
    with pytest.raises(Refused, match=r"meanwhile: subject; it was taken back"):
        office.send()
    assert office.kinds()[-1] == "cancelled"
    assert office.readers_got() == []


@over_http
def test_row_08_a_claim_whose_run_died_is_taken_over(office: Office) -> None:
    """The draft is untouched, so it is scheduled, once."""
    point = Point("kill before request", 1, office.verbs.schedule)
    assert run(office.world, Command("send", point=point), BEFORE).code == -9
    assert (office.draft().state, office.kinds()) == ("draft", ["claimed"])
    assert office.send() == "scheduled"
    assert office.kinds() == ["claimed", "cancelled", "claimed", "scheduled"]
    office.demand_sent_once()


@over_http
def test_row_09_a_schedule_whose_answer_was_lost_is_seen(office: Office) -> None:
    """The draft shows it, so that run has done its work."""
    office.fault(office.verbs.schedule, when="after", do="cut")
    assert office.send() == "scheduled"
    assert office.kinds() == ["claimed", "scheduled"]
    assert office.asked(office.verbs.schedule) == 1
    office.demand_sent_once()


@over_http
def test_row_10_a_yes_with_an_error_in_it_is_no_yes(office: Office) -> None:
    """The draft is not scheduled, whatever the status said; the run that looks next sends it."""
    office.fault(office.verbs.schedule, when="before", do="answer", **UGLY["error in a yes"])
    with pytest.raises(OutcomeUnknown):
        office.send()
    assert office.kinds() == ["claimed"]
    assert office.send() == "scheduled"
    office.demand_sent_once()


@over_http
def test_row_11_a_schedule_that_is_not_on_record_is_put_there(office: Office) -> None:
    """The provider says that it is scheduled: nothing is written there again."""
    point = Point("kill after request", 1, office.verbs.schedule)
    assert run(office.world, Command("send", point=point), BEFORE).code == -9
    before = len(office.bench.writes())
    assert office.send() == "recovered"
    assert len(office.bench.writes()) == before
    assert office.kinds() == ["claimed", "scheduled"]
    office.demand_sent_once()


@over_all
def test_row_12_an_entry_is_put_after_what_came_meanwhile(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The record moved while a run pushed to it: both entries stand there, and nothing is sent twice."""
    remote = new_remote(tmp_path / "record.git")
    elsewhere = BranchReceipts(clone(remote, tmp_path / "elsewhere"), clock=office.bench.clock)
    for number in range(2):
        with elsewhere.hold("steady-other"):
            elsewhere.append("steady-other", "approved", {"number": number})
    newer = git(remote, "rev-parse", "receipts")
    git(remote, "update-ref", "refs/heads/receipts", f"{newer}~1")
    flag = tmp_path / "moved"
    moves = f'[ "$verb" = push ] && [ ! -e {flag} ] && touch {flag} && '
    moves += f'"$real" -C {remote} update-ref refs/heads/receipts {newer}'
    monkeypatch.setenv("PATH", f"{fake_git(tmp_path / 'bin', moves)}:/usr/bin:/bin")
    here = BranchReceipts(
        clone(remote, tmp_path / "here"), clock=office.bench.clock, pause=lambda _seconds: None
    )
    desk = desk_of(office.bench, here)
    assert office.send(desk=desk) == "scheduled"
    assert flag.exists()
    kinds = {key: [entry.kind for entry in each.entries] for key, each in here.read_all().items()}
    assert kinds == {KEY: ["claimed", "scheduled"], "steady-other": ["approved", "approved"]}
    office.demand_sent_once()


@over_all
def test_row_13_last_weeks_checkout_knows_what_was_sent_since(office: Office, tmp_path: Path) -> None:
    """The record is read at the remote's tip, whatever the clone has."""
    remote = new_remote(tmp_path / "record.git")
    old = clone(remote, tmp_path / "old")
    shutil.copytree(old, tmp_path / "new")
    new = desk_of(office.bench, BranchReceipts(tmp_path / "new", clock=office.bench.clock))
    assert office.send(desk=new) == "scheduled"
    before = len(office.bench.writes())
    again = desk_of(office.bench, BranchReceipts(old, clock=office.bench.clock))
    with pytest.raises(Refused, match="already scheduled"):
        office.send(desk=again)
    assert reconcile(KEY, again).exit_code == 0
    assert len(office.bench.writes()) == before
    office.demand_sent_once()


@over_all
def test_row_14_the_wrong_issue_is_refused(office: Office) -> None:
    """Sent already, past, or not released."""
    with pytest.raises(Refused, match="too late"):
        office.send(replace(letter(), key="steady-older", send_at=AT - dt.timedelta(days=7)))
    with pytest.raises(Refused, match="status is 'draft'"):
        demand_ready(replace(ISSUE, status="draft"))
    office.send()
    office.demand_sent_once()
    with pytest.raises(Refused, match="already sent"):
        office.send(replace(letter(), send_at=AT + dt.timedelta(days=7)))
    assert len(office.bench.mails()) == 2


@over_all
def test_row_15_an_edit_after_the_schedule_is_told_and_not_sent(office: Office) -> None:
    """Until somebody amends it, outside the lead time only."""
    office.send()
    report = drift(letter(2), office.bench.audience, publish.look(KEY, office.desk), office.desk)
    assert report is not None
    assert (report.exit_code, "its mail says" in report.message) == (6, True)
    with pytest.raises(Refused, match="already scheduled"):
        office.send(letter(2))
    new = publish.plan(letter(2), office.bench.audience, office.desk)
    office.bench.turn(AT - dt.timedelta(minutes=29))
    with pytest.raises(Refused, match="too soon to amend"):
        publish.amend(new, office.desk)
    office.bench.turn(BEFORE)
    publish.amend(new, office.desk)
    assert [subject for _, subject in office.readers_got()] == ["Backs, corrected"] * 2


@over_http
def test_row_16_a_mail_that_left_while_it_was_called_back_is_told(office: Office) -> None:
    """The provider began as the cancel arrived: what it shows then is the truth."""
    office.send()
    when_asked(office.bench.standin, office.verbs.unschedule, lambda: office.bench.turn(AFTER))
    office.bench.clock.now = BEFORE
    with pytest.raises(Refused, match="too late to cancel: sent"):
        publish.cancel(KEY, office.desk)
    assert office.kinds() == ["claimed", "scheduled"]
    office.demand_sent_once()


@over_all
def test_row_17_a_draft_that_was_deleted_is_not_made_again(office: Office) -> None:
    """Nobody can say whether it went out: a human must look."""
    office.send()
    if office.bench.name == "outbox":
        shutil.rmtree(office.bench.folder / ".newsletter" / "outbox" / "drafts")
    else:
        office.verbs.delete(office.bench.standin, office.draft().id)
    for act in (office.send, lambda: publish.cancel(KEY, office.desk)):
        with pytest.raises(Refused, match="nobody can say whether it went out"):
            act()
    assert (reconcile(KEY, office.desk).outcome, reconcile(KEY, office.desk).exit_code) == ("blocked", 6)
    assert office.desk.provider.find(KEY) == []


@over_http
def test_row_18_another_audience_than_ours_is_never_sent_to(office: Office) -> None:
    """It was narrowed or widened between its proof and its schedule, or later: taken back, or told."""
    which = publish.push(letter(), office.bench.audience, office.desk).id
    when_asked(
        office.bench.standin,
        office.verbs.schedule,
        lambda: office.verbs.narrow(office.bench.standin, which),
    )
    with pytest.raises(Refused, match="meanwhile: audience"):
        office.send()
    office.send()
    office.verbs.narrow(office.bench.standin, which)
    report = guard(KEY, office.desk)
    assert report is not None
    assert (report.exit_code, report.message.endswith("since: audience")) == (6, True)
    publish.cancel(KEY, office.desk)
    assert office.readers_got() == []


@pytest.mark.parametrize("office", ["listmonk"], indirect=True)
def test_row_18_a_list_that_was_dropped_without_a_word_stops_it(office: Office) -> None:
    """The API's user may not see the second list any more: the draft would go to half of the readers."""
    both = replace(office.bench.audience, target={"listmonk": [1, 2]})
    dispatch = publish.plan(letter(), both, office.desk)
    standin: Any = office.bench.standin
    when_asked(standin, office.verbs.create, lambda: standin.lists.pop(2))
    with pytest.raises(Refused, match="given: audience"):
        publish.send(dispatch, office.desk)
    assert office.readers_got() == []


@over_http
def test_row_18_an_empty_or_much_changed_audience_is_refused(office: Office) -> None:
    """Nobody is no success, and many more or fewer than last time are for a human to look at."""
    with pytest.raises(Refused, match="has 2 readers, and 10 are usual"):
        publish.plan(letter(), office.bench.audience, office.desk, expected=10)
    office.verbs.empty(office.bench.standin)
    with pytest.raises(Refused, match="no readers"):
        office.send()
    assert office.bench.writes() == []


@over_all
@pytest.mark.parametrize("hours", [3, 24])
def test_row_19_a_run_that_comes_late_is_refused(office: Office, hours: int) -> None:
    """Later than the tolerance nothing goes out by itself."""
    office.bench.turn(AT + dt.timedelta(hours=hours))
    with pytest.raises(Refused, match="too late"):
        office.send()
    assert office.bench.writes() == []


@pytest.mark.parametrize(
    ("written", "why"), [("2027-03-14T02:30", "no such"), ("2026-11-01T01:30", "two such")]
)
def test_row_19_an_hour_that_is_not_there_or_there_twice_is_refused(written: str, why: str) -> None:
    """The clock changes twice a year."""
    with pytest.raises(ValueError, match=why):
        parse_send_at(written, ZONE)


@over_http
def test_row_19_a_clock_that_runs_ahead_there_sends_nothing_twice(office: Office) -> None:
    """The provider's clock is past the send time: it refuses, or sends; never a second time."""
    assert office.bench.standin
    office.bench.standin.now = AFTER
    try:
        office.send()
    except PipelineError as err:
        assert err.exit_code in (4, 5, 6)
    mails = len(office.bench.mails())
    assert mails in (0, 2)
    office.bench.turn(BEFORE)
    try:
        office.send()
    except PipelineError as err:
        assert err.exit_code in (4, 5, 6)
    office.bench.turn(AFTER)
    assert len(office.bench.mails()) == 2


@over_http
def test_row_20_a_key_is_matched_whole_on_any_page(office: Office) -> None:
    """A longer key that went out is another issue; our own is found behind a full page."""
    later = AT + dt.timedelta(days=7)
    longer = replace(letter(), key=f"{KEY}-again", subject="Knees", send_at=later)
    office.send(longer)
    assert office.send() == "scheduled"
    ours = office.draft().id
    if office.bench.row.fill:
        office.bench.row.fill(office.bench.standin, ours, office.bench.row.many)
    else:
        for number in range(office.bench.row.many):
            office.bench.draft(f"{KEY}-{number}")
    made = office.asked(office.verbs.create)
    with pytest.raises(Refused, match="already scheduled"):
        office.send()
    assert office.asked(office.verbs.create) == made


@over_http
@pytest.mark.parametrize("verb", ["listing", "create", "schedule"])
@pytest.mark.parametrize("kind", UGLY)
def test_row_21_no_ugly_answer_makes_a_write_repeated(office: Office, kind: str, verb: str) -> None:
    """A write that took effect is seen, whatever was answered; the run ends plainly, the next one sends."""
    verbs = office.verbs
    when = "before" if verb == "listing" else "after"
    office.fault(
        getattr(verbs, verb), when=when, do="answer", times=4 if verb == "listing" else 1, **UGLY[kind]
    )
    try:
        office.send()
    except PipelineError as err:
        assert err.exit_code in ((4,) if verb == "listing" else (4, 5, 6)), err
        assert err.hint
    assert office.asked(verbs.create) <= 1
    assert office.asked(verbs.schedule) <= 1
    assert office.bench.standin
    office.bench.standin.faults = []
    try:
        office.send()
    except Refused as refused:
        assert "already scheduled" in refused.message
    assert (office.asked(verbs.create), office.asked(verbs.schedule)) == (1, 1)
    office.demand_sent_once()


@over_http
@pytest.mark.parametrize("verb", ["listing", "create", "schedule"])
def test_row_21_too_many_requests_are_asked_again_later(office: Office, verb: str) -> None:
    """A request that was not taken is made again after the time that the provider asks for."""
    limit = {"status": 429, "body": "{}", "headers": {"Retry-After": "7"}}
    office.fault(getattr(office.verbs, verb), when="before", do="answer", **limit)
    assert office.send() == "scheduled"
    assert 7 in office.bench.pauses
    office.demand_sent_once()


@over_http
def test_row_21_a_slow_yes_is_a_yes(office: Office) -> None:
    """Late is not lost."""
    office.fault(office.verbs.schedule, when="after", do="delay", seconds=0.3)
    assert office.send() == "scheduled"
    assert office.asked(office.verbs.schedule) == 1
    office.demand_sent_once()


@over_http
def test_row_22_too_few_mails_are_an_alarm(office: Office) -> None:
    """Counted for half an hour, then a human must look; nothing is sent again."""
    office.send()
    office.demand_sent_once()
    office.verbs.lose(office.bench.standin, office.draft().id)
    assert reconcile(KEY, office.desk).outcome == "sending"
    office.bench.turn(AFTER + LATE)
    report = reconcile(KEY, office.desk)
    assert (report.outcome, report.exit_code) == ("needs-review", 6)
    assert "1 of 2 readers" in report.message
    assert office.kinds()[-1] == "needs-review"
    with pytest.raises(Refused):
        office.send()


@over_http
@pytest.mark.parametrize("recorded", [True, False])
def test_row_23_another_provider_gets_no_old_issue(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, recorded: bool
) -> None:
    """What went out through one provider is not pushed to the next one."""
    office.send()
    office.demand_sent_once()
    if recorded:
        reconcile(KEY, office.desk)
    other = HTTP[HTTP.index(office.bench.name) - 1]
    (tmp_path / "other").mkdir()
    with opened(other, tmp_path / "other", monkeypatch) as bench:
        desk = desk_of(bench, office.desk.receipts)
        for finished in (letter(), letter(2)):
            with pytest.raises(Refused, match="already sent" if recorded else f"at '{office.bench.name}'"):
                publish.settle(finished, desk)
        assert bench.writes() == []


def with_archive(office: Office, site: Website) -> Desk:
    """Return the desk of a newsletter whose archive is this website."""
    return office.desk._replace(settings=replace(office.desk.settings, archive_url=site.url))


@over_http
def test_row_24_a_page_that_cannot_be_reached_stops_the_schedule(office: Office) -> None:
    """Nothing is written at the provider or on record; once the page is there, the same command sends."""
    with website() as site:
        desk, page = with_archive(office, site), f"{site.url}/backs/"
        finished = replace(letter(), web_url=page)
        for stands in ([], [Page(status=500)], [Page(page_of(letter(2).digest))]):
            if stands:
                site.put("/backs/", *stands)
            with pytest.raises(Refused, match=f"its page '{page}' ") as caught:
                office.send(finished, desk)
            assert "run `newsletter archive` and deploy it, then send again" in caught.value.hint
        assert (office.bench.writes(), office.kinds()) == ([], [])
        site.put_page("/backs/", finished.digest)
        assert office.send(finished, desk) == "scheduled"
    office.demand_sent_once()


@over_http
def test_row_24_an_amended_mail_needs_its_own_page(office: Office) -> None:
    """The page still has the old content: what is scheduled stays scheduled as it is."""
    office.send()
    with website() as site:
        desk = with_archive(office, site)
        site.put_page("/backs/", letter().digest)
        new = replace(letter(2), web_url=f"{site.url}/backs/")
        with pytest.raises(Refused, match="is of other content than this mail"):
            publish.plan(new, office.bench.audience, desk)
    office.demand_sent_once()


@over_http
def test_row_24_a_page_that_went_after_the_schedule_stops_nothing(office: Office) -> None:
    """What is scheduled goes out, and a run that looks after it asks no page."""
    with website() as site:
        desk = with_archive(office, site)
        site.put_page("/backs/", letter().digest)
        finished = replace(letter(), web_url=f"{site.url}/backs/")
        office.send(finished, desk)
    with pytest.raises(Refused, match="already scheduled"):
        office.send(finished, desk)
    office.demand_sent_once()
    assert reconcile(KEY, desk).outcome == "sent"
