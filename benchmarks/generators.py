"""
Sites made of the same past issues: ours, and those of generators that others use.

A peer gets each letter's Markdown as it is, front matter in its own words, a copy of the picture, and plain
templates of ours (peers/<name>/) for the same kinds of output: a page for each issue, an index, a page for
each tag, an Atom feed of the last 20. That is less than we make: no mail as it was sent, no disclaimers that
are looked for on every page, no years, authors or reviewers. Eleventy leaves footnotes as they are written.
"""

import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from installed import PINNED, PYTHON, hugo_program, node_program, python_program
from past import Corpus, Past, front_matter
from table import OURS
from timing import Failed

_FILES = Path(__file__).parent / "peers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What one program makes of all issues."""

    label: str  # the program, as the table shows it
    build: Sequence[str | Path]  # the command
    rebuild: Sequence[str | Path]  # the same after an edit of the newest issue
    way: str  # how it goes about that, for the table
    folder: Path  # where it runs
    output: Path
    memory: tuple[Path, ...] = ()  # what it keeps of earlier builds beside the output
    sources: Path  # holds <id>/index.md
    pages: Path  # holds <id>/index.html
    issues: tuple[str, ...]  # ids, oldest first

    def forget(self) -> None:
        """Remove the output, and all that is remembered of it."""
        for path in (self.output, *self.memory):
            shutil.rmtree(path, ignore_errors=True)

    def edit(self, mark: str) -> None:
        """Add a paragraph that says *mark* to the newest issue, in place of the one added before."""
        path = self.sources / self.issues[-1] / "index.md"
        body = path.read_text(encoding="utf-8").split("\n\nEdited: ", 1)[0].rstrip()
        path.write_text(f"{body}\n\nEdited: {mark}.\n", encoding="utf-8")

    def prove(self, mark: str = "") -> None:
        """
        Make sure that the site is whole, and shows the last edit.

        Raises:
            Failed: a page or the feed is missing, or the newest page does not say *mark*.
        """
        pages = [self.pages / issue / "index.html" for issue in self.issues]
        wanted = [self.output / "index.html", self.output / "feed.xml", *pages]
        missing = [path.relative_to(self.output).as_posix() for path in wanted if not path.is_file()]
        if missing:
            raise Failed(f"{len(missing)} of its files are missing, such as {missing[0]}")
        if mark not in pages[-1].read_text(encoding="utf-8"):
            raise Failed(f"the page of the edited issue does not say {mark!r}")


def our_site(corpus: Corpus, *options: str) -> Site:
    """Return our archive of *corpus*, made with these options of `newsletter archive`."""
    output = corpus.root.with_name(f"{corpus.root.name}-public")
    newsletter = Path(sys.executable).with_name("newsletter")
    command = [newsletter, "--root", corpus.root, "archive", "-o", output, *options]
    return Site(
        label=OURS,
        build=command,
        rebuild=command,
        way="",
        folder=corpus.root,
        output=output,
        memory=(corpus.root / ".newsletter" / "cache" / "archive",),
        sources=corpus.root / "issues",
        pages=output,
        issues=tuple(past.id for past in corpus.pasts),
    )


def pelican(corpus: Corpus, folder: Path) -> Site:
    """
    Return pelican's site, written in *folder*, which is new.

    After an edit its cache is on, which spares it the Markdown of the rest.

    Raises:
        Failed: it is not to be had.
    """
    program = python_program("pelican")
    sources = lay_out("pelican", corpus, folder)
    command = [program, "content", "-o", "output", "-s", "pelicanconf.py", "--quiet", "--fatal", "errors"]
    return Site(
        label=PYTHON["pelican"][0].replace("==", " "),
        build=command,
        rebuild=[*command, "-e", "CACHE_CONTENT=true", "LOAD_CONTENT_CACHE=true"],
        way="with its cache",
        folder=folder,
        output=folder / "output",
        memory=(folder / "cache",),
        sources=sources,
        pages=folder / "output" / "issues",
        issues=tuple(past.id for past in corpus.pasts),
    )


