"""
Components of an issue's body -> markup that every mail client shows.

The fragment says what a thing is (`aside.callout`, `a.button`); mail clients want tables, and Outlook
its own drawing. This stage finds the components in a real tree and hands each to the macro of its name
in `templates/components.html`. Everything else passes as it is: the style sheet dresses it.
"""

import math
from collections.abc import Callable, Mapping
from itertools import groupby
from typing import NamedTuple, Protocol, cast

from markupsafe import Markup
from selectolax.lexbor import LexborHTMLParser, LexborNode

CONTENT_WIDTH = 536  # px: the card's 600 less its padding
# px left for an image inside these; Outlook obeys the width attribute and nothing else
_ROOM_WITHIN = {"aside": 488, "blockquote": 492, "li": 488, "dd": 488, "td": 200, "th": 200}
_COLUMN_WIDTH = 256  # px
_COLUMNS_ON_A_PHONE = 4  # of a data table, with words of ordinary length
_CALLOUT_TONES = {"callout-warning": "amber", "callout-caution": "brick"}


class Macros(Protocol):
    """What `templates/components.html` exports; each macro returns balanced markup."""

    side: str  # on which lines begin: "left", or "right" for a right-to-left language
    button: Callable[..., str]
    callout: Callable[..., str]
    quote: Callable[..., str]
    pullquote: Callable[..., str]
    figure: Callable[..., str]
    columns: Callable[..., str]
    divider: Callable[..., str]
    table: Callable[..., str]


class Pieces(NamedTuple):
    """A body cut at its h2 headings."""

    opening: Markup  # what stands before the first h2; empty when nothing does
    pieces: tuple[Markup, ...]  # each begins with its h2


def email_safe(fragment_html: str, macros: Macros) -> Markup:
    """
    Return *fragment_html* with its components in email-safe markup.

    Args:
        fragment_html: balanced and sanitised; its texts and tokens are kept as they are.
        macros: the theme's.
    """
    body = _body(fragment_html)
    for paragraph in _paragraphs_with_buttons(body):
        _replace(paragraph, _button_runs(paragraph, macros))
    # the style sheet draws the notes' rule; and few mail clients follow a link back up
    for needless in body.css("div.footnote > hr, a.footnote-backref"):
        needless.decompose()
    found = body.css("aside.callout, figure, blockquote, div.columns, hr, table:not([role]), img")
    for node in found:
        if node.tag == "img":
            _fit_image(node)
    # inner ones first: what an outer one takes in is finished then
    for node in reversed(found):
        if markup := _component(node, macros):
            _replace(node, markup)
    return _inner(body)


def pieces(body_html: str) -> Pieces:
    """Cut *body_html* at those of its h2 headings that stand at the top level."""
    runs: list[list[str]] = [[]]
    for node in _body(body_html).iter(include_text=True):
        if node.tag == "h2":
            runs.append([])
        runs[-1].append(node.html or "")
    opening, *rest = (Markup("".join(run).strip()) for run in runs)  # noqa: S704 - only cut, not made
    return Pieces(opening, tuple(rest))


def _body(fragment_html: str) -> LexborNode:
    # an HTML parser makes a body of anything, so there is one
    return cast("LexborNode", LexborHTMLParser(f"<!DOCTYPE html><body>{fragment_html}").body)


def _inner(node: LexborNode) -> Markup:
    return Markup((node.inner_html or "").strip("\n"))  # noqa: S704 - sanitised by the render stage


def _replace(node: LexborNode, markup: str) -> None:
    for new in _body(markup).iter(include_text=True):
        node.insert_before(new)
    node.decompose()


def _component(node: LexborNode, macros: Macros) -> str:
    """Return the markup for *node*, or nothing where the node itself stays."""
    build = _BUILDERS.get(node.tag or "")
    return build(node, macros) if build else ""


def _callout(node: LexborNode, macros: Macros) -> str:
    tone = next((_CALLOUT_TONES[name] for name in _classes(node) if name in _CALLOUT_TONES), "sage")
    return macros.callout(_inner(node), tone, attributes=_line(node))


def _quote(node: LexborNode, macros: Macros) -> str:
    quote = macros.pullquote if "pullquote" in _classes(node) else macros.quote
    return quote(_inner(node), attributes=_line(node))


def _divider(node: LexborNode, macros: Macros) -> str:
    return macros.divider(attributes=_line(node))


