"""What a medical reviewer must know to sign an issue, as values for a page; nothing here is escaped."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from shlex import quote
from typing import Any

from pipeline.localtime import long_date
from pipeline.mergetags import persona
from pipeline.model import Entry, Finding, Issue, Message, Receipt, Severity, Waiver, Wording
from pipeline.personas import persona_values
from pipeline.preview.built import Build, Checks
from pipeline.receipts import signed
from pipeline.rules import TITLES
from pipeline.settings import Settings

READER = "reader"  # the persona whose copy is shown where only one is
_GROUP = 4  # hex digits that are read aloud in one breath
_PLAIN_NAME = re.compile(r"[\w .,'-]+")
_DISPLAY = ("DISC", "VIS")  # the rules that prove a wording is shown
_OF_BOTH = "DISC007"  # a contradiction is told of the HTML alone, and stands in both parts


def asked(build: Build) -> dict[str, Any]:
    """Return what the reviewer is asked, and the command that answers."""
    issue, message = build.composed.issue, build.composed.message
    return {
        "id": issue.id,
        "file": issue.file,
        "title": issue.title,
        "authors": issue.authors,
        "reviewer": ", ".join(filter(None, (issue.reviewed_by, issue.reviewer_credential))),
        "sponsors": issue.sponsors,
        "audience": issue.audience,
        "sender": message.sender,
        "reply_to": message.reply_to,
        "status": issue.status,
        "local_time": _local(issue),
        "utc_time": _utc(issue),
        "command": command(issue, message),
        "has_gaps": not (issue.reviewed_by and issue.reviewer_credential),
        "digest": message.digest,
        "groups": [message.digest[at : at + _GROUP] for at in range(0, len(message.digest), _GROUP)],
    }


def command(issue: Issue, message: Message) -> str:
    """Return the command that signs exactly *message*; what nobody knows yet stands in it in capitals."""
    credential = "" if issue.reviewer_credential else ' --credential "YOUR CREDENTIAL"'
    by = _quoted(issue.reviewed_by or "YOUR NAME")
    return f"newsletter approve {quote(issue.id)} --by {by}{credential} --digest {message.digest}"


def filled(build: Build, settings: Settings, name: str = READER) -> dict[str, str]:
    """Return subject, preheader, HTML and text as the reader *name* gets them."""
    message = build.composed.message
    syntax = persona(persona_values(name, settings))
    return {
        "subject": syntax.apply(message.subject, "text"),
        "preheader": syntax.apply(message.preheader, "text"),
        "html": syntax.apply(message.html, "html"),
        "text": syntax.apply(message.text, "text"),
    }


def wordings(build: Build, checks: Checks, text: str) -> list[dict[str, Any]]:
    """
    Return each wording that the issue must show, where it stands, and whether it is proven to be shown.

    Args:
        build: the rendering.
        checks: of that rendering.
        text: its text part, as one reader gets it.
    """
    required = build.composed.selection.wordings
    return [
        {
            "ref": wording.ref,
            "id": wording.id,
            "version": wording.version,
            "anchor": anchor(wording),
            "locale": wording.locale,
            "jurisdictions": sorted(wording.jurisdictions),
            "kind": wording.kind,
            "heading": wording.heading,
            "approved_by": wording.approved_by,
            "approved_on": long_date(wording.approved_on, "en"),
            "effective_from": long_date(wording.effective_from, "en"),
            "is_sample": wording.is_sample,
            "paragraphs": wording.text.split("\n\n"),
            "is_marked": mark(wording) in build.composed.message.html,
            "at_top": wording.placement == "top",
            "in_html": _against(wording, required, checks.findings, "html"),
            "in_text": _against(wording, required, checks.findings, "text"),
            "text_lines": lines_of(wording.text, text),
        }
        for wording in required
    ]


def anchor(wording: Wording) -> str:
    """Return the name of the place where *wording* stands."""
    return f"wording-{wording.id}-{wording.version}"


def mark(wording: Wording) -> str:
    """Return the attribute by which templates mark the element that shows *wording*."""
    return f'data-disclaimer="{wording.ref}"'


def lines_of(words: str, text: str) -> tuple[int, int] | None:
    """Return the first and last line of *text*, from 1, on which *words* stand whole, or None."""
    sought = words.split()
    found = [(word, number) for number, line in enumerate(text.split("\n"), 1) for word in line.split()]
    plain = [word for word, _ in found]
    for at in range(len(plain) - len(sought) + 1):
        if sought and plain[at : at + len(sought)] == sought:
            return found[at][1], found[at + len(sought) - 1][1]
    return None


def grouped(checks: Checks) -> dict[str, list[dict[str, Any]]]:
    """Return the findings by what they ask for: blocking, decide, notes."""
    groups: dict[str, list[dict[str, Any]]] = {"blocking": [], "decide": [], "notes": []}
    for finding in checks.findings:
        kind = "notes" if finding.severity is Severity.NOTE else "decide"
        groups["blocking" if finding.severity.stops else kind].append(
            {
                "id": finding.id,
                "title": TITLES.get(finding.id, ""),
                "message": finding.message,
                "hint": finding.hint,
                "file": finding.file,
                "line": finding.line,
                "profile": finding.profile,
            }
        )
    return groups


def waivers(message: Message) -> list[dict[str, Any]]:
    """Return what an editor decided to send in spite of: a sign-off answers for it as well."""
    return [
        {
            "rule": waiver.rule,
            "title": TITLES.get(waiver.rule, ""),
            "reason": waiver.reason,
            "by": waiver.by,
            "until": long_date(waiver.until, "en"),
        }
        for waiver in message.waivers
    ]


def signed_before(message: Message, receipt: Receipt | None) -> dict[str, Any] | None:
    """Return who signed last, when and what, and what is different now; None when nobody is known to have."""
    entry = signed(receipt) if receipt else None
    if entry is None:
        return None
    was, now = _names(entry, "wordings"), [wording.ref for wording in message.wordings]
    waived = {_waiver(waiver) for waiver in message.waivers}
    known = {(str(one.get("rule")), str(one.get("until"))) for one in _dicts(entry, "waivers")}
    return {
        "by": ", ".join(filter(None, (str(entry.data.get("by", "")), str(entry.data.get("credential", ""))))),
        "at": f"{long_date(entry.at.date(), 'en')}, {entry.at:%H:%M} UTC",
        "digest": str(entry.data.get("content_digest", "")),
        "is_this": entry.data.get("content_digest") == message.digest,
        "wordings_gone": [ref for ref in was if ref not in now],
        "wordings_new": [ref for ref in now if ref not in was],
        "waivers_gone": [f"{rule} until {until}" for rule, until in sorted(known - waived)],
        "waivers_new": [f"{rule} until {until}" for rule, until in sorted(waived - known)],
    }


def _against(
    wording: Wording, required: Sequence[Wording], findings: Sequence[Finding], part: str
) -> list[dict[str, str]]:
    """Return what keeps *wording* from counting as shown in *part*; what names no wording counts for each."""
    other = "text" if part == "html" else "html"
    return [
        {"id": finding.id, "message": finding.message}
        for finding in findings
        if finding.severity.stops and finding.id.startswith(_DISPLAY)
        if finding.part != other or finding.id == _OF_BOTH
        if _names_ref(finding, wording) or not any(_names_ref(finding, one) for one in required)
    ]


def _names_ref(finding: Finding, wording: Wording) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(wording.ref)}(?!\d)", finding.message) is not None


def _local(issue: Issue) -> str:
    at = issue.send_at
    return f"{at:%A}, {long_date(at.date(), 'en')}, {at:%H:%M} {issue.timezone} ({at:%Z})" if at else ""


def _utc(issue: Issue) -> str:
    at = issue.send_at.astimezone(dt.UTC) if issue.send_at else None
    return f"{at:%A}, {long_date(at.date(), 'en')}, {at:%H:%M} UTC" if at else ""


def _quoted(name: str) -> str:
    """Return *name* as one word of a command, in the quotes that every shell knows where they do."""
    return f'"{name}"' if _PLAIN_NAME.fullmatch(name) else quote(name)


def _names(entry: Entry, key: str) -> list[str]:
    value = entry.data.get(key)
    return [str(one) for one in value] if isinstance(value, list) else []


def _dicts(entry: Entry, key: str) -> list[Mapping[str, Any]]:
    value = entry.data.get(key)
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def _waiver(waiver: Waiver) -> tuple[str, str]:
    return waiver.rule, waiver.until.isoformat()
