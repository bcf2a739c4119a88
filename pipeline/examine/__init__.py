"""
The examination of finished mail: is the approved wording really shown to every reader?

It knows no issue and no template. It is given bytes from anywhere, reads them as mail clients do, and
fails when it cannot tell.

- words         folding, tokens, comparison: one way for registry, HTML, text and read-back
- conditionals  what Outlook for Windows reads instead
- page          rendered text and the elements it stands in
- sheets, shorthands, values, selectors, clients, media, cascade, lengths, colours
                what style an element has in which world
- hiding, legible, visible   what hides it (VIS)
- covering      what else in the mail may cover or change it
- place         one copy of a wording where it stands
- copies        texts that are nearly the wording
- wording       is it there, whole and unchanged (DISC)
"""

from collections.abc import Sequence

from pipeline.examine.page import Page, read_pages
from pipeline.examine.wording import in_html, in_text, unseen, whole
from pipeline.model import Finding, Severity, Wording

__all__ = ["Page", "examine", "read_pages", "unseen"]


def examine(
    html: str, text: str | None, required: Sequence[Wording], *, others: Sequence[Wording] = ()
) -> list[Finding]:
    """
    List every reason why some reader does not see a required wording as it was approved.

    Args:
        html: a full document, or any part of one; it may be broken.
        text: the text/plain part, "" when the mail has none; None when there is no mail around the HTML.
        required: the wordings that must be shown.
        others: further versions of them, so that a stale text is called by its name.

    Returns:
        Findings of severity block; an empty list is the proof that all is shown.
    """
    try:
        return _examined(html, text, required, (*others, *required)) if required else []
    except Exception as err:  # noqa: BLE001 - whatever cannot be read is not shown, for all we know
        message = f"the mail cannot be examined: {type(err).__name__}"
        hint = "simplify its markup and style sheets: they are too deep or too broken to be read"
        return [Finding("VIS022", Severity.BLOCK, message, hint, part="html")]


def _examined(
    html: str, text: str | None, required: Sequence[Wording], known: Sequence[Wording]
) -> list[Finding]:
    pages = read_pages(html)
    found: list[Finding] = []
    for wording in required:
        found += in_html(wording, pages, known)
        if text is not None:
            found += in_text(wording, text, known)
    for page in pages:
        found += whole(page)
    return list(dict.fromkeys(found))
