"""
The words within a block of semantic HTML, read out as plain text.

What carries meaning is said: a struck word, an exponent ("10" read for ten to the sixth can be a dose), a
link's target. Emphasis is a star or a low line, as people write it in mail.
"""

import re
from collections.abc import Iterator
from urllib.parse import unquote

from selectolax.lexbor import LexborNode

DEEPEST = 40  # elements; what is nested deeper is read as mere text, so that no input exhausts the stack
OWN_LINE = "\f"  # while a paragraph is collected: around what stands on a line of its own

_LINE_BREAK = "\v"  # while a paragraph is collected: a break that the author made
_BLOCK = re.compile(
    "address|article|aside|blockquote|center|d[dlt]|details|div|fig(?:caption|ure)|footer|h[1-6]|header|hr|li"
    "|main|nav|ol|p|pre|section|summary|table|ul"
)
_MARKS = {"strong": "*", "b": "*", "em": "_", "i": "_", "code": "`", "samp": "`"}
_SAID = {"del": ("[struck out: ", "]"), "s": ("[struck out: ", "]"), "q": ("“", "”")}
_RAISED = str.maketrans("0123456789+-−()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁽⁾ⁿ")
_LOWERED = str.maketrans("0123456789+-−()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₍₎")
_ORDINALS = frozenset(("st", "nd", "rd", "th", "e", "er", "re", "o", "a"))  # 1st, 2nd, 1er, 1re, 1o, 1a
_SILENT = frozenset(("head", "script", "style", "template", "title", "colgroup"))
_BREAK_AIDS = str.maketrans("", "", "\u00ad\u200b\u2060\ufeff")
_SPACES = re.compile(r"[ \t\n\r\f\v]+")
_GAPS = re.compile(" {2,}")
_AUTHORS_BREAK = re.compile(f" ?{_LINE_BREAK} ?")


def tag_of(node: LexborNode) -> str:
    """Return a node's tag; that of text is "-text"."""
    return node.tag or ""


def is_block(node: LexborNode) -> bool:
    """Say whether *node* is an element that stands apart from the words around it."""
    return _BLOCK.fullmatch(tag_of(node)) is not None


def has_class(node: LexborNode, name: str) -> bool:
    """Say whether *node* is of this class."""
    return name in (node.attributes.get("class") or "").split()


def children(node: LexborNode) -> Iterator[LexborNode]:
    """Return a node's children, text included."""
    return node.iter(include_text=True)


def folded(text: str) -> str:
    """Return *text* with its spaces and line ends as single spaces; a no-break space stays what it is."""
    return _SPACES.sub(" ", text)


def paragraph(run: str) -> str:
    """Return the words that `Phrases` read: single spaces, the author's breaks as line ends."""
    return _AUTHORS_BREAK.sub("\n", _GAPS.sub(" ", run)).strip(" \n\u00a0")


class Phrases:
    """Reads words; remembers which links were numbered and which are still to be listed."""

    def __init__(self) -> None:
        """Begin with number one."""
        self._numbers: dict[str, int] = {}
        self._unlisted: list[str] = []

    def links(self) -> list[str]:
        """Return a block that lists the links numbered since the last one, or nothing."""
        lines = [f"[{self._numbers[url]}] {url}" for url in self._unlisted]
        self._unlisted = []
        return ["\n".join(lines)] if lines else []

    def title(self, node: LexborNode, depth: int) -> str:
        """Return the words in a heading: on one line, without emphasis."""
        text = "".join(self.read(child, depth + 1, marks=False) for child in children(node))
        return paragraph(text.replace(OWN_LINE, " "))

    def read(self, node: LexborNode, depth: int, *, marks: bool = True) -> str:
        """Return the words of a node with what leads to its links; `paragraph` makes them fit to print."""
        if (leaf := _leaf(node, depth)) is not None:
            return leaf
        text = "".join(self.read(child, depth + 1, marks=marks) for child in children(node))
        tag = tag_of(node)
        if tag == "a":
            return self._link(node, text)
        if tag in ("sup", "sub"):
            return text if node.css_first("a") else _shifted(text, tag)
        if tag in _SAID:
            return _enclosed(text, *_SAID[tag])
        if is_block(node):
            return f" {text} "
        return _emphasised(text, _MARKS[tag]) if marks and tag in _MARKS else text

    def _link(self, node: LexborNode, text: str) -> str:
        words, href = paragraph(text), _SPACES.sub("%20", (node.attributes.get("href") or "").strip())
        if has_class(node, "footnote-backref"):
            return ""
        if has_class(node, "footnote-ref"):
            return f" [note\u00a0{words}]"
        if not words or not href or href.startswith("#"):
            return text
        if has_class(node, "button"):
            return f"{OWN_LINE}{words.rstrip(':')}: {href}{OWN_LINE}"
        return self._reference(href, text)

    def _reference(self, href: str, text: str) -> str:
        """Return a link's text and whatever leads to its target: nothing, the target, or a number."""
        scheme, _, target = href.partition(":")
        if scheme.lower() in ("mailto", "tel", "sms"):
            return _with_contact(text, unquote(target.partition("?")[0]))
        if paragraph(text).casefold() in (href.casefold(), href.casefold().partition("://")[2].rstrip("/")):
            return href
        if href not in self._numbers:
            self._numbers[href] = len(self._numbers) + 1
            self._unlisted.append(href)
        return _enclosed(text, "", f" [{self._numbers[href]}]")


def _leaf(node: LexborNode, depth: int) -> str | None:
    """Return the words of a node that has no children to read, or lies too deep; None for any other."""
    tag = tag_of(node)
    if tag == "-text":
        return folded((node.text_content or "").translate(_BREAK_AIDS))
    if tag == "img":
        alt = folded(node.attributes.get("alt") or "").strip()
        return f"[Image: {alt}]" if alt else ""
    if tag == "br":
        return _LINE_BREAK
    if tag in _SILENT or tag.startswith(("-", "!")):
        return ""
    return folded(node.text()) if depth > DEEPEST else None


def _enclosed(text: str, before: str, after: str) -> str:
    """Put marks around the words of *text*, inside the spaces at its ends."""
    words = text.strip()
    return text.replace(words, before + words + after, 1) if words else text


def _emphasised(text: str, mark: str) -> str:
    """Mark *text* as emphasised, unless the mark would become part of a link's target."""
    return text if "://" in text else _enclosed(text, mark, mark)


def _with_contact(text: str, contact: str) -> str:
    """Return a link's text, followed by the address or number behind it unless the text says it."""
    said = [re.sub(r"[\s().-]", "", part).casefold() for part in (text, contact)]
    return text if said[1] in said[0] else _enclosed(text, "", f" ({contact})")


def _shifted(text: str, tag: str) -> str:
    """Return raised or lowered characters where Unicode has them all, else say so with ^ or _."""
    shifted = text.translate(_RAISED if tag == "sup" else _LOWERED)
    if not text.strip() or not any(char in text for char in shifted):
        return shifted
    if tag == "sup" and text.casefold() in _ORDINALS:
        return text
    return f"{'^' if tag == 'sup' else '_'}({text})"
