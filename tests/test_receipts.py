"""Receipts only grow, are never taken for empty, and are held by one process at a time."""

import subprocess
import sys
from pathlib import Path

import pytest

from conftest import SetClock
from pipeline.errors import ReceiptError, Refused
from pipeline.receipts import FolderReceipts, standing

KEY = "steady-2026-12-01"


@pytest.fixture
def receipts(tmp_path: Path, clock: SetClock) -> FolderReceipts:
    """Receipts in an empty folder."""
    return FolderReceipts(tmp_path / "receipts", clock=clock)


def test_no_receipt_is_an_empty_one(receipts: FolderReceipts) -> None:
    """A key nobody acted on has no entries and no standing."""
    assert standing(receipts.read(KEY)) is None


def test_entries_are_kept_in_order(receipts: FolderReceipts) -> None:
    """What was appended is read back, oldest first, with its data."""
    with receipts.hold(KEY):
        receipts.append(KEY, "claimed", {"draft": "a"})
        receipts.append(KEY, "scheduled", {"draft": "a"})
    assert [(entry.kind, entry.data) for entry in receipts.read(KEY).entries] == [
        ("claimed", {"draft": "a"}),
        ("scheduled", {"draft": "a"}),
    ]


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
    entry = standing(receipts.read(KEY))
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
