"""A receipt as a value and as JSON: its entries, oldest first, only ever more."""

import datetime as dt
import json
import os
import platform
from collections.abc import Mapping
from typing import Any, get_args

from pipeline import __version__
from pipeline.errors import Refused
from pipeline.model import Entry, EntryKind, Message, Receipt

SCHEMA_VERSION = 1
_FIXED = ("kind", "at", "run", "tool", "place")


def belongs_to(entry: Entry, newsletter: str) -> bool:
    """Say whether *entry* is of the newsletter with this id: several may keep one record."""
    return bool(entry.data.get("newsletter", newsletter) == newsletter)


def standing(receipt: Receipt, *, rehearsal: bool) -> Entry | None:
    """
    Return the entry that says where a dispatch stands: claimed, scheduled, sent or needs-review.

    None when nothing was ever dispatched, or the last dispatch was cancelled.

    Args:
        receipt: all that is on record.
        rehearsal: ask for dispatches that could reach no reader, instead of those that could: neither
            kind stands in the way of the other.
    """
    last = last_entry(receipt, rehearsal=rehearsal)
    return None if last is None or last.kind == "cancelled" else last


def last_entry(receipt: Receipt, *, rehearsal: bool) -> Entry | None:
    """Return the last entry that is no sign-off; None when there is none. Arguments as for `standing`."""
    ours = (entry for entry in reversed(receipt.entries) if bool(entry.data.get("rehearsal")) is rehearsal)
    return next((entry for entry in ours if entry.kind != "approved"), None)


def signed(receipt: Receipt) -> Entry | None:
    """
    Return the last sign-off, or None when nobody ever signed.

    It outlives a cancelled dispatch; of what content it is, `content_digest` in its data says.
    """
    return next((entry for entry in reversed(receipt.entries) if entry.kind == "approved"), None)


def went_out(entry: Entry | None) -> bool:
    """Say whether a mail went out by *entry*: also when a human must look at how it did."""
    return entry is not None and (entry.kind == "sent" or bool(entry.data.get("sent_at")))


def planned_at(entry: Entry) -> dt.datetime | None:
    """Return the send time on record, UTC; None when it holds none."""
    text = entry.data.get("send_at")
    return dt.datetime.fromisoformat(str(text)) if text else None


def asks_anew(receipt: Receipt, send_at: dt.datetime | None) -> bool:
    """Say whether an issue asks for a time that is new on record: an old checkout asks for an old one."""
    asked = [entry.data["asked_at"] for entry in receipt.entries if entry.data.get("asked_at")]
    return bool(asked) and send_at is not None and all(is_moved(each, send_at) for each in asked)


def is_moved(asked: object, send_at: dt.datetime | None) -> bool:
    """Say whether an issue asks for another time than *asked*, which is on record, if any is."""
    if not asked or send_at is None:
        return bool(asked)
    # As moments: in the hour that autumn repeats, times of two zones are never equal.
    return dt.datetime.fromisoformat(str(asked)).timestamp() != send_at.timestamp()


def called_off(receipt: Receipt, *, rehearsal: bool) -> Entry | None:
    """Return the entry by which a person cancelled the last dispatch; None when that was none, or a run's."""
    last = last_entry(receipt, rehearsal=rehearsal)
    return last if last is not None and last.kind == "cancelled" and last.data.get("called_off") else None


def differs(entry: Entry, message: Message) -> bool:
    """Say whether *message* is no longer what *entry* dispatched: other content, or another time."""
    return entry.data.get("content_digest") != message.digest or is_moved(
        entry.data.get("asked_at"), message.send_at
    )


def part_names(*, rehearsal: bool) -> tuple[str, str]:
    """Return the files beside a record that hold HTML and text as claimed, in the provider's syntax."""
    stem = _stem(rehearsal=rehearsal)
    return f"{stem}.html", f"{stem}.txt"


def neutral_names(*, rehearsal: bool) -> tuple[str, str]:
    """Return the files beside a record that hold the same mail neutral, for the archive."""
    stem = _stem(rehearsal=rehearsal)
    return f"{stem}.neutral.html", f"{stem}.neutral.txt"


def _stem(*, rehearsal: bool) -> str:
    """Return what the names of those files begin with; a rehearsal writes over no real claim."""
    return "message.rehearsal" if rehearsal else "message"


def this_run() -> str:
    """Name the run that writes an entry: the CI run where there is one, else host and process."""
    ci_run = os.environ.get("GITHUB_RUN_ID")
    return f"github-{ci_run}" if ci_run else f"{platform.node()}-{os.getpid()}"


def new_entry(kind: EntryKind, data: Mapping[str, Any], *, at: dt.datetime, place: str = "") -> Entry:
    """Return an entry of this run, as it will be read back: tuples in *data* are lists then."""
    return _entry(json.loads(json.dumps(_plain(Entry(kind, at, this_run(), __version__, data, place)))))


def to_json(receipt: Receipt) -> str:
    """Return the content of receipt.json."""
    entries = [_plain(entry) for entry in receipt.entries]
    plain = {"schema_version": SCHEMA_VERSION, "key": receipt.key, "entries": entries}
    return json.dumps(plain, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def from_json(key: str, content: bytes) -> Receipt:
    """
    Return the receipt of *key* that receipt.json holds.

    Raises:
        ValueError: it holds none; says why.
    """
    try:
        return _receipt(key, json.loads(content))
    except KeyError as err:
        raise ValueError(f"{err} is missing") from err
    except (TypeError, AttributeError, RecursionError) as err:
        raise ValueError(f"it has not the shape of a receipt: {err}") from err


def demand_unchanged(now: Receipt, seen: Receipt) -> None:
    """
    Refuse to write on a record that grew since it was read.

    Raises:
        Refused: somebody else acted on this key; says who and what they did.
    """
    if now == seen:
        return
    newer = now.entries[-1] if len(now.entries) > len(seen.entries) else None
    what = f"{newer.kind} by {newer.run} on {newer.at:%Y-%m-%d %H:%M %Z}" if newer else "its record changed"
    # Without the newsletter's id, as people name the issue.
    name = now.key.removeprefix(f"{newer.data.get('newsletter')}-" if newer else "")
    raise Refused(
        f"{name}: somebody else acted on this issue meanwhile: {what}",
        hint=f"run `newsletter status {name}`, and the command again if it is still wanted",
    )


def _receipt(key: str, plain: dict[str, Any]) -> Receipt:
    if plain["schema_version"] != SCHEMA_VERSION or plain["key"] != key:
        raise ValueError(f"it is of schema {plain['schema_version']!r} and key {plain['key']!r}")
    return Receipt(key, tuple(_entry(entry) for entry in plain["entries"]))


def _plain(entry: Entry) -> dict[str, Any]:
    fixed = {"kind": entry.kind, "at": entry.at.isoformat(), "run": entry.run, "tool": entry.tool}
    return {**entry.data, **fixed, **({"place": entry.place} if entry.place else {})}


def _entry(plain: dict[str, Any]) -> Entry:
    data = {name: value for name, value in plain.items() if name not in _FIXED}
    if plain["kind"] not in get_args(EntryKind):
        raise ValueError(f"it has an entry of unknown kind {plain['kind']!r}")
    at = dt.datetime.fromisoformat(plain["at"])
    return Entry(plain["kind"], at, plain["run"], plain["tool"], data, plain.get("place", ""))
