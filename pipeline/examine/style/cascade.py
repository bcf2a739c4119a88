"""
The cascade: which declaration wins on an element, in one world.

Order of weight: presentational attributes, sheets by specificity and order, the style attribute,
and the important ones of each again in that order.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from pipeline.examine.reading.page import Element, Page
from pipeline.examine.style import media
from pipeline.examine.style.clients import GMAIL, WORD, Clients
from pipeline.examine.style.colours import read_attribute
from pipeline.examine.style.fonts import read_fonts
from pipeline.examine.style.media import World
from pipeline.examine.style.selectors import Selector, in_gmail, keys, matches
from pipeline.examine.style.sheets import UNDECIDED, Declaration, Rule, read_sheet, read_style
from pipeline.examine.style.values import SIDES

_GROUNDS = frozenset(
    ("body", "table", "thead", "tbody", "tfoot", "tr", "td", "th")
)  # heed bgcolor; others do not
_BODY_MARGINS = {
    "leftmargin": ("left",),
    "rightmargin": ("right",),
    "topmargin": ("top",),
    "marginwidth": ("left", "right"),
    "marginheight": ("top", "bottom"),
}
_MEASURES = ("width", "height")
_SIZES = {"1": 10, "2": 13, "3": 16, "4": 18, "5": 24, "6": 32, "7": 48}  # px of <font size>; HTML standard


class Winner(NamedTuple):
    """The declaration that wins for one property."""

    value: str
    source: str  # "style attribute", "attribute", or the selector of the rule
    queries: tuple[str, ...] = ()  # media queries it hangs on
    state: bool = False  # hangs on what the reader does
    unknown: bool = False  # hangs on what we cannot decide


Style = Mapping[str, Winner]
_Weight = tuple[bool, int, bool, tuple[int, int, int], int]


class Cascade:
    """The styles of a page's elements, each rule matched once and each style worked out once."""

    def __init__(self, page: Page) -> None:
        """Read the page's sheets."""
        self.page = page
        self._rules: dict[str, list[tuple[int, Rule]]] = {}  # by selector key, with their order
        self._matched: dict[int, list[Rule]] = {}  # by id of the element
        self._styles: dict[tuple[int, ...], Style] = {}  # by id of the element and of each rule in force
        self._clients = Clients(page)
        self._asking: dict[tuple[int, int], str] = {}  # rule and element -> the client it matches in
        self._sheets: dict[int, int] = {}  # id of a rule -> number of its sheet
        self.rules: list[Rule] = []
        for number, sheet in enumerate(page.sheets):
            rules = read_sheet(sheet.css, sheet.media, caseless=page.quirks)
            self._sheets |= {id(rule): number for rule in rules}
            self.rules += rules
        self.fonts = read_fonts(tuple(sheet.css for sheet in page.sheets))
        declared = [d for rule in self.rules for d in rule.declarations if d.name == "color-scheme"]
        root = read_style(page.elements[0].attrs.get("style", "")) if page.elements else ()
        declared += [d for d in root if d.name == "color-scheme"]
        self._has_dark = page.dark or any("dark" in d.value for d in declared)
        for order, rule in enumerate(self.rules):
            if not rule.selector.pseudo:
                self._rules.setdefault(rule.selector.key, []).append((order, rule))

    def concerning(self, element: Element) -> list[Rule]:
        """List the rules that match *element* in some world, in the order of the sheets."""
        known = self._matched.get(id(element))
        if known is None:
            offered = [pair for key in keys(element) for pair in self._rules.get(key, ())]
            offered.sort(key=lambda pair: pair[0])
            known = [rule for _order, rule in offered if self.may_match(rule, element)]
            self._matched[id(element)] = known
        return known

    def may_match(self, rule: Rule, element: Element) -> bool:
        """Say whether *rule* matches *element* in some world, a client's own wrappers included."""
        if _may_match(rule.selector, element):
            return True
        if self.page.profile or rule.selector.tree is None:
            return False  # Word adds nothing
        client = self._clients.matching(rule.selector, element)
        if client:
            self._asking[id(rule), id(element)] = client
        return bool(client)

    def worlds(self, elements: Iterable[Element]) -> list[World]:
        """List the worlds in which any of *elements* may look different, the plainest first."""
        line = list(elements)
        rules = {id(rule): rule for element in line for rule in self.concerning(element)}.values()
        conditions = dict.fromkeys(rule.queries for rule in rules if rule.queries)  # few, of many rules
        asked = (query for condition in conditions for query in condition)
        queries = frozenset(query for query in asked if not query.startswith(UNDECIDED))
        hover = any(rule.selector.state for rule in rules)
        unknown = any(rule.selector.unknown or _is_undecided(rule) for rule in rules)
        clients = {c for r in rules for e in line if (c := self._asking.get((id(r), id(e)), ""))}
        asking = {rule for rule, _element in self._asking}  # of one client each; Gmail has its own
        if any(not in_gmail(rule.selector) and id(rule) not in asking for rule in rules):
            clients.add(GMAIL)
        sheets = {self._sheets[id(rule)] for rule in rules}
        fragile = [n for n in sorted(sheets) if self.page.sheets[n].fragile] if len(sheets) > 1 else []
        drops = any(not d.sure for rule in rules for d in rule.declarations) or any(
            not d.sure for element in line for d in read_style(element.attrs.get("style", ""))
        )
        if queries:
            clients.add(WORD)
        if self.page.profile:  # Word knows no media queries, no hover and no dark scheme
            return [World(), World(drops=True)] if drops else [World()]
        wide = any("vw" in d.value for rule in rules for d in rule.declarations)
        wide = wide or any("vw" in element.attrs.get("style", "") for element in line)
        seen: dict[tuple[object, ...], World] = {}
        for world in media.worlds(
            queries or frozenset({"screen"} if wide else ()),
            hover=hover,
            unknown=unknown,
            drops=drops,
            clients=sorted(clients),
            fragile=fragile,
            questions=[q for condition in conditions for q in condition if q.startswith(UNDECIDED)],
        ):
            plain = world.client == WORD  # it knows neither queries nor schemes
            kind = (
                world.dropped,
                world.dark and self._has_dark and not plain,
                world.width if wide and not plain else 0,
                world.hover,
                world.unknown,
                world.answers,
                world.drops,
                world.client,
                *(not plain and _hold(condition, world) for condition in conditions),
            )
            seen.setdefault(kind, world)
        return list(seen.values())

    def _in_word(self, world: World) -> bool:
        return bool(self.page.profile) or world.client == WORD

    def style(self, element: Element, world: World) -> Style:
        """Return the winning declaration of every property that is declared on *element* in *world*."""
        rules = self._in_force(element, world) if world.sheets else []
        key = (id(element), world.drops, *map(id, rules))
        known = self._styles.get(key)
        if known is None:
            known = self._styles[key] = _cascaded(element, rules, drops=world.drops)
        return known

    def _in_force(self, element: Element, world: World) -> list[Rule]:
        """List the rules that style *element* in *world*, in the order of the sheets."""
        return [
            rule
            for rule in self.concerning(element)
            if (not rule.queries or (not self._in_word(world) and _hold(rule.queries, world)))
            and self._sheets[id(rule)] != world.dropped
            and (world.client != GMAIL or in_gmail(rule.selector))
            and self._asking.get((id(rule), id(element)), world.client) == world.client
            and (
                not _hangs_on_answers(rule.selector)
                or (id(rule), id(element)) in self._asking
                or _matches(rule.selector, element, world)
            )
        ]


