"""The outbox keeps a provider's state rules, and delivers to each reader once."""

import datetime as dt
import email
import email.policy
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conftest import SetClock
from pipeline.errors import Rejected, SettingsError, UnexpectedAnswer
from pipeline.mergetags import Tag, to_tokens
from pipeline.model import Audience, Stats, Stored
from pipeline.providers.outbox import Outbox, fill
from samples import KEY, READERS, payload

AT = dt.datetime(2026, 12, 1, 12, 30, tzinfo=dt.UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the outbox lives."""
    return tmp_path / "outbox"


@pytest.fixture
def outbox(folder: Path, clock: SetClock) -> Outbox:
    """An empty outbox."""
    return Outbox(folder, clock=clock)


def mails(folder: Path) -> list[Path]:
    """Return what was delivered."""
    return sorted((folder / "sent").rglob("*.eml"))


def test_a_draft_is_found_by_its_whole_key(outbox: Outbox) -> None:
    """A key that is the beginning of another finds only its own draft."""
    outbox.create(f"{KEY}7", payload())
    made = outbox.create(KEY, payload())
    assert [draft.id for draft in outbox.find(KEY)] == [made.id]


def test_a_second_create_makes_a_second_draft(outbox: Outbox) -> None:
    """As at real providers, keys are not unique: it is the caller who must look first."""
    outbox.create(KEY, payload())
    outbox.create(KEY, payload())
    assert len(outbox.find(KEY)) == 2


def test_what_is_read_is_what_was_stored(outbox: Outbox) -> None:
    """A payload comes back whole, in any script."""
    given = payload(subject="Rücken — さくら \u200fليلى", text="line\r\n\ttab \u2028 end")
    stored = outbox.stored(outbox.create(KEY, given), payload())
    assert stored == Stored(given, given.html, given.text)


def test_an_unknown_draft_is_none(outbox: Outbox) -> None:
    """What is gone is None, not an error."""
    assert outbox.read("nothing") is None


def test_nothing_is_delivered_before_its_time(outbox: Outbox, clock: SetClock, folder: Path) -> None:
    """A minute early is early."""
    draft = outbox.schedule(outbox.create(KEY, payload()), at=AT)
    clock.now = AT - dt.timedelta(minutes=1)
    assert [found.state for found in outbox.find(draft.key)] == ["scheduled"]
    assert mails(folder) == []


def test_a_due_draft_is_delivered_once_to_every_reader(outbox: Outbox, clock: SetClock, folder: Path) -> None:
    """One mail for each reader, however often the outbox is looked at."""
    outbox.schedule(outbox.create(KEY, payload()), at=AT)
    clock.now = AT
    for _ in range(3):
        (draft,) = outbox.find(KEY)
    assert (draft.state, draft.sent_at) == ("sent", AT)
    assert outbox.stats(draft) == Stats(to_send=2, sent=2)
    assert [mail.name for mail in mails(folder)] == ["0001-ada@example.com.eml", "0002-ben@example.com.eml"]


def test_readers_whose_addresses_look_alike_all_get_their_mail(
    outbox: Outbox, clock: SetClock, folder: Path
) -> None:
    """Characters that a file name cannot hold never fold two readers into one."""
    mailboxes = ["a/b@example.com", "a|b@example.com", "Ada <A/B@example.com>", "ben@example.com"]
    twins = Audience("twins", {"outbox": mailboxes})
    outbox.schedule(outbox.create(KEY, replace(payload(), audience=twins)), at=AT)
    clock.now = AT
    outbox.find(KEY)
    assert len(mails(folder)) == outbox.count(twins) == 3


def test_what_is_no_address_is_refused_before_anything_is_stored(outbox: Outbox, folder: Path) -> None:
    """A reader who cannot be reached would stop the delivery to all others."""
    audience = Audience("weekly", {"outbox": ["ada@example.com", "ben"]})
    with pytest.raises(SettingsError, match="no mail address: 'ben'"):
        outbox.create(KEY, replace(payload(), audience=audience))
    assert not (folder / "drafts").exists()


def test_a_reader_gets_their_own_values(outbox: Outbox, clock: SetClock, folder: Path) -> None:
    """Merge tags are filled in, escaped for the part; braces that were text stay text."""
    source = to_tokens(
        'Hi {{ subscriber.first_name | default("friend") }}, {{ unsubscribe_url }}, {{ mood }}'
    )
    given = payload(
        text=outbox.syntax.apply(source, "text"), html=outbox.syntax.apply(f"<p>{source}</p>", "html")
    )
    outbox.schedule(outbox.create(KEY, given), at=AT)
    clock.now = AT
    outbox.find(KEY)
    bodies = [_text(mail) for mail in mails(folder)]
    assert bodies == [
        "Hi Ada, https://outbox.invalid/unsubscribe/ada%40example.com, {{ mood }}",
        "Hi friend, https://outbox.invalid/unsubscribe/ben%40example.com, {{ mood }}",
    ]


def test_filling_in_gives_literal_braces_back() -> None:
    """Whatever braces an issue holds, readers see them as written."""
    for literal in ("{{", "{{{", "{{{{ }}}}", "{{literal}}", "{% x %}", "{{ a | b }}", "}}{{"):
        assert fill(Outbox.syntax.apply(literal, "text"), {}) == literal


def test_a_default_is_escaped_for_its_part() -> None:
    """A default with markup in it is text in the HTML part."""
    tag = Tag("subscriber.first_name", "a<b")
    assert fill(Outbox.syntax.write(tag, "html"), {}) == "a&lt;b"
    assert fill(Outbox.syntax.write(tag, "text"), {}) == "a<b"


def test_a_scheduled_draft_is_not_changed(outbox: Outbox) -> None:
    """An edit of what is scheduled would go live unseen: it is refused."""
    draft = outbox.create(KEY, payload())
    outbox.schedule(draft, at=AT)
    with pytest.raises(Rejected, match="'scheduled', not 'draft'"):
        outbox.update(draft, payload(subject="Other"))


def test_a_draft_is_scheduled_once(outbox: Outbox) -> None:
    """A second schedule of the same object is refused: nobody can send it twice."""
    draft = outbox.create(KEY, payload())
    outbox.schedule(draft, at=AT)
    with pytest.raises(Rejected):
        outbox.schedule(draft, at=AT + dt.timedelta(hours=1))


def test_what_left_cannot_be_unscheduled(outbox: Outbox, clock: SetClock) -> None:
    """After its time a draft is sent, whoever looks first."""
    draft = outbox.schedule(outbox.create(KEY, payload()), at=AT)
    clock.now = AT
    with pytest.raises(Rejected, match="'sent'"):
        outbox.unschedule(draft)


def test_an_unscheduled_draft_can_be_scheduled_again(outbox: Outbox, clock: SetClock, folder: Path) -> None:
    """Taken back in time, nothing goes out until it is scheduled anew."""
    draft = outbox.schedule(outbox.create(KEY, payload()), at=AT)
    assert outbox.unschedule(draft).state == "draft"
    clock.now = AT
    outbox.find(KEY)
    assert mails(folder) == []
    outbox.schedule(draft, at=AT + dt.timedelta(hours=1))
    clock.now = AT + dt.timedelta(hours=1)
    outbox.find(KEY)
    assert len(mails(folder)) == 2


def test_seconds_are_refused(outbox: Outbox) -> None:
    """Send times are whole minutes."""
    with pytest.raises(Rejected, match="whole minute"):
        outbox.schedule(outbox.create(KEY, payload()), at=AT.replace(second=1))


@pytest.mark.parametrize("content", ["", "{", "[]", '{"id": "x"}', "null"])
def test_a_broken_draft_is_an_error_not_an_empty_outbox(outbox: Outbox, folder: Path, content: str) -> None:
    """A file that is no draft may hide one that was sent: it stops everything."""
    outbox.create(KEY, payload())
    (folder / "drafts" / f"{KEY}.1.json").write_text(content)
    with pytest.raises(UnexpectedAnswer, match="not a draft of ours"):
        outbox.find(KEY)


def test_a_delivered_mail_is_whole(outbox: Outbox, clock: SetClock, folder: Path) -> None:
    """Both parts, text first, the reader's address, and the send time as its date."""
    outbox.schedule(outbox.create(KEY, payload()), at=AT)
    clock.now = AT + dt.timedelta(days=3)
    outbox.find(KEY)
    mail = email.message_from_bytes(mails(folder)[0].read_bytes(), policy=email.policy.default)
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert mail["To"] == READERS.target["outbox"][0]
    assert mail["Date"].datetime == AT


def _text(path: Path) -> str:
    mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def test_a_mail_can_be_unsubscribed_from_with_one_click(
    outbox: Outbox, clock: SetClock, folder: Path
) -> None:
    """Bulk mail carries the headers of RFC 8058, and the list's name."""
    outbox.schedule(outbox.create(KEY, payload()), at=AT)
    clock.now = AT
    outbox.find(KEY)
    mail = email.message_from_bytes(mails(folder)[1].read_bytes(), policy=email.policy.default)
    assert mail["List-Unsubscribe"] == "<https://outbox.invalid/unsubscribe/ben%40example.com>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Id"] == "<weekly.steady.example>"


