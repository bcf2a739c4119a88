"""The workshop within one process: saves, readers who come and go, and slow work, in every order."""

import asyncio
import datetime as dt
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from threading import Event as Gate

import pytest

from conftest import SetClock
from pipeline.examine.rendering.settle import Mode
from pipeline.model import Message, Payload
from pipeline.preview.renderer import Outlet
from pipeline.preview.sheet import Event, Sheet
from pipeline.preview.workshop import Workshop
from pipeline.providers import open_audience, open_provider
from pipeline.providers.base import payload_for
from pipeline.receipts import open_receipts
from pipeline.settings import Settings
from served import FRONT, LIMIT_S

Scenario = Callable[["Desk"], Awaitable[None]]


class Desk:
    """A newsletter with one draft, a workshop that shows it, and a gate that rendering must pass."""

    def __init__(self, root: Path, clock: SetClock, mode: Mode) -> None:
        """Write the draft; the gate is open."""
        self.root = root
        self.clock = clock
        self.gate = Gate()
        self.gate.set()
        self.rendering = Gate()  # set when a rendering has come to the gate
        self.said: list[str] = []
        self.write("Hello\n")
        self.workshop = Workshop(
            root, clock=clock, outlet=self._outlet, mode=mode, say=lambda what, _hint: self.said.append(what)
        )

    def _outlet(self, settings: Settings) -> Outlet:
        provider = open_provider(settings, self.clock)

        def payload_of(message: Message, audience: str) -> Payload:
            self.rendering.set()
            self.gate.wait(LIMIT_S)
            return payload_for(message, open_audience(settings, audience), provider)

        return Outlet(provider.name, rehearses=True, grid=provider.grid, tests=False, payload_of=payload_of)

    def write(self, body: str, *, front: str = FRONT, name: str = "stiff-back") -> None:
        """Save an issue."""
        (self.root / f"issues/{name}.md").write_text(front + body, encoding="utf-8")

    def close_gate(self) -> None:
        """Let no rendering end from now on."""
        self.gate.clear()
        self.rendering.clear()

    @asynccontextmanager
    async def read(self, name: str = "stiff-back") -> AsyncIterator[tuple[Sheet, "Told"]]:
        """Look at an issue as an open page does."""
        sheet = await self.workshop.sheet(name)
        async with aclosing(self.workshop.events(sheet)) as events:
            told = Told(events)
            await told.until("hello")
            yield sheet, told


class Told:
    """What one reader is told."""

    def __init__(self, events: AsyncIterator[Event]) -> None:
        """Take the stream of events."""
        self._events = events

    async def until(self, *kinds: str) -> list[str]:
        """Wait until an event of each of these kinds has come; return the kinds of all that came."""
        came: list[str] = []
        missing = set(kinds)
        async with asyncio.timeout(LIMIT_S):
            async for event in self._events:
                came.append(event["kind"])
                missing.discard(event["kind"])
                if not missing:
                    return came
        raise AssertionError(missing)


async def becomes(is_so: Callable[[], object]) -> None:
    """Wait until *is_so*."""
    async with asyncio.timeout(LIMIT_S):
        while not is_so():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.01)


def shown(sheet: Sheet) -> str:
    """Return the source of what is shown."""
    return sheet.build.source if sheet.build else ""


@pytest.fixture
def play(root: Path, clock: SetClock) -> Callable[..., None]:
    """Play a scenario at a desk."""

    def run(scenario: Scenario, mode: Mode = "off") -> None:
        async def all_of_it() -> None:
            desk = Desk(root, clock, mode)
            async with desk.workshop:
                try:
                    await scenario(desk)
                finally:
                    desk.gate.set()

        asyncio.run(all_of_it())

    return run


def test_a_save_while_an_issue_is_first_rendered_is_shown(play: Callable[..., None]) -> None:
    """Nobody reads it yet, and somebody waits for it."""

    async def scenario(desk: Desk) -> None:
        desk.close_gate()
        asking = asyncio.create_task(desk.workshop.sheet("stiff-back"))
        await becomes(desk.rendering.is_set)
        desk.write("Hello again\n")
        await becomes(lambda: desk.workshop.shared)
        desk.gate.set()
        sheet = await asking
        async with aclosing(desk.workshop.events(sheet)) as events:
            await Told(events).until("built")
        assert "Hello again" in shown(sheet)

    play(scenario)


