"""Every provider of the registry keeps the same promises, at the network's seam."""

import datetime as dt
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import Altered, Rejected, SettingsError, Unsupported
from pipeline.model import Audience, Draft, Payload, Stats
from pipeline.providers import PROVIDERS, Can
from pipeline.publish.compare import differences
from standins.bench import AT, KEY, OTHERS, ROWS, Bench, opened

LATER = AT + dt.timedelta(hours=1)


@pytest.fixture(params=list(ROWS))
def bench(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    """Each provider in turn."""
    with opened(request.param, tmp_path, monkeypatch) as made:
        yield made


def test_every_provider_has_a_row() -> None:
    """A provider that this suite does not know is not in the registry."""
    assert set(ROWS) == set(PROVIDERS)


def test_opening_needs_no_key(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A build in the provider's syntax works without an account; the first request names what is missing."""
    variable, _ = bench.row.secret
    if variable:
        monkeypatch.delenv(variable)
        assert bench.payload().subject == "Backs"
        with pytest.raises(SettingsError, match=variable):
            bench.provider.find(KEY)
    assert bench.log == []


def test_a_new_draft_is_found_by_its_key(bench: Bench) -> None:
    """It is a draft, with one id wherever it is looked at."""
    assert bench.provider.find(KEY) == []
    made = bench.draft()
    (found,) = bench.provider.find(KEY)
    read = bench.look(made)
    assert {(each.id, each.key, each.state) for each in (made, found, read)} == {(made.id, KEY, "draft")}
    assert read.send_at is None


def test_a_key_is_compared_whole(bench: Bench) -> None:
    """Keys that begin, end or look like another one find only their own drafts."""
    drafts = {key: bench.draft(key).id for key in (KEY, *OTHERS)}
    assert {key: [each.id for each in bench.provider.find(key)] for key in drafts} == {
        key: [made] for key, made in drafts.items()
    }
    found = bench.provider.find(KEY, OTHERS[0])
    assert {each.key: each.id for each in found} == {key: drafts[key] for key in (KEY, OTHERS[0])}


def test_an_old_draft_is_found_behind_a_full_page(bench: Bench) -> None:
    """All pages are looked at: the first draft of many and the last one."""
    first = bench.draft()
    bench.fill(first)
    last = bench.draft(OTHERS[0])
    assert [each.id for each in bench.provider.find(KEY)] == [first.id]
    assert [each.id for each in bench.provider.find(last.key)] == [last.id]


def test_two_drafts_of_one_key_are_both_found(bench: Bench) -> None:
    """Whoever made the second: it must be seen, or readers may get two letters."""
    try:
        made = {bench.draft().id, bench.draft().id}
    except Rejected:
        assert len(bench.provider.find(KEY)) == 1
        return
    assert {each.id for each in bench.provider.find(KEY)} == made


def test_a_draft_that_went_out_is_still_found(bench: Bench) -> None:
    """Whatever became of a draft, its key is taken."""
    sent = bench.sent()
    (found,) = bench.provider.find(KEY)
    assert (found.id, found.state) == (sent.id, "sent")


def test_a_draft_that_is_gone_is_none(bench: Bench) -> None:
    """Gone is no error."""
    assert bench.provider.read(bench.row.unknown_id) is None


def test_what_is_stored_is_what_was_given(bench: Bench) -> None:
    """Field by field; so a difference is somebody's edit."""
    given = bench.payload("Rücken — 背中", words="Grüße &amp; &lt;mehr&gt;<br>\u200fليلى")
    stored = bench.provider.stored(bench.draft_of(given), given)
    assert stored.payload == given
    assert "Grüße" in stored.html


def test_another_payload_is_not_what_is_stored(bench: Bench) -> None:
    """What the provider stores is never taken from what it was given."""
    draft = bench.draft()
    other = bench.payload("Other", words="Bye")
    stored = bench.provider.stored(draft, other).payload
    assert (stored.subject, stored.html) == (bench.payload().subject, bench.payload().html)


def test_saving_twice_edits_the_same_draft(bench: Bench) -> None:
    """Its id stays, and the new payload is in it."""
    draft = bench.draft()
    given = bench.payload("Other", words="Bye")
    assert bench.provider.update(draft, given).id == draft.id
    assert [each.id for each in bench.provider.find(KEY)] == [draft.id]
    assert bench.provider.stored(draft, given).payload == given


def found(bench: Bench, draft: Draft, given: Payload) -> list[str]:
    """Return what differs in what is stored, or would be sent otherwise than it was given."""
    try:
        return differences(bench.provider.stored(draft, given).payload, given)
    except Altered as err:
        return [f"altered: {err.message}"]


def test_a_draft_that_nobody_touched_is_what_was_given(bench: Bench) -> None:
    """After each of our own writes, whatever options its provider has: else nothing would ever be sent."""
    given, other = bench.payload(), bench.payload("Other", words="Bye")
    draft = bench.draft_of(given)
    assert found(bench, draft, given) == []
    bench.provider.update(draft, other)
    assert found(bench, draft, other) == []
    assert "subject" in found(bench, draft, given)
    bench.provider.schedule(draft, at=AT)
    assert found(bench, draft, other) == []
    bench.provider.unschedule(draft)
    assert found(bench, draft, other) == []
    bench.provider.schedule(draft, at=AT)
    bench.turn(AT + dt.timedelta(minutes=5))
    assert (bench.look(draft).state, found(bench, draft, other)) == ("sent", [])


def test_a_digest_of_another_content_is_written_anew(bench: Bench) -> None:
    """Where the provider is not given all that it counts, it is no difference; else an update brings it."""
    draft, given = bench.draft(), replace(bench.payload(), digest="another")
    assert found(bench, draft, given) in ([], ["digest"])
    bench.provider.update(draft, given)
    assert found(bench, draft, given) == []
    assert bench.provider.stored(draft, given).payload.digest == "another"


def _options(kind: str) -> list[Any]:
    """Return each option of each provider, as parameters of a test."""
    return [
        pytest.param(name, change, id=f"{name}-{change}")
        for name, row in ROWS.items()
        for change in getattr(row, kind)
    ]


@pytest.mark.parametrize(("name", "change"), [*_options("set_right"), *_options("for_a_human")])
@pytest.mark.parametrize("state", ["draft", "scheduled"])
def test_an_option_set_by_hand_is_seen(
    name: str, change: dict[str, Any], state: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is no field of ours and would alter the mail, or whom it reaches: nobody proved that."""
    with opened(name, tmp_path, monkeypatch) as bench:
        draft = bench.scheduled() if state == "scheduled" else bench.draft()
        bench.touch(draft, change)
        assert found(bench, draft, bench.payload())


@pytest.mark.parametrize(("name", "change"), _options("set_right"))
def test_an_option_set_by_hand_is_set_right_by_an_update(
    name: str, change: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pushing the issue again is enough."""
    with opened(name, tmp_path, monkeypatch) as bench:
        draft = bench.draft()
        bench.touch(draft, change)
        bench.provider.update(draft, bench.payload())
        assert found(bench, draft, bench.payload()) == []


@pytest.mark.parametrize(("name", "change"), _options("for_a_human"))
def test_an_option_that_no_update_sets_right_stays_seen(
    name: str, change: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is named, and what to do there is said."""
    with opened(name, tmp_path, monkeypatch) as bench:
        draft = bench.draft()
        bench.touch(draft, change)
        bench.provider.update(draft, bench.payload())
        (option,) = change
        with pytest.raises(Altered, match=option) as caught:
            bench.provider.stored(draft, bench.payload())
        assert bench.name in caught.value.hint.lower()


def test_a_scheduled_draft_reaches_each_reader_once(bench: Bench) -> None:
    """Nobody before its time, and then everybody, however often it is looked at."""
    draft = bench.scheduled()
    assert (draft.state, draft.send_at) == ("scheduled", AT)
    bench.turn(AT - dt.timedelta(minutes=1))
    now = bench.look(draft)
    assert (now.state, now.send_at, bench.mails()) == ("scheduled", AT, [])
    bench.turn(AT + dt.timedelta(minutes=5))
    assert [bench.look(draft).state for _ in range(3)] == ["sent"] * 3
    assert [mail["to"] for mail in bench.mails()] == ["ada@example.com", "ben@example.com"]


def test_a_draft_is_never_sent_by_itself(bench: Bench) -> None:
    """Made and edited, and nothing more: nobody gets it."""
    bench.provider.update(bench.draft(), bench.payload("Other"))
    bench.turn(LATER)
    bench.provider.find(KEY)
    assert bench.mails() == []


def test_what_was_taken_back_is_not_sent(bench: Bench) -> None:
    """It is a draft again; scheduled anew, it goes out once."""
    draft = bench.scheduled()
    taken = bench.provider.unschedule(draft)
    assert (taken.id, taken.state, taken.send_at) == (draft.id, "draft", None)
    bench.turn(AT + dt.timedelta(minutes=5))
    assert (bench.look(draft).state, bench.mails()) == ("draft", [])
    bench.provider.schedule(draft, at=LATER)
    bench.turn(LATER + dt.timedelta(minutes=5))
    assert bench.look(draft).state == "sent"
    assert len(bench.mails()) == 2


@pytest.mark.parametrize("state", ["draft", "scheduled", "sent"])
def test_what_does_not_fit_the_state_is_refused(bench: Bench, state: str) -> None:
    """Only a draft is edited or scheduled, only what is scheduled is taken back; nothing is written."""
    draft = {"draft": bench.draft, "scheduled": bench.scheduled, "sent": bench.sent}[state]()
    named = f"{state}|{bench.look(draft).native_state}"
    before = len(bench.log)
    if state != "draft":
        with pytest.raises(Rejected, match=named):
            bench.provider.update(draft, bench.payload("Other"))
        with pytest.raises(Rejected, match=named):
            bench.provider.schedule(draft, at=LATER + dt.timedelta(days=1))
    if state != "scheduled":
        with pytest.raises(Rejected, match=named):
            bench.provider.unschedule(draft)
    assert bench.writes(since=before) == []
    assert bench.look(draft).state == state


def test_a_draft_that_is_gone_is_not_written_to(bench: Bench) -> None:
    """Somebody deleted it: that is said, and nothing is made in its place."""
    gone = replace(bench.draft(), id=bench.row.unknown_id)
    for write in (
        lambda: bench.provider.update(gone, bench.payload()),
        lambda: bench.provider.schedule(gone, at=AT),
        lambda: bench.provider.unschedule(gone),
        lambda: bench.provider.stored(gone, bench.payload()),
    ):
        with pytest.raises(Rejected):
            write()
    assert len(bench.provider.find(KEY)) == 1


def test_a_test_reaches_only_whom_it_names(bench: Bench) -> None:
    """No reader, and no list of testers; what cannot be done is refused before anything is asked."""
    draft = bench.draft()
    before = len(bench.log)
    if Can.SEND_TEST not in bench.provider.can:
        with pytest.raises(Unsupported):
            bench.provider.send_test(draft, to=["editor@steady.example"])
        assert len(bench.log) == before
        return
    bench.provider.send_test(draft, to=[bench.row.tester])
    assert bench.tested() == [bench.row.tester]
    assert bench.look(draft).state == "draft"


def test_a_test_without_an_address_is_refused(bench: Bench) -> None:
    """Some providers would send it to everybody."""
    draft = bench.draft()
    before = len(bench.log)
    with pytest.raises((Rejected, Unsupported, SettingsError)):
        bench.provider.send_test(draft, to=[])
    assert len(bench.log) == before


def test_readers_are_counted(bench: Bench) -> None:
    """As many as get the mail."""
    assert bench.provider.count(bench.audience) == 2


def test_mails_are_counted(bench: Bench) -> None:
    """None of a draft went out, and all of what was sent."""
    assert not bench.provider.stats(bench.draft("steady-other")).sent
    assert bench.provider.stats(bench.sent()) in (Stats(2, 2, 0), Stats(2, 2, None), Stats(None, 2, 0))


def test_an_audience_is_everyone_only_where_that_is_written(bench: Bench) -> None:
    """What does not say whom it reaches is refused before anything is asked."""
    for written in bench.row.unlike:
        target = tomllib.loads(f"target = {written}")["target"]
        audience = Audience("weekly", {bench.name: target})
        with pytest.raises(SettingsError, match="weekly"):
            bench.provider.create(KEY, replace(bench.payload(), audience=audience))
        with pytest.raises(SettingsError, match="weekly"):
            bench.provider.count(audience)
    assert bench.log == []
