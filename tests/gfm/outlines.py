"""What a page says, without how it looks: the tree of its blocks and the words in them."""

from dataclasses import replace

from markdown_it import MarkdownIt
from selectolax.lexbor import LexborHTMLParser, LexborNode

from letter import ISSUE
from pipeline.model import Fragment
from pipeline.stages.render import render

Outline = tuple[object, ...]

_BLOCKS = {"ul", "li", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "p", "hr", "figure"}
_BLOCKS |= {"table", "thead", "tbody", "tr", "th", "td"}
UNSEEN = "\u2060"  # at the beginning of a line, keeps it from being anything but text
_PLAIN: dict[int, str | None] = str.maketrans(
    {
        UNSEEN: None,
        "“": '"',
        "”": '"',
        "‘": "'",
        "’": "'",
        "…": "...",
        "—": "---",
        "–": "--",
        "☐": "[ ]",
        "☑": "[x]",
    }
)
_JUDGE = MarkdownIt("gfm-like")


def rendered(body: str) -> Fragment:
    """Render *body* as the body of an issue that has no images."""
    return render(replace(ISSUE, body=body), web_url="", image_url=lambda image: image.src)


def ours(body: str) -> Outline:
    """Return the outline of what readers get."""
    return _outline(rendered(body).html)


def githubs(body: str) -> Outline:
    """Return the outline of what a parser with GitHub's rules makes of *body*."""
    return _outline(_JUDGE.render(body))


def _outline(html: str) -> Outline:
    body = LexborHTMLParser(f"<!doctype html><body>{html}").body
    assert body is not None
    return tuple(_children(body))


def _children(element: LexborNode) -> list[object]:
    """List blocks and runs of text; a div has no say, and of code only the blanks at its end do not count."""
    found: list[object] = []
    words: list[str] = []

    def end_of_text() -> None:
        if text := " ".join("".join(words).translate(_PLAIN).split()):
            found.append(text)
        words.clear()

    def visit(node: LexborNode) -> None:
        if node.tag == "-text":
            words.append(node.text())
        elif node.tag == "br":
            words.append("\n")
        elif node.tag in _BLOCKS or node.tag in ("pre", "ol", "div"):
            end_of_text()
            found.extend(_block(node))
        else:
            for child in node.iter(include_text=True):
                visit(child)

    for child in element.iter(include_text=True):
        visit(child)
    end_of_text()
    return found


def _block(node: LexborNode) -> list[object]:
    if node.tag == "div":
        return _children(node)
    if node.tag == "pre":
        return [("pre", node.text().expandtabs(4).rstrip())]
    if node.tag == "ol":
        return [("ol", node.attributes.get("start") or "1", *_children(node))]
    return [(node.tag, *_children(node))]
