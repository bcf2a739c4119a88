"""
The selection: which wordings an issue must show, from its topics and the list's markets.

A required wording that cannot be chosen stops the issue (TOP002, TOP004): it is never left out.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from pipeline.disclaimers.matrix import ALWAYS, FOR_ADVICE, ORDER, TOPICS, topic_key
from pipeline.disclaimers.registry import Registry, in_force
from pipeline.errors import UsageError
from pipeline.examine.words import same_language
from pipeline.findings import did_you_mean
from pipeline.model import Finding, Issue, Severity, Wording
from pipeline.settings import Settings


class Selection(NamedTuple):
    """What an issue must show."""

    wordings: tuple[Wording, ...]  # in the order shown: top ones first, most urgent first
    findings: tuple[Finding, ...] = ()  # TOP rules; all of severity block


class _Required(NamedTuple):
    """One wording that is required, and why."""

    id: str
    reason: str
    markets: frozenset[str]


def select(issue: Issue, settings: Settings, registry: Registry, *, on: dt.date) -> Selection:
    """
    Choose the wordings that *issue* must show.

    Args:
        issue: its topics and language decide.
        settings: the list's markets decide.
        registry: where the wordings come from.
        on: the day on which it is read; a wording must be in force then.
    """
    place = (issue.file, issue.lines.get("topics", 0))
    return select_for(issue.topics, issue.lang, settings, registry, on=on, place=place)


def select_for(
    topics: Sequence[str],
    lang: str,
    settings: Settings,
    registry: Registry,
    *,
    on: dt.date,
    place: tuple[str, int] = ("", 0),
) -> Selection:
    """
    Choose the wordings that a text on *topics* must show; of no topic, those that every text needs.

    Args:
        topics: as front matter names them.
        lang: BCP 47, of the text.
        settings: as for `select`.
        registry: as for `select`.
        on: as for `select`.
        place: file and line that name the topics, for findings.
    """
    findings = [*_unknown_topics(topics, place), *_no_markets(settings)]
    chosen: list[Wording] = []
    for need in _required(topics, frozenset(market.upper() for market in settings.markets)):
        wording = _choose(need, lang, registry, on)
        if wording is not None:
            chosen.append(wording)
        else:
            findings.append(_no_entry(need, lang, registry, on, place))
    chosen.sort(key=lambda wording: (wording.placement != "top", _rank(wording.id), wording.id))
    return Selection(tuple(chosen), tuple(findings))


def wording_named(
    name: str, lang: str, markets: Iterable[str], registry: Registry, *, on: dt.date
) -> Wording:
    """
    Return the wording that *name* means: an id, or id@version.

    Args:
        name: as `newsletter disclaimers` lists it.
        lang: BCP 47; of several locales, this one's.
        markets: an id without a version means the entry that covers all of these.
        registry: where the wordings come from.
        on: an id without a version means the entry in force on that day.

    Raises:
        UsageError: there is none.
    """
    ident, _, version = name.partition("@")
    need = _Required(ident, "", frozenset(market.upper() for market in markets))
    if not version:
        found = _choose(need, lang, registry, on)
    else:
        named = [w for w in registry.named(ident) if str(w.version) == version]
        found = min(named, key=lambda w: (not same_language(w.locale, lang), w.locale), default=None)
    if found is None:
        known = [wording.ref for wording in registry.wordings]
        where = "" if version else f" for {', '.join(sorted(need.markets)) or 'any market'} in {lang}"
        raise UsageError(
            f"no such wording{where}: {name!r}",
            hint=did_you_mean(name, [*known, *(w.id for w in registry.wordings)]),
        )
    return found


def _rank(ident: str) -> int:
    return ORDER.index(ident) if ident in ORDER else len(ORDER)


def _unknown_topics(topics: Sequence[str], place: tuple[str, int]) -> Iterator[Finding]:
    for topic in topics:
        if topic_key(topic) not in TOPICS:
            message = f"unknown topic {topic!r}: nobody knows which wordings it needs"
            yield _finding("TOP002", message, did_you_mean(topic, TOPICS), place)


def _no_markets(settings: Settings) -> Iterator[Finding]:
    if not settings.markets:
        yield Finding(
            "TOP004",
            Severity.BLOCK,
            "the markets of the list are not known",
            'name the countries of its readers under [tool.newsletter]: markets = ["US"]',
            "pyproject.toml",
            part="settings",
        )


def _required(topics: Sequence[str], markets: frozenset[str]) -> Iterable[_Required]:
    """Return what is required, each id once, with the markets it must cover."""
    found = {ident: _Required(ident, "every issue", markets) for ident in ALWAYS}
    for name in topics:
        topic = TOPICS.get(topic_key(name))
        if topic is None:
            continue
        for need in topic.needs:
            where = need.markets & markets if need.markets else markets
            if where or not need.markets:
                found.setdefault(need.id, _Required(need.id, f"topic {name}", where))
        for ident in FOR_ADVICE if topic.advice else ():
            found.setdefault(ident, _Required(ident, f"topic {name}", markets))
    return found.values()


def _choose(need: _Required, lang: str, registry: Registry, on: dt.date) -> Wording | None:
    """Return the one entry that covers all markets; the exact locale before a wider one."""
    fitting = [
        wording
        for wording in registry.named(need.id)
        if in_force(wording, on)
        and need.markets <= wording.jurisdictions
        and same_language(wording.locale, lang)
    ]
    fitting.sort(key=lambda w: (w.locale.lower() != lang.lower(), w.locale, len(w.jurisdictions), -w.version))
    return fitting[0] if fitting else None


def _no_entry(need: _Required, lang: str, registry: Registry, on: dt.date, place: tuple[str, int]) -> Finding:
    where = ", ".join(sorted(need.markets)) or "any market"
    there = sorted(
        {f"{w.ref} ({w.locale}, {', '.join(sorted(w.jurisdictions))})" for w in registry.named(need.id)}
    )
    message = f"{need.reason} requires the wording {need.id!r}: no {lang} entry for {where} in force on {on}"
    hint = f"add templates/disclaimers/{need.id}/<version>.{lang}.md" + (
        f"; the registry has {'; '.join(there)}" if there else ""
    )
    return _finding("TOP002", message, hint, place)


def _finding(rule: str, message: str, hint: str, place: tuple[str, int]) -> Finding:
    return Finding(rule, Severity.BLOCK, message, hint, *place, part="source")
