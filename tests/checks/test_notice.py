"""The mandated notice: tied to its statements by a symbol, boxed, bold; no wording below the small print."""

import pytest
from placed import FOOTER, STORY, found, wording

from pipeline.checks.notice import findings
from pipeline.model import Finding, Severity

GEN, NOTICE, SHORT = wording("gen"), wording("supplement"), wording("gen-short")
CLAIMS = "<p>Magnesium supports normal muscle function.*</p>"
WORDS = NOTICE.html.replace("<p>", "<p>* ", 1)
BOX = '<div style="border:2px solid #24312a"><h2>About the statements</h2>{}</div>'
REST = STORY + SHORT.html + GEN.html
TEXT = f"Magnesium supports normal muscle function.*\n\n{SHORT.text}\n\n* {NOTICE.text}\n\n{GEN.text}"


def told(body: str, text: str = TEXT, *, style: str = "", footer: str = FOOTER) -> list[Finding]:
    """Return the findings of a letter on supplements."""
    seen = found(findings, body, text, "supplements", style=style, footer=footer)
    assert all(finding.severity is Severity.ERROR for finding in seen)
    return seen


def ids(body: str, text: str = TEXT, *, style: str = "") -> list[str]:
    """Return the rules that are broken."""
    return [finding.id for finding in told(body, text, style=style)]


def test_a_starred_statement_and_a_starred_notice_in_a_box_are_right() -> None:
    """As our own templates set them."""
    assert told(CLAIMS + REST + BOX.format(WORDS)) == []


def test_the_symbol_may_begin_the_heading_above_the_words() -> None:
    """Nothing but the heading is in between."""
    box = BOX.replace("<h2>About", "<h2>* About").format(NOTICE.html)
    assert told(CLAIMS + REST + box) == []


@pytest.mark.parametrize("symbol", ["†", "‡", "**"])
def test_any_symbol_will_do_when_both_have_it(symbol: str) -> None:
    """The law names the asterisk as an example."""
    body = CLAIMS.replace("*", symbol) + REST + BOX.format(WORDS.replace("* ", f"{symbol} ", 1))
    assert told(body) == []


def test_a_statement_that_leads_nowhere_is_found_with_its_words() -> None:
    """PLC003: the notice has no symbol, or another one."""
    (finding,) = told(CLAIMS + REST + BOX.format(NOTICE.html))
    assert finding.id == "PLC003"
    assert "'supports normal muscle function.*' leads to no '*' before supplement@1" in finding.message
    assert ids(CLAIMS + REST + BOX.format(WORDS.replace("* ", "† ", 1))) == ["PLC003"]


def test_a_symbol_in_a_note_elsewhere_does_not_tie_the_notice() -> None:
    """The same symbol stands right before the notice (21 CFR 101.93(d))."""
    note = "<p>* Please read the boxed note.</p>"
    assert ids(CLAIMS + note + REST + BOX.format(NOTICE.html)) == ["PLC003"]


def test_a_notice_to_which_nothing_leads_is_found() -> None:
    """No statement ends in a symbol, and none stands right above."""
    (finding,) = told(CLAIMS.replace("*", "") + REST + BOX.format(WORDS))
    assert finding.id == "PLC003"
    assert "no statement is linked to supplement@1 in the HTML" in finding.message
    assert finding.file == "issues/x.md"


def test_a_notice_right_below_its_statement_needs_no_symbol_and_no_box() -> None:
    """Nothing stands in between, but a heading may."""
    claim = "<p>Ashwagandha supports a calm mind.</p>"
    text = f"Ashwagandha supports a calm mind.\n\n{NOTICE.text}\n\n{SHORT.text}\n\n{GEN.text}"
    assert told(f"{STORY}{claim}{NOTICE.html}{SHORT.html}{GEN.html}", text) == []
    heading = f"<h2>{NOTICE.heading}:</h2>"
    assert told(f"{STORY}{claim}{heading}{NOTICE.html}{SHORT.html}{GEN.html}", text) == []


def test_a_symbol_that_is_spoken_of_ends_no_statement() -> None:
    """An editor may explain it, in brackets."""
    body = f"<p>An asterisk (*) marks them.</p>{REST}{BOX.format(WORDS)}"
    assert ids(body) == ["PLC003"]


def test_the_heading_of_the_notice_is_no_statement() -> None:
    """It speaks of supplements and says nothing of what they do."""
    body = f"<p>Magnesium.</p>{REST}<h2>{NOTICE.heading}</h2>{NOTICE.html}"
    assert ids(body) == ["PLC003"]


