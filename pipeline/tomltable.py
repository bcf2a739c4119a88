"""Typed values of one TOML table: what is missing or wrong becomes a finding with the line of its key."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from pipeline.findings import Findings, did_you_mean
from pipeline.localtime import Slot, WrongTime, parse_slot, parse_zone
from pipeline.tomllines import line_of

_SECRET = re.compile(
    r"(?:^|[_-])(?:api_?key|token|passw(?:or)?d|passphrase|secret|private_?key|credentials?)(?:$|[_-])",
    re.IGNORECASE,
)
_DURATION = re.compile(r"([0-9]{1,4})([mhd])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_KINDS = {str: "text", bool: "true or false", int: "a whole number", list: "a list", dict: "a table"}


class Form(NamedTuple):
    """What a text must look like."""

    pattern: re.Pattern[str]
    example: str


_ADDRESS = r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z0-9-]+"
_DISPLAY_NAME = r"""(?:"[^"\\\x00-\x1f\x7f]+"|[^"\\<>()\[\]@,;:\x00-\x1f\x7f]+)"""

LINE = Form(re.compile(r"(?=.*\S)[^\x00-\x1f\x7f-\x9f\u2028\u2029]+"), "one line of text")
ID = Form(re.compile(r"[a-z0-9][a-z0-9-]{0,39}"), "steady")
NAME = Form(re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}"), "weekly")
URL = Form(
    re.compile(r"https?://[A-Za-z0-9.:\[\]-]+(?:/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*)?"),
    "https://steady.example/issues",
)
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
HOST = Form(re.compile(rf"{_LABEL}(?:\.{_LABEL})*|[0-9A-Fa-f:]*:[0-9A-Fa-f:.]+"), "smtp.steady.example")
LANGUAGE = Form(re.compile(r"[a-z]{2,3}(?:-[A-Z][a-z]{3})?(?:-(?:[A-Z]{2}|[0-9]{3}))?"), "en-US")
MARKET = Form(re.compile(r"(?!UK)[A-Z]{2}"), "US or GB (ISO 3166-1)")
MAILBOX = Form(re.compile(rf"{_DISPLAY_NAME}<{_ADDRESS}>|{_ADDRESS}"), "Coach Luke <luke@steady.example>")


class TomlTable:
    """
    A table's values, read one by one.

    A value that is missing or wrong is noted in the findings, and an empty one of its kind returned.
    """

    def __init__(
        self, values: Mapping[str, Any], lines: Mapping[str, int], path: str, found: Findings
    ) -> None:
        """Take a table, the line of each key of its file, its own dotted path, and where findings go."""
        self._values = values
        self._lines = lines
        self._path = path
        self._found = found

    def refuse_unknown(self, known: Iterable[str]) -> None:
        """Note every key that is not *known*."""
        names = tuple(known)
        for key in self._values:
            if key not in names and not _SECRET.search(key):
                self.note("SET003", key, f"unknown key {key!r}", did_you_mean(key, names))

    def refuse_secrets(self) -> None:
        """Note every key, at any depth, whose name says that its value is secret; the value is not shown."""
        for path in _secret_paths(self._values, ""):
            name = path.rpartition(".")[2]
            self.note(
                "SET007", path, f"a secret in a file that is shared: {name!r}", "set it in the environment"
            )

    def text(self, key: str, form: Form = LINE, *, default: str | None = None) -> str:
        """Return a text of this form."""
        value: str | None = self._value(key, str, default)
        if value is None:
            return ""
        if value != default and not form.pattern.fullmatch(value):
            self.note("SET006", key, f"{key} cannot be {value!r}", f"write it like this: {form.example}")
        return value

    def texts(self, key: str, form: Form) -> tuple[str, ...]:
        """Return a list of texts of this form, at least one."""
        values = self._value(key, list, None)
        if values == []:
            self.note("SET006", key, f"{key} is empty", f'write it like this: ["{form.example}"]')
        for value in values or []:
            if not isinstance(value, str) or not form.pattern.fullmatch(value):
                self.note(
                    "SET006", key, f"{key} cannot hold {value!r}", f"write it like this: {form.example}"
                )
        return tuple(value for value in values or [] if isinstance(value, str))

    def flag(self, key: str) -> bool:
        """Return true or false; false when missing."""
        return bool(self._value(key, bool, default=False))

    def choice(self, key: str, known: Sequence[str]) -> str:
        """Return one of the *known* words; the first when missing."""
        value: str | None = self._value(key, str, known[0])
        if value is None or value in known:
            return value or known[0]
        self.note("SET006", key, f"{key} cannot be {value!r}", did_you_mean(value, known))
        return known[0]

    def count(self, key: str, *, most: int | None = None) -> int | None:
        """Return a whole number above zero, and at most *most*, or None when missing."""
        if key not in self._values:
            return None
        value: int | None = self._value(key, int, None)
        if value is not None and not 1 <= value <= (most or value):
            bound = f"from 1 to {most}" if most else "above zero"
            self.note("SET006", key, f"{key} cannot be {value!r}", f"write a whole number {bound}")
        return value

    def duration(self, key: str, default: str) -> dt.timedelta:
        """Return a length of time written like 30m, 2h or 1d."""
        text = self._value(key, str, default)
        match = _DURATION.fullmatch(text or default)
        if not match:
            self.note("SET006", key, f"{key} cannot be {text!r}", 'write it like this: "30m", "2h" or "1d"')
            return dt.timedelta()
        return dt.timedelta(**{_UNITS[match[2]]: int(match[1])})

    def zone(self, key: str) -> str:
        """Return the name of an IANA time zone."""
        name = self._value(key, str, None)
        try:
            return parse_zone(name).key if name is not None else ""
        except WrongTime as wrong:
            self.note("SET006", key, wrong.message, wrong.hint)
            return ""

    def slot(self, key: str) -> Slot:
        """Return a weekly slot such as "Tue 07:30"."""
        text = self._value(key, str, None)
        try:
            return parse_slot(text if text is not None else "Mon 00:00")
        except WrongTime as wrong:
            self.note("SET006", key, f"{key} has {wrong.message}", wrong.hint)
            return Slot(0, dt.time())

    def tables(self, key: str, *, required: bool = False) -> dict[str, Mapping[str, Any]]:
        """Return the tables of a table, by name."""
        tables = self._value(key, dict, None if required else {}) or {}
        for name, table in tables.items():
            if not isinstance(table, dict):
                self.note(
                    "SET005",
                    f"{key}.{name}",
                    f"{key}.{name} is no table",
                    f"write [{self._path}.{key}.{name}]",
                )
        return {name: table for name, table in tables.items() if isinstance(table, dict)}

    def table(self, key: str) -> "TomlTable | None":
        """Return the table of this name, or None when it is missing or none."""
        values = self._value(key, dict, {})
        if key not in self._values or values is None:
            return None
        return TomlTable(values, self._lines, f"{self._path}.{key}", self._found)

    def note(self, rule: str, key: str, message: str, hint: str) -> None:
        """Note a problem of one key."""
        self._found.add(rule, message, hint, line=line_of(self._lines, f"{self._path}.{key}"))

    def _value(self, key: str, kind: type, default: Any) -> Any:
        """Return a value of this kind, the default when missing, or None when missing or wrong and noted."""
        if key not in self._values:
            if default is None:
                self.note("SET004", key, f"{key} is missing", f"add {key} under [{self._path}]")
            return default
        value = self._values[key]
        if type(value) is not kind:  # an exact match: true is no whole number
            self.note("SET005", key, f"{key} is not {_KINDS[kind]}", "look at the quotes and brackets")
            return None
        return value


def _secret_paths(value: Any, path: str) -> Iterable[str]:
    """Yield the dotted path of every key below *value* that is named like a secret."""
    children = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, child in children:
        here = f"{path}.{key}".lstrip(".")
        if _SECRET.search(str(key)):
            yield here
        else:
            yield from _secret_paths(child, here)
