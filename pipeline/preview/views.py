"""A rendering and its checks as the JSON that the page reads; strings and numbers, nothing escaped."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from pipeline.localtime import long_date
from pipeline.mime import mime
from pipeline.model import Finding, Issue, Message, Severity, Wording
from pipeline.personas import LABELS, as_read
from pipeline.preview.built import Build, Checks, Trouble
from pipeline.preview.catalogue import counted
from pipeline.preview.headers import Size, headers, size
from pipeline.preview.inbox import inbox_rows
from pipeline.preview.pages import Shown
from pipeline.preview.readiness import Readiness
from pipeline.rules import TITLES

WORDS_A_MINUTE = 230  # adults reading to themselves (Brysbaert 2019, a review of 190 studies: 238 words)
_UNSEEN = "VIS022"  # nobody can tell
_OF_SIGNATURES = frozenset({"REV003", "REV006", "OVR004"})
_URL = re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?)\]]")


def issue_view(
    build: Build | None, trouble: Trouble | None, values: Mapping[str, str], *, name: str, file: str
) -> dict[str, Any]:
    """
    Return all there is to show of an issue but what the checks say.

    Args:
        build: the last good rendering, or None when there never was one.
        trouble: why there is no newer one, or None.
        values: of the reader who is shown, by merge tag.
        name: the issue's id, as it was asked for.
        file: its file, relative to the root.
    """
    view: dict[str, Any] = {
        "id": name,
        "file": file,
        "build": build.number if build else 0,
        "stale": build is not None and trouble is not None,
        "trouble": trouble_view(trouble) if trouble else None,
    }
    return view | _shown(build, values) if build else view


def _shown(build: Build, values: Mapping[str, str]) -> dict[str, Any]:
    issue, message = build.composed.issue, build.composed.message
    read = as_read(build.payload, message, values, html=message.html)
    mail = mime(read, key=message.key, date=message.send_at)
    rows = inbox_rows(read.subject, read.preheader, read.html, sender=message.sender)
    return {
        "id": issue.id,
        "title": issue.title,
        "took_ms": round(build.took_ms, 1),
        "digest": message.digest,
        "subject": read.subject,
        "preheader": read.preheader,
        "from": message.sender,
        "reply_to": message.reply_to,
        "send_at": _moment(issue),
        "status": issue.status,
        "template": issue.template,
        "audience": issue.audience,
        "wordings": [_wording(wording) for wording in message.wordings],
        "personas": [{"name": name, "label": label} for name, label in LABELS.items()],
        "inbox": [row._asdict() for row in rows],
        "headers": [header._asdict() for header in headers(mail)],
        "size": _size(size(build.payload, message)),
        "text": [list(_links(line)) for line in read.text.split("\n")],
        "source": {
            "markdown": build.source.replace("\r\n", "\n").split("\n"),
            "html": build.payload.html.split("\n"),
        },
        "facts": _facts(message),
    }


def checks_view(
    build: Build, checks: Checks, ready: Readiness, record: str, *, signs: bool
) -> dict[str, Any]:
    """
    Return what the checks say of *build*; they may be those of an earlier one.

    Args:
        build: the rendering that is shown.
        checks: the last that were made.
        ready: whether it may be sent.
        record: what is known of what was sent, and since when, for people.
        signs: whether the settings ask for a sign-off.
    """
    broken = {finding.id for finding in checks.findings}
    not_run = list(checks.not_run)
    if not checks.looked:
        broken |= {_UNSEEN}
    if not signs:
        not_run.append(("somebody signs it off", "require_approval is not set in pyproject.toml"))
    broken |= _OF_SIGNATURES  # the readiness tells of them
    groups: dict[str, list[dict[str, Any]]] = {"blocking": [], "decide": [], "notes": []}
    for finding in checks.findings:
        groups[_group(finding)].append(finding_view(finding))
    return {
        "build": checks.number,
        "digest": build.composed.message.digest,
        "looked": checks.looked,
        "counts": counted(checks.findings),
        **groups,
        "passed": [{"id": rule, "title": title} for rule, title in TITLES.items() if rule not in broken],
        "not_run": [{"what": what, "why": why} for what, why in not_run],
        "places": [[place.file, place.line] if place else None for place in checks.places],
        "readiness": {
            "fit": ready.tone == "good",
            "state": ready.state.value,
            "tone": ready.tone,
            "sentence": ready.sentence,
            "command": ready.command,
            "record": record,
        },
        "next": [step._asdict() for step in ready.steps],
    }


def archived_view(shown: Shown) -> dict[str, Any]:
    """
    Return where the page of an issue stands; the page itself is the frame's.

    Args:
        shown: what there is to show of it.
    """
    archived, trouble = shown.archived, shown.trouble
    result = archived.result if archived else None
    return {
        "state": archived.state if archived else None,
        "life": archived.life if archived else "",
        "missing": archived.missing if archived else "",
        "url": archived.url if archived else "",
        "stops": [finding_view(finding) for finding in archived.stops] if archived else [],
        "result": result and result._asdict(),
        "number": shown.number,
        "stale": shown.is_stale,
        "trouble": trouble and trouble_view(trouble),
        "record": shown.record,
    }


def _group(finding: Finding) -> str:
    if finding.severity.stops:
        return "blocking"
    return "decide" if finding.severity is Severity.WARNING else "notes"


def finding_view(finding: Finding) -> dict[str, Any]:
    """Return a finding as the page reads it."""
    return {
        "id": finding.id,
        "title": TITLES.get(finding.id, ""),
        "severity": finding.severity.value,
        "message": finding.message,
        "hint": finding.hint,
        "file": finding.file,
        "line": finding.line,
        "column": finding.column,
        "part": finding.part,
        "profile": finding.profile,
        "element": finding.element,
        "openable": bool(finding.file),
    }


def trouble_view(trouble: Trouble) -> dict[str, Any]:
    """Return what went wrong as the page reads it."""
    return {
        "message": trouble.message,
        "hint": trouble.hint,
        "file": trouble.file,
        "line": trouble.line,
        "column": trouble.column,
        "excerpt": [list(row) for row in trouble.excerpt],
        "chain": [list(step) for step in trouble.chain],
        "problems": [finding_view(finding) for finding in trouble.problems],
    }


def _wording(wording: Wording) -> dict[str, Any]:
    return {
        "ref": wording.ref,
        "heading": wording.heading,
        "locale": wording.locale,
        "text": wording.text,
        "approved_by": wording.approved_by,
        "approved_on": wording.approved_on.isoformat(),
        "sample": wording.is_sample,
    }


def _moment(issue: Issue) -> str | None:
    if issue.send_at is None:
        return None
    return f"{issue.send_at:%a} {long_date(issue.send_at.date(), 'en')}, {issue.send_at:%H:%M %Z}"


def _links(line: str) -> Iterable[tuple[str, str]]:
    """Yield the pieces of a line of text, each with the address it links to or ""."""
    end = 0
    for url in _URL.finditer(line):
        if url.start() > end:
            yield line[end : url.start()], ""
        yield url[0], url[0]
        end = url.end()
    if end < len(line) or not line:
        yield line[end:], ""


def _size(size: Size) -> dict[str, Any]:
    return size._asdict() | {"marks": [mark._asdict() for mark in size.marks]}


def _facts(message: Message) -> Mapping[str, Any]:
    words = len(message.text.split())
    tree = LexborHTMLParser(message.html)
    pictures = [image.attributes.get("src") or "" for image in tree.css("img")]
    local = sum(1 for image in message.images)
    return {
        "words": words,
        "minutes": max(1, round(words / WORDS_A_MINUTE)),
        "links": len(tree.css("a[href]")),
        "images": [
            {"name": image.src, "width": image.width, "height": image.height} for image in message.images
        ],
        "remote_images": max(0, len(set(pictures)) - local),
    }
