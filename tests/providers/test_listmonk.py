"""
The listmonk adapter: what Go's templates leave of a mail, and what its server does without a word.

Runs against the stand-in. With LISTMONK_URL, LISTMONK_USER and LISTMONK_TOKEN in the environment the tests
that need no other clock run against that server, which is how the stand-in is held against a real one. It
needs the default template and one that passes the mail through; lists and readers are made anew.
"""

import datetime as dt
import json
import os
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

import pytest

from conftest import ROOT
from pipeline.clock import Clock
from pipeline.errors import Altered, AuthError, OutcomeUnknown, Rejected, SettingsError, UnexpectedAnswer
from pipeline.examine import examine
from pipeline.mergetags import to_tokens
from pipeline.model import Audience, Draft, Message, Payload, Stats, Stored
from pipeline.newsletter import Newsletter
from pipeline.providers import open_provider
from pipeline.providers.base import payload_for
from pipeline.providers.gotemplate import neutral
from pipeline.providers.listmonk import Listmonk
from pipeline.publish.compare import differences
from pipeline.settings import Settings, load_settings
from samples import message
from standins.base import served
from standins.listmonk import TOKEN, USER
from standins.listmonk import Listmonk as StandIn

REAL = os.environ.get("LISTMONK_URL", "")
READERS = {  # name: (how they stand on the single opt-in list, on the double opt-in list); None: not on it
    "Ada Moreno": ("unconfirmed", "confirmed"),
    "Ben": ("confirmed", "confirmed"),
    "Cleo O'Neil": (None, "confirmed"),
    "Dan": (None, "unconfirmed"),
    "Eve": ("unsubscribed", "unsubscribed"),
}


@dataclass
class Server:
    """A listmonk to test against, and what is on it."""

    url: str
    user: str
    token: str
    now: Clock
    single: int  # a list
    double: int
    empty: int
    ada: str  # an address on both
    standin: StandIn | None = None
    keys: Iterator[int] = field(default_factory=count)

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Return `data` of an answer, as somebody else who uses it would get it."""
        request = urllib.request.Request(  # noqa: S310  (a server of ours)
            f"{self.url}/api{path}",
            None if body is None else json.dumps(body).encode(),
            {"Authorization": f"token {self.user}:{self.token}", "Content-Type": "application/json"},
            method=method,
        )
        with urllib.request.urlopen(request) as answer:  # noqa: S310
            return json.load(answer)["data"]

    @property
    def at(self) -> dt.datetime:
        """A time to send at: whole minutes."""
        return (self.now() + dt.timedelta(hours=2)).replace(second=0, microsecond=0)

    def settings(self, **options: Any) -> Settings:
        """Return settings with this server as their provider."""
        own = {"url": self.url, "user": self.user, **options}
        return replace(load_settings(ROOT), provider="listmonk", providers={"listmonk": own})

    def open(self, *, clock: Clock | None = None, **options: Any) -> Listmonk:
        """Return the adapter, which does not wait."""
        provider = open_provider(self.settings(**options), clock or self.now, lambda _seconds: None)
        assert isinstance(provider, Listmonk)
        return provider

    def payload(self, given: Message | None = None, **changes: Any) -> Payload:
        """Return a message as it is given to this server, for both of its lists."""
        audience = Audience("weekly", {"listmonk": [self.single, self.double]})
        return replace(payload_for(given or message(), audience, self.open()), **changes)

    def key(self) -> str:
        """Return a key that nobody has used."""
        return f"steady-{uuid.uuid4().hex[:12]}-{next(self.keys)}"

    def campaign(self, draft: Draft) -> Any:
        """Return what is stored."""
        return self.call("GET", f"/campaigns/{draft.id}")

    def touch(self, draft: Draft, **changes: Any) -> None:
        """Change a campaign as somebody would by hand."""
        now = self.campaign(draft)
        kept = {"lists": [each["id"] for each in now["lists"]], "media": [], "attribs": now["attribs"]}
        self.call("PUT", f"/campaigns/{draft.id}", {**kept, **changes})


@pytest.fixture(scope="module")
def real() -> Server | None:
    """Make lists and readers on the real server, if there is one."""
    if not REAL:
        return None
    run = uuid.uuid4().hex[:8]
    now: Clock = lambda: dt.datetime.now(dt.UTC)  # noqa: E731
    made = Server(
        REAL,
        os.environ["LISTMONK_USER"],
        os.environ["LISTMONK_TOKEN"],
        now,
        0,
        0,
        0,
        f"ada.{run}@example.com",
    )
    made.single, made.double, made.empty = (
        made.call("POST", "/lists", {"name": f"{run} {name}", "type": "private", "optin": optin})["id"]
        for name, optin in (("a", "single"), ("b", "double"), ("c", "single"))
    )
    for name, standings in READERS.items():
        email = f"{name.split()[0].lower()}.{run}@example.com"
        reader = made.call("POST", "/subscribers", {"email": email, "name": name, "status": "enabled"})["id"]
        for number, status in zip((made.single, made.double), standings, strict=True):
            if status:
                change = {"ids": [reader], "target_list_ids": [number], "action": "add", "status": status}
                made.call("PUT", "/subscribers/lists", change)
    blocked = {
        "email": f"fay.{run}@example.com",
        "name": "Fay",
        "status": "blocklisted",
        "lists": [made.single],
    }
    made.call("POST", "/subscribers", blocked)
    return made


@pytest.fixture
def standin(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A stand-in, and nothing on it but lists and readers."""
    monkeypatch.setenv("LISTMONK_TOKEN", TOKEN)
    place = StandIn()
    with served(place) as url:
        yield Server(url, USER, TOKEN, lambda: place.now, 1, 2, 3, "ada@example.com", place)


