"""
An issue's local images as the web gets them: named by content, never wider than a mail needs.

The mail has one file of each. A page may also name smaller copies of it, for a phone to choose from.

The name hangs on the source's bytes and the width alone, so that the mail can refer to a file before
it is made, and a file once made never changes. What a camera noted, such as where the picture was taken,
is not published. Pillow is imported when an image must be encoded anew.
"""

import hashlib
import io
import re
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pipeline.errors import IssueError
from pipeline.files import write_whole
from pipeline.model import Image

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

MAX_WIDTH = 1200  # px; twice the width of a mail's column, for dense screens
COPY_WIDTHS = (400, 800)  # px; a phone's screen, and a dense one
_WORTH = 1.25  # times as wide as a copy is the published file at least, or the copy saves too little

_SAVE_OPTIONS: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 85, "optimize": True, "progressive": True},
    "PNG": {"optimize": True},
}
# EXIF and XMP as JPEG and PNG carry them (EXIF 2.32 section 4.7.2; PNG third edition, eXIf; read 2026-11-22);
# and the text chunks in which older programs put them into a PNG (ExifTool, PNG tags; read 2026-11-27)
_CAMERA_DATA = re.compile(
    rb"Exif\0\0|eXIf|ns\.adobe\.com/xap|XML:com\.adobe\.xmp|Raw profile type (?:APP1|exif|xmp)\0"
)


class Copy(NamedTuple):
    """One file of an image: the published one, or one smaller than that."""

    name: str
    width: int  # px


def published_width(image: Image) -> int:
    """Return the width in px of the file that is published for *image*."""
    return min(image.width, MAX_WIDTH)


def published_name(image: Image) -> str:
    """Return the file name under which *image* is published: hash of source bytes and width, extension."""
    return copy_name(image, published_width(image))


def copy_name(image: Image, width: int) -> str:
    """Return the file name of *image* at *width* px."""
    digest = hashlib.sha256(f"{image.sha256} {width}".encode()).hexdigest()
    return f"{digest[:16]}.{image.format}"


def height_at(image: Image, width: int) -> int:
    """Return how many px *image* is high when it is *width* px wide."""
    return max(1, round(image.height * width / image.width))


def copies(image: Image) -> tuple[Copy, ...]:
    """
    Return the files of *image* that a page may choose from, narrowest first; the last is the published one.

    A GIF has no smaller ones: it may move, and a smaller file with every frame drawn anew has more bytes.
    """
    widest = published_width(image)
    widths = [width for width in COPY_WIDTHS if width * _WORTH <= widest and image.format != "gif"]
    return tuple(Copy(copy_name(image, width), width) for width in (*widths, widest))


def encoder() -> str:
    """Return the name of what makes the bytes of files: this code, and Pillow; hex."""
    made_by = Path(__file__).read_bytes() + version("Pillow").encode()
    return hashlib.sha256(made_by).hexdigest()[:16]


def publish(images: Iterable[Image], folder: Path) -> list[Path]:
    """
    Put the published file of every image into *folder*, made when missing; what is there stays as it is.

    Returns:
        The files, each once, in the order of *images*.

    Raises:
        IssueError: an image is gone, has changed since the issue was loaded, or cannot be encoded anew.
    """
    published = {published_name(image): image for image in images}
    for name, image in published.items():
        if not (folder / name).exists():
            write_whole(folder / name, published_bytes(image))
    return [folder / name for name in published]


def published_bytes(image: Image) -> bytes:
    """
    Return what is in the file that is published for *image*.

    Raises:
        IssueError: the image is gone, has changed since the issue was loaded, or cannot be encoded anew.
    """
    return copy_bytes(image, published_width(image))


def copy_bytes(image: Image, width: int) -> bytes:
    """
    Return what is in the file of *image* at *width* px: one of `copies`.

    Raises:
        IssueError: as `published_bytes`.
    """
    try:
        source = image.path.read_bytes()
    except OSError as err:
        raise IssueError(f"{image.src}: cannot be read: {err.strerror}", hint="put the image back") from err
    if hashlib.sha256(source).hexdigest() != image.sha256:
        raise IssueError(f"{image.src}: changed while the issue was built", hint="run the command again")
    as_it_is = width == image.width and not _CAMERA_DATA.search(source)
    return source if as_it_is else _anew(source, image, width)


def _anew(source: bytes, image: Image, width: int) -> bytes:
    """Encode the image at *width* px, upright; camera data is left behind."""
    from PIL import Image as pillow  # noqa: N813, PLC0415 - a module; heavy, and seldom needed
    from PIL import ImageSequence  # noqa: PLC0415

    try:
        with pillow.open(io.BytesIO(source)) as picture:
            frames = [_scaled(frame, width) for frame in ImageSequence.Iterator(picture)]
            if width < published_width(image) and picture.mode == "P" and len(frames) == 1:
                # with its colours blended by scaling, it would have more bytes than the published file
                frames = [frames[0].quantize(method=pillow.Quantize.FASTOCTREE, dither=pillow.Dither.NONE)]
            return _encoded(frames, picture)
    except (OSError, SyntaxError, ValueError, pillow.DecompressionBombError) as err:
        raise IssueError(
            f"{image.src}: cannot be encoded anew: {err}",
            hint=f"save it anew as PNG or JPEG, at most {MAX_WIDTH} px wide",
        ) from err


def _scaled(frame: "Picture", width: int) -> "Picture":
    from PIL import Image as pillow  # noqa: N813, PLC0415
    from PIL import ImageOps  # noqa: PLC0415

    upright = ImageOps.exif_transpose(frame)
    if upright.mode not in ("L", "LA", "RGB", "RGBA"):  # palettes and CMYK do not mix when scaled
        upright = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    height = max(1, round(upright.height * width / upright.width))
    return upright.resize((width, height), pillow.Resampling.LANCZOS)


def _encoded(frames: list["Picture"], picture: "Picture") -> bytes:
    buffer = io.BytesIO()
    options = dict(_SAVE_OPTIONS.get(picture.format or "", {}))
    if len(frames) > 1:
        durations = [frame.info.get("duration", 0) for frame in frames]
        options |= {"save_all": True, "append_images": frames[1:], "duration": durations, "disposal": 2}
        options |= {"loop": picture.info["loop"]} if "loop" in picture.info else {}
    if picture.mode != "CMYK" and "icc_profile" in picture.info:
        options["icc_profile"] = picture.info["icc_profile"]
    for frame in frames:
        frame.info.clear()
    frames[0].save(buffer, picture.format, **options)
    return buffer.getvalue()
