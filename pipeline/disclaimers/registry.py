"""
The registry: every wording that was ever approved, one file per wording, version and locale.

What is wrong with it stops every send (REG, compliance catalogue 6.1). A wording with a fault is still
offered to issues, so that one fault gives one finding; a file that cannot be read gives no wording.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations, pairwise
from pathlib import Path
from typing import NamedTuple

from pipeline.disclaimers.entry import Contact, Entry, read_entry
from pipeline.disclaimers.mandated import ELEMENTS, GUARDS, MANDATED, NEGATIONS, REQUIRED
from pipeline.examine.words import closest, difference, find, normalise, read_words
from pipeline.findings import did_you_mean
from pipeline.model import NOTHING, Finding, Severity, Wording


class Registry(NamedTuple):
    """What templates/disclaimers/ holds."""

    wordings: tuple[Wording, ...]  # by id, version and locale; of any date
    findings: tuple[Finding, ...] = ()  # REG rules; all of severity block
    contacts: Mapping[str, tuple[Contact, ...]] = NOTHING  # by file

    def named(self, ident: str, version: int | None = None) -> tuple[Wording, ...]:
        """Return the wordings of one id, of one version or of all, in every locale."""
        return tuple(w for w in self.wordings if w.id == ident and version in (None, w.version))


def in_force(wording: Wording, on: dt.date) -> bool:
    """Say whether *wording* is in force on that date: from effective_from, up to but not on effective_to."""
    return wording.effective_from <= on and (wording.effective_to is None or on < wording.effective_to)


def load_registry(path: Path, root: Path) -> Registry:
    """
    Read every wording below *path*.

    Args:
        path: the folder, such as templates/disclaimers.
        root: what the paths in findings are relative to.

    Returns:
        The registry; a broken file is a finding, never an exception.
    """
    files = sorted(file for file in path.rglob("*") if file.is_file() and not _is_leftover(file.name))
    entries = [_read_file(file, _relative(file, root)) for file in files]
    if not entries:
        missing = Finding(
            "REG001",
            Severity.BLOCK,
            "there are no approved wordings",
            "put each into <id>/<version>.<locale>.md there",
            _relative(path, root),
            part="registry",
        )
        return Registry((), (missing,))
    findings = [finding for entry in entries for finding in (*entry.findings, *_judged(entry))]
    wordings = sorted((e.wording for e in entries if e.wording), key=lambda w: (w.id, w.version, w.locale))
    findings += _overlaps(wordings)
    contacts = {entry.file: entry.contacts for entry in entries if entry.contacts}
    return Registry(tuple(wordings), tuple(findings), contacts)


def _is_leftover(name: str) -> bool:
    """Say whether a file is what an editor or a system leaves behind."""
    return name.startswith(".") or name.endswith(("~", ".swp", ".orig"))


def _relative(path: Path, root: Path) -> str:
    try:
        return path.relative_to(root).as_posix()
    except ValueError:
        return path.as_posix()


def _read_file(path: Path, file: str) -> Entry:
    try:
        return read_entry(path.read_text(encoding="utf-8"), file)
    except (OSError, UnicodeDecodeError) as err:
        reason = "is not UTF-8" if isinstance(err, UnicodeDecodeError) else f"cannot be read: {err.strerror}"
        hint = "write the wording again as UTF-8 text; the registry holds nothing else"
        return Entry(
            file, (Finding("REG001", Severity.BLOCK, f"the file {reason}", hint, file, part="registry"),)
        )


def _judged(entry: Entry) -> Iterator[Finding]:
    """Yield what is wrong with the words of one readable entry."""
    if entry.wording is None:
        return
    for rule, message, hint, key in (*_mandated(entry.wording), *_elements(entry.wording)):
        line = entry.lines.get(key) or entry.lines.get("elements", 1)
        yield Finding(rule, Severity.BLOCK, message, hint, entry.file, line, part="registry")


Judgement = tuple[str, str, str, str]  # rule, message, hint, front-matter key; "" for the body


def _mandated(wording: Wording) -> Iterator[Judgement]:
    """Hold a wording against the law's text (REG003)."""
    legal = MANDATED.get((wording.id, wording.locale.split("-", maxsplit=1)[0].lower()))
    if legal is None:
        if wording.kind == "mandated":
            hint = 'write kind: "house", or ship the law\'s text in pipeline/disclaimers/mandated.py'
            yield "REG003", f"no law's text is known for {wording.id} in {wording.locale}", hint, "kind"
        return
    if wording.kind != "mandated":
        yield "REG003", f"{wording.id} is mandated by law", 'write kind: "mandated"', "kind"
    if normalise(wording.text) != normalise(legal):
        yield (
            "REG003",
            f"{wording.ref} is not the law's text: {_departure(legal, wording.text)}",
            f"write: {legal}",
            "",
        )


