"""
What is looked after now and then while somebody has the page open, because no save tells of it.

That is the record, which other commands write; the time, on which it hangs whether an issue may be sent; and
the findings of issues that nobody has opened, which are counted while nothing else is to be done.
"""

import asyncio
import datetime as dt
from typing import TYPE_CHECKING

from pipeline.errors import ReceiptError
from pipeline.preview.built import Trouble
from pipeline.preview.record import record_version
from pipeline.preview.renderer import Renderer

if TYPE_CHECKING:
    from pipeline.preview.workshop import Workshop

_PAUSE_S = 2.0
_COUNT_AFTER = dt.timedelta(seconds=5)  # without a save


class Rounds:
    """The rounds in one workshop."""

    def __init__(self, workshop: "Workshop", renderer: Renderer) -> None:
        """Take whom to tell, and who can render; nothing is looked at yet."""
        self._workshop = workshop
        self._renderer = renderer
        self._known: object = None  # the record and the minute that were last told of
        self._day = workshop.newsletter.today
        self._counted = -1  # the catalogue's turn in which the last issue was counted

    async def go(self) -> None:
        """Go round for as long as the workshop is open."""
        workshop = self._workshop
        while True:
            await asyncio.sleep(_PAUSE_S)
            if not workshop.is_followed:
                continue
            await self.look()
            is_new = False
            while workshop.clock() - workshop.saved_at > _COUNT_AFTER and await self.count_next():
                is_new = True
            if is_new:
                workshop.tell_all("issues")

    async def look(self) -> None:
        """Tell of the list of issues once the record or the minute is another; check anew on another day."""
        workshop = self._workshop
        version = await asyncio.to_thread(record_version, workshop.settings, workshop.clock)
        known = (version, workshop.clock().replace(second=0, microsecond=0))
        if self._day != workshop.newsletter.today:
            self._day = workshop.newsletter.today
            workshop.spoil_all()
        if known != self._known:
            self._known = known
            workshop.tell_all("issues")

    async def count_next(self) -> bool:
        """Count the findings of an issue that nobody has opened; say whether there was one, and time."""
        workshop, catalogue = self._workshop, self._workshop.catalogue
        turn = catalogue.turn
        if workshop.is_busy or turn == self._counted:
            return False
        try:
            receipts = (await workshop.record()).receipts
        except ReceiptError:  # the readiness of each issue tells of it
            receipts = {}
        path = await asyncio.to_thread(
            catalogue.uncounted,
            workshop.settings,
            receipts,
            rehearsal=workshop.outlet.rehearses,
            today=self._day,
        )
        if path is None:
            self._counted = turn
            return False
        found = await self._renderer.examine(path)
        if turn == catalogue.turn:  # else it may be another by now
            catalogue.count(path, None if isinstance(found, Trouble) else found)
        return True
