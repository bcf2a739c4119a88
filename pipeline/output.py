"""
All printing. stdout holds the result, stderr all talk; with --json exactly one object on stdout.

Colour only ever repeats what the words say.
"""

import json
import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import IO, Any, NamedTuple

import click

from pipeline.model import Finding, Severity

SCHEMA_VERSION = 1
_COLOURS = {Severity.BLOCK: "red", Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "blue"}


class Result(NamedTuple):
    """What a command returns: data for machines, words for people."""

    data: Mapping[str, Any]  # the verb's own keys of the JSON object
    text: str = ""  # for stdout; whole lines
    findings: Sequence[Finding] = ()
    exit_code: int = 0


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
        where = f"{place(finding)}: " if finding.file else ""
        profile = f" [{finding.profile}]" if finding.profile else ""
        click.echo(f"{where}{severity} {finding.id}{profile} {finding.message}", err=True, color=colour)
        if finding.hint:
            click.echo(f"  mend: {finding.hint}", err=True, color=colour)


def print_error(message: str, hint: str, *, colour: bool) -> None:
    """Print one error to stderr with the way to mend it."""
    click.echo(f"{click.style('error', fg='red', bold=True)}: {message}", err=True, color=colour)
    if hint:
        click.echo(f"  mend: {hint}", err=True, color=colour)


def place(finding: Finding) -> str:
    """Return where a finding lies, as editors and CI read it: file:line:column."""
    numbers = [str(number) for number in (finding.line, finding.column if finding.line else 0) if number]
    return ":".join([finding.file, *numbers])


def table(rows: Sequence[Sequence[str]]) -> str:
    """Return *rows* as lines of aligned columns, two spaces apart."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "".join(f"{line.rstrip()}\n" for line in lines)


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
    return {**asdict(finding), "severity": finding.severity.value}
