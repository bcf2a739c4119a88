"""Buttondown: drafts that stay drafts, keys found on any page, and one sender that is the newsletter's."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conftest import SetClock
from pipeline.errors import (
    AuthError,
    OutcomeUnknown,
    PipelineError,
    Rejected,
    SettingsError,
    UnexpectedAnswer,
    Unsupported,
)
from pipeline.mergetags import Tag, to_tokens, token
from pipeline.model import Audience, Payload, Stats
from pipeline.providers import open_provider
from pipeline.providers.buttondown import Buttondown, restored
from pipeline.settings import load_settings
from samples import KEY, SETTINGS, payload
from standins.base import Fault, Request, served
from standins.buttondown import STANDIN, TAG
from standins.buttondown import Buttondown as StandIn

AT = dt.datetime(2026, 12, 1, 12, 30, tzinfo=dt.UTC)
TAGGED = Audience("weekly", {"buttondown": {"tags": [TAG]}})
EVERYONE = Audience("all", {"buttondown": "everyone"})
BODY = '<!DOCTYPE html><html><body><p>Hello</p><a href="{{ unsubscribe_url }}">Stop</a></body></html>'


@pytest.fixture
def standin() -> StandIn:
    """The provider's side."""
    return STANDIN()


@pytest.fixture
def url(standin: StandIn) -> Iterator[str]:
    """Where it is served."""
    with served(standin) as url:
        yield url


@pytest.fixture
def buttondown(url: str, tmp_path: Path, clock: SetClock, monkeypatch: pytest.MonkeyPatch) -> Buttondown:
    """The adapter, opened by its settings."""
    monkeypatch.setenv("BUTTONDOWN_API_KEY", "buttondown-key")
    return opened(tmp_path, clock, f'url = "{url}/v1"')


def opened(folder: Path, clock: SetClock, options: str) -> Buttondown:
    """Open the adapter with these settings of its own."""
    text = SETTINGS.replace('send_slot = "Tue 07:30"', 'send_slot = "Tue 07:30"\nprovider = "buttondown"')
    text += f'buttondown = "everyone"\n\n[tool.newsletter.providers.buttondown]\n{options}\n'
    (folder / "pyproject.toml").write_text(text, encoding="utf-8")
    provider = open_provider(load_settings(folder), clock, lambda _seconds: None)
    assert isinstance(provider, Buttondown)
    return provider


def given(**changes: Any) -> Payload:
    """Return a payload for the tagged readers; Buttondown is given no text part."""
    plain = payload(html=BODY, text="", preheader="Why one side works harder")
    return replace(plain, **{"audience": TAGGED, **changes})


def writes(standin: StandIn) -> list[Request]:
    """Return the requests that were to change something."""
    return [request for request in standin.log if request.method != "GET"]


def test_opening_asks_nothing_and_reads_no_key(tmp_path: Path, clock: SetClock) -> None:
    """A build in Buttondown's syntax needs neither network nor key; the first request says so."""
    provider = opened(tmp_path, clock, "")
    with pytest.raises(SettingsError, match="BUTTONDOWN_API_KEY is not set"):
        provider.read("em_1")


@pytest.mark.parametrize("options", ['text_part = "ours"', 'newsletters = "x"', "newsletter = 5"])
def test_its_own_settings_are_checked_when_it_is_opened(
    options: str, tmp_path: Path, clock: SetClock
) -> None:
    """A key that is unknown or wrong stops before anything is asked."""
    with pytest.raises(SettingsError):
        opened(tmp_path, clock, options)


def test_a_new_draft_is_a_draft_and_reaches_nobody(buttondown: Buttondown, standin: StandIn) -> None:
    """The status is written out: Buttondown sends what comes without one."""
    draft = buttondown.create(KEY, given())
    standin.tick()
    assert (draft.state, draft.native_state, draft.key, standin.inbox) == ("draft", "draft", KEY, [])
    assert standin.emails[draft.id]["template"] == "naked"


@pytest.mark.parametrize(("link", "mode"), [("{{ email.absolute_url }}", "enabled"), ("#", "disabled")])
def test_their_web_page_is_shown_only_where_the_mail_leads_to_it(
    link: str, mode: str, buttondown: Buttondown, standin: StandIn
) -> None:
    """An issue that has our own page, or none, is not put up on theirs; nobody comments there."""
    draft = buttondown.create(KEY, given(html=f'<html><body><a href="{link}">Web</a></body></html>'))
    email = standin.emails[draft.id]
    assert (email["archival_mode"], email["commenting_mode"]) == (mode, "disabled")