def _table(node: LexborNode, macros: Macros) -> str:
    for cell in node.css("th, td"):
        if "align" not in cell.attributes and "style" not in cell.attributes:
            cell.attrs["align"] = macros.side  # Outlook centres a heading by itself
    row = node.css_first("tr")
    crowded = row is not None and len(row.css("th, td")) > _COLUMNS_ON_A_PHONE
    return macros.table(_inner(node), crowded=crowded, attributes=_line(node))


def _figure(node: LexborNode, macros: Macros) -> str:
    caption = node.css_first("figcaption")
    text = _inner(caption) if caption else ""
    if caption:
        caption.decompose()
    return macros.figure(_inner(node), caption=text, attributes=_line(node))


def _columns(node: LexborNode, macros: Macros) -> str:
    columns = [_inner(child) for child in node.iter()]
    if len(columns) != 2:  # noqa: PLR2004 - any other number stands below each other, as it is
        return ""
    return macros.columns(*columns, attributes=_line(node))


def _paragraphs_with_buttons(body: LexborNode) -> list[LexborNode]:
    """List each paragraph that holds a button; a button elsewhere becomes a bold link."""
    paragraphs: dict[int, LexborNode] = {}
    for button in body.css("a.button"):
        parent = button.parent
        if parent is not None and parent.tag == "p":
            paragraphs[parent.mem_id] = parent
        else:
            button.attrs["class"] = "button-text"
    return list(paragraphs.values())


def _button_runs(paragraph: LexborNode, macros: Macros) -> str:
    """Cut *paragraph* into its buttons and the paragraphs of text between them."""
    runs: list[str] = []
    for is_button, nodes in groupby(paragraph.iter(include_text=True), key=_is_button):
        if is_button:
            runs += [_button(node, macros, attributes=_line(paragraph)) for node in nodes]
        elif text := "".join(node.html or "" for node in nodes).strip():
            runs.append(f"<p{_line(paragraph)}>{text}</p>")
    return "\n".join(runs)


def _is_button(node: LexborNode) -> bool:
    return node.tag == "a" and "button" in _classes(node)


def _button(node: LexborNode, macros: Macros, *, attributes: str) -> str:
    lines, width = _button_size(node.text())
    return macros.button(
        _inner(node),
        node.attributes.get("href") or "",
        width=width,
        height=26 + 24 * lines,
        attributes=attributes,
    )


def _button_size(label: str) -> tuple[int, int]:
    """Estimate lines and width in px: Outlook's rectangle does not grow with its text."""
    text_width = math.ceil(len(label) * 9.2)  # 16 px bold; wider than most, so that nothing is cut
    return math.ceil(text_width / 470) or 1, min(text_width, 470) + 60


def _fit_image(node: LexborNode) -> None:
    """Cap the width of an image at the room it has, and scale its height."""
    width, height = (_pixels(node.attributes.get(name)) for name in ("width", "height"))
    in_figure = node.parent is not None and node.parent.tag == "figure"
    room = _room(node)
    if not width and in_figure:
        width = room  # of unknown size, alone in its line: as wide as the text
    if width:
        shown = min(width, room)
        node.attrs["width"] = str(shown)
        if height:
            node.attrs["height"] = str(round(height * shown / width))
    if in_figure:
        node.attrs["style"] = f"display:block;width:100%;max-width:{min(width, room)}px"


def _pixels(value: str | None) -> int:
    return int(value) if value and value.isascii() and value.isdigit() else 0


def _room(node: LexborNode) -> int:
    room, parent = CONTENT_WIDTH, node.parent
    while parent is not None:
        room = min(
            room, _COLUMN_WIDTH if "column" in _classes(parent) else _ROOM_WITHIN.get(parent.tag or "", room)
        )
        parent = parent.parent
    return room


def _classes(node: LexborNode) -> list[str]:
    return (node.attributes.get("class") or "").split()


def _line(node: LexborNode) -> Markup:
    """Return the attribute that says which line of the issue *node* comes from, where it has one."""
    line = node.attributes.get("data-line")
    return Markup(' data-line="{}"').format(line) if line else Markup()


_BUILDERS: Mapping[str, Callable[[LexborNode, Macros], str]] = {
    "aside": _callout,
    "blockquote": _quote,
    "div": _columns,
    "figure": _figure,
    "hr": _divider,
    "table": _table,
}
