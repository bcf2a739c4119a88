"""The workshop, seen from outside: what is saved is shown, what is wrong is told, the last good one stays."""

import http.client
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from receipts.repositories import git, new_alone
from served import FRONT, LIMIT_S, Served, serve

HELLO = "/api/issues/stiff-back"


@pytest.fixture
def served(root: Path) -> Iterator[Served]:
    """The preview of our newsletter with one more draft, no browser looking."""
    (root / "issues/stiff-back.md").write_text(f"{FRONT}Hello\n", encoding="utf-8")
    with serve(root, "--browser", "off") as preview:
        yield preview


def watched(served: Served) -> "subprocess.Popen[str]":
    """Look at the issue as an open page does: only then is it rendered at every save."""
    script = (
        "import http.client,sys\n"
        f"c=http.client.HTTPConnection('127.0.0.1',{served.port},timeout=60)\n"
        f"c.request('GET','/api/events?issue=stiff-back',headers={{'Cookie':{served.cookie!r}}})\n"
        "for line in c.getresponse(): print(line.decode().rstrip(),flush=True)\n"
    )
    page = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert page.stdout is not None
    assert page.stdout.readline() == "event: hello\n"
    return page


@pytest.fixture
def page(served: Served) -> Iterator["subprocess.Popen[str]"]:
    """An open page."""
    process = watched(served)
    yield process
    process.kill()
    process.communicate()


@pytest.mark.usefixtures("page")
def test_a_saved_change_is_rendered(served: Served) -> None:
    """Without being asked, and with a new number."""
    before = served.get(HELLO)
    served.write("Hello again\n")
    after = served.until(HELLO, lambda seen: seen["build"] > before["build"])
    assert "Hello again" in "\n".join(after["source"]["html"])


@pytest.mark.usefixtures("page")
def test_a_save_that_changes_nothing_makes_no_new_rendering(served: Served) -> None:
    """Editors save out of habit; only a change may make a page move."""
    before = served.get(HELLO)["build"]
    served.write("Hello\n")
    time.sleep(0.5)
    assert served.get(HELLO)["build"] == before


@pytest.mark.usefixtures("page")
def test_the_last_good_rendering_stays_while_the_source_is_broken(served: Served) -> None:
    """It is called stale, and the trouble names file and mend; the next good save ends it."""
    served.write("Hello\n", front=FRONT.replace("status: draft", "status: maybe"))
    seen = served.until(HELLO, lambda seen: seen["trouble"] is not None)
    assert seen["stale"]
    assert "Hello" in "\n".join(seen["source"]["html"])
    assert "maybe" in seen["trouble"]["message"]
    served.write("Better\n")
    seen = served.until(HELLO, lambda seen: seen["trouble"] is None)
    assert not seen["stale"]
    assert "Better" in "\n".join(seen["source"]["html"])


def test_an_issue_is_found_by_its_id_while_that_cannot_be_read(served: Served) -> None:
    """Beside another one that is open: its page tells file and line, not that there is no such issue."""
    served.write("Hello\n", front=FRONT.replace("title:", "id: back-77\ntitle:"))
    own = "/api/issues/back-77"
    served.until(own, lambda seen: "build" in seen)
    served.get("/api/issues/2026-12-08-magnesium-and-sleep")
    served.write("Hello\n", front=FRONT.replace("title:", "id: back-77\ntitle: ["))
    seen = served.until(own, lambda seen: "error" in seen or seen["trouble"] is not None)
    assert seen["trouble"]["file"] == "issues/stiff-back.md"


@pytest.mark.usefixtures("page")
def test_the_terminal_tells_of_trouble_once(served: Served) -> None:
    """However often the broken file is saved."""
    broken = FRONT.replace("status: draft", "status: maybe")
    for word in ("one", "two", "three"):
        served.write(f"{word}\n", front=broken)
        served.until(HELLO, lambda seen: seen["trouble"] is not None)
        time.sleep(0.2)
    assert served.terminal().count("'maybe'") == 1


@pytest.mark.usefixtures("page")
def test_a_template_that_fails_is_trouble_and_mends(served: Served) -> None:
    """A template concerns every issue that is open."""
    path = served.root / "templates/partials/footer.html"
    good = path.read_text(encoding="utf-8")
    path.write_text(good + "{{ nobody.knows }}", encoding="utf-8")
    seen = served.until(HELLO, lambda seen: seen["trouble"] is not None)
    assert seen["trouble"]["file"] == "templates/partials/footer.html"
    path.write_text(good, encoding="utf-8")
    served.until(HELLO, lambda seen: seen["trouble"] is None)


@pytest.mark.usefixtures("page")
def test_changed_settings_reach_the_mail(served: Served) -> None:
    """The postal address stands in every footer."""
    path = served.root / "pyproject.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("418 Alder", "99 Elm"), encoding="utf-8")
    served.until(HELLO, lambda seen: "99 Elm Street" in "\n".join(seen["source"]["html"]))


