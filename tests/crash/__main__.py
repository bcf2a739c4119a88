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
from itertools import count
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from crash.processes import Point
from crash.scenarios import STAGES, Ground, Row, ground, points, row
from crash.world import World, far_end
from standins.bench import ROWS


def every(world: World, point: Point) -> int:
    """Return which share of such points is tried: every so many-th."""
    if world.form == "branch" and world.url:
        return 8  # the record knows no provider, and git takes its time
    if point.kind == "kill before file" and (world.form == "branch" or world.url):
        return 4  # the same files as at the outbox, in a folder
    return 1


def rows(where: Ground, stages: list[str], stride: int) -> Iterator[list[Row]]:
    """Yield for each stage what came of its points; every *stride*-th of all is tried."""
    numbers = count(1)
    for stage in map(STAGES.__getitem__, stages):
        all_points = [each for each in points(stage, where) if each.number % every(where.world, each) == 0]
        chosen = [
            (number, each) for each, number in zip(all_points, numbers, strict=False) if number % stride == 0
        ]
        yield [row(stage, each, where, twice=number // stride % 2 == 0) for number, each in chosen]


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
                tried: list[Row] = []
                for done in rows(where, asked.stage or list(STAGES), asked.stride):
                    tried += done
                    show = _print_json if asked.json else _print
                    show(f"{provider:10}  {form:6}", done)
                bad += sum(bool(each.wrong) for each in tried)
                if not asked.json:
                    kills = sum(each.met and each.point.kind.startswith("kill") for each in tried)
                    cuts = sum(each.point.kind.startswith("cut") for each in tried)
                    print(f"{provider:10}  {form:6}  {kills} kill points, {cuts} cuts", flush=True)
    return min(bad, 1)


def _print_json(name: str, tried: list[Row]) -> None:
    provider, form = name.split()
    for each in tried:
        plain = {"provider": provider, "form": form, **each._asdict(), "point": vars(each.point)}
        print(json.dumps(plain), flush=True)


def _print(name: str, tried: list[Row]) -> None:
    met = Counter((each.stage, each.point.kind) for each in tried if each.met)
    red = Counter((each.stage, each.point.kind) for each in tried if each.wrong)
    for (stage, kind), amount in met.items():
        colour = f"{red[stage, kind]} RED" if red[stage, kind] else "green"
        print(f"{name}  {stage:12}  {kind:19}  {amount:4}  {colour}", flush=True)
    for each in tried:
        if each.wrong:
            print(f"    {each.stage}, {each.point.kind} {each.point.number}, {each.codes}: {each.wrong}")


if __name__ == "__main__":
    sys.exit(main())
