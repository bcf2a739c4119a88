"""Taking back what was scheduled, and ending a dispatch on record; the key is held."""

from typing import Any

from pipeline.errors import OutcomeUnknown, ProviderError, Refused
from pipeline.model import Draft
from pipeline.publish.desk import LOOKS_S, Desk
from pipeline.publish.standing import Standing

LEFT = "mail that left cannot be called back; a correction goes out as an issue of its own"


def take_back(seen: Standing, draft: Draft, desk: Desk, *, reason: str) -> None:
    """
    Unschedule *draft* and end its claim on record; the key is held.

    Raises:
        OutcomeUnknown: the provider does not show it as a draft afterwards.
    """
    unschedule(draft, desk)
    record_cancelled(seen, desk, reason=reason)


def unschedule(draft: Draft, desk: Desk) -> None:
    """
    Have the provider make a draft of it again, and see that it did.

    Raises:
        Refused: it left meanwhile.
        OutcomeUnknown: nobody can see whether it is a draft.
    """
    try:
        desk.provider.unschedule(draft)
    except OutcomeUnknown:
        pass  # whether it took effect is looked at now
    except ProviderError as err:
        _refuse_if_gone(draft, desk, err)
        raise
    name = desk.name(draft.key)
    hint = f"look at it there; run `newsletter status {name}`"
    try:
        now = seen_as(("draft",), draft, desk, patient=True)
    except ProviderError as err:
        raise OutcomeUnknown(
            f"{name}: draft {draft.id!r} should be taken back, and nobody can see whether it was: "
            f"{err.message}",
            hint=hint,
        ) from err
    if now is None or now.state != "draft":
        _refuse_if_gone(draft, desk, None)
        raise OutcomeUnknown(
            f"{name}: draft {draft.id!r} should be taken back, "
            f"and is {'gone' if now is None else repr(now.native_state or now.state)}",
            hint=hint,
        )


def _refuse_if_gone(draft: Draft, desk: Desk, cause: Exception | None) -> None:
    """Say truthfully that a mail left while it was being called back."""
    now = desk.provider.read(draft.id)
    if now is not None and now.state in ("sending", "sent"):
        since = desk.when(now.sent_at or now.send_at)
        raise Refused(
            f"{desk.name(draft.key)}: too late to cancel: {now.state} since {since}", hint=LEFT
        ) from cause


def seen_as(states: tuple[str, ...], draft: Draft, desk: Desk, *, patient: bool) -> Draft | None:
    """Return *draft* as the provider shows it, waiting a while until it is in one of *states*."""
    now = desk.provider.read(draft.id)
    for pause_s in LOOKS_S if patient else ():
        if now is not None and now.state in states:
            break
        desk.pause(pause_s)
        now = desk.provider.read(draft.id)
    return now


def record_cancelled(
    seen: Standing, desk: Desk, *, reason: str, called_off: bool = False, alone: bool = False
) -> None:
    """
    End a dispatch on record.

    Args:
        seen: as it stood before.
        desk: provider and record.
        reason: why.
        called_off: by a person, so that no run sends it again by itself.
        alone: only if nobody else acted since *seen*.
    """
    data: dict[str, Any] = {"drafts": [draft.id for draft in seen.drafts], "reason": reason}
    if called_off:
        asked = seen.entry.data.get("asked_at") if seen.entry else None
        data |= {"called_off": True, **({"asked_at": asked} if asked else {})}
    if seen.entry is not None and "send_at" in seen.entry.data:
        data["send_at"] = seen.entry.data["send_at"]
    desk.receipts.append(seen.key, "cancelled", {**data, **desk.world}, seen=seen.receipt if alone else None)
