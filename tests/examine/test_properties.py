"""What holds for every mail: no change and no hiding goes unseen, no dress does harm, nothing raises."""

import html as markup
from itertools import cycle

import pytest
import styles
from hypothesis import given, settings
from hypothesis import strategies as st
from mails import GEN, SHOWN, TEXT, mail

from pipeline.examine import examine
from pipeline.examine.words import read_words

QUICK = settings(deadline=None, derandomize=True, max_examples=60)
MANY = settings(deadline=None, derandomize=True, max_examples=250)
THOUSANDS = settings(deadline=None, derandomize=True, max_examples=4000)
SPANS = read_words(TEXT).spans
TOKENS = [TEXT[start:end] for start, end in SPANS]
NEUTRAL = (  # what hides nothing and undoes nothing
    *("padding:8px", "border:1px solid #ccc", "border-radius:6px", "text-align:left", "width:100%"),
    *("max-width:600px", "margin:0 auto", "font-weight:bold", "overflow:hidden"),
    *("display:block", "opacity:1", "mso-line-height-rule:exactly", "-webkit-text-size-adjust:100%"),
    *("vertical-align:top", "position:relative", "float:left", "min-height:20px"),
)
SELECTORS = (
    *(".t", "div.t", "#t", "[data-t]", "[class~=t]", "body .t", "html > body .t", ".t:not(.s)", "h1 ~ * .t"),
    *(":is(.s, .t)", "*", "div", "DIV.t", ".\\74 ", "div:nth-child(n)", ".s, .t", ".outer .t", "p ~ div *"),
)
QUERIES = (
    *("", "screen", "(max-width:700px)", "screen and (min-width:300px)", "(prefers-color-scheme:dark)"),
    *("(orientation:portrait)", "(hover:none)", "(width >= 400px)", "not print", "(min-resolution:2dppx)"),
)
PIECES = (
    *("<table>", "</td>", "<!--[if mso]>", "<![endif]-->", "<p style='", "<style>", "</style>", "{", "<svg>"),
    *("<template>", "<", "&#", "\x00", "@media (", ":not(", "display:none", "<a href=x>", "'>"),
)


def ids(html: str) -> set[str]:
    """Return the rules that a mail breaks."""
    return {finding.id for finding in examine(html, TEXT, [GEN])}


def nested(harmless: list[str]) -> str:
    """Open an element of each style."""
    return "".join(f'<div style="{style}">' for style in harmless)


def both(text: str) -> bool:
    """Say whether the HTML with *text* stops, and the text part with it stops, too."""
    html = {
        finding.part for finding in examine(mail(f"<p>{text}</p>"), TEXT, [GEN]) if finding.severity.stops
    }
    plain = {finding.part for finding in examine(SHOWN, text, [GEN]) if finding.severity.stops}
    return html == {"html"} and plain == {"text"}


def spliced(at: int, new: str, size: int = 1) -> str:
    """Return the wording with *size* words or marks from *at* on replaced by *new*."""
    return f"{TEXT[: SPANS[at][0]]}{new}{TEXT[SPANS[at + size - 1][1] :]}"


@pytest.mark.parametrize("at", range(len(TOKENS)))
def test_any_changed_word_or_mark_is_found(at: int) -> None:
    """Whatever stands in its place: another word, a part of it, its neighbour, a mark or nothing."""
    token = TOKENS[at]
    for new in ("", "may", "912", ";", token[:-1], f"s{token}", f"un{token}", TOKENS[at - 1]):
        changed = spliced(at, new)
        assert new == token or both(changed), changed


@pytest.mark.parametrize("at", range(1, len(TOKENS) - 1))  # before and after it other text may stand
def test_any_word_or_mark_said_twice_is_found(at: int) -> None:
    """Also where the reader may not notice."""
    assert both(spliced(at, f"{TOKENS[at]} {TOKENS[at]}"))


@pytest.mark.parametrize("at", range(len(TOKENS) - 1))
def test_any_neighbours_that_change_places_are_found(at: int) -> None:
    """Words with words, and words with marks."""
    assert both(spliced(at, f"{TOKENS[at + 1]} {TOKENS[at]}", 2))


@pytest.mark.parametrize("at", range(1, len(TOKENS) - 1))
def test_any_added_word_or_mark_is_found(at: int) -> None:
    """Between whatever words it is put."""
    for new in ("maybe", "not", "(", "7", "—", "…", "!"):
        assert both(spliced(at, f"{new} {TOKENS[at]}")), new


@QUICK
@given(st.permutations(range(4)), st.integers(0, len(TOKENS) - 4))
def test_any_change_of_order_is_found(order: list[int], at: int) -> None:
    """Whatever words change places, the wording is no longer shown."""
    turned = [*TOKENS[:at], *(TOKENS[at + step] for step in order), *TOKENS[at + 4 :]]
    assert turned == TOKENS or both(" ".join(turned))