def test_the_stand_in_sends_what_comes_without_a_status(standin: StandIn) -> None:
    """The habit that the adapter guards against is really there."""
    request = Request("POST", "/emails", {}, {}, b'{"subject": "Backs", "body": "Hello"}')
    standin.create(request)
    assert {mail["to"] for mail in standin.inbox} == {
        "ada@example.com",
        "ben@example.com",
        "cleo@example.com",
    }


def test_a_key_is_found_on_the_last_page_and_only_whole(buttondown: Buttondown) -> None:
    """All pages are read; a key that begins like another is another."""
    for number in range(4):
        buttondown.create(f"{KEY}{number}", given())
    made = buttondown.create(KEY, given())
    assert [draft.id for draft in buttondown.find(KEY)] == [made.id]
    assert [draft.key for draft in buttondown.find(f"{KEY}3", f"{KEY}0", "else")] == [f"{KEY}0", f"{KEY}3"]


def test_a_key_is_found_by_metadata_when_the_slug_was_changed_by_hand(
    buttondown: Buttondown, standin: StandIn
) -> None:
    """Either place of the key is enough, so that an edit does not make a second issue of it."""
    by_metadata, by_slug = buttondown.create(KEY, given()), buttondown.create(f"{KEY}-2", given())
    standin.emails[by_metadata.id]["slug"] = "a-nicer-one"
    standin.emails[by_slug.id]["metadata"] = {}
    found = buttondown.find(KEY, f"{KEY}-2")
    assert [(draft.id, draft.key) for draft in found] == [(by_metadata.id, KEY), (by_slug.id, f"{KEY}-2")]


def test_a_listing_that_ends_early_is_no_listing(buttondown: Buttondown, standin: StandIn) -> None:
    """A page that is missing may hold our draft: nothing may be created on its strength."""
    buttondown.create(KEY, given())
    page = '{"results": [], "next": null, "count": 1}'
    standin.faults.append(Fault(at=1, when="before", do="answer", status=200, body=page))
    with pytest.raises(UnexpectedAnswer, match="ended after 0 of 1"):
        buttondown.find(KEY)


def test_a_slug_is_taken_once(buttondown: Buttondown) -> None:
    """A second create of the same key is refused by Buttondown, in its own words."""
    buttondown.create(KEY, given())
    with pytest.raises(Rejected, match="slug_invalid This slug is already in use") as caught:
        buttondown.create(KEY, given())
    assert caught.value.status == 400


def test_what_is_stored_comes_back_as_it_was_given(buttondown: Buttondown) -> None:
    """The editor's mark is taken out again; `renders` shows what readers get, tags filled in."""
    payload = given(subject="Rücken — さくら", audience=EVERYONE)
    stored = buttondown.stored(buttondown.create(KEY, payload), payload)
    assert stored.payload == payload
    assert "{{" not in stored.html
    assert "<p>Hello</p>" in stored.html
    assert stored.text == ""


def test_an_edit_by_hand_is_seen(buttondown: Buttondown, standin: StandIn) -> None:
    """No field that Buttondown stores is taken from what it was given."""
    draft = buttondown.create(KEY, given())
    email = standin.emails[draft.id]
    email.update(subject="Other", description="Other", body="<p>Other</p>", metadata={"key": KEY})
    email["filters"] = {"filters": [], "groups": [], "predicate": "and"}
    standin.newsletters[0].update(from_name="Somebody", reply_to_address="else@steady.example")
    stored = buttondown.stored(draft, given()).payload
    assert (stored.subject, stored.preheader, stored.html, stored.digest) == (
        "Other",
        "Other",
        "<p>Other</p>",
        "",
    )
    assert stored.audience.target == {"buttondown": "everyone"}
    assert (stored.sender, stored.reply_to) == ("Somebody <luke@steady.example>", "else@steady.example")


