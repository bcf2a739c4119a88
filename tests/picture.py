"""
The picture in README: the demo's message on a desktop in light, and on a phone in dark.

Run as `python tests/picture.py message.html` to take it anew.
"""

import io
import sys
from pathlib import Path

import PIL.Image
from playwright.sync_api import Browser, sync_playwright

from browser import launch

PICTURE = Path(__file__).parents[1] / ".github" / "issue.png"
HEIGHT = 1500  # px


def picture(message: Path) -> PIL.Image.Image:
    """Return both screenshots side by side."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        desktop = _shot(browser, message, width=800, scheme="light")
        phone = _shot(browser, message, width=375, scheme="dark")
        browser.close()
    both = PIL.Image.new("RGB", (desktop.width + 24 + phone.width, HEIGHT), "white")
    both.paste(desktop, (0, 0))
    both.paste(phone, (desktop.width + 24, 0))
    return both


def _shot(browser: Browser, message: Path, *, width: int, scheme: str) -> PIL.Image.Image:
    page = browser.new_page(
        viewport={"width": width, "height": HEIGHT},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page.goto(message.resolve().as_uri())
    taken = PIL.Image.open(io.BytesIO(page.screenshot()))
    page.close()
    return taken


if __name__ == "__main__":
    picture(Path(sys.argv[1])).quantize(128).save(PICTURE, optimize=True)
