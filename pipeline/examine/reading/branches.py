"""
Conditions that a provider decides for each reader: template tags around the words (DISC009).

A block inside `{% if %}`, `*|IF:|*` or their like is shown to some readers only, and no one mail shows that.
Tags are found in the source and taken out of it, as a provider does; a comment marks where each stood, so
that the tree stays as it is even where no text may stand, as between the rows of a table.

Syntaxes: Liquid, Jinja, Django and Twig (Brevo, Klaviyo, Braze, HubSpot, Mailjet, Drip, Buttondown);
Handlebars and Mustache (SendGrid, Iterable, Mandrill, Pardot); Go (listmonk); Mailchimp; AMPscript
(Salesforce); ActiveCampaign; Campaign Monitor; Smarty (Sailthru, Cordial); Velocity (Marketo); FreeMarker
(Responsys); JSP (Adobe Campaign); PHP. As their manuals had them in November 2026.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

MARK = "?branch "  # how a comment begins that stands where a tag stood


class Tag(NamedTuple):
    """One tag that opens, parts or closes a condition."""

    opens: tuple[str, ...]  # the names it opens, such as "%if"; mostly one or none
    closes: tuple[str, ...]
    written: str


_COMMENTS = r"\{\{!--.*?--\}\}|\{\{!.*?\}\}|\{#.*?#\}|\{\{-?\s*/\*.*?\*/\s*-?\}\}|<#--.*?-->"
_TAGS = (
    r"\{%.*?%\}|\{\{.*?\}\}|\*\|[^|\n]{1,200}\|\*|%%\[.*?\]%%|<%.*?%>|<\?.*?\?>|<[#@/]{1,2}(?:if|list|switch)\b[^>]*>"
    r"|%%(?:IF|ELSE|ENDIF)\b[^%\n]{0,200}%%|\[%.*?%\]|\[\[[#/^].*?\]\]|%/?(?:IF|ELSE)\b[^%\n]{0,200}%|\[(?:if:[^\]\n]{1,200}|else|elseif:[^\]\n]{1,200}|endif)\]"
    r"|\{[/$]?(?:if|foreach|section|select)\b[^{}\n]{0,200}\}|\{else\}|#(?:if|foreach)\s*\([^\n]{0,200}?\)|#(?:end|else)\b"
    r"|##/?(?:IF|ENDIF|ELSE)\b[^#\n]{0,200}##"
)
_ANY = re.compile(rf"(?P<note>{_COMMENTS})|(?P<tag>{_TAGS})", re.DOTALL | re.IGNORECASE)
_QUICK = re.compile(
    r"\{[%{#]|\{[/$]?(?:if|foreach|section|select)\b|\*\||%%[\[IE]|\[%|\[\[#|<%|<\?|<#|%/?IF|\[if:|#if"
    r"|#foreach",
    re.IGNORECASE,
)
_SKIPPED = r"<!--(?:-?>|.*?(?:--!?>|\Z))|<(?P<raw>style|script|title|textarea)\b.*?</(?P=raw)"
_MARKUP = r"</?[a-z](?>[^>\"']+|\"[^\"]*\"|'[^']*')*+>|<!\[.*?\]>"
_SOURCE = re.compile(rf"(?P<skip>{_SKIPPED}|{_MARKUP})|{_ANY.pattern}", re.DOTALL | re.IGNORECASE)
_HARMLESS = frozenset(("raw", "verbatim", "autoescape", "spaceless", "with", "localize"))
_PARTING = frozenset(("else", "elif", "elsif", "elseif", "elseunless", "when", "empty"))
_LIQUID = re.compile(r"\{%[-+~]?\s*(?:end[-_]?\s*|/)?#?(\w+)", re.IGNORECASE)
_IN_TAG = re.compile(r"\{[{%]|[}%]\}|\*\||\|\*|%%|<%")
_CONDITION = re.compile(
    r"(?:^|[-:_*.@])(?:ng)?(?:if|unless|show|hide|hideable|hidden-for|visib\w*|conditions?|conditional|dynamic\w*|"
    r"segments?|audiences?|variants?|smart-?rule)(?:$|[-:_.])"
)
_PLAIN = ("aria-", "data-ogs", "on")
_STYLING = frozenset(
    (
        *("style", "class", "id", "hidden", "dir", "lang", "bgcolor", "color", "width", "height", "align"),
        *("background", "size", "face", "text", "aria-hidden"),
    )
)


@lru_cache(maxsize=8)
def without_tags(html: str) -> tuple[str, tuple[Tag, ...]]:
    """Return HTML with a numbered comment in place of each tag, and the tags."""
    if not _QUICK.search(html):
        return html, ()
    found: list[Tag] = []

    def replaced(match: re.Match[str]) -> str:
        tag = None if match["skip"] else _read(match)
        if tag is None:
            return match[0]
        found.append(tag)
        return f"<!--{MARK}{len(found) - 1}-->"

    return _SOURCE.sub(replaced, html), tuple(found)


def tags_in(text: str) -> list[Tag]:
    """Return the tags in a text that is no markup, such as a comment's."""
    return [tag for match in _ANY.finditer(text) if (tag := _read(match))] if _QUICK.search(text) else []


