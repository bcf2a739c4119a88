"""The document around an issue: what must stand in it, in every template, and faults told with a reason."""

import dataclasses
import datetime as dt
import shutil
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser, LexborNode

from letter import ISSUE, WORDING, open_newsletter
from pipeline.disclaimers.select import Selection
from pipeline.errors import TemplateError
from pipeline.mergetags import Tag, tags, token
from pipeline.model import Fragment, Image, Issue, Wording
from pipeline.settings import Settings
from pipeline.stages.template import PREVIEW_LENGTH, Theme
from pipeline.theme.environment import direction

TEMPLATES = Path(__file__).parents[2] / "templates"
OURS = Theme(TEMPLATES, None)
NAMES = ("digest", "notice", "weekly")
WEB_URL = "https://steady.example/issues/backs/"
BODY = "<p>Dear reader</p><h2>One</h2><p>First piece.</p><h2>Two</h2><p>Second piece.</p>"
GEN = dataclasses.replace(WORDING, html="<p>Not <strong>medical</strong> advice.</p>")
SHORT = dataclasses.replace(
    WORDING, id="gen-short", placement="top", heading="Good to know", html="<p>For information.</p>"
)
RED_FLAG = dataclasses.replace(
    WORDING, id="redflag-back", placement="top", heading="Get help now", html="<p>Call 911.</p>"
)
EXERCISE = dataclasses.replace(
    WORDING, id="exercise", placement="top", heading="Before you move", html="<p>Ask first.</p>"
)
SUPPLEMENT = dataclasses.replace(
    WORDING, id="supplement", kind="mandated", heading="About supplements", html="<p>Not evaluated.</p>"
)
EVERY_KIND = (SHORT, RED_FLAG, EXERCISE, SUPPLEMENT, GEN)
HERO = Image("sun.png", Path("sun.png"), "ab" * 32, 1200, 640, "png")
WITH_HERO = {"image_src": "sun.png", "image_alt": "A morning stretch", "images": {"sun.png": HERO}}


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The letter's newsletter."""
    return open_newsletter(tmp_path_factory.mktemp("newsletter"))


@pytest.fixture
def theme(tmp_path: Path) -> Theme:
    """A copy of our templates, free to be spoilt: `templates/` below tmp_path."""
    shutil.copytree(TEMPLATES, tmp_path / "templates")
    return Theme(tmp_path / "templates", tmp_path / "cache")


def made(
    settings: Settings,
    *wordings: Wording,
    html: str = BODY,
    theme: Theme = OURS,
    web_url: str = WEB_URL,
    **changes: Any,
) -> str:
    """Return the document of the letter with some of its front matter changed."""
    issue: Issue = dataclasses.replace(ISSUE, **changes)
    return theme.document(
        issue, Fragment(html), settings=settings, selection=Selection(wordings), web_url=web_url
    )


def tree(document: str) -> LexborNode:
    """Return the document's root."""
    root = LexborHTMLParser(document).root
    assert root is not None
    return root


def text(document: str) -> str:
    """Return what readers see, blanks folded."""
    body = LexborHTMLParser(document).body
    assert body is not None
    return " ".join(body.text(separator=" ").split())


def refusal(act: Callable[[], object]) -> TemplateError:
    """Return the error that *act* ends in."""
    with pytest.raises(TemplateError) as caught:
        act()
    return caught.value


@pytest.mark.parametrize("name", NAMES)
def test_language_and_direction_stand_on_the_root_and_inside_the_body(settings: Settings, name: str) -> None:
    """Webmail drops html and body."""
    root = tree(made(settings, template=name, lang="ar"))
    for node in (root, root.css_first("body > div[role=article]")):
        assert node is not None
        assert (node.attributes["lang"], node.attributes["dir"]) == ("ar", "rtl")


