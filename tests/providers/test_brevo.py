"""What is Brevo's own: its defaults, its two ways back, its times, its count of requests."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import OutcomeUnknown, Rejected, SettingsError, UnexpectedAnswer, Unsupported
from pipeline.mergetags import to_tokens
from pipeline.model import Audience, Draft, Stats
from pipeline.providers import open_provider
from pipeline.providers.brevo import FOOTER, HEADER, Brevo, surrounded
from pipeline.settings import load_settings
from standins.bench import AT, KEY, Bench, opened, settings_toml


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    """Brevo and what stands in for it."""
    with opened("brevo", tmp_path, monkeypatch) as made:
        yield made


def account(bench: Bench) -> Any:
    """Return the stand-in, to look at and to tamper with."""
    return bench.standin


def campaign(bench: Bench, draft: Draft) -> dict[str, Any]:
    """Return what Brevo keeps of a draft."""
    kept: dict[str, Any] = account(bench).campaigns[int(draft.id)]
    return kept


def test_a_new_campaign_has_no_time_and_no_default_of_the_account(bench: Bench) -> None:
    """Nothing that Brevo would choose is left to it."""
    bench.draft()
    body = bench.log[0].json
    assert "scheduledAt" not in body
    assert (body["name"], body["tag"]) == (KEY, KEY)
    assert (body["header"], body["footer"]) == (HEADER, FOOTER)
    assert (body["mirrorActive"], body["inlineImageActivation"]) == (True, False)
    assert body["recipients"] == {"listIds": [7]}
    assert (body["sender"], body["replyTo"]) == (
        {"name": "Coach Luke", "email": "luke@steady.example"},
        "luke@steady.example",
    )
    assert "text" not in " ".join(body).replace("previewText", "").lower()


def test_the_preheader_is_brevos_preview_text(bench: Bench) -> None:
    """It leaves the HTML."""
    bench.draft()
    assert bench.log[0].json["previewText"] == "Why one side works harder"
    assert "preheader" not in bench.log[0].json["htmlContent"]


@pytest.mark.parametrize("name", ["header", "footer"])
@pytest.mark.parametrize("value", ["[DEFAULT_{}]", "<p>Bought by a human</p>"])
def test_what_stands_around_the_letter_is_ours_or_nothing(bench: Bench, name: str, value: str) -> None:
    """A default of the account, or an edit, is seen on the way back; nothing is sent with it."""
    draft = bench.draft()
    campaign(bench, draft)[name] = value.format(name.upper())
    with pytest.raises(Rejected, match=f"{name} that is not ours"):
        bench.provider.stored(draft, bench.payload())
    campaign(bench, draft)[name] = ""
    assert bench.provider.stored(draft, bench.payload()).payload == bench.payload()


def test_a_header_without_its_link_shows_that_brevo_put_its_own(bench: Bench) -> None:
    """The settings may say another one; Brevo's answer to it is seen."""
    toml = settings_toml("brevo", bench.url).replace("text_part", 'header = "Hello"\ntext_part')
    (bench.folder / "pyproject.toml").write_text(toml)
    provider = open_provider(load_settings(bench.folder), bench.clock)
    draft = provider.create(KEY, bench.payload())
    with pytest.raises(Rejected, match="DEFAULT_HEADER"):
        provider.stored(draft, bench.payload())


def test_what_is_read_back_has_header_and_footer_in_its_body(bench: Bench) -> None:
    """The examination looks at what readers get."""
    html = bench.provider.stored(bench.draft(), bench.payload()).html
    assert html.index("<body>") < html.index(HEADER) < html.index("Hello") < html.index(FOOTER)
    assert html.index(FOOTER) < html.index("</body>")
    assert surrounded("<p>x</p>", "a", "b") == "a<p>x</p>b"