def _cascaded(element: Element, rules: Sequence[Rule], *, drops: bool) -> Style:
    """Return the winners among an element's attributes and the *rules* in force on it."""
    best: dict[str, tuple[_Weight, Winner]] = {}
    doubtful: set[str] = set()  # what is held by a value that not all browsers take

    def offer(d: Declaration, weight: _Weight, winner: Winner) -> None:
        held = best.get(d.name)
        if (drops and not d.sure) or (held is not None and weight < held[0]):
            return
        best.pop(f"?{d.name}", None)
        if held is not None and not d.sure and d.name in doubtful and held[1].value != d.value:
            either = winner._replace(value=f"{held[1].value} or {d.value}")
            best[f"?{d.name}"] = (weight, either)  # who knows which of the two a browser takes
        best[d.name] = (weight, winner)
        (doubtful.discard if d.sure else doubtful.add)(d.name)

    for hint in _hints(element):
        offer(hint, (False, 0, True, (0, 0, 0), 0), Winner(hint.value, "attribute"))
    for order, rule in enumerate(rules):
        selector = rule.selector
        unknown = selector.unknown or _is_undecided(rule)
        for d in rule.declarations:
            winner = Winner(d.value, selector.written, rule.queries, selector.state, unknown)
            offer(d, (d.important, 1, rule.layered == d.important, selector.specificity, order), winner)
    for d in read_style(element.attrs.get("style", "")):
        offer(d, (d.important, 2, True, (0, 0, 0), 0), Winner(d.value, "style attribute"))
    return {name: winner for name, (_weight, winner) in best.items()}


