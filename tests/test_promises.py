"""The first unforgivable failure: whatever loses, changes or hides a disclaimer stops `check` and `send`."""

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import SetClock
from pipeline.commands.check import check
from pipeline.commands.send import send
from pipeline.errors import ChecksFailed
from pipeline.model import Finding

ISSUE = "2026-12-01-when-one-side-works-harder"
PARTIAL = "templates/partials/disclaimer.html"


def delete_partial(root: Path) -> None:
    """Remove the partial that shows wordings."""
    (root / PARTIAL).unlink()


def empty_partial(root: Path) -> None:
    """Leave the partial there with nothing in it."""
    (root / PARTIAL).write_text("")


def change_a_word_in_the_registry(root: Path) -> None:
    """Edit an approved wording after its approval."""
    (path,) = (root / "templates/disclaimers/gen").glob("1.*.md")
    source = path.read_text()
    head, _, body = source.rpartition("---\n")
    path.write_text(f"{head}---\n{re.sub(r'[a-z]{5,}', 'always', body, count=1)}")


def change_a_word_in_the_partial(root: Path) -> None:
    """Let the template rewrite the approved words."""
    _edit(root, PARTIAL, "wording.html | safe", "wording.html | replace(' not ', ' ') | safe")


def hide_with_style(declarations: str) -> Callable[[Path], None]:
    """Return an edit that gives every wording's block an inline style."""

    def edit(root: Path) -> None:
        path = root / PARTIAL
        source, count = re.subn(
            r"<div(?=[^>]*\{\{ marks \}\})", f'<div style="{declarations}"', path.read_text()
        )
        assert count >= 4
        path.write_text(source)

    edit.__name__ = f"hide with {declarations}"
    return edit


def hide_with_rule(rule: str) -> Callable[[Path], None]:
    """Return an edit that adds a rule to the style sheet."""

    def edit(root: Path) -> None:
        path = root / "templates/styles.css"
        path.write_text(f"{path.read_text()}\n{rule}\n")

    edit.__name__ = f"hide with {rule}"
    return edit


def comment_out(root: Path) -> None:
    """Put every wording into an HTML comment."""
    _edit(root, PARTIAL, "{{ wording.html | safe }}", "<!-- {{ wording.html | safe }} -->")


def for_outlook_only(root: Path) -> None:
    """Show every wording to one client."""
    _edit(root, PARTIAL, "{{ wording.html | safe }}", "<!--[if mso]>{{ wording.html | safe }}<![endif]-->")


EDITS = [
    delete_partial,
    empty_partial,
    change_a_word_in_the_registry,
    change_a_word_in_the_partial,
    comment_out,
    for_outlook_only,
    *map(
        hide_with_style,
        (
            "display:none",
            "visibility:hidden",
            "opacity:0",
            "font-size:1px",
            "font-size:0",
            "color:#ffffff;background-color:#ffffff",
            "mso-hide:all",
            "max-height:0;overflow:hidden",
            "position:absolute;left:-9999px",
            "text-indent:-9999px",
        ),
    ),
    *map(
        hide_with_rule,
        (
            ".notice {display: none}",
            "td.notice {visibility: hidden !important}",
            "@media (max-width: 600px) {.notice {display: none !important}}",
            "@media (prefers-color-scheme: dark) {.notice {font-size: 2px !important}}",
        ),
    ),
]


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__)
def test_a_lost_disclaimer_stops_check_and_send(
    root: Path, clock: SetClock, edit: Callable[[Path], None]
) -> None:
    """Both end in findings that block, name a file, and say how to mend it; nothing is stored."""
    edit(root)
    checked = check(root, [ISSUE], strict=False, clock=clock)
    assert checked.exit_code == 1
    _tells_where_and_how(list(checked.findings))
    with pytest.raises(ChecksFailed) as caught:
        send(root, ISSUE, at=None, confirm=lambda _dispatch: True, clock=clock)
    _tells_where_and_how(list(caught.value.findings))
    assert not (root / ".newsletter" / "outbox" / "drafts").exists()


def test_the_untouched_newsletter_is_sent(root: Path, clock: SetClock) -> None:
    """The same two commands pass when nothing was done to it."""
    clock.now = dt.datetime(2026, 11, 24, 12, 0, tzinfo=dt.UTC)
    assert check(root, [ISSUE], strict=True, clock=clock).exit_code == 0
    done = send(root, ISSUE, at=None, confirm=lambda _dispatch: True, clock=clock)
    assert done.data["outcome"] == "scheduled"


def _tells_where_and_how(findings: list[Finding]) -> None:
    blocking = [finding for finding in findings if finding.severity == "block"]
    assert blocking
    for finding in blocking:
        assert finding.id[:3] in ("DIS", "VIS", "REG", "TOP"), finding
        assert finding.message, finding
        assert finding.hint, finding
        assert finding.file.startswith(("templates/", "issues/")), finding


def _edit(root: Path, file: str, old: str, new: str) -> None:
    path = root / file
    source = path.read_text()
    assert old in source, f"{file} no longer holds {old!r}"
    path.write_text(source.replace(old, new))
