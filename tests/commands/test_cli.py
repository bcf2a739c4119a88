"""The command as its users meet it: words on stderr, results on stdout, stable exit codes."""

import datetime as dt
import json
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from pipeline import cli

ISSUE = "2026-12-01-when-one-side-works-harder"
VERBS = (
    *(
        "new",
        "check",
        "build",
        "disclaimers",
        "verify",
        "approve",
        "push",
        "plan",
        "send",
        "status",
        "cancel",
    ),
)


@dataclass
class Answer:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Its one JSON object."""
        return json.loads(self.out)


Newsletter = Callable[..., Answer]


@pytest.fixture
def newsletter(root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Newsletter:
    """Run the command in this process, on a copy of our own newsletter."""

    def run(*arguments: str) -> Answer:
        monkeypatch.setattr(sys, "argv", ["newsletter", "--root", str(root), *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        captured = capsys.readouterr()
        return Answer(int(ended.value.code or 0), captured.out, captured.err)

    return run


def soon(hours: int = 3) -> str:
    """Return a send time from the clock, as `--at` takes it."""
    moment = (dt.datetime.now(dt.UTC) + dt.timedelta(hours=hours)).astimezone(ZoneInfo("America/New_York"))
    return moment.replace(second=0, microsecond=0).isoformat(timespec="minutes")


def test_our_issues_are_clean(newsletter: Newsletter) -> None:
    """`check` finds nothing in the issues of the repository."""
    answer = newsletter("check", "--strict", "--browser", "off")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.count("clean") == 3


def test_a_first_send_and_everything_around_it(newsletter: Newsletter, root: Path) -> None:
    """Push, send, status, send again, cancel, send: what an editor does, with the codes CI sees."""
    at = soon()
    assert newsletter("push", ISSUE).code == 0
    assert newsletter("send", ISSUE, "--at", at, "--yes").code == 0
    assert "scheduled" in newsletter("status", ISSUE).out
    again = newsletter("send", ISSUE, "--at", at, "--yes")
    assert again.code == 6
    assert "already scheduled" in again.err
    assert "newsletter cancel" in again.err
    assert newsletter("push", ISSUE).code == 6
    assert newsletter("cancel", ISSUE).out.startswith(f"{ISSUE}: cancelled")
    assert newsletter("cancel", ISSUE).out.startswith(f"{ISSUE}: nothing was scheduled")
    assert newsletter("send", ISSUE, "--at", at, "--yes").code == 0
    assert not list((root / ".newsletter/outbox").rglob("*.eml"))


def test_a_send_without_a_terminal_needs_yes(newsletter: Newsletter, root: Path) -> None:
    """It shows what would go out, and nothing leaves without intent."""
    answer = newsletter("send", ISSUE, "--at", soon())
    assert answer.code == 2
    assert "weekly, 2 readers" in answer.err
    assert "--yes" in answer.err
    assert not (root / ".newsletter/outbox/drafts").exists()


def test_a_draft_is_not_sent(newsletter: Newsletter, root: Path) -> None:
    """Only status ready goes out."""
    path = root / "issues" / ISSUE / "index.md"
    path.write_text(re.sub(r"(?m)^status: ready", "status: draft", path.read_text()))
    answer = newsletter("send", ISSUE, "--at", soon(), "--yes")
    assert answer.code == 6
    assert "status: ready" in answer.err


@pytest.mark.parametrize("verb", ["check", "build", "approve", "push", "send", "status", "cancel"])
def test_an_unknown_issue_is_named_with_its_nearest(newsletter: Newsletter, verb: str) -> None:
    """Exit code 2, and the name that was probably meant."""
    signer = ["--by", "Ada Moreno"] if verb == "approve" else []
    answer = newsletter(verb, "2026-12-01-when-one-side-works-harde", *signer)
    assert answer.code == 2
    assert ISSUE in answer.err


def test_new_makes_an_issue_that_check_reads(newsletter: Newsletter, root: Path) -> None:
    """A fresh file is a draft in the next free slot: listed, not judged."""
    made = newsletter("new", 'Yoga: "why" & how — ein Rücken', "--json").json
    assert (root / "issues" / f"{made['id']}.md").is_file()
    assert made["id"].endswith("-yoga-why-how-ein-rucken")
    listed = newsletter("check", "--browser", "off")
    assert (listed.code, "draft, not checked" in listed.out) == (0, True)
    assert newsletter("new", 'Yoga: "why" & how — ein Rücken').code == 0


def test_new_never_overwrites(newsletter: Newsletter, root: Path) -> None:
    """The slot after the last issue is taken; a file that is there stays."""
    made = newsletter("new", "Same title", "--json").json
    path = Path(made["path"])
    later = newsletter("new", "Same title", "--json").json
    assert later["id"] != made["id"]
    assert path.read_text().count("Same title") == 2
    assert len(list((root / "issues").glob("*same-title.md"))) == 2


def test_build_writes_the_message(newsletter: Newsletter, root: Path) -> None:
    """HTML, text, mail and facts, and the images beside them; the same bytes every time."""
    files = ("message.html", "message.txt", "message.eml", "message.json")
    assert newsletter("build", ISSUE).code == 0
    folder = root / "build" / ISSUE
    first = [(folder / file).read_bytes() for file in files]
    assert newsletter("build", ISSUE, "-o", str(root / "other")).code == 0
    assert [(root / "other" / file).read_bytes() for file in files] == first
    facts = json.loads(first[3])
    assert facts["html_bytes"] < 60_000
    assert all((folder / "assets" / image).is_file() for image in facts["images"])
    assert b"{{unsubscribe_url}}" in first[0]


def test_build_for_a_persona_can_be_looked_at(newsletter: Newsletter, root: Path) -> None:
    """Values are filled in and images lie beside the page."""
    newsletter("build", ISSUE, "--persona", "reader")
    html = (root / "build" / ISSUE / "message.html").read_text()
    assert "{{" not in html
    sources = re.findall(r'<img[^>]*\ssrc="([^"]+)"', html)
    assert sources
    assert all((root / "build" / ISSUE / source).is_file() for source in sources)


def test_an_unknown_persona_is_named(newsletter: Newsletter) -> None:
    """Exit code 2, with the ones there are."""
    answer = newsletter("build", ISSUE, "--persona", "nobody")
    assert answer.code == 2
    assert "japanese" in answer.err


def test_disclaimers_lists_the_registry(newsletter: Newsletter) -> None:
    """Each wording with its words, as the contract's keys name them."""
    rows = newsletter("disclaimers", "--json").json["disclaimers"]
    assert {row["id"] for row in rows} >= {
        "gen",
        "gen-short",
        "exercise",
        "supplement",
        "medication",
        "crisis",
    }
    assert all({"id", "version", "locale", "jurisdictions", "in_force", "text"} <= row.keys() for row in rows)
    assert all(row["in_force"] for row in rows)


