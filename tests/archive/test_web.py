"""An issue's text on a page: every word of it, and nothing of a mail to one reader."""

import datetime as dt
import html
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser, LexborNode

from letter import ISSUE
from pipeline.archive.web import COLUMN_WIDTH, WebText, web_text
from pipeline.images import copies, published_name
from pipeline.mergetags import NAMES, PREFIX
from pipeline.model import Image
from pipeline.newsletter import Newsletter
from pipeline.stages.render import render

ROOT = Path(__file__).parents[2]
PAGE = "https://steady.example/issues/backs/"
ASSETS = "https://steady.example/issues/assets"
WALK = Image("walk.png", Path("walk.png"), "0" * 64, 1600, 800, "png")
ICON = Image("icon.png", Path("icon.png"), "1" * 64, 2, 2, "png")


def address(image: Image) -> str:
    """Return where the mail finds *image*."""
    return f"{ASSETS}/{published_name(image)}"


def shown(source: str, *, taken: tuple[str, ...] = ()) -> WebText:
    """Return the Markdown *source* as a page shows it."""
    issue = replace(ISSUE, body=source, images={"walk.png": WALK, "icon.png": ICON})
    fragment = render(issue, web_url="", image_url=address).html
    images = {address(image): image for image in (WALK, ICON)}
    return web_text(fragment, images=images, assets="../assets", web_url=PAGE, taken=taken)


def article(source: str) -> str:
    """Return the article that *source* becomes."""
    return shown(source).article


def tree(markup: str) -> LexborNode:
    """Return *markup* parsed."""
    body = LexborHTMLParser(f"<!DOCTYPE html><body>{markup}").body
    assert body is not None
    return body


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('Hello {{ subscriber.first_name | default("friend") }}, sit.', "<p>Hello friend, sit.</p>"),
        ('Hello {{ subscriber.first_name | default("A & B") }}!', "<p>Hello A &amp; B!</p>"),
        ("Hello {{ subscriber.first_name }}, sit.", "<p>Hello, sit.</p>"),
        ("Hello {{ subscriber.first_name }} and all.", "<p>Hello and all.</p>"),
        ("Hello **{{ subscriber.first_name }}**, sit.", "<p>Hello, sit.</p>"),
        ("Hello ***{{ subscriber.first_name }}***, sit.", "<p>Hello, sit.</p>"),
        ("{{ subscriber.first_name }}, sit.", "<p>sit.</p>"),
        ("- {{ subscriber.first_name }}, sit.\n", "<ul>\n<li>sit.</li>\n</ul>"),
        ("One\n\n{{ subscriber.first_name }}\n\nTwo", "<p>One</p>\n<p>Two</p>"),
        ("To leave: {{ unsubscribe_url }}. Bye", "<p>To leave:. Bye</p>"),
        ("Leave ({{ unsubscribe_url }}) or stay.", "<p>Leave or stay.</p>"),
        ('Leave {{ unsubscribe_url | default("https://a.example/?reader=7") }}.', "<p>Leave.</p>"),
        ("This page: {{ web_url }}", f"<p>This page: {PAGE}</p>"),
        ("[Here]({{ web_url }})", f'<p><a href="{PAGE}">Here</a></p>'),
    ],
)
def test_a_merge_tag_gives_way_to_what_an_unknown_reader_gets(source: str, expected: str) -> None:
    """Its default, this page's address, or nothing, and then no gap."""
    assert article(source) == expected


@pytest.mark.parametrize(
    "link",
    [
        "[leave us]({{ unsubscribe_url }})",
        '[leave us]({{ unsubscribe_url | default("https://a.example/") }})',
        "[leave us]({{ unsubscribe_url }}){.button}",
        '<a href="{{ unsubscribe_url }}">leave us</a>',
        "[leave us](https://a.example/?to={{ unsubscribe_url }})",
        "[leave us]({{ subscriber.first_name }})",
        '[leave us]({{ subscriber.first_name | default("javascript:alert(1)") }})',
    ],
)
def test_a_link_for_one_reader_keeps_its_words_only(link: str) -> None:
    """Nobody who reads a page can be unsubscribed by it, and no value becomes an address that acts."""
    assert article(f"You may {link} at any time.") == "<p>You may leave us at any time.</p>"


def test_a_link_around_a_tag_without_a_value_is_no_link_without_words() -> None:
    """A link that says nothing cannot be used with a screen reader."""
    assert article("Hi [{{ subscriber.first_name }}](https://a.example/), sit.") == "<p>Hi, sit.</p>"


