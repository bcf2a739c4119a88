"""What a mailing provider must be able to do for us, in our words."""

import datetime as dt
from collections.abc import Sequence
from enum import StrEnum
from typing import ClassVar, Protocol

from pipeline.mergetags import MergeSyntax
from pipeline.model import Audience, Draft, Message, Payload


class Can(StrEnum):
    """An ability that not every provider has."""

    SCHEDULE = "schedule"  # keeps the clock: sends at a given time without us
    UNSCHEDULE = "unschedule"  # takes a scheduled draft back
    REHEARSE = "rehearse"  # reaches nobody outside this machine: sample wordings are good enough


class Provider(Protocol):
    """
    A mailing provider that owns the list of readers.

    Every method may raise `ProviderError` (nothing was sent) or, for a write whose answer did not
    come, `OutcomeUnknown`. Drafts are found again by key, so that no write is ever repeated blindly.
    """

    name: ClassVar[str]
    can: ClassVar[frozenset[Can]]
    syntax: ClassVar[MergeSyntax]

    def find(self, key: str) -> Sequence[Draft]:
        """Return every draft stored under exactly this key, in any state."""
        ...

    def create(self, key: str, payload: Payload) -> Draft:
        """Store a new draft under *key*; nothing is sent."""
        ...

    def update(self, draft: Draft, payload: Payload) -> Draft:
        """Replace the payload of a draft in state "draft"; any other state is `Rejected`."""
        ...

    def read(self, draft_id: str) -> Draft | None:
        """Return the stored draft as the provider has it now, or None when it is gone."""
        ...

    def schedule(self, draft: Draft, *, at: dt.datetime) -> Draft:
        """
        Have *draft*, which must be in state "draft", sent at *at*: UTC, whole minutes.

        A provider refuses a draft that is scheduled already: a second call never sends twice.
        """
        ...

    def unschedule(self, draft: Draft) -> Draft:
        """Take a scheduled draft back to state "draft"; `Rejected` once it is being sent."""
        ...

    def count(self, audience: Audience) -> int:
        """Return how many readers *audience* has now."""
        ...


def payload_for(message: Message, audience: Audience, provider: Provider) -> Payload:
    """Return what *provider* is given to store: the message in its merge syntax."""
    return Payload(
        subject=provider.syntax.apply(message.subject, "text"),
        preheader=provider.syntax.apply(message.preheader, "text"),
        sender=message.sender,
        reply_to=message.reply_to,
        html=provider.syntax.apply(message.html, "html"),
        text=provider.syntax.apply(message.text, "text"),
        audience=audience,
        images=message.images,
        digest=message.digest,
    )
