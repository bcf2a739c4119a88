"""
The values that travel along the road, from issue to receipt.

All are frozen: a stage takes values and returns new ones.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

NOTHING: Mapping[str, Any] = MappingProxyType({})


class Severity(StrEnum):
    """
    How much a finding weighs, worst first.

    BLOCK stops and nobody can waive it; ERROR stops and can be waived; WARNING and NOTE are shown.
    """

    BLOCK = "block"
    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def stops(self) -> bool:
        """Say whether a finding of this severity stops a send."""
        return self in (Severity.BLOCK, Severity.ERROR)


Part = Literal["source", "settings", "registry", "template", "html", "text", "headers"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a check saw: what, where, how to mend it."""

    id: str  # rule, such as DISC001; never reused for another rule
    severity: Severity
    message: str  # what is wrong; lower case, no full stop
    hint: str  # how to mend it
    file: str = ""  # relative to the root, with forward slashes; empty when no file causes it
    line: int = 0  # from 1; 0 when unknown
    column: int = 0  # from 1; 0 when unknown
    part: Part = "source"
    profile: str = ""  # the client profile in which it fails; empty for all
    # Where the mail itself causes it, for whoever looks for the source of it; no part of the record.
    element: int = field(default=-1, compare=False)  # in the HTML, in document order from 0; -1 for none
    css: str = field(default="", compare=False)  # the property of the declaration that causes it
    undetermined: bool = field(default=False, compare=False)  # a browser may decide it


@dataclass(frozen=True, slots=True)
class Waiver:
    """An editor's recorded decision to send in spite of one rule's errors."""

    rule: str
    reason: str
    by: str
    until: dt.date  # last day on which it holds
    line: int = 0  # in the issue's file


@dataclass(frozen=True, slots=True)
class Image:
    """A local image of an issue."""

    src: str  # as the issue writes it, relative to the issue's file
    path: Path  # the file
    sha256: str  # of the file's bytes
    width: int  # px of the file
    height: int  # px of the file
    format: str  # file extension without the dot, from the bytes: png, jpg, gif


@dataclass(frozen=True, slots=True)
class Issue:
    """
    One issue's source: front matter, typed and complete, and the Markdown body.

    Defaults that hang on settings are already filled in.
    """

    path: Path  # the Markdown file
    file: str  # the same, relative to the root, with forward slashes: for findings
    id: str  # [a-z0-9-], immutable
    key: str  # newsletter id + "-" + issue id
    slug: str
    title: str
    subject: str  # default: title; may hold merge tags in editors' syntax
    preheader: str  # may be empty
    description: str  # default: preheader
    status: Literal["draft", "ready", "hold"]
    audience: str  # a name in the settings
    template: str  # a name in templates/, without .html
    lang: str  # BCP 47
    timezone: str  # IANA
    body: str  # Markdown with "\n" line ends, no front matter, no BOM
    body_line: int = 1  # line of the file on which the body begins, from 1
    date: dt.date | None = None  # editorial date
    send_at: dt.datetime | None = None  # aware, in `timezone`
    number: int | None = None
    topics: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    reviewed_by: str = ""
    reviewer_credential: str = ""
    last_reviewed: dt.date | None = None
    next_review: dt.date | None = None
    sponsors: tuple[str, ...] = ()
    image_src: str = ""  # the hero image, as the issue writes it
    image_alt: str = ""
    archive: Literal["listed", "unlisted", "none"] = "listed"
    canonical_url: str = ""
    aliases: tuple[str, ...] = ()
    updated: dt.date | None = None
    corrections: tuple[tuple[dt.date, str], ...] = ()
    waivers: tuple[Waiver, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=lambda: NOTHING)  # the x_* keys
    images: Mapping[str, Image] = field(
        default_factory=lambda: NOTHING
    )  # src as written -> local image; hero included
    lines: Mapping[str, int] = field(
        default_factory=lambda: NOTHING
    )  # front-matter key -> its line in the file


