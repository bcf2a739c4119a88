"""A desk at a provider whose far end is served by this process, so that a test can act there by hand."""

import re
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from crash.verbs import VERBS, Verbs
from crash.world import AFTER, BEFORE, World, letter
from pipeline import publish
from pipeline.model import Draft, Message
from pipeline.publish import Desk
from pipeline.receipts import FolderReceipts
from pipeline.settings import load_settings
from receipts.repositories import clone, new_remote
from samples import KEY
from standins.bench import Bench


@dataclass(frozen=True)
class Office:
    """A provider with its far end, and the desk that works with it."""

    bench: Bench
    desk: Desk

    @property
    def verbs(self) -> Verbs:
        """What this provider calls what we ask of it."""
        return VERBS[self.bench.name]

    @property
    def world(self) -> World:
        """The same, for another process."""
        options = self.desk.settings.providers.get(self.bench.name, {})
        return World(self.bench.name, "folder", self.bench.folder, str(options.get("url", "")))

    def send(self, finished: Message | None = None, desk: Desk | None = None) -> str:
        """Send as the command does."""
        desk, finished = desk or self.desk, finished or letter()
        if publish.settle(finished, desk):
            return "recovered"
        return publish.send(publish.plan(finished, self.bench.audience, desk), desk)

    def draft(self) -> Draft:
        """Return the only draft there is."""
        (draft,) = self.desk.provider.find(KEY)
        return draft

    def asked(self, pattern: str) -> int:
        """Return how many requests like this there were."""
        return sum(bool(re.match(pattern, f"{each.method} {each.path}")) for each in self.bench.log)

    def fault(self, of: str, *, at: int = 1, **what: Any) -> None:
        """Let something go wrong at the *at*-th request of a kind."""
        self.bench.fault(at, of=of, **what)

    def kinds(self) -> list[str]:
        """Return what is on record."""
        return [entry.kind for entry in self.desk.receipts.read(KEY).entries]

    def readers_got(self) -> list[tuple[str, str]]:
        """Let the send time pass; return who got what."""
        self.bench.turn(AFTER)
        return [(mail["to"], mail["subject"]) for mail in self.bench.mails()]

    def demand_sent_once(self) -> None:
        """See that everybody gets one mail."""
        assert self.readers_got() == [("ada@example.com", "Backs"), ("ben@example.com", "Backs")]
        assert self.draft().state == "sent"


def desk_of(bench: Bench, receipts: Any = None) -> Desk:
    """Return a desk at this provider."""
    bench.turn(BEFORE)
    record = receipts or FolderReceipts(bench.folder / "receipts", clock=bench.clock)
    return Desk(load_settings(bench.folder), bench.provider, record, bench.clock, bench.pauses.append)


def clones(office: Office, folder: Path) -> list[World]:
    """Return the newsletter on two machines, which share the record and the provider."""
    remote = new_remote(folder / "record.git")
    worlds = []
    for name in ("left", "right"):
        root = clone(remote, folder / name)
        shutil.copy(office.bench.folder / "pyproject.toml", root)
        worlds.append(replace(office.world, form="branch", root=root))
    return worlds


def twin(office: Office, other: Draft) -> None:
    """Give the draft *other* the key of ours, as somebody does who copies a draft by hand."""
    standin: Any = office.bench.standin
    if office.bench.name == "brevo":
        standin.campaigns[int(other.id)]["name"] = KEY
    elif office.bench.name == "buttondown":
        standin.emails[other.id]["metadata"]["key"] = KEY
    elif office.bench.name == "listmonk":
        standin.campaigns[int(other.id)]["tags"] = [KEY]
    else:
        standin.campaigns[other.id]["settings"]["title"] = KEY
