"""The whole site of a newsletter with a past: what stands in it, and above all what does not."""

import gzip
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urldefrag, urljoin

import feedparser
import jsonschema
import pytest
from lxml import etree
from past_issues import ARABIC, AWAY, GERMAN, HIDDEN, LISTED, UNLISTED, URL, Past, many_sorts, served, shown
from selectolax.lexbor import LexborHTMLParser

from conftest import ROOT
from pipeline.archive.mark import digest_of
from pipeline.disclaimers.registry import load_registry
from pipeline.errors import ChecksFailed
from pipeline.mergetags import PREFIX
from pipeline.publish.webcopy import missing
from pipeline.settings import is_of_the_archive

HERE = Path(__file__).parent
AS_SENT = ("message.html", "message.txt")
LINKED_DATA = "application/ld+json"
SEARCH = {"type": "module", "src": "../search/search.js"}
ATOM = {"a": "http://www.w3.org/2005/Atom"}
MAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
NOT_THERE = "no/such/page/"  # where a host shows 404.html
# what providers write where a reader's own name or link comes, and what only counts readers
SYNTAX = re.compile(rf"{PREFIX}|\{{\{{|\{{%|\*\||\|\*|%recipient|unsubscribe_url|@TrackLink")
COUNTING = re.compile(r"utm_|fbclid|count\.example\.net|mc_eid")


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Past:
    """A newsletter with issues of every sort, and its archive with a search; nobody changes it."""
    made = Past(tmp_path_factory.mktemp("past") / "newsletter", own_issues=True)
    many_sorts(made)
    assert made.build(search=True).findings == ()
    return made


@pytest.fixture(scope="module")
def site(past: Past) -> Mapping[str, bytes]:
    """Every file of the site by its path."""
    return shown(past.public)


@pytest.fixture
def small(tmp_path: Path) -> Past:
    """A newsletter of two issues of its own, to be changed; one was sent, one is to come."""
    made = Past(tmp_path / "newsletter")
    made.sent("backs", "Stretch.", tags=["back"])
    made.write("moves", "Walk.")
    made.build()
    return made


@pytest.fixture(scope="module")
def steady(tmp_path_factory: pytest.TempPathFactory) -> Past:
    """A newsletter with one issue, which stays as it is."""
    made = Past(tmp_path_factory.mktemp("steady") / "newsletter")
    made.sent("backs", "Stretch.")
    made.build()
    return made


