"""
The work of a build, cut into tasks that hang on nothing but what they are given and the site.

Each yields the files that it makes, so that any process may do it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from pipeline.archive.card import Card
from pipeline.archive.facts import digest_of, letter_files, page_wordings
from pipeline.archive.feeds import ATOM, JSON_FEED, atom, json_feed
from pipeline.archive.page import PageFacts
from pipeline.archive.pages import Beside, entry_html, frame_findings, issue_page, list_page, page_of
from pipeline.archive.pictures import picture_files
from pipeline.archive.sent import as_sent
from pipeline.archive.shelf import Shelf
from pipeline.archive.site import Site
from pipeline.errors import ChecksFailed, IssueError
from pipeline.examine import examine_page
from pipeline.files import write_whole
from pipeline.images import encoder, published_name
from pipeline.model import Finding, Image, Issue
from pipeline.receipts import neutral_names
from pipeline.stages.load import load_issue

# what an issue can hold that its template tells apart: text, and sources below it
_SPECIMEN = "A letter.[^1]\n\n[^1]: A source.\n"


class Read(NamedTuple):
    """What an issue was read from."""

    path: Path
    digest: str  # of that file
    images: tuple[Image, ...]  # all that the issue shows, and perhaps more


class Task(Protocol):
    """A piece of work; picklable."""

    @property
    def name(self) -> str:
        """What it makes; unlike that of any other task of the build."""

    def files(self, site: Site) -> Iterator[tuple[str, bytes]]:
        """Yield the path and the content of each file that it makes."""


@dataclass(frozen=True, slots=True)
class IssueTask:
    """The page of an issue, and the letter as it was sent."""

    read: Read
    card: Card
    beside: Beside

    @property
    def name(self) -> str:
        """The page's path."""
        return f"{self.card.slug}/"

    def files(self, site: Site) -> Iterator[tuple[str, bytes]]:
        """Yield the page and the letter."""
        issue, card = _loaded(self.read, site), self.card
        page = issue_page(issue, card, self.beside, page_wordings(card, issue, site), site)
        yield f"{card.slug}/index.html", page.encode()
        if card.as_sent:
            parts = site.kept(card.key).parts
            html, text = (parts[name] for name in neutral_names(rehearsal=site.basis.rehearsal))
            public = as_sent(html, text, web_url=site.settings.permalink(issue))
            for path, part in zip(letter_files(card.slug), public, strict=True):
                yield path, part.encode()

    def frame(self, site: Site) -> tuple[Finding, ...]:
        """Return why some reader would not see a wording on the page, whatever its text is."""
        return issue_frame(_loaded(self.read, site), self.card, self.beside, site)


@dataclass(frozen=True, slots=True)
class ImageTask:
    """An image of one or more issues, in the sizes that mails and pages ask for."""

    image: Image

    @property
    def name(self) -> str:
        """The path of its widest file."""
        return f"assets/{published_name(self.image)}"

    def files(self, site: Site) -> Iterator[tuple[str, bytes]]:
        """Yield each size: it is encoded once and kept, as long as the same would come of it."""
        folder = site.settings.cache_path / "assets" / encoder()
        for name, encoded in picture_files([self.image]).items():
            path = folder / name
            if not path.is_file():
                write_whole(path, encoded())
            yield f"assets/{name}", path.read_bytes()


@dataclass(frozen=True, slots=True)
class PageTask:
    """A page that is no issue's."""

    template: str
    facts: PageFacts
    context: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The page's path."""
        return self.facts.path or "index.html"

    def files(self, site: Site) -> Iterator[tuple[str, bytes]]:
        """Yield the page."""
        path = self.facts.path
        path = path if path.endswith(".html") else f"{path}index.html"
        yield path, list_page(self.template, self.facts, self.context, site).encode()

    def frame(self, site: Site) -> tuple[Finding, ...]:
        """Return why some reader would not see a wording on it."""
        page = list_page(self.template, self.facts, self.context, site)
        return frame_findings(page, self.facts, site.always, site)


@dataclass(frozen=True, slots=True)
class FrameTask:
    """The examination of the frame in which pages of one kind show their wordings; makes no file."""

    name: str
    of: "IssueTask | PageTask | FeedsTask"  # one of its kind

    def files(self, site: Site) -> Iterator[tuple[str, bytes]]:
        """
        Yield nothing.

        Raises:
            ChecksFailed: some reader would not see a wording.
        """
        findings = self.of.frame(site)
        if findings:
            raise ChecksFailed(
                f"{self.name}: not every reader of the archive would see a disclaimer",
                hint="mend templates/archive/: around a disclaimer, style sheet and markup stay plain",
                findings=findings,
            )
        yield from ()


class FeedEntry(NamedTuple):
    """An issue that the feeds hold."""

    read: Read
    card: Card
    review_due: bool
    kind: str  # entries of one kind have their wordings in the same frame

    def html(self, issue: Issue, site: Site) -> str:
        """Return what feeds carry of *issue*, which is this one, whatever its text is."""
        wordings = page_wordings(self.card, issue, site)
        return entry_html(issue, self.card, wordings, site, review_due=self.review_due)


@dataclass(frozen=True, slots=True)
class FeedsTask:
    """Both feeds."""

    name: str
    newest: tuple[FeedEntry, ...]

    def files(self, site: Site) -> Iterator[tuple[str, bytes]]:
        """Yield the Atom feed and the JSON feed."""
        contents = {}
        for entry in self.newest:
            contents[entry.card.key] = entry.html(_loaded(entry.read, site), site)
        shelf = Shelf(entry.card for entry in self.newest)
        yield ATOM, atom(shelf, contents, settings=site.settings)
        yield JSON_FEED, json_feed(shelf, contents, settings=site.settings)

    def frame(self, site: Site) -> tuple[Finding, ...]:
        """Return why some reader would not see a wording in an entry, whatever its text is."""
        findings: list[Finding] = []
        for entry in {entry.kind: entry for entry in self.newest}.values():
            issue = replace(_loaded(entry.read, site), body=_SPECIMEN)
            page = f"<!DOCTYPE html><body>{entry.html(issue, site)}</body>"
            wordings = page_wordings(entry.card, issue, site)
            findings += examine_page(page, wordings, others=site.registry.wordings)
        return tuple(findings)


def issue_frame(issue: Issue, card: Card, beside: Beside, site: Site) -> tuple[Finding, ...]:
    """Return why some reader would not see a wording on the page of *issue*, whatever its text is."""
    wordings = page_wordings(card, issue, site)
    page = issue_page(replace(issue, body=_SPECIMEN), card, beside, wordings, site)
    return frame_findings(page, page_of(card), wordings, site)


def _loaded(read: Read, site: Site) -> Issue:
    """
    Return the issue that was read from *read*.

    Raises:
        IssueError: it is another one by now: what was chosen for the old one is not what the new one needs.
            Or an image in it is: its new files are not published.
    """
    issue = load_issue(read.path, site.settings)
    known = {image.src: image.sha256 for image in read.images}
    shown = {image.src: image.sha256 for image in issue.images.values()}
    if digest_of(read.path) != read.digest or not shown.items() <= known.items():
        raise IssueError(
            f"{issue.file}: it or its image was changed while the site was built, which stands as it was",
            hint="run the command again",
        )
    return issue
