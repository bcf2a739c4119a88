"""
Sign-offs: a medical reviewer answers, by name, for exactly the content that will be sent.

A sign-off is the entry `approved` of a receipt, bound to the content digest (compliance catalogue, REV003):
one changed letter makes it worthless, another send time does not. The last one counts. Whoever wrote the
letter cannot sign it (REV006), and when the letter names its reviewer, nobody else can.
"""

from collections.abc import Mapping
from shlex import quote
from typing import Any, Literal, NamedTuple

from pipeline.errors import Refused
from pipeline.model import Entry, Message, Receipt, Waiver
from pipeline.people import among, same_person
from pipeline.receipts import Receipts, signed, standing

SHORT = 12  # hex digits of a digest that tell two apart; more are shown where it is signed
SIGN_WORDING = (
    "have them read, then write who approved them and when as approved_by and approved_on in "
    "templates/disclaimers/; sha256 stays as long as the words do"
)


class Objection(NamedTuple):
    """Why a message is not signed off, or not by this person."""

    rule: str
    message: str  # as of a finding, without the name
    hint: str


def objection(message: Message, receipt: Receipt) -> Objection | None:
    """Return why *message* is not signed off as it is now, or None when it is."""
    entry = signed(receipt)
    if entry is None:
        what = f"nobody has signed it off: its content is {message.digest[:SHORT]}"
        return Objection("REV003", what, _how_to_sign(message, message.reviewed_by or "NAME"))
    by = str(entry.data.get("by", ""))
    if entry.data.get("content_digest") != message.digest:
        was = str(entry.data.get("content_digest", ""))[:SHORT] or "nothing"
        what = (
            f"changed since {by} signed it on {_when(entry)}: signed was {was}, now it is "
            f"{message.digest[:SHORT]}"
        )
        return Objection("REV003", what, _how_to_sign(message, by))
    seen = entry.data.get("waivers")
    known = seen if isinstance(seen, list) else []
    unsigned = [waiver for waiver in message.waivers if _plain(waiver) not in known]
    if unsigned:
        what = f"the waiver of {unsigned[0].rule} is not among those that {by} signed on {_when(entry)}"
        return Objection("OVR004", what, f"delete it; or {_how_to_sign(message, by)}")
    return signer_objection(message, by)


def signer_objection(message: Message, by: str) -> Objection | None:
    """Return why *by* cannot sign *message*, or None: two people, and the one whom readers are told of."""
    author = among(by, message.authors)
    if not message.authors:
        what = f"it names no author: nobody can say whether {by} is somebody else"
        return Objection("REV006", what, "add authors: to the front matter")
    if author:
        what = f"{by} is an author of it, and cannot sign it as well"
        return Objection("REV006", what, "have a second person read and sign it")
    if message.reviewed_by and not same_person(by, message.reviewed_by):
        what = f"it tells readers that {message.reviewed_by} reviewed it, and {by} signs"
        return Objection(
            "REV006",
            what,
            f"have {message.reviewed_by} sign, or name {by} as reviewed_by in the front matter",
        )
    return None


def sample_refs(message: Message) -> tuple[str, ...]:
    """Return the wordings of *message* that nobody approved, by id@version: no real provider gets them."""
    return tuple(wording.ref for wording in message.wordings if wording.is_sample)


def is_on_record(message: Message, receipt: Receipt, *, by: str, credential: str) -> bool:
    """Say whether this sign-off is the last one already."""
    entry = signed(receipt)
    return entry is not None and _data(message, by=by, credential=credential) == dict(entry.data)


def demand_open(message: Message, receipt: Receipt, *, rehearsal: bool) -> None:
    """
    Refuse a sign-off of an issue that was dispatched: it would only look as if somebody had read it before.

    Args:
        message: as it was read.
        receipt: what is on record about it.
        rehearsal: whether the provider of the settings reaches no reader.

    Raises:
        Refused: it was.
    """
    entry = standing(receipt, rehearsal=rehearsal)
    if entry is not None:
        raise Refused(
            f"{message.id}: already {entry.kind} on {_when(entry)}: "
            "a sign-off says nothing about a mail that was read only later",
            hint=f"sign before `send`; while it has not gone out, `newsletter cancel {message.id}` "
            "takes it back, and it can be signed and sent again",
        )


def sign(
    message: Message, receipts: Receipts, *, by: str, credential: str, rehearsal: bool
) -> Literal["approved", "nothing"]:
    """
    Put on record that *by* answers for *message*.

    Args:
        message: as it was read.
        receipts: where it is recorded.
        by: who signs; not one of the authors.
        credential: what makes them fit to, such as MD.
        rehearsal: whether the provider of the settings reaches no reader.

    Returns:
        "approved", or "nothing" when the same sign-off is on record already.

    Raises:
        Refused: they cannot sign it, or it was dispatched.
        ReceiptError: the record cannot be read or written.
    """
    refuse_signer(message, by)
    with receipts.hold(message.key):
        receipt = receipts.read(message.key)
        if is_on_record(message, receipt, by=by, credential=credential):
            return "nothing"
        demand_open(message, receipt, rehearsal=rehearsal)
        receipts.append(message.key, "approved", _data(message, by=by, credential=credential), seen=receipt)
        return "approved"


def refuse_signer(message: Message, by: str) -> None:
    """
    Refuse a signer who cannot sign *message*.

    Raises:
        Refused: they cannot.
    """
    why = signer_objection(message, by)
    if why:
        raise Refused(f"{message.id}: {why.message}", hint=why.hint)


def in_words(entry: Entry, message: Message) -> str:
    """Say who signed, when, and whether it was this content."""
    who = ", ".join(filter(None, (str(entry.data.get("by", "")), str(entry.data.get("credential", "")))))
    now = entry.data.get("content_digest") == message.digest
    return f"{who}, on {_when(entry)}{'' if now else ', before the last change'}"


def _how_to_sign(message: Message, by: str) -> str:
    name = message.id
    return (
        f"read what `newsletter build {name}` writes, then run `newsletter approve {name} --by {quote(by)}`"
    )


def _data(message: Message, *, by: str, credential: str) -> dict[str, Any]:
    return {
        "by": by,
        "credential": credential,
        "content_digest": message.digest,
        "wordings": [wording.ref for wording in message.wordings],
        "waivers": [_plain(waiver) for waiver in message.waivers],
    }


def _plain(waiver: Waiver) -> Mapping[str, str]:
    return {
        "rule": waiver.rule,
        "reason": waiver.reason,
        "by": waiver.by,
        "until": waiver.until.isoformat(),
    }


def _when(entry: Entry) -> str:
    return entry.at.strftime("%Y-%m-%d %H:%M %Z")
