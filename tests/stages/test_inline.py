"""Inlining: what a browser shows does not change, and nothing but styles changes in the document."""

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page

from computed import chromium, differences
from pipeline.disclaimers.registry import load_registry
from pipeline.disclaimers.select import select
from pipeline.errors import TemplateError
from pipeline.settings import load_settings
from pipeline.stages.inline import inline
from pipeline.stages.load import find_issue, load_issue
from pipeline.stages.render import render
from pipeline.stages.template import Theme

ROOT = Path(__file__).parents[2]
ISSUES = sorted([*(ROOT / "issues").glob("*.md"), *(ROOT / "issues").glob("*/index.md")])
DOCUMENTS = sorted((Path(__file__).parent / "inline_documents").glob("*.html"))
STYLES = re.compile(r"""\s+style\s*=\s*("[^"]*"|'[^']*')|<style.*?</style>""", re.IGNORECASE | re.DOTALL)


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    """A page in Chromium that reaches nothing outside."""
    with chromium() as page:
        yield page


def full(css: str, body: str) -> str:
    """Return a document with *css* in head."""
    return f"<!doctype html>\n<html><head><style>{css}</style></head><body>{body}</body></html>\n"


def inlined(css: str, body: str) -> str:
    """Return what inlining makes of *css* and *body*."""
    return inline(full(css, body), cache=None)


@pytest.mark.parametrize("path", DOCUMENTS, ids=[path.stem for path in DOCUMENTS])
def test_computed_styles_stay_the_same(page: Page, path: Path) -> None:
    """Every property of every element is the same before and after, at both widths, light and dark."""
    document = path.read_text(encoding="utf-8")
    assert differences(page, document, inline(document, cache=None)) == []


@pytest.mark.parametrize(
    ("name", "template"),
    [
        *((path.parent.name if path.stem == "index" else path.name, "") for path in ISSUES),
        *((ISSUES[0].parent.name, template) for template in ("digest", "notice")),
    ],
)
def test_our_own_mails_look_the_same(page: Page, name: str, template: str) -> None:
    """The promise holds for our issues, each in its template, and for every template."""
    newsletter = load_settings(ROOT)
    issue = load_issue(find_issue(name, newsletter), newsletter)
    issue = replace(issue, template=template or issue.template)
    registry = load_registry(newsletter.registry_path, newsletter.root)
    document = Theme(newsletter.templates_path, None).document(
        issue,
        render(issue, web_url="https://steady.example/x/", image_url=newsletter.image_url),
        settings=newsletter,
        selection=select(issue, newsletter, registry, on=date(2026, 12, 1)),
        web_url="https://steady.example/x/",
    )
    result = inline(document, cache=None)
    assert STYLES.sub("", result) == STYLES.sub("", document)
    assert differences(page, document, result) == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=[path.stem for path in DOCUMENTS])
def test_nothing_but_styles_changes(path: Path) -> None:
    """Without style attributes and style elements, source and result are the same text."""
    document = path.read_text(encoding="utf-8")
    result = inline(document, cache=None)
    assert STYLES.sub("", result) == STYLES.sub("", document)
    assert result != document


@pytest.mark.parametrize("path", DOCUMENTS, ids=[path.stem for path in DOCUMENTS])
def test_a_browser_makes_the_same_tree_of_it(page: Page, path: Path) -> None:
    """Tags, text and doctype mode are the same before and after."""
    document = path.read_text(encoding="utf-8")
    shapes = []
    for html in (document, inline(document, cache=None)):
        page.set_content(html)
        shapes.append(
            page.evaluate(
                """() => [document.compatMode, document.doctype.publicId, document.body.textContent,
                ...[...document.body.querySelectorAll("*")].map((e) => [e.parentNode.tagName, e.tagName])]"""
            )
        )
    assert shapes[0] == shapes[1]
    assert shapes[0][0] == "CSS1Compat"


