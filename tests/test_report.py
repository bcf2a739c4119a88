"""`.github/report.py`: what a command says, told to a workflow."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
REPORT = ROOT / ".github/report.py"


def reported(folder: Path, *words: str, **more: str) -> tuple[int, str, str]:
    """Run the script, *more* in its environment; return its exit code, what it printed, and the summary."""
    summary = folder / "summary.md"
    command = [sys.executable, str(REPORT), *words]
    env = {"GITHUB_STEP_SUMMARY": str(summary), "PYTHONPATH": str(ROOT), **more}
    ran = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
    return ran.returncode, ran.stdout, summary.read_text(encoding="utf-8")


def program(folder: Path, told: str, code: int) -> str:
    """Return a program that says *told* and ends in *code*."""
    path = folder / "newsletter"
    path.write_text(f"#!/bin/sh\ncat <<'EOF'\n{told}\nEOF\nexit {code}\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def test_the_real_command_is_told(root: Path) -> None:
    """Options end where an argument may begin with a hyphen; nobody is asked."""
    name = str(Path(sys.executable).with_name("newsletter"))
    code, said, summary = reported(root, name, "build", "--", "when-one-side-works-harder")
    assert (code, said) == (0, "")
    assert "Exit code 0: done, or nothing to do" in summary
    code, said, summary = reported(root, name, "push", "--", "--no-such-issue")
    assert code == 2
    assert said.startswith("::error title=newsletter, exit code 2::".replace(", exit", "%2C exit"))


def test_each_issue_is_a_row_and_each_failure_an_annotation(tmp_path: Path) -> None:
    """The run ends in the command's own exit code; an issue's words are neither command nor markup."""
    rows = [
        {"key": "a", "outcome": "scheduled", "exit_code": 0, "message": "for Tue"},
        {"key": "b", "outcome": "failed", "exit_code": 6, "message": "x\n::error::y | <b>", "hint": "mend"},
    ]
    told = json.dumps({"verb": "send", "ok": False, "issues": rows})
    code, said, summary = reported(tmp_path, program(tmp_path, told, 6), "send", "--due")
    assert code == 6
    assert said == "::error title=newsletter%2C exit code 6::b: failed: x%0A::error::y | <b>; mend: mend\n"
    assert "Exit code 6: stopped by a guard" in summary
    assert "| a | scheduled | for Tue |" in summary
    assert "<b>" not in summary
    assert len([line for line in summary.splitlines() if line.startswith("|")]) == 4


@pytest.mark.parametrize(
    ("told", "code", "said"),
    [
        ('{"verb": "send", "error": {"message": "no answer", "hint": "look"}}', 5, "no answer; mend: look"),
        ('{"issues": []}', 4, "this run sent nothing"),
        ("Traceback", 0, "it printed no JSON"),
        ("Traceback", 3, "it printed no JSON"),
    ],
)
def test_a_failure_is_red_and_says_why(tmp_path: Path, told: str, code: int, said: str) -> None:
    """Whatever the command printed: silence is no success."""
    ended, printed, _ = reported(tmp_path, program(tmp_path, told, code), "send", "--due")
    assert ended == (code or 3)
    assert printed.startswith("::error title=newsletter")
    assert said in printed


@pytest.mark.parametrize(
    ("outcomes", "out", "said"),
    [
        (["scheduled", "done"], "", ""),
        (["failed", "sent", "sent"], "sent", "sent=true\n"),
        (["needs-review"], "needs-review", "sent=true\n"),
        (["needs-review"], "", ""),
    ],
)
def test_the_step_says_when_it_was_recorded_that_something_went_out(
    tmp_path: Path, outcomes: list[str], out: str, said: str
) -> None:
    """So that the archive lists it, whatever became of other issues, or a human must look at."""
    rows = [
        {"key": name, "outcome": name, "exit_code": 6 * (name == "failed"), "went_out": name == out}
        for name in outcomes
    ]
    output = tmp_path / "output"
    output.touch()
    told = json.dumps({"verb": "send", "issues": rows})
    reported(tmp_path, program(tmp_path, told, 6), "send", "--due", GITHUB_OUTPUT=str(output))
    assert output.read_text(encoding="utf-8") == said


def test_what_the_archive_left_out_is_a_warning(tmp_path: Path) -> None:
    """With its place and how to mend it: the step is green, since nobody was sent that issue yet."""
    finding = {"id": "FM023", "file": "issues/a.md", "line": 4, "message": "not so", "hint": "so"}
    told = json.dumps({"verb": "archive", "left_out": ["issues/a.md"], "findings": [finding]})
    code, said, _summary = reported(tmp_path, program(tmp_path, told, 0), "archive")
    assert (code, said) == (0, "::warning title=left out of the archive::issues/a.md:4: not so; mend: so\n")
    told = json.dumps({"verb": "check", "findings": [finding]})
    assert reported(tmp_path, program(tmp_path, told, 0), "check")[1] == ""
