"""What is accepted is seen: a browser paints the words of every mail that passes."""

import pytest
from corpus import CORPUS, PASSES
from hypothesis import given, settings
from ink import ENOUGH, window
from mails import SHOWN, block, mail
from styles import legal

from pipeline.examine import read_pages


@pytest.mark.parametrize(
    "unseen",
    [block("opacity:0"), block("color:#fff"), block("display:none"), mail("<p>[GEN]</p>").replace("911", "")],
)
def test_the_measure_tells_what_is_seen_from_what_is_not(unseen: str) -> None:
    """Else the tests below prove nothing."""
    with window(800) as browser:
        assert browser.share(SHOWN) > 1
        assert browser.share(unseen) == 0


@pytest.mark.long
@pytest.mark.parametrize("width", [1200, 360])
def test_a_browser_shows_every_mail_of_the_corpus_that_passes(width: int) -> None:
    """No mail stands among those that pass by mistake."""
    with window(width) as browser:
        pale = {name: browser.share(CORPUS[rule].passes[name].mail().html or "") for rule, name in PASSES}
    assert {name: share for name, share in pale.items() if share < ENOUGH} == {}


@pytest.mark.long
def test_a_browser_shows_every_legal_style() -> None:
    """What the contract allows can be read."""
    with window(1200) as browser:

        @settings(deadline=None, derandomize=True, max_examples=100)
        @given(legal())
        def look(html: str) -> None:
            assert browser.share(html) >= ENOUGH, read_pages(html)[0].elements[-1].path

        look()
