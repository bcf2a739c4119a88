"""
Clients' own marks: wrappers, attributes and class names that a mail client adds around or on our markup.

A rule such as `[data-ogsc] .notice` or `.ExternalClass .notice` matches nothing in the document as it was
sent, and yet styles it in one client. A client adds nothing between our elements, only around all of them or
before them; so whatever such a mark is inside of must be the client's, too.
Marks: hteumeuleu, "How to target email clients", howtotarget.email, read 2026-11-22.
"""

import re
from typing import Any

from cssselect import parser as css

from pipeline.examine.reading.page import Element, Page
from pipeline.examine.style.selectors import Selector, key_of, keys, matches_in_client

GMAIL = "gmail"
WORD = "word-engine"
_PROFILES = {  # what a selector that aims at a client holds -> the profile
    "data-og": "outlook-dark-attr",
    "externalclass": "outlook.com",
    "x_": "outlook.com",
    "yahoo": "yahoo",
    "u +": GMAIL,
    "u ~": GMAIL,
    "messageview": "android-mail",
    "messagewebview": "samsung",
    "moz-text": "thunderbird",
}
_NAMES = re.compile(
    r"externalclass|readmsgbody|ecx|x_|rps_|owa|outlook|yahoo|yshortcuts|ymail|gmail|gmx|a3s|aol|apple|webkit-mail"
    r"|message(?:web)?view|moz-text|wordsection|mso|rcm|proton|samsung|thunderbird|msg-?body|mail-?(?:body|wrapper|content)",
    re.IGNORECASE,
)
_ATTRIBUTES = ("data-og", "data-outlook", "data-gmail", "owa", "data-apple")
_WRAPPERS = frozenset(
    "html body div span table tbody tr td center section article main blockquote u p".split()  # noqa: SIM905
)


class Clients:
    """Answers which parts of selectors clients may add to one page."""

    def __init__(self, page: Page) -> None:
        """Remember the page; its elements are looked at when a rule asks."""
        self._page = page
        self._added: dict[int, bool] = {}  # by id of the part
        self._answers: dict[str, bool] = {}
        self._by_key: dict[str, list[Element]] = {}

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
            known = self._answers[written] = _is_a_clients(part) and not self._is_there(part)
        self._added[id(part)] = known
        return known

    def _is_there(self, part: Any) -> bool:
        """Say whether *part* matches an element of the page as it was sent."""
        if isinstance(part, css.Attrib):
            return any(str(part.attrib).lower() in element.attrs for element in self._page.elements)
        if not self._by_key:
            for element in self._page.elements:
                for key in keys(element):
                    self._by_key.setdefault(key, []).append(element)
        selector = Selector("", part, (0, 0, 0), state=True, unknown=True)
        offered = self._by_key.get(key_of(part), ())
        return any(matches_in_client(selector, element, self._may_be_added) for element in offered)


def _is_a_clients(part: Any) -> bool:
    """Say whether a client may add what *part* asks for: a wrapper, one of its own names or attributes."""
    match part:
        case css.CombinedSelector():
            return _is_a_clients(part.selector) and _is_a_clients(part.subselector)
        case css.Element():
            return part.element is None or str(part.element).lower() in _WRAPPERS
        case css.Class():
            return bool(_NAMES.match(str(part.class_name))) and _is_a_clients(part.selector)
        case css.Hash():
            return bool(_NAMES.match(str(part.id))) and _is_a_clients(part.selector)
        case css.Attrib():
            return str(part.attrib).lower().startswith(_ATTRIBUTES)
        case _:
            return False
