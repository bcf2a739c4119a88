"""Front-matter values by type: each reader returns a typed value, or notes what is wrong and returns none."""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pipeline.findings import Findings, did_you_mean
from pipeline.issue.nodes import Entry, Items, Node, Scalar, Table
from pipeline.model import NOTHING

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# Where a "#" is more likely meant than a comment: "Tip #3" must not become "Tip" in silence.
_PROSE = frozenset(
    {
        *("title", "subject", "preheader", "description", "alt", "text", "reason", "by"),
        *("tags", "authors", "reviewed_by", "reviewer_credential", "sponsors"),
    }
)
_SOMETHING = re.compile(r".+", re.DOTALL)
_NUMBER = re.compile(r"[0-9]{1,9}")
# Controls, and overrides of direction, with which a subject reads other than it is.
_UNSHOWN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202d\u202e\ud800-\udfff\ufffe\uffff]")
_EXACT_DIGITS = 15  # of a JSON number, which readers may keep as a double (RFC 8259, section 6)
_CONSTANTS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}


class Fields:
    """The values of one table of front matter, read one by one; an empty value counts as none."""

    def __init__(self, table: Table, found: Findings, path: str = "") -> None:
        """Take a table, where findings go, and the table's dotted path with its dot."""
        self._entries = table.entries
        self._found = found
        self._path = path
        self.line = table.line

    def refuse_unknown(
        self, known: Iterable[str], *, elsewhere: Mapping[str, str] = NOTHING, free: str = ""
    ) -> None:
        """
        Note every key that is not *known*.

        Args:
            known: the keys there are.
            elsewhere: what other systems call one -> our key.
            free: keys that begin so are the author's own.
        """
        names = tuple(known)
        for key, entry in self._entries.items():
            if key not in names and not (free and key.startswith(free)):
                meant = elsewhere.get(key.lower())
                hint = f"did you mean {meant!r}?" if meant else did_you_mean(key, names)
                self._note("FM014", f"unknown key {self._path + key[:60]!r}", hint, entry)

    def note(self, rule: str, key: str, message: str, hint: str) -> None:
        """Note a problem of a key's value."""
        entry = self._entries.get(key)
        self._note(rule, message, hint, entry.value if entry else Scalar("", self.line))

    def value(self, key: str) -> Node | None:
        """Return a key's value, or None when there is none."""
        entry: Entry | None = self._entries.get(key)
        return None if entry is None or _is_null(entry.value) else entry.value

    def text(self, key: str, *, example: str = "") -> str:
        """
        Return one line of text, trimmed; "" when missing.

        Args:
            key: the key.
            example: the key is required, and this is how it may look.
        """
        value = self.value(key)
        text = self._text(key, value) if value is not None else ""
        if example and not text and (value is None or isinstance(value, Scalar)):
            self.note(
                "FM020",
                key,
                f"{self._path}{key} is missing or empty",
                f"write it like this: {key}: {example}",
            )
        return text

    def formed(
        self, key: str, pattern: re.Pattern[str], rule: str, example: str, *, required: bool = False
    ) -> str:
        """Return a text of this form; "" when missing."""
        text = self.text(key, example=example if required else "")
        if text and not pattern.fullmatch(text):
            self.note(
                rule, key, f"{self._path}{key} cannot be {text[:80]!r}", f"write it like this: {example}"
            )
        return text

    def texts(
        self, key: str, pattern: re.Pattern[str] = _SOMETHING, rule: str = "FM020", example: str = "a text"
    ) -> tuple[str, ...]:
        """Return a list of texts of this form; empty when missing."""
        texts: list[str] = []
        for item in self._items(key, f'["{example}"]'):
            text = self._text(key, item)
            if isinstance(item, Scalar) and not pattern.fullmatch(text):
                message = f"{self._path}{key} cannot hold {text[:80]!r}"
                self._note(rule, message, f"write it like this: {example}", item)
            texts.append(text)
        return tuple(texts)

    def number(self, key: str) -> int | None:
        """Return a whole number, or None when missing."""
        text = self.formed(key, _NUMBER, "FM027", "12")
        return int(text) if _NUMBER.fullmatch(text) else None

    def date(self, key: str, *, example: str = "") -> dt.date | None:
        """Return a date, or None when missing."""
        text = self.text(key, example=example)
        try:
            if not text or _DATE.fullmatch(text):
                return dt.date.fromisoformat(text) if text else None
        except ValueError:
            pass  # such as 2026-02-30
        self.note(
            "FM026", key, f"{self._path}{key} is no date: {text[:80]!r}", "write it like this: 2026-12-01"
        )
        return None

    def table(self, key: str, example: str) -> "Fields | None":
        """Return the fields of a table, or None when missing."""
        value = self.value(key)
        if isinstance(value, Table):
            return Fields(value, self._found, f"{self._path}{key}.")
        if value is not None:
            self._note(
                "FM021",
                f"{self._path}{key} must have keys of its own",
                f"write it like this: {key}: {example}",
                value,
            )
        return None

    def tables(self, key: str, example: str) -> list["Fields"]:
        """Return the fields of each table of a list; empty when missing."""
        fields: list[Fields] = []
        for index, item in enumerate(self._items(key, f"[{example}]")):
            if isinstance(item, Table):
                fields.append(Fields(item, self._found, f"{self._path}{key}.{index}."))
            else:
                self._note(
                    "FM021",
                    f"{self._path}{key}.{index} must have keys of its own",
                    f"write it like this: {example}",
                    item,
                )
        return fields

    def free(self, prefix: str) -> dict[str, Any]:
        """Return what stands under keys that begin with *prefix*, as JSON knows it."""
        return {key: _plain(entry.value) for key, entry in self._entries.items() if key.startswith(prefix)}

    def _items(self, key: str, example: str) -> tuple[Node, ...]:
        value = self.value(key)
        if isinstance(value, Items):
            return value.items
        if value is not None:
            self._note(
                "FM021", f"{self._path}{key} must be a list", f"write it like this: {key}: {example}", value
            )
        return ()

    def _text(self, key: str, value: Node) -> str:
        """Return a value that must be one line of text, trimmed."""
        if not isinstance(value, Scalar):
            self._note("FM021", f"{self._path}{key} must be text", "put it in quotes", value)
            return ""
        text = "" if value.is_null else value.text.strip()
        if value.cut and key in _PROSE:
            hint = "put the value in quotes, or the comment on a line of its own"
            self._note("FM015", f"{self._path}{key} is cut off at '#', which begins a comment", hint, value)
        if _UNSHOWN.search(text):
            hint = "write it in one line, without control characters"
            self._note("FM022", f"{self._path}{key} must be one line of text", hint, value)
        return text

    def _note(self, rule: str, message: str, hint: str, at: Node | Entry) -> None:
        self._found.add(rule, message, hint, line=at.line, column=at.column)


def _is_null(value: Node) -> bool:
    return isinstance(value, Scalar) and value.is_null


def _plain(value: Node) -> Any:
    """Return a value as JSON knows it; a number only where writing it back gives the same text."""
    if isinstance(value, Table):
        return {key: _plain(entry.value) for key, entry in value.entries.items()}
    if isinstance(value, Items):
        return [_plain(item) for item in value.items]
    if value.is_null:
        return None
    if not value.plain:
        return value.text
    return _CONSTANTS.get(value.text, _as_written(value.text, int, float))


def _as_written(text: str, *kinds: Callable[[str], Any]) -> Any:
    """Return *text* as the first of *kinds* that would be written just so, else as it is: 1.10 stays 1.10."""
    for kind in kinds:
        try:
            if (
                len(text) <= _EXACT_DIGITS
                and str(kind(text)) == text
                and text.lower() not in ("inf", "-inf", "nan")
            ):
                return kind(text)
        except ValueError:
            continue
    return text