def test_the_checks_follow(served: Served) -> None:
    """With the line of every element, by its number."""
    served.get(HELLO)
    checks = served.until(f"{HELLO}/checks", lambda seen: "build" in seen)
    assert checks["build"] == served.get(HELLO)["build"]
    assert ["issues/stiff-back.md", FRONT.count("\n") + 1] in checks["places"]
    unlooked, unsigned = checks["not_run"]
    assert unlooked == {"what": "a real browser looks at the mail", "why": "switched off by --browser off"}
    assert unsigned["what"] == "somebody signs it off"
    assert not {"VIS022", "REV003"} & {row["id"] for row in checks["passed"]}
    assert checks["readiness"]["state"] == "draft"


def test_every_issue_is_listed_with_its_group(served: Served) -> None:
    """The newest first; one that cannot be read is listed as well."""
    served.write("Hello\n", front="---\ntitle: [\n---\n", name="broken")
    rows = served.until("/api/issues", lambda seen: any(row["group"] == "broken" for row in seen["issues"]))
    groups = {row["id"]: row["group"] for row in rows["issues"]}
    assert groups["stiff-back"] == "draft"
    assert groups["2026-12-08-magnesium-and-sleep"] == "ready"


def test_whoever_has_no_issue_yet_follows_the_list(served: Served) -> None:
    """The stream begins with it, so that nothing is missed between the list and the stream."""
    with closing(http.client.HTTPConnection("127.0.0.1", served.port, timeout=LIMIT_S)) as connection:
        connection.request("GET", "/api/events", headers={"Cookie": served.cookie})
        with connection.getresponse() as stream:
            assert [stream.readline() for _ in range(2)] == [b"event: issues\n", b'data: {"build": 0}\n']


def test_a_neighbour_saved_while_nothing_is_open_is_seen(served: Served) -> None:
    """An issue that is opened after it knows that another one has its number."""
    numbered = FRONT.replace("status:", "number: 77\nstatus:")
    served.write("Hello\n", front=numbered)
    served.get(HELLO)
    served.until(f"{HELLO}/checks", lambda seen: "build" in seen)
    served.write("Hello again\n", front=numbered)  # nobody looks at it, so that it is closed
    time.sleep(0.5)
    served.write("Good day\n", front=numbered, name="stiff-neck")
    time.sleep(0.5)
    checks = served.until(f"{HELLO}/checks", lambda seen: "build" in seen)
    assert "FM050" in {row["id"] for row in checks["blocking"]}


def test_the_last_commit_is_compared_with_whatever_the_record_is_like(served: Served) -> None:
    """A record that cannot be read is no matter of a commit; it is one of what was sent."""
    receipt = served.root / ".newsletter/receipts/sample-stiff-back/receipt.json"
    receipt.parent.mkdir(parents=True)
    receipt.write_text("{", encoding="utf-8")
    assert "git" in served.get(f"{HELLO}/difference?against=commit")["missing"]
    assert "receipt" in served.get(f"{HELLO}/difference?against=sent")["error"]["message"]


def test_a_record_that_nobody_can_find_hides_no_issue(served: Served) -> None:
    """Where no remote is called origin, the page works, and its readiness says what to mend."""
    served.get(HELLO)
    new_alone(served.root)
    for name in ("upstream", "fork"):
        git(served.root, "remote", "add", name, f"https://example.com/{name}.git")
    assert "stiff-back" in {row["id"] for row in served.get("/api/issues")["issues"]}
    checks = served.until(f"{HELLO}/checks", lambda seen: "build" in seen)
    assert checks["readiness"]["state"] == "unreadable"
    assert "git remote rename" in checks["readiness"]["sentence"]


def test_ctrl_c_ends_it_with_nothing_to_say(served: Served, page: "subprocess.Popen[str]") -> None:
    """Exit code 0, open pages or not: it is how everybody ends it."""
    assert served.terminal() == ""
    assert served.process.returncode == 0
    page.wait(timeout=10)


def test_a_save_never_waits_for_the_browser(root: Path, tmp_path: Path) -> None:
    """While a browser looks, which takes seconds, what is saved is rendered."""
    began, ends = tmp_path / "began", tmp_path / "ends"
    slow = tmp_path / "chromium"
    slow.write_text(f"#!/bin/sh\n: > {began}\nwhile [ ! -e {ends} ]; do sleep 0.05; done\n", encoding="utf-8")
    slow.chmod(0o755)
    (root / "issues/stiff-back.md").write_text(f"{FRONT}Hello\n", encoding="utf-8")
    with serve(root, env={"NEWSLETTER_CHROMIUM": str(slow)}) as preview, watched(preview) as page:
        try:
            preview.until(HELLO, lambda _seen: began.exists())
            preview.write("Hello again\n")
            preview.until(HELLO, lambda seen: "Hello again" in "\n".join(seen["source"]["html"]))
        finally:
            ends.touch()
            page.kill()