@pytest.mark.parametrize("name", NAMES)
def test_every_layout_table_says_that_it_is_one(settings: Settings, name: str) -> None:
    """Screen readers do not announce the layout."""
    document = made(settings, *EVERY_KIND, template=name, **WITH_HERO)
    assert tree(document).css("table:not([role=presentation])") == []


@pytest.mark.parametrize("name", NAMES)
def test_there_is_one_main_heading(settings: Settings, name: str) -> None:
    """It is the title; levels below follow without a gap."""
    document = made(settings, *EVERY_KIND, template=name)
    levels = [node.tag for node in tree(document).css("h1, h2, h3, h4")]
    assert levels[0] == "h1"
    assert set(levels[1:]) == {"h2"}


@pytest.mark.parametrize("name", NAMES)
def test_tags_are_balanced(settings: Settings, name: str) -> None:
    """No element is left open, none is closed twice, in Outlook's branches too."""
    document = made(settings, *EVERY_KIND, template=name, **WITH_HERO)
    opened: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, _attrs: object) -> None:
            if tag not in ("meta", "img", "br", "hr"):
                opened.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert opened.pop() == tag

    Reader().feed(document)
    assert opened == []
    assert document.count("<!--[if mso]>") + document.count("<!--[if !mso]>") == document.count(
        "<![endif]-->"
    )


@pytest.mark.parametrize("name", NAMES)
def test_no_comment_of_ours_and_nothing_from_elsewhere_is_sent(settings: Settings, name: str) -> None:
    """Only Outlook's conditional comments stay; there is no web font, script or remote style."""
    document = made(settings, *EVERY_KIND, template=name)
    markup = document.partition("</style>\n</head>")[2]
    assert all(part.startswith(("[if", ">", "<![endif]")) for part in markup.split("<!--")[1:])
    assert "{#" not in document
    assert tree(document).css("script, link, iframe, form, [background]") == []
    assert "@import" not in document
    assert "url(" not in document


@pytest.mark.parametrize("name", NAMES)
def test_the_footer_has_what_the_law_asks(settings: Settings, name: str) -> None:
    """Reason, way out, postal address, issue and date."""
    document = made(settings, template=name)
    footer = tree(document).css_first("td.footer")
    assert footer is not None
    words = " ".join(footer.text(separator=" ").split())
    assert "because you signed up" in words
    assert settings.postal_address in words
    assert "© 2026 Steady · Issue 12 of December 1, 2026" in words
    assert [link.attributes["href"] for link in footer.css("a")] == [
        "https://steady.example",
        token(Tag("unsubscribe_url")),
        WEB_URL,
    ]


def test_the_year_is_the_issues_own(settings: Settings) -> None:
    """The same issue says the same in any year; without a date it names none."""
    send_at = dt.datetime(2031, 1, 7, 7, 30, tzinfo=dt.UTC)
    assert "© 2031 Steady" in text(made(settings, date=None, send_at=send_at))
    assert "© Steady" in text(made(settings, date=None, send_at=None))


def test_moving_the_hour_of_a_dated_issue_changes_nothing(settings: Settings) -> None:
    """A sign-off stays good when only the send time moves."""
    hours = (dt.datetime(2026, 12, day, 7, 30, tzinfo=dt.UTC) for day in (1, 2))
    first, second = (made(settings, send_at=hour) for hour in hours)
    assert first == second


def test_without_a_permalink_the_provider_fills_it_in(settings: Settings) -> None:
    """The link to the web version is then the provider's tag."""
    assert f'href="{token(Tag("web_url"))}"' in made(settings, web_url="")


def test_the_preheader_is_followed_by_blanks(settings: Settings) -> None:
    """The inbox line shows the preheader and no letterhead behind it."""
    document = made(settings, preheader="Even one side < the other")
    hidden = tree(document).css_first("body > div")
    assert hidden is not None
    shown = hidden.text()
    assert "display:none" in (hidden.attributes["style"] or "")
    assert shown.startswith("Even one side < the other")
    assert shown.strip("\u00a0\u200c") == "Even one side < the other"
    assert len(shown) >= PREVIEW_LENGTH


