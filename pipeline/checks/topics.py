"""
Topics: what the issue speaks of is what its front matter declares, for topics choose the wordings.

A topic that was not declared is an issue without its wording; a wording that nothing in the issue calls
for is wallpaper, and readers learn not to read it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pipeline.checks.homemade import without_homemade
from pipeline.checks.source import prose
from pipeline.checks.subject import Subject
from pipeline.disclaimers.detector import Hit, topics_in
from pipeline.disclaimers.matrix import TOPICS, topic_key
from pipeline.disclaimers.signs import signs_in
from pipeline.disclaimers.signs.links import is_paid, product_words
from pipeline.model import Finding, Issue, Severity

ENOUGH = 2  # places, that is sentences, headings, list items, cells, links
_SHOWN = 4  # words in a message
_COVERED = {"supplements_single": "supplements"}  # declared -> what the detector calls it


@dataclass(slots=True)
class _Evidence:
    """What speaks for one topic."""

    words: dict[str, int] = field(default_factory=dict)  # as written -> the line it first stands in
    places: set[tuple[str, int]] = field(default_factory=set)
    grave: bool = False  # one of them is enough

    @property
    def is_enough(self) -> bool:
        return self.grave or len(self.places) >= ENOUGH

    def __str__(self) -> str:
        told = [f"{word!r} in line {line}" for word, line in sorted(self.words.items(), key=lambda w: w[1])]
        more = len(told) - _SHOWN
        return ", ".join(told[:_SHOWN]) + (f" and {more} more" if more > 0 else "")


def findings(subject: Subject) -> Iterator[Finding]:
    """Yield topics that were not declared, and wordings that nothing in the issue calls for."""
    issue = subject.issue
    if signs_in(issue.lang) is None:
        message = f"topics are taken as declared: no signs of topics are known for {issue.lang!r}"
        hint = "have a second reader look at them; signs are added in pipeline/disclaimers/signs/"
        yield Finding("TOP001", Severity.NOTE, message, hint, issue.file, issue.lines.get("topics", 0))
        return
    found = _evidence(issue)
    declared = {topic_key(topic) for topic in issue.topics}
    yield from _undeclared(issue, found, {_COVERED.get(topic, topic) for topic in declared})
    yield from _irrelevant(subject, found, declared)


def _undeclared(issue: Issue, found: Mapping[str, _Evidence], declared: set[str]) -> Iterator[Finding]:
    """TOP001: a topic that the issue speaks of and does not declare."""
    for topic, evidence in found.items():
        if topic in TOPICS and topic not in declared and evidence.is_enough:
            topics = ", ".join((*issue.topics, topic))
            message = f"topic {topic!r} is not declared, but the issue speaks of it: {evidence}"
            hint = f"declare it, topics: [{topics}], or take those lines out"
            line = min(evidence.words.values())
            yield Finding("TOP001", Severity.ERROR, message, hint, issue.file, line)


def _irrelevant(subject: Subject, found: Mapping[str, _Evidence], declared: set[str]) -> Iterator[Finding]:
    """TOP003: a wording whose topics were declared and do not come up."""
    issue = subject.issue
    spoken = {topic for topic in declared if _COVERED.get(topic, topic) in found}
    called_for = {need.id for topic in spoken & TOPICS.keys() for need in TOPICS[topic].needs}
    shown = {wording.id: wording for wording in subject.selection.wordings}
    for topic in sorted((declared - spoken) & TOPICS.keys()):
        for need in TOPICS[topic].needs:
            if need.id in shown and need.id not in called_for:
                message = (
                    f"{shown[need.id].ref} is shown for topic {topic!r}, of which the issue says nothing"
                )
                hint = f"take {topic!r} out of topics: text that is always there is not read any more"
                yield Finding(
                    "TOP003", Severity.WARNING, message, hint, issue.file, issue.lines.get("topics", 0)
                )


def _evidence(issue: Issue) -> dict[str, _Evidence]:
    """Return what speaks for each topic, in the order of the matrix."""
    found: dict[str, _Evidence] = {}
    body = prose(issue)
    own = without_homemade(body.text, issue.lang)
    for topic, hits in topics_in(own, issue.lang).items():
        for hit in hits:
            _add(found, topic, own[hit.start : hit.end], body.line_at(hit.start), ("body", hit))
    for name, text in _front(issue).items():
        line = issue.lines.get(name, issue.lines.get("title", 1))
        for topic, hits in topics_in(text, issue.lang).items():
            for hit in hits:
                _add(found, topic, text[hit.start : hit.end], line, (name, hit))
    _links(issue, found)
    _sponsors(issue, found)
    return {topic: found[topic] for topic in TOPICS if topic in found}


def _front(issue: Issue) -> dict[str, str]:
    """Return what readers see of the front matter, by key."""
    texts = {"subject": issue.subject, "preheader": issue.preheader, "image.alt": issue.image_alt}
    return texts if issue.title == issue.subject else {"title": issue.title, **texts}


def _add(found: dict[str, _Evidence], topic: str, word: str, line: int, place: tuple[str, Hit]) -> None:
    name, hit = place
    evidence = found.setdefault(topic, _Evidence())
    evidence.words.setdefault(" ".join(word.split()), line)
    evidence.places.add((name, hit.sentence))
    evidence.grave = evidence.grave or hit.grave or name == "subject"


def _links(issue: Issue, found: dict[str, _Evidence]) -> None:
    """Read the addresses of links: those that pay somebody, and the names of what is sold."""
    for number, target in enumerate(prose(issue).targets):
        if is_paid(target.url):
            paid = Hit(0, 0, number, grave=True)
            _add(found, "commercial", target.url[:60], target.line, ("link", paid))
        words = product_words(target.url)
        for topic, hits in topics_in(words, issue.lang).items() if words else ():
            hit = hits[0]._replace(sentence=number)
            _add(found, topic, words[hit.start : hit.end], target.line, ("link", hit))


def _sponsors(issue: Issue, found: dict[str, _Evidence]) -> None:
    for number, sponsor in enumerate(issue.sponsors):
        line = issue.lines.get("sponsors", 1)
        _add(found, "commercial", sponsor, line, ("sponsors", Hit(0, 0, number, grave=True)))