def hidden(family: str, data: st.DataObject) -> None:
    """Hide one of up to six elements around the words by a style of its own or by a sheet, and look."""
    hiding = data.draw(styles.HIDING[family])
    outer, inner = (data.draw(st.lists(st.sampled_from(NEUTRAL), max_size=2)) for _side in range(2))
    by_sheet, block = data.draw(st.booleans()), data.draw(st.booleans())
    own = 'class="t" id="t" data-t' if by_sheet else f'style="{hiding}"'
    body = "[GEN]" if block else f"{nested(inner)}<p>[GEN]</p>{'</div>' * len(inner)}"
    body = f'{nested(outer)}<div class="outer"><div {own}>{body}</div></div>{"</div>" * len(outer)}'
    css = ""
    if by_sheet:
        selector, query = data.draw(st.sampled_from(SELECTORS)), data.draw(st.sampled_from(QUERIES))
        important = ";".join(f"{part} !important" for part in hiding.split(";"))
        css = f"{selector}{{{important}}}"
        css = f"@media {query}{{{css}}}" if query else css
    page = mail(body, head=f"<style>{css}</style>" if css else "")
    assert any(rule.startswith(("VIS", "DISC010")) for rule in ids(page)), page


@pytest.mark.parametrize("family", styles.HIDING)
@settings(QUICK, max_examples=40)
@given(data=st.data())
def test_any_hiding_style_is_found(family: str, data: st.DataObject) -> None:
    """Whatever its value, wherever it stands, and in whatever circumstances it works."""
    hidden(family, data)


@pytest.mark.long
@pytest.mark.parametrize("family", styles.HIDING)
@settings(THOUSANDS, max_examples=1000)
@given(data=st.data())
def test_any_of_thousands_of_hiding_styles_is_found(family: str, data: st.DataObject) -> None:
    """The same, a thousand times for each kind."""
    hidden(family, data)


@MANY
@given(styles.legal())
def test_any_legal_style_passes(page: str) -> None:
    """No false alarm on what the contract allows."""
    assert ids(page) == set()


@pytest.mark.long
@THOUSANDS
@given(styles.legal())
def test_thousands_of_legal_styles_pass(page: str) -> None:
    """The same, thousands of times."""
    assert ids(page) == set()


@settings(deadline=None, derandomize=True, max_examples=30)
@given(st.lists(st.sampled_from(["raw", "hex", "decimal", "named"]), min_size=9, max_size=9))
def test_entities_change_nothing(kinds: list[str]) -> None:
    """A letter is the same letter however it is encoded."""
    forms = {
        "raw": markup.escape,
        "hex": lambda char: f"&#x{ord(char):X};",
        "decimal": lambda char: f"&#{ord(char)};",
        "named": lambda char: {"'": "&rsquo;", " ": "&nbsp;"}.get(char, char),
    }
    written = "".join(forms[kind](char) for kind, char in zip(cycle(kinds), TEXT, strict=False))
    assert ids(mail(f"<p>{written}</p>")) == set()


@QUICK
@given(st.lists(st.sampled_from([" ", "\n", "\t\t", "\r\n  ", "<!-- x -->\n"]), min_size=40, max_size=40))
def test_indentation_changes_nothing(gaps: list[str]) -> None:
    """White space and comments between words are no difference."""
    written = "".join(
        word + (gap if gap.strip() == "" else f" {gap}")
        for word, gap in zip(TEXT.split(), [*gaps, *gaps], strict=False)
    )
    assert ids(mail(f"<p>{written}</p>")) == set()


@settings(deadline=None, derandomize=True, max_examples=150)
@given(
    st.lists(st.one_of(st.text(max_size=12), st.sampled_from(PIECES)), max_size=25),
    st.text(max_size=40),
)
def test_garbage_never_raises_and_never_passes(pieces: list[str], text: str) -> None:
    """Whatever is handed in, the answer is a list of findings."""
    assert examine("".join(pieces), text, [GEN])


@QUICK
@given(
    st.lists(
        st.sampled_from(["<div>", "<table><tr><td>", "<p>", "<b>", "</div>", "<td>", "<style>p{", "<!--"])
    )
)
def test_whatever_stands_before_it_a_pass_means_shown(pieces: list[str]) -> None:
    """Broken markup may swallow the wording; then it is a finding, never an exception."""
    findings = examine("".join(pieces) + f"<p>{TEXT}</p>", TEXT, [GEN])
    swallowed = any(piece in ("<style>p{", "<!--") for piece in pieces)
    assert bool(findings) == swallowed


def test_deep_nesting_ends() -> None:
    """Two thousand elements around the wording are no reason to give up."""
    assert ids(mail("<div>" * 2000 + "<p>[GEN]</p>")) == set()
