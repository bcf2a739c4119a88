"""Semantic HTML read out as plain text, construct by construct."""

import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.prose.blocks import prose
from pipeline.prose.wrap import columns

_, *CASES = Path(__file__).with_name("prose.txt").read_text(encoding="utf-8").split("\n%% ")
CONSTRUCTS = {name: case.split("\n%%%\n") for name, _, case in (case.partition("\n") for case in CASES)}


@pytest.mark.parametrize(("html", "text"), CONSTRUCTS.values(), ids=CONSTRUCTS)
def test_a_construct_reads_well(html: str, text: str) -> None:
    """Each construct an editor can write has its form in the text part."""
    lines = (line.rstrip() for line in "\n\n".join(prose(html, 48)).split("\n"))
    assert "\n".join(lines) == text.rstrip("\n")


def test_nothing_to_read_gives_nothing() -> None:
    """An empty issue has an empty body."""
    assert prose("", 72) == []


BLOCKS = ("p", "ul", "ol", "blockquote", "div", "aside", "dl", "h2", "h3", "figure", "section", "pre")
INLINES = ("strong", "em", "a", "code", "span", "del", "sup")
INSIDE = {"ul": "li", "ol": "li", "dl": "dd"}
WORDS = st.lists(
    st.sampled_from(("back", "spine", "Grüße", "5", "–", "1.", ">", "-")), min_size=1, max_size=12
)


def element(tag: str, content: str) -> str:
    """Return a block or inline element with its content where HTML wants it."""
    inner = INSIDE.get(tag)
    return f"<{tag}><{inner}>{content}</{inner}></{tag}>" if inner else f"<{tag}>{content}</{tag}>"


FRAGMENTS = st.recursive(
    st.builds(element, st.sampled_from((*BLOCKS, *INLINES)), st.builds(" ".join, WORDS)),
    lambda inner: st.builds(element, st.sampled_from(BLOCKS[1:7]), st.builds(" ".join, st.lists(inner))),
    max_leaves=12,
)


@settings(deadline=None, derandomize=True, max_examples=100)
@given(FRAGMENTS)
def test_every_word_is_read_in_order(html: str) -> None:
    """Whatever stands in whatever, no word is lost, doubled or moved."""
    read = unicodedata.normalize("NFKC", "\n\n".join(prose(html, 40)))  # an exponent is a word too
    assert re.findall(r"back|spine|Grüße|5", read) == re.findall(r"back|spine|Grüße|5", html)


@settings(deadline=None, derandomize=True, max_examples=100)
@given(FRAGMENTS.filter(lambda html: "<pre>" not in html))
def test_lines_fit(html: str) -> None:
    """No line is wider than asked for, but for what clings together."""
    for line in "\n\n".join(prose(html, 40)).split("\n"):
        assert columns(line) <= 40 + len("back – - > 1. ")


@settings(deadline=None, derandomize=True, max_examples=100)
@given(st.text(st.sampled_from("<>/=\"' ablpihrtdoul1\f\v\n&;é"), max_size=60))
def test_any_markup_is_read(html: str) -> None:
    """However broken, markup gives text and no error."""
    assert "\f" not in "".join(prose(html, 72))


@pytest.mark.parametrize("tag", ["blockquote", "ul><li", "b", "div", "table><tr><td", "sup"])
def test_hostile_nesting_is_read(tag: str) -> None:
    """What is nested without end is read as mere text."""
    assert "x" in "".join(prose(f"<{tag}>" * 3000 + "x", 72))


def test_a_hostile_span_is_no_wider_than_a_table_can_be() -> None:
    """A span of a hundred thousand columns does not fill the memory."""
    assert (
        len("".join(prose('<table><tr><td colspan="99999" rowspan="99999">x</td></tr></table>', 72))) < 1000
    )
