"""
Worlds: the circumstances in which one document is looked at, and whether a media query holds there.

A query about width or colour scheme is decided. Paper and speech are nobody's inbox. Whatever we do
not know (resolution, a vendor's own feature) is looked at both ways, so that it can hide nothing.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import tinycss2  # type: ignore[import-untyped]

WIDTHS = (1200, 360, 768, 600, 480, 320)  # px; breakpoints of the document's own sheets are added
PHONE = 360  # px
_LENGTH_PX = {"px": 1.0, "em": 16.0, "rem": 16.0, "pt": 4 / 3, "in": 96.0, "cm": 96 / 2.54}
_WIDTH = frozenset({"width", "device-width"})
_FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "="}


ALL_SHEETS = -1
_MOST_QUESTIONS = 5


class World(NamedTuple):
    """One set of circumstances."""

    width: float = 1200.0  # px
    dark: bool = False  # the reader prefers dark colours
    hover: bool = False  # the reader points at it, has clicked it, ticked it, …
    unknown: bool = False  # whatever we cannot decide holds
    answers: frozenset[str] = frozenset()  # of what we cannot decide, what holds
    dropped: int | None = None  # number of the style sheet that the client drops; ALL_SHEETS for all
    drops: bool = False  # the client drops every value that not all clients take
    client: str = ""  # the profile of a client whose own wrappers and marks rules ask for

    def says(self, question: str) -> bool:
        """Answer what the document does not."""
        return self.unknown or question in self.answers

    @property
    def sheets(self) -> bool:
        """Whether the client keeps style sheets at all."""
        return self.dropped != ALL_SHEETS

    @property
    def usual(self) -> bool:
        """Whether a browser shows it: no client's own doing, nothing pointed at, nothing undecided."""
        asked = self.hover or self.unknown or self.answers or self.drops or self.client
        return self.dropped is None and not asked

    @property
    def profile(self) -> str:
        """The client profile this world stands for (compliance catalogue, section 5.3)."""
        if self.client or self.dropped is not None:
            return self.client or ("gmail" if self.sheets else "no-sheet")
        places = {WIDTHS[0]: "desktop", PHONE: "phone"}
        return f"{places.get(int(self.width), f'{self.width:g}px')}-{'dark' if self.dark else 'light'}"


def plainest(some: Sequence[World]) -> World:
    """Return the one of *some* worlds that is named best: a desktop, else a phone, else the first."""
    return min(
        some, key=lambda w: (w.hover or w.unknown or w.drops, w.dark, w.width != WIDTHS[0], w.width != PHONE)
    )


@lru_cache(maxsize=4096)
def holds(query: str, world: World) -> bool:
    """Say whether the media query list *query* holds in *world*. An empty list always does."""
    return not query.strip() or any(_query_holds(parts, world) for parts in _parsed(query))


def breakpoints(query: str) -> set[float]:
    """Return the widths on both sides of every border that *query* draws, in px."""
    edges: set[float] = set()
    for number, unit in re.findall(r"(\d+(?:\.\d+)?)(px|em|rem|pt|in|cm)", query.lower()):
        edge = float(number) * _LENGTH_PX[unit]
        edges |= {edge - 1, edge, edge + 1}
    return {edge for edge in edges if 200 <= edge <= 4000}  # noqa: PLR2004 - no inbox is narrower or wider


def worlds(
    queries: frozenset[str],
    *,
    hover: bool,
    unknown: bool,
    drops: bool = False,
    clients: Sequence[str] = (),
    fragile: Sequence[int] = (),
    questions: Sequence[str] = (),
) -> list[World]:
    """
    List the worlds in which sheets with *queries* may differ, the plainest first.

    Args:
        queries: every media query list that concerns the text looked at.
        hover: whether a rule hangs on what the reader does.
        unknown: whether a rule hangs on something we cannot decide.
        drops: whether some clients drop a value.
        clients: the profiles of clients whose marks are asked for, or that leave rules out.
        fragile: the numbers of the style sheets that a client may drop alone.
        questions: what else we cannot decide; with several, each is also answered alone.
    """
    edges = {float(w) for w in WIDTHS}.union(*map(breakpoints, queries))
    widths = sorted(edges if queries else WIDTHS[:1], key=lambda w: (w != WIDTHS[0], w != PHONE, -w))
    plain = [World(width=w, dark=d) for d in (False, True) for w in widths]
    found = [plain[0], World(dropped=ALL_SHEETS), *plain[1:], *(World(dropped=sheet) for sheet in fragile)]
    if unknown or any(_is_open(query) for query in queries):
        found += [world._replace(unknown=True) for world in plain]
    asked = sorted({*questions, *(one for query in queries for one in _questions(query))})[:_MOST_QUESTIONS]
    for question in asked if len(asked) > 1 else ():
        found += [world._replace(answers=frozenset((question,))) for world in plain if _is_usual(world)]
    found += [world._replace(client=client) for client in clients for world in plain if _is_usual(world)]
    if drops:
        found += [world._replace(drops=True) for world in found]
    if hover:
        found += [world._replace(hover=True) for world in found if world.sheets]
    return found


