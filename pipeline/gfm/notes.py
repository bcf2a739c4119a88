"""Footnotes: python-markdown's, in the order of the text, with those left out that nothing refers to."""

import re
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions.footnotes import FootnoteExtension
from markdown.treeprocessors import Treeprocessor

from pipeline.gfm.log import Span
from pipeline.gfm.source import SourceText
from pipeline.model import Severity

if TYPE_CHECKING:
    from pipeline.gfm.dialect import Dialect

_BACK_ARROW = "&#8617;&#65038;"  # the variation selector keeps phones from drawing an emoji
_NOWHERE = "\x02"  # in place of a phrase that would draw the footnotes to where it stands


class Footnotes(FootnoteExtension):
    """python-markdown's footnotes, in time that grows with the text and not with its square."""

    def __init__(self) -> None:
        """Number them as they are referred to."""
        super().__init__(USE_DEFINITION_ORDER=False, BACKLINK_TEXT=_BACK_ARROW, PLACE_MARKER=_NOWHERE)

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 -- python-markdown's name
        """Take part in *md*."""
        super().extendMarkdown(md)
        md.inlinePatterns["footnote"].compiled_re = re.compile(r"\[\^([^\[\]]*+)\]")
        md.treeprocessors.register(_Unused(md), "footnote-unused", 12)

    def unique_ref(self, reference: str, found: bool = False) -> str:  # noqa: FBT001, FBT002 -- as theirs
        """Return the id of a reference: `fnref:label`, then `fnref2:label` and so on."""
        if not found:
            return reference
        times = self.found_refs.get(reference, 0) + 1
        self.found_refs[reference] = times
        return reference if times == 1 else reference.replace("fnref", f"fnref{times}", 1)


class _Unused(Treeprocessor):
    """Takes out footnotes that nothing refers to, as GitHub does, and tells."""

    md: "Dialect"

    def run(self, root: Element) -> None:
        """Work on the list of footnotes, once all references are known."""
        notes = root.find("div[@class='footnote']")
        items = notes.find("ol") if notes is not None else None
        if notes is None or items is None:
            return
        footnotes = self.md.footnotes
        used = {footnotes.makeFootnoteId(label) for label in footnotes.footnote_order}
        for item in [item for item in items if item.get("id") not in used]:
            items.remove(item)
        if not len(items):
            root.remove(notes)
        for label, text in footnotes.footnotes.items():
            if footnotes.makeFootnoteId(label) not in used:
                self._report(label, text.first if isinstance(text, SourceText) else 0)

    def _report(self, label: str, line: int) -> None:
        message = f"footnote that nothing refers to: {label!r}"
        hint = f"write [^{label}] where it belongs, or take it out; it is not shown"
        span = Span(line, line)
        self.md.log.add("MD013", message, hint, span, f"[^{label}]:", severity=Severity.WARNING)