def test_a_merge_tag_in_the_preheader_takes_no_room_from_the_blanks(settings: Settings) -> None:
    """As the editor writes it, it is longer than what any reader gets to see."""
    tag = '{{ subscriber.first_name | default("friend") }}'
    plain, tagged = (made(settings, preheader=f"{name}, sit less") for name in ("friend", tag))
    assert tagged.count("\u200c") == plain.count("\u200c") > 0


def test_without_a_preheader_there_is_no_empty_line_in_the_inbox(settings: Settings) -> None:
    """Blanks alone would leave readers with nothing to go by."""
    assert "display:none" not in made(settings, preheader="").partition("<body")[2]


def test_front_matter_is_data(settings: Settings) -> None:
    """Markup and template syntax in an issue's words are shown as they are written."""
    hostile = "<b>{{ 7*7 }}</b> {% raise %} & {# gone #}"
    document = made(settings, title=hostile, subject=hostile, preheader=hostile, authors=(hostile,))
    assert text(document).count(hostile) >= 3
    title = tree(document).css_first("title")
    assert title is not None
    assert title.text() == hostile
    assert "49" not in text(document)


def test_the_body_is_data(settings: Settings) -> None:
    """Braces in an issue's text reach the reader."""
    assert "{{ settings }} {% x %}" in text(made(settings, html="<p>{{ settings }} {% x %}</p>"))


def test_merge_tags_in_subject_and_title_become_tokens(settings: Settings) -> None:
    """They are filled in by the provider like any other."""
    document = made(settings, subject='For {{ subscriber.first_name | default("you") }}')
    assert Tag("subscriber.first_name", "you") in tags(document)


def test_the_hero_image_leads(settings: Settings) -> None:
    """It has its alternative text, the card's width and a height to match."""
    image = tree(made(settings, **WITH_HERO)).css_first("img.hero")
    assert image is not None
    assert {name: image.attributes[name] for name in ("alt", "width", "height")} == {
        "alt": "A morning stretch",
        "width": "600",
        "height": "320",
    }
    assert image.attributes["src"] == settings.image_url(HERO)


def test_a_remote_hero_image_is_taken_as_it_is(settings: Settings) -> None:
    """Its size is not known, so that no height is claimed."""
    remote = made(settings, image_src="https://cdn.example/sun.png", image_alt="Sun")
    image = tree(remote).css_first("img.hero")
    assert image is not None
    assert image.attributes["src"] == "https://cdn.example/sun.png"
    assert "height" not in image.attributes


def test_without_a_hero_image_there_is_a_band(settings: Settings) -> None:
    """The card still has a top edge; a notice never has an image."""
    assert tree(made(settings)).css("img") == []
    assert len(tree(made(settings, template="notice", **WITH_HERO)).css("td.band")) == 1


@pytest.mark.parametrize("name", NAMES)
def test_wordings_stand_where_they_belong(settings: Settings, name: str) -> None:
    """Top ones between title and body, the others after it and before the footer."""
    words = text(made(settings, *EVERY_KIND, template=name))
    order = (ISSUE.title, *(w.heading for w in EVERY_KIND[:3]), "Dear reader", "Second piece.")
    places = [words.index(part) for part in (*order, "Not evaluated.", "Not medical advice.", "Unsubscribe")]
    assert places == sorted(places)


@pytest.mark.parametrize("wording", EVERY_KIND, ids=lambda wording: wording.id)
def test_a_wording_is_marked_and_labelled(settings: Settings, wording: Wording) -> None:
    """The block names its version, language and direction, and has a heading of its own."""
    (block,) = tree(made(settings, wording, lang="ar")).css("[data-disclaimer]")
    assert block.attributes["data-disclaimer"] == wording.ref
    assert (block.attributes["lang"], block.attributes["dir"]) == ("en-US", "ltr")
    heading = block.css_first("h2, strong")
    assert heading is not None
    assert heading.text().rstrip(":") == wording.heading
    words = wording.html.removeprefix("<p>")  # a symbol may stand before them
    assert words in (block.html or "")