@pytest.mark.parametrize(
    ("css", "body", "wanted"),
    [
        pytest.param(
            "p{color:red} @media (max-width:600px){p{color:blue !important}}",
            "<p>x",
            ["@media (max-width:600px){\np{color: blue !important}\n}", '<p style="color:red">'],
            id="1-media-keeps-important",
        ),
        pytest.param(
            "a{color:red}a:hover{color:blue}",
            "<a>x</a>",
            ["a:hover{color: blue !important}", '<a style="color:red">'],
            id="2-hover-wins",
        ),
        pytest.param(
            "p{margin:0}",
            '<p><a href="{{ unsubscribe_url }}">x</a><a href="*|UNSUB|*">y</a><a href="<%= url %>">z</a>',
            ['href="{{ unsubscribe_url }}"', 'href="*|UNSUB|*"', 'href="<%= url %>"'],
            id="5-7-merge-tags",
        ),
        pytest.param(
            "p{margin:0}",
            '<p><a href="mailto:?subject=Hi {{ n }}">x</a><a href="#top">y</a><a href="?q=grüße 1">z</a>',
            ['href="mailto:?subject=Hi {{ n }}"', 'href="#top"', 'href="?q=grüße 1"'],
            id="7-8-31-urls",
        ),
        pytest.param(
            "a{color:red}",
            '<a href="#"><table><tbody><tr><td>x</td></tr></tbody></table></a>',
            ['<a style="color:red" href="#"><table><tbody><tr><td>x</td></tr></tbody></table></a>'],
            id="9-link-round-a-table",
        ),
        pytest.param(
            "@font-face{font-family:X;src:url(x)} @keyframes k{to{top:0}} @supports (gap:1px){p{gap:1px}}",
            "<p>x",
            ["@font-face {font-family:X;src:url(x)}", "@keyframes k{to{top:0}}", "@supports (gap:1px){"],
            id="10-at-rules-stay",
        ),
        pytest.param(
            "a[href]{color:red}a{color:blue}",
            '<a href="#">x</a>',
            ['<a style="color:red" href="#">'],
            id="11-attribute-selectors-weigh",
        ),
        pytest.param(
            "a[href='#top']{color:red}.z.y{color:blue}",
            '<a class="z y" href="#top">x</a>',
            ['style="color:blue"'],
            id="12-no-id-in-a-value",
        ),
        pytest.param(
            "p{padding:1px;padding-top:2px}p.b{padding:5px}",
            '<p class="b">x',
            ['<p style="padding:5px"'],
            id="13-later-shorthand-wins",
        ),
        pytest.param(
            "td{padding-left:1px;padding:2px}td.a{padding-left:9px}",
            '<table><tbody><tr><td class="a">x</table>',
            ['<td style="padding:2px;padding-left:9px"'],
            id="14-later-longhand-wins",
        ),
        pytest.param(
            "p{color:red !important}",
            '<p style="color:blue">x',
            ['<p style="color:red !important">'],
            id="15-important-beats-the-attribute",
        ),
        pytest.param(
            "a[href*='unsub']{color:red} *{margin:0}",
            '<a href="unsub">x</a>',
            ['<a style="margin:0;color:red" href="unsub">'],
            id="16-stars",
        ),
        pytest.param(
            "p:not(.x){color:red} li:first-child a{color:red} .md\\:w{color:red} i:nth-child(3){margin:0}",
            '<p>x</p><ul><li><a>y</a></li></ul><i class="md:w">z</i>',
            ['<p style="color:red">', '<a style="color:red">', '<i style="color:red;margin:0"'],
            id="17-structure",
        ),
        pytest.param("p:not(.a,.b){color:red}", "<p>x", ['<p style="color:red">'], id="18-not-with-a-list"),
        pytest.param(
            "a[title='x,y']{color:red}",
            '<a title="x,y">x</a>',
            ['<a style="color:red" title="x,y">'],
            id="19-comma-in-a-value",
        ),
        pytest.param(
            "@media screen{@media (max-width:600px){p{color:red}}}",
            "<p>x",
            ["@media screen{\n@media (max-width:600px){\np{color: red !important}\n}\n}"],
            id="20-nested-media",
        ),
        pytest.param("p{}", '<p style="p">x', ['<p style="p">'], id="21-nothing-to-inline"),
        pytest.param("P.Big{color:red}", '<p class="Big">x', ['<p style="color:red"'], id="22-capitals"),
        pytest.param(
            "img{width:100%;height:auto} td{background-color:rgba(0,0,0,.5);width:calc(100% - 2px)}",
            '<img width="600"><table style="width:100% !important"><tbody><tr><td>x</table>',
            [
                '<img style="width:100%;height:auto" width="600">',
                "<td style=",
                '<table style="width:100% !important">',
            ],
            id="23-25-no-attributes-from-css",
        ),
        pytest.param(
            "@supports (color:red){p{color:rgb(0 0 0 / 50%)}}",
            "<p>x",
            ["p{color: rgb(0 0 0 / 50%) !important}"],
            id="26-modern-colour-stays",
        ),
        pytest.param(
            "p{background:#eee;background:linear-gradient(#fff,#000)}",
            "<p>x",
            ["background:#eee;background:linear-gradient(#fff,#000)"],
            id="27-fallback-kept",
        ),
        pytest.param(
            "p{margin:0}",
            '<p style="color:mtag7qweburlxz">x',
            ['style="margin:0;color:mtag7qweburlxz"'],
            id="28-merge-tag-in-a-style",
        ),
        pytest.param(
            "p{margin:0}",
            "<![if !mso]><p>y</p><![endif]><!--[if !mso]><!--><p>z</p><!--<![endif]-->",
            ['<![if !mso]><p style="margin:0">y</p><![endif]><!--[if !mso]><!--><p style="margin:0">z</p>'],
            id="29-revealed-conditional",
        ),
        pytest.param(
            "p{margin:0}",
            "<p>&nbsp;&zwnj;&shy;&mdash;",
            ["&nbsp;&zwnj;&shy;&mdash;"],
            id="30-entities",
        ),
        pytest.param(
            "p{margin:0}",
            "<p><svg viewBox='0 0 1 1'><linearGradient/></svg>",
            ["<svg viewBox='0 0 1 1'><linearGradient/></svg>"],
            id="33-svg-case",
        ),
        pytest.param(
            "p{mso-table-lspace:0pt;-webkit-hyphens:none}",
            "<p>x",
            ['style="mso-table-lspace:0pt;-webkit-hyphens:none"'],
            id="35-unknown-properties",
        ),
    ],
)
def test_what_inliners_get_wrong_comes_out_right(css: str, body: str, wanted: list[str]) -> None:
    """Each known pitfall of inlining has the right outcome (the numbers are those of our study)."""
    result = inlined(css, body)
    assert [part for part in wanted if part not in result] == []


