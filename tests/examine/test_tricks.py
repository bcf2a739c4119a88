"""Single declarations and sheets that a red team tried, each with its harmless look-alikes."""

import pytest
from mails import GEN, OLDER, TEXT, block, styled, wrapped

from pipeline.examine import examine
from pipeline.model import Finding


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
