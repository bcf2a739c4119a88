"""Receipts only grow, are never taken for empty, and are held by one process at a time."""

import datetime as dt
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import SetClock
from pipeline.errors import ReceiptError, Refused
from pipeline.model import Receipt
from pipeline.receipts import FolderReceipts, standing
from pipeline.receipts.record import demand_unchanged, new_entry

KEY = "steady-2026-12-01"


@pytest.fixture
def receipts(tmp_path: Path, clock: SetClock) -> FolderReceipts:
    """Receipts in an empty folder."""
    return FolderReceipts(tmp_path / "receipts", clock=clock)


def test_no_receipt_is_an_empty_one(receipts: FolderReceipts) -> None:
    """A key nobody acted on has no entries and no standing."""
    assert standing(receipts.read(KEY), rehearsal=False) is None


def test_entries_are_kept_in_order(receipts: FolderReceipts) -> None:
    """What was appended is read back, oldest first, with its data."""
    with receipts.hold(KEY):
        receipts.append(KEY, "claimed", {"draft": "a"})
        receipts.append(KEY, "scheduled", {"draft": "a"})
    assert [(entry.kind, entry.data) for entry in receipts.read(KEY).entries] == [
        ("claimed", {"draft": "a"}),
        ("scheduled", {"draft": "a"}),
    ]


def test_an_entry_is_returned_as_it_is_read_back(receipts: FolderReceipts) -> None:
    """What JSON changes is changed at once: whoever wrote an entry knows the record as it is."""
    with receipts.hold(KEY):
        entry = receipts.append(KEY, "claimed", {"drafts": ("a", "b")})
    assert receipts.read(KEY) == Receipt(KEY, (entry,))


def test_parts_lie_beside_the_receipt(receipts: FolderReceipts, tmp_path: Path) -> None:
    """The mail as it was claimed can be looked at later."""
    with receipts.hold(KEY):
        receipts.append(KEY, "claimed", {}, parts={"message.html": "<p>é</p>\r\n"})
    assert (tmp_path / "receipts" / KEY / "message.html").read_bytes() == "<p>é</p>\r\n".encode()


def test_a_claim_on_a_record_that_grew_is_refused(receipts: FolderReceipts) -> None:
    """Whoever acts on what they saw is told who was faster; nothing is added."""
    seen = receipts.read(KEY)
    with receipts.hold(KEY):
        first = receipts.append(KEY, "claimed", {}, seen=seen)
        with pytest.raises(Refused, match=f"meanwhile: claimed by {first.run} on 2026-11-24 12:00 UTC"):
            receipts.append(KEY, "claimed", {}, seen=seen, parts={"message.html": "other"})
    assert receipts.read(KEY).entries == (first,)


def test_a_record_that_is_not_what_was_seen_is_refused(receipts: FolderReceipts, tmp_path: Path) -> None:
    """An entry that vanished is no reason to go on, either."""
    with receipts.hold(KEY):
        receipts.append(KEY, "approved", {})
        seen = receipts.read(KEY)
        (tmp_path / "receipts" / KEY / "receipt.json").unlink()
        with pytest.raises(Refused, match="its record changed"):
            receipts.append(KEY, "claimed", {}, seen=seen)


def test_an_entry_is_written_only_while_the_key_is_held(receipts: FolderReceipts) -> None:
    """The lock alone tells whether the run of an entry is dead, so that every entry needs it."""
    with pytest.raises(RuntimeError, match="without holding"):
        receipts.append(KEY, "claimed", {})


def test_whoever_holds_a_key_knows_its_earlier_runs_dead(receipts: FolderReceipts) -> None:
    """The lock of a run dies with it; without the lock nobody can say."""
    with receipts.hold(KEY):
        entry = receipts.append(KEY, "claimed", {})
        assert receipts.is_over(entry)
    assert not receipts.is_over(entry)


