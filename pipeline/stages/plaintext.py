"""
The text part: what a reader of a text-only client, or a screen reader, gets.

Made from the issue, not scraped from the mail's tables, so it can be read on its own: who writes, the
title, what must be known first, the letter, the wordings that belong at its end, and how to leave.
"""

import re

from pipeline.disclaimers.mandated import SYMBOLS
from pipeline.disclaimers.select import Selection
from pipeline.localtime import long_date
from pipeline.mergetags import Tag, to_tokens, token
from pipeline.model import Fragment, Issue, Wording
from pipeline.prose.blocks import DIVIDER, INDENT, named, prose, underlined
from pipeline.prose.wrap import wrap
from pipeline.settings import Settings

WIDTH = 72  # columns; leaves room for the quote marks of an answer


def plaintext(
    issue: Issue, fragment: Fragment, *, settings: Settings, selection: Selection, web_url: str
) -> str:
    r"""
    Return the text part of *issue*.

    Shape: "\n" line ends, one at the end; lines of at most 72 columns, save where a single word or a
    line of code is wider; no trailing spaces; at most two empty lines in a row. Merge tags are tokens.
    Every wording stands in it word for word.

    Args:
        issue: for what the front matter says.
        fragment: the issue's body.
        settings: for the newsletter's name, address and links.
        selection: the wordings to show.
        web_url: our own permalink; empty when the provider makes one.
    """
    top = [_top_wording(wording) for wording in selection.wordings if wording.placement == "top"]
    end = [_end_wording(wording) for wording in selection.wordings if wording.placement == "end"]
    body = prose(fragment.html, WIDTH)
    if top and body:
        top[-1] += "\n"  # stands further off, so that the letter is not read as part of it
    title = to_tokens(issue.title, {"web_url": web_url} if web_url else {})
    blocks = [*_opening(title, issue, settings), *top, *body, *end, *_footer(issue, settings, web_url)]
    return _tidy("\n\n".join(blocks))


def _opening(title: str, issue: Issue, settings: Settings) -> list[str]:
    """Say what the mail's letterhead says: newsletter, number, title, people, sponsors, picture."""
    number = f", no. {issue.number}" if issue.number is not None else ""
    reviewer = ", ".join(filter(None, (issue.reviewed_by, issue.reviewer_credential)))
    people = [
        f"By {', '.join(issue.authors)}" if issue.authors else "",
        f"Medically reviewed by {reviewer}" if issue.reviewed_by else "",
        f"Sponsored by {', '.join(issue.sponsors)}" if issue.sponsors else "",
    ]
    return [
        _wrapped(settings.name + number),
        underlined(_folded(title), "=", WIDTH),
        *filter(None, ["\n".join(_wrapped(line) for line in people if line)]),
        *([_wrapped(f"[Image: {issue.image_alt}]")] if issue.image_src and issue.image_alt else []),
    ]


def _top_wording(wording: Wording) -> str:
    return named(wording.heading, _words(wording, WIDTH - len(INDENT)))


def _end_wording(wording: Wording) -> str:
    return f"\n{underlined(wording.heading, '-', WIDTH)}\n\n{_words(wording, WIDTH)}"


def _words(wording: Wording, width: int) -> str:
    """Return a wording's paragraphs, broken at spaces alone: its words are what the examination compares."""
    linked = f"{SYMBOLS.get(wording.id, '')} {wording.text.strip()}".strip()
    paragraphs = (_folded(paragraph) for paragraph in re.split(r"\n\s*\n", linked))
    return "\n\n".join("\n".join(wrap(text, width, words_only=True)) for text in paragraphs)


def _footer(issue: Issue, settings: Settings, web_url: str) -> list[str]:
    # in the mail's order: moving the hour must not change a letter
    issued = issue.date or (issue.send_at.date() if issue.send_at else None)
    year = f"{issued.year} " if issued else ""
    number = f" {issue.number}" if issue.number is not None else ""
    which = f" · Issue{number} of {long_date(issued, issue.lang)}" if issued else ""
    invitation = f"Was this forwarded to you? Sign up free: {settings.subscribe_url}"
    ways = f"Unsubscribe: {token(Tag('unsubscribe_url'))}\nRead it in your browser: "
    return [
        DIVIDER,
        *([_wrapped(invitation)] if settings.subscribe_url else []),
        _wrapped(f"You receive {settings.name} because you signed up for it at {settings.url}"),
        ways + (web_url or token(Tag("web_url"))),
        _wrapped(settings.postal_address),
        _wrapped(f"© {year}{settings.name}{which}"),
    ]


def _folded(text: str) -> str:
    """Return *text* on one line, with single spaces; a no-break space stays what it is."""
    return re.sub(r"[ \t\n\r\f\v]+", " ", text).strip(" ")


def _wrapped(text: str) -> str:
    return "\n".join(wrap(_folded(text), WIDTH))


def _tidy(text: str) -> str:
    """Keep the promises on white space; a line that mail clients take for a signature's start gets a dash."""
    lines = ("—" if line.rstrip() == "--" else line.rstrip() for line in text.split("\n"))
    return re.sub(r"\n{4,}", "\n\n\n", "\n".join(lines)).strip("\n") + "\n"
