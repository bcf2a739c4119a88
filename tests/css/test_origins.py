"""Which declarations may have set a property on an element, and where they stand."""

import pytest

from pipeline.css.html5 import parse
from pipeline.css.origins import origins

HTML = (
    "<!doctype html><html><head><title>x</title></head><body>"
    '<div class="a"><p id="b" class="c d">x</p></div></body></html>'
)
PARAGRAPH = next(element for element in parse(HTML).elements if element.tag == "p")


@pytest.mark.parametrize(
    ("css", "name", "lines"),
    [
        ("p { color: red }", "color", [1]),
        ("p { color: red }", "opacity", []),
        ("div { color: red }", "color", []),
        ("\np,\n.a .c {\n  opacity: 1;\n  color: red;\n  color: blue\n}", "color", [5, 6, 5, 6]),
        ("@media (max-width: 9px) {\n @supports (x: y) {\n  p { color: red } } }", "color", [3]),
        ("p::before {\n content: 'x' }", "content", [2]),
        ("p:hover { color: red }\n[data-ogsc] p { color: blue }", "color", [1, 2]),
        ("p { margin: 0 }", "margin-left", [1]),
        ("p { overflow-x: hidden }", "overflow", [1]),
        ("p:not(.x, .y) { color: red }", "color", [1]),
        ("p { color: red", "color", [1]),
        ("p:fancy(1) { color: red }\n@font-face { color: red }\n}} p { color: red }", "color", []),
    ],
)
def test_lines_of_what_may_set_a_property(css: str, name: str, lines: list[int]) -> None:
    """Rules in groups, with states and for pseudo-elements too; what cannot be read is left out."""
    assert [origin.line for origin in origins(css, PARAGRAPH, name)] == lines


def test_an_origin_tells_its_value_selector_and_weight() -> None:
    """The weight orders as the cascade does, and says what stays in the head."""
    css = "#b {color: RED} .c {color: blue !important} .c.d {color: green} @media print {p {color: tan}}"
    found = origins(css, PARAGRAPH, "color")
    assert [(origin.selector, origin.value, origin.stays) for origin in found] == [
        ("#b", "red", False),
        (".c", "blue", False),
        (".c.d", "green", False),
        ("p", "tan", True),
    ]
    assert [origin.value for origin in sorted(found, key=lambda origin: origin.weight)] == [
        *("tan", "green", "red", "blue"),
    ]
