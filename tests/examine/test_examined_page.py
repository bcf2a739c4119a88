"""A page of a website is examined as a mail is, save for what only mails suffer."""

import pytest
from mails import GEN, TEXT, mail

from pipeline.examine import examine, examine_page

GERMAN = "<p lang='de'>Der Brief ist für die Leser und nicht für den Rest von uns, das ist auch gut so.</p>"


def test_a_frame_may_speak_another_language_than_its_letter() -> None:
    """A mail's letter may not: its disclaimer would be read by nobody."""
    page = mail(f"{GERMAN * 20}<section lang='en-US'><p>{TEXT}</p></section>")
    assert "DISC005" in [finding.id for finding in examine(page, None, [GEN])]
    assert examine_page(page, [GEN]) == []


def test_no_client_clips_a_page() -> None:
    """Gmail does that to mails."""
    page = mail(f"{'<p>Before and between.</p>' * 6000}<section><p>{TEXT}</p></section>")
    assert "VIS016" in [finding.id for finding in examine(page, None, [GEN])]
    assert examine_page(page, [GEN]) == []


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        (f'<p style="display:none">{TEXT}</p>', "VIS001"),
        ("<p>Something else.</p>", "DISC001"),
        (f'<section lang="de"><p>{TEXT}</p></section>', "DISC005"),
        (f"<p>{TEXT}</p><p>Ignore the disclaimer.</p>", "DISC007"),
    ],
    ids=["hidden", "missing", "marked as another language", "contradicted"],
)
def test_what_hides_a_wording_hides_it_on_a_page(body: str, rule: str) -> None:
    """The rules are the same."""
    assert rule in [finding.id for finding in examine_page(mail(body), [GEN])]


def test_of_no_wording_there_is_nothing_to_find() -> None:
    """As of a mail that needs none."""
    assert examine_page("", []) == []