def test_a_save_before_the_first_event_is_read_is_shown(play: Callable[..., None]) -> None:
    """An issue that was dropped meanwhile is kept up again for whoever follows it."""

    async def scenario(desk: Desk) -> None:
        sheet = await desk.workshop.sheet("stiff-back")
        desk.write("Hello again\n")
        await becomes(lambda: desk.workshop.shared)
        async with aclosing(desk.workshop.events(sheet)) as events:
            told = Told(events)
            await told.until("built")
            assert "Hello again" in shown(sheet)
            desk.write("Hello once more\n")
            await told.until("built")
        assert "Hello once more" in shown(sheet)

    play(scenario)


def test_a_save_is_not_lost_to_who_asks_for_new_checks(play: Callable[..., None]) -> None:
    """What was being rendered is begun again."""

    async def scenario(desk: Desk) -> None:
        async with desk.read() as (sheet, told):
            desk.close_gate()
            desk.write("Hello again\n")
            await becomes(desk.rendering.is_set)
            desk.workshop.look_again(sheet)
            desk.gate.set()
            await told.until("built")
            assert "Hello again" in shown(sheet)

    play(scenario)


def test_a_save_is_not_lost_to_who_leaves(play: Callable[..., None]) -> None:
    """Whoever asks next gets what was being rendered when the last reader left."""

    async def scenario(desk: Desk) -> None:
        async with desk.read():
            desk.close_gate()
            desk.write("Hello again\n")
            await becomes(desk.rendering.is_set)
        desk.gate.set()
        await asyncio.sleep(0)
        assert "Hello again" in shown(await desk.workshop.sheet("stiff-back"))

    play(scenario)


def test_nobody_looks_for_nobody(play: Callable[..., None]) -> None:
    """A browser waits for readers, and what is under way ends with the last of them."""

    async def scenario(desk: Desk) -> None:
        sheet = await desk.workshop.sheet("stiff-back")
        desk.workshop.look_again(sheet)
        assert sheet.work is not None
        await sheet.work
        assert sheet.checks is not None
        assert not sheet.checks.was_asked
        async with desk.read():
            assert sheet.work is not None
            assert not sheet.work.done()
        assert sheet.work is None

    play(scenario, mode="auto")


