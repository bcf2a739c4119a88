"""Compiling a sheet: nothing is lost between its readers."""

import logging

import pytest

from pipeline.css.csscompiler import compile_css
from pipeline.errors import TemplateError


def test_every_declaration_is_kept_in_order() -> None:
    """Fallbacks stay, as written, the important ones last."""
    [rule] = compile_css("p{color:red;COLOR: RED ;margin:0pt !important;color:oklch(.5 .1 20)}")["rules"]
    assert [tuple(declaration) for declaration in rule["declarations"]] == [
        ("color", "red", False),
        ("color", "RED", False),
        ("color", "oklch(.5 .1 20)", False),
        ("margin", "0pt", True),
    ]


def test_a_selector_list_is_parted() -> None:
    """Commas inside strings and functions part nothing; pseudo-elements are no rules of elements."""
    [rule] = compile_css("a[x=','], :is(b, i) , p::before{color:red}")["rules"]
    assert rule["selectors"] == ['a[x=","]', ":is(b, i)"]


def test_each_part_of_a_list_stays_or_is_inlined_for_itself() -> None:
    """Only what cannot be inlined stays, with the flag it needs."""
    compiled = compile_css("a, a:hover, a::before { color: red; margin: 0 !important }")
    assert compiled["leftover"] == (
        "a:hover{color: red !important; margin: 0 !important}\na::before{color: red; margin: 0 !important}\n"
    )


def test_at_rules_keep_their_nesting() -> None:
    """Conditions stay round their rules; comments and empty rules go."""
    css = "/* a */ @media screen { @supports (x: y) { /* b */ p { color: red } } b {} } @media print { }"
    compiled = compile_css(css)
    assert compiled["leftover"] == "@media screen{\n@supports (x: y){\np{color: red !important}\n}\n}\n"
    assert compiled["rules"][0]["at_rules"] == ["@media screen", "@supports (x: y)"]


def test_lines_are_those_of_the_sheet() -> None:
    """Rules and errors carry their line."""
    assert [
        rule["line"] for rule in compile_css("\np{color:red}\n\n@media print{\nb{color:red}}")["rules"]
    ] == [2, 5]
    with pytest.raises(TemplateError, match="line 3 of the style sheet"):
        compile_css("p{color:red}\n\nb{color:rgb(1,2)}")


def test_what_an_animation_sets_is_known() -> None:
    """The properties of its frames are listed."""
    assert compile_css("@keyframes k{from{opacity:0} to{opacity:1;color:red}}")["animated"] == [
        "color",
        "opacity",
    ]


@pytest.mark.parametrize(
    "value",
    ["rgb(1,2)", "#12345", "#aabbccdd", "hsl(120deg 50% 50%)", "progid:X.Y(a=1)", "{}"],
)
def test_what_premailer_does_not_read_is_refused(value: str) -> None:
    """It is named with its line, also when the parser stumbles over it."""
    with pytest.raises(TemplateError, match="line 1 of the style sheet"):
        compile_css(f"p{{margin:0;color:{value};padding:0}}")


def test_unknown_properties_make_no_noise(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """They are kept, and nobody is told."""
    with caplog.at_level(logging.DEBUG):
        assert len(compile_css("p{mso-x:1;-ms-y:2;color:unheard-of}")["rules"][0]["declarations"]) == 3
    assert caplog.records == []
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "css", ["a{" * 5000, "p{color:" + "(" * 5000, ":not(" * 5000 + "a" + ")" * 5000 + "{}"]
)
def test_a_sheet_nested_without_end_is_refused(css: str) -> None:
    """However deep it goes, it ends in words."""
    with pytest.raises(TemplateError):
        compile_css(css)
