"""What a check may know: one finished message and what it was made of."""

import datetime as dt
from typing import NamedTuple

from pipeline.disclaimers.registry import Registry
from pipeline.disclaimers.select import Selection
from pipeline.model import Issue, Message
from pipeline.settings import Settings


class Subject(NamedTuple):
    """The subject of all checks."""

    issue: Issue
    message: Message
    settings: Settings
    registry: Registry
    selection: Selection
    today: dt.date  # where the newsletter is at home
    earlier: tuple[Issue, ...] = ()  # the issues before this one, newest first

    @property
    def goes_out(self) -> dt.date:
        """The day of sending where the issue's time zone is; today while it has no send time."""
        return self.message.send_at.date() if self.message.send_at else self.today
