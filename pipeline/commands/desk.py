"""What the verbs between us and the provider open: the issue, its checked message, and the desk."""

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from pipeline.clock import Clock
from pipeline.errors import UsageError
from pipeline.model import Audience, Finding, Issue, Message
from pipeline.newsletter import Newsletter
from pipeline.providers import open_audience, open_provider
from pipeline.publish import Desk
from pipeline.receipts import open_receipts
from pipeline.settings import Settings
from pipeline.stages.load import parse_send_at


class Prepared(NamedTuple):
    """An issue that is fit to send, and whom it goes to."""

    issue: Issue
    message: Message
    findings: tuple[Finding, ...]
    audience: Audience
    moved: bool  # its send time was given by hand


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
    if at is not None:
        issue = replace(issue, send_at=_time(at, ZoneInfo(issue.timezone)))
    checked = newsletter.fit(issue, sending=sending)
    audience = open_audience(newsletter.settings, issue.audience)
    return Prepared(issue, checked.message, checked.findings, audience, at is not None)


def open_newsletter(start: Path, clock: Clock) -> tuple[Newsletter, Desk]:
    """Return the newsletter that *start* lies in, and its desk."""
    newsletter = Newsletter(start, clock=clock)
    return newsletter, open_desk(newsletter.settings, clock)


def _time(text: str, zone: ZoneInfo) -> dt.datetime:
    try:
        return parse_send_at(text, zone)
    except ValueError as err:
        raise UsageError(f"--at: {err}", hint=getattr(err, "hint", "write it as 2026-12-01T07:30")) from err
