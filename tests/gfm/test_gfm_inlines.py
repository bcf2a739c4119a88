"""What stands inside a line: emphasis, code, links, addresses, escapes, breaks."""

import pytest
from outlines import rendered

from pipeline.gfm.dialect import Dialect
from pipeline.gfm.emphasis import pairs
from pipeline.gfm.inlines import LeafInlines
from pipeline.gfm.log import Log

CASES = {
    "emphasis": ("*a* _b_ **c** __d__", "<em>a</em> <em>b</em> <strong>c</strong> <strong>d</strong>"),
    "both": ("***a***", "<em><strong>a</strong></em>"),
    "nested": ("**a *b* c**", "<strong>a <em>b</em> c</strong>"),
    "stars inside words": ("un*frigging*real", "un<em>frigging</em>real"),
    "underscores inside words": ("snake_case_word", "snake_case_word"),
    "a mark inside a word after an unclosed one": (
        "**a __b__ c_d_e ~~f~~",
        "**a <strong>b</strong> c_d_e <del>f</del>",
    ),
    "unlike length": ("a*b** ****c** d", "a*b** **<strong>c</strong> d"),
    "emphasis beside punctuation": ("**a:**b", "**a:**b"),
    "emphasis beside code and links": ("**`a`** *[b](https://b.example)*", None),
    "struck": ("~~a~~ ~b~ ~~~c~~~", "<del>a</del> <del>b</del> ~~~c~~~"),
    "about": ("~5 kg or ~10 kg", "~5 kg or ~10 kg"),
    "code": ("`a*b*` `` c`d `` ` e `", "<code>a*b*</code> <code>c`d</code> <code>e</code>"),
    "open code": ("`a *b*", "`a <em>b</em>"),
    "code over lines": ("`a\nb`", "<code>a b</code>"),
    "escapes": (r"\*a\* \_b\_ \`c\` \[d] \<e> \\", "*a* _b_ `c` [d] &lt;e&gt; \\"),
    "an escape before a letter": (r"C:\new", r"C:\new"),
    "entities": ("&copy; &mdash; &#42;a&#42; &#x2a;", "© — *a* *"),
    "an entity spelt out": ("&amp;copy; `&copy;` \\&copy;", "&amp;copy; <code>&amp;copy;</code> &amp;copy;"),
    "no entity": ("&nope; AT&T", "&amp;nope; AT&amp;T"),
    "less and more": ("1 < 2 > 0", "1 &lt; 2 &gt; 0"),
    "hard breaks": ("a  \nb\\\nc\nd", "a<br>\nb<br>\nc\nd"),
    "link": ("[a](https://b.example)", '<a href="https://b.example">a</a>'),
    "link with a title": (
        "[a](https://b.example 'c \"d\"')",
        '<a href="https://b.example" title="c &quot;d&quot;">a</a>',
    ),
    "link with brackets": ("[a](https://b.example/c_(d))", '<a href="https://b.example/c_(d)">a</a>'),
    "link with blanks": ("[a](<https://b.example/c d>)", '<a href="https://b.example/c%20d">a</a>'),
    "link with an ampersand": (
        "[a](https://b.example/?c=1&copy=2)",
        '<a href="https://b.example/?c=1&amp;copy=2">a</a>',
    ),
    "no link": ("[a] (https://b.example", "[a] (<a"),
    "link with emphasis": (
        "[*a* `b`](https://c.example)",
        '<a href="https://c.example"><em>a</em> <code>b</code></a>',
    ),
    "link in a link": (
        "[a [b](https://b.example) c](https://c.example)",
        '[a <a href="https://b.example">b</a> c](',
    ),
    "linked image": (
        "x [![a](https://a.example/b.png)](https://c.example)",
        '<a href="https://c.example"><img alt="a" src="https://a.example/b.png"></a>',
    ),
    "alternative text is plain": ("x ![*a* `b`](https://a.example/b.png)", 'alt="a b"'),
    "address in brackets": ("<https://a.example/?b&c>", '<a href="https://a.example/?b&amp;c">'),
    "mail in brackets": ("<a@b.example>", '<a href="mailto:a@b.example">a@b.example</a>'),
    "bare address": (
        "See https://a.example/b_c_d.",
        '<a href="https://a.example/b_c_d">https://a.example/b_c_d</a>.',
    ),
    "bare address with brackets": (
        "(https://a.example/b_(c))",
        '(<a href="https://a.example/b_(c)">https://a.example/b_(c)</a>)',
    ),
    "bare address in emphasis": ("**https://a.example**", '<strong><a href="https://a.example">'),
    "bare www": ("www.a.example/b, c", '<a href="http://www.a.example/b">www.a.example/b</a>, c'),
    "bare mail": ("write to a.b@c.example.", '<a href="mailto:a.b@c.example">a.b@c.example</a>.'),
    "no address": ("a@b and http:// and awww.c.example", "a@b and http:// and awww.c.example"),
    "bare address in a link": (
        "[https://a.example](https://b.example)",
        '<a href="https://b.example">https://a',
    ),
    "bare address with an entity": ("https://a.example/?b&amp;c", '<a href="https://a.example/?b&amp;c">'),
    "dashes in an address stay": ("https://a.example/b--c", ">https://a.example/b--c<"),
    "raw inline": ("a <kbd>b</kbd> <mark>c</mark>", "a <kbd>b</kbd> <mark>c</mark>"),
    "Markdown inside raw": ("<b>*a*</b>", "<b><em>a</em></b>"),
}


