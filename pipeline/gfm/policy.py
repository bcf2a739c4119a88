"""
What a fragment may consist of: elements, attributes, classes and addresses.

Source: what mail clients keep and cannot be used to hide or break anything outside the fragment; nh3 0.3,
which enforces it, parses as a browser does (html5ever).
"""

import re
from html import escape

import nh3

from pipeline.gfm.syntax import words
from pipeline.mergetags import PREFIX

ELEMENTS = words(
    "a abbr aside b bdi bdo big blockquote br caption center cite code col colgroup dd del dfn div dl dt em"
    " figcaption figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q rp rt ruby s samp section small"
    " span strike strong sub sup table tbody td tfoot th thead time tr tt u ul var wbr"
)
# What acts, asks, loads or hides: never an oversight, so it stops the issue instead of going quietly.
ACTIVE = words(
    "applet area audio base body button canvas details dialog embed fieldset form frame frameset head html"
    " iframe input label legend link map math meta noembed noframes noscript object optgroup option output"
    " param plaintext portal script select slot source style summary svg template textarea title track video"
    " xmp"
)
VOID = words("br col hr img wbr")
# A parser takes everything after these for text, up to their end tag or the end of all.
SWALLOWING = words("script style textarea title xmp iframe noembed noframes noscript plaintext")
_EVERYWHERE = words("dir lang title")
_ALIGNED = words("caption col colgroup div h1 h2 h3 h4 h5 h6 p tbody tfoot thead tr")
_OWN: dict[str, frozenset[str]] = {
    **dict.fromkeys(_ALIGNED, words("align")),
    "a": words("href"),
    "img": words("align alt height src width"),
    "ol": words("start type reversed"),
    "td": words("align valign colspan rowspan"),
    "th": words("align valign colspan rowspan scope"),
    "time": words("datetime"),
}
_CLASSES = {
    "a": {"button", "footnote-ref", "footnote-backref"},
    "aside": {"callout", *(f"callout-{kind}" for kind in ("note", "tip", "important", "warning", "caution"))},
    "blockquote": {"pullquote"},
    "div": {"columns", "column", "footnote"},
    "li": {"task"},
    "ol": {"tasks"},
    "p": {"callout-title"},
    "ul": {"tasks"},
}
SCHEMES = frozenset({"http", "https", "mailto", "tel"})
_SCHEME = re.compile(r"\s*([A-Za-z][A-Za-z0-9+.-]*):")
_TOKEN = re.compile(rf"{PREFIX}[0-9a-z]+z")
# A raw block inside a paragraph ends it, and the paragraph's own end tag then stands for an empty one.
_EMPTY_PARAGRAPH = re.compile(r"<p(?: data-line=\"[0-9]+\")?></p>\n?")
_LARGEST_STEPS = 4  # cleanings until nothing changes; raw HTML in a strange order takes two


def allows(element: str, attribute: str) -> bool:
    """Say whether raw HTML may have *attribute* on *element*; classes and ids are ours alone."""
    return attribute in _EVERYWHERE or attribute in _OWN.get(element, ())


def is_link(url: str) -> bool:
    """Say whether a link may lead to *url*: the web, a mail, a call, a place in this mail, a merge tag."""
    scheme = _SCHEME.match(url)
    if scheme:
        return scheme[1].lower() in SCHEMES
    return url.startswith("#") or bool(_TOKEN.fullmatch(url))


def is_address(url: str) -> bool:
    """Say whether a browser could make an address of *url*; the cleaner drops what it could not."""
    return "href" in _JUDGE.clean(f'<a href="{escape(url)}">')


def _attribute(_element: str, attribute: str, value: str) -> str | None:
    if attribute == "href" and not is_link(value):
        return None
    return value


def _cleaner(*names: str) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(ELEMENTS),
        clean_content_tags={"script", "style"},
        attributes={
            **{element: set(own) for element, own in _OWN.items()},
            "*": {*_EVERYWHERE, "id", *names},
        },
        attribute_filter=_attribute,
        allowed_classes={element: set(classes) for element, classes in _CLASSES.items()},
        link_rel=None,
        url_schemes=set(SCHEMES),
    )


_JUDGE = nh3.Cleaner(tags={"a"}, attributes={"a": {"href"}}, link_rel=None, url_schemes=set(SCHEMES))
_CLEANER = _cleaner()
_CLEANER_WITH_LINES = _cleaner("data-line")


def cleaned(html: str, *, with_lines: bool, settle: bool) -> str:
    """
    Return *html* balanced and with nothing in it but what is allowed.

    Args:
        html: a fragment.
        with_lines: keep `data-line`.
        settle: it holds raw HTML, which can take a second parsing to come to rest.
    """
    cleaner = _CLEANER_WITH_LINES if with_lines else _CLEANER
    for _step in range(_LARGEST_STEPS if settle else 1):
        before, html = html, cleaner.clean(html)
        html = _EMPTY_PARAGRAPH.sub("", html) if settle else html
        if html == before:
            break
    return html