@pytest.fixture
def server(request: pytest.FixtureRequest, real: Server | None) -> Iterator[Server]:
    """The real server if there is one, else a stand-in; campaigns are taken away again."""
    if real is None:
        yield request.getfixturevalue("standin")
        return
    before = {each["id"] for each in real.call("GET", "/campaigns?per_page=all")["results"]}
    yield real
    for each in real.call("GET", "/campaigns?per_page=all")["results"]:
        if each["id"] not in before:
            real.call("DELETE", f"/campaigns/{each['id']}")


PIECES = {
    "a comment": "<p>a<!-- note -->b</p>",
    "a conditional comment": (
        "<!--[if mso]><table><tr><td><![endif]--><p>x</p><!--[if mso]></td></tr></table><![endif]-->"
    ),
    "a tag in a conditional comment": (
        '<!--[if mso]><a href="{{ unsubscribe_url }}">{{ subscriber.first_name }}</a><![endif]-->'
    ),
    "shown but to Outlook": "<!--[if !mso]><!--><p>x</p><!--<![endif]--><![if !mso]><p>y</p><![endif]>",
    "VML with quotes": '<!--[if mso]><v:rect fillcolor="#fff" strokeweight=\'1px\' alt="a\\b"/><![endif]-->',
    "a comment of CSS": "<style>/* a */ p > a { color: red } @media (max-width: 9px) {p{margin:0}}</style>",
    "quotes and angles in CSS": "<style>a:before { content: '\"<' } b{c:d}/*[if]*/</style>",
    "a lone angle": "<p>1 < 2 and 3 <4</p>",
    "an angle in an attribute": '<img alt="1 < 2 <!-- x -->" src="data:image/gif;base64,R0lGOD">',
    "addresses": '<a href="https://a.example/?b=1&amp;c=%7Bd%7D&e#f">x</a><img srcset="a.png 1x, b.png 2x">',
    "a tag in an address": '<a href="{{ unsubscribe_url }}">x</a> <a href="{{ web_url }}">y</a>',
    "a name with a default": (
        '<p title="{{ subscriber.first_name | default("friend") }}">'
        """{{ subscriber.first_name | default("O'Neil & <co>") }}</p>"""
    ),
    "a title": "<title>Backs &amp; {{ subscriber.first_name }}</title>",
    "characters": "<p>“é” さくら \u200fليلى \u2028 &nbsp; \\n `q` $1</p>",
}


@pytest.mark.parametrize("piece", PIECES.values(), ids=PIECES)
def test_what_is_rendered_is_our_html_to_the_byte(server: Server, piece: str) -> None:
    """Comments, style and angles pass through Go's templates; only tags are filled in."""
    html = to_tokens(f'<!DOCTYPE html><html lang="en"><head></head><body>{piece}</body></html>')
    listmonk, payload = server.open(), server.payload(replace(message(), html=html))
    stored = listmonk.stored(listmonk.create(server.key(), payload), payload)
    assert (stored.payload, stored.html) == (payload, html)


