"""`make demo` takes an issue to the outbox, and README shows what it makes."""

import re
import subprocess
import sys
from pathlib import Path

import PIL.Image
import PIL.ImageChops
import PIL.ImageStat
import pytest

from picture import PICTURE, picture

DEMO = Path(__file__).with_name("demo.py")


@pytest.mark.long
def test_the_demo_delivers_and_looks_like_its_picture() -> None:
    """One mail for each reader; the page it names is the one in README, fonts of the machine aside."""
    answer = subprocess.run([sys.executable, DEMO], capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    mails = [Path(line) for line in re.findall(r"as it was mailed\s+(\S.*\.eml)", answer.stdout)]
    assert len(mails) == 2
    assert all(b"multipart/alternative" in mail.read_bytes() for mail in mails)
    page = re.search(r"in a browser\s+(\S.*\.html)", answer.stdout)
    assert page
    assert _difference(picture(Path(page[1]))) < 12


def _difference(seen: PIL.Image.Image) -> float:
    """Return how far *seen* is from the picture in README: mean of 0 to 255, blurred by scaling down."""
    small = (64, 80)
    with PIL.Image.open(PICTURE) as kept:
        apart = PIL.ImageChops.difference(
            seen.convert("RGB").resize(small, PIL.Image.Resampling.BOX),
            kept.convert("RGB").resize(small, PIL.Image.Resampling.BOX),
        )
    return max(PIL.ImageStat.Stat(apart).mean)
