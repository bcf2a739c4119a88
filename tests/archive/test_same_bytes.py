"""One newsletter makes one site, to the byte: from any folder, with any number of processes, by any way."""

import datetime as dt
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from past_issues import NOW, Past, many_sorts, shown

Edit = Callable[[Past], object]


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Past:
    """A newsletter with issues of every sort, and its archive; nobody changes it."""
    made = Past(tmp_path_factory.mktemp("past") / "newsletter", own_issues=True)
    many_sorts(made)
    made.build(search=True)
    return made


def fresh(past: Past, folder: Path, *, search: bool = False) -> Mapping[str, bytes]:
    """Return the site of a copy of the newsletter in *folder*, which remembers nothing."""
    ignored = shutil.ignore_patterns("public", ".public.spare", "cache", "__pycache__")
    shutil.copytree(past.root, folder, ignore=ignored)
    past.at(folder).build(search=search)
    return shown(folder / "public")


@pytest.mark.parametrize("processors", [1, 3])
def test_a_site_is_the_same_from_any_folder_and_any_number_of_processes(
    past: Past, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, processors: int
) -> None:
    """Its search index, too."""
    monkeypatch.setattr(os, "cpu_count", lambda: processors)
    assert fresh(past, tmp_path / "elsewhere", search=True) == shown(past.public)


def test_a_second_folder_is_built_whole_and_the_first_one_stays_known(past: Path, tmp_path: Path) -> None:
    """What was made is remembered by newsletter; what stands, by folder."""
    past.build(tmp_path / "second", search=True)
    assert shown(tmp_path / "second") == shown(past.public)
    assert past.build(search=True).data["written"] == []


def _day(days: int) -> Edit:
    def edit(past: Past) -> None:
        past.clock.now = NOW + dt.timedelta(days=days)

    return edit


def _edit(ident: str, old: str, new: str) -> Edit:
    return lambda past: past.edit(f"issues/{ident}.md", old, new)


def _front(ident: str, line: str) -> Edit:
    return _edit(ident, "status:", f"{line}\nstatus:")


def _record(ident: str, *kinds: str) -> Edit:
    return lambda past: past.record(ident, *kinds, at="2026-11-20T07:30")


def _swap_picture(past: Past) -> None:
    """Exchange one of a letter that is scheduled; the old one, for which the letter asks, stays beside it."""
    folder = past.root / "issues/2026-12-15-morning-light-and-a-short-walk"
    (folder / "chair-stand.png").rename(folder / "as-it-was.png")
    other = past.root / "issues/2026-12-08-magnesium-and-sleep/bedside.png"
    shutil.copy(other, folder / "chair-stand.png")


def _touch_all(past: Past) -> None:
    for path in (past.root / "issues").rglob("*"):
        path.touch()


def _new_version(past: Past) -> None:
    """Have the Arabic notice followed by another version of it from the day after tomorrow on."""
    folder = past.root / "templates/disclaimers/gen"
    old = (folder / "1.ar.md").read_text(encoding="utf-8")
    day = (NOW + dt.timedelta(days=2)).date()
    begins = "effective_from: '2026-01-01'"
    assert begins in old
    (folder / "1.ar.md").write_text(old.replace(begins, f"{begins}\neffective_to: '{day}'"), "utf-8")
    later = old.replace("version: '1'", "version: '2'").replace(begins, f"effective_from: '{day}'")
    (folder / "2.ar.md").write_text(later, "utf-8")


UNSEEN = {"every file is saved again", "a broken draft", "it is mended", "one that was never sent goes"}
UNSEEN |= {"a wording that is yet to come", "another is cancelled"}
SERIES: Mapping[str, Edit] = {
    "a letter": _edit("2026-03-03-schlaf", "Gehen Sie hinaus.", "Gehen Sie jeden Tag hinaus."),
    "a title": _edit("2025-06-03-hostile", "title: <", "title: A <"),
    "one more tag": _edit("2024-12-31-year-end", "- sleep", "- sleep\n- walking"),
    "a tag is spelt otherwise": _edit("2025-03-04-everything", "- Sleep", "- SLEEP"),
    "a new issue": lambda past: past.write("2026-12-29-new", "New.", send_at="2026-12-29T07:30"),
    "it is scheduled": _record("2026-12-29-new", "claimed", "scheduled"),
    "it is sent": _record("2026-12-29-new", "sent"),
    "it is corrected": _front("2026-12-29-new", "corrections: [{date: 2026-12-30, text: A slip.}]"),
    "it moves": _front("2026-12-29-new", "slug: new\naliases: [2026-12-29-new]"),
    "another is cancelled": _record("2026-12-22-ready", "claimed", "scheduled", "cancelled"),
    "one is taken out of the lists": _front("2024-12-31-year-end", "archive: unlisted"),
    "one that was never sent goes": lambda past: (past.root / "issues/2027-01-05-draft.md").unlink(),
    "a broken draft": _edit("2027-01-12-hold", "title:", "titel:"),
    "it is mended": _edit("2027-01-12-hold", "titel:", "title:"),
    "a picture": _swap_picture,
    "every file is saved again": _touch_all,
    "a wording that is yet to come": _new_version,
    "it comes into force": _day(3),
    "a year passes": _day(500),
    "a template": lambda past: past.edit("templates/archive/entries.html", "min read", "minutes"),
    "the style": lambda past: past.edit("templates/archive/site.css", "#24312a", "#24312b"),
    "a setting": lambda past: past.edit("pyproject.toml", "readers = 100000", "readers = 120000"),
    "one comes back": _edit("2024-12-31-year-end", "archive: unlisted\n", ""),
}


@pytest.mark.parametrize("step", [8, pytest.param(1, marks=pytest.mark.long)])
def test_after_edits_the_site_is_what_it_would_be_from_scratch(tmp_path: Path, step: int) -> None:
    """Whatever was remembered: no page is stale, and none is left over."""
    past = Past(tmp_path / "newsletter", own_issues=True)
    many_sorts(past)
    past.build()
    before = shown(past.public)
    for at, (name, edit) in enumerate(SERIES.items(), start=1):
        edit(past)
        past.build()
        found = shown(past.public)
        assert (found == before) == (name in UNSEEN), name
        assert past.build().data["written"] == [], name
        if at % step == 0 or at == len(SERIES):
            assert found == fresh(past, tmp_path / f"fresh-{at}"), name
        before = found
