"""Our own issues: what a newcomer sees first, and what the demonstration sends."""

import re
from pathlib import Path

import pytest

from conftest import ROOT, SetClock
from pipeline.model import Issue, Severity
from pipeline.newsletter import Newsletter
from pipeline.settings import load_settings
from pipeline.stages.load import issue_paths, load_issue
from pipeline.stages.render import render

IMAGE_BYTES_MAX = 150_000
SETTINGS = load_settings(ROOT)
PATHS = issue_paths(SETTINGS)

each_issue = pytest.mark.parametrize("path", PATHS, ids=[path.parent.name for path in PATHS])


def load(path: Path) -> Issue:
    """Return one of our issues."""
    return load_issue(path, SETTINGS)


def test_there_are_three_issues_of_two_templates() -> None:
    """The samples show the weekly letter and the digest."""
    issues = [load(path) for path in PATHS]
    assert len(issues) == 3
    assert {issue.template for issue in issues} == {"weekly", "digest"}


@each_issue
def test_an_issue_is_ready_for_a_tuesday_morning(path: Path) -> None:
    """Each is ready, numbered, and has a fixed send time in the slot of the settings."""
    issue = load(path)
    assert issue.status == "ready"
    assert issue.number
    assert issue.send_at
    assert issue.send_at.weekday() == SETTINGS.send_slot.weekday
    assert issue.send_at.time() == SETTINGS.send_slot.time
    assert issue.timezone == SETTINGS.timezone


@each_issue
def test_an_issue_is_described_for_the_inbox(path: Path) -> None:
    """Subject and preheader fit the list of an inbox, and differ from each other."""
    issue = load(path)
    assert 0 < len(issue.subject) <= 60
    assert 40 <= len(issue.preheader) <= 100
    assert issue.preheader not in (issue.subject, issue.title)


@each_issue
def test_an_issue_has_a_readable_length(path: Path) -> None:
    """A letter takes three to five minutes to read."""
    words = re.findall(r"[A-Za-z’']+", re.sub(r"\]\([^)]*\)", "]", load(path).body))
    assert 550 <= len(words) <= 950


@each_issue
def test_an_issue_ends_with_its_sources(path: Path) -> None:
    """At least three public sources are linked at the end."""
    sources = load(path).body.split("# Sources\n")[1]
    assert len(re.findall(r"\]\(https://[^)]+\)", sources)) >= 3


@each_issue
def test_an_issue_s_images_are_light_and_described(path: Path) -> None:
    """Every image has alt text and less than 150 KB; every image file is used."""
    issue = load(path)
    assert len(issue.image_alt) > 20
    for alt, src in re.findall(r"!\[([^\]]*)\]\((\S+)", issue.body):
        assert len(alt) > 20
        assert src in issue.images
    assert issue.image_src in issue.images
    assert all(image.path.stat().st_size < IMAGE_BYTES_MAX for image in issue.images.values())
    assert {image.path for image in issue.images.values()} == set(path.parent.glob("*.png"))


@each_issue
def test_an_issue_renders_without_a_finding(path: Path) -> None:
    """Nothing in our own Markdown is doubtful, and no syntax of ours is left for readers to see."""
    fragment = render(load(path), web_url="https://steady.example/issues/", image_url=SETTINGS.image_url)
    assert fragment.findings == ()
    shown = re.sub(r"<[^>]+>", "", fragment.html)
    assert not re.search(r"\*\*|\]\(|\{[.#]|\[!|\[\^|:::|\+\+\+|\{\{|^#", shown, re.MULTILINE)


@each_issue
def test_an_issue_passes_every_check(path: Path, root: Path, clock: SetClock) -> None:
    """The finished message has nothing that stops it and nothing to warn of."""
    newsletter = Newsletter(root, clock=clock)
    findings = newsletter.checked(newsletter.issue(path.parent.name)).findings
    assert [finding for finding in findings if finding.severity is not Severity.NOTE] == []


def test_the_issues_exercise_three_sets_of_wordings(root: Path, clock: SetClock) -> None:
    """Back pain, a supplement, and a digest on sleep each need another set of disclaimers."""
    newsletter = Newsletter(root, clock=clock)
    messages = [newsletter.checked(newsletter.issue(path.parent.name)).message for path in PATHS]
    sets = [frozenset(wording.id for wording in message.wordings) for message in messages]
    assert len(set(sets)) == 3
    assert all("gen" in wordings for wordings in sets)
    back, supplement, digest = sets
    assert {"redflag-back", "exercise"} <= back
    assert {"supplement", "medication"} <= supplement
    assert "exercise" in digest
    assert "redflag-back" not in digest


def test_a_benefit_of_a_supplement_is_marked_for_its_notice() -> None:
    """
    Both statements on what magnesium does end in the symbol that stands for the notice.

    Source: 21 CFR 101.93(d), read 2026-11-22.
    """
    body = next(load(path).body for path in PATHS if "magnesium" in path.parent.name)
    statements = re.findall(r"^- It (?:supports|helps maintain) .*$", body, re.MULTILINE)
    assert len(statements) == 2
    assert all(r"\*" in statement for statement in statements)
