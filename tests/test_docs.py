"""README and CHANGELOG tell the truth."""

import re
import tomllib
from pathlib import Path

import click
import pytest

from pipeline.cli import cli
from pipeline.issue.schema import KEYS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("verb", list(cli.commands))
def test_every_verb_stands_in_the_readme(verb: str) -> None:
    """A verb that README does not show is one that nobody finds."""
    assert f"newsletter {verb}" in README


def test_every_command_in_the_readme_parses() -> None:
    """Each example is a verb with options that it has."""
    commands = re.findall(r"(?m)^newsletter (\S+)(.*?)(?:#.*)?$", README)
    assert len(commands) >= 8
    for verb, rest in commands:
        command = cli.commands[verb]
        known = {
            name for option in command.params for name in option.opts if isinstance(option, click.Option)
        }
        assert set(re.findall(r"(?<!\S)--?[a-z-]+", rest)) <= known, (verb, rest)


def test_every_front_matter_key_stands_in_the_readme() -> None:
    """The list of keys is the one that the code reads."""
    missing = [key for key in KEYS if f"`{key}`" not in README and f"\n{key}:" not in README]
    assert missing == []


def test_every_exit_code_stands_in_the_readme() -> None:
    """Codes are stable, and explained."""
    assert re.findall(r"(?m)^\| (\d+) \|", README) == ["0", "1", "2", "3", "4", "5", "6", "130"]


def test_every_make_target_of_the_readme_exists() -> None:
    """What README tells to run can be run."""
    targets = set(re.findall(r"(?m)^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8")))
    assert set(re.findall(r"(?m)(?:^|`)make ([a-z-]+)", README)) <= targets


def test_every_file_of_the_readme_exists() -> None:
    """Links and pictures lead somewhere."""
    links = [link for link in re.findall(r"\]\(([^)]+)\)", README) if "…" not in link and " " not in link]
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_every_dependency_says_why_it_is_here() -> None:
    """Each line of pyproject.toml's dependencies stands under a comment."""
    source = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    tomllib.loads(source)
    block = source.partition("\ndependencies = [\n")[2].partition("\n]")[0].splitlines()
    assert block[0].lstrip().startswith("#")
    assert len([line for line in block if line.lstrip().startswith("#")]) >= 8
