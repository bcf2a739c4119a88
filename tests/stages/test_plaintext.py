"""The text part as a whole: what stands where, and that every wording is in it word for word."""

import dataclasses
import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from letter import ISSUE, WORDING, open_newsletter
from pipeline.disclaimers.registry import load_registry
from pipeline.disclaimers.select import Selection
from pipeline.examine.verdict.wording import in_text
from pipeline.examine.words import plain_words
from pipeline.mergetags import Tag, tags, token
from pipeline.model import Fragment, Wording
from pipeline.prose.wrap import columns
from pipeline.settings import Settings
from pipeline.stages.plaintext import WIDTH, plaintext

ROOT = Path(__file__).parents[2]
GOLDEN = Path(__file__).parent / "golden"
WEB_URL = "https://steady.example/issues/backs/"
LATER = dt.datetime(2027, 1, 5, 7, 30, tzinfo=dt.UTC)

EXERCISE = dataclasses.replace(
    WORDING,
    id="exercise",
    heading="Before you exercise",
    placement="top",
    text=(
        "Ask your doctor first if you have heart disease, are pregnant or had surgery lately. Stop at once "
        "if you feel pain, dizziness or pressure in your chest."
    ),
)


MARKUP = (
    *("<p>", "</p>", "<br>", "<hr>", "<ul><li>", "</ul>", "<h2>", "</h2>", "<pre>", "</pre>", "<b>", "</b>"),
    *("<table><tr><td>", "</table>", "<blockquote>", "-- ", "word ", "\n\n\n", "&nbsp;"),
)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The letter's newsletter."""
    return open_newsletter(tmp_path_factory.mktemp("newsletter"))


def made(settings: Settings, html: str, *wordings: Wording, web_url: str = WEB_URL, **changes: object) -> str:
    """Return the text part of an issue with this body, some of its front matter changed."""
    issue = dataclasses.replace(ISSUE, **changes)  # type: ignore[arg-type]
    selection = Selection(wordings=wordings, findings=())
    return plaintext(issue, Fragment(html), settings=settings, selection=selection, web_url=web_url)


def test_a_letter_reads_well(settings: Settings) -> None:
    """Read the golden file aloud: that is how it sounds to whoever has text alone."""
    html = (GOLDEN / "backs.html").read_text(encoding="utf-8")
    assert made(settings, html, EXERCISE, WORDING) == (GOLDEN / "backs.txt").read_text(encoding="utf-8")


def test_a_notice_reads_well(settings: Settings) -> None:
    """A short message without people, number, archive or sign-up is as whole as a long one."""
    bare = dataclasses.replace(settings, subscribe_url="", postal_address="Straße 1, 12345 Ort")
    text = made(
        bare,
        "<p>There is no letter this week.</p>",
        WORDING,
        web_url="",
        title="A week off",
        number=None,
        authors=(),
        reviewed_by="",
        date=None,
    )
    assert text == (GOLDEN / "notice.txt").read_text(encoding="utf-8")


def test_wordings_stand_where_they_belong(settings: Settings) -> None:
    """What must be known first comes before the letter, the rest after it and before the footer."""
    text = made(settings, "<p>The letter.</p>", WORDING, EXERCISE)
    marks = ["Ask your doctor first", "The letter.", "This letter is for", "Unsubscribe: "]
    assert [text.index(mark) for mark in marks] == sorted(text.index(mark) for mark in marks)


@pytest.mark.parametrize("placement", ["top", "end"])
def test_the_examination_finds_every_wording_we_have(settings: Settings, placement: str) -> None:
    """What the text part shows is what the registry holds, as a stranger reads it."""
    registry = load_registry(ROOT / "templates" / "disclaimers", ROOT)
    wordings = [dataclasses.replace(wording, placement=placement) for wording in registry.wordings]
    text = made(settings, "<p>The letter.</p>", *wordings)
    assert wordings
    assert [
        finding for wording in wordings for finding in in_text(wording, plain_words(text), (), wordings)
    ] == []


def test_sponsors_and_the_picture_are_named(settings: Settings) -> None:
    """Who paid is said in this part as well; a picture is told by its words."""
    text = made(settings, "", sponsors=("Mats & Co",), image_src="hero.png", image_alt="A mat at dawn")
    assert "Sponsored by Mats & Co\n" in text
    assert "[Image: A mat at dawn]\n" in text


def test_the_title_may_greet_the_reader(settings: Settings) -> None:
    """Merge tags in the title are tokens as they are in the mail."""
    text = made(settings, "", title='{{ subscriber.first_name | default("Friend") }}, sit up')
    assert token(Tag("subscriber.first_name", "Friend")) + ", sit up\n==============\n" in text


def test_the_way_out_is_the_readers_own(settings: Settings) -> None:
    """Unsubscribing is always a merge tag; so is the web version when the provider makes it."""
    assert tags(made(settings, "")) == [Tag("unsubscribe_url")]
    assert tags(made(settings, "", web_url="")) == [Tag("unsubscribe_url"), Tag("web_url")]


@pytest.mark.parametrize(
    ("date", "send_at", "line"),
    [
        (dt.date(2026, 12, 29), LATER, "© 2026 Steady · Issue 12 of December 29, 2026"),
        (None, LATER, "© 2027 Steady · Issue 12 of January 5, 2027"),
        (None, None, "© Steady"),
    ],
)
def test_the_date_is_the_issues(
    settings: Settings, date: dt.date | None, send_at: dt.datetime | None, line: str
) -> None:
    """No clock is read; the editorial date counts first, so that a later hour changes no letter."""
    assert made(settings, "", date=date, send_at=send_at).endswith(f"\n{line}\n")


def test_a_line_that_begins_a_signature_never_appears(settings: Settings) -> None:
    """Mail clients fold away what follows a line of two hyphens; the disclaimer would go with it."""
    text = made(settings, "<p>--</p><p>-- </p><pre>-- \n--</pre><p>a<br>-- <br>b</p>")
    assert "--" not in [line.strip() for line in text.split("\n") if not line.startswith("    ")]
    assert "-- " not in text.split("\n")


@hypothesis_settings(deadline=None, derandomize=True, max_examples=100)
@given(
    words=st.lists(
        st.text(st.sampled_from("abcÜ筋肉-–.1>*🌟'"), min_size=1, max_size=14), min_size=1, max_size=40
    ),
    placement=st.sampled_from(("top", "end")),
)
def test_every_wording_is_there_word_for_word(settings: Settings, words: list[str], placement: str) -> None:
    """Wrapping changes nothing but spaces into line ends."""
    wording = dataclasses.replace(WORDING, text=" ".join(words), placement=placement)
    assert " ".join(words) in " ".join(made(settings, "<p>x</p>", wording).split())


@hypothesis_settings(deadline=None, derandomize=True, max_examples=100)
@given(
    html=st.lists(
        st.sampled_from(MARKUP),
        max_size=30,
    ).map("".join)
)
def test_white_space_is_orderly(settings: Settings, html: str) -> None:
    """No trailing spaces, no gaps, no signature, one line end at the end, lines that fit."""
    text = made(settings, html, EXERCISE, WORDING)
    lines = text.split("\n")
    assert text.endswith(f"{settings.name} · Issue 12 of December 1, 2026\n")
    assert [line.rstrip() for line in lines] == lines
    assert "\n\n\n\n" not in text
    assert "--" not in lines
    assert all(columns(line) <= WIDTH or line.startswith((" ", ">")) for line in lines)
