"""
A marked copy to single addresses, through the provider's own test call.

The provider tests what it has stored: the draft is given the mark first, and keeps it until the next push or
send finds it different and puts the letter itself there. A draft that somebody sends by hand meanwhile says
in its subject what it is; this program never schedules one, because every send proves the draft equal.
"""

from collections.abc import Sequence

from pipeline.model import Audience, Message, Payload
from pipeline.proofmark import marked
from pipeline.providers.base import Can, payload_for, unsupported
from pipeline.publish.desk import Desk
from pipeline.publish.save import demand_equal, store


def proof(message: Message, audience: Audience, desk: Desk, *, to: Sequence[str], fit: bool) -> Payload:
    """
    Store *message* as a marked draft and have the provider send it to these addresses alone.

    Args:
        message: finished; it need not be fit to send.
        audience: whose draft it is; nobody of it gets the copy.
        desk: provider and record.
        to: bare addresses.
        fit: whether nothing in it stops a send; the mark says so.

    Returns:
        What was sent, in the provider's syntax.

    Raises:
        Unsupported: the provider has no such call.
        Refused: the issue was dispatched, or its draft is not ours to change.
        ProviderError: the provider failed or refused, such as an address it does not know.
    """
    if Can.SEND_TEST not in desk.provider.can:
        raise unsupported(desk.provider.name, Can.SEND_TEST)
    payload = marked(payload_for(message, audience, desk.provider), fit=fit)
    with desk.receipts.hold(message.key):
        draft = store(message.key, payload, desk)
        demand_equal(message.key, desk.provider.stored(draft, payload), payload, desk)
        desk.provider.send_test(draft, to=to)
        return payload
