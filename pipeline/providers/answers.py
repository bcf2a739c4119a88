"""A provider's answer, read field by field: what is not of its kind stops, with the field named."""

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from pipeline.errors import OutcomeUnknown, ProviderError, UnexpectedAnswer

_KINDS = {str: "text", bool: "true or false", int: "a whole number", list: "a list", dict: "an object"}


class Fields:
    """The fields of one JSON object; values are never shown, because some of them are secrets."""

    def __init__(self, provider: str, what: str, value: Any) -> None:
        """
        Take an answer and what it is about, such as "GET /emails".

        Raises:
            UnexpectedAnswer: it is no object.
        """
        self._provider = provider
        self._what = what
        if not isinstance(value, dict):
            raise self.unexpected("the answer", "is no object")
        self._values: Mapping[str, Any] = value

    def text(self, name: str) -> str:
        """Return a text."""
        return str(self._value(name, str))

    def optional_text(self, name: str) -> str:
        """Return a text; empty when it is missing or null."""
        return "" if self._values.get(name) is None else self.text(name)

    def number(self, name: str) -> int:
        """Return a whole number."""
        return int(self._value(name, int))

    def optional_number(self, name: str) -> int | None:
        """Return a whole number, or None when it is missing or null."""
        return None if self._values.get(name) is None else self.number(name)

    def numbers(self, name: str) -> list[int]:
        """Return a list of whole numbers; empty when it is missing or null."""
        values = [] if self._values.get(name) is None else self._value(name, list)
        if not all(type(value) is int for value in values):
            raise self.unexpected(name, "holds something that is no whole number")
        return list(values)

    def flag(self, name: str) -> bool:
        """Return true or false."""
        return bool(self._value(name, bool))

    def has(self, name: str) -> bool:
        """Say whether there is such a field, with anything but null, "", 0 or nothing in it."""
        return bool(self._values.get(name))

    def rows(self, name: str) -> list["Fields"]:
        """Return a list of objects."""
        return [Fields(self._provider, f"{self._what}: {name}", row) for row in self._value(name, list)]

    def texts(self, name: str) -> list[str]:
        """Return a list of texts."""
        values = self._value(name, list)
        if not all(isinstance(value, str) for value in values):
            raise self.unexpected(name, "holds something that is no text")
        return list(values)

    def part(self, name: str) -> "Fields":
        """Return an object within this one; a missing or null one is empty."""
        value = {} if self._values.get(name) is None else self._value(name, dict)
        return Fields(self._provider, f"{self._what}: {name}", value)

    def moment(self, name: str) -> dt.datetime | None:
        """Return a time in UTC, or None when it is missing, null or empty."""
        text = self.optional_text(name)
        if not text:
            return None
        try:
            moment = dt.datetime.fromisoformat(text)
        except ValueError as err:
            raise self.unexpected(name, "is no time") from err
        if moment.tzinfo is None:
            raise self.unexpected(name, "is a time without a zone")
        return moment.astimezone(dt.UTC)

    def unexpected(self, name: str, what: str) -> UnexpectedAnswer:
        """Return the error that says what is wrong with a field."""
        return UnexpectedAnswer(
            f"{self._provider}: {self._what}: {name} {what}",
            hint="look at url in the provider's settings; its API may have changed",
        )

    def _value(self, name: str, kind: type) -> Any:
        value = self._values.get(name)
        if type(value) is not kind:
            raise self.unexpected(name, f"is not {_KINDS[kind]}")
        return value


@contextmanager
def after_write(provider: str, what: str) -> Iterator[None]:
    """
    Read what came of a write that the provider took: whatever goes wrong here, something may have changed.

    Raises:
        OutcomeUnknown: instead of any other failure of a provider.
    """
    try:
        yield
    except OutcomeUnknown:
        raise
    except ProviderError as err:
        raise OutcomeUnknown(
            f"{provider}: {what}: it was taken, and what came of it cannot be seen: {err.message}",
            hint="do not repeat, run `newsletter status`",
            status=err.status,
        ) from err
