"""
The preview as files, for a medical reviewer who has no tool, no git and no server: one page to double-click.

It needs no script and asks nothing of any network: the mails lie beside the page, each in a frame in which
nothing runs, with its pictures inside. No clock is in it: what is the same gives the same bytes.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import jinja2

from pipeline.images import published_bytes
from pipeline.model import Image, Message, Receipt
from pipeline.personas import FIRST_NAMES
from pipeline.preview.built import Build, Checks
from pipeline.preview.dossier import (
    READER,
    anchor,
    asked,
    filled,
    grouped,
    mark,
    signed_before,
    waivers,
    wordings,
)
from pipeline.preview.forced_dark import forced_dark
from pipeline.preview.frame import data_uris, tamed
from pipeline.preview.inbox import inbox_rows
from pipeline.preview.sources import pictures, targets
from pipeline.settings import Settings

MARK = '<meta name="generator" content="newsletter preview">'
_FILES = files("pipeline.preview") / "review"
_START = re.compile(r"(?i)\A(?:\s*<!doctype[^>]*>)?(?:\s*<html\b[^>]*>)?(?:\s*<head\b[^>]*>)?")
# No script, no frame, no form, and pictures from inside the file alone; a link opens a window of its own.
_HEAD = (
    '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; {images}'
    "style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">"
    '<meta http-equiv="x-dns-prefetch-control" content="off">'
    '<meta name="referrer" content="no-referrer"><base target="_blank">'
    "<style>html{{color-scheme:{scheme}}} [id^=wording-]{{scroll-margin-top:20px}}</style>"
)
_SHEET = re.compile(r"<style\b.*?</style\b|<(?:source|link)\b[^>]*>", re.IGNORECASE | re.DOTALL)
_PREFERENCE = re.compile(r"prefers-color-scheme\s*:\s*(light|dark)\b", re.IGNORECASE)


class Copy(NamedTuple):
    """The mail as some readers see it: one file, in frames of one or two widths."""

    file: str
    title: str
    note: str
    scheme: str  # what its readers' system asks for: light or dark
    is_wide: bool  # shown on a desktop as well


def static_files(
    build: Build, checks: Checks, settings: Settings, *, receipt: Receipt | None, unread: str = ""
) -> dict[str, bytes]:
    """
    Return the files of the static preview by path.

    Args:
        build: the rendering.
        checks: of that rendering.
        settings: the newsletter's.
        receipt: what is on record about the issue; None when nobody could read it.
        unread: why not.

    Raises:
        IssueError: an image is gone, or was changed since the issue was loaded.
    """
    message = build.composed.message
    local = _local(message, settings)
    copies = dict(_copies(build, settings, local))
    page = (
        _environment()
        .get_template("index.html")
        .render(
            _context(build, checks, settings, local)
            | {
                "generator": MARK,
                "copies": copies,
                "record": signed_before(message, receipt),
                "unread": unread if receipt is None else "",
            }
        )
    )
    made = {copy.file: html.encode() for copy, html in copies.items()}
    return {"index.html": page.encode(), "review.css": (_FILES / "review.css").read_bytes(), **made}


def _context(
    build: Build, checks: Checks, settings: Settings, local: dict[str, tuple[Image, str]]
) -> dict[str, Any]:
    issue, message = build.composed.issue, build.composed.message
    copy = filled(build, settings)
    return {
        **asked(build),
        "newsletter": settings.name,
        "lang": issue.lang,
        "subject": copy["subject"],
        "preheader": copy["preheader"],
        "first_name": FIRST_NAMES[READER],
        "wordings": wordings(build, checks, copy["text"]),
        "inbox": inbox_rows(copy["subject"], copy["preheader"], copy["html"], sender=message.sender),
        "text": copy["text"].rstrip("\n").split("\n"),
        "targets": targets(copy["html"], own=(settings.url, settings.archive_url)),
        "pictures": pictures(message.html, local),
        "findings": grouped(checks),
        "not_run": checks.not_run,
        "looked": checks.looked,
        "waivers": waivers(message),
        "source": build.source.rstrip("\n").split("\n"),
    }


# ----- the mail, as some readers see it -----


def _copies(
    build: Build, settings: Settings, local: Mapping[str, tuple[Image, str]]
) -> Iterator[tuple[Copy, str]]:
    message = build.composed.message
    html = _anchored(filled(build, settings)["html"], message)
    shown = _with_pictures(html, local)
    note = "Phone and desktop, as most readers see it."
    yield Copy("mail/light.html", "Light", note, "light", is_wide=True), _framed(shown)
    note = "The letter's own dark colours, where the reader's system is dark: Apple Mail and a few others."
    copy = Copy("mail/dark.html", "Dark, as designed", note, "dark", is_wide=True)
    yield copy, _framed(shown, scheme="dark")
    note = (
        "Some programs turn every mail dark by themselves and ask no author: about what becomes of it there."
    )
    copy = Copy("mail/forced-dark.html", "Dark, by force", note, "light", is_wide=True)
    yield copy, _framed(_with_pictures(forced_dark(html), local))
    note = "Many programs load no picture until the reader asks. What stands in its place is its description."
    copy = Copy("mail/no-pictures.html", "Pictures off", note, "light", is_wide=True)
    yield copy, _framed(_without_pictures(html, local), images=False)
    for name, first_name in FIRST_NAMES.items():
        if name != READER:
            title = f"A reader called {first_name}" if first_name else "A reader whose name nobody knows"
            one = _with_pictures(filled(build, settings, name)["html"], local)
            yield Copy(f"mail/reader-{name}.html", title, "", "light", is_wide=False), _framed(one)


def _framed(html: str, *, scheme: str = "light", images: bool = True) -> str:
    """Return *html* as a document that runs nothing and loads nothing, and leads nowhere by itself."""
    html = _preferring(tamed(html), scheme)
    start = _START.match(html)
    at = start.end() if start else 0
    head = _HEAD.format(scheme=scheme, images="img-src data:; " if images else "")
    return f"{html[:at]}{head}{html[at:]}"


def _preferring(html: str, scheme: str) -> str:
    """
    Return *html* as it looks where *scheme* is preferred, on any system.

    Browsers ask the frame for it (color-scheme) or the system, each in its own way.
    """

    def write(sheet: re.Match[str]) -> str:
        return _PREFERENCE.sub(
            lambda query: "min-width:0" if query[1].lower() == scheme else "max-width:0", sheet[0]
        )

    return _SHEET.sub(write, html)


def _anchored(html: str, message: Message) -> str:
    """Give each wording's place a name to jump to."""
    for wording in message.wordings:
        html = html.replace(mark(wording), f'id="{anchor(wording)}" {mark(wording)}', 1)
    return html


def _with_pictures(html: str, local: Mapping[str, tuple[Image, str]]) -> str:
    for url, (_, data) in local.items():
        html = html.replace(f'src="{url}"', f'src="{data}"')
    return html


def _without_pictures(html: str, local: Mapping[str, tuple[Image, str]]) -> str:
    for url in local:
        html = html.replace(f'src="{url}"', 'src="data:,"')
    return html


def _local(message: Message, settings: Settings) -> dict[str, tuple[Image, str]]:
    """Return the issue's own images by their address in the HTML, each with its data: URI."""
    uris = data_uris(message.images, settings.image_url)
    for image in message.images:
        if settings.image_url(image) not in uris:
            published_bytes(image)  # raises, and says why: no picture is left out of what is signed
    return {settings.image_url(image): (image, uris[settings.image_url(image)]) for image in message.images}


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(str(_FILES)),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