@pytest.mark.parametrize(
    "change", [{"mirrorActive": False}, {"inlineImageActivation": True}, {"mirrorActive": None}], ids=str
)
def test_what_somebody_switched_at_brevo_is_named(bench: Bench, change: dict[str, Any]) -> None:
    """In the digest, which is no longer the one given."""
    draft, given = bench.draft(), bench.payload()
    campaign(bench, draft).update(change)
    (name,) = change
    stored = bench.provider.stored(draft, given).payload
    assert stored == replace(given, digest=f"{given.digest} with {name} changed")


@pytest.mark.parametrize(
    "edit",
    [
        {"subject": "Other"},
        {"previewText": ""},
        {"replyTo": "other@steady.example"},
        {"htmlContent": "<p>Other</p>"},
        {"sender": {"name": "Coach Luke", "email": "other@steady.example"}},
        {"sender": {"name": "", "email": "luke@steady.example"}},
        {"recipients": {"lists": [7, 8], "exclusionLists": []}},
        {"recipients": {"lists": [], "exclusionLists": []}},
        {"recipients": {"lists": [7], "exclusionLists": [8]}},
        {"recipients": {"lists": [7], "exclusionLists": [], "segments": [3]}},
        {"recipients": {"lists": [7], "exclusionLists": [], "excludedSegments": [3]}},
    ],
    ids=str,
)
def test_an_edit_at_brevo_is_a_difference(bench: Bench, edit: dict[str, Any]) -> None:
    """Each field that Brevo stores is compared."""
    draft = bench.draft()
    campaign(bench, draft).update(edit)
    assert bench.provider.stored(draft, bench.payload()).payload != bench.payload()


def test_lists_and_segments_are_compared_as_sets(bench: Bench) -> None:
    """Their order means nothing."""
    audience = Audience("weekly", {"brevo": {"lists": [8, 7, 7], "segments": [3]}})
    given = replace(bench.payload(), audience=audience)
    assert bench.provider.stored(bench.draft_of(given), given).payload == given


def test_replies_go_where_the_settings_say(bench: Bench) -> None:
    """An address is stored; a name cannot be, and nothing is written then."""
    given = replace(bench.payload(), reply_to="desk@steady.example")
    assert bench.provider.stored(bench.draft_of(given), given).payload == given
    before = len(bench.log)
    with pytest.raises(Unsupported, match="Reply-To"):
        bench.draft_of(replace(given, reply_to="Desk <desk@steady.example>"))
    assert len(bench.log) == before


def test_a_sender_that_brevo_does_not_know_is_refused_in_its_words(bench: Bench) -> None:
    """Only it knows which addresses are verified."""
    with pytest.raises(Rejected, match="Sender is invalid / inactive"):
        bench.draft_of(replace(bench.payload(), sender="Mallory <mallory@steady.example>"))


def test_a_campaign_that_was_renamed_is_found_by_its_tag(bench: Bench) -> None:
    """A human's new name must not make room for a second draft; nor must another tag."""
    renamed, retagged = bench.draft(), bench.draft(f"{KEY}-2")
    campaign(bench, renamed)["name"] = "Nice one"
    campaign(bench, retagged)["tag"] = "backs"
    found = bench.provider.find(KEY, f"{KEY}-2")
    assert [(each.id, each.key) for each in found] == [(retagged.id, f"{KEY}-2"), (renamed.id, KEY)]
    campaign(bench, retagged)["tag"] = KEY
    assert [each.id for each in bench.provider.find(KEY)] == [retagged.id, renamed.id]
    assert [each.key for each in bench.provider.find(KEY, f"{KEY}-2")] == [KEY, f"{KEY}-2", KEY]


@pytest.mark.parametrize("counted", ["all", "page"])
def test_no_campaign_hides_behind_a_page(bench: Bench, counted: str) -> None:
    """Whatever Brevo counts, all of the account's or those of the page, every full page is turned."""
    drafts = [bench.draft(f"{KEY}-{number}") for number in range(201)]
    account(bench).counts_page = counted == "page"
    before = len(bench.log)
    assert [each.id for each in bench.provider.find(drafts[0].key)] == [drafts[0].id]
    assert len(bench.log) - before == 3