def pages(site: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """Yield path and content of each page of the archive's own; letters as they were sent are none."""
    for path, content in site.items():
        if path.endswith(".html") and not path.endswith(AS_SENT):
            yield path, content.decode()


def stands_at(path: str) -> str:
    """Return the address at which a host shows a page."""
    where = NOT_THERE if path == "404.html" else path.removesuffix("index.html")
    return f"{URL}/{where}"


def leads_to(html: str) -> Iterator[str]:
    """Yield every address that a document leads to or loads, but where forms post to."""
    for node in LexborHTMLParser(html).css("[href], [src], [srcset], meta[content]"):
        attributes = node.attributes
        yield from (attributes[name] or "" for name in ("href", "src") if name in attributes)
        yield from (each.split()[0] for each in (attributes.get("srcset") or "").split(", ") if each)
        content = attributes.get("content") or ""
        if attributes.get("http-equiv") == "refresh":
            yield content.partition("url=")[2]
        elif content.startswith(URL):
            yield content


def file_of(url: str) -> str:
    """Return the file that a host of static files shows at an address of the archive."""
    path = unquote(url.removeprefix(URL).removeprefix("/"))
    return f"{path}index.html" if path.endswith("/") or not path else path


def test_listed_and_unlisted_issues_have_pages_and_hidden_ones_have_none(site: Mapping[str, bytes]) -> None:
    """The record and the issue decide."""
    assert all(f"{slug}/index.html" in site for slug in (*LISTED, *UNLISTED))
    assert [path for path in site if path.startswith(HIDDEN)] == []
    sent = {path.partition("/")[0] for path in site if path.endswith(AS_SENT)}
    assert sent == {*LISTED, "2026-06-02-quiet"}


def test_what_is_to_be_merged_for_each_reader_is_in_no_file(site: Mapping[str, bytes]) -> None:
    """No tag of ours or of a provider, no token, no link by which one unsubscribes."""
    for path, content in site.items():
        if not path.startswith(("pagefind/", "assets/")):
            found = SYNTAX.search(content.decode())
            assert found is None, (path, content.decode()[found.start() - 80 : found.end() + 80])


def test_nothing_counts_readers(site: Mapping[str, bytes]) -> None:
    """No parameter of trackers in a link, no image of one pixel; what a text part says is a record."""
    for path, content in site.items():
        if not path.startswith(("pagefind/", "assets/")) and not path.endswith("message.txt"):
            found = COUNTING.search(content.decode())
            assert found is None, (path, content.decode()[found.start() - 80 : found.end() + 80])


def test_pages_run_one_script_of_ours(site: Mapping[str, bytes]) -> None:
    """The search's, on its own page; whatever an editor wrote, nothing else runs or listens."""
    for path, html in pages(site):
        page = LexborHTMLParser(html)
        scripts = [node.attributes for node in page.css("script") if node.attributes["type"] != LINKED_DATA]
        assert scripts == ([SEARCH] if path == "search/index.html" else []), path
        names = {name for node in page.css("*") for name in node.attributes}
        assert [name for name in names if name.startswith("on")] == [], path
        assert page.css("iframe, object, embed, base, [href^='javascript:']") == [], path


def test_every_link_and_image_is_there(site: Mapping[str, bytes]) -> None:
    """Of pages, letters as sent, feeds and the sitemap; also what absolute addresses of ours lead to."""
    documents = {path: content.decode() for path, content in site.items() if path.endswith(".html")}
    ids = {path: set(re.findall(r' id="([^"]*)"', html)) for path, html in documents.items()}
    lost, checked = [], 0
    for path, html in documents.items():
        for link in leads_to(html):
            url, anchor = urldefrag(urljoin(stands_at(path), unescape(link)))
            url = url.partition("?")[0]
            if not url.startswith(f"{URL}/") and url != URL:
                continue
            target = "404.html" if url == stands_at("404.html") else file_of(url)
            checked += 1
            if target not in site or (anchor and unquote(anchor) not in ids.get(target, set())):
                lost.append((path, link))
    assert lost == []
    assert checked > 300


def test_every_address_that_machines_are_told_is_there(site: Mapping[str, bytes]) -> None:
    """JSON-LD, feeds and sitemap."""
    told = set()
    for path, content in site.items():
        if path.endswith((".html", ".xml", ".json", ".txt")) and not path.startswith("pagefind/"):
            told |= set(re.findall(rf'{re.escape(URL)}/[^\s"<>&?#\\]*', content.decode()))
    assert {url for url in told if file_of(url) not in site} == set()
    assert len(told) > 40


def test_no_page_has_an_id_twice(site: Mapping[str, bytes]) -> None:
    """An anchor leads to one place."""
    for path, html in pages(site):
        ids = Counter(node.attributes["id"] for node in LexborHTMLParser(html).css("[id]"))
        assert [name for name, count in ids.items() if count > 1] == [], path


def _linked_data(html: str) -> list[dict[str, Any]]:
    nodes = LexborHTMLParser(html).css('script[type="application/ld+json"]')
    return [each for node in nodes for each in json.loads(node.text())["@graph"]]


def test_only_a_review_with_a_name_and_a_day_is_told_to_machines(site: Mapping[str, bytes]) -> None:
    """Every page's JSON-LD is read; one issue has both, one a reviewer alone."""
    kinds = {path: [node["@type"] for node in _linked_data(html)] for path, html in pages(site)}
    assert kinds["everything/index.html"] == ["NewsArticle", "MedicalWebPage"]
    assert [path for path, types in kinds.items() if "MedicalWebPage" in types] == ["everything/index.html"]
    assert all("NewsArticle" in kinds[f"{slug}/index.html"] for slug in LISTED)
    article, review = _linked_data(site["everything/index.html"].decode())
    assert review["lastReviewed"] == "2025-02-20"
    assert review["reviewedBy"]["name"] == "Dr. Ada Moreno"
    assert article["datePublished"] == "2025-03-04T07:30:00-05:00"
    (late,) = _linked_data(site["2024-12-31-year-end/index.html"].decode())
    assert (late["datePublished"], late["dateModified"]) == (
        "2024-12-31T23:30:00-05:00",
        "2025-01-09T00:00:01-05:00",
    )


def test_the_feeds_are_sound(site: Mapping[str, bytes]) -> None:
    """Held against their schemas and a strict reader; listed issues alone, newest first."""
    etree.RelaxNG(etree.parse(HERE / "atom.rng")).assertValid(etree.fromstring(site["feed.xml"]))
    parsed = feedparser.parse(site["feed.xml"])
    assert (parsed.bozo, parsed.version) == (False, "atom10")
    plain = json.loads(site["feed.json"])
    jsonschema.Draft202012Validator(json.loads((HERE / "json-feed.schema.json").read_bytes())).validate(plain)
    links = [entry.link for entry in parsed.entries]
    assert links == [item["url"] for item in plain["items"]]
    # the newest by the time of sending, not by name
    assert [link.removeprefix(f"{URL}/").strip("/") for link in links][:3] == [
        *("2026-12-08-magnesium-and-sleep", "2026-12-01-when-one-side-works-harder", "2026-05-05-elsewhere"),
    ]
    assert {link.removeprefix(f"{URL}/").strip("/") for link in links} == set(LISTED)


def test_feeds_tell_what_the_page_tells_beside_the_text(site: Mapping[str, bytes]) -> None:
    """Who reviewed it, that this is overdue, who paid, and what was wrong: most readers see no page."""
    items = {
        item["url"].split("/")[-2]: item["content_html"] for item in json.loads(site["feed.json"])["items"]
    }
    told = _text(items["everything"])
    for words in (
        "Medically reviewed by Dr. Ada Moreno , DPT on February 20, 2025",
        "Sponsored by Alder Street Bakery",
        "Review overdue. The next medical review of this page was due on February 20, 2026",
    ):
        assert words in told
    corrected = _text(items["2024-12-31-year-end"])
    assert "Correction, January 2, 2025 : The letter named the wrong town." in corrected
    assert "Next review by June 1, 2027" in corrected
    quiet = _text(items["2026-05-05-elsewhere"])
    assert [word for word in ("reviewed", "Sponsored", "overdue", "Correction") if word in quiet] == []


def test_an_entry_of_a_feed_says_its_language_and_direction(site: Mapping[str, bytes]) -> None:
    """No page around it does; what the frame says in English is marked."""
    items = {item["language"]: item["content_html"] for item in json.loads(site["feed.json"])["items"]}
    for lang, direction in (("ar", "rtl"), ("de-DE", "ltr"), ("en-US", "ltr")):
        (entry,) = LexborHTMLParser(items[lang]).css("body > *")
        assert (entry.attributes["lang"], entry.attributes["dir"]) == (lang, direction)


def test_readers_of_feeds_see_no_issue_twice_when_it_gets_another_address_or_title(small: Past) -> None:
    """Not even when the archive moves to another host."""

    def ids() -> list[list[str]]:
        feed = etree.fromstring((small.public / "feed.xml").read_bytes())
        items = json.loads((small.public / "feed.json").read_bytes())["items"]
        return [[node.text for node in feed.findall(".//a:id", ATOM)], [item["id"] for item in items]]

    before, feed = ids(), (small.public / "feed.xml").read_bytes()
    small.edit("issues/backs.md", "title: Backs", "title: Your back\nslug: your-back\naliases: [backs]")
    small.edit("pyproject.toml", URL, "https://letters.example/past")
    small.edit(".newsletter/receipts/steady-backs/receipt.json", URL, "https://letters.example/past")
    small.build()
    assert ids() == before
    assert (small.public / "feed.xml").read_bytes() != feed


def test_what_nobody_is_led_to_is_named_nowhere(site: Mapping[str, bytes]) -> None:
    """No list, feed, sitemap, index of the search or other page knows unlisted issues and hidden ones."""
    secret = re.compile(rf"{AWAY}|secret|Dr\. Hidden|Nobody Known|{'|'.join((*UNLISTED, *HIDDEN))}")
    own = tuple(f"{slug}/" for slug in (*UNLISTED, "older-quiet"))
    assert any("secret" in site[f"{slug}/index.html"].decode() for slug in UNLISTED)
    for path, content in site.items():
        if not path.startswith(own):
            text = gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content
            found = secret.search(text.decode("utf-8", "replace"))
            assert found is None, (path, found)


def test_search_engines_are_asked_to_leave_out_what_is_unlisted(site: Mapping[str, bytes]) -> None:
    """And what leads to it, letters as they were sent, and the page for what is not there."""
    asked = {path for path, content in site.items() if b'<meta name="robots" content="noindex">' in content}
    letters = {path for path in site if path.endswith("message.html")}
    unlisted = {f"{slug}/index.html" for slug in UNLISTED}
    assert asked == letters | unlisted | {"404.html", "older-quiet/index.html"}


def test_the_sitemap_has_listed_pages_alone(site: Mapping[str, bytes]) -> None:
    """Each is there and may be found; what is not in it is left out on purpose."""
    urls = etree.fromstring(site["sitemap.xml"]).findall("s:url/s:loc", MAP)
    files = {file_of(url.text) for url in urls}
    assert len(files) == len(urls)
    findable = {path for path, html in pages(site) if 'content="noindex"' not in html}
    assert files <= findable
    assert findable - files == {
        *("2026-05-05-elsewhere/index.html", "search/index.html"),
        *(f"{kind}/index.html" for kind in ("tags", "authors", "reviewers")),
        *("latest/index.html", "2025/old-backs/index.html", "backs.html"),
    }


def test_the_search_knows_every_listed_issue(site: Mapping[str, bytes]) -> None:
    """By its title, and what is said in it; what stands on every page is not indexed."""
    parts = [content for path, content in site.items() if path.startswith("pagefind/fragment/")]
    said = b"".join(gzip.decompress(part) for part in parts).decode()
    assert len(parts) == len(LISTED)
    for words in ("Guter Schlaf beginnt", "ضوء الصباح", "sent late on the last day", "What is measured"):
        assert words in said
    for words in ("Sign up", "Medical notice", "as it was sent"):
        assert words not in said


def test_the_archives_own_pages_are_refused_as_addresses_of_issues(site: Mapping[str, bytes]) -> None:
    """Whatever stands at the root, beside issues and old addresses, is a name that nobody can take."""
    theirs = {*LISTED, *UNLISTED, "older-quiet", "backs.html"}
    own = {path.partition("/")[0] for path in site} - theirs
    assert len(own) > 15
    assert [name for name in own if not is_of_the_archive(name)] == []
    assert [name for name in theirs if is_of_the_archive(name)] == []


def _text(html: str) -> str:
    body = LexborHTMLParser(html).body
    assert body is not None
    return " ".join(body.text(separator=" ").split())


def test_every_page_says_the_notice_word_for_word(past: Past, site: Mapping[str, bytes]) -> None:
    """In the language of the page; feeds carry it as well."""
    registry = load_registry(past.root / "templates/disclaimers", past.root)
    english = next(each for each in registry.named("gen") if each.locale == "en-US").text
    words = {"2026-03-03-schlaf": " ".join(GERMAN.values()), "2026-04-07-light": " ".join(ARABIC.values())}
    tight = {path: re.sub(r"\s+", "", _text(html)) for path, html in pages(site)}
    assert len(tight) > 30
    for path, text in tight.items():
        expected = words.get(path.partition("/")[0], english)
        assert re.sub(r"\s+", "", expected) in text, path
    for item in json.loads(site["feed.json"])["items"]:
        expected = words.get(item["url"].split("/")[-2], english)
        assert re.sub(r"\s+", "", expected) in re.sub(r"\s+", "", _text(item["content_html"]))


def test_the_page_for_what_is_not_there_leads_on_from_any_depth(site: Mapping[str, bytes]) -> None:
    """Its links are paths of the host."""
    links = list(leads_to(site["404.html"].decode()))
    links = [link for link in links if not link.startswith(("http", "mailto:", "#", "tel:"))]
    assert len(links) > 5
    assert [link for link in links if not link.startswith("/issues/")] == []


def test_a_correction_is_shown_with_its_day_and_the_letter_stays_as_it_was_sent(small: Past) -> None:
    """Whatever becomes of the source; the page says that both are there."""
    letter = {name: (small.public / "backs" / name).read_bytes() for name in AS_SENT}
    correction = "corrections: [{date: 2026-11-20, text: It said stretch.}]"
    small.edit("issues/backs.md", "Stretch.", "Rest.")
    small.edit("issues/backs.md", "title: Backs", f"title: Your back\n{correction}")
    small.build()
    page = _text(small.page("backs"))
    assert "Rest." in page
    assert "Stretch." not in page
    assert "Corrected on November 20, 2026" in page
    assert "Correction, November 20, 2026 : It said stretch." in page
    assert {name: (small.public / "backs" / name).read_bytes() for name in AS_SENT} == letter
    assert b"Stretch." in letter["message.html"]
    assert b"Stretch." in letter["message.txt"]
    assert 'href="message.html"' in small.page("backs")


def test_a_letter_that_goes_out_again_is_shown_as_it_went_out_last(small: Past) -> None:
    """After a cancelled dispatch the record holds the one that readers got."""
    small.record("moves", "claimed", "scheduled", "cancelled")
    small.edit("issues/moves.md", "Walk.", "Walk slowly.")
    small.record("moves", "claimed", "scheduled", "sent", at="2026-11-18T07:30")
    small.build()
    assert b"Walk slowly." in (small.public / "moves/message.html").read_bytes()


def test_a_page_carries_the_digest_of_its_mail(small: Past) -> None:
    """Of the mail on record once it went out, of the one that `build` writes before."""
    command = [sys.executable, "-m", "pipeline", "--root", str(small.root), "build", "moves"]
    subprocess.run(command, check=True, capture_output=True)
    built = json.loads((small.root / "build/moves/message.json").read_bytes())
    assert digest_of(small.page("moves")) == built["content_digest"] == small.message("moves").digest
    sent = digest_of(small.page("backs"))
    assert sent == small.message("backs").digest
    small.edit("issues/backs.md", "Stretch.", "Rest.")
    small.build()
    assert digest_of(small.page("backs")) == sent != small.message("backs").digest


def test_send_finds_the_page_and_the_images_of_an_unlisted_issue(tmp_path: Path) -> None:
    """On a host on loopback; a page of the issue as it was before an edit is refused."""
    with served(tmp_path) as there:
        host = there.url
        past = Past(tmp_path / "newsletter", archive_url=f"{host}/issues", own_issues=True)
        name = "2026-12-15-morning-light-and-a-short-walk"

        def found() -> list[str]:
            message, url = past.message(name), past.message(name).web_url
            assert url == f"{host}/issues/{name}/"
            return [each.why for each in missing(message, archive_url=f"{host}/issues", pause=lambda _: None)]

        assert len(found()) > 2
        past.build(tmp_path / "issues")
        assert found() == []
        past.edit(f"issues/{name}/index.md", "The days are about as short", "The days are nearly as short")
        assert found() == ["is of other content than this mail"]
        past.build(tmp_path / "issues")
        assert found() == []


def _in(file: str, old: str, new: str) -> tuple[str, str, str]:
    return f"templates/archive/{file}", old, new


NOTICE = "{{ wording.html | safe }}"
CSS = ".notice"


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        _in("disclaimers.html", NOTICE, "{{ wording.html | replace('not', 'indeed') | safe }}"),
        _in("disclaimers.html", NOTICE, ""),
        _in("disclaimers.html", NOTICE, "<div hidden>{{ wording.html | safe }}</div>"),
        _in("disclaimers.html", NOTICE, "<details>{{ wording.html | safe }}</details>"),
        _in("disclaimers.html", NOTICE, "<!-- {{ wording.html | safe }} -->"),
        _in("base.html", '{% include "archive/disclaimers.html" %}', ""),
        _in("base.html", '<main id="page:main"', '<main style="opacity:.1" id="page:main"'),
        _in("issue.html", '{% with placement = "end" %}', '{% with placement = "never" %}'),
        _in("base.html", "</footer>", "</footer><p>Ignore the disclaimer.</p>"),
        _in(
            "base.html", '<link rel="stylesheet" href="{{ css }}">', '<link rel=stylesheet href="{{ css }}">'
        ),
        _in("feed-entry.html", '{% with placement = "end" %}', '{% with placement = "never" %}'),
        _in("redirect.html", '{% extends "archive/base.html" %}', ""),
        *(
            ("site.css", "", css)
            for css in (
                ".notice{display:none}",
                "section{visibility:hidden}",
                ".notice{opacity:.05}",
                ".notice p{font-size:1px}",
                ".notice *{color:#fff;background:#fff}",
                "main{height:0;overflow:hidden}",
                ".notice{position:absolute;left:-9999px}",
                "@media (max-width: 600px){.notice{display:none}}",
                "@media (prefers-color-scheme: dark){.notice, .notice *{color:#111;background:#111}}",
            )
        ),
    ],
)
def test_a_template_or_style_that_takes_a_notice_from_anybody_stops_the_build(
    steady: Past, file: str, old: str, new: str
) -> None:
    """Nothing is exchanged, and the exit code is 1."""
    before = shown(steady.public)
    path = steady.root / (file if "/" in file else f"templates/archive/{file}")
    source = path.read_text(encoding="utf-8")
    assert old in source
    path.write_text(source.replace(old, new) if old else f"{source}\n{new}\n", encoding="utf-8")
    try:
        with pytest.raises(ChecksFailed) as stopped:
            steady.build()
    finally:
        path.write_text(source, encoding="utf-8")
    assert (stopped.value.exit_code, bool(stopped.value.findings)) == (1, True)
    assert shown(steady.public) == before


