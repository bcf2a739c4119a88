"""What stands on the archive's pages, and the examination of every disclaimer in them; no browser."""

import dataclasses
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser, LexborNode
from site_pages import (
    ALL,
    GENERAL,
    REGISTRY,
    SETTINGS,
    THEME,
    Form,
    context,
    issue_page,
    letters,
    pages,
    shelf_of,
)

from conftest import ROOT
from pipeline.archive.theme import SiteTheme
from pipeline.errors import TemplateError
from pipeline.examine import examine
from pipeline.model import Wording
from pipeline.stages.template import Theme

ARABIC, EVERYTHING, BACKS, MAGNESIUM, LIGHT = letters()
SETS = {
    "general": GENERAL,
    "all": ALL,
    "backs": (*GENERAL, REGISTRY["redflag-back"], REGISTRY["exercise"]),
    "supplements": (*GENERAL, REGISTRY["supplement"], REGISTRY["medication"]),
}


def _with_sheet(page: str) -> str:
    """
    Return *page* with its style sheet written into it, as the examination reads it.

    What leads elsewhere or acts is taken out: mail has none of it, so the examination knows no harmless one.
    """
    page = re.sub(r'<meta http-equiv="refresh"[^>]*>|<script type="module" src="[^"]*"></script>', "", page)
    style = f"<style>{THEME.css.decode()}</style>"
    shown, links = re.subn(r'<link rel="stylesheet" [^>]*>', lambda _match: style, page)
    assert links == 1
    return shown


def _one(page: str, selector: str) -> LexborNode:
    found = LexborHTMLParser(page).css(selector)
    assert len(found) == 1, f"{selector}: {len(found)}"
    return found[0]


def _text(page: str, selector: str) -> str:
    return " ".join(_one(page, selector).text().split())


@pytest.mark.parametrize("wordings", SETS.values(), ids=SETS)
@pytest.mark.parametrize("letter", [EVERYTHING, ARABIC], ids=["ltr", "rtl"])
def test_the_examination_finds_every_wording_shown(letter: object, wordings: Sequence[Wording]) -> None:
    """In both directions, with whatever may stand beside it."""
    assert isinstance(letter, type(EVERYTHING))
    page = issue_page(letter, wordings, review_due=True, rehearsal=True)
    assert examine(_with_sheet(page), None, wordings) == []


@pytest.mark.parametrize("path", [path for path in pages() if not path.startswith(("2026-", "everything"))])
def test_the_examination_finds_the_notice_on_every_kind_of_page(path: str) -> None:
    """Lists, terms, redirects and the page of a wrong address show the general wordings, too."""
    assert examine(_with_sheet(pages()[path]), None, GENERAL) == []


def test_the_examination_sees_a_hidden_notice() -> None:
    """A rule that hides the notice is found: the tests above can fail."""
    page = _with_sheet(issue_page(BACKS)).replace("</style>", ".notice{display:none}</style>")
    assert {finding.id for finding in examine(page, None, GENERAL)} != set()


def test_a_page_shows_no_wording_that_it_was_not_given() -> None:
    """What a page must show is decided elsewhere; the templates write none of their own."""
    assert "data-disclaimer" not in issue_page(BACKS, ())


def test_a_symbol_stands_before_the_notice_that_it_leads_to() -> None:
    """21 CFR 101.93(d): outside the law's words."""
    page = issue_page(MAGNESIUM, (REGISTRY["supplement"],))
    assert _text(page, ".boxed p").startswith("* These statements have not been evaluated")


@pytest.mark.parametrize("path", pages())
def test_every_page_has_one_title_one_main_and_a_way_to_it(path: str) -> None:
    """One h1, landmarks, a skip link that leads to main, and no id twice."""
    page = pages()[path]
    tree = LexborHTMLParser(page)
    assert [len(tree.css(tag)) for tag in ("h1", "main", "body > header", "body > footer")] == [1, 1, 1, 1]
    skip = _one(page, "a.skip").attributes["href"]
    assert skip == f"#{_one(page, 'main').attributes['id']}"
    ids = [node.attributes["id"] for node in tree.css("[id]")]
    assert len(ids) == len(set(ids))
    assert "<table" not in re.sub(r'<div class="prose">.*?</article>', "", page, flags=re.DOTALL)