def test_a_digest_of_another_text_part_is_no_difference(buttondown: Buttondown) -> None:
    """It is not given the text that the digest counts; where anything else differs, so does the digest."""
    draft = buttondown.create(KEY, given(digest="old"))
    assert buttondown.stored(draft, given(digest="new")).payload == given(digest="new")
    assert buttondown.stored(draft, given(digest="new", subject="Other")).payload == given(digest="old")


def test_options_that_were_changed_by_hand_are_named(buttondown: Buttondown, standin: StandIn) -> None:
    """In the digest, all of them."""
    draft = buttondown.create(KEY, given())
    standin.emails[draft.id].update(template="modern", attachments=["att_1"], email_type="churned")
    digest = f"{given().digest} with template, attachments, email_type changed"
    assert buttondown.stored(draft, given()).payload == given(digest=digest)


@pytest.mark.parametrize(
    "group",
    [
        {"filters": [], "groups": [{"filters": [], "groups": [], "predicate": "or"}], "predicate": "or"},
        {"filters": [{"field": "subscriber.tags", "operator": "not_contains", "value": TAG}], "groups": []},
    ],
    ids=["nested", "without the tag"],
)
def test_filters_that_we_never_write_are_no_audience_of_ours(
    group: dict[str, Any], buttondown: Buttondown, standin: StandIn
) -> None:
    """Whatever cannot be read as tags differs from every audience."""
    draft = buttondown.create(KEY, given())
    standin.emails[draft.id]["filters"] = group
    for audience in (TAGGED, EVERYONE):
        assert buttondown.stored(draft, given(audience=audience)).payload.audience != audience


def test_an_update_replaces_everything_and_keeps_the_id(buttondown: Buttondown) -> None:
    """Saving twice edits the same draft."""
    draft = buttondown.create(KEY, given())
    payload = given(subject="Knees", audience=EVERYONE, preheader="")
    assert buttondown.update(draft, payload).id == draft.id
    assert buttondown.stored(draft, payload).payload == payload


def test_a_schedule_is_kept_and_reaches_each_reader_of_the_audience_once(
    buttondown: Buttondown, standin: StandIn
) -> None:
    """At its time the draft goes to those with the tag, names filled in or friends greeted."""
    tag = "{{ subscriber.first_name | default('friend') }}"
    html = Buttondown.syntax.apply(to_tokens(f"<html><body>Dear {tag}, read {{{{x}}}}</body></html>"), "html")
    subject = Buttondown.syntax.apply(to_tokens(f"Hi {tag}: {{% and {{{{"), "text")
    draft = buttondown.create(KEY, given(html=html, subject=subject))
    scheduled = buttondown.schedule(draft, at=AT)
    assert (scheduled.state, scheduled.send_at, scheduled.sent_at) == ("scheduled", AT, None)
    standin.now = AT
    sent = buttondown.read(draft.id)
    assert sent is not None
    assert (sent.state, sent.sent_at) == ("sent", AT)
    assert [(mail["to"], mail["subject"]) for mail in standin.inbox] == [
        ("ada@example.com", "Hi Ada: {% and {{"),
        ("ben@example.com", "Hi friend: {% and {{"),
    ]
    assert "Dear friend, read &#123;{x}}" in standin.inbox[1]["html"]
    assert buttondown.stats(sent) == Stats(to_send=2, sent=2, bounced=0)


def test_several_tags_are_any_of_them(buttondown: Buttondown, standin: StandIn) -> None:
    """Who bears one of them gets the mail, once; "all of them" is another audience."""
    standin.readers[2]["tags"] = ["other"]
    several = Audience("weekly", {"buttondown": {"tags": ["sub_tag_other", TAG]}})
    draft = buttondown.create(KEY, given(audience=several))
    assert buttondown.stored(draft, given(audience=several)).payload.audience == several
    assert buttondown.count(several) == 3
    standin.emails[draft.id]["filters"]["predicate"] = "and"
    assert buttondown.stored(draft, given(audience=several)).payload.audience != several
    buttondown.schedule(buttondown.update(draft, given(audience=several)), at=AT)
    standin.now = AT
    standin.tick()
    assert [mail["to"] for mail in standin.inbox] == [
        "ada@example.com",
        "ben@example.com",
        "cleo@example.com",
    ]


