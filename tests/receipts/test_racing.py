"""Many real processes in many real clones: one claim of a key succeeds, and no entry of any other is lost."""

import subprocess
import sys
from pathlib import Path

import pytest
from repositories import KEY, clone, empty_home, git, new_remote

from conftest import SetClock
from pipeline.receipts import BranchReceipts

RACING = Path(__file__).with_name("racing.py")


def race(runs: list[tuple[Path, str, str]], environment: dict[str, str]) -> list[str]:
    """Start all runs, give the word to all at once, and return how each ended."""
    started = [
        subprocess.Popen(
            [sys.executable, str(RACING), str(root), key, how],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        for root, key, how in runs
    ]
    for process in started:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in started:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    return [process.communicate(timeout=120)[0].strip() for process in started]


@pytest.mark.parametrize("count", [20])
def test_of_many_claims_of_one_key_one_succeeds(tmp_path: Path, clock: SetClock, count: int) -> None:
    """All saw the same empty record; the branch does not even exist yet."""
    environment = empty_home(tmp_path / "home")
    remote = new_remote(tmp_path / "remote.git")
    clones = [clone(remote, tmp_path / f"c{number}", "--depth=1") for number in range(count)]
    ended = race([(each, KEY, "claim") for each in clones], environment)
    assert sorted(ended) == ["refused"] * (count - 1) + ["won"]
    (entry,) = BranchReceipts(clones[0], clock=clock).read(KEY).entries
    assert entry.kind == "claimed"


@pytest.mark.long
def test_entries_of_different_keys_are_never_lost(tmp_path: Path, clock: SetClock) -> None:
    """Ten clones, and five runs in one of them, append at once: all is on record, in one line of commits."""
    environment = empty_home(tmp_path / "home")
    remote = new_remote(tmp_path / "remote.git")
    clones = [clone(remote, tmp_path / f"c{number}") for number in range(10)]
    places = [*clones, *[clones[0]] * 4]
    runs = [(each, f"steady-{number}", "note") for number, each in enumerate(places)]
    assert race(runs, environment) == ["won"] * len(runs)
    found = BranchReceipts(clones[-1], clock=clock).read_all()
    assert {key: len(receipt.entries) for key, receipt in found.items()} == {key: 1 for _, key, _ in runs}
    assert git(remote, "rev-list", "--count", "--min-parents=2", "receipts") == "0"
    assert git(remote, "rev-list", "--count", "receipts") == str(len(runs))


def test_entries_of_one_key_are_never_lost(tmp_path: Path, clock: SetClock) -> None:
    """Eight clones note something of one issue at once: all of it is there."""
    environment = empty_home(tmp_path / "home")
    remote = new_remote(tmp_path / "remote.git")
    clones = [clone(remote, tmp_path / f"c{number}") for number in range(8)]
    assert race([(each, KEY, "note") for each in clones], environment) == ["won"] * 8
    entries = BranchReceipts(clones[0], clock=clock).read(KEY).entries
    assert len({entry.place for entry in entries}) == 8
