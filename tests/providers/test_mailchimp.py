"""Mailchimp: campaigns in two calls, quarter hours, and one address for From and replies."""

import datetime as dt
import json
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
from pipeline.providers.answers import Fields
from pipeline.providers.mailchimp import Mailchimp, from_campaign, restored
from pipeline.settings import load_settings
from samples import KEY, SETTINGS, payload
from standins.base import Fault, Request, served
from standins.mailchimp import LIST, SEGMENT, STANDIN
from standins.mailchimp import Mailchimp as StandIn

AT = dt.datetime(2026, 12, 1, 12, 30, tzinfo=dt.UTC)
SEGMENTED = Audience("weekly", {"mailchimp": {"list": LIST, "segment": SEGMENT}})
EVERYONE = Audience("all", {"mailchimp": {"list": LIST, "segment": "everyone"}})
BODY = '<!DOCTYPE html><html><body><p>Hello</p><a href="*|UNSUB|*">Stop</a></body></html>\n'


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
def mailchimp(url: str, tmp_path: Path, clock: SetClock, monkeypatch: pytest.MonkeyPatch) -> Mailchimp:
    """The adapter, opened by its settings."""
    monkeypatch.setenv("MAILCHIMP_API_KEY", "mailchimp-key-us6")
    return opened(tmp_path, clock, f'url = "{url}/3.0"')


def opened(folder: Path, clock: SetClock, options: str) -> Mailchimp:
    """Open the adapter with these settings of its own."""
    text = SETTINGS.replace('send_slot = "Tue 07:30"', 'send_slot = "Tue 07:30"\nprovider = "mailchimp"')
    text += (
        f'mailchimp = {{list = "{LIST}", segment = 42}}\n\n[tool.newsletter.providers.mailchimp]\n{options}\n'
    )
    (folder / "pyproject.toml").write_text(text, encoding="utf-8")
    provider = open_provider(load_settings(folder), clock, lambda _seconds: None)
    assert isinstance(provider, Mailchimp)
    return provider


def given(**changes: Any) -> Payload:
    """Return a payload for the readers of the segment."""
    plain = payload(html=BODY, text="Hello\n\n*|UNSUB|*\n", preheader="Why one side works harder")
    return replace(plain, **{"audience": SEGMENTED, **changes})


def writes(standin: StandIn) -> list[Request]:
    """Return the requests that were to change something."""
    return [request for request in standin.log if request.method != "GET"]


def test_opening_asks_nothing_and_reads_no_key(tmp_path: Path, clock: SetClock) -> None:
    """The host stands in the key, and that is read with the first request."""
    provider = opened(tmp_path, clock, "")
    with pytest.raises(SettingsError, match="MAILCHIMP_API_KEY is not set"):
        provider.read("c1")


