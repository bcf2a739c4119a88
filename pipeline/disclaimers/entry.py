"""
One file of the registry: front matter and wording, read strictly.

Every value is taken as it is written: `NO` is Norway and `1.10` no number. Whatever is wrong becomes a
finding with its line; a file with a fault gives no wording, so that nothing half-read is ever shown.
"""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Literal, NamedTuple, cast

import yaml

from pipeline.disclaimers.markup import Body, read_body
from pipeline.examine.words import fingerprint
from pipeline.findings import did_you_mean
from pipeline.model import NOTHING, Finding, Severity, Wording

_REQUIRED = (
    *("id", "version", "locale", "jurisdictions", "kind", "elements", "effective_from"),
    *("approved_by", "approved_on", "sha256", "heading", "placement"),
)
_KEYS = (*_REQUIRED, "effective_to", "contacts")
_CONTACT_KEYS = ("number", "country", "verified_on")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NUMBER = re.compile(r"(?<![\w.,])\+?\d(?:[\d -]*\d)?(?![\w])")
_SHORT = 3  # digits; shorter numbers are no telephone numbers


class Contact(NamedTuple):
    """A telephone number that a wording names, and when somebody last made sure of it."""

    number: str
    country: str  # ISO 3166-1 alpha-2
    verified_on: dt.date


class Entry(NamedTuple):
    """What one file holds."""

    file: str
    findings: tuple[Finding, ...]
    wording: Wording | None = None  # None when the file cannot be used
    contacts: tuple[Contact, ...] = ()
    lines: Mapping[str, int] = NOTHING  # front-matter key -> line in the file


class _Field(NamedTuple):
    """One value of the front matter, with its line."""

    value: object  # str, list of _Field or dict of str to _Field
    line: int


