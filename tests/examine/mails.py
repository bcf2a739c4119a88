"""
What small mails are made of, for the corpus and for the tests of single functions.

`[GEN]` stands for the wording.
"""

import datetime as dt
import email.policy
from collections.abc import Mapping
from email.message import EmailMessage
from functools import lru_cache
from typing import NamedTuple

from pipeline.examine import Mail, examine_mail
from pipeline.examine.reading.mime import read_mail
from pipeline.model import Finding, Wording


def wording(text: str, *, ident: str = "gen", version: int = 1, locale: str = "en-US") -> Wording:
    """Make a wording that says *text*."""
    return Wording(
        id=ident,
        version=version,
        locale=locale,
        jurisdictions=frozenset({"US"}),
        kind="house",
        elements={},
        effective_from=dt.date(2026, 1, 1),
        effective_to=None,
        approved_by="sample",
        approved_on=dt.date(2026, 1, 1),
        sha256="",
        text=text,
        html=f"<p>{text}</p>",
        heading="Medical notice",
        placement="end",
        file=f"templates/disclaimers/{ident}/{version}.{locale}.md",
    )


TEXT = (
    "This letter is for education only and is not medical advice, diagnosis, or treatment. "
    "Don't ignore or delay your doctor's advice because of something you read here. "
    "In an emergency, call 911 right away."
)
GEN = wording(TEXT)
OLDER = wording(
    "This letter is for general education and is not medical advice. "
    "Don't ignore your doctor's advice because of something you read here. "
    "In an emergency, call 911.",
    version=2,
)
GERMAN = "Dieser Brief dient nur der Bildung und ersetzt keinen Arzt."


def mail(body: str, *, head: str = "", root: str = 'lang="en"') -> str:
    """Wrap *body* in a small mail, with the wording put in for [GEN]."""
    body, head = body.replace("[GEN]", TEXT), head.replace("[GEN]", TEXT)
    start = f"<!DOCTYPE html><html {root}><head><meta charset=utf-8><title>Letter</title>{head}</head>"
    return f"{start}<body><h1>Sleep well</h1><p>Go to bed at the same hour.</p>{body}</body></html>"


def styled(css: str, body: str = '<div class="wrap"><p class="notice">[GEN]</p></div>') -> str:
    """Make a mail with a style sheet."""
    return mail(body, head=f"<style>{css}</style>")


def block(style: str) -> str:
    """Make a mail whose wording has an inline style."""
    return mail(f'<div><p style="{style}">[GEN]</p></div>')


def wrapped(style: str) -> str:
    """Make a mail in which an ancestor of the wording has an inline style."""
    return mail(f'<div style="{style}"><div><p>[GEN]</p></div></div>')


def changed(old: str, new: str, text: str = TEXT) -> str:
    """Return the wording with the first *old* in it replaced by *new*."""
    before, found, after = text.partition(old)
    assert found, f"no {old!r} in the wording"
    return f"{before}{new}{after}"


def said(old: str, new: str) -> str:
    """Make a mail that shows the wording with *old* replaced by *new*."""
    return mail(f"<p>{changed(old, new)}</p>")


SHOWN = mail("<p>[GEN]</p>")


def message(
    *, text: str = TEXT, html: str = SHOWN, encoding: str = "8bit", charset: str = "utf-8"
) -> EmailMessage:
    """Return a mail of two alternatives."""
    whole = EmailMessage(policy=email.policy.SMTP)
    whole["Subject"] = "Backs"
    whole["From"] = "luke@steady.example"
    whole.set_content(text, charset=charset, cte=encoding)
    whole.add_alternative(html, subtype="html", charset=charset, cte=encoding)
    return whole


class Case(NamedTuple):
    """One mail of the corpus: its two parts, or all of it as it travels."""

    html: str = SHOWN
    text: str | None = TEXT
    raw: bytes = b""  # where the structure of the mail is the point

    def mail(self) -> Mail:
        """Return the mail as it is examined."""
        return read_mail(self.raw) if self.raw else Mail(self.html, self.text)

    def findings(self) -> list[Finding]:
        """Examine the mail."""
        return list(_examined(self))


@lru_cache(maxsize=1024)
def _examined(case: Case) -> tuple[Finding, ...]:
    return tuple(examine_mail(case.mail(), [GEN], others=[OLDER]))


class Rule(NamedTuple):
    """The mails of one rule, each named by its trick."""

    passes: Mapping[str, Case]  # harmless look-alikes
    fails: Mapping[str, Case]


def rule(passes: Mapping[str, str | Case], fails: Mapping[str, str | Case]) -> Rule:
    """Make the mails of one rule; what is given as HTML alone has the wording in its text part."""
    return Rule(_cases(passes), _cases(fails))


def _cases(some: Mapping[str, str | Case]) -> Mapping[str, Case]:
    return {name: Case(one) if isinstance(one, str) else one for name, one in some.items()}
