"""The table that the benchmark prints: our figures beside their budgets, a peer's beside ours."""

from collections.abc import Sequence
from dataclasses import dataclass

from timing import Failed, Figures

OURS = "ours"
HEADER = ("work", "by", "budget", "median", "p90", "min", "verdict, or ours : theirs")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    work: str
    by: str
    figures: Figures | Failed
    unit: str = "ms"
    budget: float | None = None  # of the median; ours only
    most: float | None = None  # budget of the 90th percentile; with a budget only
    ours: Figures | Failed | None = None  # what a peer is held against

    @property
    def cells(self) -> tuple[str, ...]:
        """The row as the table shows it."""
        most = f", p90 {self.most:g}" if self.most is not None else ""
        budget = f"{self.budget:g}{most} {self.unit}" if self.budget is not None else ""
        if isinstance(self.figures, Failed):
            return (self.work, self.by, budget, "-", "-", "-", f"absent: {self.figures}")
        of = self.figures
        shown = (_rounded(value) for value in (of.median, of.p90, of.min))
        return (self.work, self.by, budget, *shown, self._verdict(of))

    def _verdict(self, figures: Figures) -> str:
        if self.budget is not None:
            over = max(figures.median / self.budget, figures.p90 / self.most if self.most else 0)
            return "met" if over <= 1 else f"over by {over:.2f}x"
        if isinstance(self.ours, Figures):
            ratio = self.ours.median / figures.median
            return f"{_rounded(ratio)} : 1"
        return ""


def _rounded(value: float) -> str:
    """Three figures that count, as far as the decimal point allows."""
    whole = len(str(int(value)))
    return f"{value:.{max(3 - whole, 0)}f}"


def print_table(rows: Sequence[tuple[str, ...]]) -> None:
    """Print *rows*, the first of them the header, in aligned columns; figures to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for number, row in enumerate(rows):
        cells = [
            cell.rjust(width) if column in (2, 3, 4, 5) else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        print("  ".join(cells).rstrip())
        if not number:
            print("  ".join("-" * width for width in widths))