def test_a_listing_that_ends_too_early_stops(bench: Bench) -> None:
    """Fewer than Brevo says there are: what is missing may be ours."""
    bench.draft()
    bench.fault(1, when="before", do="answer", status=200, body='{"count": 3, "campaigns": []}')
    with pytest.raises(UnexpectedAnswer, match="there are 3"):
        bench.provider.find(KEY)


@pytest.mark.parametrize(
    ("native", "state"),
    [
        ("draft", "draft"),
        ("queued", "scheduled"),
        ("inProcess", "sending"),
        ("in_process", "sending"),
        ("sent", "sent"),
        ("cancelled", "cancelled"),
        ("suspended", "unknown"),
        ("archive", "unknown"),
        ("in_review", "unknown"),
        ("cancelling", "unknown"),
        ("something new", "unknown"),
    ],
)
def test_each_of_brevos_states_is_one_of_ours(bench: Bench, native: str, state: str) -> None:
    """Only a draft may be scheduled; what nobody knows is for somebody to look at."""
    draft = bench.scheduled()
    campaign(bench, draft)["status"] = native
    now = bench.look(draft)
    assert (now.state, now.native_state) == (state, native)


def test_a_queue_that_stands_still_is_scheduled_and_can_be_taken_back(bench: Bench) -> None:
    """Its time is over, and Brevo does not say that it is being sent: nobody may be told that it is."""
    draft = bench.scheduled()
    account(bench).sends = False
    bench.turn(AT + dt.timedelta(hours=5))
    now = bench.look(draft)
    assert (now.state, now.send_at, now.native_state) == ("scheduled", AT, "queued")
    with pytest.raises(Rejected, match=r"'scheduled' \(queued\), not 'draft'"):
        bench.provider.schedule(draft, at=AT + dt.timedelta(hours=6))
    assert bench.provider.unschedule(draft).state == "draft"
    account(bench).sends = True
    bench.turn(AT + dt.timedelta(hours=6))
    assert (bench.look(draft).state, bench.mails()) == ("draft", [])


@pytest.mark.parametrize("status", ["in_process", "sent"])
def test_what_left_the_queue_meanwhile_is_not_said_to_be_taken_back(bench: Bench, status: str) -> None:
    """Due and queued at the first look, gone at the next: Brevo's answer decides."""
    draft = bench.scheduled()
    account(bench).sends = False
    bench.turn(AT + dt.timedelta(minutes=1))
    refusal = '{"code": "invalid_parameter", "message": "Status cannot be changed"}'
    bench.fault(2, when="before", do="answer", status=400, body=refusal)
    body = f'{{"id": {draft.id}, "name": "{KEY}", "status": "{status}"}}'
    account(bench).faults += [replace(account(bench).faults[0], at=3, status=200, body=body)]
    before = len(bench.log)
    with pytest.raises(Rejected, match=f"could not be taken back: it is '{status}'"):
        bench.provider.unschedule(draft)
    assert [each.json for each in bench.log[before:] if each.method == "PUT"] == [{"status": "draft"}]


def test_what_is_queued_without_a_time_is_being_sent(bench: Bench) -> None:
    """Somebody pressed "send now": it is neither taken back nor scheduled again."""
    draft = bench.scheduled()
    body = f'{{"id": {draft.id}, "name": "{KEY}", "status": "queued", "scheduledAt": ""}}'
    bench.fault(1, when="before", do="answer", status=200, body=body)
    assert bench.look(draft).state == "sending"


def test_a_time_without_a_zone_stops(bench: Bench) -> None:
    """Nobody could say when that is."""
    draft = bench.scheduled()
    campaign(bench, draft)["scheduledAt"] = "2026-12-24T12:00:00"
    with pytest.raises(UnexpectedAnswer, match="scheduledAt"):
        bench.provider.read(draft.id)


def test_a_campaign_of_somebody_else_is_not_looked_into(bench: Bench) -> None:
    """Only what bears our key has to make sense."""
    other, ours = bench.draft("steady-other"), bench.draft()
    campaign(bench, other)["scheduledAt"] = "soon"
    campaign(bench, other)["status"] = "sent"
    assert [each.id for each in bench.provider.find(KEY)] == [ours.id]