@pytest.mark.parametrize("template", ["weekly", "digest", "notice"])
@pytest.mark.parametrize("name", [path.stem for path in sorted((ROOT / "issues").iterdir())])
def test_our_own_issues_come_through_whole(server: Server, template: str, name: str) -> None:
    """Each issue in each template: HTML and text are what was composed."""
    newsletter = Newsletter(ROOT, clock=server.now)
    given = newsletter.checked(replace(newsletter.issue(name), template=template)).message
    listmonk, payload = server.open(), server.payload(given)
    stored = listmonk.stored(listmonk.create(server.key(), payload), payload)
    assert (stored.payload, stored.html, stored.text) == (payload, given.html, given.text)


BRACES = (
    "{{ mood }}",
    "{",
    "{{{",
    "{{{{ }}}}",
    "{% x %}",
    "}}{{",
    "{{- x -}}",
    "{{/* x */}}",
    "https://a.b@TrackLink",
)


@pytest.mark.parametrize("literal", BRACES)
def test_what_looks_like_its_syntax_is_shown_as_it_is(server: Server, literal: str) -> None:
    """Braces of an issue are no actions, not even right before a tag, and no link is tracked."""
    html = to_tokens(f"<p>{literal}{{{{ subscriber.first_name }}}}</p><!--[if mso]>{literal}<![endif]-->")
    given = replace(message(), html=html, text=to_tokens(f"{literal}{{{{ web_url }}}}"), subject=literal)
    listmonk, payload = server.open(), server.payload(given)
    stored = listmonk.stored(listmonk.create(server.key(), payload), payload)
    shown = stored.html.replace("&#123;", "{").replace("&#64;", "@")
    assert (shown, stored.text, neutral(stored.payload.subject)) == (html, given.text, literal)


def test_every_reader_gets_the_mail_that_was_meant(standin: Server) -> None:
    """Names, links, text, Reply-To, the header to unsubscribe: one mail each, on however many lists."""
    place = standin.standin
    assert place is not None
    hello = 'Hi {{ subscriber.first_name | default("friend") }} {{ unsubscribe_url }}, 1 < 2 {{ mood }}'
    given = replace(
        message(),
        subject=to_tokens("{{ subscriber.first_name }}: 1 < 2"),
        text=to_tokens(hello),
        html=to_tokens(f"<!--[if mso]>{hello}<![endif]--><p>{hello}</p>"),
        reply_to="hello@steady.example",
    )
    listmonk = standin.open()
    draft = listmonk.schedule(listmonk.create("key", standin.payload(given)), at=standin.at)
    place.now = standin.at
    assert listmonk.find("key")[0].state == "sent"
    assert listmonk.stats(draft) == Stats(to_send=3, sent=3, bounced=0)
    by_reader = {mail["to"]: mail for mail in place.inbox}
    assert (
        sorted(by_reader)
        == ["ada@example.com", "ben@example.com", "cleo@example.com"]
        == sorted(mail["to"] for mail in place.inbox)
    )
    cleo, ben = by_reader["cleo@example.com"], by_reader["ben@example.com"]
    link = cleo["headers"]["List-Unsubscribe"].strip("<>")
    assert cleo["text"] == f"Hi Cleo {link}, 1 < 2 {{{{ mood }}}}"
    assert cleo["html"].count(f"Hi Cleo {link}, 1 < 2") == 2
    assert (cleo["subject"], cleo["headers"]["Reply-To"]) == ("Cleo: 1 < 2", "hello@steady.example")
    assert ben["text"].startswith("Hi friend ")


def test_a_name_is_not_escaped_in_the_text_part(standin: Server) -> None:
    """The text runs through a template of HTML as well; D'Arcy stays D'Arcy."""
    place = standin.standin
    assert place is not None
    place.subscribers[0]["name"] = "D'Arcy <b>"
    given = replace(message(), text=to_tokens("{{ subscriber.first_name }}"))
    listmonk = standin.open()
    listmonk.send_test(listmonk.create("key", standin.payload(given)), to=["ada@example.com"])
    assert [mail["text"] for mail in place.inbox if mail.get("test")] == ["D'Arcy"]


def test_a_template_that_adds_to_the_mail_is_found(server: Server) -> None:
    """A wrapped mail is not ours any more: it is refused, and the hint says which template would do."""
    listmonk, payload = server.open(template_id=1), server.payload()
    draft = listmonk.create(server.key(), payload)
    with pytest.raises(Rejected, match="its preview is not the HTML that it was given") as caught:
        listmonk.stored(draft, payload)
    assert '{{ template "content" . }}' in caught.value.hint


