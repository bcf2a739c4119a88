"""
A message as the document in the preview's frame: what is sent, as one reader gets it, and what guards it.

The HTML is the message's own, with that reader's values in place of the merge tags, the issue's pictures
inside it, and one script of ours at its very end: elements keep their numbers. Whatever else stands in it may
come from a template or an issue gone wrong, and must do nothing: it runs in a sandbox without an origin,
loads nothing from anywhere, and of all scripts the policy lets only ours run. That is known by its digest:
unlike a nonce, a digest cannot be caught by markup left open before it, and serves in a file as well.
"""

import base64
import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal, NamedTuple

from pipeline.errors import IssueError
from pipeline.images import published_bytes
from pipeline.mergetags import persona
from pipeline.model import Image
from pipeline.preview.built import Build
from pipeline.preview.forced_dark import forced_dark

Appearance = Literal["light", "forced"]

SANDBOX = "allow-scripts allow-popups allow-popups-to-escape-sandbox"
# Two things that no policy stops, found by listening to Chromium on 2026-11-26: a refresh leads the frame
# away, and for a frame inside it the browser connects to that frame's host before it asks the policy. Neither
# stands in any mail of ours. Names of tags and attributes cannot be written with character references, so
# they are found as they stand, whatever a parser makes of the rest; `noembed` is parsed as `iframe` is.
_HARMLESS = r"""\s*["']?\s*(?:content-type|content-language|x-ua-compatible)["'\s/>]"""
_REFRESH = re.compile(rf"http-equiv(?=\s*=(?!{_HARMLESS}))", re.IGNORECASE)
_FRAME = re.compile(r"(?<=<)i?frame(?=[\s/>])|(?<=</)iframe(?=[\s/>])", re.IGNORECASE)
_SUBTYPES = {"jpg": "jpeg"}  # where it is not the file's extension


class Framed(NamedTuple):
    """The document in the frame, with the headers to serve it with; neither is any use without the other."""

    html: str
    headers: Mapping[str, str]


def frame_document(
    build: Build, *, look: Appearance, images: bool, values: Mapping[str, str], pictures: Mapping[str, str]
) -> Framed:
    """
    Return the message of *build* as one reader sees it.

    Args:
        build: the rendering; its message's HTML is shown, in our own merge syntax.
        look: "forced" for a client that darkens mails by itself. The mail's own light and dark are one
            document, "light": the page says which it is by `color-scheme` on its iframe element, and says
            light for "forced".
        images: whether pictures are shown; remote ones never are.
        values: merge-tag values of the reader, as `persona_values` returns them.
        pictures: address of a local image to its data: URI, as `data_uris` returns them.
    """
    html = persona(values).apply(build.composed.message.html, "html")
    if look == "forced":
        html = forced_dark(html)
    for address, uri in pictures.items() if images else ():
        html = html.replace(f'src="{address}"', f'src="{uri}"')
    return Framed(tamed(html) + helper_element(), frame_headers(images=images))


def tamed(html: str) -> str:
    """Return *html* without what would lead elsewhere by itself; every mail of ours stays as it is."""
    return _FRAME.sub("noembed", _REFRESH.sub("data-equiv", html))


def frame_headers(*, images: bool) -> dict[str, str]:
    """Return the headers of a document in the frame; *images* says whether pictures inside it are shown."""
    policy = {
        "default-src": "'none'",
        "img-src": "data:" if images else "'none'",
        "style-src": "'unsafe-inline'",
        "script-src": f"'sha256-{_digest(helper_script())}'",
        "connect-src": "'none'",
        "form-action": "'none'",
        "base-uri": "'none'",
        "frame-ancestors": "'self'",
        "sandbox": SANDBOX,
    }
    return {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        # else browsers look up the host of every link before anybody follows it (MDN on this header,
        # read 2026-11-26)
        "X-DNS-Prefetch-Control": "off",
    }


def helper_element() -> str:
    """Return the script element that stands at the end of every document in the frame."""
    return f'<script data-newsletter="frame">{helper_script()}</script>'


@cache
def helper_script() -> str:
    """
    Return the source of our script.

    Raises:
        ValueError: it has what would end its element early, or begin a comment in it.
    """
    source = Path(__file__).with_name("static").joinpath("frame.js").read_text(encoding="utf-8")
    if re.search(r"</script|<script|<!--", source, re.IGNORECASE):
        raise ValueError("static/frame.js cannot stand in a script element")
    return source


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def data_uris(images: Iterable[Image], image_url: Callable[[Image], str]) -> dict[str, str]:
    """
    Return the published file of each image as a data: URI, by the address it will be published under.

    An image that is gone or has changed since is left out: the next rendering knows it.

    Args:
        images: the message's.
        image_url: where a local image is published: `Settings.image_url`.
    """
    found = {}
    for image in images:
        try:
            found[image_url(image)] = _data_uri(image)
        except IssueError:
            continue
    return found


@lru_cache(maxsize=32)  # several issues' worth; a file named by its content never changes
def _data_uri(image: Image) -> str:
    content = base64.b64encode(published_bytes(image)).decode()
    return f"data:image/{_SUBTYPES.get(image.format, image.format)};base64,{content}"
