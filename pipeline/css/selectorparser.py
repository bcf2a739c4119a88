"""
Read selectors as browsers do, and weigh them.

Own code because the compiled form must be quick to make and to match, and because the libraries at
hand are wrong where mail style sheets are odd: `:not(.a, .b)`, `[x="y" i]`, commas and `#` in values.

Source: Selectors Level 4, W3C; what is matched is held against Chromium by tests, 2026-11-22.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from pipeline.css.selectornames import (
    CASELESS,
    CLIENT_ATTRIBUTE,
    CLIENT_CLASS,
    CLIENT_ID,
    ONE_COLON_PSEUDO_ELEMENTS,
    PSEUDO_ELEMENTS,
    STATES,
)
from pipeline.css.selectors import (
    Compound,
    Selector,
    Specificity,
    Test,
    attribute_test,
    position_test,
)

_ESCAPE = r"\\(?:[0-9a-fA-F]{1,6}\s?|[^\n0-9a-fA-F])"
_NAME = rf"(?:[\w-]|{_ESCAPE})+"
_IDENT = rf"(?:--|-?(?:[^\W\d]|{_ESCAPE}))(?:[\w-]|{_ESCAPE})*"
_COMBINATOR = re.compile(r"\s*([>+~])\s*|\s+(?=[^\s,)])")
_ATTRIBUTE = re.compile(
    rf"""\[\s*(?P<name>{_IDENT})\s*
         (?:(?P<operator>[~|^$*]?=)
            \s*(?:"(?P<double>(?:[^"\\\n]|\\.)*)"|'(?P<single>(?:[^'\\\n]|\\.)*)'|(?P<bare>{_IDENT}))
            \s*(?P<flag>[iI])?\s*)?\]""",
    re.VERBOSE,
)
_SIMPLE = re.compile(
    rf"""\#(?P<id>{_NAME}) | \.(?P<class>{_IDENT}) | (?P<colons>::?)(?P<pseudo>{_IDENT})(?P<call>\()?""",
    re.VERBOSE,
)
# tinycss2 writes an empty comment between the two tokens of "2n+1"
_NTH = re.compile(
    r"\s*(?:(?P<word>odd|even)|(?P<a>[+-]?\d*)n(?:/\*\*/|\s)*(?P<b>[+-]\s*\d+)?|(?P<only>[+-]?\d+))\s*\)",
    re.IGNORECASE,
)


class SelectorError(ValueError):
    """A selector that is wrong, or that this module cannot judge; the text says why."""


@lru_cache(maxsize=4096)
def parse_selector(text: str) -> Selector:
    """
    Parse one selector that has no comma at its top level and no comment.

    Raises:
        SelectorError: it is no selector, or one that cannot be judged here.
    """
    reader = _Reader(text.strip())
    selector = reader.selector()
    reader.demand(r"$")
    return selector


@dataclass(slots=True)
class _Part:
    """One compound selector while it is read."""

    tag: str = ""
    ids: set[str] = field(default_factory=set)
    classes: set[str] = field(default_factory=set)
    tests: list[Test] = field(default_factory=list)
    weight: Specificity = (0, 0, 0)
    pseudo_element: str = ""
    state: bool = False  # hangs on what only the reader's screen knows
    client: bool = False  # describes something a mail client adds

    def compound(self, combinator: str) -> Compound:
        return Compound(self.tag, frozenset(self.ids), frozenset(self.classes), tuple(self.tests), combinator)


