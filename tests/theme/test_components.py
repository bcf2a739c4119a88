"""Components of the fragment -> markup that mail clients show; nothing else in the body changes."""

from pathlib import Path
from typing import Any, cast

import jinja2
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser, LexborNode

from pipeline.mergetags import Tag, tags, token
from pipeline.theme.components import CONTENT_WIDTH, Macros, email_safe, pieces

TEMPLATES = Path(__file__).parents[2] / "templates"
BUTTON = '<a class="button" href="https://steady.example/bonus?a=1&amp;b=2">Unlock &amp; <b>enjoy</b></a>'


def macros(start: str = "left") -> Macros:
    """Return the macros of our own templates."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    left = start == "left"
    sides = {"start": start, "end": "right" if left else "left", "dir": "ltr" if left else "rtl"}
    module: Any = environment.get_template("components.html").make_module(sides)
    return cast("Macros", module)


OURS = macros()


def dressed(fragment: str) -> LexborNode:
    """Return the body of a document that holds *fragment* in email-safe markup."""
    body = LexborHTMLParser(email_safe(fragment, OURS)).body
    assert body is not None
    return body


def only(body: LexborNode, selector: str) -> LexborNode:
    """Return the one element that *selector* finds."""
    (found,) = body.css(selector)
    return found


def test_plain_blocks_pass_as_they_are() -> None:
    """What the style sheet can dress is not touched."""
    fragment = '<h2 id="a">A &amp; b</h2>\n<p>c &lt; <em>d</em></p>\n<ul><li>e</li></ul>\n<pre>x  y</pre>'
    assert email_safe(fragment, OURS) == fragment


def test_a_button_is_a_link_for_all_and_a_drawing_for_outlook() -> None:
    """Both have the same target and label, each where the other is not seen."""
    markup = email_safe(f"<p>{BUTTON}</p>", OURS)
    drawing, link = markup.split("<!--[if !mso]><!-->")
    target = 'href="https://steady.example/bonus?a=1&amp;b=2"'
    assert "<!--[if mso]><v:roundrect" in drawing
    assert "</v:roundrect><![endif]-->" in drawing
    assert target in drawing
    assert target in link
    assert "Unlock &amp; <b>enjoy</b></center>" in drawing
    assert "Unlock &amp; <b>enjoy</b></a><!--<![endif]-->" in link


def test_the_drawing_has_the_colours_of_the_style_sheet() -> None:
    """Outlook's button is the button everyone else sees."""
    sheet = (TEMPLATES / "styles.css").read_text(encoding="utf-8")
    rule = sheet.partition("a.button {")[2].partition("}")[0]
    markup = email_safe(f"<p>{BUTTON}</p>", OURS)
    for attribute, declaration in (
        ("fillcolor", "background-color: {}"),
        ("strokecolor", "border: 2px solid {}"),
    ):
        colour = markup.partition(f'{attribute}="')[2].partition('"')[0]
        assert f"{declaration.format(colour)};" in rule


def test_a_button_within_text_stands_between_two_paragraphs() -> None:
    """Outlook draws no button inside a line."""
    body = dressed(f'<p data-line="7">Before {BUTTON} after <em>it</em></p>')
    assert [node.text().strip() for node in body.css("p")] == ["Before", "after it"]
    assert [node.attributes["data-line"] for node in body.iter()] == ["7", "7", "7"]


def test_two_buttons_of_a_paragraph_stand_below_each_other() -> None:
    """Blanks between buttons leave no empty paragraph."""
    body = dressed(f"<p>{BUTTON} {BUTTON}</p>")
    assert len(body.css("a.button")) == 2
    assert body.css("p") == []


def test_a_button_in_a_list_is_a_link() -> None:
    """Where no button can stand, its link stays."""
    link = only(dressed(f"<ul><li>{BUTTON}</li></ul>"), "li a")
    assert link.attributes["class"] == "button-text"


def test_a_long_label_gets_a_higher_drawing() -> None:
    """Outlook's rectangle does not grow by itself."""

    def height(label: str) -> int:
        markup = email_safe(f'<p><a class="button" href="#">{label}</a></p>', OURS)
        return int(markup.partition(";height:")[2].partition("px")[0])

    assert height("word " * 15) > height("word")


def test_no_label_can_leave_the_conditional_comment() -> None:
    """Text that looks like a comment's end is escaped in both."""
    body = dressed(
        '<p><a class="button" href="https://x.example/--&gt;&quot;&lt;">a --&gt; &lt;![endif]--&gt; b</a></p>'
    )
    assert only(body, "a.button").text() == "a --> <![endif]--> b"
    assert body.text().strip() == "a --> <![endif]--> b"
    assert only(body, "a.button").attributes["href"] == 'https://x.example/-->"<'


