"""The output folder: one site or the other, whatever happens."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from killed_builds import FORMS, build, shown

from pipeline.archive.exchange import Exchange, exchange_folders, rename_in_turn
from pipeline.archive.tree import Change, joined, open_tree, put
from pipeline.errors import PipelineError, Refused, UsageError

SCRIPT = Path(__file__).with_name("killed_builds.py")
MANY: Mapping[str, bytes] = {f"issue-{number}/index.html": b"%d" % number for number in range(50)}


@pytest.fixture
def public(tmp_path: Path) -> Path:
    """An output folder that is not there yet."""
    return tmp_path / "public"


def spare(public: Path) -> Path:
    """Return what lies beside the output folder."""
    return public.with_name(".public.spare")


def touched(public: Path, earlier: Mapping[str, int]) -> set[str]:
    """Return the paths whose file is another one than before."""
    return {path for path, inode in inodes(public).items() if earlier.get(path) != inode}


def inodes(public: Path) -> dict[str, int]:
    """Return which file stands at each path."""
    return {
        path.relative_to(public).as_posix(): path.stat().st_ino
        for path in public.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("form", FORMS)
def test_a_build_killed_at_any_operation_leaves_the_old_site_or_the_new_one(
    form: str, tmp_path: Path
) -> None:
    """Never half of one; the next builds succeed, on whatever spare was left."""
    answer = subprocess.run(
        [sys.executable, str(SCRIPT), str(tmp_path), form], capture_output=True, text=True, check=True
    )
    rows = [json.loads(line) for line in answer.stdout.splitlines()]
    old = "nothing" if form == "first" else "old"
    assert {row["left"] for row in rows} - ({"nothing"} if form == "in turn" else set()) == {old, "new"}
    assert {row["put_back"] for row in rows} == {old, "new"}
    assert {(row["again"], row["last"]) for row in rows} == {("next", "old")}
    assert len(rows) > 30


def test_two_renames_leave_nothing_at_the_path_in_one_moment_and_the_next_start_puts_it_back(
    tmp_path: Path,
) -> None:
    """That is the one weakness of a system without an exchange, and it is mended without a build."""
    answer = subprocess.run(
        [sys.executable, str(SCRIPT), str(tmp_path), "in turn"], capture_output=True, text=True, check=True
    )
    rows = [json.loads(line) for line in answer.stdout.splitlines()]
    assert [row["put_back"] for row in rows if row["left"] == "nothing"] == ["old"]


@given(
    sites=st.lists(
        st.dictionaries(
            st.sampled_from(
                ["index.html", "a/index.html", "a/b/c.txt", "a", "b/index.html", "b/ä.html", "d"]
            ),
            st.sampled_from([b"", b"one", b"two"]),
        ),
        min_size=1,
        max_size=6,
    ),
    exchange=st.sampled_from([exchange_folders, rename_in_turn]),
)
@settings(max_examples=60, deadline=None)
def test_after_any_builds_the_folder_holds_what_was_wanted(
    sites: list[dict[str, bytes]], exchange: Exchange
) -> None:
    """No file more or less, no empty folder; a site that cannot be leaves the one before."""
    with tempfile.TemporaryDirectory() as folder:
        public, before = Path(folder, "public"), dict[str, bytes]()
        for site in sites:
            try:
                build(public, site, exchange)
            except UsageError:
                assert any(f"{path}/" in other[: len(path) + 1] for path in site for other in site)
            else:
                before = site
            assert (shown(public) if public.exists() else {}) == before
            folders = {path for path in public.rglob("*") if path.is_dir()}
            assert all(any(inner.is_file() for inner in path.rglob("*")) for path in folders)


def test_two_pages_of_one_path_are_refused_unless_they_are_alike() -> None:
    """Which of them stood there would hang on what else a build makes."""
    assert joined([{"a": "1", "b": "2"}, {"a": "1"}]) == {"a": "1", "b": "2"}
    with pytest.raises(UsageError, match="'a': two pages want to stand there"):
        joined([{"a": "1"}, {"a": "2"}])


@pytest.mark.parametrize("other", ["A/index.html", "a/Index.html", "A/b.html", "A"])
def test_paths_that_differ_by_capitals_alone_cannot_be_together(public: Path, other: str) -> None:
    """Where a file system takes them for one, the site would be another than here."""
    with pytest.raises(UsageError, match="to some computers and hosts, they are one"):
        build(public, {"a/index.html": b"one", other: b"two"}, exchange_folders)
    assert not public.exists()


def test_a_build_says_what_it_changed(public: Path) -> None:
    """Written, removed and kept."""
    build(public, {"a": b"a", "b": b"b", "c": b"c"})
    assert build(public, {"a": b"a", "b": b"B", "d": b"d"}) == Change(("b", "d"), ("c",), 1)


def test_nothing_changed_touches_nothing(public: Path) -> None:
    """Neither a file nor a folder has another time."""
    build(public, MANY)
    build(public, MANY | {"new": b""})
    before = {path: path.stat().st_mtime_ns for path in (public, *public.rglob("*"))}
    trees = public.stat().st_ino
    assert build(public, MANY | {"new": b""}) == Change((), (), 51)
    assert {path: path.stat().st_mtime_ns for path in (public, *public.rglob("*"))} == before
    assert public.stat().st_ino == trees


def test_one_changed_file_is_the_only_other_file(public: Path) -> None:
    """All others are the same files on the disk, in the first builds and in later ones."""
    build(public, MANY)
    for number in range(4):
        before = inodes(public)
        path = f"issue-{number}/index.html"
        build(public, MANY | {path: b"changed"})
        assert touched(public, before) == {path, *([f"issue-{number - 1}/index.html"] if number else [])}


def test_a_spare_of_the_build_before_is_changed_where_the_sites_differ(public: Path) -> None:
    """Folders that need no change are not written to."""
    for content in (b"one", b"two"):
        build(public, MANY | {"issue-7/index.html": content})
    tree = spare(public) / "tree"
    before = {path.name: path.stat().st_mtime_ns for path in tree.iterdir()}
    build(public, MANY | {"issue-7/index.html": b"three"})
    after = {path.name: path.stat().st_mtime_ns for path in public.iterdir()}
    assert {name for name in after if after[name] != before[name]} == {"issue-7"}


def test_an_open_file_of_the_old_site_keeps_its_content(public: Path) -> None:
    """No file is ever changed in place: a server in the midst of sending one sends it whole."""
    build(public, {"index.html": b"one"})
    with (public / "index.html").open("rb") as stream:
        for content in (b"two", b"three", b"four"):
            build(public, {"index.html": content})
        assert stream.read() == b"one"


@pytest.mark.parametrize("content", [b"edited by hand", b"PAGE"], ids=["other size", "same size"])
def test_a_file_edited_by_hand_does_not_stand_and_is_made_anew(public: Path, content: bytes) -> None:
    """Both trees share it, so the spare's is not taken either."""
    site = {"index.html": b"page", "a/index.html": b"a"}
    build(public, site | {"b": b""})
    build(public, site)
    with (public / "index.html").open("r+b") as stream:
        stream.write(content)
    with open_tree(public) as tree:
        assert set(tree.standing) == {"a/index.html"}
    assert build(public, site) == Change(("index.html",), (), 1)
    build(public, site | {"c": b""})
    assert shown(public) == site | {"c": b""}


