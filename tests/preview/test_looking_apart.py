"""The preview's look at the mail: given up at the next save, and nothing of it outlives the preview."""

import http.client
import os
import signal
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from descendants import descendants, running, told_of, wait_until
from pipeline.preview.workshop import LOOK_AFTER_S
from pipeline.providers import SECRETS
from served import FRONT, LIMIT_S, Served, serve

LOOK_S = 90  # where Chromium starts beside other work
SHEET = "/api/issues/stiff-back"


@pytest.fixture
def served(root: Path) -> Iterator[Served]:
    """The preview of our newsletter with one more draft, and secrets in its environment."""
    (root / "issues/stiff-back.md").write_text(f"{FRONT}Hello\n", encoding="utf-8")
    with serve(root, env={name: f"secret of {name}" for name in SECRETS}) as preview:
        yield preview


@pytest.fixture
def page(served: Served) -> Iterator[None]:
    """An open page: for it the issue is rendered, checked and looked at whenever it is saved."""
    with closing(http.client.HTTPConnection("127.0.0.1", served.port, timeout=LIMIT_S)) as connection:
        connection.request("GET", "/api/events?issue=stiff-back", headers={"Cookie": served.cookie})
        with connection.getresponse():
            yield


def looked(served: Served) -> None:
    """Wait until a browser has looked at what is shown."""
    wait_until(lambda: served.get(f"{SHEET}/checks").get("looked"), within_s=LOOK_S)


def lookers(served: Served) -> set[int]:
    """Return the Python process that looks, as a set that is empty before the first look."""
    children = descendants(served.process.pid)
    return {pid for pid in running(children) if b"rendering.apart" in told_of(pid, "cmdline")}


@pytest.mark.long
@pytest.mark.usefixtures("page")
def test_a_look_that_a_save_gives_up_ends_and_the_next_one_answers(served: Served) -> None:
    """It ends within two seconds even where it hangs, Chromium soon after; then another process looks."""
    looked(served)
    (hanging,) = first = lookers(served)
    all_of_it = first | descendants(hanging)
    os.kill(hanging, signal.SIGSTOP)
    served.write("Hello again\n")
    build = served.until(f"{SHEET}/checks", lambda seen: seen.get("build", 1) > 1 and not seen["looked"])
    time.sleep(LOOK_AFTER_S + 1)  # it looks by now
    assert running(first)
    served.write("Hello once more\n")
    served.until(SHEET, lambda seen: seen["build"] > build["build"])
    wait_until(lambda: not running(first), within_s=2)
    looked(served)
    assert len(lookers(served)) == 1
    wait_until(lambda: not running(all_of_it))


@pytest.mark.usefixtures("page")
def test_a_preview_that_is_killed_leaves_nothing_behind(served: Served) -> None:
    """Neither the process that looks, nor Playwright's driver, nor Chromium."""
    looked(served)
    started = descendants(served.process.pid)
    assert len(started) > 2
    served.process.kill()
    served.process.wait()
    wait_until(lambda: not running(started))


@pytest.mark.usefixtures("page")
def test_a_preview_that_is_ended_leaves_nothing_behind(served: Served) -> None:
    """Ctrl-C ends what looks as well, and nothing complains of it."""
    looked(served)
    started = descendants(served.process.pid)
    assert served.terminal() == ""
    assert served.process.returncode == 0
    wait_until(lambda: not running(started))


@pytest.mark.usefixtures("page")
def test_what_looks_holds_no_secret(served: Served) -> None:
    """The process that looks inherits what the preview holds, and that has let go of them."""
    looked(served)
    environments = {pid: told_of(pid, "environ") for pid in descendants(served.process.pid)}
    (looking,) = lookers(served)
    assert b"PATH=" + os.environb[b"PATH"] in environments[looking]
    assert not [pid for pid, environment in environments.items() if b"secret of" in environment]
