"""The memory of the build: an unchanged file is told by its signature, a doubtful one by its content."""

import hashlib
import json
import os
import time
from pathlib import Path

import pytest

from pipeline.archive.made import Made, Page, Source

FILE, IMAGE = "issues/backs.md", "issues/backs.png"
LATER_NS = 60_000_000_000  # the build begins a minute after the files were written


@pytest.fixture
def newsletter(tmp_path: Path) -> Path:
    """A root with an issue and its image."""
    (tmp_path / "issues").mkdir()
    (tmp_path / FILE).write_bytes(b"# Backs")
    (tmp_path / IMAGE).write_bytes(b"pixels")
    return tmp_path


def load(root: Path, *, version: str = "1", after_ns: int = LATER_NS) -> Made:
    """Return what the last build knew, for a build that begins so much later than now."""
    return Made.load(root / "made.json", version=version, root=root, began_ns=time.time_ns() + after_ns)


def digest(path: Path) -> str:
    """Return the digest of a file, empty when it is missing."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else ""


def source(root: Path, *watched: str) -> Source:
    """Return what a build finds in the issue."""
    return Source(digest(root / FILE), {"title": "Backs"}, {path: digest(root / path) for path in watched})


def built(root: Path, *watched: str, after_ns: int = LATER_NS) -> Source:
    """Have one build read the issue and save what it knows."""
    made = load(root, after_ns=after_ns)
    found = source(root, *watched)
    made.remember(FILE, found)
    made.keep("backs/", Page("abc", ["row"]))
    made.save(root / "made.json", version="1")
    return found


def test_an_unchanged_file_is_known_by_its_signature(newsletter: Path) -> None:
    """What was remembered comes back as it was."""
    found = built(newsletter, IMAGE)
    assert load(newsletter).unchanged(FILE) == found
    assert load(newsletter).page("backs/") == Page("abc", ["row"])


def test_what_was_never_made_is_not_known(newsletter: Path) -> None:
    """Neither a file nor a page."""
    made = load(newsletter)
    assert (made.unchanged(FILE), made.same_content(FILE), made.page("backs/")) == (None, None, None)


def test_each_watched_file_has_its_own_signature(newsletter: Path) -> None:
    """In whatever order an issue shows its images."""
    (newsletter / "issues/a.png").write_bytes(b"other pixels")
    found = built(newsletter, IMAGE, "issues/a.png")
    assert load(newsletter).unchanged(FILE) == found


@pytest.mark.parametrize("path", [FILE, IMAGE])
def test_a_file_with_other_content_is_read_anew(newsletter: Path, path: str) -> None:
    """The issue's own, or an image that it shows."""
    built(newsletter, IMAGE)
    (newsletter / path).write_bytes(b"other")
    assert load(newsletter).unchanged(FILE) is None
    assert load(newsletter).same_content(FILE) is None