def test_the_time_is_sent_in_utc_with_its_offset(bench: Bench) -> None:
    """Brevo would read a time without one in the account's zone."""
    zone = dt.timezone(dt.timedelta(hours=-5))
    bench.provider.schedule(bench.draft(), at=AT.astimezone(zone))
    assert bench.log[-1].json == {"scheduledAt": "2026-12-01T12:30:00.000+00:00"}


def test_a_time_that_is_past_is_refused(bench: Bench) -> None:
    """That would be "send now"."""
    draft = bench.draft()
    before = len(bench.log)
    for moment in (bench.clock.now, bench.clock.now - dt.timedelta(minutes=1)):
        with pytest.raises(Rejected, match="is past"):
            bench.provider.schedule(draft, at=moment)
    assert len(bench.log) == before


def test_what_cannot_be_a_draft_again_is_suspended(bench: Bench) -> None:
    """It is not sent, and somebody has to look at it."""
    draft = bench.scheduled()
    account(bench).makes_drafts_again = False
    before = len(bench.log)
    now = bench.provider.unschedule(draft)
    assert (now.state, now.native_state) == ("unknown", "suspended")
    assert [each.json for each in bench.log[before:] if each.method == "PUT"] == [
        {"status": "draft"},
        {"status": "suspended"},
    ]
    bench.turn(AT + dt.timedelta(hours=1))
    bench.provider.find(KEY)
    assert bench.mails() == []


def test_what_cannot_be_stopped_is_said_to_be_scheduled(bench: Bench) -> None:
    """Both ways refused: whoever cancels must know that it will go out."""
    draft = bench.scheduled()
    bench.fault(2, when="before", do="answer", status=400, body='{"code": "no", "message": "no"}', times=1)
    account(bench).faults += [replace(account(bench).faults[0], at=4)]
    with pytest.raises(Rejected, match="could not be taken back: it is 'queued'"):
        bench.provider.unschedule(draft)
    assert bench.look(draft).state == "scheduled"


def test_what_began_while_it_was_taken_back_is_said(bench: Bench) -> None:
    """Its last state counts, not that Brevo said yes."""
    draft = bench.scheduled()
    body = f'{{"id": {draft.id}, "name": "{KEY}", "status": "in_process"}}'
    bench.fault(3, when="after", do="answer", status=200, body=body)
    with pytest.raises(Rejected, match="it is 'in_process'"):
        bench.provider.unschedule(draft)


def test_a_new_campaign_without_an_id_is_an_open_question(bench: Bench) -> None:
    """It may be there: nobody makes another one before looking."""
    bench.fault(1, when="after", do="answer", status=201, body="{}")
    with pytest.raises(OutcomeUnknown):
        bench.draft()


def test_no_verb_sends_now(bench: Bench) -> None:
    """Neither by its path, nor by a status that means it."""
    bench.provider.unschedule(bench.scheduled("steady-other"))
    bench.sent()
    assert not [each for each in bench.log if each.path.endswith("/sendNow")]
    assert not [each for each in bench.log if b'"sent"' in each.body or b'"queued"' in each.body]


def test_testers_that_brevo_does_not_know_are_refused(bench: Bench) -> None:
    """In its words; the address is not shown."""
    with pytest.raises(Rejected, match="could not be sent"):
        bench.provider.send_test(bench.draft(), to=["stranger@steady.example"])


def test_readers_of_several_lists_and_segments_are_added_up(bench: Bench) -> None:
    """Nobody is missing; who is on two counts twice."""
    audience = Audience("weekly", {"brevo": {"lists": [7, 8], "segments": [3]}})
    assert bench.provider.count(audience) == 4
    assert [each.path for each in bench.log] == ["/contacts/lists", "/contacts"]


def test_a_list_on_the_second_page_is_counted(bench: Bench) -> None:
    """Brevo shows fifty lists at once, the newest first."""
    account(bench).lists.update({number: [] for number in range(100, 160)})
    assert bench.provider.count(bench.audience) == 2
    assert len(bench.log) == 2


