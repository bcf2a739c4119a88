"""`newsletter preview`: the issue as every reader will see it, while it is typed."""

import os
from collections.abc import Callable
from pathlib import Path

from pipeline.clock import Clock
from pipeline.commands.looking import Mode, eyes
from pipeline.errors import ReceiptError
from pipeline.model import Finding, Message, Payload, Receipt
from pipeline.newsletter import Newsletter
from pipeline.output import Result
from pipeline.preview.built import Build, Checks
from pipeline.preview.export import MARK, static_files
from pipeline.preview.folder import demand_ours, write_folder
from pipeline.preview.record import seen_record
from pipeline.preview.renderer import Outlet
from pipeline.preview.server import Server
from pipeline.preview.workshop import Workshop
from pipeline.providers import SECRETS, Can, open_audience, open_provider
from pipeline.providers.base import payload_for
from pipeline.settings import Settings
from pipeline.smtp import PASSWORD
from pipeline.stages.load import find_issue, issue_id


def preview(
    start: Path,
    name: str | None,
    *,
    port: int | None,
    opens: bool,
    browser: Mode,
    say: Callable[[str, str], None],
    clock: Clock,
) -> Result:
    """
    Open the preview on a port of this machine.

    Args:
        start: a folder inside the newsletter's repository.
        name: path, id or slug of the issue to begin with; None begins with the next one.
        port: the port; None takes the usual one, or any that is free.
        opens: whether to show it in the user's browser.
        browser: whether a browser looks at the mail, too.
        say: tells the terminal what went wrong, and how to mend it.
        clock: the clock.

    Returns:
        The address. What goes on after it is printed is the preview itself.
    """
    _forget_secrets()
    workshop = Workshop(
        start, clock=clock, outlet=lambda settings: _outlet(settings, clock), mode=browser, say=say
    )
    issue = issue_id(find_issue(name, workshop.settings)) if name else ""
    server = Server(workshop, port=port)
    address = server.address(issue=issue)

    def go_on() -> None:
        if opens:
            server.open_browser(issue=issue)
        server.serve()

    return Result({"address": address, "port": server.port}, f"{address}\n", go_on=go_on)


def preview_static(start: Path, name: str, *, folder: Path, browser: Mode, clock: Clock) -> Result:
    """
    Write the preview of an issue as files that a medical reviewer can open without anything else.

    Args:
        start: a folder inside the newsletter's repository.
        name: path, id or slug of the issue.
        folder: absolute; empty, absent or an earlier static preview, which is exchanged whole.
        browser: whether a browser looks at the mail, too.
        clock: the clock.

    Raises:
        UsageError: the folder holds something else, which is not touched.
    """
    demand_ours(folder, mark=MARK)
    _forget_secrets()
    newsletter = Newsletter(start, clock=clock)
    settings = newsletter.settings
    build = _built(newsletter, name, clock)
    message = build.composed.message
    checks = _checked(newsletter, build, browser)
    receipt, unread = _on_record(settings, message.key, clock)
    files = static_files(build, checks, settings, receipt=receipt, unread=unread)
    write_folder(folder, files, mark=MARK)
    index = folder / "index.html"
    data = {
        "folder": str(folder),
        "index": str(index),
        "files": sorted(files),
        "issue": message.id,
        "content_digest": message.digest,
        "looked": checks.looked,
    }
    stops = any(finding.severity.stops for finding in checks.findings)
    return Result(data, f"{index}\n", checks.findings, exit_code=int(stops))


def _built(newsletter: Newsletter, name: str, clock: Clock) -> Build:
    issue = newsletter.issue(name)
    source = issue.path.read_text(encoding="utf-8-sig", errors="replace")
    composed = newsletter.composed(issue)
    payload = _outlet(newsletter.settings, clock).payload_of(composed.message, issue.audience)
    return Build(1, composed, payload, source, took_ms=0)


def _checked(newsletter: Newsletter, build: Build, browser: Mode) -> Checks:
    composed = build.composed
    with eyes(browser) as seeing:
        findings: list[Finding] = list(newsletter.checked(composed, look=seeing.look).findings)
    findings += newsletter.twins(composed.issue)
    missing = seeing.missing or ("" if seeing.look else "switched off by --browser off")
    not_run = (("a real browser looks at the mail", missing),) if missing else ()
    return Checks(build.number, tuple(findings), (), looked=not missing, not_run=not_run)


def _on_record(settings: Settings, key: str, clock: Clock) -> tuple[Receipt | None, str]:
    """Return the receipt of *key*, or why nobody can read it without asking another machine."""
    try:
        seen = seen_record(settings, clock)
    except ReceiptError:  # its words name folders of this machine
        return None, "the record cannot be read here, and `newsletter status` says why"
    if not seen.is_known:
        return None, "the record was never fetched here, and `newsletter status` fetches it"
    return seen.receipts.get(key, Receipt(key)), ""


def _forget_secrets() -> None:
    """Let go of every key and password, so that neither this process nor one that it starts holds any."""
    for variable in (*SECRETS, PASSWORD):
        os.environ.pop(variable, None)


def _outlet(settings: Settings, clock: Clock) -> Outlet:
    """Return what the preview knows of the provider."""
    provider = open_provider(settings, clock)

    def payload_of(message: Message, audience: str) -> Payload:
        return payload_for(message, open_audience(settings, audience), provider)

    return Outlet(
        provider.name,
        rehearses=Can.REHEARSE in provider.can,
        grid=provider.grid,
        tests=Can.SEND_TEST in provider.can,
        payload_of=payload_of,
    )