def test_a_file_of_the_same_size_and_time_is_found_by_when_it_was_changed(newsletter: Path) -> None:
    """A tool may set the one time back, and never the other."""
    built(newsletter)
    before = (newsletter / FILE).stat()
    while (newsletter / FILE).stat().st_ctime_ns == before.st_ctime_ns:  # clocks of file systems are coarse
        (newsletter / FILE).write_bytes(b"# Necks")
        os.utime(newsletter / FILE, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert load(newsletter).unchanged(FILE) is None


def test_a_file_that_took_the_place_of_another_is_found(newsletter: Path) -> None:
    """An editor may save by a rename."""
    built(newsletter)
    (newsletter / "other.md").write_bytes(b"# Necks")
    (newsletter / "other.md").replace(newsletter / FILE)
    assert load(newsletter).unchanged(FILE) is None


def test_a_touched_file_is_known_by_its_content(newsletter: Path) -> None:
    """A fresh clone has new times; from then on the signature will do again."""
    found = built(newsletter, IMAGE)
    os.utime(newsletter / IMAGE, ns=(1, 1))
    made = load(newsletter)
    assert made.unchanged(FILE) is None
    assert made.same_content(FILE) == found
    made.save(newsletter / "made.json", version="1")
    assert load(newsletter).unchanged(FILE) == found


@pytest.mark.parametrize("after_ns", [0, 1_000_000_000, -LATER_NS], ids=["just now", "a second", "later"])
def test_a_file_changed_just_before_or_after_the_build_began_is_not_trusted(
    newsletter: Path, after_ns: int
) -> None:
    """It may have changed again under the same time: its content decides."""
    found = built(newsletter, after_ns=after_ns)
    assert load(newsletter).unchanged(FILE) is None
    assert load(newsletter).same_content(FILE) == found


def test_a_file_changed_while_the_build_reads_it_is_found(newsletter: Path) -> None:
    """The signature is older than the bytes, never younger."""
    built(newsletter)
    os.utime(newsletter / FILE, ns=(1, 1))
    made = load(newsletter)
    assert made.unchanged(FILE) is None
    found = source(newsletter)
    (newsletter / FILE).write_bytes(b"# Backs, once more")
    made.remember(FILE, found)
    made.save(newsletter / "made.json", version="1")
    assert load(newsletter).unchanged(FILE) is None


def test_a_missing_image_is_watched_for(newsletter: Path) -> None:
    """When it comes, the issue is read anew."""
    found = built(newsletter, "issues/missing.png")
    assert load(newsletter).unchanged(FILE) == found
    assert load(newsletter).same_content(FILE) == found
    (newsletter / "issues/missing.png").write_bytes(b"pixels")
    assert load(newsletter).unchanged(FILE) is None
    assert load(newsletter).same_content(FILE) is None


def test_a_deleted_file_is_not_unchanged(newsletter: Path) -> None:
    """Nothing is taken from memory alone."""
    built(newsletter)
    (newsletter / FILE).unlink()
    assert load(newsletter).unchanged(FILE) is None
    assert load(newsletter).same_content(FILE) is None


def test_an_image_outside_the_root_is_watched_by_its_absolute_path(
    newsletter: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """An absolute path is not taken as one below the root."""
    image = tmp_path_factory.mktemp("elsewhere") / "logo.png"
    image.write_bytes(b"logo")
    found = built(newsletter, str(image))
    assert load(newsletter).unchanged(FILE) == found
    image.write_bytes(b"another")
    assert load(newsletter).unchanged(FILE) is None


@pytest.mark.parametrize(
    "broken",
    ["", "{", "[]", "null", '{"version": "1"}', '{"version": "1", "sources": {"a": [1]}, "pages": {}}'],
)
def test_a_broken_memory_is_an_empty_one(newsletter: Path, broken: str) -> None:
    """It costs a full build and nothing else."""
    built(newsletter)
    (newsletter / "made.json").write_text(broken, encoding="utf-8")
    assert load(newsletter).unchanged(FILE) is None
    assert load(newsletter).page("backs/") is None


def test_the_memory_of_another_version_is_an_empty_one(newsletter: Path) -> None:
    """Another version makes other pages of the same files."""
    built(newsletter)
    assert load(newsletter, version="2").unchanged(FILE) is None
    assert load(newsletter, version="2").page("backs/") is None


def test_what_a_build_did_not_ask_for_is_forgotten(newsletter: Path) -> None:
    """An issue that was deleted does not stay in memory for ever."""
    built(newsletter)
    made = load(newsletter)
    made.keep("other/", Page("def", None))
    made.save(newsletter / "made.json", version="1")
    assert load(newsletter).unchanged(FILE) is None
    assert load(newsletter).page("backs/") is None
    assert load(newsletter).page("other/") == Page("def", None)


def test_nothing_new_writes_nothing(newsletter: Path) -> None:
    """A build that found all unchanged leaves its memory as it is."""
    built(newsletter)
    before = (newsletter / "made.json").stat()
    made = load(newsletter)
    made.unchanged(FILE)
    page = made.page("backs/")
    assert page is not None
    made.keep("backs/", page)
    made.save(newsletter / "made.json", version="1")
    after = (newsletter / "made.json").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_what_is_saved_hangs_on_no_order(newsletter: Path) -> None:
    """The same knowledge is the same bytes."""
    saved = []
    for names in (("a", "b"), ("b", "a")):
        made = Made.load(
            newsletter / "none", version="1", root=newsletter, began_ns=time.time_ns() + LATER_NS
        )
        for name in names:
            made.keep(name, Page("abc", {"x": 1, "y": 2} if name == "a" else {}))
        made.save(newsletter / "made.json", version="1")
        saved.append((newsletter / "made.json").read_bytes())
    assert saved[0] == saved[1]
    assert json.loads(saved[0])["version"] == "1"
