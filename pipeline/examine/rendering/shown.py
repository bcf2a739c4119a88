"""
Shown or not: what is held against one copy of a wording in one render, from what the browser tells.

The figures come from `rendered.js` and are given in px of the document. Geometry and computed style are
judged here; pixels in `ink`, and what they mean here again.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from pipeline.examine.rendering.ink import Ink
from pipeline.examine.sight.hiding import FLOOR_PX, OPAQUE
from pipeline.examine.sight.legible import CRUSHED, RIGHT_TO_LEFT, TIGHTEST
from pipeline.examine.style.colours import HIDDEN, LEGIBLE, Colour, contrast, read_colour
from pipeline.examine.words import BREAK
from pipeline.model import Wording

COVERED = 0.6  # share of the letters' area that has to be seen
TOLERANCE = 0.95  # of a contrast measured on small, smoothed letters

_INSIDE = 0.75  # share of a word's box that has to lie inside all boxes that clip
_WIDEST_PX = 1000.0  # a mail may scroll sideways on a phone, but not farther
_SPREAD = 0.5  # letter spacing in relation to the letters
_ROUNDING = 0.01  # of computed sizes
_OVERLAP = 0.45  # share of a word's box that another word may share
_ALIKE = 0.06  # of each part of a colour; what is measured on small letters is taken for the style's
_SAME_LINE = 0.5  # of a word's height; boxes whose tops differ by less stand on one line
_PIECE = 16  # characters looked at as one word where no space parts them


class Problem(NamedTuple):
    """One reason why readers do not see the words in one render."""

    rule: str
    what: str
    hint: str


class Piece(NamedTuple):
    """One word, or as much of it as stands in one text node."""

    node: int  # number of the text node
    start: int  # in UTF-16 units of the node's text, as browsers count
    end: int


class Text(NamedTuple):
    """All text of a document in reading order, as the browser gives it."""

    raw: str
    starts: tuple[int, ...]  # where in it each text node begins

    def pieces(self, low: int, high: int) -> list[Piece]:
        """Cut characters *low* to *high* into words that hold a letter or digit."""
        found = []
        for word in re.finditer(rf"[^\s{BREAK}]{{1,{_PIECE}}}", self.raw[low:high]):
            for node, start in enumerate(self.starts):
                after = self.starts[node + 1] if node + 1 < len(self.starts) else len(self.raw)
                first, last = max(low + word.start(), start), min(low + word.end(), after)
                if first < last and any(map(str.isalnum, self.raw[first:last])):
                    found.append(Piece(node, self._units(start, first), self._units(start, last)))
        return found

    def _units(self, start: int, at: int) -> int:
        return len(self.raw[start:at].encode("utf-16-le", "surrogatepass")) // 2


def read_text(items: Sequence[str | None]) -> Text:
    """Put the text nodes together; None stands where a block begins or ends."""
    raw: list[str] = []
    starts: list[int] = []
    length = 0
    for item in items:
        if item is not None:
            starts.append(length)
        raw.append(BREAK if item is None else item)
        length += len(raw[-1])
    return Text("".join(raw), tuple(starts))


def out_of_place(
    wording: Wording, copy: Sequence[Mapping[str, Any]], seen: Mapping[str, Any]
) -> set[Problem]:
    """List what geometry and computed style hold against *copy*, one of the copies in *seen*."""
    found: set[Problem] = set()
    if not copy:
        found.add(
            Problem("VIS022", "the wording has no letters to look for", "register words that can be read")
        )
    holders = {piece["holder"] for piece in copy}
    for number in holders:
        found.update(_styled(seen["holders"][number], wording))
    for piece in copy:
        facts, clip = seen["holders"][piece["holder"]], seen["clips"][piece["holder"]]
        if not piece["boxes"]:
            found.add(_gone(facts))
        for box in piece["boxes"]:
            found.update(_placed(box, facts["path"], clip, seen))
    found.update(_arranged([box for piece in copy for box in piece["boxes"]], wording))
    found.update(_undecided(seen["moving"]))
    return found


def _undecided(moving: Sequence[Mapping[str, str]]) -> Iterator[Problem]:
    for one in moving:
        hint = "take it off: what readers see hangs on the moment"
        yield Problem("VIS022", f"{one['what']} at {one['path']}", hint)


def _gone(facts: Mapping[str, Any]) -> Problem:
    """Tell why words have no box at all."""
    gone = facts["shut"] or facts["gone"]
    path = (gone or facts)["path"]
    if facts["shut"]:
        return Problem(
            "VIS013", f"inside {gone['what']} at {path}", "show the words without a click or motion"
        )
    if gone and gone["what"] == "hidden":
        return Problem("VIS014", f"attribute hidden on {path}", "remove the hidden attribute")
    if gone:
        return Problem("VIS001", f"{gone['what']} on {path}", f"remove {gone['what']} there")
    return Problem("VIS001", f"no box is drawn for words at {path}", "set them as plain text in the body")


def _styled(facts: Mapping[str, Any], wording: Wording) -> Iterator[Problem]:
    """Judge the computed style that holds right at the words."""
    path = facts["path"]
    if facts["shut"]:
        yield _gone(facts)
    if facts["visibility"] != "visible":
        yield Problem("VIS002", f"visibility: {facts['visibility']} at {path}", "remove visibility there")
    if facts["opacity"] < OPAQUE:
        hint = "set opacity to 1 there and on its ancestors"
        yield Problem("VIS003", f"opacity comes to {facts['opacity']:.2g} at {path}", hint)
    if facts["faded"] and "blur(" in facts["faded"]["what"]:
        yield Problem("VIS003", f"{facts['faded']['what']} on {facts['faded']['path']}", "remove it there")
    if facts["size"] < FLOOR_PX - _ROUNDING:
        what = f"letters of {facts['size']:.3g}px at {path}"
        yield Problem("VIS004", what, f"raise the text to {FLOOR_PX:g}px or more")
    for key, rule, why in _UNDECIDED:
        if facts[key]:
            what = f"{facts[key]['what']} on {facts[key]['path']}"
            yield Problem(rule, what, why)
    yield from _set(facts, wording)


_UNDECIDED = (
    ("turned", "VIS018", "remove it: it turns the words round"),
    ("picture", "VIS022", "put a plain background-color right behind the words"),
)


def _set(facts: Mapping[str, Any], wording: Wording) -> Iterator[Problem]:
    """Judge how letters and lines are set."""
    wanted = "rtl" if wording.locale.partition("-")[0].lower() in RIGHT_TO_LEFT else "ltr"
    spoilt = {
        f"direction: {facts['direction']}": facts["direction"] != wanted,
        f"unicode-bidi: {facts['bidi']}": "override" in facts["bidi"],
        f"writing-mode: {facts['writing']}": facts["writing"] != "horizontal-tb",
        f"-webkit-text-security: {facts['security']}": facts["security"] != "none",
        f"line-height of {facts['line']:.2g}": facts["line"] < TIGHTEST - _ROUNDING,
        f"letter-spacing of {facts['letters']:.2g}em": not CRUSHED - _ROUNDING <= facts["letters"] <= _SPREAD,
        f"word-spacing of {facts['words']:.2g}em": not 0 <= facts["words"] <= 1,
    }
    for what, spoils in spoilt.items():
        if spoils:
            hint = "remove it: the words are reversed, crushed or torn apart"
            yield Problem("VIS018", f"{what} at {facts['path']}", hint)


def _placed(box: Sequence[float], path: str, clip: str | None, seen: Mapping[str, Any]) -> Iterator[Problem]:
    """Judge where one box of words lies."""
    left, top, width, height, inside = box
    if inside < _INSIDE:
        yield Problem("VIS007", f"words at {path} are cut off by {clip}", f"remove the size limit at {clip}")
    outside = left < -1 or top < -1 or left + width > max(seen["view"][0], _WIDEST_PX)
    if outside or top + height > seen["height"] + height:
        hint = "remove the indent, offset or margin that moves them away"
        yield Problem("VIS008", f"words at {path} lie outside the page", hint)
    if height < FLOOR_PX * 0.8:
        hint = f"raise the text to {FLOOR_PX:g}px or more"
        yield Problem("VIS004", f"lines of {height:.2g}px at {path}", hint)


def _arranged(boxes: Sequence[Sequence[float]], wording: Wording) -> Iterator[Problem]:
    """Judge how the words lie to each other."""
    leftward = wording.locale.partition("-")[0].lower() in RIGHT_TO_LEFT
    along = against = back = 0
    for one, other in pairwise(boxes):
        rise = (one[1] - other[1]) / min(one[3], other[3])
        if abs(rise) < _SAME_LINE:
            along += (other[0] > one[0]) is not leftward
            against += (other[0] < one[0]) is not leftward
        elif rise > 0:  # the head of the next column, or an earlier line
            back += other[0] + other[2] > one[0] + 1 if leftward else other[0] < one[0] + one[2] - 1
    if against > along:
        yield Problem("VIS018", "the words run backwards", "remove what turns them round")
    if back:
        yield Problem("VIS018", "later words stand above earlier ones", "show the words in their own order")
    if any(_overlap(one, other) > _OVERLAP for at, one in enumerate(boxes) for other in boxes[:at]):
        yield Problem("VIS018", "words lie over one another", "set lines and words apart")


def _overlap(one: Sequence[float], other: Sequence[float]) -> float:
    wide = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    high = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    return wide * high / min(one[2] * one[3], other[2] * other[3]) if wide > 0 and high > 0 else 0.0


def pale(words: Sequence[Ink], facts: Mapping[str, Any], *, dark: bool) -> Iterator[Problem]:
    """Say what the worst of *words*, with the *facts* of the element they stand in, lacks to be read."""
    path = facts["path"]
    word = min(words, key=lambda word: (bool(word.expected), word.share >= COVERED, word.contrast))
    if not word.expected:
        yield Problem("VIS022", f"letters without a shape at {path}", "set the words in a common font")
    elif word.share < COVERED or word.contrast < HIDDEN:
        yield _unseen(word, facts, dark=dark)
    elif word.contrast < LEGIBLE * TOLERANCE:
        meant = _meant(word, facts)
        close = all(abs(one - other) < _ALIKE for one, other in zip(meant[:3], word.letters[:3], strict=True))
        yield _faint(meant if close else word.letters, word.ground, path, dark=dark)


def inverted(words: Sequence[Ink], facts: Mapping[str, Any]) -> Iterator[Problem]:
    """Say whether *words* become too faint where a client inverts both colours."""
    word = min(words, key=lambda word: word.inverted)
    if word.inverted < LEGIBLE * TOLERANCE:
        what = f"{word.letters} on {word.ground} inverted is {word.inverted:.1f}:1 at {facts['path']}"
        yield Problem("VIS006", what, "choose colours that keep 4.5:1 when both are inverted")


def _faint(letters: Colour, ground: Colour, path: str, *, dark: bool) -> Problem:
    hint = "set text and background together in the dark rule" if dark else "change the colours"
    what = f"{letters} on {ground} is {contrast(letters, ground):.1f}:1 at {path}"
    return Problem("VIS006" if dark else "VIS005", what, f"{hint}: {LEGIBLE}:1 is needed")


def _unseen(word: Ink, facts: Mapping[str, Any], *, dark: bool) -> Problem:
    """Name the likeliest cause of letters that leave no mark."""
    for key, rule in (("cut", "VIS007"), ("faded", "VIS003")):
        if facts[key]:
            what = f"{facts[key]['what']} on {facts[key]['path']} hides words"
            return Problem(rule, what, "remove it there")
    colour = read_colour(facts["colour"])
    if colour is None or not colour.alpha:
        return Problem("VIS005", f"transparent letters at {facts['path']}", "give the words a plain colour")
    if contrast(_meant(word, facts), word.ground) >= HIDDEN:
        what = f"words at {facts['path']} are drawn but not seen"
        return Problem("VIS009", what, "remove what is painted over them")
    return _faint(_meant(word, facts), word.ground, facts["path"], dark=dark)


def _meant(word: Ink, facts: Mapping[str, Any]) -> Colour:
    """Return the colour that the style gives the letters, laid on what lies behind them."""
    colour = read_colour(facts["colour"])
    return word.letters if colour is None else colour.over(word.ground)
