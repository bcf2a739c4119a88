"""The guards before a send: what can be refused without the provider is refused before it is asked."""

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conftest import SetClock
from pipeline import publish
from pipeline.errors import PipelineError, Refused, Unsupported
from pipeline.model import Audience, Draft, Message
from pipeline.providers.base import Can
from pipeline.providers.outbox import Outbox
from pipeline.publish import Desk
from pipeline.publish.due import drift, guard, real_dispatches
from samples import ID, KEY, READERS, SEND_AT, desk, message, wording

AT = SEND_AT.astimezone(dt.UTC)
APPROVED = replace(message(), wordings=(wording(approved_by="Ada Moreno"),))


class Quarters(Outbox):
    """Sends on quarters of an hour only."""

    grid = dt.timedelta(minutes=15)


class RealReaders(Outbox):
    """Reaches people."""

    can = Outbox.can - {Can.REHEARSE}


class OwnText(Outbox):
    """Makes the text part itself."""

    can = Outbox.can - {Can.OWN_TEXT}


class NoClock(Outbox):
    """Cannot keep a send time."""

    can = Outbox.can - {Can.SCHEDULE}


class NoWayBack(Outbox):
    """Cannot take back what it scheduled."""

    can = Outbox.can - {Can.UNSCHEDULE}


class Deaf(RealReaders):
    """Notes whatever it is asked; nobody may ask it anything."""

    asked: list[str]

    def find(self, *keys: str) -> list[Draft]:
        """Note it."""
        self.asked.append(f"find {keys}")
        return []

    def count(self, audience: Audience) -> int:
        """Note it."""
        self.asked.append(f"count {audience.name}")
        return 2


@pytest.fixture
def office(tmp_path: Path, clock: SetClock) -> Desk:
    """A desk with an empty outbox and no receipts."""
    return desk(tmp_path, clock)


def at(office: Desk, provider: type[Outbox]) -> Desk:
    """Return the same desk at another provider."""
    return office._replace(provider=provider(office.settings.root / provider.__name__, clock=office.clock))


def people(count: int) -> Audience:
    """Return an audience of so many readers."""
    return Audience("weekly", {"outbox": [f"reader{number}@example.com" for number in range(count)]})


def refusal(office: Desk, letter: Message, audience: Audience = READERS, **options: Any) -> PipelineError:
    """Return why *letter* is not sent; its message names the issue by its id."""
    with pytest.raises(PipelineError) as caught:
        publish.plan(letter, audience, office, **options)
    assert KEY not in caught.value.message + caught.value.hint
    return caught.value


@pytest.mark.parametrize(
    ("minute", "near"), [(7, "07:00 or 07:15"), (31, "07:30 or 07:45"), (59, "07:45 or 08:00")]
)
def test_a_time_off_the_grid_is_refused_with_its_neighbours(office: Desk, minute: int, near: str) -> None:
    """Rounding is the editor's to do."""
    why = refusal(at(office, Quarters), message(send_at=SEND_AT.replace(minute=minute)))
    assert f"{ID}: outbox sends every 15 minutes only, and not at" in why.message
    assert why.hint == f"set send_at to {near}"


@pytest.mark.parametrize("minute", [0, 15, 30, 45])
def test_a_time_on_the_grid_is_kept(office: Desk, minute: int) -> None:
    """Quarters of an hour are what the provider can do."""
    send_at = SEND_AT.replace(minute=minute)
    assert publish.plan(message(send_at=send_at), READERS, at(office, Quarters)).at == send_at


def test_a_late_send_goes_at_the_next_point_of_the_grid(office: Desk, clock: SetClock) -> None:
    """At least the lead time ahead, and where the provider can send."""
    clock.now = AT - dt.timedelta(minutes=20)
    assert publish.plan(message(), READERS, at(office, Quarters)).at == AT + dt.timedelta(minutes=15)


@pytest.mark.parametrize(
    ("minutes", "goes"), [(-31, 0), (-30, 0), (-29, 1), (0, 30), (90, 120), (91, None), (60 * 24, None)]
)
def test_lead_time_and_latest_send(office: Desk, clock: SetClock, minutes: int, goes: int | None) -> None:
    """Half an hour ahead, two hours late at most; minutes from the send time."""
    clock.now = AT + dt.timedelta(minutes=minutes)
    if goes is None:
        assert "too late" in refusal(office, message()).message
    else:
        plan = publish.plan(message(), READERS, office)
        assert (plan.at, plan.late) == (AT + dt.timedelta(minutes=goes), goes > 0)


def test_in_the_hour_that_autumn_repeats_the_second_reading_is_an_hour_later(
    office: Desk, clock: SetClock
) -> None:
    """The wall shows 01:30 twice; lateness is told in UTC."""
    first = SEND_AT.replace(month=11, day=1, hour=1, minute=30)
    clock.now = first.astimezone(dt.UTC) + dt.timedelta(minutes=15)
    assert publish.plan(message(send_at=first.replace(fold=1)), READERS, office).late is False
    assert publish.plan(message(send_at=first), READERS, office).late is True


