"""What search engines are told of the whole site: sitemap.xml and robots.txt."""

import datetime as dt
from collections.abc import Iterable, Iterator
from operator import itemgetter

from pipeline.archive.markup import DECLARATION, escaped
from pipeline.archive.page import address
from pipeline.settings import Settings

SITEMAP = "sitemap.xml"  # below the archive's root
# of one file (sitemaps.org/protocol.html, read 2026-11-27): 50,000 addresses, 50 MB when not compressed
MAX_URLS, MAX_BYTES = 50_000, 50 * 1024 * 1024
_XMLNS = "http://www.sitemaps.org/schemas/sitemap/0.9"
_AROUND = 1024  # bytes, more than what stands around the entries of a file


def sitemap(pages: Iterable[tuple[str, dt.date | None]], *, settings: Settings) -> dict[str, bytes]:
    """
    Return the files of the sitemap by name, UTF-8: sitemap.xml alone, or as the index of numbered ones.

    Args:
        pages: what search engines shall know, in any order: absolute address, each once, and the day of its
            last visible change. Every address begins with the archive's, or the file may not name it.
        settings: of the newsletter; it has an archive_url.
    """
    entries = [
        f"<url><loc>{escaped(url)}</loc><lastmod>{day.isoformat()}</lastmod></url>\n"
        if day
        else f"<url><loc>{escaped(url)}</loc></url>\n"
        for url, day in sorted(pages, key=itemgetter(0))
    ]
    batches = list(_batches(entries)) or [[]]
    if len(batches) == 1:
        return {SITEMAP: _file("urlset", batches[0])}
    files = {f"sitemap-{number}.xml": _file("urlset", batch) for number, batch in enumerate(batches, start=1)}
    index = [f"<sitemap><loc>{escaped(address(settings, name))}</loc></sitemap>\n" for name in files]
    return {SITEMAP: _file("sitemapindex", index), **files}


def _batches(entries: Iterable[str]) -> Iterator[list[str]]:
    """Yield the entries of one file after another, as many in each as it may hold."""
    batch: list[str] = []
    size = _AROUND
    for entry in entries:
        length = len(entry.encode())
        if batch and (len(batch) == MAX_URLS or size + length > MAX_BYTES):
            yield batch
            batch, size = [], _AROUND
        batch.append(entry)
        size += length
    if batch:
        yield batch


def _file(name: str, entries: Iterable[str]) -> bytes:
    return f'{DECLARATION}<{name} xmlns="{_XMLNS}">\n{"".join(entries)}</{name}>\n'.encode()


def robots(settings: Settings, *, rehearsal: bool) -> bytes:
    """
    Return robots.txt, UTF-8: every page may be read, and where the sitemap is; of a rehearsal nothing may.

    It counts only at the root of a host (RFC 9309, section 2.3; read 2026-11-27). An archive in a folder of
    its host has it for whoever copies it there; what keeps a page out of search is its own noindex.
    """
    if rehearsal:
        return b"User-agent: *\nDisallow: /\n"
    return f"User-agent: *\nDisallow:\n\nSitemap: {address(settings, SITEMAP)}\n".encode()
