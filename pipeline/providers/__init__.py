"""The providers by name. A new one is a file beside this one and a line here."""

from collections.abc import Callable
from dataclasses import replace
from time import sleep

from pipeline.clock import Clock, Pause
from pipeline.errors import SettingsError
from pipeline.model import Audience
from pipeline.providers.base import Can, Provider
from pipeline.providers.outbox import Outbox
from pipeline.settings import Settings

__all__ = ["PROVIDERS", "REHEARSING", "SECRETS", "Can", "Provider", "open_audience", "open_provider"]

REHEARSING = frozenset(("outbox",))  # those that can rehearse, by name: known without opening one
# variables of the environment, one for each provider that has a key
SECRETS = ("BREVO_API_KEY", "BUTTONDOWN_API_KEY", "LISTMONK_TOKEN", "MAILCHIMP_API_KEY")


def _brevo(settings: Settings, clock: Clock, pause: Pause) -> Provider:
    from pipeline.providers.brevo import Brevo  # noqa: PLC0415  (requests takes a tenth of a second)

    return Brevo.from_settings(settings, clock, pause)


def _buttondown(settings: Settings, clock: Clock, pause: Pause) -> Provider:
    from pipeline.providers.buttondown import Buttondown  # noqa: PLC0415  (requests takes a tenth of a second)

    return Buttondown.from_settings(settings, clock, pause)


def _listmonk(settings: Settings, clock: Clock, pause: Pause) -> Provider:
    from pipeline.providers.listmonk import Listmonk  # noqa: PLC0415  (requests takes a tenth of a second)

    return Listmonk.from_settings(settings, clock, pause)


def _mailchimp(settings: Settings, clock: Clock, pause: Pause) -> Provider:
    from pipeline.providers.mailchimp import Mailchimp  # noqa: PLC0415  (requests takes a tenth of a second)

    return Mailchimp.from_settings(settings, clock, pause)


PROVIDERS: dict[str, Callable[[Settings, Clock, Pause], Provider]] = {
    "outbox": Outbox.from_settings,
    "brevo": _brevo,
    "buttondown": _buttondown,
    "listmonk": _listmonk,
    "mailchimp": _mailchimp,
}


def open_provider(settings: Settings, clock: Clock, pause: Pause = sleep) -> Provider:
    """
    Return the provider that the settings choose. Nothing is asked of it yet, and no secret is read.

    Raises:
        SettingsError: there is none of that name, or its own settings are wrong.
    """
    opener = PROVIDERS.get(settings.provider)
    if opener is None:
        raise SettingsError(
            f"pyproject.toml: no provider is called {settings.provider!r}",
            hint=f"set provider to one of: {', '.join(sorted(PROVIDERS))}",
        )
    return opener(settings, clock, pause)


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
