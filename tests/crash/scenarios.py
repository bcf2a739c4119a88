"""
The stages of an issue's road, and what must be true however a command on it was killed or cut off.

For each point: the command meets it, is run again (alone, or twice at the same moment), and the clock passes
the send time. Then exactly one draft was dispatched, each reader has exactly one mail, the very one that an
undisturbed run gives, the record tells the same story, and every exit code was one that is promised.
"""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from crash.processes import Command, Ended, Kind, Point, run, together
from crash.world import AFTER, BEFORE, FarEnd, World, clear, letter
from pipeline.providers.base import payload_for
from samples import KEY

DUE = Command("due")
Mails = list[tuple[str, ...]]
KILLED = (-9, -14)  # SIGKILL, and the alarm that ends a process during git
RECORD = re.compile(
    r"(claimed (scheduled )?cancelled )*claimed scheduled (sent )?|(claimed (scheduled )?cancelled )+|"
)


@dataclass(frozen=True)
class Stage:
    """One command on the road, what came before it, and what must come of it."""

    name: str
    command: Command
    again: Command
    # What version of the letter readers may have in the end, 0 for none, and what the run after the one that
    # died may have said then.
    ends: Mapping[int, tuple[int, ...]]
    before: tuple[tuple[Command, dt.datetime], ...] = ()
    now: dt.datetime = BEFORE  # when the command runs
    later: dt.datetime = BEFORE  # when it is run again
    last: Command = DUE  # what a scheduled run does after the send time
    second: int = 6  # of one more run after that


_SENT = ((Command("send"), BEFORE),)
_WATCH = Command("watch")
STAGES = {
    stage.name: stage
    for stage in (
        Stage("send", Command("send"), Command("send"), {1: (0, 6)}),
        Stage("due", DUE, DUE, {1: (0,)}, second=0),
        Stage(
            *("amend", Command("amend", 2), Command("amend or send", 2), {2: (0,)}),
            before=_SENT,
            last=Command("due", 2),
            second=0,
        ),
        # Nobody amends again. A scheduled run sends what is free, and fails loudly where the old letter is
        # scheduled, or was taken back and nobody knows by whom: then nobody gets it.
        Stage(
            *("amend, left", Command("amend", 2), Command("due", 2), {2: (0,), 1: (6,), 0: (6,)}),
            before=_SENT,
            last=_WATCH,
            second=-1,
        ),
        Stage("cancel", Command("cancel"), Command("cancel"), {0: (0,)}, before=_SENT, last=_WATCH, second=0),
        # The send time comes before anybody looks again: what left cannot be taken back, and that is said.
        Stage(
            *("cancel, late", Command("cancel"), Command("cancel"), {0: (0,), 1: (6,)}),
            before=_SENT,
            later=AFTER,
            last=_WATCH,
            second=-1,
        ),
        Stage("reconcile", DUE, DUE, {1: (0,)}, before=_SENT, now=AFTER, later=AFTER, second=0),
    )
}


class Row(NamedTuple):
    """What came of one point."""

    stage: str
    point: Point
    twice: bool  # whether the next run was two at once
    met: bool  # whether the point was reached
    codes: tuple[int, ...]  # of every run, in order
    wrong: tuple[str, ...]  # what is not as promised; empty when all is well


class Ground(NamedTuple):
    """Where points are tried: one newsletter, one far end, and what undisturbed runs gave."""

    world: World
    far: FarEnd
    mails: dict[int, Mails]  # by version of the letter; 0 for none


def ground(world: World, far: FarEnd) -> Ground:
    """Return the ground, with the mails that readers get of each version when nothing goes wrong."""
    mails: dict[int, Mails] = {0: []}
    for version in (1, 2):
        clear(world, far)
        ended = run(world, Command("send", version), BEFORE)
        assert ended.code == 0, ended
        far.turn(AFTER)
        assert run(world, Command("due", version), AFTER).code == 0
        mails[version] = far.mails(world.root)
        assert len(mails[version]) == 2, mails
        assert all(f"version {version}" in " ".join(mail) for mail in mails[version])
    return Ground(world, far, mails)


