"""A mail as it was sent: a public record, in which nothing is one reader's and all else is untouched."""

import datetime as dt
import re
from pathlib import Path

import pytest

from pipeline.archive.sent import EACH_HIS_OWN, as_sent
from pipeline.errors import ReceiptError
from pipeline.mergetags import PREFIX, Tag, token
from pipeline.model import Message
from pipeline.newsletter import Newsletter

ROOT = Path(__file__).parents[2]
WEB = "https://steady.example/issues/backs/?from=mail&x"
HEAD = "<!DOCTYPE html><html><head><title>A</title></head>"
NAME = token(Tag("subscriber.first_name", "you & yours"))
LEAVE = token(Tag("unsubscribe_url"))
ADDRESS = token(Tag("web_url"))


def record(body: str, text: str = "") -> tuple[str, str]:
    """Return the public record of a mail with this *body*, from its body on, and its text part."""
    html, plain = as_sent(f"{HEAD}<body>{body}</body></html>", text, web_url=WEB)
    return html.partition("<body>")[2].removesuffix("</body></html>"), plain


@pytest.mark.parametrize(
    ("sent", "public"),
    [
        (f"Hi {NAME},", "Hi you &amp; yours,"),
        (
            f'<a href="{ADDRESS}">web</a>',
            '<a href="https://steady.example/issues/backs/?from=mail&amp;x">web</a>',
        ),
        (
            f'<a class="b" href="{LEAVE}" style="color:red">Leave</a>',
            '<a class="b" style="color:red">Leave</a>',
        ),
        (f"<A HREF = '{LEAVE}'>Leave</A>", "<A>Leave</A>"),
        (f"<a href={LEAVE}>Leave</a>", "<a>Leave</a>"),
        (f'<a title="a > b" href="https://a.example/?u={LEAVE}">Leave</a>', '<a title="a > b">Leave</a>'),
        (
            f'<!--[if mso]><v:roundrect href="{LEAVE}" w="1"><![endif]-->',
            '<!--[if mso]><v:roundrect w="1"><![endif]-->',
        ),
        (f'&lt;a href="{LEAVE}"&gt;', '&lt;a href="(each reader&#x27;s own link)"&gt;'),
        (f"Leave: {LEAVE}", "Leave: (each reader&#x27;s own link)"),
        (
            '<a href="https://a.example/?source=b&amp;c">\u00a0 a</a>\r\n<p \n>{{ x }} {% y %}',
            '<a href="https://a.example/?source=b&amp;c">\u00a0 a</a>\r\n<p \n>{{ x }} {% y %}',
        ),
    ],
)
def test_what_is_one_readers_gives_way_and_all_else_stays(sent: str, public: str) -> None:
    """Byte for byte; a way out keeps its words and leads nowhere."""
    assert record(sent)[0] == public


def test_the_text_part_says_that_each_reader_has_a_link_of_his_own() -> None:
    """In the text part an address cannot be hidden behind words, so words stand in its place."""
    text = f"Hi {NAME},\r\n\r\nleave: {LEAVE}\nread: {ADDRESS}\n\t{{{{ x }}}} <b>"
    assert record("", text)[1] == (
        f"Hi you & yours,\r\n\r\nleave: {EACH_HIS_OWN}\nread: {WEB}\n\t{{{{ x }}}} <b>"
    )


def test_search_engines_are_kept_away() -> None:
    """The record is no second page of the issue; a canonical page beside noindex would contradict it."""
    html, _ = as_sent(f"{HEAD}<body></body></html>", "", web_url=WEB)
    before = HEAD.removesuffix("</head>")
    assert html == f'{before}<meta name="robots" content="noindex">\n</head><body></body></html>'


def test_a_mail_that_cannot_be_kept_from_search_engines_is_refused() -> None:
    """Without a head nothing would say so."""
    with pytest.raises(ReceiptError, match="no end of its head"):
        as_sent("<p>Hello</p>", "", web_url=WEB)


def messages() -> list[Message]:
    """Compose our own issues."""
    newsletter = Newsletter(ROOT, clock=lambda: dt.datetime(2026, 11, 27, tzinfo=dt.UTC))
    folders = sorted(path.name for path in (ROOT / "issues").iterdir())
    return [newsletter.composed(newsletter.issue(folder)).message for folder in folders]


def test_our_own_mails_become_public_without_a_byte_too_few() -> None:
    """Of each line without a merge tag every byte is there, in order, and no token is left."""
    for message in messages():
        html, text = as_sent(message.html, message.text, web_url=WEB)
        assert PREFIX in message.html
        assert PREFIX not in html + text
        for before, after in ((message.html, html), (message.text, text)):
            at = 0
            for piece in re.split(rf'(?s)\s+href="{LEAVE}"|{PREFIX}\w+?z|(?=</head>)', before):
                at = after.index(piece, at) + len(piece)
        assert "Unsubscribe</a>" in html
        assert f'href="{EACH_HIS_OWN}' not in html
        assert message.preheader[:40] in html


def test_hostile_markup_takes_no_time() -> None:
    """A tag that never ends is read once."""
    for unit in ("<a ", "<a href=", '<a href="', "<a '", "< ", " href"):
        record(unit * 20_000)


@pytest.mark.parametrize(
    ("mailed", "public"),
    [
        ('<a href="https://x.example/?a=1&amp;utm_source=m">', '<a href="https://x.example/?a=1">'),
        ("<a href='https://x.example/?fbclid=1&b=2' class=x>", '<a href="https://x.example/?b=2" class=x>'),
        (
            '<img src="https://c.example/o.gif" width="1" alt="">',
            '<img width="1" alt="">',
        ),
        ("<IMG width=2 src=https://c.example/o.gif>", "<IMG width=2>"),
        ('<img src="https://c.example/o.png" width="1" height="90">',) * 2,
        ('<img src="https://c.example/o.png" alt="utm_source">',) * 2,
        ('<a href="https://x.example/?a=1&amp;b=2#utm">',) * 2,
    ],
)
def test_whoever_looks_at_it_is_not_counted(mailed: str, public: str) -> None:
    """A pixel loads nothing and links say nothing of where one comes from; all else stays byte for byte."""
    html, _ = as_sent(f"<html><head></head><body>{mailed}</body></html>", "", web_url="")
    assert html.partition("<body>")[2] == f"{public}</body></html>"
