"""
What a mail leads its readers to must be on the web before it goes: its own page, and every image it shows.

A mail cannot be mended once it is out; a page that comes an hour later is one that the first readers did
not find. Each address is asked as any reader's client would, with no cookie, key or sign-in, all at once.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http import HTTPStatus
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

import requests
from selectolax.lexbor import LexborHTMLParser, LexborNode

from pipeline.archive.mark import digest_of
from pipeline.clock import Pause
from pipeline.errors import Refused
from pipeline.mergetags import as_written, tags
from pipeline.model import Message
from pipeline.providers.exchange import LOOPBACK, MOVED, USER_AGENT, Answer, Limits, exchange, may_pass
from pipeline.providers.lost import Lost
from pipeline.providers.patience import backoff
from pipeline.publish.desk import Desk

LIMITS = Limits(connect_s=10.0, wait_s=10.0, whole_s=10.0, answer_bytes=2_000_000)
AT_ONCE = 8  # requests
REDIRECTS = 3
_TOLD = 3  # addresses that a message names
_WORDS = 60  # characters of a server's own words that are shown
_ARCHIVE = (
    "run `newsletter archive` and deploy it, then send again; a cache may show an old page for some minutes"
)
_TIMED = "write send_at: {} into the front matter, which its page goes by; "
_ELSEWHERE = "put that image where every reader can fetch it, or take it out of the issue"
# Outlook alone reads what stands between these; it fetches the images there all the same.
_CONDITIONS = re.compile(r"<!--\[if[^\]]*\]>(?:<!-->|-->)?|(?:<!--)?<!\[endif\]-->", re.IGNORECASE)
_BACKGROUND = re.compile(r"(?:background|list-style)(?:-image)?\s*:([^;{}]*)", re.IGNORECASE)
_CSS_URL = re.compile(r"""url\(\s*["']?([^"')]+?)["']?\s*\)""", re.IGNORECASE)
_CANDIDATE = re.compile(r"[\s,]*(\S*[^\s,])[^,]*")  # of a srcset: an address, and for which width or density


class Missing(NamedTuple):
    """One address that a mail leads to, and at which readers would not find what they should."""

    what: str  # "its page", "its image"
    url: str
    why: str  # goes on after the address: lower case, no full stop

    def __str__(self) -> str:
        """Return it as a message shows it."""
        return f"{self.what} {self.url!r} {self.why}"


def demand_web_copy(message: Message, desk: Desk, *, asked: dt.datetime | None = None) -> None:
    """
    Refuse a mail whose page, or an image of which, readers would not find.

    Args:
        message: finished and checked.
        desk: provider and record.
        asked: the time in the front matter, where the message has another, given by hand.

    Raises:
        Refused: its page does not answer or is of other content, or an image does not answer.
    """
    archive_url = desk.settings.archive_url
    found = missing(message, archive_url=archive_url, pause=desk.pause)
    if not found:
        return
    told = "; ".join(map(str, found[:_TOLD])) + (f"; and {len(found) - _TOLD} more" if found[_TOLD:] else "")
    is_ours = [each.url == message.web_url or each.url.startswith(f"{archive_url}/") for each in found]
    ours, at = _ARCHIVE, message.send_at
    if asked and at and at != asked and found[0].url == message.web_url:
        # a letter may show its day, and no build of the archive knows of another one than the front matter's
        ours = _TIMED.format(at.isoformat(timespec="minutes")) + _ARCHIVE
    hints = [ours] * any(is_ours) + [_ELSEWHERE] * (not all(is_ours))
    raise Refused(f"{message.id}: {told}", hint="; ".join(hints))


def missing(message: Message, *, archive_url: str, pause: Pause, limits: Limits = LIMITS) -> list[Missing]:
    """
    Return what readers of *message* would not find: its page first, then images in the order shown.

    Args:
        message: finished; its HTML is the neutral one.
        archive_url: of the settings. Where that is this machine itself, other addresses may be, too.
        pause: waits before an address is asked once more.
        limits: when a request counts as lost.
    """
    visit = _Visit(archive_url, pause, limits)
    asked: list[tuple[str, str, Callable[[], str]]] = []
    if message.web_url:
        page = partial(visit.page, message.web_url, message.digest)
        asked.append(("its page", message.web_url, page))
    asked += [("its image", as_written(url), partial(visit.image, url)) for url in image_urls(message.html)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        whys = list(pool.map(lambda ask: ask[2](), asked))
    return [Missing(what, url, why) for (what, url, _), why in zip(asked, whys, strict=True) if why]


def image_urls(html: str) -> tuple[str, ...]:
    """
    Return the http and https addresses of all images that a mail shows, each once.

    In document order; those that only Outlook shows come after all others.
    """
    roots = (LexborHTMLParser(each).root for each in (html, _CONDITIONS.sub("", html)))
    nodes = (node for root in roots if root for node in root.traverse())
    urls = (url.strip() for node in nodes for url in _shown_by(node))
    whole = (f"https:{url}" if url.startswith("//") else url for url in urls)
    return tuple(dict.fromkeys(url for url in whole if url.lower().startswith(("http://", "https://"))))


def _shown_by(node: LexborNode) -> Iterator[str]:
    """Yield the addresses of the images that one element shows itself."""
    tag, attributes = node.tag or "", node.attributes
    if tag in ("img", "input") or tag.startswith("v:"):
        yield attributes.get("src") or ""
    if tag in ("img", "source"):
        yield from _CANDIDATE.findall(attributes.get("srcset") or "")
    yield attributes.get("background") or ""
    yield attributes.get("poster") or ""
    css = (node.text() or "") if tag == "style" else (attributes.get("style") or "")
    for value in _BACKGROUND.findall(css):
        yield from _CSS_URL.findall(value)


class _Visit(NamedTuple):
    """How addresses are asked. The methods return what is wrong there, or ""."""

    archive_url: str
    pause: Pause
    limits: Limits

    def page(self, url: str, digest: str) -> str:
        """Say what is wrong with the page of a mail of this content."""
        answer = self._patiently("GET", url, body=True)
        if why := _unanswered(answer):
            return why
        mark = digest_of(answer.body.decode("utf-8", "replace")) if isinstance(answer, Answer) else ""
        if not mark:
            return "does not say of which mail it is"
        return "" if mark == digest else "is of other content than this mail"

    def image(self, url: str) -> str:
        """Say what is wrong with an image; a server that will not tell its head alone is asked for all."""
        if tags(url):
            return "holds a merge tag: it is another one for each reader, and cannot be looked at"
        if not _no_image(self._followed("HEAD", url, body=False)):
            return ""
        return _no_image(self._patiently("GET", url, body=False))

    def _patiently(self, method: str, url: str, *, body: bool) -> Answer | Lost:
        """Return the answer of an address; a failure that may pass is given a second chance."""
        answer = self._followed(method, url, body=body)
        hopeless = answer.hopeless if isinstance(answer, Lost) else not may_pass(answer.status)
        if hopeless:
            return answer
        self.pause(backoff(1))
        return self._followed(method, url, body=body)

    def _followed(self, method: str, url: str, *, body: bool) -> Answer | Lost:
        """Return the answer of an address, or of the one that it leads to."""
        for _ in range(REDIRECTS + 1):
            if why := self._unfit(url):
                return Lost(why, arrived=False, hopeless=True)
            request = requests.Request(method, url)
            answer = exchange(_session(url), request, self.limits, body=body)
            if isinstance(answer, Lost) or answer.status not in MOVED or "Location" not in answer.headers:
                return answer
            # Bytes come as Latin-1 from the library, and mean UTF-8.
            location = answer.headers["Location"].encode("latin-1", "replace").decode("utf-8", "replace")
            try:
                url = urljoin(url, location)
            except ValueError:
                return Lost("it leads to what is no address", arrived=False, hopeless=True)
        return Lost(f"it leads on more than {REDIRECTS} times", arrived=False, hopeless=True)

    def _unfit(self, url: str) -> str:
        """Say why an address is not even asked."""
        try:
            parts = urlsplit(url)
            _ = requests.Request("GET", url).prepare(), parts.port
        except ValueError:
            return "it is, or leads to, what is no address"
        if parts.scheme not in ("http", "https"):
            return f"it leads to {parts.scheme[:_WORDS]!r}, which is no web address"
        if parts.hostname in LOOPBACK and urlsplit(self.archive_url).hostname not in LOOPBACK:
            return "it is, or leads to, this machine, which no reader reaches"
        return ""


def _session(url: str) -> requests.Session:
    """Return a session for one request: nothing is kept from it, and nothing secret goes with it."""
    session = requests.Session()
    session.headers.update({"User-Agent": USER_AGENT, "Connection": "close"})
    session.auth = lambda request: (
        request
    )  # set, so that no .netrc is asked, and no sign-in of an address used
    session.trust_env = urlsplit(url).hostname not in LOOPBACK  # a proxy is for what lies beyond this machine
    return session


def _unanswered(answer: Answer | Lost) -> str:
    if isinstance(answer, Lost):
        return f"gives no answer: {answer.why}"
    return "" if answer.status == HTTPStatus.OK else f"answered {answer.status}"


def _no_image(answer: Answer | Lost) -> str:
    """Say why an answer is no image, or ""."""
    if isinstance(answer, Lost) or answer.status != HTTPStatus.OK:
        return _unanswered(answer)
    kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    return "" if kind.startswith("image/") else f"is {kind[:_WORDS]!r}, and no image"
