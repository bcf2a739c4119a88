"""
Findings as one SARIF 2.1.0 log, for code scanning and editors.

GitHub refuses a whole log for one result without a file, and takes 25,000 results of a run, so both are
seen to (docs "SARIF support for code scanning" and "SARIF results exceed limits", read 2026-11-26).
Braces and brackets in messages stay as they are: we give no arguments, and no viewer takes escapes back.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from pipeline.model import Finding, Severity
from pipeline.reports.words import with_mend, worst_first
from pipeline.rules import TITLES, WARNINGS

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
MOST_RESULTS = 25_000
_BASE = "%SRCROOT%"  # the name that GitHub and editors know for the repository's root
_FILE = "pyproject.toml"  # where a finding lies that no file causes: the newsletter's own
_LEVELS = {
    Severity.BLOCK: "error",
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.NOTE: "note",
}
_LINE = re.compile(r"\bline [0-9]+")


def sarif(findings: Iterable[Finding], *, version: str, failure: str = "") -> str:
    """
    Return the log: JSON, ASCII, the same for the same findings.

    Args:
        findings: worst first in the log, whatever their order.
        version: of this package.
        failure: why the run could not be finished; empty when it was.
    """
    ranked = worst_first(findings)[:MOST_RESULTS]
    ids = sorted({finding.id for finding in ranked})
    driver = {"name": "newsletter", "version": version, "rules": [_rule(ident) for ident in ids]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_BASE: {"description": {"text": "the root of the repository"}}},
        "invocations": [_invocation(failure)],
        "results": list(_results(ranked, {ident: index for index, ident in enumerate(ids)})),
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2, sort_keys=True) + "\n"


def _rule(ident: str) -> dict[str, Any]:
    return {
        "id": ident,
        "shortDescription": {"text": TITLES.get(ident, ident)},
        "defaultConfiguration": {"level": "warning" if ident in WARNINGS else "error"},
    }


def _invocation(failure: str) -> dict[str, Any]:
    if not failure:
        return {"executionSuccessful": True}
    notification = {"level": "error", "message": {"text": failure}}
    return {"executionSuccessful": False, "toolExecutionNotifications": [notification]}


def _results(findings: Iterable[Finding], indices: Mapping[str, int]) -> Iterable[dict[str, Any]]:
    times = Counter[str]()
    for finding in findings:
        mark = _fingerprint(finding)
        times[mark] += 1
        yield {
            "ruleId": finding.id,
            "ruleIndex": indices[finding.id],
            "level": _LEVELS[finding.severity],
            "message": {"text": with_mend(finding)},
            "locations": [{"physicalLocation": _location(finding)}],
            "partialFingerprints": {"newsletterFinding/v1": f"{mark}:{times[mark]}"},
            "properties": {
                "severity": finding.severity.value,
                "part": finding.part,
                "profile": finding.profile,
            },
        }


def _location(finding: Finding) -> dict[str, Any]:
    uri = quote(finding.file or _FILE, safe="/", errors="surrogateescape")
    place: dict[str, Any] = {"artifactLocation": {"uri": uri, "uriBaseId": _BASE}}
    if finding.file and finding.line:
        column = {"startColumn": finding.column} if finding.column else {}
        place["region"] = {"startLine": finding.line, **column}
    return place


def _fingerprint(finding: Finding) -> str:
    """Return what stays the same when lines are put in above the place, or the file's lines move."""
    message = _LINE.sub("line", finding.message)
    known = [finding.id, finding.file, finding.part, finding.profile, message]
    return hashlib.sha256(json.dumps(known).encode()).hexdigest()[:32]
