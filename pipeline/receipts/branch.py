"""
Receipts on the branch `receipts` of the newsletter's own repository, for many machines.

    <key>/receipt.json           the entries, oldest first
    <key>/message.html           the mail as claimed, in the provider's syntax; its text part is message.txt
    <key>/message.neutral.html   the same mail with neutral merge tags, for the archive; and .neutral.txt

A rehearsal's are message.rehearsal.html, message.rehearsal.neutral.html and so on: it writes over no real
claim. Records of earlier versions lack the neutral mail.

Every reading is of the remote's tip, fetched for it: a clone of last week knows what was sent since. An entry
is one commit, pushed without force: of two that claim at once, one is rejected and reads again. Entries that
do not depend on what was seen are put after whatever is there, as often as it takes.
"""

import random
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from pipeline.clock import Clock, Pause
from pipeline.errors import ReceiptError
from pipeline.model import NOTHING, Entry, EntryKind, Receipt
from pipeline.receipts.clone import Clone
from pipeline.receipts.git import Answer
from pipeline.receipts.holding import Holding
from pipeline.receipts.record import demand_unchanged, from_json, new_entry, to_json
from pipeline.receipts.seen import Seen
from pipeline.receipts.snapshot import Kept

_TRIES = 20  # pushes of one entry
_LONGEST_PAUSE_S = 2.0
# Words of git and of hosts for a push that will not do better the next time. Seen on GitHub (GH006, GH013,
# 403, read-only deploy key), GitLab and in git's own messages (2.39); other words are tried again.
_NOT_ALLOWED = re.compile(
    r"protected|rule violation|hook declined|denied|forbidden|\b40[13]\b|read.only|not granted|not allowed"
    r"|unauthorized|could not read username|authentication failed|prohibited|currently checked out",
    re.IGNORECASE,
)


class BranchReceipts:
    """Receipts on a git branch; see the protocol `Receipts`."""

    def __init__(self, root: Path, *, clock: Clock, pause: Pause = time.sleep) -> None:
        """Keep receipts in the repository that *root* lies in; it is looked at when first needed."""
        self._root = root
        self._clock = clock
        self._pause = pause
        self._holding = Holding()

    @cached_property
    def _clone(self) -> Clone:
        return Clone(self._root)

    @cached_property
    def _offline(self) -> Clone:
        return Clone(self._root, offline=True)

    def hold(self, key: str) -> AbstractContextManager[None]:
        """Let nobody else in this clone act on *key* meanwhile."""
        return self._holding.hold(key, self._clone.lock_path(key))

    def read(self, key: str) -> Receipt:
        """Return all entries of *key* at the remote's tip."""
        with self._clone.alone():
            return self._at(self._clone.fetch(), key).get(key, Receipt(key))

    def others(self, key: str) -> Iterator[Receipt]:
        """Yield the receipts of all keys but *key*, of one tip."""
        return (receipt for receipt in self.read_all().values() if receipt.key != key)

    def read_all(self) -> Mapping[str, Receipt]:
        """Return every receipt at the remote's tip by key."""
        with self._clone.alone():
            return self._at(self._clone.fetch())

    def parts(self, key: str) -> Mapping[str, str]:
        """Return the mail as it was last claimed, by file name."""
        with self._clone.alone():
            return self._parts(self._clone, self._clone.fetch(), key)

    def snapshot(self) -> "BranchSnapshot":
        """Return the record at the remote's tip, which is fetched for it; a commit never changes."""
        with self._clone.alone():
            tip = self._clone.fetch()
            versions = self._clone.folders(tip) if tip else {}
        return BranchSnapshot(dict(sorted(versions.items())), self._offline)

    def seen(self) -> Seen:
        """
        Return the record as this clone saw it last; nothing is fetched, written or locked.

        A commit never changes, so that other runs need not be kept out.
        """
        clone = self._offline
        tip, fetched_at = clone.last_seen(), clone.fetched_at()
        return Seen(
            where=f"branch receipts at {clone.where}",
            receipts=self._at(tip, clone=clone),
            parts=partial(self._parts, clone, tip),
            is_live=clone.is_here,
            is_known=clone.is_here or bool(tip) or fetched_at is not None,
            fetched_at=None if clone.is_here else fetched_at,
        )

    def append(
        self,
        key: str,
        kind: EntryKind,
        data: Mapping[str, Any],
        *,
        seen: Receipt | None = None,
        parts: Mapping[str, str] = NOTHING,
    ) -> Entry:
        """Add one entry to the receipt of *key* by one commit, which is at the remote on return."""
        self._holding.demand(key)
        with self._clone.alone():
            entry = new_entry(kind, data, at=self._clock(), place=self._clone.place())
            tried: list[str] = []
            answer = Answer(0, b"", "")
            for turn in range(_TRIES):
                tip = self._tip(key, kind, tried)
                if any(self._clone.has(commit, tip) for commit in tried):
                    return entry  # it was pushed, and only the answer was lost
                now = self._at(tip, key).get(key, Receipt(key))
                if seen is not None:
                    demand_unchanged(now, seen)
                content = to_json(Receipt(key, (*now.entries, entry)))
                files = {f"{key}/{file}": text for file, text in {**parts, "receipt.json": content}.items()}
                commit = self._clone.commit(tip, files, f"{key}: {kind}", at=entry.at)
                tried.append(commit)
                answer = self._clone.publish(commit, tip)
                if answer.code == 0:
                    return entry
                if _NOT_ALLOWED.search(answer.said):
                    break
                self._pause(random.uniform(0, min(_LONGEST_PAUSE_S, 0.05 * 2**turn)))  # noqa: S311
            tip = self._tip(key, kind, tried)
            if any(self._clone.has(commit, tip) for commit in tried):
                return entry
        raise self._not_pushed(key, kind, answer)

    def is_over(self, entry: Entry) -> bool:
        """Say yes when the run was one of this clone, whose lock it would hold if it lived."""
        if not self._holding or not entry.place:
            return False
        with self._clone.alone():
            return entry.place == self._clone.place()

    def _tip(self, key: str, kind: EntryKind, tried: list[str]) -> str:
        """Return the tip now; an error after a push says that its effect is not known."""
        try:
            return self._clone.fetch()
        except ReceiptError as err:
            if not tried:
                raise
            raise ReceiptError(
                f"{key}: {kind} was pushed to {self._clone.where}, and whether it is on record is not known: "
                f"{err.message}",
                hint=f"{err.hint}; `newsletter status {key}` shows whether it is",
            ) from err

    def _parts(self, clone: Clone, tip: str, key: str) -> dict[str, str]:
        """Return the mail beside the receipt of *key* at *tip*, by file name."""
        files = clone.files(tip, key) if tip else {}
        names = sorted(path for path in files if not path.endswith("/receipt.json"))
        contents = clone.contents(files[name] for name in names)
        return {
            name.rpartition("/")[2]: _text(key, content, clone)
            for name, content in zip(names, contents, strict=True)
        }

    def _at(self, tip: str, key: str = "", *, clone: Clone | None = None) -> dict[str, Receipt]:
        """Return the receipts at *tip* by key: all, or the one of *key*."""
        clone = clone or self._clone
        files = clone.files(tip, key) if tip else {}
        keys = sorted({path.partition("/")[0] for path in files if "/" in path})
        for each in keys:
            if f"{each}/receipt.json" not in files:
                raise _missing(each, clone)
        contents = clone.contents(files[f"{each}/receipt.json"] for each in keys)
        return {each: _receipt(each, content, clone) for each, content in zip(keys, contents, strict=True)}

    def _not_pushed(self, key: str, kind: EntryKind, answer: Answer) -> ReceiptError:
        if _NOT_ALLOWED.search(answer.said):
            return ReceiptError(
                f"{key}: {self._clone.where} does not let us push branch 'receipts', so that {kind} is "
                f"not on record: {answer.said}",
                hint="let this user push to it: keep branch protection and rules off `receipts`, and in a "
                "workflow of GitHub set `permissions: contents: write`",
            )
        return ReceiptError(
            f"{key}: {kind} is not on record: it could not be pushed to {self._clone.where}: {answer.said}",
            hint="run the command again when others have ended; it goes on where this one stopped",
        )


