"""Topics: declared and spoken of, or else told with the words and lines."""

import dataclasses
from pathlib import Path
from typing import Any

import pytest
from letters import GEN, REGISTRY, SETTINGS, TODAY, issue, message

from pipeline.checks import topics
from pipeline.checks.subject import Subject
from pipeline.disclaimers.select import select
from pipeline.model import Finding, Severity

HERE = Path(__file__).parent
CALM = (
    "It is late, the house is quiet, and the kettle is on. Treat yourself to a walk, a bath that you run "
    "yourself, and a balanced diet of good films.\n\nLift the lid of the old gramophone, put the disc back, "
    "and take a dose of music. Laughter is the best medicine, and nobody needs a prescription for it.\n"
)


def found(body: str = "", *declared: str, **fields: Any) -> list[Finding]:
    """Return the findings for an issue with this body and these topics."""
    letter = dataclasses.replace(issue(topics=declared), body=body, body_line=20, **fields)
    selection = select(letter, SETTINGS, REGISTRY, on=TODAY)
    return list(topics.findings(Subject(letter, message(), SETTINGS, REGISTRY, selection, TODAY)))


def only(findings: list[Finding]) -> Finding:
    """Return the one finding."""
    (finding,) = findings
    return finding


def test_an_undeclared_topic_is_told_with_its_words_and_lines() -> None:
    """TOP001: an editor sees at once what gave it away, and what to write."""
    finding = only(found("Ibuprofen helps some.\n\nAsk before you\nchange the dose of your tablets.\n"))
    assert (finding.id, finding.severity, finding.line) == ("TOP001", Severity.ERROR, 20)
    assert "'medication' is not declared" in finding.message
    assert "'Ibuprofen' in line 20, 'dose' in line 23" in finding.message
    assert "topics: [medication]" in finding.hint


def test_a_declared_topic_may_be_spoken_of() -> None:
    """However it is spelt in the front matter."""
    body = "A slipped disc. It is a slipped disc."
    assert found(body, "back_pain") == found(body, "Back-Pain") == []


def test_one_place_is_a_mention_and_no_topic() -> None:
    """Two words of one sentence are one place, so that a list in passing is none."""
    assert found("Pain relievers such as ibuprofen and naproxen are another matter.") == []


def test_the_same_word_in_two_sentences_is_two_places() -> None:
    """An issue that keeps to one word speaks of it all the same."""
    assert only(found("Think of sciatica. Think of sciatica.")).id == "TOP001"


def test_the_subject_alone_is_enough() -> None:
    """What stands in the inbox is what the issue is about."""
    finding = only(found(subject="Living with sciatica"))
    assert (finding.line, "'sciatica' in line 3" in finding.message) == (3, True)


@pytest.mark.parametrize("key", ["preheader", "image_alt", "title"])
def test_what_readers_see_of_the_front_matter_counts(key: str) -> None:
    """One place of it and one of the body are two."""
    assert only(found("More on sciatica.", **{key: "A word on sciatica"})).id == "TOP001"


def test_alt_text_and_captions_count() -> None:
    """A picture speaks too."""
    assert only(found('![A herniated disk](a.png "The sciatic nerve")\n\nSciatica.')).id == "TOP001"


@pytest.mark.parametrize(
    ("body", "topic"),
    [
        ("If you think about suicide, tell someone.", "mental_health"),
        ("Take two magnesium capsules before bed.", "supplements"),
        ("I cured my gout with tea.", "first_person"),
        ("[A good mat](https://www.amazon.com/dp/B00?tag=steady-20)", "commercial"),
        ("Use code STEADY10 this week.", "commercial"),
    ],
)
def test_some_places_are_enough_on_their_own(body: str, topic: str) -> None:
    """Danger, advice to take something, a cure and a paid link need no second mention."""
    assert f"topic {topic!r}" in only(found(body)).message


def test_a_sponsor_is_a_commercial_topic() -> None:
    """The front matter says it."""
    finding = only(found(sponsors=("Acme Chairs",)))
    assert "'commercial' is not declared" in finding.message
    assert found("", "commercial", sponsors=("Acme Chairs",)) == []


def test_a_link_to_a_product_names_its_topic_and_a_citation_does_not() -> None:
    """Supplements can be sold by their link alone."""
    sold = "[here](https://shop.example/magnesium-capsules) [and](https://shop.example/ashwagandha)"
    cited = "[a](https://ods.od.nih.gov/magnesium-capsules) [b](https://ods.od.nih.gov/ashwagandha)"
    assert "topic 'supplements'" in only(found(sold)).message
    assert found(cited) == []


