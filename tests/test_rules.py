"""The table of rules: every id that a finding can have is described, once and readably."""

import re
from pathlib import Path

from pipeline.rules import TITLES, WARNINGS

PACKAGE = Path(__file__).parents[1] / "pipeline"
PRODUCED = {
    ident
    for file in PACKAGE.rglob("*.py")
    if file.name != "rules.py"
    for ident in re.findall(r'"([A-Z]{2,5}[0-9]{3})"', file.read_text(encoding="utf-8"))
}


def test_every_rule_that_the_code_names_is_described() -> None:
    """A new rule needs a title; reports would show its bare id."""
    assert len(PRODUCED) > 80
    assert sorted(PRODUCED - TITLES.keys()) == []


def test_titles_read_like_messages() -> None:
    """Lower case, no full stop, short enough for GitHub's title of 255 characters, no two alike."""
    for ident, title in TITLES.items():
        assert re.fullmatch(r"[A-Z]{2,5}[0-9]{3}", ident)
        assert title[:1] == title[:1].lower()
        assert not title.endswith(".")
        assert 5 < len(title) < 100
    assert len(set(TITLES.values())) == len(TITLES)


def test_only_known_rules_warn() -> None:
    """The list of warnings names no rule that is not there."""
    assert TITLES.keys() >= WARNINGS
