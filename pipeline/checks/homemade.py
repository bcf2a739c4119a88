"""
Disclaimers of the author's own: a text beside the approved one, which nobody has approved (DISC014).

They are also no sign of a topic: who writes "consult your doctor if you are pregnant" writes no letter on
pregnancy.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache

from pipeline.checks.source import Paragraph, paragraphs, prose
from pipeline.checks.subject import Subject
from pipeline.disclaimers.signs import signs_in
from pipeline.model import Finding, Severity, Wording

ALIKE = 0.6  # share of words in common from which a paragraph is a copy of a wording
_SHORTEST = 10  # words; below that anything is like anything
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


def findings(subject: Subject) -> Iterator[Finding]:
    """Yield each paragraph of the issue that does the work of a registered wording."""
    issue = subject.issue
    body = prose(issue)
    for paragraph in paragraphs(body.text):
        copied = _copied(paragraph, subject.registry.wordings)
        if copied is None and not _pleads(paragraph.text, issue.lang):
            continue
        line = body.line_at(paragraph.start)
        if copied is not None:
            message = f"a text much like the wording {copied.id!r} is typed into the issue, in line {line}"
            hint = f"take it out: the registered wording {copied.id!r} is shown for the topics that need it"
        else:
            message = f"a disclaimer of the author's own stands in line {line}"
            hint = "take it out: the registered wordings are shown in every issue, and only they are approved"
        yield Finding("DISC014", Severity.WARNING, message, hint, issue.file, line)


@lru_cache(maxsize=4)
def without_homemade(text: str, lang: str) -> str:
    """Return a prose with the author's own disclaimers blanked out, of the same length."""
    for paragraph in paragraphs(text):
        if _pleads(paragraph.text, lang):
            end = paragraph.start + len(paragraph.text)
            text = text[: paragraph.start] + re.sub(r"[^\n]", " ", paragraph.text) + text[end:]
    return text


def _pleads(text: str, lang: str) -> bool:
    """Say whether a paragraph speaks as disclaimers do: in two of their three ways, in any words between."""
    language = signs_in(lang)
    spelt = f" {' '.join(_spelt(text))} "
    groups = language.purposes if language else ()
    return sum(any(f" {known} " in spelt for known in group) for group in groups) > 1


def _copied(paragraph: Paragraph, wordings: Iterable[Wording]) -> Wording | None:
    """Return the wording of which a paragraph has most words, if it has 60 % in common with it."""
    own = Counter(_spelt(paragraph.text))
    best, share = None, ALIKE
    for wording in wordings if own.total() >= _SHORTEST else ():
        for part in _parts(wording.text):
            alike = _alike(own, part)
            if alike >= share:
                best, share = wording, alike
    return best


def _alike(own: Counter[str], other: Counter[str]) -> float:
    """Return the share of words that two texts have in common; 0 when their lengths alone forbid it."""
    sizes = own.total(), other.total()
    if 2 * min(sizes) < ALIKE * sum(sizes):
        return 0.0
    return 2 * sum(min(count, other[word]) for word, count in own.items() if word in other) / sum(sizes)


@lru_cache(maxsize=256)
def _parts(text: str) -> tuple[Counter[str], ...]:
    """Return the counted words of a whole wording and of each paragraph of it that is long enough."""
    parts = dict.fromkeys((text, *text.split("\n\n")))
    counted = (Counter(_spelt(part)) for part in parts)
    return tuple(words for words in counted if words.total() >= _SHORTEST)


def _spelt(text: str) -> list[str]:
    return [word.lower().replace("’", "'") for word in _WORD.findall(text)]
