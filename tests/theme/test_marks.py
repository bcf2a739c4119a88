"""Marks in templates: each start tag and line of CSS says who wrote it, and nothing else changes."""

import re
from dataclasses import replace
from pathlib import Path

import jinja2
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from letter import ISSUE, WORDING, open_newsletter
from pipeline.disclaimers.select import Selection
from pipeline.model import Fragment
from pipeline.stages.template import Theme
from pipeline.theme.marks import Place, css_places, marked, read_mark

TEMPLATES = Path(__file__).parents[2] / "templates"
FILES = [
    *(path.relative_to(TEMPLATES).as_posix() for path in sorted(TEMPLATES.rglob("*.html"))),
    "styles.css",
]


def plain(text: str) -> str:
    """Return *text* without marks."""
    return re.sub(r' data-source="[^"]*"|/\*@[^*]*\*/', "", text)


def lines_of(source: str, **values: object) -> dict[str, int]:
    """Return the line of each element, by its id, of a rendered template."""
    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    html = environment.from_string(marked(source, "a b.html")).render(values)
    found = {}
    for node in LexborHTMLParser(html).css("[id]"):
        place = read_mark(node.attributes["data-source"] or "")
        assert place.file == "a b.html"
        found[node.attributes["id"] or ""] = place.line
    return found


@pytest.mark.parametrize("file", FILES)
def test_marks_are_all_that_changes(file: str) -> None:
    """Taken away again, the source of each of our templates is as it was; no line is added."""
    source = (TEMPLATES / file).read_text(encoding="utf-8")
    changed = marked(source, file)
    assert (changed != source) == bool(re.search(r"<\w", source) or file.endswith(".css"))
    assert plain(changed) == source
    assert changed.count("\n") == source.count("\n")


@pytest.mark.parametrize("template", ["weekly", "digest", "notice"])
def test_a_marked_document_is_the_document_with_marks(tmp_path: Path, template: str) -> None:
    """Rendered, with macros, includes and inheritance, and in any order of asking."""
    newsletter = open_newsletter(tmp_path)
    theme = Theme(TEMPLATES, tmp_path / "cache")
    selection = Selection((replace(WORDING, html="<p>Ask <strong>first</strong>.</p>"),))

    def document(*, marked: bool) -> str:
        issue = replace(ISSUE, template=template)
        fragment = Fragment("<p>Hello</p><h2>One</h2><blockquote><p>Two</p></blockquote>")
        return theme.document(
            issue, fragment, settings=newsletter, selection=selection, web_url="", marked=marked
        )

    first = document(marked=False)
    with_marks = document(marked=True)
    assert with_marks.count("data-source=") > 40
    assert plain(with_marks) == first
    assert document(marked=False) == first


def test_tags_are_found_round_jinja() -> None:
    """Comparisons, strings and comments of Jinja hold no tags; a tag may hold Jinja."""
    source = """\
{% if 1 <b and "<i>" != '}}' %}<p id=one{% if b %} class="x"{% endif %}>
{# <p id="no"> don't
#}{{ "<u id='no2'>" }}<b
 id="two" title="a > b"><i id="three"/></b>
{% for n in [1, 2] %}<em id="loop{{ n }}">{% endfor %}
<!-- <p id="no3"> --><title><p id="no4"></title><SPAN ID="four">
{% endif %}"""
    assert lines_of(source, b=2) == {"one": 1, "two": 3, "three": 4, "loop1": 5, "loop2": 5, "four": 6}


def test_a_tag_that_jinja_begins_to_name_is_broken_visibly() -> None:
    """Its name cannot be known; `checks.places` sees that the structure is another, and believes no mark."""
    assert marked("<h{{ 2 }}>", "x.html") == '<h data-source="x.html:1"{{ 2 }}>'


def test_css_lines_are_marked_where_a_comment_may_stand() -> None:
    """Not within comments and strings; a style element's first line has the line of its tag."""
    source = """x
<style media="a > b">
.a {
  color: red; /* two
lines */ }
.b { content: "{% if 1 %}\\
"; }
</style>"""
    css = marked(source, "x.html").partition('<style data-source="x.html:2" media="a > b">')[2]
    css = css.partition("</style")[0]
    assert [line.partition("*/")[0][3:] for line in css.split("\n") if line.startswith("/*@")] == [
        *("x.html:2", "x.html:3", "x.html:4", "x.html:6"),
    ]
    assert [place.line for place in css_places(css) if place] == [2, 3, 4, 4, 6, 6, 6]


def test_an_included_sheet_tells_its_own_lines() -> None:
    """The innermost file's mark comes last in a line and counts; before any mark nothing is known."""
    css = "a {}\n/*@base.html:9*//*@styles.css:1*/b {}\n/*@styles.css:2*/c {}\n/*@base.html:10*/\n"
    base = Place("base.html", 10)
    assert css_places(css) == [None, Place("styles.css", 1), Place("styles.css", 2), base, base]


def test_outlooks_sheet_is_marked_inside_its_comment() -> None:
    """It is read from there; tags in comments are not, since no parser makes elements of them."""
    source = "<!--[if mso]>\n<style>\n.a {}\n</style><p><![endif]-->"
    assert marked(source, "b.html") == (
        "<!--[if mso]>\n<style>/*@b.html:2*/\n/*@b.html:3*/.a {}\n</style><p><![endif]-->"
    )


def test_any_name_of_a_file_comes_back() -> None:
    """Quotes, braces and comment marks in it end nothing."""
    name = 'a"b{{c}}*/d:é.css'
    (place,) = set(css_places(marked("a {}", name)))
    assert place == Place(name, 1)
    mark = LexborHTMLParser(marked("<p>", name + ".html")).css_first("p")
    assert mark is not None
    assert read_mark(mark.attributes["data-source"] or "") == Place(name + ".html", 1)


pieces = st.sampled_from(
    [
        *("<p>", "</p>", "<b title='x'>", "<!--", "-->", "<style>", "</style>", "/*", "*/", '"', "'", "\n"),
        *("{{ 1 }}", "{# c #}", "{% if 1 %}", "{% endif %}", "<title>", "</title>", "a{b:c}", "<", ">", " "),
    ]
)


@settings(database=None, derandomize=True, deadline=None)
@given(source=st.lists(pieces, max_size=30).map("".join), file=st.sampled_from(["x.html", "x.css"]))
@example(source="{{ " + '"' * 999, file="x.html")
def test_marking_any_source_adds_marks_and_nothing_else(source: str, file: str) -> None:
    """However broken, and in a time that does not grow out of bounds."""
    assert plain(marked(source, file)) == source
