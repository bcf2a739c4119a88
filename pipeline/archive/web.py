"""
An issue's fragment as a web page shows it: the same words, and nothing of a mail to one reader.

A mail knows whom it is for; a page does not. So merge tags give way to what an editor wrote for an unknown
reader, and no link unsubscribes, counts or tells where somebody came from.
"""

import html
import re
from collections.abc import Collection, Mapping
from typing import NamedTuple, cast
from urllib.parse import unquote

from selectolax.lexbor import LexborHTMLParser, LexborNode

from pipeline.archive.pictures import picture_attributes
from pipeline.archive.trackers import PIXEL, untracked
from pipeline.gfm import policy
from pipeline.mergetags import NO_SPECIALS, MergeSyntax, Part, Tag, tags, token
from pipeline.model import Image

COLUMN_WIDTH = 624  # px; an image in the text is shown no wider

# What becomes of nothing: a tag without a default, and the link that each reader has for himself.
_NOTHING = rf"(?:{token(Tag('subscriber.first_name'))}|{token(Tag('unsubscribe_url'))[:-1]}[0-9a-f]*z)"
_INLINE = "a|b|big|cite|code|del|em|i|ins|kbd|mark|q|s|samp|small|span|strike|strong|tt|u|var"
_BLOCK = "blockquote|dd|div|dt|figcaption|h[1-6]|li|p|td|th"
_HOLLOW_INLINE = re.compile(rf"<({_INLINE})(?: [^<>]*)?>({_NOTHING})</\1>")
_HOLLOW_BLOCK = re.compile(rf"<(h[1-6])(?: [^<>]*)?>\s*(?:{_NOTHING}\s*)?</\1>\n?|<p>{_NOTHING}</p>\n?")
_FIRST = re.compile(rf"(<(?:{_BLOCK})(?: [^<>]*)?>){_NOTHING}[,;:!]?[ \t]*")
_LATER = re.compile(rf"(?:(?<=\S)\s+)?(?:\({_NOTHING}\)|{_NOTHING})(?!\w)")

_HEADING = re.compile(r"<(/?)h([1-6])(?=[ >])")
_EMPTY_HEADER = re.compile(r"<th((?: [^<>]*)?)>\s*</th>")
_SCOPE = re.compile(r' scope="[^"]*"')
# The standard calls these obsolete (HTML Living Standard, 16.2, read 2026-11-27); mail clients know them.
_OBSOLETE = re.compile(r"<(/?)(big|center|strike|tt)(?=[ >])")
_INSTEAD = {"big": ("span", "font-size:larger"), "center": ("div", "text-align:center"), "strike": ("s", "")}
_INSTEAD |= {"tt": ("code", "")}
_ALIGNED = {"center", "justify", "left", "right"}
_RAISED = {"baseline", "bottom", "middle", "top"}


class WebText(NamedTuple):
    """An issue's body on a page; both are safe to embed."""

    article: str  # fragment; its headings begin at h2
    sources: str  # the list of footnotes, an ol element, which stood at the end; empty when there are none


def web_text(
    fragment_html: str,
    *,
    images: Mapping[str, Image],
    assets: str,
    web_url: str,
    taken: Collection[str] = (),
) -> WebText:
    """
    Return *fragment_html* as a page shows it.

    Args:
        fragment_html: as `stages.render` returns it; merge tags are tokens.
        images: the issue's local images, by the address that the fragment has for them.
        assets: address of the folder of published files, without a slash at the end.
        web_url: the page's own address, absolute.
        taken: ids of the page around it; an id of the fragment that is among them gets another name.
    """
    body = cast("LexborNode", LexborHTMLParser(f"<!DOCTYPE html><body>{_prepared(fragment_html)}").body)
    syntax = _syntax(web_url)
    names = _renamed(body, taken)
    for link in body.css("a"):
        _mend_link(link, syntax, names)
    _show_images(body, images, assets)
    _align(body)
    _wrap_tables(body)
    sources = _cut_sources(body)
    return WebText(_filled(body.inner_html or "", syntax), _filled(sources, syntax))


def _prepared(fragment: str) -> str:
    """Return *fragment*, where no attribute holds `<` or `>`, without what a page must not have as it is."""
    while True:
        fewer = _HOLLOW_INLINE.sub(r"\2", fragment)
        if fewer == fragment:
            break
        fragment = fewer
    fragment = _HOLLOW_BLOCK.sub("", fragment)
    fragment = _EMPTY_HEADER.sub(lambda match: f"<td{_SCOPE.sub('', match[1])}></td>", fragment)
    return _OBSOLETE.sub(_modern, _levelled(fragment))


def _levelled(fragment: str) -> str:
    """Return *fragment* with its headings one step apart at most, from h2 on: h1 is the page's title."""
    above: list[int] = []  # levels, as written, of the headings that the present one stands under

    def level(match: re.Match[str]) -> str:
        if not match[1]:
            while above and above[-1] >= int(match[2]):
                above.pop()
            above.append(int(match[2]))
        return f"<{match[1]}h{min(len(above) + 1, 6)}"

    return _HEADING.sub(level, fragment)


def _modern(match: re.Match[str]) -> str:
    name, style = _INSTEAD[match[2]]
    return f"<{match[1]}{name}" + (f' style="{style}"' if style and not match[1] else "")


def _syntax(web_url: str) -> MergeSyntax:
    """Return the merge syntax of a page, which has its own address and no reader."""

    def write(tag: Tag, part: Part) -> str:
        value = {"web_url": web_url, "unsubscribe_url": ""}.get(tag.name, tag.default)
        return html.escape(value) if part == "html" else value

    return MergeSyntax(write=write, specials=NO_SPECIALS, escape=lambda run, _place: run)


