"""Published images: named by content, no wider than a mail needs, whole or not there."""

import hashlib
import io
from pathlib import Path

import PIL.Image
import pytest
from PIL.PngImagePlugin import PngInfo

from pipeline.errors import IssueError
from pipeline.images import (
    copies,
    copy_bytes,
    copy_name,
    publish,
    published_bytes,
    published_name,
    published_width,
)
from pipeline.issue.imagefacts import image_facts
from pipeline.model import Image


def stored(folder: Path, name: str, picture: PIL.Image.Image, **options: object) -> Image:
    """Save *picture* as a file and return what `load` would say about it."""
    path = folder / name
    picture.save(path, **options)  # type: ignore[arg-type]
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return Image(name, path, digest, picture.width, picture.height, path.suffix[1:])


def opened(path: Path) -> PIL.Image.Image:
    """Return a published picture, read from its bytes."""
    return PIL.Image.open(io.BytesIO(path.read_bytes()))


def noise(mode: str, width: int, height: int) -> PIL.Image.Image:
    """Return a picture that is different everywhere, and the same on every run."""
    gradient = PIL.Image.linear_gradient("L").resize((width, height))
    return gradient.convert(mode)


@pytest.mark.parametrize("name", ["a.jpg", "b.png"])
def test_camera_data_is_not_published(tmp_path: Path, name: str) -> None:
    """Where a picture was taken is nobody's business: also an image that fits is encoded anew."""
    exif = PIL.Image.Exif()
    exif[0x8825], exif[0x010F] = {1: "N", 2: (45.0, 31.0, 12.0)}, "a phone"
    image = stored(tmp_path, name, noise("RGB", 600, 300), exif=exif)
    [path] = publish([image], tmp_path / "assets")
    assert b"a phone" in image.path.read_bytes()
    assert b"a phone" not in path.read_bytes()
    with opened(path) as published:
        assert (dict(published.getexif()), published.size) == ({}, (600, 300))


def test_a_small_image_is_published_as_it_is(tmp_path: Path) -> None:
    """Nothing is lost where nothing need be changed."""
    image = stored(tmp_path, "a.png", noise("RGB", 1200, 10))
    [path] = publish([image], tmp_path / "assets")
    assert path == tmp_path / "assets" / published_name(image)
    assert path.read_bytes() == image.path.read_bytes()


@pytest.mark.parametrize(
    ("name", "mode", "format_"),
    [
        ("a.png", "RGB", "PNG"),
        ("b.png", "RGBA", "PNG"),
        ("c.png", "P", "PNG"),
        ("d.png", "1", "PNG"),
        ("e.jpg", "RGB", "JPEG"),
        ("f.jpg", "CMYK", "JPEG"),
        ("g.gif", "P", "GIF"),
    ],
)
def test_a_wide_image_is_made_smaller_in_its_own_format(
    tmp_path: Path, name: str, mode: str, format_: str
) -> None:
    """Twice the width of a mail's column is enough for any screen; proportions stay."""
    image = stored(tmp_path, name, noise(mode, 2400, 300))
    [path] = publish([image], tmp_path / "assets")
    with opened(path) as published:
        assert (published.size, published.format) == ((published_width(image), 150), format_)
        assert published_width(image) == 1200


def test_a_moving_picture_keeps_moving(tmp_path: Path) -> None:
    """Every frame is made smaller, each for the time it had."""
    frames = [PIL.Image.new("RGB", (1300, 20), color) for color in ("red", "green", "blue")]
    options = {"save_all": True, "append_images": frames[1:], "duration": [100, 200, 300], "loop": 0}
    [path] = publish([stored(tmp_path, "a.gif", frames[0], **options)], tmp_path / "assets")
    with opened(path) as published:
        assert (published.n_frames, published.size) == (3, (1200, 18))
        durations = []
        for number in range(3):
            published.seek(number)
            durations.append(published.info["duration"])
    assert durations == [100, 200, 300]


def test_camera_data_is_left_behind_and_its_turn_is_made(tmp_path: Path) -> None:
    """A phone's picture stands upright and does not tell where it was taken."""
    exif = PIL.Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "a phone"  # turned by 90 degrees; the maker
    image = stored(tmp_path, "a.jpg", noise("RGB", 2400, 1300), exif=exif)
    [path] = publish([image], tmp_path / "assets")
    with opened(path) as published:
        assert dict(published.getexif()) == {}
        assert published.height > published.width


def test_the_name_says_content_and_width() -> None:
    """The name is known before the file is made, and no other image has it."""
    image = Image("a.png", Path("a.png"), "0" * 64, 2400, 300, "png")
    other = Image("b.png", Path("b.png"), "0" * 64, 900, 300, "png")
    assert published_name(image) == "e755f3225ab50e07.png"
    assert published_name(other) != published_name(image)


def test_what_is_there_is_not_made_again(tmp_path: Path) -> None:
    """A published file never changes; its source may even be gone."""
    image = stored(tmp_path, "a.png", noise("RGB", 10, 10))
    first = publish([image], tmp_path / "assets")
    image.path.unlink()
    assert publish([image, image], tmp_path / "assets") == first
    assert list((tmp_path / "assets").iterdir()) == first


def test_an_image_that_changed_meanwhile_is_refused(tmp_path: Path) -> None:
    """The name vouches for the bytes."""
    image = stored(tmp_path, "a.png", noise("RGB", 10, 10))
    image.path.write_bytes(b"other")
    with pytest.raises(IssueError, match=r"a\.png: changed"):
        publish([image], tmp_path / "assets")