def test_a_deleted_file_is_made_anew(public: Path) -> None:
    """What was deleted by hand does not stand."""
    build(public, MANY)
    (public / "issue-3/index.html").unlink()
    (public / "issue-3").rmdir()
    assert build(public, MANY).written == ("issue-3/index.html",)
    assert shown(public) == MANY


def test_an_edited_file_that_nobody_wants_goes(public: Path) -> None:
    """A page that was withdrawn does not stay because somebody wrote to it."""
    build(public, {"a": b"a", "b": b"b"})
    (public / "b").write_bytes(b"changed")
    assert build(public, {"a": b"a"}).removed == ("b",)
    assert shown(public) == {"a": b"a"}


def test_a_deleted_folder_is_made_anew(public: Path, tmp_path: Path) -> None:
    """The spare alone does not stand in for it unseen."""
    build(public, MANY)
    build(public, {"a": b"a"})
    public.rename(tmp_path / "elsewhere")
    build(public, MANY)
    assert shown(public) == MANY


def test_a_site_copied_with_what_lies_beside_it_is_known_again(public: Path, tmp_path: Path) -> None:
    """A cache of a build server brings both back as other files, with the same times."""
    build(public, MANY)
    build(public, MANY | {"a": b""})
    copy = tmp_path / "copy"
    copy.mkdir()
    subprocess.run(["cp", "-a", public, spare(public), copy], check=True)
    assert build(copy / "public", MANY | {"a": b""}) == Change((), (), 51)
    assert build(copy / "public", MANY | {"a": b"a"}) == Change(("a",), (), 50)
    assert shown(copy / "public") == MANY | {"a": b"a"}


def test_a_folder_of_the_users_is_left_alone(public: Path) -> None:
    """It is refused, with the option that helps, and nothing is made beside it."""
    public.mkdir()
    (public / "thesis.txt").write_bytes(b"years of work")
    with pytest.raises(UsageError, match="not made by the archive") as caught:
        build(public, MANY)
    assert "-o" in caught.value.hint
    assert shown(public) == {"thesis.txt": b"years of work"}
    assert not spare(public).exists()


