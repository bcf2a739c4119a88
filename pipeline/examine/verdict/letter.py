"""What is judged of a mail as a whole: structure, language, length, and what it says beside the wordings."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.examine.reading.mail import Mail
from pipeline.examine.reading.page import Page, read_pages
from pipeline.examine.sight.changing import changing, columns
from pipeline.examine.sight.visible import sight, told
from pipeline.examine.verdict.clip import CUT, NEAR, before_cut, delivered_size
from pipeline.examine.verdict.contradictions import contradiction
from pipeline.examine.verdict.language import language_of, other_language, speaks
from pipeline.examine.verdict.wording import from_problem, in_html
from pipeline.examine.words import Words, find, phrase, read_words
from pipeline.model import Finding, Part, Severity, Wording

Stretches = tuple[tuple[int, int], ...]  # of wordings in a text, as token numbers


def stretches(words: Words, wordings: Sequence[Wording]) -> Stretches:
    """Return where any of *wordings* stands whole in *words*."""
    found: list[tuple[int, int]] = []
    for wording in wordings:
        tokens = phrase(wording.text).tokens
        found += ((at, at + len(tokens)) for at in find(tokens, words.tokens))
    return tuple(sorted(set(found)))


def whole(page: Page) -> Iterator[Finding]:
    """Yield what may cover or change the words of a page from anywhere in it."""
    eye = sight(page)
    for cause in (*changing(page.elements, [sheet.css for sheet in page.sheets]), *columns(eye)):
        yield from_problem(told(cause, page), f"what is shown cannot be relied on: {cause.what}")


def contradicted(
    words: Words, shown: Stretches, required: Sequence[Wording], part: Part, page: Page | None = None
) -> Iterator[Finding]:
    """DISC007: other words cancel a wording."""
    said = contradiction(words, shown, required[0].locale)
    if said is not None:
        refs = ", ".join(wording.ref for wording in required)
        holders = page.holders(said.at, said.at + 1) if page is not None and not page.profile else ()
        yield Finding(
            "DISC007",
            Severity.BLOCK,
            f"{said.phrase!r} contradicts {refs}",
            "remove or rewrite that sentence",
            part=part,
            element=holders[0].number if holders else -1,
        )


def contradicted_by_subject(subject: str, required: Sequence[Wording]) -> Iterator[Finding]:
    """DISC007, in the subject line."""
    yield from contradicted(read_words(subject), (), required, "headers")


def foreign(page: Page, shown: Stretches, required: Sequence[Wording]) -> Iterator[Finding]:
    """DISC005: the letter is in another language than its wordings."""
    for locale in dict.fromkeys(wording.locale for wording in required):
        # a block that says so itself is told by its own finding
        lang = other_language(locale, page, shown)
        own = {language_of(holder)[0] for start, end in shown for holder in page.holders(start, end)}
        if lang and all(speaks(locale, one) for one in own if one):
            message = f"the letter is in {lang!r}, its disclaimer in {locale!r}"
            hint = f"show the {lang} wording, or mend the lang attributes of the letter"
            yield Finding("DISC005", Severity.BLOCK, message, hint, part="html")


def clipped(html: str, required: Sequence[Wording]) -> Iterator[Finding]:
    """VIS016: Gmail cuts the mail off before a wording ends."""
    if delivered_size(html) <= NEAR:
        return
    for limit, severity in ((CUT, Severity.BLOCK), (NEAR, Severity.WARNING)):
        cut = before_cut(html, limit)
        pages = read_pages(html if cut.whole else cut.html)
        late = [wording for wording in required if in_html(wording, pages[:1], ())]
        if late and cut.whole:
            return  # told already, and no matter of the cut
        for wording in late:
            message = f"{wording.ref} ends after byte {limit:,}, about where Gmail cuts mail off"
            hint = "shorten the issue, or move the wording up"
            yield Finding("VIS016", severity, message, hint, part="html", profile="clipped")
        if late:
            return


def misplaced(mail: Mail, required: Sequence[Wording]) -> Iterator[Finding]:
    """VIS021: the words stand in a part that clients do not show, or the parts are in a wrong order."""
    for message, hint in mail.faults:
        yield Finding("VIS021", Severity.BLOCK, message, hint, part="headers")
    for wording in required:
        tokens = phrase(wording.text).tokens
        if mail.html is not None and find(tokens, read_pages(mail.html)[0].words.tokens):
            continue
        for name, content in mail.elsewhere:
            words = read_pages(content)[0].words if "<" in content else read_words(content)
            if find(tokens, words.tokens):
                message = f"{wording.ref} stands in {name}, which clients do not show as the mail"
                hint = "put the wording into the HTML and the text alternatives"
                yield Finding("VIS021", Severity.BLOCK, message, hint, part="headers")
                break
    for name, html in mail.variants:
        pages = read_pages(html)
        for wording in required:
            for finding in in_html(wording, pages, ())[:1]:
                message = f"{name}, which some clients show instead, does not show it: {finding.message}"
                yield replace(finding, id="VIS021", message=message, element=-1, undetermined=False)