@pytest.mark.parametrize("chosen", [None, 987654])
def test_a_campaign_without_its_template_is_not_scheduled(server: Server, chosen: int | None) -> None:
    """It would be sent in the default template, which the preview shows when it is asked for."""
    listmonk, payload = server.open(), server.payload()
    draft = listmonk.create(server.key(), payload)
    if chosen is None:
        server.touch(draft, template_id=None)
    else:  # a number that is not there is stored as none
        listmonk = server.open(template_id=chosen)
        draft = listmonk.create(server.key(), payload)
    assert server.campaign(draft)["template_id"] is None
    stored = listmonk.stored(draft, payload)
    assert stored.payload.digest == f"{payload.digest} with template_id changed"
    assert "<h1>listmonk</h1>" in stored.html
    assert stored.html != payload.html
    with pytest.raises(Rejected, match="changed there: template_id"):
        listmonk.schedule(draft, at=server.at)
    assert server.campaign(draft)["status"] == "draft"


HIDING = '<style>p { display: none }</style>{{ template "content" . }}'


@pytest.mark.parametrize("chosen", [3, None], ids=["another template", "none: the default one"])
@pytest.mark.parametrize("state", ["draft", "scheduled"])
def test_a_template_that_hides_the_disclaimer_is_seen_by_the_examination(
    standin: Server, chosen: int | None, state: str
) -> None:
    """What is stored is all ours, and readers would not see it: the page in its template is looked at."""
    place = standin.standin
    assert place is not None
    listmonk, payload = standin.open(), standin.payload()
    draft = listmonk.create("key", payload)
    if state == "scheduled":
        draft = listmonk.schedule(draft, at=standin.at)
    assert _unseen(listmonk.stored(draft, payload)) == []
    place.templates |= {1: HIDING, 3: HIDING}
    place.campaigns[1]["template_id"] = chosen
    stored = standin.open().stored(draft, payload)
    assert differences(stored.payload, payload) == ["digest"]
    assert _unseen(stored) == ["VIS001"]


def test_the_template_of_the_settings_that_is_edited_alters_the_mail(standin: Server) -> None:
    """Its number is the same, and its page is not: that cannot be set right by an update."""
    place = standin.standin
    assert place is not None
    listmonk, payload = standin.open(template_id=2), standin.payload()
    draft = listmonk.schedule(listmonk.create("key", payload), at=standin.at)
    place.templates[2] = HIDING
    with pytest.raises(Altered, match="its preview is not the HTML that it was given"):
        standin.open(template_id=2).stored(draft, payload)


def test_a_template_that_was_edited_until_none_passes_through_is_seen(standin: Server) -> None:
    """What is scheduled is still looked at: the settings cannot be told to blame before that."""
    place = standin.standin
    assert place is not None
    listmonk, payload = standin.open(), standin.payload()
    draft = listmonk.schedule(listmonk.create("key", payload), at=standin.at)
    place.templates[2] = HIDING
    stored = standin.open().stored(draft, payload)
    assert differences(stored.payload, payload) == ["digest"]
    assert _unseen(stored) == ["VIS001"]


def _unseen(stored: Stored) -> list[str]:
    """Return what the examination finds in what readers would get."""
    return [each.id for each in examine(stored.html, stored.text, message().wordings) if each.severity.stops]


def test_without_a_template_that_passes_through_nothing_is_stored(standin: Server) -> None:
    """A newcomer is told which template to make."""
    place = standin.standin
    assert place is not None
    place.templates = {1: place.templates[1]}
    with pytest.raises(SettingsError, match="no template that adds nothing") as caught:
        standin.open().create("key", standin.payload())
    assert "Campaigns, Templates" in caught.value.hint
    assert place.campaigns == {}


def test_a_campaign_is_found_by_its_whole_tag(server: Server) -> None:
    """Neither a longer key nor somebody's second tag gets in the way."""
    listmonk, key = server.open(), server.key()
    listmonk.create(f"{key}7", server.payload())
    draft = listmonk.create(key, server.payload())
    server.touch(draft, tags=["press", key])
    assert [(found.id, found.key) for found in listmonk.find(key)] == [(draft.id, key)]


def test_campaigns_are_found_on_every_page(standin: Server) -> None:
    """It gives at most 50 at once."""
    listmonk = standin.open()
    made = [listmonk.create("key", standin.payload()).id for _ in range(101)]
    assert [draft.id for draft in listmonk.find("key")] == made


