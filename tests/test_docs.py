"""README and CHANGELOG tell the truth."""

import re
import tomllib
from pathlib import Path

import click
import pytest

from pipeline.cli import cli
from pipeline.clock import utc_now
from pipeline.issue.schema import KEYS
from pipeline.providers import PROVIDERS, Can, open_provider
from pipeline.settings import load_settings
from standins.bench import settings_toml

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


def test_the_table_of_abilities_equals_what_the_code_declares(tmp_path: Path) -> None:
    """One column for each provider, one row for each ability, and how exact its times are."""
    lines = [line.strip("|").split("|") for line in re.findall(r"(?m)^\|.*\|$", README)]
    start = next(at for at, line in enumerate(lines) if line[1].strip() == "outbox")
    head, _, *rows = ([cell.strip() for cell in line] for line in lines[start : start + 3 + len(Can)])
    assert sorted(head[1:]) == sorted(PROVIDERS)
    for column, name in enumerate(head[1:], start=1):
        (tmp_path / "pyproject.toml").write_text(settings_toml(name, "http://127.0.0.1:1"), encoding="utf-8")
        provider = open_provider(load_settings(tmp_path), utc_now)
        declared = {ability.value: "yes" if ability in provider.can else "" for ability in Can}
        declared["sends every"] = f"{provider.grid.seconds // 60} min"
        assert {row[0]: row[column] for row in rows} == declared
