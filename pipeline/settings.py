"""
The newsletter's settings: `[tool.newsletter]` of the nearest pyproject.toml, read once, typed and complete.

Every problem is reported in one go. Secrets never stand here: they come from the environment. What a
problem's id means:

    SET001  no settings found, or the file cannot be read
    SET002  the file is not TOML
    SET003  unknown key
    SET004  a key is missing
    SET005  a value of the wrong kind
    SET006  a value that cannot be: id, address, URL, zone, slot, duration, ...
    SET007  a secret
    SET008  an audience that does not say whom it reaches
    SET009  an audience that is not there
"""

import datetime as dt
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pipeline.errors import SettingsError
from pipeline.findings import Findings, did_you_mean
from pipeline.images import published_name
from pipeline.localtime import Slot, next_in_slot
from pipeline.model import NOTHING, Audience, Image, Issue
from pipeline.tomllines import toml_lines
from pipeline.tomltable import HOST, ID, LANGUAGE, MAILBOX, MARKET, NAME, URL, Form, TomlTable

FILE = "pyproject.toml"
KEYS = (
    *("id", "name", "url", "archive_url", "timezone", "language", "markets", "from", "reply_to"),
    *("postal_address", "readers", "subscribe_url", "template", "audience", "send_slot", "lead_time"),
    *("latest_send", "horizon", "require_approval", "editor", "provider", "receipts", "audiences"),
    *("providers", "smtp"),
)
_RECEIPTS = '"branch", or a folder such as ".newsletter/receipts"'
SMTP_KEYS = ("host", "port", "security", "user")
# what stands at the root of the archive beside issues, years and old addresses
_ARCHIVE_FILES = r"404\.html|index\.html|feed\.xml|feed\.json|robots\.txt|sitemap(?:-\d+)?\.xml"
_OF_THE_ARCHIVE = re.compile(
    rf"(?:tags|authors|reviewers|latest|search|assets|pagefind|{_ARCHIVE_FILES})(?:/.*)?|\d{{4}}(?:/index\.html)?",
    re.IGNORECASE,  # some file systems, and hosts on them, make no difference
)


@dataclass(frozen=True, slots=True)
class Smtp:
    """The mail server that delivers proofs; its password stands in the environment alone."""

    host: str
    port: int
    security: Literal["starttls", "tls"]
    user: str

    @property
    def name(self) -> str:
        """The server, for messages."""
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One newsletter's settings."""

    root: Path  # folder of the pyproject.toml, absolute
    id: str  # [a-z0-9-], the first part of every key
    name: str  # as readers know it
    url: str  # without a slash at the end
    archive_url: str = ""  # without a slash at the end; empty when there is no archive
    timezone: str  # IANA
    language: str  # BCP 47
    markets: tuple[str, ...]  # ISO 3166-1 alpha-2
    sender: str  # RFC 5322 mailbox; `from` in the file
    reply_to: str = ""  # RFC 5322 mailbox or empty
    postal_address: str
    readers: int | None = None  # how many the list has, about
    subscribe_url: str = ""
    template: str  # name in templates/, without .html
    audience: str  # name in audiences, for issues that name none
    send_slot: Slot  # the weekly hour of a new issue
    lead_time: dt.timedelta = dt.timedelta(minutes=30)  # a dispatch is scheduled at least so far ahead
    latest_send: dt.timedelta = dt.timedelta(hours=2)  # a mail later than this is not sent
    horizon: dt.timedelta = dt.timedelta(days=1)  # `send --due` schedules what goes out within this
    require_approval: bool = False
    editor: str = ""  # command that opens a file at a line from the preview
    audiences: Mapping[str, Audience] = field(default_factory=lambda: NOTHING)
    provider: str = "outbox"
    providers: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: NOTHING)
    receipts: Path | Literal["branch"] = "branch"  # a folder, absolute; or the branch `receipts`
    smtp: Smtp | None = None  # None: no proofs by mail

    @property
    def issues_path(self) -> Path:
        """The folder of the issues."""
        return self.root / "issues"

    @property
    def templates_path(self) -> Path:
        """The folder of the email templates."""
        return self.root / "templates"

    @property
    def registry_path(self) -> Path:
        """The folder of the approved wordings."""
        return self.templates_path / "disclaimers"

    @property
    def cache_path(self) -> Path:
        """A folder whose files may be deleted at any time."""
        return self.root / ".newsletter" / "cache"

    def permalink(self, issue: Issue) -> str:
        """Return the address of *issue* in our archive, or "" when it is not archived."""
        if not self.archive_url or issue.archive == "none":
            return ""
        return f"{self.archive_url}/{issue.slug}/"

    def image_url(self, image: Image) -> str:
        """Return where readers find *image*; without an archive, a path beside the message."""
        return f"{self.archive_url}/assets/{published_name(image)}".lstrip("/")


def is_of_the_archive(path: str) -> bool:
    """Say whether *path*, below the archive's root, is one of its own pages, which no issue can have."""
    return _OF_THE_ARCHIVE.fullmatch(path.strip("/")) is not None


def next_slot(settings: Settings, *, after: dt.datetime) -> dt.datetime:
    """Return the first time of the weekly send slot later than *after*: aware, in the newsletter's zone."""
    return next_in_slot(settings.send_slot, ZoneInfo(settings.timezone), after=after)


