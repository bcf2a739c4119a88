"""
What was claimed, held against what the provider has now: from the record alone.

The issue's file may have changed, broken or gone since, and the mail that is scheduled goes out all the same.
"""

from collections.abc import Mapping
from typing import NamedTuple

from pipeline.disclaimers.registry import load_registry
from pipeline.errors import Altered
from pipeline.model import Draft, Entry, Finding, Payload, Stored, Wording
from pipeline.proofmark import is_marked
from pipeline.providers import open_audience
from pipeline.providers.base import Can
from pipeline.publish.compare import differences
from pipeline.publish.desk import Desk

FIELDS = ("subject", "preheader", "sender", "reply_to")  # of the payload, as they stand in the record
_SHOWN = frozenset(("html", "text", "digest"))  # where a disclaimer stands, or what stands around it


class Claimed(NamedTuple):
    """The mail of one claim."""

    payload: Payload
    text: str  # the text part as it was examined, also where the provider makes one itself
    wordings: tuple[str, ...]  # that it shows: id@version


class Change(NamedTuple):
    """How the provider's draft differs from the claim."""

    what: str  # for people: names the fields
    hides: bool  # a disclaimer is no longer shown, or nobody can say
    findings: tuple[Finding, ...] = ()


def claimed(key: str, entry: Entry, desk: Desk) -> Claimed | None:
    """
    Return the mail that *entry* claimed, or None when the record does not hold it whole.

    Raises:
        SettingsError: its audience is in the settings no more.
    """
    parts, given = desk.receipts.parts(key), entry.data.get("given")
    html, text = (parts.get(part) for part in desk.part_names)
    name = str(entry.data.get("audience"))
    if not isinstance(given, Mapping) or set(given) != set(FIELDS) or html is None or text is None:
        return None
    payload = Payload(
        **given,
        html=html,
        text=text if Can.OWN_TEXT in desk.provider.can else "",
        audience=open_audience(desk.settings, name),
        images=(),
        digest=str(entry.data.get("content_digest")),
    )
    return Claimed(payload, text, tuple(entry.data.get("wordings", ())))


def change(key: str, entry: Entry, draft: Draft, desk: Desk) -> Change | None:
    """
    Return how *draft* differs from what *entry* claimed; None when it does not.

    What the provider would send instead of it is examined for the disclaimers that the claim shows.
    """
    mail = claimed(key, entry, desk)
    if mail is None:
        return Change("nobody can say: what was scheduled is not whole on record", hides=True)
    try:
        stored = desk.provider.stored(draft, mail.payload)
    except Altered as err:
        return Change(err.message, hides=True)
    different = differences(stored.payload, mail.payload)
    if not different:
        return None
    what = ", ".join(_in_words(name, stored) for name in different)
    if is_marked(stored.payload.subject):
        return Change(f"{what}: it is marked as a proof", hides=True)
    if not _SHOWN & set(different):
        return Change(what, hides=False)
    findings = _hidden(stored, mail, desk)
    return Change(what, hides=findings is None or bool(findings), findings=findings or ())


def _in_words(name: str, stored: Stored) -> str:
    """Name what differs; adapters write what was set by hand beside the digest: "… with template changed"."""
    return stored.payload.digest.partition(" with ")[2] or name if name == "digest" else name


def _hidden(stored: Stored, mail: Claimed, desk: Desk) -> tuple[Finding, ...] | None:
    """Return why a disclaimer of the claim is not shown in *stored*; None when the registry lost it."""
    from pipeline.examine import examine  # noqa: PLC0415  (heavy, and what is scheduled is seldom changed)

    registry = load_registry(desk.settings.registry_path, desk.settings.root).wordings
    wordings: list[Wording] = []
    for ref in mail.wordings:
        # A version exists in several locales: the one that the claimed mail shows.
        found = [each for each in registry if each.ref == ref and _shows(mail, each)]
        if not found:
            return None
        wordings += found[:1]
    findings = examine(stored.html, stored.text or mail.text, wordings)
    return tuple(finding for finding in findings if finding.severity.stops)


def _shows(mail: Claimed, wording: Wording) -> bool:
    from pipeline.examine import examine  # noqa: PLC0415  (as above)

    findings = examine(mail.payload.html, mail.text, [wording])
    return not any(finding.severity.stops for finding in findings)
