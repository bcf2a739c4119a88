"""What an editor builds from Markdown, and what is told when it is misspelt."""

import pytest
from outlines import rendered

from pipeline.model import Severity


def _told(body: str) -> list[tuple[str, int, int]]:
    return [(finding.id, finding.line, finding.column) for finding in rendered(body).findings]


def test_a_button_is_a_link_with_a_mark() -> None:
    """`{.button}` directly behind a link makes it a button, wherever it stands."""
    html = rendered(
        "Go [on *now*](https://a.example){.button} or [b]{ .button }\n\n[b]: https://b.example"
    ).html
    assert '<a class="button" href="https://a.example">on <em>now</em></a>' in html
    assert '<a class="button" href="https://b.example">b</a>' in html


@pytest.mark.parametrize("kind", ["NOTE", "TIP", "IMPORTANT", "WARNING", "CAUTION", "note"])
def test_a_call_out_is_a_quote_with_a_title(kind: str) -> None:
    """GitHub's alerts become asides that say what they are."""
    assert rendered(f"> [!{kind}]\n> one\n> - two").html == (
        f'<aside class="callout callout-{kind.lower()}">\n<p class="callout-title">{kind.capitalize()}</p>\n'
        "<p>one</p>\n<ul>\n<li>two</li>\n</ul>\n</aside>"
    )


def test_a_call_out_may_leave_a_line_empty() -> None:
    """The title's line may stand alone."""
    assert '<p class="callout-title">Tip</p>\n<p>one</p>' in rendered("> [!TIP]\n>\n> one").html


def test_an_image_alone_is_a_figure() -> None:
    """An image alone in its paragraph is a figure; its title is the caption."""
    assert rendered('![a](https://a.example/b.png "It\'s c")').html == (
        '<figure><img alt="a" src="https://a.example/b.png"><figcaption>It’s c</figcaption>\n</figure>'
    )
    assert (
        rendered("![a](https://a.example/b.png)").html
        == '<figure><img alt="a" src="https://a.example/b.png"></figure>'
    )


def test_a_linked_image_alone_is_a_figure() -> None:
    """A link around the only image goes along."""
    html = rendered("[![a](https://a.example/b.png)](https://c.example)").html
    assert html.startswith('<figure><a href="https://c.example"><img')


def test_an_image_in_text_is_none() -> None:
    """An image with text beside it stays in its paragraph, and keeps its title."""
    assert rendered('a ![b](https://a.example/b.png "c")').html == (
        '<p>a <img alt="b" src="https://a.example/b.png" title="c"></p>'
    )


def test_a_pull_quote_is_a_quote_with_a_mark() -> None:
    """`{.pullquote}` in the last line of a quote marks it, with or without a paragraph of its own."""
    wanted = '<blockquote class="pullquote">\n<p>one</p>\n</blockquote>'
    assert rendered("> one\n> {.pullquote}").html == wanted
    assert rendered("> one\n>\n> {.pullquote}").html == wanted


def test_columns_hold_blocks() -> None:
    """Two columns hold whatever blocks stand between the marks."""
    assert rendered("a\n::: columns\n- b\n  - c\n+++\n```\n+++\n```\n:::\nd").html == (
        '<p>a</p>\n<div class="columns">\n<div class="column">\n<ul>\n<li>b\n<ul>\n'
        '<li>c</li>\n</ul>\n</li>\n</ul>\n</div>\n<div class="column">\n<pre><code>+++\n</code></pre>\n'
        "</div>\n</div>\n<p>d</p>"
    )


def test_a_divider_is_a_rule() -> None:
    """`---` between empty lines parts sections."""
    assert rendered("a\n\n---\n\nb").html == "<p>a</p>\n<hr>\n<p>b</p>"


def test_tasks_have_boxes() -> None:
    """Task lists show a box each, and no input field."""
    assert rendered("- [ ] a\n- [x] **b**\n- c").html == (
        '<ul class="tasks">\n<li class="task">☐ a</li>\n<li class="task">☑ <strong>b</strong></li>\n'
        "<li>c</li>\n</ul>"
    )


def test_loose_tasks_have_boxes_in_their_paragraphs() -> None:
    """The box stands in the first paragraph."""
    assert '<li class="task">\n<p>☐ a</p>\n<p>b</p>\n</li>' in rendered("1. [ ] a\n\n   b").html