def test_text_before_the_doctype_stays() -> None:
    """A comment and a doctype in lower case come out as they went in (rows 3 and 4)."""
    begin = "<!-- c -->\n<!doctype html>\n<html lang=en>"
    assert inline(begin + "<head></head><body></body></html>", cache=None).startswith(begin)


@pytest.mark.parametrize(
    ("document", "message"),
    [
        pytest.param("", "standards doctype", id="32-empty"),
        pytest.param("  \n", "standards doctype", id="32-blank"),
        pytest.param("<p>x</p>", "standards doctype", id="34-fragment"),
        pytest.param("<!doctype html><p>x</p>", "no <html> tag", id="34-fragment-with-doctype"),
        pytest.param("<!doctype html><html><body>x</body></html>", "no <head> tag", id="no-head"),
        pytest.param(full("@import url(x.css);", ""), "line 1 of the style sheet: @import", id="10-import"),
        pytest.param(full("\n\n@layer a{p{color:red}}", ""), "line 3 of the style sheet: @layer", id="layer"),
        pytest.param(full("p{color:red}", '<p style="p">'), "its style attribute", id="21-broken-attribute"),
        pytest.param(
            full("p{color:rgb(0 0 0 / 50%)}", ""), "does not read 'color: rgb", id="26-modern-colour"
        ),
        pytest.param(full("p{color:rgb(1,2)}", ""), "does not read 'color: rgb(1,2)'", id="cssutils-raises"),
        pytest.param(full("p{color:{{ brand }}}", ""), "line 1 of the style sheet", id="28-braces"),
        pytest.param(full("p{*zoom:1}", ""), "no declaration", id="hack"),
        pytest.param(full("p{color:}", ""), "no declaration", id="no-value"),
        pytest.param(full("p{color:red;&:hover{color:blue}}", ""), "a rule inside a rule", id="nesting"),
        pytest.param(full("p{color:red} }", ""), "cannot be read", id="brace-too-many"),
        pytest.param(full("a:has(b){color:red}", ""), "unknown pseudo-class :has()", id="has"),
        pytest.param(full("a:hover, a::-moz-x{color:red}", ""), "unknown pseudo-element", id="vendor-pseudo"),
        pytest.param(full("a,,b{color:red}", ""), "the selector ''", id="empty-selector"),
        pytest.param(
            full("@media print{p{color:red}}", '<p style="{">'), "its style attribute", id="broken-attribute"
        ),
        pytest.param(
            full("p{content:'\\3c/style>'} @media print{p{content:'\\3c/style>'}}", ""),
            "</style",
            id="escape",
        ),
        pytest.param(full("", "<link rel=stylesheet href=x.css>"), "linked style sheet", id="link"),
        pytest.param(full("", "<style>p{}</style>"), "does not stand in head", id="style-in-body"),
        pytest.param(
            full("tbody{color:red}", "<table><tr><td>x</table>"), "<tbody> that no template", id="tbody"
        ),
        pytest.param(full("", "<p><div>x</div></p>"), "browsers add a <p>", id="stray-end-tag"),
        pytest.param(full("", "<b><p>x</b></p>"), "do not make one element", id="misnested"),
        pytest.param(full("", "<body>x"), "do not make one element", id="second-body"),
        pytest.param(
            full("p{color:red} .a{color:blue}", '<!--[if mso]><p class="b a">x</p><![endif]-->'),
            "class 'a' stands in a conditional comment",
            id="class-in-a-comment",
        ),
    ],
)
def test_what_cannot_be_right_is_refused(document: str, message: str) -> None:
    """A document or sheet that would come out wrong raises, and the error says how to mend it."""
    with pytest.raises(TemplateError) as refused:
        inline(document, cache=None)
    assert message in refused.value.message
    assert refused.value.hint


