"""Red-flag cards come before the first step of self-care, in both parts."""

import dataclasses
from pathlib import Path

import pytest
from letters import REGISTRY, SETTINGS, TODAY, html, issue, message

from conftest import SetClock
from pipeline.checks import redflags
from pipeline.checks.subject import Subject
from pipeline.disclaimers.select import select
from pipeline.model import Finding, Severity
from pipeline.newsletter import Newsletter

(CARD,) = REGISTRY.named("redflag-back")
MOVES = "<h2>Moves</h2><ol><li>Lift your hips slowly.</li></ol>"
TITLE = "<h1>Yoga for a stiff back</h1>"


def found(page: str, text: str, *topics: str) -> list[Finding]:
    """Return the findings for a message of these two parts."""
    letter = issue(topics=topics or ("back_pain",))
    selection = select(letter, SETTINGS, REGISTRY, on=TODAY)
    mail = dataclasses.replace(message(html(first=page), text), preheader="Yoga")
    return list(redflags.findings(Subject(letter, mail, SETTINGS, REGISTRY, selection, TODAY)))


def texts(*parts: str) -> str:
    """Return a text part that begins as ours do."""
    return "\n\n".join(("Steady", "Yoga for a stiff back\n====", "[Image: a man lifts his arms]", *parts))


def test_the_card_before_the_moves_is_right() -> None:
    """The title and the picture may speak of the moves."""
    assert found(TITLE + CARD.html + MOVES, texts(CARD.text, "Lift your hips.")) == []


def test_moves_before_the_card_are_found_in_both_parts() -> None:
    """TOP005: whoever stretches first has not read the signs."""
    findings = found(TITLE + MOVES + CARD.html, texts("Lift your hips.", CARD.text))
    assert [(f.id, f.severity, f.part) for f in findings] == [
        ("TOP005", Severity.ERROR, "html"),
        ("TOP005", Severity.ERROR, "text"),
    ]
    assert "'Lift your hips'" in findings[0].message


def test_wordings_above_the_card_are_no_moves() -> None:
    """The notice on exercise speaks of exercise, wherever it stands."""
    (exercise,) = REGISTRY.named("exercise")
    shown = TITLE + exercise.html + CARD.html + MOVES
    assert found(shown, texts(exercise.text, CARD.text), "back_pain", "exercise") == []


def test_a_back_without_moves_needs_no_order() -> None:
    """Nothing is told to do."""
    assert found(TITLE + "<p>Most backs heal.</p>" + CARD.html, texts("Most backs heal.", CARD.text)) == []


def test_a_missing_card_is_a_matter_of_the_examination() -> None:
    """DISC001 blocks; one fault gives one finding."""
    assert found(TITLE + MOVES, texts("Lift your hips.")) == []


def test_other_topics_have_no_card() -> None:
    """The order matters for back pain only."""
    assert found(TITLE + MOVES + CARD.html, texts("Lift your hips.", CARD.text), "exercise") == []


def test_a_page_without_a_title_is_read_after_its_preheader() -> None:
    """A hidden line on yoga is not what readers do first."""
    assert found("<div>Yoga</div>" + CARD.html + MOVES, texts(CARD.text)) == []
    assert len(found("<div>Yoga</div><p>Try yoga.</p>" + CARD.html, texts(CARD.text))) == 1


@pytest.mark.parametrize("moved", [False, True])
def test_a_theme_that_moves_the_card_down_is_found(root: Path, clock: SetClock, *, moved: bool) -> None:
    """Our own template is right, and wrong when its top notices follow the article."""
    base = root / "templates" / "base.html"
    shown = '{% include "partials/disclaimer.html" ignore missing %}'
    top = f'{{% with placement = "top" %}}\n{shown}\n{{% endwith %}}\n'
    source = base.read_text(encoding="utf-8")
    assert top in source
    if moved:
        closing = "{% block closing %}"
        source = source.replace(top, "").replace(closing, top + closing)
        base.write_text(source, encoding="utf-8")
    newsletter = Newsletter(root, clock=clock)
    checked = newsletter.checked(newsletter.issue("2026-12-01-when-one-side-works-harder"))
    assert ("TOP005" in {finding.id for finding in checked.stops}) is moved
