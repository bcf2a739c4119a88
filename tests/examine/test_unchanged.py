"""The verdict on a mail hangs on what it shows, not on how it is written or how it travelled."""

import pytest
from corpus import CORPUS
from mails import Case, message
from rewriting import WAYS

BY_SIZE = "VIS016"  # what makes a mail longer moves words past the cut
LONGER = ("encoded", "indented", "crlf", "commented")


def stopping(case: Case) -> set[str]:
    """Return the rules that stop a mail."""
    return {finding.id for finding in case.findings() if finding.severity.stops}


def written(rule: str) -> list[tuple[str, Case]]:
    """Return the mails of a rule that are given as HTML and text."""
    return [(name, case) for some in CORPUS[rule] for name, case in some.items() if not case.raw]


@pytest.mark.parametrize("rule", CORPUS)
@pytest.mark.parametrize("way", WAYS)
def test_writing_html_in_another_way_changes_no_verdict(way: str, rule: str) -> None:
    """Blanks, entities, quotes, capitals, comments and line ends are no difference."""
    for name, case in written(rule):
        if rule == BY_SIZE and way in LONGER:
            continue
        assert stopping(case._replace(html=WAYS[way](case.html))) == stopping(case), name


def test_each_way_changes_the_source() -> None:
    """Else the test above proves nothing."""
    for way in WAYS.values():
        changed = sum(way(case.html) != case.html for rule in CORPUS for _name, case in written(rule))
        assert changed > 10, way.__name__


@pytest.mark.parametrize("rule", CORPUS)
@pytest.mark.parametrize("encoding", ["quoted-printable", "base64", "8bit"])
def test_no_transport_changes_a_verdict(encoding: str, rule: str) -> None:
    """What was encoded, wrapped and sent is judged as it was written."""
    for name, case in written(rule):
        if case.text is not None:
            sent = message(text=case.text, html=case.html, encoding=encoding).as_bytes()
            assert b"\r\n" in sent
            assert stopping(Case(raw=sent)) == stopping(case), name
