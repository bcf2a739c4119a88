"""The table of small mails: every trick is found, every harmless look-alike passes."""

import pytest
from mails import FAILS, GEN, OLDER, PASSES, TEXT

from pipeline.examine import examine
from pipeline.model import Severity


@pytest.mark.parametrize("name", PASSES)
def test_a_wording_that_everybody_sees_passes(name: str) -> None:
    """A harmless look-alike of a trick gives no finding."""
    assert examine(PASSES[name], TEXT, [GEN], others=[OLDER]) == []


@pytest.mark.parametrize("name", FAILS)
def test_a_wording_that_somebody_misses_fails(name: str) -> None:
    """Every trick gives a blocking finding of its rule, with a hint."""
    html, rules = FAILS[name]
    findings = examine(html, TEXT, [GEN], others=[OLDER])
    assert {finding.id for finding in findings} & set(rules.split()), findings
    assert all(finding.severity is Severity.BLOCK for finding in findings)
    assert all(finding.hint and finding.part == "html" for finding in findings)
