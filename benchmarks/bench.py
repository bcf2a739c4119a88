"""
`make bench`: the budgets of our own work, beside what others need for the same mail, measured in one run.

Warm figures are of work done again and again in a running process; cold ones of whole processes. All
contenders of a kind take turns. The table judges the figures and the exit code does not: a busy machine is no
fault in the code.
"""

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from installed import PINNED
from mail import Mail, load_mail, sample_root
from peers import COLD, INLINING, MARKDOWN, WHOLE, Peer, Peers, fail
from pixels import Watched, chromium
from servers import eleventy, preview
from table import HEADER, OURS, Row, print_table
from timing import (
    Failed,
    Figures,
    Round,
    clocked,
    keep_bytecode,
    peak_mib,
    process,
    resident_mib,
    take_turns,
)

from archive import MOST_ROUNDS, archive_rows
from pipeline.checks import check
from pipeline.compose import compose
from pipeline.examine import examine
from pipeline.examine.rendering.browser import Browser
from pipeline.stages.inline import inline
from pipeline.stages.load import load_issue
from pipeline.stages.render import render

WARM_UPS = 10  # until Node has compiled what is hot
MOST_LOOKS = 5  # each takes seconds
PROVING_EDITS = 3  # whose pictures are looked at
MORE_EDITS = 10  # times as many show whether memory stays flat
MOST_GROWTH_MIB = 8  # what an allocator's own coming and going amounts to


def main(arguments: Sequence[str]) -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description="Print our budgets, measured beside peers on the same mail.")
    parser.add_argument("--rounds", type=int, default=15, help="turns each contender takes (default: 15)")
    parser.add_argument("--edits", type=int, default=50, help="saves whose pixels are timed (default: 50)")
    parser.add_argument("--issues", type=int, default=1_000, help="of the archive (default: 1000)")
    asked = parser.parse_args(arguments)
    rounds, edits = asked.rounds, asked.edits
    with tempfile.TemporaryDirectory(prefix="newsletter-bench-") as scratch:
        keep_bytecode(Path(scratch) / "bytecode")
        root = sample_root(Path(scratch))
        mail = load_mail(root)
        with Peers(mail, root) as peers:
            rows = [
                *cold_rows(mail, root, peers, rounds),
                *warm_rows(mail, peers, rounds),
                browser_row(mail, rounds),
                memory_row(mail, root),
                *pixel_rows(mail, root, edits),
            ]
        rows += archive_rows(Path(scratch) / "archive", asked.issues, min(rounds, MOST_ROUNDS))
    rules, kilobytes = mail.css.count("{"), len(mail.message.html.encode()) // 1024
    print(
        f"{mail.words} words, {rules} CSS rules, {kilobytes} KB of mail; medians of {rounds} rounds in turn"
    )
    print(f"Python {sys.version.split()[0]} on {platform.system()}, {os.cpu_count()} cores\n")
    print_table([HEADER, *(row.cells for row in rows)])


def cold_rows(mail: Mail, root: Path, peers: Peers, rounds: int) -> Iterator[Row]:
    """Whole processes: our help and build, and peers that inline, lay out or render the same mail once."""
    newsletter = Path(sys.executable).with_name("newsletter")
    build: list[str | Path] = [newsletter, "--root", root, "build", mail.issue.id, "-o", root / "out"]
    helping, building = "newsletter --help", "build, cold, rules cached"
    figures = take_turns(
        {
            helping: process([newsletter, "--help"]),
            building: process(build),
            **{peer.label: peers.cold(peer) for peer in COLD},
        },
        rounds,
    )
    yield Row(helping, OURS, figures[helping], budget=70)
    yield Row(building, OURS, figures[building], budget=250)
    for peer in COLD:
        yield Row(f"  {peer.work}, cold", peer.label, figures[peer.label], ours=figures[building])


def warm_rows(mail: Mail, peers: Peers, rounds: int) -> Iterator[Row]:
    """Work in a running process: the road, its dear steps, and the examination."""
    groups: tuple[tuple[str, Round, float | None, tuple[Peer, ...]], ...] = (
        ("issue to finished message", clocked(lambda: _message(mail)), 20, WHOLE),
        ("of it inlining", clocked(lambda: inline(mail.document, cache=_cache(mail))), 7, INLINING),
        ("of it Markdown", clocked(lambda: _markdown(mail)), None, MARKDOWN),
        ("disclaimer examination", clocked(lambda: _examination(mail)), 50, ()),
        ("all static checks", clocked(lambda: _checks(mail)), 150, ()),
    )
    contenders: dict[str, Round] = {}
    for work, ours, _, others in groups:
        contenders[work] = ours
        contenders.update({peer.label: peers.warm(peer) for peer in others})
    figures = take_turns(contenders, rounds, warm_ups=min(WARM_UPS, rounds))
    for work, _, budget, others in groups:
        yield Row(work, OURS, figures[work], budget=budget)
        for peer in others:
            yield Row(f"  {peer.work}", peer.label, figures[peer.label], ours=figures[work])


