"""Disclaimers of the author's own."""

import dataclasses

import pytest
from letters import GEN, REGISTRY, SETTINGS, TODAY, issue, message

from pipeline.checks import homemade
from pipeline.checks.subject import Subject
from pipeline.disclaimers.select import select
from pipeline.model import Finding, Severity


def found(body: str) -> list[Finding]:
    """Return the findings for an issue with this body, which begins on line 20."""
    letter = dataclasses.replace(issue(), body=body, body_line=20)
    selection = select(letter, SETTINGS, REGISTRY, on=TODAY)
    return list(homemade.findings(Subject(letter, message(), SETTINGS, REGISTRY, selection, TODAY)))


@pytest.mark.parametrize("wording", REGISTRY.wordings, ids=[wording.ref for wording in REGISTRY.wordings])
def test_a_pasted_wording_is_found_with_its_line(wording: object) -> None:
    """DISC014: the first paragraph of it that is long enough to be one."""
    text = getattr(wording, "text")  # noqa: B009 - any of the registry
    findings = found(f"Hello.\n\n{text}\n")
    assert {finding.id for finding in findings} == {"DISC014"}
    assert findings[0].severity is Severity.WARNING
    assert findings[0].line >= 22


def test_a_pasted_paragraph_with_other_words_is_found() -> None:
    """Six words in ten are enough."""
    text = GEN.text.split("\n\n")[1].replace("professional", "expert").replace("doctor", "physician")
    (finding,) = found(f"Hello.\n\n> {text}\n")
    assert finding.line == 22
    assert "'gen'" in finding.message


@pytest.mark.parametrize(("every", "told"), [(4, 1), (3, 1), (2, 0)])
def test_six_words_in_ten_make_a_copy(every: int, told: int) -> None:
    """Two words in three are one, half of them are another text."""
    words = GEN.text.split("\n\n")[1].split()
    text = " ".join("other" if at % every == 0 else word for at, word in enumerate(words))
    assert len(found(text)) == told


@pytest.mark.parametrize(
    "text",
    [
        "This newsletter is for educational purposes and is not medical advice.",
        "For informational purposes only. Consult your doctor before you begin.",
        "*Disclaimer:* this is not a substitute for professional care. Always consult a physician.",
        "- The content is general information, and no\nmedical advice.",
    ],
)
def test_what_speaks_like_a_disclaimer_is_one(text: str) -> None:
    """Two of the three ways in which they speak."""
    (finding,) = found(f"Hello.\n\n{text}")
    assert (finding.id, finding.line) == ("DISC014", 22)
    assert "the author's own" in finding.message


@pytest.mark.parametrize(
    "text",
    [
        (
            "Check with a health professional first. Stop and get advice if you feel pain, dizziness, chest "
            "pressure, or unusual shortness of breath."
        ),
        "Ask your doctor before you book.",
        "A horoscope is not medical advice, and neither is a neighbor.",
        "Schools use the film for educational purposes.",
        "Call your doctor today if you have a fever.",
        "Talk with your own doctor.",
    ],
)
def test_good_advice_is_no_disclaimer(text: str) -> None:
    """An author may send readers to a professional."""
    assert found(text) == []
