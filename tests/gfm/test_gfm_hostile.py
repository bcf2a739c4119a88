"""Hostile text ends within a bounded time and reaches nothing outside its own place."""

import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from outlines import rendered
from selectolax.lexbor import LexborHTMLParser

from pipeline.gfm.syntax import words

HERE = Path(__file__).parent
TIMES = 4000
FRAGMENTS = words(
    "[ * _ ` < ![ (( > >␣ -␣ 1.␣ **a␣ *a_b [a]( [a][ <a␣ & ~~ a* _a *a␣ <!-- **a*␣ [a](b␣ ![a]( [^ [^a]:␣ ]("
    " [a] | <b> </td> <table> <plaintext> <!--a <![CDATA[ ``␣`␣ \" ' \\ https:// www.a. a@b. a@ { {{ [[a] *["
    " `a <b><i> **a** _a_␣ ~a~ {.x} {%␣ ***a␣ *_ <? <script> <textarea> <svg><style> <p> &# [![ ![[ <details>"
)
LINES = ["- a", "# a", "a\n===", "| a\n|-|", ": a", "a\n: b", "+++", "::: columns", "<div>", "[a]: b", "a  "]
NESTED = [
    ("[", "]"),
    ("[", "](https://a.example)"),
    ("*a ", "b* "),
    ("*a **b ", " c** d*"),
    ("<b>", "</b>"),
    ("![", "](https://a.example/b.png)"),
    ("~", "~ "),
    ("<blockquote>", "</blockquote>"),
    ("a <div><b>", "</b></div>"),
]
SOURCES = [
    *(fragment.replace("␣", " ") * TIMES for fragment in sorted(FRAGMENTS)),
    *(f"{line}\n" * TIMES for line in LINES),
    *(f"{begin * 2500}a{end * 2500}" for begin, end in NESTED),
    "".join(f"{'  ' * depth}- a\n" for depth in range(400)),
    "".join("`" * length + " " for length in range(150)),
    "".join(f"[^{number}]: [^{number + 1}]\n" for number in range(1500)),
    "".join(f"[a{number}]: b\n" for number in range(1500)) + "[c][d] " * 500,
    ">" * 1500 + "a",
    "- " * 1500 + "a",
    " " * 100_000,
    f"{'<b>' * 20_000}a{'</b>' * 20_000}",
]
RENDER_ALL = """
import json, sys
from outlines import rendered
for source in json.load(sys.stdin):
    rendered(source)
"""


def test_hostile_repetition_ends_within_a_bounded_time() -> None:
    """All of it together, about ten seconds' work, is done in a time that no quadratic step would leave."""
    path = [str(HERE), str(HERE.parent), str(HERE.parents[1])]
    script = f"import sys; sys.path[:0] = {path!r}\n{RENDER_ALL}"
    done = subprocess.run(
        [sys.executable, "-c", script], input=json.dumps(SOURCES), text=True, timeout=120, check=False
    )
    assert done.returncode == 0


@pytest.mark.parametrize("mark", [">", "- ", "1. "])
def test_deep_nesting_is_refused_and_shown_as_text(mark: str) -> None:
    """Beyond a bound marks stay text, and the editor is told where."""
    fragment = rendered("one\n\n" + mark * 1500 + "two")
    assert [(finding.id, finding.line) for finding in fragment.findings] == [("MD011", 3)]
    assert "two" in fragment.html
    assert len(re.findall("<(?:blockquote|[ou]l)", fragment.html)) == 24


def test_deep_emphasis_is_refused_and_shown_as_text() -> None:
    """Beyond a bound emphasis stays text, and the editor is told."""
    fragment = rendered("*a **b " * 100 + " c** d*" * 100)
    assert [finding.id for finding in fragment.findings] == ["MD011"]
    assert "<em>" not in fragment.html


def _nested(begin: str, end: str, *, times: int = 500) -> str:
    return f"{begin * times}deep{end * times}\n"


def _quoted(text: str) -> str:
    return "".join(f"> {line}".rstrip() + "\n" for line in text.split("\n"))


def _mixed() -> str:
    """Return raw elements in Markdown's quotes in raw elements, and so on."""
    source = "deep\n"
    for _level in range(12):
        source = f"<div><ul><li>\n\n{_quoted(source)}\n</li></ul></div>\n"
    return source


DEEP = {
    "quotes on one line": _nested("<blockquote>", "</blockquote>"),
    "quotes on lines of their own": _nested("<blockquote>\n", "</blockquote>\n"),
    "with empty lines between them": _nested("<blockquote>\n\n", "\n\n</blockquote>"),
    "in a paragraph": _nested("<b>", "</b>"),
    "by turns": _nested("<b><i><span>", "</span></i></b>"),
    "tables": _nested("<table><tr><td>", "</td></tr></table>"),
    "lists without end tags": _nested("<ul><li>", "</ul>"),
    "within Markdown within raw": _mixed(),
}


