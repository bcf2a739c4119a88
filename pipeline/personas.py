"""Readers who do not exist, to fill in merge tags when an editor wants to see a finished copy."""

from collections.abc import Mapping

from pipeline.errors import UsageError
from pipeline.settings import Settings

FIRST_NAMES: Mapping[str, str] = {
    "reader": "Ada",
    "blank": "",
    "long": "Wolfeschlegelsteinhausenbergerdorff",
    "arabic": "ليلى",
    "japanese": "さくら",
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
