"""What publishing works with, and how it speaks of moments."""

import datetime as dt
import time
from typing import NamedTuple
from zoneinfo import ZoneInfo

from pipeline.clock import Clock, Pause
from pipeline.providers.base import Can, Provider
from pipeline.receipts import Receipts, neutral_names, part_names
from pipeline.settings import Settings

LOOKS_S = (1.0, 2.0, 4.0, 8.0)  # seconds between looks for an effect that a provider may show late


class Desk(NamedTuple):
    """All that publishing works with."""

    settings: Settings
    provider: Provider
    receipts: Receipts
    clock: Clock
    pause: Pause = time.sleep

    @property
    def rehearses(self) -> bool:
        """Whether no reader can be reached; a rehearsal on record vetoes rehearsals alone."""
        return Can.REHEARSE in self.provider.can

    @property
    def url(self) -> str:
        """Where the settings say the provider's API is; empty for its own address."""
        return str(self.settings.providers.get(self.provider.name, {}).get("url", ""))

    @property
    def world(self) -> dict[str, bool]:
        """What an entry says of itself when it is a rehearsal's."""
        return {"rehearsal": True} if self.rehearses else {}

    @property
    def part_names(self) -> tuple[str, str]:
        """The files beside a record that hold HTML and text as claimed, in the provider's syntax."""
        return part_names(rehearsal=self.rehearses)

    @property
    def neutral_names(self) -> tuple[str, str]:
        """The files beside a record that hold the same mail neutral, for the archive."""
        return neutral_names(rehearsal=self.rehearses)

    def name(self, key: str) -> str:
        """Return the id of the issue of *key*, as people write it."""
        return key.removeprefix(f"{self.settings.id}-")

    def when(self, moment: dt.datetime | None) -> str:
        """Return a moment as messages show it: by the newsletter's own clock."""
        return when(moment and moment.astimezone(ZoneInfo(self.settings.timezone)))


def when(moment: dt.datetime | None) -> str:
    """Return a moment as messages show it, in its own zone."""
    return moment.strftime("%a %Y-%m-%d %H:%M %Z") if moment else "an unknown time"
