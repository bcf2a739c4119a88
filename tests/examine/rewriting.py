"""
Ways to write the same mail: what other tools do to HTML without changing what it shows.

HTML is cut into tags, comments, elements whose text is no markup, and text; each way rewrites one kind.
"""

import html as markup
import re
from collections.abc import Callable

_TAG = r"</?[a-z](?:\"[^\"]*\"|'[^']*'|[^'\">])*>"
_OPAQUE = r"<(?P<raw>style|script|title|textarea|noscript|progress|svg)\b.*?</(?P=raw)\s*>"
_COMMENT = r"<!--.*?-->|<![^>]*>"
_PIECE = re.compile(
    rf"(?P<opaque>{_OPAQUE})|(?P<note>{_COMMENT})|(?P<tag>{_TAG})|[^<]+|<", re.DOTALL | re.IGNORECASE
)
_BLOCKS = "html|head|body|meta|link|style|div|p|table|tbody|tr|td|th|ul|li|h[1-6]|blockquote|details|summary"
_BLOCK = re.compile(rf"</?(?:{_BLOCKS})\b", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([^\s=<>"'/]+)\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+)""")
_TEMPLATE = re.compile(r"\{|\*\||%%|\[if", re.IGNORECASE)  # a provider reads these in the source
_LETTER = re.compile(r"&#?\w+;|\w", re.DOTALL)


def _rewrite(
    html: str,
    *,
    tag: Callable[[str], str] = str,
    text: Callable[[str], str] = str,
    around: Callable[[str], str] = str,
) -> str:
    """Rewrite each tag, text, or any piece but text with what stands around it."""

    def piece(match: re.Match[str]) -> str:
        written = match[0]
        if match["tag"]:
            return around(tag(written))
        return around(written) if match["opaque"] or match["note"] else text(written)

    return _PIECE.sub(piece, html)


def indented(html: str) -> str:
    """Put every block on a line of its own, and wrap the text."""
    return _rewrite(
        html,
        around=lambda tag: f"\n\t  {tag}\n\t  " if _BLOCK.match(tag) else tag,
        text=lambda text: re.sub(r"(?<=[a-z,.]) (?=[a-z])", "\n        ", text),
    )


def minified(html: str) -> str:
    """Take the white space between blocks out again, and all but one blank between words."""
    html = _rewrite(indented(html), text=lambda text: re.sub(r"[ \t\n]+", " ", text))
    tags = rf"(</?(?:{_BLOCKS})\b(?:\"[^\"]*\"|'[^']*'|[^'\">])*>)"
    return re.sub(rf" ?{tags} ?", r"\1", html, flags=re.IGNORECASE)


def encoded(html: str) -> str:
    """Write every letter of text as an entity, by turns in decimal and in hexadecimal figures."""
    return _rewrite(html, text=lambda text: text if _TEMPLATE.search(text) else _LETTER.sub(_entity, text))


def _entity(match: re.Match[str]) -> str:
    code = ord(match[0]) if len(match[0]) == 1 else 0
    return (f"&#{code};" if code % 2 else f"&#x{code:X};") if code else match[0]


def _attributes(html: str, write: Callable[[str, str], str]) -> str:
    return _rewrite(html, tag=lambda tag: _ATTRIBUTE.sub(lambda m: write(m[1], m[2].strip("\"'")), tag))


def quoted_singly(html: str) -> str:
    """Set the values of attributes in single quotes."""
    return _attributes(html, lambda name, value: f"{name} = '{value.replace(chr(39), '&#39;')}'")


def quoted_doubly(html: str) -> str:
    """Set the values of attributes in double quotes, and all their letters as entities."""

    def write(name: str, value: str) -> str:
        escaped = value.replace('"', "&quot;")
        return f'{name}="{escaped if _TEMPLATE.search(value) else _LETTER.sub(_entity, escaped)}"'

    return _attributes(html, write)


def unquoted(html: str) -> str:
    """Leave out the quotes that are not needed."""
    return _attributes(
        html,
        lambda name, value: (
            f"{name}={value}" if re.fullmatch(r"[\w#:;.,%()-]+", value) else f'{name}="{value}"'
        ),
    )


def capital(html: str) -> str:
    """Write the names of elements and attributes in capitals."""
    html = _attributes(html, lambda name, value: f'{name.upper()}="{markup.escape(markup.unescape(value))}"')
    return _rewrite(html, tag=lambda tag: re.sub(r"^</?[\w:-]+", lambda name: name[0].upper(), tag))


def commented(html: str) -> str:
    """Put a comment behind every tag."""
    return _rewrite(html, tag=lambda tag: f"{tag}<!-- a > b -->")


def crlf(html: str) -> str:
    """End lines as mail does."""
    return indented(html).replace("\n", "\r\n")


WAYS = {
    way.__name__: way
    for way in (indented, minified, encoded, quoted_singly, quoted_doubly, unquoted, capital, commented, crlf)
}
