"""
Write text into XML so that no text can break it.

Titles are typed by people and pasted from anywhere; one forbidden character, and a feed reader shows nothing.
"""

import html
import re
from collections.abc import Iterable, Mapping

from pipeline.model import NOTHING

DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n'
# all but Char (Extensible Markup Language 1.0, fifth edition, section 2.2; read 2026-11-27)
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def legal(text: str) -> str:
    """Return *text* without the characters that XML cannot hold; what is left has a form in UTF-8."""
    return _ILLEGAL.sub("", text)


def escaped(text: str) -> str:
    """Return *text* as it stands between two tags; a parser gives it back, less what is not legal."""
    # a parser reads a bare carriage return as a line feed (section 2.11)
    return html.escape(legal(text), quote=False).replace("\r", "&#13;")


def element(name: str, content: str | Iterable[str] = "", attributes: Mapping[str, str] = NOTHING) -> str:
    """
    Return one element.

    Args:
        name: its name, prefix included.
        content: a text, not escaped; or, in any other iterable, finished elements, each put on its own line.
        attributes: their values by name, not escaped.
    """
    pairs = "".join(f' {key}="{_quoted(value)}"' for key, value in attributes.items())
    inner = escaped(content) if isinstance(content, str) else "\n{}\n".format("\n".join(content))
    return f"<{name}{pairs}>{inner}</{name}>" if inner else f"<{name}{pairs}/>"


def _quoted(value: str) -> str:
    """Return *value* as it stands between double quotes, where bare white space becomes blanks (3.3.3)."""
    safe = html.escape(legal(value))
    return safe.replace("\t", "&#9;").replace("\n", "&#10;").replace("\r", "&#13;")
