"""
The mark of a page: which mail it belongs to. `send` looks for it before readers are led to the page.

In a module of its own, since whoever reads the mark needs nothing else of the archive.
"""

from selectolax.lexbor import LexborHTMLParser

DIGEST_META = "newsletter:content-digest"  # name of the element in <head>; its content is a content digest


def digest_of(html: str) -> str:
    """
    Return the content digest that a page is marked with; "" when it has no mark, or two that differ.

    Args:
        html: a full document, as a host serves it. Only its head marks it: no body, comment or script does.
    """
    metas = LexborHTMLParser(html).css("head > meta[name][content]")
    marks = {
        (meta.attributes["content"] or "").strip() for meta in metas if meta.attributes["name"] == DIGEST_META
    }
    return marks.pop() if len(marks) == 1 else ""
