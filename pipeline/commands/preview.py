"""`newsletter preview`: the issue as every reader will see it, while it is typed."""

import os
from collections.abc import Callable
from pathlib import Path

from pipeline.clock import Clock
from pipeline.model import Message, Payload
from pipeline.output import Result
from pipeline.preview.server import Server, open_browser
from pipeline.preview.workshop import Mode, Outlet, Workshop
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
            open_browser(address)
        server.serve()

    return Result({"address": address, "port": server.port}, f"{address}\n", go_on=go_on)


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
