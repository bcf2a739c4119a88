"""
Inline the style sheet: every rule into the `style` attributes of the elements it matches.

Mail clients differ in what they read of a `<style>` element (some nothing, Gmail none past 16 KB or
with one error in it); all read style attributes. The promise: in a browser the computed style of every
element is the same before and after, at any width, light and dark. What would break it is refused.

    html5            the tree a browser makes, and splicing styles into the source
    stylesheet       the sheet's rules, compiled once by csscompiler (premailer) and cached
    selectorparser   what a rule matches, by selectors
    cascade          which declarations an element gets, in which order

No HTML attribute is derived from CSS (premailer's `width`, `bgcolor`, `align`): templates write the
attributes Outlook needs themselves, and CSS values such as `calc()`, `rgba()` or `100%` on an image are
wrong in attributes. Classes and ids stay: media rules and anchors need them. Conditional comments are
comments: no rule reaches the markup in them, and a class there that would need one is refused.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from pipeline.css.cascade import merged
from pipeline.css.declarations import parse_style, to_style
from pipeline.css.html5 import Document, Element, line_of, parse, splice
from pipeline.css.stylesheet import Rule, Stylesheet, load_stylesheet
from pipeline.errors import TemplateError

_CONDITIONAL = re.compile(r"<!--\[if\b[^\]]*\]>((?:(?!-->).)*)-->", re.DOTALL)
_CLASS = re.compile(r"""<[a-z][^<>]*\sclass\s*=\s*["']([^"']*)""", re.IGNORECASE)


def inline(document: str, *, cache: Path | None) -> str:
    r"""
    Return *document* with its style sheet in style attributes.

    Args:
        document: a full HTML document; its CSS stands in `<style>` elements in head; merge tags are tokens.
        cache: folder for compiled style sheets; None keeps them in memory only.

    Returns:
        The same text with "\n" line ends, style attributes added to start tags, and one `<style>` in head
        for what cannot be inlined. Nothing else differs.

    Raises:
        TemplateError: the document is not sound HTML, or the style sheet has something that cannot be
            inlined with the same outcome.
    """
    page = parse(document)
    sheet = load_stylesheet(_css(page), cache)
    _demand_bare_comments(page, sheet)
    return splice(page, _styles(page, sheet), sheet.leftover)


def _css(page: Document) -> str:
    """Return the style sheets as one, a media attribute as the @media rule it stands for."""
    return "\n".join(
        f"@media {sheet.media} {{{sheet.css}\n}}" if sheet.media else sheet.css for sheet in page.sheets
    )


def _demand_bare_comments(page: Document, sheet: Stylesheet) -> None:
    """Refuse a class in a conditional comment that only inlined rules could style in Outlook."""
    for comment in _CONDITIONAL.finditer(page.source):
        for attribute in _CLASS.finditer(comment[1]):
            if lost := sheet.inlined_classes.intersection(attribute[1].split()):
                where = line_of(page.source, comment.start(1) + attribute.start())
                raise TemplateError(
                    f"{where}: class {min(lost)!r} stands in a conditional comment, where no rule reaches",
                    hint="write the styles Outlook needs there into a style attribute",
                )


def _styles(page: Document, sheet: Stylesheet) -> Iterator[tuple[Element, str]]:
    """Yield the elements whose style changes, each with its new style."""
    for element in page.elements:
        rules = sheet.matching(element)
        if not rules:
            continue
        own = element.attributes.get("style") or ""
        try:
            style = _style(rules, own, sheet.animated)
        except TemplateError as error:
            where = f"{line_of(page.source, element.start)}, <{element.tag}>"
            raise TemplateError(f"{where}: {error.message}", hint=error.hint) from error
        if style != own:
            _demand_start_tag(element, rules)
            yield element, style


@lru_cache(maxsize=4096)
def _style(rules: frozenset[Rule], own: str, animated: frozenset[str]) -> str:
    """Return the new style attribute of an element; the same few come back all over a mail."""
    try:
        written = parse_style(own)
    except ValueError as error:
        raise TemplateError(
            f"its style attribute: {error}",
            hint="write plain declarations, without comments, escapes or braces",
        ) from error
    inlined = [rule for rule in rules if not rule.condition]
    new = merged(inlined, [rule for rule in rules if rule.condition], written, animated)
    return own if new == written else to_style(new)


def _demand_start_tag(element: Element, rules: frozenset[Rule]) -> None:
    if element.start < 0:
        raise TemplateError(
            f"a <{element.tag}> that no template writes but browsers add is styled by "
            f"{min(str(rule) for rule in rules if not rule.condition)}",
            hint=f"write the <{element.tag}> in the template",
        )
