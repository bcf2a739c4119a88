"""The providers by name. A new one is a file beside this one and a line here."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from pipeline.clock import Clock
from pipeline.errors import SettingsError
from pipeline.model import Audience
from pipeline.providers.base import Can, Provider
from pipeline.providers.outbox import Outbox
from pipeline.settings import Settings

__all__ = ["PROVIDERS", "Can", "Provider", "open_provider"]

PROVIDERS: dict[str, Callable[[Settings, Clock], Provider]] = {
    "outbox": lambda settings, clock: Outbox(
        _path(settings, settings.providers.get("outbox", {}).get("path", ".newsletter/outbox")),
        clock=clock,
    ),
}


def open_provider(settings: Settings, clock: Clock) -> Provider:
    """
    Return the provider that the settings choose.

    Raises:
        SettingsError: there is none of that name.
    """
    opener = PROVIDERS.get(settings.provider)
    if opener is None:
        raise SettingsError(
            f"pyproject.toml: no provider is called {settings.provider!r}",
            hint=f"set provider to one of: {', '.join(sorted(PROVIDERS))}",
        )
    return opener(settings, clock)


def open_audience(settings: Settings, name: str) -> Audience:
    """
    Return the audience *name*, which must say who that is at the chosen provider; only that is kept.

    Raises:
        SettingsError: there is no such audience, or it has no readers at this provider.
    """
    audience = settings.audiences.get(name)
    if audience is None or settings.provider not in audience.target:
        raise SettingsError(
            f"pyproject.toml: audience {name!r} does not say who it is at provider {settings.provider!r}",
            hint=f"add {settings.provider} = ... under [tool.newsletter.audiences.{name}]",
        )
    return replace(audience, target={settings.provider: audience.target[settings.provider]})


def _path(settings: Settings, path: str) -> Path:
    return settings.root / path
