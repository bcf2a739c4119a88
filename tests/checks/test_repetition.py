"""What Gmail would fold away: subjects that repeat, ends that name no date."""

import dataclasses
import datetime as dt
import shutil
from pathlib import Path

import pytest
from letters import issue
from placed import FOOTER, FOOTER_TEXT, STORY, found, wording

from conftest import SetClock
from pipeline.checks.repetition import findings, names_issue
from pipeline.examine.words import read_words
from pipeline.model import Issue, Severity
from pipeline.newsletter import Newsletter

DAY = dt.date(2026, 12, 1)
LETTER = dataclasses.replace(issue(), subject="Five small things", date=DAY, number=112)
DATED, DATED_TEXT = f"{FOOTER}<p>Issue of December 1, 2026</p>", f"{FOOTER_TEXT}\n\nIssue of December 1, 2026"
BODY = STORY + wording("gen").html


def told(*earlier: str, letter: Issue = LETTER, footer: str = DATED, end: str = DATED_TEXT) -> list[str]:
    """Return the messages for a letter after others of these subjects."""
    others = tuple(dataclasses.replace(LETTER, file=f"issues/{s}.md", subject=s) for s in earlier)
    seen = found(findings, BODY, letter=letter, footer=footer, end=end, earlier=others)
    assert {(finding.id, finding.severity) for finding in seen} <= {("VIS017", Severity.BLOCK)}
    return [finding.message for finding in seen]


def test_a_subject_of_its_own_and_a_date_in_the_footer_are_right() -> None:
    """The same words and more are another subject."""
    assert told("Five small things, part two", "Magnesium") == []


@pytest.mark.parametrize("subject", ["Five small things", "FIVE small things!", " five  small\u00a0things "])
def test_a_repeated_subject_is_found_whatever_its_dress(subject: str) -> None:
    """VIS017: case, blanks and marks make no other subject."""
    (message,) = told("Magnesium", subject)
    assert f"issues/{subject}.md" in message


def test_subjects_without_words_are_compared_as_they_are() -> None:
    """Two hearts are no two stars."""
    stars = dataclasses.replace(LETTER, subject="★ ★")
    assert told("♥ ♥", letter=stars) == []
    assert len(told("★  ★", letter=stars)) == 1


@pytest.mark.parametrize("part", ["HTML part", "text part"])
def test_an_end_without_date_or_number_is_found(part: str) -> None:
    """VIS017 looks at both parts."""
    bare = {"footer": FOOTER} if part == "HTML part" else {"end": FOOTER_TEXT}
    (message,) = told(**bare)
    assert part in message


@pytest.mark.parametrize(
    "end",
    [
        "December 1, 2026",
        "1 December 2026",
        "1. Dezember 2026",
        "2026-12-01",
        "Issue 112",
        "No. 112",
        "© 2026 Steady · Issue 112 of December 1, 2026",
    ],
)
def test_dates_and_numbers_are_known_in_their_usual_dress(end: str) -> None:
    """Words of any language, figures, or the number behind its name."""
    assert names_issue(read_words(f"A letter. {end}").tokens, DAY, 112)


@pytest.mark.parametrize(
    "end",
    [
        "© 2026 Steady",
        "112 Alder Street",
        "December 2, 2026",
        "2026-12-10",
        "1 Alder Street, one two three four five 2026",
        f"December 1, 2026 {'word ' * 120}",
    ],
)
def test_other_figures_are_no_date(end: str) -> None:
    """Nor is a date far above the end."""
    assert not names_issue(read_words(f"A letter. {end}").tokens, DAY, 112)


def test_a_number_is_enough_without_a_date_and_the_send_time_is_a_date() -> None:
    """Whatever the issue has."""
    send_at = dt.datetime(2026, 12, 1, 7, 30, tzinfo=dt.UTC)
    assert told(letter=dataclasses.replace(LETTER, date=None, number=None, send_at=send_at)) == []
    numbered = dataclasses.replace(LETTER, date=None)
    assert told(letter=numbered, footer=f"{FOOTER}<p>No. 112</p>", end=f"{FOOTER_TEXT}\n\nNo. 112") == []


def test_a_draft_without_either_has_nothing_to_print() -> None:
    """`ready` asks for a time."""
    draft = dataclasses.replace(LETTER, date=None, number=None)
    assert told(letter=draft, footer=FOOTER, end=FOOTER_TEXT) == []


def write(root: Path, name: str, subject: str, front: str = "") -> None:
    """Write an issue."""
    text = f"---\ntitle: {name}\nsubject: {subject}\n{front}---\n\nHello.\n"
    (root / "issues" / f"{name}.md").write_text(text, encoding="utf-8")


@pytest.fixture
def empty(root: Path) -> Path:
    """A newsletter without issues."""
    shutil.rmtree(root / "issues")
    (root / "issues").mkdir()
    return root


def before(root: Path, clock: SetClock, name: str) -> list[str]:
    """Return the ids of the issues before one."""
    newsletter = Newsletter(root, clock=clock)
    return [other.id for other in newsletter.earlier(newsletter.issue(name))]


def test_twenty_issues_before_are_looked_at_newest_first(empty: Path, clock: SetClock) -> None:
    """Later ones do not count: what has been sent stays right."""
    for month in (1, 2):
        for day in range(1, 29):
            front = f"date: 2026-{month:02}-{day:02}\n"
            write(empty, f"2026-{month:02}-{day:02}-x", "A", front)
    names = before(empty, clock, "2026-02-14-x")
    assert (len(names), names[0], names[-1]) == (20, "2026-02-13-x", "2026-01-22-x")


def test_an_issue_whose_name_has_no_date_is_read_for_it(empty: Path, clock: SetClock) -> None:
    """The front matter says when it goes out; without a date it comes last."""
    write(empty, "backs", "A", "date: 2026-01-05\n")
    write(empty, "someday", "A")
    write(empty, "2026-01-01-x", "A", "date: 2026-01-01\n")
    write(empty, "2026-01-09-x", "A", "date: 2026-01-09\n")
    assert before(empty, clock, "2026-01-09-x") == ["backs", "2026-01-01-x"]
    assert before(empty, clock, "backs") == ["2026-01-01-x"]
    assert before(empty, clock, "someday") == ["2026-01-09-x", "backs", "2026-01-01-x"]


def test_a_repeated_subject_stops_the_later_issue_alone(root: Path, clock: SetClock) -> None:
    """On the whole road, with our own issues."""
    path = root / "issues/2026-12-15-morning-light-and-a-short-walk/index.md"
    source = path.read_text(encoding="utf-8")
    subject = "subject: Five small things for the darkest weeks"
    assert subject in source
    path.write_text(
        source.replace(subject, "subject: magnesium and sleep – without the hype"), encoding="utf-8"
    )
    newsletter = Newsletter(root, clock=clock)
    stops = {
        issue.parent.name[:10]: {f.id for f in newsletter.checked(newsletter.issue(issue.parent.name)).stops}
        for issue in sorted((root / "issues").glob("*/index.md"))
    }
    assert stops == {"2026-12-01": set(), "2026-12-08": set(), "2026-12-15": {"VIS017"}}
