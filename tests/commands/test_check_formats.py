"""`newsletter check --format`: what stands on stdout, in the step summary, and in the exit code."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

SLIPS = """\
---
title: Slips
preheader: All sorts
---
A [link](nowhere.html) and <b>bold

"""
Check = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def check(root: Path) -> Check:
    """Run `newsletter check` as CI does, in a process of its own; keywords are environment variables."""

    def run(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        command = [
            Path(sys.executable).with_name("newsletter"),
            "--root",
            root,
            "check",
            "--browser",
            "off",
            *arguments,
        ]
        return subprocess.run(
            command,
            capture_output=True,
            check=False,
            encoding="utf-8",
            env={"PATH": "/usr/bin:/bin", **environment},
        )

    return run


def write(root: Path, text: str) -> None:
    """Write the issue that these tests are about."""
    (root / "issues" / "2026-12-24-slips.md").write_text(text, encoding="utf-8")


def test_github_gets_annotations_and_a_summary(check: Check, root: Path, tmp_path: Path) -> None:
    """Only commands on stdout; the summary is appended to, and has the issues as well."""
    write(root, SLIPS)
    summary = tmp_path / "summary.md"
    summary.write_text("what was there\n", encoding="utf-8")
    answer = check("slips", "--format", "github", GITHUB_STEP_SUMMARY=str(summary))
    assert answer.returncode == 1
    assert all(line.startswith("::") for line in answer.stdout.splitlines())
    assert "::error title=MD006%3A" in answer.stdout
    assert ",file=issues/2026-12-24-slips.md,line=5,col=3::" in answer.stdout
    assert answer.stderr == ""
    text = summary.read_text(encoding="utf-8")
    assert text.startswith("what was there\n### newsletter check")
    assert "| 2026&#45;12&#45;24&#45;slips |" in text


def test_without_a_summary_stderr_counts_what_is_not_shown(check: Check, root: Path, tmp_path: Path) -> None:
    """Eleven errors are ten annotations and a word; nothing is lost in silence, nor by a full disk."""
    write(root, SLIPS + "\n\n".join(f"[{number}](nowhere-{number})" for number in range(10)))
    alone = check("slips", "--format=github")
    assert alone.stdout.count("::error ") == 10
    assert "findings not shown: 1;" in alone.stderr
    unwritable = check("slips", "--format=github", GITHUB_STEP_SUMMARY=str(tmp_path))
    assert "the summary of the step cannot be written" in unwritable.stderr
    assert "findings not shown: 1;" in unwritable.stderr
    assert (alone.returncode, unwritable.returncode) == (1, 1)


def test_sarif_is_one_log_on_stdout(check: Check, root: Path) -> None:
    """And nothing else; the code is that of the findings."""
    write(root, SLIPS)
    answer = check("slips", "--format", "sarif")
    (run,) = json.loads(answer.stdout)["runs"]
    assert "MD006" in {result["ruleId"] for result in run["results"]}
    assert run["invocations"] == [{"executionSuccessful": True}]
    assert (answer.returncode, answer.stderr) == (1, "")


@pytest.mark.parametrize("form", ["github", "sarif"])
def test_clean_issues_are_code_0_in_every_form(check: Check, form: str) -> None:
    """Our own issues; a log without results, a word that there are none."""
    answer = check("--format", form)
    assert (answer.returncode, answer.stderr) == (0, "")
    assert answer.stdout == "no findings\n" if form == "github" else json.loads(answer.stdout)["version"]


def test_an_issue_that_cannot_be_read_is_annotated(check: Check, root: Path) -> None:
    """Code 2 as ever, and the findings of its file."""
    write(root, "no front matter\n")
    answer = check("--format", "github")
    assert answer.returncode == 2
    assert "::error title=FM006%3A" in answer.stdout


def test_two_forms_at_once_are_refused(check: Check) -> None:
    """Stdout holds one of them; said as JSON, since that was asked for."""
    for arguments in (("--json", "--format", "sarif"), ("--format", "sarif", "--json")):
        answer = check(*arguments)
        assert answer.returncode == 2
        error = json.loads(answer.stdout)["error"]
        assert error["message"] == "--format sarif and --json both want stdout: give one of them"


def test_text_and_json_go_together(check: Check, root: Path) -> None:
    """`--format text` is the default said aloud; a finding's keys in JSON are those of the contract."""
    write(root, SLIPS)
    findings = json.loads(check("slips", "--json", "--format", "text").stdout)["findings"]
    keys = {"id", "severity", "message", "hint", "file", "line", "column", "part", "profile"}
    assert findings
    assert all(finding.keys() == keys for finding in findings)


def test_a_failure_is_told_in_the_form_that_was_asked_for(check: Check, root: Path) -> None:
    """Broken settings: an annotation with its place, a log that says it is no clean run; code 2 in both."""
    (root / "pyproject.toml").write_text("[tool.newsletter]\nid = \n", encoding="utf-8")
    github, sarif = check("--format", "github"), check("--format", "sarif")
    assert (github.returncode, sarif.returncode) == (2, 2)
    assert github.stdout.startswith("::error title=SET002%3A")
    assert ",file=pyproject.toml,line=2" in github.stdout
    (run,) = json.loads(sarif.stdout)["runs"]
    assert run["invocations"][0]["executionSuccessful"] is False
    assert run["results"][0]["ruleId"] == "SET002"
    assert "SET002" in sarif.stderr


def test_an_issue_that_is_not_there_is_one_annotation(check: Check) -> None:
    """The message quotes what was typed, in one command."""
    answer = check("slips\n::stop-commands::x", "--format", "github")
    assert answer.returncode == 2
    assert answer.stdout.startswith("::error title=newsletter::")
    assert len(answer.stdout.splitlines()) == 1
    assert answer.stderr == ""