@pytest.mark.parametrize(
    "style",
    [
        "border:0",
        "border:2px none #000",
        "border:2px solid transparent",
        "border:0 solid #000",
        "border:2px solid #000;border-width:0",
        "border:2px solid #000;border-style:none",
        "border-top:2px solid #000",
        "",
    ],
)
def test_a_notice_apart_from_its_statements_needs_a_box_that_is_seen(style: str) -> None:
    """PLC003: all four sides, in every world."""
    assert ids(CLAIMS + REST + f'<div style="{style}">{WORDS}</div>') == ["PLC003"]


@pytest.mark.parametrize(
    "style",
    [
        "border:1px solid #000",
        "border:thin dashed red",
        "border-style:solid",
        "border:2px solid #000;border-radius:0",
        ";".join(f"border-{side}:1px solid #000" for side in ("top", "right", "bottom", "left")),
    ],
)
def test_any_border_makes_a_box(style: str) -> None:
    """On the block or on a cell around it."""
    assert ids(CLAIMS + REST + f'<div style="{style}">{WORDS}</div>') == []


def test_a_border_around_the_whole_letter_is_no_box() -> None:
    """The notice is set off from the rest."""
    letter = CLAIMS + STORY * 6 + REST + WORDS
    assert ids(f'<div style="border:2px solid #000">{letter}</div>') == ["PLC003"]


def test_a_box_that_some_clients_lose_is_none() -> None:
    """A sheet is dropped by some, and a query takes it away on phones."""
    box = f'<div class="b">{WORDS}</div>'
    assert ids(CLAIMS + REST + box, style=".b { border: 2px solid #000 }") == ["PLC003"]
    kept = f'<div class="b" style="border:2px solid #000">{WORDS}</div>'
    gone = "@media (max-width: 600px) { .b { border: 0 !important } }"
    assert ids(CLAIMS + REST + kept, style=gone) == ["PLC003"]


def test_the_text_part_has_the_symbol_too() -> None:
    """PLC003 for the text: a bullet before the words is the symbol."""
    bare = TEXT.replace("* These", "These")
    (finding,) = told(CLAIMS + REST + BOX.format(WORDS), bare)
    assert (finding.id, finding.part) == ("PLC003", "text")
    assert "in the text part" in finding.message


@pytest.mark.parametrize(
    ("style", "said"),
    [
        ("font-weight:normal", "not bold"),
        ("font:16px/24px Arial", "not bold"),
        ("font-weight:500", "not bold"),
        ("font-size:15px", "smaller than the article's 16px"),
        ("font-size:90%", "smaller than the article's 16px"),
    ],
)
def test_the_mandated_notice_is_bold_and_as_large_as_the_article(style: str, said: str) -> None:
    """PLC004: whatever is around it."""
    words = WORDS.replace("<strong>", f'<strong style="{style}">')
    (finding,) = told(CLAIMS + REST + BOX.format(words))
    assert finding.id == "PLC004"
    assert said in finding.message


def test_weight_is_inherited_and_bold_by_any_way_is_bold() -> None:
    """From the cell, from a tag, in figures."""
    plain = WORDS.replace("<strong>", "").replace("</strong>", "")
    assert ids(CLAIMS + REST + BOX.format(plain)) == ["PLC004"]
    for around in ('<div style="font-weight:600">{}</div>', '<div style="font-weight:bold"><i>{}</i></div>'):
        assert ids(CLAIMS + REST + BOX.format(around.format(plain))) == []


def test_no_wording_is_smaller_than_the_small_print() -> None:
    """PLC004: the footer's address is the measure, in every world."""
    body = f'{STORY}<div class="n" style="font-size:14px">{GEN.html}</div>'
    assert found(findings, body) == []
    small = FOOTER.replace("13px", "15px")
    (finding,) = found(findings, body, footer=small)
    assert finding.id == "PLC004"
    assert "gen@1 is set in 14px, smaller than the small print of 15px" in finding.message
    phone = "@media (max-width: 600px) { .n { font-size: 12px !important } }"
    assert [f.id for f in found(findings, body, style=phone)] == ["PLC004"]


def test_a_missing_notice_is_a_matter_of_the_examination() -> None:
    """DISC001 blocks; one fault gives one finding."""
    assert told(CLAIMS + REST, f"Magnesium.*\n\n{GEN.text}") == []