@pytest.mark.parametrize(
    "key", ["secretpart", "secretpart-us6.evil.example", "secretpart-", "secretpart-us6/x"]
)
def test_a_key_without_its_data_centre_is_refused_and_not_shown(
    key: str, tmp_path: Path, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No host is made of what is no data centre: the key would go there."""
    monkeypatch.setenv("MAILCHIMP_API_KEY", key)
    with pytest.raises(SettingsError, match="does not end in its data centre") as caught:
        opened(tmp_path, clock, "").find(KEY)
    assert "secretpart" not in f"{caught.value.message} {caught.value.hint}"


def test_a_setting_that_it_does_not_know_is_refused(tmp_path: Path, clock: SetClock) -> None:
    """It makes no text part, so that there is nothing to allow."""
    with pytest.raises(SettingsError, match="unknown key 'text_part'"):
        opened(tmp_path, clock, 'text_part = "provider"')


def test_a_new_campaign_is_a_draft_with_content_and_reaches_nobody(
    mailchimp: Mailchimp, standin: StandIn
) -> None:
    """Whatever Mailchimp would add or change by itself is switched off."""
    draft = mailchimp.create(KEY, given())
    assert (draft.state, draft.native_state, draft.key, standin.inbox) == ("draft", "save", KEY, [])
    campaign = standin.campaigns[draft.id]
    assert (campaign["settings"]["auto_footer"], campaign["settings"]["inline_css"]) == (False, False)
    assert not any(campaign["tracking"].values())


def test_readers_are_tracked_only_when_the_settings_say_so(
    mailchimp: Mailchimp, standin: StandIn, url: str, tmp_path: Path, clock: SetClock
) -> None:
    """Clicks are counted by rewriting every link."""
    draft = opened(tmp_path, clock, f'url = "{url}"\ntracking = true').create(KEY, given())
    assert standin.campaigns[draft.id]["tracking"]["html_clicks"] is True
    mailchimp.update(draft, given())
    assert standin.campaigns[draft.id]["tracking"]["html_clicks"] is False


def test_tracking_that_is_not_as_the_settings_say_is_named(
    mailchimp: Mailchimp, standin: StandIn, url: str, tmp_path: Path, clock: SetClock
) -> None:
    """Switched on or off by hand: readers were promised the one or the other."""
    tracking = opened(tmp_path, clock, f'url = "{url}"\ntracking = true')
    draft = tracking.create(KEY, given())
    assert tracking.stored(draft, given()).payload == given()
    standin.campaigns[draft.id]["tracking"]["opens"] = False
    for adapter, names in ((tracking, "tracking.opens"), (mailchimp, "tracking.html_clicks")):
        digest = f"{given().digest} with {names} changed"
        assert adapter.stored(draft, given()).payload == given(digest=digest)


def test_an_option_that_is_not_shown_is_off(mailchimp: Mailchimp, standin: StandIn) -> None:
    """Old ones may leave the API."""
    draft = mailchimp.create(KEY, given())
    kept = standin.campaigns[draft.id]
    for name in ("fb_comments", "auto_tweet", "timewarp", "template_id"):
        del kept["settings"][name]
    kept["tracking"] = {}
    assert mailchimp.stored(draft, given()).payload == given()


def test_a_campaign_has_a_page_for_humans_where_the_data_centre_is_known(mailchimp: Mailchimp) -> None:
    """Its number there is another than its id."""
    made = {"id": "c1", "web_id": 7, "status": "save", "settings": {"title": KEY}}
    draft = from_campaign(Fields("mailchimp", "GET /campaigns/c1", made), centre="us6")
    assert draft.url == "https://us6.admin.mailchimp.com/campaigns/show/?id=7"
    assert mailchimp.create(KEY, given()).url == ""


def test_a_title_is_found_whole_and_behind_a_page_of_ten(mailchimp: Mailchimp, standin: StandIn) -> None:
    """Mailchimp shows ten campaigns unless more are asked for, and does not search titles."""
    made = mailchimp.create(KEY, given())
    for number in range(11):
        mailchimp.create(f"{KEY}{number}", given())
    standin.log.clear()
    assert [draft.id for draft in mailchimp.find(KEY)] == [made.id]
    assert standin.log[0].query["count"] == ["1000"]


def test_a_title_is_found_on_a_further_page(mailchimp: Mailchimp, standin: StandIn) -> None:
    """A page is asked for from where the last one ended, however short that was."""
    made = [mailchimp.create(f"{KEY}{number}", given()) for number in range(5)]
    standin.most = 2
    assert [draft.id for draft in mailchimp.find(f"{KEY}0", f"{KEY}4")] == [made[4].id, made[0].id]


def test_two_campaigns_of_one_title_are_both_found(mailchimp: Mailchimp) -> None:
    """Titles are not unique: whoever asks must see that there are two."""
    made = [mailchimp.create(KEY, given()).id for _ in range(2)]
    assert sorted(draft.id for draft in mailchimp.find(KEY)) == made


def test_a_listing_that_ends_early_is_no_listing(mailchimp: Mailchimp, standin: StandIn) -> None:
    """A page that is missing may hold our campaign: nothing may be created on its strength."""
    body = '{"campaigns": [], "total_items": 1}'
    standin.faults.append(Fault(at=1, when="before", do="answer", status=200, body=body))
    with pytest.raises(UnexpectedAnswer, match="ended after 0 of 1"):
        mailchimp.find(KEY)


def test_a_campaign_whose_body_was_lost_is_found_differs_and_is_mended(
    mailchimp: Mailchimp, standin: StandIn
) -> None:
    """A run that dies between settings and content leaves nothing that the next one cannot see."""
    standin.faults.append(Fault(at=2, when="before", do="cut"))
    with pytest.raises(OutcomeUnknown):
        mailchimp.create(KEY, given())
    (draft,) = mailchimp.find(KEY)
    lost = mailchimp.stored(draft, given()).payload
    assert (lost.html, lost.text, lost.subject) == ("", "", "Backs")
    mailchimp.update(draft, given())
    assert mailchimp.stored(draft, given()).payload == given()


@pytest.mark.parametrize("at", [1, 2], ids=["campaign", "content"])
def test_an_empty_answer_is_no_empty_campaign(at: int, mailchimp: Mailchimp, standin: StandIn) -> None:
    """Only what is recognised as an answer of theirs says that there is nothing."""
    draft = mailchimp.create(KEY, given())
    standin.faults.append(Fault(at=at, when="before", do="answer", status=200, body="{}"))
    with pytest.raises(UnexpectedAnswer):
        mailchimp.stored(draft, given())


def test_content_that_is_refused_is_no_riddle(mailchimp: Mailchimp, standin: StandIn) -> None:
    """A clear no to the content is said as such; the campaign stays, and nothing is sent."""
    standin.faults.append(Fault(at=2, when="before", do="answer", status=400, body='{"title": "Too large"}'))
    with pytest.raises(Rejected, match=r"PUT .*/content: 400 Too large"):
        mailchimp.create(KEY, given())


def test_what_is_stored_comes_back_as_it_was_given(mailchimp: Mailchimp) -> None:
    """Line ends and the last empty line of the text part are Mailchimp's own."""
    payload = given(subject="Rücken — さくら", audience=EVERYONE, text="Hello\n\n*|UNSUB|*\n\n")
    stored = mailchimp.stored(mailchimp.create(KEY, payload), payload)
    assert (stored.payload, stored.html, stored.text) == (payload, payload.html, payload.text)


def test_an_edit_by_hand_is_seen(mailchimp: Mailchimp, standin: StandIn) -> None:
    """No field that Mailchimp stores is taken from what it was given."""
    draft = mailchimp.create(KEY, given())
    campaign = standin.campaigns[draft.id]
    campaign["settings"].update(
        subject_line="Other", preview_text="Other", from_name="Somebody", reply_to="else@steady.example"
    )
    campaign["recipients"] = {"list_id": LIST}
    standin.content[draft.id] = {"html": "<p>Other</p>", "plain_text": "Other"}
    stored = mailchimp.stored(draft, given()).payload
    assert (stored.subject, stored.preheader, stored.html, stored.text) == (
        "Other",
        "Other",
        "<p>Other</p>",
        "Other",
    )
    assert (stored.sender, stored.reply_to) == ("Somebody <else@steady.example>", "else@steady.example")
    assert stored.audience.target == EVERYONE.target


@pytest.mark.parametrize(
    "chosen",
    [{"match": "all", "conditions": [{"field": "FNAME"}]}, {"prebuilt_segment_id": "engaged"}],
    ids=["conditions", "prebuilt"],
)
def test_a_segment_that_we_never_write_is_no_audience_of_ours(
    chosen: dict[str, Any], mailchimp: Mailchimp, standin: StandIn
) -> None:
    """Conditions without a saved segment are not the whole list."""
    draft = mailchimp.create(KEY, given())
    standin.campaigns[draft.id]["recipients"] = {"list_id": LIST, "segment_opts": chosen}
    for audience in (SEGMENTED, EVERYONE):
        assert mailchimp.stored(draft, given(audience=audience)).payload.audience != audience


def test_the_conditions_of_a_saved_segment_are_its_own(mailchimp: Mailchimp, standin: StandIn) -> None:
    """Mailchimp may show them beside the id."""
    draft = mailchimp.create(KEY, given())
    chosen = {"saved_segment_id": SEGMENT, "match": "any", "conditions": [{"field": "static_segment"}]}
    standin.campaigns[draft.id]["recipients"] = {"list_id": LIST, "segment_opts": chosen}
    assert mailchimp.stored(draft, given()).payload.audience == SEGMENTED


def test_an_update_replaces_everything_and_keeps_the_id(mailchimp: Mailchimp) -> None:
    """Saving twice edits the same campaign."""
    draft = mailchimp.create(KEY, given())
    payload = given(subject="Knees", preheader="", audience=EVERYONE, html=BODY.replace("Hello", "Bye"))
    assert mailchimp.update(draft, payload).id == draft.id
    assert mailchimp.stored(draft, payload).payload == payload


def test_a_schedule_is_kept_and_reaches_each_reader_of_the_audience_once(
    mailchimp: Mailchimp, standin: StandIn
) -> None:
    """At its time the campaign goes to the segment, names filled in or friends greeted, both parts."""
    name = to_tokens("Dear {{ subscriber.first_name | default('friend') }}, *| and |* stay")
    changes = {part: Mailchimp.syntax.apply(name, "text") for part in ("subject", "text")}
    html = f"<html><body>{Mailchimp.syntax.apply(name, 'html')} *|UNSUB|*</body></html>"
    draft = mailchimp.create(KEY, given(html=html, **changes))
    scheduled = mailchimp.schedule(draft, at=AT)
    assert (scheduled.state, scheduled.send_at, scheduled.sent_at) == ("scheduled", AT, None)
    standin.now = AT
    sent = mailchimp.read(draft.id)
    assert sent is not None
    assert (sent.state, sent.sent_at) == ("sent", AT)
    assert [(mail["to"], mail["subject"]) for mail in standin.inbox] == [
        ("ada@example.com", "Dear Ada, * | and |* stay"),
        ("ben@example.com", "Dear friend, * | and |* stay"),
    ]
    assert "Dear friend, *&#124; and |* stay https://" in standin.inbox[1]["html"]
    assert standin.inbox[1]["text"] == standin.inbox[1]["subject"]
    assert mailchimp.stats(sent) == Stats(sent=2, bounced=0)


def test_a_campaign_that_was_not_sent_has_no_counts(mailchimp: Mailchimp) -> None:
    """Nothing is known, which is not none."""
    assert mailchimp.stats(mailchimp.create(KEY, given())) == Stats()


@pytest.mark.parametrize(
    "at", [AT.replace(minute=31), AT.replace(second=1), AT.replace(minute=7), AT.replace(microsecond=5)]
)
def test_a_time_between_quarter_hours_is_refused_before_any_request(
    at: dt.datetime, mailchimp: Mailchimp, standin: StandIn
) -> None:
    """Mailchimp's clock knows 00, 15, 30 and 45."""
    draft = mailchimp.create(KEY, given())
    standin.log.clear()
    with pytest.raises(Rejected, match="quarter of an hour"):
        mailchimp.schedule(draft, at=at)
    assert standin.log == []


def test_the_grid_that_is_promised_is_one_that_mailchimp_takes(mailchimp: Mailchimp) -> None:
    """Each multiple of it in an hour can be scheduled."""
    assert Mailchimp.grid == dt.timedelta(minutes=15)
    draft = mailchimp.create(KEY, given())
    for step in range(4):
        at = AT.replace(minute=0) + step * Mailchimp.grid
        assert mailchimp.schedule(draft, at=at).send_at == at
        mailchimp.unschedule(draft)


def test_what_is_not_ready_is_not_scheduled_and_its_reasons_are_said(
    mailchimp: Mailchimp, standin: StandIn
) -> None:
    """Mailchimp's own check list is asked first, because its refusal may give no reason."""
    draft = mailchimp.create(KEY, given())
    standin.objection = "Your list is too new."
    standin.log.clear()
    with pytest.raises(Rejected, match=r"not ready: List: Your list is too new\."):
        mailchimp.schedule(draft, at=AT)
    assert writes(standin) == []


def test_a_check_list_without_a_verdict_is_none(mailchimp: Mailchimp, standin: StandIn) -> None:
    """A readiness that is not said is not assumed."""
    draft = mailchimp.create(KEY, given())
    standin.faults.append(Fault(at=2, when="before", do="answer", status=200, body='{"items": []}'))
    with pytest.raises(UnexpectedAnswer, match="is_ready is not true or false"):
        mailchimp.schedule(draft, at=AT)


def test_only_a_draft_can_be_scheduled_or_saved_and_only_what_is_scheduled_taken_back(
    mailchimp: Mailchimp, standin: StandIn
) -> None:
    """Mailchimp lets a scheduled campaign's settings be changed; the state is looked at first."""
    draft = mailchimp.create(KEY, given())
    with pytest.raises(Rejected, match=r"'draft' .*, not 'scheduled'"):
        mailchimp.unschedule(draft)
    mailchimp.schedule(draft, at=AT)
    before = len(writes(standin))
    for refused in (
        lambda: mailchimp.schedule(draft, at=AT + dt.timedelta(hours=1)),
        lambda: mailchimp.update(draft, given()),
    ):
        with pytest.raises(Rejected, match=r"'scheduled' .*, not 'draft'"):
            refused()
    assert len(writes(standin)) == before
    taken = mailchimp.unschedule(draft)
    assert (taken.state, taken.send_at) == ("draft", None)


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("sending", "sending"),
        ("canceled", "cancelled"),
        ("paused", "unknown"),
        ("canceling", "unknown"),
        ("archived", "unknown"),
        ("new_word", "unknown"),
    ],
)
def test_a_state_is_never_taken_for_a_harmless_one(
    status: str, state: str, mailchimp: Mailchimp, standin: StandIn
) -> None:
    """What went out or may have is no draft; a word that is new is for a human."""
    draft = mailchimp.create(KEY, given())
    standin.campaigns[draft.id]["status"] = status
    found = mailchimp.read(draft.id)
    assert found is not None
    assert (found.state, found.native_state) == (state, status)


