"""
All printing. stdout holds the result, stderr all talk; with --json exactly one object on stdout.

What GitHub reads goes there unspoilt: no colour, and no text from an issue outside a command's quotes.

Colour only ever repeats what the words say.
"""

import json
import os
import textwrap
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any, Literal, NamedTuple

import click

from pipeline import __version__
from pipeline.model import Finding, Severity
from pipeline.reports.words import where

SCHEMA_VERSION = 1
WIDTH = 100  # columns that tables and paragraphs keep to
_WHOLE_WORDS: dict[str, Any] = {"break_long_words": False, "break_on_hyphens": False}
Form = Literal["text", "github", "sarif"]  # in which `check` prints its findings
_INTERNAL = frozenset(("element", "css", "undetermined"))  # of a finding: for the checks alone
_COLOURS = {Severity.BLOCK: "red", Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "blue"}


class Result(NamedTuple):
    """What a command returns: data for machines, words for people."""

    data: Mapping[str, Any]  # the verb's own keys of the JSON object
    text: str = ""  # for stdout; whole lines
    findings: Sequence[Finding] = ()
    exit_code: int = 0
    form: Form = "text"
    go_on: Callable[[], None] | None = None  # what the command does once this is printed, until it ends


def wants_colour(stream: IO[str] | None, *, chosen: bool | None) -> bool:
    """Decide on colour: the option, then NO_COLOR, then FORCE_COLOR, then whether *stream* is a terminal."""
    if chosen is not None:
        return chosen
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (stream is not None and stream.isatty())


def print_json(verb: str, *, ok: bool, data: Mapping[str, Any], findings: Iterable[Finding]) -> None:
    """Print the one object that `--json` promises."""
    plain = {"schema_version": SCHEMA_VERSION, "verb": verb, "ok": ok, **data}
    plain["findings"] = [_plain(finding) for finding in findings]
    click.echo(json.dumps(plain, ensure_ascii=False, indent=2, sort_keys=True), color=False)


def print_findings(findings: Iterable[Finding], *, colour: bool) -> None:
    """Print each finding to stderr: where, how bad, what, how to mend it."""
    for finding in findings:
        severity = click.style(finding.severity, fg=_COLOURS[finding.severity], bold=True)
        place = f"{where(finding)}: " if finding.file else ""
        profile = f" [{finding.profile}]" if finding.profile else ""
        click.echo(f"{place}{severity} {finding.id}{profile} {finding.message}", err=True, color=colour)
        if finding.hint:
            click.echo(f"  mend: {finding.hint}", err=True, color=colour)


def print_annotations(
    findings: Sequence[Finding], checked: Iterable[tuple[str, str]] = (), *, failure: str = ""
) -> None:
    """
    Print *findings* as GitHub's annotations, and append all of them to the summary of the step.

    Args:
        findings: in any order.
        checked: name and result of each issue.
        failure: why the command could not be finished; empty when it was.
    """
    from pipeline.reports import github  # noqa: PLC0415  (only where it is asked for)

    shown = github.annotations(findings)
    lines = shown.commands or ("" if failure else "no findings\n")
    if failure and not findings:
        lines = github.command("error", failure, title="newsletter")
    click.echo(lines, nl=False, color=False)
    kept = _summarised(os.environ.get("GITHUB_STEP_SUMMARY", ""), findings, checked)
    if shown.hidden and not kept:
        click.echo(f"findings not shown: {shown.hidden}; run `newsletter check` to see all", err=True)


def _summarised(name: str, findings: Sequence[Finding], checked: Iterable[tuple[str, str]]) -> bool:
    """Append all findings to the file *name*; say whether that was done."""
    from pipeline.reports import github  # noqa: PLC0415  (only where it is asked for)

    if not name:
        return False
    try:
        with Path(name).open("a", encoding="utf-8") as file:
            text = github.step_summary(findings, checked, room=github.SUMMARY_BYTES - file.tell())
            file.write(text)
    except OSError as err:
        click.echo(f"the summary of the step cannot be written: {err.strerror}", err=True)
        return False
    return bool(text)


def print_sarif(findings: Iterable[Finding], *, failure: str = "") -> None:
    """Print *findings* as one SARIF log; *failure* says why the command could not be finished."""
    from pipeline.reports.sarif import sarif  # noqa: PLC0415  (only where it is asked for)

    click.echo(sarif(findings, version=__version__, failure=failure), nl=False, color=False)


def print_error(message: str, hint: str, *, colour: bool) -> None:
    """Print one error to stderr with the way to mend it."""
    click.echo(f"{click.style('error', fg='red', bold=True)}: {message}", err=True, color=colour)
    if hint:
        click.echo(f"  mend: {hint}", err=True, color=colour)


def table(rows: Sequence[Sequence[str]], *, within: int = 0) -> str:
    """
    Return *rows* as lines of aligned columns, two spaces apart.

    Args:
        rows: of one length each; the first has the names of the columns.
        within: so many columns are kept to, 0 for no limit: where a first cell does not fit, the others
            stand in the line below it. Nothing is cut, since people copy names.
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    over = sum(widths) + 2 * len(widths) - 2 - within if within else 0
    lines: list[str] = []
    if over > 0:
        widths[0] = max(widths[0] - over, 12)
    for row in rows:
        cells = list(row)
        if len(cells[0]) > widths[0]:
            lines.append(cells[0])
            cells[0] = ""
        lines.append("  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)))
    return "".join(f"{line.rstrip()}\n" for line in lines)


def note(name: str, message: str, hint: str = "") -> str:
    """Return what is to be said of *name* as an indented paragraph, and how to mend it as another."""
    told = textwrap.fill(f"{name}: {message}", width=WIDTH, subsequent_indent="  ", **_WHOLE_WORDS)
    mend = textwrap.fill(
        f"mend: {hint}", width=WIDTH, initial_indent="  ", subsequent_indent="        ", **_WHOLE_WORDS
    )
    return f"{told}\n{mend}\n" if hint else f"{told}\n"


def labelled(rows: Sequence[tuple[str, str]]) -> str:
    """Return *rows* of a name and a value, names flush right, long values wrapped."""
    column = max((len(name) for name, _ in rows), default=0) + 4
    lines = (
        textwrap.fill(
            f"{name:>{column - 2}}  {value}", width=WIDTH, subsequent_indent=" " * column, **_WHOLE_WORDS
        )
        for name, value in rows
    )
    return "".join(f"{line}\n" for line in lines)


def tally(findings: Iterable[Finding]) -> str:
    """Return how many findings there are of each severity, in words: "1 blocking, 2 warnings"."""
    counts = Counter(finding.severity for finding in findings)
    words = [
        f"{counts[severity]} {_word(severity, counts[severity])}" for severity in Severity if counts[severity]
    ]
    return ", ".join(words) or "clean"


def _word(severity: Severity, count: int) -> str:
    if severity is Severity.BLOCK:
        return "blocking"
    return severity if count == 1 else f"{severity}s"


def _plain(finding: Finding) -> dict[str, Any]:
    plain = {**asdict(finding), "severity": finding.severity.value}
    return {name: value for name, value in plain.items() if name not in _INTERNAL}