def plain_text(text: str) -> tuple[str, tuple[tuple[int, Tag], ...]]:
    """Return a text part without its tags, and where in it each of them stood."""
    if not _QUICK.search(text):
        return text, ()
    kept: list[str] = []
    found: list[tuple[int, Tag]] = []
    length = last = 0
    for match in _ANY.finditer(text):
        tag = _read(match)
        if tag is None:
            continue
        kept.append(text[last : match.start()])
        length += len(kept[-1])
        found.append((length, tag))
        last = match.end()
    return "".join([*kept, text[last:]]), tuple(found)


def condition_around(tags: Iterable[tuple[int, Tag]], low: int, high: int) -> str:
    """Return the tag on which text from *low* to *high* hangs, or "" when it hangs on none."""
    open_ones: list[tuple[str, str]] = []
    for at, tag in tags:
        if at >= high:
            break
        if at > low:
            return tag.written
        for name in tag.closes:
            place = next((i for i in reversed(range(len(open_ones))) if open_ones[i][0] == name), None)
            if place is not None:
                del open_ones[place]
        open_ones += [(name, tag.written) for name in tag.opens]
    return open_ones[-1][1] if open_ones else ""


def conditions_in(attrs: Mapping[str, str]) -> Iterator[str]:
    """Yield the attributes of an element, lower-case names, that make it hang on a condition."""
    for name, value in attrs.items():
        if _IN_TAG.search(name) or (_IN_TAG.search(value) and name in _STYLING):
            yield f"{name}={value}" if value else name
        elif (
            not name.startswith(_PLAIN)
            and ("-" in name or ":" in name or name[0] in "*@")
            and (_CONDITION.search(name) or (name.startswith("data-") and "dynamic" in value.lower()))
        ):
            yield name


def _read(match: re.Match[str]) -> Tag | None:
    """Return what a match opens and closes; None for a merge tag, which is text."""
    written = match[0]
    if match["note"]:
        return Tag((), (), "a comment")
    for shape, read in _READERS:
        if written.startswith(shape):
            opens, closes = read(written, match.string)
            parts = (
                opens
                or closes
                or re.match(r"[{%*|<\[#\s-]*(?:else|elif|elsif|elseif|when)\b", written, re.IGNORECASE)
            )
            return Tag(opens, closes, " ".join(written.split())) if parts else None
    return None


Names = tuple[str, ...]
_NONE: tuple[Names, Names] = ((), ())


def _liquid(written: str, source: str) -> tuple[Names, Names]:
    """Any tag whose end stands somewhere opens a block, whatever a provider calls it."""
    match = _LIQUID.match(written)
    name = match[1].lower().strip("_") if match else ""
    if re.match(r"\{%[-+~]?\s*(?:end|/)", written, re.IGNORECASE):
        return (), (f"%{name.removeprefix('end').strip('_')}",)
    if name in _HARMLESS or name in _PARTING or (name == "set" and "=" in written):
        return _NONE
    known = name in _OPENERS or name in _ended(source) or "{%#" in written.replace(" ", "")
    return ((f"%{name}",), ()) if known else _NONE