def _is_usual(world: World) -> bool:
    return world.width == WIDTHS[0] or (world.width == PHONE and not world.dark)


@lru_cache(maxsize=256)
def _is_open(query: str) -> bool:
    """Say whether any answer to *query* hangs on what we do not know."""
    widths = {WIDTHS[0], PHONE, *breakpoints(query)}
    return any(
        _query_holds(parts, world._replace(unknown=True)) != _query_holds(parts, world)
        for world in (World(width=width, dark=dark) for width in widths for dark in (False, True))
        for parts in _parsed(query)
    )


@lru_cache(maxsize=256)
def _parsed(query: str) -> tuple[tuple[Any, ...], ...]:
    lists: list[list[Any]] = [[]]
    for token in tinycss2.parse_component_value_list(query, skip_comments=True):
        if token.type == "literal" and token.value == ",":
            lists.append([])
        elif token.type != "whitespace":
            lists[-1].append(token)
    return tuple(tuple(parts) for parts in lists)


def _query_holds(parts: tuple[Any, ...], world: World) -> bool:
    words = [part.lower_value if part.type == "ident" else part for part in parts]
    flip = bool(words) and words[0] == "not"
    if words and words[0] in ("not", "only"):
        words = words[1:]
    return _all_hold(words, world) != flip


def _all_hold(words: list[Any], world: World) -> bool:
    value, joined = True, "and"
    for word in words:
        if word in ("and", "or"):
            joined = word
            continue
        here = _medium(word, world) if isinstance(word, str) else _condition(word, world)
        value = (value or here) if joined == "or" else (value and here)
    return value


def _medium(word: str, world: World) -> bool:
    if word in ("all", "screen"):
        return True
    if word in ("print", "speech", "aural", "braille", "embossed", "tty", "tv", "projection", "handheld"):
        return False
    return world.says(word)


@lru_cache(maxsize=256)
def _questions(query: str) -> frozenset[str]:
    """Return what in a media query list we cannot decide."""
    found: set[str] = set()
    stack = [token for parts in _parsed(query) for token in parts]
    while stack:
        token = stack.pop()
        if token.type != "() block":
            continue
        inner = [one for one in token.content if one.type not in ("whitespace", "comment")]
        if any(one.type == "() block" for one in inner):
            stack += inner
        elif _condition(token, World(unknown=True)) != _condition(token, World()):
            found.add(_written(inner))
    return frozenset(found)


def _written(tokens: Sequence[Any]) -> str:
    return "".join(token.serialize() for token in tokens).lower()


def _condition(block: Any, world: World) -> bool:
    if block.type != "() block":
        return world.unknown
    inner = [token for token in block.content if token.type not in ("whitespace", "comment")]
    if any(token.type == "() block" for token in inner):
        return _query_holds(tuple(inner), world)
    written = _written(inner)
    world = world._replace(unknown=world.says(written))
    name, colon, value = written.partition(":")
    return _feature(name, value, world) if colon else _range(written, world)


def _feature(name: str, value: str, world: World) -> bool:
    bound = _px(value)
    for prefix, compare in (("min-", ">="), ("max-", "<="), ("", "=")):
        if name.startswith(prefix) and name.removeprefix(prefix) in _WIDTH:
            return world.unknown if bound is None else _compare(world.width, compare, bound)
    if name == "prefers-color-scheme" and value in ("light", "dark"):
        return world.dark == (value == "dark")
    return world.unknown


def _range(written: str, world: World) -> bool:
    """Decide `(width<=600px)`, `(400px<=width<=600px)` and `(width)`."""
    parts = re.split(r"(<=|>=|<|>|=)", written)
    if not _WIDTH.intersection(parts):
        return world.unknown
    at = next(i for i, part in enumerate(parts) if part in _WIDTH)
    left, right = parts[:at], parts[at + 1 :]
    sides = [(_FLIPPED[left[1]], left[0])] if len(left) == 2 else []  # noqa: PLR2004
    sides += [(right[0], right[1])] if len(right) == 2 else []  # noqa: PLR2004
    bounds = [(compare, _px(bound)) for compare, bound in sides]
    return all(
        world.unknown if bound is None else _compare(world.width, compare, bound) for compare, bound in bounds
    )


def _px(value: str) -> float | None:
    match = re.fullmatch(r"(-?\d+(?:\.\d+)?)(px|em|rem|pt|in|cm)?", value.strip())
    if not match or (match[2] is None and float(match[1])):
        return None
    return float(match[1]) * _LENGTH_PX.get(match[2] or "px", 1.0)


def _compare(left: float, how: str, right: float) -> bool:
    if how == "=":
        return left == right
    if how.startswith("<"):
        return left < right or (how == "<=" and left == right)
    return left > right or (how == ">=" and left == right)
