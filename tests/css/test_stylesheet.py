"""Compiled style sheets in memory and on disk."""

from pathlib import Path

import pytest

from pipeline.css.html5 import parse
from pipeline.css.stylesheet import Stylesheet, load_stylesheet
from pipeline.errors import TemplateError

CSS = "p.a, li { color: red } #x b > i { color: blue } @media print { p { color: green } }"
BODY = '<p class="a">1</p><div id="x"><b><i>2</i></b></div>'


def rules_of(sheet: Stylesheet) -> list[list[str]]:
    """Return the rules each element of BODY matches."""
    page = parse(f"<!doctype html><html><head></head><body>{BODY}</body></html>")
    return [sorted(rule.text for rule in sheet.matching(element)) for element in page.elements]


@pytest.fixture(autouse=True)
def _forget() -> None:
    """Each test begins with nothing in memory."""
    load_stylesheet.cache_clear()


def test_rules_are_found_by_element() -> None:
    """Id, class and tag of the last part lead to a rule."""
    wanted = [[], [], ["p", "p.a"], [], [], ["#x b > i"]]
    sheet = load_stylesheet(CSS, None)
    assert rules_of(sheet) == wanted
    assert rules_of(sheet) == wanted


def test_a_rule_says_where_it_stands() -> None:
    """Messages name condition, selector and line."""
    page = parse(f"<!doctype html><html><head></head><body>{BODY}</body></html>")
    rules = load_stylesheet(CSS, None).matching(page.elements[2])
    assert sorted(map(str, rules)) == [
        "'@media print p' (line 1 of the style sheet)",
        "'p.a' (line 1 of the style sheet)",
    ]


def test_a_sheet_on_disk_is_the_same_sheet(tmp_path: Path) -> None:
    """What was stored is read back, rules, leftover and all."""
    first = load_stylesheet(CSS, tmp_path)
    load_stylesheet.cache_clear()
    second = load_stylesheet(CSS, tmp_path)
    assert (rules_of(second), second.leftover) == (rules_of(first), first.leftover)
    assert len(list(tmp_path.iterdir())) == 1


def test_another_sheet_makes_another_file(tmp_path: Path) -> None:
    """Files are told apart by the text of the sheet."""
    load_stylesheet(CSS, tmp_path)
    load_stylesheet(CSS + " ", tmp_path)
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("spoilt", [b"", b"{}", b"\xff\n", b"0\n{}", b"cut"])
def test_a_spoilt_file_is_made_again(tmp_path: Path, spoilt: bytes) -> None:
    """A file that is not whole counts as none and is replaced."""
    load_stylesheet(CSS, tmp_path)
    [path] = tmp_path.iterdir()
    whole = path.read_bytes()
    path.write_bytes(whole[:-9] if spoilt == b"cut" else spoilt)
    load_stylesheet.cache_clear()
    assert rules_of(load_stylesheet(CSS, tmp_path))[2] == ["p", "p.a"]
    assert path.read_bytes() == whole


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    """Caching is only ever a shortcut."""
    (tmp_path / "file").write_text("in the way")
    assert rules_of(load_stylesheet(CSS, tmp_path / "file" / "cache"))[2] == ["p", "p.a"]


def test_a_refused_sheet_is_not_stored(tmp_path: Path) -> None:
    """An error is an error each time."""
    for _ in range(2):
        with pytest.raises(TemplateError):
            load_stylesheet("@import url(x);", tmp_path)
    assert list(tmp_path.iterdir()) == []
