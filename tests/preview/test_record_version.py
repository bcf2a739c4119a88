"""The record as the preview follows it: another version when there is something new, and never a surprise."""

from pathlib import Path

import pytest

from conftest import SetClock
from pipeline.errors import ReceiptError
from pipeline.preview.record import record_version, seen_record
from pipeline.receipts import open_receipts
from pipeline.settings import Settings, load_settings
from receipts.repositories import clone, empty_home, git, new_alone, new_remote

KEY = "sample-stiff-back"


@pytest.fixture(autouse=True)
def _empty_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the machine reaches git."""
    for name, value in empty_home(tmp_path / "home").items():
        monkeypatch.setenv(name, value)


def sign(settings: Settings, clock: SetClock) -> None:
    """Put an entry on record."""
    receipts = open_receipts(settings, clock)
    with receipts.hold(KEY):
        receipts.append(KEY, "approved", {"by": "Dr. Ada Moreau", "content_digest": "a1"})


@pytest.mark.parametrize("is_clone", [False, True], ids=["a folder", "a clone without a remote"])
def test_an_entry_makes_another_version(root: Path, clock: SetClock, *, is_clone: bool) -> None:
    """Also the first one, which makes the folder or the branch."""
    if is_clone:
        new_alone(root)
    settings = load_settings(root)
    versions = []
    for _ in range(3):
        versions.append(record_version(settings, clock))
        assert record_version(settings, clock) == versions[-1]
        sign(settings, clock)
    assert len({repr(version) for version in versions}) == 3


def test_what_another_clone_wrote_is_a_version_once_it_is_fetched(
    root: Path, clock: SetClock, tmp_path: Path
) -> None:
    """Nothing is fetched to know the version."""
    remote = new_remote(tmp_path / "remote.git")
    here, there = clone_with(remote, root, tmp_path / "here"), clone_with(remote, root, tmp_path / "there")
    before = record_version(here, clock)
    sign(there, clock)
    assert record_version(here, clock) == before
    assert KEY in open_receipts(here, clock).read_all()
    assert record_version(here, clock) != before


def clone_with(remote: Path, root: Path, folder: Path) -> Settings:
    """Return the settings of a newsletter in a new clone."""
    clone(remote, folder)
    (folder / "pyproject.toml").write_bytes((root / "pyproject.toml").read_bytes())
    return load_settings(folder)


def test_a_record_that_nobody_can_find_is_told_as_one_that_cannot_be_read(
    root: Path, clock: SetClock
) -> None:
    """Remotes without an origin are a matter of git, not of a setting that the page could not show."""
    new_alone(root)
    for name in ("upstream", "fork"):
        git(root, "remote", "add", name, f"https://example.com/{name}.git")
    settings = load_settings(root)
    with pytest.raises(ReceiptError, match="no 'origin'") as raised:
        seen_record(settings, clock)
    assert "git remote rename" in raised.value.hint
    before = record_version(settings, clock)
    git(root, "remote", "rename", "upstream", "origin")
    assert record_version(settings, clock) != before