def browser_row(mail: Mail, rounds: int) -> Row:
    """A look at the finished mail in a running browser, in all of its renders."""
    work, budget = "examination with the browser", 5000
    with Browser() as browser:
        if browser.missing:
            return Row(work, OURS, Failed(browser.missing), budget=budget)
        look = clocked(lambda: browser.look(mail.message.html, mail.message.wordings))
        return Row(work, OURS, take_turns({work: look}, min(rounds, MOST_LOOKS))[work], budget=budget)


def memory_row(mail: Mail, root: Path) -> Row:
    """The most resident memory that a build in a process of its own has held."""
    try:
        mib = peak_mib(["--root", root, "build", mail.issue.id, "-o", root / "out"])
    except Failed as failure:
        return Row("peak memory of a build", OURS, failure, "MiB", 100)
    return Row("peak memory of a build", OURS, Figures.of([mib]), "MiB", 100)


def pixel_rows(mail: Mail, root: Path, edits: int) -> list[Row]:
    """From a save to new pixels, beside Eleventy; the memory that takes, and what more edits add to it."""
    name = f"Eleventy {PINNED['@11ty/eleventy']}"
    more = edits * MORE_EDITS
    held: Figures | Failed
    grown: Figures | Failed
    try:
        with chromium() as browser, preview(root, mail.issue.id) as serving, ExitStack() as running:
            ours = Watched(browser, serving.address, mail.issue.path, inside="frame")
            ours.settle(f"/api/issues/{mail.issue.id}/checks")
            ours.prove(PROVING_EDITS)
            contenders: dict[str, Round] = {OURS: ours.edit}
            try:
                address, file = running.enter_context(eleventy(mail, root / "eleventy"))
                contenders[name] = Watched(browser, address, file, inside="page").edit
            except Failed as failure:
                contenders[name] = partial(fail, failure)
            figures = take_turns(contenders, edits)
            running.close()
            held, grown = memory_of(serving.process_id, partial(ours.hurry, more - edits))
    except Failed as failure:
        figures = {OURS: failure, name: failure}
        held = grown = failure
    return [
        Row("save to new pixels", OURS, figures[OURS], budget=150, most=200),
        Row("  the same, nothing inlined", name, figures[name], ours=figures[OURS]),
        Row(f"memory of the preview, {edits} edits", OURS, held, "MiB"),
        Row(f"  what it grows by until {more} edits", OURS, grown, "MiB", MOST_GROWTH_MIB),
    ]


def memory_of(process_id: int, work: Callable[[], None]) -> tuple[Figures | Failed, Figures | Failed]:
    """Return the MiB that a process holds, and how many more after *work*."""
    try:
        before = resident_mib(process_id)
        work()
        return Figures.of([before]), Figures.of([resident_mib(process_id) - before])
    except Failed as failure:
        return failure, failure


def _cache(mail: Mail) -> Path:
    return mail.newsletter.settings.cache_path


def _message(mail: Mail) -> object:
    """From the issue's file to the finished message, with settings, templates and rules already loaded."""
    settings = mail.newsletter.settings
    issue = load_issue(mail.issue.path, settings)
    return compose(issue, settings=settings, theme=mail.newsletter.theme, selection=mail.selection)


def _markdown(mail: Mail) -> object:
    settings = mail.newsletter.settings
    return render(mail.issue, web_url=settings.permalink(mail.issue), image_url=settings.image_url)


def _examination(mail: Mail) -> object:
    return examine(mail.message.html, mail.message.text, mail.message.wordings)


def _checks(mail: Mail) -> object:
    newsletter = mail.newsletter
    return check(
        mail.issue,
        mail.message,
        settings=newsletter.settings,
        registry=newsletter.registry,
        selection=mail.selection,
        today=newsletter.today,
    )


if __name__ == "__main__":
    main(sys.argv[1:])