@lru_cache(maxsize=8)
def _ended(source: str) -> frozenset[str]:
    """Return the names of the blocks whose ends stand in *source*."""
    return frozenset(name.lower().strip("_") for name in _ENDS.findall(source))


_ENDS = re.compile(r"\{%[-+~]?\s*(?:end[-_]?\s*|/)(\w+)", re.IGNORECASE)
_OPENERS = frozenset(
    (
        *("if", "unless", "for", "case", "switch", "ifchanged", "ifequal", "ifnotequal", "tablerow"),
        *("comment", "macro", "call", "block", "ifversion", "dynamic_block", "cache", "while"),
    )
)


def _braces(written: str, _source: str) -> tuple[Names, Names]:
    """Handlebars and Mustache (`#`, `^`, `/`), and Go (words)."""
    inner = written[2:-2].strip("~- \n\t{}")
    if inner.startswith("#") or (inner.startswith("^") and len(inner) > 1):
        words = inner[1:].lstrip("*> ").split()
        return ((f"#{words[0]}",), ()) if words else _NONE
    if inner.startswith("/"):
        return (), (f"#{inner[1:].strip().split(' ')[0]}",)
    word = inner.split(" ")[0].split("(")[0].lower()
    if word in ("if", "range", "with", "block", "define", "unless", "each", "foreach"):
        return (("go",), ())
    return ((), ("go",)) if word in ("end", "endif") else _NONE


def _mailchimp(written: str, _source: str) -> tuple[Names, Names]:
    inner = written[2:-2].strip().upper()
    if inner.startswith("END:"):
        return (), (f"*{inner[4:].split(':')[0].strip()}",)
    name = re.split(r"[:\s]", inner, maxsplit=1)[0]
    name = "IF" if name in ("IF", "IFNOT") else name
    return (
        ((f"*{name}",), ())
        if name in ("IF", "INTERESTED", "RSSITEMS", "FEEDITEMS", "RSS", "FEEDBLOCK")
        else _NONE
    )


def _ampscript(written: str, _source: str) -> tuple[Names, Names]:
    words = re.findall(
        r"\b(?:if|for|endif|next)\b", re.sub(r"\"[^\"]*\"|'[^']*'", "", written), re.IGNORECASE
    )
    balance = sum(1 if word.lower() in ("if", "for") else -1 for word in words)
    return ("%%",) * max(0, balance), ("%%",) * max(0, -balance)


def _code(written: str, _source: str) -> tuple[Names, Names]:
    """JSP and PHP: braces that stay open, or `if …:` and `endif`."""
    if re.search(r"\bend(?:if|foreach|for|while)?\b", written, re.IGNORECASE):
        return (), ("<",)
    if re.search(
        r"\b(?:if|foreach|for|while)\b.*:\s*\?>|\b(?:if|unless|each)\b[^{}]*(?:do|then)?\s*-?%>",
        written,
        re.DOTALL,
    ):
        return ("<",), ()
    balance = written.count("{") - written.count("}")
    closes = ("<",) if re.search(r"^<[%?](?:php)?\s*\}", written) else ()
    return ("<",) * max(0, balance + len(closes)), closes


def _named(written: str, _source: str) -> tuple[Names, Names]:
    """`<#if>`, `[if:…]`, `{if}`, `%IF%`, `#if()` and `##IF##`: one name, closed by its like."""
    plain = written.lower()
    family = plain[0]
    if re.match(r"[<\[{%#@$\s]*(?:/|end)", plain):
        return (), (family,)
    parts = re.match(r"[<\[{%#@$\s]*(?:else|set|include|foreach_)", plain)
    return _NONE if parts else ((family,), ())


_READERS = (
    ("{%", _liquid),
    ("{{", _braces),
    ("*|", _mailchimp),
    ("%%[", _ampscript),
    ("<%", _code),
    ("<?", _code),
    ("", _named),
)
