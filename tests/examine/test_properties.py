"""What holds for every mail: no change and no hiding goes unseen, no dress does harm, nothing raises."""

import html as markup
from itertools import cycle

from hypothesis import given, settings
from hypothesis import strategies as st
from mails import GEN, TEXT, mail

from pipeline.examine import examine
from pipeline.examine.words import read_words

QUICK = settings(deadline=None, derandomize=True, max_examples=60)
TOKENS = TEXT.split()
HIDING = (
    *("display:none", "visibility:hidden", "visibility:collapse", "opacity:0", "opacity:.2", "opacity:5%"),
    *("font-size:1px", "font-size:0", "font-size:7pt", "font:2px serif", "zoom:.3"),
    *(
        "max-height:0;overflow:hidden",
        "height:1px;overflow:hidden",
        "width:0;overflow:hidden",
        "mso-hide:all",
    ),
    *("position:absolute;left:-9999px", "position:fixed", "margin-left:-9999px", "text-indent:-999em"),
    *("clip-path:circle(0)", "clip:rect(0,0,0,0)", "transform:translateX(-9999px)", "filter:blur(9px)"),
    *("content-visibility:hidden", "color:#fff;background:#fff", "color:#999", "color:transparent"),
    *("-webkit-text-fill-color:#fff0", "line-height:0", "display:block;display:none", "DISPLAY : NONE"),
    *("display:none!important", "background:url(a.png)", "all:unset", "animation:x 1s", "mask:url(m.svg)"),
)
NEUTRAL = (  # what hides nothing and undoes nothing
    *("padding:8px", "border:1px solid #ccc", "border-radius:6px", "text-align:left", "width:100%"),
    *("max-width:600px", "margin:0 auto", "font-family:Georgia,serif", "font-weight:bold", "overflow:hidden"),
    *("display:block", "opacity:1", "mso-line-height-rule:exactly", "-webkit-text-size-adjust:100%"),
    *("vertical-align:top", "letter-spacing:normal", "position:relative", "float:left", "min-height:20px"),
)
HARMLESS = (
    *NEUTRAL,
    *("font-size:12px", "font-size:1.2em", "line-height:1.5", "color:#333333", "background:#fffef0"),
    "visibility:visible",
)
PIECES = (
    *("<table>", "</td>", "<!--[if mso]>", "<![endif]-->", "<p style='", "<style>", "</style>", "{", "<svg>"),
    *("<template>", "<", "&#", "\x00", "@media (", ":not(", "display:none", "<a href=x>", "'>"),
)


def ids(html: str) -> set[str]:
    """Return the rules that a mail breaks."""
    return {finding.id for finding in examine(html, TEXT, [GEN])}


def nested(styles: list[str]) -> str:
    """Put the wording into blocks of these styles, outermost first."""
    start = "".join(f'<div style="{style}">' for style in styles)
    return mail(f"{start}<p>[GEN]</p>{'</div>' * len(styles)}")


@QUICK
@given(at=st.integers(0, len(TOKENS) - 1), word=st.sampled_from(["always", "may", "x", "911", "Don't", "—"]))
def test_any_changed_word_is_found(at: int, word: str) -> None:
    """Whatever word is replaced, the wording is no longer shown."""
    changed = [*TOKENS[:at], word, *TOKENS[at + 1 :]]
    same = read_words(" ".join(changed)).tokens == read_words(TEXT).tokens
    assert same or ids(mail(f"<p>{' '.join(changed)}</p>"))


@QUICK
@given(at=st.integers(0, len(TOKENS) - 1))
def test_any_missing_word_is_found(at: int) -> None:
    """Whatever word is left out, the wording is no longer shown."""
    assert ids(mail(f"<p>{' '.join([*TOKENS[:at], *TOKENS[at + 1 :]])}</p>"))


@QUICK
@given(st.permutations(range(4)), st.integers(0, len(TOKENS) - 4))
def test_any_change_of_order_is_found(order: list[int], at: int) -> None:
    """Whatever words change places, the wording is no longer shown."""
    turned = [*TOKENS[:at], *(TOKENS[at + step] for step in order), *TOKENS[at + 4 :]]
    assert turned == TOKENS or ids(mail(f"<p>{' '.join(turned)}</p>"))


@QUICK
@given(st.sampled_from(HIDING), st.lists(st.sampled_from(NEUTRAL), max_size=4), st.integers(0, 4))
def test_any_hiding_style_on_any_ancestor_is_found(hiding: str, harmless: list[str], at: int) -> None:
    """However deep it sits and whatever stands around it."""
    assert any(rule.startswith("VIS") for rule in ids(nested([*harmless[:at], hiding, *harmless[at:]])))


@QUICK
@given(
    st.sampled_from(HIDING), st.sampled_from([".n", "p.n", "div > p", "[class]", "body p", ".w *", "#b p"])
)
def test_any_hiding_rule_is_found(hiding: str, selector: str) -> None:
    """A rule hides as well as an attribute, with whatever selector."""
    page = mail(
        '<div id="b" class="w"><p class="n">[GEN]</p></div>', head=f"<style>{selector}{{{hiding}}}</style>"
    )
    assert any(rule.startswith("VIS") for rule in ids(page))


@QUICK
@given(st.sampled_from(["(max-width:700px)", "screen and (min-width:300px)", "(prefers-color-scheme:dark)"]))
def test_any_query_that_hides_is_found(query: str) -> None:
    """Hidden for some readers is hidden."""
    head = f"<style>@media {query}{{p{{display:none !important}}}}</style>"
    assert ids(mail("<p>[GEN]</p>", head=head)) & {"VIS001", "VIS011"}


@settings(deadline=None, derandomize=True, max_examples=200)
@given(st.lists(st.lists(st.sampled_from(HARMLESS), max_size=5).map(";".join), max_size=5))
def test_any_harmless_style_passes(styles: list[str]) -> None:
    """No false alarm on the properties that real mails use."""
    assert ids(nested(styles)) == set()


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
        for word, gap in zip(TOKENS, [*gaps, *gaps], strict=False)
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
