"""What a check may know: one finished message and what it was made of."""

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
    earlier: tuple[Issue, ...] = ()  # the issues before this one, newest first
