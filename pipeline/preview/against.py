"""
What an issue is compared with: itself as last committed, or what was last sent.

Nothing is fetched for it, and where there is nothing to compare with, a sentence says why.
"""

import datetime as dt
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from pipeline.model import Entry, Issue
from pipeline.receipts import Seen, part_names, standing, went_out
from pipeline.receipts.git import Git


class Committed(NamedTuple):
    """An issue's file as it was last committed."""

    label: str  # such as "the last commit (3f2a1bc, Tue 24 Nov 2026)"; empty when there is none
    source: bytes | None  # the file's content; None when there is none
    why: str = ""  # there is none; lower case, no full stop


class Sent(NamedTuple):
    """A mail as it was sent, in the merge syntax of its provider."""

    label: str  # such as "issue 111 as sent on Tue 24 Nov 2026"; empty when there is none
    html: str | None  # None when there is none
    text: str | None  # None when there is none, also when the provider made it
    why: str = ""  # there is none; lower case, no full stop


def last_commit(issue_path: Path, root: Path) -> Committed:
    """
    Return the file of an issue as it is in the commit that is checked out.

    The label names the last commit that changed it. Images are not looked at.

    Args:
        issue_path: the Markdown file.
        root: of the newsletter; anywhere in a clone, or in none.
    """
    program = shutil.which("git")
    if program is None:
        return Committed("", None, "git is not installed")
    git = Git(program, root, offline=True)
    clone = git("rev-parse", "--git-dir")
    if clone.code:
        unversioned = "not a git repository" in clone.said
        return Committed(
            "", None, "the newsletter is in no git repository" if unversioned else f"git says: {clone.said}"
        )
    if git("rev-parse", "--quiet", "--verify", "HEAD^{commit}").code:
        return Committed("", None, "nothing is committed yet")
    file = Path(os.path.relpath(issue_path, root)).as_posix()
    listed = git("ls-tree", "-z", "HEAD", "--", f"./{file}")
    if listed.code == 0 and not listed.out:
        return Committed("", None, f"{file} is new: it is in no commit yet")
    # the content as stored, through no filter or converter of the clone's settings
    found = git("cat-file", "blob", f"HEAD:./{file}")
    if found.code:
        return Committed("", None, f"{file} cannot be read from the last commit: {found.said}")
    told = git("log", "-1", "--no-show-signature", "--format=%h %cI", "HEAD", "--", f":(literal){file}")
    name, _, moment = told.out.decode("utf-8", "replace").strip().partition(" ")
    when = f" ({name}, {_day(dt.datetime.fromisoformat(moment))})" if moment else ""
    return Committed(f"the last commit{when}", found.out)


def last_sent(issue: Issue, earlier: Sequence[Issue], seen: Seen, *, rehearses: bool, zone: ZoneInfo) -> Sent:
    """
    Return what readers last got: this issue when it went out, else the newest one before it that did.

    Args:
        issue: the one that is looked at.
        earlier: the issues before it, newest first.
        seen: what is on record, as far as this machine knows.
        rehearses: the settings' provider reaches nobody: what was rehearsed counts as well.
        zone: of the clock by which days are told.

    Raises:
        ReceiptError: the mail beside the receipt is broken.
    """
    for each in (issue, *earlier):
        for rehearsal in (False, True) if rehearses else (False,):
            entry = _gone_out(each, seen, rehearsal=rehearsal)
            if entry is not None:
                return _as_sent(each, entry, seen, zone)
    if not seen.is_known:
        return Sent("", None, None, seen.told(zone))
    if not rehearses and any(_gone_out(each, seen, rehearsal=True) for each in (issue, *earlier)):
        return Sent(
            "", None, None, "neither this issue nor one before it was sent, other than as a rehearsal"
        )
    return Sent("", None, None, f"neither this issue nor one before it was sent: {seen.told(zone)}")


def _gone_out(issue: Issue, seen: Seen, *, rehearsal: bool) -> Entry | None:
    """Return the entry that says that *issue* was sent; one that a human must look at may have been."""
    receipt = seen.receipts.get(issue.key)
    entry = receipt and standing(receipt, rehearsal=rehearsal)
    return entry if entry and went_out(entry) else None


def _as_sent(issue: Issue, entry: Entry, seen: Seen, zone: ZoneInfo) -> Sent:
    rehearsal = bool(entry.data.get("rehearsal"))
    parts = seen.parts(issue.key)
    number = issue.id if issue.number is None else issue.number
    try:
        moment = dt.datetime.fromisoformat(entry.data.get("sent_at") or "").astimezone(zone)
    except ValueError:  # the provider did not say when
        moment = entry.at.astimezone(zone)
    label = f"issue {number} as {'rehearsed' if rehearsal else 'sent'} on {_day(moment)}"
    html, text = (parts.get(name) for name in part_names(rehearsal=rehearsal))
    if html is None:
        return Sent("", None, None, f"{label}: the mail is not beside its receipt")
    return Sent(label, html, text or None, "" if text else f"{label}: the provider made its text part")


def _day(moment: dt.datetime) -> str:
    return f"{moment:%a} {moment.day} {moment:%b} {moment.year}"
