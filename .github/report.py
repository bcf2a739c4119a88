"""
Run a command of `newsletter` in a workflow and tell its outcome: annotations, the step's summary, exit code.

    python .github/report.py newsletter send --due

`--json` is added behind the verb, and its one object read. What the command says on stderr stays in the
log, and nobody answers its questions. When it was recorded that an issue went out, the step has the output
`sent`.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pipeline.reports.github import command

MEANING = {
    0: "done, or nothing to do",
    1: "not fit to send",
    2: "usage, settings or a file cannot be read",
    3: "a fault in newsletter itself",
    4: "the provider refused or could not be reached; this run sent nothing",
    5: "OUTCOME UNKNOWN: do not run it again, look with `newsletter status`",
    6: "stopped by a guard",
}


def main(words: Sequence[str]) -> int:
    """Run *words*, tell GitHub what came of it, and return the command's own exit code."""
    program, verb, *rest = words
    ran = subprocess.run(  # noqa: S603  (what the workflow names)
        [program, verb, "--json", *rest],  # not at the end: an argument may follow "--"
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        check=False,
    )
    code = ran.returncode
    try:
        told = json.loads(ran.stdout)
    except ValueError:
        told = {"error": {"message": "it printed no JSON", "hint": "look at the log above"}}
        code = code or 3
    rows = list(outcomes(told))
    for name, outcome, what, bad in rows:
        if bad:
            sys.stdout.write(
                command("error", f"{name}: {outcome}: {what}", title=f"newsletter, exit code {code}")
            )
    if code and not any(bad for *_, bad in rows):
        sys.stdout.write(
            command("error", MEANING.get(code, "it failed"), title=f"newsletter, exit code {code}")
        )
    for finding in told.get("findings", ()) if told.get("left_out") else ():
        place = f"{finding['file']}:{finding['line']}" if finding["line"] else finding["file"]
        text = f"{place}: {finding['message']}; mend: {finding['hint']}"
        sys.stdout.write(command("warning", text, title="left out of the archive"))
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary:
        with Path(summary).open("a", encoding="utf-8") as file:
            file.write(page(words, code, rows))
    output = os.environ.get("GITHUB_OUTPUT")
    # also where a human must look at how it did: its page is listed all the same
    if output and any(row.get("went_out") for row in told.get("issues", ())):
        with Path(output).open("a", encoding="utf-8") as file:
            file.write("sent=true\n")
    return code


def outcomes(told: dict[str, Any]) -> Iterator[tuple[str, str, str, bool]]:
    """Yield issue, outcome, explanation, and whether it is a failure, of each row of a command's answer."""
    error = told.get("error")
    if error:
        yield str(told.get("key", "newsletter")), "failed", _told(error), True
        return
    for row in told.get("issues", [told]):
        name = str(row.get("key") or row.get("id") or told.get("verb", ""))
        outcome = str(row.get("outcome") or row.get("would") or row.get("state") or "done")
        yield name, outcome, _told(row), bool(row.get("exit_code"))


def page(words: Sequence[str], code: int, rows: Sequence[tuple[str, str, str, bool]]) -> str:
    """Return the summary: the command, what its exit code means, and a row for each issue."""
    called = " ".join(["newsletter", *words[1:]])
    lines = [
        f"### <code>{_cell(called)}</code>",
        "",
        f"Exit code {code}: {MEANING.get(code, 'it failed')}",
        "",
    ]
    if rows:
        lines += ["| issue | outcome | |", "|---|---|---|"]
        lines += [f"| {_cell(name)} | {_cell(outcome)} | {_cell(what)} |" for name, outcome, what, _ in rows]
    return "\n".join(lines) + "\n\n"


def _told(row: dict[str, Any]) -> str:
    message, hint = str(row.get("message") or row.get("why") or ""), str(row.get("hint") or "")
    return f"{message}; mend: {hint}" if message and hint else message


def _cell(text: str) -> str:
    """Return *text* so that it is shown as it is, on one line: an issue's words are no markup."""
    return "".join(
        char if char.isalnum() or char in " -" else f"&#{ord(char)};" for char in " ".join(text.split())
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
