"""
The image files that a letter on record asks for, and where they are.

They stand in every reader's mailbox as addresses of the archive, whatever the issue shows today: a chart that
was wrong leaves the text, and its file stays beside the issue.
"""

import hashlib
import os
import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from pipeline.images import copies
from pipeline.issue.imagefacts import Unshowable, kept_facts
from pipeline.model import Image, Issue
from pipeline.receipts import Kept, neutral_names, part_names
from pipeline.settings import Settings
from pipeline.stages.load import MAX_IMAGE_BYTES

if TYPE_CHECKING:
    from pipeline.archive.site import Site


def asked_for(kept: Kept, site: "Site") -> tuple[str, ...]:
    """Return the names of our image files that the letter on record shows: the real one, or the rehearsed."""
    asset = re.compile(re.escape(f"{site.settings.archive_url}/assets/") + r"([0-9a-f]{16}\.[a-z]+)")
    rehearsal = site.basis.rehearsal
    parts = {*part_names(rehearsal=rehearsal), *neutral_names(rehearsal=rehearsal)} & kept.parts.keys()
    return tuple(sorted({name for part in parts for name in asset.findall(kept.parts[part])}))


def file_names(images: Iterable[Image]) -> set[str]:
    """Return the names of all files that are published for *images*."""
    return {file.name for image in images for file in copies(image)}


def set_aside(letter: Iterable[str], issue: Issue, site: "Site") -> tuple[Image, ...]:
    """
    Return the images of a letter that its issue shows no more, found by their bytes; a lost one is left out.

    Args:
        letter: the names of the image files that the letter asks for.
        issue: its issue, with the images that it shows now.
        site: the site; any file in the folder of the issues will do.
    """
    found: dict[str, Image] = {}
    for name in sorted(set(letter) - file_names(issue.images.values())):
        if image := site.image_files.get(name):
            src = quote(Path(os.path.relpath(image.path, issue.path.parent)).as_posix())
            found[image.sha256] = replace(image, src=src)
    return tuple(found.values())


def image_files(settings: Settings) -> dict[str, Image]:
    """Return every image in the folder of the issues by the names under which it would be published."""
    found: dict[str, Image] = {}
    for path in sorted(settings.issues_path.resolve().rglob("*")):
        if image := _image(path, settings):
            found |= dict.fromkeys(file_names([image]) - found.keys(), image)
    return found


def _image(path: Path, settings: Settings) -> Image | None:
    """Return the image in a file; None when there is none that pages can show."""
    try:
        if not path.is_file() or path.stat().st_size > MAX_IMAGE_BYTES:
            return None
        data = path.read_bytes()
        digest = hashlib.sha256(data).hexdigest()
        facts = kept_facts(data, digest, settings.cache_path / "images")
    except (OSError, Unshowable):
        return None
    return Image("", path, digest, facts.width, facts.height, facts.format)
