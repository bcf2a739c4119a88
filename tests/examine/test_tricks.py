"""Single declarations and sheets that a red team tried, each with its harmless look-alikes."""

import pytest
from mails import GEN, OLDER, TEXT, block, mail, styled, wrapped

from pipeline.examine import examine
from pipeline.model import Finding

HALF = TEXT.index("Don't")


def found(html: str) -> list[Finding]:
    """Examine a mail."""
    return examine(html, TEXT, [GEN], others=[OLDER])


@pytest.mark.parametrize(
    "style",
    [
        *(
            "display:none;display:run-in",
            "display:none;display:block foo",
            "display:none;display:-webkit-flex",
        ),
        *("visibility:hidden;visibility:visible visible", "transform:scale(0);transform:normal"),
        *("height:0;overflow:hidden;height:none", "filter:opacity(0);filter:auto", "font-size:1px;font:16px"),
        *("clip-path:circle(0);clip-path:auto", "margin-left:-9999px;margin-left:0 0", "font:menu"),
        *("line-height:0;line-height:2 2", "white-space:nowrap;overflow:hidden;white-space:foo"),
        *("margin-top:-9999px;margin:0 foo", "color:#fff;background:#fff;background:#000 foo"),
        *(
            "height:calc(0px);overflow:hidden;height:none",
            "opacity:0;opacity:1 1",
            "color:#fff;color:var(--c,#000)",
        ),
    ],
)
def test_a_value_that_browsers_drop_does_not_undo_the_one_before(style: str) -> None:
    """The earlier value stays in force."""
    assert found(block(style))


@pytest.mark.parametrize(
    "style",
    [
        *(
            "display:none;display:block",
            "visibility:hidden;visibility:visible",
            "margin-left:-9999px;margin:0 auto",
        ),
        *(
            "font-size:1px;font:16px/1.5 Georgia,serif",
            "line-height:0;line-height:1.5",
            "transform:scale(0);transform:none",
        ),
        *("display:block;display:bogus", "color:#fff;color:#222", "width:1px;width:100%"),
    ],
)
def test_a_valid_later_value_wins(style: str) -> None:
    """What every browser takes replaces what came before."""
    assert found(block(style)) == []


@pytest.mark.parametrize(
    "style",
    [
        *("filter:grayscale(1) opacity(0) sepia(1)", "filter:sepia(0) brightness(9) sepia(0)"),
        *(
            "margin-inline-start:-9999px",
            "padding-block-start:99999px",
            "padding-left:200em",
            "padding-left:calc(9px)",
        ),
        *(
            "mask:linear-gradient(transparent,transparent)",
            "contain:size",
            "display:table-column",
            "display:grid",
        ),
        *(
            "columns:1px 400",
            "text-wrap:nowrap",
            "line-height:9000px",
            "max-height:1em",
            "letter-spacing:900px",
        ),
        *(
            "letter-spacing:-1em",
            "word-spacing:5000px",
            "font-size-adjust:.01",
            "-webkit-text-stroke:20px #fff",
        ),
        *("text-decoration-thickness:20px", "-webkit-text-size-adjust:1%", "writing-mode:vertical-rl"),
        *(
            "text-shadow:0 0 9px #24312a",
            "mso-text-raise:-500pt",
            "mso-ansi-font-size:1pt",
            "mso-color-alt:#fff",
        ),
        *(
            "mso-element:comment",
            "mso-hide:screen",
            "position:sticky;top:-999px",
            "table-layout:fixed;width:20px",
        ),
        *("font-family:Wingdings", "border-top:3000px solid #fff", "box-shadow:inset 0 0 0 999px #fff"),
        *("offset:path('M0 0')", "vertical-align:-999px", "some-new-property:1", "perspective:1px"),
    ],
)
def test_what_is_on_no_list_of_harmless_things_is_found(style: str) -> None:
    """The contract is a list of what is allowed; it holds on the block and on every ancestor."""
    assert found(block(style))
    assert found(wrapped(style))


@pytest.mark.parametrize(
    "style",
    [
        *(
            "filter:grayscale(1) sepia(0)",
            "margin-inline:auto",
            "padding-inline-start:8px",
            "line-height:1.6",
        ),
        *(
            "letter-spacing:.5px",
            "-webkit-text-size-adjust:100%",
            "mso-line-height-rule:exactly",
            "float:left",
        ),
        *(
            "border:2px solid #333",
            "border-radius:12px",
            "box-shadow:0 1px 3px rgba(0,0,0,.2)",
            "hyphens:auto",
        ),
        *(
            "text-shadow:none",
            "font-family:Georgia,serif",
            "text-decoration:underline",
            "writing-mode:horizontal-tb",
        ),
        *("border-collapse:collapse", "vertical-align:top", "word-break:break-word", "min-height:20px"),
    ],
)
def test_what_is_harmless_passes(style: str) -> None:
    """No false alarm on the look-alikes."""
    assert found(block(style)) == []
    assert found(wrapped(style)) == []


def test_a_rule_for_one_client_names_its_profile() -> None:
    """The mender learns in which client the words are missing."""
    (finding,) = found(styled("[data-ogsc] .notice{color:#fff}"))
    assert finding.profile == "outlook-dark-attr"


@pytest.mark.parametrize(
    "css",
    [
        "@media screen{" * 3000 + ".a{color:red}",
        ".a{width:" + "(" * 5000,
        ":not(" * 600 + ".a" + ")" * 600 + "{x:y}",
    ],
    ids=["media", "brackets", "not"],
)
def test_a_sheet_too_deep_to_be_read_is_no_exception(css: str) -> None:
    """Whatever cannot be examined is a finding or harmless, never a crash."""
    assert all(finding.id == "VIS022" for finding in found(styled(css)))


