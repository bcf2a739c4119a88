"""The stage as a whole: order, merge tags, images, lines, and one parser for many issues."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from letter import ISSUE
from pipeline.mergetags import Tag, tags, token
from pipeline.model import Fragment, Image, Severity
from pipeline.stages.render import render

WALK = Image("walk.png", Path("walk.png"), "0" * 64, 1200, 800, "png")


def _rendered(body: str, *, web_url: str = "", mark_lines: bool = False, line: int = 1) -> Fragment:
    issue = replace(ISSUE, body=body, body_line=line, images={"walk.png": WALK, "a b.png": WALK})
    return render(
        issue,
        web_url=web_url,
        image_url=lambda image: f"https://a.example/{image.sha256[:4]}.{image.format}",
        mark_lines=mark_lines,
    )


def test_merge_tags_are_tokens_in_text_and_links() -> None:
    """Tokens stand wherever a tag stood, and a link may lead to one."""
    fragment = _rendered(
        'Hi {{ subscriber.first_name | default("friend") }}, [go]({{ unsubscribe_url }}){.button}'
    )
    assert f'<a class="button" href="{token(Tag("unsubscribe_url"))}">go</a>' in fragment.html
    assert tags(fragment.html)[0] == Tag("subscriber.first_name", "friend")
    assert fragment.findings == ()


def test_our_own_permalink_is_put_in() -> None:
    """`{{ web_url }}` is the permalink where there is one."""
    fragment = _rendered("[a]({{ web_url }}) {{ web_url }}", web_url="https://a.example/b/")
    assert fragment.html.count('href="https://a.example/b/"') == 2


@pytest.mark.parametrize(
    "source", ["![a](walk.png)", "![a](<a b.png>)", "![a](a%20b.png)", '<img src="walk.png" alt="a">']
)
def test_an_issues_image_has_its_address_and_size(source: str) -> None:
    """Local images are referred to where they are published, with the file's size."""
    fragment = _rendered(source)
    for attribute in ('src="https://a.example/0000.png"', 'width="1200"', 'height="800"', 'alt="a"'):
        assert attribute in fragment.html
    assert fragment.findings == ()


BODY = """\
# One

two
three

- four
  - five

> six

| a |
|---|
| b |

```
seven
```
"""


def test_blocks_tell_their_lines_when_asked() -> None:
    """`data-line` is the line in the issue's file on which the block begins."""
    html = _rendered(BODY, mark_lines=True, line=11).html
    for start in (
        '<h1 data-line="11"',
        '<p data-line="13"',
        '<ul data-line="16"',
        '<li data-line="17"',
        '<blockquote data-line="19"',
        '<table data-line="21"',
        '<td data-line="23"',
        '<pre data-line="25"',
    ):
        assert start in html


def test_lines_change_nothing_else() -> None:
    """Without the marks both are the same bytes."""
    marked = _rendered(BODY, mark_lines=True).html
    plain = _rendered(BODY).html
    for number in range(1, 20):
        marked = marked.replace(f' data-line="{number}"', "")
    assert marked == plain
    assert "data-line" not in plain


def test_raw_html_cannot_mark_lines() -> None:
    """Only we write `data-line`, and never into sent bytes."""
    assert "data-line" not in _rendered('<p data-line="1">a</p>').html
    assert 'data-line="1"' not in _rendered('<p data-line="1">a</p>', mark_lines=True, line=7).html


def test_raw_tags_tell_their_lines_when_asked() -> None:
    """Those of a raw block their own line, those within a text its first one; unmarked they are the same."""
    body = 'Some <s>struck</s>\n<b>words</b>\n\n<div align="center">\n<p>raw\n<br>text</p>\n</div>'
    html = _rendered(body, mark_lines=True, line=11).html
    for tag in (
        '<s data-line="11"',
        '<div align="center" data-line="14"',
        '<p data-line="15"',
        '<br data-line="16"',
    ):
        assert tag in html
    assert re.sub(r' data-line="[0-9]+"', "", html) == _rendered(body).html


def test_the_same_issue_gives_the_same_bytes() -> None:
    """Nothing of an issue stays behind in the parser."""
    other = "[a][b]\n\n# c\n\n**d\n\n[b]: https://b.example\n\n[^1]\n\n[^1]: e\n\n<b>\n"
    first = _rendered(BODY + other)
    _rendered("[b] [^1] # c ** <i>\n\n::: columns\n> ```")
    assert _rendered(BODY + other) == first


def test_threads_do_not_meet() -> None:
    """Several issues may be rendered at a time."""
    bodies = [f"# a{number}\n\n[b][] *c*\n\n[b]: https://{number}.example\n" * 20 for number in range(16)]
    alone = [_rendered(body) for body in bodies]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(_rendered, bodies)) == alone


@pytest.mark.parametrize("body", ["", "\n\n", "   ", "\x00\x02\x03\x1b", "<!-- a -->"])
def test_an_empty_body_is_an_empty_fragment(body: str) -> None:
    """Nothing to show is nothing, and stops the issue."""
    fragment = _rendered(body, line=7)
    assert fragment.html.strip() == ""
    assert [(found.id, found.severity, found.line) for found in fragment.findings] == [
        ("MD014", Severity.ERROR, 7)
    ]


FORGED = [
    "mtag7&#113;unsubscribeurlxz",
    "mtag7&#x71;subscriberfirstnamexffz",
    "mtag7<!-- -->qweburlxz",
    "mtag7<b></b>qunsubscribeurlxz",
    "mtag7</b>qunsubscribeurlxz",
    "mtag7**q**unsubscribeurlxz",
    "mtag7&shy;qunsubscribeurlxz",
    "m\u200btag7qunsubscribeurlxz",
    "mtag7\x00qunsubscribeurlxz",
    "# mtag7!qunsubscribeurlxz",
    "<div>mtag7&#113;unsubscribeurlxz</div>",
    "[a](mtag7&#113;unsubscribeurlxz)",
    "[a](mailto:mtag7%71unsubscribeurlxz@b.example)",
    "![mtag7&shy;qunsubscribeurlxz](https://b.example/c.png)",
]


@pytest.mark.parametrize("source", FORGED)
def test_a_merge_tag_that_nobody_wrote_stops_the_issue(source: str) -> None:
    """Whatever a token is put together from, and though the same tag is written elsewhere."""
    found = _rendered("{{ unsubscribe_url }}\n\n" + source, line=7).findings
    assert [finding.line for finding in found if finding.id == "MD002" and finding.severity.stops] == [9]


def test_a_merge_tag_made_over_lines_is_told_for_the_whole_body() -> None:
    """Where no single line shows it, the first one is named."""
    found = _rendered("a\n\nmtag7<b\nlang=a></b>qunsubscribeurlxz", line=7).findings
    assert [(finding.id, finding.line) for finding in found] == [("MD002", 7)]


def test_findings_show_merge_tags_as_they_are_written() -> None:
    """An editor knows braces, not tokens."""
    [found] = _rendered('[a](b/{{ subscriber.first_name | default("c") }})').findings
    assert "'b/{{ subscriber.first_name }}'" in found.message


def test_issue_text_is_data() -> None:
    """Template syntax is shown, never run."""
    assert "{{ 7 * 7 }} {% raw %} {# a #}" in _rendered("{{ 7 * 7 }} {% raw %} {# a #}").html