def test_only_a_draft_can_be_scheduled_or_saved_and_only_what_is_scheduled_taken_back(
    buttondown: Buttondown, standin: StandIn
) -> None:
    """Buttondown would take a second schedule; the state is looked at first."""
    draft = buttondown.create(KEY, given())
    with pytest.raises(Rejected, match=r"'draft' .*, not 'scheduled'"):
        buttondown.unschedule(draft)
    buttondown.schedule(draft, at=AT)
    before = len(writes(standin))
    for refused in (
        lambda: buttondown.schedule(draft, at=AT + dt.timedelta(hours=1)),
        lambda: buttondown.update(draft, given()),
    ):
        with pytest.raises(Rejected, match=r"'scheduled' .*, not 'draft'"):
            refused()
    assert len(writes(standin)) == before
    assert buttondown.unschedule(draft).state == "draft"


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("about_to_send", "sending"),
        ("in_flight", "sending"),
        ("throttled", "sending"),
        ("resending", "sending"),
        ("paused", "unknown"),
        ("errored", "unknown"),
        ("suppressed", "unknown"),
        ("deleted", "unknown"),
        ("new_word", "unknown"),
    ],
)
def test_a_state_is_never_taken_for_a_harmless_one(
    status: str, state: str, buttondown: Buttondown, standin: StandIn
) -> None:
    """What went out or may have is no draft; a word that is new is for a human."""
    draft = buttondown.create(KEY, given())
    standin.tick = lambda: None  # type: ignore[method-assign]  # the stand-in would go on by itself
    standin.emails[draft.id]["status"] = status
    found = buttondown.read(draft.id)
    assert found is not None
    assert (found.state, found.native_state) == (state, status)


def test_a_newsletter_in_test_mode_schedules_nothing(buttondown: Buttondown, standin: StandIn) -> None:
    """Its mail would all go to the owner, and the issue would count as sent."""
    draft = buttondown.create(KEY, given())
    standin.newsletters[0]["test_mode"] = True
    with pytest.raises(Rejected, match="test mode"):
        buttondown.schedule(draft, at=AT)
    assert standin.emails[draft.id]["status"] == "draft"


def test_a_time_between_minutes_is_refused_before_any_request(
    buttondown: Buttondown, standin: StandIn
) -> None:
    """The grid is the minute."""
    draft = buttondown.create(KEY, given())
    standin.log.clear()
    with pytest.raises(Rejected, match="whole minute"):
        buttondown.schedule(draft, at=AT.replace(second=1))
    assert standin.log == []


@pytest.mark.parametrize(
    ("change", "header"),
    [
        ({"sender": "Coach Mia <luke@steady.example>"}, "From"),
        ({"sender": "Coach Luke <mia@steady.example>"}, "From"),
        ({"reply_to": "hello@steady.example"}, "Reply-To"),
        ({"reply_to": "The Desk <luke@steady.example>"}, "Reply-To"),
    ],
)
def test_another_sender_than_the_newsletters_is_refused_before_any_write(
    change: dict[str, str], header: str, buttondown: Buttondown, standin: StandIn
) -> None:
    """From and Reply-To cannot be set on a mail: they are not passed over in silence."""
    draft = buttondown.create("another", given())
    before = len(writes(standin))
    for refused in (
        lambda: buttondown.create(KEY, given(**change)),
        lambda: buttondown.update(draft, given(**change)),
    ):
        with pytest.raises(Unsupported, match=f"buttondown: {header} is the newsletter's own"):
            refused()
    assert len(writes(standin)) == before


def test_a_reply_to_of_the_newsletter_that_nobody_asked_for_is_refused(
    buttondown: Buttondown, standin: StandIn
) -> None:
    """Replies would go elsewhere than the settings say."""
    standin.newsletters[0]["reply_to_address"] = "else@steady.example"
    with pytest.raises(Unsupported, match=r"'else@steady\.example', and cannot be ''"):
        buttondown.create(KEY, given())


def test_the_same_sender_in_another_spelling_is_the_same(buttondown: Buttondown, standin: StandIn) -> None:
    """Quotes around a name and capitals in an address change nothing."""
    standin.newsletters[0].update(
        email_address="Luke@Steady.example", reply_to_address="hello@steady.example"
    )
    same = given(sender='"Coach Luke" <luke@steady.example>', reply_to="hello@steady.example")
    assert buttondown.stored(buttondown.create(KEY, same), same).payload == same


