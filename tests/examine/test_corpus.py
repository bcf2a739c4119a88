"""The corpus: nothing that somebody misses is accepted, nothing that everybody sees is rejected."""

from collections.abc import Mapping

import pytest
from corpus import CORPUS, FAILS, PASSES, RULES
from mails import SHOWN, TEXT, Case

from pipeline.model import Severity


@pytest.mark.parametrize(("rule", "name"), PASSES)
def test_a_wording_that_everybody_sees_passes(rule: str, name: str) -> None:
    """A harmless look-alike of a trick gives no finding."""
    assert CORPUS[rule].passes[name].findings() == []


@pytest.mark.parametrize(("rule", "name"), FAILS)
def test_a_wording_that_somebody_misses_fails(rule: str, name: str) -> None:
    """A trick stops the mail by its own rule, and whoever wrote it learns how to mend it."""
    findings = CORPUS[rule].fails[name].findings()
    assert rule in {finding.id for finding in findings if finding.severity is Severity.BLOCK}, findings
    assert all(finding.message and finding.hint for finding in findings)


@pytest.mark.parametrize(("rule", "name"), FAILS)
def test_a_finding_names_the_part_that_causes_it(rule: str, name: str) -> None:
    """A sound part of the mail is never accused."""
    case = CORPUS[rule].fails[name]
    sound = {"html"} if case.html == SHOWN else {"text"} if case.text == TEXT else set()
    assert case.raw or not sound & {finding.part for finding in case.findings()}


def test_every_rule_has_its_mails() -> None:
    """Two that pass and two that fail at least, eighty in all, and half of them fail."""
    assert CORPUS.keys() == RULES
    assert all(len(rule.passes) >= 2 and len(rule.fails) >= 2 for rule in CORPUS.values())
    assert len(PASSES) + len(FAILS) >= 80
    assert len(FAILS) * 2 >= len(PASSES) + len(FAILS)


def test_no_mail_stands_twice() -> None:
    """Each shows something that no other does."""
    cases = [case for rule in CORPUS.values() for some in rule for case in some.values()]
    assert len({case._replace(raw=_unbounded(case.raw)) for case in cases}) == len(cases)


def _unbounded(raw: bytes) -> bytes:
    """Return a mail without the random marks that part it."""
    return b"\n".join(line for line in raw.splitlines() if b"==" not in line)


def accepted(fails: Mapping[str, Case], *, without: str) -> list[str]:
    """Name the mails that would pass if no rule called *without* were there."""
    return [
        name
        for name, case in fails.items()
        if not any(finding.severity.stops and finding.id != without for finding in case.findings())
    ]


@pytest.mark.parametrize("rule", sorted(RULES))
def test_no_rule_can_be_switched_off_unseen(rule: str) -> None:
    """Of each rule's mails one at least would pass without it: no other rule finds it, too."""
    fails = CORPUS[rule].fails
    assert accepted(fails, without=rule)
    assert not accepted(fails, without="")