def test_a_template_that_is_mended_is_built(small: Past) -> None:
    """A build that failed leaves nothing behind."""
    before = shown(small.public)
    notice = "wording.placement == placement"
    small.edit("templates/archive/disclaimers.html", notice, "false")
    with pytest.raises(ChecksFailed, match="does not say its disclaimers"):
        small.build()
    small.edit("templates/archive/disclaimers.html", "wordings if false", f"wordings if {notice}")
    small.build()
    assert shown(small.public) == before


def test_a_picture_of_elsewhere_is_shown_as_it_is(small: Past) -> None:
    """Nobody knows its size; what would count readers is taken out of its address."""
    url = "https://pictures.example/walk.jpg?size=large&utm_medium=email"
    small.edit("issues/moves.md", "title: Moves", f"title: Moves\nimage: {{src: '{url}', alt: A walk}}")
    small.edit("issues/moves.md", "Walk.", f"Walk.\n\n![A path]({url})")
    small.build()
    page = LexborHTMLParser(small.page("moves"))
    images, plain = page.css("img"), url.partition("&")[0]
    assert [image.attributes["src"] for image in images] == [plain] * 2
    assert [image.attributes["alt"] for image in images] == ["A walk", "A path"]
    assert images[0].attributes["class"] == "unsized"  # room that the style sheet keeps for it
    assert [node.attributes["content"] for node in page.css('meta[property="og:image"]')] == [plain]


