"""With require_approval nothing is sent that nobody else signed as it is now."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from conftest import SetClock
from pipeline import publish, signoff
from pipeline.errors import Refused
from pipeline.model import Message, Waiver
from pipeline.publish import Desk
from samples import ID, KEY, READERS, SEND_AT, desk, message

LETTER = replace(message(), authors=("Coach Luke",))
WAIVER = Waiver("LINK004", "quote from the guideline", "Ada Moreno", dt.date(2026, 12, 31))


@pytest.fixture
def office(tmp_path: Path, clock: SetClock) -> Desk:
    """A desk that demands sign-offs."""
    plain = desk(tmp_path, clock)
    return plain._replace(settings=replace(plain.settings, require_approval=True))


def sign(office: Desk, letter: Message = LETTER, *, by: str = "Ada Moreno") -> str:
    """Sign the letter."""
    return signoff.sign(letter, office.receipts, by=by, credential="DPT", rehearsal=True)


def sent(office: Desk, letter: Message = LETTER) -> str:
    """Plan and send."""
    return publish.send(publish.plan(letter, READERS, office), office)


def kinds(office: Desk) -> list[str]:
    """Return what is on record."""
    return [entry.kind for entry in office.receipts.read(KEY).entries]


def refusal(office: Desk, letter: Message) -> Refused:
    """Return why the letter is not sent; nothing is stored or recorded meanwhile."""
    before = kinds(office)
    with pytest.raises(Refused) as caught:
        sent(office, letter)
    assert office.provider.find(KEY) == []
    assert kinds(office) == before
    return caught.value


def test_an_unsigned_letter_is_not_sent(office: Desk) -> None:
    """REV003: the refusal says who is to sign, with which command."""
    why = refusal(office, replace(LETTER, reviewed_by="Dr. Ada Moreno"))
    assert "nobody has signed it off" in why.message
    assert f"newsletter approve {ID} --by 'Dr. Ada Moreno'" in why.hint


def test_a_signed_letter_is_sent(office: Desk) -> None:
    """The plan carries the sign-off, for whoever confirms the send."""
    assert sign(office) == "approved"
    plan = publish.plan(LETTER, READERS, office)
    assert plan.signed is not None
    assert signoff.in_words(plan.signed, LETTER) == "Ada Moreno, DPT, on 2026-11-24 12:00 UTC"
    assert publish.send(plan, office) == "scheduled"
    assert kinds(office) == ["approved", "claimed", "scheduled"]


def test_the_record_says_what_was_signed(office: Desk) -> None:
    """Who, as what, which content, which wordings and which waivers."""
    sign(office, replace(LETTER, waivers=(WAIVER,)))
    (entry,) = office.receipts.read(KEY).entries
    waived = {
        "rule": "LINK004",
        "reason": "quote from the guideline",
        "by": "Ada Moreno",
        "until": "2026-12-31",
    }
    assert entry.data == {
        "by": "Ada Moreno",
        "credential": "DPT",
        "content_digest": LETTER.digest,
        "wordings": ["gen@1"],
        "waivers": [waived],
    }


def test_a_changed_letter_is_not_sent(office: Desk) -> None:
    """REV003: both digests, who signed and when; the new one can be signed."""
    sign(office, replace(LETTER, digest="a" * 64))
    changed = replace(LETTER, digest="b" * 64)
    why = refusal(office, changed)
    assert f"changed since Ada Moreno signed it on 2026-11-24 12:00 UTC: signed was {'a' * 12}" in why.message
    assert f"now it is {'b' * 12}" in why.message
    sign(office, changed)
    assert sent(office, changed) == "scheduled"


def test_only_the_last_sign_off_counts(office: Desk) -> None:
    """What was corrected at the reviewer's wish does not go out as it was before."""
    sign(office, replace(LETTER, digest="a" * 64))
    sign(office, replace(LETTER, digest="b" * 64))
    assert "changed since" in refusal(office, replace(LETTER, digest="a" * 64)).message


def test_another_hour_keeps_the_sign_off(office: Desk) -> None:
    """The content has no send time."""
    sign(office)
    assert sent(office, replace(LETTER, send_at=SEND_AT + dt.timedelta(hours=3))) == "scheduled"


