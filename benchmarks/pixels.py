"""
Save to new pixels: from a save in an editor until an open page shows it, in a real Chromium.

All pages are timed alike: a script in each document tells when the new word stands in it and was painted. A
frame of our page waits out of sight until it is whole, so that we are held to the page's own mark as well;
and that to the pictures that the browser draws.
"""

import base64
import io
import random
import statistics
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from PIL import Image, ImageChops
from timing import Failed, last_line

from pipeline.examine.rendering.browser import launching

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Locator

OPENING = "Think back to"  # of the first paragraph; its second word changes
_VIEW = {"width": 1440, "height": 900}
_PAUSE_S = (0.2, 1.5)
_LIMIT_S = 20.0
_DRAWN_MS = 60.0  # within which a picture is drawn, read back and handed over
_PICTURES_S = 0.5  # until the last picture of an edit has come
_SHORT_PAUSE_S = (0.03, 0.06)

# In ms since 1970, by the system's clock: each document's clock has an origin of its own.
_WATCH = """(() => {
  let last = "";
  const look = () => {
    const word = document.body?.textContent.match(/edit[0-9]{4}/)?.[0];
    if (!word || word === last) return;
    last = word;
    const tell = () => console.debug(window === top ? "page" : "frame", word, Date.now());
    requestAnimationFrame(() => requestAnimationFrame(tell));
  };
  new MutationObserver(look).observe(document, { childList: true, subtree: true, characterData: true });
  new PerformanceObserver((list) => {
    for (const { name, detail, startTime } of list.getEntries())
      if (name === "newsletter:shown")
        console.debug("mark", detail.build, Date.now() - performance.now() + startTime);
  }).observe({ type: "mark", buffered: true });
  look();
})()"""

_LOOKED = """async (address) => {
  while (!(await (await fetch(address)).json()).looked) await new Promise((go) => setTimeout(go, 200));
}"""


@contextmanager
def chromium() -> "Iterator[BrowserContext]":
    """
    Start a Chromium with the script in each of its documents.

    Raises:
        Failed: there is none that starts.
    """
    try:
        from playwright.sync_api import Error, sync_playwright  # noqa: PLC0415 - an optional extra
    except ImportError as err:
        raise Failed(str(err)) from None
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(**launching())
        except (Error, OSError) as err:
            raise Failed(f"no Chromium starts: {last_line(str(err))}") from None
        context = browser.new_context(viewport=_VIEW)
        context.add_init_script(_WATCH)
        yield context
        browser.close()


