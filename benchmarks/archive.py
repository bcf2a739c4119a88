"""
The archive's budgets, beside site generators on the same issues: whole cold processes, taking turns.

`make bench` has the rows of 1,000 issues; for more, `python benchmarks/archive.py 10000 --rounds 1`.

    in full            images already encoded, nothing else is left of an earlier build
    nothing changed    ours alone: a peer would make everything again
    one changed        a paragraph was added to the newest issue
    largest process    the peak of resident memory in a full build, of the largest process alone
    with search        ours in full with `--search`, which indexes every page anew
"""

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import count
from pathlib import Path
from typing import NamedTuple

from generators import PEERS, Site, our_site
from past import write_corpus
from peers import fail
from table import HEADER, OURS, Row, print_table
from timing import Failed, Figures, Round, keep_bytecode, largest_mib, process, take_turns

MOST_ROUNDS = 3  # each takes half a minute
MIB = 100  # of one process


class Budgets(NamedTuple):
    """Of the median, in ms."""

    full: float | None = None
    unchanged: float | None = None
    changed: float | None = None


BUDGETS = {1_000: Budgets(10_000, 500, 1_000), 10_000: Budgets(100_000, 1_000)}


def main(arguments: Sequence[str]) -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description="Print the archive's budgets, measured beside peers.")
    parser.add_argument("issues", type=int, nargs="?", default=1_000, help="how many (default: 1000)")
    parser.add_argument("--rounds", type=int, default=MOST_ROUNDS, help="turns each takes (default: 3)")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="newsletter-bench-") as scratch:
        keep_bytecode(Path(scratch) / "bytecode")
        rows = list(archive_rows(Path(scratch) / "archive", asked.issues, asked.rounds))
    print(f"Python {sys.version.split()[0]} on {platform.system()}, {os.cpu_count()} cores\n")
    print_table([HEADER, *(row.cells for row in rows)])


def archive_rows(scratch: Path, issues: int, rounds: int) -> Iterator[Row]:
    """
    Measure our archive and the peers' sites.

    Args:
        scratch: a new folder.
        issues: how many.
        rounds: turns that each takes.
    """
    scratch.mkdir()
    corpus = write_corpus(scratch / "newsletter", issues)
    sites: dict[str, Site | Failed] = {OURS: our_site(corpus)}
    for name, make in PEERS.items():
        try:
            sites[name] = make(corpus, scratch / name)
        except Failed as failure:
            sites[name] = failure
    budgets = BUDGETS.get(issues, Budgets())
    yield from _rows(f"archive of {issues:,}, in full", sites, rounds, full, budgets.full)
    unchanged_only = {OURS: sites[OURS]}
    yield from _rows("archive, nothing changed", unchanged_only, rounds, unchanged, budgets.unchanged)
    yield from _rows("archive, one changed", sites, rounds, changed, budgets.changed, tell_way=True)
    yield from _memory_rows(sites)
    searching: dict[str, Site | Failed] = {OURS: our_site(corpus, "--search")}
    yield from _rows("archive with search, in full", searching, rounds, full, None)


def full(site: Site) -> Round:
    """Return a round that builds everything anew."""
    build = process(site.build, cwd=site.folder)

    def once() -> float:
        site.forget()
        took = build()
        site.prove()
        return took

    return once


def unchanged(site: Site) -> Round:
    """Return a round that builds on what the last one left; the first leaves it."""
    build = process(site.rebuild, cwd=site.folder)

    def once() -> float:
        took = build()
        site.prove()
        return took

    return once


def changed(site: Site) -> Round:
    """Return a round that builds after an edit."""
    build, numbers = process(site.rebuild, cwd=site.folder), count(1)

    def once() -> float:
        mark = f"for the {next(numbers)}. time"
        site.edit(mark)
        took = build()
        site.prove(mark)
        return took

    return once


def _rows(
    work: str,
    sites: Mapping[str, Site | Failed],
    rounds: int,
    round_of: Callable[[Site], Round],
    budget: float | None,
    *,
    tell_way: bool = False,
) -> Iterator[Row]:
    contenders = {
        name: partial(fail, site) if isinstance(site, Failed) else round_of(site)
        for name, site in sites.items()
    }
    figures = take_turns(contenders, rounds)
    for name, site in sites.items():
        label = name if isinstance(site, Failed) else site.label
        if name == OURS:
            yield Row(work, label, figures[name], budget=budget)
            continue
        way = f", {site.way}" if tell_way and not isinstance(site, Failed) else ""
        yield Row(f"  the same issues{way}", label, figures[name], ours=figures[OURS])


def _memory_rows(sites: Mapping[str, Site | Failed]) -> Iterator[Row]:
    figures = {name: _largest(site) for name, site in sites.items()}
    yield Row("archive, largest process", OURS, figures[OURS], "MiB", MIB)
    for name, site in sites.items():
        if name != OURS:
            label = name if isinstance(site, Failed) else site.label
            yield Row("  the same issues", label, figures[name], "MiB", ours=figures[OURS])


def _largest(site: Site | Failed) -> Figures | Failed:
    """Return the peak of the largest process of a full build."""
    if isinstance(site, Failed):
        return site
    site.forget()
    try:
        return Figures.of([largest_mib(site.build, cwd=site.folder)])
    except Failed as failure:
        return failure


if __name__ == "__main__":
    main(sys.argv[1:])
