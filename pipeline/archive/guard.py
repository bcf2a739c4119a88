"""
What must never happen to a page: that it is missing where a mail leads, or that two want one address.

An issue that nobody was sent yet is left out and told: `send` refuses it while its page does not answer.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from pipeline.archive.facts import Facts
from pipeline.archive.site import Site
from pipeline.errors import ChecksFailed
from pipeline.model import Finding, Severity
from pipeline.output import tally
from pipeline.receipts import standing


class Guarded(NamedTuple):
    """What may be built."""

    facts: Mapping[Path, Facts]  # of every issue, by its file; one that may have no page has no card
    left_out: tuple[Finding, ...]  # why an issue that nobody was sent yet has no page


def guarded(facts: Mapping[Path, Facts], site: Site) -> Guarded:
    """
    Return what may be built of *facts*.

    Args:
        facts: of every issue, by its file.
        site: the site.

    Raises:
        ChecksFailed: an issue that went out, or is about to, would have no page of its own; or the wordings
            are not as they were approved.
    """
    claims = {
        path: Claim(each.card.file, each.dispatched, each.card.slug, each.card.aliases)
        for path, each in facts.items()
        if each.card
    }
    lost = {path: replace(facts[path], card=None, findings=(found,)) for path, found in clashes(claims)}
    facts = {**facts, **lost}
    left_out: list[Finding] = []
    stops = [*site.registry.findings, *_gone(facts, site)]
    for each in facts.values():
        if each.dispatched:
            stops += each.findings
        else:
            left_out += (replace(finding, severity=Severity.WARNING) for finding in each.findings)
    if stops:
        raise ChecksFailed(
            f"the archive was not built, and stands as it was: {tally(stops)}",
            hint="mend what is found, then run `newsletter archive` again",
            findings=tuple(stops),
        )
    return Guarded(facts, tuple(left_out))


class Claim(NamedTuple):
    """What an issue wants to have below the archive's address."""

    file: str
    dispatched: bool  # a mail that leads there went out, or is about to
    slug: str
    aliases: tuple[str, ...]

    @property
    def addresses(self) -> tuple[str, ...]:
        """Where its page, its letter and its old addresses are; no slash at either end."""
        return (self.slug, f"{self.slug}/message.html", f"{self.slug}/message.txt", *self.aliases)


def clashes(claims: Mapping[Path, Claim]) -> Iterator[tuple[Path, Finding]]:
    """Yield each issue that wants the address of another one: those that went out come first."""
    taken: dict[str, str] = {}
    for path, claim in sorted(claims.items(), key=lambda item: (not item[1].dispatched, item[0])):
        for address in claim.addresses:
            other = taken.setdefault(address, claim.file)
            if other != claim.file:
                message = f"{claim.file} and {other} both want the address {address!r}"
                hint = "give one of the two another slug or alias"
                yield path, Finding("ARC001", Severity.BLOCK, message, hint, claim.file)
                break


def _gone(facts: Mapping[Path, Facts], site: Site) -> Iterator[Finding]:
    """Yield each issue that went out, or is about to, and has no file."""
    record, prefix = site.basis.record, f"{site.settings.id}-"
    keys = sorted(set(record.versions) - {each.key for each in facts.values()})
    for key, kept in record.read(keys).items():
        if standing(kept.receipt, rehearsal=site.basis.rehearsal) is None:
            continue
        name = key.removeprefix(prefix)
        message = f"{name} is on record as sent, or about to be, and its issue is not there"
        hint = "restore it from the repository; to take its page away, set archive: none in it"
        yield Finding("ARC003", Severity.BLOCK, message, hint, f"issues/{name}.md")
