"""`newsletter archive`: past issues as a static website."""

from pathlib import Path
from zoneinfo import ZoneInfo

from pipeline.archive.build import Built, build
from pipeline.archive.site import Basis, Told
from pipeline.clock import Clock
from pipeline.output import Result
from pipeline.providers import REHEARSING
from pipeline.receipts import open_receipts
from pipeline.settings import load_settings

_NAMED = 3  # files that a line names; --json has them all


def archive(start: Path, *, folder: Path | None, search: bool, told: Told, clock: Clock) -> Result:
    """
    Bring the site up to date.

    Args:
        start: a folder inside the newsletter's repository.
        folder: the site's; default public/ under the root.
        search: build the search page and its index, too.
        told: hears of the progress.
        clock: the clock.

    Raises:
        ChecksFailed: a page would be missing, or be without a disclaimer; the site is as it was.
        ReceiptError: the record cannot be read: nobody knows what was sent.
    """
    settings = load_settings(start)
    basis = Basis(
        root=settings.root,
        today=clock().astimezone(ZoneInfo(settings.timezone)).date(),
        rehearsal=settings.provider in REHEARSING,
        has_search=search,
        record=open_receipts(settings, clock).snapshot(),
    )
    target = folder or settings.root / "public"
    built = build(basis, target, told=told)
    return Result(_data(target, built), _words(target, built, basis), built.left_out)


def _data(folder: Path, built: Built) -> dict[str, object]:
    change = built.change
    return {
        "folder": str(folder),
        "listed": built.listed,
        "unlisted": built.unlisted,
        "written": list(change.written),
        "removed": list(change.removed),
        "kept": change.kept,
        "left_out": _left_out(built),
        "elsewhere": list(built.elsewhere),
    }


def _words(folder: Path, built: Built, basis: Basis) -> str:
    change = built.change
    unlisted = f", {built.unlisted} of them unlisted" if built.unlisted else ""
    left_out = f", {len(_left_out(built))} left out" if built.left_out else ""
    if not change.written and not change.removed:
        did = "nothing has changed"
    else:
        did = f"{_counted(len(change.written), 'file')} written, {change.kept} kept"
        did += f", {len(change.removed)} removed" if change.removed else ""
    elsewhere = ""
    if built.elsewhere:
        which = f"{_counted(len(built.elsewhere), 'issue')} not in the sitemap"
        elsewhere = f"{which}, by canonical_url: {', '.join(built.elsewhere[:_NAMED])}"
        elsewhere += ", ...\n" if len(built.elsewhere) > _NAMED else "\n"
    rehearsal = "a rehearsal: nothing on it was sent to readers\n" if basis.rehearsal else ""
    issues = f"{_counted(built.listed + built.unlisted, 'issue')}{unlisted}{left_out}"
    return f"{folder}: {issues}; {did}\n{elsewhere}{rehearsal}"


def _left_out(built: Built) -> list[str]:
    """Return the files of issues that have no page and should have one."""
    return sorted({finding.file for finding in built.left_out})


def _counted(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