def _hold(queries: Iterable[str], world: World) -> bool:
    """Say whether the conditions around a rule hold in *world*."""
    return all(
        world.says(query) if query.startswith(UNDECIDED) else media.holds(query, world) for query in queries
    )


def _is_undecided(rule: Rule) -> bool:
    return any(query.startswith(UNDECIDED) for query in rule.queries)


def _hangs_on_answers(selector: Selector) -> bool:
    """Say whether *selector* asks what differs between worlds; any other matches in all of them or none."""
    return selector.state or selector.unknown


def _matches(selector: Selector, element: Element, world: World) -> bool:
    return matches(selector, element, hover=world.hover, unknown=world.unknown)


def _may_match(selector: Selector, element: Element) -> bool:
    hovers = (False, True) if selector.state else (False,)
    unknowns = (False, True) if selector.unknown else (False,)
    return any(matches(selector, element, hover=h, unknown=u) for h in hovers for u in unknowns)


def _hints(element: Element) -> list[Declaration]:
    """Return what an element's presentational attributes declare (HTML standard, "Rendering")."""
    attrs = element.attrs
    found = [*_painted(element), *_measured(element)]
    if attrs.get("dir", "").strip().lower() in ("ltr", "rtl"):
        found.append(("direction", attrs["dir"].strip().lower()))
    if element.tag == "font":
        found.append(("font-family", attrs.get("face", "").strip().lower()))
        if size := attrs.get("size", "").strip():
            found.append(("font-size", _font_size(size)))
    if element.tag in ("td", "th") and "nowrap" in attrs:
        found.append(("white-space", "nowrap"))
    return [Declaration(name, value) for name, value in found if value]


def _painted(element: Element) -> Iterator[tuple[str, str]]:
    attrs = element.attrs
    if element.tag in _GROUNDS:
        if colour := attrs.get("bgcolor", ""):
            yield "background-color", _attribute_colour(colour)
        if attrs.get("background", ""):
            yield "background-image", "url()"
    if element.tag == "a" and "href" in attrs:
        body = next((step for step in element.chain() if step.tag == "body"), None)
        if body is not None and (colour := body.attrs.get("link", "")):
            yield "color", _attribute_colour(colour)
    text = {"font": "color", "body": "text"}.get(element.tag, "")
    if text and (colour := attrs.get(text, "")):
        yield "color", _attribute_colour(colour)


def _measured(element: Element) -> Iterator[tuple[str, str]]:
    attrs = element.attrs
    if element.tag in ("td", "th"):
        yield from ((f"padding-{side}", _cell_room(element)) for side in SIDES)
    if element.tag == "table" and (spacing := attrs.get("cellspacing", "")).isdecimal():
        yield "border-spacing", f"{spacing}px"
    for name, sides in _BODY_MARGINS.items() if element.tag == "body" else ():
        if attrs.get(name, "").isdecimal():
            yield from ((f"margin-{side}", f"{attrs[name]}px") for side in sides)
    if element.tag in _GROUNDS:
        sizes = {name: attrs.get(name, "").strip() for name in _MEASURES}
        yield from ((n, v if v.endswith("%") else f"{v.removesuffix('px')}px") for n, v in sizes.items() if v)


def _cell_room(cell: Element) -> str:
    """Return the padding that the cellpadding attribute of its table gives a cell."""
    table = next((step for step in reversed(cell.chain()) if step.tag == "table"), None)
    room = table.attrs.get("cellpadding", "") if table is not None else ""
    return f"{room}px" if room.isdecimal() and int(room) else ""


def _attribute_colour(value: str) -> str:
    if value.strip().lower() in ("", "transparent"):
        return ""  # declares nothing (HTML standard, "rules for parsing a legacy color value")
    if "(" in value:
        return "attr()"  # browsers read a function as another colour, which we do not work out
    colour = read_attribute(value)
    return str(colour) if colour else value  # as it stands it is undecided, like any colour we cannot read


def _font_size(size: str) -> str:
    if size[0] in "+-" and size[1:].isdigit():
        size = str(min(7, max(1, 3 + int(size))))
    return f"{_SIZES[size]}px" if size in _SIZES else ""
