"""The road of the archive: the one function that turns issues and receipts into the site."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote

from pipeline.archive.made import Made, Page, Source, key_of
from pipeline.archive.site import Basis, Site, Told
from pipeline.archive.tree import Change, Tree, joined, open_tree, put
from pipeline.errors import SettingsError
from pipeline.model import Finding
from pipeline.settings import FILE
from pipeline.stages.load import issue_paths

if TYPE_CHECKING:
    from pipeline.archive.facts import Facts
    from pipeline.archive.plan import Plan
    from pipeline.archive.shelf import Shelf
    from pipeline.archive.workers import Workers


class Built(NamedTuple):
    """What stands in the folder now."""

    listed: int  # issues
    unlisted: int
    change: Change
    left_out: tuple[Finding, ...]  # why an issue that nobody was sent yet has no page
    elsewhere: tuple[str, ...]  # files of listed issues that name another page as theirs: no sitemap has them


def build(basis: Basis, folder: Path, *, told: Told) -> Built:
    """
    Bring the site in *folder* up to date.

    1. read      each issue and what is on record of it, save what is known from the last build
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
    with open_tree(folder) as tree:
        made = Made.load(memory, version=site.mark, root=site.settings.root, began_ns=time.time_ns())
        known = _known(made, site)
        stands = _stands(known, made, tree, site)
        if stands is not None:
            return stands
        built = _built(known, made, tree, site, told)
        made.save(memory, version=site.mark)
        return built


def _built(known: Mapping[Path, Any], made: Made, tree: Tree, site: Site, told: Told) -> Built:
    # imported here: what writes pages takes longer to load than a site takes in which nothing has changed
    from pipeline.archive.guard import guarded  # noqa: PLC0415
    from pipeline.archive.plan import planned  # noqa: PLC0415
    from pipeline.archive.shelf import Shelf  # noqa: PLC0415
    from pipeline.archive.workers import workers  # noqa: PLC0415

    with workers(site, tree.staging) as office:
        facts, left_out = guarded(_read(known, made, office, told), site)
        shelf = Shelf(each.card for each in facts.values() if each.card)
        plan = planned(shelf, facts, site)
        files = _written(plan, made, tree, office, told)
    if site.basis.has_search:
        files |= _searchable(shelf, files, made, tree, site)
    site.demand_unchanged()
    change = tree.finish(files)
    listed = len(shelf.listed)
    elsewhere = sorted(card.file for card in shelf.listed if card.canonical_url)
    if not left_out:
        plains = {path: known[path] or each.plain() for path, each in facts.items()}
        row = [listed, len(shelf.cards), elsewhere, _listing(files)]
        made.keep("site", Page(_key(plains, site), row))
    return Built(listed, len(shelf.cards) - listed, change, left_out, tuple(elsewhere))


def _known(made: Made, site: Site) -> dict[Path, Any]:
    """Return the plain facts of every issue that did not change since they were read; None for the others."""
    versions, known = site.basis.record.versions, {}
    for path in issue_paths(site.settings):
        source = made.unchanged(str(path)) or made.same_content(str(path))
        facts = source and source.facts
        known[path] = facts if facts and facts["version"] == versions.get(facts["key"], "") else None
    return known


def _stands(known: Mapping[Path, Any], made: Made, tree: Tree, site: Site) -> Built | None:
    """Return what stands already, when there is nothing to do; else None."""
    page = made.page("site")
    if page is None or None in known.values() or page.key != _key(known, site):
        return None
    listed, total, elsewhere, digest = page.row
    if digest != _listing(tree.standing):
        return None
    return Built(listed, total - listed, Change((), (), len(tree.standing)), (), tuple(elsewhere))


def _key(plains: Mapping[Path, Any], site: Site) -> str:
    """Return a name of all that the site is made of: beside its issues, what is on record of any key."""
    today = site.basis.today.isoformat()
    made_of: list[Any] = [sorted(site.basis.record.versions.items())]
    for plain in plains.values():
        due = plain["card"] and plain["card"]["next_review"]
        made_of.append([plain["mark"], plain["version"], bool(due and due < today)])
    return key_of(made_of)


def _listing(files: Mapping[str, str]) -> str:
    """Return a name of these files with their contents."""
    return key_of(sorted(files.items()))


def _read(known: Mapping[Path, Any], made: Made, office: "Workers", told: Told) -> "dict[Path, Facts]":
    """Return the facts of every issue: those that are known still, and those that are read now."""
    from pipeline.archive.facts import facts_from  # noqa: PLC0415  (as above)

    new = office.read([path for path, plain in known.items() if plain is None], told)
    for path, facts in new.items():
        if not facts.findings:
            # by the issue's own name for it: a link may lead to another file next time
            watched = {str(path.parent / unquote(image.src)): image.sha256 for image in facts.images}
            made.remember(str(path), Source(facts.digest, facts.plain(), watched))
    return {path: new[path] if plain is None else facts_from(plain) for path, plain in known.items()}


def _written(plan: "Plan", made: Made, tree: Tree, office: "Workers", told: Told) -> dict[str, str]:
    """Return the digest of every file of the site by its path; what does not stand is in the staging."""
    rows: list[Mapping[str, str]] = [
        {path: put(tree.staging, content) for path, content in plan.files.items()}
    ]
    to_do = []
    for name, (key, task) in plan.tasks.items():
        page = made.page(name)
        if page is None or page.key != key or not page.row.items() <= tree.standing.items():
            to_do.append(task)
        else:
            made.keep(name, page)
            rows.append(page.row)
    for name, row in office.perform(to_do, told):
        made.keep(name, Page(plan.tasks[name][0], row))
        rows.append(row)
    return joined(rows)


def _searchable(
    shelf: "Shelf", files: Mapping[str, str], made: Made, tree: Tree, site: Site
) -> dict[str, str]:
    """Return what the search page needs beside itself: its script, and the index of the listed pages."""
    from pipeline.archive.search import FOLDER, SCRIPT, index  # noqa: PLC0415  (few builds ask for it)

    rows = {"search/search.js": put(tree.staging, SCRIPT.read_bytes())}
    pages = {path: files[path] for path in (f"{card.slug}/index.html" for card in shelf.listed)}
    key = _listing(pages)
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
