"""The folder of a static preview: whole or as it was, and never at the cost of somebody's files."""

from pathlib import Path

import pytest

from pipeline.errors import UsageError
from pipeline.preview.folder import LIST, demand_ours, write_folder

MARK = "<!-- ours -->"
FILES = {"index.html": f"{MARK} one".encode(), "mail/light.html": b"light"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder that holds a set of files."""
    folder = tmp_path / "review"
    write_folder(folder, FILES, mark=MARK)
    return folder


def content(folder: Path) -> dict[str, bytes]:
    """Return every file below *folder*."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def test_the_list_names_every_file_with_its_digest(folder: Path) -> None:
    """So that anybody can prove that nothing was changed on the way: `sha256sum --check files.txt`."""
    assert set(content(folder)) == {*FILES, LIST}
    lines = (folder / LIST).read_text(encoding="utf-8").splitlines()
    assert [line.split("  ")[1] for line in lines] == sorted(FILES)
    assert all(len(line.split("  ")[0]) == 64 for line in lines)


def test_an_earlier_set_is_exchanged_whole(folder: Path) -> None:
    """What the new one does not have is gone, and nothing is left beside it."""
    write_folder(folder, {"index.html": f"{MARK} two".encode()}, mark=MARK)
    assert set(content(folder)) == {"index.html", LIST}
    assert b"two" in content(folder)["index.html"]
    assert [path.name for path in folder.parent.iterdir()] == ["review"]


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    """Somebody made it for this."""
    (tmp_path / "empty").mkdir()
    write_folder(tmp_path / "empty", FILES, mark=MARK)
    assert set(content(tmp_path / "empty")) == {*FILES, LIST}


def test_what_the_system_left_behind_is_no_somebody_s_file(folder: Path) -> None:
    """Looking into a folder on a Mac writes into it."""
    (folder / ".DS_Store").write_bytes(b"x")
    write_folder(folder, FILES, mark=MARK)
    assert set(content(folder)) == {*FILES, LIST}


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("notes.txt", "mine", "'notes.txt' is no file of an earlier preview"),
        ("mail/notes.txt", "mine", "'mail/notes.txt' is no file of an earlier preview"),
        ("mail/light.html", "light, with my remarks", "'mail/light.html' was changed"),
        (LIST, "", "is no file of an earlier preview"),
        (LIST, f"{'0' * 64}  ../other.txt\n", "is no file of an earlier preview"),
    ],
    ids=["a file more", "a file more below", "a remark", "an empty list", "a list of others"],
)
def test_a_folder_that_somebody_wrote_into_is_refused_untouched(
    folder: Path, name: str, text: str, told: str
) -> None:
    """A reviewer's remarks are worth more than a fresh copy."""
    (folder / name).write_text(text, encoding="utf-8")
    before = content(folder)
    with pytest.raises(UsageError, match=told):
        write_folder(folder, FILES, mark=MARK)
    assert content(folder) == before
    assert [path.name for path in folder.parent.iterdir()] == ["review"]


def test_a_set_of_another_kind_is_refused(folder: Path) -> None:
    """A list of digests alone does not make it ours."""
    with pytest.raises(UsageError, match=r"'index\.html' is not that of a preview"):
        demand_ours(folder, mark="<!-- theirs -->")


def test_a_link_or_a_file_in_its_place_is_refused(folder: Path, tmp_path: Path) -> None:
    """What a link leads to is not ours to exchange."""
    (tmp_path / "link").symlink_to(folder)
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    for name in ("link", "file"):
        with pytest.raises(UsageError, match="no folder stands there"):
            write_folder(tmp_path / name, FILES, mark=MARK)
    assert (tmp_path / "file").read_text(encoding="utf-8") == "mine"


def test_a_link_inside_is_a_foreign_file(folder: Path, tmp_path: Path) -> None:
    """Even one that leads to the same bytes."""
    (tmp_path / "light").write_bytes(b"light")
    (folder / "mail/light.html").unlink()
    (folder / "mail/light.html").symlink_to(tmp_path / "light")
    with pytest.raises(UsageError, match="was changed"):
        write_folder(folder, FILES, mark=MARK)
    assert (tmp_path / "light").read_bytes() == b"light"


def test_a_failure_leaves_the_earlier_set(folder: Path) -> None:
    """Here two paths cannot both be: one is a folder of the other."""
    before = content(folder)
    with pytest.raises(OSError, match="mail"):
        write_folder(folder, {"index.html": MARK.encode(), "mail": b"x", "mail/a.html": b"y"}, mark=MARK)
    assert content(folder) == before