def test_a_folder_that_took_the_place_of_ours_is_left_alone(public: Path) -> None:
    """Even where it has a page of the same name."""
    build(public, MANY | {"index.html": b"ours"})
    build(public, {"index.html": b"ours"})
    for path in (public / "index.html", public):
        path.rename(spare(public) / path.name)
    public.mkdir()
    (public / "index.html").write_bytes(b"theirs")
    with pytest.raises(UsageError):
        build(public, MANY)
    assert shown(public) == {"index.html": b"theirs"}


def test_a_file_added_by_hand_stops_the_exchange(public: Path) -> None:
    """It would leave the site unseen; the message names it, and once it is moved the build succeeds."""
    build(public, {"index.html": b"one"})
    (public / "CNAME").write_bytes(b"steady.example")
    with pytest.raises(UsageError, match="CNAME"):
        build(public, {"index.html": b"two"})
    assert shown(public) == {"index.html": b"one", "CNAME": b"steady.example"}
    (public / "CNAME").unlink()
    build(public, {"index.html": b"two"})
    assert shown(public) == {"index.html": b"two"}


def test_a_file_at_the_path_is_left_alone(public: Path) -> None:
    """The output folder must be a folder."""
    public.write_bytes(b"a file")
    with pytest.raises(UsageError):
        build(public, MANY)
    assert public.read_bytes() == b"a file"


def test_an_empty_folder_is_taken(public: Path) -> None:
    """Nobody loses anything."""
    public.mkdir()
    build(public, MANY)
    assert shown(public) == MANY


def test_what_a_symbolic_link_leads_to_is_exchanged(public: Path, tmp_path: Path) -> None:
    """The link stays."""
    public.symlink_to(tmp_path / "www")
    build(public, {"a": b"a"})
    build(public, {"a": b"b"})
    assert public.is_symlink()
    assert shown(tmp_path / "www") == {"a": b"b"}


def test_a_second_build_at_once_is_refused(public: Path) -> None:
    """It says so, and the first goes on undisturbed."""
    program = f"""
from pathlib import Path
from pipeline.archive.tree import open_tree
with open_tree(Path({str(public)!r})):
    pass
"""
    with open_tree(public) as tree:
        digest = put(tree.staging, b"a")
        answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
        assert "Refused" in answer.stderr
        with pytest.raises(Refused, match="another build is at work"):
            build(public, MANY)
        tree.finish({"a": digest})
    assert shown(public) == {"a": b"a"}


@pytest.mark.parametrize("path", ["../a", "/etc/a", "a//b", "a/./b", "", "a\\b"])
def test_a_path_that_leads_out_of_the_folder_is_a_mistake_of_ours(public: Path, path: str) -> None:
    """Whatever an issue calls itself, nothing is written elsewhere."""
    with pytest.raises(ValueError, match="no path of a file in the tree"):
        build(public, {path: b"a"})
    assert not public.exists()


def test_a_content_that_was_never_written_leaves_the_old_site(public: Path) -> None:
    """A mistake of ours is found before anything is touched."""
    build(public, {"a": b"a"})
    with open_tree(public) as tree, pytest.raises(LookupError, match="never written"):
        tree.finish(dict(tree.standing) | {"b": "0" * 64})
    assert shown(public) == {"a": b"a"}


@pytest.mark.parametrize("broken", ["", "{", "[]", '{"version": 1}', '{"version": 9, "columns": []}'])
def test_a_broken_list_makes_the_folder_a_strangers(public: Path, broken: str) -> None:
    """What cannot be told to be ours is not deleted."""
    build(public, {"a": b"a"})
    for path in spare(public).glob("*.list"):
        path.write_text(broken, encoding="utf-8")
    with pytest.raises(PipelineError):
        build(public, {"a": b"b"})
    assert shown(public) == {"a": b"a"}


def test_git_does_not_see_the_spare(public: Path) -> None:
    """It lies in the newsletter's repository and never gets into a commit."""
    subprocess.run(["git", "init", "--quiet", public.parent], check=True)
    build(public, {"a": b"a"})
    build(public, {"a": b"b"})
    seen = subprocess.run(
        ["git", "-C", public.parent, "status", "--porcelain"], capture_output=True, text=True, check=True
    )
    assert seen.stdout.split() == ["??", "public/"]


def test_many_files_are_flushed_at_once(public: Path) -> None:
    """More new files than are flushed one by one are all there."""
    site = {f"{number}": os.urandom(8) for number in range(200)}
    build(public, site)
    assert shown(public) == site