class _Reader:
    """A selector's text, and how far it is read."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def take(self, pattern: str | re.Pattern[str]) -> re.Match[str] | None:
        match = re.compile(pattern).match(self._text, self._at)
        if match:
            self._at = match.end()
        return match

    def demand(self, pattern: str | re.Pattern[str]) -> re.Match[str]:
        match = self.take(pattern)
        if not match:
            rest = self._text[self._at :]
            raise SelectorError(f"cannot read it from {rest!r} on" if rest else "it ends too early")
        return match

    def selector(self) -> Selector:
        parts, combinators = [self._part()], [""]
        while between := self.take(_COMBINATOR):
            if between[1] in {"+", "~"} and parts[-1].tag == "u":
                parts[-1].client = True  # Gmail writes a <u> before the mail, in place of the doctype
            combinators.append(between[1] or " ")
            parts.append(self._part())
        if any(part.pseudo_element for part in parts[:-1]):
            raise SelectorError("a pseudo-element stands before its end")
        # what stands left of something the client adds cannot be judged: taken as true
        first = max((number + 1 for number, part in enumerate(parts[:-1]) if part.client), default=0)
        compounds = [part.compound(combinator) for part, combinator in zip(parts, combinators, strict=True)]
        return Selector(
            compounds=tuple(reversed(compounds[first:])),
            specificity=_sum(part.weight for part in parts),
            dynamic=any(part.state or part.client for part in parts),
            pseudo_element=parts[-1].pseudo_element,
        )

    def _part(self) -> _Part:
        part, begin = _Part(), self._at
        if name := self.take(rf"\*|{_IDENT}"):
            part.tag = "" if name[0] == "*" else _plain(name[0]).lower()
            part.weight = (0, 0, 1 if part.tag else 0)
        while simple := self.take(_SIMPLE) or self.take(_ATTRIBUTE):
            if part.pseudo_element and not simple.groupdict().get("pseudo"):
                raise SelectorError("a pseudo-element stands before its end")
            self._add(part, simple.groupdict())
        if self._at == begin:
            self.demand(r"(?!)")
        return part

    def _add(self, part: _Part, simple: dict[str, str | None]) -> None:
        if ident := simple.get("id"):
            part.weight = _sum((part.weight, (1, 0, 0)))
            part.client |= bool(CLIENT_ID.fullmatch(ident))
            part.ids.add(_plain(ident))
        elif name := simple.get("class"):
            part.weight = _sum((part.weight, (0, 1, 0)))
            part.client |= bool(CLIENT_CLASS.fullmatch(name))
            part.classes.add(_plain(name))
        elif name := simple.get("name"):
            part.weight = _sum((part.weight, (0, 1, 0)))
            if CLIENT_ATTRIBUTE.fullmatch(name.lower()):
                part.client = True
            else:
                part.tests.append(_attribute(simple))
        else:
            self._add_pseudo(
                part, (simple["pseudo"] or "").lower(), simple["colons"] or "", bool(simple["call"])
            )

    def _add_pseudo(self, part: _Part, name: str, colons: str, call: bool) -> None:  # noqa: FBT001 - from a match
        if not call and name in (ONE_COLON_PSEUDO_ELEMENTS if colons == ":" else PSEUDO_ELEMENTS):
            part.pseudo_element = name
            part.weight = _sum((part.weight, (0, 0, 1)))
            return
        if colons == "::":
            raise SelectorError(f"unknown pseudo-element ::{name}")
        part.weight = _sum((part.weight, (0, 0 if call and name in _LISTS else 1, 0)))
        if call and name in _LISTS:
            self._add_list(part, name)
        elif call and name in _POSITIONS:
            step, offset = _step(self.demand(_NTH))
            part.tests.append(
                position_test(step, offset, from_end="last" in name, same_type=name.endswith("of-type"))
            )
        elif not call and name in _FIXED:
            part.tests += _FIXED[name]
        elif (call and name in {"lang", "dir"} and self.demand(r"[^()]*\)")) or (not call and name in STATES):
            part.state = True
        else:
            raise SelectorError(f"unknown pseudo-class :{name}{'()' if call else ''}")

    def _add_list(self, part: _Part, name: str) -> None:
        self.take(r"\s*")
        selectors = [self.selector()]
        while self.take(r"\s*,\s*"):
            selectors.append(self.selector())
        self.demand(r"\s*\)")
        if any(selector.pseudo_element for selector in selectors):
            raise SelectorError(f"a pseudo-element inside :{name}()")
        if name != "where":
            part.weight = _sum((part.weight, max(selector.specificity for selector in selectors)))
        dynamic = any(selector.dynamic for selector in selectors)
        part.state |= dynamic
        if name != "not":
            part.tests.append(lambda element: any(selector.matches(element) for selector in selectors))
        elif not dynamic:
            part.tests.append(lambda element: not any(selector.matches(element) for selector in selectors))


_LISTS = frozenset({"is", "not", "where"})
_POSITIONS = frozenset({"nth-child", "nth-last-child", "nth-of-type", "nth-last-of-type"})


def _sum(weights: Iterable[Specificity]) -> Specificity:
    ids, classes, types = zip(*weights, strict=True)
    return sum(ids), sum(classes), sum(types)


def _plain(name: str) -> str:
    """Return *name* with its escapes resolved."""
    return re.sub(
        r"\\(?:([0-9a-fA-F]{1,6})\s?|(.))",
        lambda match: chr(int(match[1], 16)) if match[1] else match[2],
        name,
    )


def _step(match: re.Match[str]) -> tuple[int, int]:
    """Return a and b of An+B."""
    if match["word"]:
        return 2, 1 if match["word"].lower() == "odd" else 0
    if match["only"]:
        return 0, int(match["only"])
    a = match["a"]
    return int(a + "1" if a in {"", "+", "-"} else a), int("".join((match["b"] or "0").split()))


_FIXED: dict[str, tuple[Test, ...]] = {
    "root": (lambda element: element.parent is None,),
    "first-child": (position_test(0, 1),),
    "last-child": (position_test(0, 1, from_end=True),),
    "only-child": (position_test(0, 1), position_test(0, 1, from_end=True)),
    "first-of-type": (position_test(0, 1, same_type=True),),
    "last-of-type": (position_test(0, 1, from_end=True, same_type=True),),
    "only-of-type": (position_test(0, 1, same_type=True), position_test(0, 1, from_end=True, same_type=True)),
}


def _attribute(written: dict[str, str | None]) -> Test:
    name = _plain(written["name"] or "").lower()
    values = (written["double"], written["single"], written["bare"])
    return attribute_test(
        name,
        written["operator"] or "",
        _plain(next((value for value in values if value is not None), "")),
        any_case=bool(written["flag"]) or name in CASELESS,
    )
