"""
The keys of front matter, what each may hold, and what it is when not given (design.md, section 4).

A machine's states (sent, scheduled, ...) are no front matter: they live in receipts, so that no merge can
cause or forge a send.
"""

import datetime as dt
import re
from pathlib import Path
from types import MappingProxyType
from typing import Literal, NamedTuple, cast
from zoneinfo import ZoneInfo

from pipeline.findings import Findings, did_you_mean
from pipeline.issue.fields import Fields
from pipeline.issue.frontmatter import Source
from pipeline.issue.imagesources import is_local
from pipeline.issue.nodes import Entry, Table, below
from pipeline.localtime import WrongTime, parse_send_at, parse_zone
from pipeline.mergetags import PREFIX
from pipeline.model import Issue, Waiver
from pipeline.settings import Settings, is_of_the_archive

KEYS = (
    *("title", "id", "slug", "number", "subject", "preheader", "description", "date", "send_at", "timezone"),
    *("status", "audience", "template", "topics", "tags", "authors", "reviewed_by", "reviewer_credential"),
    *("last_reviewed", "next_review", "sponsors", "image", "archive", "canonical_url", "aliases", "updated"),
    *("corrections", "lang", "waivers"),
)
ALIASES = {"preview_text": "preheader", "publish_date": "send_at", "publishDate": "send_at"}
HEADER_KEYS = frozenset(key.lower() for key in (*KEYS, *ALIASES))

# what other systems call it (Hugo, Jekyll, Pelican, Ghost), for "did you mean"
_ELSEWHERE = {
    "categories": "topics",
    "category": "topics",
    "custom_excerpt": "preheader",
    "draft": "status",
    "feature_image": "image",
    "last_modified_at": "updated",
    "lastmod": "updated",
    "modified": "updated",
    "permalink": "slug",
    "published": "status",
    "published_at": "send_at",
    "redirect_from": "aliases",
    "scheduled": "send_at",
    "summary": "preheader",
    "url": "slug",
    "visibility": "archive",
}
_STATUSES = ("draft", "ready", "hold")
_ARCHIVE = ("listed", "unlisted", "none")
_MACHINE_STATES = frozenset(
    (
        *("sent", "sending", "scheduled", "queued", "published", "about_to_send", "in_flight", "pushed"),
        *("verified", "archived", "paused", "throttled", "errored", "suppressed", "running", "finished"),
        *("cancelled", "canceled", "deleted"),
    )
)
_ID = re.compile(rf"(?!.*{PREFIX})[a-z0-9][a-z0-9-]{{0,119}}")
_TEMPLATE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Z][a-z]{3})?(?:-(?:[A-Z]{2}|[0-9]{3}))?")
_WEB_ADDRESS = re.compile(
    r"https?://(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(?::[0-9]{1,5})?(?:[/?][!#-;=?-_a-z~]*)?"
)
_OLD_PATH = re.compile(  # it becomes folders, whose names a file system limits
    r"(?!.{201})(?!.*[^/]{121})/?(?:[A-Za-z0-9_-][A-Za-z0-9._-]*/)*[A-Za-z0-9_-][A-Za-z0-9._-]*/?"
)
_RULE = re.compile(r"[A-Z][A-Z0-9-]*")
_DATED = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})-.")


class Place(NamedTuple):
    """Where an issue lies, and what that says about it."""

    path: Path  # the Markdown file
    file: str  # the same, relative to the root, with forward slashes

    @property
    def id(self) -> str:
        """The issue's id when it names none: the name of its file, or of its folder."""
        return self.path.parent.name if self.path.name == "index.md" else self.path.stem

    @property
    def date(self) -> dt.date | None:
        """The date at the front of that name."""
        match = _DATED.match(self.id)
        try:
            return dt.date.fromisoformat(match[1]) if match else None
        except ValueError:
            return None  # no day of the calendar: then it is a name like any other


