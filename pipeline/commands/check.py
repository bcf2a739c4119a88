"""`newsletter check`: every check on the final message."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pipeline.clock import Clock
from pipeline.commands.looking import Eyes, Mode, eyes
from pipeline.errors import IssueError
from pipeline.model import Finding, Severity
from pipeline.newsletter import Checked, Newsletter
from pipeline.output import Result, table, tally
from pipeline.providers import Can, open_provider
from pipeline.receipts import open_receipts, standing
from pipeline.settings import Settings
from pipeline.signoff import objection
from pipeline.stages.load import find_issue, issue_paths, load_issue


def check(start: Path, names: Sequence[str], *, strict: bool, clock: Clock, browser: Mode = "off") -> Result:
    """
    Check the named issues; with none named, those that are ready decide and the others are listed.

    Args:
        start: a folder inside the newsletter's repository.
        names: paths, ids or slugs.
        strict: warnings fail as well.
        clock: the clock.
        browser: whether a browser looks at the mail, too.
    """
    with eyes(browser) as seeing:
        return _checked(Newsletter(start, clock=clock), names, seeing, strict=strict, clock=clock)


def _checked(
    newsletter: Newsletter, names: Sequence[str], seeing: Eyes, *, strict: bool, clock: Clock
) -> Result:
    settings = newsletter.settings
    findings: list[Finding] = list(seeing.findings)
    of_templates: dict[Finding, list[str]] = {}  # and the issues that they spoil
    rows: list[tuple[str, str]] = []
    unreadable = failed = False
    for path in [find_issue(name, settings) for name in names] or issue_paths(settings):
        try:
            issue = load_issue(path, settings)
        except IssueError as err:
            unreadable = True
            findings.extend(err.findings)
            rows.append((path.relative_to(settings.root).as_posix(), "cannot be read"))
            continue
        if not names and issue.status != "ready":
            rows.append((issue.id, f"{issue.status}, not checked"))
            continue
        checked = newsletter.checked(issue, look=seeing.look)
        seen = (*checked.findings, *newsletter.twins(issue), *_unsigned(checked, settings, clock))
        for finding in seen:
            if finding.file.startswith("templates/"):
                of_templates.setdefault(finding, []).append(issue.id)
            else:
                findings.append(finding)
        failed = failed or any(_fails(finding, strict=strict) for finding in seen)
        rows.append((issue.id, tally(seen)))
    findings += [
        replace(finding, message=f"{finding.message} (in {', '.join(issues)})")
        for finding, issues in of_templates.items()
    ]
    looked = "a browser has looked at what was checked, too\n" if seeing.look is not None and rows else ""
    return Result(
        {"issues": [{"issue": name, "result": result} for name, result in rows]},
        (table(rows) if rows else "no issues yet\n") + looked,
        findings,
        exit_code=2 if unreadable else int(failed),
    )


def _unsigned(checked: Checked, settings: Settings, clock: Clock) -> list[Finding]:
    """Say what keeps a required sign-off from standing; of an issue that was dispatched, nothing more."""
    if not settings.require_approval:
        return []
    receipt = open_receipts(settings, clock).read(checked.message.key)
    rehearsal = Can.REHEARSE in open_provider(settings, clock).can
    dispatched = standing(receipt, rehearsal=rehearsal) is not None
    why = None if dispatched else objection(checked.message, receipt)
    return [Finding(why.rule, Severity.WARNING, why.message, why.hint, checked.issue.file)] if why else []


def _fails(finding: Finding, *, strict: bool) -> bool:
    return finding.severity.stops or (strict and finding.severity is Severity.WARNING)
