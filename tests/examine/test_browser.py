"""Finished mail in a real Chromium: what readers see passes, every trick that pixels can show fails."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from corpus import CORPUS, FAILS, PASSES
from mails import GEN, TEXT, Case, block, mail, styled, wording
from rendered_mails import ARABIC, JAPANESE, SHOWN, UNSEEN

from conftest import ROOT, SetClock
from descendants import parents_of_all
from pipeline.examine.rendering.browser import Browser, unavailable
from pipeline.examine.rendering.settle import settled
from pipeline.model import Severity
from pipeline.newsletter import Newsletter

# What a browser cannot show, and why: rules by their ids, mails by their names.
_OTHERS = "it works in another client only"
_STATES = "nothing is clicked, hovered or resized in between"
_VISIBLE = "a browser shows these words plainly"
_RULES_BEYOND = {
    "DISC": "a matter of words and of the text part; a browser shows whatever they are",
    "VIS016": "Gmail alone cuts mail off",
    "VIS020": "clients without style sheets are read, not rendered",
    "VIS021": "a browser has no parts to choose from",
}
_MAILS_BEYOND = {
    "by an Outlook sheet": _OTHERS,
    "mso-hide": _OTHERS,
    "for all but Outlook": _OTHERS,
    "revealed for old Outlook": _OTHERS,
    "in Outlook's dark mode": _OTHERS,
    "in Gmail": _OTHERS,
    "in Outlook.com": _OTHERS,
    "under Outlook.com's name": _OTHERS,
    "on Android": _OTHERS,
    "between two widths": _STATES,
    "until pointed at": _STATES,
    "until ticked": _STATES,
    "pushed off a phone": "the page of a browser grows to the side",
    "pushed off step by step": "the page of a browser grows to the side",
    "pushed off by the room in a cell": "the page of a browser grows to the side",
    "words for a bullet": "the words stand beside what was added",
    "words added after it": "the words stand beside what was added",
    "words added before it": "the words stand beside what was added",
    "a box that a sheet adds": "it has no ground, and covers nothing",
    "clip": "clip works on positioned boxes only: " + _VISIBLE,
    "blend mode": "on white the words blend to themselves: " + _VISIBLE,
    "role none on the words": "screen readers still find the words: " + _VISIBLE,
    "as an image": "screen readers still find the words: " + _VISIBLE,
    "a script": "it does not run where scripts are off, as they are here",
    "a font of its own": "it is not there offline",
    "a font of pictures": "another font stands in for it",
}
# What reading cannot decide and a browser can: it shows the words, so the mail passes.
SETTLED = {
    "a box pulled up": "it lands above the page",
    "a paragraph moved up": "it lands above the page",
    "a colour nobody can read": "browsers read it as a red that is dark enough",
    "animated": "there are no such key frames",
}
# Looked at in `make test`; all the others in `make test-all`.
FEW = ("light text on a dark cell", "soft hyphens", "gradient covered by a solid colour")
FEW_SHOWN = (
    "the faintest grey that is allowed, small",
    "drop cap",
    "table of fixed width",
    "a shown copy after one in white",
)
FEW_FAILS = ("on phones", "no height", "indent off the page")
FEW_UNSEEN = (
    "white box that lets clicks through",
    "one word white",
    "grey that is too faint, small",
    "gradient that swallows one half",
    "tiny scale",
    "clipping path",
    "covered in the end",
    "attached picture over it",
    "on a picture from elsewhere",
    "dark canvas, dark words",
    "fields that stand before properties",
    "shown by a script",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for all mails of this module."""
    with Browser() as running:
        assert not running.missing
        yield running


def rules(browser: Browser, html: str) -> set[str]:
    """Look for the wording; return the rules that are broken, each with a whole finding."""
    findings = browser.look(html, [GEN])
    assert all(f.severity is Severity.BLOCK and f.part == "html" and f.message and f.hint for f in findings)
    return {finding.id for finding in findings}


def _long(names: Iterable[str], few: tuple[str, ...]) -> list[Any]:
    """Mark as long what is not among *few*."""
    return [pytest.param(name, marks=[] if name in few else pytest.mark.long) for name in names]


def _of_corpus(names: Iterable[tuple[str, str]], few: tuple[str, ...]) -> list[Any]:
    """Mark as long what is not among *few* of the corpus."""
    return [pytest.param(rule, name, marks=[] if name in few else pytest.mark.long) for rule, name in names]


def _is_beyond(rule: str, name: str) -> bool:
    return name in _MAILS_BEYOND or name in SETTLED or rule.startswith(tuple(_RULES_BEYOND))


def stops(browser: Browser, case: Case) -> bool:
    """Say whether a mail is stopped when a browser looks at it as well."""
    findings = settled(case.findings(), case.mail().html or "", [GEN], browser.look)
    return any(finding.severity.stops for finding in findings)


@pytest.mark.parametrize(("rule", "name"), _of_corpus(PASSES, FEW))
def test_what_everybody_sees_passes(browser: Browser, rule: str, name: str) -> None:
    """The harmless mails of the corpus raise no alarm in any render."""
    assert not stops(browser, CORPUS[rule].passes[name])


