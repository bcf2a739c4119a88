"""How words are set and boxed, held against what Chromium computes."""

import pytest

from computed import chromium
from pipeline.examine import read_pages
from pipeline.examine.reading.page import Element, Page
from pipeline.examine.sight.typeset import is_boxed, type_in, worlds
from pipeline.examine.style.media import World

PLAIN = World()
SET = (
    "<p>x</p>",
    '<div style="font-size:20px"><p style="font-size:50%"><b>x</b></p></div>',
    '<div style="font-size:2em"><small>x</small></div>',
    "<h1>x</h1>",
    '<p style="font-size:9pt">x</p>',
    "<p><strong><i>x</i></strong></p>",
    '<b style="font-weight:normal">x</b>',
    '<div style="font-weight:600"><span>x</span></div>',
    '<b><span style="font:14px Arial">x</span></b>',
    '<p style="font:bold 14px Arial">x</p>',
    '<p style="font-weight:bold;font-size:large">x</p>',
)
BOXES = (
    "border:1px solid",
    "border:solid",
    "border:1px",
    "border:thin dotted red",
    "border-left:1px solid",
    "border:1px solid #000;border-left:0",
    "border:1px solid #000;border-width:0",
    "border:1px solid #000;border-style:none",
    "border-style:solid;border-width:2px",
    "border:0 solid",
    "border:none",
    "padding:2px",
)
_INNERMOST = """() => {
  const style = getComputedStyle([...document.body.querySelectorAll("*")].pop());
  return [parseFloat(style.fontSize), parseInt(style.fontWeight), ["Top", "Right", "Bottom", "Left"].every(
    (side) => parseFloat(style[`border${side}Width`]) > 0 && style[`border${side}Style`] !== "none")];
}"""


def page(body: str, style: str = "") -> Page:
    """Read a small mail."""
    return read_pages(f"<!DOCTYPE html><html><head><style>{style}</style></head><body>{body}</body></html>")[
        0
    ]


def last(mail: Page) -> Element:
    """Return the innermost element that was opened last."""
    return mail.elements[-1]


def test_sizes_weights_and_boxes_are_those_of_a_browser() -> None:
    """Shares, keywords, tags, shorthands; every side of a border."""
    bodies = (*SET, *(f'<p style="{style}">x</p>' for style in BOXES))
    with chromium() as browser:
        for body in bodies:
            browser.set_content(f"<!DOCTYPE html><body>{body}</body>")
            size, weight, boxed = browser.evaluate(_INNERMOST)
            mail = page(body)
            own = type_in(mail, last(mail), PLAIN)
            assert (own.size, own.weight) == (pytest.approx(size, abs=0.01), weight), body
            assert is_boxed(mail, last(mail), PLAIN) is boxed, body


def test_zoom_makes_words_smaller() -> None:
    """Chromium tells the size before zooming; readers see it after."""
    mail = page('<div style="zoom:0.5"><p>x')
    assert type_in(mail, last(mail), PLAIN).size == 8.0


def test_a_border_without_a_colour_is_not_seen() -> None:
    """A transparent line boxes nothing."""
    for style in ("border:1px solid transparent", "border:1px solid #000;border-color:transparent"):
        mail = page(f'<p style="{style}">x')
        assert not is_boxed(mail, last(mail), PLAIN)


def test_an_unknown_size_is_none() -> None:
    """Whoever asks cannot take it for large."""
    mail = page('<p style="font-size:calc(1px * var(--x))">x')
    assert type_in(mail, last(mail), PLAIN).size is None


def test_the_worlds_are_those_that_make_a_difference() -> None:
    """A query that reaches the element, and clients that drop sheets."""
    mail = page('<p class="a">x', "@media (max-width: 600px) { .a { font-size: 10px } }")
    sizes = {type_in(mail, last(mail), world).size for world in worlds(mail, [last(mail)])}
    assert sizes == {16.0, 10.0}