def test_the_mandated_wording_is_boxed(settings: Settings) -> None:
    """Its cell is the one with a border and bold letters (21 CFR 101.93(d)-(e))."""
    assert [node.text().split()[0] for node in tree(made(settings, *EVERY_KIND)).css("td.boxed")] == ["About"]


def test_the_symbol_that_ends_statements_stands_right_before_the_mandated_words(settings: Settings) -> None:
    """A starred statement refers to a starred notice (21 CFR 101.93(d)); no other wording has a star."""
    page = tree(made(settings, *EVERY_KIND))
    assert [node.text() for node in page.css("td.boxed p")] == ["* Not evaluated."]
    assert [node.text()[0] for node in page.css("td.notice p")].count("*") == 1


def test_without_the_partial_the_wordings_are_missing_and_nothing_else_happens(
    theme: Theme, tmp_path: Path, settings: Settings
) -> None:
    """That is for the examination of the finished mail to find, with the wording's name."""
    assert "data-disclaimer" in made(settings, GEN, theme=theme)
    (tmp_path / "templates/partials/disclaimer.html").unlink()
    document = made(settings, GEN, theme=theme)
    assert "data-disclaimer" not in document
    assert "First piece." in document


def test_a_digest_numbers_its_pieces(settings: Settings) -> None:
    """Every h2 begins a piece of its own."""
    cells = tree(made(settings, template="digest")).css("td.piece")
    assert [" ".join(cell.text(separator=" ").split()) for cell in cells] == [
        "1 One First piece.",
        "2 Two Second piece.",
    ]


def test_the_invitation_counts_readers_only_when_the_settings_do(settings: Settings) -> None:
    """The newsletter claims no number it does not know."""
    counted = dataclasses.replace(settings, readers=100_000)
    assert "more than 100,000 people" in text(made(counted))
    assert "more than" not in text(made(dataclasses.replace(settings, readers=None)))
    assert "forwarded" not in text(made(dataclasses.replace(settings, subscribe_url="")))


def test_words_of_the_templates_are_marked_as_english_in_other_languages(settings: Settings) -> None:
    """A right-to-left issue keeps the footer's punctuation in place."""
    footer = tree(made(settings, lang="he")).css_first("td.footer")
    assert footer is not None
    assert (footer.attributes["lang"], footer.attributes["dir"]) == ("en", "ltr")


def test_the_style_sheet_stays_small() -> None:
    """No more than 85 rules: that is what inlining is measured with; media queries are marked important."""
    sheet = (TEMPLATES / "styles.css").read_text(encoding="utf-8")
    assert sheet.count("{") - sheet.count("@media") <= 85
    for query in sheet.split("@media")[1:]:
        declarations = query.partition("\n}")[0].split("{", 1)[1]
        assert declarations.count(":") == declarations.count("!important")


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        ("en-US", "ltr"),
        ("ar", "rtl"),
        ("he-IL", "rtl"),
        ("FA", "rtl"),
        ("ur_PK", "rtl"),
        ("az-Arab", "rtl"),
        ("ar-Latn", "ltr"),
        ("", "ltr"),
    ],
)
def test_direction_follows_the_language(lang: str, expected: str) -> None:
    """The script decides where it is named, the language otherwise."""
    assert direction(lang) == expected


def test_a_template_may_name_merge_tags(theme: Theme, tmp_path: Path, settings: Settings) -> None:
    """`default` on a tag is the provider's default; on anything else it is Jinja's."""
    (tmp_path / "templates/mine.html").write_text(
        '{{ subscriber.first_name | default("friend") }} {{ web_url }} {{ unsubscribe_url }} '
        '{{ nope | default("-") }}',
        encoding="utf-8",
    )
    document = made(settings, theme=theme, template="mine", web_url="")
    assert tags(document) == [Tag("subscriber.first_name", "friend"), Tag("web_url"), Tag("unsubscribe_url")]
    assert document.endswith(" -")