def test_code_sources_and_disclaimers_are_not_what_an_issue_is_about() -> None:
    """So a list of papers on cancer makes no letter on cancer."""
    body = (
        "`ibuprofen` `naproxen`\n\n## Sources\n\n- Ibuprofen for sciatica.\n- Sciatica and cancer.\n\n"
        "# End\n\nThis letter is not medical advice; for informational purposes only. Cancer? Asthma?"
    )
    assert found(body) == []


def test_ordinary_words_raise_no_alarm() -> None:
    """A false alarm teaches editors to waive."""
    assert found(CALM) == []


LONG = {
    "a letter on walking": (
        (
            "Walking lowers the risk of heart disease and diabetes, and it may lift your mood.\n\n"
            "Put on your shoes after lunch. If you have asthma or are pregnant, "
            "talk with your doctor first. Run an eye over the path: ice is no joke.\n\n"
            "## Sources\n\n- Exercise and depression: a review. Exercise and anxiety.\n"
        ),
        set(),
    ),
    "a letter on beans": (
        (
            "Kidney beans are rich in fiber, iron and magnesium. Soak them overnight.\n\n"
            "A bowl a day is a small dose of comfort. Add vitamin C from a lemon. "
            "The heart of the dish is the broth. Lift the lid now and then.\n\n"
            "| Bean | Fiber |\n|---|--:|\n| Black | 8 g |\n| Kidney | 7 g |\n"
        ),
        set(),
    ),
    "a letter on winter": (
        (
            "The cold came early. We sat in the sauna, and then jumped into the snow.\n\n"
            "A sauna is hot: eighty degrees. End with a cold shower if you dare.\n\n"
            "Low light may bring on winter depression. Anxiety is common, too. Light therapy helps some. "
            "A light therapy lamp costs about as much as a coat.\n"
        ),
        {"breath_heat_cold", "mental_health", "devices_tests"},
    ),
    "a letter that sells": (
        (
            "I lost 30 pounds on keto. It worked for me.\n\nFasting came next, and calories were counted.\n\n"
            "Buy it in our shop. The powder is 20% off.\n"
        ),
        {"diet_weight", "first_person", "commercial"},
    ),
    "a letter for parents": (
        (
            "Babies wake. Your baby will, too, and so will you.\n\nWith diabetes, nights are shorter. "
            "Type 1 diabetes is checked by night. Insomnia follows. A nap may help you sleep better.\n"
        ),
        {"pregnancy_child", "chronic", "sleep"},
    ),
}


@pytest.mark.parametrize(("body", "spoken"), LONG.values(), ids=LONG)
def test_longer_texts_have_their_topics_and_no_others(body: str, spoken: set[str]) -> None:
    """Mixed as letters are."""
    assert {finding.message.split("'")[1] for finding in found(body)} == spoken


@pytest.mark.parametrize("letter", (HERE / "letters.txt").read_text(encoding="utf-8").split("\n==")[1:])
def test_everyday_letters_on_health_have_the_topics_they_should(letter: str) -> None:
    """Neither more, in passing mentions, nor less."""
    spoken, _, body = letter.partition("\n")
    assert {finding.message.split("'")[1] for finding in found(body)} == set(spoken.split())


def test_a_wording_that_nothing_calls_for_is_a_warning() -> None:
    """TOP003: it names the wording and the topic."""
    finding = only(found(CALM, "exercise"))
    assert (finding.id, finding.severity, finding.line) == ("TOP003", Severity.WARNING, 7)
    assert "exercise@1" in finding.message
    assert "'exercise'" in finding.message


def test_one_mention_calls_for_a_wording() -> None:
    """A warning is for topics of which there is nothing at all."""
    assert found("Yoga is one way.", "exercise") == []


def test_a_wording_that_another_topic_calls_for_is_not_irrelevant() -> None:
    """Breath, heat and cold ask for the notice on exercise as well; yoga does all the same."""
    assert found("Yoga is one way.", "exercise", "breath_heat_cold") == []
    assert only(found(CALM, "breath_heat_cold")).id == "TOP003"


def test_a_topic_without_a_wording_of_its_own_clutters_nothing() -> None:
    """It only asks for the short notice."""
    assert found(CALM, "sleep") == []


def test_one_statement_is_found_by_the_signs_of_several() -> None:
    """`supplements_single` is the same topic with the singular wording."""
    assert found("Ashwagandha. And ashwagandha.", "supplements_single") == []


def test_a_language_without_signs_is_noted() -> None:
    """It stops nothing, but nobody believes that topics were looked for."""
    finding = only(found("ibuprofen", lang="de-DE"))
    assert (finding.id, finding.severity) == ("TOP001", Severity.NOTE)


def test_the_general_notice_is_never_irrelevant() -> None:
    """It belongs to every issue."""
    assert GEN.id == "gen"
    assert found(CALM) == []
