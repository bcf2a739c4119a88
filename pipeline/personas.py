"""Readers who do not exist, to fill in merge tags when an editor wants to see a finished copy."""

from collections.abc import Mapping
from dataclasses import replace

from pipeline.errors import UsageError
from pipeline.mergetags import persona
from pipeline.model import Message, Payload
from pipeline.settings import Settings

FIRST_NAMES: Mapping[str, str] = {
    "reader": "Ada",
    "blank": "",
    "long": "Wolfeschlegelsteinhausenbergerdorff",
    "arabic": "ليلى",
    "japanese": "さくら",
}
LABELS: Mapping[str, str] = {  # as an editor picks them
    "reader": "Ada, a reader",
    "blank": "no first name",
    "long": "a very long name",
    "arabic": "an Arabic name",
    "japanese": "a Japanese name",
}


def persona_values(name: str, settings: Settings) -> Mapping[str, str]:
    """
    Return the merge-tag values of the persona *name*.

    Raises:
        UsageError: there is no such persona.
    """
    if name not in FIRST_NAMES:
        raise UsageError(f"no persona is called {name!r}", hint=f"take one of: {', '.join(FIRST_NAMES)}")
    return {
        "subscriber.first_name": FIRST_NAMES[name],
        "unsubscribe_url": f"{settings.url}/unsubscribe",
        "web_url": settings.url,
    }


def as_read(payload: Payload, message: Message, values: Mapping[str, str], *, html: str) -> Payload:
    """
    Return *payload* as one reader gets it: neutral tags filled in instead of a provider's syntax.

    Args:
        payload: of this message.
        message: whose subject, preheader and text are filled in.
        values: tag name to value.
        html: the message's HTML, its pictures perhaps found elsewhere; tags are still tokens.
    """
    syntax = persona(values)
    return replace(
        payload,
        subject=syntax.apply(message.subject, "text"),
        preheader=syntax.apply(message.preheader, "text"),
        html=syntax.apply(html, "html"),
        text=syntax.apply(message.text, "text"),
    )
