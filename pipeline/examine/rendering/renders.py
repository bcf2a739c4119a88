"""
The renders of one mail: every width and scheme in which a real browser is asked for its words.

The mail is loaded once; then the window changes around it. Nothing is clicked or hovered, no script of the
mail runs, and whatever it asks for from elsewhere does not come.
"""

import base64
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from PIL import Image

from pipeline.examine.reading.page import NOT_RENDERED
from pipeline.examine.rendering.ink import Box, Ink, ink, pictures
from pipeline.examine.rendering.shown import Piece, Problem, Text, inverted, out_of_place, pale, read_text
from pipeline.examine.rendering.tiles import Word, corner, frame_of, inside, tiles
from pipeline.examine.words import find, fold, phrase, read_words
from pipeline.model import Wording

if TYPE_CHECKING:
    from playwright.async_api import CDPSession, JSHandle, Page

ADDRESS = "http://mail.invalid/"  # RFC 6761: nobody's
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:"
_MOST_COPIES = 8  # of one wording that are looked at; hostile mails have more
_PICTURE_PX = 600


class Render(NamedTuple):
    """One look at the mail."""

    profile: str  # the client profile it stands for
    width: int  # px
    height: int  # px
    dark: bool = False
    pictures: bool = False  # an opaque picture stands in for every one of the mail

    @property
    def window(self) -> tuple[int, int]:
        """Its width and height in px."""
        return self.width, self.height


RENDERS = (
    Render("desktop-light", 1200, 800),
    Render("768px-light", 768, 1024),
    Render("phone-light", 360, 740),
    Render("phone-dark", 360, 740, dark=True),
    Render("desktop-dark", 1200, 800, dark=True),
    Render("desktop-light, with pictures", 1200, 800, pictures=True),
)
_HYPHEN = 0.45  # of a line's height; a hyphen is narrower
_INVERTED = "auto-invert"  # the desktop in light with every colour inverted

Problems = dict[str, dict[str, set[Problem]]]  # wording's ref -> profile -> problems; empty when shown
Copies = list[list[Piece]]


async def look(page: "Page", html: str, wordings: Sequence[Wording]) -> Problems:
    """
    Render *html* in an empty *page* and tell, wording by wording, what each render holds against it.

    Raises:
        Exception: whatever the browser raises; nothing is proven then.
    """
    await _load(page, html)
    session = await page.context.new_cdp_session(page)
    mail = await page.evaluate_handle(_script())
    text = read_text(await _ask(mail, "read", sorted(NOT_RENDERED)))
    looker = _Looker(page, session, mail, _copies(text, wordings))
    found: Problems = {wording.ref: {} for wording in wordings}
    for render in RENDERS:
        await looker.open(render)
        for ref, problems in (await looker.judge(render)).items():
            found[ref].update(problems)
        if render is RENDERS[0]:
            heard = await _heard(session)
            for wording, copies in looker.copies.values():
                if copies and _spoken(wording.text) not in heard:
                    hint = "remove aria-hidden, inert and roles around the words"
                    found[wording.ref][""] = {Problem("VIS014", "screen readers do not find the words", hint)}
    return found


async def _load(page: "Page", html: str) -> None:
    body = html.encode("utf-8", "replace")

    async def answer(route: Any) -> None:
        if route.request.url == ADDRESS and route.request.is_navigation_request():
            headers = {"content-type": "text/html; charset=utf-8", "content-security-policy": _POLICY}
            await route.fulfill(body=body, headers=headers)
        else:
            await route.abort()

    await page.route("**/*", answer)
    await page.goto(ADDRESS)


@lru_cache(maxsize=1)
def _script() -> str:
    return Path(__file__).with_name("rendered.js").read_text(encoding="utf-8")


async def _ask(mail: "JSHandle", what: str, *arguments: Any) -> Any:
    """Call one of the functions of `rendered.js`; as text, which Playwright carries faster than values."""
    asked = f"async (mail, given) => JSON.stringify(await mail.{what}(...JSON.parse(given)))"
    answer = await mail.evaluate(asked, json.dumps(arguments))
    return json.loads(answer) if answer else None


def _copies(text: Text, wordings: Sequence[Wording]) -> dict[str, tuple[Wording, Copies]]:
    """Find every copy of each wording by its words, and cut it into pieces."""
    words, found = read_words(text.raw), {}
    for wording in wordings:
        needle = phrase(wording.text).tokens
        places = find(needle, words.tokens)[:_MOST_COPIES]
        spans = [(words.spans[at][0], words.spans[at + len(needle) - 1][1]) for at in places]
        found[wording.ref] = (wording, [text.pieces(low, high) for low, high in spans])
    return found


def _spoken(text: str) -> str:
    return "".join(fold(text).casefold().split())


async def _heard(session: "CDPSession") -> str:
    """Return what screen readers read of the mail, without spaces."""
    nodes = (await session.send("Accessibility.getFullAXTree"))["nodes"]
    by_id = {node["nodeId"]: node for node in nodes}
    heard, stack = [], [node for node in nodes if not node.get("parentId")]
    while stack:
        node = stack.pop()
        if node.get("role", {}).get("value") == "StaticText" and not node.get("ignored"):
            heard.append(str(node.get("name", {}).get("value", "")))
        stack += [by_id[child] for child in reversed(node.get("childIds", ())) if child in by_id]
    return _spoken("".join(heard))


def _letters(boxes: Sequence[Sequence[float]]) -> Iterator[Sequence[float]]:
    """Yield the boxes of one word, without the hyphen that a line's end adds to it and nothing takes away."""
    for box in boxes:
        if len(boxes) == 1 or box[2] > _HYPHEN * box[3]:
            yield box


