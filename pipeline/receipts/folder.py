"""
Receipts in a folder, for one machine.

    <key>/receipt.json           the entries, oldest first; rewritten whole, only ever longer
    <key>/message.html           the mail as claimed, in the provider's syntax; its text part is message.txt
    <key>/message.neutral.html   the same mail with neutral merge tags, for the archive; and .neutral.txt
    <key>/.lock                  held by the one process that acts on the key

A rehearsal's are message.rehearsal.html, message.rehearsal.neutral.html and so on: it writes over no real
claim. Records of earlier versions lack the neutral mail.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.clock import Clock
from pipeline.errors import ReceiptError
from pipeline.files import write_whole
from pipeline.model import NOTHING, Entry, EntryKind, Receipt
from pipeline.receipts.holding import Holding, unwritable
from pipeline.receipts.record import demand_unchanged, from_json, new_entry, to_json
from pipeline.receipts.seen import Seen
from pipeline.receipts.snapshot import Kept


class FolderReceipts:
    """Receipts in a folder; see the protocol `Receipts`."""

    def __init__(self, folder: Path, *, clock: Clock) -> None:
        """Keep receipts in *folder*, which is made when the first one is written."""
        self._folder = folder
        self._clock = clock
        self._holding = Holding()

    def hold(self, key: str) -> AbstractContextManager[None]:
        """Let nobody else act on *key* meanwhile."""
        return self._holding.hold(key, self._folder / key / ".lock")

    def read(self, key: str) -> Receipt:
        """Return all entries of *key*; none when there is no receipt."""
        return _receipt(self._folder, key)

    def others(self, key: str) -> Iterator[Receipt]:
        """Yield the receipts of all keys but *key*."""
        return (receipt for receipt in self.read_all().values() if receipt.key != key)

    def read_all(self) -> Mapping[str, Receipt]:
        """Return every receipt by key."""
        keys = sorted(path.parent.name for path in self._folder.glob("*/receipt.json"))
        return {key: self.read(key) for key in keys}

    def parts(self, key: str) -> Mapping[str, str]:
        """Return the mail as it was last claimed, by file name."""
        return _parts(self._folder, key)

    def snapshot(self) -> "FolderSnapshot":
        """Return the record as it is now; what is read of it later may be newer than its version."""
        return FolderSnapshot(_versions(self._folder), self._folder)

    def seen(self) -> Seen:
        """Return the record as it is now: it is kept here."""
        return Seen(f"folder {self._folder.as_posix()}", self.read_all(), self.parts, is_live=True)

    def append(
        self,
        key: str,
        kind: EntryKind,
        data: Mapping[str, Any],
        *,
        seen: Receipt | None = None,
        parts: Mapping[str, str] = NOTHING,
    ) -> Entry:
        """Add one entry to the receipt of *key*, after its parts: a kill between leaves the old record."""
        self._holding.demand(key)
        now = self.read(key)
        if seen is not None:
            demand_unchanged(now, seen)
        entry = new_entry(kind, data, at=self._clock())
        content = to_json(Receipt(key, (*now.entries, entry)))
        for file, text in {**parts, "receipt.json": content}.items():
            path = self._folder / key / file
            try:
                write_whole(path, text.encode())
            except OSError as err:
                raise unwritable(path, err) from err
        return entry

    def is_over(self, entry: Entry) -> bool:  # noqa: ARG002  (the lock says it of every entry)
        """Say yes while the key is held: the lock would be its run's if that lived."""
        return bool(self._holding)


@dataclass(frozen=True, slots=True)
class FolderSnapshot:
    """The folder as it was; see the protocol `Snapshot`."""

    versions: Mapping[str, str]
    _folder: Path

    def read(self, keys: Sequence[str]) -> Mapping[str, Kept]:
        """Return what is kept under each of *keys*."""
        return {key: Kept(_receipt(self._folder, key), _parts(self._folder, key)) for key in keys}


def _receipt(folder: Path, key: str) -> Receipt:
    path = folder / key / "receipt.json"
    try:
        return from_json(key, path.read_bytes())
    except FileNotFoundError:
        return Receipt(key)
    except (OSError, ValueError) as err:
        raise ReceiptError(
            f"{path.as_posix()}: this receipt cannot be read: {err}",
            hint="restore the file from a backup; without it nobody knows whether the issue was sent",
        ) from err


def _parts(folder: Path, key: str) -> dict[str, str]:
    paths = sorted(path for path in (folder / key).glob("message.*") if path.is_file())
    try:
        return {path.name: path.read_bytes().decode() for path in paths}
    except (OSError, ValueError) as err:
        raise ReceiptError(
            f"{(folder / key).as_posix()}: the mail beside this receipt cannot be read: {err}",
            hint="restore its files from a backup",
        ) from err


def _versions(folder: Path) -> dict[str, str]:
    """Return the version of each key that has a receipt: a lock alone is none."""
    try:
        with os.scandir(folder) as entries:
            found = {entry.name: _version(entry.path) for entry in entries if entry.is_dir()}
    except FileNotFoundError:
        return {}
    except OSError as err:
        raise ReceiptError(
            f"{folder.as_posix()}: the receipts cannot be listed: {err.strerror or err}",
            hint="look at the folder's permissions",
        ) from err
    return {key: found[key] for key in sorted(found) if found[key]}


def _version(folder: str) -> str:
    """Return name, size and time of all files of one key; "" without a receipt."""
    with os.scandir(folder) as entries:
        stats = {entry.name: entry.stat() for entry in entries if entry.name[0] != "."}
    if "receipt.json" not in stats:
        return ""
    return "; ".join(f"{name} {stats[name].st_size} {stats[name].st_mtime_ns}" for name in sorted(stats))
