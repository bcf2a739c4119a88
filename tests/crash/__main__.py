"""
Kill and cut off every command at every point, at every provider, and print a table of what came of it.

    python tests/crash [PROVIDER ...] [--form folder|branch] [--stride N] [--stage NAME] [--json]

Every N-th point is taken; each second one is followed by two runs at the same moment. What all providers
share is tried whole at the outbox, and thinned out elsewhere: see `every`.
"""

import argparse
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from crash.processes import Point
from crash.scenarios import STAGES, Ground, Row, ground, points, row
from crash.world import World, far_end
from standins.bench import ROWS


def every(world: World, point: Point) -> int:
    """Return which share of such points is tried: every so many-th."""
    if world.form == "branch" and world.url:
        return 16  # the record knows no provider, and git takes its time
    if point.kind == "kill before file" and (world.form == "branch" or world.url):
        return 4  # the same files as at the outbox, in a folder
    return 1


def rows(where: Ground, stages: list[str], stride: int) -> Iterator[Row]:
    """Yield what came of every *stride*-th point of these stages."""
    number = 0
    for name in stages:
        stage = STAGES[name]
        for point in list(points(stage, where)):
            if point.number % every(where.world, point):
                continue
            number += 1
            if number % stride == 0:
                yield row(stage, point, where, twice=number // stride % 2 == 0)


def main() -> int:
    """Print a row for each provider, stage and kind; return 1 when anything was not as promised."""
    parser = argparse.ArgumentParser()
    parser.add_argument("providers", nargs="*", default=list(ROWS))
    parser.add_argument("--form", choices=["folder", "branch"], action="append")
    parser.add_argument("--stride", type=int, default=1)
    parser.add_argument("--stage", choices=list(STAGES), action="append")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    bad = 0
    for provider in asked.providers:
        with far_end(provider) as far, tempfile.TemporaryDirectory() as folder:
            for form in asked.form or ["folder", "branch"]:
                where = ground(World(provider, form, Path(folder) / form, far.url), far)
                tried = [*rows(where, asked.stage or list(STAGES), asked.stride)]
                bad += sum(bool(each.wrong) for each in tried)
                _print(provider, form, tried, as_json=asked.json)
    return min(bad, 1)


def _print(provider: str, form: str, tried: list[Row], *, as_json: bool) -> None:
    if as_json:
        for each in tried:
            plain = {"provider": provider, "form": form, **each._asdict(), "point": vars(each.point)}
            print(json.dumps(plain), flush=True)
        return
    counts = Counter((each.stage, each.point.kind) for each in tried if each.met)
    red = Counter((each.stage, each.point.kind) for each in tried if each.wrong)
    for (stage, kind), count in counts.items():
        colour = f"{red[stage, kind]} RED" if red[stage, kind] else "green"
        print(f"{provider:10}  {form:6}  {stage:12}  {kind:19}  {count:4}  {colour}", flush=True)
    kills = sum(count for (_, kind), count in counts.items() if kind.startswith("kill"))
    print(f"{provider:10}  {form:6}  {kills} kill points, {counts.total() - kills} cuts, {red.total()} red")
    for each in tried:
        if each.wrong:
            print(f"    {each.stage}, {each.point.kind} {each.point.number}, {each.codes}: {each.wrong}")


if __name__ == "__main__":
    sys.exit(main())
