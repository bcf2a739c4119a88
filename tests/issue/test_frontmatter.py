"""Bytes are parted into front matter and body, or refused; metadata never becomes text."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.errors import IssueError
from pipeline.findings import Findings
from pipeline.issue.frontmatter import MAX_BYTES, MAX_FRONT_MATTER
from pipeline.issue.nodes import Unreadable
from pipeline.issue.yamltree import parse_yaml
from pipeline.mergetags import PREFIX
from pipeline.model import Finding, Issue
from pipeline.settings import load_settings
from pipeline.stages.load import parse_issue

ROOT = Path(__file__).parents[2]
SETTINGS = load_settings(ROOT)


def read(source: str | bytes) -> Issue:
    """Read an issue as the file 2026-12-01-back.md would be."""
    data = source if isinstance(source, bytes) else source.encode()
    return parse_issue(data, SETTINGS.issues_path / "2026-12-01-back.md", SETTINGS)


def findings(source: str | bytes) -> tuple[Finding, ...]:
    """Return why an issue is refused."""
    with pytest.raises(IssueError) as caught:
        read(source)
    return caught.value.findings


@pytest.mark.parametrize(
    ("source", "body", "body_line"),
    [
        ("---\ntitle: A\n---\nHello\n", "Hello\n", 4),
        ("---\ntitle: A\n---", "", 4),
        ("\ufeff---\ntitle: A\n---\nHello\n", "Hello\n", 4),
        ("---\r\ntitle: A\r\n---\r\nHello\r\nyou", "Hello\nyou", 4),
        ("---\rtitle: A\r---\rHello\ryou", "Hello\nyou", 4),
        ("\n\n--- \ntitle: A\n---\t\nHello", "Hello", 6),
        ("---\ntitle: A\n...\nHello", "Hello", 4),
        ("---\ntitle: A\n---\n\nHello\n\n---\nmore", "\nHello\n\n---\nmore", 4),
        ("---\n# note\ntitle: A\n---\nHello", "Hello", 5),
        ("+++\ntitle = 'A'\n+++\nHello", "Hello", 4),
    ],
    ids=["plain", "no body", "BOM", "CRLF", "lone CR", "blanks", "dots", "rule in body", "comment", "TOML"],
)
def test_front_matter_and_body_are_parted(source: str, body: str, body_line: int) -> None:
    """Line ends are normalised, a byte order mark is dropped, and the body's line is the file's."""
    issue = read(source)
    assert (issue.title, issue.body, issue.body_line) == ("A", body, body_line)


@pytest.mark.parametrize(
    ("source", "rule", "line", "words"),
    [
        (b"", "FM005", 1, "the file is empty"),
        (b" \r\n\t\n", "FM005", 1, "the file is empty"),
        (b"\xef\xbb\xbf", "FM005", 1, "the file is empty"),
        (b"---\ntitle: caf\xe9\n---\n", "FM003", 2, "not UTF-8: byte 0xe9 at offset 14"),
        ("---\ntitle: A\n---\n".encode("utf-16"), "FM003", 1, "byte 0xff at offset 0"),
        (b"---\r\ntitle: A\r\n---\r\nB\0\r\n", "FM004", 4, "U+0000"),
        ("---\ntitle: A\n---\nB\n\x0cC\x85", "FM004", 5, "U+000C (and 1 more like it)"),
        ("---\ntitle: A\u2028status: ready\n---\n", "FM004", 2, "U+2028"),
        ("# Hello\n", "FM006", 1, "no front matter: the file begins with '# Hello'"),
        ("\nTitle: A\nDate: 2026-12-01\n\nHello\n", "FM006", 2, "metadata without front matter fences"),
        ("Preview-text: A\n\nHello\n", "FM006", 1, "metadata without front matter fences"),
        ("----\ntitle: A\n----\nHello", "FM006", 1, "no front matter"),
        ('{"title": "A"}\n\nHello', "FM006", 1, "no front matter"),
        ("---\ntitle: A\n\nHello\n", "FM007", 1, "begins with --- here and never ends"),
        ("---\ntitle: A\n ---\nHello\n", "FM007", 1, "never ends"),
        ("+++\ntitle = 'A'\n---\nHello\n", "FM007", 1, "begins with +++ here and never ends"),
        ("---\ntitle: A\n---\n\n---\nsubject: B\n---\nHello", "FM008", 5, "begins with ---"),
        ("---\ntitle: A\n---\n+++\nsubject = 'B'\n+++\nHello", "FM008", 4, "begins with +++"),
        ("---\ntitle: A\n...\n  ---\nHello", "FM008", 4, "begins with ---"),
        ("---\ntitle: A\n---\nStatus: ready\n\nHello", "FM008", 4, "metadata: 'Status: ready'"),
        ("---\ntitle: A\n---\npreview-text: B\nHello", "FM008", 4, "metadata: 'preview-text: B'"),
        ("---\n---\nHello", "FM011", 2, "front matter is empty"),
        ("---\n# a comment\n---\nHello", "FM011", 2, "front matter is empty"),
        ("---\n- title\n- A\n---\nHello", "FM011", 2, "must be keys with values"),
        ("---\ntitle:A\n---\nHello", "FM011", 2, "must be keys with values"),
        (f"---\ntitle: A\n---\na\nb {PREFIX}x", "FM037", 5, "kept for merge tags"),
        (f"---\ntitle: {PREFIX}\n---\n", "FM037", 2, "kept for merge tags"),
        ('---\ntitle: "\\x6dtag7q"\n---\n', "FM037", 2, "kept for merge tags"),
    ],
)
def test_a_file_that_is_no_issue_is_refused_with_its_line(
    source: str | bytes, rule: str, line: int, words: str
) -> None:
    """Nothing is silently emptied, and nothing of it becomes text."""
    (finding,) = findings(source)
    assert (finding.id, finding.line) == (rule, line)
    assert words in finding.message
    assert finding.hint
    assert finding.file == "issues/2026-12-01-back.md"


def test_a_file_at_the_limit_is_read_and_one_byte_more_is_refused() -> None:
    """Five mebibytes."""
    head = b"---\ntitle: A\n---\n"
    assert len(read(head.ljust(MAX_BYTES, b"x")).body) == MAX_BYTES - len(head)
    (finding,) = findings(head.ljust(MAX_BYTES + 1, b"x"))
    assert (finding.id, finding.line) == ("FM002", 1)


def test_front_matter_at_the_limit_is_read_and_one_character_more_is_refused() -> None:
    """A body that slipped into the front matter is noticed."""
    front = "title: A\n# "
    assert read(f"---\n{front.ljust(MAX_FRONT_MATTER, 'x')}\n---\nHello").title == "A"
    (finding,) = findings(f"---\n{front.ljust(MAX_FRONT_MATTER + 1, 'x')}\n---\nHello")
    assert finding.id == "FM009"


@pytest.mark.parametrize(
    ("yaml_text", "rule", "line", "message", "hint"),
    [
        ("title: Sleep: a start", "FM010", 2, "mapping values", 'title: "Sleep: a start"'),
        ("title: @home", "FM010", 2, "cannot start any token", 'title: "@home"'),
        ("title: *bold* move", "FM010", 2, "front matter is not YAML", 'title: "*bold* move"'),
        ("title: [Sleep] well", "FM010", 2, "front matter is not YAML", 'title: "[Sleep] well"'),
        ('title: "Sleep" well', "FM010", 2, "front matter is not YAML", "quotes, colons and indentation"),
        ("title: A\nsubject: 'B\nstatus: draft", "FM010", 3, "front matter is not YAML", "quotes"),
        ("\ttitle: A", "FM010", 2, "a tab indents this line", "spaces"),
        ("title: A\ntopics:\n \t- b", "FM010", 4, "a tab indents this line", "spaces"),
        ("title: A\n--- B", "FM010", 3, "a second YAML document", "remove this line"),
        ("%YAML 1.1", "FM010", 2, "front matter is not YAML", "this line"),
        ("title: A\ntitle: B", "FM012", 3, "title is given twice: on line 2 and here", "keep one"),
        ("image: {src: a, alt: b, src: c}\ntitle: A", "FM012", 2, "src is given twice", "keep one"),
        ("title: !important A", "FM013", 2, "begins with !", 'title: "!important A"'),
        ("title: &amp A", "FM013", 2, "begins with &", 'title: "&amp A"'),
        ("title: A\nsubject: *star", "FM013", 3, "begins with *", 'subject: "*star"'),
        ("title: A\nx_deep: [[[[[[1]]]]]]", "FM009", 3, "nested too deeply", "keep it flat"),
        ("title: A\n? [b]\n: c", "FM021", 3, "a key must be one word", "brackets"),
    ],
)
def test_what_yaml_would_misread_is_refused_with_a_remedy(
    *, yaml_text: str, rule: str, line: int, message: str, hint: str
) -> None:
    """The hint can be pasted wherever quotes are what is missing."""
    finding = findings(f"---\n{yaml_text}\n---\nHello\n")[0]
    assert (finding.id, finding.line) == (rule, line)
    assert message in finding.message
    assert hint in finding.hint


def test_a_billion_laughs_are_refused_before_they_grow() -> None:
    """No alias is ever followed."""
    laughs = "\n".join(f"x_{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12))
    seen = findings(f"---\ntitle: A\nx_0: &a0 ha\n{laughs}\n---\n")
    assert {finding.id for finding in seen} == {"FM013"}


@pytest.mark.parametrize("opening", ["[", "{", "- ", "? ", "[{", "a: {"])
def test_deep_nesting_ends_at_once(opening: str) -> None:
    """The parser is stopped at the seventh level, long before its own bounds."""
    seen = findings(f"---\nx_a: {opening * 10_000}\n---\n")
    assert seen[0].id in ("FM009", "FM010")


@pytest.mark.parametrize(
    ("toml_text", "rule", "line", "message"),
    [
        ("title = 'A'\nsubject = B", "FM010", 3, "front matter is not TOML: invalid value"),
        (
            "title = 'A'\n[image]\nsrc = 'a'\nsrc = 'b'",
            "FM012",
            5,
            "image.src is given twice: on line 4 and here",
        ),
        ("title = 'A'\nsubjct = 'B'", "FM014", 3, "unknown key 'subjct'"),
        (f"number = {'9' * 5000}", "FM010", 2, "front matter is not TOML"),
        (f"x_a = {'[' * 9000}", "FM009", 2, "nested too deeply"),
        ("x_a = [[[[[[[1]]]]]]]", "FM010", 2, "nested too deeply"),
        ("title: A", "FM010", 2, "front matter is not TOML"),
    ],
)
def test_toml_that_is_wrong_is_refused_with_its_line(
    toml_text: str, rule: str, line: int, message: str
) -> None:
    """TOML is held to the same rules as YAML."""
    finding = findings(f"+++\n{toml_text}\n+++\nHello\n")[0]
    assert (finding.id, finding.line) == (rule, line)
    assert message in finding.message


SCALARS = st.from_regex(re.compile(r"[ -~äß€😀]{1,20}"), fullmatch=True)
VALUES = st.recursive(
    SCALARS | st.integers() | st.booleans() | st.none() | st.dates() | st.datetimes() | st.floats(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(SCALARS, inner, max_size=3),
    max_leaves=6,
)
KEYS = st.sampled_from(
    [
        "title",
        "id",
        "slug",
        "number",
        "date",
        "send_at",
        "status",
        "image",
        "waivers",
        "topics",
        "x_a",
        "nmuber",
    ]
)


def read_or_refused(source: bytes) -> Issue | None:
    """Read an issue; if it is refused, hold the refusal to its promise."""
    try:
        issue = read(source)
    except IssueError as err:
        assert err.findings
        assert all(finding.line >= 1 and finding.message and finding.hint for finding in err.findings)
        return None
    assert not re.match(r"\s*(---|\+\+\+)[ \t]*(\n|$)", issue.body)
    return issue


@settings(deadline=None, derandomize=True, max_examples=300)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    """No bytes whatsoever give a traceback; they are no issue by chance."""
    assert read_or_refused(data) is None


@settings(deadline=None, derandomize=True, max_examples=300)
@given(st.sampled_from(["---", "+++"]), st.text(max_size=120), st.text(max_size=60))
def test_any_text_between_fences_is_read_or_refused(fence: str, front: str, body: str) -> None:
    """Whatever stands in the block, what is read has a title."""
    issue = read_or_refused(f"{fence}\n{front}\n{fence}\n{body}".encode("utf-8", "surrogatepass"))
    assert issue is None or issue.title


@settings(deadline=None, derandomize=True, max_examples=300)
@given(st.dictionaries(KEYS, VALUES, max_size=6))
def test_any_yaml_structure_is_read_or_refused(values: dict[str, object]) -> None:
    """A value of the wrong kind is a finding, and a title that is text is the title that was written."""
    front = yaml.safe_dump(values, allow_unicode=True, sort_keys=False)
    issue = read_or_refused(f"---\n{front}---\nHello\n".encode())
    if issue and isinstance(title := values["title"], str):
        assert issue.title == title.strip()


GOOD = b"""---
title: "Five minutes: a start"
send_at: 2026-12-01T07:30
status: ready
topics: [back_pain, exercise]
image:
  src: https://steady.example/a.png
  alt: A person stretches