@pytest.mark.parametrize("reply_to", ["hello@steady.example", "The Desk <luke@steady.example>"])
def test_replies_to_another_than_the_sender_are_refused_before_any_request(
    reply_to: str, mailchimp: Mailchimp, standin: StandIn
) -> None:
    """Mailchimp's `reply_to` is From as well: another Reply-To is not passed over in silence."""
    with pytest.raises(Unsupported, match=r"replies go to the From address 'luke@steady\.example'") as caught:
        mailchimp.create(KEY, given(reply_to=reply_to))
    assert "leave it out" in caught.value.hint
    assert standin.log == []


def test_from_is_set_for_each_campaign(mailchimp: Mailchimp, standin: StandIn) -> None:
    """Name and address are readers' From, and come back in the spelling they were given in."""
    payload = given(sender='"Mia, Coach" <mia@steady.example>', reply_to="Mia@steady.example")
    draft = mailchimp.create(KEY, payload)
    assert mailchimp.stored(draft, payload).payload == payload
    mailchimp.schedule(draft, at=AT)
    standin.now = AT
    standin.tick()
    assert standin.inbox[0]["from"] == "Mia, Coach <mia@steady.example>"


@pytest.mark.parametrize(
    "target",
    [
        None,
        "everyone",
        {"list": LIST},
        {"list": LIST, "segment": ""},
        {"list": LIST, "segment": 0},
        {"list": LIST, "segment": True},
        {"list": LIST, "segment": "42"},
        {"list": "", "segment": 42},
        {"list": 5, "segment": 42},
        {"list": LIST, "segment": 42, "more": 1},
    ],
)
def test_an_audience_is_written_out(target: Any, mailchimp: Mailchimp, standin: StandIn) -> None:
    """Nobody becomes everyone by leaving something out; an id in quotes is none."""
    audience = Audience("weekly", {"mailchimp": target})
    for refused in (
        lambda: mailchimp.create(KEY, given(audience=audience)),
        lambda: mailchimp.count(audience),
    ):
        with pytest.raises(SettingsError, match="audience 'weekly' cannot be") as caught:
            refused()
        assert 'segment = "everyone"' in caught.value.hint
    assert standin.log == []


