"""The detector of topics: what it must find, and what it must leave alone."""

from collections import Counter
from pathlib import Path

import pytest

from pipeline.disclaimers.detector import STEPS, topics_in
from pipeline.disclaimers.matrix import TOPICS
from pipeline.disclaimers.signs import signs_in
from pipeline.disclaimers.signs.links import is_paid, product_words

LANGUAGE = signs_in("en-US")


def corpus() -> list[tuple[str, bool, str]]:
    """Return topic, whether it must be found, and the sentence."""
    found, topic = [], ""
    for line in (Path(__file__).parent / "topics.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("== "):
            topic = line[3:]
        elif line[:2] in ("+ ", "- "):
            found.append((topic, line[0] == "+", line[2:]))
    return found


@pytest.mark.parametrize(("topic", "speaks", "sentence"), corpus())
def test_a_sentence_speaks_of_its_topic_or_only_looks_so(topic: str, sentence: str, *, speaks: bool) -> None:
    """One sentence is one hit or none."""
    assert (topic in topics_in(sentence, "en-US")) is speaks


def example(sign: str) -> str:
    """Write a text that a sign stands for: any number, the first word of each set, a stem as it is."""
    assert LANGUAGE is not None
    words = sign.replace("&", "and").replace("#", "10").replace("*", "").split()
    return " ".join(LANGUAGE.sets[w[1:-1]].split()[0].rstrip("*") if w[0] == "{" else w for w in words)


def test_every_sign_is_found_as_it_is_written() -> None:
    """No sign is dead: misspelt, cut in two by the tokens, or of a set that does not exist."""
    assert LANGUAGE is not None
    for topic, signs in LANGUAGE.topics.items():
        for sign in (*signs.plain, *signs.grave):
            assert topic in topics_in(example(sign), "en"), (topic, sign)
    for sign in LANGUAGE.steps:
        assert STEPS in topics_in(example(sign), "en"), sign


def test_every_topic_has_sentences_of_both_kinds() -> None:
    """The corpus covers all topics of the matrix; one statement or more is the same topic."""
    kinds = Counter((topic, speaks) for topic, speaks, _sentence in corpus())
    for topic in TOPICS.keys() - {"supplements_single"}:
        assert kinds[topic, True] >= 6
        assert kinds[topic, False] >= 6


def test_case_hyphens_quotes_and_line_ends_do_not_matter() -> None:
    """Signs are words, however they are set."""
    for text in ("SLIPPED DISC", "slipped-disc", "a slipped\ndiscs", "**slipped** _disc_"):
        assert "back_pain" in topics_in(text, "en")


def test_words_of_two_sentences_are_no_phrase_and_no_company() -> None:
    """A sentence ends at its mark, an empty line, an item, a heading, a cell."""
    for text in ("It slipped. Disc two", "slipped\n\ndisc", "slipped\n- disc", "| slipped | disc |"):
        assert topics_in(text, "en") == {}


def test_a_hit_says_where_it_stands_and_in_which_sentence() -> None:
    """The words and their place are what an editor is shown."""
    text = "All is well. Then came a slipped disc."
    (hit,) = topics_in(text, "en")["back_pain"]
    assert (text[hit.start : hit.end], hit.sentence, hit.grave) == ("slipped disc", 1, False)


def test_a_grave_sign_is_heard_in_any_sentence() -> None:
    """What makes "depression" a matter of money takes nothing from "suicide"."""
    text = "In an economic depression, more people think about suicide."
    assert [hit.grave for hit in topics_in(text, "en")["mental_health"]] == [True]


def test_a_language_without_signs_finds_nothing() -> None:
    """Signs are never translated by machine: none is better than wrong ones."""
    assert topics_in("ibuprofen ibuprofen", "de-DE") == {}


@pytest.mark.parametrize(
    "url",
    [
        "https://www.amazon.com/dp/B000?tag=steady-20",
        "https://amzn.to/3abc",
        "https://mats.example/offer?aff_id=12",
        "https://mats.example/offer?utm_medium=affiliate",
        "https://shop.example/mat?ref=steady",
        "https://click.linksynergy.com/x",
        "https://mats.example/?coupon=STEADY10",
    ],
)
def test_a_link_that_pays_is_known(url: str) -> None:
    """Programmes show themselves by host or parameter."""
    assert is_paid(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://www.cdc.gov/sleep/about/index.html",
        "https://blog.example/post?tag=sleep",
        "https://code.example/tree?ref=main",
        "https://steady.example/?utm_medium=email",
        "https://steady.example/bonuses",
        "https://[broken",
        "mailto:hello@steady.example",
        "",
    ],
)
def test_any_other_link_pays_nobody(url: str) -> None:
    """A parameter that has other uses counts on a shop's pages only; what cannot be read pays nobody."""
    assert not is_paid(url)


def test_the_address_of_what_is_sold_is_read_and_that_of_a_source_is_not() -> None:
    """A citation of a page on magnesium recommends no capsules."""
    assert product_words("https://shop.example/magnesium-glycinate-capsules").startswith("magnesium gly")
    assert product_words("https://steady.example/products/back-brace") == "products back brace"
    assert product_words("https://ods.od.nih.gov/factsheets/Magnesium-HealthProfessional/") == ""
