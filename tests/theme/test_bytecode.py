"""Compiled templates on disk are a shortcut and nothing more: no state of the folder changes a mail."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import jinja2
import pytest

from pipeline.theme.bytecode import BytecodeFolder


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    """A folder with one template."""
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "a.html").write_text("hello {{ name }}", encoding="utf-8")
    return folder


def rendered(templates: Path, cache: Path) -> str:
    """Render the template in a fresh environment, as another process would."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(templates), bytecode_cache=BytecodeFolder(cache), autoescape=True
    )
    return environment.get_template("a.html").render(name="Ada")


def test_the_folder_is_made_when_there_is_something_to_keep(templates: Path, tmp_path: Path) -> None:
    """A new clone has none; one file per template is kept and no scrap beside it."""
    cache = tmp_path / "deep" / "cache"
    assert rendered(templates, cache) == "hello Ada"
    assert [path.suffix for path in cache.iterdir()] == [".jinja"]


def test_a_kept_template_is_used(templates: Path, tmp_path: Path) -> None:
    """The second environment writes nothing."""
    cache = tmp_path / "cache"
    rendered(templates, cache)
    (kept,) = cache.iterdir()
    written = kept.stat().st_mtime_ns
    assert rendered(templates, cache) == "hello Ada"
    assert kept.stat().st_mtime_ns == written


@pytest.mark.parametrize("at", [0, 5, 40, -1], ids=["digest", "digest-middle", "head", "end"])
def test_a_spoilt_file_is_as_good_as_none(templates: Path, tmp_path: Path, at: int) -> None:
    """Whatever bit turned over, the mail is made from the template and the file is mended."""
    cache = tmp_path / "cache"
    rendered(templates, cache)
    (kept,) = cache.iterdir()
    whole = kept.read_bytes()
    spoilt = bytearray(whole)
    spoilt[at] ^= 1
    kept.write_bytes(bytes(spoilt))
    assert rendered(templates, cache) == "hello Ada"
    assert kept.read_bytes() == whole


@pytest.mark.parametrize("size", [0, 10, 32, 60])
def test_a_cut_file_is_as_good_as_none(templates: Path, tmp_path: Path, size: int) -> None:
    """A full disk once left half a file."""
    cache = tmp_path / "cache"
    rendered(templates, cache)
    (kept,) = cache.iterdir()
    kept.write_bytes(kept.read_bytes()[:size])
    assert rendered(templates, cache) == "hello Ada"


def test_a_changed_template_is_compiled_anew(templates: Path, tmp_path: Path) -> None:
    """The file belongs to the template's text."""
    rendered(templates, tmp_path / "cache")
    (templates / "a.html").write_text("bye {{ name }}", encoding="utf-8")
    assert rendered(templates, tmp_path / "cache") == "bye Ada"


def test_a_folder_that_cannot_be_made_stops_nothing(templates: Path, tmp_path: Path) -> None:
    """A file stands where the folder should be."""
    (tmp_path / "cache").write_text("in the way", encoding="utf-8")
    assert rendered(templates, tmp_path / "cache") == "hello Ada"


def test_many_writers_at_once_leave_one_whole_file(templates: Path, tmp_path: Path) -> None:
    """Files are put in place whole, so that the last one wins."""
    cache = tmp_path / "cache"
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: rendered(templates, cache), range(24)))
    assert set(results) == {"hello Ada"}
    assert len(list(cache.iterdir())) == 1
    assert rendered(templates, cache) == "hello Ada"