def test_an_image_that_is_gone_is_refused(tmp_path: Path) -> None:
    """A mail never refers to a file that cannot be published."""
    with pytest.raises(IssueError, match=r"a\.png: cannot be read"):
        publish([Image("a.png", tmp_path / "a.png", "0" * 64, 5, 5, "png")], tmp_path / "assets")


@pytest.mark.parametrize("content", [b"", b"not a picture", b"\x89PNG\r\n\x1a\n" + b"\x00" * 40])
def test_a_broken_image_is_refused_and_leaves_no_file(tmp_path: Path, content: bytes) -> None:
    """Nothing half made is published."""
    path = tmp_path / "a.png"
    path.write_bytes(content)
    image = Image("a.png", path, hashlib.sha256(content).hexdigest(), 2400, 300, "png")
    with pytest.raises(IssueError, match=r"a\.png: cannot be encoded anew"):
        publish([image], tmp_path / "assets")
    assert not (tmp_path / "assets").exists()


@pytest.mark.parametrize("orientation", range(10))
def test_a_turned_picture_has_the_size_it_is_known_by(tmp_path: Path, orientation: int) -> None:
    """A mail and a page keep just the room that the upright picture needs, also for a turn that is none."""
    exif = PIL.Image.Exif()
    exif[0x0112] = orientation
    stored(tmp_path, "a.jpg", noise("RGB", 600, 300), exif=exif)
    data = (tmp_path / "a.jpg").read_bytes()
    facts = image_facts(data)
    image = Image("a.jpg", tmp_path / "a.jpg", hashlib.sha256(data).hexdigest(), *facts[1:], facts.format)
    for file in copies(image):
        with PIL.Image.open(io.BytesIO(copy_bytes(image, file.width))) as made:
            assert (made.width, made.getexif().get(0x0112, 1)) == (file.width, 1)
            assert made.width * facts.height == made.height * facts.width
    assert (facts.width, facts.height) == ((300, 600) if orientation in (5, 6, 7, 8) else (600, 300))


def test_camera_data_in_a_text_chunk_is_not_published(tmp_path: Path) -> None:
    """Older programs put it there, the turn as well: no browser would make it."""
    exif = PIL.Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "a phone"
    chunk = PngInfo()
    chunk.add_text("Raw profile type exif", f"\nexif\n{len(exif.tobytes()):8}\n{exif.tobytes().hex()}\n")
    image = stored(tmp_path, "a.png", noise("RGB", 60, 30), pnginfo=chunk)
    assert image_facts(image.path.read_bytes())[1:] == (30, 60)
    upright = Image("a.png", image.path, image.sha256, 30, 60, "png")
    with PIL.Image.open(io.BytesIO(published_bytes(upright))) as published:
        published.load()
        assert (published.size, published.info) == ((30, 60), {})


@pytest.mark.parametrize(
    ("width", "format_", "widths"),
    [
        (3000, "png", (400, 800, 1200)),
        (1000, "jpg", (400, 800, 1000)),
        (999, "jpg", (400, 999)),
        (500, "png", (400, 500)),
        (499, "png", (499,)),
        (3000, "gif", (1200,)),
    ],
)
def test_smaller_copies_are_those_that_save_something(
    width: int, format_: str, widths: tuple[int, ...]
) -> None:
    """Each at least a fifth narrower than the published file, which comes last; none of what may move."""
    image = Image("a", Path("a"), "0" * 64, width, 300, format_)
    files = copies(image)
    assert tuple(file.width for file in files) == widths
    assert files[-1].name == published_name(image)
    assert [file.name for file in files] == [copy_name(image, width) for width in widths]
    assert len({file.name for file in files}) == len(files)


@pytest.mark.parametrize(
    ("name", "mode", "kept"), [("a.png", "RGBA", "RGBA"), ("b.png", "P", "P"), ("c.jpg", "RGB", "RGB")]
)
def test_a_copy_is_smaller_in_bytes_too(tmp_path: Path, name: str, mode: str, kept: str) -> None:
    """Also one of few colours, which scaling would make many; format and camera data as ever."""
    exif = PIL.Image.Exif()
    exif[0x010F] = "a phone"
    image = stored(tmp_path, name, noise(mode, 1200, 900), exif=exif)
    published, data = published_bytes(image), copy_bytes(image, 400)
    with PIL.Image.open(io.BytesIO(data)) as copy, PIL.Image.open(image.path) as source:
        assert (copy.size, copy.format, copy.mode) == ((400, 300), source.format, kept)
    assert b"a phone" not in data
    assert len(data) < len(published)


def test_a_copy_of_a_transparent_palette_stays_transparent(tmp_path: Path) -> None:
    """A drawing on no ground is not set into a black box."""
    picture = PIL.Image.new("RGBA", (1200, 600), (0, 0, 0, 0))
    picture.paste((200, 30, 30, 255), (300, 150, 900, 450))
    image = stored(tmp_path, "a.png", picture.quantize(16))
    with PIL.Image.open(io.BytesIO(copy_bytes(image, 400))) as copy:
        shown = copy.convert("RGBA")
        alpha = shown.getchannel("A")
        assert (alpha.getpixel((5, 5)), alpha.getpixel((200, 100))) == (0, pytest.approx(255, abs=2))


def test_making_copies_leaves_the_mails_file_alone(tmp_path: Path) -> None:
    """`publish` writes the one file that a mail refers to, and no copy."""
    image = stored(tmp_path, "a.png", noise("RGB", 1200, 600))
    publish([image], tmp_path / "assets")
    assert [path.name for path in (tmp_path / "assets").iterdir()] == [published_name(image)]