@pytest.mark.parametrize(
    ("outer", "inner", "rule"),
    [
        ("font-size:0;line-height:100%", "font-size:16px", "VIS007"),
        ("font-size:60px;line-height:450%", "font-size:14px", "VIS007"),
        ("font-size:1px;line-height:1.2em", "font-size:16px", "VIS007"),
        ("font-size:100px;letter-spacing:.3em", "font-size:14px", "VIS018"),
        ("font-size:200px;letter-spacing:-.05em", "font-size:14px", "VIS018"),
        ("font-size:100px;word-spacing:.3em", "font-size:14px", "VIS018"),
        ("font-size:100px;text-indent:20em", "font-size:14px", "VIS008"),
        ("font-size:16px;line-height:150%;letter-spacing:.02em", "font-size:14px", ""),
        ("font-size:0;line-height:1.5", "font-size:14px", ""),
    ],
)
def test_a_length_is_passed_on_as_it_comes_to_where_it_is_declared(outer: str, inner: str, rule: str) -> None:
    """Only a plain number of line-height is passed on as a factor."""
    ids = [f.id for f in found(mail(f'<div style="{outer}"><p style="{inner}">[GEN]</p></div>'))]
    assert ids == ([rule] if rule else [])


@pytest.mark.parametrize(
    ("html", "rule"),
    [
        (
            styled("@font-face{font-family:F;src:url(data:font/woff2;base64,AA)}p{font-family:F,serif}"),
            "VIS022",
        ),
        (styled("@font-face{font-family:F;src:url(https://x.example/f)}p{font-family:F}"), "VIS022"),
        (block("outline:20px solid #fff;outline-offset:-20px"), "VIS009"),
        (block("border:1px solid;border-image:url(black.png) 1 fill"), "VIS022"),
        (block("border:1px solid;border-image-source:url(x);border-image-slice:1 fill"), "VIS022"),
        (wrapped("width:9000px;text-align:right"), "VIS008"),
        (wrapped("min-width:9000px;text-align:right"), "VIS008"),
        (wrapped("width:1000%;text-align:center"), "VIS008"),
        (mail("<table width=9000><tr><td align=right>[GEN]</td></tr></table>"), "VIS008"),
        (styled("html,body{height:100%}.wrap{height:100%;overflow:hidden}"), "VIS007"),
        (wrapped("max-width:100px"), "VIS022"),
        (block("font:0/0 a"), "VIS004"),
        (mail('<table bgcolor="fff"><tr><td style="color:#333">[GEN]</td></tr></table>'), "VIS005"),
        (mail("<p class=x>[GEN]</p>", head="<style>.X{display:none}</style>")[15:], "VIS022"),
        (styled(".notice::first-line{font-size:1px}"), "VIS004"),
        (styled("a[x-apple-data-detectors]{color:#fff}"), "VIS005"),
        (styled("@-moz-document url-prefix(){.notice{display:none}}"), "VIS022"),
        (mail("<table><colgroup><col bgcolor=black></colgroup><tr><td>[GEN]</td></tr></table>"), "VIS005"),
        (block("white-space:nowrap"), "VIS008"),
        (mail('<div role="img"><p>[GEN]</p></div>'), "VIS014"),
        (mail("<q>[GEN]</q>"), "DISC010"),
        (mail(f"<table><tr><td>{TEXT[:HALF]}</td><td>{TEXT[HALF:]}</td></tr></table>"), "DISC013"),
        (
            mail(f'<div style="float:left">{TEXT[:HALF]}</div><div style="float:right">{TEXT[HALF:]}</div>'),
            "DISC013",
        ),
    ],
)
def test_a_trick_that_was_missed_once_is_found(html: str, rule: str) -> None:
    """Each got through an earlier examination."""
    assert rule in {finding.id for finding in found(html)}


@pytest.mark.parametrize(
    "html",
    [
        styled(".preheader p{display:none}"),
        styled("@font-face{font-family:F;src:url(https://x.example/f)}p{font-family:F,Arial,sans-serif}"),
        styled("table.foot > tr > td{display:none}", '<table class="foot"><tr><td>[GEN]</td></tr></table>'),
        styled("a[x-apple-data-detectors]{color:inherit !important;text-decoration:none}"),
        styled(".skip{position:absolute;left:-9999px}", "<a class=skip href=#x>Skip</a><p>[GEN]</p>"),
        styled(
            "",
            '<div style="position:relative;height:40px"><b style="position:absolute;top:4px">New</b></div>'
            "<p>A letter about sleep, and what a cool bedroom does for it.</p><p>[GEN]</p>",
        ),
        styled(
            "",
            '<div style="position:relative;overflow:hidden"><div style="position:absolute;'
            'transform:rotate(45deg)">New</div></div><p>[GEN]</p>',
        ),
        styled(
            "",
            '<p>Hello, all of you.</p><img alt="" style="margin-top:-30px"><p>More news.</p><p>[GEN]</p>',
        ),
        mail(
            "<p>[GEN]</p>", head='<link rel="stylesheet" href="https://fonts.googleapis.com/css?family=Lato">'
        ),
        styled("@import url(https://fonts.googleapis.com/css?family=Ubuntu);"),
        block("mso-line-height-alt:21px;mso-text-raise:0;mso-para-margin:0in;page:WordSection1"),
        mail('<table style="table-layout:fixed;width:600px"><tr><td>[GEN]</td></tr></table>'),
        styled(".notice::first-letter{font-size:32px;float:left}"),
    ],
)
def test_an_honest_mail_that_was_refused_once_passes(html: str) -> None:
    """Each gave a false alarm in an earlier examination."""
    assert found(html) == []