def load_settings(start: Path) -> Settings:
    """
    Return the settings of the newsletter that *start*, a folder or a file, lies in.

    Raises:
        SettingsError: there are none, or they are wrong; `findings` has every problem.
    """
    start = start.resolve()
    for folder in (start, *start.parents):
        path = folder / FILE
        if path.is_file():
            found = Findings(FILE, "settings")
            text = _text(path, found)
            values = _newsletter(text, found)
            if values is not None:
                return parse_settings(values, root=folder, lines=toml_lines(text), found=found)
    raise SettingsError(
        f"no {FILE} with [tool.newsletter] in {str(start)!r} or above",
        hint="run the command inside a newsletter's folder, or name one with --root",
    )


def _text(path: Path, found: Findings) -> str:
    try:
        return path.read_bytes().decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as err:
        found.add("SET001", f"not UTF-8 at byte {err.start}", "save the file as UTF-8")
    except OSError as err:
        found.add("SET001", f"cannot be read: {err.strerror}", "look at the file's permissions")
    raise _error(found)


def _newsletter(text: str, found: Findings) -> dict[str, Any] | None:
    """Return the table [tool.newsletter], or None when *text* has none."""
    try:
        tool = tomllib.loads(text).get("tool")
    except (ValueError, RecursionError) as err:
        place = re.search(r"\(at line ([0-9]+), column ([0-9]+)\)", str(err))
        line, column = (int(place[1]), int(place[2])) if place else (0, 0)
        found.add("SET002", f"not TOML: {err}", "mend this line", line=line, column=column)
        raise _error(found) from err
    values = tool.get("newsletter") if isinstance(tool, dict) else None
    return values if isinstance(values, dict) else None


def parse_settings(
    values: Mapping[str, Any], *, root: Path, lines: Mapping[str, int], found: Findings
) -> Settings:
    """
    Return the settings that the table [tool.newsletter] holds.

    Args:
        values: the table.
        root: its newsletter's folder.
        lines: the line of each key in the file, for findings.
        found: where problems are noted.

    Raises:
        SettingsError: there are problems.
    """
    table = TomlTable(values, lines, "tool.newsletter", found)
    table.refuse_unknown(KEYS)
    table.refuse_secrets()
    provider = table.text("provider", NAME, default="outbox")
    settings = Settings(
        root=root,
        id=table.text("id", ID),
        name=table.text("name"),
        url=table.text("url", URL).rstrip("/"),
        archive_url=table.text("archive_url", URL, default="").rstrip("/"),
        timezone=table.zone("timezone"),
        language=table.text("language", LANGUAGE),
        markets=table.texts("markets", MARKET),
        sender=table.text("from", MAILBOX),
        reply_to=table.text("reply_to", MAILBOX, default=""),
        postal_address=table.text("postal_address"),
        readers=table.count("readers"),
        subscribe_url=table.text("subscribe_url", URL, default=""),
        template=table.text("template", NAME),
        audience=table.text("audience", NAME),
        send_slot=table.slot("send_slot"),
        lead_time=table.duration("lead_time", "30m"),
        latest_send=table.duration("latest_send", "2h"),
        horizon=table.duration("horizon", "1d"),
        require_approval=table.flag("require_approval"),
        editor=table.text("editor", default=""),
        audiences=MappingProxyType(_audiences(table, provider)),
        provider=provider,
        providers=MappingProxyType(table.tables("providers")),
        receipts=_receipts(table, root),
        smtp=_smtp(table.table("smtp")),
    )
    if settings.audience and settings.audience not in settings.audiences:
        hint = did_you_mean(settings.audience, settings.audiences)
        table.note("SET009", "audience", f"no such audience: {settings.audience!r}", hint)
    if not found and settings.lead_time >= settings.horizon:
        message = "lead_time is no shorter than horizon: `send --due` would send every issue late"
        table.note("SET006", "lead_time", message, "make horizon much longer than lead_time, such as a day")
    if found:
        raise _error(found)
    return settings


def _audiences(table: TomlTable, provider: str) -> dict[str, Audience]:
    """Return the audiences by name; each must say whom it reaches at the provider: there is no "everyone"."""
    audiences = table.tables("audiences", required=True)
    for name, target in audiences.items():
        if not target.get(provider):
            others = did_you_mean(provider, target) if target else ""
            hint = f"add {provider} = ... under [tool.newsletter.audiences.{name}]"
            message = f"audience {name!r} does not say whom it reaches at provider {provider!r}"
            table.note("SET008", f"audiences.{name}", message, f"{others} {hint}".lstrip())
    return {name: Audience(name, MappingProxyType(target)) for name, target in audiences.items()}


def _receipts(table: TomlTable, root: Path) -> Path | Literal["branch"]:
    """Return where receipts are; a name alone is no folder, so that a slip of "branch" is none."""
    text = table.text("receipts", Form(re.compile(r"branch|\..*|.*/.*"), _RECEIPTS), default="branch")
    return "branch" if text == "branch" else root / text


def _smtp(table: TomlTable | None) -> Smtp | None:
    """Return the mail server of proofs; the port hangs on how it is kept private (RFC 8314, section 3)."""
    if table is None:
        return None
    table.refuse_unknown(SMTP_KEYS)
    security: Literal["starttls", "tls"] = (
        "tls" if table.choice("security", ("starttls", "tls")) == "tls" else "starttls"
    )
    port = table.count("port", most=65535) or {"starttls": 587, "tls": 465}[security]
    return Smtp(table.text("host", HOST), port, security, table.text("user"))


def _error(found: Findings) -> SettingsError:
    message, hint = found.summary
    return SettingsError(message, hint=hint, findings=found.all)