def _filled(fragment: str, syntax: MergeSyntax) -> str:
    """Return *fragment* with values for its tokens, and no gap where there is none."""
    closed = _LATER.sub("", _FIRST.sub(r"\1", fragment))
    return syntax.apply(closed, "html").strip("\n")


def _renamed(body: LexborNode, taken: Collection[str]) -> Mapping[str, str]:
    """Give ids that are *taken* another name; return the new names by the old ones."""
    nodes = {str(node.id): node for node in body.css("[id]")} if taken else {}
    names: dict[str, str] = {}
    for name in filter(taken.__contains__, nodes):
        number = 2
        while (other := f"{name}-{number}") in nodes or other in taken:
            number += 1
        nodes[name].attrs["id"] = names[name] = other
    return names


def _mend_link(link: LexborNode, syntax: MergeSyntax, names: Mapping[str, str]) -> None:
    """Have *link* lead where any reader may go; without such a place, only its words stay."""
    href = link.attributes.get("href") or ""
    url = syntax.apply(href, "text")
    if any(tag.name == "unsubscribe_url" for tag in tags(href)) or not policy.is_link(url):
        link.unwrap()
        return
    if url.startswith("#"):
        url = f"#{names.get(unquote(url[1:]), url[1:])}"
    url = untracked(url)
    if url == href:
        return
    if link.text() == href and link.css_first("img") is None:  # its words are the address
        link.inner_html = html.escape(url)
    link.attrs["href"] = url


def _show_images(body: LexborNode, images: Mapping[str, Image], assets: str) -> None:
    is_first = True
    for node in body.css("img"):
        src = node.attributes.get("src") or ""
        image = images.get(src)
        if image is not None:
            shown = min(image.width, COLUMN_WIDTH)
            sizes = f"(max-width: {shown}px) 100vw, {shown}px"
            for name, value in picture_attributes(image, assets=assets, sizes=sizes).items():
                node.attrs[name] = value
        elif _counts_readers(node, src):
            _take_out(node)
            continue
        else:
            node.attrs["src"] = untracked(src)
        if not is_first:
            node.attrs["loading"], node.attrs["decoding"] = "lazy", "async"
        is_first = False


def _counts_readers(node: LexborNode, src: str) -> bool:
    sizes = [node.attributes.get(name) or "" for name in ("width", "height")]
    given = [int(size) for size in sizes if size.isascii() and size.isdigit()]
    return bool(given and max(given) <= PIXEL) or any(tag.name == "unsubscribe_url" for tag in tags(src))


def _take_out(node: LexborNode) -> None:
    """Remove *node*, and what holds nothing without it."""
    around = node.parent
    node.decompose()
    while around is not None and around.tag in ("a", "figure", "p"):
        if around.text().strip() or around.css_first("img") is not None:
            return
        node, around = around, around.parent
        node.decompose()


def _align(body: LexborNode) -> None:
    """Write alignments as style: as attributes they are obsolete."""
    for node in body.css("[align], [valign]"):
        align, raised = ((node.attributes.get(name) or "").lower() for name in ("align", "valign"))
        for name in ("align", "valign"):
            if name in node.attributes:
                del node.attrs[name]
        style = [node.attributes.get("style") or ""]
        style += [f"text-align:{align}"] if align in _ALIGNED else []
        style += [f"vertical-align:{raised}"] if raised in _RAISED else []
        if joined := ";".join(filter(None, style)):
            node.attrs["style"] = joined


def _wrap_tables(body: LexborNode) -> None:
    """Put each table into a region that scrolls by itself, by keyboard too, and has a name of its own."""
    names: dict[str, int] = {}
    for table in body.css("table"):
        if _is_inside_table(table):
            continue
        name = _table_name(table)
        names[name] = names.get(name, 0) + 1
        unique = f"{name} ({names[name]})" if names[name] > 1 or not name else name
        label = html.escape(unique.strip())
        markup = f'<div class="scroll" role="region" tabindex="0" aria-label="{label}">{table.html}</div>'
        region = cast("LexborNode", LexborHTMLParser(f"<!DOCTYPE html><body>{markup}").body).child
        table.replace_with(cast("LexborNode", region))


def _is_inside_table(node: LexborNode) -> bool:
    around = node.parent
    while around is not None and around.tag != "table":
        around = around.parent
    return around is not None


def _table_name(table: LexborNode) -> str:
    """Return the caption of *table*, or the words of its first row, in the language of the issue."""
    caption = table.css_first("caption")
    row = table.css_first("tr")
    cells = [caption] if caption is not None else row.css("th, td") if row is not None else []
    return ", ".join(filter(None, (" ".join(_words(cell).split()) for cell in cells)))


def _words(node: LexborNode) -> str:
    """Return the text of *node* without the numbers of its footnotes."""
    return "".join(
        child.text() if child.tag == "-text" else "" if child.css_first("a.footnote-ref") else _words(child)
        for child in node.iter(include_text=True)
    )


def _cut_sources(body: LexborNode) -> str:
    """Take the list of footnotes off the end of *body* and return it."""
    notes = body.last_child
    while notes is not None and notes.tag == "-text":
        notes = notes.prev
    if notes is None or notes.tag != "div" or notes.attributes.get("class") != "footnote":
        return ""
    found = notes.css_first("ol")
    sources = "" if found is None else found.html or ""
    notes.decompose()
    return sources