class _Looker:
    """Looks at one loaded mail, render by render."""

    def __init__(
        self,
        page: "Page",
        session: "CDPSession",
        mail: "JSHandle",
        copies: Mapping[str, tuple[Wording, Copies]],
    ) -> None:
        self._page, self._session, self._mail = page, session, mail
        self.copies = copies
        self._known: dict[tuple[str, tuple[Box | None, ...]], Sequence[Ink | None]] = {}
        self._all = [(wording, copy) for wording, found in copies.values() for copy in found]

    async def open(self, render: Render) -> None:
        """Give the window the size and scheme of *render*."""
        await self._page.set_viewport_size({"width": render.width, "height": render.height})
        await self._page.emulate_media(color_scheme="dark" if render.dark else "light")
        if render.pictures:
            await _ask(self._mail, "showPictures", _picture())

    async def judge(self, render: Render) -> dict[str, dict[str, set[Problem]]]:
        """Tell what this render, and its inversion, holds against each wording's best copy."""
        seen = await _ask(self._mail, "measure", [copy for _, copy in self._all])
        verdicts: list[set[Problem]] = []
        flipped: list[set[Problem]] = [set() for _ in self._all]
        for number, (wording, _) in enumerate(self._all):
            found = out_of_place(wording, seen["copies"][number], seen)
            for picture in seen["pictures"]:
                if number in picture["copies"]:
                    hint = "keep pictures apart from the words: this one lies over or under them"
                    found.add(Problem("VIS022", f"{picture['what']} at {picture['path']}", hint))
            verdicts.append(found)
        placed = [number for number, found in enumerate(verdicts) if not found]
        await self._paint(placed, seen, render, verdicts, flipped)
        told: dict[str, dict[str, set[Problem]]] = {}
        for ref in self.copies:
            mine = [n for n, (wording, _) in enumerate(self._all) if wording.ref == ref]
            if not mine:
                continue
            told[ref] = {render.profile: min((verdicts[n] for n in mine), key=len)}
            if render is RENDERS[0]:
                best = min(mine, key=lambda n: (len(verdicts[n]), len(flipped[n])))
                told[ref][_INVERTED] = set() if verdicts[best] else flipped[best]
        return told

    async def _paint(
        self,
        placed: Sequence[int],
        seen: Mapping[str, Any],
        render: Render,
        verdicts: list[set[Problem]],
        flipped: list[set[Problem]],
    ) -> None:
        """Judge the pixels of the copies in *placed*, tile by tile."""
        words = [
            Word(number, piece[0], told["holder"], box[:4])
            for number in placed
            for piece, told in zip(self._all[number][1], seen["copies"][number], strict=True)
            for box in _letters(told["boxes"])
        ]
        marks: dict[tuple[int, int], list[Ink]] = {}  # by number of the copy and of the element
        for tile in tiles(words, render.window):
            answer = await _ask(
                self._mail, "visit", *corner(tile, render.window), [[word.node, *word.box] for word in tile]
            )
            boxes = await self._measured(tile, answer["scroll"], render)
            for word, over, mark in zip(tile, answer["over"], boxes, strict=True):
                path = seen["holders"][word.holder]["path"]
                if over:
                    hint = "remove what lies over the words"
                    verdicts[word.copy].add(Problem("VIS009", f"{over} lies over {path}", hint))
                elif mark is None:
                    hint = "keep the words where a reader can scroll to them"
                    what = f"words at {path} cannot be brought into view"
                    verdicts[word.copy].add(Problem("VIS022", what, hint))
                else:
                    marks.setdefault((word.copy, word.holder), []).append(mark)
        for (copy, holder), inks in marks.items():
            facts = seen["holders"][holder]
            verdicts[copy].update(pale(inks, facts, dark=render.dark))
            flipped[copy].update(inverted(inks, facts))

    async def _measured(
        self, tile: Sequence[Word], scroll: Sequence[float], render: Render
    ) -> Sequence[Ink | None]:
        """
        Measure the ink of each word of *tile*; None for a word that is not in the window.

        Where an earlier render had the same words in the same pixels, nothing new can be seen.
        """
        frame = frame_of(tile, scroll, render.window)
        if frame[0] >= frame[2] or frame[1] >= frame[3]:
            return [None] * len(tile)
        boxes = tuple(inside(word.box, scroll, frame) for word in tile)
        plain = await self._shot(frame, scroll)
        known = self._known.get((plain, boxes))
        if known is None:
            await _ask(self._mail, "dress", "clear")
            clear = await self._shot(frame, scroll)
            await _ask(self._mail, "dress", "black")
            black = await self._shot(frame, scroll)
            await _ask(self._mail, "dress", "plain")
            place = pictures(*map(_opened, (plain, clear, black)))
            known = [ink(place.crop(box)) if box else None for box in boxes]
            self._known[plain, boxes] = known
        return known

    async def _shot(self, frame: Box, scroll: Sequence[float]) -> str:
        """Return a PNG of *frame* in base 64."""
        left, top, right, bottom = frame
        clip = {"x": left + scroll[0], "y": top + scroll[1], "width": right - left, "height": bottom - top}
        options = {"format": "png", "optimizeForSpeed": True, "captureBeyondViewport": False}
        shot = await self._session.send("Page.captureScreenshot", {**options, "clip": {**clip, "scale": 1}})
        return str(shot["data"])


def _opened(shot: str) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(shot))).convert("RGB")


@lru_cache(maxsize=1)
def _picture() -> str:
    """Return an opaque picture of one colour as a data URL."""
    data = io.BytesIO()
    Image.new("P", (_PICTURE_PX, _PICTURE_PX)).save(data, "PNG")
    return "data:image/png;base64," + base64.b64encode(data.getvalue()).decode()
