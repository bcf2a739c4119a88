"""A mail as clients show it: its parts, decoded. `mime` reads it from bytes."""

from typing import NamedTuple


class Unreadable(ValueError):
    """The bytes are no mail and no HTML."""


class Mail(NamedTuple):
    """What one mail consists of, decoded."""

    html: str | None  # the part shown as HTML; None when there is none
    text: (
        str | None
    )  # the part shown as plain text, "" when there is none; None when no mail is around the HTML
    subject: str = ""
    variants: tuple[tuple[str, str], ...] = ()  # name, HTML: alternatives that some clients show instead
    elsewhere: tuple[tuple[str, str], ...] = ()  # name, content: text that no client shows as the mail
    faults: tuple[tuple[str, str], ...] = ()  # what is wrong with the structure, and how to mend it
