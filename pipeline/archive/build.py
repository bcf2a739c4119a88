"""The road of the archive: the one function that turns issues and receipts into the site."""

import hashlib
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from pipeline.archive.facts import Facts, facts_from
from pipeline.archive.guard import guarded
from pipeline.archive.made import Made, Page, Source
from pipeline.archive.plan import Plan, planned
from pipeline.archive.shelf import Shelf
from pipeline.archive.site import Basis, Site
from pipeline.archive.tree import Change, Tree, open_tree, put
from pipeline.archive.work import Told, Workers, workers
from pipeline.errors import SettingsError
from pipeline.model import Finding
from pipeline.settings import FILE
from pipeline.stages.load import issue_paths


class Built(NamedTuple):
    """What stands in the folder now."""

    listed: int  # issues
    unlisted: int
    change: Change
    left_out: tuple[Finding, ...]  # why an issue that nobody was sent yet has no page


def build(basis: Basis, folder: Path, *, told: Told) -> Built:
    """
    Bring the site in *folder* up to date.

    1. read      each issue and what is on record of it; what has not changed since the last build is known
    2. guard     an issue that went out, or is about to, has its page, or nothing is changed at all
    3. plan      which pages there are, and what each is made of
    4. write     the pages that do not stand there already; each is proven to say its disclaimers
    5. exchange  the folder, in one step: whenever a build dies, the old site stands whole

    Args:
        basis: what the build is given.
        folder: the site's.
        told: hears of the progress.

    Raises:
        ChecksFailed: a page would be missing, or be without a disclaimer; the site is as it was.
        Refused: the folder holds what no build put there, or another build is at work in it.
        SettingsError: there is no archive_url.
    """
    site = Site(basis)
    if not site.settings.archive_url:
        raise SettingsError(
            f"{FILE}: no archive_url: nobody knows where the pages will be",
            hint='write archive_url = "https://..." under [tool.newsletter]',
        )
    memory = site.settings.cache_path / "archive" / "made.json"
    with open_tree(folder) as tree, workers(site, tree.staging) as office:
        made = Made.load(memory, version=site.mark, root=site.settings.root, began_ns=time.time_ns())
        facts = _read(issue_paths(site.settings), made, office, told)
        left_out = guarded(facts, site)
        shelf = Shelf(each.card for each in facts.values() if each.card)
        plan = planned(shelf, facts, site)
        files = _written(plan, made, tree, office, told)
        if basis.has_search:
            files |= _searchable(shelf, files, made, tree, site)
        made.save(memory, version=site.mark)
        change = tree.finish(files)
    counted = len(shelf.listed)
    return Built(counted, len(shelf.cards) - counted, change, left_out)


def _read(paths: Sequence[Path], made: Made, office: Workers, told: Told) -> dict[Path, Facts]:
    """Return the facts of every issue: those that are known still, and those that are read now."""
    versions, facts = office.site.basis.record.versions, dict[Path, Facts]()
    new = []
    for path in paths:
        source = made.unchanged(str(path)) or made.same_content(str(path))
        known = source and facts_from(source.facts)
        if known and known.version == versions.get(known.key, ""):
            facts[path] = known
        else:
            new.append(path)
    for path, read in office.read(new, told).items():
        facts[path] = read
        if not read.findings:
            watched = {str(image.path): image.sha256 for image in read.images}
            made.remember(str(path), Source(read.digest, read.plain(), watched))
    return {path: facts[path] for path in paths}


def _written(plan: Plan, made: Made, tree: Tree, office: Workers, told: Told) -> dict[str, str]:
    """Return the digest of every file of the site by its path; what does not stand is in the staging."""
    files = {path: put(tree.staging, content) for path, content in plan.files.items()}
    to_do = []
    for name, (key, task) in plan.tasks.items():
        page = made.page(name)
        if page is None or page.key != key or not page.row.items() <= tree.standing.items():
            to_do.append(task)
        else:
            made.keep(name, page)
            files |= page.row
    for name, row in office.perform(to_do, told):
        made.keep(name, Page(plan.tasks[name][0], row))
        files |= row
    return files


def _searchable(shelf: Shelf, files: Mapping[str, str], made: Made, tree: Tree, site: Site) -> dict[str, str]:
    """Return what the search page needs beside itself: its script, and the index of the listed pages."""
    from pipeline.archive.search import FOLDER, SCRIPT, index  # noqa: PLC0415  (few builds ask for it)

    rows = {"search/search.js": put(tree.staging, SCRIPT.read_bytes())}
    pages = {path: files[path] for path in (f"{card.slug}/index.html" for card in shelf.listed)}
    key = hashlib.sha256(repr(sorted(pages.items())).encode()).hexdigest()
    page = made.page("search index")
    if page is None or page.key != key or not page.row.items() <= tree.standing.items():
        with tree.laid_out(pages) as folder:
            count = index(folder, language=site.settings.language)
            if count != len(pages):
                raise SettingsError(
                    f"the search found {count} of {len(pages)} listed pages",
                    hint="write data-pagefind-body on the article of templates/archive/issue.html",
                )
            found = (path for path in (folder / FOLDER).rglob("*") if path.is_file())
            row = {
                path.relative_to(folder).as_posix(): put(tree.staging, path.read_bytes()) for path in found
            }
        page = Page(key, row)
    made.keep("search index", page)
    return {**rows, **page.row}
