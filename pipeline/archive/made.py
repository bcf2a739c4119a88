"""
The memory of the build: what was made of which files, so that what did not change is not made again.

A file is unchanged when its signature is: size, both times, inode. That asks the disk for no content. A file
that was changed within two seconds of the build, or after it began, may change again under the same signature
(clocks of file systems are coarse), so its signature is not kept: next time its content decides.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.files import write_whole

_RACY_NS = 2_000_000_000  # FAT has the coarsest clock in use: two seconds
_UNSURE: list[int] = [0]  # equals no signature
Signature = list[int] | None  # None: no such file


def key_of(*made_of: object) -> str:
    """Return the name of what something was made of, hex: values whose `repr` says all there is to them."""
    return hashlib.sha256(repr(made_of).encode()).hexdigest()


def signature_of(path: str) -> Signature:
    """Return the signature of the file *path*."""
    try:
        stat = os.stat(path)  # noqa: PTH116 - twice as fast
    except OSError:
        return None
    return [stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino]


class Source(NamedTuple):
    """What is known of an issue's file."""

    digest: str  # SHA-256 of its bytes, hex
    facts: Any  # what the build took from it: a JSON value, never changed in place
    watched: Mapping[
        str, str
    ]  # further files it was read with, such as images: path to digest, "" when missing


class Page(NamedTuple):
    """What is known of a page."""

    key: str  # hex; names everything that the page was made of
    row: Any  # what its making told: a JSON value, never changed in place


class _Entry(NamedTuple):
    digest: str
    facts: Any
    watched: Mapping[str, str]
    signatures: list[Signature]  # of the file, then of each that is watched


class Made:
    """
    What the last build made, and, bit by bit, what this one does.

    Only what this build asks for and finds unchanged, or remembers, is saved; the rest is forgotten.
    Paths of files are relative to the root, or absolute.
    """

    def __init__(self, root: Path, began_ns: int, sources: dict[str, _Entry], pages: dict[str, Page]) -> None:
        """Take what the last build saved; use `load`."""
        self._root = os.fspath(root)
        self._sure_before_ns = began_ns - _RACY_NS
        self._old_sources, self._old_pages = sources, pages
        self._sources: dict[str, _Entry] = {}
        self._pages: dict[str, Page] = {}
        self._signatures: dict[str, Signature] = {}

    @classmethod
    def load(cls, path: Path, *, version: str, root: Path, began_ns: int) -> "Made":
        """
        Read what the last build saved; it is empty when missing, broken, or of another version.

        Args:
            path: the file.
            version: of all that decides what is made of a source: ours, and the form of facts and rows.
            root: of the newsletter.
            began_ns: a moment before any file of this build was read, in nanoseconds since the epoch.
        """
        try:
            plain = json.loads(path.read_bytes())
            if plain["version"] == version:
                sources = {file: _Entry(*entry) for file, entry in plain["sources"].items()}
                pages = {name: Page(*page) for name, page in plain["pages"].items()}
                return cls(root, began_ns, sources, pages)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            pass
        return cls(root, began_ns, {}, {})

    def unchanged(self, file: str) -> Source | None:
        """Return what is known of *file* when it and all it watches have their signatures; else None."""
        entry = self._old_sources.get(file)
        if entry is None:
            return None
        for path, signature in zip((file, *entry.watched), entry.signatures, strict=True):
            if self._signature(path) != signature:
                return None
        self._sources[file] = entry
        return Source(entry.digest, entry.facts, entry.watched)

    def same_content(self, file: str) -> Source | None:
        """Return what is known of *file* when it and all it watches have their old bytes; else None."""
        entry = self._old_sources.get(file)
        if entry is None:
            return None
        for path, digest in ((file, entry.digest), *entry.watched.items()):
            self._signature(path)  # taken before the bytes are: a change in between is found next time
            if self._digest(path) != digest:
                return None
        source = Source(entry.digest, entry.facts, entry.watched)
        self.remember(file, source)
        return source

    def remember(self, file: str, source: Source) -> None:
        """Keep what was found out about *file*, whose bytes were read in this build."""
        watched = dict(sorted(source.watched.items()))  # the order in which they are saved
        signatures = [self._sure(self._signature(path)) for path in (file, *watched)]
        self._sources[file] = _Entry(source.digest, source.facts, watched, signatures)

    def page(self, name: str) -> Page | None:
        """Return what the last build made under this name, or None."""
        return self._old_pages.get(name)

    def keep(self, name: str, page: Page) -> None:
        """Keep what this build made, or found to be made."""
        self._pages[name] = page

    def save(self, path: Path, *, version: str) -> None:
        """
        Write what this build knows, in one step; nothing is written when it is what the last one knew.

        Raises:
            OSError: it cannot be written.
        """
        if self._sources == self._old_sources and self._pages == self._old_pages:
            return
        plain = {"version": version, "sources": self._sources, "pages": self._pages}
        write_whole(path, json.dumps(plain, separators=(",", ":"), sort_keys=True).encode())

    def _signature(self, path: str) -> Signature:
        """Return the signature that *path* had when first asked for in this build."""
        if path not in self._signatures:
            self._signatures[path] = signature_of(os.path.join(self._root, path))  # noqa: PTH118 - as above
        return self._signatures[path]

    def _sure(self, signature: Signature) -> Signature:
        if signature is not None and max(signature[1], signature[2]) >= self._sure_before_ns:
            return _UNSURE
        return signature

    def _digest(self, path: str) -> str:
        try:
            return hashlib.sha256(Path(self._root, path).read_bytes()).hexdigest()
        except OSError:
            return ""