def test_a_link_is_no_task() -> None:
    """`[x](...)` at the beginning of an item is a link."""
    assert "task" not in rendered("- [x](https://a.example) b").html


def test_definition_lists() -> None:
    """Terms with one or several meanings, a meaning with several paragraphs, and terms that share one."""
    assert rendered("a\nb\n: c\n: d\n\n  e\n\nf\n: g").html == (
        "<dl>\n<dt>a</dt>\n<dt>b</dt>\n<dd>c</dd>\n<dd>\n<p>d</p>\n<p>e</p>\n</dd>\n<dt>f</dt>\n<dd>g</dd>\n</dl>"
    )


def test_footnotes_stand_at_the_end_in_the_order_of_the_text() -> None:
    """A footnote that is referred to twice has two links back; its text may hold blocks."""
    html = rendered("a[^2] b[^1] c[^2]\n\n[^1]: one\n[^2]: two\n\n    - three").html
    assert '<sup id="fnref:2"><a class="footnote-ref" href="#fn:2">1</a></sup>' in html
    assert html.index("two") < html.index("one")
    assert 'href="#fnref2:2"' in html
    assert '<div class="footnote">\n<hr>\n<ol>' in html
    assert "<li>three</li>" in html


def test_tables_have_heads_with_scope() -> None:
    """A table's head cells say that they head a column; alignment goes along."""
    html = rendered("| a | b |\n|---|--:|\n| c |").html
    assert '<th scope="col">a</th>\n<th align="right" scope="col">b</th>' in html
    assert '<td>c</td>\n<td align="right"></td>' in html


def test_headings_have_anchors_as_on_github() -> None:
    """Small letters and hyphens, any script, numbered when they repeat, or as they ask for."""
    html = rendered("## Año & *two* -- x!\n## a\n## a\n## a-1\n## b {#own-id}\n## !!").html
    for name in ("año--two----x", "a", "a-1", "a-1-1", "own-id", "section"):
        assert f'<h2 id="{name}">' in html


def test_the_title_is_not_printed_twice() -> None:
    """A first heading that repeats the issue's title goes; another one stays."""
    title = "When one side of your back does all the work, and what two minutes can change"
    assert rendered(f"# {title.replace('back', '*back*').upper()}\n\na").html == "<p>a</p>"
    assert "<h1" in rendered(f"# Other\n\n# {title}").html
    assert "<h2" in rendered(f"## {title}").html


@pytest.mark.parametrize(
    ("body", "where", "mend"),
    [
        ("a\n\n[b](https://b.example){.buton}", (3, 23), "{.button}"),
        ("> a\n> {.pullqoute}", (2, 3), "{.pullquote}"),
        ("a {.button}", (1, 3), "directly behind a link"),
        ("> [!NOTES]\n> a", (1, 3), "[!NOTE]"),
        ("> [!NOTE] a", (1, 3), "on a line of its own"),
        ("> [!NOTE]", (1, 3), "next lines"),
        ("::: colums\na", (1, 1), "columns"),
        ("a\n\n::: columns\nb\n+++\nc", (3, 1), "a line of its own"),
        ("::: columns\nb\n:::", (1, 1), "a line of its own"),
        ("::: columns\nb\n+++\nc\n+++\nd\n:::", (5, 0), "side by side"),
        ("a\n\n+++", (3, 1), "columns begin with"),
        ("- a\n\n  ::: columns", (3, 3), "columns begin with"),
    ],
)
def test_a_misspelt_component_is_told_with_its_place(body: str, where: tuple[int, int], mend: str) -> None:
    """Nothing that was meant for a component is printed silently."""
    [finding] = rendered(body).findings
    assert (finding.id, finding.severity, (finding.line, finding.column)) == ("MD010", Severity.ERROR, where)
    assert mend in finding.hint


def test_other_marks_in_braces_stay_text() -> None:
    """Attributes that GitHub does not know cannot set style, class or handlers."""
    html = rendered(
        '[a](https://a.example){onclick="b"} ![c](https://c.example/d.png){width=3}\n\n# e {.f}'
    ).html
    assert "{onclick=“b”}" in html
    assert "{width=3}" in html
    assert '<h1 id="e-f">e {.f}</h1>' in html