@pytest.mark.parametrize("path", pages())
def test_every_link_and_file_of_a_page_is_relative(path: str) -> None:
    """The folder can be looked at anywhere; only the newsletter's own site and the article lead outside."""
    page = re.sub(r'<div class="prose">.*?</article>', "", pages()[path], flags=re.DOTALL)
    tree = LexborHTMLParser(page)
    urls = [node.attributes[name] or "" for name in ("href", "src") for node in tree.css(f"body [{name}]")]
    outside = {url for url in urls if not url.startswith(("#", "./", "../", "message.", "tel:", "mailto:"))}
    assert outside <= {SETTINGS.url}
    assert len(tree.css("script")) == ("search" in path)


def test_an_issue_page_says_who_wrote_and_who_reviewed_it() -> None:
    """With dates that machines read, and links to those who have a page."""
    page = issue_page(EVERYTHING)
    byline = _text(page, ".byline")
    assert byline == (
        "By Coach Luke and Ada Moreno Medically reviewed by Ada Moreno, DPT on November 20, 2025"
        " · Next review by November 20, 2026 Sponsored by Alder Street Bakery"
    )
    times = [node.attributes["datetime"] for node in LexborHTMLParser(page).css(".opening time")]
    assert times == ["2026-11-24", "2025-11-20", "2026-11-20", "2026-12-09"]
    assert 'href="../authors/coach-luke/"' in page
    assert 'href="../reviewers/ada-moreno/"' in page


def test_names_stand_alone_on_an_unlisted_page() -> None:
    """They have no page to lead to yet."""
    page = issue_page(EVERYTHING, tags=(), authors=(), reviewer=(), newer=None, older=None)
    assert _text(page, ".byline").startswith("By Coach Luke and Ada Moreno Medically reviewed by Ada Moreno,")
    assert re.search(r'href="\.\./(authors|reviewers|tags)/[^"]', page) is None
    assert "neighbours" not in page


def test_search_is_given_what_is_listed_and_none_of_the_notices() -> None:
    """Or every word of a notice would find every issue."""
    assert "data-pagefind-body" in _one(issue_page(BACKS), "article").attributes
    quiet = BACKS._replace(card=dataclasses.replace(BACKS.card, state="unlisted"))
    page = issue_page(quiet, newer=None, older=None, tags=(), authors=(), reviewer=())
    assert "data-pagefind-body" not in _one(page, "article").attributes
    notices = LexborHTMLParser(page).css("[data-disclaimer]")
    assert len(notices) == len(GENERAL)
    assert all("data-pagefind-ignore" in notice.attributes for notice in notices)


def test_a_review_that_is_due_is_told() -> None:
    """On which day it was due; and nothing promises a next one."""
    assert "Review overdue" not in issue_page(EVERYTHING)
    page = issue_page(EVERYTHING, review_due=True)
    assert "was due on November 20, 2026 and has not been done" in _text(page, ".due")
    assert "Next review by" not in page


def test_corrections_are_dated_and_told_at_the_top() -> None:
    """The note near the title leads to the list, newest first."""
    page = issue_page(EVERYTHING)
    note = _one(page, ".opening .remark")
    assert "Corrected on December 9, 2026." in note.text()
    assert (note.css_first("a") or note).attributes["href"] == "#page:corrections"
    items = [" ".join(node.text().split()) for node in LexborHTMLParser(page).css(".corrections li")]
    assert items == [
        "Correction, December 9, 2026: The table gave Monday's steps as 2,410.",
        "Correction, December 3, 2026: An earlier version named the wrong town.",
    ]
    assert "page:corrections" not in issue_page(BACKS)


def test_footnotes_are_sources_unless_the_editor_wrote_a_list_of_that_name() -> None:
    """Two headings of one name would lead readers astray."""
    assert _text(issue_page(EVERYTHING), ".sources h2") == "Sources"
    assert _text(issue_page(MAGNESIUM), ".sources h2") == "Notes"
    assert 'class="sources"' not in issue_page(BACKS)


def test_the_page_leads_to_the_letter_as_it_was_sent() -> None:
    """Only where it is kept."""
    hrefs = [node.attributes["href"] for node in LexborHTMLParser(issue_page(BACKS)).css(".as-sent a")]
    assert hrefs == ["message.html", "message.txt"]
    unsent = BACKS._replace(card=dataclasses.replace(BACKS.card, as_sent=False))
    assert "message.html" not in issue_page(unsent)


def test_a_rehearsal_says_so_on_every_page() -> None:
    """Nobody shall take it for what readers got."""
    told = "Rehearsal: nothing on this site was sent to readers."
    assert told in _text(issue_page(BACKS, rehearsal=True), "body > header")
    assert told not in issue_page(BACKS)


