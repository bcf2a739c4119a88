"""What the verbs between us and the provider open: the issue, its checked message, and the desk."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from pipeline.clock import Clock
from pipeline.errors import IssueError, UsageError
from pipeline.model import Audience, Finding, Issue, Message, Receipt
from pipeline.newsletter import Newsletter
from pipeline.providers import open_audience, open_provider
from pipeline.publish import Desk
from pipeline.receipts import open_receipts
from pipeline.settings import Settings
from pipeline.stages.load import find_issue, issue_id, load_issue, parse_send_at


class Prepared(NamedTuple):
    """An issue that is fit to send, and whom it goes to."""

    issue: Issue
    message: Message
    findings: tuple[Finding, ...]
    audience: Audience
    asked: dt.datetime | None  # its send time in the front matter, before one was given by hand


class Named(NamedTuple):
    """An issue that somebody named; on record it may be, and its file gone or broken."""

    id: str
    key: str
    issue: Issue | None = None
    state: str = ""  # "gone" or "broken"; empty when there is an issue

    @property
    def status(self) -> str:
        """What the source says of it."""
        return self.issue.status if self.issue else self.state


def named(name: str, settings: Settings, receipts: Mapping[str, Receipt]) -> Named:
    """
    Return the issue that *name* means, by its file or, where that is gone or broken, by its record.

    Raises:
        UsageError: there is no such issue.
        IssueError: its file cannot be read as an issue, and nothing of it is on record.
    """
    keys = [key for key in (name, f"{settings.id}-{name}") if key in receipts]
    state = "gone"
    try:
        path = find_issue(name, settings)
        state = "broken"
        keys += [key for key in [f"{settings.id}-{issue_id(path)}"] if key in receipts]
        issue = load_issue(path, settings)
    except (UsageError, IssueError):
        if not keys:
            raise
        return Named(keys[0].removeprefix(f"{settings.id}-"), keys[0], None, state)
    return Named(issue.id, issue.key, issue)


def open_desk(settings: Settings, clock: Clock) -> Desk:
    """Return the desk of this newsletter: its provider and its receipts."""
    return Desk(settings, open_provider(settings, clock), open_receipts(settings, clock), clock)


def prepare(
    newsletter: Newsletter, issue: Issue, *, at: str | None = None, sending: bool = False
) -> Prepared:
    """
    Return the issue's message, checked.

    Args:
        newsletter: its newsletter.
        issue: as it stands in the repository.
        at: a send time as front matter writes it; overrides send_at.
        sending: freshness (expired waivers) stops a send and only warns otherwise.

    Raises:
        ChecksFailed: findings stop the issue.
        UsageError: *at* is no time.
    """
    asked = issue.send_at
    if at is not None:
        issue = replace(issue, send_at=_time(at, ZoneInfo(issue.timezone)))
    checked = newsletter.fit(issue, sending=sending)
    audience = open_audience(newsletter.settings, issue.audience)
    return Prepared(issue, checked.message, checked.findings, audience, asked)


def open_newsletter(start: Path, clock: Clock) -> tuple[Newsletter, Desk]:
    """Return the newsletter that *start* lies in, and its desk."""
    newsletter = Newsletter(start, clock=clock)
    return newsletter, open_desk(newsletter.settings, clock)


def _time(text: str, zone: ZoneInfo) -> dt.datetime:
    try:
        return parse_send_at(text, zone)
    except ValueError as err:
        raise UsageError(f"--at: {err}", hint=getattr(err, "hint", "write it as 2026-12-01T07:30")) from err
