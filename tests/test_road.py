"""Random issues on the whole road: exit 0, 1 or 2, no trace, no disclaimer lost without a finding."""

import datetime as dt
import re
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser, LexborNode

from conftest import SetClock, copy_newsletter
from pipeline.commands.check import check
from pipeline.errors import PipelineError
from pipeline.newsletter import Newsletter

NOW = SetClock(dt.datetime(2026, 11, 24, 12, 0, tzinfo=dt.UTC))
HOSTILE = (
    "</td></tr></table>",
    "</div></div></body></html>",
    "<style>td{display:none}</style>",
    "<style>",
    "<textarea>",
    "<table><tr><td>",
    "<!-- ",
    "<!--[if mso]>",
    "<![endif]-->",
    "<![CDATA[",
    "<plaintext>",
    "<template>",
    "<noscript>",
    "<svg><foreignObject>",
    "<math><mtext>",
    "<details>",
    "<div hidden>",
    '<div style="display:none">',
    '<p class="notice" data-disclaimer="gen@1">',
    "<script>alert(1)</script>",
    "<select><option>",
    "<b><i><a href='x'>",
    "{% if x %}",
    "{{ unsubscribe_url }}",
    "{{ subscriber.first_name | default('friend') }}",
    "{{ nothing }}",
    "*|UNSUB|*",
    "&lt;/td&gt;",
    "\x0c",
    "\u200b\u202e",
    "::: columns",
    "+++",
    ":::",
    "> [!TIP]",
    "> [!NOPE]",
    "{.button}",
    "[x](https://example.org){.button}",
    "[x][nowhere]",
    "[^1]",
    "| a | b |\n|---|---|\n| 1 | 2 |",
    "```",
    "---",
    "# Title",
    "- a\n  - b\n    - c",
    ">" * 80,
    "[" * 300,
    "*" * 300,
    "![](nowhere.png)",
    "![x](hero.png)",
)
lines = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=40))
bodies = st.lists(lines, max_size=12).map("\n".join)
values = st.one_of(
    st.sampled_from(
        ("", "[]", "{}", "no", "010", "12:30", "1.10", "2026-12-01", "2026-03-08T02:30", "[exercise]", "~")
    ),
    st.text(max_size=20),
)
keys = st.one_of(
    st.sampled_from(("title", "subject", "send_at", "status", "topics", "lang", "image", "template", "x_y")),
    st.text(alphabet="abcdefghij_", max_size=8),
)
fronts = st.dictionaries(keys, values, max_size=4)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One copy of our newsletter for all random issues."""
    return copy_newsletter(tmp_path_factory.mktemp("road") / "newsletter")


@cache
def marked_paths(root: Path) -> frozenset[tuple[str, str]]:
    """Return which wordings the template shows for a plain issue, and where."""
    return frozenset(_shown(root, "# Hello\n\nNothing special.\n"))


def _write(root: Path, body: str, front: str = "") -> None:
    text = f"---\ntitle: Random\npreheader: All sorts\ntopics: [exercise]\n{front}---\n{body}"
    (root / "issues" / "random.md").write_text(text, encoding="utf-8", errors="surrogatepass")


def _shown(root: Path, body: str) -> set[tuple[str, str]]:
    """Return each marked wording of the finished mail with the elements it stands in and its words."""
    _write(root, body)
    newsletter = Newsletter(root, clock=NOW)
    html = newsletter.checked(newsletter.issue("random")).message.html
    marked = LexborHTMLParser(html).css("[data-disclaimer]")
    return {(_ancestors(node), " ".join(node.text().split())) for node in marked}


def _ancestors(node: LexborNode) -> str:
    above = []
    parent = node.parent
    while parent is not None:
        above.append(f"{parent.tag}{sorted((parent.attributes or {}).items())}")
        parent = parent.parent
    return ">".join(above)


@settings(
    max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None
)
@given(body=bodies)
@example(body="<table>")
@example(body="\n".join(HOSTILE))
@example(body="> " * 1500 + "deep")
def test_nothing_in_a_body_reaches_the_disclaimers(house: Path, body: str) -> None:
    """Every wording stands where it stands for a plain issue, in the same words, or the issue is refused."""
    try:
        shown = _shown(house, body)
    except PipelineError as err:
        assert err.exit_code == 2
        assert err.findings
    else:
        assert shown == marked_paths(house)


@settings(
    max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None
)
@given(front=fronts, body=bodies)
def test_a_random_issue_ends_in_a_known_exit_code(house: Path, front: dict[str, str], body: str) -> None:
    """Whatever the front matter and the body hold, the command answers; the front matter is never mailed."""
    written = "".join(f"{key}: {value}\n" for key, value in front.items())
    _write(house, body, written.encode(errors="replace").decode())
    if _judged(house) != 2:
        newsletter = Newsletter(house, clock=NOW)
        text = newsletter.checked(newsletter.issue("random")).message.text
        assert not re.search(r"(?m)^(preheader|topics):", text)


@settings(
    max_examples=100, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None
)
@given(data=st.binary(max_size=300))
def test_any_bytes_are_an_issue_or_an_error(house: Path, data: bytes) -> None:
    """A file that is no issue is refused in words."""
    (house / "issues" / "random.md").write_bytes(data)
    _judged(house)


def _judged(house: Path) -> int:
    """Check the random issue and return the exit code; whatever is not clean has findings with hints."""
    result = check(house, ["random"], strict=False, clock=NOW)
    assert result.exit_code in (0, 1, 2)
    assert all(finding.hint for finding in result.findings)
    assert bool(result.exit_code) == any(finding.severity.stops for finding in result.findings)
    return result.exit_code
