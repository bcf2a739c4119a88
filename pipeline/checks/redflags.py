"""
Red-flag cards: whoever should be on the way to a hospital reads so before the first exercise (TOP005).

The first step of self-care is the first place after the title that tells readers to do something with
the body, as the detector knows it. The wordings themselves do not count.
"""

import re
from collections.abc import Iterable, Iterator

from pipeline.checks.subject import Subject
from pipeline.disclaimers.detector import STEPS, topics_in
from pipeline.disclaimers.matrix import RED_FLAGS, topic_key
from pipeline.examine import Page, read_pages
from pipeline.examine.words import BREAK, Words, find, phrase, plain_words, read_words
from pipeline.model import Finding, Part, Severity, Wording

_UNDERLINE = re.compile(r"^={3,}", re.MULTILINE)  # of the title, in the text part
_PICTURE = re.compile(rf"\[Image: [^\]{BREAK}]*\]")


def findings(subject: Subject) -> Iterator[Finding]:
    """Yield each part of the message in which self-care comes before the card."""
    ids = {RED_FLAGS.get(topic_key(topic)) for topic in subject.issue.topics}
    for card in (wording for wording in subject.selection.wordings if wording.id in ids):
        for page in read_pages(subject.message.html):
            step = _step_before(card, page.words, _titles(page, subject.message.preheader), subject)
            if step:
                template = f"templates/{subject.issue.template}.html"
                yield _late(card, step, "html", template, "show the wordings placed 'top' above the article")
                break
        words = plain_words(subject.message.text)
        step = _step_before(card, words, _opening(words.raw), subject)
        if step:
            yield _late(
                card, step, "text", subject.issue.file, "print the wordings placed 'top' above the article"
            )


def _late(card: Wording, step: str, part: Part, file: str, hint: str) -> Finding:
    place = "HTML" if part == "html" else "text part"
    message = f"self-care stands before {card.ref} in the {place}: {step!r}"
    return Finding("TOP005", Severity.ERROR, message, hint, file, part=part)


def _step_before(card: Wording, words: Words, aside: Iterable[tuple[int, int]], subject: Subject) -> str:
    """Return the first step of self-care before the card, outside of *aside* and of wordings, or ""."""
    places = find(phrase(card.text).tokens, words.tokens)
    before = words.raw[: words.spans[places[0]][0]] if places else ""
    hits = topics_in(before, subject.issue.lang).get(STEPS, ())
    if not hits:
        return ""
    taken = [*aside, *(span for wording in subject.selection.wordings for span in _spans(wording, words))]
    steps = (hit for hit in hits if not any(low <= hit.start < high for low, high in taken))
    return next((before[step.start : step.end] for step in steps), "")


def _spans(wording: Wording, words: Words) -> Iterator[tuple[int, int]]:
    """Yield where a wording stands, its heading included."""
    needle, heading = phrase(wording.text).tokens, phrase(wording.heading).tokens
    for at in find(needle, words.tokens):
        yield words.spans[at][0], words.spans[at + len(needle) - 1][1]
    for at in find(heading, words.tokens):
        yield words.spans[at][0], words.spans[at + len(heading) - 1][1]


def _titles(page: Page, preheader: str) -> Iterator[tuple[int, int]]:
    """Yield where the page's hidden preheader and its title stand: they speak of what is to come."""
    wanted = read_words(preheader).tokens
    if wanted and page.words.tokens[: len(wanted)] == wanted:
        yield 0, page.words.spans[len(wanted) - 1][1]
    ends = (*page.starts[1:], len(page.words.raw))
    for start, end, run in zip(page.starts, ends, page.runs, strict=True):
        if any(step.tag == "h1" for step in run.chain()):
            yield start, end


def _opening(text: str) -> Iterator[tuple[int, int]]:
    """Yield where the text part's title and its pictures stand."""
    title = _UNDERLINE.search(text)
    yield 0, title.end() if title else 0
    yield from (match.span() for match in _PICTURE.finditer(text))
