"""
The only place that may send: observe, compare, at most one write, observe again.

The provider decides what happened; a receipt can only veto. A write whose outcome is unknown is never
repeated, its effect is looked up. Every command may be killed at any moment and run again.

    standing.py  where an issue stands: provider and record, judged together by one pure function
    plan.py      what a send would be, and the guards before it
    save.py      the draft: one under the key, equal to what we hold, its disclaimers shown
    claimed.py   what was claimed, held against what the provider has now
    dispatch.py  one dispatch: claim, schedule, record
    withdraw.py  taking back, and ending a dispatch on record
    send.py      push, send, amend, cancel: the verbs that change something
    due.py       what a scheduled run does with nobody watching
    proof.py     a marked copy to single addresses, through the provider's own test call
"""

from pipeline.publish.desk import Desk
from pipeline.publish.plan import Dispatch, plan
from pipeline.publish.proof import proof
from pipeline.publish.send import amend, cancel, push, send, settle
from pipeline.publish.standing import Case, Standing, look

__all__ = [
    "Case",
    "Desk",
    "Dispatch",
    "Standing",
    "amend",
    "cancel",
    "look",
    "plan",
    "proof",
    "push",
    "send",
    "settle",
]
