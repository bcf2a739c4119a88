"""What an editor meant is what each reader gets, through every provider's own language of tags."""

import datetime as dt
import html as html_module
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from pipeline.examine import examine
from pipeline.model import Message, Severity
from pipeline.providers import Can
from samples import WORDS, message
from standins.bench import AT, ROWS, Bench, opened

# What providers' languages would read, and readers should see.
LITERAL = (
    "{{ mood }} {{contact.FIRSTNAME}} {% if x %}a{% endif %} {# gone #} {FIRSTNAME} {$name} {{{ x }}} "
    "{ { } } {{ }} }}{{ {% %} *|FNAME|* *|UNSUB|* *| |* %%{x} [MIRROR] ${x} <%= x %> {{ . }} {{`x`}} \\{{"
)
STYLE = "@media screen{#top{color:red}}.a{color:#123456}@media print{.b{margin:0}}"
LINK = "https://steady.example/?a={{ a }}&b={%25 b %}&c=*|C|*&d={x}"
DEFAULTS = (
    "friend",
    "dear “reader”",
    "you & yours",
    "one's own 5 % \\ `heart` *|X|* [MIRROR]",
    'a "quoted" <b>',
)
READERS = {"ada@example.com": "Ada", "ben@example.com": ""}


@pytest.fixture(params=list(ROWS))
def bench(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    """Each provider in turn."""
    with opened(request.param, tmp_path, monkeypatch) as made:
        yield made


def letter() -> Message:
    """Return a message with tags, their defaults and everybody's braces, in editors' syntax."""
    hello = "".join(f"{{{{ subscriber.first_name | default({_quoted(each)}) }}}};" for each in DEFAULTS)
    body = (
        f"<p>Hello {hello}{{{{ subscriber.first_name }}}}!</p><p>{html_module.escape(LITERAL)}</p>"
        f'<p><a href="{html_module.escape(LINK)}">link</a> <a href="{{{{ unsubscribe_url }}}}">out</a> '
        f'<a href="{{{{ web_url }}}}">web</a></p><p style="font-size:16px">{WORDS}</p>'
    )
    return replace(
        message(subject=f'Hi {{{{ subscriber.first_name | default("friend") }}}} {LITERAL}'),
        digest="0" * 64,
        preheader="Why one side works harder",
        html=(
            f'<!DOCTYPE html><html lang="en-US"><head><title>Backs</title><style>{STYLE}</style></head><body>'
            '<div id="preheader" style="display:none">Why one side works harder</div>\n'
            f'<div lang="en-US" id="letter">{body}</div></body></html>'
        ),
        text=f"Hello {hello}\n{LITERAL}\n{{{{ unsubscribe_url }}}}\n\n{WORDS}\n",
    )


def _quoted(default: str) -> str:
    """Return a default as editors write it: in the quotes that it does not hold."""
    return f"'{default}'" if '"' in default else f'"{default}"'


@pytest.fixture
def mails(bench: Bench) -> dict[str, dict[str, Any]]:
    """What both readers got, by address."""
    given = bench.payload_of(letter())
    bench.provider.schedule(bench.draft_of(given), at=AT)
    bench.turn(AT + dt.timedelta(minutes=5))
    return {mail["to"]: mail for mail in bench.mails()}


def _plain(bench: Bench, words: str) -> str:
    """Return *words* as the provider can show them in plain text."""
    written, shown = bench.row.shown
    return words.replace(written, shown) if written else words


class _Letter(HTMLParser):
    """The words and links within our own box, and all style sheets, of one mail."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.words, self.links, self.styles = "", list[str](), ""
        self._depth, self._in_style = 0, False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._in_style = tag == "style"
        if tag == "div" and (self._depth or given.get("id") == "letter"):
            self._depth += 1
        if tag == "a" and self._depth:
            self.links.append(given.get("href") or "")

    def handle_endtag(self, tag: str) -> None:
        self._in_style = False
        if tag == "div" and self._depth:
            self._depth -= 1

    def handle_data(self, data: str) -> None:
        if self._in_style:
            self.styles += data
        elif self._depth:
            self.words += data


def test_each_reader_reads_what_was_meant(mails: dict[str, dict[str, Any]]) -> None:
    """Names, or their defaults; and all braces as they were written."""
    assert set(mails) == set(READERS)
    for address, name in READERS.items():
        hello = "".join(f"{name or default};" for default in DEFAULTS)
        assert _Letter(mails[address]["html"]).words.startswith(f"Hello {hello}{name}!{LITERAL}link out web")


def test_each_subject_is_what_was_meant(bench: Bench, mails: dict[str, dict[str, Any]]) -> None:
    """As the words are, but for what a provider cannot write in plain text."""
    for address, name in READERS.items():
        assert mails[address]["subject"] == f"Hi {name or 'friend'} {_plain(bench, LITERAL)}"


def test_each_link_is_what_was_meant(mails: dict[str, dict[str, Any]]) -> None:
    """Ours to the letter; the provider's own to somewhere, a different one for each reader."""
    links = [_Letter(mails[address]["html"]).links for address in READERS]
    for ours, out, web in links:
        assert ours == LINK
        assert re.fullmatch(r"https?://[^\s{}|*]+", out)
        assert re.fullmatch(r"https?://[^\s{}|*]+", web)
    assert links[0][1] != links[1][1]


def test_each_style_sheet_is_what_was_meant(mails: dict[str, dict[str, Any]]) -> None:
    """The same rules; only spaces may differ."""
    for mail in mails.values():
        assert STYLE in re.sub(r"\s", "", _Letter(mail["html"]).styles).replace("@media", "@media ")


def test_the_disclaimer_is_shown_to_each_reader(mails: dict[str, dict[str, Any]]) -> None:
    """In the mail as it arrives, both parts, whatever the provider put around it."""
    assert len(mails) == 2
    for mail in mails.values():
        found = examine(mail["html"], mail["text"], letter().wordings)
        assert [each for each in found if each.severity in (Severity.BLOCK, Severity.ERROR)] == []


def test_the_disclaimer_is_shown_in_what_is_read_back(bench: Bench) -> None:
    """Before anything is sent: in the HTML that readers are to get, and in the text where that is shown."""
    given = bench.payload_of(letter())
    stored = bench.provider.stored(bench.draft_of(given), given)
    assert stored.payload == given
    found = examine(stored.html, stored.text or letter().text, letter().wordings)
    assert [each for each in found if each.severity in (Severity.BLOCK, Severity.ERROR)] == []


def test_the_text_part_is_what_was_meant(bench: Bench, mails: dict[str, dict[str, Any]]) -> None:
    """Ours to the letter, where the provider takes one; else it has the words at least."""
    for address, name in READERS.items():
        text = mails[address]["text"].replace("\r\n", "\n").rstrip()
        if Can.OWN_TEXT in bench.provider.can:
            hello = "".join(f"{name or _plain(bench, default)};" for default in DEFAULTS)
            assert text.startswith(f"Hello {hello}\n{_plain(bench, LITERAL)}\nhttp")
            assert text.endswith(f"\n\n{WORDS}")
        assert WORDS in text


def test_the_preheader_stands_there_once(mails: dict[str, dict[str, Any]]) -> None:
    """In the provider's field or in our HTML, never in both."""
    for mail in mails.values():
        assert html_module.unescape(mail["html"]).count("Why one side works harder") == 1
