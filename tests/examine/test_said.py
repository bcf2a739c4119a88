"""The words alone: what `said` finds where the frame of a page was examined already."""

import pytest
from mails import GEN, OLDER, TEXT, changed, mail

from pipeline.examine import said


def _page(text: str) -> str:
    return mail(f"<p>Before.</p><section><p>{text}</p></section><p>After.</p>")


def test_a_wording_word_for_word_is_said() -> None:
    """Nothing is found when all words stand there in order, wherever that is."""
    assert said(_page(TEXT), [GEN]) == []


def test_whether_words_are_seen_is_not_asked() -> None:
    """Hiding is the business of the examination of the frame."""
    assert said(mail(f'<p style="display:none">{TEXT}</p>'), [GEN]) == []


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Something else.", "DISC001"),
        (changed(TEXT.split()[3], "other"), "DISC003"),
        (TEXT.replace(" ", " \u202e", 1), "DISC006"),
        (OLDER.text, "DISC004"),
        (f"{TEXT}</p><p>{OLDER.text}", "DISC004"),
    ],
)
def test_other_words_are_found(text: str, rule: str) -> None:
    """A wording that is missing, changed, spoilt, stale, or stands beside a stale one."""
    assert [finding.id for finding in said(_page(text), [GEN], others=[OLDER])] == [rule]
