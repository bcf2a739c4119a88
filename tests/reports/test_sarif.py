"""The SARIF log, held against the published schema and what GitHub says it takes."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft4Validator

from pipeline.model import Finding, Severity
from pipeline.reports.sarif import MOST_RESULTS, sarif

SCHEMA = Path(__file__).with_name("sarif-2.1.0-rtm.5.json")
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
PREHEADER = Finding("PRE003", Severity.WARNING, "the row shows line 4 of the body", "pad it", "x.html", 4)


@cache
def validator() -> Draft4Validator:
    """Return the judge, made once; the schema is of draft 4."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    Draft4Validator.check_schema(schema)
    return Draft4Validator(schema)


def run_of(*findings: Finding, failure: str = "") -> Any:
    """Return the one run of the log of *findings*, which is valid."""
    log = json.loads(sarif(findings, version="1.2.3", failure=failure))
    assert [error.message for error in validator().iter_errors(log)] == []
    (run,) = log["runs"]
    return run


def test_the_judge_can_say_no() -> None:
    """The schema is the real one: a log without a version is refused."""
    log = json.loads(sarif([SLIP], version="1.2.3"))
    del log["version"]
    assert list(validator().iter_errors(log))
    log = json.loads(sarif([SLIP], version="1.2.3"))
    log["runs"][0]["results"][0]["level"] = "block"
    assert list(validator().iter_errors(log))


def test_no_findings_make_an_empty_run() -> None:
    """It is this that closes alerts of the run before."""
    run = run_of()
    assert run["results"] == []
    assert run["invocations"] == [{"executionSuccessful": True}]
    assert (run["tool"]["driver"]["name"], run["tool"]["driver"]["version"]) == ("newsletter", "1.2.3")


def test_a_result_carries_the_whole_finding() -> None:
    """Level, words with the mend, file, line, column, profile, part, severity; the worst first."""
    hidden, slip, preheader = run_of(PREHEADER, SLIP, HIDDEN)["results"]
    assert [result["level"] for result in (hidden, slip, preheader)] == ["error", "error", "warning"]
    assert hidden["message"]["text"] == "gen@1 is hidden [fails in: gmail]\nmend: show it"
    assert hidden["properties"] == {"severity": "block", "part": "html", "profile": "gmail"}
    (place,) = slip["locations"]
    assert place["physicalLocation"] == {
        "artifactLocation": {"uri": "issues/x.md", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 12, "startColumn": 3},
    }
    assert "region" not in hidden["locations"][0]["physicalLocation"]


def test_each_rule_is_described_once() -> None:
    """Every result points to its rule, which has a title and its usual level."""
    run = run_of(SLIP, HIDDEN, SLIP, PREHEADER)
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["MD006", "PRE003", "VIS001"]
    assert [rule["defaultConfiguration"]["level"] for rule in rules] == ["error", "warning", "error"]
    assert rules[0]["shortDescription"]["text"] == "a link or image leads nowhere"
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])


@pytest.mark.parametrize(
    ("file", "uri"),
    [
        ("issues/a b#1?.md", "issues/a%20b%231%3F.md"),
        ("issues/für.md", "issues/f%C3%BCr.md"),
        ("issues/100%:x.md", "issues/100%25%3Ax.md"),
        ("issues/\udcff.md", "issues/%FF.md"),
        ("", "pyproject.toml"),
    ],
)
def test_a_file_is_a_relative_uri(file: str, uri: str) -> None:
    """Percent-encoded; where no file causes it the newsletter's own stands in, as GitHub wants one."""
    (result,) = run_of(Finding("SET001", Severity.ERROR, "x", "y", file, 7))["results"]
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == uri
    assert ("region" in place) == bool(file)


def _mark(finding: Finding) -> str:
    (result,) = run_of(finding)["results"]
    mark: str = result["partialFingerprints"]["newsletterFinding/v1"]
    return mark


def test_a_fingerprint_outlives_moved_lines() -> None:
    """The same slip some lines further down is the same alert; another slip is another."""
    moved = Finding("PRE003", Severity.WARNING, "the row shows line 9 of the body", "pad it", "x.html", 9)
    other = Finding("PRE003", Severity.WARNING, "the row shows more", "pad it", "x.html", 4)
    assert _mark(PREHEADER) == _mark(moved)
    assert _mark(PREHEADER) != _mark(other)


def test_two_slips_of_the_same_words_have_two_fingerprints() -> None:
    """Else one alert would hide the other."""
    results = run_of(SLIP, SLIP)["results"]
    assert len({result["partialFingerprints"]["newsletterFinding/v1"] for result in results}) == 2


def test_a_failure_is_told_in_the_log() -> None:
    """A run that was not finished says so, so that nobody takes it for a clean one."""
    (invocation,) = run_of(failure="pyproject.toml: not TOML")["invocations"]
    assert invocation["executionSuccessful"] is False
    assert invocation["toolExecutionNotifications"][0]["message"]["text"] == "pyproject.toml: not TOML"


def test_a_log_keeps_within_what_github_takes() -> None:
    """The worst 25,000."""
    log = json.loads(sarif([SLIP] * MOST_RESULTS + [HIDDEN], version="1"))
    results = log["runs"][0]["results"]
    assert (len(results), results[0]["ruleId"]) == (25_000, "VIS001")


@settings(database=None, derandomize=True, deadline=None, max_examples=40)
@given(
    message=st.text(),
    file=st.text(),
    line=st.integers(0, 9),
    column=st.integers(0, 9),
    severity=st.sampled_from(Severity),
)
def test_any_finding_makes_a_valid_log(
    message: str, file: str, line: int, column: int, severity: Severity
) -> None:
    """Whatever an issue holds; and the same findings make the same bytes."""
    finding = Finding("MD006", severity, message, "", file, line, column)
    run_of(finding)
    assert sarif([finding], version="1") == sarif([finding], version="1")
    assert sarif([finding], version="1").isascii()
