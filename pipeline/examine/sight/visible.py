"""
Can readers see it? Every world in which a document looks different is looked at.

A word is seen when nothing from the root down to its element hides, shrinks, fades, clips or moves it
in any world. What cannot be decided counts as not seen (VIS022).
"""

from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from functools import lru_cache
from typing import NamedTuple

from pipeline.examine.reading.page import Element, Page
from pipeline.examine.sight.hiding import by_itself, in_context
from pipeline.examine.sight.legible import at_the_words
from pipeline.examine.sight.look import Cause, Look, cause, first_look, step_into
from pipeline.examine.style.cascade import Cascade, Style
from pipeline.examine.style.media import World, plainest

_LONG = 80  # characters; a piece that may stay on one line is shorter
_BY_QUERY = frozenset(("VIS001", "VIS002", "VIS003", "VIS007", "VIS008"))


class Problem(NamedTuple):
    """One reason why somebody does not see the words."""

    rule: str  # VIS001, …
    what: str  # the property and value, or the attribute or element, and where it stands
    hint: str  # how to mend it
    profile: str = ""  # the client profile it fails in; empty for all
    element: int = -1  # number of the element that causes it
    css: str = ""  # the property that causes it
    undetermined: bool = False  # a browser may decide it


class Sight:
    """Looks at one page's elements; keeps what it has worked out, for the next look."""

    def __init__(self, page: Page) -> None:
        """Read the page's style sheets."""
        self.page = page
        self.cascade = Cascade(page)
        self._looks: dict[World, dict[int, Look]] = {}  # by id of the element
        self._causes: dict[tuple[int, int], tuple[Cause, ...]] = {}  # by id of the element and the style
        self._kept: list[Element] = []

    def keep(self, added: Iterable[Element]) -> list[Element]:
        """Keep elements that are not the page's own: what is known about an element goes by its id."""
        kept = list(added)
        self._kept += kept
        return kept

    def problems(self, elements: Sequence[Element], locale: str = "") -> list[Problem]:
        """
        List every reason why text right inside *elements* is not seen in some world.

        Each is told once, for the plainest world it fails in. The direction of reading is judged for
        *locale* only.
        """
        worlds = self.cascade.worlds({id(e): e for leaf in elements for e in leaf.chain()}.values())
        found: dict[tuple[str, str], tuple[Cause, list[World]]] = {}
        for world in worlds:
            for leaf in elements:
                look = self.look(leaf, world)
                own = (*at_the_words(leaf, look, world, locale), *self._endless(look))
                for reason in (*look.causes, *own):
                    found.setdefault((reason.rule, reason.what), (reason, []))[1].append(world)
        problems = {self._told(reason, where, worlds) for reason, where in found.values()}
        return sorted(problems, key=lambda p: (p.rule, p.what, p.profile))

    def _told(self, cause: Cause, where: list[World], worlds: list[World]) -> Problem:
        """Name the rule and the client profile for the worlds in which a cause works."""
        rule = cause.rule
        if where[0] is not worlds[0]:
            rule = _rule_by_world(cause, where)
        missing = {id(w) for w in worlds if w.sheets} - {id(w) for w in where}
        profile = cause.profile or (plainest(where).profile if missing else "")
        shown = not self.page.profile and any(world.usual for world in where)
        return told(cause._replace(rule=rule, undetermined=cause.undetermined and shown), self.page, profile)

    def _endless(self, look: Look) -> Iterator[Cause]:
        """VIS008: one long line that never wraps leaves the page; short pieces may stay together."""
        one = look.inherited.get("white-space")
        if one is not None and one.winner.value in ("nowrap", "pre") and look.clips is None:
            start, end = self.page.extent(one.element)
            if end - start > _LONG:
                yield cause("VIS008", one.element, "white-space", one.winner, "let the lines wrap")

    def look(self, element: Element, world: World) -> Look:
        """Work out what *element* looks like, from the root down, each element once."""
        looks = self._looks.setdefault(world, {})
        look = first_look(dark=world.dark and self.page.dark, fonts=self.cascade.fonts)
        for step in element.chain():
            known = looks.get(id(step))
            if known is None:
                known = copy(look)
                style = self.cascade.style(step, world)
                if step.parent is None and world.dark and not self.page.dark:
                    known = self._canvas(style, known)
                known.causes += (*step_into(step, style, known, world), *self._alone(step, style))
                known.causes += tuple(in_context(step, style, known, world))
                looks[id(step)] = known
            look = known
        return look

    def _alone(self, element: Element, style: Style) -> tuple[Cause, ...]:
        """Return what an element and its style say by themselves; most worlds share them."""
        known = self._causes.get((id(element), id(style)))
        if known is None:
            known = self._causes[id(element), id(style)] = tuple(by_itself(element, style))
        return known

    def _canvas(self, style: Style, look: Look) -> Look:
        """Return what the root starts from in the dark when it says there that it supports dark colours."""
        scheme = style.get("color-scheme")
        is_dark = scheme is not None and "dark" in scheme.value.split()
        return first_look(dark=True, fonts=self.cascade.fonts) if is_dark else look


def told(cause: Cause, page: Page, profile: str = "") -> Problem:
    """Return what *cause* tells about *page*; elements of what Word reads have other numbers than ours."""
    element = cause.element.number if cause.element is not None and not page.profile else -1
    return Problem(
        cause.rule, cause.what, cause.hint, page.profile or profile, element, cause.css, cause.undetermined
    )


@lru_cache(maxsize=4)
def sight(page: Page) -> Sight:
    """Return the one Sight of *page*."""
    return Sight(page)


def _rule_by_world(cause: Cause, where: list[World]) -> str:
    if all(world.drops for world in where):
        return cause.rule  # an earlier value that comes back
    if not any(world.sheets for world in where):
        return "VIS020"
    if cause.winner is not None and cause.winner.unknown:
        return "VIS022"
    if cause.winner is not None and cause.winner.state:
        return "VIS013"
    if cause.rule == "VIS005" and all(world.dark for world in where):
        return "VIS006"
    return "VIS011" if cause.rule in _BY_QUERY else cause.rule
