"""What is told about an issue's Markdown, and where."""

import pytest
from outlines import rendered

from pipeline.gfm.log import MOST
from pipeline.model import Finding, Severity

ERROR, WARNING = Severity.ERROR, Severity.WARNING

CASES = {
    "undefined label": ("a\n[b][c] d", "MD001", ERROR, (2, 1), "[c]: https://…"),
    "undefined label, nearest": (
        "[b][sleeep]\n\n[sleep]: https://a.example",
        "MD001",
        ERROR,
        (1, 1),
        "'sleep'",
    ),
    "undefined collapsed": ("a [b c][]", "MD001", ERROR, (1, 3), "[b c]:"),
    "undefined image": ("![b][c]", "MD001", ERROR, (1, 2), "[c]:"),
    "unknown merge tag": (
        "a {{ subscriber.firstname }}",
        "MD002",
        ERROR,
        (1, 3),
        "'subscriber.first_name'",
    ),
    "unknown merge tag in a link": (
        "[a](https://b.example/?{{c}})",
        "MD002",
        ERROR,
        (1, 24),
        "unsubscribe_url",
    ),
    "script": ("a\n\n<script>\nb\n</script>", "MD003", ERROR, (3, 1), "take it out"),
    "inline form": ("a <button>b</button>", "MD003", ERROR, (1, 3), "take it out"),
    "unknown element": ("a <font>b</font>", "MD003", WARNING, (1, 3), "its text is kept"),
    "handler": ('a <b onclick="c">d</b>', "MD003", ERROR, (1, 3), "left out"),
    "style attribute": ('a\n\n<p style="b">c</p>', "MD003", WARNING, (3, 1), "template decides"),
    "hidden": ("<p hidden>c</p>", "MD003", WARNING, (1, 1), "left out"),
    "never closed": ("a <b>c", "MD003", WARNING, (1, 3), "pair it up"),
    "closes nothing": ("a\n\n</td>", "MD003", WARNING, (3, 1), "pair it up"),
    "open comment": ("a\n\n<!-- b\nc", "MD003", ERROR, (3, 1), "-->"),
    "no alternative text": ("![ ](https://a.example/b.png)", "MD004", ERROR, (1, 1), "do not see it"),
    "raw image without one": (
        'a <img src="https://a.example/b.png">',
        "MD004",
        ERROR,
        (1, 3),
        "do not see it",
    ),
    "no such image": ("a\n\n![b](c.png)", "MD005", ERROR, (3, 1), "beside the issue"),
    "no target": ("[a]()", "MD006", ERROR, (1, 1), "address"),
    "relative target": ("a [b](c.html)", "MD006", ERROR, (1, 3), "https://"),
    "script as target": ("[a](javascript:b)", "MD006", ERROR, (1, 1), "https://"),
    "relative target of a raw link": ('a <a href="/b">c</a>', "MD006", ERROR, (1, 3), "https://"),
    "open bracket in a server's name": ("a [b](http://[::1)", "MD006", ERROR, (1, 3), "correct"),
    "a port that cannot be": ("a https://x.example:99999999/ b", "MD006", ERROR, (1, 3), "correct"),
    "a server that cannot be": ("<https://256.256.256.256/>", "MD006", ERROR, (1, 1), "correct"),
    "no server": ("a [b](https://)", "MD006", ERROR, (1, 3), "correct"),
    "an image's server": ("![b](https://[x)", "MD006", ERROR, (1, 1), "correct"),
    "mail to nobody": ("[a](mailto:)", "MD006", ERROR, (1, 1), "correct"),
    "a raw call to nobody": ('a <a href="tel:">b</a>', "MD006", ERROR, (1, 3), "correct"),
    "a header in a header": ("[a](mailto:x?subject=%0d%0aBcc:y)", "MD006", ERROR, (1, 1), "correct"),
    "a bare address of another kind": ("a\nftp://x.example b", "MD006", ERROR, (2, 1), "https://"),
    "another kind in angle brackets": ("a <ftp://x.example>", "MD006", ERROR, (1, 3), "https://"),
    "missing anchor": ("## One two\n\n[a](#one-twoo)", "MD007", ERROR, (3, 1), "'one-two'"),
    "defined twice": (
        "[a]\n\n[a]: https://b.example\n[A]: https://c.example",
        "MD008",
        WARNING,
        (4, 1),
        "rename",
    ),
    "footnote defined twice": ("[^a]\n\n[^a]: b\n[^a]: c", "MD008", WARNING, (4, 1), "rename"),
    "block tag": ("a {% if b %}", "MD009", WARNING, (1, 3), "backticks"),
    "braces": ("a {{ b.c() }}", "MD002", ERROR, (1, 3), "known are"),
    "stars and bars": ("a *|FNAME|*", "MD009", WARNING, (1, 3), "backticks"),
    "undefined footnote": ("a[^b]", "MD012", ERROR, (1, 2), "[^b]: text"),
    "only a comment": ("<!-- a -->", "MD014", ERROR, (1, 0), "below the front matter"),
    "only definitions": ("[a]: https://b.example", "MD014", ERROR, (1, 0), "below the front matter"),
    "only what nobody sees": ("&nbsp;&shy;\n\n***", "MD014", ERROR, (1, 0), "below the front matter"),
    "unused footnote": ("a\n\n[^b]: c", "MD013", WARNING, (3, 1), "take it out"),
}


