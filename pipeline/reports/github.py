"""
Findings as GitHub shows them: annotations beside the code, and a table in the summary of the step.

A message may quote an issue, and an issue may come from a stranger. So nothing in it can end a workflow
command, start another, or become markup of the summary.

- escaping   actions/runner, src/Runner.Common/ActionCommand.cs: a command begins its line with "::", and
             "##[" anywhere in a line that has no such command begins one of the older kind; read 2026-11-26
- ten        actions/toolkit, docs/problem-matchers.md, "Limitations": ten errors, ten warnings and ten
             notices of a step are shown; read 2026-11-26
- one MiB    the runner refuses a larger step summary: "supports content up to a size of 1024k"; a run of
             maplibre/flutter-maplibre-gl, read 2026-11-26
"""

import re
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from pipeline.model import Finding, Severity
from pipeline.reports.words import told, where, with_mend, worst_first
from pipeline.rules import TITLES

MOST_OF_A_KIND = 10  # annotations
SUMMARY_BYTES = 1024 * 1024  # UTF-8, of one step
_KINDS = {
    Severity.BLOCK: "error",
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.NOTE: "notice",
}
_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})
_MARKUP = re.compile(r"[!-/:-@\[-`{-~]")  # all ASCII punctuation; as references they form no structure
_ROOM_FOR_THE_REST = 200  # bytes for the line that counts what did not fit
_HEAD = "| severity | rule | where | what | how to mend it |\n|---|---|---|---|---|\n"


class Annotations(NamedTuple):
    """What GitHub is given on stdout."""

    commands: str  # whole lines
    hidden: int  # findings for which it has no room


def annotations(findings: Iterable[Finding]) -> Annotations:
    """Return *findings* as workflow commands, worst first, no more of a kind than GitHub shows."""
    commands, counts = [], Counter[str]()
    for finding in worst_first(findings):
        kind = _KINDS[finding.severity]
        counts[kind] += 1
        if counts[kind] <= MOST_OF_A_KIND:
            title = f"{finding.id}: {TITLES.get(finding.id, finding.part)}"
            commands.append(command(kind, with_mend(finding), title=title, **_place(finding)))
    return Annotations("".join(commands), counts.total() - len(commands))


def command(kind: str, message: str, **properties: object) -> str:
    """Return one workflow command as a line; neither *message* nor a property can end it."""
    written = ",".join(f"{name}={_plain(str(value), _PROPERTY)}" for name, value in properties.items())
    return f"::{kind} {written}::{_plain(message, _DATA)}\n"


def step_summary(
    findings: Iterable[Finding], checked: Iterable[tuple[str, str]], *, room: int = SUMMARY_BYTES
) -> str:
    """
    Return all findings as Markdown: first what was checked, then a table, worst first.

    Args:
        findings: all of them, those that are annotations as well.
        checked: name and result of each issue.
        room: bytes that the summary may take; what does not fit is counted in its last line.
    """
    ranked = worst_first(findings)
    issues = "".join(_row(*issue) for issue in checked)
    text = "### newsletter check\n\n"
    if issues:
        text += f"| issue | result |\n|---|---|\n{issues}\n"
    text += _HEAD if ranked else ""
    size = len(text.encode())
    for number, finding in enumerate(ranked):
        row = _row(finding.severity, finding.id, where(finding), told(finding), finding.hint)
        size += len(row.encode())
        if size + _ROOM_FOR_THE_REST > room:
            text += f"\nFindings that do not fit here: {len(ranked) - number}; run `newsletter check`.\n"
            break
        text += row
    return text if len(text.encode()) <= room else ""


def _place(finding: Finding) -> dict[str, object]:
    place: dict[str, object] = {"file": finding.file} if finding.file else {}
    if finding.file and finding.line:
        place["line"] = finding.line
        if finding.column:
            place["col"] = finding.column
    return place


def _plain(text: str, escapes: dict[int, str]) -> str:
    # a file's name may hold bytes that are no text
    return text.encode("utf-8", "replace").decode().translate(escapes)


def _row(*cells: str) -> str:
    return f"| {' | '.join(map(_cell, cells))} |\n"


def _cell(text: str) -> str:
    """Return *text* for a cell of a Markdown table, every character of it shown as itself."""
    line = " ".join(_plain(text, {}).split())
    return _MARKUP.sub(lambda match: f"&#{ord(match[0])};", line)