def eleventy(corpus: Corpus, folder: Path) -> Site:
    """
    Return Eleventy's site, written in *folder*, which is new; after an edit it makes everything again.

    Its `--incremental=FILE`, for one build without a server, ends in 3.1.8 with "`templateRender` has not yet
    initialized" (seen 2026-11-27); its other incremental builds are those of a server that keeps running.
    Of 10,000 issues it copies all pictures at once, and ends with EMFILE where 20,000 files may be open.

    Raises:
        Failed: it is not to be had.
    """
    command = [*node_program("@11ty/eleventy/cmd.cjs"), "--quiet"]
    sources = lay_out("eleventy", corpus, folder)
    return Site(
        label=f"Eleventy {PINNED['@11ty/eleventy']}",
        build=command,
        rebuild=command,
        way="in full",
        folder=folder,
        output=folder / "_site",
        sources=sources,
        pages=folder / "_site" / "issues",
        issues=tuple(past.id for past in corpus.pasts),
    )


def hugo(corpus: Corpus, folder: Path) -> Site:
    """
    Return Hugo's site, written in *folder*, which is new; after an edit it makes everything again.

    Raises:
        Failed: it is not to be had.
    """
    program = hugo_program()
    command = [program, "--quiet", "--noBuildLock", "--cacheDir", folder / "cache"]
    sources = lay_out("hugo", corpus, folder)
    return Site(
        label=f"Hugo {_hugo_version(program)}",
        build=command,
        rebuild=command,
        way="in full",
        folder=folder,
        output=folder / "public",
        memory=(folder / "cache", folder / "resources"),
        sources=sources,
        pages=folder / "public" / "issues",
        issues=tuple(past.id for past in corpus.pasts),
    )


def lay_out(name: str, corpus: Corpus, folder: Path) -> Path:
    """
    Write what a peer builds from: its settings, its templates, and every issue with its picture.

    Args:
        name: of its folder among our files.
        corpus: the issues.
        folder: a new one.

    Returns:
        The folder of its issues.
    """
    sources, styles, words = _LAYOUTS[name]
    shutil.copytree(_FILES / name, folder)
    (folder / styles).mkdir(parents=True, exist_ok=True)
    shutil.copy(_FILES / "site.css", folder / styles)
    for past in corpus.pasts:
        issue = folder / sources / past.id
        issue.mkdir(parents=True)
        (issue / "index.md").write_text(words(past) + past.letter.body, encoding="utf-8")
        shutil.copyfile(corpus.pictures / past.picture, issue / past.picture)
    return folder / sources


def _pelican_words(past: Past) -> str:
    """Return front matter as pelican reads it: Python-Markdown's meta data."""
    values = {
        "Title": past.letter.title,
        "Date": f"{past.at:%Y-%m-%d %H:%M}",
        "Slug": past.id,
        "Tags": ", ".join(past.tags),
        "Authors": "; ".join(past.authors),
        "Summary": past.letter.description,
        "Description": past.letter.description,
        "Picture": past.picture,
        "Alt": past.alt,
    }
    return "".join(f"{key}: {value}\n" for key, value in values.items()) + "\n"


def _yaml_words(past: Past) -> str:
    """Return front matter as Eleventy and Hugo read it."""
    return front_matter(
        {
            "title": past.letter.title,
            "date": past.at.isoformat(),
            "tags": past.tags,
            "authors": past.authors,
            "description": past.letter.description,
            "picture": past.picture,
            "alt": past.alt,
        }
    )


# where the issues lie, where the style sheet lies, and how front matter is written
_LAYOUTS: dict[str, tuple[str, str, Callable[[Past], str]]] = {
    "pelican": ("content/issues", "theme/static/css", _pelican_words),
    "eleventy": ("issues", ".", _yaml_words),
    "hugo": ("content/issues", "static", _yaml_words),
}
PEERS: dict[str, Callable[[Corpus, Path], Site]] = {"pelican": pelican, "Eleventy": eleventy, "Hugo": hugo}


def _hugo_version(program: Path) -> str:
    """Return the version of a Hugo, which says `hugo v0.168.0-e27a676+extended linux/amd64 ...`."""
    told = subprocess.run([program, "version"], capture_output=True, text=True, check=False).stdout
    return told.removeprefix("hugo v").split("-")[0].split("+")[0].split(" ")[0]