@pytest.mark.parametrize(
    "source",
    [
        "[a](https://a.example/b?x=1&y=%20#c) and [d](mailto:a@b.example?subject=utm_source=1)",
        "[a](#b)\n\n## B",
        "> [a](tel:+1503)\n>\n> b\n\n***\n\n1. c\n2. d",
        "::: columns\n\nOne\n\n+++\n\nTwo\n\n:::",
        "> [!NOTE]\n> Mind.\n\n[Go](https://a.example){.button}",
        "`{{ a }}` <time datetime='2026-12-01'>now</time> &lt;h1&gt; x<sup>2</sup>",
    ],
)
def test_whatever_a_page_can_show_stays_as_it_is(source: str) -> None:
    """A page has the fragment's markup, which says what things are."""
    fragment = render(replace(ISSUE, body=source), web_url=PAGE, image_url=address).html
    assert article(source) == fragment.strip("\n")


def test_a_bare_address_shows_where_it_leads() -> None:
    """Words that are the link's address lose what it loses; other words stay."""
    found = tree(article("https://a.example/?utm_source=x&b=1 and [utm_source](https://a.example/?utm_id=1)"))
    first, second = found.css("a")
    assert (first.attributes["href"], first.text()) == ("https://a.example/?b=1", "https://a.example/?b=1")
    assert (second.attributes["href"], second.text()) == ("https://a.example/", "utm_source")


def test_an_issues_image_is_offered_in_several_sizes() -> None:
    """Relative to the page, with its proportions, no wider than the text."""
    (image,) = tree(article('![A & "b"](walk.png)')).css("img")
    assert image.attributes == {
        "alt": 'A & "b"',
        "src": f"../assets/{published_name(WALK)}",
        "srcset": ", ".join(f"../assets/{file.name} {file.width}w" for file in copies(WALK)),
        "sizes": f"(max-width: {COLUMN_WIDTH}px) 100vw, {COLUMN_WIDTH}px",
        "width": "1200",
        "height": "600",
    }


def test_images_further_down_are_fetched_when_they_are_near() -> None:
    """The first may be in sight at once, and does not wait; so remote ones."""
    remote = "https://a.example/b.png?size=2"
    images = tree(article(f"![a](walk.png)\n\n![b]({remote})\n\n![c](walk.png)")).css("img")
    assert [image.attributes.get("loading") for image in images] == [None, "lazy", "lazy"]
    assert [image.attributes.get("decoding") for image in images] == [None, "async", "async"]
    assert images[1].attributes["src"] == remote


def test_the_address_of_a_remote_image_counts_nobody() -> None:
    """Parameters of trackers go; the image is the same."""
    (image,) = tree(article("![b](https://a.example/b.png?size=2&utm_source=x)")).css("img")
    assert image.attributes["src"] == "https://a.example/b.png?size=2"


@pytest.mark.parametrize(
    "pixel",
    [
        '<img src="https://a.example/p" width="1" height="1" alt="">',
        '<img src="https://a.example/p" width="2" alt="">',
        '<img src="https://a.example/p" height="0" alt="">',
        '<a href="https://a.example"><img src="https://a.example/p" width="1" height="1" alt=""></a>',
        '<img src="https://a.example/{{ unsubscribe_url }}" alt="">',
    ],
)
def test_a_picture_that_only_counts_readers_goes(pixel: str) -> None:
    """With the paragraph that held nothing else."""
    assert article(f"One\n\n{pixel}\n\nTwo") == "<p>One</p>\n\n<p>Two</p>"


def test_a_small_picture_of_our_own_stays() -> None:
    """It counts nobody; and a remote line is no pixel."""
    line = '<img src="https://a.example/line.png" width="600" height="2" alt="">'
    assert len(tree(article(f"![a](icon.png)\n\n{line}")).css("img")) == 2


@pytest.mark.parametrize(
    ("written", "levels"),
    [
        ("## a\n\n### b\n\n## c", "232"),
        ("# a\n\n## b\n\n# c", "232"),
        ("## a\n\n#### b\n\n##### c\n\n### d\n\n## e", "23432"),
        ("#### a\n\n## b", "22"),
        ("# a\n\n## b\n\n### c\n\n#### d\n\n##### e\n\n###### f", "234566"),
    ],
)
def test_headings_begin_below_the_title_and_skip_no_level(written: str, levels: str) -> None:
    """The page's h1 is the title; who listens to a page finds the way by levels."""
    found = tree(article(written)).css("h1, h2, h3, h4, h5, h6")
    assert "".join(str(heading.tag)[1] for heading in found) == levels


