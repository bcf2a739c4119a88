"""
Where a page stands and what it says of itself.

One policy for addresses: a page is a folder and its address ends with a slash; files go by their names.
"""

from typing import NamedTuple
from urllib.parse import quote, urlsplit

from pipeline.settings import Settings

NOT_FOUND = "404.html"


def address(settings: Settings, path: str) -> str:
    """
    Return the absolute address of *path*, ASCII alone (RFC 3986).

    Args:
        settings: of the newsletter; it has an archive_url.
        path: below the archive's root, without a slash in front, in any script and not percent-encoded:
            "stiff-back/", "feed.xml", "" for the index.
    """
    return f"{settings.archive_url}/{quote(path)}"


class PageFacts(NamedTuple):
    """What a page says of itself."""

    title: str  # plain text; so the description
    description: str  # may be empty
    path: str  # below the archive's root, as `address` takes it
    lang: str  # BCP 47
    noindex: bool = False  # asks search engines to leave it out

    @property
    def depth(self) -> int:
        """How many folders below the archive's root the page lies."""
        return self.path.count("/")

    def root(self, settings: Settings) -> str:
        """
        Return what every link on the page begins with, as it leads to the archive's root.

        It is relative, so that the folder can be looked at in any place; but a host shows 404.html under
        every address that it does not know, so there it is the path of the archive on its host.
        """
        if self.path == NOT_FOUND:
            return f"{urlsplit(settings.archive_url).path}/"
        return "../" * self.depth or "./"

    def url(self, settings: Settings) -> str:
        """Return the page's absolute address."""
        return address(settings, self.path)
