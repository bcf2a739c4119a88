"""What an issue says of its medical review can be true."""

import dataclasses
import datetime as dt

import pytest
from letters import SETTINGS, TODAY, checked, issue

from pipeline.model import Finding, Issue

REVIEWED = dataclasses.replace(
    issue(),
    authors=("Coach Luke",),
    reviewed_by="Dr. Ada Moreno",
    reviewer_credential="DPT",
    date=TODAY,
    last_reviewed=dt.date(2026, 11, 19),
    next_review=dt.date(2028, 11, 19),
    lines={"reviewed_by": 4, "last_reviewed": 5, "next_review": 6},
)
STRICT = dataclasses.replace(SETTINGS, require_approval=True)


def reviewed(letter: Issue, *, required: bool = True) -> list[Finding]:
    """Return the findings of the review."""
    settings = STRICT if required else SETTINGS
    return [one for one in checked(letter=letter, settings=settings) if one.id.startswith("REV")]


@pytest.mark.parametrize("required", [False, True])
def test_a_sound_review_gives_nothing(*, required: bool) -> None:
    """Somebody else read it last week."""
    assert reviewed(REVIEWED, required=required) == []


def test_an_issue_that_says_nothing_of_a_review_gives_nothing() -> None:
    """Where no sign-off is required."""
    assert reviewed(issue(), required=False) == []


def test_a_required_reviewer_is_missing() -> None:
    """REV001 blocks: nobody can waive a review."""
    (finding,) = reviewed(issue())
    assert (finding.id, finding.severity) == ("REV001", "block")
    assert finding.message == "nobody is named as its medical reviewer"


@pytest.mark.parametrize(
    ("changes", "rule", "words", "line"),
    [
        ({"reviewed_by": ""}, "REV001", "nobody is named", 0),
        ({"reviewed_by": "-"}, "REV001", "nobody is named", 4),
        ({"reviewer_credential": ""}, "REV001", "no credential", 4),
        ({"authors": ("Ben Ito", "ada moreno")}, "REV001", "as reviewer and as author", 4),
        ({"last_reviewed": dt.date(2026, 11, 25)}, "REV002", "which is still to come", 5),
        ({"updated": dt.date(2026, 11, 20)}, "REV002", "changed on 2026-11-20, after its review", 5),
        ({"last_reviewed": None}, "REV002", "nothing says when it was reviewed", 6),
        ({"next_review": dt.date(2026, 11, 19)}, "REV002", "not after its review of 2026-11-19", 6),
        ({"next_review": dt.date(2029, 11, 20)}, "REV002", "more than 3 years after its review", 6),
        ({"next_review": TODAY}, "REV002", "holds until 2026-11-24, and it goes out on 2026-11-24", 6),
        (
            {"last_reviewed": dt.date(2024, 11, 24), "next_review": None},
            "REV002",
            "its review of 2024-11-24 holds until 2026-11-24",
            5,
        ),
        ({"date": dt.date(2026, 11, 25)}, "REV002", "it is dated 2026-11-25, and goes out on 2026-11-24", 0),
    ],
)
@pytest.mark.parametrize("required", [False, True])
def test_what_cannot_be_true_is_told(
    changes: dict[str, object], rule: str, words: str, line: int, *, required: bool
) -> None:
    """It blocks where sign-offs are required, and warns of every other public claim."""
    lines = {**REVIEWED.lines, **({"reviewed_by": 0} if changes.get("reviewed_by") == "" else {})}
    letter = dataclasses.replace(REVIEWED, lines=lines, **changes)  # type: ignore[arg-type]
    (finding,) = reviewed(letter, required=required)
    assert (finding.id, finding.line) == (rule, line)
    assert finding.severity == ("block" if required else "warning")
    assert words in finding.message
    assert finding.hint


def test_a_required_review_needs_an_author_to_differ_from() -> None:
    """Whether two people are two cannot be decided when one is not named."""
    nameless = dataclasses.replace(REVIEWED, authors=())
    assert [one.id for one in reviewed(nameless)] == ["REV001"]
    assert reviewed(nameless, required=False) == []


@pytest.mark.parametrize(
    ("changes", "sound"),
    [
        ({"last_reviewed": TODAY}, True),
        ({"updated": dt.date(2026, 11, 19)}, True),
        ({"next_review": dt.date(2029, 11, 19)}, True),
        ({"next_review": dt.date(2026, 11, 25)}, True),
        ({"next_review": None}, True),
        ({"last_reviewed": dt.date(2024, 2, 29), "next_review": dt.date(2027, 2, 28)}, True),
        ({"last_reviewed": dt.date(2024, 2, 29), "next_review": dt.date(2027, 3, 1)}, False),
        ({"last_reviewed": dt.date(9999, 1, 1), "next_review": None}, False),
    ],
)
def test_the_borders_of_dates(changes: dict[str, object], *, sound: bool) -> None:
    """A day on the border holds; a year at the end of the calendar is no crash."""
    letter = dataclasses.replace(REVIEWED, **changes)  # type: ignore[arg-type]
    assert (reviewed(letter) == []) == sound