def test_mail_without_its_draft_stops_a_new_draft(outbox: Outbox, clock: SetClock, folder: Path) -> None:
    """What lies in sent/ went out; a draft made anew would be called sent and reach nobody."""
    outbox.schedule(outbox.create(KEY, payload()), at=AT)
    clock.now = AT
    (draft,) = outbox.find(KEY)
    (folder / "drafts" / f"{draft.id}.json").unlink()
    with pytest.raises(Rejected, match="the draft it came from is gone"):
        outbox.create(KEY, payload())


@pytest.mark.parametrize(
    "change",
    [
        {"send_at": "2026-12-01T12:30:00"},
        {"payload": {"html": 5}},
        {"payload": {"audience": {"name": "a", "target": {"outbox": 5}}}},
        {"state": None},
    ],
)
def test_a_draft_with_a_field_of_another_kind_is_an_error(
    outbox: Outbox, folder: Path, change: dict[str, Any]
) -> None:
    """A draft somebody edited by hand is refused in words."""
    draft = outbox.schedule(outbox.create(KEY, payload()), at=AT)
    path = folder / "drafts" / f"{draft.id}.json"
    plain = json.loads(path.read_bytes())
    inner = change.get("payload")
    changed = {
        **plain,
        **change,
        "payload": {**plain["payload"], **(inner if isinstance(inner, dict) else {})},
    }
    path.write_text(json.dumps(changed))
    with pytest.raises(UnexpectedAnswer, match="not a draft of ours"):
        outbox.find(KEY)
