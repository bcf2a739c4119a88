"""What is judged of a mail as a whole: contradictions, language, length."""

import pytest
from mails import GEN, TEXT, block, mail, styled

from pipeline.examine import examine
from pipeline.examine.verdict.clip import CUT, before_cut, delivered_size
from pipeline.examine.verdict.transforms import lost
from pipeline.model import Severity

GERMAN = "Gehen Sie jeden Abend zur gleichen Zeit ins Bett und lassen Sie das Licht nicht an, denn das stört."


def rules(html: str, text: str | None = TEXT) -> set[str]:
    """Return the rules that a mail breaks."""
    return {finding.id for finding in examine(html, text, [GEN]) if finding.severity.stops}


CANCELS = (
    *(
        "Ignore the above.",
        "You can ignore the fine print below.",
        "Forget the <b>small</b> <i>print</i>&nbsp;below.",
    ),
    *(
        "Pay no attention to the disclaimer.",
        "Don't worry about the legal stuff.",
        "There is no need to read the notice below.",
    ),
    *(
        "Take the disclaimer with a grain of salt.",
        "The notice below is only there for our lawyers.",
        "Our lawyers make us say this.",
    ),
    *(
        "The disclaimer does not apply to you.",
        "We are required to say this.",
        "You can skip your doctor.",
        "No need to ask your doctor.",
    ),
    *(
        "You don't need a doctor for this.",
        "Try it without asking your pharmacist.",
        "It works better than any doctor.",
    ),
    *(
        "This routine replaces your doctor.",
        "No doctor needed.",
        "This is your prescription.",
        "This letter is your personal treatment plan.",
    ),
    *(
        "Consider this medical advice.",
        "Our magnesium is FDA-approved.",
        "These capsules were approved by the FDA.",
        "Just kidding.",
    ),
)
AGREES = (
    *(
        "See your doctor first.",
        "Never ignore the notice below.",
        "Please do not skip the small print.",
        "Don't skip your doctor's visit.",
    ),
    *(
        "You can skip the sugar.",
        "Ignore the scale this week.",
        "You need a doctor if it lasts.",
        "Do not stop it without asking your doctor.",
    ),
    *(
        "No supplement is FDA-approved.",
        "Supplements are not approved by the FDA.",
        "This is not medical advice.",
        "Nothing replaces your doctor.",
    ),
    *(
        "Forget the fads.",
        "Skip the elevator above the fourth floor.",
        "This medicine was approved by the FDA in 2009.",
        "We do not diagnose.",
    ),
    *(
        "A cat may ignore the notice of your absence? Never mind.",
        "Take your prescription along.",
        "Read the notice below.",
    ),
)


@pytest.mark.parametrize("sentence", CANCELS)
def test_a_sentence_that_cancels_the_notice_is_found(sentence: str) -> None:
    """In the HTML and in the text."""
    assert rules(mail(f"<p>{sentence}</p><p>[GEN]</p>")) == {"DISC007"}
    plain = sentence.replace("<b>", "").replace("</b>", "").replace("<i>", "").replace("</i>&nbsp;", " ")
    assert rules(mail("<p>[GEN]</p>"), f"{TEXT}\n\n{plain}") == {"DISC007"}


@pytest.mark.parametrize("sentence", AGREES)
def test_a_sentence_that_sounds_close_passes(sentence: str) -> None:
    """Good advice has the same words."""
    assert rules(mail(f"<p>{sentence}</p><p>[GEN]</p>")) == set()


@pytest.mark.parametrize(
    "html",
    [
        mail("<p>It is false that:</p><p>[GEN]</p>"),
        mail("<p>[GEN]</p><p>Not really.</p>"),
        mail("<p>Ignore this: [GEN]</p>"),
        mail("<p>[GEN] is just a formality.</p>"),
    ],
)
def test_words_right_before_or_after_can_turn_it_round(html: str) -> None:
    """The wording itself is untouched, and says nothing any more."""
    assert rules(html) == {"DISC007"}