@pytest.mark.parametrize(
    ("kind", "colour"),
    [
        ("note", "#5e7859"),
        ("tip", "#5e7859"),
        ("important", "#5e7859"),
        ("warning", "#b7791f"),
        ("caution", "#8c2f22"),
    ],
)
def test_a_callout_has_an_accent_of_its_tone(kind: str, colour: str) -> None:
    """The accent is a cell of its own, on the side where lines begin."""
    body = dressed(
        f'<aside class="callout callout-{kind}"><p class="callout-title">Title</p><p>Text</p></aside>'
    )
    accent, panel = body.css("table table td")
    assert f"background-color:{colour}" in (accent.attributes["style"] or "")
    assert [node.text() for node in panel.css("p")] == ["Title", "Text"]


def test_what_a_callout_holds_is_dressed_too() -> None:
    """A button in a call-out is a button, a list a list."""
    body = dressed(f'<aside class="callout callout-tip"><p>{BUTTON}</p><ul><li>x</li></ul><hr></aside>')
    assert len(body.css("td.panel a.button")) == 1
    assert len(body.css("td.panel li")) == 1
    assert body.css("hr, aside") == []


def test_an_image_is_capped_at_the_width_of_the_text() -> None:
    """Outlook obeys the width attribute alone; the height follows."""
    body = dressed(
        '<figure><img src="a.png" alt="A" width="1072" height="500">'
        "<figcaption>C &amp; d</figcaption></figure>"
    )
    image = only(body, "img")
    assert (image.attributes["width"], image.attributes["height"]) == (str(CONTENT_WIDTH), "250")
    assert image.attributes["style"] == f"display:block;width:100%;max-width:{CONTENT_WIDTH}px"
    assert only(body, "p.caption").html == '<p class="caption">C &amp; d</p>'


def test_a_small_image_is_not_made_larger() -> None:
    """An icon keeps its size, in a figure and in a line."""
    body = dressed(
        '<figure><img src="a.png" alt="" width="80" height="80"></figure>'
        '<p>x <img src="b.png" alt="" width="20"></p>'
    )
    assert [image.attributes["width"] for image in body.css("img")] == ["80", "20"]
    assert body.css("p.caption") == []


@pytest.mark.parametrize(
    ("around", "width"),
    [
        ("<div class='columns'><div class='column'>{}</div><div class='column'></div></div>", "256"),
        ("<aside class='callout callout-note'>{}</aside>", "488"),
        ("<blockquote>{}</blockquote>", "492"),
        ("<table><tr><td>{}</td></tr></table>", "200"),
    ],
    ids=["column", "call-out", "quote", "table"],
)
def test_an_image_is_capped_at_the_room_it_has(around: str, width: str) -> None:
    """A wide image does not push Outlook's columns apart."""
    body = dressed(around.format('<figure><img src="a.png" alt="A" width="900" height="300"></figure>'))
    assert only(body, "img").attributes["width"] == width


def test_an_image_of_unknown_size_fills_its_line() -> None:
    """A remote image alone in its paragraph gets the width of the text."""
    body = dressed('<figure><img src="https://x.example/a.png" alt="A"></figure>')
    assert only(body, "img").attributes["width"] == str(CONTENT_WIDTH)


def test_quotes_keep_their_meaning() -> None:
    """Either quote is still a blockquote for who listens to the mail."""
    body = dressed('<blockquote><p>One</p></blockquote><blockquote class="pullquote"><p>Two</p></blockquote>')
    assert [node.text().strip() for node in body.css("blockquote")] == ["One", "Two"]
    assert only(body, "td.pullquote").text().strip() == "Two"


def test_columns_are_blocks_that_can_stack_and_a_table_for_outlook() -> None:
    """The ghost table is seen by Outlook alone."""
    markup = email_safe(
        '<div class="columns"><div class="column"><p>A</p></div><div class="column"><p>B</p></div></div>',
        OURS,
    )
    body = LexborHTMLParser(markup).body
    assert body is not None
    assert [node.text().strip() for node in body.css("div.column")] == ["A", "B"]
    assert len(body.css("td")) == 1
    assert markup.count("<!--[if mso]>") == 3


def test_other_numbers_of_columns_stay_below_each_other() -> None:
    """Three columns have no room in a mail."""
    fragment = '<div class="columns"><div class="column">A</div></div>'
    assert email_safe(fragment, OURS) == fragment


def test_a_data_table_keeps_its_meaning() -> None:
    """Headers keep their scope, and a cell its own alignment."""
    body = dressed(
        '<table><thead><tr><th scope="col">A</th><th scope="col" align="right">B</th></tr></thead>'
        "<tbody><tr><td>1</td><td>2</td></tr></tbody></table>"
    )
    table = only(body, "table.data")
    assert "role" not in table.attributes
    assert [cell.attributes.get("scope") for cell in table.css("th")] == ["col", "col"]
    assert [cell.attributes["align"] for cell in table.css("th, td")] == ["left", "right", "left", "left"]