def test_a_list_that_was_left_out_without_a_word_is_noticed(server: Server) -> None:
    """Numbers of lists that are not there are dropped by listmonk; the read-back shows it."""
    listmonk = server.open()
    payload = server.payload(audience=Audience("weekly", {"listmonk": [server.single, 987654]}))
    stored = listmonk.stored(listmonk.create(server.key(), payload), payload)
    assert stored.payload.audience.target == {"listmonk": [server.single]}


CHANGES: dict[str, dict[str, Any]] = {
    "headers": {"headers": [{"Bcc": "spy@example.com"}]},
    "archive": {"archive": True},
    "content_type": {"content_type": "plain"},
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_else_was_changed_by_hand_is_noticed_and_set_right(server: Server, change: str) -> None:
    """A draft with a copy to somebody or in the public archive differs; saving again mends it."""
    listmonk, payload = server.open(), server.payload()
    draft = listmonk.create(server.key(), payload)
    server.touch(draft, **CHANGES[change])
    assert listmonk.stored(draft, payload).payload == replace(
        payload, digest=f"digest of Backs {_words()} with {change} changed"
    )
    with pytest.raises(Rejected, match=f"changed there: {change}"):
        listmonk.schedule(draft, at=server.at)
    assert listmonk.stored(listmonk.update(draft, payload), payload).payload == payload


def _words() -> str:
    return message().digest.removeprefix("digest of Backs ")


def test_words_changed_by_hand_are_shown_as_stored(server: Server) -> None:
    """The read-back tells what differs; nothing is taken from what was given."""
    listmonk, payload = server.open(), server.payload(replace(message(), reply_to="hello@steady.example"))
    draft = listmonk.create(server.key(), payload)
    server.touch(
        draft, body="<p>x{{ TrackView }}</p>", altbody="y", subject="z", headers=[], from_email="a@b.example"
    )
    stored = listmonk.stored(draft, payload)
    shown = stored.payload
    assert (shown.html, shown.text, shown.subject) == ("<p>x{{ TrackView }}</p>", "y", "z")
    assert (shown.reply_to, shown.sender, shown.digest, stored.text) == (
        "",
        "a@b.example",
        payload.digest,
        "y",
    )
    assert stored.html.startswith("<p>x")


@pytest.mark.parametrize(
    "reply_to",
    ["", "hello@steady.example", "Hello Ünit <hello@steady.example>", '"Ünit, H." <h@steady.example>'],
)
def test_reply_to_comes_back_as_given(server: Server, reply_to: str) -> None:
    """It is a header of the campaign, in ASCII: listmonk would encode another one with its address."""
    listmonk, payload = server.open(), server.payload(replace(message(), reply_to=reply_to))
    draft = listmonk.create(server.key(), payload)
    assert json.dumps(server.campaign(draft)["headers"], ensure_ascii=False).isascii()
    assert listmonk.stored(draft, payload).payload.reply_to == reply_to


def test_a_draft_is_scheduled_taken_back_and_scheduled_again(server: Server) -> None:
    """Each step shows the state that listmonk has."""
    listmonk = server.open()
    draft = listmonk.create(server.key(), server.payload())
    for _ in range(2):
        scheduled = listmonk.schedule(draft, at=server.at)
        assert (scheduled.state, scheduled.send_at) == ("scheduled", server.at)
        with pytest.raises(Rejected, match="'scheduled' "):
            listmonk.schedule(draft, at=server.at)
        with pytest.raises(Rejected, match="not 'draft'"):
            listmonk.update(draft, server.payload())
        draft = listmonk.unschedule(scheduled)
        assert (draft.state, draft.send_at) == ("draft", None)
        with pytest.raises(Rejected, match="not 'scheduled'"):
            listmonk.unschedule(draft)


def test_saving_again_forgets_the_time(server: Server) -> None:
    """A draft that was scheduled once has no time left that somebody could start."""
    listmonk = server.open()
    draft = listmonk.create(server.key(), server.payload())
    listmonk.update(listmonk.unschedule(listmonk.schedule(draft, at=server.at)), server.payload())
    assert server.campaign(draft)["send_at"] is None


def test_scheduling_changes_nothing_of_the_campaign(server: Server) -> None:
    """Lists, which a PUT forgets, and all else stay."""
    listmonk, payload = server.open(), server.payload()
    draft = listmonk.create(server.key(), payload)
    before = server.campaign(draft)
    after = server.campaign(listmonk.schedule(draft, at=server.at))
    moved = {name for name in after if after[name] != before[name]}
    assert moved <= {"send_at", "status", "updated_at"}
    assert listmonk.stored(draft, payload).payload == payload


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("method_and_path", ["PUT /api/campaigns/1", "PUT /api/campaigns/1/status"])
def test_a_schedule_that_was_cut_off_is_a_draft_or_scheduled(
    standin: Server, when: str, method_and_path: str
) -> None:
    """No write is repeated; what is found says what happened, and a draft may be scheduled again."""
    place = standin.standin
    assert place is not None
    listmonk = standin.open()
    draft = listmonk.create("key", standin.payload())
    place.log.clear()
    listmonk.schedule(draft, at=standin.at)
    at = [f"{each.method} {each.path}" for each in place.log].index(method_and_path) + 1
    listmonk.unschedule(draft)
    listmonk.update(draft, standin.payload())
    standin_fault(standin, at=at, when=when)
    place.log.clear()
    with pytest.raises(OutcomeUnknown):
        listmonk.schedule(draft, at=standin.at)
    assert [f"{each.method} {each.path}" for each in place.log].count(method_and_path) == 1
    (found,) = standin.open().find("key")
    took = when == "after" and method_and_path.endswith("status")
    assert (found.state, found.send_at) == (("scheduled", standin.at) if took else ("draft", None))
    if not took:
        later = standin.at + dt.timedelta(hours=1)
        assert standin.open().schedule(found, at=later).send_at == later


def standin_fault(server: Server, **fault: Any) -> None:
    """Have the next connections cut."""
    body = json.dumps({"do": "cut", **fault}).encode()
    with urllib.request.urlopen(f"{server.url}/_fault", body) as answer:  # noqa: S310
        answer.read()


def test_a_draft_with_a_time_that_is_over_is_a_draft(standin: Server) -> None:
    """Whoever died between time and status left it; nothing was sent, and it may be scheduled anew."""
    place = standin.standin
    assert place is not None
    listmonk = standin.open()
    draft = listmonk.create("key", standin.payload())
    standin.touch(draft, send_at=standin.at.isoformat())
    place.now = standin.at + dt.timedelta(days=1)
    assert listmonk.find("key")[0].state == "draft"
    assert (
        listmonk.stored(listmonk.update(draft, standin.payload()), standin.payload()).payload
        == standin.payload()
    )
    assert listmonk.schedule(draft, at=standin.at).state == "scheduled"
    assert place.inbox == []


@pytest.mark.parametrize("minutes_at_each_look", [(200,), (0, 200)], ids=["at the start", "on the way"])
def test_a_status_that_would_come_late_is_not_asked_for(
    server: Server, minutes_at_each_look: tuple[int, ...]
) -> None:
    """Scheduled for a time that is over it would be sent at once."""
    looks = iter(minutes_at_each_look)
    listmonk = server.open(clock=lambda: server.now() + dt.timedelta(minutes=next(looks)))
    draft = listmonk.create(server.key(), server.payload())
    with pytest.raises(Rejected, match="which is over"):
        listmonk.schedule(draft, at=server.at)
    assert server.campaign(draft)["status"] == "draft"


def test_what_is_changed_while_it_is_scheduled_is_not_sent(server: Server) -> None:
    """Somebody saves other words between our two looks: it stays a draft."""
    drafts: list[Draft] = []

    def changes() -> dt.datetime:
        server.touch(drafts[0], body="<p>other words</p>")
        return server.now()

    listmonk = server.open(clock=changes)
    drafts.append(listmonk.create(server.key(), server.payload()))
    with pytest.raises(Rejected, match="changed there: body"):
        listmonk.schedule(drafts[0], at=server.at)
    assert server.campaign(drafts[0])["status"] == "draft"


STATES = {
    "draft": "draft",
    "scheduled": "scheduled",
    "running": "sending",
    "finished": "sent",
    "cancelled": "cancelled",
    "paused": "unknown",
    "archived": "unknown",
}


@pytest.mark.parametrize("native", STATES)
def test_its_states_are_read_as_ours(standin: Server, native: str) -> None:
    """Only a draft is safe to send; a word we do not know is for a human."""
    place = standin.standin
    assert place is not None
    listmonk = standin.open()
    draft = listmonk.create("key", standin.payload())
    place.campaigns[1]["status"] = native
    found = listmonk.read(draft.id)
    assert found is not None
    assert (found.state, found.native_state) == (STATES[native], native)
    for write in (
        lambda: listmonk.schedule(draft, at=standin.at),
        lambda: listmonk.update(draft, standin.payload()),
    ):
        if native != "draft":
            with pytest.raises(Rejected, match=f"{native}\\)"):
                write()


def test_a_draft_that_had_begun_to_send_is_for_a_human(standin: Server) -> None:
    """Taken back in the moment it starts, listmonk calls it a draft; some readers may have it."""
    place = standin.standin
    assert place is not None
    listmonk = standin.open()
    draft = listmonk.create("key", standin.payload())
    place.campaigns[1]["started_at"] = "2026-11-24T12:00:00Z"
    assert listmonk.find("key")[0].state == "unknown"
    with pytest.raises(Rejected, match="after it had begun to send"):
        listmonk.schedule(draft, at=standin.at)


def test_a_test_goes_to_subscribers_only(server: Server) -> None:
    """Each address is asked for by itself, so that one that listmonk would leave out is an error."""
    listmonk = server.open()
    draft = listmonk.create(server.key(), server.payload())
    listmonk.send_test(draft, to=[server.ada])
    with pytest.raises(Rejected, match=r"address 2 of 2; 1 got theirs") as caught:
        listmonk.send_test(draft, to=[server.ada, f"nobody.{uuid.uuid4().hex}@example.com"])
    assert "SMTP" in caught.value.hint
    assert server.campaign(draft)["status"] == "draft"


def test_a_test_is_what_is_stored(standin: Server) -> None:
    """The campaign as read back goes out, even one whose time is set or over."""
    place = standin.standin
    assert place is not None
    listmonk = standin.open()
    draft = listmonk.schedule(listmonk.create("key", standin.payload()), at=standin.at)
    listmonk.send_test(draft, to=["ada@example.com"])
    assert [(mail["to"], mail["html"]) for mail in place.inbox if mail.get("test")] == [
        ("ada@example.com", message().html)
    ]


def test_a_test_to_nobody_is_refused_before_any_request(standin: Server) -> None:
    """Nobody is no list of everybody."""
    place = standin.standin
    assert place is not None
    draft = standin.open().create("key", standin.payload())
    place.log.clear()
    with pytest.raises(Rejected, match="to nobody"):
        standin.open().send_test(draft, to=[])
    assert place.log == []


def test_each_reader_counts_once_and_only_who_would_get_it(server: Server) -> None:
    """Unsubscribed and blocked ones never, unconfirmed ones on lists of single opt-in."""
    listmonk = server.open()
    counted = [
        listmonk.count(Audience("weekly", {"listmonk": lists}))
        for lists in ([server.single], [server.double], [server.single, server.double], [server.empty])
    ]
    assert counted == [2, 3, 3, 0]


def test_a_list_that_is_not_there_cannot_be_counted(server: Server) -> None:
    """A wrong number in the settings is said before anything is stored."""
    with pytest.raises(SettingsError, match="no list 987654"):
        server.open().count(Audience("weekly", {"listmonk": [server.single, 987654]}))


def test_a_user_who_may_not_count_is_told_which_right_is_missing(standin: Server) -> None:
    """Counting asks for a condition of its own, which needs a right of its own."""
    standin_fault(
        standin, at=2, when="before", do="answer", status=403, body='{"message": "Permission denied"}'
    )
    with pytest.raises(AuthError) as caught:
        standin.open().count(Audience("weekly", {"listmonk": [1]}))
    assert "subscribers:sql_query" in caught.value.hint


@pytest.mark.parametrize("target", [None, [], 0, "3", ["3"], [0], [-1], [True], [1.0], {"id": 3}])
def test_an_audience_is_a_list_of_numbers(standin: Server, target: Any) -> None:
    """There is no "everyone": what is no list of numbers is refused before any request."""
    place = standin.standin
    assert place is not None
    audience = Audience("weekly", {"listmonk": target})
    for use in (
        lambda: standin.open().count(audience),
        lambda: standin.open().create("key", standin.payload(audience=audience)),
    ):
        with pytest.raises(SettingsError, match="audience 'weekly' cannot be"):
            use()
    assert place.log == []


def test_what_is_gone_is_none_but_another_server_is_an_error(standin: Server) -> None:
    """It answers 400 for a campaign that is not there; 404 is no listmonk."""
    assert standin.open().read("4711") is None
    assert standin.open().read("../lists/1") is None
    with pytest.raises(Rejected):
        standin.open(url=f"{standin.url}/elsewhere").read("4711")


WRONG = [
    "[]",
    "{}",
    '{"data": null}',
    '{"data": {"id": "7"}}',
    '{"data": {"id": 1, "status": "draft", "tags": null}}',
]


@pytest.mark.parametrize(
    "body", [*WRONG, '{"data": {"id": 1, "status": "draft", "tags": [], "started_at": "soon"}}']
)
def test_an_answer_of_another_shape_is_an_error_of_the_provider(standin: Server, body: str) -> None:
    """No KeyError ever: the field is named."""
    standin_fault(standin, at=1, when="before", do="answer", status=200, body=body)
    with pytest.raises(UnexpectedAnswer, match="its answer has no '"):
        standin.open().read("1")


def test_a_key_that_is_no_tag_is_refused(standin: Server) -> None:
    """A longer one is an error of listmonk's database, after which nobody knows what is stored."""
    with pytest.raises(SettingsError, match="at most 100 characters"):
        standin.open().create("k" * 101, standin.payload())


def test_opening_needs_no_key(standin: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """A build works without one; the first request says which is missing."""
    monkeypatch.delenv("LISTMONK_TOKEN")
    listmonk = standin.open()
    assert listmonk.syntax.apply("x", "html") == "x"
    with pytest.raises(SettingsError, match="LISTMONK_TOKEN is not set"):
        listmonk.find("key")


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"url": None}, "url is missing"),
        ({"user": None}, "user is missing"),
        ({"template_id": 0}, "template_id cannot be 0"),
        ({"template": 3}, "unknown key 'template'"),
        ({"url": "http://lists.example"}, "not https"),
    ],
)
def test_its_settings_are_checked_when_it_is_opened(
    standin: Server, options: dict[str, Any], problem: str
) -> None:
    """What is missing or wrong is said with its key."""
    settings = standin.settings(**options)
    own = {name: value for name, value in settings.providers["listmonk"].items() if value is not None}
    with pytest.raises(SettingsError, match=problem):
        Listmonk.from_settings(
            replace(settings, providers={"listmonk": own}), standin.now, lambda _seconds: None
        )


