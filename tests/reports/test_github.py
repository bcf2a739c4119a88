"""Annotations and step summary, read back as the runner and GitHub's Markdown read them."""

import re
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from pipeline.model import Finding, Severity
from pipeline.reports.github import annotations, step_summary

SLIP = Finding("MD006", Severity.ERROR, "a link has no target", "write one", "issues/x.md", 12, 3)
HIDDEN = Finding(
    "VIS001",
    Severity.BLOCK,
    "gen@1 is hidden",
    "show it",
    "templates/base.html",
    part="html",
    profile="gmail",
)


@dataclass
class Command:
    """One workflow command as a runner understands it."""

    kind: str
    properties: dict[str, str]
    message: str


def read(log: str) -> list[Command]:
    """
    Read commands as the runner does: line by line, of both kinds.

    Source: actions/runner, src/Runner.Common/ActionCommand.cs, read 2026-11-26.
    """
    found = []
    for line in re.split(r"\r\n|\r|\n", log):
        new = re.match(r"\s*::([a-z-]+)(?: (.*?))?::(.*)", line, re.DOTALL)
        if new:
            pairs = [pair.partition("=") for pair in (new[2] or "").split(",") if pair]
            found.append(Command(new[1], {name: _back(value) for name, _, value in pairs}, _back(new[3])))
        elif old := re.search(r"##\[([a-z-]+)", line):
            found.append(Command(f"old {old[1]}", {}, ""))
    return found


def _back(text: str) -> str:
    for code, char in (("%3A", ":"), ("%2C", ","), ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
        text = text.replace(code, char)
    return text


def test_a_finding_becomes_one_command_with_its_place() -> None:
    """Kind, file, line, column, rule with its title, message and the way to mend it."""
    (command,) = read(annotations([SLIP]).commands)
    assert command == Command(
        "error",
        {"title": "MD006: a link or image leads nowhere", "file": "issues/x.md", "line": "12", "col": "3"},
        "a link has no target\nmend: write one",
    )


def test_a_place_that_is_not_known_is_not_made_up() -> None:
    """No line without a line, no file without a file; the client profile stands in the message."""
    without_line, without_file = read(
        annotations([HIDDEN, Finding("SET001", Severity.ERROR, "none", "")]).commands
    )
    assert without_line.properties.keys() == {"title", "file"}
    assert without_line.message == "gen@1 is hidden [fails in: gmail]\nmend: show it"
    assert without_file.properties.keys() == {"title"}


@pytest.mark.parametrize(
    ("severity", "kind"),
    [
        (Severity.BLOCK, "error"),
        (Severity.ERROR, "error"),
        (Severity.WARNING, "warning"),
        (Severity.NOTE, "notice"),
    ],
)
def test_each_severity_has_its_kind(severity: Severity, kind: str) -> None:
    """What stops is an error to GitHub."""
    (command,) = read(annotations([Finding("MD006", severity, "x", "y")]).commands)
    assert command.kind == kind


def test_ten_of_a_kind_are_shown_the_worst_first() -> None:
    """GitHub shows ten of each; blocks come before errors, and the rest is counted."""
    errors = [Finding("MD006", Severity.ERROR, f"error {number}", "") for number in range(12)]
    warnings = [Finding("MD009", Severity.WARNING, f"warning {number}", "") for number in range(11)]
    shown = annotations([*warnings, *errors, HIDDEN])
    commands = read(shown.commands)
    assert [command.kind for command in commands] == ["error"] * 10 + ["warning"] * 10
    assert "gen@1" in commands[0].message
    assert shown.hidden == 4


hostile = st.text(
    st.one_of(st.sampled_from(":,%\r\n#[]=|`<>&\\*_~"), st.characters()), max_size=60
) | st.sampled_from(
    ("\n::stop-commands::x", "\r::error::y", "##[add-mask]z", "::add-path::/tmp", "%0A::error::", "\ud800")
)


@settings(database=None, derandomize=True, deadline=None)
@given(message=hostile, hint=hostile, file=hostile)
def test_no_text_starts_a_command_of_its_own(message: str, hint: str, file: str) -> None:
    """Whatever a finding quotes, the runner reads one command and gets the text back."""
    (command,) = read(annotations([Finding("MD006", Severity.ERROR, message, hint, file, 4)]).commands)
    plain = f"{message}\nmend: {hint}" if hint else message
    assert command.message == plain.encode("utf-8", "replace").decode()
    assert command.properties.get("file", "") == file.encode("utf-8", "replace").decode()


@settings(database=None, derandomize=True, deadline=None)
@given(message=hostile, hint=hostile)
def test_a_cell_of_the_summary_shows_its_text_and_nothing_else(message: str, hint: str) -> None:
    """No text ends a cell, or becomes a link, an element or emphasis."""
    text = step_summary([Finding("MD006", Severity.ERROR, message, hint, "issues/a|b.md", 4)], [])
    tokens = MarkdownIt("gfm-like").parse(text)
    cells = [token for token in tokens if token.type == "inline"][6:]
    shown = ["".join(child.content for child in cell.children or []) for cell in cells]
    words = [" ".join(each.encode("utf-8", "replace").decode().split()) for each in (message, hint)]
    assert [" ".join(cell.split()) for cell in shown] == ["error", "MD006", "issues/a|b.md:4", *words]
    kinds = {child.type for cell in cells for child in cell.children or []}
    assert kinds <= {"text", "text_special"}


def test_the_summary_tells_what_was_checked_and_every_finding() -> None:
    """First the issues, then all findings, the worst first."""
    text = step_summary([SLIP, HIDDEN], [("x", "1 error"), ("y", "clean")])
    html = MarkdownIt("gfm-like").render(text)
    rows = [
        re.findall(r"<td>(.*?)</td>", row)
        for row in re.findall(r"<tr>(.*?)</tr>", html, re.DOTALL)
        if "<td" in row
    ]
    assert rows == [
        ["x", "1 error"],
        ["y", "clean"],
        ["block", "VIS001", "templates/base.html", "gen@1 is hidden [fails in: gmail]", "show it"],
        ["error", "MD006", "issues/x.md:12:3", "a link has no target", "write one"],
    ]


def test_a_summary_keeps_within_its_room_and_counts_the_rest() -> None:
    """GitHub refuses a larger one whole; so the end is cut, and says so."""
    many = [Finding("MD006", Severity.ERROR, f"finding {number} " + "ä" * 300, "") for number in range(100)]
    text = step_summary([HIDDEN, *many], [], room=20_000)
    assert len(text.encode()) <= 20_000
    kept = text.count("finding ")
    assert "gen" in text
    assert 10 < kept < 100
    assert f"Findings that do not fit here: {100 - kept};" in text
    assert step_summary(many, [], room=50) == ""
