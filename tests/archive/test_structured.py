"""What machines read of a page: true, complete, and safe for any text."""

import datetime as dt
import json
from typing import Any

import pytest
from cards import card, hostile_texts, newsletter
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from selectolax.lexbor import LexborHTMLParser, LexborNode

from pipeline.archive.card import Card, Picture
from pipeline.archive.mark import DIGEST_META, digest_of
from pipeline.archive.markup import legal
from pipeline.archive.page import PageFacts
from pipeline.archive.structured import head

NEWSLETTER = newsletter()
ROOT = "https://steady.example/issues"
INDEX = PageFacts("Steady", "A weekly letter", "", "en-US")
DIGEST = "0f" * 32


def _page(issue: Card, *, noindex: bool = False) -> PageFacts:
    return PageFacts(f"{issue.title} | Steady", "", f"{issue.slug}/", issue.lang, noindex)


def _head(page: PageFacts, issue: Card | None = None, **changes: Any) -> LexborNode:
    """Return <head> as a browser reads it, after all of it proved to be in there."""
    elements = head(page, settings=newsletter(**changes) if changes else NEWSLETTER, card=issue)
    tree = LexborHTMLParser(f"<!DOCTYPE html><title>x</title>{elements}<body>")
    assert tree.head is not None
    assert tree.body is not None
    assert not tree.body.text()
    assert not tree.css("body *")
    assert len(tree.css("head > *")) == 1 + f"\n{elements}".count("\n<")
    return tree.head


def _of(issue: Card, **changes: Any) -> LexborNode:
    return _head(_page(issue), issue, **changes)


def _values(node: LexborNode, key: str) -> list[str]:
    """Return the contents of the meta elements of this name or property."""
    metas = node.css(f'meta[property="{key}"], meta[name="{key}"]')
    return [meta.attributes["content"] or "" for meta in metas]


def _links(node: LexborNode, rel: str) -> list[str]:
    return [link.attributes["href"] or "" for link in node.css(f'link[rel="{rel}"]')]


def _graph(node: LexborNode) -> dict[str, dict[str, Any]]:
    """Return the nodes of the page's JSON-LD by type."""
    scripts = node.css('script[type="application/ld+json"]')
    assert len(scripts) <= 1
    if not scripts:
        return {}
    plain = json.loads(scripts[0].text())
    assert plain["@context"] == "https://schema.org"
    return {item["@type"]: item for item in plain["@graph"]}


def test_a_page_is_canonical_to_itself() -> None:
    """The canonical address is absolute and ends with a slash."""
    assert _links(_of(card()), "canonical") == [f"{ROOT}/stiff-back/"]
    assert _links(_head(INDEX), "canonical") == [f"{ROOT}/"]
    tag = PageFacts("Rücken", "", "tags/rücken/", "de")
    assert _links(_head(tag), "canonical") == [f"{ROOT}/tags/r%C3%BCcken/"]


def test_an_issue_that_stands_elsewhere_first_says_so() -> None:
    """A canonical address of the issue's own is taken for links, cards and JSON-LD alike."""
    elsewhere = "https://journal.example/backs?id=1&page=2"
    node = _of(card(canonical_url=elsewhere))
    assert _links(node, "canonical") == _values(node, "og:url") == [elsewhere]
    assert _graph(node)["NewsArticle"]["mainEntityOfPage"] == elsewhere


@pytest.mark.parametrize(
    ("page", "issue"),
    [
        (_page(card(), noindex=True), card()),
        (_page(card()), card(state="unlisted")),
        (PageFacts("Not found", "", "404.html", "en-US"), None),
        (PageFacts("Search", "", "search/", "en-US", noindex=True), None),
    ],
    ids=["asked to", "unlisted", "not found", "search"],
)
def test_a_page_kept_from_search_has_no_canonical_address(page: PageFacts, issue: Card | None) -> None:
    """It says noindex, and nothing that contradicts it; an unlisted issue's page does so in any case."""
    node = _head(page, issue)
    assert _values(node, "robots") == ["noindex"]
    assert _links(node, "canonical") == []


def test_a_listed_page_forbids_nothing() -> None:
    """Without a reason there is no word to robots."""
    assert _values(_of(card()), "robots") == []


@pytest.mark.parametrize(
    ("path", "archive_url", "root"),
    [
        ("", ROOT, "./"),
        ("stiff-back/", ROOT, "../"),
        ("tags/back/", ROOT, "../../"),
        ("404.html", ROOT, "/issues/"),
        ("404.html", "https://letters.example", "/"),
    ],
)
def test_feeds_are_found_from_every_page(path: str, archive_url: str, root: str) -> None:
    """Both feeds are linked: relatively, or by their path from the page shown at any unknown address."""
    node = _head(PageFacts("Page", "", path, "en-US"), archive_url=archive_url)
    assert _links(node, "alternate") == [f"{root}feed.xml", f"{root}feed.json"]
    assert [link.attributes["type"] for link in node.css("link[rel=alternate]")] == [
        "application/atom+xml",
        "application/feed+json",
    ]