def test_members_of_list_and_segment_are_counted(mailchimp: Mailchimp) -> None:
    """Three are on the list, two of them in the segment."""
    assert (mailchimp.count(EVERYONE), mailchimp.count(SEGMENTED)) == (3, 2)


def test_a_test_goes_to_its_addresses_and_to_no_reader(mailchimp: Mailchimp, standin: StandIn) -> None:
    """Without an address nothing is asked."""
    draft = mailchimp.create(KEY, given())
    before = len(standin.log)
    with pytest.raises(Rejected, match="no address"):
        mailchimp.send_test(draft, to=[])
    assert len(standin.log) == before
    mailchimp.send_test(draft, to=["desk@steady.example"])
    assert [mail["to"] for mail in standin.inbox] == ["desk@steady.example"]
    assert standin.campaigns[draft.id]["status"] == "save"


def test_what_is_gone_is_none(mailchimp: Mailchimp) -> None:
    """A campaign that is not there is no error to a look, and one to a change."""
    draft = replace(mailchimp.create(KEY, given()), id="cgone")
    assert mailchimp.read("cgone") is None
    with pytest.raises(Rejected, match="is gone"):
        mailchimp.update(draft, given())


def test_a_schedule_that_is_not_seen_is_unknown(mailchimp: Mailchimp, standin: StandIn) -> None:
    """After a 204, a look that fails must not say that nothing was sent."""
    draft = mailchimp.create(KEY, given())
    for status, body in ((404, "{}"), (200, "[]")):
        standin.faults.append(Fault(at=4, when="before", do="answer", status=status, body=body))
        with pytest.raises(OutcomeUnknown, match="it was taken"):
            mailchimp.schedule(draft, at=AT)
        mailchimp.unschedule(draft)