def test_a_newsletter_without_a_from_address_is_refused(buttondown: Buttondown, standin: StandIn) -> None:
    """What Buttondown would put there is not said."""
    standin.newsletters[0]["email_address"] = ""
    with pytest.raises(Unsupported, match="no From address"):
        buttondown.create(KEY, given())


def test_one_of_several_newsletters_must_be_named(
    buttondown: Buttondown, standin: StandIn, url: str, tmp_path: Path, clock: SetClock
) -> None:
    """The id in the settings picks it, and goes with every request."""
    first = standin.newsletters[0]["id"]
    standin.newsletters.append({**standin.newsletters[0], "id": "other", "email_address": "x@y.example"})
    with pytest.raises(SettingsError, match="knows 2 newsletters, and which one") as caught:
        buttondown.create(KEY, given())
    assert repr(first) in caught.value.hint
    named = opened(tmp_path, clock, f'url = "{url}"\nnewsletter = "{first}"')
    named.create(KEY, given())
    assert standin.log[-1].headers["buttondown-context"] == first


@pytest.mark.parametrize(
    "preheader", ["Hello {{ subscriber.metadata.first_name }}", "{% templatetag openbrace %}"]
)
def test_a_preheader_with_a_tag_is_refused_before_any_request(
    preheader: str, buttondown: Buttondown, standin: StandIn
) -> None:
    """Nobody says that a description is filled in: readers might see the braces."""
    with pytest.raises(Unsupported, match="preheader"):
        buttondown.create(KEY, given(preheader=preheader))
    assert standin.log == []


@pytest.mark.parametrize(
    "target",
    [
        None,
        "",
        [],
        {"tags": []},
        "all",
        {"tags": [TAG], "more": 1},
        {"tags": [5]},
        {"tags": ["two words"]},
        {},
    ],
)
def test_an_audience_is_written_out(target: Any, buttondown: Buttondown, standin: StandIn) -> None:
    """Nobody becomes everyone by leaving something out."""
    audience = Audience("weekly", {"buttondown": target})
    for refused in (
        lambda: buttondown.create(KEY, given(audience=audience)),
        lambda: buttondown.count(audience),
    ):
        with pytest.raises(SettingsError, match="audience 'weekly' cannot be") as caught:
            refused()
        assert "everyone" in caught.value.hint
    assert standin.log == []


def test_a_count_leaves_out_those_who_get_no_mail(buttondown: Buttondown) -> None:
    """Everyone is the three who did not unsubscribe; the tag has two of them."""
    assert (buttondown.count(EVERYONE), buttondown.count(TAGGED)) == (3, 2)


def test_a_count_of_readers_without_the_tag_is_no_count(buttondown: Buttondown, standin: StandIn) -> None:
    """A filter that was passed over would count everyone."""
    page = '{"results": [{"tags": ["other"]}], "next": null, "count": 100000}'
    standin.faults.append(Fault(at=2, when="before", do="answer", status=200, body=page))
    with pytest.raises(UnexpectedAnswer, match="without the tag"):
        buttondown.count(TAGGED)


def test_a_test_goes_to_its_addresses_and_to_no_reader(buttondown: Buttondown, standin: StandIn) -> None:
    """Without an address nothing is asked."""
    draft = buttondown.create(KEY, given())
    with pytest.raises(Rejected, match="no address"):
        buttondown.send_test(draft, to=[])
    buttondown.send_test(draft, to=["desk@steady.example"])
    assert [(mail["to"], mail["subject"]) for mail in standin.inbox] == [
        ("desk@steady.example", "[PREVIEW] Backs")
    ]
    assert standin.emails[draft.id]["status"] == "draft"


def test_what_is_gone_is_none(buttondown: Buttondown) -> None:
    """A draft that is not there is no error to a look, and one to a change."""
    draft = replace(buttondown.create(KEY, given()), id="em_gone")
    assert buttondown.read("em_gone") is None
    with pytest.raises(Rejected, match="is gone"):
        buttondown.schedule(draft, at=AT)


def test_a_schedule_that_is_not_seen_is_unknown(buttondown: Buttondown, standin: StandIn) -> None:
    """After a yes, a look that fails must not say that nothing was sent."""
    draft = buttondown.create(KEY, given())
    for status, body in ((404, "{}"), (200, "[]")):
        standin.faults.append(Fault(at=4, when="before", do="answer", status=status, body=body))
        with pytest.raises(OutcomeUnknown, match="it was taken"):
            buttondown.schedule(draft, at=AT)
        buttondown.unschedule(draft)


