"""Where the wordings stand: inside the letter, near what is read, the short one at once."""

import pytest
from letters import OUT
from placed import FOOTER, FOOTER_TEXT, STORY, found, wording

from pipeline.checks.placement import findings
from pipeline.model import Severity

GEN, SHORT = wording("gen"), wording("gen-short")
NOTICE = f"<h2>{GEN.heading}</h2>{GEN.html}"


def reasons(body: str, text: str | None = None, *, style: str = "", footer: str = FOOTER) -> list[str]:
    """Return the messages of PLC001 for a mail that needs the general notice alone."""
    told = found(findings, body, text, style=style, footer=footer)
    assert {(f.id, f.severity) for f in told} <= {("PLC001", Severity.BLOCK)}
    return [f.message for f in told]


def test_the_end_of_the_letter_is_the_right_place() -> None:
    """Above the footer, after the article."""
    assert reasons(STORY + NOTICE) == []


@pytest.mark.parametrize(
    ("footer", "below"),
    [
        (FOOTER + NOTICE, "below the postal address"),
        (f'<p><a href="{OUT}">Unsubscribe</a></p>{NOTICE}{FOOTER.partition("<p><a")[0]}', "below the unsub"),
    ],
    ids=["below all", "between the way out and the address"],
)
def test_a_notice_in_the_footer_is_found(footer: str, below: str) -> None:
    """PLC001: whoever has reached the way out reads no more."""
    (reason,) = reasons(STORY, footer=footer)
    assert below in reason


def test_a_way_out_in_the_letter_is_no_footer() -> None:
    """An editor may write one into the first paragraph; the last one counts."""
    assert reasons(f'<p><a href="{OUT}">Leave</a></p>{STORY}{NOTICE}') == []


def test_a_second_copy_in_the_right_place_is_enough() -> None:
    """A further copy below the footer does no harm."""
    assert reasons(STORY + NOTICE, footer=FOOTER + NOTICE) == []


def test_a_notice_below_the_footer_of_the_text_is_found() -> None:
    """PLC001 holds for both parts."""
    (told,) = found(findings, STORY + NOTICE, "A letter.", end=f"{FOOTER_TEXT}\n\n{GEN.text}")
    assert (told.id, told.part) == ("PLC001", "text")
    assert "below the unsubscribe link in the text part" in told.message


def test_missing_words_are_a_matter_of_the_examination() -> None:
    """DISC001 and DISC002 block; one fault gives one finding."""
    assert found(findings, STORY, "A letter.") == []


GAPS = {
    "line ends": "<br>" * 40,
    "empty paragraphs": "<p>&nbsp;</p>" * 8,
    "empty blocks": "<div></div>" * 8,
    "a spacer": '<div style="height:300px"></div>',
    "a spacer cell": '<table><tr><td height="300"></td></tr></table>',
    "rows": "<table>" + '<tr><td style="height:90px"></td></tr>' * 3 + "</table>",
    "a spacer image": '<p><img src="x.gif" alt="" height="400"></p>',
    "a deep cell": '<table><tr><td style="padding-top:180px"></td><td style="padding:60px"></td></tr></table>'
    '<div style="margin-top:40px"></div>',
}
NO_GAPS = {
    "line ends in blocks in blocks": "<div><p><br></p></div>" * 2,
    "a few line ends": "<br><br><br>",
    "a spacer": '<div style="height:60px"></div>',
    "a picture": '<p><img src="x.png" alt="A tree" height="400"></p>',
    "cells beside each other": "<table><tr>" + '<td style="height:90px"></td>' * 4 + "</tr></table>",
    "what nobody sees": '<div style="display:none;height:400px"></div>',
}


@pytest.mark.parametrize("gap", GAPS.values(), ids=GAPS)
def test_a_notice_after_blank_space_is_found(gap: str) -> None:
    """PLC001: readers take it for the end. The notice's heading does not hide the gap."""
    (reason,) = reasons(STORY + gap + NOTICE)
    assert "empty lines" in reason or "blank space" in reason
    assert reasons(STORY + gap + GEN.html) == [reason]


@pytest.mark.parametrize("gap", NO_GAPS.values(), ids=NO_GAPS)
def test_air_is_no_gap(gap: str) -> None:
    """A letter may breathe."""
    assert reasons(STORY + gap + NOTICE) == []


@pytest.mark.parametrize(
    "style",
    [".n { padding-top: 300px }", ".n { margin: 300px 0 0 }", ".s { padding-bottom: 300px }"],
)
def test_space_made_by_a_sheet_is_found(style: str) -> None:
    """Paddings and margins of what ends and begins there count."""
    body = f'<div class="s">{STORY}</div><div class="n">{NOTICE}</div>'
    assert "px of blank space" in "".join(reasons(body, style=style))
    assert reasons(body) == []


def test_a_gap_in_the_article_pushes_the_notice_away_too() -> None:
    """Words after the gap do not bring anybody there."""
    assert len(reasons(STORY + "<br>" * 40 + STORY + NOTICE)) == 1


def test_a_gap_below_the_notice_is_nobodys_business() -> None:
    """It has been read."""
    assert reasons(STORY + NOTICE + "<br>" * 40) == []


@pytest.mark.parametrize(("lines", "told"), [(4, 0), (5, 1), (30, 1)])
def test_empty_lines_before_the_notice_of_the_text_are_counted(lines: int, told: int) -> None:
    """Five of them are an end."""
    text = "A letter." + "\n" * (lines + 1) + GEN.text
    assert len(reasons(STORY + NOTICE, text)) == told


@pytest.mark.parametrize(("words", "told"), [(100, []), (130, ["PLC002"])])
def test_the_short_notice_stands_among_the_first_words(words: int, told: list[str]) -> None:
    """PLC002 warns: readers act on what they have read."""
    body = f"<p>{'word ' * words}</p>{SHORT.html}{NOTICE}"
    findings_ = found(findings, body, None, "sleep")
    assert [f.id for f in findings_] == told
    assert all(f.severity is Severity.WARNING and "130 words" in f.message for f in findings_)


def test_hidden_words_are_not_counted() -> None:
    """The preheader comes before everything and is seen by nobody."""
    hidden = f'<div style="display:none">{"word " * 60}</div>'
    shown = f"<p>{'word ' * 100}</p>"
    assert found(findings, hidden + shown + SHORT.html + NOTICE, None, "sleep") == []


def test_a_letter_without_advice_has_no_short_notice_to_place() -> None:
    """Only what is required is looked for."""
    assert reasons(f"<p>{'word ' * 200}</p>{NOTICE}") == []