@dataclass(frozen=True, slots=True)
class Wording:
    """One version of one approved wording: a file of the registry."""

    id: str  # gen, gen-short, exercise, supplement, ...
    version: int
    locale: str  # BCP 47
    jurisdictions: frozenset[str]  # ISO 3166-1 alpha-2, upper case
    kind: Literal["mandated", "house"]
    elements: Mapping[str, str]  # element code (E1...) -> the words of the text that carry it
    effective_from: dt.date  # inclusive
    effective_to: dt.date | None  # exclusive
    approved_by: str  # "sample" for ours
    approved_on: dt.date
    sha256: str  # as stored; REG002 compares it with the text's
    text: str  # plain text: paragraphs parted by an empty line, no markup, "\n"
    html: str  # safe fragment of p, strong, em and a elements
    heading: str  # short label shown above the wording
    placement: Literal["top", "end"]  # before the body, or after it and before the footer
    file: str  # relative to the root, for findings

    @property
    def is_sample(self) -> bool:
        """Whether nobody approved it: good enough to rehearse with, never for real readers."""
        return self.approved_by.strip().casefold() == "sample"

    @property
    def ref(self) -> str:
        """The wording's name in markup and receipts: id@version."""
        return f"{self.id}@{self.version}"


@dataclass(frozen=True, slots=True)
class Fragment:
    """
    An issue's body after Markdown: semantic HTML, before any template.

    The archive shows it nearly as it is; the mail turns its components into tables.
    """

    html: str  # balanced, sanitised, "\n" line ends; merge tags are tokens
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """
    One finished message, merge tags still neutral tokens (`pipeline.mergetags`).

    This is what checks read, reviewers sign and providers receive.
    """

    key: str
    id: str  # the issue's, as people write it
    subject: str
    preheader: str
    sender: str  # RFC 5322 mailbox, such as "Coach Luke <luke@steady.example>"
    reply_to: str  # RFC 5322 mailbox or empty
    html: str  # full document, UTF-8 without BOM, "\n" line ends
    text: str  # "\n" line ends
    send_at: dt.datetime | None  # aware; None for a draft without a time
    web_url: str  # our own permalink; empty when the provider makes one
    wordings: tuple[Wording, ...]  # what had to be shown, in the order shown
    images: tuple[Image, ...]  # local images the HTML refers to
    digest: str  # content digest, hex SHA-256 (design.md, section 2)
    authors: tuple[str, ...] = ()  # none of them may sign it off
    reviewed_by: str = ""  # who readers are told reviewed it: nobody else signs for them
    waivers: tuple[Waiver, ...] = ()  # a sign-off answers for these as well
    findings: tuple[Finding, ...] = ()  # what the stages noticed on the way


@dataclass(frozen=True, slots=True)
class Audience:
    """A name in the settings for a provider's list or segment."""

    name: str
    target: Mapping[str, Any]  # provider name -> that provider's own description of the list


@dataclass(frozen=True, slots=True)
class Payload:
    """What a provider is given to store, in its own merge syntax."""

    subject: str
    preheader: str
    sender: str
    reply_to: str
    html: str
    text: str
    audience: Audience
    images: tuple[Image, ...]  # local images the HTML refers to, for a provider that stores them
    digest: str  # the message's content digest, kept beside the draft


DraftState = Literal["draft", "scheduled", "sending", "sent", "cancelled", "unknown"]


@dataclass(frozen=True, slots=True)
class Draft:
    """The object stored at the provider; what is in it, `Provider.stored` tells."""

    id: str  # the provider's own
    key: str
    state: DraftState
    send_at: dt.datetime | None = None  # UTC; None unless scheduled or sent
    sent_at: dt.datetime | None = None  # UTC
    native_state: str = ""  # the provider's own word for its state
    url: str = ""  # where a human looks at it


@dataclass(frozen=True, slots=True)
class Stored:
    """What a provider shows of a draft's content."""

    payload: Payload  # as stored, in the provider's syntax; what it changes on the way is undone
    html: str  # what readers will get, as far as the provider shows it before it sends
    text: str  # the same; empty when the provider makes the text part and does not show it


@dataclass(frozen=True, slots=True)
class Stats:
    """How a dispatch went, as the provider counts; None where it does not say."""

    to_send: int | None = None  # mails that were to go out
    sent: int | None = None  # mails that went out
    bounced: int | None = None


EntryKind = Literal["approved", "claimed", "scheduled", "cancelled", "sent", "needs-review"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a receipt; entries are only ever appended."""

    kind: EntryKind
    at: dt.datetime  # UTC
    run: str  # who wrote it: CI run id or host and process id
    tool: str  # version of this package
    data: Mapping[str, Any] = field(
        default_factory=lambda: NOTHING
    )  # digests, draft id, times; never a secret
    place: str = ""  # id of the clone it was written from; empty where receipts are a folder


@dataclass(frozen=True, slots=True)
class Receipt:
    """All that is on record about one key."""

    key: str
    entries: tuple[Entry, ...] = ()
