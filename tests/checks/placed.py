"""One mail with every part that the placement checks look at, and each part to be changed."""

import dataclasses
from collections.abc import Callable, Iterable
from typing import Any

from letters import ADDRESS, OUT, REGISTRY, SETTINGS, TODAY, issue

from pipeline.checks.subject import Subject
from pipeline.disclaimers.select import select
from pipeline.mergetags import Tag, token
from pipeline.model import Finding, Issue, Wording
from samples import message

Group = Callable[[Subject], Iterable[Finding]]
STORY = "<p>Our letter of this week is about small habits and where they lead.</p>"
FOOTER = f'<p style="font-size:13px">{ADDRESS}</p><p><a href="{OUT}">Unsubscribe</a></p>'
FOOTER_TEXT = f"* * *\n\nUnsubscribe: {token(Tag('unsubscribe_url'))}\n\n{ADDRESS}"


def wording(name: str) -> Wording:
    """Return one of our wordings."""
    (found,) = REGISTRY.named(name)
    return found


def found(
    group: Group,
    body: str,
    text: str | None = None,
    *topics: str,
    style: str = "",
    footer: str = FOOTER,
    end: str = FOOTER_TEXT,
    letter: Issue | None = None,
    **fields: Any,
) -> list[Finding]:
    """
    Return what *group* finds in a mail.

    Args:
        group: the check.
        body: what stands before the footer.
        text: the text part before its footer; None for one that is right.
        topics: of the issue.
        style: the mail's sheet.
        footer: of the HTML.
        end: of the text part.
        letter: the issue, when it is not the plain one.
        fields: of the subject.
    """
    letter = letter or issue(topics=topics)
    selection = select(letter, SETTINGS, REGISTRY, on=TODAY)
    right = "\n\n".join(w.text for w in selection.wordings)
    html = (
        f'<!DOCTYPE html><html lang="en-US"><head><style>{style}</style></head>'
        f'<body style="font-size:16px">{body}{footer}</body></html>'
    )
    parts = right if text is None else text
    mail = dataclasses.replace(
        message(), subject=letter.subject, preheader="", html=html, text=f"{parts}\n\n{end}\n"
    )
    return list(group(Subject(letter, mail, SETTINGS, REGISTRY, selection, TODAY, **fields)))
