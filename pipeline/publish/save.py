"""The draft at the provider: one under the key, equal to what we hold, its disclaimers shown."""

from contextlib import suppress

from pipeline.errors import Altered, ChecksFailed, OutcomeUnknown, ProviderError, Refused
from pipeline.model import Draft, Message, Payload, Receipt, Stored
from pipeline.publish.compare import differences, lost_links
from pipeline.publish.desk import LOOKS_S, Desk
from pipeline.publish.standing import Case, judge, look


def save(message: Message, payload: Payload, desk: Desk) -> Draft:
    """
    Store *payload* under the key of *message*, and prove that it stands there alone, whole and readable.

    Raises:
        Refused: there is another draft, it is not untouched, or what was stored differs.
        ChecksFailed: a disclaimer is not shown in what the provider stored.
        OutcomeUnknown: nobody can see whether the draft was made.
    """
    draft = store(message.key, payload, desk)
    prove(message, payload, draft, desk)
    return draft


def store(key: str, payload: Payload, desk: Desk) -> Draft:
    """
    Have one draft with *payload* under *key*: make it, or change the one that is there.

    Returns:
        The draft, in state "draft", and the only one of its key; what it holds is not proved yet.
    """
    seen = look(key, desk)
    if seen.case is not Case.FREE:
        raise seen.refusal()
    draft = seen.draft
    if draft is None:
        draft = _created(key, payload, desk)
    elif _differs(draft, payload, desk):
        # When no answer comes, what was left is read back and compared: nothing is taken for granted.
        with suppress(OutcomeUnknown):
            desk.provider.update(draft, payload)
    return _alone(seen.receipt, draft.id, desk)


def prove(message: Message, payload: Payload, draft: Draft, desk: Desk) -> None:
    """
    Prove that *draft* holds *payload* and that readers will be shown every disclaimer and link of *message*.

    Raises:
        Refused: it does not.
        ChecksFailed: a disclaimer is not shown.
    """
    at = desk.provider.name
    stored = desk.provider.stored(draft, payload)
    demand_equal(message.key, stored, payload, desk)
    demand_shown(message, stored, at)
    lost = lost_links(stored.html, message)
    if lost:
        raise Refused(
            f"{message.id}: {at} would send it without {lost[0]}",
            hint="look at the draft there, and at the wrapper and footer that its settings add",
        )


def demand_equal(key: str, stored: Stored, payload: Payload, desk: Desk) -> None:
    """
    Refuse a draft that differs from what the provider was given.

    Raises:
        Refused: it does; says in which fields.
    """
    different = differences(stored.payload, payload)
    if different:
        at, fields = desk.provider.name, ", ".join(different)
        raise Refused(
            f"{desk.name(key)}: what {at} stored differs from what it was given: {fields}",
            hint="run the command again; if it stays so, look at the draft there",
        )


def demand_shown(message: Message, stored: Stored, provider: str) -> None:
    """
    Examine what readers will get, as a stranger would.

    Raises:
        ChecksFailed: a disclaimer is not shown in it.
    """
    from pipeline.examine import examine  # noqa: PLC0415  (heavy; status and cancel examine nothing)

    findings = examine(stored.html, stored.text or message.text, message.wordings)
    if any(finding.severity.stops for finding in findings):
        raise ChecksFailed(
            f"{message.id}: a disclaimer is not shown in what {provider} stored",
            hint="nothing was scheduled; see the findings",
            findings=findings,
        )


def _differs(draft: Draft, payload: Payload, desk: Desk) -> bool:
    try:
        return bool(differences(desk.provider.stored(draft, payload).payload, payload))
    except Altered:  # writing it anew may undo that; if not, the proof that follows says so
        return True


def _created(key: str, payload: Payload, desk: Desk) -> Draft:
    """Create the draft; when no answer comes, look for it instead of making a second one."""
    try:
        return desk.provider.create(key, payload)
    except OutcomeUnknown:
        for pause_s in LOOKS_S:
            desk.pause(pause_s)
            with suppress(ProviderError):
                if found := desk.provider.find(key):
                    return found[0]
        raise


def _alone(receipt: Receipt, draft_id: str, desk: Desk) -> Draft:
    """Return the draft as the provider's own list shows it: the only one of its key, and untouched."""
    for pause_s in (0.0, *LOOKS_S):  # a list may show a new draft late
        desk.pause(pause_s)
        drafts = tuple(desk.provider.find(receipt.key))
        if draft_id in {draft.id for draft in drafts}:
            break
    else:
        raise OutcomeUnknown(
            f"{desk.name(receipt.key)}: {desk.provider.name} stored draft {draft_id!r} and does not list it: "
            "nobody can see whether it is the only one",
            hint="wait a few minutes, then run the command again: it takes up the draft that is there",
        )
    seen = judge(receipt, drafts, desk)
    if seen.case is not Case.FREE or seen.draft is None:
        raise seen.refusal()
    return seen.draft
