"""What a mail points at: every link by its target, with the words that carry it, and every image."""

from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from pipeline.model import Image

_BLOCKS = frozenset("p li td th h1 h2 h3 h4 h5 h6 dt dd blockquote figcaption div body".split())  # noqa: SIM905
_ASIDE = 150  # characters of a block that are kept on either side of a link's words


class Mention(NamedTuple):
    """One link as it stands in the mail."""

    before: str  # the end of what its block says before it
    words: str  # its own visible words; for an image, its alt text
    after: str
    is_image: bool


class Target(NamedTuple):
    """Where links lead, and every one that leads there, in the order of the mail."""

    url: str
    host: str  # "" for what is no address of the web
    is_own: bool  # a page of the newsletter itself
    mentions: tuple[Mention, ...]


class Picture(NamedTuple):
    """One image as it stands in the mail."""

    name: str  # as the issue writes it; for a foreign one, its address
    alt: str | None  # None: it has no such attribute
    data: str  # a data: URI; "" for one that is not ours to show


def targets(html: str, *, own: Iterable[str]) -> list[Target]:
    """
    Return where the links of *html* lead, foreign targets first, else in the order of the mail.

    Args:
        html: a full document.
        own: addresses of the newsletter itself; whatever has the host of one of them is its own.
    """
    ours = {urlsplit(url).hostname for url in own if url}
    tree = LexborHTMLParser(html)
    mentions: dict[str, list[Mention]] = {}
    for link in tree.css("a[href]"):
        mentions.setdefault((link.attributes.get("href") or "").strip(), []).append(_mention(link))
    found = []
    for url, places in mentions.items():
        host = _host(url)
        found.append(Target(url, host, not host or host in ours, tuple(places)))
    return sorted(found, key=lambda target: target.is_own)


def pictures(html: str, local: dict[str, tuple[Image, str]]) -> list[Picture]:
    """
    Return the images of *html* in its order.

    Args:
        html: a full document.
        local: by the address in the HTML, the newsletter's own images, each with its data: URI.
    """
    found = []
    for node in LexborHTMLParser(html).css("img"):
        src = node.attributes.get("src") or ""
        image, data = local.get(src, (None, ""))
        alt = node.attributes["alt"] or "" if "alt" in node.attributes else None
        found.append(Picture(image.src if image else src, alt, data))
    return found


def _host(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return (parts.hostname or "") if parts.scheme in ("http", "https") else ""


def _mention(link: LexborNode) -> Mention:
    words = _clean(link.text())
    image = link.css_first("img")
    if not words and image is not None:
        return Mention("", image.attributes.get("alt") or "", "", is_image=True)
    block = link.parent
    while block is not None and block.tag not in _BLOCKS:
        block = block.parent
    if block is None or block.tag in ("div", "body", "td"):
        return Mention("", words, "", is_image=False)
    before, after = _around(block, link)
    return Mention(_end(before), words, _beginning(after), is_image=False)


def _around(block: LexborNode, link: LexborNode) -> tuple[str, str]:
    """Return what *block* says before and after *link*."""
    sides = ["", ""]
    side = 0
    for node in block.traverse(include_text=True):
        if node.mem_id == link.mem_id:
            side = 1
        elif node.tag == "-text" and not _within(node, link):
            sides[side] += node.text_content or ""
    return sides[0], sides[1]


def _within(node: LexborNode, outer: LexborNode) -> bool:
    above = node.parent
    while above is not None:
        if above.mem_id == outer.mem_id:
            return True
        above = above.parent
    return False


def _end(text: str) -> str:
    text = " ".join(text.split()) + (" " if text[-1:].isspace() else "")
    return text if len(text) <= _ASIDE else f"… {text[-_ASIDE:].partition(' ')[2]}"


def _beginning(text: str) -> str:
    text = (" " if text[:1].isspace() else "") + " ".join(text.split())
    return text if len(text) <= _ASIDE else f"{text[:_ASIDE].rpartition(' ')[0]} …"


def _clean(text: str) -> str:
    return " ".join(text.split())
