"""The record of one moment: many keys at once, versions that tell what changed, the same in every process."""

import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest
from repositories import KEY, clone, empty_home, fake_git, git, new_alone, new_remote, put

from conftest import SetClock
from pipeline.errors import ReceiptError
from pipeline.model import Receipt
from pipeline.receipts import BranchReceipts, FolderReceipts, Kept, Receipts

OTHER = "steady-2026-12-08"
PARTS = {"message.html": "<p>é</p>\r\n", "message.neutral.html": "<p>é</p>\n", "message.txt": "é\n"}
READ = """\
import pickle, sys
snapshot = pickle.loads(sys.stdin.buffer.read())
sys.stdout.buffer.write(pickle.dumps(snapshot.read(sys.argv[1:])))
"""


@pytest.fixture(autouse=True)
def _empty_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the machine reaches git."""
    for name, value in empty_home(tmp_path / "home").items():
        monkeypatch.setenv(name, value)


@pytest.fixture(params=["folder", "branch", "branch here"])
def receipts(request: pytest.FixtureRequest, tmp_path: Path, clock: SetClock) -> Receipts:
    """Receipts in a folder; on a branch of a remote; on a branch of a clone that has none."""
    if request.param == "folder":
        return FolderReceipts(tmp_path / "receipts", clock=clock)
    if request.param == "branch":
        return BranchReceipts(clone(new_remote(tmp_path / "remote.git"), tmp_path / "here"), clock=clock)
    new_alone(tmp_path / "alone")
    return BranchReceipts(tmp_path / "alone", clock=clock)


def act(receipts: Receipts, key: str = KEY, *, parts: dict[str, str] | None = None) -> None:
    """Put one entry on record."""
    with receipts.hold(key):
        receipts.append(key, "claimed", {"draft": "a"}, parts=parts or {})


def test_before_the_first_entry_it_is_empty(receipts: Receipts) -> None:
    """A key that is not on record has an empty receipt, as when it is read alone."""
    snapshot = receipts.snapshot()
    assert snapshot.versions == {}
    assert snapshot.read([KEY]) == {KEY: Kept(Receipt(KEY), {})}


def test_it_holds_what_single_readings_give(receipts: Receipts) -> None:
    """Receipts and what lies beside them, for each key that is asked for."""
    act(receipts, parts=PARTS)
    act(receipts, OTHER)
    snapshot = receipts.snapshot()
    assert list(snapshot.versions) == [KEY, OTHER]
    kept = snapshot.read([OTHER, KEY])
    assert kept == {key: Kept(receipts.read(key), receipts.parts(key)) for key in (OTHER, KEY)}
    assert kept[KEY].parts == PARTS


def test_a_key_that_is_only_held_is_not_on_record(receipts: Receipts) -> None:
    """A lock is no receipt."""
    with receipts.hold(KEY):
        assert receipts.snapshot().versions == {}


@pytest.mark.parametrize("parts", [{}, {"message.html": "<p>other</p>\r\n"}])
def test_a_version_changes_with_what_is_kept_and_with_nothing_else(
    receipts: Receipts, parts: dict[str, str]
) -> None:
    """Another key's entry leaves it; an entry or a part changes it."""
    act(receipts, parts=PARTS)
    before = receipts.snapshot().versions[KEY]
    act(receipts, OTHER)
    assert receipts.snapshot().versions[KEY] == before
    act(receipts, parts=parts)
    assert receipts.snapshot().versions[KEY] != before