def test_a_yes_that_changed_nothing_is_unknown(mailchimp: Mailchimp, standin: StandIn) -> None:
    """An answer of 204 that left the draft a draft proves nothing."""
    draft = mailchimp.create(KEY, given())
    standin.faults.append(Fault(at=3, when="before", do="answer", status=204))
    with pytest.raises(OutcomeUnknown, match="still 'draft'"):
        mailchimp.schedule(draft, at=AT)


def test_a_blocked_key_gets_a_web_page_and_an_error_of_the_key(
    mailchimp: Mailchimp, standin: StandIn
) -> None:
    """403 may come without JSON: there are no words of theirs to show."""
    standin.blocked = True
    with pytest.raises(AuthError, match=r"mailchimp: GET /campaigns: 403$"):
        mailchimp.find(KEY)


def test_fields_that_are_wrong_are_named_in_their_words(mailchimp: Mailchimp) -> None:
    """A problem lists the fields it is about."""
    audience = Audience("weekly", {"mailchimp": {"list": "other", "segment": "everyone"}})
    with pytest.raises(Rejected, match=r"Invalid Resource: ; recipients\.list_id: No such list"):
        mailchimp.create(KEY, given(audience=audience))


def test_no_secret_is_shown_even_when_they_repeat_it(mailchimp: Mailchimp, standin: StandIn) -> None:
    """Neither the key as it is nor as the header carries it."""
    mailchimp.find(KEY)
    header = standin.log[0].headers["authorization"].removeprefix("Basic ")
    body = json.dumps({"title": "No", "detail": f"mailchimp-key-us6 and {header}"})
    standin.faults.append(Fault(at=1, when="before", do="answer", status=401, body=body))
    with pytest.raises(PipelineError) as caught:
        mailchimp.create(KEY, given())
    shown = f"{caught.value.message} {caught.value.hint} {caught.value!r} {mailchimp!r}"
    assert "*** and ***" in shown
    assert header not in shown
    assert "mailchimp-key" not in shown


