"""Which wordings an issue must show."""

import dataclasses
import datetime as dt
from pathlib import Path

import pytest

from pipeline.disclaimers.matrix import ORDER, TOPICS
from pipeline.disclaimers.registry import Registry, load_registry
from pipeline.disclaimers.select import Selection, select
from pipeline.model import Issue, Severity
from pipeline.settings import load_settings

ROOT = Path(__file__).parents[2]
SETTINGS = load_settings(ROOT)
OURS = load_registry(SETTINGS.registry_path, ROOT)
ON = dt.date(2026, 12, 1)


def issue(*topics: str, lang: str = "en-US") -> Issue:
    """Make an issue on these topics."""
    return Issue(
        path=ROOT / "issues" / "x.md",
        file="issues/x.md",
        id="x",
        key="steady-x",
        slug="x",
        title="X",
        subject="X",
        preheader="",
        description="",
        status="ready",
        audience="weekly",
        template="weekly",
        lang=lang,
        timezone="America/New_York",
        body="",
        topics=topics,
        lines={"topics": 7},
    )


def chosen(
    *topics: str, lang: str = "en-US", markets: tuple[str, ...] = ("US",), registry: Registry = OURS
) -> Selection:
    """Select for an issue on these topics."""
    settings = dataclasses.replace(SETTINGS, markets=markets)
    return select(issue(*topics, lang=lang), settings, registry, on=ON)


@pytest.mark.parametrize(
    ("topics", "ids"),
    [
        ((), ["gen"]),
        (("sleep",), ["gen-short", "gen"]),
        (("exercise",), ["gen-short", "exercise", "gen"]),
        (("back_pain",), ["gen-short", "redflag-back", "gen"]),
        (("back-pain", "Exercise"), ["gen-short", "redflag-back", "exercise", "gen"]),
        (("supplements",), ["gen-short", "supplement", "gen"]),
        (("supplements-single",), ["gen-short", "supplement-single", "gen"]),
        (("supplements", "sleep", "medication"), ["gen-short", "supplement", "medication", "gen"]),
        (("mental_health",), ["gen-short", "crisis", "gen"]),
    ],
    ids=lambda value: "+".join(value) or "none",
)
def test_topics_choose_the_wordings_in_the_order_shown(topics: tuple[str, ...], ids: list[str]) -> None:
    """The matrix of the compliance catalogue; urgent ones first, the general notice last."""
    selection = chosen(*topics)
    assert ([wording.id for wording in selection.wordings], selection.findings) == (ids, ())


def test_an_unknown_topic_blocks_and_names_the_nearest() -> None:
    """TOP002 stands on the line of the topics."""
    (finding,) = chosen("exercice").findings
    assert (finding.id, finding.severity, finding.line) == ("TOP002", Severity.BLOCK, 7)
    assert finding.hint == "did you mean 'exercise'?"


@pytest.mark.parametrize(
    "topic", ["diet_weight", "pregnancy_child", "chronic", "commercial", "breath_heat_cold"]
)
def test_a_topic_whose_wording_is_not_registered_blocks(topic: str) -> None:
    """TOP002: an issue that needs a wording we do not have is not sent without it."""
    (finding,) = chosen(topic).findings
    assert (finding.id, finding.severity) == ("TOP002", Severity.BLOCK)
    assert "templates/disclaimers/" in finding.hint


def test_unknown_markets_block() -> None:
    """TOP004: without markets nobody knows which law holds."""
    findings = chosen("exercise", markets=()).findings
    assert [(finding.id, finding.severity) for finding in findings] == [("TOP004", Severity.BLOCK)]


def test_a_wording_must_cover_every_market() -> None:
    """A notice with the number of one country is no notice in another."""
    selection = chosen("exercise", markets=("US", "GB"))
    assert selection.wordings == ()
    assert {finding.id for finding in selection.findings} == {"TOP002"}
    assert "requires the wording 'gen': no en-US entry for GB, US in force" in selection.findings[0].message


def test_the_entry_that_covers_all_markets_is_chosen() -> None:
    """For a single market the entry made for it alone."""
    (gen,) = OURS.named("gen")
    both = dataclasses.replace(gen, version=2, jurisdictions=frozenset({"US", "CA"}))
    registry = Registry((gen, both))
    assert chosen(markets=("CA", "US"), registry=registry).wordings == (both,)
    assert chosen(markets=("US",), registry=registry).wordings == (gen,)


def test_a_market_takes_the_notice_of_its_own_law() -> None:
    """The US supplement notice is asked for where there are US readers, the EU one where there are others."""
    said = " ".join(finding.message for finding in chosen("supplements", markets=("DE",)).findings)
    assert "'supplement-eu'" in said
    assert "'supplement'" not in said


def test_the_exact_locale_comes_before_a_wider_one() -> None:
    """An issue in en-US takes the en-US wording although the en one would do."""
    (gen,) = OURS.named("gen")
    wide = dataclasses.replace(gen, version=2, locale="en")
    assert chosen(registry=Registry((wide, gen))).wordings == (gen,)
    assert chosen(registry=Registry((wide,))).wordings == (wide,)


def test_an_issue_in_another_language_is_not_served_in_english() -> None:
    """TOP002: a German issue needs a German notice."""
    selection = chosen("exercise", lang="de")
    assert (selection.wordings, {finding.id for finding in selection.findings}) == ((), {"TOP002"})


def test_a_wording_that_is_no_longer_in_force_is_not_chosen() -> None:
    """The day of sending decides."""
    (gen,) = OURS.named("gen")
    past = dataclasses.replace(gen, effective_to=ON)
    assert chosen(registry=Registry((past,))).wordings == ()


def test_the_matrix_orders_every_wording_it_names() -> None:
    """Nothing that may be required is without a place."""
    assert {need.id for topic in TOPICS.values() for need in topic.needs} <= set(ORDER)
