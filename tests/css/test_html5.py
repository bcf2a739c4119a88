"""Reading a document as a browser does, and splicing styles into its source."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from computed import chromium
from pipeline.css.html5 import Element, parse, splice
from pipeline.errors import TemplateError


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    """A page in Chromium."""
    with chromium() as page:
        yield page


def document(body: str, *, head: str = "") -> str:
    """Return a full document."""
    return f"<!doctype html><html><head>{head}</head><body>{body}</body></html>"


def with_style(body: str, tag: str, style: str) -> str:
    """Return *body* after *style* was written into its first *tag*."""
    page = parse(document(body))
    element = next(element for element in page.elements if element.tag == tag)
    return splice(page, [(element, style)], "").partition("<body>")[2].removesuffix("</body></html>")


def test_elements_are_html_and_all_from_body_on() -> None:
    """Head is left out; implied table parts are there without a start tag."""
    page = parse(document("<table><tr><td>x</table>", head="<title>t</title>"))
    assert [element.tag for element in page.elements] == ["html", "body", "table", "tbody", "tr", "td"]
    assert [element.tag for element in page.elements if element.start < 0] == ["tbody"]


def test_an_element_knows_its_place() -> None:
    """Parent, position and context are those of the browser's tree."""
    page = parse(document('<p id="a" class="x  y">1</p><p>2</p>'))
    first, second = page.elements[2:]
    assert first.parent is second.parent is page.elements[1]
    assert (first.position, second.position) == (0, 1)
    assert first.classes == {"x", "y"}
    assert first.context == ((((None, "html", "", "")), "body", "", ""), "p", "a", "x  y")


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("<p>x</p>", '<p style="a:b">x</p>'),
        ("<p/>", '<p style="a:b"/>'),
        ("<p class=x/>", '<p style="a:b" class=x/>'),
        ("<P CLASS='x'>", "<P style=\"a:b\" CLASS='x'>"),
        ("<p style='c:d' id=x>", '<p style="a:b" id=x>'),
        ("<p STYLE = c:d id=x>", '<p style="a:b" id=x>'),
        ('<p title=" style=1" style="" id=x>', '<p title=" style=1" style="a:b" id=x>'),
        ('<p title="a > b" class="c">', '<p style="a:b" title="a > b" class="c">'),
        ('<p style="c:d" style="e:f">', '<p style="a:b" style="e:f">'),
        ("<!-- <p> --><p\nid=x>", '<!-- <p> --><p style="a:b"\nid=x>'),
        ("<textarea><p></textarea><p>", '<textarea><p></textarea><p style="a:b">'),
    ],
)
def test_a_style_is_written_into_the_start_tag(body: str, wanted: str) -> None:
    """Whatever way the tag is written, only its style attribute changes."""
    assert with_style(body, "p", "a:b") == wanted


def test_a_style_is_escaped() -> None:
    """What would end the attribute or begin a reference is escaped."""
    assert with_style("<p>", "p", "a:\"<&>'") == '<p style="a:&quot;&lt;&amp;&gt;\'">'


def test_all_style_elements_become_one() -> None:
    """The first one is replaced, the others go."""
    page = parse(document("x", head="<style>a{}</style><style type='text/css' media=print>b{}</style>"))
    assert [(sheet.css, sheet.media) for sheet in page.sheets] == [("a{}", ""), ("b{}", "print")]
    assert "<head><style>\nc\n</style></head>" in splice(page, [], "c\n")
    assert "<head></head>" in splice(page, [], "")


@pytest.mark.parametrize(
    ("doctype", "standards"),
    [
        ("<!doctype html>", True),
        ("\n<!-- x -->\n<!DOCTYPE HTML >", True),
        ('<!DOCTYPE html SYSTEM "about:legacy-compat">', True),
        (
            '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">',
            True,
        ),
        (
            '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN" "http://www.w3.org/TR/html4/loose.dtd">',
            True,
        ),
        ('<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN">', False),
        ('<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2//EN">', False),
        ("x<!doctype html>", False),
        ("", False),
    ],
)
def test_only_standards_doctypes_are_taken(page: Page, doctype: str, *, standards: bool) -> None:
    """A document that Chromium shows in quirks mode is refused."""
    text = document("").replace("<!doctype html>", doctype)
    page.set_content(text)
    assert (page.evaluate("document.compatMode") == "CSS1Compat") is standards
    if standards:
        assert parse(text).source == text
    else:
        with pytest.raises(TemplateError, match="standards doctype"):
            parse(text)


@pytest.mark.parametrize(
    "body",
    [
        "</p>",
        "<p><div></div></p>",
        "<b><p>x</b></p>",
        "<td>x</td>",
        "<table><p>x</p></table><html>",
    ],
)
def test_markup_that_browsers_repair_is_refused(body: str) -> None:
    """The error says where it is."""
    with pytest.raises(TemplateError, match=r"line \d of the document"):
        parse(document("\n" + body))


def test_text_moved_out_of_a_table_stays_where_it_is_written() -> None:
    """Browsers move it before the table; the source is not changed, so they do so again."""
    assert with_style("<table><p>x</p></table>", "p", "a:b") == '<table><p style="a:b">x</p></table>'


def test_elements_are_compared_by_identity() -> None:
    """Two elements alike are still two."""
    page = parse(document("<p></p><p></p>"))
    one, other = page.elements[2:]
    assert isinstance(one, Element)
    assert one != other