@pytest.mark.parametrize(
    ("arguments", "keys"),
    [
        (("check", "--browser", "off"), {"issues"}),
        (("build", ISSUE), {"folder", "message"}),
        (("status",), {"issues"}),
        (("cancel", ISSUE), {"id", "key", "outcome"}),
        (("push", ISSUE), {"key", "draft", "state", "url"}),
        (("status", "nothing-of-the-kind"), {"error"}),
        (("nothing-of-the-kind",), {"error"}),
        (("check", "--nothing"), {"error"}),
        (("send", ISSUE), {"error"}),
    ],
)
def test_json_is_one_object_on_stdout(
    newsletter: Newsletter, arguments: tuple[str, ...], keys: set[str]
) -> None:
    """On success and on failure, with the keys that scripts rely on, and no colour in it."""
    answer = newsletter(*arguments, "--json")
    plain = answer.json
    assert keys | {"schema_version", "verb", "ok", "findings"} == plain.keys()
    assert plain["ok"] == (answer.code == 0)
    assert "\x1b" not in answer.out


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help_with_an_example(newsletter: Newsletter, verb: str) -> None:
    """One imperative sentence, then an example."""
    answer = newsletter(verb, "-h")
    assert answer.code == 0
    assert f"Example:\n    newsletter {verb}" in answer.out


def test_help_fits_the_screen(newsletter: Newsletter) -> None:
    """No line of the list of verbs is cut short."""
    answer = newsletter("--help")
    assert "..." not in answer.out.partition("Commands:")[2]
    assert max(map(len, answer.out.splitlines())) <= 100


@pytest.mark.parametrize(
    ("variable", "option", "coloured"),
    [
        (None, None, False),
        ("FORCE_COLOR", None, True),
        ("NO_COLOR", None, False),
        ("FORCE_COLOR", "--no-color", False),
        ("NO_COLOR", "--color", True),
    ],
)
def test_colour_follows_option_then_environment(
    root: Path, variable: str | None, option: str | None, *, coloured: bool
) -> None:
    """The option wins, then NO_COLOR, then FORCE_COLOR; a pipe has none."""
    command = [Path(sys.executable).with_name("newsletter"), *([option] if option else []), "--root", root]
    answer = subprocess.run(
        [*command, "status", "nothing"],
        capture_output=True,
        check=False,
        env={"PATH": "/usr/bin:/bin", **({variable: "1"} if variable else {})},
    )
    assert answer.returncode == 2
    assert (b"\x1b[" in answer.stderr) == coloured


def test_outside_a_newsletter_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2 and what to do."""
    monkeypatch.setattr(sys, "argv", ["newsletter", "--root", str(tmp_path), "status"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2
    assert "[tool.newsletter]" in capsys.readouterr().err


def test_a_record_that_cannot_be_used_stops_a_send(newsletter: Newsletter, root: Path) -> None:
    """Exit code 6: without a record nothing leaves."""
    (root / ".newsletter").mkdir()
    (root / ".newsletter" / "receipts").write_text("a file where a folder should be")
    answer = newsletter("send", ISSUE, "--at", soon(), "--yes")
    assert answer.code == 6
    assert "cannot be read" in answer.err
    assert not (root / ".newsletter/outbox/drafts").exists()


def test_the_bare_command_shows_its_help(newsletter: Newsletter) -> None:
    """Nothing asked for is no fault."""
    answer = newsletter()
    assert answer.code in (0, 2)
    assert "newsletter --help" in answer.err or "Usage: newsletter" in answer.err