@pytest.mark.parametrize(("rule", "name"), FAILS)
def test_a_browser_lets_no_mail_through(browser: Browser, rule: str, name: str) -> None:
    """What reading stops stays stopped, but for the few that it could not decide."""
    assert stops(browser, CORPUS[rule].fails[name]) is (name not in SETTLED)


@pytest.mark.parametrize("name", _long(SHOWN, FEW_SHOWN))
def test_ordinary_markup_raises_no_alarm(browser: Browser, name: str) -> None:
    """Small type, colours, gradients, drop caps and pictures nearby are no tricks."""
    assert browser.look(SHOWN[name], [GEN]) == []


@pytest.mark.parametrize(
    ("rule", "name"), _of_corpus([pair for pair in FAILS if not _is_beyond(*pair)], FEW_FAILS)
)
def test_what_somebody_misses_fails(browser: Browser, rule: str, name: str) -> None:
    """Every trick of the corpus that a browser can show is found by it alone, too."""
    assert rules(browser, CORPUS[rule].fails[name].mail().html or "")


@pytest.mark.parametrize("name", _long(UNSEEN, FEW_UNSEEN))
def test_a_trick_is_seen_in_the_pixels(browser: Browser, name: str) -> None:
    """Covered, faded, moved, turned or undecided: a finding of its rule."""
    html, expected = UNSEEN[name]
    found = rules(browser, html)
    assert found & set(expected.split()), found


def test_what_is_left_out_stands_in_the_table() -> None:
    """No exception outlives the mail it was made for."""
    fails, passes = ({name for _rule, name in names} for names in (FAILS, PASSES))
    assert set(_MAILS_BEYOND) | set(SETTLED) <= fails
    assert {*FEW, *FEW_SHOWN, *FEW_FAILS, *FEW_UNSEEN} <= {*passes, *SHOWN, *fails, *UNSEEN}


@pytest.mark.parametrize("name", ["Japanese", "Arabic"])
def test_every_script_is_read_in_its_own_direction(browser: Browser, name: str) -> None:
    """Words without spaces and words from right to left pass; against their direction they do not."""
    words, own, other = {"Japanese": (JAPANESE, "ltr", "rtl"), "Arabic": (ARABIC, "rtl", "ltr")}[name]
    page = f"<html lang={words.locale} dir={{}}><p style='font-size:12px'>{words.text}</p>"
    assert browser.look(page.format(own), [words]) == []
    assert "VIS018" in {finding.id for finding in browser.look(page.format(other), [words])}


@pytest.mark.long
def test_our_own_issues_are_shown(browser: Browser, root: Path, clock: SetClock) -> None:
    """Every wording of every issue is seen at every width, in light and dark."""
    newsletter = Newsletter(root, clock=clock)
    paths = sorted((ROOT / "issues").iterdir())
    assert len(paths) == 3
    for path in paths:
        message = newsletter.checked(newsletter.issue(path.name)).message
        assert message.wordings
        assert browser.look(message.html, message.wordings) == []


def test_each_wording_is_judged_by_itself(browser: Browser) -> None:
    """One that is shown does not stand in for one that is not there."""
    other = wording("Stop at once if you feel pain, and rest.", ident="exercise")
    (finding,) = browser.look(mail("<p>[GEN]</p>"), [GEN, other])
    assert (finding.id, finding.message.split()[0]) == ("DISC001", "exercise@1")


def test_a_finding_names_the_profile_it_fails_in(browser: Browser) -> None:
    """Hidden on phones only is told with the phone; hidden everywhere with none."""
    (phone,) = browser.look(styled("@media (max-width:400px){.notice{opacity:.2}}"), [GEN])
    assert (phone.id, phone.profile) == ("VIS003", "phone-light")
    (everywhere,) = browser.look(block("opacity:.2"), [GEN])
    assert (everywhere.id, everywhere.profile) == ("VIS003", "")


def test_faint_words_are_told_once_with_both_colours(browser: Browser) -> None:
    """One finding for a paragraph, not one for each of its words."""
    (finding,) = browser.look(mail('<p style="color:#bbb;font-weight:bold">[GEN]</p>'), [GEN])
    assert (finding.id, finding.profile) == ("VIS005", "")
    assert finding.message.endswith("#bbbbbb on #ffffff is 1.9:1 at html > body > p")


def test_inverted_colours_keep_their_contrast(browser: Browser) -> None:
    """Grey on dark that is legible there may be faint when a client inverts both."""
    (finding,) = browser.look(
        mail('<div style="background:#000"><p style="color:#7a7a7a">[GEN]</p></div>'), [GEN]
    )
    assert (finding.id, finding.profile) == ("VIS006", "auto-invert")