def test_a_browser_that_is_not_there_has_not_looked(
    play: Callable[..., None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It is asked once, and what it would have told is not run, for the reason it gives."""
    monkeypatch.setenv("NEWSLETTER_CHROMIUM", str(tmp_path / "nothing"))

    async def scenario(desk: Desk) -> None:
        async with desk.read() as (sheet, told):
            await told.until("checked")
            desk.workshop.look_again(sheet)
            await told.until("looked")
            assert sheet.checks is not None
            assert not sheet.checks.looked
            ((what, why),) = sheet.checks.not_run
            assert what == "a real browser looks at the mail"
            assert "nothing" in why
            assert sheet.work is not None
            await sheet.work
            first = sheet.checks
        async with desk.read() as (sheet, _):
            assert sheet.work is not None
            await sheet.work
            assert sheet.checks is first

    play(scenario, mode="auto")


NUMBERED = FRONT.replace("status:", "number: 77\nstatus:")


def ids(sheet: Sheet) -> set[str]:
    """Return the rules that the last checks found broken."""
    return {finding.id for finding in sheet.checks.findings} if sheet.checks else set()


def test_an_issue_is_checked_anew_when_its_twin_is_mended(play: Callable[..., None]) -> None:
    """And when it gets one; what nobody else sees of an issue costs no other issue a check."""

    async def scenario(desk: Desk) -> None:
        desk.write("Hello\n", front=NUMBERED)
        desk.write("Good day\n", front=NUMBERED, name="stiff-neck")
        async with desk.read() as (sheet, told), desk.read("stiff-neck") as (_, others):
            await told.until("checked")
            assert "FM050" in ids(sheet)
            desk.write("Good day\n", name="stiff-neck")
            await told.until("checked")
            assert "FM050" not in ids(sheet)
            desk.write("Good day\n", front=NUMBERED, name="stiff-neck")
            await told.until("checked")
            assert "FM050" in ids(sheet)
            known = sheet.checks
            desk.write("Good evening\n", front=NUMBERED, name="stiff-neck")
            await others.until("issues", "checked")
            assert sheet.checks is known
            assert sheet.number == 1

    play(scenario)


def test_settings_reach_the_checks_of_a_mail_that_stays_as_it_is(play: Callable[..., None]) -> None:
    """The page is told to read the list as well, which knows whether there is an editor."""

    async def scenario(desk: Desk) -> None:
        settings = desk.root / "pyproject.toml"
        plain = settings.read_text(encoding="utf-8")
        async with desk.read() as (sheet, told):
            await told.until("checked")
            assert "REV001" not in ids(sheet)
            settings.write_text(
                plain.replace("require_approval = false", 'require_approval = true\neditor = "vi"'),
                encoding="utf-8",
            )
            await told.until("issues", "checked")
            assert desk.workshop.settings.editor
            assert "REV001" in ids(sheet)
            assert sheet.number == 1

    play(scenario)


def test_the_record_and_the_time_are_told_of(play: Callable[..., None]) -> None:
    """Within seconds, though no file that is watched was saved, and idle time is used to count findings.

    A new day is checked anew.
    """

    async def scenario(desk: Desk) -> None:
        async with desk.read() as (sheet, told):
            await told.until("checked")
            await desk.workshop.rounds.look()
            await told.until("issues")
            assert counts(desk)["2026-12-08-magnesium-and-sleep"] is None
            desk.clock.now += dt.timedelta(seconds=6)  # since the last save, and in the same minute
            receipts = open_receipts(desk.workshop.settings, desk.clock)
            with receipts.hold("steady-stiff-back"):
                receipts.append("steady-stiff-back", "approved", {"content_digest": "a1"})
            await told.until("issues")
            await told.until("issues")
            assert counts(desk)["2026-12-08-magnesium-and-sleep"] is not None
            for step in (dt.timedelta(minutes=1), dt.timedelta(days=1)):
                await desk.workshop.rounds.look()
                desk.clock.now += step
                known = sheet.checks
                await desk.workshop.rounds.look()
                await told.until("issues")
            await told.until("checked")
            assert sheet.checks is not known

    play(scenario)


def test_what_stays_as_it_is_is_told_once(play: Callable[..., None]) -> None:
    """A page that stands open all night is not told of every look."""

    async def scenario(desk: Desk) -> None:
        async with desk.read() as (sheet, told):
            await told.until("checked")
            await desk.workshop.rounds.look()
            await told.until("issues")
            await desk.workshop.rounds.look()
            sheet.tell("end")
            assert await told.until("end") == ["end"]

    play(scenario)


def test_an_issue_appears_where_there_was_none_and_not_even_a_folder(play: Callable[..., None]) -> None:
    """A folder that comes later is watched, and again when it is exchanged for another."""

    async def scenario(desk: Desk) -> None:
        issues, templates = desk.root / "issues", desk.root / "templates"
        shutil.rmtree(issues)
        async with aclosing(desk.workshop.list_events()) as events:
            told = Told(events)
            await told.until("issues")
            for word in ("Hello", "Good day"):
                await asyncio.sleep(0.1)
                issues.mkdir()
                desk.write(f"{word}\n")
                await told.until("issues")
                async with desk.read() as (sheet, seen):
                    await becomes(lambda sheet=sheet, word=word: word in shown(sheet))
                    desk.write(f"{word} again\n")
                    await seen.until("built")
                    await becomes(lambda sheet=sheet, word=word: f"{word} again" in shown(sheet))
                    templates.rename(desk.root / "away")
                    await seen.until("trouble")
                    (desk.root / "away").rename(templates)
                    await becomes(lambda sheet=sheet: sheet.trouble is None)
                    shutil.rmtree(issues)
                    await seen.until("trouble")

    play(scenario)


def counts(desk: Desk) -> dict[str, dict[str, int] | None]:
    """Return the counts in the list of issues by their ids."""
    rows = desk.workshop.catalogue.rows(desk.workshop.settings, {}, rehearsal=True)
    return {row["id"]: row["counts"] for row in rows}


def test_a_save_that_changes_nothing_leaves_the_counts(play: Callable[..., None]) -> None:
    """Those of every issue."""

    async def scenario(desk: Desk) -> None:
        desk.write("Good day\n", name="stiff-neck")
        async with desk.read() as (_, told), desk.read("stiff-neck") as (_, others):
            await told.until("checked")
            await others.until("checked")
            before = counts(desk)
            assert before["stiff-back"]
            assert before["stiff-neck"]
            desk.write("Hello\n")
            await told.until("issues")
            await becomes(lambda: counts(desk) == before)

    play(scenario)