def test_a_yes_that_changed_nothing_is_unknown(buttondown: Buttondown, standin: StandIn) -> None:
    """An answer of 200 that left the draft a draft proves nothing."""
    draft = buttondown.create(KEY, given())
    standin.faults.append(Fault(at=3, when="before", do="answer", status=200, body="{}"))
    with pytest.raises(OutcomeUnknown, match="still 'draft'"):
        buttondown.schedule(draft, at=AT)


def test_every_request_names_the_version_and_none_an_idempotency_key(
    buttondown: Buttondown, standin: StandIn
) -> None:
    """An older version sends what it should keep; a replayed create would name a draft that is gone."""
    buttondown.create(KEY, given())
    assert {request.headers["x-api-version"] for request in standin.log} == {"2026-04-01"}
    assert not any("x-idempotency-key" in request.headers for request in standin.log)


def test_no_secret_is_shown(
    buttondown: Buttondown, standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither our key nor the one that stands in the newsletter's own object."""
    shown = [repr(buttondown), repr(buttondown.create(KEY, given()))]
    monkeypatch.setenv("BUTTONDOWN_API_KEY", "wrong-key")
    standin.newsletters[0]["test_mode"] = "the-newsletters-own-secret"
    for key in ("wrong-key", "buttondown-key"):
        monkeypatch.setenv("BUTTONDOWN_API_KEY", key)
        with pytest.raises(PipelineError) as caught:
            buttondown.create(KEY, given())
        shown += [caught.value.message, caught.value.hint, repr(caught.value)]
    assert not re.search("secret|buttondown-key|wrong-key", " ".join(shown))


def test_a_wrong_key_is_said_in_their_words(buttondown: Buttondown, monkeypatch: pytest.MonkeyPatch) -> None:
    """401 is an error of the key."""
    monkeypatch.setenv("BUTTONDOWN_API_KEY", "wrong-key")
    with pytest.raises(AuthError, match="authentication_invalid That API key does not exist"):
        buttondown.find(KEY)


def test_a_field_that_is_wrong_is_named_in_their_words(buttondown: Buttondown) -> None:
    """422 lists fields: the first is a slug that is too long."""
    with pytest.raises(Rejected, match=r"body\.slug: string does not match regex"):
        buttondown.create("k" * 101, given())


@pytest.mark.parametrize(
    ("written", "part", "expected"),
    [
        ("{{ unsubscribe_url }}", "html", "{{ unsubscribe_url }}"),
        ("{{ web_url }}", "text", "{{ email.absolute_url }}"),
        ("{{ subscriber.first_name }}", "html", "{{ subscriber.metadata.first_name }}"),
        ("{{{ unsubscribe_url }}", "html", "&#123;{{ unsubscribe_url }}"),
        ("a {{ b }} {% c %} {# d #}", "html", "a &#123;{ b }} &#123;% c %} &#123;# d #}"),
        ("{# d", "text", "{% templatetag openbrace %}# d"),
        ("<style>@media x{#a{b:c}}</style>", "html", "<style>@media x{ #a{b:c}}</style>"),
        ("one { two }", "html", "one { two }"),
    ],
)
def test_tags_are_written_and_braces_kept(written: str, part: Any, expected: str) -> None:
    """Django reads our tags, and nothing of an editor's."""
    assert Buttondown.syntax.apply(to_tokens(written), part) == expected


def test_a_default_is_text_and_no_template() -> None:
    """Whatever an editor writes as a default, readers see it."""
    tag = token(Tag("subscriber.first_name", "a <b> {% c {"))
    written = Buttondown.syntax.apply(tag, "html")
    assert "{% else %}a &lt;b&gt; &#123;% c &#123;{% endif %}" in written


def test_only_the_mark_at_the_start_of_a_body_is_taken_out() -> None:
    """What looks like it further down is the issue's own."""
    mark = "<!-- buttondown-editor-mode: fancy -->"
    assert restored(f"{mark}<p>{mark}</p>") == f"<p>{mark}</p>"
    assert restored(f"<p>{mark}</p>") == f"<p>{mark}</p>"
