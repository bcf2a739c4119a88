"""`newsletter approve`: a medical sign-off of exactly what will be sent, on record where receipts are."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from pipeline import signoff
from pipeline.clock import Clock
from pipeline.errors import Refused, UsageError
from pipeline.model import Finding, Severity, Wording
from pipeline.newsletter import Checked, Newsletter
from pipeline.output import Result
from pipeline.people import is_name
from pipeline.providers import Can, open_provider
from pipeline.receipts import open_receipts
from pipeline.signoff import SHORT, SIGN_WORDING

Confirm = Callable[[Sequence[tuple[str, str]]], bool]
"""Shows names and values of what is signed to whoever gave the command and returns whether they sign."""

_READ = re.compile(rf"[0-9a-f]{{{SHORT},64}}")


def approve(
    start: Path,
    name: str,
    *,
    by: str,
    credential: str | None,
    read: str | None,
    confirm: Confirm,
    clock: Clock,
) -> Result:
    """
    Record that a reviewer answers for an issue as it is now.

    Args:
        start: a folder inside the newsletter's repository.
        name: path, id or slug.
        by: who signs.
        credential: what makes them fit to; default: reviewer_credential of the front matter.
        read: the content digest of what they read, or its first digits; None when they read it here.
        confirm: asked once, before anything is written.
        clock: the clock.

    Raises:
        ChecksFailed: findings stop the issue.
        Refused: they cannot sign it, it is not what they read, or it was dispatched.
        UsageError: name, credential or digest cannot be used.
    """
    newsletter = Newsletter(start, clock=clock)
    checked = newsletter.fit(newsletter.issue(name))
    message, findings = checked.message, (*checked.findings, *_samples(checked.message.wordings))
    by, credential = _signer(checked, by, credential)
    _demand_read(message.id, message.digest, read)
    signoff.refuse_signer(message, by)
    receipts = open_receipts(newsletter.settings, clock)
    rehearsal = Can.REHEARSE in open_provider(newsletter.settings, clock).can
    receipt = receipts.read(message.key)
    outcome = "nothing"
    if not signoff.is_on_record(message, receipt, by=by, credential=credential):
        signoff.demand_open(message, receipt, rehearsal=rehearsal)
        outcome = "declined"
        if confirm(_shown(checked, by, credential)):
            outcome = signoff.sign(message, receipts, by=by, credential=credential, rehearsal=rehearsal)
    words = {
        "approved": f"signed by {by}, {credential}: content {message.digest}",
        "nothing": f"{by} signed this content already; nothing to do",
        "declined": "nothing was signed",
    }
    data = {
        "key": message.key,
        "outcome": outcome,
        "by": by,
        "credential": credential,
        "content_digest": message.digest,
        "wordings": [wording.ref for wording in message.wordings],
    }
    return Result(data, f"{checked.issue.id}: {words[outcome]}\n", findings)


def _signer(checked: Checked, by: str, credential: str | None) -> tuple[str, str]:
    """Return the signer's name and credential, each on one line."""
    by, given, told = (
        " ".join(text.split()) for text in (by, credential or "", checked.issue.reviewer_credential)
    )
    if not is_name(by) or not by.isprintable():
        raise UsageError(f"--by names nobody: {by!r}", hint="write the reviewer's full name")
    if not given.isprintable():
        raise UsageError(f"--credential cannot be {given!r}", hint="write it in letters, such as MD or DPT")
    if given and told and given.casefold() != told.casefold():
        raise UsageError(
            f"--credential is {given!r}, and the issue tells readers {told!r}",
            hint="leave out --credential, or correct reviewer_credential in the front matter",
        )
    if not (told or given):
        raise UsageError(
            f"nothing says what makes {by} fit to sign", hint="add --credential, such as MD or DPT"
        )
    return by, told or given


def _demand_read(name: str, digest: str, read: str | None) -> None:
    """Refuse to sign other content than was read."""
    if read is None:
        return
    if not _READ.fullmatch(read.lower()):
        raise UsageError(
            f"--digest is no content digest: {read!r}",
            hint=f"copy content_digest of message.json, its first {SHORT} digits or more",
        )
    if not digest.startswith(read.lower()):
        raise Refused(
            f"{name}: what you read was {read[:SHORT]}, and now the issue is {digest[:SHORT]}: it was changed",
            hint=f"run `newsletter build {name}`, read it again, and give the digest of that",
        )


def _shown(checked: Checked, by: str, credential: str) -> list[tuple[str, str]]:
    """Return what a signer must see before signing, by name."""
    issue, message = checked.issue, checked.message
    at = f"{message.send_at:%A %d %B %Y, %H:%M %Z}" if message.send_at else "no send time yet"
    return [
        ("subject", issue.subject),
        ("preheader", issue.preheader or "none"),
        ("goes out", f"{at} (the hour may still be moved)"),
        *(("wording", _wording(wording)) for wording in message.wordings),
        *(("waiver", f"{one.rule}, by {one.by} until {one.until}: {one.reason}") for one in message.waivers),
        ("content", message.digest),
        ("to read", f"`newsletter build {issue.id}` writes it: message.html and message.txt"),
        ("signer", f"{by}, {credential}"),
    ]


def _wording(wording: Wording) -> str:
    who = "a sample, approved by nobody"
    if not wording.is_sample:
        who = f"approved by {wording.approved_by} on {wording.approved_on}"
    return f"{wording.ref}, {wording.locale}, {who}"


def _samples(wordings: Sequence[Wording]) -> list[Finding]:
    """Warn of wordings that nobody approved: a provider with real readers will refuse the issue."""
    samples = [wording for wording in wordings if wording.is_sample]
    if not samples:
        return []
    what = f"approved by nobody, good for the outbox only: {', '.join(wording.ref for wording in samples)}"
    return [Finding("REG001", Severity.WARNING, what, SIGN_WORDING, samples[0].file, part="registry")]
