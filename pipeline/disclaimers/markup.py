"""
The body of a registry file: paragraphs with **strong** and *emphasised* words and [links](target).

So small that nothing can hide in it: whatever else looks like markup is refused.
"""

import html
import re
from typing import NamedTuple

_LINK = re.compile(r"\[([^\]\n]+)\]\(((?:https://|mailto:|tel:)[^\s()<>\"]+)\)")
_STRONG = re.compile(r"\*\*(?=\S)([^*]+?)(?<=\S)\*\*")
_EMPHASIS = re.compile(r"\*(?=\S)([^*]+?)(?<=\S)\*")
_REFUSED = re.compile(r"[<>*_`\\\[\]{}|~]|^(?:#|[-+] |\d+[.)] |={3}|-{3})|\]\(", re.MULTILINE)


class Body(NamedTuple):
    """A wording's body in the forms that leave the registry."""

    text: str  # paragraphs parted by an empty line, no markup
    html: str  # p, strong, em and a elements
    links: tuple[str, ...]  # targets, in order
    refused: tuple[int, str] | None  # line of the body, from 1, and what stands there


def read_body(source: str) -> Body:
    """Read the body of a registry file; lines of one paragraph are joined."""
    lines = [line.strip() for line in source.split("\n")]
    paragraphs = [" ".join(part.split()) for part in re.split(r"\n{2,}", "\n".join(lines)) if part.strip()]
    links = tuple(target for paragraph in paragraphs for _label, target in _LINK.findall(paragraph))
    plain = [_plain(paragraph) for paragraph in paragraphs]
    return Body(
        text="\n\n".join(plain),
        html="\n".join(f"<p>{_marked_up(paragraph)}</p>" for paragraph in paragraphs),
        links=links,
        refused=_refused("\n".join(lines)),
    )


def _plain(paragraph: str) -> str:
    return _EMPHASIS.sub(r"\1", _STRONG.sub(r"\1", _LINK.sub(r"\1", paragraph)))


def _marked_up(paragraph: str) -> str:
    escaped = html.escape(paragraph, quote=False)
    linked = _LINK.sub(lambda m: f'<a href="{m[2].replace(chr(34), "%22")}">{m[1]}</a>', escaped)
    return _EMPHASIS.sub(r"<em>\1</em>", _STRONG.sub(r"<strong>\1</strong>", linked))


def _refused(source: str) -> tuple[int, str] | None:
    """Return the place of the first mark that is not ours; readers would see it as it stands."""
    match = _REFUSED.search(_without_ours(source))
    return (source.count("\n", 0, match.start()) + 1, match[0].strip()) if match else None


def _without_ours(source: str) -> str:
    """Write letters over the marks that are ours, so that every other character keeps its line."""

    def cover(match: re.Match[str]) -> str:
        inner = match[1]
        return inner + re.sub(r"[^\n]", "x", match[0][len(inner) :])

    return _EMPHASIS.sub(cover, _STRONG.sub(cover, _LINK.sub(cover, source)))
