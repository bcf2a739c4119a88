"""What a page needs to show an issue's image: what its element says, and the files it names."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from pipeline.archive.card import Picture
from pipeline.archive.page import address
from pipeline.images import copies, copy_bytes, height_at
from pipeline.model import Image
from pipeline.settings import Settings


def picture_attributes(image: Image, *, assets: str, sizes: str) -> dict[str, str]:
    """
    Return the attributes with which an `img` element shows *image*; not escaped.

    Width and height are those of the widest file, which give a browser the proportions before any of it is
    there; how wide the image is shown is the style sheet's.

    Args:
        image: a local image of an issue.
        assets: address of the folder of published files, without a slash at the end.
        sizes: how wide the page shows it, as the attribute `sizes` says it; left out where there is one file.
    """
    files = copies(image)
    widest = files[-1]
    attributes = {"src": f"{assets}/{widest.name}"}
    if len(files) > 1:
        attributes["srcset"] = ", ".join(f"{assets}/{name} {width}w" for name, width in files)
        attributes["sizes"] = sizes
    size = {"width": str(widest.width), "height": str(height_at(image, widest.width))}
    return attributes | size


def picture_url(picture: Picture, settings: Settings) -> str:
    """Return the absolute address of *picture*: of its widest copy, when it is ours."""
    return picture.url or address(settings, f"assets/{picture.name}")


def picture_files(images: Iterable[Image]) -> Mapping[str, Callable[[], bytes]]:
    """
    Return every file that pages may name for *images*, by name, with what makes its bytes.

    Call it for a missing file only: what a file holds never changes. It raises IssueError, as
    `images.copy_bytes` does, and may be handed to another process.
    """
    return {file.name: partial(copy_bytes, image, file.width) for image in images for file in copies(image)}
