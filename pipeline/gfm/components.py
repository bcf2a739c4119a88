"""What an editor builds from Markdown: call-outs, pull quotes, figures, headings to link to."""

import re
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement

from markdown.treeprocessors import Treeprocessor

from pipeline.gfm.leftovers import CALLOUTS, check_leaf, plain
from pipeline.gfm.log import Span
from pipeline.gfm.typography import set_text, set_type
from pipeline.mergetags import PREFIX

if TYPE_CHECKING:
    from pipeline.gfm.dialect import Dialect

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_CALLOUT = re.compile(r"\[!(?P<kind>[A-Za-z]+)\][ \t]*(?:\n|$)")
_PULLQUOTE = re.compile(r"(?:^|\n)\{[ \t]*\.pullquote[ \t]*\}$")
_HEADING_ID = re.compile(r"[ \t]*\{#(?P<id>[\w-]+)\}$")
_KINDS = {name[2:-1] for name in CALLOUTS}
_NO_SLUG = re.compile(rf"[^\w\- ]|{PREFIX}[0-9a-z]+")


class Quotes(Treeprocessor):
    """Turns quotes into call-outs and pull quotes where their first or last line says so."""

    md: "Dialect"

    def run(self, root: Element) -> None:
        """Work on every quote, before its text is parsed."""
        for quote in root.iter("blockquote"):
            paragraphs = [child for child in quote if child.tag == "p"]
            if not paragraphs:
                continue
            last = paragraphs[-1]
            if quote[-1] is last and (match := _PULLQUOTE.search(last.text or "")):
                quote.set("class", "pullquote")
                self._cut(quote, last, 0, match.start())
            elif quote[0].tag == "p" and (match := _CALLOUT.match(quote[0].text or "")):
                self._call_out(quote, match)

    def _call_out(self, quote: Element, match: re.Match[str]) -> None:
        kind = match["kind"].upper()
        if kind not in _KINDS:
            return  # it stays a quote; what is left over in it is told
        first = quote[0]
        span = self.md.leaves[first]
        self._cut(quote, first, match.end(), None)
        if not len(quote):
            self.md.log.add(
                "MD010",
                "an empty call-out",
                "write its text in the quote's next lines",
                span,
                match[0].strip(),
            )
        quote.tag = "aside"
        quote.set("class", f"callout callout-{kind.lower()}")
        title = Element("p", {"class": "callout-title"})
        title.text = kind.capitalize()
        quote.insert(0, title)

    def _cut(self, quote: Element, paragraph: Element, begin: int, end: int | None) -> None:
        """Keep of *paragraph* what stands between *begin* and *end*, if anything does."""
        text = paragraph.text or ""
        first, last = self.md.leaves[paragraph]
        paragraph.text = text[begin:end].strip()
        if paragraph.text:
            self.md.leaves[paragraph] = Span(first + text.count("\n", 0, begin), last)
        else:
            quote.remove(paragraph)
            del self.md.leaves[paragraph]


class Finish(Treeprocessor):
    """Names headings, makes figures, sets the type; when all text is parsed."""

    md: "Dialect"

    def run(self, root: Element) -> None:
        """Work on every leaf."""
        self._drop_title(root)
        for items in self.md.lists:
            if not items.loose:
                self.md.tight.update(
                    child for member in items.members for child in member if child.tag == "p"
                )
        taken = {note.get("id", ""): 0 for tag in ("li", "sup") for note in root.iter(tag)}
        for leaf, span in self.md.leaves.items():
            check_leaf(leaf, span, self.md.log)
            if leaf.tag in HEADINGS:
                self._name(leaf, taken)
            elif leaf.tag == "p" and leaf not in self.md.tight:
                _make_figure(leaf)
            set_type(leaf)
        self.md.targets.check_anchors(taken)

    def _drop_title(self, root: Element) -> None:
        """Drop the first heading when it repeats the title, which the template prints."""
        first = next((element for element in root.iter() if element.tag in HEADINGS), None)
        if first is None or first.tag != "h1" or first not in list(root):
            return
        if _folded(plain("".join(first.itertext()))) == _folded(self.md.title):
            root.remove(first)
            del self.md.leaves[first]

    def _name(self, heading: Element, taken: dict[str, int]) -> None:
        """Give *heading* an id of its own, as GitHub makes it or as it asks for; count what is *taken*."""
        wanted = _own_id(heading) or slug(plain("".join(heading.itertext()))) or "section"
        name = wanted
        while name in taken:
            taken[wanted] += 1
            name = f"{wanted}-{taken[wanted]}"
        taken[name] = 0
        heading.set("id", name)


def slug(text: str) -> str:
    """Return the anchor that GitHub makes of a heading: small letters and hyphens, of any script."""
    return _NO_SLUG.sub("", text.strip().lower()).replace(" ", "-")


def _own_id(heading: Element) -> str:
    """Take `{#id}` off the end of *heading* and return the id."""
    last = heading[-1] if len(heading) else None
    text = (last.tail if last is not None else heading.text) or ""
    match = _HEADING_ID.search(text)
    if match is None:
        return ""
    if last is not None:
        last.tail = text[: match.start()]
    else:
        heading.text = text[: match.start()]
    return match["id"]


def _make_figure(paragraph: Element) -> None:
    """Turn a paragraph with an image, or a linked one, and nothing else into a figure."""
    outer = _only_child(paragraph)
    image = _only_child(outer) if outer is not None and outer.tag == "a" else outer
    if image is None or image.tag != "img":
        return
    paragraph.tag = "figure"
    caption = image.attrib.pop("title", "")
    if caption:
        SubElement(paragraph, "figcaption").text = set_text(caption)


def _only_child(element: Element) -> Element | None:
    """Return the one thing that *element* holds, or None when it holds more or text."""
    alone = len(element) == 1 and not (element.text or "").strip() and not (element[0].tail or "").strip()
    return element[0] if alone else None


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()
