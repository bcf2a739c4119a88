"""Where links lead and what images show: what a reader could not follow or see is told."""

import re
from collections.abc import Callable, Iterable, Mapping
from urllib.parse import unquote, urlsplit

from pipeline.gfm import policy
from pipeline.gfm.log import Log, Span, nearest
from pipeline.model import Image

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_CORRECT = "correct the address, or take it out"


class Targets:
    """The links and images of one issue."""

    def __init__(self, log: Log, images: Mapping[str, Image], image_url: Callable[[Image], str]) -> None:
        """Tell problems to *log*; *images* are the issue's own, published under *image_url*."""
        self._log = log
        self._images = images
        self._image_url = image_url
        self._anchors: list[tuple[str, Span, str]] = []  # links into this mail: name, place, as written

    def check_link(self, url: str, span: Span, shown: str) -> None:
        """Note a link that leads nowhere; *shown* is how it is written."""
        if not url or url == "#":
            self._log.add(
                "MD006", "a link has no target", "write the address between the brackets", span, shown
            )
        elif url.startswith("#"):
            self._anchors.append((unquote(url[1:]), span, shown))
        elif not policy.is_link(url):
            message = f"a mail cannot link to {url!r}"
            self._log.add("MD006", message, "write the full address, beginning with https://", span, shown)
        elif fault := _fault(url):
            self._log.add("MD006", f"a link that leads nowhere: {url!r} {fault}", _CORRECT, span, shown)

    def check_anchors(self, ids: Iterable[str]) -> None:
        """Note links into this mail whose place is not among *ids*."""
        names = sorted(name for name in ids if ":" not in name)
        known = {*ids}
        for name, span, shown in self._anchors:
            if name not in known and self._log.has_room("MD007"):
                hint = nearest(
                    name, names, "link to a heading: its words in small letters, joined by hyphens"
                )
                self._log.add("MD007", f"nothing in this issue is called {'#' + name!r}", hint, span, shown)

    def image(self, src: str, alt: str, span: Span, shown: str) -> dict[str, str]:
        """Return an image's attributes, its address and size where it is the issue's own."""
        if not alt.strip():
            hint = "say between the brackets what it shows, for readers who do not see it"
            self._log.add("MD004", f"the image {src!r} has no alternative text", hint, span, shown)
        image = self._images.get(src) or self._images.get(unquote(src))
        if image:
            size = {"width": str(image.width), "height": str(image.height)}
            return {"src": self._image_url(image), "alt": alt, **size}
        if not src.lower().startswith(("https://", "http://")):
            hint = nearest(
                src,
                self._images,
                "put the file beside the issue and write its name, or a full https:// address",
            )
            self._log.add("MD005", f"no such image: {src!r}", hint, span, shown)
        elif fault := _fault(src):
            message = f"an image that cannot be fetched: {src!r} {fault}"
            self._log.add("MD006", message, _CORRECT, span, shown)
        return {"src": src, "alt": alt}


def _fault(url: str) -> str:
    """Return what makes a full address one that no client can follow, or ""."""
    scheme, _, rest = url.strip().partition(":")
    if scheme.lower() in ("http", "https"):
        return _server_fault(url.strip())
    if scheme.lower() in ("mailto", "tel"):
        return _contact_fault(rest)
    return ""


def _server_fault(url: str) -> str:
    try:
        named = urlsplit(url).hostname
    except ValueError:
        named = None
    return "" if named and policy.is_address(url) else "names no server, or one that cannot be"


def _contact_fault(contact: str) -> str:
    """Say what is wrong behind `mailto:` or `tel:`; line ends belong in a mail's body alone (RFC 6068, 5)."""
    if not contact.strip():
        return "names nobody"
    address, _, query = contact.partition("?")
    fields = [field for field in query.split("&") if not field.lower().startswith("body=")]
    if any(_CONTROL.search(unquote(part)) for part in (address, *fields)):
        return "holds a line end or control character"
    return ""