def test_a_base_rule_above_a_media_rule_stays_above() -> None:
    """Where a stronger base rule used to beat a rule that stays, its declaration is made important."""
    result = inlined(
        "p.a{color:red} @media print{p{color:blue}}", '<p class="a">x</p><p style="color:green">y</p>'
    )
    assert '<p style="color:red !important" class="a">' in result
    assert '<p style="color:green !important">' in result


def test_what_lies_above_a_declaration_made_important_rises_with_it() -> None:
    """A longhand that used to beat a shorthand still does when the shorthand becomes important."""
    css = "p.a{padding:5px} @media print{p{padding-top:2px}}"
    result = inlined(css, '<p class="a" style="padding-left:9px">x</p>')
    assert 'style="padding:5px !important;padding-left:9px !important"' in result


def test_an_important_base_rule_does_not_stop_a_media_rule() -> None:
    """A media rule that used to beat an important base rule still does: the flag is left out inline."""
    result = inlined("p{color:red !important} @media print{p{color:blue !important}}", "<p>x")
    assert '<p style="color:red">' in result


def test_a_rule_between_two_that_stay_is_refused() -> None:
    """A declaration that beats one media rule and loses to another cannot be inlined; both are named."""
    css = "@media print{p{color:blue}}\n.a{color:red}\n@media screen{.a{color:green}}"
    with pytest.raises(TemplateError, match="cannot do both") as refused:
        inlined(css, '<p class="a">x')
    assert "line 4 of the document, <p>: 'color' of '.a' (line 2" in refused.value.message
    assert "'@media print p' (line 1 of the style sheet)" in refused.value.message
    assert "'@media screen .a' (line 3 of the style sheet)" in refused.value.message


def test_a_rule_between_two_of_one_condition_is_inlined() -> None:
    """It is harmless where the stronger rule covers the weaker one whenever that applies."""
    css = "@media print{p{padding-top:1px}}.a{padding:2px}@media print{.a{padding:3px}}"
    assert '<p style="padding:2px" class="a">' in inlined(css, '<p class="a">x')


def test_rules_that_stay_and_change_order_are_refused() -> None:
    """Of two rules that stay, one must not have won by !important alone."""
    css = "@media print{p{color:blue !important}} @media screen{.a{color:green}}"
    with pytest.raises(TemplateError, match="only by its !important"):
        inlined(css, '<p class="a">x')


def test_an_animated_property_is_refused_in_media() -> None:
    """What an animation sets must not become important, which would stop it."""
    with pytest.raises(TemplateError, match="is animated"):
        inlined("@keyframes k{to{opacity:0}} @media print{p{opacity:1}}", "<p>x")


def test_an_unused_rule_is_left_out_and_a_client_mark_is_not() -> None:
    """What matches nothing is not sent, unless a mail client may make it match."""
    result = inlined(".nobody{color:red} [data-ogsc] .x{color:blue} u + .body .y{color:green}", "<p>x")
    assert "nobody" not in result
    assert "[data-ogsc] .x{color: blue !important}" in result
    assert "u + .body .y{color: green !important}" in result


