"""The disclaimer check: registry, selection and examination in one, with the file to open."""

import dataclasses

from letters import GEN, REGISTRY, TEXT, checked, html, issue, message

from pipeline.disclaimers.registry import Registry
from pipeline.model import Finding, Severity


def only(findings: list[Finding]) -> Finding:
    """Return the one finding."""
    (finding,) = findings
    return finding


def test_a_sound_message_has_no_findings() -> None:
    """The message of these tests is right before anything is made wrong in it."""
    assert checked() == []


def test_a_message_without_its_disclaimer_names_the_partial() -> None:
    """Deleting the partial is found, and the finding says which file must emit the words."""
    finding = only(checked(message(html(notice=""))))
    assert (finding.id, finding.severity) == ("DISC001", Severity.BLOCK)
    assert finding.file == "templates/partials/disclaimer.html"
    assert "templates/partials/disclaimer.html must emit it" in finding.hint


def test_one_changed_word_is_found() -> None:
    """The examination compares with the registry, not with what the template meant."""
    finding = only(checked(message(html(notice=GEN.html.replace("not", "now", 1)))))
    assert finding.id == "DISC003"
    assert "expected 'not', found 'now'" in finding.message


def test_a_style_that_hides_is_found_with_where_to_look() -> None:
    """The hint names the partial and the issue's template."""
    finding = only(checked(message(html(notice=f'<div style="display:none">{GEN.html}</div>'))))
    assert finding.id == "VIS001"
    assert "templates/weekly.html" in finding.hint


def test_a_text_part_without_it_names_the_stage() -> None:
    """The text part is no afterthought."""
    finding = only(checked(message(text=TEXT.replace(GEN.text, ""))))
    assert (finding.id, finding.part, finding.file) == ("DISC002", "text", "issues/x.md")
    assert "plaintext.py" in finding.hint


def test_a_topic_asks_for_its_own_wording() -> None:
    """What the message shows is held against what the issue needs."""
    found = checked(letter=dataclasses.replace(issue(topics=("exercise",)), body="Yoga for all."))
    assert {(f.id, f.message.split()[0]) for f in found} == {
        ("DISC001", "exercise@1"),
        ("DISC001", "gen-short@1"),
        ("DISC002", "exercise@1"),
        ("DISC002", "gen-short@1"),
    }


def test_findings_of_the_registry_and_the_selection_are_told() -> None:
    """A fault there stops every issue."""
    fault = Finding("REG002", Severity.BLOCK, "the text was changed", "make a new version", part="registry")
    found = checked(letter=issue(topics=("unknown",)), registry=Registry(REGISTRY.wordings, (fault,)))
    assert {finding.id for finding in found} == {"REG002", "TOP002"}


def test_the_text_of_another_version_is_called_stale() -> None:
    """A cached partial with last year's words is told apart from a slip."""
    newer = dataclasses.replace(GEN, version=2, text=GEN.text.replace("version 1", "version 2"))
    older = dataclasses.replace(GEN, effective_to=GEN.effective_from.replace(month=6))
    found = checked(registry=Registry((older, newer)))
    assert {finding.id for finding in found} == {"DISC004"}
