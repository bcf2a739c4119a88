"""
Ink: how much of the wording's letters a browser really paints, whatever the trick.

A page is photographed twice, the second time with the words transparent; the pixels that differ are their ink
(compliance catalogue, section 5.7).
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager

from mails import SHOWN, TEXT
from PIL import Image, ImageChops
from playwright.sync_api import Page, sync_playwright

from browser import launch

ENOUGH = 0.6  # of the ink of a plain paragraph in the smallest type allowed
_HEIGHT = 900  # px; a page is photographed down to its end
_DIFFERENT = 40  # of 255; less is the smoothing of edges
_PLAIN = SHOWN.replace(f"<p>{TEXT}", f'<p style="font-size:12px">{TEXT}')
_LETTERS = "".join(char for char in TEXT.lower() if char.isalnum())
_ERASE = """
(letters) => {
  const found = [];
  let all = "";
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const own = walk.currentNode.data.normalize("NFKC").toLowerCase().replace(/[^a-z0-9]/g, "");
    found.push([walk.currentNode.parentElement, all.length, all.length + own.length]);
    all += own;
  }
  for (let at = all.indexOf(letters); at >= 0; at = all.indexOf(letters, at + 1)) {
    for (const [element, start, end] of found) {
      if (start < end && start < at + letters.length && at < end) {
        for (const name of ["-webkit-text-fill-color", "text-decoration-color"]) {
          element.style.setProperty(name, "transparent", "important");
        }
      }
    }
  }
}
"""


class Window:
    """A browser window of some width."""

    def __init__(self, page: Page) -> None:
        """Measure the ink of a plain paragraph in it."""
        self._page = page
        self._plain = self._ink(_PLAIN)

    def share(self, html: str) -> float:
        """Return the ink of the wording in *html* within the window's width, as a share of a plain one's."""
        return self._ink(html) / self._plain

    def _ink(self, html: str) -> int:
        self._page.set_content(html, wait_until="domcontentloaded")
        with_words = self._photo()
        self._page.evaluate(_ERASE, _LETTERS)
        change = ImageChops.difference(with_words, self._photo())
        return sum(change.histogram()[_DIFFERENT:])

    def _photo(self) -> Image.Image:
        photo = Image.open(io.BytesIO(self._page.screenshot(full_page=True))).convert("L")
        return photo.crop((0, 0, (self._page.viewport_size or {"width": 0})["width"], photo.height))


@contextmanager
def window(width: int) -> Iterator[Window]:
    """Open a browser window *width* px wide that reaches no network."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        page = browser.new_page(viewport={"width": width, "height": _HEIGHT})
        page.context.set_offline(offline=True)
        yield Window(page)
        browser.close()