@pytest.mark.parametrize("name", CASES)
def test_a_line_reads_as_on_github(name: str) -> None:
    """Marks inside a line become the elements that GitHub makes of them."""
    source, wanted = CASES[name]
    html = rendered(source).html
    assert (wanted or "<strong><code>a</code></strong> <em><a ") in html


REFERENCES = """\
[One][], [text][ONE], [one], ![image][pic], [a\\]b]

[one]: https://one.example "Title"
[pic]: <https://one.example/a b.png>
[a\\]b]: https://two.example
"""


def test_references_find_their_definitions_in_any_case() -> None:
    """Full, collapsed and shortcut references work for links and images."""
    html = rendered(REFERENCES).html
    assert html.count('href="https://one.example" title="Title"') == 3
    assert 'src="https://one.example/a%20b.png"' in html
    assert '<a href="https://two.example">a]b</a>' in html


def test_the_first_of_two_definitions_counts() -> None:
    """A second definition of the same label changes nothing."""
    assert "https://one.example" in rendered("[a]\n\n[a]: https://one.example\n[A]: https://two.example").html


@pytest.mark.parametrize(
    ("text", "found"),
    [("*a*", ["em"]), ("**a*", ["em"]), ("*a **b** c*", ["em", "strong"]), ("a_b_c", []), ("~~a~", [])],
)
def test_marks_are_paired_from_outside_in(text: str, found: list[str]) -> None:
    """Pairs come in the order in which they begin, an outer one before an inner one."""
    assert [pair.tag for pair in pairs(text)] == found


class _Unguarded(LeafInlines):
    """The inline machinery as python-markdown has it: every pattern is tried on every text."""

    def _needed(self, _text: str) -> list[object]:  # type: ignore[override]
        return [pattern for pattern, _marks in self._guarded]


CORPUS = [source for source, _ in CASES.values()]
CORPUS += [REFERENCES, "plain", "a  \nb", "| a | `b` |\n|-|-|\n| *c* | d |", "a[^b] <i>c</i>\n\n[^b]: *d*"]


def _letter(dialect: Dialect, body: str) -> str:
    return dialect.letter(body, log=Log("", body.split("\n"), 1), images={}, image_url=str, title="")


def test_leaving_out_patterns_that_cannot_match_changes_no_byte() -> None:
    """A pattern whose mark does not occur in a text may be skipped."""
    guarded, unguarded = Dialect(), Dialect()
    unguarded._inlines.__class__ = _Unguarded  # noqa: SLF001 -- no public way to try every pattern
    assert [_letter(guarded, body) for body in CORPUS] == [_letter(unguarded, body) for body in CORPUS]