class _Notes:
    """Collects what is wrong with one file."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.seen: list[Finding] = []

    def add(self, message: str, hint: str, line: int, rule: str = "REG001") -> None:
        self.seen.append(Finding(rule, Severity.BLOCK, message, hint, self.file, line, part="registry"))


def read_entry(source: str, file: str) -> Entry:
    """
    Read the text of one registry file.

    Args:
        source: its text.
        file: its path relative to the root, with forward slashes; folder and name must agree with the text.
    """
    notes = _Notes(file)
    source = source.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    parts = re.match(r"---[ \t]*\n(.*?)^---[ \t]*(?:\n|\Z)(.*)", source, re.DOTALL | re.MULTILINE)
    if not parts:
        notes.add("no front matter", "begin the file with a block of keys between two lines of ---", 1)
        return Entry(file, tuple(notes.seen))
    fields = _front_matter(parts[1], notes)
    body_line = source.count("\n", 0, parts.start(2)) + 1
    body = read_body(parts[2])
    _judge_body(body, body_line, notes)
    wording = _wording(fields, body, notes) if fields is not None else None
    contacts = _contacts(fields or {}, body, body_line, notes)
    if wording is not None:
        _judge_name(wording, fields or {}, notes)
        _judge_hash(wording, body, fields or {}, notes)
    lines = {name: one.line for name, one in (fields or {}).items()} | {"": body_line}
    return Entry(file, tuple(notes.seen), wording, contacts, lines)


def _front_matter(block: str, notes: _Notes) -> dict[str, _Field] | None:
    try:
        node = yaml.compose(block, Loader=_LOADER)
    except yaml.YAMLError as err:
        mark = getattr(err, "problem_mark", None)
        problem = getattr(err, "problem", None) or "not YAML"
        notes.add(
            f"the front matter cannot be read: {problem}", "quote the value", mark.line + 2 if mark else 1
        )
        return None
    except RecursionError:
        notes.add("the front matter is nested too deeply", "keep it to one level of keys", 1)
        return None
    if not isinstance(node, yaml.MappingNode):
        notes.add("the front matter is no set of keys", "write `key: value` lines", 2)
        return None
    fields = _mapping(node, notes, 0)
    for name, one in fields.items():
        if name not in _KEYS:
            notes.add(f"unknown key {name!r}", did_you_mean(name, _KEYS), one.line)
    missing = [name for name in _REQUIRED if name not in fields]
    if missing:
        notes.add(f"missing: {', '.join(missing)}", "complete the front matter", 1)
    return fields


def _mapping(node: yaml.MappingNode, notes: _Notes, depth: int) -> dict[str, _Field]:
    found: dict[str, _Field] = {}
    for key, value in node.value:
        name = key.value if isinstance(key, yaml.ScalarNode) else "?"
        if name in found:
            notes.add(f"{name!r} is written twice", "keep one of them", key.start_mark.line + 2)
        found[name] = _Field(_value(value, notes, depth + 1), key.start_mark.line + 2)
    return found


def _value(node: yaml.Node, notes: _Notes, depth: int) -> object:
    if isinstance(node, yaml.ScalarNode):
        return str(node.value)
    if depth > 3:  # noqa: PLR2004 - a contact is the deepest there is
        return ""
    if isinstance(node, yaml.SequenceNode):
        return [_Field(_value(item, notes, depth + 1), item.start_mark.line + 2) for item in node.value]
    return _mapping(cast("yaml.MappingNode", node), notes, depth)


def _wording(fields: dict[str, _Field], body: Body, notes: _Notes) -> Wording | None:
    before = len(notes.seen)
    read = _Reader(fields, notes)
    version = read.matching("version", r"[1-9]\d{0,5}", "write a whole number from 1, such as 2")
    kind = read.one_of("kind", ("mandated", "house"))
    placement = read.one_of("placement", ("top", "end"))
    starts, ends = read.day("effective_from"), read.day("effective_to")
    if starts and ends and ends <= starts:
        notes.add(
            "effective_to is not after effective_from",
            "the last day is the one before effective_to",
            read.line("effective_to"),
            "REG009",
        )
    ident = read.matching("id", r"[a-z][a-z0-9-]*", "write small letters, digits and hyphens")
    locale = read.matching(
        "locale", r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*", "write a language tag, such as en-US"
    )
    markets = read.markets()
    elements = read.texts("elements")
    approved_by = read.matching("approved_by", r"\S.*", "name who approved it, or write sample")
    approved_on = read.day("approved_on")
    sha256 = read.text("sha256").strip().lower()
    heading = read.matching("heading", r"\S.*", "write the short label that stands above the wording")
    if len(notes.seen) > before or any(name not in fields for name in _REQUIRED) or not body.text:
        return None
    assert starts is not None  # noqa: S101 - a missing day is a note
    assert approved_on is not None  # noqa: S101
    return Wording(
        id=ident,
        version=int(version),
        locale=locale,
        jurisdictions=markets,
        kind=cast("Literal['mandated', 'house']", kind),
        elements=elements,
        effective_from=starts,
        effective_to=ends,
        approved_by=approved_by,
        approved_on=approved_on,
        sha256=sha256,
        text=body.text,
        html=body.html,
        heading=heading,
        placement=cast("Literal['top', 'end']", placement),
        file=notes.file,
    )


class _Reader:
    """Reads typed values out of front matter and notes what is wrong with them."""

    def __init__(self, fields: Mapping[str, _Field], notes: _Notes) -> None:
        self.fields = fields
        self.notes = notes

    def line(self, name: str) -> int:
        return self.fields[name].line if name in self.fields else 1

    def text(self, name: str) -> str:
        one = self.fields.get(name)
        if one is None:
            return ""
        if not isinstance(one.value, str):
            self.notes.add(f"{name} is no text", f'write {name}: "…"', one.line)
            return ""
        return one.value

    def matching(self, name: str, pattern: str, hint: str) -> str:
        value = self.text(name)
        if name in self.fields and not re.fullmatch(pattern, value):
            self.notes.add(f"{name} cannot be {value!r}", hint, self.line(name))
        return value

    def one_of(self, name: str, known: tuple[str, ...]) -> str:
        value = self.text(name)
        if name in self.fields and value not in known:
            self.notes.add(f"{name} cannot be {value!r}", did_you_mean(value, known), self.line(name))
        return value

    def day(self, name: str) -> dt.date | None:
        if name not in self.fields:
            return None
        return _day(self.text(name), name, self.line(name), self.notes)

    def markets(self) -> frozenset[str]:
        one = self.fields.get("jurisdictions")
        if one is None:
            return frozenset()
        items = one.value if isinstance(one.value, list) else []
        names = [str(item.value) for item in items]
        if not names or not all(re.fullmatch(r"[A-Z]{2}", name) for name in names):
            self.notes.add(
                "jurisdictions is no list of countries", 'write ["US"], ISO 3166-1 alpha-2', one.line
            )
        return frozenset(names)

    def texts(self, name: str) -> Mapping[str, str]:
        one = self.fields.get(name)
        if one is None or one.value in ("", "{}"):
            return {}
        if not isinstance(one.value, dict):
            self.notes.add(
                f"{name} is no set of keys", 'write `E1: "the words that carry it"` lines', one.line
            )
            return {}
        return {code: str(inner.value) for code, inner in one.value.items()}


def _day(value: str, name: str, line: int, notes: _Notes) -> dt.date | None:
    try:
        return dt.date.fromisoformat(value) if re.fullmatch(r"\d{4}-\d\d-\d\d", value) else _no_day()
    except ValueError:
        notes.add(f"{name} is no date: {value!r}", 'write it as "2026-11-22"', line)
        return None


def _no_day() -> dt.date:
    raise ValueError


def _judge_body(body: Body, line: int, notes: _Notes) -> None:
    if not body.text:
        notes.add("no wording", "write the wording below the front matter", line)
    if body.refused:
        at, mark = body.refused
        notes.add(
            f"{mark!r} is no markup of a wording",
            "a wording has paragraphs, **strong**, *emphasis* and [links](https://…) only",
            line + at - 1,
        )


def _judge_name(wording: Wording, fields: Mapping[str, _Field], notes: _Notes) -> None:
    expected = f"{wording.id}/{wording.version}.{wording.locale}.md"
    if not notes.file.endswith(f"/{expected}"):
        line = fields["id"].line
        notes.add(f"the file says {expected} but is {notes.file}", "rename the file or mend the keys", line)


def _judge_hash(wording: Wording, body: Body, fields: Mapping[str, _Field], notes: _Notes) -> None:
    right = fingerprint(body.text, body.links)
    if wording.sha256 != right:
        notes.add(
            f"the text of {wording.ref} is not the one that was approved",
            f"in force: undo the change, and make a new version; new: once it is approved, sha256 is {right}",
            fields["sha256"].line,
            "REG002",
        )


def _contacts(fields: Mapping[str, _Field], body: Body, body_line: int, notes: _Notes) -> tuple[Contact, ...]:
    one = fields.get("contacts")
    items = one.value if one is not None and isinstance(one.value, list) else []
    if one is not None and not isinstance(one.value, list):
        notes.add("contacts is no list", "write number, country and verified_on for each", one.line)
    found = [contact for item in items if (contact := _contact(item, notes))]
    named = {re.sub(r"\D", "", contact.number) for contact in found}
    for match in _NUMBER.finditer(_without_dates(body.text)):
        digits = re.sub(r"\D", "", match[0])
        if len(digits) >= _SHORT and digits not in named:
            notes.add(f"{match[0]!r} stands in no contact", "add it to contacts with verified_on", body_line)
            named.add(digits)
    return tuple(found)


def _without_dates(text: str) -> str:
    return re.sub(r"\b(?:\d{1,2} )?[A-Z][a-z]+ (?:\d{1,2}, )?\d{4}\b|\b\d{4}-\d\d-\d\d\b", "", text)


def _contact(item: _Field, notes: _Notes) -> Contact | None:
    inner = item.value if isinstance(item.value, dict) else {}
    values = {name: str(inner[name].value) for name in _CONTACT_KEYS if name in inner}
    if len(values) < len(_CONTACT_KEYS) or len(inner) > len(_CONTACT_KEYS):
        notes.add("a contact needs number, country and verified_on, no more", "complete it", item.line)
        return None
    verified_on = _day(values["verified_on"], "verified_on", inner["verified_on"].line, notes)
    return Contact(values["number"], values["country"], verified_on) if verified_on else None