def points(stage: Stage, where: Ground) -> Iterator[Point]:
    """Yield every point of an undisturbed run of the stage's command."""
    ended, requests = _up_to(stage, where, None)
    assert ended.code == 0, (stage.name, ended)
    amounts: dict[Kind, int] = {
        "kill before request": requests,
        "kill after request": requests,
        "cut before request": requests,
        "cut after request": requests,
        "kill before file": ended.files,
        "kill before git": ended.gits,
        "kill during git": ended.gits,
    }
    for kind, amount in amounts.items():
        yield from (Point(kind, number) for number in range(1, amount + 1))


def row(stage: Stage, point: Point, where: Ground, *, twice: bool) -> Row:
    """Let *stage* meet *point*, run on, and look."""
    world, far = where.world, where.far
    first, _ = _up_to(stage, where, point)
    far.turn(stage.later)
    runs = [first]
    wrong = []
    is_kill = point.kind.startswith("kill")
    if not is_kill and first.code not in (0, 5, 6):
        wrong.append(f"a run that was cut off ended in {first.code}: {first.said}")
    if twice:
        pair = together([world, world], stage.again, stage.later)
        runs += pair
        if any(each.code not in (0, 6) for each in pair):
            wrong.append(f"two at once ended in {pair}")
    again = run(world, stage.again, stage.later)
    runs.append(again)
    if stage.second >= 0:
        once_more = run(world, stage.again, stage.later)
        runs.append(once_more)
        if once_more.code != stage.second:
            wrong.append(f"one more run ended in {once_more.code}: {once_more.said}")
    far.turn(AFTER)
    last = run(world, stage.last, AFTER)
    runs.append(last)
    wrong += _seen(stage, where, again, last)
    met = first.code in KILLED if is_kill else True
    return Row(stage.name, point, twice, met, tuple(each.code for each in runs), tuple(wrong))


def _up_to(stage: Stage, where: Ground, point: Point | None) -> tuple[Ended, int]:
    """Go all the way up to the stage's command and run it; return how it ended and how much it asked."""
    world, far = where.world, where.far
    clear(world, far)
    for command, now in stage.before:
        assert run(world, command, now).code == 0
    far.turn(stage.now)
    before = len(far.ask("/_log"))
    ended = run(world, stage.command._replace(point=point), stage.now)
    return ended, len(far.ask("/_log")) - before


def _seen(stage: Stage, where: Ground, again: Ended, last: Ended) -> Iterator[str]:
    """Yield what is wrong with mails, drafts and record in the end."""
    world = where.world
    mails = where.far.mails(world.root)
    version = next((each for each in stage.ends if where.mails[each] == mails), None)
    if version is None:
        yield f"readers have {[mail[:2] for mail in mails]}"
        return
    record = world.record()
    desk = world.desk(AFTER)
    states = [draft.state for draft in desk.provider.find(KEY)]
    if states != (["sent"] if version else ["draft"]):
        yield f"the drafts are {states}"
    if not RECORD.fullmatch("".join(f"{kind} " for kind in record)):
        yield f"the record is {record}"
    taken_back = not version and again.code != 0  # and nobody said what to do about it
    if record[-1] != ("sent" if version else "scheduled" if taken_back else "cancelled"):
        yield f"readers have version {version}, and the record ends in {record[-1]}"
    if last.code != (6 if taken_back else 0):
        yield f"the scheduled run after the send time ended in {last.code}: {last.said}"
    if again.code not in stage.ends[version]:
        yield f"readers have version {version}, and the run after said {again.code}"
    if version:
        given = payload_for(letter(version), world.readers(), desk.provider)
        if world.claimed_html() != given.html:
            yield "what lies beside the receipt is not what was sent"