def test_a_shared_issue_shows_its_picture_and_words() -> None:
    """Open Graph has the article with its times, people, tags and picture, and Twitter shows them large."""
    node = _of(card(updated=dt.date(2026, 12, 9)))
    expected = {
        "og:type": ["article"],
        "og:title": ["Why your back is stiff in the morning"],
        "og:description": ["Five minutes that help before breakfast"],
        "og:url": [f"{ROOT}/stiff-back/"],
        "og:site_name": ["Steady"],
        "og:locale": ["en_US"],
        "og:image": [f"{ROOT}/assets/0123456789abcdef.jpg"],
        "og:image:width": ["1200"],
        "og:image:height": ["675"],
        "og:image:alt": ["A woman stretches beside a chair"],
        "article:published_time": ["2026-12-01T07:30:00-05:00"],
        "article:modified_time": ["2026-12-09T00:00:01-05:00"],
        "article:author": [f"{ROOT}/authors/coach-luke/"],
        "article:tag": ["back", "mobility"],
        "author": ["Coach Luke"],
        "twitter:card": ["summary_large_image"],
        "twitter:image:alt": ["A woman stretches beside a chair"],
    }
    assert {key: _values(node, key) for key in expected} == expected


def test_a_picture_of_elsewhere_is_shown_by_its_address() -> None:
    """Nobody knows its size, and none is claimed; cards are large all the same."""
    url = "https://pictures.example/walk.jpg?size=large"
    node = _of(card(picture=Picture("", 0, 0, "A walk", url=url)))
    assert _values(node, "og:image") == _graph(node)["NewsArticle"]["image"] == [url]
    assert _values(node, "og:image:width") == _values(node, "og:image:height") == []
    assert _values(node, "og:image:alt") == ["A walk"]
    assert _values(node, "twitter:card") == ["summary_large_image"]


def test_a_shared_list_shows_its_title() -> None:
    """A page that is no issue is a website with a small card and no picture."""
    node = _head(INDEX)
    assert _values(node, "og:type") == ["website"]
    assert _values(node, "og:title") == ["Steady"]
    assert _values(node, "og:description") == ["A weekly letter"]
    assert _values(node, "twitter:card") == ["summary"]
    assert _values(node, "og:image") == _values(node, "article:published_time") == []


def test_nothing_empty_is_written() -> None:
    """What a card lacks makes no element."""
    bare = card(description="", tags=(), authors=(), picture=None, date=None, content_digest="")
    assert all(meta.attributes["content"] for meta in _of(bare).css("meta"))


@pytest.mark.parametrize(
    ("lang", "locale"),
    [("en-US", ["en_US"]), ("zh-Hant-TW", ["zh_TW"]), ("de", []), ("es-419", []), ("sr-Latn", [])],
)
def test_a_locale_names_language_and_country(lang: str, locale: list[str]) -> None:
    """Open Graph knows no language without a country."""
    assert _values(_of(card(lang=lang)), "og:locale") == locale


def test_search_engines_read_a_news_article() -> None:
    """The article has what search engines ask for, all addresses absolute, all times with offsets."""
    assert _graph(_of(card(updated=dt.date(2026, 12, 9))))["NewsArticle"] == {
        "@type": "NewsArticle",
        "headline": "Why your back is stiff in the morning",
        "description": "Five minutes that help before breakfast",
        "image": [f"{ROOT}/assets/0123456789abcdef.jpg"],
        "datePublished": "2026-12-01T07:30:00-05:00",
        "dateModified": "2026-12-09T00:00:01-05:00",
        "author": [{"@type": "Person", "name": "Coach Luke", "url": f"{ROOT}/authors/coach-luke/"}],
        "publisher": {"@type": "Organization", "name": "Steady", "url": "https://steady.example"},
        "inLanguage": "en-US",
        "keywords": ["back", "mobility"],
        "mainEntityOfPage": f"{ROOT}/stiff-back/",
        "isAccessibleForFree": True,
    }


def test_an_issue_without_an_author_is_the_newsletters_own() -> None:
    """An article always has an author."""
    article = _graph(_of(card(authors=())))["NewsArticle"]
    assert article["author"] == [article["publisher"]]


def test_a_reviewed_issue_names_reviewer_and_day() -> None:
    """A reviewer and a day make a medical page, which is the article's own."""
    graph = _graph(_of(card()))
    assert graph["MedicalWebPage"]["@id"] == graph["NewsArticle"]["mainEntityOfPage"]
    assert graph["MedicalWebPage"]["lastReviewed"] == "2026-11-20"
    assert graph["MedicalWebPage"]["reviewedBy"] == {
        "@type": "Person",
        "name": "Dr. Ada Moreno",
        "honorificSuffix": "DPT",
        "url": f"{ROOT}/reviewers/dr-ada-moreno/",
    }