def test_every_layout_table_says_that_it_is_one() -> None:
    """Screen readers announce data tables only."""
    body = dressed(
        f"<p>{BUTTON}</p><hr><blockquote>q</blockquote><figure><img src='a' alt=''></figure>"
        '<aside class="callout callout-note">n</aside><table><tr><td>d</td></tr></table>'
    )
    assert len(body.css("table:not([role=presentation])")) == 1


def test_footnotes_have_no_divider_and_no_way_back() -> None:
    """The style sheet sets them apart; links back up work in few mail clients."""
    note = '<p>n.&#160;<a class="footnote-backref" href="#fnref:1">↩</a></p>'
    body = dressed(f'<p>x</p><div class="footnote"><hr><ol><li id="fn:1">{note}</li></ol></div>')
    assert body.css("hr, table, a") == []
    assert only(body, "li").text().strip() == "n."


@pytest.mark.parametrize(("columns", "style"), [(4, None), (5, "word-break:break-word")])
def test_words_of_a_crowded_table_may_be_broken(columns: int, style: str | None) -> None:
    """Else a phone would scroll the whole mail sideways."""
    table = only(dressed(f"<table><tr>{'<td>word</td>' * columns}</tr></table>"), "table.data")
    assert table.attributes.get("style") == style


def test_right_to_left_turns_sides_round() -> None:
    """Columns keep their distance on the inner side, cells begin at the right."""
    markup = email_safe(
        '<div class="columns"><div class="column">A</div><div class="column">B</div></div>'
        "<table><tr><th>x</th></tr></table>",
        macros("right"),
    )
    assert markup.index("padding-left:12px") < markup.index("padding-right:12px")
    assert '<th align="right">' in markup
    assert 'dir="rtl"' in markup


def test_every_component_tells_its_line_when_blocks_do() -> None:
    """The line stands on the outermost element of each, so that the preview finds it."""
    components = (
        f"<p data-line='1'>{BUTTON}</p>",
        "<aside class='callout callout-note' data-line='2'><p data-line='3'>n</p></aside>",
        "<figure data-line='4'><img src='a' alt=''></figure>",
        "<blockquote data-line='5'>q</blockquote>",
        "<hr data-line='6'>",
        "<table data-line='7'><tr><td>d</td></tr></table>",
        "<div class='columns' data-line='8'><div class='column'>A</div><div class='column'>B</div></div>",
    )
    assert [node.attributes.get("data-line") for node in dressed("".join(components)).iter()] == list(
        "1245678"
    )


def test_a_body_is_cut_at_its_sections() -> None:
    """What stands before the first one is the opening; deeper headings cut nothing."""
    cut = pieces("<p>Hi</p>\n<h2>A</h2><p>a</p><h3>deep</h3>\n<h2>B</h2>b")
    assert cut.opening == "<p>Hi</p>"
    assert cut.pieces == ("<h2>A</h2><p>a</p><h3>deep</h3>", "<h2>B</h2>b")


def test_a_body_without_sections_is_all_opening() -> None:
    """A digest of one text shows that text."""
    assert pieces("<p>Hi</p>").opening == "<p>Hi</p>"
    assert pieces("").pieces == ()


COLUMNS = '<div class="columns"><div class="column">{}</div><div class="column">{}</div></div>'
PARTS = st.sampled_from(
    [
        f"<p>one {BUTTON} two</p>",
        f"<p>{token(Tag('subscriber.first_name', 'friend'))}</p>",
        f'<p><a class="button" href="{token(Tag("unsubscribe_url"))}">label</a></p>',
        "<figure><img src='a' alt='seen' width='9' height='0'><figcaption>cap</figcaption></figure>",
        "<hr>",
        "<p>&lt;b&gt; &amp;amp; {{ braces }}</p>",
        "<table><tr><th>head</th><td>cell</td></tr></table>",
        "<blockquote class='pullquote'><p>pull</p></blockquote>",
    ]
)
NESTED = st.recursive(
    st.lists(PARTS, max_size=3).map("".join),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda both: COLUMNS.format(*both)),
        inner.map('<aside class="callout callout-caution">{}</aside>'.format),
        inner.map("<blockquote>{}</blockquote>".format),
        inner.map("<ul><li>{}</li></ul>".format),
    ),
    max_leaves=6,
)


@hypothesis_settings(deadline=None, derandomize=True, max_examples=60)
@given(NESTED)
def test_no_word_and_no_tag_is_lost(fragment: str) -> None:
    """However components are nested, readers see the same words in the same order."""
    before = LexborHTMLParser(f"<body>{fragment}").body
    assert before is not None
    markup = email_safe(fragment, OURS)
    assert "".join(dressed(fragment).text().split()) == "".join(before.text().split())
    assert set(tags(markup)) == set(tags(fragment))
    assert markup.count("<table") == markup.count("</table>")