@pytest.mark.parametrize("name", DEEP)
def test_deep_raw_html_is_left_out_and_its_text_kept(name: str) -> None:
    """Beyond a bound raw elements go, whatever stands between them, and the editor is told."""
    fragment = rendered(DEEP[name])
    assert {finding.id for finding in fragment.findings} == {"MD011"}
    page = _body(fragment.html)
    assert page.body is not None
    assert page.body.text().strip() == "deep"
    assert _depth(fragment.html) <= 24 + 1 + 12  # raw elements, a paragraph, Markdown's quotes


def _depth(html: str) -> int:
    """Return how deep elements stand inside one another."""
    depth = deepest = 0
    for tag in re.findall(r"</?[a-z]", html):
        depth += -1 if tag.startswith("</") else 1
        deepest = max(deepest, depth)
    return deepest


def test_elements_that_end_by_themselves_are_not_nested() -> None:
    """A long table or list without end tags is no deep one."""
    fragment = rendered("<table>\n" + "<tr><td>a<td>b\n" * 50 + "</table>\n\n<ul>" + "<li>a" * 50 + "</ul>")
    assert fragment.findings == ()
    assert fragment.html.count("<td>") == 100
    assert fragment.html.count("<li>") == 50


def test_ruby_text_without_end_tags_is_not_nested() -> None:
    """A parser nests it outside of ruby; here it ends where the next one begins."""
    assert _depth(rendered("<div>a" + "<rt>b" * 50 + "</div>").html) == 2


TAGS = words(
    "<td> </td> </tr> </table> <table> <tr> <th> <tbody> <caption> <col> <style> </style> <textarea> <a> </a>"
    " <plaintext> <!-- --> <![CDATA[ ]]> <svg> <math> <mtext> <p> </p> <b> </b> <i> <div> </div> <ul> </ul>"
    " <li> <form> <button> <select> <option> <h1> </h1> <ruby> <rt> <dl> <dt> <dd> <details> <hr> <br> <pre>"
    " </pre> <font> <nobr> <template> <noscript> <iframe> </body> <html> <title> <base> <script>a</script>"
)
MARKS = ["\n", "\n\n", "- ", "> ", "1. ", "**", "*", "`", "```\n", "text ", "    ", "# h\n", ": d\n"]
PIECES = [
    *sorted(TAGS),
    *MARKS,
    *(
        "> [!NOTE]\n",
        "::: columns\n",
        "+++\n",
        ":::\n",
        "[^1]",
        "\n[^1]: n\n",
        "{.button}",
        "{{ web_url }}",
        "[c]",
    ),
    '<a href="https://a.example">',
    "<a href='javascript:a'>",
    "<img src=a onerror=b alt=c>",
    "<span style='display:none' class=button hidden>",
    "<td\n",
    "&#2;klzzwxh:0000&#3;",
    "\x02klzzwxh:0000\x03",
    "\x02wzxhzdk:0\x03",
    "&#x3c;b&#62;",
    "[a](javascript:b)",
    "[a](https://a.example)",
    "![a](b)",
    "\n[c]: javascript:d\n",
    "| a | b |\n|-|-|\n| c | d |\n",
]
SOUP = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=4)), max_size=25).map("".join)
ELEMENTS = words(
    "a abbr aside b bdi bdo big blockquote br caption center cite code col colgroup dd del dfn div dl dt em"
    " figcaption figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q rp rt ruby s samp section small"
    " span strike strong sub sup table tbody td tfoot th thead time tr tt u ul var wbr"
)
ATTRIBUTES = words(
    "align alt class colspan datetime dir height href id lang reversed rowspan scope src start title type"
    " valign width"
)


def _body(html: str) -> LexborHTMLParser:
    return LexborHTMLParser(f"<!doctype html><body>{html}")


@settings(deadline=None, derandomize=True, max_examples=400)
@given(SOUP)
def test_any_text_becomes_balanced_html_of_allowed_elements(source: str) -> None:
    """A browser reads the fragment as it is written, and finds nothing in it that is not allowed."""
    html = rendered(source).html
    page = _body(html)
    assert page.body is not None
    assert page.body.inner_html == html
    for element in page.body.css("*"):
        if element.tag == "body":
            continue
        assert element.tag in ELEMENTS
        assert set(element.attributes) <= ATTRIBUTES
        assert re.match(r"https?:|mailto:|tel:|#|mtag7q|$", element.attributes.get("href") or "")


@settings(deadline=None, derandomize=True, max_examples=400)
@given(SOUP)
def test_no_text_gets_out_of_its_cell(source: str) -> None:
    """All of the fragment stays in the cell it is put into, and what follows the table stays behind it."""
    html = rendered(source).html
    page = _body(f'<table><tr><td>{html}</td></tr></table><p id="after">after</p>')
    assert page.body is not None
    assert [child.tag for child in page.body.iter()] == ["table", "p"]
    cell = page.css_first("td")
    assert cell is not None
    assert cell.inner_html == html


@settings(deadline=None, derandomize=True, max_examples=100)
@given(SOUP)
def test_ids_are_unique(source: str) -> None:
    """No two elements have the same id."""
    page = _body(rendered(source + "\n\n# a\n\n# a\n\n# a-1\n").html)
    ids = Counter(element.attributes["id"] for element in page.css("[id]"))
    assert set(ids.values()) <= {1}