def _departure(legal: str, text: str) -> str:
    needle, words = read_words(legal), read_words(text)
    window = closest(needle.tokens, words.tokens)
    if window is None or not window.changes:
        return "text was added or its case was changed" if window else "none of its words are there"
    return difference(needle, words, window)


def _elements(wording: Wording) -> Iterator[Judgement]:
    """Hold a house wording against the elements it must carry (REG004) and their negations (REG005)."""
    tokens = read_words(wording.text).tokens
    for code in REQUIRED.get(wording.id, ()):
        if code not in wording.elements:
            hint = f"say it in the wording and name the words under elements: {ELEMENTS[code]}"
            yield "REG004", f"element {code} is missing from {wording.ref}", hint, "elements"
    for code, words in wording.elements.items():
        if code not in ELEMENTS:
            yield "REG004", f"unknown element {code!r}", did_you_mean(code, ELEMENTS), "elements"
        elif not find(read_words(words).tokens, tokens):
            hint = f"copy the words out of the text: {ELEMENTS[code]}"
            yield "REG004", f"the words of element {code} are not in the text: {words!r}", hint, "elements"
        else:
            yield from _negated(wording, code, words)


def _negated(wording: Wording, code: str, words: str) -> Iterator[Judgement]:
    guards = GUARDS.get(wording.locale.split("-", maxsplit=1)[0].lower(), {})
    tokens = read_words(words).tokens
    if code in guards and not guards[code].intersection(tokens):
        hint = f"it must hold one of: {', '.join(sorted(guards[code]))}"
        yield "REG005", f'element {code} has lost its "not": {words!r}', hint, "elements"
    twice = _double_negation(tokens)
    if twice:
        yield "REG005", f"element {code} is negated twice: {twice!r}", "say it with one negation", "elements"


def _double_negation(tokens: tuple[str, ...]) -> str:
    """Return two negations that stand so close that one undoes the other, or ""."""
    places = [at for at, token in enumerate(tokens) if token in NEGATIONS]
    for first, second in pairwise(places):
        between = tokens[first + 1 : second]
        joined = any(not token[0].isalnum() or token in ("and", "or", "but", "nor") for token in between)
        if len(between) <= 2 and not joined and tokens[second] != "nor":  # noqa: PLR2004
            return " ".join(tokens[first : second + 1])
    return ""


def _overlaps(wordings: Iterable[Wording]) -> Iterator[Finding]:
    """Yield REG009 where two versions are in force for one id, locale and set of countries on one day."""
    alike: dict[tuple[str, str, frozenset[str]], list[Wording]] = {}
    for wording in wordings:
        alike.setdefault((wording.id, wording.locale.lower(), wording.jurisdictions), []).append(wording)
    for group in alike.values():
        for older, newer in combinations(group, 2):
            start = max(older.effective_from, newer.effective_from)
            if in_force(older, start) and in_force(newer, start):
                message = f"{older.ref} and {newer.ref} are both in force from {start}"
                hint = f'end the older one, in {older.file}: effective_to: "{newer.effective_from}"'
                yield Finding("REG009", Severity.BLOCK, message, hint, newer.file, part="registry")
