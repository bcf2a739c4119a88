"""
What is on record about each issue: approved, claimed, scheduled, sent, cancelled.

A receipt can only veto; whether a mail went out, the provider decides.
"""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from pipeline.clock import Clock
from pipeline.errors import ReceiptError
from pipeline.model import NOTHING, Entry, EntryKind, Receipt
from pipeline.receipts.branch import BranchReceipts
from pipeline.receipts.folder import FolderReceipts
from pipeline.receipts.record import (
    asks_anew,
    belongs_to,
    called_off,
    differs,
    is_moved,
    last_entry,
    neutral_names,
    part_names,
    planned_at,
    signed,
    standing,
    this_run,
    went_out,
)
from pipeline.receipts.seen import Seen
from pipeline.receipts.snapshot import Kept, Snapshot
from pipeline.settings import Settings

__all__ = [
    "BranchReceipts",
    "FolderReceipts",
    "Kept",
    "Receipts",
    "Seen",
    "Snapshot",
    "asks_anew",
    "belongs_to",
    "called_off",
    "differs",
    "is_moved",
    "last_entry",
    "neutral_names",
    "open_receipts",
    "part_names",
    "planned_at",
    "seen_receipts",
    "signed",
    "standing",
    "this_run",
    "went_out",
]


class Receipts(Protocol):
    """
    A record of every dispatch and sign-off, which only grows.

    A record that cannot be reached or read is a ReceiptError from every method, never an empty one.
    """

    def hold(self, key: str) -> AbstractContextManager[None]:
        """
        Let nobody else on this machine act on *key* meanwhile.

        Raises:
            Refused: another process holds it now.
        """

    def read(self, key: str) -> Receipt:
        """Return all entries of *key* as they are on record now; none when nobody ever acted on it."""

    def others(self, key: str) -> Iterator[Receipt]:
        """Yield the receipts of all keys but *key*, all of one moment."""

    def read_all(self) -> Mapping[str, Receipt]:
        """Return every receipt by key, all of one moment."""

    def parts(self, key: str) -> Mapping[str, str]:
        """Return the files beside the receipt of *key* by name: the mail as it was last claimed."""

    def snapshot(self) -> Snapshot:
        """Return the record of this moment, for whoever reads many keys, or in several processes."""

    def seen(self) -> Seen:
        """
        Return the record as far as this machine knows without asking anybody: no connection is made.

        For looking only; a record that was never fetched says so, and is not an empty one.
        """

    def append(
        self,
        key: str,
        kind: EntryKind,
        data: Mapping[str, Any],
        *,
        seen: Receipt | None = None,
        parts: Mapping[str, str] = NOTHING,
    ) -> Entry:
        """
        Add one entry to the receipt of *key*, which this process holds. Durable on return.

        Args:
            key: the issue's key.
            kind: what happened.
            data: what else is to be known of it; JSON values, no secret, no reader's address.
            seen: what `read` returned; the entry is added to exactly this record or not at all.
                Of many that claim a key with it, one succeeds.
            parts: files kept beside the receipt by name, such as message.html and message.txt.

        Raises:
            Refused: the record is not *seen* any more: somebody else acted. The entry is not on record.
            ReceiptError: it cannot be written; the message says when it may be on record nevertheless.
        """

    def is_over(self, entry: Entry) -> bool:
        """
        Say whether the run that wrote *entry* is surely dead; asked while its key is held.

        When this says no, only a person can know.
        """


def open_receipts(settings: Settings, clock: Clock) -> Receipts:
    """
    Return the receipts of this newsletter: on its branch, or in the folder that its settings name.

    Outside git the branch is a folder, too. A clone never is, be its git broken or not installed: a folder
    there would be empty, and say that nothing was sent.

    Raises:
        ReceiptError: there are receipts in the folder already, and the branch would pass over them.
    """
    if isinstance(settings.receipts, Path):
        return FolderReceipts(settings.receipts, clock=clock)
    folder = settings.root / ".newsletter" / "receipts"
    if not any((above / ".git").exists() for above in (settings.root, *settings.root.parents)):
        return FolderReceipts(folder, clock=clock)
    if any(folder.glob("*/receipt.json")):
        raise ReceiptError(
            f"{folder.as_posix()}: there are receipts here, and now they are to be on a git branch",
            hint='to keep them here, write receipts = ".newsletter/receipts" in pyproject.toml; '
            "when all they speak of has been sent, move the folder away",
        )
    return BranchReceipts(settings.root, clock=clock)


def seen_receipts(settings: Settings, clock: Clock) -> Seen:
    """
    Return what is on record as far as this machine knows without asking anybody.

    Raises:
        ReceiptError: a receipt is broken, the clone is, or there is no git for it; never an empty record.
        SettingsError: nobody says which remote has the record.
    """
    return open_receipts(settings, clock).seen()