def test_a_campaign_that_lost_our_entry_is_not_equal(server: Server) -> None:
    """Saved without attribs, key and digest are lost: it is found all the same, differs, and is mended."""
    listmonk, payload, key = server.open(), server.payload(), server.key()
    server.touch(listmonk.create(key, payload), attribs=None, tags=["press", key])
    (draft,) = listmonk.find(key)
    assert (draft.key, listmonk.stored(draft, payload).payload.digest) == (key, "")
    assert listmonk.stored(listmonk.update(draft, payload), payload).payload == payload


def test_its_habits_are_those_of_the_stand_in(server: Server) -> None:
    """What the adapter is careful about is so: a status answered as asked for, a time that sends nothing."""
    draft = server.open().create(server.key(), server.payload())
    path, lists = f"/campaigns/{draft.id}", {"lists": [server.empty]}
    answers = [
        server.call("PUT", path, {**lists, "send_at": server.at.isoformat()})["status"],
        server.call("PUT", f"{path}/status", {"status": "running"})["status"],
        server.campaign(draft)["status"],
        server.call("PUT", path, {**lists, "send_at": None})["status"],
        len(server.call("GET", "/campaigns?tags=nobody&per_page=1")["results"]),
        len(server.call("GET", "/campaigns?tag=nobody&per_page=1")["results"]),
    ]
    assert answers == ["draft", "running", "scheduled", "draft", 1, 0]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("", {"send_at": "2036-12-01T12:30:00Z"}),
        ("", {"lists": [1], "send_at": "2016-12-01T12:30:00Z"}),
        ("", {"lists": [1], "body": "<p>{{ mood }}</p>"}),
        ("", {"lists": [1], "altbody": "{{ if }}"}),
        ("", {"lists": [1], "subject": "{{ ( }}"}),
        ("/status", {"status": "scheduled"}),
        ("/status", {"status": "paused"}),
        ("/status", {"status": "draft"}),
        ("/status", {"status": "cancelled"}),
    ],
)
def test_what_it_refuses_the_stand_in_refuses(server: Server, path: str, body: dict[str, Any]) -> None:
    """No lists, a time that is over, a template that does not compile, a status out of turn: 400."""
    draft = server.open().create(server.key(), server.payload())
    with pytest.raises(urllib.error.HTTPError) as caught:
        server.call("PUT", f"/campaigns/{draft.id}{path}", body)
    with caught.value:
        assert caught.value.code == 400
