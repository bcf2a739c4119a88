"""
The mark of a page: of which mail's content it is. `send` reads it before it lets readers be led there.

In a file of its own, since whoever reads the mark needs nothing else of the archive.
"""

from selectolax.lexbor import LexborHTMLParser

DIGEST_META = "newsletter:content-digest"  # the name of the meta element that holds the content digest, hex


def digest_of(html: str) -> str:
    """Return the content digest that the page *html* carries; "" when it carries none."""
    for meta in LexborHTMLParser(html).css("meta[name]"):
        if meta.attributes.get("name") == DIGEST_META:
            return (meta.attributes.get("content") or "").strip()
    return ""
