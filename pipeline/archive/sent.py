"""
A mail as it was sent, made public: what every reader got, and nothing that one reader got.

It is a record, so it is not parsed and written anew: apart from merge tags, one line in its head, and what
would count whoever looks at it, every byte is the mail's.
"""

import html as markup
import re

from pipeline.archive.trackers import PIXEL, untracked
from pipeline.errors import ReceiptError
from pipeline.mergetags import NO_SPECIALS, MergeSyntax, Part, Tag, tags

EACH_HIS_OWN = "(each reader's own link)"
_HEAD_END = re.compile(r"</head\s*>", re.IGNORECASE)
# An opening tag with all its attributes, also one in a conditional comment; text never holds a bare `<`.
_TAG = re.compile(r"""<[A-Za-z](?:[^<>"']++|"[^"]*+"|'[^']*+')*+>""")
_HREF = re.compile(r"""\s+href\s*=\s*(?:"(?P<a>[^"]*)"|'(?P<b>[^']*)'|(?P<c>[^\s"'>]+))""", re.IGNORECASE)
_SRC = re.compile(r"""\s+src\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]+)""", re.IGNORECASE)
_SIZE = re.compile(r"""\s(?:width|height)\s*=\s*["']?(\d+)""", re.IGNORECASE)


def as_sent(html: str, text: str, *, web_url: str) -> tuple[str, str]:
    """
    Return both parts of a mail as the public record of it.

    Search engines are kept from the HTML. It names no canonical page: of the two, that would contradict it.

    Args:
        html: the finished document, merge tags as tokens.
        text: the finished text part, merge tags as tokens.
        web_url: what the mail's link to the web leads to; absolute.

    Raises:
        ReceiptError: the document has no head that could say so.
    """
    head_end = _HEAD_END.search(html)
    if head_end is None:
        raise ReceiptError(
            "the mail on record has no end of its head: '</head>' is missing",
            hint="restore the receipt's message.html from its history",
        )
    syntax = _syntax(web_url)
    robots = '<meta name="robots" content="noindex">'
    head, body = html[: head_end.start()], html[head_end.start() :]
    public = f"{head}{robots}\n{body}"
    return syntax.apply(_TAG.sub(_inert, public), "html"), syntax.apply(text, "text")


def _syntax(web_url: str) -> MergeSyntax:
    """Return the merge syntax of a record that everybody may read."""

    def write(tag: Tag, part: Part) -> str:
        values = {"web_url": web_url, "unsubscribe_url": EACH_HIS_OWN}
        value = values.get(tag.name, tag.default)
        return markup.escape(value) if part == "html" else value

    return MergeSyntax(write=write, specials=NO_SPECIALS, escape=lambda run, _place: run)


def _inert(tag: re.Match[str]) -> str:
    """Return an opening tag without the address by which a reader unsubscribes, or is counted."""
    element = tag[0]
    sizes = [int(size) for size in _SIZE.findall(element)]
    if element[:4].lower() == "<img" and sizes and max(sizes) <= PIXEL:
        element = _SRC.sub("", element)
    return _HREF.sub(_kept, element)


def _kept(href: re.Match[str]) -> str:
    url = href["a"] or href["b"] or href["c"] or ""
    if any(tag.name == "unsubscribe_url" for tag in tags(url)):
        return ""
    plain = markup.unescape(url)
    fewer = untracked(plain)
    return href[0] if fewer == plain else f' href="{markup.escape(fewer)}"'
