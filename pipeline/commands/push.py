"""`newsletter push`: an issue as a draft at the provider, proved equal; nothing is sent."""

from pathlib import Path

from pipeline import publish
from pipeline.clock import Clock
from pipeline.commands.desk import open_newsletter, prepare
from pipeline.output import Result


def push(start: Path, name: str, *, clock: Clock) -> Result:
    """Save the issue as a draft at the provider, read it back and prove it equal."""
    newsletter, desk = open_newsletter(start, clock)
    ready = prepare(newsletter, newsletter.issue(name))
    draft = publish.push(ready.message, ready.audience, desk)
    where = f" ({draft.url})" if draft.url else ""
    text = f"{ready.issue.id}: draft {draft.id} stored at {desk.provider.name}{where}, read back and equal\n"
    data = {"key": draft.key, "draft": draft.id, "state": draft.state, "url": draft.url}
    return Result(data, text, ready.findings)