@pytest.mark.parametrize(
    "changes", [{"reviewed_by": ""}, {"last_reviewed": None}, {"reviewed_by": "", "last_reviewed": None}]
)
def test_no_review_is_claimed_without_reviewer_and_day(changes: dict[str, Any]) -> None:
    """A review that nobody is named for, or no day, is not spoken of."""
    assert set(_graph(_of(card(**changes)))) == {"NewsArticle"}


def test_an_unlisted_page_names_no_time_and_nobodys_page() -> None:
    """Its mail may not have gone out yet, and the pages of its people may not be there."""
    node = _of(card(state="unlisted"))
    article, review = _graph(node)["NewsArticle"], _graph(node)["MedicalWebPage"]
    assert "datePublished" not in article
    assert "dateModified" not in article
    assert article["author"] == [{"@type": "Person", "name": "Coach Luke"}]
    assert "url" not in review["reviewedBy"]
    assert _values(node, "article:published_time") == _values(node, "article:author") == []


def test_only_the_index_is_the_website() -> None:
    """The index says whose site it is; other lists are about nothing of their own."""
    assert _graph(_head(INDEX)) == {
        "WebSite": {
            "@type": "WebSite",
            "name": "Steady",
            "url": f"{ROOT}/",
            "description": "A weekly letter",
            "inLanguage": "en-US",
            "publisher": {"@type": "Organization", "name": "Steady", "url": "https://steady.example"},
        }
    }
    assert _graph(_head(PageFacts("2026", "", "2026/", "en-US"))) == {}


@hypothesis_settings(deadline=None, derandomize=True, max_examples=150)
@given(title=hostile_texts(), description=hostile_texts(), tag=hostile_texts())
@example(title="</script><script>alert(1)</script>", description="<!--<script>", tag='"><meta name="robots">')
def test_any_text_comes_back_from_the_head(title: str, description: str, tag: str) -> None:
    """No text leaves its attribute or its script, and each comes back, less what cannot be shown."""
    node = _of(card(title=title, description=description, tags=(tag,)))
    expected = {"og:title": title, "og:description": description, "article:tag": tag}
    for key, text in expected.items():
        # a browser reads line ends as line feeds before it reads anything else
        plain = legal(text).replace("\r\n", "\n").replace("\r", "\n")
        assert "".join(_values(node, key)) == plain
    article = _graph(node)["NewsArticle"]
    assert legal(article.get("headline", "")) == legal(title)
    assert [legal(word) for word in article["keywords"]] == [legal(tag)]


def test_no_separator_ends_a_line_of_script() -> None:
    """U+2028 and U+2029 are escaped, which old readers of JavaScript take for the end of a line."""
    elements = head(_page(card()), settings=NEWSLETTER, card=card(title="a\u2028b\u2029c"))
    script = elements.partition("<script")[2]
    assert "\u2028" not in script
    assert "\u2029" not in script
    assert "a\\u2028b\\u2029c" in script


def test_a_page_carries_the_mark_of_its_mail() -> None:
    """The digest of the mail is found again in the page; without one there is no mark."""
    for digest in (DIGEST, ""):
        issue = card(content_digest=digest)
        elements = head(_page(issue), settings=NEWSLETTER, card=issue)
        html = f"<!DOCTYPE html><html><head>{elements}</head><body><p>Backs</p></body></html>"
        assert digest_of(html) == digest


MARK = f'<meta name="{DIGEST_META}" content="{DIGEST}">'


@pytest.mark.parametrize(
    ("html", "digest"),
    [
        (MARK, DIGEST),
        (f"<meta content={DIGEST} name={DIGEST_META}><title>Backs</title>", DIGEST),
        (f'<head><META NAME="{DIGEST_META}" CONTENT=" {DIGEST}\n"/></head>', DIGEST),
        (MARK + MARK, DIGEST),
        (MARK + MARK.replace("0f", "a0"), ""),
        (f"<p>{MARK}</p>", ""),
        (f"<!-- {MARK} -->", ""),
        (f"<script>'{MARK}'</script>", ""),
        (f"<title>{MARK}</title>", ""),
        (f'<meta name="{DIGEST_META}">', ""),
        (f'<meta name="{DIGEST_META}-2" content="{DIGEST}">', ""),
        ("", ""),
    ],
    ids=[
        *("plain", "minified", "upper case", "twice", "two that differ", "in the body", "in a comment"),
        *("in a script", "in the title", "without a digest", "another name", "empty"),
    ],
)
def test_only_one_mark_in_the_head_counts(html: str, digest: str) -> None:
    """A host may write the page anew, but nobody's text passes for a mark, and two marks are none."""
    assert digest_of(html) == digest