def test_the_sign_up_form_is_plain_and_says_what_happens() -> None:
    """Label and hint are tied to the field; the trap is out of every reader's way; no script."""
    page = issue_page(BACKS)
    form = _one(page, "form")
    assert (form.attributes["action"], form.attributes["method"]) == (Form().action, "post")
    field = _one(page, "input[type=email]")
    assert field.attributes["name"] == "email"
    assert field.attributes["autocomplete"] == "email"
    assert "required" in field.attributes
    assert _text(page, f'label[for="{field.attributes["id"]}"]') == "Your email address"
    hint = _text(page, f'[id="{field.attributes["aria-describedby"]}"]')
    for promise in ("asks you to confirm", "one letter a week", "unsubscribe", "goes to lists.example.com"):
        assert promise in hint
    assert _one(page, "input[type=hidden]").attributes["value"] == "weekly"
    trap = _one(page, "[aria-hidden=true] input")
    assert (trap.attributes["name"], trap.attributes["tabindex"], trap.attributes["value"]) == (
        "nickname",
        "-1",
        "",
    )
    assert "more than 100,000 people" in _text(page, ".signup")


def test_the_form_promises_no_mail_that_does_not_come() -> None:
    """Where the provider asks for no confirmation, none is announced; without a trap there is none."""
    page = issue_page(BACKS, signup=Form(confirms=False, trap=""))
    assert "confirm" not in _text(page, ".signup")
    assert 'class="trap"' not in page


def test_without_a_form_a_link_leads_to_where_one_signs_up() -> None:
    """And without an address the block is gone."""
    page = issue_page(BACKS, signup=None)
    assert _one(page, ".signup a.button").attributes["href"] == SETTINGS.subscribe_url
    assert "<form" not in page
    bare = dataclasses.replace(SETTINGS, subscribe_url="", readers=None)
    assert "signup" not in issue_page(BACKS, signup=None, settings=bare)


def test_what_an_issue_says_is_never_markup() -> None:
    """Titles, names and tags are text."""
    evil = '<b>&"'
    card = dataclasses.replace(BACKS.card, title=evil, description=evil, authors=(evil,), tags=(evil,))
    page = issue_page(BACKS._replace(card=card), authors=(), tags=())
    assert "<b>" not in page
    assert page.count("&lt;b&gt;") >= 6


def test_words_of_the_frame_are_marked_english_on_a_page_of_another_language() -> None:
    """A screen reader speaks them so; the document is the issue's."""
    page = issue_page(ARABIC)
    root = _one(page, "html")
    assert (root.attributes["lang"], root.attributes["dir"]) == ("ar", "rtl")
    assert _one(page, ".skip").attributes["lang"] == "en"
    assert _one(page, ".byline").attributes["dir"] == "ltr"
    assert 'lang="en"' not in issue_page(BACKS)


def _spoken(page: str, selector: str) -> set[str]:
    """Return in which languages a screen reader reads the elements that *selector* finds; there are some."""
    found = set()
    for node in LexborHTMLParser(page).css(selector):
        around: LexborNode | None = node
        while around is not None and not around.attributes.get("lang"):
            around = around.parent
        assert around is not None
        found.add(around.attributes["lang"] or "")
    assert found
    return found


def test_our_words_are_english_and_names_are_of_the_page() -> None:
    """Beside each other in one list; a label that is only heard is in the language of its element."""
    index = pages()["from-the-right/index.html"]
    for ours in ("h1", ".standfirst", ".label", ".counts span", ".latest .kicker", "nav[aria-label]"):
        assert _spoken(index, ours) == {"en"}, ours
    for theirs in (".tags bdi", ".counts a", ".year", ".brand"):
        assert _spoken(index, theirs) == {"ar"}, theirs
    terms = THEME.page(
        "terms.html", context("Tags", lang="ar", kind="tags", terms=shelf_of(letters()).terms["tags"])
    )
    assert _spoken(terms, "h1") == _spoken(terms, ".terms span") == {"en"}
    assert _spoken(terms, ".terms bdi") == {"ar"}
    assert "dir" not in _one(terms, ".terms").attributes
    issue = issue_page(ARABIC)
    assert _spoken(issue, ".byline bdi") == _spoken(issue, ".tags bdi") == {"ar"}
    assert _spoken(issue, ".tags") == _spoken(issue, ".neighbours") == {"en"}
    assert _spoken(issue, ".neighbour-title") == {"en-US"}
    assert {"dir"}.isdisjoint(_one(issue, ".neighbours").attributes)


def test_the_page_of_a_term_is_not_that_of_its_section() -> None:
    """The masthead says in which section one is, and of which page one looks at it."""
    for path, current in ("tags/index.html", "page"), ("tags/sleep/index.html", "true"):
        assert _one(pages()[path], "[aria-current]").attributes["aria-current"] == current