def test_line_ends_become_line_feeds() -> None:
    """CRLF and CR in the document are written as LF."""
    result = inline(full("p{margin:0}", "<p>a\r\nb\rc</p>"), cache=None)
    assert "a\nb\nc" in result


COLD = """
import sys
from pathlib import Path
from pipeline.stages.inline import inline
sys.stdout.write(inline(Path(sys.argv[1]).read_text(encoding="utf-8"), cache=Path(sys.argv[2])))
loaded = {name.partition(".")[0] for name in sys.modules}
sys.stderr.write(" ".join(sorted(loaded & {"premailer", "cssutils", "requests", "tinycss2", "lxml"})))
"""


def test_a_cold_process_with_the_sheet_on_disk_imports_no_premailer(tmp_path: Path) -> None:
    """The second process finds the compiled sheet and gives the same bytes without the slow imports."""
    command = [sys.executable, "-W", "error", "-c", COLD, str(DOCUMENTS[0]), str(tmp_path)]
    first = subprocess.run(command, capture_output=True, check=True)
    second = subprocess.run(command, capture_output=True, check=True)
    assert b"premailer" in first.stderr
    assert second.stderr == b""
    assert second.stdout == first.stdout


def test_the_order_of_hashes_does_not_show(tmp_path: Path) -> None:
    """Processes with different hash seeds write the same bytes."""
    command = [sys.executable, "-c", COLD, str(DOCUMENTS[-1]), str(tmp_path)]
    outputs = {
        subprocess.run(command, capture_output=True, check=True, env={"PYTHONHASHSEED": seed}).stdout
        for seed in ("1", "2", "3")
    }
    assert len(outputs) == 1


# ----- random documents -----

LONGHANDS = [
    *(f"{box}-{side}" for box in ("margin", "padding") for side in ("top", "right", "bottom", "left")),
    *(
        f"border-{s}-{part}"
        for s in ("top", "right", "bottom", "left")
        for part in ("width", "style", "color")
    ),
    *("color", "background-color", "background-image", "background-repeat", "font-size", "font-family"),
    *("font-weight", "font-style", "line-height", "text-decoration-line", "display", "width", "--x"),
]
VALUES = {
    "color": ["red", "#112233", "bogus", "oklch(0.5 0.1 20)", "inherit", "var(--x, green)"],
    "background": ["#eee", "none", "linear-gradient(#fff, #000)", "url(a.png) no-repeat", "red blue"],
    "background-color": ["#abc", "transparent", "rgba(0, 0, 0, .5)"],
    "padding": ["1px", "2px 3px", "0", "-1px"],
    "padding-top": ["5px", "1em"],
    "margin": ["0", "4px auto", "1px 2px 3px 4px"],
    "margin-left": ["9px", "auto"],
    "margin-inline-start": ["13px"],
    "border": ["0", "1px solid #ccc", "2px dashed"],
    "border-top": ["3px solid #0f0"],
    "border-color": ["#00f"],
    "font": ["bold 12px/1.5 serif", "italic 20px monospace"],
    "font-size": ["11px", "2em", "12"],
    "line-height": ["1.2", "30px", "-1"],
    "text-decoration": ["none", "underline"],
    "display": ["block", "inline-block"],
    "width": ["50%", "calc(100% - 20px)"],
    "--x": ["red", "#00f"],
}
SIMPLE = [
    *(".a", ".b", ".c", "#x", "[title]", "[title='k, .m#n']", ":first-child", ":last-child"),
    *(":nth-child(2n+1)", ":not(.a)", ":not(.a, #x)", ":is(.a, p)", ":where(.b)", ":nth-of-type(2)"),
]
CONDITIONS = ["(max-width: 600px)", "(prefers-color-scheme: dark)", "screen and (min-width: 601px)"]


def declarations(*, important: float) -> st.SearchStrategy[str]:
    """Draw a few declarations, a share of them important."""
    one = st.sampled_from([f"{name}: {value}" for name, values in VALUES.items() for value in values])
    flag = st.sampled_from([" !important"] * round(important * 10) + [""] * round(10 - important * 10))
    return st.lists(st.builds("{}{}".format, one, flag), min_size=1, max_size=4).map("; ".join)


