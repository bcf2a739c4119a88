"""What an image's bytes say of themselves, and whether mail clients can show them."""

import io
import json
import re
import warnings
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from pipeline.files import write_whole

MAX_PIXELS = 50_000_000

# the first bytes -> Pillow's class and our extension; the class is opened directly, because `Image.open`
# imports five plugins first
_READERS = {
    b"\x89PNG\r\n\x1a\n": ("PngImagePlugin", "PngImageFile", "png"),
    b"\xff\xd8\xff": ("JpegImagePlugin", "JpegImageFile", "jpg"),
    b"GIF8": ("GifImagePlugin", "GifImageFile", "gif"),
}
_OTHERS = {
    "WebP": re.compile(rb"RIFF....WEBP", re.DOTALL),
    "AVIF or HEIC": re.compile(rb"....ftyp", re.DOTALL),
    "SVG": re.compile(rb"\s*(?:<\?xml|<!--|<!DOCTYPE svg|<svg)", re.IGNORECASE),
    "TIFF": re.compile(rb"II\*\x00|MM\x00\*"),
    "BMP": re.compile(rb"BM"),
}
_ORIENTATION = 0x0112  # EXIF 2.32, section 4.6.4
_ON_ITS_SIDE = (5, 6, 7, 8)  # with these, width and height change places; any other number means nothing


class Facts(NamedTuple):
    """What an image's bytes say."""

    format: str  # png, jpg or gif
    width: int  # px, as shown: the camera's turn is counted in
    height: int


class Unshowable(Exception):
    """Mail clients cannot show these bytes; the message says why, `hint` how to mend it."""

    def __init__(self, message: str, hint: str) -> None:
        """Take what is wrong, and how to mend it."""
        super().__init__(message)
        self.message = message
        self.hint = hint


def kept_facts(data: bytes, digest: str, cache: Path) -> Facts:
    """
    Return what an image is, from *cache* when its bytes were decoded before: Pillow takes its time.

    Args:
        data: the file's bytes.
        digest: their SHA-256, hex.
        cache: a folder whose files may be deleted at any time.

    Raises:
        Unshowable: as `image_facts`; only what can be shown is kept.
    """
    path = cache / f"{digest}.json"
    with suppress(OSError, ValueError, TypeError):
        kept = json.loads(path.read_bytes())
        return Facts(str(kept["format"]), int(kept["width"]), int(kept["height"]))
    facts = image_facts(data)
    with suppress(OSError):  # a cache that cannot be written costs time, and nothing else
        write_whole(path, json.dumps(facts._asdict()).encode())
    return facts


def image_facts(data: bytes) -> Facts:
    """
    Decode an image and return what it is.

    Raises:
        Unshowable: it is no PNG, JPEG or GIF, is damaged, or has too many pixels.
    """
    for head, reader in _READERS.items():
        if data.startswith(head):
            return _read(data, *reader)
    for name, pattern in _OTHERS.items():
        if pattern.match(data):
            raise Unshowable(f"mail clients cannot show {name}", "save the image as PNG, JPEG or GIF")
    raise Unshowable("no PNG, JPEG or GIF", "save the image as one of these")


def _read(data: bytes, plugin: str, reader: str, extension: str) -> Facts:
    """Decode every pixel of the first frame, so that a file cut short is noticed."""
    try:
        image_file = getattr(import_module(f"PIL.{plugin}"), reader)  # heavy, and not every issue has images
        with warnings.catch_warnings(), image_file(io.BytesIO(data)) as image:
            warnings.simplefilter("ignore")  # what is worth a word is an error here
            width, height = image.size
            if width * height <= MAX_PIXELS:
                image.load()
                if image.getexif().get(_ORIENTATION) in _ON_ITS_SIDE:
                    width, height = height, width
    except Exception as err:  # damaged bytes make Pillow's decoders raise nearly anything
        raise Unshowable(f"the image is damaged: {err}", "save or export it again") from err
    if width * height > MAX_PIXELS:
        hint = "make it smaller; 1,200 px wide is plenty"
        raise Unshowable(f"the image has more than {MAX_PIXELS:,} pixels", hint)
    return Facts(extension, width, height)