@pytest.mark.parametrize("provider", [NoClock, NoWayBack])
def test_a_provider_that_cannot_schedule_and_take_back_is_refused(
    office: Desk, provider: type[Outbox]
) -> None:
    """Before anything is stored or claimed: exit code 4 means that nothing was sent."""
    assert isinstance(refusal(at(office, provider), message()), Unsupported)
    assert office.receipts.read_all() == {}


def test_a_text_part_of_the_providers_needs_somebody_who_knows(office: Desk) -> None:
    """The settings must say so."""
    other = at(office, OwnText)
    why = refusal(other, message())
    assert "makes the text part itself" in why.message
    assert 'text_part = "provider"' in why.hint
    knows = replace(other.settings, providers={"outbox": {"text_part": "provider"}})
    assert publish.plan(message(), READERS, other._replace(settings=knows)).payload.text == ""


@pytest.mark.parametrize(
    ("readers", "expected", "refused"),
    [
        *((100, None, False), (80, None, False), (79, None, True), (125, None, False), (126, None, True)),
        *((10, None, True), (10, 10, False), (10, 100, True), (300, 300, False), (300, 10, True)),
    ],
)
def test_readers_stay_within_a_band_around_the_last_issue(
    office: Desk, clock: SetClock, readers: int, expected: int | None, *, refused: bool
) -> None:
    """Four fifths to five quarters of the last count, or of the number somebody gives."""
    before = message(subject="Knees", send_at=SEND_AT - dt.timedelta(days=6))
    before = replace(before, key="steady-2026-11-25-knees", id="2026-11-25-knees")
    publish.send(publish.plan(before, people(100), office), office)
    clock.now += dt.timedelta(hours=1)
    if refused:
        why = refusal(office, message(), people(readers), expected=expected)
        assert f"has {readers} readers, and {expected or 100} are usual" in why.message
        assert why.hint.endswith(f"add --readers {readers}")
    else:
        plan = publish.plan(message(), people(readers), office, expected=expected)
        assert (plan.readers, plan.usual) == (readers, 100)


def test_a_first_send_that_nobody_watches_is_held_against_the_settings(office: Desk) -> None:
    """A wrong list would go unnoticed; a person sees the number, and a rehearsal reaches nobody."""
    told = office._replace(settings=replace(office.settings, readers=100_000))
    real = at(told, RealReaders)
    why = refusal(real, APPROVED, unattended=True)
    assert why.message == f"{ID}: audience 'weekly' has 2 readers, and 100,000 are usual"
    assert why.hint.endswith("add --readers 2")
    assert publish.plan(APPROVED, READERS, real).usual is None
    assert publish.plan(APPROVED, READERS, told, unattended=True).readers == 2
    two = real._replace(settings=replace(office.settings, readers=2))
    assert publish.plan(APPROVED, READERS, two, unattended=True).readers == 2


def test_other_audiences_newsletters_and_worlds_are_no_measure(office: Desk) -> None:
    """What is usual is told by the same list of the same newsletter alone."""
    before = replace(APPROVED, subject="Knees", key="steady-2026-11-24-knees", id="2026-11-24-knees")
    other = office._replace(settings=replace(office.settings, id="other"))
    publish.send(publish.plan(before, people(100), other), other)
    assert publish.plan(message(), people(2), office).usual is None
    publish.send(
        publish.plan(
            replace(before, subject="Hips", key="steady-hips", id="hips"),
            replace(people(50), name="monthly"),
            office,
        ),
        office,
    )
    assert publish.plan(message(), people(2), office).usual is None
    assert publish.plan(APPROVED, people(2), at(office, RealReaders)).usual is None


def test_rehearsals_and_real_dispatches_share_a_record_and_veto_nothing(office: Desk) -> None:
    """A rehearsal before and after the real thing; a second real one is refused."""
    real = at(office, RealReaders)
    assert publish.send(publish.plan(APPROVED, READERS, office), office) == "scheduled"
    assert publish.send(publish.plan(APPROVED, READERS, real), real) == "scheduled"
    with pytest.raises(Refused, match="already scheduled"):
        publish.send(publish.plan(APPROVED, READERS, real), real)
    with pytest.raises(Refused, match="scheduled for real at outbox"):
        publish.cancel(KEY, office)
    publish.cancel(KEY, real)
    publish.cancel(KEY, office)
    assert publish.send(publish.plan(APPROVED, READERS, real), real) == "scheduled"
    assert publish.send(publish.plan(APPROVED, READERS, office), office) == "scheduled"
    assert publish.look(KEY, real).case is publish.Case.SCHEDULED


def test_a_rehearsal_leaves_the_real_claim_as_it_is(office: Desk) -> None:
    """What is scheduled for readers is held against its own mail, not against what was rehearsed since."""
    real = at(office, RealReaders)
    publish.send(publish.plan(APPROVED, READERS, real), real)
    tried = replace(message(subject="Tried"), html=message().html.replace("Hello", "Hi"))
    publish.send(publish.plan(tried, READERS, office), office)
    assert guard(KEY, real) is None
    assert guard(KEY, office) is None


