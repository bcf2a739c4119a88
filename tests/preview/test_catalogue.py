"""The list of issues: which counts of findings it has, and for whom they are still to be taken."""

import datetime as dt
from pathlib import Path

import pytest

from pipeline.model import Entry, Finding, Receipt, Severity
from pipeline.preview.catalogue import Catalogue
from pipeline.settings import Settings, load_settings
from served import FRONT

TODAY = dt.date(2026, 11, 24)
FOUND = (Finding("SUBJ001", Severity.WARNING, "it is long", "shorten it"),)


@pytest.fixture
def settings(tmp_path: Path, root: Path) -> Settings:
    """A newsletter with two drafts and one that was to go out last year."""
    for path in (root / "issues").iterdir():
        path.rename(tmp_path / path.name)
    for name, front in (
        ("past", FRONT.replace("2026-", "2025-").replace("draft", "ready")),
        ("two", FRONT),
        ("one", FRONT),
    ):
        write(root / f"issues/{name}.md", front)
    return load_settings(root)


def write(path: Path, front: str = FRONT) -> Path:
    """Write an issue."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"{front}Hello\n", encoding="utf-8")
    return path


def uncounted(catalogue: Catalogue, settings: Settings, receipts: dict[str, Receipt] | None = None) -> str:
    """Return the name of the issue that is to be counted next, or ""."""
    path = catalogue.uncounted(settings, receipts or {}, rehearsal=True, today=TODAY)
    return path.stem if path else ""


def counts(catalogue: Catalogue, settings: Settings) -> dict[str, dict[str, int] | None]:
    """Return the counts by id."""
    return {row["id"]: row["counts"] for row in catalogue.rows(settings, {}, rehearsal=True)}


def test_every_issue_that_may_still_go_out_is_counted_once(settings: Settings) -> None:
    """Not one whose day is long past, nor one that was sent, nor one again whose findings cannot be told."""
    catalogue = Catalogue()
    sent = Entry("sent", dt.datetime(2026, 11, 24, tzinfo=dt.UTC), "run", "0", {"rehearsal": True})
    receipts = {f"{settings.id}-two": Receipt(f"{settings.id}-two", (sent,))}
    assert uncounted(catalogue, settings, receipts) == "one"
    assert uncounted(catalogue, settings) == "two"
    catalogue.count(settings.issues_path / "two.md", FOUND)
    assert uncounted(catalogue, settings) == "one"
    catalogue.count(settings.issues_path / "one.md", None)
    assert uncounted(catalogue, settings) == ""
    counted = {"stops": 0, "warnings": 1, "notes": 0}
    assert counts(catalogue, settings) == {"two": counted, "one": None, "past": None}


def test_a_save_forgets_the_counts_of_its_own_issue_alone(settings: Settings) -> None:
    """A file in the folder of an issue is its own; one beside another issue is not."""
    catalogue = Catalogue()
    folder = write(settings.issues_path / "three/index.md")
    for path in (settings.issues_path / "one.md", settings.issues_path / "two.md", folder):
        catalogue.count(path, FOUND)
    catalogue.take([settings.issues_path / "one.md", settings.issues_path / "picture.png"])
    assert {name for name, found in counts(catalogue, settings).items() if found} == {"two", "three"}
    catalogue.take([folder.with_name("picture.png")])
    assert {name for name, found in counts(catalogue, settings).items() if found} == {"two"}


def test_counts_that_are_to_be_taken_anew_are_shown_until_then(settings: Settings) -> None:
    """What all issues hang on was saved: most counts stay as they were."""
    catalogue = Catalogue()
    for name in ("one", "two"):
        catalogue.count(settings.issues_path / f"{name}.md", FOUND)
    before = counts(catalogue, settings)
    catalogue.recount()
    assert counts(catalogue, settings) == before
    assert uncounted(catalogue, settings) == "two"


def test_news_is_what_other_issues_see(settings: Settings) -> None:
    """Names that are taken, and what came before; a text is nobody else's matter."""
    catalogue = Catalogue()
    one = settings.issues_path / "one.md"
    assert len(catalogue.issues(settings)) == 3
    for front, news in (
        (f"{FRONT}Another text\n", set()),
        (FRONT.replace("status:", "number: 7\nstatus:"), {one}),
        (FRONT.replace("subject: A", "subject: Another"), {one}),
        ("---\ntitle: [\n---\n", {one}),
        ("---\ntitle: [[\n---\n", set()),
    ):
        write(one, front)
        catalogue.take([one])
        assert catalogue.news(settings) == news, front
    one.unlink()
    catalogue.take([one])
    assert catalogue.news(settings) == set()
