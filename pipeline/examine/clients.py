"""
Clients' own marks: wrappers, attributes and class names that a mail client adds around or on our markup.

A rule such as `[data-ogsc] .notice` or `.ExternalClass .notice` matches nothing in the document as it was
sent, and yet styles it in one client. So a part of a selector that matches nothing in the document is
taken for such a mark.
Marks: hteumeuleu, "How to target email clients", howtotarget.email, read 2026-11-22.
"""

from typing import Any

from cssselect import parser as css

from pipeline.examine.page import Element, Page
from pipeline.examine.selectors import Selector, key_of, keys, matches_in_client

_PROFILES = {  # what a selector that aims at a client holds -> the profile
    "data-ogs": "outlook-dark",
    "externalclass": "outlook.com",
    "x_": "outlook.com",
    "yahoo": "yahoo",
    "u +": "gmail",
    "u ~": "gmail",
    "messageview": "android-mail",
    "messagewebview": "samsung",
    "moz-text": "thunderbird",
}


class Clients:
    """Answers which parts of selectors clients may add to one page."""

    def __init__(self, page: Page) -> None:
        """Remember the page; its elements are looked at when a rule asks."""
        self._page = page
        self._added: dict[int, bool] = {}  # by id of the part
        self._answers: dict[str, bool] = {}
        self._by_key: dict[str, list[Element]] = {}
        self._attributes: frozenset[str] | None = None

    def matching(self, selector: Selector, element: Element) -> str:
        """Return the profile of a client in which *selector* matches *element*, or ""."""
        if not matches_in_client(selector, element, self._may_be_added):
            return ""
        written = selector.written.lower()
        return next((name for mark, name in _PROFILES.items() if mark in written), "another client")

    def _may_be_added(self, part: Any) -> bool:
        if id(part) in self._added:
            return self._added[id(part)]
        written = repr(part)  # alike parts of two selectors have one answer
        known = self._answers.get(written)
        if known is None:
            known = self._answers[written] = (
                self._attribute(part) if isinstance(part, css.Attrib) else self._absent(part)
            )
        self._added[id(part)] = known
        return known

    def _attribute(self, part: css.Attrib) -> bool:
        """Say whether it is an attribute such as `data-ogsc`, and no element has it."""
        name = str(part.attrib).lower()
        if self._attributes is None:
            self._attributes = frozenset(name for e in self._page.elements for name in e.attrs)
        return name.startswith("data-") and name not in self._attributes

    def _absent(self, part: Any) -> bool:
        """Say whether *part* matches no element of the page, whatever clients add."""
        if not self._by_key:
            for element in self._page.elements:
                for key in keys(element):
                    self._by_key.setdefault(key, []).append(element)
        offered = self._by_key.get(key_of(part), ())
        selector = Selector("", part, (0, 0, 0), state=True, unknown=True)
        return not any(matches_in_client(selector, element, self._may_be_added) for element in offered)