def test_all_receipts_are_read_by_key(receipts: FolderReceipts) -> None:
    """`others` leaves out the one that is asked about."""
    for key in (KEY, "steady-2026-12-08"):
        with receipts.hold(key):
            receipts.append(key, "claimed", {"of": key})
    assert list(receipts.read_all()) == [KEY, "steady-2026-12-08"]
    assert [receipt.key for receipt in receipts.others(KEY)] == ["steady-2026-12-08"]


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        ((), None),
        (("approved",), None),
        (("claimed",), "claimed"),
        (("claimed", "scheduled"), "scheduled"),
        (("claimed", "scheduled", "approved"), "scheduled"),
        (("claimed", "cancelled"), None),
        (("claimed", "cancelled", "claimed"), "claimed"),
        (("claimed", "scheduled", "sent"), "sent"),
    ],
)
def test_standing_is_the_last_word_on_a_dispatch(
    receipts: FolderReceipts, kinds: tuple[str, ...], expected: str | None
) -> None:
    """A cancelled dispatch stands no more; an approval says nothing about a dispatch."""
    with receipts.hold(KEY):
        for kind in kinds:
            receipts.append(KEY, kind, {})
    entry = standing(receipts.read(KEY), rehearsal=False)
    assert (entry.kind if entry else None) == expected


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"schema_version": 2, "key": "steady-2026-12-01", "entries": []}',
        b'{"schema_version": 1, "key": "another", "entries": []}',
        b'{"schema_version": 1, "key": "steady-2026-12-01"}',
        b'{"schema_version": 1, "key": "steady-2026-12-01", "entries": [{"kind": "claimed"}]}',
        b'{"schema_version": 1, "key": "steady-2026-12-01", "entries": [{"kind": "sold"}]}',
        b"[" * 100_000,
        b"\xff\xfe",
    ],
)
def test_a_broken_receipt_is_never_an_empty_one(
    receipts: FolderReceipts, tmp_path: Path, content: bytes
) -> None:
    """A receipt that cannot be read stops everything: nobody knows whether the issue was sent."""
    path = tmp_path / "receipts" / KEY / "receipt.json"
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    with pytest.raises(ReceiptError, match="cannot be read"):
        receipts.read(KEY)


HOLDER = """
import sys
from pathlib import Path
from pipeline.clock import utc_now
from pipeline.receipts import FolderReceipts

with FolderReceipts(Path(sys.argv[1]), clock=utc_now).hold(sys.argv[2]):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_process_is_refused_while_the_first_holds_the_key(tmp_path: Path, clock: SetClock) -> None:
    """Two runs never act on one issue at a time; when the first is gone, its hold is too."""
    folder = tmp_path / "receipts"
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(folder), KEY],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    assert holder.stdin is not None
    receipts = FolderReceipts(folder, clock=clock)
    try:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(Refused, match="another run"), receipts.hold(KEY):
            pass
    finally:
        holder.kill()
        holder.wait()
        holder.stdin.close()
        holder.stdout.close()
    with receipts.hold(KEY):
        receipts.append(KEY, "claimed", {})


def test_a_folder_that_cannot_be_written_is_a_receipt_error(tmp_path: Path, clock: SetClock) -> None:
    """Without a record nothing is sent: the error says what to do."""
    (tmp_path / "receipts").write_text("a file where a folder should be")
    receipts = FolderReceipts(tmp_path / "receipts", clock=clock)
    with pytest.raises(ReceiptError, match="cannot be written"), receipts.hold(KEY):
        pass


def test_who_came_too_late_is_told_the_id_that_people_write() -> None:
    """Without the newsletter's id before it."""
    key = "steady-2026-12-01-backs"
    claim = new_entry("claimed", {"newsletter": "steady"}, at=dt.datetime(2026, 11, 24, tzinfo=dt.UTC))
    with pytest.raises(Refused, match=r"^2026-12-01-backs: somebody else acted") as caught:
        demand_unchanged(Receipt(key, (claim,)), Receipt(key))
    assert "`newsletter status 2026-12-01-backs`" in caught.value.hint