def test_the_front_page_offers_a_phone_the_smaller_copies_of_its_picture(site: Mapping[str, bytes]) -> None:
    """It is the largest thing there; the sizes are those of the issue's own page."""

    def choice(path: str) -> list[str]:
        (picture,) = LexborHTMLParser(site[path].decode()).css("img[fetchpriority]")
        assert picture.attributes["sizes"]
        files = (picture.attributes["srcset"] or "").split(", ")
        return [file.partition("assets/")[2] for file in files]

    assert choice("index.html") == choice(f"{LISTED[0]}/index.html")
    assert len(choice("index.html")) > 1


def test_a_rehearsal_says_so_and_keeps_search_engines_out(tmp_path: Path) -> None:
    """Nothing on it was sent to readers: the record of rehearsals counts, and no real one."""
    past = Past(tmp_path / "newsletter")
    past.edit("pyproject.toml", 'provider = "listmonk"', 'provider = "outbox"')
    past.write("tried")
    past.record("tried", "claimed", "scheduled", "sent", rehearsal=True)
    past.sent("real")
    result = past.build()
    assert (result.data["listed"], result.data["unlisted"]) == (1, 1)
    assert "a rehearsal" in result.text
    assert "Rehearsal: nothing on this site was sent" in past.page("tried")
    assert 'content="noindex"' in past.page("real")
    assert b"Disallow: /\n" in (past.public / "robots.txt").read_bytes()


def test_without_an_address_there_is_no_archive(small: Past) -> None:
    """The command says what to write."""
    small.edit("pyproject.toml", f'archive_url = "{URL}"\n', "")
    command = [sys.executable, "-m", "pipeline", "--root", str(small.root), "archive"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert "archive_url" in ended.stderr


def test_our_own_newsletter_has_an_archive(tmp_path: Path) -> None:
    """As it stands in the repository: a rehearsal in which nothing was sent yet."""
    command = [sys.executable, "-m", "pipeline", "--root", str(ROOT), "archive", "--json", "-o"]
    ended = subprocess.run([*command, str(tmp_path / "out")], capture_output=True, text=True, check=True)
    told = json.loads(ended.stdout)
    assert (told["listed"], told["unlisted"], told["removed"]) == (0, 3, [])
    assert (tmp_path / "out/index.html").exists()
