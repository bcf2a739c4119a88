"""What a browser makes of a document: the computed style of every element."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page, sync_playwright

from browser import launch

WIDTHS = (375, 800)
SCHEMES = ("light", "dark")

_EVERY_STYLE = """
(custom) => {
  const all = [document.documentElement, document.body, ...document.body.querySelectorAll("*")];
  const names = [...getComputedStyle(document.body), ...custom];
  const written = (style) => names.map((name) => name + ": " + style.getPropertyValue(name)).join("; ");
  return all.map((element) => ({
    tag: element.tagName,
    style: ["", "::before", "::after"].map((pseudo) => {
      const style = getComputedStyle(element, pseudo);
      return pseudo && style.content === "none" ? "" : pseudo + written(style);
    }).join("; "),
  }));
}
"""


@dataclass(frozen=True, slots=True)
class Styled:
    """One element as the browser shows it."""

    tag: str
    style: str  # every property with its value, of the element and of its pseudo-elements


@contextmanager
def chromium() -> Iterator[Page]:
    """Open a page in Chromium that can reach nothing outside."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        page = browser.new_page()
        page.route("**/*", lambda route: route.abort())
        yield page
        browser.close()


def computed_styles(page: Page, html: str, *, width: int = 800, scheme: Any = "light") -> list[Styled]:
    """Return html, body and every element of it, with all computed properties, in document order."""
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)
    page.set_content(html)
    custom = sorted(set(re.findall(r"--[a-z][\w-]*(?=:)", html)))
    return [Styled(**element) for element in page.evaluate(_EVERY_STYLE, custom)]


def differences(page: Page, before: str, after: str) -> list[str]:
    """List where an element's computed style differs between two documents, at any width and scheme."""
    found = []
    for width in WIDTHS:
        for scheme in SCHEMES:
            old = computed_styles(page, before, width=width, scheme=scheme)
            new = computed_styles(page, after, width=width, scheme=scheme)
            assert [element.tag for element in old] == [element.tag for element in new]
            found += [
                f"{width} px, {scheme}, element {number} <{one.tag.lower()}>: {line}"
                for number, (one, other) in enumerate(zip(old, new, strict=True))
                if one != other
                for line in sorted(set(one.style.split("; ")) ^ set(other.style.split("; ")))
            ]
    return found
