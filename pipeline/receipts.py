"""
What is on record about each issue: approved, claimed, scheduled, sent, cancelled.

A receipt can only veto; whether a mail went out, the provider decides. In a folder, one process at a
time holds a key: its lock dies with it, so whoever holds the lock knows that an unfinished claim on
record belongs to a process that is gone.

    <key>/receipt.json    the entries, oldest first; rewritten whole, only ever longer
    <key>/message.html    the parts as scheduled
    <key>/message.txt
"""

import datetime as dt
import json
import os
import platform
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, get_args

from pipeline import __version__
from pipeline.clock import Clock
from pipeline.errors import ReceiptError, Refused
from pipeline.files import locked, write_whole
from pipeline.model import Entry, EntryKind, Receipt
from pipeline.settings import Settings

SCHEMA_VERSION = 1


def standing(receipt: Receipt) -> Entry | None:
    """
    Return the entry that says where a dispatch stands: claimed, scheduled, sent or needs-review.

    None when nothing was ever dispatched, or the last dispatch was cancelled.
    """
    last = next((entry for entry in reversed(receipt.entries) if entry.kind != "approved"), None)
    return None if last is None or last.kind == "cancelled" else last


def signed(receipt: Receipt) -> Entry | None:
    """
    Return the last sign-off, or None when nobody ever signed.

    It outlives a cancelled dispatch; of what content it is, `content_digest` in its data says.
    """
    return next((entry for entry in reversed(receipt.entries) if entry.kind == "approved"), None)


def this_run() -> str:
    """Name the run that writes an entry: the CI run where there is one, else host and process."""
    ci_run = os.environ.get("GITHUB_RUN_ID")
    return f"github-{ci_run}" if ci_run else f"{platform.node()}-{os.getpid()}"


class FolderReceipts:
    """Receipts in a folder, for one machine at a time."""

    def __init__(self, folder: Path, *, clock: Clock) -> None:
        """Keep receipts in *folder*, which is made when the first one is written."""
        self._folder = folder
        self._clock = clock

    @contextmanager
    def hold(self, key: str) -> Iterator[None]:
        """
        Let nobody else act on *key* meanwhile.

        Raises:
            Refused: another process holds it now.
            ReceiptError: the folder cannot be written.
        """
        folder = self._folder / key
        with ExitStack() as stack:
            try:
                folder.mkdir(parents=True, exist_ok=True)
                stack.enter_context(locked(folder / ".lock", wait=False))
            except BlockingIOError as err:
                raise Refused(
                    f"{key}: another run of newsletter is working on this issue",
                    hint=f"wait until it has ended, then run `newsletter status {key}`",
                ) from err
            except OSError as err:
                raise _unwritable(folder, err) from err
            yield

    def read(self, key: str) -> Receipt:
        """
        Return all entries of *key*; none when there is no receipt.

        Raises:
            ReceiptError: there is a receipt and it cannot be read.
        """
        path = self._folder / key / "receipt.json"
        try:
            return _receipt(key, json.loads(path.read_bytes()))
        except FileNotFoundError:
            return Receipt(key)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as err:
            raise ReceiptError(
                f"{path.as_posix()}: this receipt cannot be read: {err}",
                hint="restore the file from a backup; without it nobody knows whether the issue was sent",
            ) from err

    def others(self, key: str) -> Iterator[Receipt]:
        """
        Yield the receipts of all keys but *key*.

        Raises:
            ReceiptError: one of them cannot be read.
        """
        for path in sorted(self._folder.glob("*/receipt.json")):
            if path.parent.name != key:
                yield self.read(path.parent.name)

    def append(self, key: str, kind: EntryKind, data: Mapping[str, Any]) -> Entry:
        """
        Add one entry to the receipt of *key*, which this process holds. Durable on return.

        Raises:
            ReceiptError: the receipt cannot be read or written; the entry is not on record.
        """
        entry = Entry(kind, self._clock(), this_run(), __version__, dict(data))
        entries = [*self.read(key).entries, entry]
        plain = {"schema_version": SCHEMA_VERSION, "key": key, "entries": [_plain(each) for each in entries]}
        content = json.dumps(plain, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
        self._write(key, "receipt.json", content)
        return entry

    def keep(self, key: str, *, html: str, text: str) -> None:
        """Keep the parts as they are about to be scheduled beside the receipt."""
        self._write(key, "message.html", html)
        self._write(key, "message.txt", text)

    def _write(self, key: str, file: str, content: str) -> None:
        path = self._folder / key / file
        try:
            write_whole(path, content.encode())
        except OSError as err:
            raise _unwritable(path, err) from err


def open_receipts(settings: Settings, clock: Clock) -> FolderReceipts:
    """Return the receipts of this newsletter."""
    return FolderReceipts(settings.receipts, clock=clock)


def _unwritable(path: Path, err: OSError) -> ReceiptError:
    return ReceiptError(
        f"{path.as_posix()}: cannot be written: {err.strerror or err}",
        hint="make room or give permission, then run the command again: it goes on where this one stopped",
    )


def _receipt(key: str, plain: dict[str, Any]) -> Receipt:
    if plain["schema_version"] != SCHEMA_VERSION or plain["key"] != key:
        raise ValueError(f"it is of schema {plain['schema_version']!r} and key {plain['key']!r}")
    return Receipt(key, tuple(_entry(entry) for entry in plain["entries"]))


def _plain(entry: Entry) -> dict[str, Any]:
    fixed = {"kind": entry.kind, "at": entry.at.isoformat(), "run": entry.run, "tool": entry.tool}
    return {**entry.data, **fixed}


def _entry(plain: dict[str, Any]) -> Entry:
    data = {name: value for name, value in plain.items() if name not in ("kind", "at", "run", "tool")}
    if plain["kind"] not in get_args(EntryKind):
        raise ValueError(f"it has an entry of unknown kind {plain['kind']!r}")
    return Entry(plain["kind"], dt.datetime.fromisoformat(plain["at"]), plain["run"], plain["tool"], data)
