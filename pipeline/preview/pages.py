"""
The archive's pages that somebody looks at.

A page is written when it is asked for, and not before: whoever looks at the mail waits for none, and what
writes pages is imported with the first one.
"""

import asyncio
import datetime as dt
from functools import partial
from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

from pipeline.errors import PipelineError
from pipeline.model import Issue
from pipeline.preview.built import Trouble
from pipeline.preview.sheet import Sheet
from pipeline.preview.trouble import trouble_of
from pipeline.preview.workshop import Workshop
from pipeline.receipts import Seen

if TYPE_CHECKING:
    from pipeline.preview.webpage import Archived, WebPage


class Shown(NamedTuple):
    """What there is to show of an issue's page."""

    archived: "Archived | None"  # where the page stands; None with trouble, or while there is no mail
    trouble: Trouble | None  # why nobody can tell
    page: "WebPage | None"  # as it is, or the last good one; None when there is none, or shall be none
    number: int  # of that page: another one for other bytes; 0 for none
    record: str  # of what moment the record is, for people; "" for the present, or when that is the trouble

    @property
    def is_stale(self) -> bool:
        """Whether the page is an older one than the issue and the templates ask for."""
        return self.page is not None and (self.archived is None or self.archived.page is None)


_NOTHING = Shown(None, None, None, 0, "")


class Pages:
    """The pages of the issues of one workshop."""

    def __init__(self, workshop: Workshop) -> None:
        """Write nothing yet."""
        self._workshop = workshop
        self._turns: WeakKeyDictionary[Sheet, asyncio.Lock] = WeakKeyDictionary()
        self._shown: WeakKeyDictionary[Sheet, tuple[object, Shown]] = WeakKeyDictionary()
        self._number = 0

    async def of(self, sheet: Sheet) -> Shown:
        """Return the page of *sheet* as it is now; of two who ask at once, one has it written."""
        async with self._turns.setdefault(sheet, asyncio.Lock()):
            return await self._of(sheet)

    async def _of(self, sheet: Sheet) -> Shown:
        workshop, build = self._workshop, sheet.build
        known, before = self._shown.get(sheet, (None, _NOTHING))
        if build is None:
            return before._replace(trouble=sheet.trouble)
        zone = ZoneInfo(workshop.settings.timezone)
        try:
            seen = await workshop.record()
        except PipelineError as err:
            trouble = trouble_of(err, root=workshop.settings.root)
            return before._replace(archived=None, trouble=trouble, record="")
        today = workshop.clock().astimezone(zone).date()
        basis = (
            build.number,
            workshop.shared,
            workshop.outlet.rehearses,
            today,
            seen.is_known,
            seen.receipts,
        )
        told = "" if seen.is_live else seen.told(zone)
        if known == basis and before.trouble is None:
            return before._replace(record=told)
        work = partial(self._archived, build.composed.issue, seen, today)
        shown = self._after(before, await workshop.attempt(work), told)
        if shown.trouble not in (None, before.trouble, sheet.trouble):  # the terminal tells it once
            workshop.say(shown.trouble.with_place, shown.trouble.hint)
        self._shown[sheet] = (basis, shown)
        return shown

    def _after(self, before: Shown, outcome: "Archived | Trouble", record: str) -> Shown:
        """Return what is shown next: the last good page stays as long as there shall be one."""
        if isinstance(outcome, Trouble):
            return before._replace(archived=None, trouble=outcome, record=record)
        if outcome.page is None:
            kept = _NOTHING if outcome.missing else before
            return kept._replace(archived=outcome, trouble=None, record=record)
        is_same = outcome.page == before.page
        self._number += not is_same
        return Shown(outcome, None, outcome.page, before.number if is_same else self._number, record)

    def _archived(self, issue: Issue, seen: Seen, today: dt.date) -> "Archived":
        from pipeline.preview.webpage import archived, basis_of  # noqa: PLC0415  (see above)

        workshop = self._workshop
        root, rehearsal = workshop.settings.root, workshop.outlet.rehearses
        others = workshop.catalogue.issues(workshop.settings)
        return archived(issue, basis_of(seen, issue.key, root, today, rehearsal=rehearsal), others)