@pytest.mark.parametrize("heading", ["##", "## {{ subscriber.first_name }}", "## **{{ unsubscribe_url }}**"])
def test_a_heading_that_says_nothing_is_none(heading: str) -> None:
    """It would be announced, and be empty; nor does it count as a level."""
    assert article(f"{heading}\n\n### B\n\nc").startswith('<h2 id="b">B</h2>')


TABLE = "| Food | Much[^a] |\n|:--|--:|\n| Beans | 1 |\n"


def test_each_table_scrolls_by_itself_and_has_a_name_of_its_own() -> None:
    """A wide table must not widen a phone's page; a keyboard reaches it, and regions differ by name."""
    regions = tree(article(f"{TABLE}\n{TABLE}\n| | |\n|-|-|\n| a | b |\n\n[^a]: Note")).css("div.scroll")
    names = [region.attributes["aria-label"] for region in regions]
    assert names == ["Food, Much", "Food, Much (2)", "(1)"]
    for region in regions:
        assert (region.attributes["role"], region.attributes["tabindex"]) == ("region", "0")
        assert [child.tag for child in region.iter()] == ["table"]


def test_a_caption_names_a_table_and_one_inside_another_has_no_region() -> None:
    """One region inside another would be a trap."""
    inner = "<table><tr><td>x</td></tr></table>"
    outer = f'<table><caption>A "b" &amp; c</caption><tr><td>{inner}</td></tr></table>'
    (region,) = tree(article(outer)).css("div.scroll")
    assert region.attributes["aria-label"] == 'A "b" & c'
    assert len(region.css("table")) == 2


def test_a_corner_without_words_is_no_header() -> None:
    """A header cell that says nothing is announced with each cell of its column."""
    cells = tree(article("| | b |\n|-|-|\n| c | d |")).css("tr:first-child > *")
    assert [(cell.tag, "scope" in cell.attributes) for cell in cells[:2]] == [("td", False), ("th", True)]


def test_what_only_mail_clients_know_is_said_as_browsers_do() -> None:
    """Obsolete elements and attributes become style, and look the same."""
    source = '<center>a</center>\n\n<p align="RIGHT" dir="ltr"><big>b</big> <tt>c</tt> <strike>d</strike></p>'
    assert article(source) == (
        '<div style="text-align:center">a</div>\n<p dir="ltr" style="text-align:right">'
        '<span style="font-size:larger">b</span> <code>c</code> <s>d</s></p>'
    )
    cell = '<table><tr><td valign="top" align="char">a</td></tr></table>'
    assert '<td style="vertical-align:top">a</td>' in article(cell)


def test_sources_are_cut_off_the_end_and_lead_back() -> None:
    """The list of footnotes stands by itself, without its rule; links go both ways."""
    text = shown("One[^a] two[^a].\n\n[^a]: Some {{ unsubscribe_url }} [study](https://a.example/?fbclid=1).")
    assert "footnote" not in re.sub('class="footnote-ref"', "", text.article)
    assert text.sources.startswith('<ol>\n<li id="fn:a">\n<p>Some <a href="https://a.example/">study</a>.')
    assert text.sources.endswith("</ol>")
    ids = {node.id for node in tree(text.article + text.sources).css("[id]")}
    targets = {str(link.attributes["href"]) for link in tree(text.article + text.sources).css("a[href^='#']")}
    assert {target[1:] for target in targets} == ids == {"fn:a", "fnref:a", "fnref2:a"}


def test_without_footnotes_there_are_no_sources() -> None:
    """And a heading that calls itself so is a part of the text."""
    assert shown("## Sources\n\n- a") == WebText('<h2 id="sources">Sources</h2>\n<ul>\n<li>a</li>\n</ul>', "")


def test_ids_of_the_page_around_are_left_to_it() -> None:
    """An id stands once on a page; links to the renamed one follow."""
    text = shown("## Main\n\n## Main\n\n## Top\n\n[a](#main) [b](#top)", taken=("main", "main-2", "top"))
    ids = [heading.id for heading in tree(text.article).css("h2")]
    assert ids == ["main-3", "main-1", "top-2"]
    assert [link.attributes["href"] for link in tree(text.article).css("a")] == ["#main-3", "#top-2"]


def words(markup: str) -> str:
    """Return the text of *markup*, blanks as one."""
    return " ".join(tree(markup).text().split())


