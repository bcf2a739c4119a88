"""What the examination says, and where."""

from mails import GEN, OLDER, TEXT, mail, styled, wording

from pipeline.examine import examine
from pipeline.model import Finding

GOOD = mail("<p>[GEN]</p>")


def only(html: str, text: str | None = TEXT) -> Finding:
    """Return the one finding of a mail."""
    (finding,) = examine(html, text, [GEN], others=[OLDER])
    return finding


def test_nothing_required_finds_nothing() -> None:
    """An examination without wordings proves nothing and says nothing."""
    assert examine("", "", []) == []


def test_a_hidden_wording_is_told_with_property_value_element_and_rule() -> None:
    """The mender learns which declaration hides which element."""
    finding = only(styled("@media (max-width:600px){.wrap{display:none}}"))
    assert finding.id == "VIS011"
    assert (
        "display: none on html > body > div.wrap (rule '.wrap' in @media (max-width:600px))"
        in finding.message
    )
    assert finding.profile == "phone-light"


def test_a_trick_that_works_everywhere_names_no_profile() -> None:
    """The profile is for what fails in some clients only."""
    assert only(mail('<p style="visibility:hidden">[GEN]</p>')).profile == ""


def test_what_outlook_alone_misses_names_its_profile() -> None:
    """A wording outside Outlook's branch fails in the Word engine."""
    finding = only(mail("<!--[if !mso]><!--><p>[GEN]</p><!--<![endif]-->"))
    assert (finding.id, finding.profile) == ("VIS010", "word-engine")


def test_an_altered_wording_names_both_words() -> None:
    """The finding tells what was expected and what stands there."""
    finding = only(mail(f"<p>{TEXT.replace('is not', 'is hardly')}</p>"))
    assert finding.message == "gen@1 is altered at word 9: expected 'not', found 'hardly'"


def test_too_little_contrast_tells_colours_and_ratio() -> None:
    """Both colours as readers see them, after blending."""
    finding = only(mail('<p style="color:rgba(0,0,0,.3)">[GEN]</p>'))
    assert finding.message.endswith("#b2b2b2 on #ffffff is 2.1:1 at html > body > p")


def test_small_type_tells_the_chain_of_sizes() -> None:
    """An em of an em is hard to see in the source."""
    finding = only(mail('<div style="font-size:.8em"><p style="font-size:50%">[GEN]</p></div>'))
    assert "font-size 6.4px through .8em > 50%" in finding.message


def test_each_required_wording_is_judged_by_itself() -> None:
    """One that is shown does not stand in for one that is missing."""
    other = wording("Stop at once if you feel pain, and rest.", ident="exercise")
    findings = examine(GOOD, TEXT, [GEN, other])
    assert {(finding.id, finding.message.split()[0]) for finding in findings} == {
        ("DISC001", "exercise@1"),
        ("DISC002", "exercise@1"),
    }


def test_the_copy_that_is_seen_best_decides() -> None:
    """A hidden copy does no harm beside a visible one."""
    assert examine(mail("<p hidden>[GEN]</p><p>[GEN]</p><p style=opacity:0>[GEN]</p>"), TEXT, [GEN]) == []


def test_a_wording_may_not_be_pieced_together_from_two_places() -> None:
    """Words in between are a change, also when they are visible and friendly."""
    half = TEXT.index("Don't")
    finding = only(mail(f"<p>{TEXT[:half]}</p><p>Now some news.</p><p>{TEXT[half:]}</p>"))
    assert (finding.id, "'Now some news.' is added" in finding.message) == ("DISC003", True)
