"""Selectors: what they match and weigh, with Chromium as the judge."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from computed import chromium
from pipeline.css.html5 import parse
from pipeline.css.selectornames import CASELESS
from pipeline.css.selectorparser import SelectorError, parse_selector

BODY = """
<div id="x" class="a b" lang="en-GB"><p class="a">1</p><p class="b c" title="k, .m#n">2</p>
<span>3</span><p>4</p></div>
<ul class="Big"><li>1</li><li class="a">2</li><li>3</li><li data-x="Hero" type="SQUARE">4</li></ul>
<table><tbody><tr><td align="CENTER">1</td><td class="md:w">2</td></tr>
<tr><td><a href="tel:1">3</a></td></tr></tbody></table>
<p title='say "hi"'><i>only</i></p><div><div><p id="1st" class="-a _b">deep <b class="ü">x</b></p></div></div>
"""
DOCUMENT = f"<!doctype html><html><head></head><body>{BODY}</body></html>"
SELECTORS = [
    *(
        "*",
        "p",
        "P",
        "html",
        "#x",
        ".a",
        ".Big",
        ".big",
        "p.a",
        ".a.b",
        "div#x.a",
        "[class]",
        "[title]",
        ":root",
    ),
    *(
        "div p",
        "div > p",
        "p + p",
        "p ~ p",
        "div p ~ span + p",
        "ul li",
        "body > *",
        "html body div div p b",
        "p",
    ),
    *(
        "[title='k, .m#n']",
        '[title="say \\"hi\\""]',
        "[class~=b]",
        "[lang|=en]",
        "[href^='tel:']",
        "[class$=c]",
    ),
    *(
        "[class*=' ']",
        "[class*='']",
        "[data-x=hero]",
        "[data-x=hero i]",
        "[align=center]",
    ),
    *("[type=square]", "[ title = 'x' ]", "[TITLE]", "[class~='b c']", "[class~='']"),
    *(
        "li:first-child",
        "li:last-child",
        "i:only-child",
        "p:first-of-type",
        "p:last-of-type",
        "span:only-of-type",
    ),
    *(
        "li:nth-child(2)",
        "li:nth-child(odd)",
        "li:nth-child(EVEN)",
        "li:nth-child(2n+1)",
        "li:nth-child( 3n - 1 )",
    ),
    *(
        "li:nth-child(-n+2)",
        "li:nth-child(n)",
        "li:nth-child(+3)",
        "li:nth-last-child(2)",
        "p:nth-of-type(2n)",
    ),
    *("p:nth-last-of-type(1)", "li:nth-child(0)", "li:nth-child(-2)", "li:NTH-CHILD(-N+1)"),
    *(":not(p)", "p:not(.a)", "p:not(.a, .b)", ":is(p, li).a", ":where(#x, .Big) > *", "p:not(div > p)"),
    *("li:not(:first-child):not(.a)", ":is(div, ul) :not(:is(.a, .b))", "p:not(:not(.a))", "div:not(.a *)"),
    *(".md\\:w", "#\\31 st", ".-a", "._b", ".ü", "#x > .a+.b", "table tr:nth-child(2) td:first-child a"),
]
WEIGHTS = {
    "*": (0, 0, 0),
    "p": (0, 0, 1),
    "p.a": (0, 1, 1),
    "#x .a[title] p:hover::before": (1, 3, 2),
    "a[href='#top']": (0, 1, 1),
    ":not(#x, .a) b": (1, 0, 1),
    ":is(p, .a.b)": (0, 2, 0),
    ":where(#x) p": (0, 0, 1),
    "li:nth-child(2n+1)": (0, 1, 1),
    "a:lang(en)": (0, 1, 1),
}


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    """A page in Chromium that shows DOCUMENT."""
    with chromium() as page:
        page.set_content(DOCUMENT)
        yield page


@pytest.mark.parametrize("text", SELECTORS)
def test_a_selector_matches_what_it_matches_in_a_browser(page: Page, text: str) -> None:
    """The same elements, in the same order."""
    selector = parse_selector(text)
    wanted = page.evaluate(
        """(text) => [document.documentElement, document.body, ...document.body.querySelectorAll("*")]
        .map((element) => element.matches(text))""",
        text,
    )
    assert [selector.matches(element) for element in parse(DOCUMENT).elements] == wanted
    assert not selector.dynamic


@pytest.mark.parametrize(("text", "weight"), WEIGHTS.items())
def test_a_selector_weighs_what_the_standard_says(text: str, weight: tuple[int, int, int]) -> None:
    """Ids, classes and types count; what stands in an attribute's value does not."""
    assert parse_selector(text).specificity == weight


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        ">",
        "p >",
        "p >> b",
        "p,b",
        ".",
        "#",
        ".1a",
        "[",
        "[x",
        "[x!=y]",
        "[x=]",
        "[x=y z]",
        "p:",
        "p::",
        "p:foo",
        "p::foo",
        ":foo(x)",
        "p:nth-child(x)",
        "p:nth-child(2n+1 of .a)",
        ":not()",
        ":not(",
        ":not(p",
        "svg|a",
        "a||b",
        "p:has(b)",
        "::before p",
        "p::before.a",
        ":not(::before)",
        "&",
        "p:hover(x)",
        "5",
    ],
)
def test_what_is_no_selector_is_refused(text: str) -> None:
    """What browsers refuse, and what we cannot judge, is an error."""
    with pytest.raises(SelectorError):
        parse_selector(text)


@pytest.mark.parametrize(
    ("text", "matched"),
    [
        ("p.a:hover", ["p"]),
        ("li:hover a", []),
        ("tr:hover a", ["a"]),
        ("p:not(:hover).a", ["p"]),
        ("[data-ogsc] p.a", ["p"]),
        ("u + .body b", ["b"]),
        ("#outlook a", ["a"]),
        ("a[x-apple-data-detectors]", ["a"]),
        (".ExternalClass > * i", ["i"]),
    ],
)
def test_a_dynamic_selector_matches_where_it_may(text: str, matched: list[str]) -> None:
    """A state, or a mark that a mail client adds, is taken as true."""
    selector = parse_selector(text)
    assert selector.dynamic
    elements = parse(DOCUMENT.replace("<body>", '<body class="body">')).elements
    assert [element.tag for element in elements if selector.matches(element)] == matched


def test_pseudo_elements_are_told_apart() -> None:
    """They are not the element itself; some may be written with one colon."""
    assert [parse_selector(f"p{text}").pseudo_element for text in ("::before", ":after", "::marker", "")] == [
        *("before", "after", "marker", "")
    ]


def test_the_attributes_compared_in_any_case_are_those_of_browsers(page: Page) -> None:
    """Chromium ignores case in the values of these attributes, and of no others."""
    others = {"alt", "class", "href", "id", "name", "role", "src", "style", "title", "width", "data-x"}
    caseless = page.evaluate(
        """(names) => names.filter((name) => {
            const element = document.createElement("i");
            element.setAttribute(name, "abc");
            return element.matches(`[${name}="ABC"]`);
        })""",
        sorted(CASELESS | others),
    )
    assert caseless == sorted(CASELESS)