class Watched:
    """A page that shows a file as it is saved."""

    def __init__(
        self, context: "BrowserContext", address: str, file: Path, *, inside: Literal["page", "frame"]
    ) -> None:
        """
        Open the page.

        Args:
            context: the browser.
            address: the page's.
            file: the one it shows; its first paragraph begins with OPENING.
            inside: the document that shows the text; with a frame, the page marks what it shows.
        """
        self.page = context.new_page()
        self._file = file
        self._text = file.read_text(encoding="utf-8").replace("\n" + OPENING, "\nThink {} to", 1)
        self._inside = inside
        self._edits = 0
        self._pauses = random.Random(5)  # noqa: S311 - a pause is no secret
        self.save()
        with self._told(inside):
            self.page.goto(address)
        self._shown().scroll_into_view_if_needed()

    def edit(self) -> float:
        """
        Save a new word after a random pause, and return the ms until it was shown.

        Raises:
            Failed: it never was.
        """
        self.page.bring_to_front()
        self._pause(*_PAUSE_S)
        began, shown = self._timed()
        return shown - began

    def prove(self, edits: int) -> None:
        """
        See in the browser's pictures that new words are there when they are said to be shown.

        Raises:
            Failed: they came later, or never.
        """
        late = statistics.median(self._picture_lag() for _ in range(edits))
        if late > _DRAWN_MS:
            raise Failed(f"what is said to be shown was drawn {late:.0f} ms later")

    def settle(self, checks: str) -> None:
        """Wait until the preview's browser has looked at the issue, so that it is there and idle."""
        self.page.evaluate(_LOOKED, checks)

    def hurry(self, edits: int) -> None:
        """Save so many new words, hardly pausing, and wait for the last one to be shown."""
        self.page.bring_to_front()
        for _ in range(edits - 1):
            self.save()
            self._pause(*_SHORT_PAUSE_S)
        self._timed()

    def _picture_lag(self) -> float:
        """Save a new word; return the ms from when it was said to be shown until its picture came."""
        box = self._shown().bounding_box()
        if not box:
            raise Failed("the word that was shown is nowhere on the page")
        region = (box["x"], box["y"], box["x"] + box["width"], box["y"] + box["height"])
        pictures: list[tuple[float, bytes]] = []
        session = self.page.context.new_cdp_session(self.page)

        def take(event: dict[str, Any]) -> None:
            pictures.append((event["metadata"]["timestamp"] * 1000, base64.b64decode(event["data"])))
            session.send("Page.screencastFrameAck", {"sessionId": event["sessionId"]})

        session.on("Page.screencastFrame", take)
        session.send("Page.startScreencast", {"format": "png"})
        self._pause(_PICTURES_S, _PICTURES_S)
        began, shown = self._timed()
        self._pause(_PICTURES_S, _PICTURES_S)
        session.send("Page.stopScreencast")
        session.detach()
        cut = [(at, Image.open(io.BytesIO(data)).convert("RGB").crop(region)) for at, data in pictures]
        before = [image for at, image in cut if at < began][-1:]
        for at, image in cut:
            if before and at >= began and ImageChops.difference(before[0], image).getbbox():
                return at - shown
        raise Failed("the page says that it shows a new word, and no picture has it")

    def _shown(self) -> "Locator":
        """Return the paragraph with the newest word, as it is shown."""
        word = f"edit{self._edits:04}"
        for frame in self.page.frames:
            if bool(frame.parent_frame) == (self._inside == "frame") and word in frame.content():
                return frame.get_by_text(word).last
        raise Failed("no document has the word that was shown")

    def _pause(self, least_s: float, most_s: float) -> None:
        """Let a random time pass, in which the browser's events are heard."""
        self.page.wait_for_timeout(self._pauses.uniform(least_s, most_s) * 1000)

    def save(self) -> float:
        """Save a new word as editors do, in place and by a rename in turn; return when, in ms since 1970."""
        self._edits += 1
        text = self._text.replace("Think {} to", f"Think edit{self._edits:04} to", 1)
        began = time.time() * 1000
        if self._edits % 2:
            self._file.write_text(text, encoding="utf-8")
        else:
            beside = self._file.with_name(f".{self._file.name}.new")
            beside.write_text(text, encoding="utf-8")
            beside.replace(self._file)
        return began

    def _timed(self) -> tuple[float, float]:
        """Save a new word; return when that was, and when it was shown."""
        word = f"edit{self._edits + 1:04}"
        with ExitStack() as waiting:
            told = [waiting.enter_context(self._told(self._inside, word))]
            if self._inside == "frame":
                told.append(waiting.enter_context(self._told("mark")))
            began = self.save()
        return began, max(float(each.value.text.split()[-1]) for each in told)

    @contextmanager
    def _told(self, *words: str) -> Iterator[Any]:
        """Wait at the end for the script to tell this."""
        from playwright.sync_api import TimeoutError as Late  # noqa: PLC0415 - an optional extra

        start = " ".join(words) + " "
        try:
            with self.page.expect_console_message(
                lambda message: message.text.startswith(start), timeout=_LIMIT_S * 1000
            ) as told:
                yield told
        except Late:
            raise Failed(f"nothing new was shown within {_LIMIT_S:g} s") from None