@pytest.mark.parametrize("name", CASES)
def test_a_fault_is_told_with_its_place_and_how_to_mend_it(name: str) -> None:
    """Each fault gives one finding with rule, severity, line, column and a hint."""
    body, rule, severity, where, mend = CASES[name]
    [finding] = [found for found in rendered(body).findings if found.id == rule]
    assert (finding.severity, (finding.line, finding.column)) == (severity, where)
    assert mend in finding.hint
    assert finding.file == "issues/backs.md"
    assert not finding.message.endswith(".")


QUIET = {
    "defined labels": "[a][b] [b][] [b]\n\n[b]: https://a.example",
    "brackets in prose": "a[0] and [sic] and [x] and (see [1])",
    "merge tags": "{{ unsubscribe_url }} [a]({{ web_url }}) <{{ web_url }}> {{ subscriber.first_name }}",
    "a merge tag alone on its line": "<{{ unsubscribe_url }}>",
    "code spans": "`{{ a }} {% b %} [c][d] <script> {.e} [^f]`",
    "code blocks": "    {{ a }} [c][d]\n\n```\n{.e}\n:::\n```",
    "escaped": r"\[a\]\[b\] \<b>",
    "balanced raw HTML": '<div align="center">\n\n*a*\n\n</div>\n\nH<sub>2</sub>O',
    "optional end tags": "<table>\n<tr><td>a<td>b\n<tr><td>c\n</table>",
    "an anchor that is there": "[a](#año)\n\n# Año",
    "lines in a mail's body": "[a](mailto:?subject=b&body=c%0D%0Ad)",
    "a server's number": "[a](http://[::1]:8080/) [b](http://127.0.0.1/)",
    "only an image": "![a](https://b.example/c.png)",
    "links": "[a](mailto:a@b.example) [b](tel:+1555) [c](https://c.example)",
    "a comment": "a\n\n<!-- b -->\n\nc",
    "thoughts in brackets": "a [b] [c] (d)",
    "braces in prose": "a {b} {c: d}",
}


@pytest.mark.parametrize("name", QUIET)
def test_what_is_right_is_not_told(name: str) -> None:
    """Nothing that reads well on GitHub gives a finding."""
    assert rendered(QUIET[name]).findings == ()


def test_the_same_fault_twice_has_two_places() -> None:
    """Each occurrence is told where it stands."""
    found = rendered("[a][b] and [a][b]\n[a][b]").findings
    assert [(finding.line, finding.column) for finding in found] == [(1, 1), (1, 12), (2, 1)]


def test_lines_are_those_inside_lists_quotes_footnotes_and_columns() -> None:
    """The line is the file's, however deep the fault stands."""
    body = "- a\n  > b\n  > [c][d]\n\n[^1]\n\n[^1]: e\n\n    [f][g]\n\n"
    body += "::: columns\n| [h][i] |\n|---|\n| [j][k] |\n+++\n:::"
    assert [finding.line for finding in rendered(body).findings] == [3, 9, 12, 14]


def test_dropped_html_takes_nothing_along() -> None:
    """What stands between and behind refused tags is kept, save what is no text."""
    html = rendered(
        "a <textarea>b *c* <form>d\n\n<style>e</style>\n\n<plaintext>\n\nf </td></tr></table> g"
    ).html
    assert html == "<p>a b <em>c</em> d</p>\n\n\n<p>f  g</p>"


@pytest.mark.parametrize("tag", ["p", "div", "blockquote"])
def test_a_raw_block_in_a_paragraph_leaves_no_empty_one(tag: str) -> None:
    """The block ends the paragraph; that the paragraph's own end tag comes later shows nowhere."""
    assert rendered(f"a <{tag}>b</{tag}> c").html == f"<p>a </p><{tag}>b</{tag}> c"
    assert rendered(f"a <{tag}>b</{tag}>\n\nc").html == f"<p>a </p><{tag}>b</{tag}><p>c</p>"


def test_raw_tags_pair_up_within_one_item() -> None:
    """A tag that opens in one item and closes in another is left out at both ends."""
    fragment = rendered("- <div>a\n- b</div>\n- c </b>")
    assert "div" not in fragment.html
    assert [finding.id for finding in fragment.findings] == ["MD003", "MD003", "MD003"]


def test_findings_come_in_the_order_of_the_file() -> None:
    """An editor reads them from the top."""
    found = rendered("[^a]\n\n{{ b }}\n\n[c][d]\n\n![](e)").findings
    assert [finding.line for finding in found] == sorted(finding.line for finding in found)


def test_of_one_fault_only_so_many_are_told() -> None:
    """Who makes the same mistake a thousand times gets a list that can be read."""
    found: tuple[Finding, ...] = rendered("[a][b]\n\n" * 1000).findings
    assert len(found) == MOST