def parse_issue_fields(source: Source, place: Place, settings: Settings, found: Findings) -> Issue:
    """
    Return the issue that *source* holds, complete with defaults; its images are still missing.

    What is wrong is noted in *found*; the issue then has an empty value or a default in its place.
    """
    table = _without_aliases(source.table, found)
    fields = Fields(table, found)
    fields.refuse_unknown(KEYS, elsewhere=_ELSEWHERE, free="x_")
    title = fields.text("title", example="Five minutes for a stiff back")
    preheader = fields.text("preheader")
    issue_id = fields.formed("id", _ID, "FM025", "2026-12-01-stiff-back") or _id_of_name(place, found)
    zone = _zone(fields, settings)
    image = fields.table("image", '{src: hero.jpg, alt: "what it shows"}')
    if image:
        image.refuse_unknown(("src", "alt"))
    issue = Issue(
        path=place.path,
        file=place.file,
        id=issue_id,
        key=f"{settings.id}-{issue_id}",
        slug=fields.formed("slug", _ID, "FM025", "stiff-back") or issue_id,
        title=title,
        subject=fields.text("subject") or title,
        preheader=preheader,
        description=fields.text("description") or preheader,
        status=cast('Literal["draft", "ready", "hold"]', _status(fields)),
        audience=_audience(fields, settings),
        template=fields.formed("template", _TEMPLATE, "FM028", "weekly") or settings.template,
        lang=fields.formed("lang", _LANGUAGE, "FM028", "en-US") or settings.language,
        timezone=zone.key if zone else settings.timezone,
        body=source.body,
        body_line=source.body_line,
        date=fields.date("date") or place.date,
        send_at=_send_at(fields, zone),
        number=fields.number("number"),
        topics=fields.texts("topics"),
        tags=fields.texts("tags"),
        authors=fields.texts("authors"),
        reviewed_by=fields.text("reviewed_by"),
        reviewer_credential=fields.text("reviewer_credential"),
        last_reviewed=fields.date("last_reviewed"),
        next_review=fields.date("next_review"),
        sponsors=fields.texts("sponsors"),
        image_src=_picture(image) if image else "",
        image_alt=_alt(image) if image else "",
        archive=cast('Literal["listed", "unlisted", "none"]', _choice(fields, "archive", _ARCHIVE)),
        canonical_url=fields.formed("canonical_url", _WEB_ADDRESS, "FM028", "https://steady.example/back/"),
        aliases=fields.texts("aliases", _OLD_PATH, "FM028", "/2026/old-name/"),
        updated=fields.date("updated"),
        corrections=_corrections(fields),
        waivers=_waivers(fields),
        extra=MappingProxyType(fields.free("x_")),
        lines=MappingProxyType({path: line for path, line, _ in below(table)}),
    )
    _check_ready(issue, fields, found)
    if settings.archive_url:
        _check_addresses(issue, found)
    return issue


def _without_aliases(table: Table, found: Findings) -> Table:
    """Return *table* with our keys in place of the aliases."""
    entries: dict[str, Entry] = {}
    for entry in table.entries.values():
        key = ALIASES.get(entry.key, entry.key)
        if key in entries:
            names = " and ".join((key, *(name for name, ours in ALIASES.items() if ours == key)))
            message = f"{key} is given on line {entries[key].line} already: {names} are the same"
            found.add("FM012", message, "keep one of the two", line=entry.line, column=entry.column)
        entries.setdefault(key, Entry(key, entry.value, entry.line, entry.column))
    return Table(entries, table.line, table.column)


def _id_of_name(place: Place, found: Findings) -> str:
    if not _ID.fullmatch(place.id):
        hint = "rename it like 2026-12-01-stiff-back.md, or add an id"
        found.add("FM025", f"the file's name makes no id: {place.id[:80]!r}", hint, line=1)
    return place.id


def _zone(fields: Fields, settings: Settings) -> ZoneInfo | None:
    """Return the issue's time zone, or None when it is wrong and noted."""
    try:
        return parse_zone(fields.text("timezone") or settings.timezone)
    except WrongTime as wrong:
        fields.note("FM030", "timezone", wrong.message, wrong.hint)
        return None