def test_a_redirect_leads_on_at_once_and_by_a_link() -> None:
    """For browsers, for machines, and for those whose browser asks first."""
    page = pages()["latest/index.html"]
    target = f"../{LIGHT.card.slug}/"
    assert _one(page, "meta[http-equiv=refresh]").attributes["content"] == f"0; url={target}"
    assert _one(page, "main .opening a").attributes["href"] == target
    assert (
        _one(page, "link[rel=canonical]").attributes["href"] == f"{SETTINGS.archive_url}/{LIGHT.card.slug}/"
    )


def test_an_archive_without_an_issue_says_so() -> None:
    """The first build of a new newsletter is a page and no fault."""
    empty = context("Past issues", root="./", latest=None, recent=(), years=(), tags=())
    assert "No issue has been sent yet" in THEME.page("index.html", empty)


def test_search_leads_to_the_index_without_a_script() -> None:
    """And the masthead leads to it only where there is one."""
    page = pages()["search/index.html"]
    assert 'href="../"' in (_one(page, "#search noscript").html or "")
    assert "search/" not in issue_page(BACKS, has_search=False)


def test_the_mail_offers_no_template_of_the_archive() -> None:
    """An issue chooses among the mail's."""
    assert Theme(ROOT / "templates", None).names == ["digest", "notice", "weekly"]


def test_the_style_sheet_is_small_and_asks_for_nothing() -> None:
    """Below 30 KB, no font, no import, no address; strings untouched, comments gone."""
    css = THEME.css.decode()
    assert len(THEME.css) < 30_000
    assert re.search(r"@import|@font-face|url\(|/\*", css) is None
    assert 'content:" (" attr(href) ")"' in css.replace(": ", ":")


def test_shortening_leaves_strings_alone(tmp_path: Path) -> None:
    """A string may hold what looks like a comment, blanks and braces."""
    sheet = tmp_path / "templates/archive/site.css"
    sheet.parent.mkdir(parents=True)
    sheet.write_text('/* a */\na  b { content: " {  /* b */ " ;\n\n}\n@media print { c { d: e } }\n', "utf-8")
    css = SiteTheme(tmp_path / "templates", None).css
    assert css == b'a b{content: " {  /* b */ ";}@media print{c{d: e}}\n'


def test_compiled_templates_are_kept_and_change_nothing(tmp_path: Path) -> None:
    """A second run reads what the first compiled."""
    values = context("Search")
    first = SiteTheme(ROOT / "templates", tmp_path).page("search.html", values)
    assert list((tmp_path / "jinja").iterdir()) != []
    assert SiteTheme(ROOT / "templates", tmp_path).page("search.html", values) == first


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A copy of the templates, to be broken."""
    return Path(shutil.copytree(ROOT / "templates", tmp_path / "templates"))


def test_a_missing_template_is_told(broken: Path) -> None:
    """With the file that it is."""
    (broken / "archive/signup.html").unlink()
    with pytest.raises(TemplateError, match=r"no such template: 'archive/signup.html'"):
        SiteTheme(broken, None).page("search.html", context("Search"))


def test_a_wrong_word_in_a_template_is_told_with_its_line(broken: Path) -> None:
    """And with the word that was meant."""
    (broken / "archive/search.html").write_text(
        '{% extends "archive/base.html" %}\n{% block opening %}\n{{ pge }}', "utf-8"
    )
    with pytest.raises(TemplateError) as caught:
        SiteTheme(broken, None).page("search.html", context("Search"))
    assert caught.value.message.startswith("templates/archive/search.html:")
    (broken / "archive/search.html").write_text("\n{{ pge.title }}", "utf-8")
    with pytest.raises(TemplateError) as caught:
        SiteTheme(broken, None).page("search.html", context("Search"))
    assert caught.value.message == "templates/archive/search.html:2: 'pge' is undefined"
    assert caught.value.hint == "did you mean 'page'?"


def test_a_style_sheet_that_cannot_be_used_is_told(broken: Path) -> None:
    """Missing, no text, or no file at all."""
    sheet = broken / "archive/site.css"
    sheet.write_bytes(b"a{}\xff")
    with pytest.raises(TemplateError, match=r"^templates/archive/site.css: not UTF-8 at byte 3$"):
        _ = SiteTheme(broken, None).css
    sheet.unlink()
    with pytest.raises(TemplateError, match=r"^templates/archive/site.css: no such file$"):
        _ = SiteTheme(broken, None).css
    sheet.mkdir()
    with pytest.raises(TemplateError, match=r"^templates/archive/site.css: cannot be read: "):
        _ = SiteTheme(broken, None).css
