"""A newsletter opened for work: settings, templates and wordings, and the road to a checked message."""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import cached_property, partial
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from pipeline.checks import check
from pipeline.clock import Clock
from pipeline.compose import compose
from pipeline.disclaimers.registry import Registry, load_registry
from pipeline.disclaimers.select import Selection, select
from pipeline.errors import ChecksFailed, IssueError
from pipeline.examine.rendering.settle import Look
from pipeline.model import Finding, Issue, Message
from pipeline.output import tally
from pipeline.settings import Settings, load_settings
from pipeline.stages.load import duplicate_findings, find_issue, issue_paths, load_issue, parse_issue
from pipeline.stages.template import Theme

_EARLIER = 20  # issues; a mail client joins mails of one subject for weeks, not for years
_DATED = re.compile(r"\d{4}-\d\d-\d\d")


class Composed(NamedTuple):
    """A finished message that nothing has looked at yet."""

    issue: Issue
    message: Message
    selection: Selection  # the wordings it must show
    marked: Callable[[], str]  # composes the document once more, marked: `compose`


class Checked(NamedTuple):
    """A finished message with everything the checks found in it."""

    issue: Issue
    message: Message
    findings: tuple[Finding, ...]  # worst first

    @property
    def stops(self) -> tuple[Finding, ...]:
        """The findings that stop a send."""
        return tuple(finding for finding in self.findings if finding.severity.stops)


class Newsletter:
    """One newsletter's repository. What it loads it loads once."""

    def __init__(self, start: Path, *, clock: Clock) -> None:
        """
        Open the newsletter that *start* lies in.

        Raises:
            SettingsError: there is none, or its settings are wrong.
        """
        self.settings: Settings = load_settings(start)
        self._clock = clock

    @cached_property
    def registry(self) -> Registry:
        """The approved wordings."""
        return load_registry(self.settings.registry_path, self.settings.root)

    @cached_property
    def theme(self) -> Theme:
        """The email templates."""
        return Theme(self.settings.templates_path, self.settings.cache_path)

    @property
    def today(self) -> dt.date:
        """The present date where the newsletter is at home."""
        return self._clock().astimezone(ZoneInfo(self.settings.timezone)).date()

    def issue(self, name: str) -> Issue:
        """
        Return the issue of this path, id or slug.

        Raises:
            UsageError: there is none.
            IssueError: it cannot be read as an issue.
        """
        return load_issue(find_issue(name, self.settings), self.settings)

    def twins(self, issue: Issue) -> list[Finding]:
        """
        Return a finding for each id, slug or number of *issue* that another issue has as well.

        Two issues with one key would share one receipt, and the second would never be sent.
        """
        others = [other for other in self._issues if other.path != issue.path]
        return [found for found in duplicate_findings([*others, issue]) if found.file == issue.file]

    def earlier(self, issue: Issue) -> tuple[Issue, ...]:
        """
        Return the 20 issues before *issue*, newest first, by date, number and name.

        Files are named by their date, so that of a thousand only these are read; one named otherwise is
        read to learn its date.
        """
        paths = [path for path in issue_paths(self.settings) if path != issue.path.resolve()]
        if _DATED.match(_name(issue.path)):
            dated = [path for path in paths if _DATED.match(_name(path)) and _name(path) <= _name(issue.path)]
            paths = [*dated[-_EARLIER:], *(path for path in paths if not _DATED.match(_name(path)))]
        others = sorted(self._parsed(paths), key=_order, reverse=True)
        return tuple(other for other in others if _order(other) < _order(issue))[:_EARLIER]

    @cached_property
    def _issues(self) -> tuple[Issue, ...]:
        """Every issue that can be read, without its images; a broken one is a matter of its own check."""
        return tuple(self._parsed(issue_paths(self.settings)))

    def _parsed(self, paths: Iterable[Path]) -> Iterator[Issue]:
        for path in paths:
            with suppress(IssueError, OSError):
                yield parse_issue(path.read_bytes(), path, self.settings)

    def composed(self, issue: Issue) -> Composed:
        """Compose *issue*, and check nothing."""
        on = issue.send_at.date() if issue.send_at else self.today
        selection = select(issue, self.settings, self.registry, on=on)
        road = partial(compose, issue, settings=self.settings, theme=self.theme, selection=selection)
        return Composed(issue, road(), selection, lambda: road(marked=True).html)

    def checked(self, issue: Issue | Composed, *, sending: bool = False, look: Look | None = None) -> Checked:
        """
        Compose *issue*, unless it is composed already, and check the finished message.

        Args:
            issue: the issue.
            sending: freshness (expired waivers) stops a send and only warns otherwise.
            look: asks a browser whether the wordings are shown.
        """
        issue, message, selection, marked = self.composed(issue) if isinstance(issue, Issue) else issue
        findings = check(
            issue,
            message,
            settings=self.settings,
            registry=self.registry,
            selection=selection,
            today=self.today,
            sending=sending,
            earlier=self.earlier(issue),
            marked=marked,
            look=look,
        )
        return Checked(issue, message, tuple(findings))

    def fit(self, issue: Issue, *, sending: bool = False) -> Checked:
        """
        Return the checked message of *issue* when nothing in it stops a send.

        Args:
            issue: the issue.
            sending: as for `checked`.

        Raises:
            ChecksFailed: something does; `findings` has all findings.
        """
        checked = self.checked(issue, sending=sending)
        twins = self.twins(issue)
        if checked.stops or twins:
            findings = (*checked.findings, *twins)
            raise ChecksFailed(
                f"{issue.file}: not fit to send: {tally(findings)}",
                hint=f"mend the findings, then run `newsletter check {issue.id}`",
                findings=findings,
            )
        return checked


def _name(path: Path) -> str:
    """Return the name of an issue: its file's, or its folder's."""
    return path.parent.name if path.stem == "index" else path.stem


def _order(issue: Issue) -> tuple[dt.date, float, str]:
    """Return what issues are ordered by; one without a date comes last."""
    day = issue.date or (issue.send_at.date() if issue.send_at else dt.date.max)
    return (day, float("inf") if issue.number is None else issue.number, issue.file)
