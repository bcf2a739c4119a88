"""`newsletter new`: a new issue, its front matter filled in."""

import datetime as dt
import json
import re
import unicodedata
from pathlib import Path

from pipeline.clock import Clock
from pipeline.errors import IssueError, UsageError
from pipeline.mergetags import PREFIX
from pipeline.output import Result
from pipeline.settings import Settings, load_settings, next_slot
from pipeline.stages.load import issue_paths, load_issue

_TEMPLATE = """\
---
title: {title}
subject: {title}
preheader: ""   # 40 to 100 characters that follow the subject in the inbox
number: {number}
date: {date}
send_at: {send_at}   # {timezone}
status: draft   # ready, once it may go out
topics: []   # such as back_pain, exercise, sleep, supplements: they choose the disclaimers
tags: []
authors: []
---

Write the issue here. `newsletter check {id}` says what is missing.
"""


def new(start: Path, title: str, *, clock: Clock) -> Result:
    """
    Write issues/<date>-<slug>.md for the next free send slot.

    Raises:
        UsageError: the title is empty, or there is such an issue already.
    """
    settings = load_settings(start)
    if not title.strip():
        raise UsageError("an issue needs a title", hint='newsletter new "Five minutes for a stiff back"')
    if not title.isprintable():
        raise UsageError(
            f"an issue cannot be called {title!r}", hint="leave out characters that cannot be shown"
        )
    if PREFIX in title.lower():
        raise UsageError(f"an issue cannot be called {title!r}", hint=f"leave out {PREFIX!r}: tags begin so")
    latest, number = _latest(settings)
    send_at = next_slot(settings, after=max(clock(), latest))
    issue_id = f"{send_at.date().isoformat()}-{slug(title)}"
    path = settings.issues_path / f"{issue_id}.md"
    text = _TEMPLATE.format(
        title=json.dumps(" ".join(title.split()), ensure_ascii=False),
        number=number + 1,
        date=send_at.date().isoformat(),
        send_at=send_at.strftime("%Y-%m-%dT%H:%M"),
        timezone=settings.timezone,
        id=issue_id,
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    except FileExistsError as err:
        raise UsageError(
            f"{path.relative_to(settings.root).as_posix()}: this issue exists already",
            hint="open it, or give the new one another title",
        ) from err
    return Result({"id": issue_id, "path": str(path), "send_at": send_at.isoformat()}, f"{path}\n")


def slug(title: str) -> str:
    """Return *title* as a permalink: lower-case ASCII letters and digits parted by single dashes."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain.replace("'", ""))
    return "-".join(words)[:60].rstrip("-") or "issue"


def _latest(settings: Settings) -> tuple[dt.datetime, int]:
    """Return the latest send time and the highest number of all issues that can be read."""
    latest, number = dt.datetime.min.replace(tzinfo=dt.UTC), 0
    for path in issue_paths(settings):
        try:
            issue = load_issue(path, settings)
        except IssueError:  # a broken neighbour is `check`'s business; it takes no slot that we can know
            continue
        latest = max(latest, issue.send_at or latest)
        number = max(number, issue.number or 0)
    return latest, number
