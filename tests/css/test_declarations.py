"""Declarations: what shares a property, which values every client reads, and style attributes as text."""

from collections.abc import Iterator
from itertools import product

import pytest
from playwright.sync_api import Page

from computed import chromium
from pipeline.css import declarations
from pipeline.css.declarations import Declaration, covers, is_plain, overlap, parse_style, to_style

SHORTHANDS = [
    *("margin", "padding", "inset", "border", "border-top", "border-width", "border-style", "border-color"),
    *("border-radius", "border-image", "background", "background-position", "font", "list-style", "outline"),
    *(
        "text-decoration",
        "overflow",
        "flex",
        "flex-flow",
        "columns",
        "gap",
        "place-items",
        "grid",
        "grid-area",
    ),
    *(
        "transition",
        "animation",
        "margin-inline",
        "padding-block",
        "border-inline",
        "inset-inline",
        "white-space",
    ),
    *("margin-inline-start", "border-block-end-color", "column-rule", "page-break-inside", "word-wrap"),
    *("-webkit-border-radius", "-webkit-margin-start", "-webkit-mask"),
]


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    """A page in Chromium."""
    with chromium() as page:
        page.set_content("<!doctype html>")
        yield page


@pytest.mark.parametrize("name", SHORTHANDS)
def test_a_shorthand_overlaps_all_that_it_sets_in_a_browser(page: Page, name: str) -> None:
    """Chromium says which longhands a shorthand sets."""
    longhands = page.evaluate(
        """(name) => {
            const element = document.createElement("i");
            element.style.setProperty(name, "inherit");
            return [...element.style];
        }""",
        name,
    )
    assert longhands
    assert [longhand for longhand in longhands if not overlap(name, longhand)] == []


def test_logical_and_physical_sides_overlap() -> None:
    """Which side "start" is hangs on the writing mode."""
    assert overlap("margin-inline-start", "margin-left")
    assert overlap("inline-size", "width")
    assert overlap("max-block-size", "max-height")
    assert not overlap("margin-inline-start", "padding-left")


def test_properties_that_only_sound_alike_do_not_overlap() -> None:
    """A common prefix is no common longhand."""
    for one, other in [
        ("color", "color-scheme"),
        ("text-align", "text-decoration"),
        ("border", "border-radius"),
        ("border-top", "border-left"),
        ("padding-top", "padding-left"),
        ("--a", "--A"),
        ("width", "max-width"),
    ]:
        assert not overlap(one, other)


def test_a_shorthand_covers_its_longhands_only() -> None:
    """Covering is surer than overlapping."""
    assert covers("padding", "padding-top")
    assert covers("border", "border-top-color")
    assert not covers("padding-top", "padding")
    assert not covers("margin", "margin-inline")
    assert not covers("grid-row", "grid-column")


def test_plain_values_are_read_by_the_browser(page: Page) -> None:
    """Nothing is taken for plain that Chromium does not support."""
    lengths = (
        "0",
        "1px",
        "2.5em",
        "10%",
        "3pt",
        "-1px",
        "5",
        "1 px",
        "auto",
        "none",
        "normal",
        "1.5",
        "bogus",
    )
    words = (
        "#abc",
        "#aabbcc",
        "#abcd",
        "red",
        "gray",
        "reds",
        "inherit",
        "transparent",
        "700",
        "750",
        "bold",
    )
    pairs = ("1px 2px", "1px 2px 3px 4px", "1px 2px 3px 4px 5px", "0 auto", "1px solid #ccc", "1px solid #cc")
    keywords = ("left", "middle", "underline", "block", "inline-block", "italic", "center center")
    names = sorted(declarations._PLAIN_VALUES)  # noqa: SLF001 - the table under test
    plain = [pair for pair in product(names, (*lengths, *words, *pairs, *keywords)) if is_plain(*pair)]
    assert len(plain) > 100
    assert page.evaluate("(all) => all.filter(([name, value]) => !CSS.supports(name, value))", plain) == []


@pytest.mark.parametrize(
    ("style", "wanted"),
    [
        ("", []),
        (" ; ", []),
        ("color: red", [("color", "red", False)]),
        ("COLOR:Red!IMPORTANT;;--Aa: 1 ;", [("color", "Red", True), ("--Aa", "1", False)]),
        ("background:url('a;b.png') no-repeat", [("background", "url('a;b.png') no-repeat", False)]),
        (
            "background:url(data:image/png;base64,AA==)",
            [("background", "url(data:image/png;base64,AA==)", False)],
        ),
        ("width:calc((1px + 2px) * 3)", [("width", "calc((1px + 2px) * 3)", False)]),
        ("content:'!'", [("content", "'!'", False)]),
        ("mso-hide:all;-ms-x:1", [("mso-hide", "all", False), ("-ms-x", "1", False)]),
    ],
)
def test_a_style_attribute_is_read(style: str, wanted: list[tuple[str, str, bool]]) -> None:
    """Names in lower case, values as written."""
    assert list(parse_style(style)) == [Declaration(*each) for each in wanted]


@pytest.mark.parametrize(
    "style", ["p", "color", "color:", ":red", "color:red}", "a:b/**/", "a:'", "a:(", "a:\\62", "a:b!c"]
)
def test_a_broken_style_attribute_is_refused(style: str) -> None:
    """Nothing of it is guessed."""
    with pytest.raises(ValueError, match="cannot read"):
        parse_style(style)


def test_a_style_attribute_is_written_with_single_quotes() -> None:
    """Double quotes would have to be escaped in the attribute."""
    style = [Declaration("font", '1px "A B"'), Declaration("quotes", "\"'\" 'x'", important=True)]
    assert to_style(style) == "font:1px 'A B';quotes:\"'\" 'x' !important"