def test_a_sign_off_outlives_a_cancelled_dispatch(office: Desk) -> None:
    """Sent, called off, sent again: the reviewer need not come back."""
    sign(office)
    sent(office)
    publish.cancel(KEY, office)
    assert sent(office) == "scheduled"
    assert kinds(office).count("approved") == 1


def test_a_letter_changed_after_a_cancel_is_signed_anew(office: Desk) -> None:
    """A sign-off that outlives a cancel is still bound to its content."""
    sign(office)
    sent(office)
    publish.cancel(KEY, office)
    changed = replace(LETTER, digest="b" * 64)
    with pytest.raises(Refused, match="changed since"):
        sent(office, changed)
    sign(office, changed)
    assert sent(office, changed) == "scheduled"


def test_a_sign_off_that_changed_meanwhile_stops_a_planned_send(office: Desk) -> None:
    """Between plan and send somebody signed other words: what was confirmed no longer goes."""
    sign(office)
    plan = publish.plan(LETTER, READERS, office)
    sign(office, replace(LETTER, digest="b" * 64))
    with pytest.raises(Refused, match="changed since"):
        publish.send(plan, office)
    assert office.provider.find(KEY) == []


@pytest.mark.parametrize("by", ["Coach Luke", "luke", "Dr. Luke"])
def test_an_author_cannot_sign(office: Desk, by: str) -> None:
    """REV006: two people, however the name is written."""
    with pytest.raises(Refused, match="is an author of it"):
        sign(office, by=by)
    assert kinds(office) == []


def test_a_signer_who_became_an_author_does_not_count(office: Desk) -> None:
    """REV006 is asked again at the send: a byline can change in a template that does not show it."""
    sign(office)
    assert "is an author of it" in refusal(office, replace(LETTER, authors=("Ada Moreno",))).message


def test_a_letter_without_an_author_cannot_be_signed(office: Desk) -> None:
    """REV006: what nobody can decide counts as failed."""
    with pytest.raises(Refused, match="names no author"):
        sign(office, replace(LETTER, authors=()))


def test_the_reviewer_whom_readers_are_told_of_signs(office: Desk) -> None:
    """REV006: "medically reviewed by" names whoever answers for it."""
    letter = replace(LETTER, reviewed_by="Dr. Ada Moreno")
    with pytest.raises(Refused, match=r"Dr\. Ada Moreno reviewed it, and Ben Ito signs"):
        sign(office, letter, by="Ben Ito")
    assert sign(office, letter, by="Ada Moreno, DPT") == "approved"
    assert "reviewed it" in refusal(office, replace(LETTER, reviewed_by="Ben Ito")).message


def test_a_waiver_that_the_signer_did_not_see_stops_a_send(office: Desk) -> None:
    """OVR004: an error is overridden by two people, and the content digest does not cover waivers."""
    sign(office)
    waived = replace(LETTER, waivers=(WAIVER,))
    assert (
        "the waiver of LINK004 is not among those that Ada Moreno signed" in refusal(office, waived).message
    )
    sign(office, waived)
    assert sent(office, LETTER) == "scheduled"


def test_the_same_sign_off_twice_is_one(office: Desk) -> None:
    """Nothing is added."""
    sign(office)
    assert sign(office) == "nothing"
    assert kinds(office) == ["approved"]


def test_what_was_dispatched_cannot_be_signed(office: Desk) -> None:
    """A late sign-off would only look as if somebody had read it before."""
    plain = office._replace(settings=replace(office.settings, require_approval=False))
    sent(plain)
    with pytest.raises(Refused, match="already scheduled"):
        sign(office)
    assert kinds(office) == ["claimed", "scheduled"]


def test_an_empty_sign_off_on_record_does_not_count(office: Desk) -> None:
    """An entry that says of no content that it was signed signs none."""
    with office.receipts.hold(KEY):
        office.receipts.append(KEY, "approved", {})
    assert "signed was nothing" in refusal(office, LETTER).message


def test_without_require_approval_a_sign_off_is_shown_and_not_asked_for(office: Desk) -> None:
    """Whoever confirms sees that the words were changed since."""
    plain = office._replace(settings=replace(office.settings, require_approval=False))
    sign(office)
    changed = replace(LETTER, digest="b" * 64)
    plan = publish.plan(changed, READERS, plain)
    assert plan.signed is not None
    assert signoff.in_words(plan.signed, changed).endswith("12:00 UTC, before the last change")
    assert publish.send(plan, plain) == "scheduled"
