"""The list of all issues: what each is, where it stands, how many findings it has."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

from pipeline.errors import IssueError
from pipeline.model import Finding, Issue, Receipt, Severity
from pipeline.receipts import standing
from pipeline.sendtime import PAST
from pipeline.settings import Settings
from pipeline.stages.load import issue_id, issue_paths, parse_issue

Group = Literal["draft", "ready", "hold", "scheduled", "sent", "broken"]


class Catalogue:
    """Every issue of a newsletter; each file is read once, and again when it was saved."""

    def __init__(self) -> None:
        """Read nothing yet."""
        self._issues: dict[Path, Issue | None] = {}  # None: it cannot be read as an issue
        self._before: dict[Path, Issue | None] = {}  # of files that were saved: as last read before that
        self.turn = 0  # grows with whatever spoils what is known: what was read before is not kept after it
        self._counts: dict[Path, dict[str, int] | None] = {}  # None: they cannot be taken
        self._old: set[Path] = set()  # whose counts are shown until they are taken anew

    def take(self, files: Iterable[Path]) -> None:
        """Forget what was known of *files*, which were saved."""
        self.turn += 1
        for file in files:
            before = self._issues.pop(file, None)
            if file.suffix == ".md":
                self._before.setdefault(file, before)
            for path in [path for path in self._counts if is_of(path, file)]:
                del self._counts[path]

    def forget(self) -> None:
        """Forget every issue: the settings by which they are read were saved."""
        self.turn += 1
        self._issues.clear()

    def news(self, settings: Settings) -> set[Path]:
        """Return the files saved since this was last asked that changed in what other issues see."""
        before, self._before = self._before, {}
        return {file for file, issue in before.items() if _seen(issue) != _seen(self._issue(file, settings))}

    def count(self, path: Path, findings: Sequence[Finding] | None) -> None:
        """Note what the checks found in the issue in the file *path*; None where they cannot be made."""
        self._counts[path] = None if findings is None else counted(findings)
        self._old.discard(path)

    def recount(self) -> None:
        """Have every count taken anew: what all issues depend on was saved."""
        self.turn += 1
        self._old.update(self._counts)

    def uncounted(
        self, settings: Settings, receipts: Mapping[str, Receipt], *, rehearsal: bool, today: dt.date
    ) -> Path | None:
        """
        Return the newest issue whose findings nobody has counted, of those that are still to go out.

        Args:
            settings: the newsletter's.
            receipts: what is on record, by key.
            rehearsal: whether the provider of the settings reaches no reader.
            today: where the newsletter is at home; one whose day is long past goes nowhere any more.
        """
        for path in reversed(issue_paths(settings)):
            issue = self._issue(path, settings)
            if issue is None or (path in self._counts and path not in self._old):
                continue
            group = _group(issue, receipts.get(issue.key, Receipt(issue.key)), rehearsal=rehearsal)
            day = _day(issue)
            if group in ("draft", "ready", "hold") and (day is None or day >= today - PAST):
                return path
        return None

    def rows(
        self, settings: Settings, receipts: Mapping[str, Receipt], *, rehearsal: bool
    ) -> list[dict[str, Any]]:
        """
        Return a row for each issue, the newest first.

        Args:
            settings: the newsletter's.
            receipts: what is on record, by key.
            rehearsal: whether the provider of the settings reaches no reader.
        """
        rows = []
        for path in issue_paths(settings):
            issue = self._issue(path, settings)
            name = path.relative_to(settings.root).as_posix()
            row: dict[str, Any] = {"id": issue_id(path), "file": name, "title": name, "group": "broken"}
            if issue is not None:
                receipt = receipts.get(issue.key, Receipt(issue.key))
                date = _day(issue)
                row |= {
                    "id": issue.id,
                    "title": issue.title,
                    "subject": issue.subject,
                    "date": date.isoformat() if date else None,
                    "number": issue.number,
                    "group": _group(issue, receipt, rehearsal=rehearsal),
                }
            rows.append({**row, "counts": self._counts.get(path)})
        return sorted(rows, key=_order, reverse=True)

    def issues(self, settings: Settings) -> list[Issue]:
        """Return every issue that can be read, without its images, by name."""
        found = (self._issue(path, settings) for path in issue_paths(settings))
        return [issue for issue in found if issue is not None]

    def _issue(self, path: Path, settings: Settings) -> Issue | None:
        with suppress(KeyError):  # one that another thread may forget meanwhile
            return self._issues[path]
        issue, turn = None, self.turn
        with suppress(IssueError, OSError):
            issue = parse_issue(path.read_bytes(), path, settings)
        if turn == self.turn:
            self._issues[path] = issue
        return issue


def is_of(issue: Path, file: Path) -> bool:
    """Say whether the issue in the file *issue* is in *file*, or may show it: it lies in its folder."""
    return file == issue or (issue.stem == "index" and file.is_relative_to(issue.parent))


def counted(findings: Iterable[Finding]) -> dict[str, int]:
    """Return how many findings stop a send, how many warn, and how many are notes."""
    counts = {"stops": 0, "warnings": 0, "notes": 0}
    for finding in findings:
        kind = "stops" if finding.severity.stops else "warnings"
        counts["notes" if finding.severity is Severity.NOTE else kind] += 1
    return counts


def _day(issue: Issue) -> dt.date | None:
    return issue.date or (issue.send_at.date() if issue.send_at else None)


def _seen(issue: Issue | None) -> tuple[object, ...]:
    """Return what the checks of other issues look at: names that are taken, and what came before."""
    return (issue.id, issue.slug, issue.number, issue.subject, _day(issue)) if issue else ()


def _group(issue: Issue, receipt: Receipt, *, rehearsal: bool) -> Group:
    entry = standing(receipt, rehearsal=rehearsal)
    if entry is None:
        return issue.status
    return "sent" if entry.kind == "sent" else "scheduled"


def _order(row: Mapping[str, Any]) -> tuple[str, float, str]:
    return (row.get("date") or dt.date.max.isoformat(), row.get("number") or float("inf"), row["file"])
