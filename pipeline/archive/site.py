"""
What all pages of one build share; every process that writes pages opens it from the same basis.

What only writing takes is imported when it is first asked for: a build that finds nothing changed needs none.
"""

import datetime as dt
import hashlib
import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from pipeline.archive.made import Signature, key_of, signature_of
from pipeline.errors import ChecksFailed, SettingsError
from pipeline.model import Image, Wording
from pipeline.receipts import Kept, Snapshot
from pipeline.settings import FILE, Settings, load_settings

if TYPE_CHECKING:
    from pipeline.archive.signup import SignUp
    from pipeline.archive.theme import SiteTheme
    from pipeline.disclaimers.registry import Registry
    from pipeline.newsletter import Newsletter

# that pages are made with, or the mail whose digest a page names
_LIBRARIES = (
    *("Jinja2", "Markdown", "MarkupSafe", "Pillow", "PyYAML", "cssselect", "lxml", "nh3", "premailer"),
    *("selectolax", "tinycss2", "tzdata"),
)
_PACKAGE = Path(__file__).parents[1]
_DAY = re.compile(rb"\b\d{4}-\d\d-\d\d\b")

Told = Callable[[str, int, int], None]
"""Hears what a build is doing, how much of it is done, and of how much."""


class Basis(NamedTuple):
    """What a build is given; beside it, pages hang on the repository's files alone."""

    root: Path  # of the newsletter
    today: dt.date  # pages show the wordings in force on it, and say which reviews are due
    rehearsal: bool  # the newsletter's provider reaches no reader: the record of rehearsals counts
    has_search: bool
    record: Snapshot


class Part(NamedTuple):
    """What every page hangs on, beside its own sources."""

    signature: Signature  # of the file, taken before it was read
    content: str  # a version, or a digest


class Site:
    """One build's settings, templates and wordings. What it loads it loads once."""

    def __init__(self, basis: Basis) -> None:
        """
        Open the site.

        Raises:
            SettingsError: the settings are wrong.
        """
        self.basis = basis
        self._opened = signature_of(os.fspath(basis.root / FILE))
        self.settings: Settings = load_settings(basis.root)
        self._kept: dict[str, Kept] = {}

    def fetch(self, keys: Iterable[str]) -> None:
        """Read what is on record of *keys* in one go, in place of what was fetched before."""
        self._kept = dict(self.basis.record.read(sorted(set(keys))))

    def kept(self, key: str) -> Kept:
        """Return what is on record of *key*: fetched, or read now."""
        if key not in self._kept:
            self._kept |= self.basis.record.read([key])
        return self._kept[key]

    @cached_property
    def newsletter(self) -> "Newsletter":
        """The newsletter, whose mails pages belong to."""
        from pipeline.newsletter import Newsletter  # noqa: PLC0415  (see above)

        noon = dt.datetime.combine(self.basis.today, dt.time(12), ZoneInfo(self.settings.timezone))
        return Newsletter(self.basis.root, clock=lambda: noon)

    @property
    def registry(self) -> "Registry":
        """The approved wordings."""
        return self.newsletter.registry

    @cached_property
    def theme(self) -> "SiteTheme":
        """The site's templates and style sheet."""
        from pipeline.archive.theme import SiteTheme  # noqa: PLC0415  (see above)

        return SiteTheme(self.settings.templates_path, self.settings.cache_path)

    @cached_property
    def style_sheet(self) -> str:
        """The path of the style sheet: named by its content, so that browsers may keep it for ever."""
        return f"assets/site-{hashlib.sha256(self.theme.css).hexdigest()[:12]}.css"

    @cached_property
    def sign_up(self) -> "SignUp | None":
        """The provider's form, when the settings have its address."""
        from pipeline.archive.signup import sign_up  # noqa: PLC0415  (see above)

        return sign_up(self.settings)

    @cached_property
    def image_files(self) -> Mapping[str, Image]:
        """Every image in the folder of the issues by the names under which it would be published."""
        from pipeline.archive.letterimages import image_files  # noqa: PLC0415  (few sites ask for it)

        return image_files(self.settings)

    @cached_property
    def always(self) -> tuple[Wording, ...]:
        """
        The wordings of a page that is no issue's: those that every text needs.

        Raises:
            ChecksFailed: one cannot be chosen.
        """
        from pipeline.disclaimers.select import select_for  # noqa: PLC0415  (see above)

        settings = self.settings
        selection = select_for((), settings.language, settings, self.registry, on=self.basis.today)
        if selection.findings:
            raise ChecksFailed(
                "no page can be shown: a wording that each needs is missing",
                hint="add it to templates/disclaimers/",
                findings=selection.findings,
            )
        return selection.wordings

    @cached_property
    def parts(self) -> Mapping[str, Part]:
        """
        All that every page hangs on, by name: Python, libraries, code, templates, wordings, settings.

        Of the day of the build, only this counts: which of the days that wordings name, such as those on
        which one comes into force, have come.

        Raises:
            UsageError: there is to be a search, and what indexes pages is not installed.
        """
        parts = {name: Part(None, version(name)) for name in _LIBRARIES}
        parts["Python"] = Part(None, sys.version)
        if self.basis.has_search:
            from pipeline.archive.search import indexer  # noqa: PLC0415  (few builds ask for it)

            parts["search"] = Part(None, indexer())
        settings, today = self.settings, self.basis.today.isoformat().encode()
        code = (path for path in _PACKAGE.rglob("*") if path.suffix in (".py", ".js", ".toml"))
        # the mail's, too: the page of a letter that is yet to go out names its digest
        parts |= {str(path): _part(path) for path in (*code, *_files(settings.templates_path))}
        for path in _files(settings.registry_path):
            parts[str(path)] = _part(path, lambda text: [day <= today for day in _DAY.findall(text)])
        parts[str(settings.root / FILE)] = _part(settings.root / FILE)._replace(signature=self._opened)
        return parts

    @cached_property
    def mark(self) -> str:
        """A digest of all that every page hangs on: whatever of it changes, every page is made anew."""
        contents = sorted((name, part.content) for name, part in self.parts.items())
        return key_of(self.basis.rehearsal, self.basis.has_search, contents)

    def demand_unchanged(self) -> None:
        """
        Refuse what was made while its parts changed: nobody knows which page was made of which.

        Be it that a part is as it was again: pages may have been made of it meanwhile.

        Raises:
            SettingsError: a part is another one than at the beginning; it is named.
        """
        now = Site(self.basis).parts
        for name in sorted(self.parts.keys() | now.keys()):
            if self.parts.get(name) != now.get(name):
                raise SettingsError(
                    f"{name.removeprefix(f'{self.settings.root}/')}: was changed while the site was built, "
                    "which stands as it was",
                    hint="run the command again",
                )


def _part(path: Path, more: Callable[[bytes], object] = lambda _: None) -> Part:
    """Return what a file is, and what *more* reads out of it."""
    signature = signature_of(os.fspath(path))
    try:
        content = path.read_bytes()
    except OSError:  # an editor's own file, gone by now; what pages need is missed where it is read
        return Part(signature, "")
    return Part(signature, key_of(hashlib.sha256(content).hexdigest(), more(content)))


def _files(folder: Path) -> list[Path]:
    """Return every file below *folder*, also where a folder is a link to another place."""
    found = (Path(at) / name for at, _, names in os.walk(folder, followlinks=True) for name in names)
    return sorted(path for path in found if path.is_file())