def test_a_real_dispatch_is_in_sight_of_a_rehearsal(office: Desk) -> None:
    """Settings that only rehearse look after nothing real, and say so."""
    real = at(office, RealReaders)
    publish.send(publish.plan(APPROVED, READERS, office), office)
    assert real_dispatches(office.receipts.read_all(), office) == {}
    publish.send(publish.plan(APPROVED, READERS, real), real)
    receipts = office.receipts.read_all()
    assert [entry.kind for entry in real_dispatches(receipts, office).values()] == ["scheduled"]
    assert real_dispatches(receipts, real) == {}


def test_a_changed_newsletter_id_does_not_send_everything_again(office: Desk) -> None:
    """Under another id every issue has another key: its subject gives it away."""
    publish.send(publish.plan(message(), READERS, office), office)
    renamed = office._replace(settings=replace(office.settings, id="steadier"))
    with pytest.raises(Refused, match="was scheduled already") as caught:
        publish.plan(replace(message(), key=f"steadier-{ID}"), READERS, renamed)
    assert "`id` in pyproject.toml" in caught.value.hint


def test_subjects_without_a_word_are_told_apart(office: Desk) -> None:
    """Signs alone are a subject, too."""
    publish.send(publish.plan(message(subject="🎈"), READERS, office), office)
    trees = message(subject="🌲", send_at=SEND_AT + dt.timedelta(days=7))
    other = replace(trees, key="steady-2026-12-08-trees", id="2026-12-08-trees")
    assert publish.plan(other, READERS, office).readers == 2
    assert "was scheduled already" in refusal_of(office, replace(other, subject="🎈"))


def refusal_of(office: Desk, letter: Message) -> str:
    """Return the words of a refusal."""
    with pytest.raises(Refused) as caught:
        publish.plan(letter, READERS, office)
    return caught.value.message


def test_what_a_person_called_off_is_sent_by_a_person_only(office: Desk) -> None:
    """A run with nobody watching leaves it alone, until the issue asks for another time."""
    publish.send(publish.plan(message(), READERS, office), office)
    early = publish.plan(message(), READERS, office, unattended=True)
    publish.cancel(KEY, office)
    why = refusal(office, message(), unattended=True)
    assert f"{ID}: called off by" in why.message
    assert f"newsletter send {ID}" in why.hint
    with pytest.raises(Refused, match="called off"):
        publish.send(early, office)
    later = message(send_at=SEND_AT + dt.timedelta(days=1))
    assert publish.plan(later, READERS, office, unattended=True).at == AT + dt.timedelta(days=1)
    assert publish.send(publish.plan(message(), READERS, office), office) == "scheduled"


def test_in_the_hour_that_autumn_repeats_what_was_called_off_stays_so(office: Desk, clock: SetClock) -> None:
    """The time on record is the issue's, though Python calls two zones' times unequal there."""
    first = SEND_AT.replace(month=11, day=1, hour=1, minute=30)
    clock.now = first.astimezone(dt.UTC) - dt.timedelta(hours=3)
    publish.send(publish.plan(message(send_at=first), READERS, office), office)
    assert drift(message(send_at=first), READERS, publish.look(KEY, office), office) is None
    publish.cancel(KEY, office)
    assert "called off" in refusal(office, message(send_at=first), unattended=True).message
    second = message(send_at=first.replace(fold=1))
    assert publish.plan(second, READERS, office, unattended=True).late is False


def test_what_was_scheduled_by_hand_and_called_off_stays_so(office: Desk) -> None:
    """There was nothing on record, and a person took it back."""
    plan = publish.plan(message(), READERS, office)
    office.provider.schedule(office.provider.create(KEY, plan.payload), at=AT)
    assert "not by our record" in refusal(office, message()).message
    assert publish.cancel(KEY, office) == "cancelled"
    assert "called off" in refusal(office, message(), unattended=True).message


@pytest.mark.parametrize(
    "letter",
    [
        replace(message(), wordings=(wording(),)),
        replace(APPROVED, send_at=None),
        replace(APPROVED, send_at=SEND_AT.replace(year=2025)),
        replace(APPROVED, subject="[Proof] Backs"),
        APPROVED,
    ],
    ids=["sample wording", "no time", "too late", "proof", "not signed"],
)
def test_the_provider_is_not_asked_what_is_refused_anyway(
    office: Desk, tmp_path: Path, letter: Message
) -> None:
    """Local guards come first."""
    provider = Deaf(tmp_path / "deaf", clock=office.clock)
    provider.asked = []
    strict = replace(office.settings, require_approval=letter is APPROVED)
    deaf = office._replace(provider=provider, settings=strict)
    refusal(deaf, letter)
    assert publish.settle(letter, deaf) is False
    assert provider.asked == []