def rules(*, important: float) -> st.SearchStrategy[str]:
    """Draw a rule with one or two selectors."""
    tag = st.sampled_from(["", "", "div", "p", "span", "*"])
    compound = st.builds("{}{}".format, tag, st.lists(st.sampled_from(SIMPLE), max_size=2).map("".join))
    compound = compound.map(lambda text: text or ".a")
    subject = st.builds("{}{}".format, compound, st.sampled_from(["", "", "", "", ":hover"]))
    left = st.lists(
        st.builds("{}{}".format, compound, st.sampled_from([" ", " > ", " + ", " ~ "])), max_size=1
    )
    selector = st.builds("{}{}".format, left.map("".join), subject)
    selectors = st.lists(selector, min_size=1, max_size=2).map(", ".join)
    return st.builds("{} {{ {} }}".format, selectors, declarations(important=important))


def documents() -> st.SearchStrategy[str]:
    """Draw a document with a style sheet of up to seven rules and a few nested elements."""
    media = st.builds(
        "@media {} {{ {} }}".format,
        st.sampled_from(CONDITIONS),
        st.lists(rules(important=0.8), min_size=1, max_size=2).map(" ".join),
    )
    base = rules(important=0.1)
    css = st.lists(st.one_of(base, base, media), min_size=1, max_size=7).map("\n".join)
    attributes = st.builds(
        "{}{}{}".format,
        st.sampled_from(["", ' class="a"', ' class="b"', ' class="a c"', ' class="b a"']),
        st.sampled_from(["", "", "", ' id="x"', ' title="k, .m#n"']),
        st.one_of(st.just(""), st.just(""), declarations(important=0.2).map(' style="{}"'.format)),
    )
    leaf = st.builds("<{0}{1}>x</{0}>".format, st.sampled_from(["p", "span"]), attributes)
    tree = st.recursive(
        leaf,
        lambda inner: st.builds(
            "<div{}>{}</div>".format, attributes, st.lists(inner, min_size=1, max_size=3).map("".join)
        ),
        max_leaves=5,
    )
    return st.builds(full, css, st.lists(tree, min_size=1, max_size=2).map("".join))


IN_FRAMES = """
([before, after, names]) => {
  const frame = (width) => {
    const made = document.createElement("iframe");
    made.style.cssText = `width: ${width}px; height: 800px; border: 0`;
    document.body.append(made);
    return made;
  };
  if (!window.frames_?.[0].isConnected) window.frames_ = [375, 800].map(frame);
  const styles = (frame, html) => {
    const inner = frame.contentDocument;
    inner.open(); inner.write(html); inner.close();
    return [...inner.querySelectorAll("html, body, body *")].map((element) => {
      const style = frame.contentWindow.getComputedStyle(element);
      return names.map((name) => element.tagName + " " + name + ": " + style.getPropertyValue(name));
    }).flat();
  };
  return window.frames_.flatMap((frame) => [":hover", ":nth-child(n)"].flatMap((state) => {
    const as = (html) => styles(frame, html.replaceAll(":hover", state));
    const [old, made] = [as(before), as(after)];
    const where = frame.style.width + " " + state;
    return old.flatMap((line, i) => line === made[i] ? [] : [`${where} ${line} -> ${made[i]}`]);
  }));
}
"""


def compare_random_documents(page: Page, examples: int) -> Counter[str]:
    """Inline random documents; fail where a style differs; return how many were inlined and refused."""
    seen: Counter[str] = Counter()

    # a failing case is small as it is; shrinking it through a browser takes minutes
    @settings(max_examples=examples, deadline=None, derandomize=True, database=None, phases=[Phase.generate])
    @given(documents())
    def the_outcome_is_the_same(document: str) -> None:
        try:
            result = inline(document, cache=None)
        except TemplateError:
            seen["refused"] += 1
            return
        seen["inlined"] += 1
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            # ":nth-child(n)" weighs what ":hover" does and is always true: the mail with all of it hovered
            assert page.evaluate(IN_FRAMES, [document, result, LONGHANDS]) == []

    page.set_content("<!doctype html><meta name=color-scheme content='light dark'><body>")
    the_outcome_is_the_same()
    return seen


def test_random_sheets_have_the_same_outcome(page: Page) -> None:
    """Random style sheets on random documents change no computed style, and few are refused."""
    seen = compare_random_documents(page, 150)
    assert seen["refused"] < 0.2 * seen.total()


@pytest.mark.long
def test_many_random_sheets_have_the_same_outcome(page: Page) -> None:
    """As above, with more of them."""
    seen = compare_random_documents(page, 2000)
    assert seen["refused"] < 0.2 * seen.total()
