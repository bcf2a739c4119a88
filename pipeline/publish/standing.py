"""Where an issue stands: what the provider shows and what is on record, judged together by one function."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import NamedTuple

from pipeline.errors import Refused
from pipeline.model import Draft, Entry, Receipt
from pipeline.publish.desk import Desk
from pipeline.receipts import planned_at, standing

DISPATCHED = ("scheduled", "sending", "sent")


class Case(StrEnum):
    """What a standing comes down to."""

    FREE = "free"  # nothing was dispatched, and there is no draft or one that nobody touched
    OVER = "over"  # claimed by a run that is surely dead, and its draft was not scheduled
    CLAIMED = "claimed"  # claimed by a run that may be alive, and its draft was not scheduled
    RECOVER = "recover"  # claimed, and the schedule took effect without getting on record
    SCHEDULED = "scheduled"
    SENDING = "sending"
    SENT = "sent"
    REVIEW = "needs-review"  # on record as one for a human
    TAKEN_BACK = (
        "taken back"  # scheduled on record, and its draft untouched again: by hand, or a run that died
    )
    BLOCKED = "blocked"  # the two sides do not fit: a human must look


class Standing(NamedTuple):
    """Where one key stands: provider and receipt side by side."""

    key: str
    id: str  # the issue's, as people write it
    provider: str  # name of the one that was asked
    drafts: tuple[Draft, ...]  # all that the provider has under the key
    receipt: Receipt
    entry: Entry | None  # what stands on record: claimed, scheduled, sent or needs-review
    case: Case
    why: str = ""  # for a person; lower case, no full stop
    hint: str = ""

    @property
    def draft(self) -> Draft | None:
        """The draft of the dispatch on record; without one, the only draft there is."""
        if self.entry is not None:
            if self.entry.data.get("provider") != self.provider:
                return None  # ids of two providers may be alike
            wanted = self.entry.data.get("draft")
            return next((draft for draft in self.drafts if draft.id == wanted), None)
        return self.drafts[0] if len(self.drafts) == 1 else None

    @property
    def spare(self) -> tuple[Draft, ...]:
        """Drafts beside the one that was dispatched: one click at the provider sends the issue twice."""
        return tuple(draft for draft in self.drafts if self.entry and draft is not self.draft)

    @property
    def dispatched(self) -> bool:
        """Whether mail went out, or will go out unless somebody takes it back."""
        return self.case in (Case.RECOVER, Case.SCHEDULED, Case.SENDING, Case.SENT)

    def refusal(self) -> Refused:
        """Return the refusal to dispatch what stands like this."""
        return Refused(f"{self.id}: {self.why}", hint=self.hint)


class _Conflict(NamedTuple):
    """Why record and provider do not fit, and how to mend it."""

    why: str
    hint: str


def look(key: str, desk: Desk) -> Standing:
    """Return where *key* stands now; changes nothing."""
    receipt = desk.receipts.read(key)
    return judge(receipt, with_known(receipt, desk.provider.find(key), desk), desk)


def with_known(receipt: Receipt, found: Sequence[Draft], desk: Desk) -> list[Draft]:
    """
    Return the drafts of a key, with the one on record as it is now, whatever a list says.

    Somebody may have renamed it at the provider, and it goes out all the same; a list may be minutes old.
    """
    entry = standing(receipt, rehearsal=desk.rehearses)
    here = entry is not None and entry.kind != "sent" and entry.data.get("provider") == desk.provider.name
    wanted = str(entry.data.get("draft")) if entry is not None and here else ""
    if not wanted:
        return list(found)
    known = desk.provider.read(wanted)
    others = [draft for draft in found if draft.id != wanted]
    return [*others, *([replace(known, key=receipt.key)] if known else [])]


def judge(receipt: Receipt, drafts: Sequence[Draft], desk: Desk) -> Standing:
    """Return what record and provider say together."""
    entry = standing(receipt, rehearsal=desk.rehearses)
    name, at = desk.name(receipt.key), desk.provider.name
    plain = Standing(receipt.key, name, at, tuple(drafts), receipt, entry, Case.BLOCKED)
    return _without_record(plain, desk) if entry is None else _with_record(plain, entry, desk)


def _without_record(seen: Standing, desk: Desk) -> Standing:
    """Judge an issue that was never dispatched on record."""
    states = {draft.state for draft in seen.drafts}
    at = desk.provider.name
    if len(seen.drafts) > 1:
        named = ", ".join(f"{draft.id} ({draft.state})" for draft in seen.drafts)
        return seen._replace(
            why=f"there are {len(seen.drafts)} drafts of this issue at {at}: {named}",
            hint="delete all but one there; none of them was scheduled by this command",
        )
    if not states or states == {"draft"}:
        return seen._replace(case=Case.FREE)
    (draft,) = seen.drafts
    moment = draft.sent_at or draft.send_at
    time = f" for {desk.when(moment)}" if moment else ""
    hint = f"somebody acted there by hand; run `newsletter status {seen.id}`, and look at the draft there"
    if draft.state == "scheduled":
        hint = f"somebody did that by hand; `newsletter cancel {seen.id}` takes it back"
    return seen._replace(why=f"{at} shows it as {_native(draft)}{time}, and not by our record", hint=hint)


def _with_record(seen: Standing, entry: Entry, desk: Desk) -> Standing:
    """Judge an issue with a dispatch on record."""
    conflict = next(_conflicts(seen, entry, desk), None)
    if conflict is not None:
        return seen._replace(why=conflict.why, hint=conflict.hint)
    draft = seen.draft
    if entry.kind == "needs-review":
        return seen._replace(
            case=Case.REVIEW,
            why=str(entry.data.get("reason")),
            hint=f"look at it at {desk.provider.name}: a human must decide; nothing is repeated",
        )
    if entry.kind == "sent" or draft is None:
        return _already(seen, entry, Case.SENT, desk)
    if draft.state == "draft":
        return _not_scheduled(seen, entry, desk)
    return _already(seen, entry, Case.RECOVER if entry.kind == "claimed" else Case(draft.state), desk)


def _conflicts(seen: Standing, entry: Entry, desk: Desk) -> Iterator[_Conflict]:
    """Yield every reason for which record and provider do not fit, the worst first."""
    at, draft = desk.provider.name, seen.draft
    planned = planned_at(entry)
    if entry.kind not in ("sent", "needs-review") and entry.data.get("provider") != at:
        yield _Conflict(
            f"{entry.kind} on record at {entry.data.get('provider')!r}, on {desk.when(entry.at)}, "
            f"and the settings say {at!r} now",
            "an issue goes out through one provider; look at that one",
        )
    here = desk.url
    if entry.kind not in ("sent", "needs-review") and entry.data.get("url", here) != here:
        yield _Conflict(
            f"{entry.kind} on record at {entry.data.get('url')!r}, and the settings say {here!r} now",
            "an issue goes out from one server; look at that one",
        )
    for rival in seen.drafts:
        if rival is not draft and rival.state in DISPATCHED:
            yield _Conflict(
                f"{at} shows a second one, draft {rival.id}, as {_native(rival)}",
                "look there at once: readers may get this issue twice",
            )
    if entry.kind in ("sent", "needs-review"):
        return
    if draft is None:
        yield _Conflict(
            f"{entry.kind} on record, and its draft {entry.data.get('draft')!r} is not at {at}: "
            "nobody can say whether it went out",
            "look there, and at the provider settings; if it surely did not go out, "
            "give the issue a new id and a new subject",
        )
    elif draft.state not in ("draft", *DISPATCHED):
        yield _Conflict(
            f"{entry.kind} on record, and {at} shows it as {_native(draft)}",
            "look at the draft there: a human must decide; nothing is repeated",
        )
    elif draft.state == "scheduled" and draft.send_at != planned:
        yield _Conflict(
            f"{entry.kind} for {desk.when(planned)} on record, and {at} shows {desk.when(draft.send_at)}: "
            "not by this command",
            f"move it back there; or run `newsletter cancel {seen.id}`, and send it again",
        )


def _not_scheduled(seen: Standing, entry: Entry, desk: Desk) -> Standing:
    """Judge an issue whose draft is untouched although a dispatch is on record."""
    if entry.kind == "scheduled":
        return seen._replace(
            case=Case.TAKEN_BACK,
            why=f"scheduled on record, and taken back without a record: {desk.provider.name} shows a draft",
            hint=f"run `newsletter send {seen.id} --amend` to send it as it is now, "
            f"or `newsletter cancel {seen.id}` to leave it so",
        )
    if desk.receipts.is_over(entry):
        return seen._replace(case=Case.OVER)
    return seen._replace(
        case=Case.CLAIMED,
        why=f"claimed by {entry.run} on {desk.when(entry.at)}, which has not scheduled it",
        hint=f"wait until that run has ended; if it surely has, run `newsletter send {seen.id} --take-over`",
    )


def _already(seen: Standing, entry: Entry, case: Case, desk: Desk) -> Standing:
    """Judge an issue that was dispatched, by our record."""
    planned = planned_at(entry)
    state = seen.draft.state if seen.draft and case is not Case.SENT else "sent" if case is Case.SENT else ""
    what = {"sending": "already going out since", "sent": "already sent on"}.get(
        state, "already scheduled for"
    )
    time = f" {desk.when(planned)}" if planned else ""
    hint = f"run `newsletter status {seen.id}`"
    if case in (Case.SCHEDULED, Case.RECOVER):
        hint += f"; to call it off before it goes, `newsletter cancel {seen.id}`"
    return seen._replace(case=case, why=f"{what}{time}, by {entry.run} on {desk.when(entry.at)}", hint=hint)


def _native(draft: Draft) -> str:
    return repr(draft.native_state or draft.state)