def test_html_without_the_unsubscribe_tag_gets_their_footer(mailchimp: Mailchimp, standin: StandIn) -> None:
    """The habit of theirs is really there, and ours has the tag."""
    for html, footers in ((BODY, 0), ("<html><body>Hello</body></html>", 1)):
        draft = mailchimp.create(KEY, given(html=html))
        mailchimp.send_test(draft, to=["desk@steady.example"])
        assert standin.inbox[-1]["html"].count("mailchimp-footer") == footers


def test_the_stand_in_makes_a_text_part_where_it_is_given_none(mailchimp: Mailchimp) -> None:
    """The habit of theirs is really there: a text part that was lost comes back as another one."""
    draft = mailchimp.create(KEY, given(text=""))
    assert "Hello" in mailchimp.stored(draft, given()).payload.text


@pytest.mark.parametrize(
    ("written", "part", "expected"),
    [
        ("{{ unsubscribe_url }}", "html", "*|UNSUB|*"),
        ("{{ web_url }}", "text", "*|ARCHIVE|*"),
        ("{{ subscriber.first_name }}", "html", "*|FNAME|*"),
        (
            '{{ subscriber.first_name | default("friend") }}',
            "html",
            "*|IF:FNAME|**|FNAME|**|ELSE:|*friend*|END:IF|*",
        ),
        ("a *|FNAME|* b", "html", "a *&#124;FNAME|* b"),
        ("a *|FNAME|* b", "text", "a * |FNAME|* b"),
        ("{{ unsubscribe_url }}|x", "html", "*|UNSUB|*&#124;x"),
        ("<style>*|a{b:c}</style>", "html", "<style>a{b:c}</style>"),
        ("{{ b }} * | c", "html", "{{ b }} * | c"),
    ],
)
def test_tags_are_written_and_all_else_kept(written: str, part: Any, expected: str) -> None:
    """Mailchimp reads our tags, and nothing of an editor's."""
    assert Mailchimp.syntax.apply(to_tokens(written), part) == expected


def test_a_default_is_text_and_no_tag() -> None:
    """Whatever an editor writes as a default, readers see it."""
    written = Mailchimp.syntax.apply(token(Tag("subscriber.first_name", "|a <b> *|UNSUB|*")), "html")
    assert "*|ELSE:|*&#124;a &lt;b&gt; *&#124;UNSUB|**|END:IF|*" in written


@pytest.mark.parametrize(
    ("stored", "given_text", "expected"),
    [("a\r\nb", "a\nb\n\n", "a\nb\n\n"), ("a b", "a  b", "a b"), ("", "a", ""), (" a", "a", " a")],
)
def test_only_line_ends_and_the_very_end_may_differ(stored: str, given_text: str, expected: str) -> None:
    """Any other difference is shown."""
    assert restored(stored, given_text) == expected