def test_the_letter_and_its_notice_are_in_one_language() -> None:
    """A reader of German does not read an English notice, whatever the tags say."""
    for html in (
        mail(f'<p>{GERMAN}</p><p lang="en">[GEN]</p>', root='lang="de"'),
        mail(f"<p>{GERMAN}</p><p>{GERMAN}</p><p>[GEN]</p>"),
    ):
        assert rules(html) == {"DISC005"}
    assert rules(mail("<p>[GEN]</p>"), f"{GERMAN}\n\n{TEXT}") == {"DISC005"}
    assert rules(mail('<p>[GEN]</p><blockquote lang="de">Guten Morgen</blockquote>')) == set()


def padded(size: int) -> str:
    """Return a mail whose notice stands behind *size* bytes."""
    return mail(f"<p>{'Sleep well. ' * (size // 12)}</p><p>[GEN]</p>")


def test_what_gmail_cuts_off_is_not_shown() -> None:
    """The notice must end before the cut, with room for tracked links."""
    assert rules(padded(70_000)) == set()
    assert rules(padded(100_000)) == {"VIS016"}
    (warning,) = examine(padded(85_000), TEXT, [GEN])
    assert (warning.id, warning.severity, warning.profile) == ("VIS016", Severity.WARNING, "clipped")
    long_links = '<a href="https://steady.example/a">a</a>' * 200
    assert rules(mail(f"{long_links}<p>{'Sleep well. ' * 6000}</p><p>[GEN]</p>")) == {"VIS016"}
    assert rules(mail(f"<p>[GEN]</p><p>{'Sleep well. ' * 12_000}</p>")) == set()


def test_the_cut_counts_bytes_and_links() -> None:
    """Letters of two bytes are two, and each link grows."""
    assert delivered_size("é") == 2
    assert delivered_size('<a href="x">é</a>') == 218
    assert before_cut("é" * 100, 50).html == "é" * 25
    assert before_cut("short", CUT).whole


@pytest.mark.parametrize(
    ("html", "rule", "profile"),
    [
        (styled("", '<p style="color:#808080;background:#000000">[GEN]</p>'), "VIS006", "auto-invert"),
        (styled(".notice{display:none}[class=notice]{display:block}"), "VIS011", "gmail"),
        (
            mail(
                "<style>.n{display:block !important}</style><p class=n>[GEN]</p>",
                head="<style>.n{display:none}</style>",
            ),
            "VIS011",
            "gmail",
        ),
        (
            styled("html{color-scheme:light dark}.notice{color:#222}"),
            "VIS006",
            "desktop-dark",
        ),
    ],
    ids=["inverted", "attribute selector", "sheet in the body", "scheme by a sheet"],
)
def test_what_one_kind_of_client_does_is_looked_at(html: str, rule: str, profile: str) -> None:
    """Hidden for some readers is hidden, and the finding says for whom."""
    assert (rule, profile) in {(finding.id, finding.profile) for finding in examine(html, TEXT, [GEN])}


BEFORE = styled(".notice{display:none}p.notice{display:block}")


@pytest.mark.parametrize(
    "after",
    [
        styled("p.notice{color:#222}", '<p class="notice" style="display:none">[GEN]</p>'),
        styled("", '<p class="notice" style="color:#fff">[GEN]</p>'),
        mail("<!-- <p>[GEN]</p> -->"),
    ],
    ids=["lost the rule that shows it", "lost a ground", "lost in a comment"],
)
def test_a_step_that_makes_words_unseen_is_named(after: str) -> None:
    """VIS019: the wording was there before it, in plain sight."""
    (finding,) = lost("inlining", BEFORE, after, [GEN])
    assert (finding.id, "inlining made gen@1 unseen: " in finding.message) == ("VIS019", True)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (BEFORE, BEFORE),
        (BEFORE, styled("", '<p style="display:block">[GEN]</p>')),
        (block("display:none"), block("display:none")),
    ],
    ids=["nothing done", "shown in another way", "never shown"],
)
def test_a_step_that_changes_nothing_of_it_is_not_blamed(before: str, after: str) -> None:
    """What was unseen before is no fault of the step."""
    assert list(lost("inlining", before, after, [GEN])) == []
