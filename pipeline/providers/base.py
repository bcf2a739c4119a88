"""What a mailing provider must be able to do for us, in our words."""

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import ClassVar, Protocol

from pipeline.errors import Rejected, SettingsError, TemplateError, Unsupported
from pipeline.findings import Findings
from pipeline.mergetags import Part
from pipeline.model import Audience, Draft, DraftState, Message, Payload, Stats, Stored
from pipeline.settings import FILE, Settings
from pipeline.tomltable import TomlTable

# Keys of a provider's table that its adapter does not read: the sign-up form is `pipeline.archive.signup`'s.
_READ_ELSEWHERE = ("signup", "single_opt_in")
# The hidden preview text as templates/partials/preheader.html writes it; it holds no element.
_PREHEADER_BLOCK = re.compile(r'<div id="preheader"[^>]*>[^<]*</div>\n?')


class Can(StrEnum):
    """An ability that not every provider has."""

    SCHEDULE = "send at a given time"  # it keeps the clock, without us
    UNSCHEDULE = "take back what is scheduled"
    REHEARSE = "rehearse, reaching nobody"  # outside this machine: sample wordings are good enough
    SEND_TEST = "send a test to single addresses"  # of a stored draft
    OWN_TEXT = "send our text part"  # without it, it makes one itself
    PREHEADER = "preheader in a field of its own"  # without it, it stands hidden in the HTML
    SENDER = "From and Reply-To of each mail"  # without it, they are the account's
    RENDER = "show beforehand what readers get"  # merge tags filled in


class Writes(Protocol):
    """A provider's way to write merge tags, and to show all other characters as they are."""

    def apply(self, content: str, part: Part) -> str:
        """Return *content*, neutral tokens and all, as the provider must be given it."""
        ...


class Provider(Protocol):
    """
    A mailing provider that owns the list of readers.

    Every method may raise `ProviderError` (it sent and changed nothing; what was scheduled stays so) or,
    for a write whose answer did not come, `OutcomeUnknown`. Drafts are found again by key, so that no write
    is ever repeated blindly. What `can` does not name raises `Unsupported` before any request is made.
    """

    name: ClassVar[str]
    can: ClassVar[frozenset[Can]]
    grid: ClassVar[dt.timedelta]  # it sends at whole multiples of this, counted from the hour
    syntax: ClassVar[Writes]

    def find(self, *keys: str) -> Sequence[Draft]:
        """Return every draft stored under exactly one of these keys, in any state; all pages of them."""
        ...

    def create(self, key: str, payload: Payload) -> Draft:
        """Store a new draft under *key*; nothing is sent."""
        ...

    def update(self, draft: Draft, payload: Payload) -> Draft:
        """Replace the payload of a draft in state "draft"; any other state is `Rejected`."""
        ...

    def read(self, draft_id: str) -> Draft | None:
        """Return the draft as the provider has it now, or None when it is gone."""
        ...

    def stored(self, draft: Draft, given: Payload) -> Stored:
        """
        Return what the provider stored of *draft*, and what readers will get of it.

        Args:
            draft: to be read, in any state.
            given: what it was given; fields that the provider cannot store are taken from it, so that they
                compare equal. A field that it can store is never taken from there.

        Options that are no field of ours, and would change the mail or whom it reaches, are compared, too:
        one that `update` sets right spoils the digest, as `marked` does.

        Raises:
            Altered: one that `update` may not set right: a wrapper, a test of two, another hour for some.
        """
        ...

    def schedule(self, draft: Draft, *, at: dt.datetime) -> Draft:
        """
        Have *draft*, which must be in state "draft", sent at *at*: UTC, whole minutes, on the grid.

        A provider refuses a draft that is scheduled already: a second call never sends twice.
        """
        ...

    def unschedule(self, draft: Draft) -> Draft:
        """Take a scheduled draft back to state "draft"; `Rejected` once it is being sent."""
        ...

    def send_test(self, draft: Draft, *, to: Sequence[str]) -> None:
        """Send the stored draft to these addresses only: at least one."""
        ...

    def count(self, audience: Audience) -> int:
        """Return how many readers *audience* has now."""
        ...

    def stats(self, draft: Draft) -> Stats:
        """Return how many mails of *draft* were to go out and went."""
        ...


def payload_for(message: Message, audience: Audience, provider: Provider) -> Payload:
    """
    Return what *provider* is given to store: the message in its merge syntax.

    The preheader goes into the provider's field or stands hidden in the HTML, never both; a provider that
    makes the text part itself is given none.

    Raises:
        TemplateError: the preheader must leave the HTML, and the template does not say where it stands.
    """
    html, preheader = message.html, ""
    if Can.PREHEADER in provider.can:
        html, preheader = _without_preheader(message), message.preheader
    return Payload(
        subject=provider.syntax.apply(message.subject, "text"),
        preheader=provider.syntax.apply(preheader, "text"),
        sender=message.sender,
        reply_to=message.reply_to,
        html=provider.syntax.apply(html, "html"),
        text=provider.syntax.apply(message.text, "text") if Can.OWN_TEXT in provider.can else "",
        audience=audience,
        images=message.images,
        digest=message.digest,
    )


def marked(payload: Payload, changed: Sequence[str]) -> Payload:
    """Return *payload* as stored; options beside it that were *changed* there spoil and name its digest."""
    if not changed:
        return payload
    return replace(payload, digest=f"{payload.digest} with {', '.join(changed)} changed")


def _without_preheader(message: Message) -> str:
    html, count = _PREHEADER_BLOCK.subn("", message.html)
    if message.preheader and count != 1:
        raise TemplateError(
            f"{message.id}: {count} hidden preheaders in the HTML, and the provider has a field for it",
            hint='put it into one <div id="preheader"> as templates/partials/preheader.html does',
        )
    return html


def demand_state(provider: str, draft: Draft, found: Draft | None, state: DraftState) -> None:
    """
    Refuse to act on a draft that is not in *state*.

    Args:
        provider: its name, for messages.
        draft: that was to be acted on.
        found: the same as it is now; None when it is gone.
        state: that it must be in.

    Raises:
        Rejected: it is in another.
    """
    if found is None or found.state != state:
        now = f"{found.state!r} (there {found.native_state!r}), not {state!r}" if found else "gone"
        raise Rejected(
            f"{provider}: draft {draft.id!r} is {now}",
            hint="run `newsletter status` to see where the issue stands",
        )


def unsupported(provider: str, ability: Can) -> Unsupported:
    """Return the refusal of what a provider cannot do."""
    return Unsupported(
        f"{provider}: cannot do this: {ability}", hint="see the table of abilities in README.md"
    )


class Options:
    """The table [tool.newsletter.providers.NAME], read once when a provider is opened."""

    def __init__(self, settings: Settings, name: str) -> None:
        """Take the settings and the provider's name."""
        self._found = Findings(FILE, "settings")
        values = settings.providers.get(name, {})
        self.table = TomlTable(values, {}, f"tool.newsletter.providers.{name}", self._found)

    def refuse_unknown(self, known: Iterable[str]) -> None:
        """Note every key that neither the adapter knows nor anybody else reads."""
        self.table.refuse_unknown((*known, *_READ_ELSEWHERE))

    def close(self) -> None:
        """
        Say that all has been read.

        Raises:
            SettingsError: something was missing or wrong.
        """
        if self._found:
            message, hint = self._found.summary
            raise SettingsError(message, hint=hint, findings=self._found.all)