def test_a_list_that_is_not_there_is_named(bench: Bench) -> None:
    """A wrong number reaches nobody, or somebody else."""
    with pytest.raises(Rejected, match=r"not there: \[70\]"):
        bench.provider.count(Audience("weekly", {"brevo": {"lists": [7, 70]}}))


def test_statistics_are_asked_for(bench: Bench) -> None:
    """Without that Brevo shows none."""
    draft = bench.scheduled()
    assert bench.provider.stats(draft) == Stats(to_send=2, sent=0, bounced=0)
    assert bench.log[-1].query == {"statistics": ["globalStats"]}
    body = '{"id": 1, "statistics": {"globalStats": {}, "remaining": 2}}'
    bench.fault(1, when="before", do="answer", status=200, body=body)
    assert bench.provider.stats(draft) == Stats()


def test_each_verb_makes_as_few_requests_as_it_can(bench: Bench) -> None:
    """About a hundred an hour are allowed: these are the numbers that the adapter's page tells."""
    draft, given = bench.draft(), bench.payload()
    verbs: dict[str, tuple[int, Callable[[], object]]] = {
        "find": (1, lambda: bench.provider.find(KEY, "a", "b")),
        "create": (1, lambda: bench.draft("steady-other")),
        "read": (1, lambda: bench.look(draft)),
        "stored": (1, lambda: bench.provider.stored(draft, given)),
        "send_test": (1, lambda: bench.provider.send_test(draft, to=[bench.row.tester])),
        "stats": (1, lambda: bench.provider.stats(draft)),
        "count": (1, lambda: bench.provider.count(bench.audience)),
        "update": (2, lambda: bench.provider.update(draft, given)),
        "schedule": (2, lambda: bench.provider.schedule(draft, at=AT)),
        "unschedule": (3, lambda: bench.provider.unschedule(draft)),
    }
    made = {}
    for verb, (_, act) in verbs.items():
        before = len(bench.log)
        act()
        made[verb] = len(bench.log) - before
    assert made == {verb: number for verb, (number, _) in verbs.items()}


def test_tags_and_their_defaults_are_in_brevos_language() -> None:
    """Plain words stand in the default filter; others outside of any quotes."""
    written = {
        source: Brevo.syntax.apply(to_tokens(source), "text")
        for source in (
            "{{ subscriber.first_name }}",
            '{{ subscriber.first_name | default("my friend") }}',
            "{{ subscriber.first_name | default('my \"friend\"') }}",
            "{{ unsubscribe_url }}",
            "{{ web_url }}",
            "{{ x }}",
        )
    }
    assert list(written.values()) == [
        "{{ contact.FIRSTNAME }}",
        '{{ contact.FIRSTNAME|default:"my friend" }}',
        '{% if contact.FIRSTNAME %}{{ contact.FIRSTNAME }}{% else %}my "friend"{% endif %}',
        "{{ unsubscribe }}",
        "{{ mirror }}",
        '{{ "{" }}{{ "{" }} x }}',
    ]


@pytest.mark.parametrize("line", ['key = "x"', 'text_part = "ours"', 'url = "brevo"', "header = 5"])
def test_a_setting_that_brevo_does_not_have_is_refused(tmp_path: Path, line: str) -> None:
    """Before anything is asked of it."""
    toml = settings_toml("brevo", "https://brevo.invalid").partition("[tool.newsletter.providers.brevo]")[0]
    (tmp_path / "pyproject.toml").write_text(f"{toml}[tool.newsletter.providers.brevo]\n{line}\n")
    with pytest.raises(SettingsError):
        open_provider(load_settings(tmp_path), dt.datetime.now)


def test_the_key_goes_to_brevo_alone(tmp_path: Path) -> None:
    """Over https, unless it is this machine."""
    (tmp_path / "pyproject.toml").write_text(settings_toml("brevo", "http://brevo.invalid"))
    with pytest.raises(SettingsError, match="not https"):
        open_provider(load_settings(tmp_path), dt.datetime.now)
