"""One copy of a wording where it stands: is it seen, in one piece, and do its links lead right?"""

import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape

from pipeline.examine.covering import generated
from pipeline.examine.look import Cause
from pipeline.examine.page import Element, Page
from pipeline.examine.visible import Problem, sight
from pipeline.model import Wording

_LINK = re.compile(r'href="([^"]*)"')
_OBJECTS = frozenset(
    (
        *("img", "input", "button", "select", "textarea", "video", "audio", "canvas", "svg", "object"),
        *("iframe", "embed", "math", "meter", "progress", "picture"),
    )
)
_AROUND_WORDS = ".,;:!?()\"'"


def reasons(wording: Wording, page: Page, start: int, end: int) -> list[Problem]:
    """List why tokens *start* to *end* are not shown to everybody as they were approved."""
    holders, eye = page.holders(start, end), sight(page)
    around = {id(step): step for holder in holders for step in holder.chain()}
    around |= {id(element): element for element in page.inside(start, end)}
    causes = [*generated(eye, list(around.values())), *_broken(page.inside(start, end))]
    causes += _linked(wording, around.values())
    found = [Problem(cause.rule, cause.what, cause.hint, page.profile) for cause in causes]
    return [*eye.problems(holders, wording.locale), *found]


def _broken(inside: Sequence[Element]) -> Iterator[Cause]:
    """DISC013: what is no text interrupts the words."""
    for element in inside:
        if element.tag in _OBJECTS:
            hint = "keep the words together: put it before or after them"
            yield Cause("DISC013", f"<{element.tag}> at {element.path} interrupts the words", hint)


def _linked(wording: Wording, around: Iterable[Element]) -> Iterator[Cause]:
    """DISC003: a link of the wording leads where the registry says, or where its own words say."""
    allowed = set(_LINK.findall(wording.html))
    for element in around:
        target = element.attrs.get("href", "").strip()
        if element.tag != "a" or not target or escape(target) in allowed or target in allowed:
            continue
        spelt = target.partition(":")[2].strip("/") if ":" in target else target
        if spelt not in {word.strip(_AROUND_WORDS) for word in wording.text.split()}:
            yield Cause("DISC003", f"link to {target!r} at {element.path}", "link as the registry does")