def test_another_process_reads_the_same(receipts: Receipts, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is handed over as bytes; no secret of the environment is among them."""
    monkeypatch.setenv("LISTMONK_TOKEN", "a-token-nobody-may-see")
    act(receipts, parts=PARTS)
    snapshot = receipts.snapshot()
    given = pickle.dumps(snapshot)
    assert b"a-token-nobody-may-see" not in given
    answer = subprocess.run(
        [sys.executable, "-c", READ, KEY, OTHER], input=given, capture_output=True, check=True
    )
    assert pickle.loads(answer.stdout) == snapshot.read([KEY, OTHER])  # noqa: S301  (our own)


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    """A bare repository."""
    return new_remote(tmp_path / "remote.git")


@pytest.fixture
def branch(remote: Path, tmp_path: Path, clock: SetClock) -> BranchReceipts:
    """The receipts as a clone sees them."""
    return BranchReceipts(clone(remote, tmp_path / "here"), clock=clock)


def test_a_branch_is_fetched_for_it(
    branch: BranchReceipts, remote: Path, tmp_path: Path, clock: SetClock
) -> None:
    """What another machine put on record a moment ago is there; what comes later is not."""
    snapshot = branch.snapshot()
    act(BranchReceipts(clone(remote, tmp_path / "other"), clock=clock))
    assert snapshot.versions == {}
    assert list(branch.snapshot().versions) == [KEY]


def test_a_remote_that_is_gone_is_no_empty_record(branch: BranchReceipts, remote: Path) -> None:
    """Also where this clone knows what was there."""
    act(branch)
    remote.rename(remote.with_name("gone.git"))
    with pytest.raises(ReceiptError, match="cannot be fetched from origin"):
        branch.snapshot()


def test_a_snapshot_of_a_branch_stays_as_it_was(branch: BranchReceipts, remote: Path) -> None:
    """It reads a commit that lies here: no remote is asked again, and nothing newer is seen."""
    act(branch, parts=PARTS)
    snapshot = branch.snapshot()
    act(branch, parts={"message.txt": "new\n"})
    remote.rename(remote.with_name("gone.git"))
    kept = snapshot.read([KEY])[KEY]
    assert (len(kept.receipt.entries), kept.parts) == (1, PARTS)


def test_many_keys_are_read_by_two_processes(
    branch: BranchReceipts, tmp_path: Path, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many for ten keys as for one."""
    keys = [f"steady-{number}" for number in range(10)]
    for key in keys:
        act(branch, key, parts={"message.txt": f"{key}\n"})
    counted = tmp_path / "counted"
    monkeypatch.setenv("PATH", f"{fake_git(tmp_path / 'bin', f'echo git >> {counted}')}:{os.environ['PATH']}")
    snapshot = BranchReceipts(tmp_path / "here", clock=clock).snapshot()
    before = counted.read_text().count("git")
    kept = snapshot.read(keys)
    assert counted.read_text().count("git") == before + 2
    assert [kept[key].parts["message.txt"] for key in keys] == [f"{key}\n" for key in keys]


@pytest.mark.parametrize(
    ("path", "content", "why"),
    [
        (f"{KEY}/receipt.json", "{", "cannot be read"),
        (f"{OTHER}/message.html", "<p>", "the file is missing"),
    ],
)
def test_a_broken_receipt_on_a_branch_is_named(
    branch: BranchReceipts, remote: Path, path: str, content: str, why: str
) -> None:
    """It is an error for whoever reads it, and no empty receipt."""
    act(branch)
    put(remote, path, content)
    snapshot = branch.snapshot()
    key = path.partition("/")[0]
    with pytest.raises(ReceiptError, match=rf"{key}/receipt\.json on branch 'receipts' at origin.*{why}"):
        snapshot.read([key])


def test_a_broken_receipt_in_a_folder_is_named(tmp_path: Path, clock: SetClock) -> None:
    """It is an error for whoever reads it, and no empty receipt."""
    receipts = FolderReceipts(tmp_path / "receipts", clock=clock)
    act(receipts)
    act(receipts, OTHER, parts=PARTS)
    (tmp_path / f"receipts/{KEY}/receipt.json").write_text("{")
    (tmp_path / f"receipts/{OTHER}/message.html").write_bytes(b"\xff")
    snapshot = receipts.snapshot()
    with pytest.raises(ReceiptError, match=rf"{KEY}/receipt\.json: this receipt cannot be read"):
        snapshot.read([KEY])
    with pytest.raises(ReceiptError, match=f"{OTHER}: the mail beside this receipt cannot be read"):
        snapshot.read([OTHER])


def test_a_part_edited_in_place_is_another_version(tmp_path: Path, clock: SetClock) -> None:
    """Somebody restored a file of the folder by hand, and the receipt stands as it was."""
    receipts = FolderReceipts(tmp_path / "receipts", clock=clock)
    act(receipts, parts=PARTS)
    before = receipts.snapshot().versions[KEY]
    with (tmp_path / f"receipts/{KEY}/message.txt").open("r+") as file:
        file.write("E")
    os.utime(tmp_path / f"receipts/{KEY}/message.txt", ns=(0, 1))
    assert receipts.snapshot().versions[KEY] != before


def test_a_tree_of_a_clone_that_lost_it_is_an_error(branch: BranchReceipts, tmp_path: Path) -> None:
    """A damaged clone says so, and gives no empty receipt."""
    act(branch)
    snapshot = branch.snapshot()
    name = git(tmp_path / "here", "rev-parse", f"refs/newsletter/receipts:{KEY}")
    (tmp_path / f"here/.git/objects/{name[:2]}/{name[2:]}").unlink()
    with pytest.raises(ReceiptError, match="cannot be read in this clone"):
        snapshot.read([KEY])
