"""Local images on a page: a choice of files, and room kept for them before they are there."""

import hashlib
import io
import pickle
from pathlib import Path

import PIL.Image
import pytest

from pipeline.archive.pictures import picture_attributes, picture_files
from pipeline.errors import IssueError
from pipeline.images import copies, published_name
from pipeline.model import Image

WIDE = Image("a.jpg", Path("a.jpg"), "0" * 64, 3000, 1000, "jpg")
SMALL = Image("b.png", Path("b.png"), "1" * 64, 320, 200, "png")


def test_a_browser_may_choose_among_the_files_of_an_image() -> None:
    """Narrowest first, with the widths they really have; the widest for browsers that cannot choose."""
    phone, tablet, widest = copies(WIDE)
    assert picture_attributes(WIDE, assets="../assets", sizes="100vw") == {
        "src": f"../assets/{published_name(WIDE)}",
        "srcset": f"../assets/{phone.name} 400w, ../assets/{tablet.name} 800w, ../assets/{widest.name} 1200w",
        "sizes": "100vw",
        "width": "1200",
        "height": "400",
    }


def test_a_small_image_offers_no_choice() -> None:
    """`sizes` without `srcset` would mean nothing."""
    attributes = picture_attributes(SMALL, assets="assets", sizes="100vw")
    assert attributes == {"src": f"assets/{published_name(SMALL)}", "width": "320", "height": "200"}


def test_an_image_that_is_nearly_a_line_has_a_height() -> None:
    """An image of no height would not be shown at all."""
    line = Image("a.png", Path("a.png"), "0" * 64, 6000, 1, "png")
    assert picture_attributes(line, assets="assets", sizes="100vw")["height"] == "1"


def test_every_file_that_a_page_names_can_be_made_in_another_process(tmp_path: Path) -> None:
    """Each holds the picture at the width that the page was told, in the proportions it was told."""
    path = tmp_path / "a.png"
    PIL.Image.linear_gradient("L").resize((1500, 500)).save(path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    image = Image("a.png", path, digest, 1500, 500, "png")
    sent = pickle.dumps(picture_files([image, image]))
    made = {name: make() for name, make in pickle.loads(sent).items()}  # noqa: S301 - written above
    widths = {name: PIL.Image.open(io.BytesIO(data)).size for name, data in made.items()}
    assert widths == {name: (width, round(width / 3)) for name, width in copies(image)}
    assert list(made)[-1] == published_name(image)


def test_a_file_whose_source_is_gone_cannot_be_made() -> None:
    """Nothing is made in its place."""
    make = picture_files([SMALL])[published_name(SMALL)]
    with pytest.raises(IssueError, match=r"b\.png: cannot be read"):
        make()