@dataclass(frozen=True, slots=True)
class BranchSnapshot:
    """The branch at one commit; see the protocol `Snapshot`. The version of a key is its tree."""

    versions: Mapping[str, str]
    _clone: Clone  # offline: what is read lies here already

    def read(self, keys: Sequence[str]) -> Mapping[str, Kept]:
        """Return what is kept under each of *keys*: two git processes, however many they are."""
        clone, known = self._clone, [key for key in dict.fromkeys(keys) if key in self.versions]
        folders = dict(zip(known, clone.files_in(self.versions[key] for key in known), strict=True))
        contents = iter(clone.contents(each for files in folders.values() for each in files.values()))
        found = {key: Kept(Receipt(key), {}) for key in keys}
        for key, files in folders.items():
            kept = {name: next(contents) for name in files}
            if "receipt.json" not in kept:
                raise _missing(key, clone)
            receipt = _receipt(key, kept.pop("receipt.json"), clone)
            found[key] = Kept(receipt, {name: _text(key, content, clone) for name, content in kept.items()})
        return found


def _receipt(key: str, content: bytes, clone: Clone) -> Receipt:
    try:
        return from_json(key, content)
    except ValueError as err:
        raise _broken(key, str(err), clone) from err


def _text(key: str, content: bytes, clone: Clone) -> str:
    """Return a part beside the receipt of *key*."""
    try:
        return content.decode()
    except ValueError as err:
        raise _broken(key, f"the mail beside it is no text: {err}", clone) from err


def _missing(key: str, clone: Clone) -> ReceiptError:
    return _broken(key, "the file is missing, and what lies beside it is there", clone)


def _broken(key: str, why: str, clone: Clone) -> ReceiptError:
    return ReceiptError(
        f"{key}/receipt.json on branch 'receipts' at {clone.where}: cannot be read: {why}",
        hint=f"see `git log refs/newsletter/receipts -- {key}`, and mend it by a new commit on that "
        "branch; without it nobody knows whether the issue was sent",
    )