@pytest.mark.parametrize("folder", sorted(path.name for path in (ROOT / "issues").iterdir()))
def test_our_own_issues_say_the_same_on_the_web(folder: str) -> None:
    """Word for word, apart from a reader's name."""
    newsletter = Newsletter(ROOT, clock=lambda: dt.datetime(2026, 11, 27, tzinfo=dt.UTC))
    issue, settings = newsletter.issue(folder), newsletter.settings
    url = settings.permalink(issue)
    fragment = render(issue, web_url=url, image_url=settings.image_url).html
    images = {settings.image_url(image): image for image in issue.images.values()}
    text = web_text(fragment, images=images, assets="../assets", web_url=url)
    plain = re.sub(rf"{PREFIX}[a-z]+x([0-9a-f]*)z", lambda tag: bytes.fromhex(tag[1]).decode(), fragment)
    assert words(text.article + "\n" + text.sources) == words(plain)
    assert settings.archive_url + "/assets" not in text.article
    assert len(tree(text.article).css("img")) == fragment.count("<img")


@pytest.mark.parametrize(
    "fragment",
    [
        "",
        "plain",
        "<p>" * 300 + "a",
        "<em>" * 400 + "a" + "</em>" * 400,
        "<table>" * 60 + "a",
        '<div class="footnote">',
        '<div class="footnote"><ol></ol></div>after',
        "<h2>" + " " * 50_000 + "x</h2>",
        "<th>" + " " * 50_000 + "x",
        "&" * 20_000,
        "<a href='https://a.example/?" + "utm_x=1&" * 5_000 + "'>a</a>",
    ],
)
def test_a_fragment_that_is_none_of_ours_is_shown_and_takes_no_time(fragment: str) -> None:
    """The cleaner lets none of these through; still none may harm a build."""
    text = web_text(fragment, images={}, assets="../assets", web_url=PAGE)
    assert words(text.article + text.sources) == words(fragment)


_WORD = st.text("abcdefgh ,éß", min_size=1, max_size=12).map(str.strip).filter(bool)
_DEFAULTS = st.sampled_from(["", ' | default("friend")', " | default('you & me')", ' | default("<b>")'])
_TAGS = st.builds(lambda name, default: f"{{{{ {name}{default} }}}}", st.sampled_from(NAMES), _DEFAULTS)
_QUERY = st.lists(
    st.sampled_from(["utm_source=a", "UTM_Medium=b", "mc_eid=7", "fbclid=x", "a=1", "utm%5Fid=2", "b"]),
    max_size=4,
).map("&".join)
_URL = st.one_of(st.builds("https://a.example/?{}".format, _QUERY), _TAGS, st.just("#x"))
_LINK = st.builds("[{}]({}){}".format, _WORD | _TAGS, _URL, st.sampled_from(["", "{.button}"]))
_PIXEL = st.just('<img src="https://a.example/p?u=1" width="1" height="1" alt="">')
_INLINE = st.one_of(_WORD, _TAGS, _LINK, _PIXEL, _TAGS.map("**{}**".format), _TAGS.map("`{}`".format))
_LINE = st.lists(_INLINE, min_size=1, max_size=5).map(" ".join)
_BLOCK = st.one_of(
    _LINE,
    _LINE.map("# {}".format),
    _LINE.map("#### {}".format),
    _LINE.map("- {}".format),
    _LINE.map("> {}".format),
    _LINE.map("| a | {} |\n|---|--:|\n| b | c |".format),
    _LINE.map("word[^1]\n\n[^1]: {}".format),
)


@hypothesis_settings(max_examples=150, deadline=None)
@given(st.lists(_BLOCK, min_size=1, max_size=5), st.lists(_WORD, min_size=1, max_size=3))
def test_no_page_holds_what_belongs_to_one_reader(blocks: list[str], plain: list[str]) -> None:
    """No token, tag, tracker, pixel or way out, whatever an editor writes; and plain words stay."""
    paragraphs = [f"Plain {line} end." for line in plain]
    text = shown("\n\n".join([*blocks, *paragraphs]))
    markup = text.article + text.sources
    assert PREFIX not in markup
    assert not any(re.search(rf"\{{\{{\s*{re.escape(name)}", html.unescape(markup)) for name in NAMES)
    body = tree(markup)
    for link in body.css("a"):
        href = str(link.attributes["href"])
        assert re.fullmatch(r"https://[^\s]*|#\S+", href)
        assert not re.search("utm[_%]|mc_eid|fbclid", href, re.IGNORECASE)
    assert not body.css("img")
    shown_words = words(markup)
    assert all(" ".join(paragraph.split()) in shown_words for paragraph in paragraphs)
    ids = [node.id for node in body.css("[id]")]
    assert len(ids) == len(set(ids))
