"""What an issue was before: the mail of its last commit, or the one that was last sent."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

from pipeline.errors import PipelineError
from pipeline.mergetags import persona
from pipeline.model import NOTHING
from pipeline.newsletter import Newsletter
from pipeline.personas import as_read
from pipeline.preview.against import last_commit, last_sent
from pipeline.preview.built import Build
from pipeline.preview.difference import difference, summary
from pipeline.receipts import Seen
from pipeline.stages.load import parse_issue

Against = Literal["commit", "sent"]


class Before(NamedTuple):
    """A mail to compare with, as one reader gets it."""

    label: str  # which one it is, for people; empty when there is none
    why: str = ""  # there is none, or no text of it; lower case, no full stop
    html: str = ""  # merge tags are tokens, or in the syntax of the provider that sent it
    parts: Mapping[str, str] = NOTHING  # subject, preheader and text by name, as far as they are known
    as_sent: bool = False  # the parts are in the syntax of the provider, not filled in for a reader


def mail_before(
    build: Build,
    against: Against,
    newsletter: Newsletter,
    record: Callable[[], Seen],
    values: Mapping[str, str],
    *,
    rehearses: bool,
) -> Before:
    """
    Return the mail that *build* is compared with.

    Args:
        build: the rendering that is shown.
        against: the issue's last commit, or what was last sent.
        newsletter: its newsletter.
        record: reads what is on record, as far as this machine knows; a commit asks for none.
        values: of the reader who is shown, by merge tag.
        rehearses: whether the provider of the settings reaches no reader.

    Raises:
        ReceiptError: nobody can tell what was sent, or the mail beside the receipt is broken.
    """
    issue = build.composed.issue
    settings = newsletter.settings
    if against == "sent":
        sent = last_sent(
            issue, newsletter.earlier(issue), record(), rehearses=rehearses, zone=ZoneInfo(settings.timezone)
        )
        parts = {"Text": sent.text} if sent.text else {}
        return Before(sent.label, sent.why, sent.html or "", parts, as_sent=True)
    committed = last_commit(issue.path, settings.root)
    if committed.source is None:
        return Before("", committed.why)
    try:
        old = replace(parse_issue(committed.source, issue.path, settings), images=issue.images)
        message = newsletter.composed(old).message
    except PipelineError as err:
        return Before("", f"{committed.label} cannot be rendered: {err.message}")
    read = as_read(build.payload, message, values, html=message.html)
    parts = {"Subject": read.subject, "Preheader": read.preheader, "Text": read.text}
    return Before(committed.label, "", message.html, parts)


def difference_view(before: Before, build: Build, values: Mapping[str, str]) -> dict[str, Any]:
    """
    Return how the mail of *build* came from the one *before*, word by word, as the page reads it.

    Args:
        before: the other mail.
        build: the rendering that is shown.
        values: of the reader who is shown, by merge tag.
    """
    message = build.composed.message
    syntax = persona(values)
    now = (
        {"Text": build.payload.text}
        if before.as_sent
        else {
            "Subject": syntax.apply(message.subject, "text"),
            "Preheader": syntax.apply(message.preheader, "text"),
            "Text": syntax.apply(message.text, "text"),
        }
    )
    pieces = {name: difference(text, now[name]) for name, text in before.parts.items()}
    counts = [summary(of_part) for of_part in pieces.values()]
    return {
        "label": before.label,
        "missing": "" if before.parts else before.why,
        "summary": {
            "added": sum(count.added for count in counts),
            "removed": sum(count.removed for count in counts),
        },
        "parts": [
            {"name": name, "words": [[piece.kind, piece.text] for piece in of_part]}
            for name, of_part in pieces.items()
        ],
    }
