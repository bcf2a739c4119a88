"""
What must never happen to a page: that it is missing where a mail leads, or that two want one address.

An issue that nobody was sent yet is left out and told: `send` refuses it while its page does not answer.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from pipeline.archive.facts import Facts, letter_files, published
from pipeline.archive.letterimages import file_names
from pipeline.archive.site import Site
from pipeline.errors import ChecksFailed
from pipeline.model import Entry, Finding, Severity
from pipeline.output import tally
from pipeline.receipts import belongs_to, standing
from pipeline.settings import FILE, Settings


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
        path: Claim(_file(path, site), each.dispatched, each.slug, each.aliases)
        for path, each in facts.items()
        if each.card or (each.dispatched and each.slug)  # a page that is taken away keeps its address
    }
    lost = {
        path: replace(facts[path], card=None, findings=(*facts[path].findings, found))
        for path, found in clashes(claims)
    }
    twins = {path: replace(facts[path], card=None, findings=(found,)) for path, found in _twins(facts, site)}
    facts = {**facts, **lost, **twins}
    left_out: list[Finding] = []
    gone = list(_gone(facts, site))
    stops = [*site.registry.findings, *gone, *_bare_letters(facts, site)]
    if gone:  # the file of one may be among those that cannot be read
        stops += [finding for each in facts.values() if not each.dispatched for finding in each.findings]
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


def _twins(facts: Mapping[Path, Facts], site: Site) -> Iterator[tuple[Path, Finding]]:
    """Yield each issue whose id another one has, draft or not: nobody can say whose record it is."""
    first: dict[str, Path] = {}
    for path, each in sorted(facts.items()):
        other = first.setdefault(each.key, path)
        if other != path:
            for one, two in ((path, other), (other, path)):
                files = [_file(one, site), _file(two, site)]
                message = f"its id is that of {files[1]}, too"
                yield one, Finding("FM050", Severity.BLOCK, message, "give one another id", files[0])


def _bare_letters(facts: Mapping[Path, Facts], site: Site) -> Iterator[Finding]:
    """Yield each issue whose letter, in every reader's mailbox or soon, asks for an image that is gone."""
    there = file_names(published(facts.values()).values())
    for path, each in sorted(facts.items()):
        missing = [name for name in each.letter if name not in there]
        if missing and not each.findings:
            message = (
                f"its letter on record shows assets/{missing[0]}, and no file of an issue is that image now"
            )
            hint = (
                "put the old image back, and a new one beside it under another name; "
                "or take back a letter that is yet to go out with `newsletter cancel`"
            )
            yield Finding("ARC004", Severity.BLOCK, message, hint, _file(path, site))


def _file(path: Path, site: Site) -> str:
    """Return the path of an issue as findings name it: relative to the root, unless a link led out of it."""
    root = site.settings.root
    return (path.relative_to(root) if path.is_relative_to(root) else path).as_posix()


class Claim(NamedTuple):
    """What an issue wants to have below the archive's address."""

    file: str
    dispatched: bool  # a mail that leads there went out, or is about to
    slug: str
    aliases: tuple[str, ...]

    @property
    def files(self) -> Mapping[str, str]:
        """The file of the site at each address that it wants: its page, old addresses, its letter."""
        pages = (self.slug, *self.aliases)
        letter = {file: file for file in letter_files(self.slug)}
        return {page: page if page.endswith(".html") else f"{page}/index.html" for page in pages} | letter


def clashes(claims: Mapping[Path, Claim]) -> Iterator[tuple[Path, Finding]]:
    """
    Yield each issue that wants the address of another one: those that went out come first.

    Addresses that differ by capitals alone are one, as on some computers and hosts their files are.
    """
    files: dict[str, str] = {}  # of the site, without capitals -> who has it
    folders: dict[str, tuple[str, str]] = {}  # so -> as it is written, and who has it
    for path, claim in sorted(claims.items(), key=lambda item: (not item[1].dispatched, item[0])):
        for address, file in claim.files.items():
            key = file.casefold()
            owners = [files.setdefault(key, claim.file)]
            owners += [folders[key][1]] if key in folders else []
            for folder in _folders_of(file):
                key = folder.casefold()
                written, owner = folders.setdefault(key, (folder, claim.file))
                owners += [owner] if written != folder else []
                owners += [files[key]] if key in files else []
            other = next((owner for owner in owners if owner != claim.file), "")
            if other:
                message = f"{claim.file} and {other} both want the address {address!r}"
                hint = "give one of the two another slug or alias, not just other capitals"
                yield path, Finding("ARC001", Severity.BLOCK, message, hint, claim.file)
                break


def _folders_of(file: str) -> list[str]:
    parts = file.split("/")[:-1]
    return ["/".join(parts[:end]) for end in range(1, len(parts) + 1)]


def _gone(facts: Mapping[Path, Facts], site: Site) -> Iterator[Finding]:
    """Yield each issue that went out, or is about to, and has no file."""
    record, settings = site.basis.record, site.settings
    keys = sorted(set(record.versions) - {each.key for each in facts.values()})
    for key, kept in record.read(keys).items():
        entry = standing(kept.receipt, rehearsal=site.basis.rehearsal)
        if entry is None or _is_anothers(entry, settings):
            continue
        newsletter = str(entry.data.get("newsletter", settings.id))
        name = key.removeprefix(f"{newsletter}-")
        message = f"{name} is on record as sent, or about to be, and its issue is not there"
        hint = "restore it from the repository; to take its page away, set archive: none in it"
        if newsletter != settings.id:
            hint = f"it was of the newsletter {newsletter!r}: write id = {newsletter!r} again in {FILE}"
        yield Finding("ARC003", Severity.BLOCK, message, hint, f"issues/{name}.md")


def _is_anothers(entry: Entry, settings: Settings) -> bool:
    """
    Say whether *entry* is another newsletter's: several may keep one record.

    Where its mail leads to a page of ours, it was this one under another id.
    """
    # directly below ours: another archive may lie deeper
    leads_here = re.fullmatch(re.escape(settings.archive_url) + "/[^/]+/", str(entry.data.get("page", "")))
    return not (belongs_to(entry, settings.id) or leads_here)
