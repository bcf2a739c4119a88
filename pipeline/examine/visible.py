"""
Can readers see it? Every world in which a document looks different is looked at.

A word is seen when nothing from the root down to its element hides, shrinks, fades, clips or moves it
in any world. What cannot be decided counts as not seen (VIS022).
"""

from collections.abc import Sequence
from copy import copy
from functools import lru_cache
from typing import NamedTuple

from pipeline.examine.cascade import Cascade
from pipeline.examine.hiding import at_element
from pipeline.examine.legible import at_the_words
from pipeline.examine.look import Cause, Look, first_look, step_into
from pipeline.examine.media import World, plainest
from pipeline.examine.page import Element, Page

_BY_QUERY = frozenset(("VIS001", "VIS002", "VIS003", "VIS007", "VIS008"))


class Problem(NamedTuple):
    """One reason why somebody does not see the words."""

    rule: str  # VIS001, …
    what: str  # the property and value, or the attribute or element, and where it stands
    hint: str  # how to mend it
    profile: str = ""  # the client profile it fails in; empty for all


class Sight:
    """Looks at one page's elements; keeps what it has worked out, for the next look."""

    def __init__(self, page: Page) -> None:
        """Read the page's style sheets."""
        self.page = page
        self.cascade = Cascade(page)
        self._looks: dict[World, dict[int, Look]] = {}  # by id of the element

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
                look = self._look(leaf, world)
                for cause in (*look.causes, *at_the_words(leaf, look, world, locale)):
                    found.setdefault((cause.rule, cause.what), (cause, []))[1].append(world)
        told = {self._told(cause, where, worlds) for cause, where in found.values()}
        return sorted(told, key=lambda p: (p.rule, p.what, p.profile))

    def _told(self, cause: Cause, where: list[World], worlds: list[World]) -> Problem:
        """Name the rule and the client profile for the worlds in which a cause works."""
        rule = cause.rule
        if where[0] is not worlds[0]:
            rule = _rule_by_world(cause, where)
        missing = {id(w) for w in worlds if w.sheets} - {id(w) for w in where}
        profile = self.page.profile or (plainest(where).profile if missing else "")
        return Problem(rule, cause.what, cause.hint, profile)

    def _look(self, element: Element, world: World) -> Look:
        """Work out what *element* looks like, from the root down, each element once."""
        looks = self._looks.setdefault(world, {})
        look = first_look(dark=world.dark and self.page.dark, fonts=self.cascade.fonts)
        for step in element.chain():
            known = looks.get(id(step))
            if known is None:
                known = copy(look)
                style = self.cascade.style(step, world)
                known.causes += tuple(step_into(step, style, known, world))
                known.causes += tuple(at_element(step, style, known, world))
                looks[id(step)] = known
            look = known
        return look


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
