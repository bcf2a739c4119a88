"""
Every provider of the registry beside what stands in for its far end, for tests that treat all alike.

A new provider needs one row here: how it is set up, and what is special about its stand-in. The outbox has
no far end: its mails lie in its folder.
"""

import datetime as dt
import email
import email.policy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from conftest import SetClock
from pipeline.mergetags import to_tokens
from pipeline.model import Audience, Draft, Message, Payload
from pipeline.providers import Provider, open_audience, open_provider
from pipeline.providers.base import payload_for
from pipeline.settings import load_settings
from samples import SETTINGS, message
from standins.base import Fault, Request, StandIn, made, served
from standins.specs import FOLDER, unknown_paths, violations

KEY = "steady-2026-12-01-backs"
OTHERS = (f"{KEY}-again", "steady-2026-12-01-back", f"a-{KEY}", KEY.upper())  # alike, and not the same
AT = dt.datetime(2026, 12, 1, 12, 30, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Row:
    """What is special about one provider; settings and audience in TOML, {url} is the stand-in's."""

    audience: str
    settings: str = ""
    secret: tuple[str, str] = ("", "")  # variable and value
    tester: str = ""  # an address that may get a test
    many: int = 3  # so many drafts fill more than a page
    fill: Callable[[Any, str, int], None] | None = (
        None  # makes so many of one at the stand-in; else one by one
    )
    unknown_id: str = "999999"
    unlike: tuple[str, ...] = ()  # audiences that must be refused
    undescribed: frozenset[str] = frozenset()  # requests that its description lacks; why stands beside them
    pages: str = "(?!)"  # paths that answer a page and no JSON, as a pattern
    drafts: str = "campaigns"  # the stand-in's own objects of drafts, by id
    set_right: tuple[dict[str, Any], ...] = ()  # options set by hand there that an update sets right
    for_a_human: tuple[dict[str, Any], ...] = ()  # and such that it may not
    shown: tuple[str, str] = ("", "")  # what it cannot write literally in plain text, and what it writes


def _copies_at_mailchimp(standin: Any, draft_id: str, number: int) -> None:
    """Put so many copies of a campaign behind it: its pages hold a thousand."""
    one = standin.campaigns[draft_id]
    for each in range(number):
        settings = {**one["settings"], "title": f"another {each}"}
        standin.campaigns[f"copy{each}"] = {**one, "id": f"copy{each}", "settings": settings}


ROWS = {
    "outbox": Row(audience='["Ada Moreno <ada@example.com>", "ben@example.com"]'),
    "brevo": Row(
        audience="{lists = [7]}",
        settings='url = "{url}"\ntext_part = "provider"',
        secret=("BREVO_API_KEY", "xkeysib-0123456789abcdef"),
        tester="editor@steady.example",
        many=101,
        unlike=("{lists = []}", "[7]", '{lists = ["7"]}', "{lists = [7], list = [8]}", '"everyone"'),
        set_right=(
            {"mirrorActive": False},
            {"inlineImageActivation": True},
            {"header": "[DEFAULT_HEADER]"},
            {"footer": "<p>Bought by a human</p>"},
        ),
        for_a_human=({"abTesting": True}, {"sendAtBestTime": True}, {"type": "trigger"}),
        # The file is cut down to campaigns; developers.brevo.com, "Get all the contacts", read 2026-11-27.
        undescribed=frozenset({"GET /contacts"}),
    ),
    "buttondown": Row(
        audience='{tags = ["sub_tag_weekly"]}',
        settings='url = "{url}"\ntext_part = "provider"',
        secret=("BUTTONDOWN_API_KEY", "buttondown-key"),
        tester="editor@steady.example",
        unlike=("{tags = []}", "{}", '["sub_tag_weekly"]', '"all"'),
        drafts="emails",
        set_right=(
            {"template": "modern"},
            {"template": None},
            {"archival_mode": "enabled"},
            {"commenting_mode": "enabled"},
            {"attachments": ["att_1"]},
            {"related_email_ids": ["em_1"]},
            {"should_trigger_pay_per_email_billing": True},
            {"email_type": "premium"},
        ),
        # The file describes what is set with a subscriber, and of the listing nothing but its count is read.
        undescribed=frozenset({"GET /subscribers"}),
    ),
    "listmonk": Row(
        audience="[1]",
        settings='url = "{url}"\nuser = "newsletter"',
        secret=("LISTMONK_TOKEN", "a-token-of-the-stand-in"),
        tester="cleo@example.com",
        many=51,
        pages=r".*/preview",
        undescribed=frozenset({"GET /subscribers"}),  # the file is cut down to campaigns, lists and templates
        set_right=(
            {"template_id": 1},
            {"template_id": None},
            {"type": "optin"},
            {"content_type": "plain"},
            {"messenger": "sms"},
            {"archive": True},
            {"headers": [{"Bcc": "spy@example.com"}]},
            {"media": [{"id": 7, "filename": "7.png"}]},
            {"attribs": None},
        ),
        unlike=("[]", '["1"]', "[0]", '"all"', "{lists = [1]}"),
    ),
    "mailchimp": Row(
        audience='{list = "a1b2c3d4e5", segment = 42}',
        settings='url = "{url}"',
        secret=("MAILCHIMP_API_KEY", "mailchimp-key-us6"),
        tester="editor@steady.example",
        many=1001,
        fill=_copies_at_mailchimp,
        unlike=('{list = "a1b2c3d4e5"}', "{segment = 42}", '"everyone"', '{list = "", segment = 42}'),
        set_right=(
            {"settings": {"auto_footer": True}},
            {"settings": {"inline_css": True}},
            {"settings": {"auto_tweet": True}},
            {"settings": {"auto_fb_post": ["7"]}},
            {"settings": {"fb_comments": True}},
            {"settings": {"use_conversation": True}},
            {"tracking": {"opens": True}},
            {"tracking": {"html_clicks": True}},
            {"tracking": {"text_clicks": True}},
            {"tracking": {"goal_tracking": True}},
            {"tracking": {"ecomm360": True}},
            {"tracking": {"google_analytics": "weekly"}},
        ),
        for_a_human=(
            {"type": "absplit"},
            {"settings": {"timewarp": True}},
            {"settings": {"template_id": 7}},
            {"tracking": {"clicktale": "weekly"}},
            {"variate_settings": {"winner_criteria": "opens", "subject_lines": ["A", "B"]}},
            {"ab_split_opts": {"split_test": "subject"}},
            {"rss_opts": {"feed_url": "https://steady.example/feed.xml"}},
        ),
        undescribed=frozenset({"GET /lists/a1b2c3d4e5/segments/42"}),  # the file is cut down to campaigns
        shown=("*|", "* |"),
    ),
}


@dataclass
class Bench:
    """A provider, opened, and its far end."""

    name: str
    row: Row
    url: str  # of its far end; empty for the outbox
    provider: Provider
    audience: Audience
    clock: SetClock
    pauses: list[float]  # seconds that it wanted to wait
    standin: StandIn | None
    folder: Path

    def payload(self, subject: str = "Backs", words: str = "Hello") -> Payload:
        """Return a payload in the provider's syntax."""
        return self.payload_of(replace(message(subject=subject), html=_HTML.format(words=words)))

    def payload_of(self, given: Message) -> Payload:
        """Return what the provider is given of a message in editors' syntax."""
        names = ("subject", "preheader", "html", "text")
        tokens = {name: to_tokens(getattr(given, name)) for name in names}
        return payload_for(replace(given, **tokens), self.audience, self.provider)

    def draft(self, key: str = KEY) -> Draft:
        """Return a new draft."""
        return self.provider.create(key, self.payload())

    def draft_of(self, payload: Payload) -> Draft:
        """Return a new draft of this payload."""
        return self.provider.create(KEY, payload)

    def scheduled(self, key: str = KEY) -> Draft:
        """Return a new draft that is scheduled."""
        return self.provider.schedule(self.draft(key), at=AT)

    def fill(self, draft: Draft) -> None:
        """Make so many further drafts that *draft* no longer stands on the first page."""
        if self.row.fill:
            self.row.fill(self.standin, draft.id, self.row.many)
        else:
            for number in range(self.row.many):
                self.draft(f"{KEY}-{number}")

    def sent(self, key: str = KEY) -> Draft:
        """Return a new draft that went out."""
        draft = self.scheduled(key)
        self.turn(AT + dt.timedelta(minutes=5))
        return self.look(draft)

    def look(self, draft: Draft) -> Draft:
        """Return the draft as it is now."""
        now = self.provider.read(draft.id)
        assert now is not None
        return now

    def touch(self, draft: Draft, change: dict[str, Any]) -> None:
        """Change a draft at the far end, as somebody would in its pages."""
        drafts = getattr(self.standin, self.row.drafts)
        kept = next(each for number, each in drafts.items() if str(number) == draft.id)
        for name, value in change.items():
            if isinstance(value, dict) and isinstance(kept.get(name), dict):
                kept[name].update(value)
            else:
                kept[name] = value

    def turn(self, moment: dt.datetime) -> None:
        """Let it be *moment*, here and at the far end."""
        self.clock.now = moment
        if self.standin:
            self.standin.now = moment
            self.standin.tick()

    def mails(self) -> list[dict[str, Any]]:
        """Return what readers got, in the order of their addresses; no tests."""
        if self.standin:
            mails = [mail for mail in self.standin.inbox if not mail.get("test")]
        else:
            self.provider.find()
            mails = [_read(path) for path in self.folder.rglob("sent/*/*.eml")]
        return sorted(mails, key=lambda mail: str(mail["to"]))

    def tested(self) -> list[str]:
        """Return who got a test, in order."""
        assert self.standin
        mails = [*self.standin.inbox, *getattr(self.standin, "tests", ())]
        return [str(mail["to"]) for mail in mails]

    @property
    def log(self) -> list[Request]:
        """What was asked of the far end so far."""
        return self.standin.log if self.standin else []

    def writes(self, *, since: int = 0) -> list[tuple[str, str, bytes]]:
        """Return the requests from number *since* on that may change something."""
        return [(each.method, each.path, each.body) for each in self.log[since:] if each.method != "GET"]

    def fault(self, at: int, **what: Any) -> None:
        """Let something go wrong at the *at*-th request from now."""
        assert self.standin
        self.standin.faults = [Fault(at=at, **what)]


_HTML = (
    '<!DOCTYPE html><html lang="en-US"><head><title>Backs</title></head><body>'
    '<div id="preheader" style="display:none">Why one side works harder</div>\n'
    '<div lang="en-US"><p>{words}</p></div></body></html>'
)


@contextmanager
def opened(
    name: str, folder: Path, monkeypatch: pytest.MonkeyPatch, *, is_held: bool = True
) -> Iterator[Bench]:
    """
    Yield the provider of this name with a new, empty far end.

    Args:
        name: in the registry.
        folder: for its settings, and for what the outbox keeps.
        monkeypatch: puts the key into the environment.
        is_held: whether its requests are held against the description of its far end afterwards.
    """
    if name == "outbox":
        yield _bench(name, "", None, folder)
        return
    standin = made(name)
    monkeypatch.setenv(*ROWS[name].secret)
    with served(standin) as url:
        yield _bench(name, url, standin, folder)
    if is_held and FOLDER.is_dir():
        wrong = violations(name, standin.log)
        wrong += sorted({*unknown_paths(name, standin.log)} - ROWS[name].undescribed)
        assert not wrong, f"not described: {wrong}"


def _bench(name: str, url: str, standin: StandIn | None, folder: Path) -> Bench:
    row, clock, pauses = ROWS[name], SetClock(), list[float]()
    (folder / "pyproject.toml").write_text(settings_toml(name, url), encoding="utf-8")
    settings = load_settings(folder)
    provider = open_provider(settings, clock, pauses.append)
    audience = open_audience(settings, "weekly")
    return Bench(name, row, url, provider, audience, clock, pauses, standin, folder)


def settings_toml(name: str, url: str) -> str:
    """Return the settings of a newsletter that uses this provider, at *url*."""
    row = ROWS[name]
    head, _, _ = SETTINGS.partition("[tool.newsletter.audiences.weekly]")
    return (
        f'{head}provider = "{name}"\n\n[tool.newsletter.audiences.weekly]\n{name} = {row.audience}\n\n'
        f"[tool.newsletter.providers.{name}]\n{row.settings.replace('{url}', url)}\n"
    )


def _read(path: Path) -> dict[str, Any]:
    mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    parts = {
        part.get_content_subtype(): part.get_content().replace("\r\n", "\n") for part in mail.iter_parts()
    }
    address = mail["To"].addresses[0].addr_spec
    return {"to": address, "subject": mail["Subject"], "html": parts["html"], "text": parts["plain"]}
