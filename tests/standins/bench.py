"""
Every provider of the registry beside what stands in for its far end, for tests that treat all alike.

A new provider needs one row here: how it is set up, and what is special about its stand-in. The outbox has
no far end: its mails lie in its folder.
"""

import datetime as dt
import email
import email.policy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
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
    unknown_id: str = "999999"
    unlike: tuple[str, ...] = ()  # audiences that must be refused
    undescribed: frozenset[str] = field(default_factory=frozenset)  # paths its description lacks, and why


ROWS = {
    "outbox": Row(audience='["Ada Moreno <ada@example.com>", "ben@example.com"]'),
    "brevo": Row(
        audience="{lists = [7]}",
        settings='url = "{url}"\ntext_part = "provider"',
        secret=("BREVO_API_KEY", "xkeysib-0123456789abcdef"),
        tester="editor@steady.example",
        many=101,
        unlike=("{lists = []}", "[7]", '{lists = ["7"]}', "{lists = [7], list = [8]}", '"everyone"'),
    ),
    "buttondown": Row(
        audience='{tags = ["sub_tag_weekly"]}',
        settings='url = "{url}/v1"\ntext_part = "provider"',
        secret=("BUTTONDOWN_API_KEY", "buttondown-key"),
        tester="editor@steady.example",
        unlike=("{tags = []}", '"all"', '["sub_tag_weekly"]'),
    ),
    "listmonk": Row(
        audience="[1]",
        settings='url = "{url}"\nuser = "newsletter"',
        secret=("LISTMONK_TOKEN", "a-token-of-the-stand-in"),
        tester="ada@example.com",
        many=51,
        unlike=("[]", '"1"', "{lists = [1]}"),
    ),
    "mailchimp": Row(
        audience='{list = "a1b2c3d4e5", segment = 42}',
        settings='url = "{url}/3.0"',
        secret=("MAILCHIMP_API_KEY", "mailchimp-key-us6"),
        tester="editor@steady.example",
        many=11,
        unlike=('"everyone"', '{list = "a1b2c3d4e5"}', '{list = "a1b2c3d4e5", segment = "42"}'),
    ),
}


@dataclass
class Bench:
    """A provider, opened, and its far end."""

    name: str
    row: Row
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
def opened(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    """Yield the provider of this name with a new, empty far end."""
    if name == "outbox":
        yield _bench(name, "", None, folder)
        return
    standin = made(name)
    monkeypatch.setenv(*ROWS[name].secret)
    with served(standin) as url:
        yield _bench(name, url, standin, folder)


def _bench(name: str, url: str, standin: StandIn | None, folder: Path) -> Bench:
    row, clock, pauses = ROWS[name], SetClock(), list[float]()
    (folder / "pyproject.toml").write_text(settings_toml(name, url), encoding="utf-8")
    settings = load_settings(folder)
    provider = open_provider(settings, clock, pauses.append)
    audience = open_audience(settings, "weekly")
    return Bench(name, row, provider, audience, clock, pauses, standin, folder)


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