def test_no_script_of_the_mail_runs(browser: Browser) -> None:
    """Words that only a script writes are not there: not inline, not by an event, not by a link."""
    writes = f"document.body.innerHTML='<p>{TEXT.replace(chr(39), '’')}</p>'"
    html = mail(
        f'<script>{writes}</script><img src=x onerror="{writes}"><svg onload="{writes}"></svg>'
        f'<iframe srcdoc="<script>parent.{writes}</script>"></iframe><body onload="{writes}">'
    )
    assert rules(browser, html) == {"DISC001"}


@pytest.mark.parametrize(
    "html",
    [
        *("", "\x00", "<", "<p>" * 5000, "<table>" * 800 + "[GEN]", "\ud800[GEN]", "<style>" + "{" * 9000),
        "<frameset><frame src=x></frameset>",
        '<meta http-equiv=refresh content="0;url=https://steady.example/">',
        "<p style='font-size:1e30px;width:1e30px'>[GEN]</p>",
        "<p style='margin-top:1e9px'>[GEN]</p>",
        "<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'><text>[GEN]</text></svg>",
    ],
    ids=[
        *(
            "empty",
            "a zero byte",
            "one bracket",
            "paragraphs",
            "tables in tables",
            "lone surrogate",
            "braces",
        ),
        *("frames", "sent elsewhere", "endless type", "endless margin", "drawing"),
    ],
)
def test_broken_and_hostile_mail_is_a_finding_not_an_exception(browser: Browser, html: str) -> None:
    """Whatever cannot be looked at is not proven."""
    assert browser.look(html.replace("[GEN]", TEXT[:-1]), [GEN])


def test_nothing_is_fetched(browser: Browser) -> None:
    """Pictures, sheets, fonts, frames and refreshes of a mail reach nobody."""
    asked: list[str] = []

    class Listening(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)

    with HTTPServer(("127.0.0.1", 0), Listening) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        away = f"http://127.0.0.1:{server.server_port}"
        head = (
            f'<meta http-equiv=refresh content="0;url={away}/refresh"><link rel=stylesheet href={away}/a.css>'
            f"<link rel=preconnect href={away}><base href={away}><style>@import '{away}/b.css';"
            f"@font-face{{font-family:F;src:url({away}/f)}}h1{{font-family:F}}</style>"
        )
        body = (
            f"<img src={away}/i.png><img src=j.png><iframe src={away}/k></iframe>"
            f"<object data={away}/l></object>"
            f"<video src={away}/m poster={away}/n></video>"
            f'<div style="background:url({away}/o)">x</div><p>[GEN]</p>'
        )
        browser.look(mail(body, head=head), [GEN])
        server.shutdown()
    assert asked == []


def test_nothing_required_finds_nothing(browser: Browser) -> None:
    """A look without wordings proves nothing and says nothing."""
    assert browser.look("", []) == []


def test_a_mail_that_takes_too_long_is_undecided() -> None:
    """Time that runs out is a finding, and the next mail has a browser again."""
    with Browser(limit_s=0.01) as hasty:
        for _ in range(2):
            (finding,) = hasty.look(mail("<p>[GEN]</p>"), [GEN])
            assert (finding.id, "more than 0.01 s" in finding.message) == ("VIS022", True)


def test_a_browser_that_dies_is_replaced() -> None:
    """A crash is told of; the mail after it is looked at by a new browser."""
    with Browser() as mortal:
        assert mortal.look(mail("<p>[GEN]</p>"), [GEN]) == []
        for pid in _chromiums():
            os.kill(pid, signal.SIGKILL)
        (finding,) = mortal.look(mail("<p>[GEN]</p>"), [GEN])
        assert finding.id == "VIS022"
        assert mortal.look(mail("<p>[GEN]</p>"), [GEN]) == []


def _chromiums() -> list[int]:
    """Return the processes that this one has started, Playwright's driver apart, and their children."""
    parents = parents_of_all()
    drivers = {pid for pid, parent in parents.items() if parent == os.getpid()}
    return [pid for pid, parent in parents.items() if parent in drivers]


def test_a_missing_browser_is_told_with_the_way_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a browser no look passes, and both answers say what to do."""
    monkeypatch.setenv("NEWSLETTER_CHROMIUM", "/nowhere/chromium")
    assert "names no file: '/nowhere/chromium'" in unavailable()
    with Browser() as nothing:
        (finding,) = nothing.look(mail("<p>[GEN]</p>"), [GEN])
    assert finding.id == "VIS022"
    assert "apt-get install chromium" in finding.hint


def test_a_missing_playwright_is_told_with_the_way_to_get_it() -> None:
    """Without the optional extra the module is imported all the same, and says what to install."""
    script = (
        "import sys; sys.modules['playwright'] = None\n"
        "from pipeline.examine.rendering.browser import unavailable; print(unavailable())"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "playwright is not installed: pip install 'newsletter-pipeline[browser]'\n"


def test_a_program_that_is_no_browser_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that starts but is no Chromium is as good as none."""
    monkeypatch.setenv("NEWSLETTER_CHROMIUM", "/bin/true")
    assert unavailable().startswith("no Chromium starts (")


def test_the_browser_is_available_here() -> None:
    """Where a Chromium starts, nothing is said."""
    assert unavailable() == ""