waivers:
  - {rule: LINK004, reason: the site is slow, by: Ada, until: 2026-12-31}
---

Hello **you**.
"""


@settings(deadline=None, derandomize=True, max_examples=400)
@given(st.integers(0, len(GOOD)), st.integers(0, 12), st.binary(max_size=6) | SCALARS.map(str.encode))
def test_a_damaged_issue_is_read_or_refused(place: int, cut: int, put: bytes) -> None:
    """Bytes cut out or put in anywhere: no traceback, and a title never vanishes."""
    issue = read_or_refused(GOOD[:place] + put + GOOD[place + cut :])
    if issue and place > GOOD.index(b"send_at"):
        assert issue.title == "Five minutes: a start"
        assert "title:" not in issue.body


@settings(deadline=None, derandomize=True, max_examples=200)
@given(SCALARS)
@example("{0")
def test_a_plain_title_is_what_was_written_or_refused(title: str) -> None:
    """No word is taken for a number, a time, a truth value, a comment, an anchor or a tag."""
    issue = read_or_refused(f"---\ntitle: {title}\n---\nHello\n".encode())
    if issue and title.strip()[0] not in "'\"":
        assert issue.title == title.strip()


@pytest.mark.parametrize(
    "text", ["title: A\ntopics: [a, 'b']\nimage:\n  src: c\n", "a: b: c", "a: &x b\nc: *x", "- a", "'", ""]
)
def test_both_yaml_parsers_read_the_same(text: str) -> None:
    """Where PyYAML comes without libyaml, front matter means the same."""

    def tree(loader: Any) -> object:
        found = Findings("a.md")
        try:
            return parse_yaml(text, 2, found, loader=loader)
        except Unreadable:
            return [(finding.id, finding.line) for finding in found.all]

    assert tree(yaml.SafeLoader) == tree(getattr(yaml, "CSafeLoader", yaml.SafeLoader))