def test_an_unknown_template_is_told_with_the_nearest(settings: Settings) -> None:
    """The error points at the issue, where the name was written."""
    error = refusal(lambda: made(settings, template="weakly", lines={"template": 9}))
    assert error.message == "issues/backs.md:9: no such template: 'weakly'"
    assert error.hint == "did you mean 'weekly'?"


@pytest.mark.parametrize("name", ["base", "components", "../templates/weekly", "partials/footer", ""])
def test_what_is_no_whole_template_cannot_be_chosen(settings: Settings, name: str) -> None:
    """An issue names one of its newsletter's templates and no other file."""
    assert refusal(lambda: made(settings, template=name)).hint


FAULTS = {
    "name": ("\n\n{{ settngs.name }}", ":3: 'settngs' is undefined", "did you mean 'settings'?"),
    "attribute": ("\n{{ issue.titel }}", ":2: ", "did you mean 'title'?"),
    "filter": ("{{ title | uper }}", ":1: no filter named 'uper'", "did you mean 'upper'?"),
    "syntax": ("\n{% if %}", ":2: ", "correct the template"),
    "include": ("{% include 'partials/foter.html' %}", ":1: no such template", "'partials/footer.html'?"),
    "recursion": ("{% include 'mine.html' %}", ":1: the template includes itself", "correct"),
    "type": ("\n{{ 1 + title }}", ":2: unsupported operand", "correct"),
    "our filter": ("\n{{ title | long_date }}", ":2: ", "correct"),
    "half a character": ("{{ '\\ud800' }}", "", "correct"),
    "zero": ("\n{{ 1 // 0 }}", ":2: ", "correct"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_template_is_told_with_file_and_line(
    theme: Theme, tmp_path: Path, settings: Settings, fault: str
) -> None:
    """Whoever edits templates reads what is wrong, where, and what was probably meant."""
    source, message, hint = FAULTS[fault]
    (tmp_path / "templates/mine.html").write_text(source, encoding="utf-8")
    error = refusal(lambda: made(settings, theme=theme, template="mine"))
    assert error.message.startswith(
        f"templates/mine.html{message}" if message else "templates: half a character"
    )
    assert hint in error.hint
    assert error.__cause__ is not None


def test_a_template_in_another_encoding_is_told(theme: Theme, tmp_path: Path, settings: Settings) -> None:
    """A file saved as Latin-1 is no traceback."""
    (tmp_path / "templates/mine.html").write_bytes("Grüße".encode("latin-1"))
    assert "not UTF-8" in refusal(lambda: made(settings, theme=theme, template="mine")).message


def test_a_missing_macro_is_told(theme: Theme, tmp_path: Path, settings: Settings) -> None:
    """The components an editor may write need their markup."""
    components = tmp_path / "templates/components.html"
    components.write_text(components.read_text(encoding="utf-8").replace("macro quote", "macro cite"))
    error = refusal(lambda: made(settings, theme=theme))
    assert error.message == "templates/components.html: the macro 'quote' is missing"


def test_a_changed_template_is_read_again(theme: Theme, tmp_path: Path, settings: Settings) -> None:
    """The preview shows a template as it is now."""
    template = tmp_path / "templates/mine.html"
    template.write_text("one", encoding="utf-8")
    assert made(settings, theme=theme, template="mine") == "one"
    template.write_text("another", encoding="utf-8")
    assert made(settings, theme=theme, template="mine") == "another"


def test_the_same_input_gives_the_same_bytes(settings: Settings) -> None:
    """On any machine, by any of several themes."""
    documents = {made(settings, *EVERY_KIND, theme=Theme(TEMPLATES, None), **WITH_HERO) for _ in range(2)}
    assert len(documents) == 1
    assert "\r" not in documents.pop()