def _send_at(fields: Fields, zone: ZoneInfo | None) -> dt.datetime | None:
    text = fields.text("send_at")
    try:
        return parse_send_at(text, zone) if text and zone else None
    except WrongTime as wrong:
        fields.note("FM031", "send_at", f"send_at has {wrong.message}", wrong.hint)
        return None


def _status(fields: Fields) -> str:
    if (state := fields.text("status")).lower() in _MACHINE_STATES:
        hint = "write status: ready; what was sent is on record in receipts, see `newsletter status`"
        fields.note("FM024", "status", f"status {state!r} is for machines to say, not for front matter", hint)
        return "draft"
    return _choice(fields, "status", _STATUSES)


def _choice(fields: Fields, key: str, choices: tuple[str, ...]) -> str:
    """Return one of the choices, the first when missing or wrong."""
    text = fields.text(key) or choices[0]
    if text not in choices:
        fields.note("FM023", key, f"{key} cannot be {text[:80]!r}", did_you_mean(text, choices))
    return text if text in choices else choices[0]


def _audience(fields: Fields, settings: Settings) -> str:
    name = fields.text("audience") or settings.audience
    if name not in settings.audiences:
        hint = did_you_mean(name, settings.audiences)
        fields.note("FM029", "audience", f"no such audience in the settings: {name[:80]!r}", hint)
    return name


def _picture(image: Fields) -> str:
    src = image.text("src", example="hero.jpg")
    if src and not is_local(src) and not _WEB_ADDRESS.fullmatch(src):
        hint = "name a file beside the issue, or write the full address, beginning with https://"
        image.note("FM043", "src", f"image address that cannot be read: {src[:80]!r}", hint)
    return src


def _alt(image: Fields) -> str:
    if image.value("alt") is None:
        hint = 'say what the image shows, or write alt: "" when it only decorates'
        image.note("FM020", "alt", "image.alt is missing", hint)
    return image.text("alt")


def _corrections(fields: Fields) -> tuple[tuple[dt.date, str], ...]:
    corrections = []
    for item in fields.tables("corrections", '{date: 2026-12-03, text: "what was wrong"}'):
        item.refuse_unknown(("date", "text"))
        day, text = item.date("date", example="2026-12-03"), item.text("text", example="what was wrong")
        corrections += [(day, text)] if day else []
    return tuple(corrections)


def _waivers(fields: Fields) -> tuple[Waiver, ...]:
    waivers = []
    for item in fields.tables("waivers", "{rule: MD006, reason: ..., by: Ada Moreno, until: 2026-12-31}"):
        item.refuse_unknown(("rule", "reason", "by", "until"))
        rule = item.formed("rule", _RULE, "FM028", "MD006", required=True)
        reason, by = item.text("reason", example="why it may go out"), item.text("by", example="Ada Moreno")
        until = item.date("until", example="2026-12-31")
        waivers += [Waiver(rule, reason, by, until, item.line)] if until else []
    return tuple(waivers)


def _check_ready(issue: Issue, fields: Fields, found: Findings) -> None:
    """Note what a ready issue lacks; nobody will look at it again before it goes out."""
    if issue.status == "ready" and fields.value("send_at") is None:
        hint = f"add send_at: 2026-12-01T07:30 (time in {issue.timezone}), or write status: draft"
        fields.note("FM035", "status", "status is ready and there is no send_at", hint)
    if issue.status == "ready" and not issue.body.strip():
        hint = "write the letter below the front matter, or write status: draft"
        found.add("FM036", "status is ready and the letter is empty", hint, line=issue.body_line)


def _check_addresses(issue: Issue, found: Findings) -> None:
    """Note what would stand where the archive has a page of its own."""
    places = [("slug", issue.slug), *((f"aliases.{at}", alias) for at, alias in enumerate(issue.aliases))]
    for key, path in places:
        if is_of_the_archive(path):
            message = f"{key} cannot be {path[:80]!r}: the archive has a page of its own there"
            hint = "choose another, such as 2026-12-01-stiff-back"
            found.add("FM025", message, hint, line=issue.lines.get(key, 1))
