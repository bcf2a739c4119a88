"""A mail in lists of mails: cut where a client cuts, with the text of the letter that leaks behind."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from conftest import SetClock
from pipeline.mergetags import persona
from pipeline.model import Issue
from pipeline.newsletter import Newsletter
from pipeline.personas import persona_values
from pipeline.preview.graphemes import graphemes
from pipeline.preview.inbox import Row, inbox_rows

ISSUES = (
    "2026-12-01-when-one-side-works-harder",
    "2026-12-08-magnesium-and-sleep",
    "2026-12-15-morning-light-and-a-short-walk",
)
PHONE, WIDE = "Gmail, phone", "Gmail, web, wide window"


@pytest.fixture
def newsletter(root: Path, clock: SetClock) -> Newsletter:
    """Our own newsletter."""
    return Newsletter(root, clock=clock)


def rows(newsletter: Newsletter, issue: Issue, *, name: str = "reader") -> dict[str, Row]:
    """Return the rows of *issue* as one persona gets it, by client."""
    message = newsletter.composed(issue).message
    reader = persona(persona_values(name, newsletter.settings))
    found = inbox_rows(
        reader.apply(message.subject, "text"),
        reader.apply(message.preheader, "text"),
        reader.apply(message.html, "html"),
        sender=message.sender,
    )
    return {row.client: row for row in found}


@pytest.mark.parametrize("name", ISSUES)
def test_our_issues_leak_nowhere(newsletter: Newsletter, name: str) -> None:
    """The blanks behind the preheader fill the widest row."""
    issue = newsletter.issue(name)
    found = rows(newsletter, issue)
    assert [row.leak for row in found.values()] == [""] * len(found)
    assert found[WIDE].preview == issue.preheader
    assert {row.sender for row in found.values()} == {"Coach Luke"}


@pytest.mark.parametrize("name", ISSUES)
def test_what_is_shown_and_what_is_cut_is_all(newsletter: Newsletter, name: str) -> None:
    """Nothing is lost between the two, and no client shows more than its limit."""
    issue = newsletter.issue(name)
    for row in rows(newsletter, issue).values():
        assert row.subject + row.subject_cut == issue.subject
        assert row.preview + row.preview_cut == issue.preheader
        assert len(row.subject) <= row.subject_limit
        assert len(row.preview) <= row.preview_limit
        assert json.loads(json.dumps(row._asdict())) == row._asdict()


def test_a_long_subject_is_cut_on_a_phone(newsletter: Newsletter) -> None:
    """The first issue's last letter is one too many there, and fits elsewhere."""
    found = rows(newsletter, newsletter.issue(ISSUES[0]))
    assert (found[PHONE].subject[-5:], found[PHONE].subject_cut) == (" othe", "r")
    assert found["Outlook, desktop"].subject_cut == ""


def test_without_a_preheader_the_letterhead_leaks(newsletter: Newsletter) -> None:
    """Then readers see in the list what stands first in the letter."""
    issue = replace(newsletter.issue(ISSUES[0]), preheader="")
    found = rows(newsletter, issue)
    assert found[WIDE].preview == ""
    assert found[WIDE].leak.startswith("Steady Free weekly health and wellness letter No. 112 · December 1")
    assert found[PHONE].leak == "Steady Free weekly health and wellness letter"


def test_from_a_field_the_preheader_has_no_blanks_behind_it(newsletter: Newsletter) -> None:
    """A provider with a field for it is given HTML without it, and the letterhead follows at once."""
    message = newsletter.composed(replace(newsletter.issue(ISSUES[0]), preheader="")).message
    found = {row.client: row for row in inbox_rows("Backs", "Two moves.", message.html, sender="a@b.example")}
    assert found[PHONE].preview == "Two moves."
    assert found[PHONE].leak == "Steady Free weekly health and well"
    assert found[PHONE].sender == "a@b.example"


def test_a_limit_is_counted_in_what_readers_see(newsletter: Newsletter) -> None:
    """Families of emoji, accents and syllables count once, and none is cut."""
    family, accent = "👩‍👩‍👧‍👦", "e\u0301"
    issue = replace(newsletter.issue(ISSUES[0]), subject=family * 50, preheader=accent * 300)
    row = rows(newsletter, issue)[PHONE]
    assert row.subject == family * 40
    assert row.subject_cut == family * 10
    assert row.preview == accent * 45
    assert list(graphemes(row.preview_cut)) == [accent] * 255


def test_text_from_the_right_is_cut_at_its_own_end(newsletter: Newsletter) -> None:
    """The order of the characters is that of reading: what is cut is read last."""
    subject = "مرحبا يا {{ subscriber.first_name }}، نصائح لظهر أقوى في هذا الأسبوع القصير"
    found = rows(newsletter, replace(newsletter.issue(ISSUES[0]), subject=subject), name="arabic")
    assert found[PHONE].subject.startswith("مرحبا يا ليلى، ")
    assert found[PHONE].subject_cut.endswith("القصير")


def test_hidden_and_folded_text_is_read_as_clients_do(newsletter: Newsletter) -> None:
    """Blanks without a joiner count once, hidden text is read, styles and comments are not."""
    html = (
        "<head><title>T</title></head><body><style>p{}</style><!-- c --><div hidden>Hid<b>den</b>"
        f"{'&nbsp;' * 300}</div>\n\n<p>One<br>two</p></body>"
    )
    found = inbox_rows("Backs", "", html, sender=newsletter.settings.sender)
    assert found[0].leak == "Hidden One two"
